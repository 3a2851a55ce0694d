// SPDX-License-Identifier: Apache-2.0

use super::*;

fn confirm(who: u64, id: EmergencyId) -> DispatchResult {
	Access::confirm_emergency(signed(who), id)
}

#[test]
fn with_a_second_person_it_opens_at_once() {
	build_and_execute(|| {
		let id = declared();
		set_time(NOW + 1);
		assert_ok!(confirm(COLLEAGUE, id));
		let ticket = emergency_ticket(id, 1);
		assert_eq!(
			stored(ticket),
			Ticket {
				basis: Basis::Emergency { emergency: id },
				record: RECORD,
				record_version: VERSION,
				grantee: CLINICIAN,
				subject: PATIENT,
				request: sealed_ref(),
				ephemeral_key: key(1),
				opened_at: NOW + 1,
				expires_at: NOW + 1 + MAX_DURATION,
				kept_until: NOW + 1 + MAX_DURATION + RETENTION,
				delivered_at: None,
				disputed_at: None,
			}
		);
		assert_eq!(Access::emergency(id).unwrap().second, Some(COLLEAGUE));
		let opening = Opening {
			ticket,
			at: NOW + 1,
			review_due: NOW + 1 + REVIEW,
			escalation: Escalation::NotYet,
		};
		assert_eq!(state(id), EmergencyState::Opened(opening));
		assert_eq!(Access::conduct(CLINICIAN), Conduct { unreviewed: 1, ..Default::default() });
		let action = AuditAction::EmergencyOpened { emergency: id, record: RECORD, ticket };
		assert_eq!(entries(), [(PATIENT, COLLEAGUE, action)]);
		assert_eq!(events(), [Event::EmergencyOpened { emergency: id, ticket, record: RECORD }]);
		assert_noop!(confirm(COLLEAGUE, id), Error::<Test>::InvalidState);
	});
}

#[test]
fn only_another_clinician_in_good_standing_confirms() {
	build_and_execute(|| {
		let id = declared();
		for who in [CLINICIAN, PATIENT, BUYER, REGISTRAR, STRANGER] {
			assert_noop!(confirm(who, id), Error::<Test>::NotAuthorized);
		}
		// The subject is no second person, whatever her role.
		Standing::insert(PATIENT, (Role::Clinician, NOW + 1));
		assert_noop!(confirm(PATIENT, id), Error::<Test>::NotAuthorized);
		Standing::insert(COLLEAGUE, (Role::Clinician, NOW));
		assert_noop!(confirm(COLLEAGUE, id), Error::<Test>::NotAuthorized);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Access::confirm_emergency(origin, id), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn who_is_suspended_confirms_nothing() {
	build_and_execute(|| {
		let (id, _) = confirmed();
		overdue(id);
		assert_ok!(declare(COLLEAGUE, 1));
		assert_noop!(confirm(CLINICIAN, emergency_id(COLLEAGUE, 1)), Error::<Test>::Suspended);
		assert_ok!(Access::review_emergency(signed(REGISTRAR), id, true));
		assert_ok!(confirm(CLINICIAN, emergency_id(COLLEAGUE, 1)));
	});
}

#[test]
fn what_lapsed_or_does_not_exist_is_not_confirmed() {
	build_and_execute(|| {
		assert_noop!(confirm(COLLEAGUE, EmergencyId([9; 32])), Error::<Test>::NotFound);
		let id = declared();
		set_time(NOW + EMERGENCY_LIFETIME);
		assert_noop!(confirm(COLLEAGUE, id), Error::<Test>::Expired);
	});
}

#[test]
fn what_the_subject_objected_to_is_not_confirmed() {
	build_and_execute(|| {
		let id = declared();
		assert_ok!(Access::object_emergency(signed(PATIENT), id));
		assert_noop!(confirm(COLLEAGUE, id), Error::<Test>::InvalidState);
	});
}

#[test]
fn what_changed_since_it_was_declared_counts() {
	build_and_execute(|| {
		let id = declared();
		let refused = |refusal| {
			assert_ok!(confirm(COLLEAGUE, id));
			assert_emergency_refused(id, COLLEAGUE, RECORD, refusal);
			assert_eq!(state(id), EmergencyState::Declared);
			assert_eq!(Access::emergency(id).unwrap().second, None);
		};
		OptedOut::insert(PATIENT, ());
		refused(Refusal::EmergencyOptedOut);
		Standing::insert(CLINICIAN, (Role::Clinician, NOW));
		refused(Refusal::CredentialMissing);
		Records::insert(RECORD, (PATIENT, false));
		refused(Refusal::RecordRetired);
		Records::remove(RECORD);
		refused(Refusal::RecordMismatch);
	});
}

#[test]
fn who_leaves_reviews_behind_opens_no_more() {
	build_and_execute(|| {
		let id = declared();
		Conducts::<Test>::mutate(CLINICIAN, |conduct| conduct.unreviewed = MAX_UNREVIEWED);
		assert_noop!(confirm(COLLEAGUE, id), Error::<Test>::MaxUnreviewedExceeded);
		Conducts::<Test>::remove(CLINICIAN);
	});
}
