// SPDX-License-Identifier: Apache-2.0
//! Opening a part of an envelope.

use super::{cipher::ChunkCipher, header::Header, CHUNK, MIN_PADDED, SEALED_CHUNK, TAG};
use crate::{padding, Error, Result, SegmentKey};
use std::{
	fmt,
	io::{self, Read, Seek, SeekFrom},
	ops::Range,
};
use zeroize::Zeroizing;

/// Opens the bytes of `range` without reading what is before it.
///
/// The final chunk is authenticated first, so the length is known to be true. `envelope` must start
/// at its position 0 and end where the envelope ends.
///
/// # Errors
/// When the header, the key, the final chunk or the range is wrong. Damage in the range itself is
/// reported while it is read; damage outside of it is not noticed.
pub fn open_range<R: Read + Seek>(
	mut envelope: R,
	key: &SegmentKey,
	range: Range<u64>,
) -> Result<EnvelopeRange<R>> {
	let end = envelope.seek(SeekFrom::End(0))?;
	envelope.seek(SeekFrom::Start(0))?;
	let (header, prefix) = Header::read(&mut envelope)?;
	let body_start = prefix.len() as u64;
	let body = end.saturating_sub(body_start);
	let last = u32::try_from(body.div_ceil(SEALED_CHUNK as u64))
		.map_err(|_| Error::MaxLengthExceeded)?
		.checked_sub(1)
		.ok_or(Error::Truncated { chunk: 0 })?;
	let mut opened = EnvelopeRange {
		inner: envelope,
		cipher: ChunkCipher::open(key, &header, prefix)?,
		chunk: Zeroizing::new(Vec::with_capacity(SEALED_CHUNK + 64)),
		loaded: None,
		last,
		body_start,
		len: 0,
		next: range.start,
		end: range.end,
	};
	opened.load(last)?;
	let padded =
		u64::from(last).saturating_mul(CHUNK as u64).saturating_add(opened.chunk.len() as u64);
	let trailer = opened.chunk.last_chunk::<{ padding::TRAILER }>().ok_or(Error::InvalidPadding)?;
	opened.len = u64::from_be_bytes(*trailer);
	if padding::padded_len(opened.len, MIN_PADDED) != Some(padded) {
		return Err(Error::InvalidPadding);
	}
	if range.start > range.end || range.end > opened.len {
		return Err(Error::InvalidRange { start: range.start, end: range.end, len: opened.len });
	}
	Ok(opened)
}

/// A part of an envelope's content. Holds one chunk in memory.
pub struct EnvelopeRange<R: Read + Seek> {
	inner: R,
	cipher: ChunkCipher,
	chunk: Zeroizing<Vec<u8>>,
	loaded: Option<u32>,
	last: u32,
	body_start: u64,
	len: u64,
	next: u64,
	end: u64,
}

impl<R: Read + Seek> EnvelopeRange<R> {
	/// The length of the whole content.
	pub const fn content_len(&self) -> u64 {
		self.len
	}

	fn load(&mut self, chunk: u32) -> Result<()> {
		self.loaded = None;
		self.chunk.clear();
		let at = u64::from(chunk).saturating_mul(SEALED_CHUNK as u64);
		self.inner.seek(SeekFrom::Start(self.body_start.saturating_add(at)))?;
		self.inner.by_ref().take(SEALED_CHUNK as u64).read_to_end(&mut self.chunk)?;
		if self.chunk.len() <= TAG {
			return Err(Error::Truncated { chunk });
		}
		let last = chunk == self.last;
		self.cipher.unseal(chunk, last, &mut self.chunk)?;
		self.loaded = Some(chunk);
		Ok(())
	}

	fn read_some(&mut self, out: &mut [u8]) -> Result<usize> {
		let left = usize::try_from(self.end.saturating_sub(self.next)).unwrap_or(usize::MAX);
		if left == 0 || out.is_empty() {
			return Ok(0);
		}
		let position =
			u32::try_from(self.next >> CHUNK.ilog2()).map_err(|_| Error::MaxLengthExceeded)?;
		if self.loaded != Some(position) {
			self.load(position)?;
		}
		let within = usize::try_from(self.next & (CHUNK as u64).saturating_sub(1))
			.map_err(|_| Error::MaxLengthExceeded)?;
		let rest = self.chunk.get(within..).unwrap_or_default();
		let n = rest.len().min(out.len()).min(left);
		out.iter_mut().zip(rest).take(n).for_each(|(to, from)| *to = *from);
		self.next = self.next.saturating_add(n as u64);
		Ok(n)
	}
}

impl<R: Read + Seek> Read for EnvelopeRange<R> {
	fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
		Ok(self.read_some(out)?)
	}
}

impl<R: Read + Seek> fmt::Debug for EnvelopeRange<R> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("EnvelopeRange")
			.field("next", &self.next)
			.field("end", &self.end)
			.finish_non_exhaustive()
	}
}
