// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::worker::{SWEEP_INTERVAL, SWEEP_LIMIT};
use codec::Decode;
use frame_support::traits::Hooks;
use sp_core::offchain::{
	testing::{TestOffchainExt, TestTransactionPoolExt},
	OffchainDbExt, OffchainWorkerExt, TransactionPoolExt,
};

/// Runs the worker at `now` and returns the tickets that it would mark.
type Work<'a> = &'a dyn Fn(Moment) -> Vec<TicketId>;

fn with_worker(test: impl FnOnce(Work<'_>)) {
	let mut ext = build();
	let (offchain, _) = TestOffchainExt::new();
	let (pool, submitted) = TestTransactionPoolExt::new();
	ext.register_extension(OffchainDbExt::new(offchain.clone()));
	ext.register_extension(OffchainWorkerExt::new(offchain));
	ext.register_extension(TransactionPoolExt::new(pool));
	ext.execute_with(|| {
		let work = |now| {
			Timestamp::set_timestamp(now);
			<Custody as Hooks<u64>>::offchain_worker(1);
			let extrinsics = std::mem::take(&mut submitted.write().transactions);
			let ticket = |bytes: Vec<u8>| match Extrinsic::decode(&mut &bytes[..]).unwrap().function
			{
				RuntimeCall::Custody(Call::mark_missed { ticket }) => ticket,
				call => panic!("the worker calls {call:?}"),
			};
			let mut tickets: Vec<_> = extrinsics.into_iter().map(ticket).collect();
			tickets.sort();
			tickets
		};
		test(&work);
		Custody::do_try_state().unwrap();
	});
}

#[test]
fn expired_tickets_with_silent_members_are_marked() {
	with_worker(|work| {
		form(FIRST);
		dealt(RECORD, 1);
		let (silent, complete, marked) =
			(open(1, RECORD, 1), open(2, RECORD, 1), open(3, RECORD, 1));
		open(4, RECORD, 9);
		answered(complete, &[0, 1, 2, 3, 4], RELEASE);
		assert_eq!(work(NOW), []);
		Timestamp::set_timestamp(NOW + OVER);
		assert_ok!(Custody::mark_missed(signed(STRANGER), marked));
		assert_eq!(work(NOW + SWEEP_INTERVAL), [silent]);
	});
}

#[test]
fn the_worker_looks_now_and_then() {
	with_worker(|work| {
		form(FIRST);
		dealt(RECORD, 1);
		let ticket = open(1, RECORD, 1);
		let at = NOW + OVER;
		assert_eq!(work(at), [ticket]);
		assert_eq!(work(at + SWEEP_INTERVAL - 1), []);
		assert_eq!(work(at + SWEEP_INTERVAL), [ticket]);
		assert_ok!(Custody::mark_missed(signed(STRANGER), ticket));
		assert_eq!(work(at + 2 * SWEEP_INTERVAL), []);
	});
}

#[test]
fn what_was_lost_comes_again() {
	with_worker(|work| {
		form(FIRST);
		dealt(RECORD, 1);
		let ticket = open(1, RECORD, 1);
		let at = NOW + OVER;
		assert_eq!(work(at), [ticket]);
		assert_eq!(work(at + SWEEP_INTERVAL), [ticket]);
		// On another fork it may be earlier than it was.
		assert_eq!(work(at + 1), [ticket]);
	});
}

#[test]
fn a_sweep_is_bounded() {
	with_worker(|work| {
		form(FIRST);
		dealt(RECORD, 1);
		for id in 0..SWEEP_LIMIT as u8 + 5 {
			open(id, RECORD, 1);
		}
		assert_eq!(work(NOW + OVER).len(), SWEEP_LIMIT);
	});
}
