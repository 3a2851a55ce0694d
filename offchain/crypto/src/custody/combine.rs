// SPDX-License-Identifier: Apache-2.0
//! From the shares of any `t` seats to the key.

use super::{
	commitments::CommitmentVector, context::DealingContext, key, lagrange, release::SealedShare,
	scalar::SecretScalar,
};
use crate::{Error, Result, SecretKey, SegmentKey};
use curve25519_dalek::Scalar;
use salus_primitives::{
	custody::{DealingDigest, Seat, Seats},
	TicketId,
};
use std::collections::BTreeMap;

/// Collects the shares of one segment's secret for one ticket, verifies each, and combines them.
#[derive(Clone, Debug)]
pub struct ShareCombiner {
	context: DealingContext,
	digest: DealingDigest,
	ticket: TicketId,
	segment: u16,
	vector: Option<CommitmentVector>,
	values: BTreeMap<Seat, SecretScalar>,
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
		Ok(Self { context, digest, ticket, segment, vector: None, values: BTreeMap::new() })
	}

	/// Opens and verifies the share that the custodian at `seat` gave. When it is refused, the
	/// others are not affected: leave that seat out and ask another.
	///
	/// # Errors
	/// When the share does not open, is malformed, is not of the dealing on chain or is wrong. The
	/// seat is the one to name.
	pub fn add(&mut self, secret: &SecretKey, seat: Seat, share: &SealedShare) -> Result<()> {
		self.context.scheme.ensure_seat(seat)?;
		if self.values.contains_key(&seat) {
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
		if self.vector.is_none() {
			self.vector = Some(CommitmentVector::decode(opening.encoded).ok_or_else(unproven)?);
		}
		let Some(vector) = &self.vector else { return Err(unproven()) };
		if released.value.commit() != vector.to_share(seat) {
			return Err(Error::WrongShare { seat, segment: self.segment });
		}
		self.values.insert(seat, released.value);
		Ok(())
	}

	/// Whose shares are verified.
	pub fn seats(&self) -> Seats {
		self.values.keys().copied().collect()
	}

	/// Whether there are enough.
	pub fn is_complete(&self) -> bool {
		self.values.len() >= usize::from(self.context.scheme.threshold())
	}

	/// Combines the shares.
	///
	/// # Errors
	/// When there are fewer than the threshold.
	pub fn finish(&self) -> Result<SegmentKey> {
		let threshold = usize::from(self.context.scheme.threshold());
		let short = Error::TooFewShares {
			found: self.seats().len(),
			needed: u32::from(self.context.scheme.threshold()),
		};
		let Some(vector) = self.vector.as_ref().filter(|_| self.is_complete()) else {
			return Err(short);
		};
		let chosen = || self.values.iter().take(threshold);
		let seats = chosen().map(|(seat, _)| *seat).collect();
		let secret = interpolate(seats, chosen().map(|(_, value)| value), &Scalar::ZERO);
		// Each share was verified: this fails only where memory does.
		if secret.commit() != vector.to_secret() {
			return Err(Error::Internal { operation: "combining shares" });
		}
		key::derive(&secret, &self.context, self.segment)
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
