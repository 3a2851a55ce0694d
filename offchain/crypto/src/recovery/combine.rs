// SPDX-License-Identifier: Apache-2.0
//! From the shares of any `t` guardians to the keys.

use super::{
	kit::RecoveryKit,
	release::ReleasedShare,
	share::{Audience, Payload},
};
use crate::{custody::VerifiedShares, Error, Keystore, Result, SecretKey};
use salus_primitives::custody::Seats;

/// Collects the shares that guardians released, verifies each, and opens the kit. Needs nobody and
/// nothing else.
#[derive(Clone, Debug)]
pub struct KitCombiner<'a> {
	kit: &'a RecoveryKit,
	shares: Option<VerifiedShares>,
}

impl<'a> KitCombiner<'a> {
	/// For a kit.
	pub const fn new(kit: &'a RecoveryKit) -> Self {
		Self { kit, shares: None }
	}

	/// Opens and verifies a share with the key that it was asked for with. When it is refused, the
	/// others are not affected: leave it out and ask that guardian, or another one.
	///
	/// # Errors
	/// When the share is of another kit, its guardian gave one before, it does not open, or it is
	/// wrong. The guardian is named, by her number.
	pub fn add(&mut self, secret: &SecretKey, share: &ReleasedShare) -> Result<()> {
		if share.kit != self.kit.id() {
			return Err(Error::OtherKit { found: share.kit, expected: self.kit.id() });
		}
		let (place, _) = self.kit.place(usize::from(share.seat.0))?;
		if self.seats().contains(share.seat) {
			return Err(Error::GuardianRepeated { guardian: place.number() });
		}
		let payload = Payload::open(&place, Audience::Recovering, secret, &share.sealed)
			.ok_or_else(|| Error::GuardianShareNotOpened { guardian: place.number() })?;
		payload.verify(&place, &mut self.shares)
	}

	/// How many shares are verified, and how many it takes.
	pub fn progress(&self) -> (u32, u32) {
		(self.seats().len(), u32::from(self.kit.quorum().threshold()))
	}

	/// Opens the kit: a keystore with the encryption keys, and nothing that signs.
	///
	/// # Errors
	/// When there are too few shares, or the kit was changed.
	pub fn finish(&self) -> Result<Keystore> {
		let (found, needed) = self.progress();
		let shares = self.shares.as_ref().filter(|_| found >= needed);
		let shares = shares.ok_or(Error::TooFewGuardians { found, needed })?;
		let secret = shares.combine_bytes()?;
		self.kit.open_keys(&secret)
	}

	fn seats(&self) -> Seats {
		self.shares.as_ref().map_or(Seats::EMPTY, VerifiedShares::seats)
	}
}
