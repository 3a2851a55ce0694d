// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::dispatch::CheckIfFeeless;

fn dispute(who: u64, ticket: TicketId) -> DispatchResult {
	Access::dispute_access(signed(who), ticket)
}

#[test]
fn the_subject_ends_what_she_disputes() {
	build_and_execute(|| {
		let ticket = opened();
		set_time(NOW + 3);
		assert_ok!(dispute(PATIENT, ticket));
		assert_eq!((stored(ticket).disputed_at, expires_at(ticket)), (Some(NOW + 3), NOW + 3));
		assert_eq!(events(), [Event::AccessDisputed { ticket }]);
		assert_noop!(dispute(PATIENT, ticket), Error::<Test>::AlreadyDisputed);
	});
}

#[test]
fn her_guardian_does_it_for_her() {
	build_and_execute(|| {
		let (_, ticket) = confirmed();
		assert_ok!(dispute(GUARDIAN, ticket));
		assert_eq!(expires_at(ticket), NOW);
	});
}

#[test]
fn what_is_over_is_disputed_too() {
	build_and_execute(|| {
		let ticket = opened();
		set_time(NOW + LIFETIME + 1);
		assert_ok!(dispute(PATIENT, ticket));
		assert_eq!(expires_at(ticket), NOW + LIFETIME);
		assert_eq!(stored(ticket).disputed_at, Some(NOW + LIFETIME + 1));
	});
}

#[test]
fn nobody_else_disputes() {
	build_and_execute(|| {
		let ticket = opened();
		for who in [CLINICIAN, OTHER_PATIENT, STRANGER] {
			assert_noop!(dispute(who, ticket), Error::<Test>::NotAuthorized);
		}
		assert_noop!(dispute(PATIENT, TicketId([9; 32])), Error::<Test>::NotFound);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Access::dispute_access(origin, ticket), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn a_sponsor_covers_what_subjects_do() {
	build_and_execute(|| {
		let (ticket, emergency) = (TicketId([1; 32]), EmergencyId([1; 32]));
		let calls: [Call<Test>; 3] = [
			Call::dispute_access { ticket },
			Call::object_emergency { emergency },
			Call::review_trail { entries: 1 },
		];
		for call in calls {
			assert!(call.is_feeless(&signed(OTHER_PATIENT)));
			assert!(!call.is_feeless(&signed(PATIENT)));
			assert!(!call.is_feeless(&RuntimeOrigin::root()));
		}
		let close: Call<Test> = Call::close { ticket };
		assert!(!close.is_feeless(&signed(OTHER_PATIENT)));
	});
}
