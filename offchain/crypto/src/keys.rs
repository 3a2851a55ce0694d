// SPDX-License-Identifier: Apache-2.0
//! Encryption keys of accounts and of tickets.

use crate::{random, Error, Result};
use hpke::{
	kem::{X25519HkdfSha256, XWing},
	Deserializable, HpkeError, Kem, Serializable,
};
use salus_primitives::{EncryptionKey, Suite};
use std::fmt;
use zeroize::Zeroizing;

/// The secret key of each suite.
#[derive(Clone)]
pub(crate) enum PrivateKey {
	X25519(<X25519HkdfSha256 as Kem>::PrivateKey),
	// It holds the expanded key too, some kilobytes.
	XWing(Box<<XWing as Kem>::PrivateKey>),
}

/// A secret encryption key. Wiped from memory when it is dropped.
#[derive(Clone)]
pub struct SecretKey(PrivateKey);

impl SecretKey {
	/// The length of a key in bytes: a scalar in suite 1, a seed in suite 2.
	pub const LEN: usize = 32;

	/// A fresh random key of suite 1.
	///
	/// # Errors
	/// When the operating system gives no random bytes.
	pub fn generate() -> Result<Self> {
		Self::generate_for(Suite::X25519)
	}

	/// A fresh random key of a suite.
	///
	/// # Errors
	/// When the operating system gives no random bytes.
	pub fn generate_for(suite: Suite) -> Result<Self> {
		Ok(Self::derive(suite, &*random::bytes()?))
	}

	/// The key of suite 1 that `DeriveKeyPair` of RFC 9180 makes of a seed. The seed is as secret as
	/// the key.
	pub fn from_seed(seed: &[u8; 32]) -> Self {
		Self::derive(Suite::X25519, seed)
	}

	/// The key that the suite's `DeriveKeyPair` makes of a seed.
	pub(crate) fn derive(suite: Suite, seed: &[u8; 32]) -> Self {
		Self(match suite {
			Suite::X25519 => PrivateKey::X25519(X25519HkdfSha256::derive_keypair(seed).0),
			Suite::XWing => PrivateKey::XWing(Box::new(XWing::derive_keypair(seed).0)),
		})
	}

	/// Reads a key that [`expose`](Self::expose) wrote.
	///
	/// # Errors
	/// When the length is not the suite's.
	pub fn from_bytes(suite: Suite, bytes: &[u8]) -> Result<Self> {
		let malformed =
			|_: HpkeError| Error::MalformedKey { suite, found: bytes.len(), expected: Self::LEN };
		let key = match suite {
			Suite::X25519 => Deserializable::from_bytes(bytes).map(PrivateKey::X25519),
			Suite::XWing => {
				Deserializable::from_bytes(bytes).map(|key| PrivateKey::XWing(Box::new(key)))
			},
		};
		key.map(Self).map_err(malformed)
	}

	/// The secret bytes.
	pub fn expose(&self) -> Zeroizing<[u8; Self::LEN]> {
		let mut bytes = Zeroizing::new([0u8; Self::LEN]);
		match &self.0 {
			PrivateKey::X25519(key) => key.write_exact(bytes.as_mut()),
			PrivateKey::XWing(key) => key.write_exact(bytes.as_mut()),
		}
		bytes
	}

	/// The suite that the key is for.
	pub const fn suite(&self) -> Suite {
		match &self.0 {
			PrivateKey::X25519(_) => Suite::X25519,
			PrivateKey::XWing(_) => Suite::XWing,
		}
	}

	/// The public key, as it is registered on chain.
	///
	/// # Errors
	/// Never for the suites that there are.
	pub fn public(&self) -> Result<EncryptionKey> {
		let public = match &self.0 {
			PrivateKey::X25519(key) => X25519HkdfSha256::sk_to_pk(key).to_bytes().to_vec(),
			PrivateKey::XWing(key) => XWing::sk_to_pk(key).to_bytes().to_vec(),
		};
		EncryptionKey::new(self.suite(), &public)
			.map_err(|_| Error::Internal { operation: "encoding a public key" })
	}

	pub(crate) const fn inner(&self) -> &PrivateKey {
		&self.0
	}
}

impl fmt::Debug for SecretKey {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("SecretKey(redacted)")
	}
}

/// A secret encryption key with its public key.
#[derive(Clone, Debug)]
pub struct EncryptionKeyPair {
	secret: SecretKey,
	public: EncryptionKey,
}

impl EncryptionKeyPair {
	/// A fresh random pair of suite 1.
	///
	/// # Errors
	/// When the operating system gives no random bytes.
	pub fn generate() -> Result<Self> {
		Self::generate_for(Suite::X25519)
	}

	/// A fresh random pair of a suite.
	///
	/// # Errors
	/// When the operating system gives no random bytes.
	pub fn generate_for(suite: Suite) -> Result<Self> {
		Self::from_secret(SecretKey::generate_for(suite)?)
	}

	/// The pair that belongs to a secret key.
	///
	/// # Errors
	/// Never for the suites that there are.
	pub fn from_secret(secret: SecretKey) -> Result<Self> {
		let public = secret.public()?;
		Ok(Self { secret, public })
	}

	/// The secret key.
	pub const fn secret(&self) -> &SecretKey {
		&self.secret
	}

	/// The public key.
	pub const fn public(&self) -> &EncryptionKey {
		&self.public
	}
}

/// The key pair of one ticket: custodians seal to it what they release.
///
/// It is made for one ticket and destroyed with it. Its bytes may be kept until then, because a
/// release that is asked for again gives the same bytes sealed to the same key.
#[derive(Clone, Debug)]
pub struct EphemeralKey(EncryptionKeyPair);

impl EphemeralKey {
	/// A fresh random key of suite 1 for one ticket.
	///
	/// # Errors
	/// When the operating system gives no random bytes.
	pub fn generate() -> Result<Self> {
		Self::generate_for(Suite::X25519)
	}

	/// A fresh random key of a suite for one ticket.
	///
	/// # Errors
	/// When the operating system gives no random bytes.
	pub fn generate_for(suite: Suite) -> Result<Self> {
		EncryptionKeyPair::generate_for(suite).map(Self)
	}

	/// Reads a kept key.
	///
	/// # Errors
	/// When the length is not the suite's.
	pub fn from_bytes(suite: Suite, bytes: &[u8]) -> Result<Self> {
		EncryptionKeyPair::from_secret(SecretKey::from_bytes(suite, bytes)?).map(Self)
	}

	/// The secret key that opens what was released.
	pub const fn secret(&self) -> &SecretKey {
		self.0.secret()
	}

	/// The public key that goes into the ticket.
	pub const fn public(&self) -> &EncryptionKey {
		self.0.public()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn bytes_round_trip() {
		for suite in [Suite::X25519, Suite::XWing] {
			let key = SecretKey::generate_for(suite).unwrap();
			let read = SecretKey::from_bytes(suite, &*key.expose()).unwrap();
			assert_eq!((key.suite(), read.suite()), (suite, suite));
			assert_eq!(key.expose(), read.expose());
			assert_eq!(key.public().unwrap(), read.public().unwrap());
			let ephemeral = EphemeralKey::from_bytes(suite, &*key.expose()).unwrap();
			assert_eq!(ephemeral.public(), &key.public().unwrap());
		}
	}

	#[test]
	fn wrong_lengths_are_refused() {
		for suite in [Suite::X25519, Suite::XWing] {
			let error = SecretKey::from_bytes(suite, &[1; 31]).unwrap_err();
			assert_eq!(error.code(), "KEY_MALFORMED");
		}
	}

	#[test]
	fn debug_shows_no_secret() {
		for suite in [Suite::X25519, Suite::XWing] {
			let pair = EncryptionKeyPair::from_secret(SecretKey::derive(suite, &[7; 32])).unwrap();
			let shown = format!("{:?} {:?}", pair, EphemeralKey(pair.clone()));
			assert!(shown.contains("SecretKey(redacted)"));
			assert!(!shown.contains(&hex::encode(*pair.secret().expose())));
			assert!(!shown.contains(&format!("{:?}", *pair.secret().expose())));
		}
	}
}
