// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, BatchEntries, Error, Event};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::batch::{Batch, BatchRoot, MAX_BATCH};
use sp_runtime::DispatchError;

#[test]
fn batches_follow_each_other_without_a_gap() {
	build_and_execute(|| {
		let entries: Vec<_> = (0u8..7).map(|at| [at; 4]).collect();
		let parts = [&entries[..3], &entries[3..]];
		let mut first = 0;
		for part in parts {
			let batch = Batch::new(first, part).unwrap();
			assert_ok!(Audit::commit_batch(
				RuntimeOrigin::signed(HOSPITAL),
				batch.root,
				batch.count
			));
			// What is on chain is what whoever has the entries verifies.
			assert_eq!(events(), [Event::BatchCommitted { author: HOSPITAL, batch }]);
			assert_eq!(batch.verify_complete(part), Ok(()));
			first += u64::from(batch.count);
		}
		assert_eq!(Audit::batch_entries(HOSPITAL), 7);
		assert_eq!(Audit::batch_entries(CUSTODIAN), 0);
	});
}

#[test]
fn a_batch_has_entries_and_not_too_many() {
	build_and_execute(|| {
		let commit =
			|count| Audit::commit_batch(RuntimeOrigin::signed(HOSPITAL), BatchRoot([1; 32]), count);
		for count in [0, MAX_BATCH + 1, u32::MAX] {
			assert_noop!(commit(count), Error::<Test>::CountOutOfRange);
		}
		assert_ok!(commit(MAX_BATCH));
		BatchEntries::<Test>::insert(HOSPITAL, u64::MAX);
		assert_noop!(commit(1), Error::<Test>::CountOutOfRange);
	});
}

#[test]
fn only_authors_in_good_standing_commit() {
	build_and_execute(|| {
		let commit = |origin| Audit::commit_batch(origin, BatchRoot([1; 32]), 1);
		for who in [SUBJECT, LAPSED, CLINICIAN] {
			assert_noop!(commit(RuntimeOrigin::signed(who)), Error::<Test>::NotAuthorized);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(commit(origin), DispatchError::BadOrigin);
		}
	});
}
