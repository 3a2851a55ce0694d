// SPDX-License-Identifier: Apache-2.0
//! Interpolation through seats. What is computed here is public.

use super::scheme::abscissa;
use curve25519_dalek::Scalar;
use salus_primitives::custody::Seats;

/// By what the values at these seats are multiplied so that their sum is the value at `at`, in the
/// order of the seats. A set has no seat twice, so that no denominator is zero.
pub(super) fn coefficients(seats: Seats, at: &Scalar) -> Vec<Scalar> {
	let points: Vec<Scalar> = seats.iter().map(abscissa).collect();
	let product = |this: &Scalar, factor: &dyn Fn(&Scalar) -> Scalar| -> Scalar {
		points.iter().filter(|other| *other != this).map(factor).product()
	};
	let mut inverses: Vec<Scalar> =
		points.iter().map(|this| product(this, &|other| this - other)).collect();
	Scalar::invert_batch_alloc(&mut inverses);
	points
		.iter()
		.zip(&inverses)
		.map(|(this, inverse)| product(this, &|other| at - other) * inverse)
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::custody::Seat;

	#[test]
	fn a_line_is_found_again() {
		// f(x) = 5 + 7x at the seats 0 and 2, that is at x = 1 and x = 3.
		let seats: Seats = [Seat(2), Seat(0)].into_iter().collect();
		let values = [Scalar::from(12u8), Scalar::from(26u8)];
		for (at, expected) in [(0u8, 5u8), (2, 19), (1, 12)] {
			let sum: Scalar = coefficients(seats, &Scalar::from(at))
				.iter()
				.zip(&values)
				.map(|(factor, value)| factor * value)
				.sum();
			assert_eq!(sum, Scalar::from(expected));
		}
	}
}
