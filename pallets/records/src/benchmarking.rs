// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of the calls, each with an append to a trail that exists.

use crate::*;
use frame_benchmarking::v2::*;
use frame_support::traits::Get;
use frame_system::RawOrigin;
use salus_primitives::custody::{MAX_ACKNOWLEDGEMENTS, MAX_COMMITTEE};

const SALT: [u8; 32] = [1; 32];
const MANIFEST: Commitment = Commitment([2; 32]);
const CATEGORIES: Commitment = Commitment([3; 32]);

fn owner<T: Config>() -> T::AccountId {
	let owner = whitelisted_caller();
	T::Participants::admit_for_benchmark(&owner, Role::Patient);
	T::Audit::fill_for_benchmark(&owner);
	// For the largest record that any of the calls makes.
	T::Consideration::ensure_successful(&owner, Pallet::<T>::footprint(T::MaxBatch::get()));
	owner
}

fn provider<T: Config>() -> T::AccountId {
	let provider = account("provider", 0, 0);
	T::Participants::admit_for_benchmark(&provider, Role::Clinician);
	T::Consideration::ensure_successful(&provider, Pallet::<T>::footprint(FIRST_VERSION));
	provider
}

/// A dealing with so many acknowledgements, to a committee that needs them all. One at least: without a
/// dealing less is read and written than is counted.
fn dealing<T: Config>(
	owner: &T::AccountId,
	record: RecordId,
	version: u32,
	acknowledgements: u32,
) -> Option<Dealing<T::Signature>> {
	T::Custody::form_committee_for_benchmark(acknowledgements);
	Some(T::Custody::dealing_for_benchmark(owner, record, version, T::MaxSegments::get()))
}

/// A record that a provider put before `owner`.
fn proposed<T: Config>(owner: &T::AccountId) -> Result<RecordId, BenchmarkError> {
	let provider = provider::<T>();
	let record = RecordId::derive(&provider, &SALT);
	let segments = T::MaxSegments::get();
	let origin = RawOrigin::Signed(provider).into();
	Pallet::<T>::propose(origin, owner.clone(), SALT, MANIFEST, CATEGORIES, segments, None)?;
	Ok(record)
}

/// The signatures of members are what makes erasures wait.
fn committee<T: Config>() {
	T::Custody::form_committee_for_benchmark(MAX_COMMITTEE);
}

fn set_time<T: pallet_timestamp::Config<Moment = Moment>>(now: Moment) {
	pallet_timestamp::Now::<T>::put(now);
}

#[benchmarks(where T: pallet_timestamp::Config<Moment = Moment>)]
mod benches {
	use super::*;

	#[benchmark]
	fn anchor(a: Linear<1, MAX_ACKNOWLEDGEMENTS>) {
		let owner = owner::<T>();
		let record = RecordId::derive(&owner, &SALT);
		let dealing = dealing::<T>(&owner, record, FIRST_VERSION, a);
		let segments = T::MaxSegments::get();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), SALT, MANIFEST, CATEGORIES, segments, dealing);

		assert!(Pallet::<T>::is_live(&record));
	}

	#[benchmark]
	fn revise(a: Linear<1, MAX_ACKNOWLEDGEMENTS>) {
		let owner = owner::<T>();
		let record = Pallet::<T>::anchor_for_benchmark(&owner);
		let dealing = dealing::<T>(&owner, record, FIRST_VERSION + 1, a);
		let segments = T::MaxSegments::get();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), record, FIRST_VERSION, MANIFEST, CATEGORIES, segments, dealing);

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

	#[benchmark]
	fn restore() -> Result<(), BenchmarkError> {
		let owner = owner::<T>();
		let record = Pallet::<T>::anchor_for_benchmark(&owner);
		Pallet::<T>::retire(RawOrigin::Signed(owner.clone()).into(), record)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), record);

		assert!(Pallet::<T>::is_live(&record));
		Ok(())
	}

	#[benchmark]
	fn propose(a: Linear<1, MAX_ACKNOWLEDGEMENTS>) {
		let owner = owner::<T>();
		let provider = provider::<T>();
		let record = RecordId::derive(&provider, &SALT);
		let dealing = dealing::<T>(&owner, record, FIRST_VERSION, a);
		let segments = T::MaxSegments::get();

		#[extrinsic_call]
		_(
			RawOrigin::Signed(provider),
			owner.clone(),
			SALT,
			MANIFEST,
			CATEGORIES,
			segments,
			dealing,
		);

		assert!(Proposals::<T>::contains_key(owner, record));
	}

	#[benchmark]
	fn accept() -> Result<(), BenchmarkError> {
		let owner = owner::<T>();
		let record = proposed::<T>(&owner)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), record);

		assert!(Pallet::<T>::is_live(&record));
		Ok(())
	}

	#[benchmark]
	fn decline() -> Result<(), BenchmarkError> {
		let owner = owner::<T>();
		let record = proposed::<T>(&owner)?;
		committee::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner.clone()), record);

		assert!(!Proposals::<T>::contains_key(owner, record));
		Ok(())
	}

	#[benchmark]
	fn lapse() -> Result<(), BenchmarkError> {
		let owner = owner::<T>();
		let record = proposed::<T>(&owner)?;
		committee::<T>();
		set_time::<T>(Pallet::<T>::now().saturating_add(T::ProposalLifetime::get()));

		#[extrinsic_call]
		_(RawOrigin::Signed(account("anybody", 0, 0)), record);

		assert!(!Proposals::<T>::contains_key(owner, record));
		Ok(())
	}

	#[benchmark]
	fn set_retention() {
		let owner = owner::<T>();
		let record = Pallet::<T>::anchor_for_benchmark(&owner);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), record, Some(Moment::MAX));

		assert!(Records::<T>::get(record).is_some_and(|stored| stored.keep_until.is_some()));
	}

	#[benchmark]
	fn set_data_types() {
		let owner = owner::<T>();
		let record = Pallet::<T>::anchor_for_benchmark(&owner);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), record, DataTypes::GENOMIC);

		let stored = Records::<T>::get(record);
		assert!(stored.is_some_and(|stored| stored.data_types == DataTypes::GENOMIC));
	}

	#[benchmark]
	fn erase() {
		let owner = owner::<T>();
		let record = Pallet::<T>::anchor_for_benchmark(&owner);
		committee::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), record);

		assert!(T::Custody::erasure_complete(&record).is_some());
	}

	#[benchmark]
	fn expire() -> Result<(), BenchmarkError> {
		let owner = owner::<T>();
		let record = Pallet::<T>::anchor_for_benchmark(&owner);
		let until = Pallet::<T>::now().saturating_add(1);
		Pallet::<T>::set_retention(RawOrigin::Signed(owner).into(), record, Some(until))?;
		committee::<T>();
		set_time::<T>(until.saturating_add(T::RetentionGrace::get()));

		#[extrinsic_call]
		_(RawOrigin::Signed(account("anybody", 0, 0)), record);

		assert!(T::Custody::erasure_complete(&record).is_some());
		Ok(())
	}

	/// With the first version, so that the record goes too.
	#[benchmark]
	fn clear(v: Linear<1, { T::MaxBatch::get() }>) -> Result<(), BenchmarkError> {
		let owner = owner::<T>();
		let record = Pallet::<T>::anchor_for_benchmark(&owner);
		let signed: <T as frame_system::Config>::RuntimeOrigin = RawOrigin::Signed(owner).into();
		for version in FIRST_VERSION..v {
			let origin = signed.clone();
			Pallet::<T>::revise(origin, record, version, MANIFEST, CATEGORIES, 1, None)?;
		}
		// Without a committee nobody is waited for.
		Pallet::<T>::erase(signed, record)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(account("anybody", 0, 0)), record, v);

		assert!(!Records::<T>::contains_key(record));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
