// SPDX-License-Identifier: Apache-2.0
//! Randomness of the operating system, with failure as an error and not a panic.

use crate::{Error, Result};
use rand::{
	rngs::{StdRng, SysRng},
	SeedableRng, TryRng,
};
use zeroize::Zeroizing;

/// Fresh random bytes.
pub(crate) fn bytes<const N: usize>() -> Result<Zeroizing<[u8; N]>> {
	let mut bytes = Zeroizing::new([0u8; N]);
	SysRng.try_fill_bytes(bytes.as_mut()).map_err(|error| unavailable(&error))?;
	Ok(bytes)
}

/// A generator seeded by the operating system, for interfaces that take one that cannot fail.
pub(crate) fn generator() -> Result<StdRng> {
	StdRng::try_from_rng(&mut SysRng).map_err(|error| unavailable(&error))
}

fn unavailable(error: &rand::rngs::SysError) -> Error {
	Error::EntropyUnavailable { reason: error.to_string() }
}

/// A generator that repeats what it is given, for known answers.
#[cfg(test)]
pub(crate) struct Fixed(pub(crate) Vec<u8>);

#[cfg(test)]
impl TryRng for Fixed {
	type Error = std::convert::Infallible;

	fn try_next_u32(&mut self) -> std::result::Result<u32, Self::Error> {
		let mut bytes = [0; 4];
		self.try_fill_bytes(&mut bytes)?;
		Ok(u32::from_le_bytes(bytes))
	}

	fn try_next_u64(&mut self) -> std::result::Result<u64, Self::Error> {
		let mut bytes = [0; 8];
		self.try_fill_bytes(&mut bytes)?;
		Ok(u64::from_le_bytes(bytes))
	}

	fn try_fill_bytes(&mut self, out: &mut [u8]) -> std::result::Result<(), Self::Error> {
		let rest = self.0.split_off(out.len());
		out.copy_from_slice(&self.0);
		self.0 = rest;
		Ok(())
	}
}

#[cfg(test)]
impl rand::TryCryptoRng for Fixed {}
