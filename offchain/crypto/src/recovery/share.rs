// SPDX-License-Identifier: Apache-2.0
//! A guardian's share: what verifies it, and what it is bound to.

use super::{kit::KitId, quorum::Quorum, release::ReleasedShare};
use crate::{
	custody::VerifiedShares,
	random,
	sealing::{self, Sealed},
	Error, Result, SecretKey,
};
use rand::CryptoRng;
use salus_primitives::{custody::Seat, EncryptionKey, Suite};
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::Zeroizing;

const COMMITMENTS_LABEL: &[u8] = b"salus/recovery-commitments/1";

/// Who a share is sealed for: the guardian in the kit, or who recovers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
	Guardian,
	Recovering,
}

impl Audience {
	const fn label(self) -> &'static str {
		match self {
			Self::Guardian => "salus/recovery-share/1",
			Self::Recovering => "salus/recovery-release/1",
		}
	}
}

/// Whose share it is, of which kit. A sealed share opens in this place only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
	pub(super) genesis: [u8; 32],
	pub(super) kit: KitId,
	pub(super) owner: [u8; 32],
	pub(super) guardian: [u8; 32],
	pub(super) seat: Seat,
	pub(super) quorum: Quorum,
	pub(super) digest: [u8; 32],
}

impl Place {
	/// How people count: from one.
	pub(super) const fn number(&self) -> u8 {
		self.seat.0.saturating_add(1)
	}

	fn binding(&self, audience: Audience, suite: Suite) -> (Vec<u8>, Vec<u8>) {
		let info = sealing::info(audience.label(), suite, &self.genesis, &[&self.kit.0]);
		let mut aad = Vec::with_capacity(67);
		aad.extend_from_slice(&self.owner);
		aad.extend_from_slice(&self.guardian);
		aad.extend_from_slice(&[self.seat.0, self.quorum.threshold(), self.quorum.guardians()]);
		(info, aad)
	}
}

/// What is sealed: a share, and the commitments that it is verified against. They are hidden with
/// it, because a quantum computer would find the secret from them.
pub(super) struct Payload {
	value: Zeroizing<[u8; 32]>,
	commitments: Vec<[u8; 32]>,
}

impl Payload {
	pub(super) fn new(value: Zeroizing<[u8; 32]>, commitments: &[[u8; 32]]) -> Self {
		Self { value, commitments: commitments.to_vec() }
	}

	#[cfg(test)]
	pub(super) fn into_commitments(self) -> Vec<[u8; 32]> {
		self.commitments
	}

	/// The length for a threshold.
	pub(super) fn len(threshold: u8) -> usize {
		32 * (usize::from(threshold) + 1)
	}

	pub(super) fn seal(
		&self,
		place: &Place,
		audience: Audience,
		recipient: &EncryptionKey,
		rng: &mut impl CryptoRng,
	) -> Result<Sealed> {
		let (info, aad) = place.binding(audience, recipient.suite());
		sealing::seal(recipient, &info, &aad, &self.to_bytes(), rng)
	}

	pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
		// Reserved at once: a vector that grows leaves copies of the share behind.
		let len = 32usize.saturating_mul(self.commitments.len().saturating_add(1));
		let mut bytes = Zeroizing::new(Vec::with_capacity(len));
		bytes.extend_from_slice(self.value.as_ref());
		bytes.extend_from_slice(self.commitments.as_flattened());
		bytes
	}

	/// Opens what was sealed for this place; nothing when the key is not the one.
	pub(super) fn open(
		place: &Place,
		audience: Audience,
		secret: &SecretKey,
		sealed: &Sealed,
	) -> Option<Self> {
		let (info, aad) = place.binding(audience, sealed.suite);
		let bytes = sealing::open(secret, &info, &aad, sealed)?;
		let (value, commitments) = bytes.split_first_chunk::<32>()?;
		let (commitments, rest) = commitments.as_chunks::<32>();
		let is_whole =
			rest.is_empty() && commitments.len() == usize::from(place.quorum.threshold());
		is_whole.then(|| Self::new(Zeroizing::new(*value), commitments))
	}

	/// Adds the share to `shares`, which are those of other guardians or none yet, when the kit binds
	/// its commitments and they its value.
	pub(super) fn verify(self, place: &Place, shares: &mut Option<VerifiedShares>) -> Result<()> {
		let wrong = || Error::WrongGuardianShare { guardian: place.number() };
		if digest(&self.commitments) != place.digest {
			return Err(wrong());
		}
		if shares.is_none() {
			*shares = Some(VerifiedShares::new(self.commitments).ok_or_else(wrong)?);
		}
		let taken = shares.as_mut().is_some_and(|shares| shares.add_bytes(place.seat, &self.value));
		if taken {
			Ok(())
		} else {
			Err(wrong())
		}
	}
}

/// What a kit keeps of the commitments. They are of full entropy: it needs no salt to hide them.
pub(super) fn digest(commitments: &[[u8; 32]]) -> [u8; 32] {
	let mut hash = Sha256::new();
	hash.update(COMMITMENTS_LABEL);
	hash.update(commitments.as_flattened());
	hash.finalize().into()
}

/// The share of a guardian, opened and verified: what she may release.
pub struct GuardianShare {
	pub(super) place: Place,
	pub(super) payload: Payload,
}

impl GuardianShare {
	/// Which of the guardians holds it, counted from one.
	pub const fn guardian(&self) -> u8 {
		self.place.number()
	}

	/// Seals the share to the fresh key of who recovers.
	///
	/// # Errors
	/// When the key is unusable, or there is no randomness.
	///
	/// # Security
	/// Whoever has that key and enough shares has every key of the kit. That it is the owner's is for
	/// the guardian to find out first.
	pub fn release(&self, recipient: &EncryptionKey) -> Result<ReleasedShare> {
		self.release_with(recipient, &mut random::generator()?)
	}

	pub(super) fn release_with(
		&self,
		recipient: &EncryptionKey,
		rng: &mut impl CryptoRng,
	) -> Result<ReleasedShare> {
		let sealed = self.payload.seal(&self.place, Audience::Recovering, recipient, rng)?;
		let (threshold, seat) = (self.place.quorum.threshold(), self.place.seat);
		Ok(ReleasedShare { kit: self.place.kit, seat, threshold, sealed })
	}
}

impl fmt::Debug for GuardianShare {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("GuardianShare")
			.field("kit", &self.place.kit)
			.field("guardian", &self.guardian())
			.finish_non_exhaustive()
	}
}
