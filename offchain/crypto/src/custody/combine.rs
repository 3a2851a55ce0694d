// SPDX-License-Identifier: Apache-2.0
//! From the shares of any `t` seats to the key.

use super::{
	context::DealingContext, key, lagrange, release::SealedShare, scalar::SecretScalar,
	verified::VerifiedShares,
};
use crate::{Error, Result, SecretKey, SegmentKey};
use curve25519_dalek::Scalar;
use salus_primitives::{
	custody::{DealingDigest, Seat, Seats},
	TicketId,
};

/// Collects the shares of one segment's secret for one ticket, verifies each, and combines them.
#[derive(Clone, Debug)]
pub struct ShareCombiner {
	context: DealingContext,
	digest: DealingDigest,
	ticket: TicketId,
	segment: u16,
	shares: Option<VerifiedShares>,
}

impl ShareCombiner {
	/// For a segment of the dealing that the chain describes by `context` and `digest`.
	///
	/// # Errors
	/// When the dealing has no such segment.
	pub fn new(
		context: DealingContext,
		digest: DealingDigest,
		ticket: TicketId,
		segment: u16,
	) -> Result<Self> {
		context.ensure_segment(segment)?;
		Ok(Self { context, digest, ticket, segment, shares: None })
	}

	/// Opens and verifies the share that the custodian at `seat` gave. When it is refused, the
	/// others are not affected: leave that seat out and ask another.
	///
	/// # Errors
	/// When the share does not open, is malformed, is not of the dealing on chain or is wrong. The
	/// seat is the one to name.
	pub fn add(&mut self, secret: &SecretKey, seat: Seat, share: &SealedShare) -> Result<()> {
		self.context.scheme.ensure_seat(seat)?;
		if self.seats().contains(seat) {
			return Err(Error::SeatRepeated { seat });
		}
		let released = share
			.open(secret, &self.context, &self.ticket, self.segment, seat)
			.map_err(|error| match error {
				// What it holds is the custodian's doing: it has authenticated.
				Error::MalformedCustody { .. } => Error::ShareUnproven { seat },
				error => error,
			})?;
		let unproven = || Error::ShareUnproven { seat };
		let opening = released.opening;
		if !opening.is_bound(&self.context, self.segment, &self.digest) {
			return Err(unproven());
		}
		// The digest binds one vector only: its points are read once.
		if self.shares.is_none() {
			self.shares = Some(VerifiedShares::new(opening.encoded).ok_or_else(unproven)?);
		}
		let Some(shares) = &mut self.shares else { return Err(unproven()) };
		if shares.add(seat, released.value) {
			Ok(())
		} else {
			Err(Error::WrongShare { seat, segment: self.segment })
		}
	}

	/// Whose shares are verified.
	pub fn seats(&self) -> Seats {
		self.shares.as_ref().map_or(Seats::EMPTY, VerifiedShares::seats)
	}

	/// Whether there are enough.
	pub fn is_complete(&self) -> bool {
		self.seats().len() >= u32::from(self.context.scheme.threshold())
	}

	/// Combines the shares.
	///
	/// # Errors
	/// When there are fewer than the threshold.
	pub fn finish(&self) -> Result<SegmentKey> {
		let needed = u32::from(self.context.scheme.threshold());
		let shares = self.shares.as_ref().ok_or(Error::TooFewShares { found: 0, needed })?;
		key::derive(&shares.combine()?, &self.context, self.segment)
	}
}

/// The value at `at` of the polynomial through the values of these seats, in their order.
pub(super) fn interpolate<'a>(
	seats: Seats,
	values: impl Iterator<Item = &'a SecretScalar>,
	at: &Scalar,
) -> SecretScalar {
	let mut sum = SecretScalar::ZERO;
	for (factor, value) in lagrange::coefficients(seats, at).iter().zip(values) {
		sum.add_scaled(value, factor);
	}
	sum
}
