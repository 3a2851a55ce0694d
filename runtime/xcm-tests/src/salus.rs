// SPDX-License-Identifier: Apache-2.0
//! The real runtime on the wire: how it takes messages, how its own are collected, and what is on it.

use crate::{
	asset_hub::{COIN, TOKEN},
	network::{self, hub_asset, location_of, HUB, STABLE, STRANGER},
};
use codec::Compact;
use cumulus_pallet_parachain_system::{Config as ParachainConfig, RelevantMessagingState};
use cumulus_primitives_core::{AggregateMessageOrigin, ParaId, UpwardMessageSender};
use frame_support::{
	dispatch::DispatchResult,
	traits::{
		fungible::Inspect as _, fungibles::Inspect as _, HandleMessage, QueueFootprintQuery,
		ServiceQueues,
	},
	weights::Weight,
	BoundedSlice,
};
use pallet_xcm::Event as XcmEvent;
use salus_runtime::{
	configs::{local_id, AssetId, TreasuryAccount, XcmRouter},
	constants::remote::RELAY_TOKEN,
	AccountId, Assets, Balance, Balances, MessageQueue, ParachainSystem, Runtime, RuntimeCall,
	RuntimeEvent, RuntimeOrigin, System, XcmpQueue,
};
use serde_json::Value;
use sp_genesis_builder::runtime_decl_for_genesis_builder::GenesisBuilderV1;
use sp_runtime::{traits::Dispatchable, FixedU128};
use xcm::{
	latest::{prelude::*, AssetId as RemoteAssetId, Assets as AssetList},
	VersionedAssetId,
};
use xcm_builder::InspectMessageQueues;
use xcm_runtime_apis::fees::runtime_decl_for_xcm_payment_api::XcmPaymentApiV2;
use xcm_simulator::{DmpMessageHandlerT, RelayBlockNumber, XcmpMessageHandlerT};

/// The least of the relay chain's token and of the stable coin that an account may have.
pub(crate) const LEAST_TOKEN: Balance = TOKEN / 1_000;
pub(crate) const LEAST_COIN: Balance = COIN / 100;

/// The stable coin's id here.
pub(crate) fn stable() -> AssetId {
	local_id(&hub_asset(STABLE)).expect("numbers of the asset hub have ids")
}

/// The development network, with open channels, the relay chain's token and a stable coin.
pub(crate) fn genesis() -> sp_io::TestExternalities {
	let mut whole =
		serde_json::to_value(salus_runtime::RuntimeGenesisConfig::default()).expect("it is JSON");
	let preset = Runtime::get_preset(&Some("development".into())).expect("the preset exists");
	merge(&mut whole, serde_json::from_slice(&preset).expect("it is JSON"));
	let mut ext = sp_io::TestExternalities::default();
	ext.execute_with(|| {
		let built = Runtime::build_state(serde_json::to_vec(&whole).expect("it is JSON"));
		assert_eq!(built, Ok(()), "the preset builds");
		System::set_block_number(1);
		ParachainSystem::ensure_successful_delivery();
		open_channels();
		// A token is ten SAL, a coin two.
		register(RELAY_TOKEN, LEAST_TOKEN);
		rate(RELAY_TOKEN, FixedU128::from_u32(1_000));
		register(stable(), LEAST_COIN);
		rate(stable(), FixedU128::from_u32(2_000_000));
	});
	ext
}

fn merge(into: &mut Value, from: Value) {
	match (into, from) {
		(Value::Object(into), Value::Object(from)) => {
			for (key, value) in from {
				merge(into.entry(key).or_insert(Value::Null), value);
			}
		},
		(into, from) => *into = from,
	}
}

fn open_channels() {
	ParachainSystem::open_outbound_hrmp_channel_for_benchmarks_or_tests(HUB.into());
	RelevantMessagingState::<Runtime>::mutate(|state| {
		let channels = &mut state.as_mut().expect("it was just written").egress_channels;
		let channel = channels[0].1.clone();
		channels.push((STRANGER.into(), channel));
	});
}

/// Makes an asset, as the council does.
pub(crate) fn register(id: AssetId, least: Balance) {
	let create = pallet_assets::Call::force_create {
		id: Compact(id),
		owner: TreasuryAccount::get().into(),
		is_sufficient: true,
		min_balance: least,
	};
	assert_eq!(by_council(create), Ok(()));
}

/// Rates an asset, as the council does.
pub(crate) fn rate(id: AssetId, rate: FixedU128) {
	let create = pallet_asset_rate::Call::create { asset_kind: Box::new(id), rate };
	assert_eq!(by_council(create), Ok(()));
}

fn dispatch(origin: RuntimeOrigin, call: impl Into<RuntimeCall>) -> DispatchResult {
	let result = call.into().dispatch(origin).map(|_| ()).map_err(|error| error.error);
	post();
	result
}

/// What somebody signs.
pub(crate) fn sign(who: &AccountId, call: impl Into<RuntimeCall>) -> DispatchResult {
	dispatch(RuntimeOrigin::signed(who.clone()), call)
}

/// What the whole council decides.
pub(crate) fn by_council(call: impl Into<RuntimeCall>) -> DispatchResult {
	type Members =
		pallet_collective::RawOrigin<AccountId, salus_runtime::configs::CouncilCollective>;
	dispatch(Members::Members(3, 3).into(), call)
}

/// Sends an asset away, to somebody on another chain.
pub(crate) fn send(
	who: &AccountId,
	asset: impl Into<Asset>,
	dest: Location,
	to: &AccountId,
) -> DispatchResult {
	sign(
		who,
		pallet_xcm::Call::transfer_assets {
			dest: Box::new(dest.into()),
			beneficiary: Box::new(location_of(to).into()),
			assets: Box::new(AssetList::from(vec![asset.into()]).into()),
			fee_asset_item: 0,
			weight_limit: Unlimited,
		},
	)
}

/// Puts the messages of Salus on the wire.
fn post() {
	for (to, messages) in XcmRouter::get_messages() {
		let to = Location::try_from(to).expect("it is of our version");
		for message in messages {
			network::post(to.clone(), message.try_into().expect("it is of our version"));
		}
	}
	XcmRouter::clear_messages();
}

/// How many messages wait.
pub(crate) fn waiting() -> u64 {
	[
		AggregateMessageOrigin::Parent,
		AggregateMessageOrigin::Sibling(HUB.into()),
		AggregateMessageOrigin::Sibling(STRANGER.into()),
	]
	.map(|queue| MessageQueue::footprint(queue).storage.count)
	.iter()
	.sum()
}

/// What messages may use of a block.
pub(crate) fn allowance() -> Weight {
	<Runtime as pallet_message_queue::Config>::ServiceWeight::get()
}

/// Takes messages as the inherent of a block does, and works them off as the next blocks do.
pub(crate) struct Inbox;

impl Inbox {
	fn work_off() {
		loop {
			let before = waiting();
			MessageQueue::service_queues(allowance());
			System::set_block_number(System::block_number() + 1);
			// What is left is stopped.
			if waiting() == before {
				break;
			}
		}
		post();
	}
}

impl XcmpMessageHandlerT for Inbox {
	fn handle_xcmp_messages<'a, I>(messages: I, limit: Weight) -> Weight
	where
		I: Iterator<Item = (ParaId, RelayBlockNumber, &'a [u8])>,
	{
		let used = XcmpQueue::handle_xcmp_messages(messages, limit);
		Self::work_off();
		used
	}
}

impl DmpMessageHandlerT for Inbox {
	fn handle_dmp_messages(
		messages: impl Iterator<Item = (RelayBlockNumber, Vec<u8>)>,
		_: Weight,
	) -> Weight {
		for (_, message) in messages {
			let message = BoundedSlice::try_from(&message[..]).expect("it is short");
			<<Runtime as ParachainConfig>::DmpQueue as HandleMessage>::handle_message(message);
		}
		Self::work_off();
		Weight::zero()
	}
}

/// Where collators' fees go.
pub(crate) fn pot() -> AccountId {
	salus_runtime::CollatorSelection::account_id()
}

/// What somebody has of the native token.
pub(crate) fn sal(who: &AccountId) -> Balance {
	Balances::total_balance(who)
}

/// What somebody has of an asset.
pub(crate) fn has(id: AssetId, who: &AccountId) -> Balance {
	Assets::balance(id, who)
}

/// How much there is of an asset.
pub(crate) fn issued(id: AssetId) -> Balance {
	Assets::total_issuance(id)
}

/// What the runtime says that so many instructions cost in an asset.
pub(crate) fn quote(instructions: u64, asset: Location) -> Balance {
	let weight = Weight::from_parts(1_000_000_000, 64 * 1_024).saturating_mul(instructions);
	Runtime::query_weight_to_asset_fee(weight, VersionedAssetId::from(RemoteAssetId(asset)))
		.expect("it is taken")
}

/// The errors that messages ended with.
pub(crate) fn errors() -> Vec<XcmError> {
	events(|event| match event {
		RuntimeEvent::PolkadotXcm(XcmEvent::ProcessXcmError { error, .. }) => Some(error),
		_ => None,
	})
}

/// What was trapped, and for whom.
pub(crate) fn trapped() -> Vec<(Location, AssetList)> {
	events(|event| match event {
		RuntimeEvent::PolkadotXcm(XcmEvent::AssetsTrapped { origin, assets, .. }) => {
			Some((origin, assets.try_into().expect("it is of our version")))
		},
		_ => None,
	})
}

/// Whether each message was executed to its end.
pub(crate) fn successes() -> Vec<bool> {
	events(|event| match event {
		RuntimeEvent::MessageQueue(pallet_message_queue::Event::Processed { success, .. }) => {
			Some(success)
		},
		_ => None,
	})
}

fn events<T>(wanted: impl Fn(RuntimeEvent) -> Option<T>) -> Vec<T> {
	System::events().into_iter().filter_map(|record| wanted(record.event)).collect()
}
