// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of the calls.

use crate::*;
use frame_benchmarking::v2::*;
use frame_system::RawOrigin;
use salus_primitives::{Commitment, ContentId, MultiCodec, Role, Suite, MAX_PUBLIC_KEY};

/// A key of the longest kind.
fn key() -> EncryptionKey {
	EncryptionKey::new(Suite::XWing, &[1; MAX_PUBLIC_KEY as usize]).expect("fits the suite")
}

fn sealed() -> AccessRequest {
	AccessRequest::Sealed {
		commitment: Commitment([1; 32]),
		envelope: ContentId { codec: MultiCodec::DagPb, digest: [2; 32] },
	}
}

/// A subject with a record, and a grantee.
fn set_up<T: Config>() -> (T::AccountId, T::AccountId, RecordId) {
	let subject: T::AccountId = account("subject", 0, 0);
	let grantee: T::AccountId = whitelisted_caller();
	T::Participants::admit_for_benchmark(&subject, Role::Patient);
	T::Audit::fill_for_benchmark(&subject);
	T::Participants::admit_for_benchmark(&grantee, Role::Researcher);
	let record = T::Records::anchor_for_benchmark(&subject);
	(subject, grantee, record)
}

#[benchmarks]
mod benches {
	use super::*;

	#[benchmark]
	fn open_sealed() {
		let (subject, grantee, record) = set_up::<T>();
		let consent = T::Consents::grant_for_benchmark(&subject, &grantee, Pallet::<T>::now());
		let id = TicketId::derive(&consent, &record, key().public());

		#[extrinsic_call]
		open(RawOrigin::Signed(grantee), consent, record, sealed(), key());

		assert!(Tickets::<T>::contains_key(id));
	}

	#[benchmark]
	fn open_public() {
		let (subject, grantee, record) = set_up::<T>();
		let now = Pallet::<T>::now();
		let (consent, request) = T::Consents::grant_public_for_benchmark(&subject, &grantee, now);
		let id = TicketId::derive(&consent, &record, key().public());

		#[extrinsic_call]
		open(RawOrigin::Signed(grantee), consent, record, AccessRequest::Public(request), key());

		assert!(Tickets::<T>::contains_key(id));
	}

	#[benchmark]
	fn close() -> Result<(), BenchmarkError> {
		let (subject, grantee, record) = set_up::<T>();
		let now = Pallet::<T>::now();
		let (consent, request) = T::Consents::grant_public_for_benchmark(&subject, &grantee, now);
		let id = TicketId::derive(&consent, &record, key().public());
		let origin = RawOrigin::Signed(grantee.clone());
		let request = AccessRequest::Public(request);
		Pallet::<T>::open(origin.into(), consent, record, request, key())?;

		#[extrinsic_call]
		_(RawOrigin::Signed(grantee), id);

		assert!(!Tickets::<T>::contains_key(id));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::build(), crate::mock::Test);
}
