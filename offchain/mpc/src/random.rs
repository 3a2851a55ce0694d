// SPDX-License-Identifier: Apache-2.0
//! Randomness of the operating system, with failure as an error and not a panic.

use crate::{job::ReportId, Error, Result};
use rand::{rngs::SysRng, TryRng};
use zeroize::Zeroizing;

/// Fresh random bytes.
pub(crate) fn bytes<const N: usize>() -> Result<Zeroizing<[u8; N]>> {
	let mut bytes = Zeroizing::new([0u8; N]);
	SysRng
		.try_fill_bytes(bytes.as_mut())
		.map_err(|error| Error::EntropyUnavailable { reason: error.to_string() })?;
	Ok(bytes)
}

impl ReportId {
	/// A fresh random identifier.
	///
	/// # Errors
	/// When the operating system gives no random bytes.
	pub fn generate() -> Result<Self> {
		bytes().map(|bytes| Self(*bytes))
	}
}
