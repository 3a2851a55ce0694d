// SPDX-License-Identifier: Apache-2.0

use super::*;

fn contested() {
	draining();
	assert_ok!(Custody::complain(signed(SECOND), RECORD, 1, Seat(3), EVIDENCE));
	events();
}

fn answer(who: u64) -> DispatchResult {
	Custody::answer(signed(who), RECORD, 1, RESPONSE)
}

#[test]
fn the_dealer_answers_once() {
	build_and_execute(|| {
		contested();
		assert_ok!(answer(FIRST + 3));
		assert_eq!(Custody::complaint(RECORD, 1).unwrap().response, Some(RESPONSE));
		let event = Event::ComplaintAnswered { record: RECORD, version: 1, response: RESPONSE };
		assert_eq!(events(), [event]);
		assert_noop!(answer(FIRST + 3), Error::<Test>::AlreadyAnswered);
		// It is still open.
		assert!(Custody::dealing(RECORD, 1).unwrap().contested);
	});
}

#[test]
fn a_suspended_dealer_is_heard() {
	build_and_execute(|| {
		contested();
		assert_ok!(Custody::suspend(root(), E1, Seat(3)));
		assert_ok!(answer(FIRST + 3));
	});
}

#[test]
fn nobody_else_answers() {
	build_and_execute(|| {
		assert_noop!(answer(FIRST + 3), Error::<Test>::NotFound);
		contested();
		for who in [FIRST, SECOND, SECOND + 3, PATIENT, STRANGER] {
			assert_noop!(answer(who), Error::<Test>::NotAuthorized);
		}
		for origin in [root(), RuntimeOrigin::none()] {
			assert_noop!(Custody::answer(origin, RECORD, 1, RESPONSE), DispatchError::BadOrigin);
		}
	});
}
