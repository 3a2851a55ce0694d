// SPDX-License-Identifier: Apache-2.0

use super::*;

/// When the ticket of [`opened`] may be closed.
const OVER: Moment = NOW + LIFETIME + RETENTION;

fn close(who: u64, ticket: TicketId) -> DispatchResult {
	Access::close(signed(who), ticket)
}

#[test]
fn nobody_closes_before_the_retention_is_over() {
	build_and_execute(|| {
		let ticket = opened();
		for now in [NOW, NOW + LIFETIME, OVER - 1] {
			set_time(now);
			for who in [CLINICIAN, PATIENT, STRANGER] {
				assert_noop!(close(who, ticket), Error::<Test>::NotYetClosable);
			}
		}
		set_time(OVER);
		assert_ok!(close(STRANGER, ticket));
		assert_eq!(Access::ticket(ticket), None);
		assert_eq!(events(), [Event::Closed { ticket }]);
		// The use stays spent.
		assert_eq!(uses_left(SEALED), 1);
		assert_noop!(close(CLINICIAN, ticket), Error::<Test>::NotFound);
	});
}

#[test]
fn a_ticket_that_ends_early_is_kept_as_long() {
	build_and_execute(|| {
		let ticket = opened();
		assert_ok!(Access::renounce(signed(CLINICIAN), ticket));
		set_time(OVER - 1);
		assert_noop!(close(CLINICIAN, ticket), Error::<Test>::NotYetClosable);
		set_time(OVER);
		assert_ok!(close(CLINICIAN, ticket));
	});
}

#[test]
fn a_public_request_goes_with_its_ticket() {
	build_and_execute(|| {
		assert_ok!(Access::open(signed(CLINICIAN), PUBLIC, RECORD, public(), key(1)));
		set_time(OVER);
		assert_ok!(close(STRANGER, ticket_id(PUBLIC, RECORD, 1)));
		assert_eq!(Requests::<Test>::iter().count(), 0);
	});
}

#[test]
fn nothing_is_closed_of_which_attestations_are_kept() {
	build_and_execute(|| {
		let ticket = opened();
		set_time(OVER);
		for released in [true, false] {
			Attested::insert(ticket, released);
			assert_noop!(close(STRANGER, ticket), Error::<Test>::AnswersKept);
		}
		Attested::remove(ticket);
		assert_ok!(close(STRANGER, ticket));
	});
}

#[test]
fn a_key_is_used_again_only_when_nothing_is_left_of_its_ticket() {
	build_and_execute(|| {
		let ticket = opened();
		Attested::insert(ticket, false);
		Access::refused(&ticket);
		for now in [NOW, NOW + LIFETIME, OVER] {
			set_time(now);
			assert_noop!(open(RECORD, 1), Error::<Test>::AlreadyExists);
		}
		Attested::remove(ticket);
		assert_ok!(close(CLINICIAN, ticket));
		assert_ok!(open(RECORD, 1));
		assert_eq!(uses_left(SEALED), 1);
	});
}

#[test]
fn only_a_signed_origin_closes() {
	build_and_execute(|| {
		let ticket = opened();
		set_time(OVER);
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
		set_time(OVER);
		assert_ok!(close(CLINICIAN, ticket));
		assert!(Access::ticket(ticket_id(SEALED, SECOND_RECORD, 1)).is_some());
	});
}
