// SPDX-License-Identifier: Apache-2.0

use super::*;

/// The member at the last seat has missed as many tickets.
fn missing(times: u8) {
	form(FIRST);
	dealt(RECORD, 1);
	for id in 0..times {
		let ticket = open(id, RECORD, 1);
		answered(ticket, &[0, 1, 2, 3], RELEASE);
		Timestamp::set_timestamp(Custody::now() + OVER);
		assert_ok!(Custody::mark_missed(signed(STRANGER), ticket));
	}
	events();
}

#[test]
fn what_was_missed_is_forgotten() {
	build_and_execute(|| {
		missing(2);
		assert_eq!(Custody::conduct(E1, Seat(4)).missed, 2);
		assert_ok!(Custody::forgive(root(), E1, Seat(4)));
		assert_eq!(events(), [Event::Forgiven { epoch: E1, seat: Seat(4) }]);
		assert!(!Conducts::<Test>::contains_key(E1));
	});
}

#[test]
fn faults_are_not_forgotten() {
	build_and_execute(|| {
		missing(1);
		Custody::count_fault(E1, Seat(4));
		assert_ok!(Custody::forgive(root(), E1, Seat(4)));
		assert_eq!(Custody::conduct(E1, Seat(4)), Conduct { missed: 0, faults: 1 });
		assert_noop!(Custody::forgive(root(), E1, Seat(4)), Error::<Test>::NotFound);
	});
}

#[test]
fn without_a_miss_there_is_nothing_to_forgive() {
	build_and_execute(|| {
		assert_noop!(Custody::forgive(root(), E1, Seat(0)), Error::<Test>::NotFound);
		missing(1);
		assert_noop!(Custody::forgive(root(), E1, Seat(0)), Error::<Test>::NotFound);
	});
}

#[test]
fn only_the_council_forgives() {
	build_and_execute(|| {
		missing(1);
		for origin in [signed(FIRST), RuntimeOrigin::none()] {
			assert_noop!(Custody::forgive(origin, E1, Seat(4)), DispatchError::BadOrigin);
		}
	});
}
