// SPDX-License-Identifier: Apache-2.0
//! The verified shares of a custodian.

use super::{
	commitments::DealingCommitments, context::DealingContext, dealing::SeatShares,
	scalar::SecretScalar,
};
use crate::{Error, Result};
use salus_primitives::{
	custody::{DealingDigest, Seat},
	merkle::Tree,
};
use zeroize::Zeroizing;

/// The shares of one seat in one dealing, verified: what a custodian keeps, releases from, and
/// deletes when the record is erased or the epoch retires.
#[derive(Clone, Debug)]
pub struct HeldShares {
	shares: SeatShares,
	tree: Tree,
}

impl HeldShares {
	/// Takes shares that were verified.
	pub(super) fn new(shares: SeatShares) -> Self {
		let tree = shares.commitments.tree();
		Self { shares, tree }
	}

	/// Reads back what [`to_bytes`](Self::to_bytes) gave, from a store that the custodian trusts as
	/// it trusts itself: the format is checked, the shares are not verified again.
	///
	/// # Errors
	/// When the bytes do not follow the format.
	pub fn restore(bytes: &[u8]) -> Result<Self> {
		SeatShares::from_bytes(bytes).map(Self::new)
	}

	/// The bytes to keep, as secret as the shares. They are the ones that were received.
	pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
		self.shares.to_bytes()
	}

	/// Whose they are.
	pub const fn seat(&self) -> Seat {
		self.shares.seat
	}

	/// What they are bound to.
	pub fn context(&self) -> &DealingContext {
		self.shares.context()
	}

	/// What the chain keeps of the dealing.
	pub fn digest(&self) -> DealingDigest {
		DealingDigest::from(&self.tree)
	}

	/// What the custodian signs to say that it holds its verified shares of the record that `owner`
	/// has.
	pub fn acknowledgement(&self, owner: &[u8; 32]) -> [u8; 32] {
		self.context().acknowledgement(owner, self.digest())
	}

	/// The commitments, for peers that repair and for the next committee.
	pub fn commitments(&self) -> &DealingCommitments {
		&self.shares.commitments
	}

	pub(super) const fn shares(&self) -> &SeatShares {
		&self.shares
	}

	pub(super) const fn tree(&self) -> &Tree {
		&self.tree
	}

	pub(super) fn values(&self) -> &[SecretScalar] {
		&self.shares.values
	}

	pub(super) fn value(&self, segment: u16) -> Result<&SecretScalar> {
		let segments = self.context().segments;
		self.shares
			.values
			.get(usize::from(segment))
			.ok_or(Error::InvalidSegment { segment, segments })
	}
}
