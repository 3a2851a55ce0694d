// SPDX-License-Identifier: Apache-2.0

use super::*;

fn review(who: u64, id: EmergencyId, justified: bool) -> DispatchResult {
	Access::review_emergency(signed(who), id, justified)
}

fn audited(id: EmergencyId, justified: bool) -> AuditAction {
	AuditAction::EmergencyReviewed { emergency: id, justified }
}

#[test]
fn what_was_justified_is_done_with() {
	build_and_execute(|| {
		let (id, ticket) = confirmed();
		set_time(NOW + 1);
		assert_ok!(review(REGISTRAR, id, true));
		assert_eq!(state(id), EmergencyState::Reviewed { ticket, at: NOW + 1, justified: true });
		assert_eq!(expires_at(ticket), NOW + MAX_DURATION);
		assert_eq!(entries(), [(PATIENT, REGISTRAR, audited(id, true))]);
		assert_eq!(events(), [Event::EmergencyReviewed { emergency: id, justified: true }]);
		assert!(!Conducts::<Test>::contains_key(CLINICIAN));
		assert_noop!(review(REGISTRAR, id, true), Error::<Test>::InvalidState);
	});
}

#[test]
fn what_was_not_justified_ends_and_suspends() {
	build_and_execute(|| {
		let (id, ticket) = confirmed();
		set_time(NOW + 1);
		assert_ok!(review(REGISTRAR, id, false));
		assert_eq!(expires_at(ticket), NOW + 1);
		assert_eq!(Access::suspended(CLINICIAN), Some(NOW + 1));
		assert_eq!(
			Access::conduct(CLINICIAN),
			Conduct { unjustified: true, suspended_since: Some(NOW + 1), ..Default::default() }
		);
		assert_eq!(
			events(),
			[
				Event::EmergencyReviewed { emergency: id, justified: false },
				Event::Suspended { who: CLINICIAN, emergency: id },
			]
		);
		// The second person is not blamed.
		assert_eq!(Access::suspended(COLLEAGUE), None);
	});
}

#[test]
fn a_review_comes_after_the_ticket_is_gone_too() {
	build_and_execute(|| {
		let (id, ticket) = confirmed();
		set_time(stored(ticket).kept_until);
		assert_ok!(Access::close(signed(STRANGER), ticket));
		assert_ok!(review(REGISTRAR, id, false));
	});
}

#[test]
fn the_trail_names_the_body_that_has_no_account() {
	build_and_execute(|| {
		let (id, _) = confirmed();
		assert_ok!(Access::review_emergency(RuntimeOrigin::root(), id, true));
		assert_eq!(entries(), [(PATIENT, COUNCIL, audited(id, true))]);
	});
}

#[test]
fn nobody_judges_her_own_case() {
	build_and_execute(|| {
		let (id, _) = confirmed();
		for who in [CLINICIAN, COLLEAGUE, PATIENT] {
			Reviewers::insert(who, ());
			assert_noop!(review(who, id, true), Error::<Test>::NotAuthorized);
		}
		Reviewers::insert(STRANGER, ());
		assert_ok!(review(STRANGER, id, true));
	});
}

#[test]
fn only_a_reviewer_reviews() {
	build_and_execute(|| {
		let (id, _) = confirmed();
		for who in [CLINICIAN, PATIENT, GUARDIAN, STRANGER] {
			assert_noop!(review(who, id, true), DispatchError::BadOrigin);
		}
		let none = RuntimeOrigin::none();
		assert_noop!(Access::review_emergency(none, id, true), DispatchError::BadOrigin);
	});
}

#[test]
fn what_was_not_opened_is_not_reviewed() {
	build_and_execute(|| {
		assert_noop!(review(REGISTRAR, EmergencyId([9; 32]), true), Error::<Test>::NotFound);
		let id = declared();
		assert_noop!(review(REGISTRAR, id, true), Error::<Test>::InvalidState);
		assert_ok!(Access::object_emergency(signed(PATIENT), id));
		assert_noop!(review(REGISTRAR, id, true), Error::<Test>::InvalidState);
	});
}

#[test]
fn the_last_overdue_review_ends_the_suspension() {
	build_and_execute(|| {
		let (first, ticket) = confirmed();
		assert_ok!(Access::renounce(signed(CLINICIAN), ticket));
		assert_ok!(declare(CLINICIAN, 2));
		let second = emergency_id(CLINICIAN, 2);
		assert_ok!(Access::confirm_emergency(signed(COLLEAGUE), second));
		overdue(first);
		overdue(second);
		assert_eq!(Access::conduct(CLINICIAN).overdue, 2);
		assert_ok!(review(REGISTRAR, first, true));
		assert!(Access::suspended(CLINICIAN).is_some());
		forget();
		assert_ok!(review(REGISTRAR, second, true));
		assert_eq!(
			events(),
			[
				Event::EmergencyReviewed { emergency: second, justified: true },
				Event::SuspensionLifted { who: CLINICIAN },
			]
		);
		assert_eq!(Access::suspended(CLINICIAN), None);
		assert_ok!(declare(CLINICIAN, 3));
	});
}

#[test]
fn a_finding_outlasts_the_reviews() {
	build_and_execute(|| {
		let (id, _) = confirmed();
		overdue(id);
		let since = Access::suspended(CLINICIAN);
		assert_ok!(review(REGISTRAR, id, false));
		assert_eq!(Access::conduct(CLINICIAN).overdue, 0);
		assert_eq!(Access::suspended(CLINICIAN), since);
	});
}
