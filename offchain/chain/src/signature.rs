// SPDX-License-Identifier: Apache-2.0
//! Signatures over what does not go on chain.

use crate::{runtime::api::runtime_types::sp_runtime::MultiSignature, AccountId, Signer};
use codec::{Decode, Encode};
use serde::{de, Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use subxt_signer::sr25519;

/// An sr25519 signature, hexadecimal as text.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Signature([u8; 64]);

impl Signature {
	/// The bytes.
	pub const fn as_bytes(&self) -> &[u8; 64] {
		&self.0
	}
}

impl From<[u8; 64]> for Signature {
	fn from(bytes: [u8; 64]) -> Self {
		Self(bytes)
	}
}

impl Signer {
	/// Signs a message that is no transaction. It must begin with a label of its own, so that it can
	/// never stand in for one.
	pub fn sign(&self, message: &[u8]) -> Signature {
		Signature(self.keypair().sign(message).0)
	}
}

impl AccountId {
	/// Whether the key of this account made `signature` over `message`.
	pub fn verify(&self, message: &[u8], signature: &Signature) -> bool {
		let key = sr25519::PublicKey(*self.as_bytes());
		sr25519::verify(&sr25519::Signature(signature.0), message, &key)
	}
}

impl From<Signature> for MultiSignature {
	fn from(signature: Signature) -> Self {
		Self::Sr25519(signature.0)
	}
}

impl fmt::Debug for Signature {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "Signature(0x{})", hex::encode(self.0))
	}
}

impl Serialize for Signature {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(&format_args!("0x{}", hex::encode(self.0)))
	}
}

impl<'de> Deserialize<'de> for Signature {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		let text = String::deserialize(deserializer)?;
		let mut bytes = [0; 64];
		hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(&text), &mut bytes)
			.map_err(|_| de::Error::custom("expected 128 hexadecimal digits"))?;
		Ok(Self(bytes))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_signature_holds_for_its_account_and_message_only() {
		let (alice, bob) =
			(Signer::from_uri("//Alice").unwrap(), Signer::from_uri("//Bob").unwrap());
		let signature = alice.sign(b"label: message");
		assert!(alice.account().verify(b"label: message", &signature));
		assert!(!alice.account().verify(b"label: massage", &signature));
		assert!(!bob.account().verify(b"label: message", &signature));
		assert_eq!(Signature::from(*signature.as_bytes()), signature);
	}

	#[test]
	fn text_round_trips() {
		let signature = Signer::from_uri("//Alice").unwrap().sign(b"m");
		let text = serde_json::to_string(&signature).unwrap();
		assert_eq!(serde_json::from_str::<Signature>(&text).unwrap(), signature);
		assert!(serde_json::from_str::<Signature>("\"0x00\"").is_err());
	}
}
