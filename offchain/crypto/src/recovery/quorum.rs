// SPDX-License-Identifier: Apache-2.0
//! How many guardians of how many.

use crate::{Error, Result};
use salus_primitives::custody::Seats;

/// Any `threshold` of `guardians` open a kit.
///
/// Unlike a committee's, the threshold need not be a majority: an owner may trust any two of five
/// friends, who have no other committee to fear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quorum {
	threshold: u8,
	guardians: u8,
}

impl Quorum {
	/// `threshold` of `guardians`.
	///
	/// # Errors
	/// When the threshold is zero or more than there are guardians, or there are more than 32.
	pub fn new(threshold: u8, guardians: u8) -> Result<Self> {
		let is_possible = (1..=guardians).contains(&threshold);
		if is_possible && u32::from(guardians) <= Seats::CAPACITY {
			Ok(Self { threshold, guardians })
		} else {
			Err(Error::InvalidQuorum { threshold, guardians: usize::from(guardians) })
		}
	}

	/// How many it takes.
	pub const fn threshold(self) -> u8 {
		self.threshold
	}

	/// How many there are.
	pub const fn guardians(self) -> u8 {
		self.guardians
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn any_threshold_from_one_to_all_is_possible() {
		for (threshold, guardians) in [(1, 1), (1, 5), (2, 5), (5, 5), (32, 32), (1, 32)] {
			let quorum = Quorum::new(threshold, guardians).unwrap();
			assert_eq!((quorum.threshold(), quorum.guardians()), (threshold, guardians));
		}
		for (threshold, guardians) in
			[(0, 0), (0, 1), (1, 0), (2, 1), (1, 33), (33, 33), (255, 255)]
		{
			let error = Quorum::new(threshold, guardians).unwrap_err();
			assert_eq!(error.code(), "RECOVERY_INVALID_QUORUM");
		}
	}
}
