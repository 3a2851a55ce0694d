// SPDX-License-Identifier: Apache-2.0
//! Secret scalars.

use curve25519_dalek::{RistrettoPoint, Scalar};
use rand::CryptoRng;
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// A scalar that nobody may see: a shared secret, a coefficient or a share. Wiped when dropped;
/// everything done with it takes the same time for every value.
#[derive(Clone)]
pub(super) struct SecretScalar(Scalar);

impl SecretScalar {
	pub(super) const ZERO: Self = Self(Scalar::ZERO);

	/// A uniformly random scalar: 512 bits, reduced.
	pub(super) fn random(rng: &mut impl CryptoRng) -> Self {
		let mut wide = Zeroizing::new([0u8; 64]);
		rng.fill_bytes(wide.as_mut());
		Self::from_wide(&wide)
	}

	/// The scalar that 512 uniform bits stand for.
	pub(super) fn from_wide(bytes: &[u8; 64]) -> Self {
		Self(Scalar::from_bytes_mod_order_wide(bytes))
	}

	/// Reads a scalar; only its one encoding.
	pub(super) fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
		Option::<Scalar>::from(Scalar::from_canonical_bytes(*bytes)).map(Self)
	}

	pub(super) fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
		Zeroizing::new(self.0.to_bytes())
	}

	/// `self + other * factor`.
	pub(super) fn add_scaled(&mut self, other: &Self, factor: &Scalar) {
		self.0 += other.0 * factor;
	}

	/// `self * factor + other`: a step of Horner's rule.
	pub(super) fn scale_and_add(&mut self, factor: &Scalar, other: &Self) {
		self.0 *= factor;
		self.0 += other.0;
	}

	/// Its multiple of the base point.
	pub(super) fn commit(&self) -> RistrettoPoint {
		RistrettoPoint::mul_base(&self.0)
	}

	/// Half of [`commit`](Self::commit), for encoding many points at once.
	pub(super) fn commit_half(&self) -> RistrettoPoint {
		Self(self.0.div_by_2()).commit()
	}
}

impl Drop for SecretScalar {
	fn drop(&mut self) {
		self.0.zeroize();
	}
}

impl fmt::Debug for SecretScalar {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("SecretScalar(redacted)")
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use hex_literal::hex;

	#[test]
	fn only_canonical_encodings_are_read() {
		// The order of the group, the greatest scalar, and all bits set.
		let order = hex!("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
		let mut greatest = order;
		greatest[0] -= 1;
		assert!(SecretScalar::from_bytes(&order).is_none());
		assert!(SecretScalar::from_bytes(&[0xff; 32]).is_none());
		let read = SecretScalar::from_bytes(&greatest).unwrap();
		assert_eq!(*read.to_bytes(), greatest);
	}

	#[test]
	fn debug_shows_no_secret() {
		let secret = SecretScalar::from_bytes(&[7; 32].map(|byte| byte & 0x0f)).unwrap();
		assert_eq!(format!("{secret:?}"), "SecretScalar(redacted)");
	}

	#[test]
	fn half_a_commitment_twice_is_the_commitment() {
		let secret = SecretScalar::from_wide(&[9; 64]);
		let half = secret.commit_half();
		assert_eq!(half + half, secret.commit());
	}
}
