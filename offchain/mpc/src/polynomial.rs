// SPDX-License-Identifier: Apache-2.0
//! Interpolation at public points, and which of too many values is wrong.
//!
//! Points and coefficients are public. Values are multiplied and added by `prio`'s field code.

use crate::field::Field;
use salus_primitives::custody::{Seat, Seats};
use std::sync::OnceLock;

/// The point of a seat: never zero, and another for each.
pub(crate) fn point<F: Field>(seat: Seat) -> F {
	F::from_number(u64::from(seat.0) + 1)
}

/// Lagrange's coefficients: the value at `at` of the polynomial through distinct points `xs` is the
/// sum of the values times these.
pub(crate) fn lagrange<F: Field>(xs: &[F], at: F) -> Vec<F> {
	xs.iter()
		.map(|own| {
			let others = xs.iter().filter(|other| *other != own);
			let (above, below) = others.fold((F::one(), F::one()), |(above, below), other| {
				(above * (at - *other), below * (*own - *other))
			});
			above * below.inv()
		})
		.collect()
}

fn dot<F: Field>(coefficients: &[F], values: impl Iterator<Item = F>) -> F {
	coefficients
		.iter()
		.zip(values)
		.fold(F::zero(), |sum, (coefficient, value)| sum + *coefficient * value)
}

/// How values of given seats are read as those of polynomials of degree `threshold - 1`.
#[derive(Clone, Debug)]
pub(crate) struct Code<F> {
	seats: Vec<Seat>,
	threshold: usize,
	/// From the first `threshold` values to the value at zero.
	zero: Vec<F>,
	/// From the first `threshold` values to each further one.
	further: Vec<Vec<F>>,
	/// Which values could be left out, the fewest first, and the code of the rest. Made when the
	/// first wrong value comes: a dealer of many wrong reports must not cost more each time.
	without: OnceLock<Vec<(Vec<usize>, Self)>>,
}

/// What redundant values say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
	/// All lie on one polynomial.
	Consistent,
	/// All but those of these seats lie on one polynomial, and no other set of as many or fewer
	/// explains it.
	Located(Seats),
	/// They lie on no polynomial, and too few are left to say who is wrong.
	Inconsistent,
}

impl<F: Field> Code<F> {
	/// The code of these seats, at least `threshold` of them.
	pub(crate) fn new(seats: Seats, threshold: usize) -> Self {
		let seats: Vec<Seat> = seats.iter().collect();
		let points: Vec<F> = seats.iter().copied().map(point).collect();
		let (base, further) = points.split_at(threshold.min(points.len()));
		Self {
			zero: lagrange(base, F::zero()),
			further: further.iter().map(|at| lagrange(base, *at)).collect(),
			seats,
			threshold,
			without: OnceLock::new(),
		}
	}

	fn without(&self) -> &[(Vec<usize>, Self)] {
		self.without.get_or_init(|| {
			(1..=self.locatable())
				.flat_map(|wrong| Combinations::new(self.seats.len(), wrong))
				.map(|left_out| {
					let seats = self.seats.iter().enumerate();
					let rest =
						seats.filter(|(at, _)| !left_out.contains(at)).map(|(_, seat)| *seat);
					let code = Self::new(rest.collect(), self.threshold);
					(left_out, code)
				})
				.collect()
		})
	}

	/// The value at zero of the polynomial through the values of the first seats.
	pub(crate) fn at_zero(&self, value: impl Fn(usize) -> F) -> F {
		dot(&self.zero, (0..self.threshold).map(value))
	}

	/// Whether the values of all seats lie on one polynomial.
	pub(crate) fn is_consistent(&self, value: impl Fn(usize) -> F) -> bool {
		self.further.iter().enumerate().all(|(at, coefficients)| {
			dot(coefficients, (0..self.threshold).map(&value)) == value(self.threshold + at)
		})
	}

	/// How many wrong values can be located: with `m` values and `e` wrong ones, two polynomials
	/// that each miss at most `e` of them agree in `m - 2e` points, and are the same when that is
	/// `threshold` or more.
	pub(crate) fn locatable(&self) -> usize {
		(self.seats.len() - self.threshold) / 2
	}

	/// Reads vectors of values, one vector for each seat.
	pub(crate) fn judge(&self, vectors: &[&[F]]) -> Verdict {
		let len = vectors.first().map_or(0, |vector| vector.len());
		let holds = |code: &Self, vectors: &[&[F]]| {
			(0..len).all(|at| code.is_consistent(|seat| vectors[seat][at]))
		};
		if holds(self, vectors) {
			return Verdict::Consistent;
		}
		for (left_out, code) in self.without() {
			let kept: Vec<&[F]> = (vectors.iter().enumerate())
				.filter(|(at, _)| !left_out.contains(at))
				.map(|(_, vector)| *vector)
				.collect();
			if holds(code, &kept) {
				return Verdict::Located(left_out.iter().map(|at| self.seats[*at]).collect());
			}
		}
		Verdict::Inconsistent
	}
}

/// Every way to choose some of the first numbers, in lexicographic order.
struct Combinations {
	among: usize,
	next: Option<Vec<usize>>,
}

impl Combinations {
	fn new(among: usize, chosen: usize) -> Self {
		Self { among, next: (chosen <= among).then(|| (0..chosen).collect()) }
	}
}

impl Iterator for Combinations {
	type Item = Vec<usize>;

	fn next(&mut self) -> Option<Vec<usize>> {
		let current = self.next.take()?;
		let count = current.len();
		let movable = (0..count).rev().find(|at| current[*at] < self.among - count + at);
		self.next = movable.map(|at| {
			let mut following = current.clone();
			for (step, place) in following[at..].iter_mut().enumerate() {
				*place = current[at] + 1 + step;
			}
			following
		});
		Some(current)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use prio::field::{Field64, FieldElement};
	use proptest::prelude::*;

	/// The values at the points of the first seats of a polynomial with these coefficients.
	fn values(coefficients: &[u64], seats: usize) -> Vec<Field64> {
		(0..seats)
			.map(|seat| {
				let x = point::<Field64>(Seat(seat as u8));
				let horner = |sum, next: &u64| sum * x + Field64::from(*next);
				coefficients.iter().rev().fold(Field64::zero(), horner)
			})
			.collect()
	}

	fn judge(threshold: usize, values: &[Field64]) -> Verdict {
		let rows: Vec<[Field64; 1]> = values.iter().map(|value| [*value]).collect();
		let vectors: Vec<&[Field64]> = rows.iter().map(|row| row.as_slice()).collect();
		Code::new(Seats::all(values.len()), threshold).judge(&vectors)
	}

	#[test]
	fn combinations_are_all_of_them_once() {
		let all: Vec<_> = Combinations::new(4, 2).collect();
		assert_eq!(all, [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]);
		assert_eq!(Combinations::new(3, 3).count(), 1);
		assert_eq!(Combinations::new(2, 3).count(), 0);
		assert_eq!(Combinations::new(16, 3).count(), 560);
	}

	#[test]
	fn with_the_threshold_alone_everything_is_consistent() {
		assert_eq!(judge(2, &values(&[5, 7, 9], 2)), Verdict::Consistent);
		assert_eq!(judge(2, &values(&[5, 7, 9], 3)), Verdict::Inconsistent);
	}

	#[test]
	fn errors_in_different_elements_are_located_together() {
		let right = values(&[1, 2, 3], 7);
		let mut rows: Vec<Vec<Field64>> = right.iter().map(|value| vec![*value; 3]).collect();
		rows[1][0] += Field64::one();
		rows[4][2] += Field64::one();
		let vectors: Vec<&[Field64]> = rows.iter().map(Vec::as_slice).collect();
		let code = Code::new(Seats::all(7), 3);
		assert_eq!(
			code.judge(&vectors),
			Verdict::Located([Seat(1), Seat(4)].into_iter().collect())
		);
	}

	proptest! {
		#[test]
		fn every_subset_gives_the_same_value_at_zero(
			coefficients in prop::collection::vec(any::<u64>().prop_map(|n| n >> 1), 1..6),
			extra in 0usize..5,
			drop in any::<u16>(),
		) {
			let threshold = coefficients.len();
			let size = threshold + extra;
			let values = values(&coefficients, size);
			let mut seats = Seats::all(size);
			for seat in 0..size {
				if seats.len() as usize > threshold && drop >> seat & 1 == 1 {
					seats.remove(Seat(seat as u8));
				}
			}
			let code = Code::new(seats, threshold);
			let kept: Vec<Seat> = seats.iter().collect();
			let value = |at: usize| values[usize::from(kept[at].0)];
			prop_assert!(code.is_consistent(value));
			prop_assert_eq!(code.at_zero(value), Field64::from(coefficients[0]));
		}

		#[test]
		fn wrong_values_are_located_when_enough_are_right_and_otherwise_never_blamed_on_others(
			coefficients in prop::collection::vec(any::<u64>().prop_map(|n| n >> 1), 1..5),
			extra in 1usize..7,
			wrong in prop::collection::btree_map(0usize..11, 1u64..u64::MAX >> 1, 1..4),
		) {
			let threshold = coefficients.len();
			let size = threshold + extra;
			let mut values = values(&coefficients, size);
			let mut seats = Seats::EMPTY;
			for (at, error) in wrong.iter().filter(|(at, _)| **at < size) {
				values[*at] += Field64::from(*error);
				seats.insert(Seat(*at as u8));
			}
			let verdict = judge(threshold, &values);
			match seats.len() as usize {
				0 => prop_assert_eq!(verdict, Verdict::Consistent),
				count if count <= extra / 2 => prop_assert_eq!(verdict, Verdict::Located(seats)),
				// With more liars than can be located, they could agree on another polynomial; random
				// errors do not.
				count if count <= extra => prop_assert_eq!(verdict, Verdict::Inconsistent),
				_ => {},
			}
		}
	}
}
