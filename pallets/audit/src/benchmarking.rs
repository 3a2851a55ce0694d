// SPDX-License-Identifier: Apache-2.0
//! The benchmark of an append.

use crate::*;
use frame_benchmarking::v2::*;
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

		let trail = Trails::<T>::get(&subject).expect("appended");
		assert_eq!(trail.kept(), u64::from(T::MaxKept::get()));
		assert_eq!(trail.oldest_kept, 1);
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
