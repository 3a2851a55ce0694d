// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of the calls.

use crate::*;
use frame_benchmarking::v2::*;
use frame_support::{
	dispatch::{CheckIfFeeless, DispatchInfo, GetDispatchInfo, PostDispatchInfo},
	pallet_prelude::Weight,
	traits::{
		fungible::{Inspect, Mutate},
		EnsureOrigin, Get,
	},
};
use frame_system::{
	pallet_prelude::{OriginFor, RuntimeCallFor},
	RawOrigin,
};
use salus_primitives::{MultiCodec, Suite, MAX_PUBLIC_KEY};
use sp_runtime::traits::{AsTransactionAuthorizedOrigin, DispatchTransaction};

/// A key of the longest kind.
pub(crate) fn key(byte: u8) -> EncryptionKey {
	EncryptionKey::new(Suite::XWing, &[byte; MAX_PUBLIC_KEY as usize]).expect("fits the suite")
}

fn participant<T: Config>(name: &'static str, role: Role) -> T::AccountId {
	let who = account(name, 0, 0);
	<Pallet<T> as traits::Participants<_>>::admit_for_benchmark(&who, role);
	who
}

fn contacts() -> ContentId {
	ContentId { codec: MultiCodec::DagPb, digest: [3; 32] }
}

fn governance<T: Config>() -> Result<OriginFor<T>, BenchmarkError> {
	T::RegistrarOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)
}

/// Gives an account what a deposit and a pool cost.
fn fund<T: Config>(who: &T::AccountId)
where
	T::Currency: Mutate<T::AccountId>,
{
	let calls: BalanceOf<T> = T::MinPool::get().into();
	let amount = T::Currency::minimum_balance() * 100u64.into() + T::CallPrice::get() * calls;
	T::Currency::set_balance(who, amount);
	T::Consideration::ensure_successful(who, Pallet::<T>::footprint());
}

/// A sponsor with the smallest pool.
fn sponsor<T: Config>() -> T::AccountId
where
	T::Currency: Mutate<T::AccountId>,
{
	let sponsor: T::AccountId = account("sponsor", 0, 0);
	fund::<T>(&sponsor);
	Pallet::<T>::do_fund(&sponsor, T::MinPool::get()).expect("it can pay");
	sponsor
}

/// An account that a sponsor pays for.
fn sponsored<T: Config>() -> (T::AccountId, T::AccountId)
where
	T::Currency: Mutate<T::AccountId>,
{
	let (sponsor, who) = (sponsor::<T>(), whitelisted_caller::<T::AccountId>());
	Pallet::<T>::do_admit(sponsor.clone(), who.clone()).expect("it has a pool");
	(sponsor, who)
}

fn appointed<T: Config>(by: Appointer<T::AccountId>) -> (T::AccountId, T::AccountId) {
	let ward = participant::<T>("ward", Role::Patient);
	let guardian = participant::<T>("guardian", Role::Guardian);
	let appointed_at = Pallet::<T>::now();
	let until = appointed_at + T::MaxGuardianship::get();
	let scope = T::GuardianScope::default();
	let power = Guardianship { scope, appointed_by: by, appointed_at, until };
	Guardianships::<T>::insert(&ward, &guardian, power);
	GuardianCount::<T>::insert(&ward, 1);
	(ward, guardian)
}

#[benchmarks(
	where
		T: Send + Sync,
		T::Currency: Mutate<T::AccountId>,
		OriginFor<T>: AsTransactionAuthorizedOrigin,
		RuntimeCallFor<T>: From<Call<T>>
			+ CheckIfFeeless<Origin = OriginFor<T>>
			+ Dispatchable<Info = DispatchInfo, PostInfo = PostDispatchInfo>
			+ GetDispatchInfo,
		<T as Config>::RuntimeCall: From<Call<T>>,
)]
mod benches {
	use super::*;

	#[benchmark]
	fn register() {
		// Once dismissed: the one way to have left keys behind.
		let (sponsor, who) = sponsored::<T>();
		T::Consideration::ensure_successful(&sponsor, Pallet::<T>::footprint());
		Keys::<T>::insert(&who, 1, key(1));
		KeysLeft::<T>::insert(&who, 1);

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), Role::Patient, key(2));

		assert_eq!(Participants::<T>::get(&who).map(|p| p.key_version), Some(2));
	}

	#[benchmark]
	fn rotate_key() {
		let who = participant::<T>("patient", Role::Patient);

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), key(2));

		assert_eq!(Keys::<T>::get(&who, 2), Some(key(2)));
	}

	#[benchmark]
	fn verify_participant() {
		let registrar = participant::<T>("registrar", Role::Registrar);
		let who = participant::<T>("clinician", Role::Clinician);
		let expires_at = Pallet::<T>::now() + T::MaxCredentialDuration::get();

		#[extrinsic_call]
		verify(RawOrigin::Signed(registrar), who.clone(), expires_at);

		assert_eq!(Credentials::<T>::get(&who).map(|c| c.expires_at), Some(expires_at));
	}

	#[benchmark]
	fn withdraw() {
		let registrar = participant::<T>("registrar", Role::Registrar);
		let who = participant::<T>("clinician", Role::Clinician);

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
		_(origin as OriginFor<T>, who.clone(), key(2));

		assert_eq!(Participants::<T>::get(&who).map(|p| p.role), Some(Role::Registrar));
		Ok(())
	}

	#[benchmark]
	fn dismiss_registrar() -> Result<(), BenchmarkError> {
		let origin = governance::<T>()?;
		let who = participant::<T>("registrar", Role::Registrar);

		#[extrinsic_call]
		_(origin as OriginFor<T>, who.clone(), false);

		assert!(!Participants::<T>::contains_key(&who));
		Ok(())
	}

	#[benchmark]
	fn leave() {
		let (sponsor, who) = sponsored::<T>();
		<Pallet<T> as traits::Participants<_>>::admit_for_benchmark(&who, Role::Clinician);
		Contacts::<T>::insert(&who, contacts());
		T::Consideration::ensure_successful(&sponsor, Pallet::<T>::footprint());
		let ticket = T::Consideration::new(&sponsor, Pallet::<T>::footprint()).expect("funded");
		Deposits::<T>::insert(&who, Deposit { payer: sponsor, ticket });
		frame_system::Account::<T>::mutate(&who, |account| account.nonce = 7u32.into());

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));

		assert!(!Participants::<T>::contains_key(&who));
	}

	#[benchmark]
	fn set_contacts() {
		let who = participant::<T>("patient", Role::Patient);

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), Some(contacts()));

		assert!(Contacts::<T>::contains_key(&who));
	}

	#[benchmark]
	fn appoint_guardian() {
		let registrar = participant::<T>("registrar", Role::Registrar);
		let ward: T::AccountId = account("ward", 0, 0);
		let guardian = participant::<T>("guardian", Role::Guardian);
		let until = Pallet::<T>::now() + T::MaxGuardianship::get();
		let scope = T::GuardianScope::default();

		#[extrinsic_call]
		_(RawOrigin::Signed(registrar), ward.clone(), guardian.clone(), scope, until);

		assert!(Guardianships::<T>::contains_key(&ward, &guardian));
	}

	#[benchmark]
	fn dismiss_guardian() {
		let registrar = participant::<T>("registrar", Role::Registrar);
		let (ward, guardian) = appointed::<T>(Appointer::Registrar(registrar.clone()));

		#[extrinsic_call]
		_(RawOrigin::Signed(registrar), ward.clone(), guardian.clone());

		assert!(!Guardianships::<T>::contains_key(&ward, &guardian));
	}

	#[benchmark]
	fn act_for() {
		let (ward, guardian) = appointed::<T>(Appointer::Ward);
		// The cheapest call within every scope: what it does is weighed by itself.
		let call = Call::<T>::set_contacts { contacts: None };

		#[extrinsic_call]
		_(RawOrigin::Signed(guardian), ward.clone(), Box::new(call.into()));

		assert!(Participants::<T>::contains_key(&ward));
	}

	#[benchmark]
	fn fund_pool() {
		let sponsor: T::AccountId = whitelisted_caller();
		fund::<T>(&sponsor);

		#[extrinsic_call]
		_(RawOrigin::Signed(sponsor.clone()), T::MinPool::get());

		assert!(Pools::<T>::contains_key(&sponsor));
	}

	#[benchmark]
	fn reclaim_pool() {
		let sponsor = sponsor::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(sponsor.clone()), T::MinPool::get());

		assert!(!Pools::<T>::contains_key(&sponsor));
	}

	#[benchmark]
	fn settle_pool() {
		let (sponsor, who) = sponsored::<T>();
		Pallet::<T>::spend(&who, Weight::zero());
		let caller: T::AccountId = account("anybody", 0, 0);
		T::Currency::set_balance(&T::FeeDestination::get(), T::Currency::minimum_balance());

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), sponsor.clone());

		assert_eq!(Pools::<T>::get(&sponsor).map(|pool| pool.owed), Some(0));
	}

	#[benchmark]
	fn admit() {
		let sponsor = sponsor::<T>();
		let who: T::AccountId = account("patient", 0, 0);
		NoncesLeft::<T>::insert(&who, T::Nonce::from(7u32));

		#[extrinsic_call]
		_(RawOrigin::Signed(sponsor), who.clone());

		assert!(Admissions::<T>::contains_key(&who));
	}

	#[benchmark]
	fn expel() {
		let (sponsor, who) = sponsored::<T>();
		frame_system::Account::<T>::mutate(&who, |account| account.nonce = 7u32.into());

		#[extrinsic_call]
		_(RawOrigin::Signed(sponsor), who.clone());

		assert!(!Admissions::<T>::contains_key(&who));
	}

	#[benchmark]
	fn take_over_deposit() {
		let (old, payer) = (account("old", 0, 0), account("new", 0, 0));
		fund::<T>(&old);
		fund::<T>(&payer);
		let who = participant::<T>("patient", Role::Patient);
		let ticket = T::Consideration::new(&old, Pallet::<T>::footprint()).expect("funded");
		Deposits::<T>::insert(&who, Deposit { payer: old, ticket });

		#[extrinsic_call]
		_(RawOrigin::Signed(payer.clone()), who.clone());

		assert_eq!(Deposits::<T>::get(&who).map(|deposit| deposit.payer), Some(payer));
	}

	#[benchmark]
	fn charge_sponsor() {
		let (sponsor, who) = sponsored::<T>();
		let call: RuntimeCallFor<T> = Call::<T>::leave {}.into();
		let info = call.get_dispatch_info();

		#[block]
		{
			ChargeSponsor::<T>::new()
				.test_run(RawOrigin::Signed(who).into(), &call, &info, 0, 0, |_| {
					Ok(Default::default())
				})
				.expect("valid")
				.expect("not dispatched");
		}

		assert_eq!(Pools::<T>::get(&sponsor).map(|pool| pool.owed), Some(1));
	}

	#[benchmark]
	fn skip_sponsor() {
		let who: T::AccountId = whitelisted_caller();
		let call: RuntimeCallFor<T> = Call::<T>::leave {}.into();
		let info = call.get_dispatch_info();

		#[block]
		{
			ChargeSponsor::<T>::new()
				.test_run(RawOrigin::Signed(who).into(), &call, &info, 0, 0, |_| {
					Ok(Default::default())
				})
				.expect("valid")
				.expect("not dispatched");
		}
	}

	impl_benchmark_test_suite!(
		Pallet,
		crate::mock::ExtBuilder::default().build(),
		crate::mock::Test
	);
}
