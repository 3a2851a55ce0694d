// SPDX-License-Identifier: Apache-2.0

use super::*;

fn contested() {
	draining();
	assert_ok!(Custody::complain(signed(SECOND), RECORD, 1, Seat(3), EVIDENCE));
	events();
}

#[test]
fn the_complainer_lets_the_dealing_go() {
	build_and_execute(|| {
		contested();
		assert_ok!(Custody::answer(signed(FIRST + 3), RECORD, 1, RESPONSE));
		events();
		assert_ok!(Custody::settle(signed(SECOND), RECORD, 1));
		assert_eq!(Custody::complaint(RECORD, 1), None);
		assert_eq!(events(), [Event::ComplaintSettled { record: RECORD, version: 1 }]);
		assert_eq!(Custody::conduct(E1, Seat(3)), Conduct::default());
		assert_ok!(reshare(SECOND, vec![resharing(RECORD, 1)]));
		assert_eq!(Custody::dealing(RECORD, 1).unwrap().epoch, E2);
	});
}

#[test]
fn it_is_settled_without_an_answer_and_from_a_former_committee() {
	build_and_execute(|| {
		contested();
		form(FIRST);
		assert_ok!(Custody::retire(signed(STRANGER), E2));
		assert_ok!(Custody::settle(signed(SECOND), RECORD, 1));
	});
}

#[test]
fn nobody_else_settles() {
	build_and_execute(|| {
		assert_noop!(Custody::settle(signed(SECOND), RECORD, 1), Error::<Test>::NotFound);
		contested();
		for who in [FIRST, FIRST + 3, SECOND + 1, PATIENT] {
			assert_noop!(Custody::settle(signed(who), RECORD, 1), Error::<Test>::NotAuthorized);
		}
		for origin in [root(), RuntimeOrigin::none()] {
			assert_noop!(Custody::settle(origin, RECORD, 1), DispatchError::BadOrigin);
		}
	});
}
