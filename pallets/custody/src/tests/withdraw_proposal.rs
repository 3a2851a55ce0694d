// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn a_withdrawn_proposal_is_gone_and_its_number_with_it() {
	build_and_execute(|| {
		assert_ok!(Custody::propose(root(), members(FIRST), THRESHOLD, TOLERANCE));
		assert_ok!(Custody::join(signed(FIRST), E1));
		events();
		assert_ok!(Custody::withdraw_proposal(root()));
		assert_eq!(Custody::epoch(E1), None);
		assert_eq!(Custody::live_epochs().forming, None);
		assert_eq!(events(), [Event::Withdrawn { epoch: E1 }]);
		assert_eq!(form(FIRST), E2);
	});
}

#[test]
fn only_the_council_withdraws() {
	build_and_execute(|| {
		assert_ok!(Custody::propose(root(), members(FIRST), THRESHOLD, TOLERANCE));
		for origin in [signed(FIRST), RuntimeOrigin::none()] {
			assert_noop!(Custody::withdraw_proposal(origin), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn without_a_proposal_there_is_nothing_to_withdraw() {
	build_and_execute(|| {
		assert_noop!(Custody::withdraw_proposal(root()), Error::<Test>::NotFound);
		form(FIRST);
		assert_noop!(Custody::withdraw_proposal(root()), Error::<Test>::NotFound);
	});
}
