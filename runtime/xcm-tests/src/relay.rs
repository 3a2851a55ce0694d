// SPDX-License-Identifier: Apache-2.0
//! A relay chain: its token, a queue of upward messages, and reserve transfers.

use crate::network::{alice, RelayChainXcmRouter};
use frame_support::{
	derive_impl, parameter_types,
	traits::{
		ConstU128, ConstU32, Disabled, Everything, Nothing, ProcessMessage, ProcessMessageError,
	},
	weights::{Weight, WeightMeter},
};
use frame_system::EnsureRoot;
use polkadot_parachain_primitives::primitives::Id;
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage};
use xcm::latest::prelude::{
	AssetId, GlobalConsensus, InteriorLocation, Junction, Location, NetworkId,
};
use xcm_builder::{
	AccountId32Aliases, AllowTopLevelPaidExecutionFrom, ChildParachainConvertsVia, EnsureXcmOrigin,
	FixedRateOfFungible, FixedWeightBounds, FrameTransactionalProcessor, FungibleAdapter,
	IsConcrete, ProcessXcmMessage, SignedToAccountId32, TakeWeightCredit,
};
use xcm_executor::XcmExecutor;
use xcm_simulator::{AggregateMessageOrigin, UmpQueueId};

/// What everybody has: a thousand tokens of ten decimals.
pub(crate) const WEALTH: u128 = 1_000 * TOKEN;
/// One token.
pub(crate) const TOKEN: u128 = 10_000_000_000;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask
	)]
	pub struct Runtime;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(4)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(99)]
	pub type XcmPallet = pallet_xcm;
	#[runtime::pallet_index(100)]
	pub type MessageQueue = pallet_message_queue;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Runtime {
	type AccountData = pallet_balances::AccountData<u128>;
	type AccountId = AccountId32;
	type Block = frame_system::mocking::MockBlock<Self>;
	type Lookup = IdentityLookup<AccountId32>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Runtime {
	type AccountStore = System;
	type Balance = u128;
	type ExistentialDeposit = ConstU128<1>;
}

parameter_types! {
	pub const Here: Location = Location::here();
	pub const AnyNetwork: Option<NetworkId> = None;
	pub UniversalLocation: InteriorLocation =
		GlobalConsensus(NetworkId::ByGenesis([0; 32])).into();
	pub UnitWeight: Weight = Weight::from_parts(1, 1);
	pub Free: (AssetId, u128, u128) = (AssetId(Here::get()), 0, 0);
	pub Unlimited: Weight = Weight::MAX;
}

type Accounts =
	(ChildParachainConvertsVia<Id, AccountId32>, AccountId32Aliases<AnyNetwork, AccountId32>);

type Weigher = FixedWeightBounds<UnitWeight, RuntimeCall, ConstU32<100>>;

#[derive(Debug)]
pub struct XcmConfig;

impl xcm_executor::Config for XcmConfig {
	type Aliasers = Nothing;
	type AssetExchanger = ();
	type AssetLocker = ();
	type AssetTransactor = FungibleAdapter<Balances, IsConcrete<Here>, Accounts, AccountId32, ()>;
	type AssetTrap = XcmPallet;
	type Barrier = (TakeWeightCredit, AllowTopLevelPaidExecutionFrom<Everything>);
	type CallDispatcher = RuntimeCall;
	type FeeManager = ();
	type HrmpChannelAcceptedHandler = ();
	type HrmpChannelClosingHandler = ();
	type HrmpNewChannelOpenRequestHandler = ();
	type IsReserve = ();
	type IsTeleporter = ();
	type MaxAssetsIntoHolding = ConstU32<64>;
	type MessageExporter = ();
	type OriginConverter = ();
	type PalletInstancesInfo = AllPalletsWithSystem;
	type ResponseHandler = XcmPallet;
	type RuntimeCall = RuntimeCall;
	type SafeCallFilter = Nothing;
	type SubscriptionService = XcmPallet;
	type Trader = FixedRateOfFungible<Free, ()>;
	type TransactionalProcessor = FrameTransactionalProcessor;
	type UniversalAliases = Nothing;
	type UniversalLocation = UniversalLocation;
	type Weigher = Weigher;
	type XcmEventEmitter = XcmPallet;
	type XcmRecorder = XcmPallet;
	type XcmSender = RelayChainXcmRouter;
}

type Local = SignedToAccountId32<RuntimeOrigin, AccountId32, AnyNetwork>;

impl pallet_xcm::Config for Runtime {
	type AdminOrigin = EnsureRoot<AccountId32>;
	type AdvertisedXcmVersion = pallet_xcm::CurrentXcmVersion;
	type AuthorizedAliasConsideration = Disabled;
	type Currency = Balances;
	type CurrencyMatcher = ();
	type ExecuteXcmOrigin = EnsureXcmOrigin<RuntimeOrigin, Local>;
	type MaxLockers = ConstU32<0>;
	type MaxRemoteLockConsumers = ConstU32<0>;
	type RemoteLockConsumerIdentifier = ();
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type RuntimeOrigin = RuntimeOrigin;
	type SendXcmOrigin = EnsureXcmOrigin<RuntimeOrigin, ()>;
	type SovereignAccountOf = Accounts;
	type TrustedLockers = ();
	type UniversalLocation = UniversalLocation;
	type WeightInfo = pallet_xcm::TestWeightInfo;
	type Weigher = Weigher;
	type XcmExecuteFilter = Nothing;
	type XcmExecutor = XcmExecutor<XcmConfig>;
	type XcmReserveTransferFilter = Everything;
	type XcmRouter = RelayChainXcmRouter;
	type XcmTeleportFilter = Nothing;

	const VERSION_DISCOVERY_QUEUE_SIZE: u32 = 100;
}

/// Executes messages of parachains.
#[derive(Debug)]
pub struct Upward;

impl ProcessMessage for Upward {
	type Origin = AggregateMessageOrigin;

	fn process_message(
		message: &[u8],
		AggregateMessageOrigin::Ump(UmpQueueId::Para(para)): Self::Origin,
		meter: &mut WeightMeter,
		id: &mut [u8; 32],
	) -> Result<bool, ProcessMessageError> {
		ProcessXcmMessage::<Junction, XcmExecutor<XcmConfig>, RuntimeCall>::process_message(
			message,
			Junction::Parachain(para.into()),
			meter,
			id,
		)
	}
}

impl pallet_message_queue::Config for Runtime {
	type HeapSize = ConstU32<65_536>;
	type IdleMaxServiceWeight = ();
	type MaxStale = ConstU32<8>;
	type MessageProcessor = Upward;
	type QueueChangeHandler = ();
	type QueuePausedQuery = ();
	type RuntimeEvent = RuntimeEvent;
	type ServiceWeight = Unlimited;
	type Size = u32;
	type WeightInfo = ();
}

pub(crate) fn genesis() -> sp_io::TestExternalities {
	let genesis = RuntimeGenesisConfig {
		balances: BalancesConfig { balances: vec![(alice(), WEALTH)], ..Default::default() },
		..Default::default()
	};
	let mut ext: sp_io::TestExternalities = genesis.build_storage().expect("genesis builds").into();
	ext.execute_with(|| System::set_block_number(1));
	ext
}
