// SPDX-License-Identifier: Apache-2.0
//! How messages of other chains are executed, and what users may send.

use super::{
	messaging::XcmRouter,
	remote_fees::{DeliveryFees, Trader},
	reserves::{OwnersMaySend, RemoteAssets, Reserves},
	traps::Traps,
};
use crate::{
	constants::currency::deposit, AccountId, AllPalletsWithSystem, Assets, Balance, Balances,
	ParachainInfo, PolkadotXcm, Runtime, RuntimeCall, RuntimeEvent, RuntimeHoldReason,
	RuntimeOrigin,
};
use frame_support::{
	parameter_types,
	traits::{
		fungible::HoldConsideration, ConstU32, ConstU8, Contains, Everything, LinearStoragePrice,
		Nothing,
	},
	weights::Weight,
};
use frame_system::EnsureRoot;
use polkadot_parachain_primitives::primitives::Sibling;
use xcm::latest::prelude::{InteriorLocation, Location, NetworkId, Parachain};
use xcm_builder::{
	AccountId32Aliases, AllowExplicitUnpaidExecutionFrom, AllowHrmpNotificationsFromRelayChain,
	AllowKnownQueryResponses, AllowSubscriptionsFrom, AllowTopLevelPaidExecutionFrom,
	DenyRecursively, DenyReserveTransferToRelayChain, DenyThenTry, EnsureXcmOrigin,
	FixedWeightBounds, FrameTransactionalProcessor, FungibleAdapter, FungiblesAdapter, IsConcrete,
	IsParentsOnly, NoChecking, ParentAsSuperuser, ParentIsPreset, SiblingParachainConvertsVia,
	SignedToAccountId32, TakeWeightCredit, TrailingSetTopicAsId, WithComputedOrigin,
};
use xcm_executor::XcmExecutor;

parameter_types! {
	/// The native token, seen from here; also the chain itself.
	pub const HereLocation: Location = Location::here();
	/// Which network the relay chain is: decided when a slot is taken.
	pub const RelayNetwork: Option<NetworkId> = None;
	/// Where this chain is.
	pub UniversalLocation: InteriorLocation =
		Parachain(ParachainInfo::parachain_id().into()).into();
	/// What one instruction may weigh.
	pub UnitWeightCost: Weight = Weight::from_parts(1_000_000_000, 64 * 1024);
	/// Instructions in one message.
	pub const MaxInstructions: u32 = 100;
	/// Assets in flight in one message.
	pub const MaxAssetsIntoHolding: u32 = 64;
	/// Where teleported assets would be counted: none are.
	pub CheckingAccount: AccountId = PolkadotXcm::check_account();
	/// Why a deposit for an authorised alias is held.
	pub const AuthorizeAliasHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::PolkadotXcm(pallet_xcm::HoldReason::AuthorizeAlias);
	/// The deposit for an authorised alias.
	pub const DepositPerItem: Balance = deposit(1, 0);
	/// The deposit for a byte of an authorised alias.
	pub const DepositPerByte: Balance = deposit(0, 1);
}

/// Which account a location stands for. Accounts of other chains stand for none: who wants to do
/// something here signs here.
pub type LocationToAccountId = (
	ParentIsPreset<AccountId>,
	SiblingParachainConvertsVia<Sibling, AccountId>,
	AccountId32Aliases<RelayNetwork, AccountId>,
);

type NativeTransactor =
	FungibleAdapter<Balances, IsConcrete<HereLocation>, LocationToAccountId, AccountId, ()>;

type RemoteAssetsTransactor = FungiblesAdapter<
	Assets,
	RemoteAssets,
	LocationToAccountId,
	AccountId,
	NoChecking,
	CheckingAccount,
>;

/// How assets are moved. What is held stays held: only free balances are seen.
pub(super) type LocalAssetTransactor = (NativeTransactor, RemoteAssetsTransactor);

/// What origin a message becomes here: root, if it comes from the relay chain's governance, and none
/// for anybody else. Not even the account that another chain has here signs anything.
pub(super) type XcmOriginToTransactDispatchOrigin = ParentAsSuperuser<RuntimeOrigin>;

/// What a message may call: what helps when this chain cannot help itself.
///
/// Consents, records, tickets, committees and the market answer to accounts that signed here and to
/// the council, whatever another chain says. Calls that carry other calls would lead around this
/// list, and those that write storage around everything.
#[derive(Debug)]
pub struct RemoteCalls;

impl Contains<RuntimeCall> for RemoteCalls {
	fn contains(call: &RuntimeCall) -> bool {
		use cumulus_pallet_xcmp_queue::Call::{resume_xcm_execution, suspend_xcm_execution};
		use frame_system::Call::authorize_upgrade;

		matches!(
			call,
			RuntimeCall::System(authorize_upgrade { .. })
				| RuntimeCall::XcmpQueue(suspend_xcm_execution {} | resume_xcm_execution {})
		)
	}
}

/// The relay chain, or another parachain itself.
#[derive(Debug)]
pub struct Neighbours;

impl Contains<Location> for Neighbours {
	fn contains(location: &Location) -> bool {
		matches!(location.unpack(), (1, [] | [Parachain(_)]))
	}
}

/// Who is listened to: everybody who pays; the relay chain for nothing, when it says so; and
/// neighbours who ask which version is spoken here.
type Barrier = TrailingSetTopicAsId<
	DenyThenTry<
		DenyRecursively<DenyReserveTransferToRelayChain>,
		(
			TakeWeightCredit,
			AllowKnownQueryResponses<PolkadotXcm>,
			WithComputedOrigin<
				(
					AllowTopLevelPaidExecutionFrom<Everything>,
					AllowExplicitUnpaidExecutionFrom<IsParentsOnly<ConstU8<1>>>,
					AllowSubscriptionsFrom<Neighbours>,
					AllowHrmpNotificationsFromRelayChain,
				),
				UniversalLocation,
				ConstU32<8>,
			>,
		),
	>,
>;

/// How messages are executed.
#[derive(Debug)]
pub struct XcmConfig;

impl xcm_executor::Config for XcmConfig {
	type Aliasers = Nothing;
	type AssetExchanger = ();
	type AssetLocker = ();
	type AssetTransactor = LocalAssetTransactor;
	type AssetTrap = Traps;
	type Barrier = Barrier;
	type CallDispatcher = RuntimeCall;
	type FeeManager = DeliveryFees;
	type HrmpChannelAcceptedHandler = ();
	type HrmpChannelClosingHandler = ();
	type HrmpNewChannelOpenRequestHandler = ();
	type IsReserve = Reserves;
	// Whoever may teleport may issue.
	type IsTeleporter = ();
	type MaxAssetsIntoHolding = MaxAssetsIntoHolding;
	type MessageExporter = ();
	type OriginConverter = XcmOriginToTransactDispatchOrigin;
	type PalletInstancesInfo = AllPalletsWithSystem;
	type ResponseHandler = PolkadotXcm;
	type RuntimeCall = RuntimeCall;
	type SafeCallFilter = RemoteCalls;
	type SubscriptionService = PolkadotXcm;
	type Trader = Trader;
	type TransactionalProcessor = FrameTransactionalProcessor;
	type UniversalAliases = Nothing;
	type UniversalLocation = UniversalLocation;
	type Weigher = FixedWeightBounds<UnitWeightCost, RuntimeCall, MaxInstructions>;
	type XcmEventEmitter = PolkadotXcm;
	type XcmRecorder = PolkadotXcm;
	type XcmSender = XcmRouter;
}

impl pallet_xcm::Config for Runtime {
	type AdminOrigin = EnsureRoot<AccountId>;
	type AdvertisedXcmVersion = pallet_xcm::CurrentXcmVersion;
	type AuthorizedAliasConsideration = HoldConsideration<
		AccountId,
		Balances,
		AuthorizeAliasHoldReason,
		LinearStoragePrice<DepositPerItem, DepositPerByte, Balance>,
	>;
	type Currency = Balances;
	type CurrencyMatcher = ();
	type ExecuteXcmOrigin =
		EnsureXcmOrigin<RuntimeOrigin, SignedToAccountId32<RuntimeOrigin, AccountId, RelayNetwork>>;
	type MaxLockers = ConstU32<8>;
	type MaxRemoteLockConsumers = ConstU32<0>;
	type RemoteLockConsumerIdentifier = ();
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type RuntimeOrigin = RuntimeOrigin;
	// Users do not send messages of their own making.
	type SendXcmOrigin = EnsureXcmOrigin<RuntimeOrigin, ()>;
	type SovereignAccountOf = LocationToAccountId;
	type TrustedLockers = ();
	type UniversalLocation = UniversalLocation;
	// Upstream's fixed weights, far above what the calls take.
	type WeightInfo = pallet_xcm::TestWeightInfo;
	type Weigher = FixedWeightBounds<UnitWeightCost, RuntimeCall, MaxInstructions>;
	// Users send their assets away; nothing else is executed on their word alone.
	type XcmExecuteFilter = Nothing;
	type XcmExecutor = XcmExecutor<XcmConfig>;
	type XcmReserveTransferFilter = OwnersMaySend;
	type XcmRouter = XcmRouter;
	type XcmTeleportFilter = Nothing;

	const VERSION_DISCOVERY_QUEUE_SIZE: u32 = 100;
}
