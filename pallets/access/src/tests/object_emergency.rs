// SPDX-License-Identifier: Apache-2.0

use super::*;

fn object(who: u64, id: EmergencyId) -> DispatchResult {
	Access::object_emergency(signed(who), id)
}

#[test]
fn what_is_not_open_stays_closed() {
	build_and_execute(|| {
		let id = declared();
		assert_ok!(object(PATIENT, id));
		assert_eq!(state(id), EmergencyState::Objected);
		assert_eq!(events(), [Event::EmergencyObjected { emergency: id }]);
		assert_noop!(object(PATIENT, id), Error::<Test>::InvalidState);
	});
}

#[test]
fn what_is_open_ends_at_once_and_is_reviewed_all_the_same() {
	build_and_execute(|| {
		let (id, ticket) = confirmed();
		set_time(NOW + 5);
		assert_ok!(object(GUARDIAN, id));
		assert_eq!(expires_at(ticket), NOW + 5);
		assert_eq!(events(), [Event::EmergencyObjected { emergency: id }]);
		assert!(matches!(state(id), EmergencyState::Opened(_)));
		assert_eq!(Access::conduct(CLINICIAN).unreviewed, 1);
		assert_noop!(object(PATIENT, id), Error::<Test>::Expired);
	});
}

#[test]
fn what_was_reviewed_and_is_open_ends_too() {
	build_and_execute(|| {
		let (id, ticket) = confirmed();
		assert_ok!(Access::review_emergency(signed(REGISTRAR), id, true));
		assert_eq!(expires_at(ticket), NOW + MAX_DURATION);
		assert_ok!(object(PATIENT, id));
		assert_eq!(expires_at(ticket), NOW);
	});
}

#[test]
fn what_is_over_needs_no_objection() {
	build_and_execute(|| {
		let (id, ticket) = confirmed();
		set_time(NOW + MAX_DURATION);
		assert_noop!(object(PATIENT, id), Error::<Test>::Expired);
		set_time(stored(ticket).kept_until);
		assert_ok!(Access::close(signed(STRANGER), ticket));
		assert_noop!(object(PATIENT, id), Error::<Test>::Expired);
		assert_ok!(declare(CLINICIAN, 2));
		set_time(Access::now() + EMERGENCY_LIFETIME);
		assert_noop!(object(PATIENT, emergency_id(CLINICIAN, 2)), Error::<Test>::Expired);
	});
}

#[test]
fn nobody_else_objects() {
	build_and_execute(|| {
		let id = declared();
		for who in [CLINICIAN, OTHER_PATIENT, STRANGER] {
			assert_noop!(object(who, id), Error::<Test>::NotAuthorized);
		}
		assert_noop!(object(PATIENT, EmergencyId([9; 32])), Error::<Test>::NotFound);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Access::object_emergency(origin, id), DispatchError::BadOrigin);
		}
	});
}
