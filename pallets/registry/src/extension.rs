// SPDX-License-Identifier: Apache-2.0
//! The transaction extension that charges sponsored calls to their sponsor.
//!
//! It stands beside the payment extension, which skips feeless calls. A sponsored call is charged
//! before it is dispatched: a call that fails has cost its share all the same, otherwise failing
//! would be free for ever.

use crate::{Config, Pallet, WeightInfo};
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::{fmt, marker::PhantomData};
use frame_support::{
	dispatch::{CheckIfFeeless, DispatchInfo, DispatchResult, PostDispatchInfo},
	pallet_prelude::{TransactionSource, Weight},
	traits::OriginTrait,
};
use frame_system::pallet_prelude::{OriginFor, RuntimeCallFor};
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{
		DispatchInfoOf, Dispatchable, Implication, PostDispatchInfoOf, TransactionExtension,
		ValidateResult,
	},
	transaction_validity::{InvalidTransaction, TransactionValidityError},
};

/// Charges feeless calls to the sponsor of whoever signed. It encodes to nothing.
#[derive(Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[scale_info(skip_type_params(T))]
pub struct ChargeSponsor<T>(PhantomData<T>);

impl<T> ChargeSponsor<T> {
	/// The extension.
	#[allow(clippy::new_without_default)] // As all extensions are made.
	pub const fn new() -> Self {
		Self(PhantomData)
	}
}

impl<T> fmt::Debug for ChargeSponsor<T> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("ChargeSponsor")
	}
}

impl<T: Config + Send + Sync> TransactionExtension<RuntimeCallFor<T>> for ChargeSponsor<T>
where
	RuntimeCallFor<T>: CheckIfFeeless<Origin = OriginFor<T>>
		+ Dispatchable<Info = DispatchInfo, PostInfo = PostDispatchInfo>,
{
	const IDENTIFIER: &'static str = "ChargeSponsor";
	type Implicit = ();
	/// Whose sponsor pays, if one does.
	type Val = Option<T::AccountId>;
	/// What of the extension's weight was not used.
	type Pre = Weight;

	fn weight(&self, _: &RuntimeCallFor<T>) -> Weight {
		T::WeightInfo::charge_sponsor()
	}

	fn validate(
		&self,
		origin: OriginFor<T>,
		call: &RuntimeCallFor<T>,
		info: &DispatchInfoOf<RuntimeCallFor<T>>,
		_len: usize,
		(): (),
		_inherited_implication: &impl Implication,
		_source: TransactionSource,
	) -> ValidateResult<Self::Val, RuntimeCallFor<T>> {
		let sponsored = if call.is_feeless(&origin) { origin.clone().into_signer() } else { None };
		if let Some(who) = &sponsored {
			if !Pallet::<T>::has_room(who, info.total_weight()) {
				// There is room in a later block.
				return Err(InvalidTransaction::ExhaustsResources.into());
			}
		}
		Ok((Default::default(), sponsored, origin))
	}

	fn prepare(
		self,
		sponsored: Self::Val,
		_origin: &OriginFor<T>,
		call: &RuntimeCallFor<T>,
		info: &DispatchInfoOf<RuntimeCallFor<T>>,
		_len: usize,
	) -> Result<Self::Pre, TransactionValidityError> {
		match sponsored {
			Some(who) => {
				Pallet::<T>::spend(&who, info.total_weight());
				Ok(Weight::zero())
			},
			None => Ok(self.weight(call).saturating_sub(T::WeightInfo::skip_sponsor())),
		}
	}

	fn post_dispatch_details(
		unused: Self::Pre,
		_info: &DispatchInfoOf<RuntimeCallFor<T>>,
		_post_info: &PostDispatchInfoOf<RuntimeCallFor<T>>,
		_len: usize,
		_result: &DispatchResult,
	) -> Result<Weight, TransactionValidityError> {
		Ok(unused)
	}
}
