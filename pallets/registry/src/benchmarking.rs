// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of the calls.

use crate::*;
use frame_benchmarking::v2::*;
use frame_support::traits::{EnsureOrigin, Get};
use frame_system::RawOrigin;
use salus_primitives::{Suite, MAX_PUBLIC_KEY};

/// A key of the longest kind.
pub(crate) fn key(byte: u8) -> EncryptionKey {
	EncryptionKey::new(Suite::XWing, &[byte; MAX_PUBLIC_KEY as usize]).expect("fits the suite")
}

fn admit<T: Config>(name: &'static str, role: Role) -> T::AccountId {
	let who = account(name, 0, 0);
	<Pallet<T> as traits::Participants<_>>::admit_for_benchmark(&who, role);
	who
}

fn governance<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	T::RegistrarOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)
}

#[benchmarks]
mod benches {
	use super::*;

	#[benchmark]
	fn register() {
		// Once dismissed: the one way to have left keys behind.
		let who: T::AccountId = whitelisted_caller();
		Keys::<T>::insert(&who, 1, key(1));
		KeysLeft::<T>::insert(&who, 1);

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), Role::Patient, key(2));

		assert_eq!(Participants::<T>::get(&who).map(|p| p.key_version), Some(2));
	}

	#[benchmark]
	fn rotate_key() {
		let who = admit::<T>("patient", Role::Patient);

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), key(2));

		assert_eq!(Keys::<T>::get(&who, 2), Some(key(2)));
	}

	#[benchmark]
	fn verify_participant() {
		let registrar = admit::<T>("registrar", Role::Registrar);
		let who = admit::<T>("clinician", Role::Clinician);
		let expires_at = Pallet::<T>::now() + T::MaxCredentialDuration::get();

		#[extrinsic_call]
		verify(RawOrigin::Signed(registrar), who.clone(), expires_at);

		assert_eq!(Credentials::<T>::get(&who).map(|c| c.expires_at), Some(expires_at));
	}

	#[benchmark]
	fn withdraw() {
		let registrar = admit::<T>("registrar", Role::Registrar);
		let who = admit::<T>("clinician", Role::Clinician);

		#[extrinsic_call]
		_(RawOrigin::Signed(registrar), who.clone());

		assert!(!Credentials::<T>::contains_key(&who));
	}

	#[benchmark]
	fn appoint_registrar() -> Result<(), BenchmarkError> {
		let origin = governance::<T>()?;
		let who: T::AccountId = account("registrar", 0, 0);
		Keys::<T>::insert(&who, 1, key(1));
		KeysLeft::<T>::insert(&who, 1);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, who.clone(), key(2));

		assert_eq!(Participants::<T>::get(&who).map(|p| p.role), Some(Role::Registrar));
		Ok(())
	}

	#[benchmark]
	fn dismiss_registrar() -> Result<(), BenchmarkError> {
		let origin = governance::<T>()?;
		let who = admit::<T>("registrar", Role::Registrar);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, who.clone());

		assert!(!Participants::<T>::contains_key(&who));
		Ok(())
	}

	impl_benchmark_test_suite!(
		Pallet,
		crate::mock::ExtBuilder::default().build(),
		crate::mock::Test
	);
}
