// SPDX-License-Identifier: Apache-2.0
//! Encryption keys of accounts and of tickets.

use crate::{random, Error, Result};
use hpke::{kem::X25519HkdfSha256, Deserializable, Kem, Serializable};
use salus_primitives::{EncryptionKey, Suite};
use std::fmt;
use zeroize::Zeroizing;

pub(crate) type PrivateKey = <X25519HkdfSha256 as Kem>::PrivateKey;

/// A secret encryption key. Wiped from memory when it is dropped.
#[derive(Clone)]
pub struct SecretKey(PrivateKey);

impl SecretKey {
	/// The length of a suite 1 key in bytes.
	pub const LEN: usize = 32;

	/// A fresh random key of suite 1.
	///
	/// # Errors
	/// When the operating system gives no random bytes.
	pub fn generate() -> Result<Self> {
		Ok(Self::from_seed(&*random::bytes()?))
	}

	/// The key that `DeriveKeyPair` of RFC 9180 makes of a seed. The seed is as secret as the key.
	pub fn from_seed(seed: &[u8; 32]) -> Self {
		Self(X25519HkdfSha256::derive_keypair(seed).0)
	}

	/// Reads a key that [`expose`](Self::expose) wrote.
	///
	/// # Errors
	/// When the suite is not supported or the length is not the suite's.
	pub fn from_bytes(suite: Suite, bytes: &[u8]) -> Result<Self> {
		supported(suite)?;
		PrivateKey::from_bytes(bytes).map(Self).map_err(|_| Error::MalformedKey {
			suite,
			found: bytes.len(),
			expected: Self::LEN,
		})
	}

	/// The secret bytes.
	pub fn expose(&self) -> Zeroizing<[u8; Self::LEN]> {
		let mut bytes = Zeroizing::new([0u8; Self::LEN]);
		self.0.write_exact(bytes.as_mut());
		bytes
	}

	/// The suite that the key is for.
	pub const fn suite(&self) -> Suite {
		Suite::X25519
	}

	/// The public key, as it is registered on chain.
	///
	/// # Errors
	/// Never for suite 1.
	pub fn public(&self) -> Result<EncryptionKey> {
		let public = X25519HkdfSha256::sk_to_pk(&self.0).to_bytes();
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

/// Refuses the suites that this release does not implement.
pub(crate) const fn supported(suite: Suite) -> Result<()> {
	match suite {
		Suite::X25519 => Ok(()),
		other => Err(Error::UnsupportedSuite { found: other.id() as u64 }),
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
		Self::from_secret(SecretKey::generate()?)
	}

	/// The pair that belongs to a secret key.
	///
	/// # Errors
	/// Never for suite 1.
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
	/// A fresh random key for one ticket.
	///
	/// # Errors
	/// When the operating system gives no random bytes.
	pub fn generate() -> Result<Self> {
		EncryptionKeyPair::generate().map(Self)
	}

	/// Reads a kept key.
	///
	/// # Errors
	/// When the suite is not supported or the length is not the suite's.
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
		let key = SecretKey::generate().unwrap();
		let read = SecretKey::from_bytes(Suite::X25519, &*key.expose()).unwrap();
		assert_eq!(key.expose(), read.expose());
		assert_eq!(key.public().unwrap(), read.public().unwrap());
		let ephemeral = EphemeralKey::from_bytes(Suite::X25519, &*key.expose()).unwrap();
		assert_eq!(ephemeral.public(), &key.public().unwrap());
	}

	#[test]
	fn wrong_lengths_and_suites_are_refused() {
		let code = |suite, bytes: &[u8]| SecretKey::from_bytes(suite, bytes).unwrap_err().code();
		assert_eq!(code(Suite::X25519, &[1; 31]), "KEY_MALFORMED");
		assert_eq!(code(Suite::XWing, &[1; 32]), "UNSUPPORTED_SUITE");
	}

	#[test]
	fn debug_shows_no_secret() {
		let pair = EncryptionKeyPair::from_secret(SecretKey::from_seed(&[7; 32])).unwrap();
		let shown = format!("{:?} {:?}", pair, EphemeralKey(pair.clone()));
		assert!(shown.contains("SecretKey(redacted)"));
		assert!(!shown.contains(&hex::encode(*pair.secret().expose())));
		assert!(!shown.contains(&format!("{:?}", *pair.secret().expose())));
	}
}
