// SPDX-License-Identifier: Apache-2.0
//! HL7 v2.1 to 2.8 in its own notation with delimiters (ER7): reading messages into items.

mod ack;
mod batch;
mod charset;
mod clinical;
mod code;
mod datetime;
mod delimiters;
mod element;
mod escape;
mod fields;
mod medicine;
mod message;
mod mllp;
mod person;
mod result;
mod segments;
mod visit;
mod walk;

pub use ack::{acknowledge, Stage, Verdict};
pub use delimiters::Delimiters;
pub use message::{Message, Part, Parts, Segment, Spans};
pub use mllp::{frame, FrameDecoder, FrameError};

use crate::{
	load::Context,
	source::{Rewind, Survey, TextEncoding},
	Code, Diagnostic, Error, Format, Place,
};
use batch::{Found, Kind, Pieces};
use charset::{declared, decode, Declared, Outcome};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use sha2::{Digest, Sha256};
use std::{borrow::Cow, collections::HashMap, io::Read};
use walk::{Origin, Room};

/// So many messages are compared with each other; their digests take about 100 MB.
const MAX_COMPARED: usize = 2_000_000;

/// Whether a text begins with a header segment.
pub(crate) fn looks_like_header(text: &[u8]) -> bool {
	message::is_header(text) && text.get(3).is_some_and(|byte| delimiters::is_delimiter(*byte))
}

/// Maps a file.
pub(crate) fn load<R: Rewind>(
	reader: &mut R,
	survey: &Survey,
	context: &mut Context<'_>,
) -> Result<(), Error> {
	context.report.format = Format::Hl7v2;
	let max = context.options.max_piece.min(u32::MAX as usize - 1);
	let mut loader = Loader {
		context,
		fallback: match survey.encoding {
			TextEncoding::Guessed(guess) => guess,
			_ => WINDOWS_1252,
		},
		spans: Spans::default(),
		room: Room::default(),
		seen: HashMap::new(),
		batch: Batch::default(),
	};
	match survey.encoding {
		// UTF-16 has to be converted before a line of it can be found.
		TextEncoding::Utf16(_) => loader.pieces(Pieces::new(survey.open(reader)?, 0, max), true),
		TextEncoding::Utf8 | TextEncoding::Guessed(_) => {
			loader.pieces(Pieces::new(survey.raw(reader)?, survey.mark, max), false)
		},
	}
}

/// What was counted of a batch file.
#[derive(Default)]
struct Batch {
	/// Messages since the header, where there was one.
	messages: Option<u64>,
	/// Batches since the header, where there was one.
	batches: Option<u64>,
	/// The last line with a header.
	header_line: u64,
}

struct Loader<'c, 'x> {
	context: &'c mut Context<'x>,
	/// What bytes are taken for that are no UTF-8 and of which nothing is declared.
	fallback: &'static Encoding,
	spans: Spans,
	room: Room,
	/// Digests of sender and control id, and the line of the message.
	seen: HashMap<[u8; 16], u64>,
	batch: Batch,
}

impl Loader<'_, '_> {
	fn pieces<R: Read>(&mut self, mut pieces: Pieces<R>, converted: bool) -> Result<(), Error> {
		loop {
			let read = pieces.offset();
			let Some((found, bytes)) = pieces.next()? else { break };
			self.piece(found, bytes, converted)?;
			self.context.progress(read);
		}
		if self.batch.messages.is_some() || self.batch.batches.is_some() {
			let place = Place::Line(self.batch.header_line);
			self.context.diagnose(place, Code::BatchTrailerMissing)?;
		}
		Ok(())
	}

	fn piece(&mut self, found: Found, bytes: &[u8], converted: bool) -> Result<(), Error> {
		let place = Place::Line(found.line);
		match found.kind {
			Kind::Stray => {
				self.context.report.pieces += 1;
				return self.context.diagnose(place, Code::StrayLines);
			},
			Kind::Message => {
				self.context.report.pieces += 1;
				self.batch.messages = self.batch.messages.map(|count| count + 1);
			},
			Kind::FileHeader => self.batch.batches = Some(0),
			Kind::BatchHeader => {
				self.batch.messages = Some(0);
				self.batch.batches = self.batch.batches.map(|count| count + 1);
			},
			Kind::BatchTrailer => self.count(bytes, found.line, |batch| batch.messages.take())?,
			Kind::FileTrailer => self.count(bytes, found.line, |batch| batch.batches.take())?,
		}
		if matches!(found.kind, Kind::FileHeader | Kind::BatchHeader) {
			self.batch.header_line = found.line;
		}
		if found.too_large {
			return self.context.diagnose(place, Code::MaxPieceExceeded);
		}
		if found.unfinished {
			self.context.diagnose(place, Code::FrameUnfinished)?;
		}
		self.message(found, bytes, converted)
	}

	/// Compares the number in a trailer with what was counted.
	fn count(
		&mut self,
		bytes: &[u8],
		line: u64,
		take: impl FnOnce(&mut Batch) -> Option<u64>,
	) -> Result<(), Error> {
		let given = bytes.get(4..).unwrap_or_default();
		let end = given.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(given.len());
		let given = given.get(..end).and_then(|digits| std::str::from_utf8(digits).ok());
		let given = given.and_then(|digits| digits.parse::<u64>().ok());
		match (take(&mut self.batch), given) {
			(Some(counted), Some(given)) if counted == given => Ok(()),
			// A trailer need not count.
			(Some(_), None) => Ok(()),
			_ => self.context.diagnose(Place::Line(line), Code::BatchCount),
		}
	}

	fn message(&mut self, found: Found, bytes: &[u8], converted: bool) -> Result<(), Error> {
		let declared = match converted {
			true => Declared::Known(UTF_8),
			false => declared_in(bytes),
		};
		let decoded = decode(bytes, declared, self.fallback);
		match decoded.outcome {
			Outcome::Good => {},
			Outcome::Guessed => {
				self.context.diagnose(Place::Line(found.line), Code::EncodingGuessed)?;
			},
			Outcome::Mismatch(at) => {
				let place = Place::ByteOffset(found.offset + at as u64);
				self.context.diagnose(place, Code::CharsetMismatch)?;
			},
		}
		let unchanged = matches!(decoded.text, Cow::Borrowed(_)) && !converted;
		let origin = Origin {
			number: self.context.report.pieces,
			line: found.line,
			offset: unchanged.then_some(found.offset),
		};
		let mut spans = core::mem::take(&mut self.spans);
		// A trailer has no delimiters of its own.
		let trailer = matches!(found.kind, Kind::BatchTrailer | Kind::FileTrailer);
		let message = match trailer {
			true => Message::parse_trailer(&decoded.text, &mut spans),
			false => Message::parse_encoded(&decoded.text, decoded.encoding, &mut spans),
		};
		let result = match message {
			Some(message) => {
				let first = self.first_line(found, &message);
				match first {
					Some(first) => self.duplicate(found.line, first),
					None => walk::map(self.context, &message, origin, &mut self.room),
				}
			},
			None => self.context.diagnose(Place::Line(found.line), Code::StrayLines),
		};
		self.spans = spans;
		result
	}

	fn duplicate(&mut self, line: u64, first: u64) -> Result<(), Error> {
		let mut diagnostic =
			Diagnostic::new(self.context.name, Place::Line(line), Code::DuplicateMessage);
		diagnostic.related_line = Some(first);
		self.context.tell(diagnostic)
	}

	/// The line of a message of the same sender with the same control id before this one.
	fn first_line(&mut self, found: Found, message: &Message<'_>) -> Option<u64> {
		let header = message.header()?;
		let control = header.field(10).raw().trim();
		if found.kind != Kind::Message || control.is_empty() {
			return None;
		}
		let mut hasher = Sha256::new();
		for part in [header.field(3).raw(), header.field(4).raw(), control] {
			hasher.update((part.len() as u64).to_le_bytes());
			hasher.update(part);
		}
		let mut digest = [0; 16];
		digest.copy_from_slice(&hasher.finalize()[..16]);
		if let Some(first) = self.seen.get(&digest) {
			return Some(*first);
		}
		if self.seen.len() < MAX_COMPARED {
			self.seen.insert(digest, found.line);
		}
		None
	}
}

/// The character set that a header declares, read before the message can be decoded.
fn declared_in(bytes: &[u8]) -> Declared {
	let Some((delimiters, _)) = Delimiters::read(bytes) else { return Declared::Nothing };
	let end = bytes.iter().position(|byte| message::is_break(*byte)).unwrap_or(bytes.len());
	let header = bytes.get(..end).unwrap_or_default();
	// The separator is field 1.
	match header.split(|byte| *byte == delimiters.field).nth(17) {
		Some(field) => declared(field.split(|byte| *byte == delimiters.repetition)),
		None => Declared::Nothing,
	}
}
