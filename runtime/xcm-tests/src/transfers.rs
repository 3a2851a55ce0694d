// SPDX-License-Identifier: Apache-2.0
//! What comes, what goes, who pays what for it, and that it adds up on every chain.

use crate::{
	asset_hub::{self, COIN, TOKEN},
	network::{
		alice, child_account, hub_asset, location_of, newcomer, sibling, sibling_account, AssetHub,
		Network, Relay, Salus, HUB, SALUS, STABLE, STRANGER, UNKNOWN,
	},
	relay,
	salus::{self, has, issued, pot, quote, sal, send, stable, LEAST_COIN},
};
use frame_support::{
	assert_ok,
	traits::{fungible::Inspect as _, fungibles::hold::Mutate as _, fungibles::Inspect as _},
};
use frame_system::RawOrigin;
use pallet_market::HoldReason;
use salus_runtime::{
	configs::{local_id, remote_location},
	constants::{
		currency::UNIT,
		remote::{ASSET_HUB_COUNT, ASSET_HUB_FIRST, RELAY_TOKEN},
	},
	AssetsHolder, Balances, OriginCaller, Runtime, RuntimeHoldReason,
};
use sp_runtime::AccountId32;
use xcm::{latest::prelude::*, VersionedAssetId, VersionedLocation};
use xcm_runtime_apis::{
	conversions::runtime_decl_for_location_to_account_api::LocationToAccountApiV1,
	dry_run::runtime_decl_for_dry_run_api::DryRunApiV2,
	fees::runtime_decl_for_xcm_payment_api::XcmPaymentApiV2,
};
use xcm_simulator::TestExt;

/// Instructions of a transfer that arrives.
const ARRIVAL: u64 = 4;

/// Alice sends the relay chain's token to somebody on Salus.
fn from_relay(amount: u128, to: &AccountId32) {
	Relay::execute_with(|| {
		assert_ok!(relay::XcmPallet::limited_reserve_transfer_assets(
			relay::RuntimeOrigin::signed(alice()),
			Box::new(Location::new(0, Parachain(SALUS)).into()),
			Box::new(location_of(to).into()),
			Box::new((Here, amount).into()),
			0,
			Unlimited,
		));
	});
}

/// Alice sends an asset from the asset hub to somebody on Salus.
pub(crate) fn from_hub(asset: Location, amount: u128, to: &AccountId32) {
	AssetHub::execute_with(|| {
		assert_ok!(asset_hub::PolkadotXcm::limited_reserve_transfer_assets(
			asset_hub::RuntimeOrigin::signed(alice()),
			Box::new(sibling(SALUS).into()),
			Box::new(location_of(to).into()),
			Box::new((asset, amount).into()),
			0,
			Unlimited,
		));
	});
}

/// An asset of the asset hub, seen from there.
pub(crate) fn own(number: u32) -> Location {
	Location::new(0, [PalletInstance(50), GeneralIndex(number.into())])
}

fn on_relay(who: &AccountId32) -> u128 {
	Relay::execute_with(|| relay::Balances::balance(who))
}

fn tokens_on_hub(who: &AccountId32) -> u128 {
	AssetHub::execute_with(|| asset_hub::Balances::balance(who))
}

fn coins_on_hub(who: &AccountId32) -> u128 {
	AssetHub::execute_with(|| asset_hub::Assets::balance(STABLE, who))
}

fn sal_on_hub(who: &AccountId32) -> u128 {
	AssetHub::execute_with(|| asset_hub::ForeignAssets::balance(sibling(SALUS), who))
}

/// Whatever is on Salus of the relay chain's token is in one of its two accounts elsewhere.
fn tokens_are_backed() {
	let kept = on_relay(&child_account(SALUS)) + tokens_on_hub(&sibling_account(SALUS));
	assert_eq!(Salus::execute_with(|| issued(RELAY_TOKEN)), kept);
	let all = |chain: u128, held: u128| assert_eq!(chain, held, "tokens came or went");
	all(Relay::execute_with(relay::Balances::total_issuance), relay::WEALTH);
	all(AssetHub::execute_with(asset_hub::Balances::total_issuance), asset_hub::WEALTH);
}

#[test]
fn the_relay_token_comes_from_the_relay_chain_and_goes_back() {
	Network::reset();
	let (came, went) = (10 * TOKEN, 4 * TOKEN);

	from_relay(came, &alice());
	assert_eq!(on_relay(&child_account(SALUS)), came);
	assert_eq!(on_relay(&alice()), relay::WEALTH - came);
	let fee = Salus::execute_with(|| {
		let fee = quote(ARRIVAL, Location::parent());
		assert_eq!(salus::errors(), []);
		assert_eq!(has(RELAY_TOKEN, &alice()), came - fee);
		assert_eq!(has(RELAY_TOKEN, &pot()), fee);
		assert_eq!(issued(RELAY_TOKEN), came);
		fee
	});
	tokens_are_backed();

	Salus::execute_with(|| {
		let (owned, collected, all) = (sal(&alice()), sal(&pot()), Balances::total_issuance());
		assert_ok!(send(&alice(), (Parent, went), Location::parent(), &newcomer()));
		assert_eq!(has(RELAY_TOKEN, &alice()), came - fee - went);
		assert_eq!(issued(RELAY_TOKEN), came - went);
		let delivery = owned - sal(&alice());
		assert!(delivery > 0, "delivery is for nothing");
		assert_eq!(sal(&pot()) - collected, delivery);
		assert_eq!(Balances::total_issuance(), all);
	});
	assert_eq!(on_relay(&newcomer()), went);
	assert_eq!(on_relay(&child_account(SALUS)), came - went);
	tokens_are_backed();
}

#[test]
fn the_relay_token_comes_from_the_asset_hub_and_goes_back() {
	Network::reset();
	let (came, went) = (10 * TOKEN, 4 * TOKEN);

	from_hub(Location::parent(), came, &alice());
	assert_eq!(tokens_on_hub(&sibling_account(SALUS)), came);
	let fee = Salus::execute_with(|| {
		let fee = quote(ARRIVAL, Location::parent());
		assert_eq!(salus::errors(), []);
		assert_eq!(has(RELAY_TOKEN, &alice()), came - fee);
		assert_eq!(has(RELAY_TOKEN, &pot()), fee);
		fee
	});
	tokens_are_backed();

	Salus::execute_with(|| {
		assert_ok!(send(&alice(), (Parent, went), sibling(HUB), &newcomer()));
		assert_eq!(has(RELAY_TOKEN, &alice()), came - fee - went);
	});
	assert_eq!(tokens_on_hub(&newcomer()), went);
	assert_eq!(tokens_on_hub(&sibling_account(SALUS)), came - went);
	tokens_are_backed();
}

#[test]
fn a_stable_coin_comes_to_somebody_with_nothing_and_goes_back() {
	Network::reset();
	let (came, went) = (500 * COIN, 200 * COIN);

	for to in [newcomer(), alice()] {
		from_hub(own(STABLE), came, &to);
	}
	assert_eq!(coins_on_hub(&sibling_account(SALUS)), 2 * came);
	let fee = Salus::execute_with(|| {
		let fee = quote(ARRIVAL, hub_asset(STABLE));
		assert_eq!(salus::errors(), []);
		for to in [newcomer(), alice()] {
			assert_eq!(has(stable(), &to), came - fee);
		}
		assert_eq!(has(stable(), &pot()), 2 * fee);
		assert_eq!(issued(stable()), 2 * came);
		assert_eq!(sal(&newcomer()), 0);
		fee
	});

	Salus::execute_with(|| {
		assert_ok!(send(&alice(), (hub_asset(STABLE), went), sibling(HUB), &newcomer()));
		assert_eq!(has(stable(), &alice()), came - fee - went);
		assert_eq!(issued(stable()), 2 * came - went);
	});
	assert_eq!(coins_on_hub(&newcomer()), went);
	assert_eq!(coins_on_hub(&sibling_account(SALUS)), 2 * came - went);
	let coins = AssetHub::execute_with(|| asset_hub::Assets::total_issuance(STABLE));
	assert_eq!(coins, 1_000_000 * COIN);
}

#[test]
fn the_native_token_goes_to_the_asset_hub_and_comes_back() {
	Network::reset();
	let (went, back) = (100 * UNIT, 40 * UNIT);
	let hub = sibling_account(HUB);

	let all = Salus::execute_with(|| {
		let (owned, collected, all) = (sal(&alice()), sal(&pot()), Balances::total_issuance());
		assert_ok!(send(&alice(), (Here, went), sibling(HUB), &alice()));
		assert_eq!(sal(&hub), went);
		assert_eq!(owned - sal(&alice()), went + sal(&pot()) - collected);
		all
	});
	assert_eq!(sal_on_hub(&alice()), went);

	from_hub(sibling(SALUS), back, &newcomer());
	assert_eq!(sal_on_hub(&alice()), went - back);
	Salus::execute_with(|| {
		let fee = quote(ARRIVAL, Location::here());
		assert_eq!(salus::errors(), []);
		assert_eq!(sal(&newcomer()), back - fee);
		assert_eq!(sal(&hub), went - back);
		assert_eq!(Balances::total_issuance(), all);
	});
	let abroad =
		AssetHub::execute_with(|| asset_hub::ForeignAssets::total_issuance(sibling(SALUS)));
	assert_eq!(abroad, went - back);
}

#[test]
fn what_is_held_stays() {
	Network::reset();
	from_hub(own(STABLE), 500 * COIN, &alice());
	Salus::execute_with(|| {
		let (held, coins) = (100 * COIN, |amount: u128| (hub_asset(STABLE), amount));
		let reason = RuntimeHoldReason::Market(HoldReason::Escrow);
		assert_ok!(AssetsHolder::hold(stable(), &reason, &alice(), held));
		let free = has(stable(), &alice());

		assert!(send(&alice(), coins(free + 1), sibling(HUB), &newcomer()).is_err());
		assert!(send(&alice(), coins(free), sibling(HUB), &newcomer()).is_err());
		assert_ok!(send(&alice(), coins(free - LEAST_COIN), sibling(HUB), &newcomer()));
		assert_eq!(AssetsHolder::total_balance(stable(), &alice()), LEAST_COIN + held);
	});
}

#[test]
fn what_does_not_pay_its_way_is_trapped() {
	Network::reset();
	let least = Salus::execute_with(|| quote(ARRIVAL, Location::parent()));

	from_relay(least - 1, &newcomer());
	Salus::execute_with(|| {
		assert_eq!(salus::errors(), [XcmError::TooExpensive]);
		let what = (Parent, least - 1);
		assert_eq!(salus::trapped(), [(Location::parent(), what.into())]);
		assert_eq!(has(RELAY_TOKEN, &newcomer()), 0);
		assert_eq!(has(RELAY_TOKEN, &pot()), 0);
	});
	tokens_are_backed();
}

#[test]
fn only_what_is_rated_pays() {
	Network::reset();
	Salus::execute_with(|| {
		let taken = Runtime::query_acceptable_payment_assets(XCM_VERSION).expect("it is known");
		let expected = [Location::here(), Location::parent(), hub_asset(STABLE)];
		assert_eq!(taken.len(), expected.len());
		for location in expected {
			assert!(taken.contains(&VersionedAssetId::from(AssetId(location))));
		}
		// Registered, and not rated.
		let unrated = local_id(&hub_asset(UNKNOWN)).expect("it has an id");
		salus::register(unrated, 1);
		assert_eq!(Runtime::query_acceptable_payment_assets(XCM_VERSION), Ok(taken));
	});
	from_hub(own(UNKNOWN), COIN, &newcomer());
	Salus::execute_with(|| assert_eq!(salus::errors(), [XcmError::AssetNotFound]));
}

#[test]
fn a_dry_run_shows_what_would_be_sent() {
	Network::reset();
	Salus::execute_with(|| {
		let call = pallet_xcm::Call::transfer_assets {
			dest: Box::new(sibling(HUB).into()),
			beneficiary: Box::new(location_of(&newcomer()).into()),
			assets: Box::new((Here, UNIT).into()),
			fee_asset_item: 0,
			weight_limit: Unlimited,
		};
		let owned = sal(&alice());
		let signed = OriginCaller::system(RawOrigin::Signed(alice()));
		let effects =
			Runtime::dry_run_call(signed, call.into(), XCM_VERSION).expect("it can be tried");
		assert!(effects.execution_result.is_ok());
		let sent = effects.forwarded_xcms.iter().find(|(_, messages)| !messages.is_empty());
		assert_eq!(sent.map(|(to, _)| to), Some(&VersionedLocation::from(sibling(HUB))));
		assert_eq!(sal(&alice()), owned);
	});
}

#[test]
fn chains_have_accounts_here_and_their_users_have_none() {
	Network::reset();
	Salus::execute_with(|| {
		let account = |location: Location| Runtime::convert_location(location.into()).ok();
		assert_eq!(account(sibling(HUB)), Some(sibling_account(HUB)));
		assert_eq!(account(sibling(STRANGER)), Some(sibling_account(STRANGER)));
		assert_eq!(account(location_of(&alice())), Some(alice()));
		let remote = Junction::AccountId32 { network: None, id: alice().into() };
		assert_eq!(account(Location::new(1, [Parachain(HUB), remote])), None);
		assert_eq!(account(Location::new(1, remote)), None);
	});
}

#[test]
fn ids_and_locations_lead_to_each_other() {
	for id in [ASSET_HUB_FIRST, stable(), RELAY_TOKEN - 1, RELAY_TOKEN] {
		let location = remote_location(id).expect("it is from elsewhere");
		assert_eq!(local_id(&location), Some(id));
	}
	for id in [0, 1, ASSET_HUB_FIRST - 1, RELAY_TOKEN + 1, u32::MAX] {
		assert_eq!(remote_location(id), None);
	}
	assert_eq!(stable(), 1_000_001_984);
	assert_eq!(RELAY_TOKEN, 2_000_000_000);
	let too_large = [u128::from(ASSET_HUB_COUNT), u128::from(u32::MAX), 1 << 32, u128::MAX];
	for number in too_large {
		let within = [Parachain(HUB), PalletInstance(50), GeneralIndex(number)];
		assert_eq!(local_id(&Location::new(1, within)), None);
	}
	let elsewhere = [
		Location::here(),
		sibling(HUB),
		Location::new(2, Here),
		Location::new(1, [Parachain(STRANGER), PalletInstance(50), GeneralIndex(1)]),
		Location::new(1, [Parachain(HUB), PalletInstance(51), GeneralIndex(1)]),
		Location::new(1, [Parachain(HUB), PalletInstance(50), GeneralIndex(1), OnlyChild]),
	];
	for location in elsewhere {
		assert_eq!(local_id(&location), None, "{location:?}");
	}
}
