// SPDX-License-Identifier: Apache-2.0
//! HPKE (RFC 9180) in base mode with HKDF-SHA256 and AES-256-GCM. Suite 1 has DHKEM(X25519,
//! HKDF-SHA256), suite 2 X-Wing.

use crate::{
	keys::{PrivateKey, SecretKey},
	Error, Result,
};
use hpke::{
	aead::AesGcm256,
	kdf::HkdfSha256,
	kem::{X25519HkdfSha256, XWing},
	Deserializable, Kem, OpModeR, OpModeS, Serializable,
};
use rand::CryptoRng;
use salus_primitives::{EncryptionKey, Suite};
use zeroize::Zeroizing;

/// The tag of every suite.
pub(crate) const TAG: usize = 16;

/// The length of a suite's encapsulated key.
pub(crate) const fn encapsulated_len(suite: Suite) -> usize {
	match suite {
		Suite::X25519 => 32,
		Suite::XWing => 1120,
	}
}

/// What HPKE makes: suite, encapsulated key, ciphertext.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sealed {
	pub(crate) suite: Suite,
	encapsulated: Vec<u8>,
	ciphertext: Vec<u8>,
}

impl Sealed {
	pub(crate) fn to_bytes(&self) -> Vec<u8> {
		let mut bytes = Vec::with_capacity(1 + self.encapsulated.len() + self.ciphertext.len());
		bytes.push(self.suite.id());
		bytes.extend_from_slice(&self.encapsulated);
		bytes.extend_from_slice(&self.ciphertext);
		bytes
	}

	/// Reads the bytes; `None` when they are too short.
	pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Option<Self>> {
		let Some((suite, rest)) = bytes.split_first() else { return Ok(None) };
		let suite = Suite::from_id(*suite)
			.ok_or_else(|| Error::UnsupportedSuite { found: u64::from(*suite) })?;
		let split = rest.split_at_checked(encapsulated_len(suite));
		Ok(split.and_then(|(encapsulated, ciphertext)| {
			(ciphertext.len() >= TAG).then(|| Self {
				suite,
				encapsulated: encapsulated.to_vec(),
				ciphertext: ciphertext.to_vec(),
			})
		}))
	}

	pub(crate) fn ciphertext_len(&self) -> usize {
		self.ciphertext.len()
	}
}

pub(crate) fn seal(
	recipient: &EncryptionKey,
	info: &[u8],
	aad: &[u8],
	plaintext: &[u8],
	rng: &mut impl CryptoRng,
) -> Result<Sealed> {
	let suite = recipient.suite();
	let public = recipient.public();
	let (encapsulated, ciphertext) = match suite {
		Suite::X25519 => seal_for::<X25519HkdfSha256>(public, info, aad, plaintext, rng),
		Suite::XWing => seal_for::<XWing>(public, info, aad, plaintext, rng),
	}?;
	Ok(Sealed { suite, encapsulated, ciphertext })
}

fn seal_for<K: Kem>(
	public: &[u8],
	info: &[u8],
	aad: &[u8],
	plaintext: &[u8],
	rng: &mut impl CryptoRng,
) -> Result<(Vec<u8>, Vec<u8>)> {
	let public = K::PublicKey::from_bytes(public).map_err(|_| Error::InvalidRecipient)?;
	// Fails only when the exchange gives zero, that is for a public key of low order in suite 1.
	let (encapsulated, ciphertext) = hpke::single_shot_seal_with_rng::<AesGcm256, HkdfSha256, K>(
		&OpModeS::Base,
		&public,
		info,
		plaintext,
		aad,
		rng,
	)
	.map_err(|_| Error::InvalidRecipient)?;
	Ok((encapsulated.to_bytes().to_vec(), ciphertext))
}

/// Opens; `None` when the key, the info, the associated data or the bytes are not the sealed ones.
pub(crate) fn open(
	secret: &SecretKey,
	info: &[u8],
	aad: &[u8],
	sealed: &Sealed,
) -> Option<Zeroizing<Vec<u8>>> {
	match (secret.inner(), sealed.suite) {
		(PrivateKey::X25519(key), Suite::X25519) => {
			open_for::<X25519HkdfSha256>(key, info, aad, sealed)
		},
		(PrivateKey::XWing(key), Suite::XWing) => open_for::<XWing>(key, info, aad, sealed),
		_ => None,
	}
}

fn open_for<K: Kem>(
	key: &K::PrivateKey,
	info: &[u8],
	aad: &[u8],
	sealed: &Sealed,
) -> Option<Zeroizing<Vec<u8>>> {
	let encapsulated = K::EncappedKey::from_bytes(&sealed.encapsulated).ok()?;
	hpke::single_shot_open::<AesGcm256, HkdfSha256, K>(
		&OpModeR::Base,
		key,
		&encapsulated,
		info,
		&sealed.ciphertext,
		aad,
	)
	.ok()
	.map(Zeroizing::new)
}

/// The HPKE info: a length-prefixed label, the suite, the genesis hash and what follows. All parts
/// have fixed lengths for a label, so that it parses in one way only.
pub(crate) fn info(label: &str, suite: Suite, genesis: &[u8; 32], parts: &[&[u8]]) -> Vec<u8> {
	let mut info = Vec::with_capacity(128);
	info.push(u8::try_from(label.len()).unwrap_or(u8::MAX));
	info.extend_from_slice(label.as_bytes());
	info.push(suite.id());
	info.extend_from_slice(genesis);
	parts.iter().for_each(|part| info.extend_from_slice(part));
	info
}

/// Text in configuration, JSON and logs is hexadecimal.
macro_rules! hex_text {
	($name:ident) => {
		impl std::fmt::Display for $name {
			fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
				f.write_str("0x")?;
				f.write_str(&hex::encode(self.to_bytes()))
			}
		}

		impl serde::Serialize for $name {
			fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
				serializer.collect_str(self)
			}
		}

		impl<'de> serde::Deserialize<'de> for $name {
			fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
				let text = String::deserialize(d)?;
				let bytes = hex::decode(text.strip_prefix("0x").unwrap_or(&text))
					.map_err(serde::de::Error::custom)?;
				Self::from_bytes(&bytes).map_err(serde::de::Error::custom)
			}
		}
	};
}

pub(crate) use hex_text;

#[cfg(test)]
mod tests {
	use super::*;
	use crate::random::Fixed;
	use hex_literal::hex;

	/// The vector of RFC 9180 for this suite (mode 0, KEM 0x0020, KDF 0x0001, AEAD 0x0002) from
	/// test-vectors.json of the CFRG repository, first encryption. The RFC's own text prints only
	/// the AES-128-GCM and ChaCha20 variants of this KEM.
	mod rfc9180 {
		use super::*;

		pub(super) const INFO: [u8; 20] = hex!("4f6465206f6e2061204772656369616e2055726e");
		pub(super) const IKM_E: [u8; 32] =
			hex!("2cd7c601cefb3d42a62b04b7a9041494c06c7843818e0ce28a8f704ae7ab20f9");
		pub(super) const IKM_R: [u8; 32] =
			hex!("dac33b0e9db1b59dbbea58d59a14e7b5896e9bdf98fad6891e99d1686492b9ee");
		pub(super) const SK_R: [u8; 32] =
			hex!("497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d");
		pub(super) const PK_R: [u8; 32] =
			hex!("430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c");
		pub(super) const ENC: [u8; 32] =
			hex!("6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256");
		pub(super) const AAD: [u8; 7] = hex!("436f756e742d30");
		pub(super) const PT: [u8; 29] =
			hex!("4265617574792069732074727574682c20747275746820626561757479");
		pub(super) const CT: [u8; 45] = hex!(
			"e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a"
		);
	}

	#[test]
	fn rfc9180_keys_derive() {
		let secret = SecretKey::from_seed(&rfc9180::IKM_R);
		assert_eq!(secret.public().unwrap().public(), rfc9180::PK_R);
		let read = SecretKey::from_bytes(Suite::X25519, &rfc9180::SK_R).unwrap();
		assert_eq!(read.public().unwrap().public(), rfc9180::PK_R);
	}

	#[test]
	fn rfc9180_seals() {
		let recipient = EncryptionKey::new(Suite::X25519, &rfc9180::PK_R).unwrap();
		let mut rng = Fixed(rfc9180::IKM_E.to_vec());
		let sealed =
			seal(&recipient, &rfc9180::INFO, &rfc9180::AAD, &rfc9180::PT, &mut rng).unwrap();
		assert_eq!(sealed.encapsulated, rfc9180::ENC);
		assert_eq!(sealed.ciphertext, rfc9180::CT);
	}

	#[test]
	fn rfc9180_opens() {
		let secret = SecretKey::from_bytes(Suite::X25519, &rfc9180::SK_R).unwrap();
		let sealed = Sealed {
			suite: Suite::X25519,
			encapsulated: rfc9180::ENC.to_vec(),
			ciphertext: rfc9180::CT.to_vec(),
		};
		let opened = open(&secret, &rfc9180::INFO, &rfc9180::AAD, &sealed).unwrap();
		assert_eq!(*opened, rfc9180::PT);
	}

	/// The vectors of draft-connolly-cfrg-xwing-kem (appendix C): seed, encapsulation seed, shared
	/// secret, and the SHA-256 of public key and ciphertext, which have 1,216 and 1,120 bytes.
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

	/// AES-256-GCM under the key and nonce that RFC 9180's key schedule makes of a shared secret for
	/// KEM 0x647a, KDF 0x0001, AEAD 0x0002, written down from the RFC.
	fn x_wing_ciphertext(shared: &[u8], info: &[u8], aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
		use aes_gcm::{aead::Aead, aead::Payload, Aes256Gcm, KeyInit};
		use hkdf::Hkdf;
		use sha2::Sha256;

		let labeled = |label: &[u8], rest: &[u8]| {
			[b"HPKE-v1HPKE\x64\x7a\x00\x01\x00\x02", label, rest].concat()
		};
		let extract = |salt: &[u8], label: &[u8], input: &[u8]| {
			Hkdf::<Sha256>::extract(Some(salt), &labeled(label, input))
		};
		let (psk_id, info) =
			(extract(b"", b"psk_id_hash", b"").0, extract(b"", b"info_hash", info).0);
		let context = [&[0], &psk_id[..], &info[..]].concat();
		let (_, secret) = extract(shared, b"secret", b"");
		let expand = |label: &[u8], len: usize| {
			let mut out = vec![0; len];
			let info = [&(len as u16).to_be_bytes()[..], &labeled(label, &context)].concat();
			secret.expand(&info, &mut out).unwrap();
			out
		};
		let (key, nonce) = (expand(b"key", 32), expand(b"base_nonce", 12));
		let nonce: [u8; 12] = nonce.try_into().unwrap();
		let cipher = Aes256Gcm::new_from_slice(&key).unwrap();
		cipher.encrypt(&nonce.into(), Payload { msg: plaintext, aad }).unwrap()
	}

	#[test]
	fn x_wing_is_the_draft_s() {
		use sha2::{Digest, Sha256};

		for vector in X_WING {
			let [seed, randomness, shared, public, encapsulated] =
				vector.map(|text| hex::decode(text).unwrap());
			let secret = SecretKey::from_bytes(Suite::XWing, &seed).unwrap();
			let recipient = secret.public().unwrap();
			assert_eq!(Sha256::digest(recipient.public())[..], public);
			let mut rng = Fixed(randomness);
			let sealed = seal(&recipient, b"info", b"aad", b"a segment key", &mut rng).unwrap();
			assert_eq!(Sha256::digest(&sealed.encapsulated)[..], encapsulated);
			let expected = x_wing_ciphertext(&shared, b"info", b"aad", b"a segment key");
			assert_eq!(sealed.ciphertext, expected);
			assert_eq!(**open(&secret, b"info", b"aad", &sealed).unwrap(), b"a segment key"[..]);
		}
	}

	#[test]
	fn keys_of_one_suite_open_nothing_of_the_other() {
		let keys = [Suite::X25519, Suite::XWing].map(|suite| SecretKey::derive(suite, &[7; 32]));
		let mut rng = crate::random::generator().unwrap();
		for (own, other) in [(0, 1), (1, 0)] {
			let recipient = keys[own].public().unwrap();
			let sealed = seal(&recipient, b"", b"", b"secret", &mut rng).unwrap();
			assert!(open(&keys[own], b"", b"", &sealed).is_some());
			assert!(open(&keys[other], b"", b"", &sealed).is_none());
			let mut wrong = sealed.to_bytes();
			wrong[0] = keys[other].suite().id();
			let read = Sealed::from_bytes(&wrong).unwrap();
			assert!(read.is_none_or(|sealed| open(&keys[other], b"", b"", &sealed).is_none()));
		}
	}

	#[test]
	fn what_is_no_key_of_ml_kem_is_refused() {
		// Coefficients beyond the modulus.
		let recipient = EncryptionKey::new(Suite::XWing, &[0xff; 1216]).unwrap();
		let mut rng = crate::random::generator().unwrap();
		let error = seal(&recipient, b"", b"", b"secret", &mut rng).unwrap_err();
		assert_eq!(error.code(), "KEY_INVALID_RECIPIENT");
	}

	#[test]
	fn low_order_recipients_are_refused() {
		for public in [[0u8; 32], {
			let mut one = [0u8; 32];
			one[0] = 1;
			one
		}] {
			let recipient = EncryptionKey::new(Suite::X25519, &public).unwrap();
			let mut rng = Fixed(vec![7; 32]);
			let error = seal(&recipient, b"", b"", b"secret", &mut rng).unwrap_err();
			assert_eq!(error.code(), "KEY_INVALID_RECIPIENT");
		}
	}
}
