// SPDX-License-Identifier: Apache-2.0
//! Known answers for other implementations: `docs/formats/vectors/envelope-v1.json`.
//!
//! `SALUS_WRITE_VECTORS=1 cargo test -p salus-crypto vectors` writes the file; without the variable
//! the test compares it byte for byte with what this release makes.

use crate::{
	envelope::{self, seal_bytes_with_salt},
	keystore::{KdfParams, Keystore, SigningSecret},
	open_bytes,
	random::Fixed,
	Capsule, CapsuleContext, CapsulePurpose, DocumentContext, DocumentKind, EncryptionKeyPair,
	Passphrase, SealedDocument, SecretKey, SegmentKey,
};
use salus_primitives::{ConsentId, RecordId, Suite, TicketId};
use serde_json::{json, Value};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const PATH: &str =
	concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/formats/vectors/envelope-v1.json");
const KEY: [u8; 32] = [0x11; 32];

fn content(len: usize) -> Vec<u8> {
	(0..len).map(|at| (at % 251) as u8).collect()
}

fn salt(n: usize) -> [u8; 32] {
	Sha256::digest(format!("salus vector {n}")).into()
}

fn envelopes() -> Vec<Value> {
	let chunk = envelope::CHUNK;
	let sizes = [0, 1, 4088, 4089, chunk - 8, chunk - 1, chunk, chunk + 1, 3 * chunk + 12345];
	sizes
		.iter()
		.enumerate()
		.map(|(n, len)| {
			let sealed =
				seal_bytes_with_salt(&SegmentKey::from_bytes(&KEY), salt(n), &content(*len));
			let mut vector = json!({
				"name": format!("length-{len}"),
				"key": hex::encode(KEY),
				"salt": hex::encode(salt(n)),
				"plaintext_len": len,
				"sealed_len": sealed.len(),
				"header": hex::encode(&sealed[..90]),
				"sealed_sha256": hex::encode(Sha256::digest(&sealed)),
			});
			if sealed.len() < 4300 {
				vector["sealed"] = hex::encode(&sealed).into();
			}
			vector
		})
		.collect()
}

/// Changes of the envelope `length-4089` (5 bytes longer than the least bucket) and what each gives.
fn refused() -> Vec<Value> {
	let base = seal_bytes_with_salt(&SegmentKey::from_bytes(&KEY), salt(3), &content(4089));
	let flip = |at: usize| json!({ "flip": at });
	let cases = [
		("magic", flip(0)),
		("version", flip(8)),
		("header-length", flip(10)),
		("suite", flip(13)),
		("chunk-size", flip(16)),
		("salt", flip(30)),
		("commitment", flip(70)),
		("first-byte-of-body", flip(90)),
		("last-byte-of-body", flip(base.len() - 1)),
		("cut-in-header", json!({ "truncate": 60 })),
		("cut-after-header", json!({ "truncate": 90 })),
		("cut-in-body", json!({ "truncate": base.len() - 1 })),
		("one-byte-more", json!({ "append": "00" })),
		("another-key", json!({ "key": hex::encode([0x12; 32]) })),
	];
	cases
		.into_iter()
		.map(|(name, change)| {
			let (key, bytes) = apply(&base, &change);
			let code = open_bytes(&key, &bytes).unwrap_err().code();
			json!({ "name": name, "of": "length-4089", "change": change, "code": code })
		})
		.collect()
}

fn apply(base: &[u8], change: &Value) -> (SegmentKey, Vec<u8>) {
	let mut bytes = base.to_vec();
	let mut key = SegmentKey::from_bytes(&KEY);
	let number = |value: &Value| value.as_u64().unwrap() as usize;
	for (what, value) in change.as_object().unwrap() {
		match what.as_str() {
			"flip" => bytes[number(value)] ^= 1,
			"truncate" => bytes.truncate(number(value)),
			"append" => bytes.extend(hex::decode(value.as_str().unwrap()).unwrap()),
			"key" => {
				let other = hex::decode(value.as_str().unwrap()).unwrap();
				key = SegmentKey::from_bytes(&other.try_into().unwrap());
			},
			other => panic!("unknown change {other}"),
		}
	}
	(key, bytes)
}

fn recipient() -> EncryptionKeyPair {
	EncryptionKeyPair::from_secret(SecretKey::from_seed(&[0x22; 32])).unwrap()
}

fn capsules() -> Vec<Value> {
	let purposes = [
		("owner", CapsulePurpose::Owner),
		("grant", CapsulePurpose::Grant(ConsentId([0x55; 32]))),
		("release", CapsulePurpose::Release(TicketId([0x66; 32]))),
		("custody", CapsulePurpose::Custody),
	];
	let recipient = recipient();
	purposes
		.into_iter()
		.map(|(name, purpose)| {
			let context = CapsuleContext {
				genesis: [0x33; 32],
				purpose,
				record: RecordId([0x44; 32]),
				segment: 258,
			};
			let mut rng = Fixed(vec![0x77; 32]);
			let key = SegmentKey::from_bytes(&KEY);
			let capsule = Capsule::seal_with(recipient.public(), &context, &key, &mut rng).unwrap();
			assert_eq!(capsule.open_key(recipient.secret(), &context).unwrap(), key);
			json!({
				"purpose": name,
				"id": match purpose {
					CapsulePurpose::Owner | CapsulePurpose::Custody => Value::Null,
					CapsulePurpose::Grant(id) => hex::encode(id.0).into(),
					CapsulePurpose::Release(id) => hex::encode(id.0).into(),
				},
				"genesis": hex::encode(context.genesis),
				"record": hex::encode(context.record.0),
				"segment": context.segment,
				"recipient_seed": hex::encode([0x22; 32]),
				"recipient_secret": hex::encode(*recipient.secret().expose()),
				"recipient_public": hex::encode(recipient.public().public()),
				"ikm_e": hex::encode([0x77; 32]),
				"key": hex::encode(KEY),
				"capsule": hex::encode(capsule.to_bytes()),
			})
		})
		.collect()
}

/// The capsule for the owner in suite 2.
fn post_quantum_capsule() -> Value {
	let recipient =
		EncryptionKeyPair::from_secret(SecretKey::derive(Suite::XWing, &[0x22; 32])).unwrap();
	let context = CapsuleContext {
		genesis: [0x33; 32],
		purpose: CapsulePurpose::Owner,
		record: RecordId([0x44; 32]),
		segment: 258,
	};
	let mut rng = Fixed(vec![0x77; 64]);
	let key = SegmentKey::from_bytes(&KEY);
	let capsule = Capsule::seal_with(recipient.public(), &context, &key, &mut rng).unwrap();
	assert_eq!(capsule.open_key(recipient.secret(), &context).unwrap(), key);
	json!({
		"purpose": "owner",
		"genesis": hex::encode(context.genesis),
		"record": hex::encode(context.record.0),
		"segment": context.segment,
		"recipient_seed": hex::encode([0x22; 32]),
		"recipient_secret": hex::encode(*recipient.secret().expose()),
		"recipient_public": hex::encode(recipient.public().public()),
		"randomness": hex::encode([0x77; 64]),
		"key": hex::encode(KEY),
		"capsule": hex::encode(capsule.to_bytes()),
	})
}

fn documents() -> Vec<Value> {
	let kinds = [
		("terms", DocumentKind::Terms),
		("request", DocumentKind::Request),
		("ticket-key", DocumentKind::TicketKey),
		("reason", DocumentKind::Reason),
		("standing-rules", DocumentKind::StandingRules),
	];
	let recipient = recipient();
	kinds
		.into_iter()
		.map(|(name, kind)| {
			let context =
				DocumentContext { genesis: [0x33; 32], kind, consent: ConsentId([0x55; 32]) };
			let mut rng = Fixed(vec![0x88; 32]);
			let document =
				SealedDocument::seal_with(recipient.public(), &context, b"payload", &mut rng)
					.unwrap();
			assert_eq!(*document.open(recipient.secret(), &context).unwrap(), b"payload");
			json!({
				"kind": name,
				"genesis": hex::encode(context.genesis),
				"consent": hex::encode(context.consent.0),
				"recipient_secret": hex::encode(*recipient.secret().expose()),
				"ikm_e": hex::encode([0x88; 32]),
				"payload": hex::encode(b"payload"),
				"document": hex::encode(document.to_bytes()),
			})
		})
		.collect()
}

fn keystore() -> Value {
	let mut keystore = Keystore::new();
	keystore.add_encryption_key(SecretKey::from_seed(&[0x22; 32])).unwrap();
	keystore.add_encryption_key(SecretKey::from_seed(&[0x23; 32])).unwrap();
	keystore.set_signing(SigningSecret::Uri(Zeroizing::new("//Alice".into())));
	let passphrase = Passphrase::new("correct horse battery staple".into()).unwrap();
	let file = keystore.seal(&passphrase, KdfParams::MINIMUM, [0x99; 32], [0xaa; 12]).unwrap();
	assert!(Keystore::from_json(&file, &passphrase).is_ok());
	json!({
		"passphrase": "correct horse battery staple",
		"file": serde_json::from_str::<Value>(&file).unwrap(),
		"encryption_secrets": keystore
			.encryption_keys()
			.map(|pair| hex::encode(*pair.secret().expose()))
			.collect::<Vec<_>>(),
		"signing_uri": "//Alice",
	})
}

#[test]
fn published_vectors_are_what_this_release_makes() {
	let vectors = json!({
		"format": "salus envelope v1 vectors",
		"plaintext": "byte i is i mod 251",
		"envelopes": envelopes(),
		"refused": refused(),
		"capsules": capsules(),
		"capsule_suite_2": post_quantum_capsule(),
		"documents": documents(),
		"keystore": keystore(),
	});
	let mut text = serde_json::to_string_pretty(&vectors).unwrap();
	text.push('\n');
	if std::env::var_os("SALUS_WRITE_VECTORS").is_some() {
		std::fs::create_dir_all(std::path::Path::new(PATH).parent().unwrap()).unwrap();
		std::fs::write(PATH, &text).unwrap();
	}
	let published = std::fs::read_to_string(PATH).expect("the vectors are published");
	assert!(published == text, "the format changed: envelopes of other releases would not open");
}

#[test]
fn published_envelopes_open() {
	let published = std::fs::read_to_string(PATH).expect("the vectors are published");
	let vectors: Value = serde_json::from_str(&published).unwrap();
	let bytes = |value: &Value| hex::decode(value.as_str().unwrap()).unwrap();
	let mut opened = 0;
	for vector in vectors["envelopes"].as_array().unwrap() {
		if let Some(sealed) = vector.get("sealed") {
			let key = SegmentKey::from_bytes(&bytes(&vector["key"]).try_into().unwrap());
			let len = vector["plaintext_len"].as_u64().unwrap() as usize;
			assert_eq!(*open_bytes(&key, &bytes(sealed)).unwrap(), content(len));
			opened += 1;
		}
	}
	assert_eq!(opened, 3);
	let base = seal_bytes_with_salt(&SegmentKey::from_bytes(&KEY), salt(3), &content(4089));
	for vector in vectors["refused"].as_array().unwrap() {
		let (key, changed) = apply(&base, &vector["change"]);
		let code = open_bytes(&key, &changed).unwrap_err().code();
		assert_eq!(vector["code"], code, "{}", vector["name"]);
	}
	let vector = &vectors["capsule_suite_2"];
	let secret = SecretKey::from_bytes(Suite::XWing, &bytes(&vector["recipient_secret"])).unwrap();
	assert_eq!(secret.public().unwrap().public(), bytes(&vector["recipient_public"]));
	let context = CapsuleContext {
		genesis: bytes(&vector["genesis"]).try_into().unwrap(),
		purpose: CapsulePurpose::Owner,
		record: RecordId(bytes(&vector["record"]).try_into().unwrap()),
		segment: 258,
	};
	let capsule = Capsule::from_bytes(&bytes(&vector["capsule"])).unwrap();
	assert_eq!(capsule.open_key(&secret, &context).unwrap(), SegmentKey::from_bytes(&KEY));
	for vector in vectors["capsules"].as_array().unwrap() {
		assert!(Capsule::from_bytes(&bytes(&vector["capsule"])).is_ok());
	}
}
