// SPDX-License-Identifier: Apache-2.0
//! HPKE (RFC 9180) in base mode, suite 1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.

use crate::{
	keys::{supported, SecretKey},
	Error, Result,
};
use hpke::{
	aead::AesGcm256, kdf::HkdfSha256, kem::X25519HkdfSha256, Deserializable, Kem, OpModeR, OpModeS,
	Serializable,
};
use rand::CryptoRng;
use salus_primitives::{EncryptionKey, Suite};
use zeroize::Zeroizing;

type Encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey;

/// The encapsulated key of suite 1.
pub(crate) const ENCAPSULATED: usize = 32;
/// The tag of suite 1.
pub(crate) const TAG: usize = 16;

/// What HPKE makes: suite, encapsulated key, ciphertext.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sealed {
	pub(crate) suite: Suite,
	encapsulated: [u8; ENCAPSULATED],
	ciphertext: Vec<u8>,
}

impl Sealed {
	pub(crate) fn to_bytes(&self) -> Vec<u8> {
		let mut bytes = Vec::with_capacity(1 + ENCAPSULATED + self.ciphertext.len());
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
		supported(suite)?;
		Ok(rest.split_first_chunk::<ENCAPSULATED>().and_then(|(encapsulated, ciphertext)| {
			(ciphertext.len() >= TAG).then(|| Self {
				suite,
				encapsulated: *encapsulated,
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
	supported(suite)?;
	let public = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(recipient.public())
		.map_err(|_| Error::InvalidRecipient)?;
	// Fails only when the exchange gives zero, that is for a public key of low order.
	let (encapsulated, ciphertext) = hpke::single_shot_seal_with_rng::<
		AesGcm256,
		HkdfSha256,
		X25519HkdfSha256,
	>(&OpModeS::Base, &public, info, plaintext, aad, rng)
	.map_err(|_| Error::InvalidRecipient)?;
	let mut bytes = [0u8; ENCAPSULATED];
	encapsulated.write_exact(&mut bytes);
	Ok(Sealed { suite, encapsulated: bytes, ciphertext })
}

/// Opens; `None` when the key, the info, the associated data or the bytes are not the sealed ones.
pub(crate) fn open(
	secret: &SecretKey,
	info: &[u8],
	aad: &[u8],
	sealed: &Sealed,
) -> Option<Zeroizing<Vec<u8>>> {
	let encapsulated = Encapsulated::from_bytes(&sealed.encapsulated).ok()?;
	hpke::single_shot_open::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
		&OpModeR::Base,
		secret.inner(),
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
			encapsulated: rfc9180::ENC,
			ciphertext: rfc9180::CT.to_vec(),
		};
		let opened = open(&secret, &rfc9180::INFO, &rfc9180::AAD, &sealed).unwrap();
		assert_eq!(*opened, rfc9180::PT);
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
