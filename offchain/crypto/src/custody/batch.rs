// SPDX-License-Identifier: Apache-2.0
//! Many verifications at the price of a few.

use super::scalar::SecretScalar;
use curve25519_dalek::{traits::VartimeMultiscalarMul, RistrettoPoint, Scalar};
use rand::{CryptoRng, RngExt};

/// Equations `share * G = sum(factor * point)`, of which a random linear combination is checked.
///
/// Each equation gets a random factor of 128 bits that nobody knows beforehand. When one of them
/// does not hold, the combination holds with probability 2^-128 at most: for fixed other factors
/// there is one factor at most with which it does, because the group has prime order.
///
/// The points and factors are public to who verifies, and take variable time. The shares are only
/// ever multiplied by a factor and added up, and their sum is committed to in constant time.
pub(super) struct Batch<R> {
	rng: R,
	sum: SecretScalar,
	factors: Vec<Scalar>,
	points: Vec<RistrettoPoint>,
}

impl<R: CryptoRng> Batch<R> {
	/// No equation yet; `terms` is how many terms they will have in all.
	pub(super) fn new(rng: R, terms: usize) -> Self {
		let (factors, points) = (Vec::with_capacity(terms), Vec::with_capacity(terms));
		Self { rng, sum: SecretScalar::ZERO, factors, points }
	}

	/// Begins an equation about `share` and returns its random factor, by which each of its terms
	/// has to be multiplied.
	pub(super) fn equation(&mut self, share: &SecretScalar) -> Scalar {
		let factor = Scalar::from(self.rng.random::<u128>());
		self.sum.add_scaled(share, &factor);
		factor
	}

	/// Adds a term to the right side.
	pub(super) fn term(&mut self, factor: Scalar, point: &RistrettoPoint) {
		self.factors.push(factor);
		self.points.push(*point);
	}

	/// Adds the terms of a polynomial in a point of the field, given the commitments to its
	/// coefficients from the constant one on.
	pub(super) fn polynomial(&mut self, factor: Scalar, x: &Scalar, points: &[RistrettoPoint]) {
		let mut factor = factor;
		for point in points {
			self.term(factor, point);
			factor *= x;
		}
	}

	/// Whether every equation holds.
	pub(super) fn holds(&self) -> bool {
		RistrettoPoint::vartime_multiscalar_mul(&self.factors, &self.points) == self.sum.commit()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		custody::{commitments::CommitmentVector, polynomial::Polynomial, scheme::abscissa},
		random,
	};
	use salus_primitives::custody::Seat;

	#[test]
	fn one_wrong_equation_among_many_is_noticed() {
		let mut rng = random::generator().unwrap();
		let (seat, threshold) = (Seat(2), 3);
		for wrong in [None, Some(0), Some(17), Some(299)] {
			let mut batch = Batch::new(random::generator().unwrap(), 900);
			for at in 0..300 {
				let secret = SecretScalar::random(&mut rng);
				let polynomial = Polynomial::random(secret, threshold, &mut rng);
				let halves: Vec<_> = polynomial.half_commitments().collect();
				let vectors = CommitmentVector::from_halves(&halves, threshold);
				let mut share = polynomial.evaluate(seat);
				if wrong == Some(at) {
					share = polynomial.evaluate(Seat(1));
				}
				let factor = batch.equation(&share);
				batch.polynomial(factor, &abscissa(seat), vectors[0].points());
			}
			assert_eq!(batch.holds(), wrong.is_none());
		}
	}
}
