// SPDX-License-Identifier: Apache-2.0
//! One shared secret and its verified shares: what custody has in common with whoever else shares a
//! secret among some. How many are enough is what the commitments say.

use super::{
	combine::interpolate, commitments::CommitmentVector, polynomial::Polynomial,
	scalar::SecretScalar,
};
use crate::{Error, Result};
use curve25519_dalek::Scalar;
use rand::CryptoRng;
use salus_primitives::custody::{Seat, Seats};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// A random secret, and the polynomial that shares it.
#[derive(Debug)]
pub(crate) struct SharedSecret {
	secret: SecretScalar,
	polynomial: Polynomial,
	vector: CommitmentVector,
}

impl SharedSecret {
	/// A fresh secret that any `threshold` seats know together. One is the least.
	pub(crate) fn random(threshold: u8, rng: &mut impl CryptoRng) -> Result<Self> {
		let secret = SecretScalar::random(rng);
		let polynomial = Polynomial::random(secret.clone(), threshold, rng);
		let halves: Vec<_> = polynomial.half_commitments().collect();
		let vector = CommitmentVector::from_halves(&halves, threshold)
			.pop()
			.ok_or(Error::Internal { operation: "committing to a secret" })?;
		Ok(Self { secret, polynomial, vector })
	}

	/// The secret.
	pub(crate) fn expose(&self) -> Zeroizing<[u8; 32]> {
		self.secret.to_bytes()
	}

	/// What shares are verified against. A quantum computer finds the secret from it.
	pub(crate) fn commitments(&self) -> &[[u8; 32]] {
		self.vector.encoded()
	}

	/// The share of a seat.
	pub(crate) fn share(&self, seat: Seat) -> Zeroizing<[u8; 32]> {
		self.polynomial.evaluate(seat).to_bytes()
	}
}

/// Shares of one secret, each verified against the commitments before it is taken.
#[derive(Clone, Debug)]
pub(crate) struct VerifiedShares {
	vector: CommitmentVector,
	values: BTreeMap<Seat, SecretScalar>,
}

impl VerifiedShares {
	/// No share yet; none at all when a commitment is not canonical or the identity.
	pub(crate) fn new(commitments: Vec<[u8; 32]>) -> Option<Self> {
		let vector = CommitmentVector::decode(commitments)?;
		Some(Self { vector, values: BTreeMap::new() })
	}

	/// Takes the share of a seat when it is right, and says whether it is.
	pub(super) fn add(&mut self, seat: Seat, value: SecretScalar) -> bool {
		let is_right = value.commit() == self.vector.to_share(seat);
		if is_right {
			self.values.insert(seat, value);
		}
		is_right
	}

	/// The same for a share as bytes; what is no scalar is wrong.
	pub(crate) fn add_bytes(&mut self, seat: Seat, share: &[u8; 32]) -> bool {
		SecretScalar::from_bytes(share).is_some_and(|value| self.add(seat, value))
	}

	/// Whose shares were taken.
	pub(crate) fn seats(&self) -> Seats {
		self.values.keys().copied().collect()
	}

	/// The secret.
	pub(super) fn combine(&self) -> Result<SecretScalar> {
		let needed = self.vector.points().len();
		if self.values.len() < needed {
			return Err(Error::TooFewShares {
				found: self.seats().len(),
				needed: u32::try_from(needed).unwrap_or(u32::MAX),
			});
		}
		let chosen = || self.values.iter().take(needed);
		let seats = chosen().map(|(seat, _)| *seat).collect();
		let secret = interpolate(seats, chosen().map(|(_, value)| value), &Scalar::ZERO);
		// Each share was verified: this fails only where memory does.
		if secret.commit() != self.vector.to_secret() {
			return Err(Error::Internal { operation: "combining shares" });
		}
		Ok(secret)
	}

	/// The secret as [`SharedSecret::expose`] gave it.
	pub(crate) fn combine_bytes(&self) -> Result<Zeroizing<[u8; 32]>> {
		Ok(self.combine()?.to_bytes())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::random;

	#[test]
	fn any_that_are_enough_know_the_secret_and_fewer_do_not() {
		let mut rng = random::generator().unwrap();
		for (threshold, size) in [(1, 1), (1, 4), (2, 5), (3, 3)] {
			let secret = SharedSecret::random(threshold, &mut rng).unwrap();
			assert_eq!(secret.commitments().len(), usize::from(threshold));
			for first in 0..=(size - threshold) {
				let mut shares = VerifiedShares::new(secret.commitments().to_vec()).unwrap();
				for seat in (first..first + threshold).map(Seat) {
					assert_eq!(shares.combine().unwrap_err().code(), "CUSTODY_TOO_FEW_SHARES");
					assert!(shares.add_bytes(seat, &secret.share(seat)));
				}
				assert_eq!(shares.combine_bytes().unwrap(), secret.expose());
			}
		}
	}

	#[test]
	fn a_wrong_share_is_not_taken() {
		let secret = SharedSecret::random(2, &mut random::generator().unwrap()).unwrap();
		let mut shares = VerifiedShares::new(secret.commitments().to_vec()).unwrap();
		// Another seat's, and what is no scalar.
		assert!(!shares.add_bytes(Seat(0), &secret.share(Seat(1))));
		assert!(!shares.add_bytes(Seat(0), &[0xff; 32]));
		assert_eq!(shares.seats(), Seats::EMPTY);
		assert!(VerifiedShares::new(vec![[0; 32]]).is_none(), "the identity is no commitment");
	}
}
