// SPDX-License-Identifier: Apache-2.0
//! What a person remembers.

use crate::{Error, Result};
use std::fmt;
use zeroize::Zeroizing;

/// A passphrase, wiped from memory when it is dropped.
///
/// Its UTF-8 bytes are used as they are; nothing is trimmed or normalised.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
	/// Takes over the text of a passphrase.
	///
	/// # Errors
	/// When it is empty.
	pub fn new(text: String) -> Result<Self> {
		let text = Zeroizing::new(text);
		if text.is_empty() {
			return Err(Error::EmptyPassphrase);
		}
		Ok(Self(text))
	}

	pub(crate) fn as_bytes(&self) -> &[u8] {
		self.0.as_bytes()
	}
}

impl fmt::Debug for Passphrase {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("Passphrase(redacted)")
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn an_empty_passphrase_is_refused() {
		assert_eq!(Passphrase::new(String::new()).unwrap_err().code(), "PASSPHRASE_EMPTY");
	}

	#[test]
	fn debug_shows_no_secret() {
		let passphrase = Passphrase::new("hunter2".into()).unwrap();
		assert_eq!(format!("{passphrase:?}"), "Passphrase(redacted)");
	}
}
