// SPDX-License-Identifier: Apache-2.0

use super::*;
use ml_kem::kem::Encapsulate;
use proptest::{collection::vec, prelude::*};
use sha2::Sha256;
use sha3::{Digest, Sha3_256};
use shake::{ExtendableOutput, Shake256, Update, XofReader};
use x25519_dalek::{x25519, X25519_BASEPOINT_BYTES};

const CLIENT_SHARE: usize = ENCAPSULATION_KEY + POINT;
const SERVER_SHARE: usize = CIPHERTEXT + POINT;

/// X25519 of another implementation, with a key that the test chose.
#[derive(Debug)]
struct Fixed([u8; 32]);

impl SupportedKxGroup for Fixed {
	fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
		Ok(Box::new(FixedStarted(self.0, x25519(self.0, X25519_BASEPOINT_BYTES))))
	}

	fn name(&self) -> NamedGroup {
		NamedGroup::X25519
	}
}

struct FixedStarted([u8; 32], [u8; 32]);

impl ActiveKeyExchange for FixedStarted {
	fn complete(self: Box<Self>, point: &[u8]) -> Result<SharedSecret, Error> {
		Ok(SharedSecret::from(&x25519(self.0, point.try_into().unwrap())[..]))
	}

	fn pub_key(&self) -> &[u8] {
		&self.1
	}

	fn group(&self) -> NamedGroup {
		NamedGroup::X25519
	}
}

fn fixed(key: &[u8]) -> Hybrid {
	Hybrid { classical: Box::leak(Box::new(Fixed(key.try_into().unwrap()))) }
}

/// The vectors of draft-connolly-cfrg-xwing-kem (appendix C): seed, encapsulation seed, shared secret,
/// and the SHA-256 of public key and ciphertext. X-Wing puts the same two parts together in the same
/// order; only what it makes of the two secrets is its own.
const X_WING: [[&str; 5]; 3] = [
	[
		"7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26",
		"3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e2\
		 35b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2",
		"d2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384",
		"2e816deebcd76c5c80d0cd2d174478871658e8e2ff42bc9d4a6e486372e856bb",
		"17cd532d657e44c897ca6583e548a5424fc70bf54f99515a4d2bcf99e3469f33",
	],
	[
		"badfd6dfaac359a5efbb7bcc4b59d538df9a04302e10c8bc1cbf1a0b3a5120ea",
		"17cda7cfad765f5623474d368ccca8af0007cd9f5e4c849f167a580b14aabdef\
		 aee7eef47cb0fca9767be1fda69419dfb927e9df07348b196691abaeb580b32d",
		"f2e86241c64d60f6649fbc6c5b7d17180b780a3f34355e64a85749949c45f150",
		"c42ba5f8430d7d2c83739338203819f090e8303ce9c8b02107c272bfa5376916",
		"1661ea86d608a1924ba30840cb0a65f13ae051e3aec9cf0f064efc0bc92f2154",
	],
	[
		"ef58538b8d23f87732ea63b02b4fa0f4873360e2841928cd60dd4cee8cc0d4c9",
		"22a96188d032675c8ac850933c7aff1533b94c834adbb69c6115bad4692d8619\
		 f90b0cdf8a7b9c264029ac185b70b83f2801f2f4b3f70c593ea3aeeb613a7f1b",
		"953f7f4e8c5b5049bdc771d1dffada0dd961477d1a2ae0988baa7ea6898d893f",
		"6b080d6b84f095342092fa7a22423e58bd681397ad0ef00eac92bd254db4fa95",
		"d3ca5578500344b5896cffc4fd740c9311946b82951df155e6fd86a7966b43c6",
	],
];

#[test]
fn shares_and_secrets_are_those_of_published_vectors() {
	for vector in X_WING {
		let [seed, randomness, shared, public, encapsulated] =
			vector.map(|text| hex::decode(text).unwrap());
		let mut keys = [0; 96];
		let mut expanded = Shake256::default();
		expanded.update(&seed);
		expanded.finalize_xof().read(&mut keys);
		let (client, server) = (fixed(&keys[64..]), fixed(&randomness[32..]));

		let started = client.start_from(keys[..64].try_into().unwrap()).unwrap();
		assert_eq!(Sha256::digest(&started.share)[..], public);
		let answered = server.answer(&started.share, randomness[..32].try_into().unwrap()).unwrap();
		assert_eq!(Sha256::digest(&answered.pub_key)[..], encapsulated);

		let secret = answered.secret.secret_bytes();
		assert_eq!(secret.len(), 64);
		let mut combined = Sha3_256::new();
		for part in [secret, &answered.pub_key[CIPHERTEXT..], &started.share[ENCAPSULATION_KEY..]] {
			Digest::update(&mut combined, part);
		}
		Digest::update(&mut combined, br"\.//^\");
		assert_eq!(combined.finalize()[..], shared);
		let same = Box::new(started).complete(&answered.pub_key).unwrap();
		assert_eq!(same.secret_bytes(), secret);
	}
}

#[test]
fn a_server_answers_with_both_halves_in_order() {
	let key = DecapsulationKey::from_seed([3; 64].into());
	let point = kx_group::X25519.start().unwrap();
	let share = [&key.encapsulation_key().to_bytes()[..], point.pub_key()].concat();
	assert_eq!(share.len(), CLIENT_SHARE);
	let answered = X25519_ML_KEM_768.start_and_complete(&share).unwrap();
	assert_eq!(answered.group, NamedGroup::from(0x11ec));
	assert_eq!(answered.pub_key.len(), SERVER_SHARE);
	let (ciphertext, answer) = answered.pub_key.split_at(CIPHERTEXT);
	let post_quantum = key.decapsulate_slice(ciphertext).unwrap();
	let classical = point.complete(answer).unwrap();
	let expected = [&post_quantum[..], classical.secret_bytes()].concat();
	assert_eq!(answered.secret.secret_bytes(), expected);
}

#[test]
fn a_client_takes_both_halves_in_order() {
	let started = X25519_ML_KEM_768.start().unwrap();
	let (key, point) = started.pub_key().split_at(ENCAPSULATION_KEY);
	let key = EncapsulationKey::new(key.try_into().unwrap()).unwrap();
	let (ciphertext, post_quantum) = key.encapsulate_with_rng(&mut rand::rng());
	let classical = kx_group::X25519.start_and_complete(point).unwrap();
	let share = [&ciphertext[..], &classical.pub_key].concat();
	let secret = started.complete(&share).unwrap();
	let expected = [&post_quantum[..], classical.secret.secret_bytes()].concat();
	assert_eq!(secret.secret_bytes(), expected);
}

#[test]
fn no_two_exchanges_have_a_share_in_common() {
	let started = [(); 2].map(|()| X25519_ML_KEM_768.start().unwrap());
	let [a, b] = started.each_ref().map(|one| one.pub_key().split_at(ENCAPSULATION_KEY));
	assert!(a.0 != b.0 && a.1 != b.1);
	let answered =
		[(); 2].map(|()| X25519_ML_KEM_768.start_and_complete(started[0].pub_key()).unwrap());
	let [a, b] = answered.each_ref().map(|one| one.pub_key.split_at(CIPHERTEXT));
	assert!(a.0 != b.0 && a.1 != b.1);
}

fn is_refused<T>(result: Result<T, Error>) -> bool {
	matches!(result, Err(Error::PeerMisbehaved(PeerMisbehaved::InvalidKeyShare)))
}

#[test]
fn what_is_no_share_is_refused() {
	let client = X25519_ML_KEM_768.start().unwrap().pub_key().to_vec();
	let server = X25519_ML_KEM_768.start_and_complete(&client).unwrap().pub_key;
	let complete = |share: &[u8]| X25519_ML_KEM_768.start().unwrap().complete(share);
	for length in [0, POINT, ENCAPSULATION_KEY, CLIENT_SHARE - 1, SERVER_SHARE] {
		assert!(is_refused(X25519_ML_KEM_768.start_and_complete(&client[..length])), "{length}");
	}
	for length in [0, POINT, CIPHERTEXT, SERVER_SHARE - 1] {
		assert!(is_refused(complete(&server[..length])), "{length}");
	}
	assert!(is_refused(X25519_ML_KEM_768.start_and_complete(&[&client[..], &[0]].concat())));
	assert!(is_refused(complete(&[&server[..], &[0]].concat())));
	assert!(is_refused(complete(&client)));

	// A coefficient of 3,329, which is not below the modulus.
	let mut unreduced = client.clone();
	unreduced[0] = 0x01;
	unreduced[1] = unreduced[1] & 0xf0 | 0x0d;
	assert!(is_refused(X25519_ML_KEM_768.start_and_complete(&unreduced)));

	// Points that give zeros whatever they are multiplied by.
	for low in [0, 1] {
		let mut point = [0; POINT];
		point[0] = low;
		let low_client = [&client[..ENCAPSULATION_KEY], &point].concat();
		assert!(is_refused(X25519_ML_KEM_768.start_and_complete(&low_client)));
		assert!(is_refused(complete(&[&server[..CIPHERTEXT], &point].concat())));
	}
}

#[test]
fn it_is_for_tls_1_3_only() {
	assert!(X25519_ML_KEM_768.usable_for_version(ProtocolVersion::TLSv1_3));
	assert!(!X25519_ML_KEM_768.usable_for_version(ProtocolVersion::TLSv1_2));
}

proptest! {
	#[test]
	fn any_bytes_are_taken_or_refused(share in vec(any::<u8>(), 0..1_300)) {
		if share.len() != CLIENT_SHARE {
			prop_assert!(is_refused(X25519_ML_KEM_768.start_and_complete(&share)));
		}
		if share.len() != SERVER_SHARE {
			prop_assert!(is_refused(X25519_ML_KEM_768.start().unwrap().complete(&share)));
		}
	}

	#[test]
	fn any_bytes_of_the_right_length_do_no_harm(
		client in vec(any::<u8>(), CLIENT_SHARE),
		server in vec(any::<u8>(), SERVER_SHARE),
	) {
		if let Err(error) = X25519_ML_KEM_768.start_and_complete(&client) {
			prop_assert!(is_refused::<()>(Err(error)));
		}
		if let Err(error) = X25519_ML_KEM_768.start().unwrap().complete(&server) {
			prop_assert!(is_refused::<()>(Err(error)));
		}
	}

	#[test]
	fn a_share_that_was_changed_gives_another_secret(
		at in 0..SERVER_SHARE,
		mask in 1..=u8::MAX,
	) {
		// The highest bit of a point does not count.
		prop_assume!(at != SERVER_SHARE - 1 || mask != 0x80);
		let started = X25519_ML_KEM_768.start().unwrap();
		let answered = X25519_ML_KEM_768.start_and_complete(started.pub_key()).unwrap();
		let mut share = answered.pub_key;
		share[at] ^= mask;
		if let Ok(secret) = started.complete(&share) {
			prop_assert_ne!(secret.secret_bytes(), answered.secret.secret_bytes());
		}
	}
}
