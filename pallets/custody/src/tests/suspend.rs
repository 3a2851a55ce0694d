// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn the_word_of_a_suspended_member_does_not_count() {
	build_and_execute(|| {
		form(FIRST);
		dealt(RECORD, 1);
		let ticket = open(1, RECORD, 1);
		assert_ok!(Custody::suspend(root(), E1, Seat(0)));
		assert_eq!(events(), [Event::Suspended { epoch: E1, seat: Seat(0) }]);
		assert_eq!(Custody::epoch(E1).unwrap().suspended, seats(&[0]));
		assert_noop!(report(FIRST, E1, &[(ticket, RELEASE)]), Error::<Test>::Suspended);
	});
}

#[test]
fn what_was_said_before_stands() {
	build_and_execute(|| {
		form(FIRST);
		dealt(RECORD, 1);
		let ticket = open(1, RECORD, 1);
		answered(ticket, &[0, 1], RELEASE);
		assert_ok!(Custody::suspend(root(), E1, Seat(0)));
		answered(ticket, &[2], RELEASE);
		assert_eq!(Custody::first_delivered_at(&ticket), Some(NOW));
	});
}

#[test]
fn enough_members_are_left_to_release_and_to_refuse() {
	build_and_execute(|| {
		form(FIRST);
		dealt(RECORD, 1);
		assert_ok!(Custody::suspend(root(), E1, Seat(0)));
		assert_ok!(Custody::suspend(root(), E1, Seat(1)));
		assert_noop!(Custody::suspend(root(), E1, Seat(2)), Error::<Test>::BelowThreshold);
		let (released, refused) = (open(1, RECORD, 1), open(2, RECORD, 1));
		answered(released, &[2, 3, 4], RELEASE);
		answered(refused, &[2, 3, 4], REFUSE);
		assert!(Custody::first_delivered_at(&released).is_some());
		assert!(Custody::non_release_attested(&refused));
	});
}

#[test]
fn a_seat_is_suspended_once_and_exists() {
	build_and_execute(|| {
		assert_noop!(Custody::suspend(root(), E1, Seat(0)), Error::<Test>::NotFound);
		form(FIRST);
		assert_ok!(Custody::suspend(root(), E1, Seat(0)));
		assert_noop!(Custody::suspend(root(), E1, Seat(0)), Error::<Test>::Suspended);
		for seat in [MEMBERS, 32, 255] {
			assert_noop!(Custody::suspend(root(), E1, Seat(seat)), Error::<Test>::InvalidSeat);
		}
	});
}

#[test]
fn nobody_is_suspended_from_what_forms() {
	build_and_execute(|| {
		assert_ok!(Custody::propose(root(), members(FIRST), THRESHOLD, TOLERANCE));
		assert_noop!(Custody::suspend(root(), E1, Seat(0)), Error::<Test>::NotYetActive);
	});
}

#[test]
fn only_the_council_suspends() {
	build_and_execute(|| {
		form(FIRST);
		for origin in [signed(FIRST), RuntimeOrigin::none()] {
			assert_noop!(Custody::suspend(origin, E1, Seat(0)), DispatchError::BadOrigin);
		}
	});
}
