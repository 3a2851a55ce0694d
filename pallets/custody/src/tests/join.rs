// SPDX-License-Identifier: Apache-2.0

use super::*;
use salus_primitives::Role;

fn proposed() {
	assert_ok!(Custody::propose(root(), members(FIRST), THRESHOLD, TOLERANCE));
	events();
}

#[test]
fn with_the_last_member_the_epoch_is_active() {
	build_and_execute(|| {
		proposed();
		for seat in 0..MEMBERS {
			assert!(!Custody::is_active());
			assert_ok!(Custody::join(signed(FIRST + u64::from(seat)), E1));
			assert_eq!(events()[0], Event::Joined { epoch: E1, seat: Seat(seat) });
		}
		assert!(Custody::is_active());
		let (id, epoch) = Custody::committee().unwrap();
		assert_eq!((id, epoch.phase, epoch.joined), (E1, Phase::Active, Seats::all(5)));
	});
}

#[test]
fn the_epoch_before_drains() {
	build_and_execute(|| {
		form(FIRST);
		assert_ok!(Custody::propose(root(), members(SECOND), THRESHOLD, TOLERANCE));
		Timestamp::set_timestamp(NOW + 5);
		for member in members(SECOND) {
			events();
			assert_ok!(Custody::join(signed(member), E2));
		}
		assert_eq!(
			events(),
			[
				Event::Joined { epoch: E2, seat: Seat(4) },
				Event::DrainingStarted { epoch: E1 },
				Event::Activated { epoch: E2 },
			]
		);
		let first = Custody::epoch(E1).unwrap();
		assert_eq!((first.phase, first.since), (Phase::Draining, NOW + 5));
		let live = Custody::live_epochs();
		assert_eq!((live.active, live.forming), (Some(E2), None));
		assert_eq!(live.draining.to_vec(), [E1]);
	});
}

#[test]
fn a_single_member_is_a_committee() {
	build_and_execute(|| {
		let alone = BoundedVec::try_from(vec![FIRST]).unwrap();
		assert_ok!(Custody::propose(root(), alone, 1, 0));
		assert_ok!(Custody::join(signed(FIRST), E1));
		assert!(Custody::is_active());
	});
}

#[test]
fn only_members_join_and_once() {
	build_and_execute(|| {
		proposed();
		for who in [STRANGER, PATIENT, SECOND] {
			assert_noop!(Custody::join(signed(who), E1), Error::<Test>::NotAuthorized);
		}
		for origin in [root(), RuntimeOrigin::none()] {
			assert_noop!(Custody::join(origin, E1), DispatchError::BadOrigin);
		}
		assert_ok!(Custody::join(signed(FIRST), E1));
		assert_noop!(Custody::join(signed(FIRST), E1), Error::<Test>::AlreadyJoined);
	});
}

#[test]
fn only_a_forming_epoch_is_joined() {
	build_and_execute(|| {
		assert_noop!(Custody::join(signed(FIRST), E1), Error::<Test>::NotFound);
		form(FIRST);
		assert_noop!(Custody::join(signed(FIRST), E1), Error::<Test>::NotForming);
	});
}

#[test]
fn who_lost_its_credential_does_not_join() {
	build_and_execute(|| {
		proposed();
		Standing::insert(FIRST, (Role::Custodian, NOW));
		assert_noop!(Custody::join(signed(FIRST), E1), Error::<Test>::NotACustodian);
		Standing::insert(FIRST, (Role::Patient, NOW + 1));
		assert_noop!(Custody::join(signed(FIRST), E1), Error::<Test>::NotACustodian);
	});
}
