// SPDX-License-Identifier: Apache-2.0
//! Bytes of a file one after the other, with a look ahead.

use crate::source::fill;
use std::io::{self, Read};

const CHUNK: usize = 64 * 1024;

/// A stream that knows where it is.
pub(super) struct Input<R> {
	reader: R,
	buffer: Vec<u8>,
	start: usize,
	end: usize,
	/// Bytes that were taken.
	at: u64,
}

impl<R: Read> Input<R> {
	pub(super) fn new(reader: R) -> Self {
		Self { reader, buffer: vec![0; CHUNK], start: 0, end: 0, at: 0 }
	}

	/// Where the next byte stands.
	pub(super) const fn at(&self) -> u64 {
		self.at
	}

	/// The next bytes, as many of them as there are.
	pub(super) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
		if self.end - self.start < count {
			self.buffer.copy_within(self.start..self.end, 0);
			self.end -= self.start;
			self.start = 0;
			let free = self.buffer.get_mut(self.end..).unwrap_or_default();
			self.end += fill(&mut self.reader, free)?;
		}
		let end = self.end.min(self.start.saturating_add(count));
		Ok(self.buffer.get(self.start..end).unwrap_or_default())
	}

	/// The next `N` bytes, when there are as many. Else none is taken.
	pub(super) fn array<const N: usize>(&mut self) -> io::Result<Option<[u8; N]>> {
		let found = self.peek(N)?.first_chunk::<N>().copied();
		if found.is_some() {
			self.start += N;
			self.at += N as u64;
		}
		Ok(found)
	}

	/// Takes so many bytes and drops them. How many there were.
	pub(super) fn skip(&mut self, count: u64) -> io::Result<u64> {
		io::copy(&mut self.by_ref().take(count), &mut io::sink())
	}

	/// Takes so many bytes. There may be fewer.
	pub(super) fn part(&mut self, count: u64) -> io::Result<Vec<u8>> {
		let mut found = Vec::new();
		self.by_ref().take(count).read_to_end(&mut found)?;
		Ok(found)
	}
}

impl<R: Read> Read for Input<R> {
	fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
		let ready = self.buffer.get(self.start..self.end).unwrap_or_default();
		let count = if ready.is_empty() {
			self.reader.read(out)?
		} else {
			let count = ready.len().min(out.len());
			let (to, from) = (out.get_mut(..count), ready.get(..count));
			if let (Some(to), Some(from)) = (to, from) {
				to.copy_from_slice(from);
			}
			self.start += count;
			count
		};
		self.at += count as u64;
		Ok(count)
	}
}
