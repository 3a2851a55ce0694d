// SPDX-License-Identifier: Apache-2.0
//! What other chains cannot do here, whatever they say, and what users cannot do elsewhere.

use crate::{
	asset_hub::{self, COIN, TOKEN},
	network::{
		alice, hub_asset, location_of, newcomer, sibling, sibling_account, AssetHub, Network,
		Relay, RelayChainXcmRouter, Salus, Stranger, HUB, SALUS, STABLE, STRANGER, UNKNOWN,
	},
	salus::{self, by_council, has, issued, pot, quote, sal, send, sign, stable},
	transfers::{from_hub, own},
};
use codec::{Compact, Encode};
use frame_support::{assert_ok, traits::fungible::Mutate as _, weights::Weight};
use pallet_xcm::Error as XcmPalletError;
use salus_primitives::{ConsentId, RecordId, TicketId};
use salus_runtime::{
	configs::{local_id, TreasuryAccount},
	constants::{currency::UNIT, remote::RELAY_TOKEN},
	Balances, Runtime, RuntimeCall, System,
};
use sp_core::H256;
use sp_runtime::{traits::BadOrigin, FixedU128};
use xcm::{latest::prelude::*, VersionedXcm};
use xcm_simulator::TestExt;

/// A chain that says something to Salus.
trait Sender: TestExt {
	fn say(message: Vec<Instruction<()>>);
}

impl Sender for Relay {
	fn say(message: Vec<Instruction<()>>) {
		Self::execute_with(|| {
			let to = Location::new(0, Parachain(SALUS));
			assert_ok!(send_xcm::<RelayChainXcmRouter>(to, Xcm(message)));
		});
	}
}

impl Sender for AssetHub {
	fn say(message: Vec<Instruction<()>>) {
		Self::execute_with(|| {
			assert_ok!(send_xcm::<asset_hub::XcmRouter>(sibling(SALUS), Xcm(message)));
		});
	}
}

impl Sender for Stranger {
	fn say(message: Vec<Instruction<()>>) {
		Self::execute_with(|| {
			assert_ok!(send_xcm::<asset_hub::XcmRouter>(sibling(SALUS), Xcm(message)));
		});
	}
}

/// Pays with `assets`, which `first` brings, and gives the newcomer what is left.
fn bring(first: fn(Assets) -> Instruction<()>, asset: Location) -> Vec<Instruction<()>> {
	let assets = Asset { id: AssetId(asset), fun: Fungible(1_000 * TOKEN) };
	vec![
		first(assets.clone().into()),
		BuyExecution { fees: assets, weight_limit: Unlimited },
		DepositAsset { assets: AllCounted(1).into(), beneficiary: location_of(&newcomer()) },
	]
}

/// Nobody got anything, and the last message ended with an error.
fn nothing_came(error: Option<XcmError>) {
	Salus::execute_with(|| {
		assert_eq!(salus::successes().last(), Some(&false));
		assert_eq!(salus::errors().last().copied(), error);
		assert_eq!((issued(RELAY_TOKEN), issued(stable()), sal(&newcomer())), (0, 0, 0));
		assert_eq!(salus::trapped(), []);
	});
}

#[test]
fn nobody_is_a_reserve_of_what_is_not_hers() {
	Network::reset();
	let all = Salus::execute_with(Balances::total_issuance);
	let untrusted = Some(XcmError::UntrustedReserveLocation);

	let of_others = [
		Location::parent(),
		hub_asset(STABLE),
		hub_asset(UNKNOWN),
		Location::here(),
		sibling(STRANGER),
		Location::new(1, [Parachain(STRANGER), PalletInstance(50), GeneralIndex(STABLE.into())]),
	];
	for asset in of_others {
		Stranger::say(bring(ReserveAssetDeposited, asset));
		nothing_came(untrusted);
	}
	for asset in [Location::here(), sibling(STRANGER), sibling(HUB)] {
		AssetHub::say(bring(ReserveAssetDeposited, asset));
		nothing_came(untrusted);
	}
	for asset in [Location::here(), hub_asset(STABLE), sibling(HUB)] {
		Relay::say(bring(ReserveAssetDeposited, asset));
		nothing_came(untrusted);
	}
	assert_eq!(Salus::execute_with(Balances::total_issuance), all);
}

#[test]
fn nothing_is_teleported() {
	Network::reset();
	let untrusted = Some(XcmError::UntrustedTeleportLocation);
	for asset in [Location::parent(), hub_asset(STABLE), Location::here()] {
		Relay::say(bring(ReceiveTeleportedAsset, asset.clone()));
		nothing_came(untrusted);
		AssetHub::say(bring(ReceiveTeleportedAsset, asset.clone()));
		nothing_came(untrusted);
		Stranger::say(bring(ReceiveTeleportedAsset, asset));
		nothing_came(untrusted);
	}
	Salus::execute_with(|| {
		for dest in [Location::parent(), sibling(HUB)] {
			let teleport = pallet_xcm::Call::limited_teleport_assets {
				dest: Box::new(dest.into()),
				beneficiary: Box::new(location_of(&alice()).into()),
				assets: Box::new((Here, UNIT).into()),
				fee_asset_item: 0,
				weight_limit: Unlimited,
			};
			let refused = sign(&alice(), teleport);
			assert_eq!(refused, Err(XcmPalletError::<Runtime>::Filtered.into()));
		}
	});
}

#[test]
fn an_unregistered_asset_is_trapped_and_can_be_claimed() {
	Network::reset();
	let id = local_id(&hub_asset(UNKNOWN)).expect("it has an id");
	let (came, claim) = (500 * COIN, || {
		let assets: Asset = (hub_asset(UNKNOWN), 500 * COIN).into();
		vec![
			ClaimAsset { assets: assets.clone().into(), ticket: Location::here() },
			BuyExecution { fees: assets, weight_limit: Unlimited },
			DepositAsset { assets: AllCounted(1).into(), beneficiary: location_of(&newcomer()) },
		]
	});

	from_hub(own(UNKNOWN), came, &newcomer());
	Salus::execute_with(|| {
		assert_eq!(salus::errors(), [XcmError::AssetNotFound]);
		let (claimer, assets) = salus::trapped().pop().expect("it was trapped");
		assert_eq!(claimer.first_interior(), Some(&Parachain(HUB)));
		assert_eq!(assets, (hub_asset(UNKNOWN), came).into());
		assert_eq!((issued(id), has(id, &newcomer())), (0, 0));
	});
	// It lies where it was put.
	let kept =
		AssetHub::execute_with(|| asset_hub::Assets::balance(UNKNOWN, sibling_account(SALUS)));
	assert_eq!(kept, came);

	// Nobody gets it before it is registered, and nobody else afterwards.
	AssetHub::say(claim());
	Salus::execute_with(|| {
		assert_eq!(salus::errors().last(), Some(&XcmError::UnknownClaim));
		assert_eq!(issued(id), 0);
		salus::register(id, 1);
		salus::rate(id, FixedU128::from_u32(2_000_000));
	});
	Stranger::say(claim());
	Salus::execute_with(|| {
		assert_eq!(salus::errors().last(), Some(&XcmError::UnknownClaim));
		assert_eq!(issued(id), 0);
	});

	AssetHub::say(claim());
	let claimed = || {
		let fee = quote(3, hub_asset(UNKNOWN));
		assert_eq!(has(id, &newcomer()), came - fee);
		assert_eq!(has(id, &pot()), fee);
		assert_eq!(issued(id), came);
	};
	Salus::execute_with(|| {
		assert_eq!(salus::successes().last(), Some(&true));
		claimed();
	});

	// Once.
	AssetHub::say(claim());
	Salus::execute_with(|| {
		assert_eq!(salus::errors().last(), Some(&XcmError::UnknownClaim));
		claimed();
	});
}

#[test]
fn what_was_trapped_when_registered_is_issued_once() {
	Network::reset();
	let id = local_id(&hub_asset(UNKNOWN)).expect("it has an id");
	let came = 500 * COIN;
	Salus::execute_with(|| salus::register(id, 1));

	from_hub(own(UNKNOWN), came, &newcomer());
	Salus::execute_with(|| {
		assert_eq!(salus::trapped().pop().map(|(claimer, _)| claimer), Some(sibling(HUB)));
		assert_eq!(issued(id), came);
		salus::rate(id, FixedU128::from_u32(2_000_000));
	});
	let assets: Asset = (hub_asset(UNKNOWN), came).into();
	AssetHub::say(vec![
		ClaimAsset { assets: assets.clone().into(), ticket: Location::here() },
		BuyExecution { fees: assets, weight_limit: Unlimited },
		DepositAsset { assets: AllCounted(1).into(), beneficiary: location_of(&newcomer()) },
	]);
	Salus::execute_with(|| {
		assert_eq!(has(id, &newcomer()) + has(id, &pot()), came);
		assert_eq!(issued(id), came);
	});
}

#[test]
fn only_the_relay_chain_is_served_for_nothing() {
	Network::reset();
	let brought = Asset { id: AssetId(Location::parent()), fun: Fungible(TOKEN) };
	let free = || {
		vec![
			ReserveAssetDeposited(brought.clone().into()),
			UnpaidExecution { weight_limit: Unlimited, check_origin: None },
			DepositAsset { assets: AllCounted(1).into(), beneficiary: location_of(&newcomer()) },
		]
	};
	let silent = || {
		vec![
			ReserveAssetDeposited(brought.clone().into()),
			DepositAsset { assets: AllCounted(1).into(), beneficiary: location_of(&newcomer()) },
		]
	};
	for message in [free(), silent()] {
		Stranger::say(message.clone());
		nothing_came(None);
		AssetHub::say(message);
		nothing_came(None);
	}
	Relay::say(silent());
	nothing_came(None);

	Relay::say(free());
	Salus::execute_with(|| assert_eq!(has(RELAY_TOKEN, &newcomer()), TOKEN));
}

fn boxed(call: impl Into<RuntimeCall>) -> Box<RuntimeCall> {
	Box::new(call.into())
}

/// What nobody abroad has a say in, and calls that would carry it.
fn calls_of_others() -> Vec<RuntimeCall> {
	let consent = ConsentId([1; 32]);
	let revoke = || pallet_consent::Call::revoke { consent };
	vec![
		revoke().into(),
		pallet_records::Call::erase { record: RecordId([2; 32]) }.into(),
		pallet_access::Call::renounce { ticket: TicketId([3; 32]) }.into(),
		pallet_custody::Call::withdraw_proposal {}.into(),
		pallet_market::Call::claim {
			asset: frame_support::traits::fungible::NativeOrWithId::Native,
		}
		.into(),
		pallet_registry::Call::leave {}.into(),
		pallet_registry::Call::act_for { ward: alice(), call: boxed(revoke()) }.into(),
		pallet_utility::Call::batch { calls: vec![revoke().into()] }.into(),
		pallet_utility::Call::dispatch_as {
			as_origin: Box::new(frame_system::RawOrigin::Signed(alice()).into()),
			call: boxed(revoke()),
		}
		.into(),
		pallet_proxy::Call::proxy {
			real: alice().into(),
			force_proxy_type: None,
			call: boxed(revoke()),
		}
		.into(),
		pallet_sudo::Call::sudo { call: boxed(revoke()) }.into(),
		frame_system::Call::set_storage { items: vec![] }.into(),
		pallet_balances::Call::transfer_all { dest: newcomer().into(), keep_alive: false }.into(),
		pallet_assets::Call::mint {
			id: Compact(RELAY_TOKEN),
			beneficiary: newcomer().into(),
			amount: TOKEN,
		}
		.into(),
	]
}

const KINDS: [OriginKind; 4] =
	[OriginKind::Native, OriginKind::SovereignAccount, OriginKind::Superuser, OriginKind::Xcm];

fn paid_transact(origin_kind: OriginKind, call: &RuntimeCall) -> Vec<Instruction<()>> {
	let fees = Asset { id: AssetId(Location::here()), fun: Fungible(10 * UNIT) };
	vec![
		WithdrawAsset(fees.clone().into()),
		BuyExecution { fees, weight_limit: Unlimited },
		Transact { origin_kind, fallback_max_weight: None, call: call.encode().into() },
	]
}

fn free_transact(origin_kind: OriginKind, call: &RuntimeCall) -> Vec<Instruction<()>> {
	vec![
		UnpaidExecution { weight_limit: Unlimited, check_origin: None },
		Transact { origin_kind, fallback_max_weight: None, call: call.encode().into() },
	]
}

#[test]
fn no_other_chain_calls_what_is_between_people_here() {
	Network::reset();
	Salus::execute_with(|| {
		for chain in [HUB, STRANGER] {
			assert_ok!(Balances::mint_into(&sibling_account(chain), 10_000 * UNIT));
		}
	});
	let mut expected = 0;
	for call in calls_of_others() {
		for kind in KINDS {
			Relay::say(free_transact(kind, &call));
			AssetHub::say(paid_transact(kind, &call));
			Stranger::say(paid_transact(kind, &call));
			expected += 3;
			Salus::execute_with(|| {
				let errors = salus::errors();
				assert_eq!(errors.len(), expected, "{call:?} as {kind:?}");
				assert_eq!(errors[expected - 3..], [XcmError::NoPermission; 3], "{call:?}");
			});
		}
	}
}

#[test]
fn the_relay_chain_alone_calls_what_helps_the_chain() {
	Network::reset();
	Salus::execute_with(|| {
		assert_ok!(Balances::mint_into(&sibling_account(HUB), 10_000 * UNIT));
	});
	let code: RuntimeCall =
		frame_system::Call::authorize_upgrade { code_hash: H256([7; 32]) }.into();
	let stop: RuntimeCall = cumulus_pallet_xcmp_queue::Call::suspend_xcm_execution {}.into();
	// Nobody else has an origin here at all, not even one that a call would refuse.
	for call in [&code, &stop] {
		for kind in KINDS {
			AssetHub::say(paid_transact(kind, call));
		}
	}
	Salus::execute_with(|| assert_eq!(salus::errors(), [XcmError::BadOrigin; 2 * KINDS.len()]));
	Salus::execute_with(|| assert!(System::authorized_upgrade().is_none()));

	Relay::say(free_transact(OriginKind::Superuser, &code));
	Salus::execute_with(|| {
		let authorised = System::authorized_upgrade().expect("the relay chain may");
		assert_eq!(*authorised.code_hash(), H256([7; 32]));
	});
	for kind in [OriginKind::Native, OriginKind::SovereignAccount, OriginKind::Xcm] {
		Relay::say(free_transact(kind, &code));
	}
	let refused = 2 * KINDS.len() + 3;
	Salus::execute_with(|| assert_eq!(salus::errors(), vec![XcmError::BadOrigin; refused]));
}

#[test]
fn users_neither_execute_nor_send_messages() {
	Network::reset();
	Salus::execute_with(|| {
		let execute = pallet_xcm::Call::execute {
			message: Box::new(VersionedXcm::from(Xcm(vec![ClearOrigin]))),
			max_weight: Weight::MAX,
		};
		let refused = sign(&alice(), execute);
		assert_eq!(refused, Err(XcmPalletError::<Runtime>::Filtered.into()));
		let send = pallet_xcm::Call::send {
			dest: Box::new(sibling(HUB).into()),
			message: Box::new(VersionedXcm::from(Xcm(vec![ClearOrigin]))),
		};
		assert_eq!(sign(&alice(), send), Err(BadOrigin.into()));
	});
}

#[test]
fn users_lose_nothing_to_chains_that_cannot_keep_it() {
	Network::reset();
	from_hub(Location::parent(), 10 * TOKEN, &alice());
	Salus::execute_with(|| {
		let before = (sal(&alice()), has(RELAY_TOKEN, &alice()));
		// The relay chain keeps no SAL.
		assert!(send(&alice(), (Here, UNIT), Location::parent(), &alice()).is_err());
		// Its token does not go by it to a third chain.
		assert!(send(&alice(), (Parent, TOKEN), sibling(STRANGER), &alice()).is_err());
		// Nobody knows what the council made.
		let local = (Location::new(0, [PalletInstance(13), GeneralIndex(1)]), 1);
		assert!(send(&alice(), local, sibling(HUB), &alice()).is_err());
		assert_eq!(before, (sal(&alice()), has(RELAY_TOKEN, &alice())));
	});
}

#[test]
fn this_chain_vouches_for_nothing_but_its_own_token() {
	Network::reset();
	let assets = Asset { id: AssetId(Location::parent()), fun: Fungible(10 * TOKEN) };
	AssetHub::say(vec![
		ReserveAssetDeposited(assets.clone().into()),
		BuyExecution { fees: assets, weight_limit: Unlimited },
		DepositReserveAsset {
			assets: AllCounted(1).into(),
			dest: sibling(STRANGER),
			xcm: Xcm(vec![]),
		},
	]);
	Salus::execute_with(|| {
		assert_eq!(salus::errors(), [XcmError::Unroutable]);
		assert_eq!(has(RELAY_TOKEN, &sibling_account(STRANGER)), 0);
		assert_eq!(salus::trapped().len(), 1);
	});
}

#[test]
fn nobody_mints_what_another_chain_keeps() {
	Network::reset();
	let mint = |id| pallet_assets::Call::mint {
		id: Compact(id),
		beneficiary: newcomer().into(),
		amount: TOKEN,
	};
	Salus::execute_with(|| {
		let refused = Err(frame_system::Error::<Runtime>::CallFiltered.into());
		for id in [RELAY_TOKEN, stable()] {
			assert_eq!(sign(&TreasuryAccount::get(), mint(id)), refused);
			assert_eq!(issued(id), 0);
		}
		// What the council makes itself is minted by whom it names.
		salus::register(1, 1);
		assert_ok!(sign(&TreasuryAccount::get(), mint(1)));
	});
}

#[test]
fn the_council_stops_the_queue_and_nobody_else() {
	Network::reset();
	Salus::execute_with(|| {
		let stop = || cumulus_pallet_xcmp_queue::Call::suspend_xcm_execution {};
		assert_eq!(sign(&alice(), stop()), Err(BadOrigin.into()));
		assert_ok!(by_council(stop()));
	});
	from_hub(Location::parent(), TOKEN, &newcomer());
	Salus::execute_with(|| {
		assert_eq!(salus::waiting(), 1);
		assert_eq!(has(RELAY_TOKEN, &newcomer()), 0);
		assert_ok!(by_council(cumulus_pallet_xcmp_queue::Call::resume_xcm_execution {}));
	});
	from_hub(Location::parent(), TOKEN, &newcomer());
	Salus::execute_with(|| {
		assert_eq!(salus::waiting(), 0);
		assert_eq!(issued(RELAY_TOKEN), 2 * TOKEN);
	});
}
