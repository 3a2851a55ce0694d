// SPDX-License-Identifier: Apache-2.0
//! X25519MLKEM768 (draft-ietf-tls-ecdhe-mlkem), as a key exchange group of rustls.
//!
//! | what | is |
//! |---|---|
//! | the client's share | ML-KEM-768 encapsulation key (1,184 bytes) ‖ X25519 public key (32) |
//! | the server's share | ML-KEM-768 ciphertext (1,088 bytes) ‖ X25519 public key (32) |
//! | the secret | that of ML-KEM (32 bytes) ‖ that of X25519 (32) |
//!
//! Neither half is made here. ML-KEM is RustCrypto's, which makes suite 2 of sealed objects too; X25519
//! is the TLS provider's, which refuses points that give zeros. A ciphertext that was changed gives
//! another secret and no error (FIPS 203, implicit rejection): the handshake then fails by its
//! transcript.

use ml_kem::{
	kem::{Decapsulate, KeyExport},
	ml_kem_768::{Ciphertext, DecapsulationKey, EncapsulationKey},
	Key,
};
use rand::{rngs::SysRng, TryRng};
use rustls::{
	crypto::{
		ring::kx_group, ActiveKeyExchange, CompletedKeyExchange, SharedSecret, SupportedKxGroup,
	},
	ffdhe_groups::FfdheGroup,
	Error, NamedGroup, PeerMisbehaved, ProtocolVersion,
};
use zeroize::{Zeroize, Zeroizing};

/// The length of an encapsulation key, which the client's share begins with.
const ENCAPSULATION_KEY: usize = 1_184;
/// The length of a ciphertext, which the server's share begins with.
const CIPHERTEXT: usize = 1_088;
/// The length of a public key of X25519, which both end with.
const POINT: usize = 32;

/// The group, with X25519 of the TLS provider.
pub(super) static X25519_ML_KEM_768: Hybrid = Hybrid { classical: kx_group::X25519 };

/// ML-KEM-768 beside a classical exchange.
#[derive(Debug)]
pub(super) struct Hybrid {
	classical: &'static dyn SupportedKxGroup,
}

impl Hybrid {
	/// The client's half, from the randomness of the encapsulation key.
	fn start_from(&self, seed: &[u8; 64]) -> Result<Started, Error> {
		let classical = self.classical.start()?;
		let key = DecapsulationKey::from_seed((*seed).into());
		let share = [&key.encapsulation_key().to_bytes()[..], classical.pub_key()].concat();
		Ok(Started { classical, key, share })
	}

	/// The server's half, from the randomness of the ciphertext.
	fn answer(&self, share: &[u8], randomness: &[u8; 32]) -> Result<CompletedKeyExchange, Error> {
		let (key, point) = split(share, ENCAPSULATION_KEY)?;
		let key: &Key<EncapsulationKey> = key.try_into().map_err(|_| invalid())?;
		// Refuses coefficients that are not reduced (FIPS 203, 7.2).
		let key = EncapsulationKey::new(key).map_err(|_| invalid())?;
		let classical = self.classical.start_and_complete(point)?;
		let (ciphertext, mut shared) = key.encapsulate_deterministic(randomness.into());
		let secret = joined(&shared, &classical.secret);
		shared.as_mut_slice().zeroize();
		Ok(CompletedKeyExchange {
			group: self.name(),
			pub_key: [&ciphertext[..], &classical.pub_key].concat(),
			secret,
		})
	}
}

impl SupportedKxGroup for Hybrid {
	fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
		Ok(Box::new(self.start_from(&*random()?)?))
	}

	/// An encapsulation depends on the client's share, so it cannot be started before.
	fn start_and_complete(&self, share: &[u8]) -> Result<CompletedKeyExchange, Error> {
		self.answer(share, &*random()?)
	}

	fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
		None
	}

	fn name(&self) -> NamedGroup {
		NamedGroup::X25519MLKEM768
	}

	fn usable_for_version(&self, version: ProtocolVersion) -> bool {
		version == ProtocolVersion::TLSv1_3
	}
}

/// What a client keeps until the server has answered. The key wipes itself when it is dropped.
struct Started {
	classical: Box<dyn ActiveKeyExchange>,
	key: DecapsulationKey,
	share: Vec<u8>,
}

impl ActiveKeyExchange for Started {
	fn complete(self: Box<Self>, share: &[u8]) -> Result<SharedSecret, Error> {
		let (ciphertext, point) = split(share, CIPHERTEXT)?;
		let ciphertext: &Ciphertext = ciphertext.try_into().map_err(|_| invalid())?;
		let classical = self.classical.complete(point)?;
		let mut shared = self.key.decapsulate(ciphertext);
		let secret = joined(&shared, &classical);
		shared.as_mut_slice().zeroize();
		Ok(secret)
	}

	fn pub_key(&self) -> &[u8] {
		&self.share
	}

	fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
		None
	}

	fn group(&self) -> NamedGroup {
		NamedGroup::X25519MLKEM768
	}
}

/// The two parts of a share whose first one has this length.
fn split(share: &[u8], first: usize) -> Result<(&[u8], &[u8]), Error> {
	match share.split_at_checked(first) {
		Some((first, point)) if point.len() == POINT => Ok((first, point)),
		_ => Err(invalid()),
	}
}

/// The secret of both. It is wiped by who gets it, and written once: a vector that grows leaves copies.
fn joined(post_quantum: &[u8], classical: &SharedSecret) -> SharedSecret {
	let classical = classical.secret_bytes();
	let mut secret = Vec::with_capacity(post_quantum.len() + classical.len());
	secret.extend_from_slice(post_quantum);
	secret.extend_from_slice(classical);
	SharedSecret::from(secret)
}

/// Fresh random bytes.
pub(super) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, Error> {
	let mut bytes = Zeroizing::new([0; N]);
	SysRng.try_fill_bytes(bytes.as_mut_slice()).map_err(|_| Error::FailedToGetRandomBytes)?;
	Ok(bytes)
}

fn invalid() -> Error {
	PeerMisbehaved::InvalidKeyShare.into()
}

#[cfg(test)]
mod tests;
