// SPDX-License-Identifier: Apache-2.0

use super::*;

fn complain(who: u64, dealer: u8) -> DispatchResult {
	Custody::complain(signed(who), RECORD, 1, Seat(dealer), EVIDENCE)
}

#[test]
fn a_complaint_keeps_the_dealing_where_it_is() {
	build_and_execute(|| {
		draining();
		assert_ok!(complain(SECOND + 1, 3));
		assert_eq!(
			Custody::complaint(RECORD, 1).unwrap(),
			Complaint {
				epoch: E2,
				complainer: Seat(1),
				dealer: Seat(3),
				evidence: EVIDENCE,
				response: None,
				at: NOW,
			}
		);
		assert_eq!(
			events(),
			[Event::Complained {
				record: RECORD,
				version: 1,
				complainer: Seat(1),
				dealer: Seat(3),
				evidence: EVIDENCE,
			}]
		);
		assert_ok!(reshare(SECOND, vec![resharing(RECORD, 1)]));
		assert_eq!(Custody::dealing(RECORD, 1).unwrap().epoch, E1);
	});
}

#[test]
fn one_complaint_is_open_at_a_time() {
	build_and_execute(|| {
		draining();
		assert_ok!(complain(SECOND, 3));
		assert_noop!(complain(SECOND + 1, 2), Error::<Test>::AlreadyExists);
		assert_ok!(Custody::settle(signed(SECOND), RECORD, 1));
		assert_ok!(complain(SECOND + 1, 2));
	});
}

#[test]
fn a_complaint_is_about_a_dealing_that_moves() {
	build_and_execute(|| {
		form(FIRST);
		assert_noop!(complain(FIRST, 0), Error::<Test>::NotFound);
		dealt(RECORD, 1);
		assert_noop!(complain(FIRST, 0), Error::<Test>::NotDraining);
	});
}

#[test]
fn a_complaint_is_about_a_member_that_counts() {
	build_and_execute(|| {
		draining();
		assert_noop!(complain(SECOND, MEMBERS), Error::<Test>::InvalidSeat);
		assert_ok!(Custody::suspend(root(), E1, Seat(3)));
		assert_noop!(complain(SECOND, 3), Error::<Test>::Suspended);
	});
}

#[test]
fn only_members_of_the_active_committee_complain() {
	build_and_execute(|| {
		assert_noop!(complain(SECOND, 0), Error::<Test>::NoCommittee);
		draining();
		for who in [FIRST, PATIENT, STRANGER] {
			assert_noop!(complain(who, 0), Error::<Test>::NotAuthorized);
		}
		for origin in [root(), RuntimeOrigin::none()] {
			assert_noop!(
				Custody::complain(origin, RECORD, 1, Seat(0), EVIDENCE),
				DispatchError::BadOrigin
			);
		}
		assert_ok!(Custody::suspend(root(), E2, Seat(0)));
		assert_noop!(complain(SECOND, 0), Error::<Test>::Suspended);
	});
}
