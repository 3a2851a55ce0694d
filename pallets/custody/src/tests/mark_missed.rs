// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::traits::Authorize;
use frame_system::RawOrigin;
use sp_runtime::transaction_validity::{
	InvalidTransaction, TransactionSource, TransactionValidityError, ValidTransaction,
};

fn ticket() -> TicketId {
	form(FIRST);
	dealt(RECORD, 1);
	open(1, RECORD, 1)
}

fn expire() {
	Timestamp::set_timestamp(NOW + OVER);
	events();
}

fn mark(ticket: TicketId) -> DispatchResult {
	Custody::mark_missed(signed(STRANGER), ticket)
}

fn validity(ticket: TicketId) -> Result<ValidTransaction, TransactionValidityError> {
	let call = Call::<Test>::mark_missed { ticket };
	call.authorize(TransactionSource::External).unwrap().map(|(validity, _)| validity)
}

#[test]
fn everyone_is_counted_when_nobody_answered() {
	build_and_execute(|| {
		let ticket = ticket();
		expire();
		assert_ok!(mark(ticket));
		let silent = Seats::all(5);
		assert_eq!(events(), [Event::MissedMarked { ticket, epoch: E1, silent }]);
		assert_eq!(missed(E1), [1, 1, 1, 1, 1]);
		assert!(Custody::answers(ticket).unwrap().marked);
	});
}

#[test]
fn who_was_silent_is_seen_though_the_others_delivered() {
	build_and_execute(|| {
		let ticket = ticket();
		answered(ticket, &[0, 1, 3], RELEASE);
		answered(ticket, &[4], REFUSE);
		expire();
		assert_ok!(mark(ticket));
		assert_eq!(missed(E1), [0, 0, 1, 0, 0]);
	});
}

#[test]
fn who_was_silent_is_seen_though_the_others_refused() {
	build_and_execute(|| {
		let ticket = ticket();
		answered(ticket, &[0, 1, 3], REFUSE);
		assert!(!Tickets::contains_key(ticket));
		expire();
		assert_ok!(mark(ticket));
		assert_eq!(missed(E1), [0, 0, 1, 0, 1]);
	});
}

#[test]
fn suspended_members_are_not_counted() {
	build_and_execute(|| {
		let ticket = ticket();
		assert_ok!(Custody::suspend(root(), E1, Seat(2)));
		expire();
		assert_ok!(mark(ticket));
		assert_eq!(missed(E1), [1, 1, 0, 1, 1]);
	});
}

#[test]
fn a_ticket_is_marked_once_and_after_its_time() {
	build_and_execute(|| {
		let ticket = ticket();
		assert_noop!(mark(ticket), Error::<Test>::NotYetExpired);
		for now in [NOW + LIFETIME - 1, NOW + LIFETIME, NOW + OVER - 1] {
			Timestamp::set_timestamp(now);
			assert_noop!(mark(ticket), Error::<Test>::NotYetExpired);
		}
		expire();
		assert_ok!(mark(ticket));
		assert_noop!(mark(ticket), Error::<Test>::AlreadyMarked);
	});
}

#[test]
fn after_the_retention_nothing_is_marked() {
	build_and_execute(|| {
		let ticket = ticket();
		Timestamp::set_timestamp(NOW + LIFETIME + RETENTION);
		assert_noop!(mark(ticket), Error::<Test>::NotFound);
	});
}

#[test]
fn there_is_nothing_to_mark_when_everyone_answered() {
	build_and_execute(|| {
		let ticket = ticket();
		answered(ticket, &[0, 1, 2, 3], RELEASE);
		assert_ok!(Custody::suspend(root(), E1, Seat(4)));
		expire();
		assert_noop!(mark(ticket), Error::<Test>::NothingMissed);
	});
}

#[test]
fn nobody_is_blamed_for_what_could_not_be_answered() {
	build_and_execute(|| {
		let closed = ticket();
		let (undealt, moved) = (open(2, RECORD, 5), open(3, RECORD, 1));
		answered(closed, &[0], RELEASE);
		// Its grantee closes it.
		Tickets::remove(closed);
		form(SECOND);
		Timestamp::set_timestamp(NOW + 1);
		assert_ok!(reshare(SECOND, vec![resharing(RECORD, 1)]));
		expire();
		assert_noop!(mark(TicketId([9; 32])), Error::<Test>::NotFound);
		assert_noop!(mark(closed), Error::<Test>::NotFound);
		assert_noop!(mark(undealt), Error::<Test>::NothingMissed);
		// The second committee took over after it was opened.
		assert_noop!(mark(moved), Error::<Test>::NothingMissed);
	});
}

#[test]
fn the_members_of_a_retired_epoch_are_not_blamed() {
	build_and_execute(|| {
		let ticket = ticket();
		answered(ticket, &[0], RELEASE);
		form(SECOND);
		assert_ok!(reshare(SECOND, vec![resharing(RECORD, 1)]));
		assert_ok!(Custody::retire(signed(STRANGER), E1));
		expire();
		assert_noop!(mark(ticket), Error::<Test>::NothingMissed);
	});
}

#[test]
fn the_council_hears_once_of_a_member_that_missed_too_much() {
	build_and_execute(|| {
		form(FIRST);
		dealt(RECORD, 1);
		let mut overdue = 0;
		for id in 1..=MAX_MISSED as u8 + 3 {
			let ticket = open(id, RECORD, 1);
			answered(ticket, &[0, 1, 2, 3], RELEASE);
			events();
			Timestamp::set_timestamp(Custody::now() + OVER);
			assert_ok!(mark(ticket));
			let heard = events().contains(&Event::Overdue { epoch: E1, seat: Seat(4) });
			assert_eq!(heard, u32::from(id) == MAX_MISSED + 1);
			overdue += u32::from(heard);
		}
		assert_eq!(overdue, 1);
		assert_eq!(missed(E1), [0, 0, 0, 0, MAX_MISSED + 3]);
	});
}

#[test]
fn anybody_and_workers_mark() {
	build_and_execute(|| {
		let (first, second) = (ticket(), open(2, RECORD, 1));
		expire();
		for origin in [root(), RuntimeOrigin::none()] {
			assert_noop!(Custody::mark_missed(origin, first), DispatchError::BadOrigin);
		}
		assert_ok!(Custody::mark_missed(signed(FIRST), first));
		assert_ok!(Custody::mark_missed(RawOrigin::Authorized.into(), second));
	});
}

#[test]
fn a_worker_is_let_in_once_per_ticket() {
	build_and_execute(|| {
		let (first, second) = (ticket(), open(2, RECORD, 1));
		assert_eq!(validity(first), Err(InvalidTransaction::Future.into()));
		assert_eq!(validity(TicketId([9; 32])), Err(NOTHING_TO_MARK.into()));
		expire();
		let (one, other) = (validity(first).unwrap(), validity(second).unwrap());
		assert_eq!(one.provides.len(), 1);
		assert_ne!(one.provides, other.provides);
		assert!(one.propagate && one.requires.is_empty());
		assert_ok!(mark(first));
		assert_eq!(validity(first), Err(InvalidTransaction::Stale.into()));
		answered(second, &[0, 1, 2, 3, 4], REFUSE);
		assert_eq!(validity(second), Err(EVERYONE_ANSWERED.into()));
	});
}

#[test]
fn no_other_call_is_let_in_without_a_signature() {
	let call = Call::<Test>::prune { ticket: TicketId([1; 32]) };
	assert!(call.authorize(TransactionSource::External).is_none());
}
