// SPDX-License-Identifier: Apache-2.0
//! How a lost wallet is recovered: by friends, after a delay in which its owner can object.

use super::governance::StorageDeposit;
use crate::{
	constants::currency::UNIT, Balance, Balances, Runtime, RuntimeCall, RuntimeHoldReason,
};
use frame_support::{
	parameter_types,
	traits::{tokens::imbalance::ResolveTo, ConstU32},
};
use pallet_collator_selection::StakingPotAccountId;
use pallet_recovery::HoldReason;

parameter_types! {
	/// Why friend groups are paid for.
	pub const FriendGroupsReason: RuntimeHoldReason =
		RuntimeHoldReason::Recovery(HoldReason::FriendGroupsStorage);
	/// Why an attempt is paid for.
	pub const AttemptReason: RuntimeHoldReason =
		RuntimeHoldReason::Recovery(HoldReason::AttemptStorage);
	/// Why an inheritor is paid for.
	pub const InheritorReason: RuntimeHoldReason =
		RuntimeHoldReason::Recovery(HoldReason::InheritorStorage);
	/// What whoever tries to recover an account puts at stake.
	pub const SecurityDeposit: Balance = 10 * UNIT;
}

/// Blocks of the relay chain: time goes on when this chain does not.
#[cfg(not(feature = "runtime-benchmarks"))]
type Clock = cumulus_pallet_parachain_system::RelaychainDataProvider<Runtime>;
#[cfg(feature = "runtime-benchmarks")]
type Clock = crate::System;

impl pallet_recovery::Config for Runtime {
	type AttemptConsideration = StorageDeposit<AttemptReason>;
	type BlockNumberProvider = Clock;
	type Currency = Balances;
	type FriendGroupsConsideration = StorageDeposit<FriendGroupsReason>;
	type InheritorConsideration = StorageDeposit<InheritorReason>;
	type MaxFriendsPerConfig = ConstU32<16>;
	type RuntimeCall = RuntimeCall;
	type RuntimeHoldReason = RuntimeHoldReason;
	type SecurityDeposit = SecurityDeposit;
	// An attempt that its owner stops pays the collators.
	type Slash = ResolveTo<StakingPotAccountId<Runtime>, Balances>;
	type WeightInfo = pallet_recovery::weights::SubstrateWeight<Runtime>;
}
