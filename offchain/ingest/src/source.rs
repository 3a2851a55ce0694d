// SPDX-License-Identifier: Apache-2.0
//! A file and its encoding.

use crate::{
	detect::{binary, Binary},
	Error,
};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_16BE, UTF_16LE};
use sha2::{Digest, Sha256};
use std::{
	fmt,
	io::{self, Read, Seek, SeekFrom},
};

const CHUNK: usize = 64 * 1024;

/// A file to ingest. It is read several times: to hash it, to look at it, to map it.
pub struct Source<R> {
	/// What diagnostics call the file. It is shown to people: choose a name that identifies no
	/// patient.
	pub name: String,
	/// The bytes.
	pub reader: R,
}

impl<R> fmt::Debug for Source<R> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Source").field("name", &self.name).finish_non_exhaustive()
	}
}

/// A file that can be read from its beginning again and again. An entry of an archive can be, but
/// has no places to go to.
pub(crate) trait Rewind {
	type Stream<'r>: Read
	where
		Self: 'r;

	/// The file from its beginning.
	fn rewind(&mut self) -> io::Result<Self::Stream<'_>>;
}

impl<R: Read + Seek> Rewind for R {
	type Stream<'r>
		= &'r mut R
	where
		Self: 'r;

	fn rewind(&mut self) -> io::Result<Self::Stream<'_>> {
		self.seek(SeekFrom::Start(0))?;
		Ok(self)
	}
}

/// How the bytes of a file become text.
#[derive(Clone, Copy)]
pub(crate) enum TextEncoding {
	Utf8,
	Utf16(&'static Encoding),
	Guessed(&'static Encoding),
}

/// What the first pass over a file finds.
pub(crate) struct Survey {
	/// SHA-256 in hex.
	pub(crate) digest: String,
	/// Bytes of the file.
	pub(crate) bytes: u64,
	/// Bytes of the byte order mark.
	pub(crate) mark: u64,
	/// How the bytes become text.
	pub(crate) encoding: TextEncoding,
	/// Whether bytes had to be replaced while decoding.
	pub(crate) replaced: bool,
	/// What the bytes are when they are no text.
	pub(crate) binary: Option<Binary>,
	/// The first bytes without the byte order mark, in UTF-8 when they are text.
	pub(crate) head: Vec<u8>,
}

/// Reads a whole file once.
pub(crate) fn survey<R: Rewind>(
	file: &mut R,
	max: u64,
	mut progress: impl FnMut(u64),
) -> Result<Survey, Error> {
	let mut reader = file.rewind()?;
	let mut hasher = Sha256::new();
	let mut chunk = vec![0; CHUNK];
	let mut head = Vec::new();
	let mut bytes = 0_u64;
	let mut utf8 = Utf8Check::default();
	let mut detector = None;
	let mut found = None;
	loop {
		let read = fill(&mut reader, &mut chunk)?;
		if read == 0 {
			break;
		}
		let part = &chunk[..read];
		hasher.update(part);
		if bytes == 0 {
			head.extend_from_slice(part);
			found = binary(&head);
		}
		bytes += read as u64;
		if bytes > max {
			return Err(Error::MaxSizeExceeded { limit: max });
		}
		if found.is_some() {
			progress(bytes);
			continue;
		}
		utf8.feed(part);
		if utf8.invalid {
			detector
				.get_or_insert_with(|| EncodingDetector::new(Iso2022JpDetection::Deny))
				.feed(part, false);
		}
		progress(bytes);
	}
	drop(reader);
	utf8.finish();
	if bytes == 0 {
		return Err(Error::Empty);
	}
	let (mark, encoding) = match head.as_slice() {
		_ if found.is_some() => (0, None),
		[0xEF, 0xBB, 0xBF, ..] => (3, None),
		[0xFF, 0xFE, ..] => (2, Some(UTF_16LE)),
		[0xFE, 0xFF, ..] => (2, Some(UTF_16BE)),
		[0, first, ..] if *first != 0 => (0, Some(UTF_16BE)),
		[first, 0, ..] if *first != 0 => (0, Some(UTF_16LE)),
		_ => (0, None),
	};
	head.drain(..mark);
	let encoding = match (encoding, detector) {
		(Some(utf16), _) => TextEncoding::Utf16(utf16),
		// With a valid multi-byte character in it the file is UTF-8 with damaged places.
		(None, _) if !utf8.invalid || utf8.multi_byte => TextEncoding::Utf8,
		(None, detector) => {
			let mut detector =
				detector.unwrap_or_else(|| EncodingDetector::new(Iso2022JpDetection::Deny));
			detector.feed(&[], true);
			TextEncoding::Guessed(detector.guess(None, Utf8Detection::Deny))
		},
	};
	let mut survey = Survey {
		digest: hex::encode(hasher.finalize()),
		bytes,
		mark: mark as u64,
		encoding,
		replaced: false,
		binary: found,
		head,
	};
	if !matches!(encoding, TextEncoding::Utf8) {
		let mut text = survey.open(file)?;
		while fill(&mut text, &mut chunk)? > 0 {}
		let replaced = matches!(text, Text::Decoded(ref decoded) if decoded.replaced);
		drop(text);
		survey.replaced = replaced;
		let mut decoded = survey.open(file)?;
		let read = fill(&mut decoded, &mut chunk)?;
		survey.head = chunk[..read].to_vec();
	}
	Ok(survey)
}

impl Survey {
	/// The file from its beginning as UTF-8, without the byte order mark.
	pub(crate) fn open<'r, R: Rewind>(&self, file: &'r mut R) -> io::Result<Text<R::Stream<'r>>> {
		let reader = self.raw(file)?;
		Ok(match self.encoding {
			TextEncoding::Utf8 => Text::Plain(reader),
			TextEncoding::Utf16(encoding) | TextEncoding::Guessed(encoding) => {
				Text::Decoded(Box::new(Decoded {
					reader,
					decoder: encoding.new_decoder_without_bom_handling(),
					input: vec![0; CHUNK],
					filled: 0,
					used: 0,
					ended: false,
					output: Vec::new(),
					given: 0,
					finished: false,
					replaced: false,
				}))
			},
		})
	}

	/// The file from its beginning as it is, without the byte order mark.
	pub(crate) fn raw<'r, R: Rewind>(&self, file: &'r mut R) -> io::Result<R::Stream<'r>> {
		let mut reader = file.rewind()?;
		io::copy(&mut reader.by_ref().take(self.mark), &mut io::sink())?;
		Ok(reader)
	}

	/// Whether places in the text are places in the file.
	pub(crate) const fn has_offsets(&self) -> bool {
		matches!(self.encoding, TextEncoding::Utf8)
	}
}

/// Reads until the buffer is full or the file ends.
pub(crate) fn fill<R: Read>(reader: &mut R, buffer: &mut [u8]) -> io::Result<usize> {
	let mut filled = 0;
	while filled < buffer.len() {
		match reader.read(&mut buffer[filled..]) {
			Ok(0) => break,
			Ok(read) => filled += read,
			Err(error) if error.kind() == io::ErrorKind::Interrupted => {},
			Err(error) => return Err(error),
		}
	}
	Ok(filled)
}

/// A file as UTF-8.
pub(crate) enum Text<R> {
	/// Bytes as they are.
	Plain(R),
	/// Bytes through a decoder.
	Decoded(Box<Decoded<R>>),
}

/// A file in another encoding than UTF-8.
pub(crate) struct Decoded<R> {
	reader: R,
	decoder: Decoder,
	input: Vec<u8>,
	filled: usize,
	used: usize,
	ended: bool,
	output: Vec<u8>,
	given: usize,
	finished: bool,
	replaced: bool,
}

impl<R: Read> Read for Text<R> {
	fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
		match self {
			Self::Plain(reader) => reader.read(buffer),
			Self::Decoded(decoded) => decoded.read(buffer),
		}
	}
}

impl<R: Read> Read for Decoded<R> {
	fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
		while self.given == self.output.len() {
			if self.finished {
				return Ok(0);
			}
			if self.used == self.filled && !self.ended {
				self.filled = self.reader.read(&mut self.input)?;
				self.used = 0;
				self.ended = self.filled == 0;
			}
			let input = &self.input[self.used..self.filled];
			self.output.resize(2 * CHUNK, 0);
			let (result, read, written, replaced) =
				self.decoder.decode_to_utf8(input, &mut self.output, self.ended);
			self.output.truncate(written);
			self.given = 0;
			self.used += read;
			self.replaced |= replaced;
			// The decoder must not be called again after its last byte.
			self.finished = self.ended && result == CoderResult::InputEmpty;
		}
		let ready = &self.output[self.given..];
		let count = ready.len().min(buffer.len());
		buffer[..count].copy_from_slice(&ready[..count]);
		self.given += count;
		Ok(count)
	}
}

/// Whether bytes that come in parts are UTF-8.
#[derive(Default)]
struct Utf8Check {
	carry: Vec<u8>,
	invalid: bool,
	multi_byte: bool,
}

impl Utf8Check {
	fn feed(&mut self, part: &[u8]) {
		if self.invalid && self.multi_byte {
			return;
		}
		let joined;
		let mut rest = part;
		if !self.carry.is_empty() {
			self.carry.extend_from_slice(part);
			joined = std::mem::take(&mut self.carry);
			rest = &joined;
		}
		loop {
			match std::str::from_utf8(rest) {
				Ok(text) => {
					self.multi_byte |= !text.is_ascii();
					return;
				},
				Err(error) => {
					let (valid, after) = rest.split_at(error.valid_up_to());
					self.multi_byte |= !valid.is_ascii();
					match error.error_len() {
						Some(len) => {
							self.invalid = true;
							rest = &after[len..];
						},
						None => {
							self.carry = after.to_vec();
							return;
						},
					}
				},
			}
		}
	}

	fn finish(&mut self) {
		self.invalid |= !self.carry.is_empty();
	}
}
