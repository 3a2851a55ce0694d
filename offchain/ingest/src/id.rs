// SPDX-License-Identifier: Apache-2.0
//! Names of items.

use sha2::{Digest, Sha256};

/// A digest of several texts, so that others never give the same.
pub(crate) fn digest(parts: &[&str]) -> [u8; 16] {
	let mut hasher = Sha256::new();
	for part in parts {
		hasher.update((part.len() as u64).to_le_bytes());
		hasher.update(part);
	}
	let mut short = [0; 16];
	short.copy_from_slice(&hasher.finalize()[..16]);
	short
}

/// Writes a digest in hexadecimal behind a text.
pub(crate) fn write_hex(digest: &[u8; 16], out: &mut String) {
	let mut hex = [0; 32];
	// Infallible: the lengths fit, and the digits are ASCII.
	let _ = hex::encode_to_slice(digest, &mut hex);
	out.push_str(std::str::from_utf8(&hex).unwrap_or_default());
}

/// Texts and behind them a digest in hexadecimal.
pub(crate) fn with_digest(texts: &[&str], digest: &[u8; 16]) -> String {
	let length: usize = texts.iter().map(|text| text.len()).sum();
	let mut id = String::with_capacity(length + 32);
	texts.iter().for_each(|text| id.push_str(text));
	write_hex(digest, &mut id);
	id
}

/// An id made of something that it does not show.
pub(crate) fn hashed(kind: &str, of: &str) -> String {
	let digest = hex::encode(Sha256::digest(of));
	format!("{kind}-{}", digest.get(..32).unwrap_or(&digest))
}
