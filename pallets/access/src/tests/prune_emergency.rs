// SPDX-License-Identifier: Apache-2.0

use super::*;

fn prune(id: EmergencyId) -> DispatchResult {
	Access::prune_emergency(signed(STRANGER), id)
}

#[test]
fn what_lapsed_goes_when_its_time_is_long_over() {
	build_and_execute(|| {
		let id = declared();
		assert!(Balances::free_balance(CLINICIAN) < BALANCE);
		for now in [NOW, NOW + EMERGENCY_LIFETIME, NOW + EMERGENCY_LIFETIME + RETENTION - 1] {
			set_time(now);
			assert_noop!(prune(id), Error::<Test>::NotYetPrunable);
		}
		set_time(NOW + EMERGENCY_LIFETIME + RETENTION);
		assert_ok!(prune(id));
		assert_eq!(events(), [Event::EmergencyPruned { emergency: id }]);
		assert_eq!(Access::emergency(id), None);
		assert_eq!(Access::latest_emergency(CLINICIAN, PATIENT), None);
		assert_eq!(Balances::free_balance(CLINICIAN), BALANCE);
		assert_noop!(prune(id), Error::<Test>::NotFound);
	});
}

#[test]
fn what_was_objected_to_is_kept_as_long() {
	build_and_execute(|| {
		let id = declared();
		assert_ok!(Access::object_emergency(signed(PATIENT), id));
		set_time(NOW + EMERGENCY_LIFETIME + RETENTION - 1);
		assert_noop!(prune(id), Error::<Test>::NotYetPrunable);
		set_time(NOW + EMERGENCY_LIFETIME + RETENTION);
		assert_ok!(prune(id));
	});
}

#[test]
fn what_was_opened_goes_after_its_review_and_its_ticket() {
	build_and_execute(|| {
		let (id, ticket) = confirmed();
		set_time(stored(ticket).kept_until);
		assert_noop!(prune(id), Error::<Test>::NotYetPrunable);
		assert_ok!(Access::review_emergency(signed(REGISTRAR), id, true));
		assert_noop!(prune(id), Error::<Test>::NotYetPrunable);
		assert_ok!(Access::close(signed(STRANGER), ticket));
		assert_ok!(prune(id));
		assert_eq!(Balances::free_balance(CLINICIAN), BALANCE);
	});
}

#[test]
fn what_waits_for_its_review_is_never_removed() {
	build_and_execute(|| {
		let (id, ticket) = confirmed();
		overdue(id);
		set_time(stored(ticket).kept_until + 100 * RETENTION);
		assert_ok!(Access::close(signed(STRANGER), ticket));
		assert_noop!(prune(id), Error::<Test>::NotYetPrunable);
	});
}

#[test]
fn a_later_emergency_stays_the_latest() {
	build_and_execute(|| {
		let id = declared();
		set_time(NOW + EMERGENCY_LIFETIME + RETENTION);
		assert_ok!(declare(CLINICIAN, 2));
		assert_ok!(prune(id));
		assert_eq!(Access::latest_emergency(CLINICIAN, PATIENT), Some(emergency_id(CLINICIAN, 2)));
	});
}

#[test]
fn the_deposit_goes_back_to_whoever_paid() {
	build_and_execute(|| {
		assert_ok!(declare(COLLEAGUE, 1));
		assert!(Balances::free_balance(SPONSOR) < BALANCE);
		set_time(NOW + EMERGENCY_LIFETIME + RETENTION);
		assert_ok!(prune(emergency_id(COLLEAGUE, 1)));
		assert_eq!(Balances::free_balance(SPONSOR), BALANCE);
	});
}

#[test]
fn only_a_signed_origin_prunes() {
	build_and_execute(|| {
		let id = declared();
		set_time(NOW + EMERGENCY_LIFETIME + RETENTION);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Access::prune_emergency(origin, id), DispatchError::BadOrigin);
		}
	});
}
