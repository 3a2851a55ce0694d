// SPDX-License-Identifier: Apache-2.0
//! The council, what it schedules, and the parameters that it changes.

use super::parameters::RuntimeParameters;
use crate::{
	configs::RuntimeBlockWeights,
	constants::{currency::deposit, time::DAYS},
	AccountId, Balance, Balances, Council, OriginCaller, Preimage, Runtime, RuntimeCall,
	RuntimeEvent, RuntimeHoldReason, RuntimeOrigin, System,
};
use frame_support::{
	parameter_types,
	traits::{
		fungible::HoldConsideration, AsEnsureOriginWithArg, ConstU32, EitherOfDiverse,
		EqualPrivilegeOnly, Footprint, LinearStoragePrice,
	},
	weights::Weight,
};
use frame_system::EnsureRoot;
use pallet_collective::{EnsureProportionAtLeast, EnsureProportionMoreThan, Instance1};
use sp_runtime::Perbill;

/// The council that appoints registrars, takes listings down and changes parameters.
pub type CouncilCollective = Instance1;

/// More than half of the council, or root.
pub type MostOfCouncil = EitherOfDiverse<
	EnsureRoot<AccountId>,
	EnsureProportionMoreThan<AccountId, CouncilCollective, 1, 2>,
>;

/// Two thirds of the council, or root: for what touches the council itself.
pub type TwoThirdsOfCouncil = EitherOfDiverse<
	EnsureRoot<AccountId>,
	EnsureProportionAtLeast<AccountId, CouncilCollective, 2, 3>,
>;

parameter_types! {
	/// How long the council votes on a motion.
	pub const MotionDuration: u32 = 7 * DAYS;
	/// What a motion may weigh.
	pub MaxMotionWeight: Weight = Perbill::from_percent(50) * RuntimeBlockWeights::get().max_block;
	/// What scheduled calls may use of a block: a tenth of its time. A call may be a preimage of a
	/// mebibyte, which has to fit the proof.
	pub MaximumSchedulerWeight: Weight = Weight::from_parts(
		Perbill::from_percent(10) * RuntimeBlockWeights::get().max_block.ref_time(),
		Perbill::from_percent(20) * RuntimeBlockWeights::get().max_block.proof_size(),
	);
	/// What an entry takes as a deposit.
	pub const EntryDeposit: Balance = deposit(1, 0);
	/// What a byte takes as a deposit.
	pub const ByteDeposit: Balance = deposit(0, 1);
	/// Why a preimage is paid for.
	pub const PreimageReason: RuntimeHoldReason =
		RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
}

/// The deposit for what is stored, held for a reason.
pub(super) type StorageDeposit<Reason> = HoldConsideration<
	AccountId,
	Balances,
	Reason,
	LinearStoragePrice<EntryDeposit, ByteDeposit, Balance>,
	Footprint,
>;

impl pallet_collective::Config<CouncilCollective> for Runtime {
	// Members are few and known: a motion costs them its fee alone.
	type Consideration = ();
	type DefaultVote = pallet_collective::PrimeDefaultVote;
	type DisapproveOrigin = TwoThirdsOfCouncil;
	type KillOrigin = TwoThirdsOfCouncil;
	type MaxMembers = ConstU32<32>;
	type MaxProposalWeight = MaxMotionWeight;
	type MaxProposals = ConstU32<32>;
	type MotionDuration = MotionDuration;
	type Proposal = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type RuntimeOrigin = RuntimeOrigin;
	type SetMembersOrigin = EnsureRoot<AccountId>;
	type WeightInfo = pallet_collective::weights::SubstrateWeight<Runtime>;
}

impl pallet_membership::Config<CouncilCollective> for Runtime {
	type AddOrigin = TwoThirdsOfCouncil;
	type MaxMembers = ConstU32<32>;
	type MembershipChanged = Council;
	type MembershipInitialized = Council;
	type PrimeOrigin = TwoThirdsOfCouncil;
	type RemoveOrigin = TwoThirdsOfCouncil;
	type ResetOrigin = TwoThirdsOfCouncil;
	type RuntimeEvent = RuntimeEvent;
	type SwapOrigin = TwoThirdsOfCouncil;
	type WeightInfo = pallet_membership::weights::SubstrateWeight<Runtime>;
}

impl pallet_preimage::Config for Runtime {
	type Consideration = StorageDeposit<PreimageReason>;
	type Currency = Balances;
	type ManagerOrigin = EnsureRoot<AccountId>;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_preimage::weights::SubstrateWeight<Runtime>;
}

impl pallet_scheduler::Config for Runtime {
	// It is not made for numbers that skip, as those of the relay chain may.
	type BlockNumberProvider = System;
	type MaxScheduledPerBlock = ConstU32<50>;
	type MaximumWeight = MaximumSchedulerWeight;
	type OriginPrivilegeCmp = EqualPrivilegeOnly;
	type PalletsOrigin = OriginCaller;
	type Preimages = Preimage;
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type RuntimeOrigin = RuntimeOrigin;
	type ScheduleOrigin = MostOfCouncil;
	type WeightInfo = pallet_scheduler::weights::SubstrateWeight<Runtime>;
}

impl pallet_parameters::Config for Runtime {
	type AdminOrigin = AsEnsureOriginWithArg<MostOfCouncil>;
	type RuntimeEvent = RuntimeEvent;
	type RuntimeParameters = RuntimeParameters;
	// The pallet shows no others.
	type WeightInfo = ();
}
