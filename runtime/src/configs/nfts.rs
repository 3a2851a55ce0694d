// SPDX-License-Identifier: Apache-2.0
//! A stock pallet that is in the benchmarking runtime only: what its mint weighs is what our own calls
//! are compared with.

use crate::{AccountId, Balances, Runtime, RuntimeEvent, Signature, System};
use frame_support::{
	parameter_types,
	traits::{AsEnsureOriginWithArg, ConstU128, ConstU32},
};
use frame_system::{EnsureRoot, EnsureSigned};
use pallet_nfts::PalletFeatures;
use sp_runtime::traits::Verify;

parameter_types! {
	/// Nothing is left out.
	pub Features: PalletFeatures = PalletFeatures::all_enabled();
}

type Free = ConstU128<0>;

impl pallet_nfts::Config for Runtime {
	type ApprovalsLimit = ConstU32<20>;
	type AttributeDepositBase = Free;
	type BlockNumberProvider = System;
	type CollectionDeposit = Free;
	type CollectionId = u32;
	type CreateOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
	type Currency = Balances;
	type DepositPerByte = Free;
	type Features = Features;
	type ForceOrigin = EnsureRoot<AccountId>;
	type Helper = ();
	type ItemAttributesApprovalsLimit = ConstU32<30>;
	type ItemDeposit = Free;
	type ItemId = u32;
	type KeyLimit = ConstU32<64>;
	type Locker = ();
	type MaxAttributesPerCall = ConstU32<10>;
	type MaxDeadlineDuration = ConstU32<5_256_000>;
	type MaxTips = ConstU32<10>;
	type MetadataDepositBase = Free;
	type OffchainPublic = <Signature as Verify>::Signer;
	type OffchainSignature = Signature;
	type RuntimeEvent = RuntimeEvent;
	type StringLimit = ConstU32<256>;
	type ValueLimit = ConstU32<256>;
	type WeightInfo = ();
}
