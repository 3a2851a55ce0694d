// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Error, Event};
use frame_support::assert_noop;
use sp_runtime::DispatchError;

fn close(who: u64, ticket: TicketId) -> DispatchResult {
	Access::close(RuntimeOrigin::signed(who), ticket)
}

/// A ticket of the clinician.
fn opened() -> TicketId {
	assert_ok!(open(RECORD, 1));
	entries();
	events();
	ticket_id(SEALED, RECORD, 1)
}

#[test]
fn the_grantee_closes_at_any_time() {
	build_and_execute(|| {
		let ticket = opened();
		assert_ok!(close(CLINICIAN, ticket));
		assert_eq!(Access::ticket(ticket), None);
		assert_eq!(events(), [Event::Closed { ticket }]);
		// The use stays spent.
		assert_eq!(uses_left(SEALED), 1);
		assert_noop!(close(CLINICIAN, ticket), Error::<Test>::NotFound);
	});
}

#[test]
fn anybody_else_waits_until_the_retention_is_over() {
	build_and_execute(|| {
		let ticket = opened();
		for now in [NOW, NOW + LIFETIME, NOW + LIFETIME + RETENTION - 1] {
			Timestamp::set_timestamp(now);
			for who in [PATIENT, STRANGER] {
				assert_noop!(close(who, ticket), Error::<Test>::NotYetClosable);
			}
		}
		Timestamp::set_timestamp(NOW + LIFETIME + RETENTION);
		assert_ok!(close(STRANGER, ticket));
		assert_eq!(Tickets::<Test>::iter().count(), 0);
		assert_eq!(events(), [Event::Closed { ticket }]);
	});
}

#[test]
fn only_a_signed_origin_closes() {
	build_and_execute(|| {
		let ticket = opened();
		Timestamp::set_timestamp(NOW + LIFETIME + RETENTION);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Access::close(origin, ticket), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn what_does_not_exist_is_not_closed() {
	build_and_execute(|| {
		assert_noop!(close(CLINICIAN, TicketId([9; 32])), Error::<Test>::NotFound);
	});
}

#[test]
fn another_ticket_stays() {
	build_and_execute(|| {
		let ticket = opened();
		assert_ok!(open(SECOND_RECORD, 1));
		assert_ok!(close(CLINICIAN, ticket));
		assert!(Access::ticket(ticket_id(SEALED, SECOND_RECORD, 1)).is_some());
	});
}

#[test]
fn a_key_used_again_after_closing_spends_another_use() {
	build_and_execute(|| {
		let ticket = opened();
		assert_ok!(close(CLINICIAN, ticket));
		assert_ok!(open(RECORD, 1));
		assert_eq!(uses_left(SEALED), 0);
	});
}
