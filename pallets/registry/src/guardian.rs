// SPDX-License-Identifier: Apache-2.0
//! Guardians: the origin in which one acts for another.

use crate::{Config, Error, GuardianshipOf, Guardianships, Pallet};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::{
	ensure,
	traits::{EnsureOrigin, InstanceFilter, OriginTrait},
};
use frame_system::RawOrigin;
use salus_primitives::traits::Acting;
use scale_info::TypeInfo;

/// The origin of what a guardian does for her ward. Only `act_for` makes it.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct GuardianOrigin<AccountId> {
	/// Who acts.
	pub guardian: AccountId,
	/// For whom.
	pub ward: AccountId,
}

/// Whoever acts for a subject: the subject who signed, or her guardian.
#[derive(Debug)]
pub struct EnsureSubject<T>(PhantomData<T>);

impl<T: Config, O> EnsureOrigin<O> for EnsureSubject<T>
where
	O: OriginTrait<AccountId = T::AccountId> + From<GuardianOrigin<T::AccountId>>,
	for<'a> &'a O::PalletsOrigin: TryInto<&'a GuardianOrigin<T::AccountId>>,
{
	type Success = Acting<T::AccountId>;

	fn try_origin(origin: O) -> Result<Self::Success, O> {
		if let Some(RawOrigin::Signed(who)) = origin.as_system_ref() {
			return Ok(Acting::oneself(who.clone()));
		}
		if let Ok(GuardianOrigin { guardian, ward }) = origin.caller().try_into() {
			return Ok(Acting { subject: ward.clone(), actor: guardian.clone() });
		}
		Err(origin)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn try_successful_origin() -> Result<O, ()> {
		Ok(O::signed(frame_benchmarking::whitelisted_caller()))
	}
}

impl<T: Config> Pallet<T> {
	/// The guardianship of `guardian` over `ward`, when it reaches `call` now.
	pub(crate) fn ensure_guardian(
		guardian: &T::AccountId,
		ward: &T::AccountId,
		call: &<T as Config>::RuntimeCall,
	) -> Result<GuardianshipOf<T>, Error<T>> {
		let guardianship =
			Guardianships::<T>::get(ward, guardian).ok_or(Error::<T>::NotAuthorized)?;
		ensure!(Self::now() < guardianship.until, Error::<T>::Expired);
		ensure!(guardianship.scope.filter(call), Error::<T>::OutOfScope);
		Ok(guardianship)
	}
}
