// SPDX-License-Identifier: Apache-2.0

use super::*;

fn open_emergency(who: u64, id: EmergencyId) -> DispatchResult {
	Access::open_emergency(signed(who), id)
}

#[test]
fn without_a_second_person_she_waits() {
	build_and_execute(|| {
		let id = declared();
		for now in [NOW, NOW + DELAY - 1] {
			set_time(now);
			assert_noop!(open_emergency(CLINICIAN, id), Error::<Test>::NotYetOpenable);
		}
		set_time(NOW + DELAY);
		assert_ok!(open_emergency(CLINICIAN, id));
		let ticket = emergency_ticket(id, 1);
		assert_eq!(expires_at(ticket), NOW + DELAY + MAX_DURATION);
		assert_eq!(Access::emergency(id).unwrap().second, None);
		let action = AuditAction::EmergencyOpened { emergency: id, record: RECORD, ticket };
		assert_eq!(entries(), [(PATIENT, CLINICIAN, action)]);
		assert_noop!(open_emergency(CLINICIAN, id), Error::<Test>::InvalidState);
		assert_noop!(Access::confirm_emergency(signed(COLLEAGUE), id), Error::<Test>::InvalidState);
	});
}

#[test]
fn only_who_declared_it_opens() {
	build_and_execute(|| {
		let id = declared();
		set_time(NOW + DELAY);
		for who in [COLLEAGUE, PATIENT, STRANGER] {
			assert_noop!(open_emergency(who, id), Error::<Test>::NotAuthorized);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Access::open_emergency(origin, id), DispatchError::BadOrigin);
		}
		assert_noop!(open_emergency(CLINICIAN, EmergencyId([9; 32])), Error::<Test>::NotFound);
	});
}

#[test]
fn what_lapsed_or_was_objected_to_opens_nothing() {
	build_and_execute(|| {
		let id = declared();
		set_time(NOW + EMERGENCY_LIFETIME);
		assert_noop!(open_emergency(CLINICIAN, id), Error::<Test>::Expired);
		assert_ok!(declare(CLINICIAN, 2));
		let id = emergency_id(CLINICIAN, 2);
		assert_ok!(Access::object_emergency(signed(GUARDIAN), id));
		set_time(Access::now() + DELAY);
		assert_noop!(open_emergency(CLINICIAN, id), Error::<Test>::InvalidState);
	});
}

#[test]
fn what_changed_since_it_was_declared_counts() {
	build_and_execute(|| {
		let id = declared();
		set_time(NOW + DELAY);
		OptedOut::insert(PATIENT, ());
		assert_ok!(open_emergency(CLINICIAN, id));
		assert_emergency_refused(id, CLINICIAN, RECORD, Refusal::EmergencyOptedOut);
		OptedOut::remove(PATIENT);
		Standing::insert(CLINICIAN, (Role::Clinician, NOW));
		assert_ok!(open_emergency(CLINICIAN, id));
		assert_emergency_refused(id, CLINICIAN, RECORD, Refusal::CredentialMissing);
	});
}

#[test]
fn a_suspension_keeps_closed_what_was_declared_before() {
	build_and_execute(|| {
		let (first, ticket) = confirmed();
		assert_ok!(Access::renounce(signed(CLINICIAN), ticket));
		assert_ok!(declare(CLINICIAN, 2));
		let id = emergency_id(CLINICIAN, 2);
		assert_ok!(Access::review_emergency(signed(REGISTRAR), first, false));
		set_time(NOW + DELAY);
		forget();
		assert_ok!(open_emergency(CLINICIAN, id));
		let refusal = Refusal::EmergencySuspended;
		let action = AuditAction::EmergencyRefused { record: RECORD, refusal };
		assert_eq!(entries(), [(PATIENT, CLINICIAN, action)]);
		assert_eq!(state(id), EmergencyState::Declared);
	});
}
