// SPDX-License-Identifier: Apache-2.0
//! Public encryption keys of participants.

use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The longest public key of any suite: X-Wing, 1,216 bytes.
pub const MAX_PUBLIC_KEY: u32 = 1216;

/// The HPKE (RFC 9180) suite that a key is for.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum Suite {
	/// Suite 1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
	#[codec(index = 1)]
	X25519,
	/// Suite 2: X-Wing (X25519 with ML-KEM-768), HKDF-SHA256, AES-256-GCM.
	#[codec(index = 2)]
	XWing,
}

impl Suite {
	/// The number that formats carry.
	pub const fn id(self) -> u8 {
		match self {
			Self::X25519 => 1,
			Self::XWing => 2,
		}
	}

	/// The suite with this number.
	pub const fn from_id(id: u8) -> Option<Self> {
		match id {
			1 => Some(Self::X25519),
			2 => Some(Self::XWing),
			_ => None,
		}
	}

	/// The length of a public key in bytes.
	pub const fn public_key_len(self) -> usize {
		match self {
			Self::X25519 => 32,
			Self::XWing => 1216,
		}
	}
}

/// A public encryption key. Its length always fits its suite.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize,
)]
pub struct EncryptionKey {
	suite: Suite,
	public: BoundedVec<u8, ConstU32<MAX_PUBLIC_KEY>>,
}

/// A public key whose length does not fit its suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidEncryptionKey {
	/// Bytes that the suite wants.
	pub expected: usize,
	/// Bytes that were given.
	pub found: usize,
}

impl fmt::Display for InvalidEncryptionKey {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "a public key of {} bytes, expected {}", self.found, self.expected)
	}
}

impl core::error::Error for InvalidEncryptionKey {}

impl EncryptionKey {
	/// A key of `suite`.
	///
	/// # Errors
	/// When the length of `public` is not the suite's.
	pub fn new(suite: Suite, public: &[u8]) -> Result<Self, InvalidEncryptionKey> {
		let error = InvalidEncryptionKey { expected: suite.public_key_len(), found: public.len() };
		if public.len() != suite.public_key_len() {
			return Err(error);
		}
		let public = public.to_vec().try_into().map_err(|_| error)?;
		Ok(Self { suite, public })
	}

	/// The suite.
	pub const fn suite(&self) -> Suite {
		self.suite
	}

	/// The public key's bytes.
	pub fn public(&self) -> &[u8] {
		&self.public
	}
}

impl Decode for EncryptionKey {
	fn decode<I: codec::Input>(input: &mut I) -> Result<Self, codec::Error> {
		let suite = Suite::decode(input)?;
		let public = BoundedVec::<u8, ConstU32<MAX_PUBLIC_KEY>>::decode(input)?;
		Self::new(suite, &public).map_err(|_| "public key does not fit its suite".into())
	}
}

impl<'de> Deserialize<'de> for EncryptionKey {
	fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		#[derive(Deserialize)]
		struct Unchecked {
			suite: Suite,
			public: alloc::vec::Vec<u8>,
		}
		let key = Unchecked::deserialize(deserializer)?;
		Self::new(key.suite, &key.public).map_err(serde::de::Error::custom)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn length_fits_the_suite() {
		assert!(EncryptionKey::new(Suite::X25519, &[1; 32]).is_ok());
		assert!(EncryptionKey::new(Suite::XWing, &[1; 1216]).is_ok());
		assert_eq!(
			EncryptionKey::new(Suite::X25519, &[1; 33]),
			Err(InvalidEncryptionKey { expected: 32, found: 33 })
		);
	}

	#[test]
	fn a_wrong_length_does_not_decode() {
		let bytes = (Suite::X25519, alloc::vec![1u8; 31]).encode();
		assert!(EncryptionKey::decode(&mut &bytes[..]).is_err());
		let key = EncryptionKey::new(Suite::X25519, &[1; 32]).unwrap();
		assert_eq!(EncryptionKey::decode(&mut &key.encode()[..]), Ok(key));
	}

	#[test]
	fn suite_numbers_round_trip() {
		for suite in [Suite::X25519, Suite::XWing] {
			assert_eq!(Suite::from_id(suite.id()), Some(suite));
			assert_eq!(suite.encode(), [suite.id()]);
		}
		assert_eq!(Suite::from_id(0), None);
	}
}
