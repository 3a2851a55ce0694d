// SPDX-License-Identifier: Apache-2.0
//! The chains, the wires between them, and who has accounts on them.

use crate::{asset_hub, relay, salus};
use polkadot_parachain_primitives::primitives::{Id, Sibling};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{traits::AccountIdConversion, AccountId32};
use xcm::latest::prelude::*;
use xcm_simulator::{
	decl_test_network, decl_test_parachain, decl_test_relay_chain, TestExt, PARA_MESSAGE_BUS,
};

/// The asset hub's id.
pub(crate) const HUB: u32 = 1_000;
/// Ours.
pub(crate) const SALUS: u32 = 2_000;
/// Some other parachain's.
pub(crate) const STRANGER: u32 = 3_000;

decl_test_relay_chain! {
	pub struct Relay {
		Runtime = relay::Runtime,
		RuntimeCall = relay::RuntimeCall,
		RuntimeEvent = relay::RuntimeEvent,
		XcmConfig = relay::XcmConfig,
		MessageQueue = relay::MessageQueue,
		System = relay::System,
		new_ext = relay::genesis(),
	}
}

decl_test_parachain! {
	pub struct AssetHub {
		Runtime = asset_hub::Runtime,
		XcmpMessageHandler = asset_hub::MsgQueue,
		DmpMessageHandler = asset_hub::MsgQueue,
		new_ext = asset_hub::genesis(HUB),
	}
}

decl_test_parachain! {
	pub struct Salus {
		Runtime = salus_runtime::Runtime,
		XcmpMessageHandler = salus::Inbox,
		DmpMessageHandler = salus::Inbox,
		new_ext = salus::genesis(),
	}
}

decl_test_parachain! {
	pub struct Stranger {
		Runtime = asset_hub::Runtime,
		XcmpMessageHandler = asset_hub::MsgQueue,
		DmpMessageHandler = asset_hub::MsgQueue,
		new_ext = asset_hub::genesis(STRANGER),
	}
}

decl_test_network! {
	pub struct Network {
		relay_chain = Relay,
		parachains = vec![
			(1_000, AssetHub),
			(2_000, Salus),
			(3_000, Stranger),
		],
	}
}

/// Puts a message of Salus on the wire.
pub(crate) fn post(to: Location, message: Xcm<()>) {
	PARA_MESSAGE_BUS.with(|bus| bus.borrow_mut().push_back((SALUS.into(), to, message)));
}

/// Has tokens everywhere.
pub(crate) fn alice() -> AccountId32 {
	Sr25519Keyring::Alice.to_account_id()
}

/// Has nothing anywhere.
pub(crate) fn newcomer() -> AccountId32 {
	AccountId32::new([0x4e; 32])
}

/// The account of a parachain on another parachain.
pub(crate) fn sibling_account(para: u32) -> AccountId32 {
	Sibling::from(para).into_account_truncating()
}

/// The account of a parachain on the relay chain.
pub(crate) fn child_account(para: u32) -> AccountId32 {
	Id::from(para).into_account_truncating()
}

/// Where an account is, on its own chain.
pub(crate) fn location_of(who: &AccountId32) -> Location {
	Junction::AccountId32 { network: None, id: who.clone().into() }.into()
}

/// Where a parachain is, for its siblings.
pub(crate) fn sibling(para: u32) -> Location {
	Location::new(1, Parachain(para))
}

/// What the stable coin's number is on the asset hub.
pub(crate) const STABLE: u32 = 1_984;
/// What the number of a token is that Salus does not know.
pub(crate) const UNKNOWN: u32 = 77;

/// An asset of the asset hub, for its siblings.
pub(crate) fn hub_asset(number: u32) -> Location {
	Location::new(1, [Parachain(HUB), PalletInstance(50), GeneralIndex(number.into())])
}
