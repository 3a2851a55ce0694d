// SPDX-License-Identifier: Apache-2.0
//! An asset hub: the relay chain's token, assets issued there, and those of other parachains. Under
//! another id it is also the parachain that is nobody.

use crate::network::{alice, sibling, ParachainXcmRouter, SALUS, STABLE, UNKNOWN};
use frame_support::{
	derive_impl,
	instances::{Instance1, Instance2},
	parameter_types,
	traits::{
		AsEnsureOriginWithArg, ConstU128, ConstU32, ContainsPair, Disabled, Everything, Get,
		Nothing,
	},
	weights::Weight,
};
use frame_system::{EnsureRoot, EnsureSigned};
use polkadot_parachain_primitives::primitives::Sibling;
use sp_runtime::{
	traits::{IdentityLookup, TryConvertInto},
	AccountId32, BuildStorage,
};
use xcm::latest::prelude::{
	Asset, AssetId, Fungible, GlobalConsensus, InteriorLocation, Location, NetworkId,
	PalletInstance, Parachain,
};
use xcm_builder::{
	AccountId32Aliases, AllowTopLevelPaidExecutionFrom, AsPrefixedGeneralIndex,
	ConvertedConcreteId, EnsureXcmOrigin, FixedRateOfFungible, FixedWeightBounds,
	FrameTransactionalProcessor, FungibleAdapter, FungiblesAdapter, IsConcrete, NativeAsset,
	NoChecking, ParentIsPreset, SiblingParachainConvertsVia, SignedToAccountId32, TakeWeightCredit,
};
use xcm_executor::{
	traits::{Error as MatchError, MatchesFungibles},
	XcmExecutor,
};
use xcm_simulator::{mock_message_queue, ParaId};

pub(crate) use crate::relay::{TOKEN, WEALTH};
/// One stable coin, of six decimals. There are a million.
pub(crate) const COIN: u128 = 1_000_000;

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
	#[runtime::pallet_index(10)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(30)]
	pub type MsgQueue = mock_message_queue;
	#[runtime::pallet_index(31)]
	pub type PolkadotXcm = pallet_xcm;
	#[runtime::pallet_index(50)]
	pub type Assets = pallet_assets<Instance1>;
	#[runtime::pallet_index(53)]
	pub type ForeignAssets = pallet_assets<Instance2>;
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

macro_rules! assets {
	($instance:ty, $id:ty) => {
		impl pallet_assets::Config<$instance> for Runtime {
			type ApprovalDeposit = ConstU128<0>;
			type AssetAccountDeposit = ConstU128<0>;
			type AssetDeposit = ConstU128<0>;
			type AssetId = $id;
			type AssetIdAllocator = ();
			type AssetIdParameter = $id;
			type Balance = u128;
			type CallbackHandle = ();
			type CreateOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId32>>;
			type Currency = Balances;
			type Extra = ();
			type ForceOrigin = EnsureRoot<AccountId32>;
			type Freezer = ();
			type Holder = ();
			type MetadataDepositBase = ConstU128<0>;
			type MetadataDepositPerByte = ConstU128<0>;
			type RemoveItemsLimit = ConstU32<10>;
			type ReserveData = ();
			type RuntimeEvent = RuntimeEvent;
			type StringLimit = ConstU32<50>;
			type WeightInfo = ();
		}
	};
}

assets!(Instance1, u32);
assets!(Instance2, Location);

parameter_types! {
	pub const Parent: Location = Location::parent();
	pub const AnyNetwork: Option<NetworkId> = None;
	pub AssetsPallet: Location = PalletInstance(50).into();
	pub UniversalLocation: InteriorLocation =
		[GlobalConsensus(NetworkId::ByGenesis([0; 32])), Parachain(<MsgQueue as Get<ParaId>>::get().into())].into();
	pub UnitWeight: Weight = Weight::from_parts(1, 1);
	pub Free: (AssetId, u128, u128) = (AssetId(Parent::get()), 0, 0);
	pub CheckingAccount: AccountId32 = PolkadotXcm::check_account();
}

type Accounts = (
	ParentIsPreset<AccountId32>,
	SiblingParachainConvertsVia<Sibling, AccountId32>,
	AccountId32Aliases<AnyNetwork, AccountId32>,
);

type OwnAssets = ConvertedConcreteId<
	u32,
	u128,
	AsPrefixedGeneralIndex<AssetsPallet, u32, TryConvertInto>,
	TryConvertInto,
>;

/// Assets that are named after the parachain they are from.
#[derive(Debug)]
pub struct Foreign;

impl MatchesFungibles<Location, u128> for Foreign {
	fn matches_fungibles(asset: &Asset) -> Result<(Location, u128), MatchError> {
		match (asset.id.0.unpack(), &asset.fun) {
			((1, [Parachain(_), ..]), Fungible(amount)) => Ok((asset.id.0.clone(), *amount)),
			_ => Err(MatchError::AssetNotHandled),
		}
	}
}

/// The relay chain teleports its token here.
#[derive(Debug)]
pub struct FromRelay;

impl ContainsPair<Asset, Location> for FromRelay {
	fn contains(asset: &Asset, origin: &Location) -> bool {
		asset.id.0 == Location::parent() && *origin == Location::parent()
	}
}

type Transactors = (
	FungibleAdapter<Balances, IsConcrete<Parent>, Accounts, AccountId32, ()>,
	// Before the next, which calls it an error when an asset is not its own.
	FungiblesAdapter<ForeignAssets, Foreign, Accounts, AccountId32, NoChecking, CheckingAccount>,
	FungiblesAdapter<Assets, OwnAssets, Accounts, AccountId32, NoChecking, CheckingAccount>,
);

type Weigher = FixedWeightBounds<UnitWeight, RuntimeCall, ConstU32<100>>;

pub(crate) type XcmRouter = ParachainXcmRouter<MsgQueue>;

#[derive(Debug)]
pub struct XcmConfig;

impl xcm_executor::Config for XcmConfig {
	type Aliasers = Nothing;
	type AssetExchanger = ();
	type AssetLocker = ();
	type AssetTransactor = Transactors;
	type AssetTrap = PolkadotXcm;
	type Barrier = (TakeWeightCredit, AllowTopLevelPaidExecutionFrom<Everything>);
	type CallDispatcher = RuntimeCall;
	type FeeManager = ();
	type HrmpChannelAcceptedHandler = ();
	type HrmpChannelClosingHandler = ();
	type HrmpNewChannelOpenRequestHandler = ();
	type IsReserve = NativeAsset;
	type IsTeleporter = FromRelay;
	type MaxAssetsIntoHolding = ConstU32<64>;
	type MessageExporter = ();
	type OriginConverter = ();
	type PalletInstancesInfo = AllPalletsWithSystem;
	type ResponseHandler = PolkadotXcm;
	type RuntimeCall = RuntimeCall;
	type SafeCallFilter = Nothing;
	type SubscriptionService = PolkadotXcm;
	type Trader = FixedRateOfFungible<Free, ()>;
	type TransactionalProcessor = FrameTransactionalProcessor;
	type UniversalAliases = Nothing;
	type UniversalLocation = UniversalLocation;
	type Weigher = Weigher;
	type XcmEventEmitter = PolkadotXcm;
	type XcmRecorder = PolkadotXcm;
	type XcmSender = XcmRouter;
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
	type XcmRouter = XcmRouter;
	type XcmTeleportFilter = Nothing;

	const VERSION_DISCOVERY_QUEUE_SIZE: u32 = 100;
}

impl mock_message_queue::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type XcmExecutor = XcmExecutor<XcmConfig>;
}

pub(crate) fn genesis(para: u32) -> sp_io::TestExternalities {
	let owned = |number| (number, alice(), true, 1);
	let genesis = RuntimeGenesisConfig {
		balances: BalancesConfig { balances: vec![(alice(), WEALTH)], ..Default::default() },
		assets: AssetsConfig {
			assets: vec![owned(STABLE), owned(UNKNOWN)],
			accounts: [STABLE, UNKNOWN].map(|number| (number, alice(), 1_000_000 * COIN)).into(),
			..Default::default()
		},
		foreign_assets: ForeignAssetsConfig {
			assets: vec![(sibling(SALUS), alice(), true, 1)],
			..Default::default()
		},
		..Default::default()
	};
	let mut ext: sp_io::TestExternalities = genesis.build_storage().expect("genesis builds").into();
	ext.execute_with(|| {
		System::set_block_number(1);
		MsgQueue::set_para_id(para.into());
	});
	ext
}
