// SPDX-License-Identifier: Apache-2.0
//! The state that a network of the last release had, brought to this release.

use codec::MaxEncodedLen;
use frame_support::{
	migrations::MultiStepMigrator,
	traits::{GetStorageVersion, OnRuntimeUpgrade},
};
use pallet_consent::{PublicTerms, WeightInfo};
use salus_policy::{decide, Aim, Outcome, Request, ResearchRequest};
use salus_primitives::{Category, DateWindow, PurposeOfUse};
use salus_runtime::{
	Access, AllPalletsWithSystem, Audit, Balances, Consent, Custody, Market, MultiBlockMigrations,
	Records, Registry, Runtime, System,
};
use serde_json::{Map, Value};
use sp_runtime::Digest;
use std::{collections::BTreeSet, fs, path::PathBuf};

/// The state of release 3000 after the life in `tests/wallet/upgrade.test.mjs`, which writes it.
fn old_state() -> sp_io::TestExternalities {
	let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("releases/state-3000.json");
	let state: Map<String, Value> =
		serde_json::from_slice(&fs::read(file).unwrap()).expect("keys and values");
	let bytes = |text: &str| hex::decode(text.trim_start_matches("0x")).expect("hexadecimal");
	let top = state.iter().map(|(key, value)| (bytes(key), bytes(value.as_str().unwrap())));
	sp_core::storage::Storage { top: top.collect(), children_default: Default::default() }.into()
}

/// Blocks until the migrations are over.
fn migrate() {
	AllPalletsWithSystem::on_runtime_upgrade();
	assert!(MultiBlockMigrations::ongoing());
	for _ in 0..100 {
		if !MultiBlockMigrations::ongoing() {
			return;
		}
		let (number, parent) = (System::block_number() + 1, System::parent_hash());
		System::initialize(&number, &parent, &Digest::default());
		MultiBlockMigrations::step();
	}
	panic!("migrations end");
}

fn request(purpose: PurposeOfUse) -> Request {
	Request {
		purpose,
		categories: BTreeSet::from([Category::Labs]).try_into().expect("one fits"),
		data: DateWindow::ALL,
		research: Some(ResearchRequest {
			aims: BTreeSet::from([Aim::Health]).try_into().expect("one fits"),
			..Default::default()
		}),
	}
}

#[test]
fn the_state_of_the_last_release_becomes_one_of_this_release() {
	old_state().execute_with(|| {
		assert_eq!(Consent::on_chain_storage_version(), 0, "an old state");
		let public: Vec<_> = PublicTerms::<Runtime>::iter_keys().collect();
		assert!(!public.is_empty(), "with public terms");
		let money = Balances::total_issuance();
		let offers = pallet_market::Offers::<Runtime>::iter().count();
		assert_eq!(offers, 2, "and money in escrow");
		let held = pallet_balances::Holds::<Runtime>::iter().collect::<Vec<_>>();

		migrate();

		assert_eq!(Consent::on_chain_storage_version(), Consent::in_code_storage_version());
		for consent in public {
			let terms = PublicTerms::<Runtime>::get(consent).expect("it is read");
			let decided = |purpose| decide(&terms, &request(purpose), terms.act.from).outcome;
			assert_eq!(decided(PurposeOfUse::Research), Outcome::Permit);
			assert_eq!(decided(PurposeOfUse::ClinicalTrial), Outcome::Deny);
		}
		assert_eq!(pallet_balances::Holds::<Runtime>::iter().collect::<Vec<_>>(), held);
		assert_eq!(Balances::total_issuance(), money);
		let checked = [
			("registry", Registry::do_try_state()),
			("records", Records::do_try_state()),
			("consent", Consent::do_try_state()),
			("access", Access::do_try_state()),
			("audit", Audit::do_try_state()),
			("custody", Custody::do_try_state()),
			("market", Market::do_try_state()),
		];
		for (pallet, result) in checked {
			assert_eq!(result, Ok(()), "{pallet}");
		}
	});
}

#[test]
fn what_a_block_migrates_is_counted_in_its_proof() {
	let each = <Runtime as pallet_consent::Config>::WeightInfo::migrate_public_terms();
	let longest = salus_policy::Terms::max_encoded_len() as u64;
	assert!(each.proof_size() >= longest, "{each:?} for terms of {longest} bytes");
	assert!(each.ref_time() > 0);
}
