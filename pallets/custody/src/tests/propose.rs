// SPDX-License-Identifier: Apache-2.0

use super::*;
use salus_primitives::Role;

fn propose(accounts: &[u64], threshold: u8, tolerance: u8) -> DispatchResult {
	let members = BoundedVec::try_from(accounts.to_vec()).unwrap();
	Custody::propose(root(), members, threshold, tolerance)
}

#[test]
fn a_proposal_is_kept_and_forms() {
	build_and_execute(|| {
		assert_ok!(Custody::propose(root(), members(FIRST), THRESHOLD, TOLERANCE));
		let epoch = Custody::epoch(E1).unwrap();
		assert_eq!(epoch.members, members(FIRST));
		assert_eq!((epoch.threshold, epoch.tolerance), (THRESHOLD, TOLERANCE));
		assert_eq!((epoch.phase, epoch.since), (Phase::Forming, NOW));
		assert_eq!((epoch.joined, epoch.suspended), (Seats::EMPTY, Seats::EMPTY));
		assert_eq!(Custody::live_epochs().forming, Some(E1));
		assert!(!Custody::is_active());
		assert_eq!(events(), [Event::Proposed { epoch: E1 }]);
	});
}

#[test]
fn only_the_council_proposes() {
	build_and_execute(|| {
		for origin in [signed(FIRST), signed(PATIENT), RuntimeOrigin::none()] {
			assert_noop!(
				Custody::propose(origin, members(FIRST), THRESHOLD, TOLERANCE),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn one_committee_forms_at_a_time() {
	build_and_execute(|| {
		assert_ok!(Custody::propose(root(), members(FIRST), THRESHOLD, TOLERANCE));
		assert_noop!(
			Custody::propose(root(), members(SECOND), THRESHOLD, TOLERANCE),
			Error::<Test>::AlreadyExists
		);
	});
}

#[test]
fn the_threshold_is_a_majority_of_the_members() {
	build_and_execute(|| {
		let five = [FIRST, FIRST + 1, FIRST + 2, FIRST + 3, FIRST + 4];
		let refused: [(usize, u8); 9] =
			[(0, 0), (0, 1), (1, 0), (1, 2), (2, 1), (4, 2), (5, 0), (5, 2), (5, 6)];
		for (size, threshold) in refused {
			assert_noop!(propose(&five[..size], threshold, 0), Error::<Test>::InvalidThreshold);
		}
		for (size, threshold) in [(1, 1), (2, 2), (3, 2), (4, 3), (4, 4), (5, 3), (5, 4)] {
			assert_ok!(propose(&five[..size], threshold, 0));
			assert_ok!(Custody::withdraw_proposal(root()));
		}
	});
}

#[test]
fn no_more_losses_are_tolerated_than_the_threshold_leaves() {
	build_and_execute(|| {
		let three = [FIRST, FIRST + 1, FIRST + 2];
		assert_noop!(propose(&three, 2, 2), Error::<Test>::InvalidTolerance);
		assert_noop!(propose(&three, 3, 1), Error::<Test>::InvalidTolerance);
		assert_noop!(propose(&three, 2, u8::MAX), Error::<Test>::InvalidTolerance);
		assert_ok!(propose(&three, 2, 1));
	});
}

#[test]
fn no_committee_asks_for_more_acknowledgements_than_a_dealing_bears() {
	build_and_execute(|| {
		let seven: Vec<_> = (0..7).map(|seat| FIRST + seat).collect();
		for account in &seven {
			Standing::insert(account, (Role::Custodian, u64::MAX));
		}
		assert_noop!(propose(&seven[..5], 3, 2), Error::<Test>::QuorumTooLarge);
		assert_noop!(propose(&seven[..6], 5, 0), Error::<Test>::QuorumTooLarge);
		assert_noop!(propose(&seven, 4, 1), Error::<Test>::QuorumTooLarge);
		for (size, threshold, tolerance) in [(4, 3, 1), (5, 3, 1), (7, 4, 0)] {
			assert_ok!(propose(&seven[..size], threshold, tolerance));
			assert_ok!(Custody::withdraw_proposal(root()));
		}
	});
}

#[test]
fn nobody_sits_twice() {
	build_and_execute(|| {
		assert_noop!(propose(&[FIRST, FIRST + 1, FIRST], 2, 0), Error::<Test>::MemberRepeated);
	});
}

#[test]
fn members_are_custodians_in_good_standing() {
	build_and_execute(|| {
		let with = |who| propose(&[FIRST, FIRST + 1, who], 2, 0);
		assert_noop!(with(STRANGER), Error::<Test>::NotACustodian);
		assert_noop!(with(PATIENT), Error::<Test>::NotACustodian);
		Standing::insert(FIRST + 2, (Role::Custodian, NOW));
		assert_noop!(with(FIRST + 2), Error::<Test>::NotACustodian);
		Standing::insert(FIRST + 2, (Role::Custodian, NOW + 1));
		assert_ok!(with(FIRST + 2));
	});
}

#[test]
fn no_more_epochs_drain_than_may() {
	build_and_execute(|| {
		form(FIRST);
		dealt(RECORD, 1);
		form(SECOND);
		form(FIRST);
		assert_eq!(Custody::live_epochs().draining.to_vec(), [E1, E2]);
		let next = || Custody::propose(root(), members(SECOND), THRESHOLD, TOLERANCE);
		assert_noop!(next(), Error::<Test>::MaxDrainingExceeded);
		assert_ok!(Custody::retire(signed(STRANGER), E2));
		assert_ok!(next());
	});
}

#[test]
fn the_last_number_is_the_last() {
	build().execute_with(|| {
		Live::<Test>::mutate(|live| live.last = EpochId(u32::MAX));
		assert_noop!(
			Custody::propose(root(), members(FIRST), THRESHOLD, TOLERANCE),
			Error::<Test>::MaxEpochsExceeded
		);
	});
}
