// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of an append and of the calls.

use crate::*;
use frame_benchmarking::v2::*;
use frame_system::RawOrigin;
use salus_primitives::{ConsentId, RecordId, TicketId};

/// The action with the longest encoding.
pub(crate) fn longest_action() -> AuditAction {
	AuditAction::AccessOpened {
		consent: ConsentId([1; 32]),
		version: u32::MAX,
		record: RecordId([2; 32]),
		ticket: TicketId([3; 32]),
	}
}

fn author<T: Config>() -> T::AccountId {
	let author = whitelisted_caller();
	T::Participants::admit_for_benchmark(&author, Role::Organisation);
	author
}

#[benchmarks]
mod benches {
	use super::*;

	#[benchmark]
	fn append() {
		let subject: T::AccountId = account("subject", 0, 0);
		let actor: T::AccountId = account("actor", 0, 0);
		<Pallet<T> as AuditTrail<_>>::fill_for_benchmark(&subject);

		#[block]
		{
			<Pallet<T> as AuditTrail<_>>::append(&subject, &actor, longest_action());
		}

		assert_eq!(Trails::<T>::get(&subject).map(|trail| trail.count), Some(2));
	}

	#[benchmark]
	fn record_read() {
		let author = author::<T>();
		let subject: T::AccountId = account("subject", 0, 0);
		<Pallet<T> as AuditTrail<_>>::fill_for_benchmark(&subject);

		#[extrinsic_call]
		_(RawOrigin::Signed(author), subject.clone());

		assert_eq!(Trails::<T>::get(&subject).map(|trail| trail.count), Some(2));
	}

	#[benchmark]
	fn commit_batch() {
		let author = author::<T>();
		BatchEntries::<T>::insert(&author, 1);

		#[extrinsic_call]
		_(RawOrigin::Signed(author.clone()), BatchRoot([1; 32]), MAX_BATCH);

		assert_eq!(BatchEntries::<T>::get(&author), 1 + u64::from(MAX_BATCH));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
