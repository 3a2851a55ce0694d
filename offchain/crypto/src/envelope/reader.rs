// SPDX-License-Identifier: Apache-2.0
//! Opening a stream.

use super::{cipher::ChunkCipher, header::Header, CHUNK, MIN_PADDED, SEALED_CHUNK, TAG};
use crate::{padding, Error, Result, SegmentKey};
use std::{
	fmt,
	io::{self, Read},
};
use zeroize::Zeroizing;

/// Opens an envelope while it is read. Holds one chunk in memory.
///
/// Every byte that it hands out is authentic. The end of the stream is reported only after the final
/// chunk is, so a consumer that reads to the end knows that nothing is missing; one that stops
/// early knows nothing about the rest.
pub struct EnvelopeReader<R: Read> {
	inner: R,
	cipher: ChunkCipher,
	chunk: Zeroizing<Vec<u8>>,
	/// The first byte of the next chunk, read to learn that there is one.
	carry: Option<u8>,
	position: u32,
	/// Zeros to hand out before `ready`.
	zeros: u64,
	/// What of `chunk` is to be handed out.
	ready: std::ops::Range<usize>,
	/// Zeros at the end of what was opened so far. Whether they are content or padding is known
	/// only when something else follows or the final chunk tells the length, so they are counted
	/// and not handed out.
	held: u64,
	state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
	Open,
	Complete,
	Failed,
}

impl<R: Read> EnvelopeReader<R> {
	/// Reads the header and checks that the envelope was sealed with `key`.
	///
	/// # Errors
	/// When the header is malformed or commits to another key.
	pub fn new(mut inner: R, key: &SegmentKey) -> Result<Self> {
		let (header, prefix) = Header::read(&mut inner)?;
		Ok(Self {
			inner,
			cipher: ChunkCipher::open(key, &header, prefix)?,
			// Room enough that reading never moves the buffer, which would leave copies.
			chunk: Zeroizing::new(Vec::with_capacity(SEALED_CHUNK + 64)),
			carry: None,
			position: 0,
			zeros: 0,
			ready: 0..0,
			held: 0,
			state: State::Open,
		})
	}

	fn next_chunk(&mut self) -> Result<()> {
		self.chunk.clear();
		self.chunk.extend(self.carry.take());
		let wanted = SEALED_CHUNK.saturating_add(1).saturating_sub(self.chunk.len());
		self.inner.by_ref().take(wanted as u64).read_to_end(&mut self.chunk)?;
		let last = self.chunk.len() <= SEALED_CHUNK;
		if !last {
			self.carry = self.chunk.pop();
		}
		let chunk = self.position;
		if self.chunk.len() <= TAG {
			return Err(Error::Truncated { chunk });
		}
		self.cipher.unseal(chunk, last, &mut self.chunk)?;
		if last {
			self.finish()
		} else {
			self.position = chunk.checked_add(1).ok_or(Error::MaxLengthExceeded)?;
			let zeros = self.chunk.iter().rev().take_while(|byte| **byte == 0).count();
			if zeros == CHUNK {
				self.held = self.held.saturating_add(CHUNK as u64);
			} else {
				self.zeros = std::mem::replace(&mut self.held, zeros as u64);
				self.ready = 0..CHUNK.saturating_sub(zeros);
			}
			Ok(())
		}
	}

	/// Reads the true length from the final chunk and checks the padding before it.
	fn finish(&mut self) -> Result<()> {
		let before = u64::from(self.position).saturating_mul(CHUNK as u64);
		let total = before.saturating_add(self.chunk.len() as u64);
		let (body, trailer) =
			self.chunk.split_last_chunk::<{ padding::TRAILER }>().ok_or(Error::InvalidPadding)?;
		let len = u64::from_be_bytes(*trailer);
		if padding::padded_len(len, MIN_PADDED) != Some(total) {
			return Err(Error::InvalidPadding);
		}
		let handed = before.saturating_sub(self.held);
		let here = usize::try_from(len.saturating_sub(before)).unwrap_or(usize::MAX);
		let zeros = body.get(here..).ok_or(Error::InvalidPadding)?;
		if len < handed || zeros.iter().any(|byte| *byte != 0) {
			return Err(Error::InvalidPadding);
		}
		self.zeros = len.min(before).saturating_sub(handed);
		self.ready = 0..here;
		self.state = State::Complete;
		Ok(())
	}
}

impl<R: Read> Read for EnvelopeReader<R> {
	fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
		if out.is_empty() {
			return Ok(0);
		}
		loop {
			if self.state == State::Failed {
				return Err(Error::AlreadyFailed.into());
			}
			if self.zeros > 0 {
				let n = usize::try_from(self.zeros).unwrap_or(usize::MAX).min(out.len());
				out.iter_mut().take(n).for_each(|byte| *byte = 0);
				self.zeros = self.zeros.saturating_sub(n as u64);
				return Ok(n);
			}
			if !self.ready.is_empty() {
				let rest = self.chunk.get(self.ready.clone()).unwrap_or_default();
				let n = rest.len().min(out.len());
				out.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
				self.ready.start = self.ready.start.saturating_add(n);
				return Ok(n);
			}
			if self.state == State::Complete {
				return Ok(0);
			}
			if let Err(error) = self.next_chunk() {
				self.state = State::Failed;
				return Err(error.into());
			}
		}
	}
}

impl<R: Read> fmt::Debug for EnvelopeReader<R> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("EnvelopeReader").field("position", &self.position).finish_non_exhaustive()
	}
}
