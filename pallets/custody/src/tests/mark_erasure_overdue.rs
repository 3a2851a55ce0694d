// SPDX-License-Identifier: Apache-2.0

use super::*;

fn mark() -> DispatchResult {
	Custody::mark_erasure_overdue(signed(STRANGER), RECORD)
}

/// Everyone of the first committee but the last two has acknowledged.
fn erasing() {
	form(FIRST);
	dealt(RECORD, 1);
	Custody::start_erasure(RECORD, 1, NOW);
	for seat in 0..3 {
		let records = BoundedVec::try_from(vec![RECORD]).unwrap();
		assert_ok!(Custody::acknowledge_erasure(signed(FIRST + seat), E1, records));
	}
	events();
}

#[test]
fn who_is_late_is_counted_once() {
	build_and_execute(|| {
		erasing();
		Timestamp::set_timestamp(NOW + DEADLINE - 1);
		assert_noop!(mark(), Error::<Test>::NotYetOverdue);
		Timestamp::set_timestamp(NOW + DEADLINE);
		assert_ok!(mark());
		assert_eq!(events(), [Event::ErasureOverdue { record: RECORD }]);
		assert_eq!(missed(E1), [0, 0, 0, 1, 1]);
		assert_noop!(mark(), Error::<Test>::AlreadyOverdue);
		assert_eq!(Custody::erasure_complete(&RECORD), Some(false));
	});
}

#[test]
fn who_was_suspended_meanwhile_is_not_counted() {
	build_and_execute(|| {
		erasing();
		assert_ok!(Custody::suspend(root(), E1, Seat(3)));
		Timestamp::set_timestamp(NOW + DEADLINE);
		assert_ok!(mark());
		assert_eq!(missed(E1), [0, 0, 0, 0, 1]);
	});
}

#[test]
fn when_nobody_is_left_to_wait_for_it_is_complete() {
	build_and_execute(|| {
		erasing();
		assert_ok!(Custody::suspend(root(), E1, Seat(3)));
		assert_ok!(Custody::suspend(root(), E1, Seat(4)));
		events();
		Timestamp::set_timestamp(NOW + DEADLINE);
		assert_ok!(mark());
		assert_eq!(events(), [Event::Erased { record: RECORD }]);
		assert_noop!(mark(), Error::<Test>::AlreadyErased);
	});
}

#[test]
fn there_has_to_be_an_erasure() {
	build_and_execute(|| {
		assert_noop!(mark(), Error::<Test>::NotFound);
	});
}

#[test]
fn only_a_signed_origin_marks() {
	build_and_execute(|| {
		erasing();
		Timestamp::set_timestamp(NOW + DEADLINE);
		for origin in [root(), RuntimeOrigin::none()] {
			assert_noop!(Custody::mark_erasure_overdue(origin, RECORD), DispatchError::BadOrigin);
		}
	});
}
