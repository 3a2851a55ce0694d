// SPDX-License-Identifier: Apache-2.0
//! The key of one segment of a record version.

use crate::{random, Result};
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The random key that seals one segment of one record version.
///
/// It is used for one envelope only; see [`crate::envelope`].
#[derive(Clone)]
pub struct SegmentKey(Zeroizing<[u8; 32]>);

impl SegmentKey {
	/// The length in bytes.
	pub const LEN: usize = 32;

	/// A fresh random key.
	///
	/// # Errors
	/// When the operating system gives no random bytes.
	pub fn generate() -> Result<Self> {
		Ok(Self(random::bytes()?))
	}

	/// The key with these bytes, as reassembled from shares or read from a capsule.
	pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Self {
		Self(Zeroizing::new(*bytes))
	}

	/// The secret bytes.
	///
	/// # Security
	/// Whoever has them reads the segment: split them, seal them, never log them.
	pub fn expose(&self) -> &[u8; Self::LEN] {
		&self.0
	}
}

impl ConstantTimeEq for SegmentKey {
	fn ct_eq(&self, other: &Self) -> subtle::Choice {
		self.0.ct_eq(other.0.as_ref())
	}
}

impl PartialEq for SegmentKey {
	fn eq(&self, other: &Self) -> bool {
		self.ct_eq(other).into()
	}
}

impl Eq for SegmentKey {}

impl fmt::Debug for SegmentKey {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("SegmentKey(redacted)")
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn keys_differ_and_compare() {
		let (a, b) = (SegmentKey::generate().unwrap(), SegmentKey::generate().unwrap());
		assert_ne!(a, b);
		assert_eq!(a, SegmentKey::from_bytes(a.expose()));
	}

	#[test]
	fn debug_shows_no_secret() {
		assert_eq!(format!("{:?}", SegmentKey::from_bytes(&[7; 32])), "SegmentKey(redacted)");
	}
}
