// SPDX-License-Identifier: Apache-2.0
//! How many of how many.

use crate::{Error, Result};
use curve25519_dalek::Scalar;
use salus_primitives::custody::{Seat, Seats, MAX_COMMITTEE};

/// A `t` of `n` threshold scheme: any `t` of the `n` seats of a committee open a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ThresholdScheme {
	threshold: u8,
	size: u8,
}

impl ThresholdScheme {
	/// `threshold` of `size` seats.
	///
	/// # Errors
	/// When the threshold is no majority of the seats, there is no seat, or there are more than a
	/// committee may have. These are the chain's rules too.
	pub fn new(threshold: u8, size: u8) -> Result<Self> {
		let is_majority = threshold <= size && u16::from(threshold) * 2 > u16::from(size);
		if is_majority && u32::from(size) <= MAX_COMMITTEE {
			Ok(Self { threshold, size })
		} else {
			Err(Error::InvalidScheme { threshold, size })
		}
	}

	/// How many shares open a key.
	pub const fn threshold(self) -> u8 {
		self.threshold
	}

	/// How many seats there are.
	pub const fn size(self) -> u8 {
		self.size
	}

	/// Every seat.
	pub fn seats(self) -> Seats {
		Seats::all(usize::from(self.size))
	}

	pub(super) fn ensure_seat(self, seat: Seat) -> Result<()> {
		if seat.0 < self.size {
			Ok(())
		} else {
			Err(Error::InvalidSeat { seat })
		}
	}
}

/// Where the polynomial is evaluated for a seat. Never zero, where the secret is.
pub(super) fn abscissa(seat: Seat) -> Scalar {
	Scalar::from(u16::from(seat.0) + 1)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_threshold_is_a_majority() {
		for (threshold, size) in [(1, 1), (2, 2), (2, 3), (3, 5), (4, 7), (7, 7)] {
			let scheme = ThresholdScheme::new(threshold, size).unwrap();
			assert_eq!((scheme.threshold(), scheme.size()), (threshold, size));
			assert_eq!(scheme.seats().len(), u32::from(size));
		}
		for (threshold, size) in [(0, 0), (0, 1), (1, 2), (2, 4), (4, 3), (3, 6), (5, 8)] {
			let error = ThresholdScheme::new(threshold, size).unwrap_err();
			assert_eq!(error.code(), "CUSTODY_INVALID_SCHEME");
		}
	}

	#[test]
	fn no_seat_is_where_the_secret_is() {
		assert!((0..=u8::MAX).all(|seat| abscissa(Seat(seat)) != Scalar::ZERO));
	}
}
