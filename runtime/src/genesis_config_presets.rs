// SPDX-License-Identifier: Apache-2.0
//! Genesis presets: `development` and `local_testnet`, with people in every role.
//!
//! The keys of these people are public. No preset for a live network may name them.

use crate::{
	configs::{MarketPalletId, TreasuryAccount},
	constants::currency::{EXISTENTIAL_DEPOSIT, UNIT},
	AccountId, BalancesConfig, CollatorSelectionConfig, CouncilMembersConfig, ParachainInfoConfig,
	PolkadotXcmConfig, RegistryConfig, RuntimeGenesisConfig, SessionConfig, SessionKeys,
	SudoConfig,
};
use alloc::{vec, vec::Vec};
use frame_support::build_struct_json_patch;
use hex_literal::hex;
use salus_primitives::{EncryptionKey, Moment, Role, Suite};
use serde_json::Value;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_genesis_builder::PresetId;
use sp_keyring::Sr25519Keyring;
use sp_runtime::traits::AccountIdConversion;

/// The parachain's id on development and local networks.
const PARA_ID: u32 = 2000;
/// XCM's version that is spoken before another is negotiated.
const SAFE_XCM_VERSION: u32 = xcm::prelude::XCM_VERSION;
/// The council of the presets.
const COUNCIL: [Sr25519Keyring; 3] =
	[Sr25519Keyring::Charlie, Sr25519Keyring::Dave, Sr25519Keyring::Eve];
/// 2100-01-01: credentials of the presets do not run out.
const CREDENTIALS_UNTIL: Moment = 4_102_444_800_000;

/// A person or organisation of the presets.
#[derive(Clone, Copy, Debug)]
pub struct NamedAccount {
	/// The derivation path of the sr25519 key, under the well-known development phrase.
	pub uri: &'static str,
	/// What it is.
	pub role: Role,
	/// The sr25519 public key: the account.
	pub account: [u8; 32],
	/// The X25519 public key. The secret key is
	/// `blake2_256("salus/development-encryption-key/1/" ‖ uri)`.
	pub encryption: [u8; 32],
}

/// Everybody in the presets.
pub const NAMED_ACCOUNTS: [NamedAccount; 10] = [
	NamedAccount {
		uri: "//Patient",
		role: Role::Patient,
		account: hex!("52c4b8eff43e334ce17f21450e73d20ced5d827a352420a4dc4aca94279eb112"),
		encryption: hex!("8299036aaaf22c5312bdd0ab4ca49cdcd748fd35e475cbf9070eef0f20a03101"),
	},
	NamedAccount {
		uri: "//Guardian",
		role: Role::Guardian,
		account: hex!("425514f650308c252b79fa70609d4ac8e90426f059f2b04eb34f1a8e47e15922"),
		encryption: hex!("3a08fb2539fcd62648813fcfda4f1e2be2f7c01d6f824e1cc6d546b1aeda9e1d"),
	},
	NamedAccount {
		uri: "//ClinicianOne",
		role: Role::Clinician,
		account: hex!("86e74ec480d55df158b7543b865088d420405b036128089ae0333ac7c72cca65"),
		encryption: hex!("7f00fa63415fa0091a618d39e07d462b968e989ecebd9541b2a72400c138540b"),
	},
	NamedAccount {
		uri: "//ClinicianTwo",
		role: Role::Clinician,
		account: hex!("fece0a378b559f137e23523a41946ed5c9154a94e111fbc6fd4d8bff0775cc2e"),
		encryption: hex!("6948fc8b026c935a32c7c307d2f0c787224d0e1d5d8a965d3eba79e7b1ce252b"),
	},
	NamedAccount {
		uri: "//Hospital",
		role: Role::Organisation,
		account: hex!("1695bf83e2b75bd8c6ef49ce526603f2c3518bccf94c6f90804073273a13373f"),
		encryption: hex!("fb7fc7dda3ae0057bcefda99bde0e5bab08fbaf191b452e6dc92dfd48bd3de36"),
	},
	NamedAccount {
		uri: "//Registrar",
		role: Role::Registrar,
		account: hex!("be72384ef516e60913ca067e4a0640cab1922c4419982d04efd85408b5274159"),
		encryption: hex!("2fafb8b7ed5deca62b8f09c0f61aae579ab56977d58ffb9f5c5b8c4071a20464"),
	},
	NamedAccount {
		uri: "//Researcher",
		role: Role::Researcher,
		account: hex!("1efc171aa7bbee2e52e2d8597f91ee18146ae1179ec1c001e63281c5e1e2a47e"),
		encryption: hex!("d197bbc6e905bc4f84e2f3a5a8b118e8808a995a1abc85be9a5d8f91fe9e5b76"),
	},
	NamedAccount {
		uri: "//CustodianOne",
		role: Role::Custodian,
		account: hex!("1c96b6cb3280972012abe47ac1059ef378133cac15e0a03794e5b7eb31fa861c"),
		encryption: hex!("bd226c10b52dc256715be301a848639f54fb35ed609945bf80909794a9047833"),
	},
	NamedAccount {
		uri: "//CustodianTwo",
		role: Role::Custodian,
		account: hex!("344e0facf990de4f37dfc3f3eed0adefc98a549b1d7329b220ddbda58aff5d60"),
		encryption: hex!("66b6deee382e6d2596e31d9b21cffbc6ac12ec4d200e0a450743ad4980d8d07e"),
	},
	NamedAccount {
		uri: "//CustodianThree",
		role: Role::Custodian,
		account: hex!("c85149f6cd13650df79129401afd26ae64e740ba46b1aa332f550d07772d2f3b"),
		encryption: hex!("0dcba67a873b804e10ff1a844f4795a2657cb7c865d452929f7b14ead9286e43"),
	},
];

fn registrar() -> Option<AccountId> {
	NAMED_ACCOUNTS
		.iter()
		.find(|named| named.role == Role::Registrar)
		.map(|named| named.account.into())
}

fn registry() -> RegistryConfig {
	let participants = NAMED_ACCOUNTS
		.iter()
		.filter_map(|named| {
			let key = EncryptionKey::new(Suite::X25519, &named.encryption).ok()?;
			Some((named.account.into(), named.role, key))
		})
		.collect();
	let credentials = NAMED_ACCOUNTS
		.iter()
		.filter(|named| named.role.needs_credential())
		.filter_map(|named| Some((named.account.into(), registrar()?, CREDENTIALS_UNTIL)))
		.collect();
	RegistryConfig { participants, credentials }
}

fn preset(collators: &[Sr25519Keyring]) -> Value {
	let wallets = Sr25519Keyring::well_known()
		.map(|key| key.to_account_id())
		.chain(NAMED_ACCOUNTS.iter().map(|named| named.account.into()));
	build_struct_json_patch!(RuntimeGenesisConfig {
		balances: BalancesConfig {
			// The market and the treasury take no payment before their accounts exist.
			balances: wallets
				.map(|account| (account, 1_000_000 * UNIT))
				.chain([(MarketPalletId::get().into_account_truncating(), UNIT)])
				.chain([(TreasuryAccount::get(), UNIT)])
				.collect(),
		},
		parachain_info: ParachainInfoConfig { parachain_id: PARA_ID.into() },
		collator_selection: CollatorSelectionConfig {
			invulnerables: collators.iter().map(|key| key.to_account_id()).collect(),
			candidacy_bond: 16 * EXISTENTIAL_DEPOSIT,
		},
		session: SessionConfig {
			keys: collators
				.iter()
				.map(|key| {
					let account: AccountId = key.to_account_id();
					let aura: AuraId = key.public().into();
					(account.clone(), account, SessionKeys { aura })
				})
				.collect(),
		},
		council_members: CouncilMembersConfig {
			members: COUNCIL
				.iter()
				.map(|key| key.to_account_id())
				.collect::<Vec<_>>()
				.try_into()
				.unwrap_or_default(),
			..Default::default()
		},
		polkadot_xcm: PolkadotXcmConfig { safe_xcm_version: Some(SAFE_XCM_VERSION) },
		registry: registry(),
		sudo: SudoConfig { key: Some(Sr25519Keyring::Alice.to_account_id()) },
	})
}

/// The preset called `id`, as JSON.
pub(crate) fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
	let patch = match id.as_ref() {
		sp_genesis_builder::DEV_RUNTIME_PRESET => preset(&[Sr25519Keyring::Alice]),
		sp_genesis_builder::LOCAL_TESTNET_RUNTIME_PRESET => {
			preset(&[Sr25519Keyring::Alice, Sr25519Keyring::Bob])
		},
		_ => return None,
	};
	serde_json::to_vec(&patch).ok()
}

/// The names of all presets.
pub(crate) fn preset_names() -> Vec<PresetId> {
	vec![
		PresetId::from(sp_genesis_builder::DEV_RUNTIME_PRESET),
		PresetId::from(sp_genesis_builder::LOCAL_TESTNET_RUNTIME_PRESET),
	]
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_core::{sr25519, Pair};

	#[test]
	fn named_accounts_are_what_wallets_derive() {
		for named in NAMED_ACCOUNTS {
			let pair = sr25519::Pair::from_string(named.uri, None).unwrap();
			assert_eq!(pair.public().0, named.account, "{}", named.uri);
		}
	}

	#[test]
	fn presets_build() {
		for id in preset_names() {
			let json = get_preset(&id).expect("listed presets exist");
			sp_io::TestExternalities::default().execute_with(|| {
				let result = frame_support::genesis_builder_helper::build_state::<
					RuntimeGenesisConfig,
				>(with_defaults(&json));
				assert_eq!(result, Ok(()), "{id:?}");
			});
		}
		assert_eq!(get_preset(&"live".into()), None);
	}

	fn with_defaults(patch: &[u8]) -> Vec<u8> {
		let mut whole = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
		merge(&mut whole, serde_json::from_slice(patch).unwrap());
		serde_json::to_vec(&whole).unwrap()
	}

	fn merge(into: &mut Value, from: Value) {
		match (into, from) {
			(Value::Object(into), Value::Object(from)) => {
				from.into_iter().for_each(|(key, value)| {
					merge(into.entry(key).or_insert(Value::Null), value);
				})
			},
			(into, from) => *into = from,
		}
	}
}
