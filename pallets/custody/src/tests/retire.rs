// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn an_epoch_without_dealings_retires() {
	build_and_execute(|| {
		draining();
		assert_ok!(reshare(SECOND, vec![resharing(RECORD, 1)]));
		events();
		assert_ok!(Custody::retire(signed(STRANGER), E1));
		assert_eq!(Custody::epoch(E1).unwrap().phase, Phase::Retired);
		assert!(Custody::live_epochs().draining.is_empty());
		assert!(!DealingCount::<Test>::contains_key(E1));
		assert_eq!(events(), [Event::Retired { epoch: E1 }]);
		assert_noop!(Custody::retire(signed(STRANGER), E1), Error::<Test>::NotDraining);
	});
}

#[test]
fn an_epoch_with_dealings_does_not_retire() {
	build_and_execute(|| {
		form(FIRST);
		dealt(RECORD, 1);
		dealt(RECORD, 2);
		form(SECOND);
		let retire = || Custody::retire(signed(STRANGER), E1);
		assert_noop!(retire(), Error::<Test>::DealingsLeft);
		assert_ok!(reshare(SECOND, vec![resharing(RECORD, 1)]));
		assert_noop!(retire(), Error::<Test>::DealingsLeft);
		assert_ok!(reshare(SECOND, vec![resharing(RECORD, 2)]));
		assert_ok!(retire());
	});
}

#[test]
fn only_what_drains_retires() {
	build_and_execute(|| {
		assert_noop!(Custody::retire(signed(STRANGER), E1), Error::<Test>::NotFound);
		form(FIRST);
		assert_noop!(Custody::retire(signed(STRANGER), E1), Error::<Test>::NotDraining);
		assert_ok!(Custody::propose(root(), members(SECOND), THRESHOLD, TOLERANCE));
		assert_noop!(Custody::retire(signed(STRANGER), E2), Error::<Test>::NotDraining);
	});
}

#[test]
fn only_a_signed_origin_retires() {
	build_and_execute(|| {
		form(FIRST);
		form(SECOND);
		for origin in [root(), RuntimeOrigin::none()] {
			assert_noop!(Custody::retire(origin, E1), DispatchError::BadOrigin);
		}
	});
}
