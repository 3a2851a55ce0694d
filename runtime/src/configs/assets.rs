// SPDX-License-Identifier: Apache-2.0
//! Assets besides the native token, such as stable coins, and fees paid in them.

use super::{
	governance::{EntryDeposit, MostOfCouncil, TwoThirdsOfCouncil},
	parameters::dynamic_params::market::MinPrice,
};
use crate::{
	constants::currency::{deposit, UNIT},
	AccountId, AssetRate, Assets, AssetsHolder, Balance, Balances, Runtime, RuntimeEvent,
	RuntimeHoldReason, RuntimeOrigin,
};
use frame_support::{
	parameter_types,
	traits::{
		fungible::{NativeFromLeft, NativeOrWithId, UnionOf},
		fungibles::{Balanced, Credit},
		tokens::ConversionToAssetBalance,
		ConstU32, EnsureOriginWithArg,
	},
};
use pallet_asset_tx_payment::{FungiblesAdapter, HandleCredit};
use pallet_collator_selection::StakingPotAccountId;
use sp_runtime::traits::{Convert, Get, TypedGet};

/// The number of an asset.
pub type AssetId = u32;

/// A currency: the native token, or an asset.
pub type Currency = NativeOrWithId<AssetId>;

/// Everything that can be paid with and held.
pub(super) type Money = UnionOf<Balances, AssetsHolder, NativeFromLeft, Currency, AccountId>;

parameter_types! {
	/// What an asset takes as a deposit.
	pub const AssetDeposit: Balance = 10 * UNIT;
	/// What an account of an asset that does not keep accounts alive takes as a deposit.
	pub const AssetAccountDeposit: Balance = deposit(1, 16);
	/// What a byte of an asset's name takes as a deposit.
	pub const MetadataByteDeposit: Balance = deposit(0, 1);
}

/// Assets are created by root alone: whoever issues one could freeze what the market holds.
#[derive(Debug)]
pub struct NobodyCreates;

impl EnsureOriginWithArg<RuntimeOrigin, AssetId> for NobodyCreates {
	type Success = AccountId;

	fn try_origin(origin: RuntimeOrigin, _: &AssetId) -> Result<AccountId, RuntimeOrigin> {
		Err(origin)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn try_successful_origin(_: &AssetId) -> Result<RuntimeOrigin, ()> {
		Err(())
	}
}

impl pallet_assets::Config for Runtime {
	type ApprovalDeposit = EntryDeposit;
	type AssetAccountDeposit = AssetAccountDeposit;
	type AssetDeposit = AssetDeposit;
	type AssetId = AssetId;
	type AssetIdAllocator = ();
	type AssetIdParameter = codec::Compact<AssetId>;
	type Balance = Balance;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = ();
	type CallbackHandle = ();
	type CreateOrigin = NobodyCreates;
	type Currency = Balances;
	type Extra = ();
	// An asset is made by two thirds of the council, which names its issuer.
	type ForceOrigin = TwoThirdsOfCouncil;
	type Freezer = ();
	type Holder = AssetsHolder;
	type MetadataDepositBase = EntryDeposit;
	type MetadataDepositPerByte = MetadataByteDeposit;
	type RemoveItemsLimit = ConstU32<1_000>;
	type ReserveData = ();
	type RuntimeEvent = RuntimeEvent;
	type StringLimit = ConstU32<50>;
	type WeightInfo = pallet_assets::weights::SubstrateWeight<Runtime>;
}

impl pallet_assets_holder::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeHoldReason = RuntimeHoldReason;
}

impl pallet_asset_rate::Config for Runtime {
	type AssetKind = AssetId;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Numbered;
	type CreateOrigin = MostOfCouncil;
	type Currency = Balances;
	type RemoveOrigin = MostOfCouncil;
	type RuntimeEvent = RuntimeEvent;
	type UpdateOrigin = MostOfCouncil;
	type WeightInfo = pallet_asset_rate::weights::SubstrateWeight<Runtime>;
}

/// What the native token is worth in an asset, by the council's rate: native for one of the asset.
/// An asset without a rate is not taken for anything.
#[derive(Debug)]
pub struct CouncilRate;

impl ConversionToAssetBalance<Balance, AssetId, Balance> for CouncilRate {
	type Error = ();

	fn to_asset_balance(native: Balance, asset: AssetId) -> Result<Balance, ()> {
		AssetRate::to_asset_balance(native, asset).map_err(|_| ())
	}
}

/// Collators share fees in assets as they share native ones.
#[derive(Debug)]
pub struct ToCollators;

impl HandleCredit<AccountId, Assets> for ToCollators {
	fn handle_credit(credit: Credit<AccountId, Assets>) {
		// A pot that cannot take so little loses it: it is burnt.
		let _ = <Assets as Balanced<AccountId>>::resolve(
			&StakingPotAccountId::<Runtime>::get(),
			credit,
		);
	}
}

impl pallet_asset_tx_payment::Config for Runtime {
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Numbered;
	type Fungibles = Assets;
	type OnChargeAssetTransaction = FungiblesAdapter<CouncilRate, ToCollators>;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_asset_tx_payment::weights::SubstrateWeight<Runtime>;
}

/// The least price in a currency: the council's, converted by its rate.
#[derive(Debug)]
pub struct LeastPrice;

impl Convert<Currency, Option<Balance>> for LeastPrice {
	fn convert(currency: Currency) -> Option<Balance> {
		let native = <MinPrice as Get<Balance>>::get();
		match currency {
			NativeOrWithId::Native => Some(native),
			NativeOrWithId::WithId(asset) => CouncilRate::to_asset_balance(native, asset).ok(),
		}
	}
}

/// Makes assets for benchmarks.
#[cfg(feature = "runtime-benchmarks")]
#[derive(Debug)]
pub struct Numbered;

#[cfg(feature = "runtime-benchmarks")]
impl Numbered {
	/// An asset that keeps accounts alive, and that has a rate of one.
	fn ensure_rated(id: AssetId) {
		use frame_support::traits::{
			fungibles::{Create, Inspect},
			tokens::ConversionFromAssetBalance,
		};
		if !<Assets as Inspect<AccountId>>::asset_exists(id) {
			let owner = AccountId::new([1; 32]);
			<Assets as Create<AccountId>>::create(id, owner, true, 1).expect("it is new");
		}
		AssetRate::ensure_successful(id);
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl pallet_asset_rate::AssetKindFactory<AssetId> for Numbered {
	fn create_asset_kind(seed: u32) -> AssetId {
		seed
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl pallet_asset_tx_payment::BenchmarkHelperTrait<AccountId, AssetId, AssetId> for Numbered {
	fn create_asset_id_parameter(id: u32) -> (AssetId, AssetId) {
		Self::ensure_rated(id);
		(id, id)
	}

	fn setup_balances_and_pool(id: AssetId, account: AccountId) {
		use frame_support::traits::{fungible::Mutate as _, fungibles::Mutate as _};
		Self::ensure_rated(id);
		Balances::mint_into(&account, 1_000_000 * UNIT).expect("no overflow");
		Assets::mint_into(id, &account, 1_000_000 * UNIT).expect("it exists");
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl pallet_market::BenchmarkHelper<AccountId, Currency, Balance> for Numbered {
	fn asset() -> Currency {
		Self::ensure_rated(1);
		NativeOrWithId::WithId(1)
	}

	fn fund(currency: &Currency, who: &AccountId, amount: Balance) {
		use frame_support::traits::{fungible::Mutate as _, fungibles::Mutate as _};
		Balances::mint_into(who, UNIT).expect("no overflow");
		match currency {
			NativeOrWithId::Native => {
				Balances::mint_into(who, amount).expect("no overflow");
			},
			NativeOrWithId::WithId(id) => {
				Self::ensure_rated(*id);
				Assets::mint_into(*id, who, amount).expect("it exists");
			},
		}
	}
}
