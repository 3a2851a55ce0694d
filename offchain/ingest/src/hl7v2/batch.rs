// SPDX-License-Identifier: Apache-2.0
//! A file cut into messages and the headers and trailers of batches, with bounded memory.

use super::{delimiters::is_delimiter, message::is_break};
use crate::source::fill;
use std::io::{self, Read};

const CHUNK: usize = 64 * 1024;

/// So many bytes tell what a line begins with.
const LOOK_AHEAD: usize = 64;

/// What a piece of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
	/// MSH and what follows it.
	Message,
	/// FHS.
	FileHeader,
	/// BHS.
	BatchHeader,
	/// BTS.
	BatchTrailer,
	/// FTS.
	FileTrailer,
	/// Lines that belong to no message.
	Stray,
}

impl Kind {
	/// What a line begins, when it begins something.
	fn of(line: &[u8]) -> Option<Self> {
		let id = line.get(..3)?;
		let is = |known: &[u8; 3]| id.eq_ignore_ascii_case(known);
		let (kind, header) = match id.first()?.to_ascii_uppercase() {
			b'M' if is(b"MSH") => (Self::Message, true),
			b'F' if is(b"FHS") => (Self::FileHeader, true),
			b'B' if is(b"BHS") => (Self::BatchHeader, true),
			b'B' if is(b"BTS") => (Self::BatchTrailer, false),
			b'F' if is(b"FTS") => (Self::FileTrailer, false),
			_ => return None,
		};
		let follows = match line.get(3) {
			Some(byte) => is_delimiter(*byte) || (!header && is_break(*byte)),
			None => !header,
		};
		follows.then_some(kind)
	}
}

/// Where a piece lies in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
	pub(super) kind: Kind,
	/// Its first byte in the file.
	pub(super) offset: u64,
	/// Its first line, from 1.
	pub(super) line: u64,
	/// Whether it has more bytes than are taken.
	pub(super) too_large: bool,
	/// Whether it begins with the byte of the minimal lower layer protocol and does not end with
	/// the one that belongs to it.
	pub(super) unfinished: bool,
}

/// Reads a file piece by piece.
pub(super) struct Pieces<R> {
	reader: R,
	buffer: Vec<u8>,
	/// Where the next piece begins in the buffer.
	at: usize,
	/// The byte of the file the buffer begins with.
	base: u64,
	line: u64,
	ended: bool,
	max: usize,
}

impl<R: Read> Pieces<R> {
	pub(super) fn new(reader: R, base: u64, max: usize) -> Self {
		Self { reader, buffer: Vec::new(), at: 0, base, line: 1, ended: false, max }
	}

	/// Bytes of the file that were handed out.
	pub(super) fn offset(&self) -> u64 {
		self.base + self.at as u64
	}

	/// Reads more behind what is in the buffer; what lies before `keep` is let go.
	fn more(&mut self, keep: &mut usize) -> io::Result<()> {
		if *keep > 0 {
			self.buffer.drain(..*keep);
			self.base += *keep as u64;
			self.at -= *keep;
			*keep = 0;
		}
		let filled = self.buffer.len();
		self.buffer.resize(filled + CHUNK, 0);
		let read = fill(&mut self.reader, &mut self.buffer[filled..])?;
		self.buffer.truncate(filled + read);
		self.ended = read < CHUNK;
		Ok(())
	}

	/// Skips line ends and frames; whether a frame was opened.
	fn skip_breaks(&mut self) -> io::Result<bool> {
		let mut framed = false;
		let mut last = 0;
		loop {
			match self.buffer.get(self.at) {
				Some(byte) if is_break(*byte) || byte.is_ascii_whitespace() => {
					let newline = *byte == b'\r' || (*byte == b'\n' && last != b'\r');
					self.line += u64::from(newline);
					framed = *byte == 0x0B || (framed && *byte != 0x1C);
					last = *byte;
					self.at += 1;
				},
				Some(_) => return Ok(framed),
				None if self.ended => return Ok(framed),
				None => {
					let mut keep = self.at;
					self.more(&mut keep)?;
				},
			}
		}
	}

	/// The next piece: where it lies, and its bytes unless it is too large.
	pub(super) fn next(&mut self) -> io::Result<Option<(Found, &[u8])>> {
		let framed = self.skip_breaks()?;
		let mut start = self.at;
		while self.buffer.len() < start + LOOK_AHEAD && !self.ended {
			self.more(&mut start)?;
		}
		let Some(line) = self.buffer.get(start..).filter(|line| !line.is_empty()) else {
			return Ok(None);
		};
		let kind = Kind::of(line).unwrap_or(Kind::Stray);
		let mut found = Found {
			kind,
			offset: self.base + start as u64,
			line: self.line,
			too_large: false,
			unfinished: false,
		};
		// A message and stray lines go on until something else begins; the others are one line.
		let many = matches!(kind, Kind::Message | Kind::Stray);
		loop {
			let rest = self.buffer.get(self.at..).unwrap_or_default();
			let length = rest.iter().position(|byte| *byte < b' ' && is_break(*byte));
			self.at += length.unwrap_or(rest.len());
			if self.buffer.len() < self.at + LOOK_AHEAD && !self.ended {
				if self.at - start > self.max {
					found.too_large = true;
					start = self.at;
				}
				self.more(&mut start)?;
				continue;
			}
			let breaks = self.buffer.get(self.at..).unwrap_or_default();
			let after = breaks.iter().position(|byte| !is_break(*byte)).unwrap_or(breaks.len());
			let next = breaks.get(after..).unwrap_or_default();
			if next.is_empty() && self.ended || !many || Kind::of(next).is_some() {
				found.unfinished = framed && !breaks.contains(&0x1C);
				break;
			}
			// Line ends beyond what is looked ahead are taken one by one.
			let step = after.clamp(1, LOOK_AHEAD);
			let taken = breaks.get(..step).unwrap_or_default();
			let before = self.at.checked_sub(1).and_then(|at| self.buffer.get(at));
			let mut last = before.copied().unwrap_or(0);
			for byte in taken {
				let newline = *byte == b'\r' || (*byte == b'\n' && last != b'\r');
				self.line += u64::from(newline);
				last = *byte;
			}
			self.at += step.min(breaks.len());
		}
		found.too_large |= self.at - start > self.max;
		let bytes = self.buffer.get(start..self.at).unwrap_or_default();
		Ok(Some((found, if found.too_large { &[] } else { bytes })))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn cut(bytes: &[u8], max: usize) -> Vec<(Found, String)> {
		let mut pieces = Pieces::new(bytes, 0, max);
		let mut all = Vec::new();
		while let Some((found, bytes)) = pieces.next().unwrap() {
			all.push((found, String::from_utf8_lossy(bytes).into_owned()));
		}
		assert!(pieces.offset() <= bytes.len() as u64);
		all
	}

	#[test]
	fn a_batch_is_cut_into_its_pieces() {
		let text = "FHS|^~\\&|A\rBHS|^~\\&|A\r\nMSH|^~\\&|1\nPID|1\n\nmsh|^~\\&|2\rBTS|2\rFTS";
		let found = cut(text.as_bytes(), 1000);
		let kinds: Vec<_> = found.iter().map(|(found, _)| (found.kind, found.line)).collect();
		assert_eq!(
			kinds,
			[
				(Kind::FileHeader, 1),
				(Kind::BatchHeader, 2),
				(Kind::Message, 3),
				(Kind::Message, 6),
				(Kind::BatchTrailer, 7),
				(Kind::FileTrailer, 8),
			]
		);
		assert_eq!(found[2].1, "MSH|^~\\&|1\nPID|1");
		for (found, bytes) in &found {
			assert_eq!(text[found.offset as usize..].find(bytes.as_str()), Some(0));
		}
	}

	#[test]
	fn frames_are_taken_off() {
		let found = cut(b"\x0bMSH|^~\\&|1\rPID|1\r\x1c\r\x0bMSH|^~\\&|2\r\x1c\r", 1000);
		assert_eq!(found.len(), 2);
		assert!(found.iter().all(|(found, _)| !found.unfinished));
		assert_eq!(found[0].1, "MSH|^~\\&|1\rPID|1");
		let found = cut(b"\x0bMSH|^~\\&|1\rPID|1\r", 1000);
		assert!(found[0].0.unfinished);
	}

	#[test]
	fn a_large_message_costs_only_itself() {
		let large = "x".repeat(200_000);
		let text = format!("MSH|^~\\&|1\rOBX|{large}\rMSH|^~\\&|2\rPID|1");
		let found = cut(text.as_bytes(), 1000);
		assert_eq!(found.len(), 2);
		assert!(found[0].0.too_large && found[0].1.is_empty());
		assert!(!found[1].0.too_large && found[1].0.line == 3);
		assert_eq!(found[1].1, "MSH|^~\\&|2\rPID|1");
	}

	#[test]
	fn stray_lines_are_a_piece() {
		let found = cut(b"BHS|^~\\&\rPID|1\rNTE|1\rMSH|^~\\&|1", 1000);
		let kinds: Vec<_> = found.iter().map(|(found, _)| found.kind).collect();
		assert_eq!(kinds, [Kind::BatchHeader, Kind::Stray, Kind::Message]);
	}

	/// Gives a few bytes at a time.
	struct Slow<'a>(&'a [u8], usize);

	impl Read for Slow<'_> {
		fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
			let count = self.0.len().min(self.1).min(out.len());
			out[..count].copy_from_slice(&self.0[..count]);
			self.0 = &self.0[count..];
			Ok(count)
		}
	}

	proptest! {
		#[test]
		fn every_byte_but_line_ends_is_in_a_piece(
			text in "(MSH\\|x|BTS|PID|a|\r|\n|\u{b}|\u{1c}| |\r{70}|a{70}){0,40}",
			step in 1..200_usize
		) {
			let mut pieces = Pieces::new(Slow(text.as_bytes(), step), 0, usize::MAX);
			let mut joined = Vec::new();
			let mut lines = Vec::new();
			while let Some((found, bytes)) = pieces.next().unwrap() {
				joined.extend_from_slice(bytes);
				lines.push((found.offset as usize, found.line));
			}
			let solid = |bytes: &[u8]| -> Vec<u8> {
				bytes.iter().copied().filter(|b| !is_break(*b) && *b != b' ').collect()
			};
			prop_assert_eq!(solid(&joined), solid(text.as_bytes()));
			for (offset, line) in lines {
				let before = text[..offset].replace("\r\n", "\n").replace('\r', "\n");
				prop_assert_eq!(before.matches('\n').count() as u64 + 1, line);
			}
		}
	}
}
