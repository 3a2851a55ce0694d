// SPDX-License-Identifier: Apache-2.0
//! Who computes together, and how many of them it takes.

use crate::{Error, Result};
use salus_primitives::custody::{Seat, Seats};
use std::{collections::BTreeSet, fmt};

/// The account of an aggregator on chain.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AggregatorId(pub [u8; 32]);

impl fmt::Debug for AggregatorId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("AggregatorId(0x")?;
		self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
		f.write_str(")")
	}
}

/// The aggregators of a job in the order that the chain has them. The aggregator at index `i` has
/// seat `i`, and its shares are the values at the point `i + 1`: points are distinct, never zero,
/// and nobody chooses his own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
	members: Vec<AggregatorId>,
	threshold: u8,
}

impl Roster {
	/// The most aggregators that a job may have. Locating wrong shares tries sets of seats, which
	/// stays cheap up to here.
	pub const MAX: usize = 16;

	/// A roster of which any `threshold` open the answer, and fewer see nothing.
	///
	/// # Errors
	/// When there are fewer than 2 or more than [`MAX`](Self::MAX) members, one is named twice, or
	/// the threshold is no majority. Two sets of a majority share a member, and one honest member
	/// is enough to keep a batch from being opened twice.
	pub fn new(members: Vec<AggregatorId>, threshold: u8) -> Result<Self> {
		let invalid = |reason| Error::InvalidParameter { parameter: "roster", reason };
		if members.len() < 2 || members.len() > Self::MAX {
			return Err(invalid("it takes 2 to 16 aggregators"));
		}
		if members.iter().collect::<BTreeSet<_>>().len() != members.len() {
			return Err(invalid("an aggregator is named twice"));
		}
		let votes = usize::from(threshold);
		if votes > members.len() || 2 * votes <= members.len() {
			return Err(invalid("the threshold is a majority, and at most all"));
		}
		Ok(Self { members, threshold })
	}

	/// The aggregators, by seat.
	pub fn members(&self) -> &[AggregatorId] {
		&self.members
	}

	/// How many open the answer.
	pub const fn threshold(&self) -> usize {
		self.threshold as usize
	}

	/// How many aggregators there are.
	pub fn size(&self) -> usize {
		self.members.len()
	}

	/// Every seat.
	pub fn seats(&self) -> Seats {
		Seats::all(self.size())
	}

	/// The seat of an aggregator.
	pub fn seat_of(&self, aggregator: &AggregatorId) -> Option<Seat> {
		self.members
			.iter()
			.position(|member| member == aggregator)
			.and_then(|at| u8::try_from(at).ok())
			.map(Seat)
	}

	/// How many seats, the first ones, get their shares whole. The others get a key from which
	/// their share is expanded: a polynomial of degree `threshold - 1` with a given value at zero
	/// may have any value at `threshold - 1` points.
	pub(crate) fn whole_shares(&self) -> usize {
		self.size() - self.threshold() + 1
	}

	/// # Errors
	/// When the roster has no such seat.
	pub(crate) fn ensure_seat(&self, seat: Seat) -> Result<()> {
		if usize::from(seat.0) < self.size() {
			Ok(())
		} else {
			Err(Error::InvalidSeat { seat })
		}
	}

	/// # Errors
	/// When a seat is not on the roster, or they are fewer than the threshold.
	pub(crate) fn ensure_subset(&self, subset: Seats) -> Result<()> {
		if let Some(seat) = subset.without(self.seats()).iter().next() {
			return Err(Error::InvalidSeat { seat });
		}
		let needed = u32::from(self.threshold);
		if subset.len() < needed {
			return Err(Error::TooFewAggregators { found: subset.len(), needed });
		}
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn members(count: u8) -> Vec<AggregatorId> {
		(0..count).map(|at| AggregatorId([at; 32])).collect()
	}

	#[test]
	fn a_threshold_is_a_majority() {
		for size in 2..=16 {
			for threshold in 0..=17 {
				let is_majority = threshold <= size && 2 * threshold > size;
				assert_eq!(Roster::new(members(size), threshold).is_ok(), is_majority);
			}
		}
	}

	#[test]
	fn rosters_are_bounded_and_name_nobody_twice() {
		assert!(Roster::new(members(1), 1).is_err());
		assert!(Roster::new(members(17), 9).is_err());
		let mut twice = members(3);
		twice[2] = twice[0];
		let error = Roster::new(twice, 2).unwrap_err();
		assert_eq!(error.code(), "MPC_INVALID_PARAMETER");
	}

	#[test]
	fn subsets_have_known_seats_and_the_threshold() {
		let roster = Roster::new(members(5), 3).unwrap();
		let seats = |seats: &[u8]| seats.iter().copied().map(Seat).collect::<Seats>();
		assert_eq!(roster.ensure_subset(seats(&[0, 2, 4])), Ok(()));
		assert_eq!(
			roster.ensure_subset(seats(&[0, 2])),
			Err(Error::TooFewAggregators { found: 2, needed: 3 })
		);
		assert_eq!(
			roster.ensure_subset(seats(&[0, 1, 2, 5])),
			Err(Error::InvalidSeat { seat: Seat(5) })
		);
		assert_eq!(roster.seat_of(&AggregatorId([4; 32])), Some(Seat(4)));
		assert_eq!(roster.seat_of(&AggregatorId([5; 32])), None);
	}
}
