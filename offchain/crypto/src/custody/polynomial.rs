// SPDX-License-Identifier: Apache-2.0
//! Secret polynomials.

use super::{scalar::SecretScalar, scheme::abscissa};
use curve25519_dalek::{RistrettoPoint, Scalar};
use rand::CryptoRng;
use salus_primitives::custody::Seat;

/// A polynomial with secret coefficients, the constant one first.
#[derive(Debug)]
pub(super) struct Polynomial(Vec<SecretScalar>);

impl Polynomial {
	/// A random polynomial with `threshold` coefficients, of which the first is the secret.
	pub(super) fn random(secret: SecretScalar, threshold: u8, rng: &mut impl CryptoRng) -> Self {
		let others = (1..threshold).map(|_| SecretScalar::random(rng));
		Self(std::iter::once(secret).chain(others).collect())
	}

	/// A polynomial with this constant coefficient and these others.
	pub(super) fn with_coefficients(secret: SecretScalar, others: Vec<SecretScalar>) -> Self {
		Self(std::iter::once(secret).chain(others).collect())
	}

	/// The random polynomial with `threshold` coefficients that is zero at `root`.
	pub(super) fn vanishing_at(root: Seat, threshold: u8, rng: &mut impl CryptoRng) -> Self {
		let mut polynomial = Self::random(SecretScalar::ZERO, threshold, rng);
		let value = polynomial.evaluate(root);
		if let Some(constant) = polynomial.0.first_mut() {
			constant.add_scaled(&value, &-Scalar::ONE);
		}
		polynomial
	}

	/// The value for a seat.
	pub(super) fn evaluate(&self, seat: Seat) -> SecretScalar {
		let x = abscissa(seat);
		let mut value = SecretScalar::ZERO;
		for coefficient in self.0.iter().rev() {
			value.scale_and_add(&x, coefficient);
		}
		value
	}

	/// Half of the commitment to each coefficient.
	pub(super) fn half_commitments(&self) -> impl Iterator<Item = RistrettoPoint> + '_ {
		self.0.iter().map(SecretScalar::commit_half)
	}

	/// The same without the constant coefficient, where its commitment follows from others.
	pub(super) fn other_half_commitments(&self) -> impl Iterator<Item = RistrettoPoint> + '_ {
		self.0.iter().skip(1).map(SecretScalar::commit_half)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::random;

	#[test]
	fn a_mask_is_zero_where_it_has_to_be() {
		let mut rng = random::generator().unwrap();
		for threshold in 2..5 {
			let mask = Polynomial::vanishing_at(Seat(3), threshold, &mut rng);
			assert_eq!(*mask.evaluate(Seat(3)).to_bytes(), [0; 32]);
			assert_ne!(*mask.evaluate(Seat(2)).to_bytes(), [0; 32]);
		}
	}
}
