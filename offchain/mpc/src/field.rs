// SPDX-License-Identifier: Apache-2.0
//! The fields of `prio`, and vectors of their elements that nobody may see.

use prio::field::{Field128, Field64, FieldElement, NttFriendlyFieldElement};
use std::fmt;

mod sealed {
	pub trait Sealed {}
	impl Sealed for prio::field::Field64 {}
	impl Sealed for prio::field::Field128 {}
}

/// A field in which reports are shared. Its arithmetic is `prio`'s and takes constant time.
pub trait Field: NttFriendlyFieldElement + Send + Sync + sealed::Sealed {
	/// How many independent degree checks a report has: a wrong sharing passes each with a
	/// probability of its length over the size of the field.
	const DEGREE_CHECKS: usize;

	/// The element that stands for a number. Every number here is below both moduli.
	fn from_number(number: u64) -> Self;

	/// The number that the element stands for; none when it has more than 63 bits.
	fn to_number(self) -> Option<u64>;
}

/// No sum, coefficient or point of this crate has more bits.
const NUMBER_BITS: u32 = 63;

impl Field for Field64 {
	const DEGREE_CHECKS: usize = 2;

	fn from_number(number: u64) -> Self {
		debug_assert!(number >> NUMBER_BITS == 0, "headroom is checked when a job is made");
		Self::from(number)
	}

	fn to_number(self) -> Option<u64> {
		Some(u64::from(self)).filter(|number| number >> NUMBER_BITS == 0)
	}
}

impl Field for Field128 {
	const DEGREE_CHECKS: usize = 1;

	fn from_number(number: u64) -> Self {
		Self::from(u128::from(number))
	}

	fn to_number(self) -> Option<u64> {
		u64::try_from(u128::from(self)).ok().filter(|number| number >> NUMBER_BITS == 0)
	}
}

/// Field elements that are wiped when dropped and never shown. The vector is never grown after it
/// was filled: growing leaves copies behind.
#[derive(Clone)]
pub(crate) struct SecretVec<F: FieldElement>(Vec<F>);

impl<F: FieldElement> SecretVec<F> {
	pub(crate) fn zeros(len: usize) -> Self {
		Self(vec![F::zero(); len])
	}

	/// Adds `other` times `factor`, element by element.
	pub(crate) fn add_scaled(&mut self, other: &[F], factor: F) {
		debug_assert_eq!(self.0.len(), other.len());
		for (sum, element) in self.0.iter_mut().zip(other) {
			*sum += *element * factor;
		}
	}

	/// Adds `other`, element by element.
	pub(crate) fn add(&mut self, other: &[F]) {
		debug_assert_eq!(self.0.len(), other.len());
		for (sum, element) in self.0.iter_mut().zip(other) {
			*sum += *element;
		}
	}
}

impl<F: FieldElement> From<Vec<F>> for SecretVec<F> {
	fn from(elements: Vec<F>) -> Self {
		Self(elements)
	}
}

impl<F: FieldElement> std::ops::Deref for SecretVec<F> {
	type Target = [F];

	fn deref(&self) -> &[F] {
		&self.0
	}
}

impl<F: FieldElement> Drop for SecretVec<F> {
	fn drop(&mut self) {
		self.0.fill(F::zero());
		zeroize::optimization_barrier(self.0.as_slice());
	}
}

impl<F: FieldElement> fmt::Debug for SecretVec<F> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "SecretVec({} redacted)", self.0.len())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn numbers_survive_and_negative_ones_are_none() {
		for number in [0, 1, (1 << 63) - 1] {
			assert_eq!(Field64::from_number(number).to_number(), Some(number));
			assert_eq!(Field128::from_number(number).to_number(), Some(number));
		}
		assert_eq!((-Field64::one()).to_number(), None);
		assert_eq!((-Field128::one()).to_number(), None);
		assert_eq!(Field128::from(1u128 << 63).to_number(), None);
	}

	#[test]
	fn debug_shows_no_secret() {
		let secret = SecretVec::from(vec![Field64::from(7)]);
		assert_eq!(format!("{secret:?}"), "SecretVec(1 redacted)");
	}
}
