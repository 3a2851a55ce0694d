// SPDX-License-Identifier: Apache-2.0
//! Sealing a stream.

use super::{cipher::ChunkCipher, CHUNK, MIN_PADDED, SEALED_CHUNK};
use crate::{padding, random, Error, Result, SegmentKey};
use std::{
	fmt,
	io::{self, Write},
};
use zeroize::Zeroizing;

/// What was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnvelopeSummary {
	/// The length of the content.
	pub plaintext_len: u64,
	/// The length of the envelope.
	pub sealed_len: u64,
}

/// Seals what is written to it. Holds one chunk in memory.
///
/// [`finish`](Self::finish) must be called: an envelope whose writer was dropped before has no final
/// chunk, and every reader refuses it as truncated.
pub struct EnvelopeWriter<W: Write> {
	inner: W,
	cipher: ChunkCipher,
	chunk: Zeroizing<Vec<u8>>,
	position: u32,
	summary: EnvelopeSummary,
	failed: bool,
}

impl<W: Write> EnvelopeWriter<W> {
	/// Starts an envelope and writes its header.
	///
	/// # Errors
	/// When there is no randomness, or `inner` cannot be written to.
	pub fn new(inner: W, key: &SegmentKey) -> Result<Self> {
		Self::with_salt(inner, key, *random::bytes()?)
	}

	pub(super) fn with_salt(mut inner: W, key: &SegmentKey, salt: [u8; 32]) -> Result<Self> {
		let cipher = ChunkCipher::create(key, salt)?;
		inner.write_all(cipher.prefix())?;
		let sealed_len = cipher.prefix().len() as u64;
		Ok(Self {
			inner,
			cipher,
			chunk: Zeroizing::new(Vec::with_capacity(SEALED_CHUNK)),
			position: 0,
			summary: EnvelopeSummary { plaintext_len: 0, sealed_len },
			failed: false,
		})
	}

	/// Pads, seals the final chunk and returns the underlying writer, flushed.
	///
	/// # Errors
	/// When the underlying writer fails or failed before, or the content is too long.
	pub fn finish(mut self) -> Result<(W, EnvelopeSummary)> {
		let len = self.summary.plaintext_len;
		let padded = padding::padded_len(len, MIN_PADDED).ok_or(Error::MaxLengthExceeded)?;
		let mut zeros = padded.saturating_sub(len).saturating_sub(padding::TRAILER as u64);
		let nothing = [0u8; 4096];
		while zeros > 0 {
			let wanted = usize::try_from(zeros).unwrap_or(usize::MAX).min(nothing.len());
			let taken = self.push(nothing.get(..wanted).unwrap_or_default())?;
			zeros = zeros.saturating_sub(taken as u64);
		}
		let trailer = len.to_be_bytes();
		let mut rest = trailer.as_slice();
		while !rest.is_empty() {
			let taken = self.push(rest)?;
			rest = rest.get(taken..).unwrap_or_default();
		}
		self.seal(true)?;
		self.inner.flush()?;
		Ok((self.inner, self.summary))
	}

	/// Takes as many bytes as fit in the current chunk. A full chunk is sealed only when more
	/// bytes come, because only then is it known not to be the final one.
	fn push(&mut self, bytes: &[u8]) -> Result<usize> {
		if self.failed {
			return Err(Error::AlreadyFailed);
		}
		if self.chunk.len() == CHUNK {
			self.seal(false)?;
		}
		let taken = bytes.len().min(CHUNK.saturating_sub(self.chunk.len()));
		self.chunk.extend_from_slice(bytes.get(..taken).unwrap_or_default());
		Ok(taken)
	}

	fn seal(&mut self, last: bool) -> Result<()> {
		// Until the chunk is written completely, the envelope is broken.
		self.failed = true;
		let next = self.position.checked_add(1).ok_or(Error::MaxLengthExceeded)?;
		self.cipher.seal(self.position, last, &mut self.chunk)?;
		self.inner.write_all(&self.chunk)?;
		self.summary.sealed_len = self.summary.sealed_len.saturating_add(self.chunk.len() as u64);
		self.chunk.clear();
		self.position = next;
		self.failed = false;
		Ok(())
	}
}

impl<W: Write> Write for EnvelopeWriter<W> {
	fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
		if bytes.is_empty() {
			return Ok(0);
		}
		let taken = self.push(bytes)?;
		self.summary.plaintext_len = self.summary.plaintext_len.saturating_add(taken as u64);
		Ok(taken)
	}

	/// Flushes the underlying writer. The current chunk stays in memory: it cannot be sealed
	/// before it is known whether it is the final one.
	fn flush(&mut self) -> io::Result<()> {
		self.inner.flush()
	}
}

impl<W: Write> fmt::Debug for EnvelopeWriter<W> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("EnvelopeWriter").field("summary", &self.summary).finish_non_exhaustive()
	}
}
