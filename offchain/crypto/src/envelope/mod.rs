// SPDX-License-Identifier: Apache-2.0
//! Envelope v1: content sealed in chunks of 1 MiB. The bytes are specified in
//! `docs/formats/envelope-v1.md`.

mod cipher;
mod header;
mod range;
mod reader;
mod writer;

#[cfg(test)]
mod tests;

pub use range::{open_range, EnvelopeRange};
pub use reader::EnvelopeReader;
pub use writer::{EnvelopeSummary, EnvelopeWriter};

use crate::{padding, Result, SegmentKey};
use std::io::{Read, Write};
use zeroize::Zeroizing;

/// The plaintext of a full chunk.
pub const CHUNK: usize = 1 << 20;
/// The authentication tag of a chunk.
const TAG: usize = 16;
/// A full chunk as it is stored.
const SEALED_CHUNK: usize = CHUNK + TAG;
/// What precedes the first chunk.
const PREFIX: u64 = 11 + 79;
/// The least padded length: everything shorter looks alike.
const MIN_PADDED: u64 = 4096;

/// The length of the envelope around `plaintext_len` bytes; `None` when it is too long for one.
pub fn sealed_len(plaintext_len: u64) -> Option<u64> {
	let padded = padding::padded_len(plaintext_len, MIN_PADDED)?;
	let chunks = padded.div_ceil(CHUNK as u64);
	if chunks > u64::from(u32::MAX) {
		return None;
	}
	PREFIX.checked_add(padded)?.checked_add(chunks.checked_mul(TAG as u64)?)
}

/// Seals content that is in memory.
///
/// # Errors
/// When the operating system gives no random bytes.
pub fn seal_bytes(key: &SegmentKey, plaintext: &[u8]) -> Result<Vec<u8>> {
	seal_with(EnvelopeWriter::new(sized(plaintext.len()), key)?, plaintext)
}

fn sized(plaintext_len: usize) -> Vec<u8> {
	let sealed = u64::try_from(plaintext_len).ok().and_then(sealed_len);
	Vec::with_capacity(sealed.and_then(|len| usize::try_from(len).ok()).unwrap_or_default())
}

fn seal_with(mut writer: EnvelopeWriter<Vec<u8>>, plaintext: &[u8]) -> Result<Vec<u8>> {
	writer.write_all(plaintext)?;
	Ok(writer.finish()?.0)
}

/// Seals with a fixed salt, for known answers only: a salt used twice repeats the keystream.
#[cfg(test)]
pub(crate) fn seal_bytes_with_salt(key: &SegmentKey, salt: [u8; 32], plaintext: &[u8]) -> Vec<u8> {
	let writer = EnvelopeWriter::with_salt(sized(plaintext.len()), key, salt).unwrap();
	seal_with(writer, plaintext).unwrap()
}

/// Opens an envelope that is in memory.
///
/// # Errors
/// When the envelope is not intact or was sealed with another key.
pub fn open_bytes(key: &SegmentKey, envelope: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
	// The content is shorter than its envelope, so the buffer never moves and leaves no copies.
	let mut plaintext = Zeroizing::new(Vec::with_capacity(envelope.len()));
	EnvelopeReader::new(envelope, key)?.read_to_end(&mut plaintext)?;
	Ok(plaintext)
}
