// SPDX-License-Identifier: Apache-2.0
//! HL7 v2 in its own notation (2.1 to 2.8): fields by an allow-list. A field that is not on it is emptied,
//! a segment that is not on it goes. Delimiters, line ends and what is not touched stay byte for byte.

use super::{fhir, until};
use crate::{
	manifest::{Action, Reason},
	markup,
	policy::{Dates, FreeText, Geography, Identifiers},
	Deidentifier, Error, LeakGate,
};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::{
	borrow::Cow,
	collections::HashMap,
	io::{BufRead, Write},
	sync::OnceLock,
};

/// How many bytes a message may have.
const MAX_MESSAGE: usize = 16 << 20;

/// What ends a segment: line ends, and the frames of the minimal lower layer protocol.
const BREAKS: &[u8] = b"\r\n\x0b\x1c";

/// What may stay, by segment and field (HL7 v2.8.2, chapters 2 to 9; 45 CFR 164.514(b)(2)).
///
/// `q` place in a list, `c` value of a table, `k` character set, `w` coded with text, `n` number,
/// `m` measure of several parts, `r` reference range, `d` date, `b` date of birth, `t` free text, `i` number of a
/// person, order or document, `a` address, `v` result of the type that OBX-2 says.
const KEPT: &[(&str, &str)] = &[
	("FHS", "7d 10t 11i 12i"),
	("BHS", "7d 10t 11i 12i"),
	("BTS", "1n 2t"),
	("FTS", "1n 2t"),
	("MSH", "7d 9c 10i 11c 12c 15c 16c 17c 18k 19w 20c"),
	("MSA", "1c 2i 3t 6w"),
	("ERR", "3w 4c 5w 7t 8t"),
	("QAK", "1i 2c 3w"),
	("EVN", "1c 2d 3d 4c 6d"),
	("PID", "1q 2i 3i 4i 7b 8c 10w 11a 15w 16w 17w 18i 22w 24c 25q 26w 27w 28w 29d 30c 31c 32c 35w 36w 37t 38w"),
	("PD1", "1w 2w 5c 7w 8w 9c 11w 12c 15w 16w"),
	("NK1", "1q"),
	("GT1", "1q"),
	("IN1", "1q"),
	("IN2", ""),
	("IN3", "1q"),
	("MRG", "1i 2i 3i 4i 5i 6i"),
	("PV1", "1q 2c 4w 10c 12c 13c 14w 15w 16w 18w 19i 36w 38w 41c 44d 45d 51c"),
	("PV2", "2w 3w 4w 8d 9d 10n 11n 12t 14d 15c 16w 17d 19c 20n 22c 24c 25w 26d 27n 28d 29d 30w 31w 33d 34c 35c 36c 37c 38w 40w 45w 46d 47d 48d 49c"),
	("DG1", "1q 2c 3w 4t 5d 6w 15q 17c 18c 19d 20i 21c 26w"),
	("PR1", "1q 2c 3w 4t 5d 6c 7n 9c 10n 13w 14q 15w 16w 19i"),
	("AL1", "1q 2w 3w 4w 5t 6d"),
	("IAM", "1q 2w 3w 4w 5t 6w 7i 8t 9w 11d 12t 13d 15w 16w 17w"),
	("PRB", "1c 2d 3w 4i 5i 7d 8d 9d 10w 11w 12w 13w 14w"),
	("NTE", "1q 2c 3t 4w"),
	("ORC", "1c 2i 3i 4i 5c 6c 9d 15d 16w 20w 25w 27d 28w 29w 30c"),
	("OBR", "1q 2i 3i 4w 5c 6d 7d 8d 9m 11c 12w 13t 14d 22d 24c 25c 29i 30c 31w 36d 37n 38w 39t 43t 44w 45w 46w 47w 48w"),
	("TQ1", "1q 2m 3m 5m 6m 7d 8d 9w 10t 11t 12c 14n"),
	("ODS", "1c 2w 3w 4t"),
	("ODT", "1w 2w 3t"),
	("OBX", "1q 2c 3w 4q 5v 6w 7r 8c 9m 10c 11c 12d 14d 17w 19d 20w 21i 22w 26w"),
	("SPM", "1q 2i 3i 4w 5w 6w 7w 8w 9w 10w 11w 12m 13n 14t 15w 16w 17d 18d 19d 20c 21w 22w 23w 24w 25m 26n 27w 28w 29w"),
	("TXA", "1q 2w 3c 4d 6d 7d 8d 12i 13i 14i 17c 18c 19c 20c 25t"),
	("RXA", "1q 2q 3d 4d 5w 6m 7w 8w 9w 12m 13n 14w 16d 17w 18w 19w 20c 21c 22d"),
	("RXR", "1w 2w 3w 4w 5w 6w"),
	("RXC", "1c 2w 3m 4w 5m 6w"),
	("RXO", "1w 2m 3m 4w 5w 6w 7w 9c 10w 11m 12w 13n 16c 17m 18m 19w 20w"),
	("RXE", "2w 3m 4m 5w 6w 7w 9c 10m 11w 12n 15i 16n 17n 18d 19m 20c 21w 23m 24w 25m 26w"),
	("RXD", "1q 2w 3d 4m 5w 6w 7i 8n 9t 15w 16m 17w"),
	("RXG", "1q 2q 4w 5m 6m 7w 8w 9w"),
	("FT1", "1q 2i 4d 5d 6w 7w 8t 9t 10m 17w 18w 19w 25w 26w"),
	("ACC", "1d 2w 4w 5c 6c"),
	("CON", "1q 2w 10c 11c 12d 13d 14d 15d 16c 17c 18w 19c 21c 22w 23w 25w"),
	("ARV", "1q 2w 3w 4w"),
	("ROL", "2c 3w 5d 6d 7w 8w 9w 10w"),
	("PRT", "1i 2c 3w 4w 6w 7w 11d 12d"),
	("SCH", "1i 2i 3i 5w 6w 7w 8w 9n 10w 25w 26i 27i"),
	("RGS", "1q 2c"),
	("AIS", "1q 2c 3w 4d 5n 6w 7n 8w 9c 10w"),
	("PV3", ""),
];

/// Where persons are told, by segment and field: `N` name, `P` number and name, `D` the same in parts of a part,
/// `A` address, `T` telephone or mail, `I` number, `O` organisation, `L` place of care.
const TOLD: &[(&str, &str)] = &[
	("PID", "2I 3I 4I 5N 6N 9N 11A 13T 14T 18I 19I 20I 21I 23O 40T"),
	("PD1", "3O 4P"),
	("NK1", "2N 4A 5T 6T 12I 13O 26N 30N 31T 32A 33I 37I"),
	("GT1", "2I 3N 4N 5A 6T 7T 12I 16N 17A 18T 19I 21O 45N 46T 51O"),
	("IN1", "4O 5A 6N 7T 8I 10I 11O 16N 19A 36I 44A 49I"),
	("IN2", "1I 2I 6I 8I 61I 63T 64T"),
	("IN3", "2I 25N"),
	("MRG", "1I 2I 3I 4I 5I 6I 7N"),
	("EVN", "5P"),
	("PV1", "3L 5I 6L 7P 8P 9P 11L 17P 19I 50I 52P"),
	("PV2", "1L 13P 23O"),
	("ORC", "2I 3I 4I 10P 11P 12P 14T 19P 21O 22A 23T 24A"),
	("OBR", "2I 3I 10P 16P 17T 18I 19I 28P 32D 33D 34D 35D"),
	("OBX", "16P 23O 24A 25P"),
	("SPM", "2I"),
	("TXA", "5P 9P 10P 11P 12I 13I 14I 15I 22P 23P"),
	("RXA", "10P 27L"),
	("DG1", "16P"),
	("PR1", "8P 11P 12P"),
	("IAM", "14P 18N 20A 21T"),
	("ACC", "7P"),
	("PRT", "5P 8O 14A 15T"),
	("ROL", "4P 11A 12T"),
	("FT1", "20P 21P"),
	("SCH", "12P 13T 14A 16P 17T 18A 20P"),
	("STF", "2I 3N 10T 11A"),
];

type Kinds = HashMap<&'static str, HashMap<usize, u8>>;

fn kinds(table: &'static [(&'static str, &'static str)]) -> Kinds {
	let fields = |list: &'static str| {
		list.split_ascii_whitespace()
			.filter_map(|field| {
				let (number, kind) = field.split_at_checked(field.len() - 1)?;
				Some((number.parse().ok()?, *kind.as_bytes().first()?))
			})
			.collect()
	};
	table.iter().map(|(segment, list)| (*segment, fields(list))).collect()
}

fn kept() -> &'static Kinds {
	static TABLE: OnceLock<Kinds> = OnceLock::new();
	TABLE.get_or_init(|| kinds(KEPT))
}

fn told() -> &'static Kinds {
	static TABLE: OnceLock<Kinds> = OnceLock::new();
	TABLE.get_or_init(|| kinds(TOLD))
}

/// The characters that cut a message into parts. A part that a message does not know is nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Marks {
	field: char,
	component: char,
	repetition: Option<char>,
	escape: Option<char>,
	subcomponent: Option<char>,
	truncation: Option<char>,
}

impl Default for Marks {
	fn default() -> Self {
		Self {
			field: '|',
			component: '^',
			repetition: Some('~'),
			escape: Some('\\'),
			subcomponent: Some('&'),
			truncation: None,
		}
	}
}

impl Marks {
	/// Those of a header; nothing where they cannot be told.
	fn of(header: &str) -> Option<Self> {
		let field = header.as_bytes().get(3).copied().filter(u8::is_ascii_punctuation)?;
		let given = header.get(4..)?.split(char::from(field)).next()?.trim_end();
		if given.len() > 6 || !given.bytes().all(|byte| byte.is_ascii_punctuation()) {
			return None;
		}
		// One that is given twice, as an escape that was escaped once more, counts once.
		let mut marks: Vec<char> = Vec::new();
		for mark in given.chars().filter(|mark| *mark != char::from(field)) {
			if !marks.contains(&mark) {
				marks.push(mark);
			}
		}
		let mut marks = marks.into_iter();
		Some(Self {
			field: field.into(),
			component: marks.next()?,
			repetition: marks.next(),
			escape: marks.next(),
			subcomponent: marks.next(),
			truncation: marks.next(),
		})
	}

	/// What a text says, and whether all of it could be read.
	fn decode(&self, raw: &str) -> (String, bool) {
		let Some(escape) = self.escape.filter(|escape| raw.contains(*escape)) else {
			return (raw.to_owned(), true);
		};
		let (mut out, mut all) = (String::with_capacity(raw.len()), true);
		let mut rest = raw;
		while let Some((before, after)) = rest.split_once(escape) {
			out.push_str(before);
			let body =
				after.split_once(escape).map(|(body, after)| (body, after, self.meant(body)));
			match body {
				Some((_, after, Some(meant))) => {
					out.push_str(&meant);
					rest = after;
				},
				// What looks like an escape and is not known may hide something.
				Some((body, after, None)) if is_sequence(body) => {
					all = false;
					rest = after;
				},
				_ => {
					out.push(escape);
					rest = after;
				},
			}
		}
		out.push_str(rest);
		(out, all)
	}

	fn meant(&self, body: &str) -> Option<String> {
		let mark = match body {
			"F" => Some(self.field),
			"S" => Some(self.component),
			"T" => self.subcomponent,
			"R" => self.repetition,
			"E" => self.escape,
			"P" => self.truncation,
			"H" | "N" => return Some(String::new()),
			_ => None,
		};
		if let Some(mark) = mark {
			return Some(mark.into());
		}
		if let Some(digits) = body.strip_prefix('X') {
			let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok()?;
			let text = String::from_utf8(bytes)
				.unwrap_or_else(|bytes| WINDOWS_1252.decode(bytes.as_bytes()).0.into_owned());
			return Some(text.replace("\r\n", "\n").replace('\r', "\n"));
		}
		let command = body.strip_prefix('.')?;
		let word = command.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
		Some(match word {
			"br" | "sp" | "ce" => "\n".into(),
			"fi" | "nf" | "in" | "ti" | "sk" => " ".into(),
			_ => return None,
		})
	}

	/// A text as it stands in a field.
	fn encode(&self, text: &str) -> String {
		let mut out = String::with_capacity(text.len());
		for character in text.chars() {
			let name = match character {
				c if c == self.field => "F",
				c if c == self.component => "S",
				c if Some(c) == self.subcomponent => "T",
				c if Some(c) == self.repetition => "R",
				c if Some(c) == self.escape => "E",
				'\n' => ".br",
				c if c.is_ascii_control() => " ",
				other => {
					out.push(other);
					continue;
				},
			};
			match self.escape {
				Some(escape) if name != " " => {
					out.push(escape);
					out.push_str(name);
					out.push(escape);
				},
				_ => out.push(' '),
			}
		}
		out
	}
}

/// Whether what stands between two escape characters has the form of a sequence.
fn is_sequence(body: &str) -> bool {
	let first = body.bytes().next();
	body.len() <= 64 << 10
		&& !body.contains(' ')
		&& (body.len() <= 32
			|| first.is_some_and(|first| matches!(first, b'X' | b'Z' | b'C' | b'M')))
		&& first.is_some_and(|first| matches!(first, b'.' | b'A'..=b'Z'))
}

/// What a piece of a file is.
enum Piece<'a> {
	/// Line ends and frames alone.
	Blank(&'a [u8]),
	Whole(&'a [u8]),
	TooLarge,
}

/// A file cut into messages and the headers and trailers of batches.
struct Pieces<R> {
	reader: R,
	piece: Vec<u8>,
	next: Vec<u8>,
	too_large: bool,
}

/// The three letters with which a line begins a message, or a header or trailer around some.
fn begins(line: &[u8]) -> Option<&'static str> {
	let line = line.trim_ascii_start();
	let kind = ["MSH", "FHS", "BHS", "BTS", "FTS"]
		.into_iter()
		.find(|kind| line.get(..3).is_some_and(|id| id.eq_ignore_ascii_case(kind.as_bytes())))?;
	let mark = line.get(3).copied();
	let fits = mark.is_some_and(|mark| mark.is_ascii_punctuation())
		|| matches!(kind, "BTS" | "FTS") && mark.is_none_or(|mark| BREAKS.contains(&mark));
	fits.then_some(kind)
}

/// Whether a file begins with a message, or the header of a batch.
pub(crate) fn is_start(start: &[u8]) -> bool {
	let skipped =
		start.iter().take_while(|byte| byte.is_ascii_whitespace() || BREAKS.contains(byte));
	matches!(begins(&start[skipped.count()..]), Some("MSH" | "FHS" | "BHS"))
}

impl<R: BufRead> Pieces<R> {
	const fn new(reader: R) -> Self {
		Self { reader, piece: Vec::new(), next: Vec::new(), too_large: false }
	}

	fn next(&mut self) -> Result<Option<Piece<'_>>, Error> {
		std::mem::swap(&mut self.piece, &mut self.next);
		self.next.clear();
		let mut too_large = std::mem::take(&mut self.too_large);
		while let Some(fits) = until(&mut self.reader, &mut self.next, BREAKS, MAX_MESSAGE)? {
			if !self.piece.is_empty() && begins(&self.next).is_some() {
				self.too_large = !fits;
				break;
			}
			too_large |= !fits || self.piece.len() + self.next.len() > MAX_MESSAGE;
			if too_large {
				self.piece.truncate(3);
				self.piece.resize(3, b' ');
			} else {
				self.piece.extend_from_slice(&self.next);
			}
			self.next.clear();
		}
		if self.piece.is_empty() {
			return Ok(None);
		}
		let blank = |byte: &u8| byte.is_ascii_whitespace() || BREAKS.contains(byte);
		Ok(Some(match &self.piece {
			_ if too_large => Piece::TooLarge,
			piece if piece.iter().all(blank) => Piece::Blank(piece),
			piece => Piece::Whole(piece),
		}))
	}
}

/// A message as text.
struct Message<'a> {
	text: Cow<'a, str>,
	encoding: &'static Encoding,
	marks: Marks,
}

impl<'a> Message<'a> {
	/// Reads a message; `marks` are those of the batch for trailers, which have none of their own.
	fn read(bytes: &'a [u8], marks: Marks) -> Result<Self, Reason> {
		let kind = begins(bytes).ok_or(Reason::Malformed)?;
		let start = bytes.trim_ascii_start();
		let head = start.split(|byte| BREAKS.contains(byte)).next().unwrap_or_default();
		let header = String::from_utf8_lossy(head);
		let marks = match kind {
			// They have the mark of their own header, which need not be that of the last message.
			"BTS" | "FTS" => match start.get(3).copied().map(char::from) {
				Some(field) if field != marks.field && field.is_ascii_punctuation() => {
					Marks { field, ..Marks::default() }
				},
				_ => marks,
			},
			_ => Marks::of(&header).ok_or(Reason::Malformed)?,
		};
		let declared = (kind == "MSH")
			.then(|| header.split(marks.field).nth(17))
			.flatten()
			.unwrap_or_default();
		let encoding = match charset(declared.split(['~', '\\', '^']).next().unwrap_or_default()) {
			Some(encoding) => encoding,
			None if declared.is_empty() => UTF_8,
			None => return Err(Reason::KindUnsupported),
		};
		// Senders that say nothing, or ASCII, mean whatever their system had.
		let (text, encoding) =
			match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
				Some(text) => (text, encoding),
				None if encoding == UTF_8 => {
					(WINDOWS_1252.decode_without_bom_handling(bytes).0, WINDOWS_1252)
				},
				None => return Err(Reason::Malformed),
			};
		Ok(Self { text, encoding, marks })
	}

	/// The segments, each with what ends it.
	fn segments(&self) -> impl Iterator<Item = (&str, &str)> {
		let is_break = |c: char| u8::try_from(c).is_ok_and(|byte| BREAKS.contains(&byte));
		self.text.split_inclusive(is_break).map(move |part| {
			let end = part.trim_end_matches(is_break).len();
			part.split_at(end)
		})
	}
}

/// The set of MSH-18 (table 0211), of those in which a byte stands for one character; and UTF-8.
fn charset(name: &str) -> Option<&'static Encoding> {
	let plain: String =
		name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
	match plain.as_str() {
		"" | "ASCII" | "USASCII" | "ISOIR6" | "UNICODE" | "UNICODEUTF8" | "UTF8" => Some(UTF_8),
		"WINDOWS1252" | "CP1252" => Some(WINDOWS_1252),
		other => {
			let part = other.trim_start_matches("ISO").strip_prefix("8859")?;
			Encoding::for_label(format!("iso-8859-{part}").as_bytes())
		},
	}
}

/// The id of a segment, and its fields from the first; nothing if the line is none.
fn fields<'a>(segment: &'a str, marks: &Marks) -> Option<(String, Vec<&'a str>)> {
	let segment = segment.trim_start();
	let id = segment.get(..3)?;
	let is_id =
		id.as_bytes()[0].is_ascii_alphabetic() && id.bytes().all(|b| b.is_ascii_alphanumeric());
	let rest = segment.get(3..)?;
	if !is_id || !(rest.trim().is_empty() || rest.starts_with(marks.field)) {
		return None;
	}
	Some((id.to_ascii_uppercase(), rest.split(marks.field).skip(1).collect()))
}

/// The number of the first field after the id: the headers count the mark itself.
fn first(id: &str) -> usize {
	if matches!(id, "MSH" | "FHS" | "BHS") {
		2
	} else {
		1
	}
}

/// Gathers what messages say of people.
pub(super) fn learn(job: &mut Deidentifier, reader: impl BufRead) -> Result<(), Error> {
	let mut pieces = Pieces::new(reader);
	let mut marks = Marks::default();
	while let Some(piece) = pieces.next()? {
		let Piece::Whole(bytes) = piece else { continue };
		let Ok(message) = Message::read(bytes, marks) else { continue };
		marks = message.marks;
		for (segment, _) in message.segments() {
			let Some((id, fields)) = fields(segment, &marks) else { continue };
			let dated = kept().get(id.as_str());
			let told = told().get(id.as_str());
			for (number, field) in (first(&id)..).zip(fields).filter(|(_, field)| !field.is_empty())
			{
				let dated = dated.and_then(|kinds| kinds.get(&number));
				if matches!(dated, Some(b'd' | b'b')) {
					let year = year(field).and_then(|year| year.parse().ok());
					job.latest_year =
						job.latest_year.max(year.filter(|year| (1900..=2100).contains(year)));
				}
				if let Some(kind) = told.and_then(|kinds| kinds.get(&number)) {
					for repetition in parts(field, marks.repetition) {
						person(job, repetition, *kind, &marks);
					}
				}
			}
		}
	}
	Ok(())
}

fn parts(text: &str, mark: Option<char>) -> Vec<&str> {
	mark.map_or_else(|| vec![text], |mark| text.split(mark).collect())
}

fn person(job: &mut Deidentifier, repetition: &str, kind: u8, marks: &Marks) {
	let mark = if kind == b'D' { marks.subcomponent } else { Some(marks.component) };
	let whole = if kind == b'D' {
		repetition.split(marks.component).next().unwrap_or_default()
	} else {
		repetition
	};
	let components: Vec<_> =
		parts(whole, mark).into_iter().map(|part| marks.decode(part).0).collect();
	let at = |index: usize| components.get(index).map_or("", String::as_str);
	match kind {
		b'N' => job.identifiers.add_name(&components[..components.len().min(3)].join(" ")),
		b'P' | b'D' => {
			job.identifiers.add_number(at(0));
			let named = components.get(1..components.len().min(4)).unwrap_or_default().join(" ");
			// Before 2.3 a name alone stands there, or its parts are parts of a part.
			let named = if named.trim().is_empty() { at(0) } else { &named };
			job.identifiers.add_name(named);
		},
		b'A' => {
			let street = at(0).replace(marks.subcomponent.unwrap_or('&'), " ");
			job.identifiers.add_address(&street);
			job.identifiers.add_address(at(1));
			job.identifiers.add_place(at(2));
		},
		b'T' => {
			for part in &components {
				if part.contains('@') {
					job.identifiers.add_email(part);
				} else if part.bytes().filter(u8::is_ascii_digit).count() >= 5 {
					job.identifiers.add_number(part);
				}
			}
			// Area and number apart.
			let joined: String = [at(5), at(6)].concat();
			job.identifiers.add_number(&joined);
		},
		b'I' => job.identifiers.add_number(parts(at(0), marks.subcomponent)[0]),
		_ => {
			let names: &[usize] = if kind == b'L' { &[3, 8] } else { &[0] };
			for name in names.iter().map(|index| at(*index)) {
				// One word, as LAB, is a word of every message.
				if name.split_whitespace().count() > 1 || kind == b'O' {
					job.identifiers.add_place(name);
				}
			}
		},
	}
}

/// Writes what may leave of a file of messages.
pub(super) fn transform(
	job: &mut Deidentifier,
	gate: &LeakGate,
	reader: impl BufRead,
	writer: &mut impl Write,
) -> Result<(), Error> {
	let mut pieces = Pieces::new(reader);
	let mut marks = Marks::default();
	let mut number = 0;
	while let Some(piece) = pieces.next()? {
		let bytes = match piece {
			Piece::Blank(bytes) => {
				writer.write_all(bytes)?;
				continue;
			},
			Piece::Whole(bytes) => Some(bytes),
			Piece::TooLarge => None,
		};
		number += 1;
		job.manifest.piece(number);
		let message =
			bytes.ok_or(Reason::LimitExceeded).and_then(|bytes| Message::read(bytes, marks));
		let made = message.and_then(|message| {
			marks = message.marks;
			let out = self::message(job, &message);
			// Parts are looked at as they are meant too: an escape must not hide what is known.
			if gate.count(out.as_bytes()) + gate.count(marks.decode(&out).0.as_bytes()) > 0 {
				return Err(Reason::KnownIdentifier);
			}
			match message.encoding.encode(&out) {
				(bytes, _, false) => Ok(bytes.into_owned()),
				_ => Err(Reason::Malformed),
			}
		});
		match made {
			Ok(bytes) => writer.write_all(&bytes)?,
			Err(reason) => job.manifest.withhold("", reason),
		}
	}
	Ok(())
}

fn message(job: &mut Deidentifier, message: &Message<'_>) -> String {
	let mut out = String::with_capacity(message.text.len());
	for (segment, end) in message.segments() {
		if segment.trim().is_empty() {
			out.push_str(end);
			continue;
		}
		match fields(segment, &message.marks) {
			Some((id, fields)) if kept().contains_key(id.as_str()) => {
				out.push_str(&segment.trim_start()[..3]);
				Segment { job, marks: message.marks, id, fields }.write(&mut out);
				out.push_str(end);
			},
			Some((id, _)) => {
				let path = if id.starts_with('Z') { "Z segment" } else { "segment" };
				job.manifest.withhold(path, Reason::KindUnsupported);
			},
			// The rest of a text with line ends in it, or of something else: nobody knows.
			None => job.manifest.withhold("line", Reason::Malformed),
		}
	}
	out
}

struct Segment<'a> {
	job: &'a mut Deidentifier,
	marks: Marks,
	id: String,
	fields: Vec<&'a str>,
}

impl Segment<'_> {
	fn write(mut self, out: &mut String) {
		let begin = first(&self.id);
		let kinds = kept().get(self.id.as_str());
		for (number, field) in (begin..).zip(self.fields.clone()) {
			out.push(self.marks.field);
			// An order to delete what is there is told by two quotes.
			if number < begin + usize::from(begin == 2) || field.is_empty() || field == "\"\"" {
				out.push_str(field);
				continue;
			}
			let kind = kinds.and_then(|kinds| kinds.get(&number)).copied();
			let path = match number {
				..=99 => format!("{}-{number}", self.id),
				_ => "unknown".to_owned(),
			};
			let new = match kind {
				Some(kind) => self.field(kind, field, &path),
				None => String::new(),
			};
			if new != field {
				let action = match kind {
					None => Action::Removed,
					_ if new.is_empty() => Action::Removed,
					Some(b'd' | b'b' | b'a') => Action::Generalized,
					_ => Action::Replaced,
				};
				self.job.manifest.element(&path, action);
			}
			out.push_str(&new);
		}
	}

	/// The field with that number, as it came.
	fn at(&self, number: usize) -> &str {
		self.fields.get(number - first(&self.id)).copied().unwrap_or_default()
	}

	fn field(&mut self, kind: u8, field: &str, path: &str) -> String {
		if kind == b'v' {
			return self.result(field, path);
		}
		if kind == b'c' && self.id == "OBX" && path == "OBX-2" && self.capped() {
			return "SN".into();
		}
		self.repetitions(field, |segment, part| segment.part(kind, part, path))
	}

	fn repetitions(
		&mut self,
		field: &str,
		mut make: impl FnMut(&mut Self, &str) -> String,
	) -> String {
		let Some(mark) = self.marks.repetition else { return make(self, field) };
		let made: Vec<_> = field.split(mark).map(|part| make(self, part)).collect();
		if made.iter().all(String::is_empty) {
			return String::new();
		}
		made.join(mark.encode_utf8(&mut [0; 4]))
	}

	/// Each component on its own; those at the end that have become empty go.
	fn components(
		&mut self,
		part: &str,
		mut make: impl FnMut(&mut Self, usize, &str) -> String,
	) -> String {
		let mark = self.marks.component;
		let made: Vec<_> = part
			.split(mark)
			.enumerate()
			.map(|(index, component)| match component {
				"" => String::new(),
				component => make(self, index, component),
			})
			.collect();
		let out = made.join(mark.encode_utf8(&mut [0; 4]));
		if out.len() == part.len() {
			return out;
		}
		out.trim_end_matches(mark).to_owned()
	}

	fn part(&mut self, kind: u8, part: &str, path: &str) -> String {
		if part.is_empty() || part == "\"\"" {
			return part.to_owned();
		}
		match kind {
			b'q' if part.len() <= 6 && part.bytes().all(|b| b.is_ascii_digit() || b == b'.') => {
				part.to_owned()
			},
			b'q' | b'i' => self.number_of(part),
			b'c' => self.components(part, |segment, _, component| {
				if segment.is_table_value(component) {
					component.to_owned()
				} else {
					String::new()
				}
			}),
			b'k' if charset(part).is_some() && part.len() <= 16 => part.to_owned(),
			b'w' => self.coded(part, path),
			b'n' if is_number(part) => part.to_owned(),
			b'm' => self.components(part, |segment, _, component| {
				if is_number(component) {
					component.to_owned()
				} else {
					segment.text(component, path)
				}
			}),
			b'r' if is_range(part) => part.to_owned(),
			b'r' | b't' => self.text(part, path),
			b'd' | b'b' => {
				self.components(part, |segment, _, component| segment.date(component, kind == b'b'))
			},
			b'a' => self.address(part),
			_ => String::new(),
		}
	}

	/// A random number, the same for the same; who gave it is not told.
	fn number_of(&mut self, part: &str) -> String {
		let value = part.split(self.marks.component).next().unwrap_or_default();
		let (value, _) = self.marks.decode(parts(value, self.marks.subcomponent)[0]);
		if self.job.policy.identifiers == Identifiers::Remove || value.trim().is_empty() {
			return String::new();
		}
		self.job.map.id(value.trim())
	}

	/// Whether a value may be one of a table: short, and by no rule anything of a person.
	fn is_table_value(&mut self, value: &str) -> bool {
		value.len() <= 10
			&& value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
			&& value.bytes().filter(u8::is_ascii_digit).count() <= 4
			&& self.is_plain(value)
	}

	fn is_plain(&mut self, value: &str) -> bool {
		self.job.find(value).is_ok_and(|spans| spans.is_empty())
	}

	/// Code, text and system, twice, their versions, and the text as it was written (CE, CWE, CNE).
	fn coded(&mut self, part: &str, path: &str) -> String {
		let components: Vec<_> = part.split(self.marks.component).map(str::to_owned).collect();
		self.components(part, |segment, index, component| {
			let system = |index: usize| components.get(index).map_or("", |name| name.trim());
			let keep = match index {
				0 => segment.code(component, system(2)),
				3 => segment.code(component, system(5)),
				2 | 5 => published(component.trim()) || component == "L",
				6 | 7 => {
					component.len() <= 8
						&& component.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
				},
				1 | 4 | 8 => return segment.text(component, path),
				_ => false,
			};
			if keep {
				component.to_owned()
			} else {
				String::new()
			}
		})
	}

	fn code(&mut self, code: &str, system: &str) -> bool {
		let (code, all) = self.marks.decode(code);
		let digits = code.bytes().filter(u8::is_ascii_digit).count();
		// A code of a place's own may be anything: then a text without long numbers.
		all && if published(system) {
			fhir::code(&code)
		} else {
			code.len() <= 40 && digits <= 3 && self.is_plain(&code)
		}
	}

	/// A text without what tells a person; as it came if there is nothing.
	fn text(&mut self, raw: &str, path: &str) -> String {
		let (text, all) = self.marks.decode(raw);
		match self.job.text(&text, path) {
			Some(new) if new == text && all => raw.to_owned(),
			Some(new) => self.marks.encode(&new),
			None => String::new(),
		}
	}

	fn date(&self, component: &str, birth: bool) -> String {
		let Some(year) = year(component) else { return String::new() };
		if self.job.policy.dates == Dates::Keep {
			return component.to_owned();
		}
		fhir::date(self.job, year, birth).unwrap_or_default()
	}

	fn address(&self, part: &str) -> String {
		let components: Vec<_> =
			part.split(self.marks.component).map(|part| self.marks.decode(part).0).collect();
		let at = |index: usize| components.get(index).map_or("", |part| part.trim());
		let town = self.job.policy.geography == Geography::Town;
		let country = at(5);
		let home = matches!(country.to_ascii_uppercase().as_str(), "" | "US" | "USA");
		let zip = match at(4) {
			"" => "",
			zip if town => zip,
			zip if home => super::zip(zip),
			_ => "000",
		};
		let state = if town || fhir::region(at(3)) { at(3) } else { "" };
		let known = country.len() <= 3 && country.bytes().all(|byte| byte.is_ascii_alphabetic());
		let city = if town { at(2) } else { "" };
		let kept = ["", "", city, state, zip, if known { country } else { "" }];
		let kept: Vec<_> = kept.iter().map(|part| self.marks.encode(part)).collect();
		let mark = self.marks.component;
		kept.join(mark.encode_utf8(&mut [0; 4])).trim_end_matches(mark).to_owned()
	}

	/// Whether this is an age over 89, which is not told.
	fn capped(&self) -> bool {
		if !self.job.policy.cap_ages || !matches!(self.at(2), "NM" | "SN" | "ST" | "") {
			return false;
		}
		let unit = self.at(6).split(self.marks.component).next().unwrap_or_default();
		let of_age = self
			.at(3)
			.split(|c: char| !c.is_alphanumeric() && c != '-')
			.any(|word| word.eq_ignore_ascii_case("age") || AGES.contains(&word));
		let value = self.at(5).trim_start_matches(|c: char| !c.is_ascii_digit());
		let value: f64 = value.trim_end().parse().unwrap_or_default();
		if unit.is_empty() {
			return of_age && value >= 90.0;
		}
		super::is_old(value, unit)
	}

	/// A result, by the type that OBX-2 gives it.
	fn result(&mut self, field: &str, path: &str) -> String {
		if self.capped() {
			return format!(">={}90", self.marks.component);
		}
		let kind = self.at(2).trim().to_ascii_uppercase();
		match kind.as_str() {
			"NM" => self.repetitions(field, |segment, part| segment.part(b'n', part, path)),
			"SN" | "NA" | "NR" | "CQ" | "MO" => {
				self.repetitions(field, |segment, part| segment.part(b'm', part, path))
			},
			"" | "ST" | "TX" | "FT" => {
				self.repetitions(field, |segment, part| segment.part(b't', part, path))
			},
			"CE" | "CWE" | "CNE" | "CF" | "IS" | "ID" => {
				self.repetitions(field, |segment, part| segment.part(b'w', part, path))
			},
			"DT" | "TS" | "DTM" | "DR" => {
				self.repetitions(field, |segment, part| segment.part(b'd', part, path))
			},
			"CX" | "EI" => self.repetitions(field, |segment, part| segment.part(b'i', part, path)),
			"AD" | "XAD" => self.repetitions(field, |segment, part| segment.part(b'a', part, path)),
			"ED" => self.repetitions(field, |segment, part| segment.encapsulated(part, path)),
			_ => {
				self.job.manifest.withhold(path, Reason::KindUnsupported);
				String::new()
			},
		}
	}

	/// Encapsulated data: those that are text are scrubbed, all others withheld.
	fn encapsulated(&mut self, part: &str, path: &str) -> String {
		let mark = self.marks.component;
		let components: Vec<_> = part.splitn(5, mark).collect();
		let at = |index: usize| components.get(index).copied().unwrap_or_default();
		let encoded = at(3).eq_ignore_ascii_case("base64");
		let bytes = if encoded {
			// Lines are divided by escapes or blanks.
			let (data, all) = self.marks.decode(at(4));
			let data: Vec<u8> = data.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
			data_encoding::BASE64.decode(&data).ok().filter(|_| all)
		} else {
			Some(self.marks.decode(at(4)).0.into_bytes())
				.filter(|_| at(3).eq_ignore_ascii_case("a"))
		};
		let media = match (at(1).to_ascii_lowercase().as_str(), at(2).to_ascii_lowercase().as_str())
		{
			("text" | "tx" | "ft" | "", "plain" | "txt" | "text" | "") => "text/plain",
			("text" | "application" | "", "html" | "xhtml" | "htm") => "text/html",
			("text" | "application" | "", "rtf") => "text/rtf",
			_ => "",
		};
		let Some(text) = bytes.and_then(|bytes| markup::attached(media, bytes)) else {
			self.job.manifest.withhold(path, Reason::KindUnsupported);
			return String::new();
		};
		if self.job.policy.free_text == FreeText::Drop {
			return String::new();
		}
		let Some(text) = self.job.text(&text, path) else { return String::new() };
		let (kind, data) = if encoded {
			("Base64", data_encoding::BASE64.encode(text.as_bytes()))
		} else {
			("A", self.marks.encode(&text))
		};
		["", "TEXT", "plain", kind, &data].join(mark.encode_utf8(&mut [0; 4]))
	}
}

/// LOINC codes of ages: reported, at a death, at the time of an examination, of the patient and of others.
const AGES: &[&str] = &["30525-0", "21612-7", "29553-5", "63900-5", "35659-2", "39016-1", "8659-8"];

/// The systems of table 0396 that publish their codes.
fn published(system: &str) -> bool {
	matches!(
		system,
		"LN" | "SCT"
			| "SNM" | "SNM3"
			| "I9" | "I9C"
			| "I9CP" | "I10"
			| "I10C" | "I10P"
			| "ICD10CM"
			| "RXNORM"
			| "C4" | "CVX"
			| "MVX" | "NDC"
			| "UCUM" | "ISO+"
			| "HCPCS" | "HPC"
			| "CDCREC"
			| "DCM" | "ATC"
			| "NCIT"
	) || system
		.strip_prefix("HL7")
		.is_some_and(|table| table.len() == 4 && table.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A number of a measure: one of eight digits may be a date or the number of a person.
pub(super) fn is_number(text: &str) -> bool {
	let text = text.trim();
	let digits = text.bytes().filter(u8::is_ascii_digit).count();
	(1..=7).contains(&digits) && text.len() <= 12 && text.parse::<f64>().is_ok()
}

fn is_range(text: &str) -> bool {
	text.len() <= 24
		&& text.bytes().all(|byte| byte.is_ascii_digit() || b"<>=.-&^ ".contains(&byte))
		&& text
			.split(|c: char| !c.is_ascii_digit() && c != '.')
			.filter(|number| !number.is_empty())
			.all(is_number)
		&& text
			.split(|c: char| !c.is_ascii_digit() && c != '.')
			.filter(|part| !part.is_empty())
			.count() <= 2
}

/// The year of a date: `YYYY[MM[DD[HH[MM[SS[.S]]]]]][+ZZZZ]`.
pub(super) fn year(text: &str) -> Option<&str> {
	let text = text.trim();
	let digits = text.split(['+', '-', '.']).next()?;
	let fits = matches!(digits.len(), 4 | 6 | 8 | 10..=17)
		&& digits.bytes().all(|byte| byte.is_ascii_digit())
		&& text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
	fits.then(|| text.get(..4)).flatten()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{Format, Policy};

	fn run(input: &[u8], change: impl FnOnce(&mut Policy)) -> (String, crate::Manifest) {
		let mut policy = Policy::safe_harbor().expect("reads");
		change(&mut policy);
		let mut job = Deidentifier::new(policy).expect("true");
		job.learn(Format::Hl7v2, input).expect("memory");
		let mut out = Vec::new();
		job.transform(Format::Hl7v2, input, &mut out).expect("memory");
		job.verify(&out[..]).expect("nothing known is left");
		(String::from_utf8_lossy(&out).into_owned(), job.finish().0)
	}

	/// A message with these segments behind its header.
	fn segments(rest: &str) -> (String, crate::Manifest) {
		run(format!("MSH|^~\\&|||||2024||ORU^R01|1|P|2.5.1\r{rest}").as_bytes(), |_| {})
	}

	#[track_caller]
	fn becomes(segment: &str, expected: &str) {
		let (out, manifest) = segments(segment);
		let line = out.split('\r').nth(1).unwrap_or("");
		assert_eq!(line, expected, "{segment}: {manifest:?}");
	}

	#[test]
	fn results_stay_byte_for_byte() {
		for segment in [
			"OBX|1|NM|2345-7^Glucose^LN||5.50|mmol/L^millimole per liter^UCUM|3.9-6.1|H~A|||F",
			"OBX|2|SN|2345-7^Glucose^LN||<^100|mg/dL|<7800|N|||F|||2024",
			"OBX|3|CWE|882-1^ABO group^LN||A^Group A^L||||||F||",
			"OBX|4|ST|2345-7^Glucose^LN|1.2|Negative|10*3/uL|4.50&5.90|||F|F",
			"AL1|1|DRUG^^HL70127|7980^Penicillin G^RXNORM|SV|HYPOTENSION",
			"DG1|1||E11.9^Type 2 diabetes mellitus^I10C||2024|F",
			"SPM|1|||SER^Serum^HL70487|||||||P",
		] {
			becomes(segment, segment);
		}
	}

	/// What becomes of one field of a segment.
	fn field(segment: &str, number: usize, value: &str) -> String {
		let (out, _) = segments(&format!("{segment}{}{value}", "|".repeat(number)));
		let line = out.split('\r').nth(1).unwrap_or_default();
		assert!(line.starts_with(segment), "{segment}-{number}: {line}");
		line.split('|').nth(number).unwrap_or_default().to_owned()
	}

	#[test]
	fn every_class_of_field_is_told_apart() {
		for (segment, number, value, expected) in [
			("PID", 5, "Roe^Jane^Q", ""),
			("PID", 7, "19590314", "1959"),
			("PID", 7, "19030314", ""),
			("PID", 8, "F", "F"),
			("PID", 9, "Roe", ""),
			("PID", 10, "2106-3^White^CDCREC", "2106-3^White^CDCREC"),
			(
				"PID",
				11,
				"77 Oak Lane^^Fennimore^IL^60614-1234^USA^H~^^Paris^^75001^FRA",
				"^^^IL^606^USA~^^^^000^FRA",
			),
			("PID", 11, "^^^Cook^03601", "^^^^000"),
			("PID", 12, "Cook", ""),
			("PID", 13, "312-555-0142", ""),
			("PID", 14, "^^PH^^^312^5550142", ""),
			("PID", 19, "987-65-4321", ""),
			("PID", 20, "D1234567", ""),
			("PID", 23, "Fennimore", ""),
			("PID", 29, "20240102030405.5-0500", "2024"),
			("PID", 33, "20240102", ""),
			("PID", 99, "x", ""),
			("PD1", 4, "1^Okafor", ""),
			("NK1", 2, "Roe^John", ""),
			("NK1", 3, "SPO^Spouse", ""),
			("GT1", 3, "Roe^John", ""),
			("IN1", 4, "Acme Health", ""),
			("IN2", 2, "987-65-4321", ""),
			("IN3", 2, "1234567", ""),
			("MRG", 7, "Roe", ""),
			("EVN", 2, "20240102", "2024"),
			("EVN", 5, "1^Okafor", ""),
			("PV1", 2, "I", "I"),
			("PV1", 3, "N77^7714^01", ""),
			("PV1", 7, "1^Okafor^Ann", ""),
			("PV1", 10, "MED", "MED"),
			("PV1", 44, "202401021200", "2024"),
			("PV2", 13, "1^Okafor", ""),
			("DG1", 4, "Diabetes of Jane Roe", "Diabetes of [NAME-1]"),
			("DG1", 16, "1^Okafor", ""),
			("PR1", 5, "20240102", "2024"),
			("PR1", 8, "1^Okafor", ""),
			("AL1", 5, "RASH~HIVES", "RASH~HIVES"),
			("IAM", 14, "Okafor", ""),
			("ORC", 9, "20240102", "2024"),
			("ORC", 10, "^NURSE^JANET", ""),
			("ORC", 21, "Mercy Hospital", ""),
			(
				"OBR",
				4,
				"24331-1^Lipid panel^LN^LIP4459201^Lipids^99ROE",
				"24331-1^Lipid panel^LN^^Lipids",
			),
			("OBR", 13, "seen by Dr. Okafor", "seen by Dr. [NAME-1]"),
			("OBR", 16, "1^Okafor", ""),
			("OBR", 32, "1&Okafor&Ann", ""),
			("OBX", 15, "Lab of Roe", ""),
			("OBX", 23, "Mercy Hospital", ""),
			("SPM", 4, "SER^Serum^HL70487", "SER^Serum^HL70487"),
			("SPM", 17, "20240102^20240103", "2024^2024"),
			("SPM", 30, "A1", ""),
			("TQ1", 2, "5^mL&milliliter&UCUM", "5^mL&milliliter&UCUM"),
			("TXA", 5, "1^Okafor", ""),
			("TXA", 16, "PN_Roe.RTF", ""),
			("RXA", 5, "140^Influenza^CVX", "140^Influenza^CVX"),
			("RXA", 15, "LOT123", ""),
			("RXE", 3, "40", "40"),
			("ACC", 3, "77 Oak Lane", ""),
			("NTE", 3, "by Dr. Okafor\\.br\\BP 120/80", "by Dr. [NAME-1]\\.br\\BP 120/80"),
			("NTE", 3, "a \\T\\ b \\Zqqq\\ c", "a \\T\\ b  c"),
			("CON", 24, "Roe", ""),
			("ROL", 4, "1^Okafor", ""),
			("SCH", 12, "1^Okafor", ""),
			("MSA", 1, "AA", "AA"),
			("PID", 6, "\"\"", "\"\""),
		] {
			assert_eq!(field(segment, number, value), expected, "{segment}-{number} {value}");
		}
		for (segment, number) in
			[("PID", 3), ("PV1", 19), ("ORC", 2), ("OBR", 3), ("SPM", 2), ("OBX", 21), ("TXA", 12)]
		{
			let id = field(segment, number, "X4459201^A^MR");
			assert!(id.len() == 32 && !id.contains("4459201"), "{segment}-{number}: {id}");
		}
	}

	#[test]
	fn results_follow_their_type() {
		let ed = |kind: &str, text: &[u8]| {
			format!("^{kind}^Base64^{}", data_encoding::BASE64.encode(text))
		};
		for (kind, value, expected) in [
			("NM", "4.50", "4.50"),
			("NM", "312-555-0142", ""),
			("NM", "3125550142", ""),
			("SN", ">^100", ">^100"),
			("ST", "Positive", "Positive"),
			("TX", "Dr. Okafor was here~fine", "Dr. [NAME-1] was here~fine"),
			("FT", "Zeb\\H\\ediah\\N\\, MRN 4459201", "Zebediah, MRN [MRN-1]"),
			("CWE", "A^Group A^L~B^Dr. Okafor^L", "A^Group A^L~B^Dr. [NAME-1]^L"),
			("DTM", "202401020304", "2024"),
			("TM", "1930", ""),
			("XPN", "Roe^Jane", ""),
			("XCN", "1^Roe^Jane", ""),
			("RP", "file://x/Roe.pdf", ""),
			("XAD", "77 Oak Lane^^Fennimore^IL^60614", "^^^IL^606"),
			("ED", &ed("application^pdf", b"%PDF Roe"), ""),
			("ED", &ed("image^jpeg", b"Roe"), ""),
			("ED", "^TEXT^plain^Hex^52", ""),
			("ED", "^TEXT^plain^Base64^!!", ""),
			("ED", "^TEXT^plain^A^by Dr. Okafor", "^TEXT^plain^A^by Dr. [NAME-1]"),
			(
				"ED",
				&format!("Mercy{}", ed("TEXT^plain", b"by Dr. Okafor")),
				&ed("TEXT^plain", b"by Dr. [NAME-1]"),
			),
		] {
			let (out, manifest) = segments(&format!("OBX|1|{kind}|1^Test^L||{value}||||||F"));
			let line = out.split('\r').nth(1).unwrap_or_default();
			assert_eq!(line.split('|').nth(5), Some(expected), "{kind} {value}");
			let withheld =
				matches!(kind, "RP" | "XPN" | "XCN" | "TM") || kind == "ED" && expected.is_empty();
			assert_eq!(manifest.withheld_count, u64::from(withheld), "{kind} {value}");
		}
	}

	#[test]
	fn ages_over_89_are_not_told() {
		becomes("OBX|1|NM|30525-0^Age^LN||93|a", "OBX|1|SN|30525-0^Age^LN||>=^90|a");
		becomes("OBX|1|NM|1^Age at onset^L||104", "OBX|1|SN|1^Age at onset^L||>=^90");
		becomes("OBX|1|NM|30525-0^Age^LN||1100|mo", "OBX|1|SN|30525-0^Age^LN||>=^90|mo");
		becomes("OBX|1|SN|30525-0^Age^LN||>=^90|a", "OBX|1|SN|30525-0^Age^LN||>=^90|a");
		becomes("OBX|1|NM|30525-0^Age^LN||89|a", "OBX|1|NM|30525-0^Age^LN||89|a");
		becomes("OBX|1|NM|2345-7^Glucose^LN||93|mg/dL", "OBX|1|NM|2345-7^Glucose^LN||93|mg/dL");
	}

	#[test]
	fn what_is_not_known_is_withheld_and_listed() {
		let (out, manifest) =
			segments("ZPI|1|Roe\rXYZ|Roe\rthe rest of Roe\rOBX|1|NM|1^T^L||5|mg||||||F\r");
		assert_eq!(out.matches('\r').count(), 2, "{out}");
		assert!(!out.contains("Roe"));
		let paths: Vec<_> = manifest.withheld.iter().map(|row| row.path.as_str()).collect();
		assert_eq!(paths, ["Z segment", "segment", "line"]);
		assert_eq!(manifest.withheld_whole, 0);
		for broken in [
			&b"MSH|LAB|Roe"[..],
			b"MSH|",
			b"PID|1||Roe\rMSH|^~\\&|",
			b"MSH|^~\\&||||||||||||||||ISO IR87\rPID|||Roe",
			b"MSH|^~\\&||||||||||||||||UNICODE UTF-16\rPID|||Roe",
		] {
			let (out, manifest) = run(broken, |_| {});
			assert!(!out.contains("Roe"), "{out}");
			assert_eq!(manifest.withheld_whole, 1, "{}", broken.escape_ascii());
		}
	}

	#[test]
	fn batches_frames_and_delimiters_stay() {
		let input = "\x0bFHS|^~\\&|ROE|||X|20240102\r\nBHS|^~\\&\r\nMSH^~|\\&^ROE^^^^20240102^^ADT~A24^7^P^2.4\r\n\r\nPID^1^^^^Quill~Jane\r\nNTE^1^^Quill was here\r\nBTS|1\r\nFTS|1\r\n\x1c\r";
		let (out, manifest) =
			run(input.as_bytes(), |policy| policy.identifiers = Identifiers::Remove);
		assert_eq!(out, "\x0bFHS|^~\\&||||2024\r\nBHS|^~\\&\r\nMSH^~|\\&^^^^^2024^^ADT~A24^^P^2.4\r\n\r\nPID^1^^^^\r\nNTE^1^^[NAME-1] was here\r\nBTS|1\r\nFTS|1\r\n\x1c\r".replacen("||||2024", "|||||2024", 1), "{manifest:?}");
		assert_eq!(manifest.pieces, 5);
	}

	#[test]
	fn a_message_keeps_its_character_set() {
		let input = b"MSH|^~\\&||||||||||||||||8859/1\rNTE|1||M\xe4\xdfig, Jos\xe9 Quillhaven\rPID|||||Quillhaven^Jos\xe9";
		let mut job = Deidentifier::new(Policy::safe_harbor().expect("reads")).expect("true");
		job.learn(Format::Hl7v2, &input[..]).expect("memory");
		let mut out = Vec::new();
		job.transform(Format::Hl7v2, &input[..], &mut out).expect("memory");
		assert!(out.windows(4).any(|part| part == b"M\xe4\xdfi"), "{}", out.escape_ascii());
		assert!(!out.windows(3).any(|part| part == b"Jos"));
	}

	#[test]
	fn what_one_message_tells_goes_from_every_other_and_ids_agree() {
		let input = "MSH|^~\\&|||||2024||ORU^R01|77|P|2.5\rPID|1||4459201||Quillhaven^Zebediah\rORC|RE|P998877\rOBR|1|P998877\rMSH|^~\\&|||||2024||ORU^R01|78|P|2.5\rPID|1||4459201\rNTE|1||zeb quillhaven, 44-59-201, order P998877\r";
		let (out, _) = run(input.as_bytes(), |_| {});
		assert!(!out.to_lowercase().contains("quillhaven") && !out.contains("4459201"));
		let at = |segment: &str, number: usize| -> Vec<String> {
			out.split('\r')
				.filter(|line| line.starts_with(segment))
				.map(|line| line.split('|').nth(number).unwrap_or_default().to_owned())
				.collect()
		};
		assert_eq!(at("PID", 3)[0], at("PID", 3)[1]);
		assert_eq!(at("ORC", 2), at("OBR", 2));
		assert_ne!(at("MSH", 9)[0], at("MSH", 9)[1]);
	}
}
