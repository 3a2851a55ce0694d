// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::worker::{SWEEP_INTERVAL, SWEEP_LIMIT};
use codec::Decode;
use frame_support::traits::Hooks;
use sp_core::offchain::{
	testing::{TestOffchainExt, TestTransactionPoolExt},
	OffchainDbExt, OffchainWorkerExt, TransactionPoolExt,
};

/// Runs the worker at a moment and returns the emergencies whose review it finds overdue.
type Work<'a> = &'a dyn Fn(Moment) -> Vec<EmergencyId>;

fn with_worker(test: impl FnOnce(Work<'_>)) {
	let mut ext = build();
	let (offchain, _) = TestOffchainExt::new();
	let (pool, submitted) = TestTransactionPoolExt::new();
	ext.register_extension(OffchainDbExt::new(offchain.clone()));
	ext.register_extension(OffchainWorkerExt::new(offchain));
	ext.register_extension(TransactionPoolExt::new(pool));
	ext.execute_with(|| {
		let work = |now| {
			set_time(now);
			<Access as Hooks<u64>>::offchain_worker(1);
			let extrinsics = std::mem::take(&mut submitted.write().transactions);
			let emergency =
				|bytes: Vec<u8>| match Extrinsic::decode(&mut &bytes[..]).unwrap().function {
					RuntimeCall::Access(Call::escalate_review { emergency }) => emergency,
					call => panic!("the worker calls {call:?}"),
				};
			extrinsics.into_iter().map(emergency).collect()
		};
		test(&work);
	});
}

#[test]
fn overdue_reviews_are_escalated() {
	with_worker(|work| {
		let (id, _) = confirmed();
		assert_ok!(declare(COLLEAGUE, 1));
		assert_eq!(work(NOW + REVIEW - 1), []);
		let due = NOW + REVIEW + SWEEP_INTERVAL;
		assert_eq!(work(due), [id]);
		// What is lost comes again.
		assert_eq!(work(due + SWEEP_INTERVAL), [id]);
		assert_ok!(Access::escalate_review(signed(STRANGER), id));
		let suspends = Access::now() + ESCALATION.max(SWEEP_INTERVAL);
		assert_eq!(work(suspends), [id]);
		assert_ok!(Access::escalate_review(signed(STRANGER), id));
		assert_eq!(work(suspends + SWEEP_INTERVAL), []);
	});
}

#[test]
fn the_worker_looks_now_and_then() {
	with_worker(|work| {
		let (id, _) = confirmed();
		let due = NOW + REVIEW;
		assert_eq!(work(due), [id]);
		assert_eq!(work(due + SWEEP_INTERVAL - 1), []);
		assert_eq!(work(due + SWEEP_INTERVAL), [id]);
		// On another fork it may be earlier than it was.
		assert_eq!(work(due + 1), [id]);
	});
}

#[test]
fn a_sweep_is_bounded_and_the_next_goes_on() {
	with_worker(|work| {
		let (id, _) = confirmed();
		let emergency = Access::emergency(id).unwrap();
		let all = SWEEP_LIMIT as u8 + 5;
		Emergencies::<Test>::remove(id);
		for byte in 1..=all {
			Emergencies::<Test>::insert(EmergencyId([byte; 32]), emergency.clone());
		}
		let due = NOW + REVIEW;
		let first = work(due);
		assert_eq!(first.len(), SWEEP_LIMIT);
		let second = work(due + SWEEP_INTERVAL);
		assert_eq!(second.len(), 5);
		assert!(second.iter().all(|id| !first.contains(id)));
		assert_eq!(work(due + 2 * SWEEP_INTERVAL), first);
	});
}
