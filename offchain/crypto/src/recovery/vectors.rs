// SPDX-License-Identifier: Apache-2.0
//! Known answers for other implementations: `docs/formats/vectors/recovery-v1.json`.
//!
//! `SALUS_WRITE_VECTORS=1 cargo test -p salus-crypto vectors` writes the file; without the variable
//! one test compares it byte for byte with what this release makes, and another reads it as a
//! stranger would.

use super::*;
use crate::{random::Fixed, Error, Keystore, Result, SecretKey};
use salus_primitives::Suite;
use serde_json::{json, Value};
use sha2::{Digest, Sha256};

const PATH: &str =
	concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/formats/vectors/recovery-v1.json");
const GENESIS: [u8; 32] = [0x33; 32];
const OWNER: [u8; 32] = [0x0a; 32];
/// What guardians have: suite 1, suite 2, suite 1.
const SUITES: [Suite; 3] = [Suite::X25519, Suite::XWing, Suite::X25519];

/// Bytes that look random: SHA-256 of the label and a counter.
fn stream(label: &str, len: usize) -> Vec<u8> {
	let blocks = (0u32..).map(|at| Sha256::digest([label.as_bytes(), &at.to_be_bytes()].concat()));
	blocks.flatten().take(len).collect()
}

fn text(bytes: impl AsRef<[u8]>) -> Value {
	hex::encode(bytes).into()
}

fn keystore(secrets: &[SecretKey]) -> Keystore {
	let mut keys = Keystore::new();
	for secret in secrets {
		keys.add_encryption_key(secret.clone()).unwrap();
	}
	keys
}

fn owner() -> Keystore {
	keystore(&[
		SecretKey::derive(Suite::X25519, &[0x22; 32]),
		SecretKey::derive(Suite::XWing, &[0x23; 32]),
	])
}

/// The guardian with a number, and her keys.
fn guardian(number: u8) -> (Guardian, Keystore) {
	let suite = SUITES[usize::from(number - 1)];
	let secret = SecretKey::derive(suite, &[0x40 + number; 32]);
	let guardian = Guardian { account: [number; 32], key: secret.public().unwrap() };
	(guardian, keystore(&[secret]))
}

fn recovering() -> SecretKey {
	SecretKey::derive(Suite::X25519, &[0x77; 32])
}

/// Two coefficients, then what HPKE draws for each guardian.
fn randomness() -> Vec<u8> {
	stream("salus recovery vector: kit", 2 * 64 + 32 + 64 + 32)
}

fn kit() -> RecoveryKit {
	let guardians = [1, 2, 3].map(|number| guardian(number).0);
	let mut rng = Fixed(randomness());
	RecoveryKit::make_with(GENESIS, OWNER, 2, &guardians, &owner(), &mut rng).unwrap()
}

fn release(kit: &RecoveryKit, number: u8) -> ReleasedShare {
	let (guardian, keys) = guardian(number);
	let share = kit.open_share(&guardian.account, &keys).unwrap();
	let mut rng = Fixed(vec![0x80 + number; 32]);
	share.release_with(&recovering().public().unwrap(), &mut rng).unwrap()
}

fn request(kit: &RecoveryKit) -> RecoveryRequest {
	RecoveryRequest::new(kit.id(), recovering().public().unwrap())
		.claimed_by(RequestClaim { account: [0x0b; 32], signature: [0x5a; 64] })
}

/// Recovers from texts, as a stranger would.
fn recover(kit: &str, shares: &[&str], secret: &SecretKey) -> Result<Keystore> {
	let kit: RecoveryKit = kit.parse()?;
	let mut combiner = KitCombiner::new(&kit);
	for share in shares {
		combiner.add(secret, &share.parse()?)?;
	}
	combiner.finish()
}

/// Changes of what recovers, and what each gives.
fn refused(kit: &RecoveryKit) -> Vec<Value> {
	let [one, two] = [1, 3].map(|number| release(kit, number).to_string());
	let kit_text = kit.to_string();
	let swapped = |text: &str, from: &str, to: &str| text.replacen(from, to, 1);
	let damaged = {
		let mut bytes = kit.to_bytes();
		let last = bytes.len() - 1;
		bytes[last] ^= 1;
		RecoveryKit::from_bytes(&bytes).unwrap().to_string()
	};
	let other = {
		let guardians = [1, 2, 3].map(|number| guardian(number).0);
		let mut rng = Fixed(stream("salus recovery vector: other", 2 * 64 + 32 + 64 + 32));
		let keys = owner();
		RecoveryKit::make_with(GENESIS, OWNER, 2, &guardians, &keys, &mut rng).unwrap().to_string()
	};
	let cases = [
		("too-few", kit_text.clone(), vec![one.clone()]),
		("twice-the-same-guardian", kit_text.clone(), vec![one.clone(), one.clone()]),
		("shares-of-another-kit", other, vec![one.clone(), two.clone()]),
		("keys-changed", damaged, vec![one.clone(), two.clone()]),
		("a-label-is-wrong", swapped(&kit_text, "[2/", "[1/"), vec![one.clone(), two.clone()]),
		("no-kit-at-all", one.clone(), vec![one.clone(), two]),
		("a-share-that-is-none", kit_text, vec![one, "nothing".to_owned()]),
	];
	cases
		.into_iter()
		.map(|(name, kit, shares)| {
			let given: Vec<_> = shares.iter().map(String::as_str).collect();
			let code = recover(&kit, &given, &recovering()).unwrap_err().code();
			json!({ "name": name, "kit": kit, "shares": shares, "code": code })
		})
		.collect()
}

fn vectors() -> Value {
	let kit = kit();
	let secrets: Vec<_> =
		owner().encryption_keys().map(|pair| hex::encode(*pair.secret().expose())).collect();
	let guardians: Vec<_> = (1..=3)
		.map(|number| {
			let (guardian, keys) = guardian(number);
			let secret = keys.current_encryption_key().unwrap().secret();
			let share = kit.open_share(&guardian.account, &keys).unwrap();
			let plain = share.payload.to_bytes();
			json!({
				"account": text(guardian.account),
				"suite": guardian.key.suite().id(),
				"secret": text(*secret.expose()),
				"share_and_commitments": text(&*plain),
				"released": text(release(&kit, number).to_bytes()),
				"released_text": release(&kit, number).to_string(),
			})
		})
		.collect();
	json!({
		"format": "salus recovery v1 vectors",
		"genesis": text(GENESIS),
		"owner": text(OWNER),
		"threshold": 2,
		"randomness": text(randomness()),
		"encryption_secrets_newest_first": secrets,
		"guardians": guardians,
		"kit": text(kit.to_bytes()),
		"kit_text": kit.to_string(),
		"kit_id": text(kit.id().0),
		"kit_id_text": kit.id().to_string(),
		"recovering_secret": text(*recovering().expose()),
		"request": text(request(&kit).to_bytes()),
		"request_text": request(&kit).to_string(),
		"request_code": request(&kit).code(),
		"request_statement": text(request(&kit).statement(&[0x0b; 32])),
		"refused": refused(&kit),
	})
}

#[test]
fn published_vectors_are_what_this_release_makes() {
	let mut text = serde_json::to_string_pretty(&vectors()).unwrap();
	text.push('\n');
	if std::env::var_os("SALUS_WRITE_VECTORS").is_some() {
		std::fs::write(PATH, &text).unwrap();
	}
	let published = std::fs::read_to_string(PATH).expect("the vectors are published");
	assert!(published == text, "the format changed: kits of other releases would not open");
}

#[test]
fn published_kits_open() {
	let published = std::fs::read_to_string(PATH).expect("the vectors are published");
	let vectors: Value = serde_json::from_str(&published).unwrap();
	let of = |value: &Value| value.as_str().unwrap().to_owned();
	let bytes = |value: &Value| hex::decode(of(value)).unwrap();
	let kit: RecoveryKit = of(&vectors["kit_text"]).parse().unwrap();
	assert_eq!(kit.to_bytes(), bytes(&vectors["kit"]));
	assert_eq!(kit.id().0.to_vec(), bytes(&vectors["kit_id"]));
	assert_eq!(kit.id().to_string(), of(&vectors["kit_id_text"]));
	let secret =
		SecretKey::from_bytes(Suite::X25519, &bytes(&vectors["recovering_secret"])).unwrap();
	let shares: Vec<_> = vectors["guardians"]
		.as_array()
		.unwrap()
		.iter()
		.map(|guardian| of(&guardian["released_text"]))
		.collect();
	let expected = vectors["encryption_secrets_newest_first"].as_array().unwrap();
	for pair in [[0, 1], [1, 2], [2, 0]] {
		let given: Vec<_> = pair.iter().map(|at| shares[*at].as_str()).collect();
		let keys = recover(&of(&vectors["kit_text"]), &given, &secret).unwrap();
		let found: Vec<_> =
			keys.encryption_keys().map(|pair| text(*pair.secret().expose())).collect();
		assert_eq!(&found, expected);
	}
	let request: RecoveryRequest = of(&vectors["request_text"]).parse().unwrap();
	assert_eq!(request.to_bytes(), bytes(&vectors["request"]));
	assert!(request.has_code(&of(&vectors["request_code"])));
	let mut codes = std::collections::BTreeSet::new();
	for case in vectors["refused"].as_array().unwrap() {
		let shares: Vec<_> = case["shares"].as_array().unwrap().iter().map(of).collect();
		let given: Vec<_> = shares.iter().map(String::as_str).collect();
		let error: Error = recover(&of(&case["kit"]), &given, &secret).unwrap_err();
		assert_eq!(case["code"], error.code(), "{}", case["name"]);
		codes.insert(error.code());
	}
	assert!(codes.len() >= 5, "{codes:?}");
}
