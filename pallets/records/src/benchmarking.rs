// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of the calls, each with an append to a trail that exists.

use crate::*;
use frame_benchmarking::v2::*;
use frame_support::traits::Get;
use frame_system::RawOrigin;
use salus_primitives::Role;

fn owner<T: Config>() -> T::AccountId {
	let owner = whitelisted_caller();
	T::Participants::admit_for_benchmark(&owner, Role::Patient);
	T::Audit::fill_for_benchmark(&owner);
	// For the largest record that any of the calls makes.
	T::Consideration::ensure_successful(&owner, Pallet::<T>::footprint(FIRST_VERSION + 1));
	owner
}

#[benchmarks]
mod benches {
	use super::*;

	#[benchmark]
	fn anchor() {
		let owner = owner::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner.clone()), [1; 32], Commitment([2; 32]), T::MaxSegments::get());

		let record = RecordId::derive(&owner, &[1; 32]);
		assert!(Pallet::<T>::is_live(&record));
	}

	#[benchmark]
	fn revise() {
		let owner = owner::<T>();
		let record = Pallet::<T>::anchor_for_benchmark(&owner);

		#[extrinsic_call]
		_(
			RawOrigin::Signed(owner),
			record,
			FIRST_VERSION,
			Commitment([2; 32]),
			T::MaxSegments::get(),
		);

		assert!(Versions::<T>::contains_key(record, FIRST_VERSION + 1));
	}

	#[benchmark]
	fn retire() {
		let owner = owner::<T>();
		let record = Pallet::<T>::anchor_for_benchmark(&owner);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), record);

		assert!(!Pallet::<T>::is_live(&record));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
