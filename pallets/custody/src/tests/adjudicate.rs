// SPDX-License-Identifier: Apache-2.0

use super::*;

fn contested() {
	draining();
	assert_ok!(Custody::complain(signed(SECOND), RECORD, 1, Seat(3), EVIDENCE));
	events();
}

fn adjudicated(upheld: bool, excluded: bool) -> Event<Test> {
	Event::Adjudicated { record: RECORD, version: 1, upheld, excluded }
}

#[test]
fn upheld_it_is_a_fault_of_the_dealer_who_is_excluded() {
	build_and_execute(|| {
		contested();
		assert_ok!(Custody::adjudicate(root(), RECORD, 1, true));
		assert_eq!(Custody::conduct(E1, Seat(3)), Conduct { missed: 0, faults: 1 });
		assert_eq!(Custody::epoch(E1).unwrap().suspended, seats(&[3]));
		assert_eq!(
			events(),
			[Event::Suspended { epoch: E1, seat: Seat(3) }, adjudicated(true, true)]
		);
		assert_eq!(Custody::complaint(RECORD, 1), None);
		assert_ok!(reshare(SECOND, vec![resharing(RECORD, 1)]));
		assert_eq!(Custody::dealing(RECORD, 1).unwrap().epoch, E2);
	});
}

#[test]
fn where_too_few_would_be_left_the_fault_has_to_do() {
	build_and_execute(|| {
		contested();
		assert_ok!(Custody::suspend(root(), E1, Seat(0)));
		assert_ok!(Custody::suspend(root(), E1, Seat(1)));
		events();
		assert_ok!(Custody::adjudicate(root(), RECORD, 1, true));
		assert_eq!(Custody::conduct(E1, Seat(3)).faults, 1);
		assert_eq!(Custody::epoch(E1).unwrap().suspended, seats(&[0, 1]));
		assert_eq!(events(), [adjudicated(true, false)]);
	});
}

#[test]
fn dismissed_it_is_a_fault_of_the_complainer() {
	build_and_execute(|| {
		contested();
		assert_ok!(Custody::adjudicate(root(), RECORD, 1, false));
		assert_eq!(Custody::conduct(E1, Seat(3)), Conduct::default());
		assert_eq!(Custody::conduct(E2, Seat(0)), Conduct { missed: 0, faults: 1 });
		assert_eq!(events(), [adjudicated(false, false)]);
		assert!(!Custody::dealing(RECORD, 1).unwrap().contested);
	});
}

#[test]
fn only_the_council_decides_and_once() {
	build_and_execute(|| {
		contested();
		for origin in [signed(SECOND), signed(FIRST + 3), RuntimeOrigin::none()] {
			assert_noop!(Custody::adjudicate(origin, RECORD, 1, true), DispatchError::BadOrigin);
		}
		assert_ok!(Custody::adjudicate(root(), RECORD, 1, true));
		assert_noop!(Custody::adjudicate(root(), RECORD, 1, true), Error::<Test>::NotFound);
	});
}
