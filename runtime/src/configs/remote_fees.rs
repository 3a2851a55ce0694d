// SPDX-License-Identifier: Apache-2.0
//! What messages cost: their execution here in the native token or in an asset that the council
//! rated, their delivery elsewhere in the native token. Collators get both.

use super::{
	assets::{CouncilRate, ToCollators},
	execution::{HereLocation, LocalAssetTransactor},
	reserves::{local_id, remote_location},
	AssetId,
};
use crate::{
	constants::{currency::MILLIUNIT, fee::WeightToFee},
	AccountId, Assets, Balance, Balances, ParachainSystem, Runtime, XcmpQueue,
};
use alloc::{boxed::Box, vec::Vec};
use core::fmt;
use frame_support::{
	parameter_types,
	traits::{
		fungibles::{Credit, Inspect},
		tokens::{
			imbalance::{ResolveTo, UnsafeManualAccounting},
			ConversionToAssetBalance,
		},
		Equals,
	},
	weights::{Weight, WeightToFee as _},
};
use pallet_asset_tx_payment::HandleCredit;
use pallet_collator_selection::StakingPotAccountId;
use polkadot_runtime_common::xcm_sender::ExponentialPrice;
use sp_runtime::traits::{TypedGet, Zero};
use xcm::latest::prelude::{
	AccountId32, Asset, AssetId as RemoteAssetId, Fungible, Location, XcmContext, XcmError,
};
use xcm_builder::{SendXcmFeeToAccount, UsingComponents, XcmFeeManagerFromComponents};
use xcm_executor::{traits::WeightTrader, AssetsInHolding};

parameter_types! {
	/// What a message costs at least.
	pub const BaseDeliveryFee: u128 = 3 * MILLIUNIT;
	/// Delivery is paid in the native token.
	pub FeeAssetId: RemoteAssetId = RemoteAssetId(HereLocation::get());
	/// Where collators' fees wait.
	pub CollatorsLocation: Location =
		AccountId32 { network: None, id: StakingPotAccountId::<Runtime>::get().into() }.into();
}

/// What a message to the relay chain costs: more while many wait.
pub(super) type PriceForParentDelivery =
	ExponentialPrice<FeeAssetId, BaseDeliveryFee, super::fees::TransactionByteFee, ParachainSystem>;

/// What a message to another parachain costs: more while many wait in its channel.
pub(super) type PriceForSiblingDelivery =
	ExponentialPrice<FeeAssetId, BaseDeliveryFee, super::fees::TransactionByteFee, XcmpQueue>;

/// Only the chain itself, which is root, sends for nothing.
pub(super) type DeliveryFees = XcmFeeManagerFromComponents<
	Equals<HereLocation>,
	SendXcmFeeToAccount<LocalAssetTransactor, CollatorsLocation>,
>;

type InNative = UsingComponents<
	WeightToFee,
	HereLocation,
	AccountId,
	Balances,
	ResolveTo<StakingPotAccountId<Runtime>, Balances>,
>;

/// The assets that pay for execution: the native token, and each from elsewhere that is registered
/// and rated.
pub fn fee_assets() -> Vec<RemoteAssetId> {
	pallet_asset_rate::ConversionRateToNative::<Runtime>::iter_keys()
		.filter(|id| <Assets as Inspect<AccountId>>::asset_exists(*id))
		.filter_map(remote_location)
		.chain([HereLocation::get()])
		.map(RemoteAssetId)
		.collect()
}

/// The id here of an asset that pays, and what `weight` is worth in it.
fn worth(asset: &RemoteAssetId, weight: Weight) -> Result<(AssetId, Balance), XcmError> {
	let id = local_id(&asset.0)
		.filter(|id| <Assets as Inspect<AccountId>>::asset_exists(*id))
		.ok_or(XcmError::AssetNotFound)?;
	let native = WeightToFee::weight_to_fee(&weight);
	let amount = CouncilRate::to_asset_balance(native, id).map_err(|()| XcmError::AssetNotFound)?;
	Ok((id, amount))
}

/// The least that is taken: less could not be paid out to collators, and a weight whose worth rounds
/// to nothing would be free.
fn least(id: AssetId) -> Balance {
	<Assets as Inspect<AccountId>>::minimum_balance(id)
}

/// What was bought with an asset.
struct Purchase {
	asset: RemoteAssetId,
	paid: Credit<AccountId, Assets>,
	weight: Weight,
}

/// Sells execution for whatever asset a message offers, if the council rated it.
pub struct Trader {
	native: InNative,
	purchase: Option<Purchase>,
}

impl fmt::Debug for Trader {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Trader").finish_non_exhaustive()
	}
}

impl Trader {
	fn sell(
		&mut self,
		weight: Weight,
		asset: RemoteAssetId,
		mut payment: AssetsInHolding,
	) -> Result<AssetsInHolding, (AssetsInHolding, XcmError)> {
		// One asset pays for a message: a refund would not know which of two to give back.
		if self.purchase.as_ref().is_some_and(|purchase| purchase.asset != asset) {
			return Err((payment, XcmError::FeesNotMet));
		}
		let (id, amount) = match worth(&asset, weight) {
			Ok((id, amount)) => (id, amount.max(least(id))),
			Err(error) => return Err((payment, error)),
		};
		let price = Asset { id: asset.clone(), fun: Fungible(amount) };
		let Ok(mut taken) = payment.try_take(price.into()) else {
			return Err((payment, XcmError::TooExpensive));
		};
		let Some(credit) = taken.fungible.remove(&asset) else {
			payment.subsume_assets(taken);
			return Err((payment, XcmError::TooExpensive));
		};
		let purchase = self.purchase.get_or_insert_with(|| Purchase {
			asset,
			paid: Credit::<AccountId, Assets>::zero(id),
			weight: Weight::zero(),
		});
		purchase.paid.saturating_subsume(credit);
		purchase.weight = purchase.weight.saturating_add(weight);
		Ok(payment)
	}

	fn give_back(&mut self, weight: Weight) -> Option<AssetsInHolding> {
		let purchase = self.purchase.as_mut()?;
		let weight = weight.min(purchase.weight);
		let (id, amount) = worth(&purchase.asset, weight).ok()?;
		let most = purchase.paid.peek().saturating_sub(least(id));
		let refund = purchase.paid.extract(amount.min(most));
		purchase.weight = purchase.weight.saturating_sub(weight);
		(!refund.peek().is_zero()).then(|| {
			AssetsInHolding::new_from_fungible_credit(purchase.asset.clone(), Box::new(refund))
		})
	}
}

impl WeightTrader for Trader {
	fn new() -> Self {
		Self { native: InNative::new(), purchase: None }
	}

	fn buy_weight(
		&mut self,
		weight: Weight,
		payment: AssetsInHolding,
		context: &XcmContext,
	) -> Result<AssetsInHolding, (AssetsInHolding, XcmError)> {
		let Some(asset) = payment.fungible.keys().next().cloned() else {
			return Err((payment, XcmError::AssetNotFound));
		};
		if asset.0.is_here() {
			self.native.buy_weight(weight, payment, context)
		} else {
			self.sell(weight, asset, payment)
		}
	}

	fn refund_weight(&mut self, weight: Weight, context: &XcmContext) -> Option<AssetsInHolding> {
		self.native.refund_weight(weight, context).or_else(|| self.give_back(weight))
	}

	fn quote_weight(
		&mut self,
		weight: Weight,
		given: RemoteAssetId,
		context: &XcmContext,
	) -> Result<Asset, XcmError> {
		if given.0.is_here() {
			return self.native.quote_weight(weight, given, context);
		}
		let (id, amount) = worth(&given, weight)?;
		Ok(Asset { id: given, fun: Fungible(amount.max(least(id))) })
	}
}

impl Drop for Trader {
	fn drop(&mut self) {
		if let Some(purchase) = self.purchase.take() {
			ToCollators::handle_credit(purchase.paid);
		}
	}
}
