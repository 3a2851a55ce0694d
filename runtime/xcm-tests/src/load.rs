// SPDX-License-Identifier: Apache-2.0
//! A flood of messages takes its part of each block, and no more.

use crate::{
	asset_hub::TOKEN,
	network::{location_of, newcomer, Network, Salus, HUB},
	salus::{has, issued, pot, successes, waiting},
};
use codec::Encode;
use cumulus_pallet_parachain_system::Config as ParachainConfig;
use cumulus_primitives_core::XcmpMessageFormat;
use frame_support::traits::Hooks;
use salus_runtime::{
	configs::RuntimeBlockWeights, constants::remote::RELAY_TOKEN, MessageQueue, Runtime, System,
	XcmpQueue,
};
use sp_runtime::Perbill;
use xcm::{latest::prelude::*, VersionedXcm};
use xcm_simulator::{TestExt, XcmpMessageHandlerT};

const FLOOD: u64 = 100;

fn transfer() -> VersionedXcm<()> {
	let assets = Asset { id: AssetId(Location::parent()), fun: Fungible(TOKEN) };
	VersionedXcm::from(Xcm(vec![
		ReserveAssetDeposited(assets.clone().into()),
		ClearOrigin,
		BuyExecution { fees: assets, weight_limit: Unlimited },
		DepositAsset { assets: AllCounted(1).into(), beneficiary: location_of(&newcomer()) },
	]))
}

#[test]
fn a_flood_takes_a_tenth_of_a_block_at_most() {
	Network::reset();
	let mut page = XcmpMessageFormat::ConcatenatedVersionedXcm.encode();
	for _ in 0..FLOOD {
		transfer().encode_to(&mut page);
	}
	Salus::execute_with(|| {
		let reserved = <Runtime as ParachainConfig>::ReservedXcmpWeight::get();
		let pages = [(HUB.into(), 1, &page[..])];
		let used = XcmpQueue::handle_xcmp_messages(pages.into_iter(), reserved);
		assert!(used.all_lte(reserved), "taking them in used {used:?}");
		assert_eq!(waiting(), FLOOD);

		let limit = Perbill::from_percent(10) * RuntimeBlockWeights::get().max_block;
		let mut blocks = 0;
		while waiting() > 0 {
			let before = waiting();
			blocks += 1;
			System::set_block_number(blocks);
			let used = MessageQueue::on_initialize(blocks);
			assert!(used.all_lte(limit), "block {blocks} used {used:?} of {limit:?}");
			assert!(waiting() < before, "nothing was done in block {blocks}");
		}
		assert!(blocks > 1, "it was no flood");
		assert_eq!(successes().len() as u64, FLOOD);
		assert!(successes().into_iter().all(|success| success));
		assert_eq!(issued(RELAY_TOKEN), u128::from(FLOOD) * TOKEN);
		assert_eq!(has(RELAY_TOKEN, &newcomer()) + has(RELAY_TOKEN, &pot()), issued(RELAY_TOKEN));
	});
}
