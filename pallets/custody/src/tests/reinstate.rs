// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn a_reinstated_member_counts_again() {
	build_and_execute(|| {
		form(FIRST);
		dealt(RECORD, 1);
		let ticket = open(1, RECORD, 1);
		assert_ok!(Custody::suspend(root(), E1, Seat(0)));
		events();
		assert_ok!(Custody::reinstate(root(), E1, Seat(0)));
		assert_eq!(events(), [Event::Reinstated { epoch: E1, seat: Seat(0) }]);
		answered(ticket, &[0], RELEASE);
		assert_eq!(Custody::answers(ticket).unwrap().released, seats(&[0]));
	});
}

#[test]
fn only_who_is_suspended_is_reinstated() {
	build_and_execute(|| {
		assert_noop!(Custody::reinstate(root(), E1, Seat(0)), Error::<Test>::NotFound);
		form(FIRST);
		assert_noop!(Custody::reinstate(root(), E1, Seat(0)), Error::<Test>::NotSuspended);
		assert_noop!(Custody::reinstate(root(), E1, Seat(MEMBERS)), Error::<Test>::InvalidSeat);
	});
}

#[test]
fn only_the_council_reinstates() {
	build_and_execute(|| {
		form(FIRST);
		assert_ok!(Custody::suspend(root(), E1, Seat(0)));
		for origin in [signed(FIRST), RuntimeOrigin::none()] {
			assert_noop!(Custody::reinstate(origin, E1, Seat(0)), DispatchError::BadOrigin);
		}
	});
}
