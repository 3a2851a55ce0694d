// SPDX-License-Identifier: Apache-2.0
//! A message cut into segments and fields, without copying it.

use super::{
	delimiters::Delimiters,
	escape::{unescape, Unescaped},
	segments::is_known,
};
use encoding_rs::{Encoding, UTF_8};

/// Where the segments and fields of a message begin and end. Kept from message to message, so that
/// cutting allocates nothing once it has grown.
#[derive(Debug, Default)]
pub struct Spans {
	segments: Vec<SegmentSpan>,
	/// Where each field begins, behind its separator.
	fields: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct SegmentSpan {
	start: u32,
	end: u32,
	/// Its fields in the list of all.
	first_field: u32,
	last_field: u32,
	/// From 0.
	line: u32,
	/// Whether lines that are no segments continue it.
	continued: bool,
	/// Whether its first field is the separator itself.
	header: bool,
}

/// How the text of a message is to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Syntax {
	pub(crate) delimiters: Delimiters,
	/// What hexadecimal escapes are written in.
	pub(crate) encoding: &'static Encoding,
}

/// A message cut into segments.
#[derive(Clone, Copy)]
pub struct Message<'a> {
	text: &'a str,
	spans: &'a Spans,
	syntax: Syntax,
	good_delimiters: bool,
}

impl core::fmt::Debug for Message<'_> {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "Message({} segments) {{ .. }}", self.spans.segments.len())
	}
}

/// Bytes that end a segment, or frame a message.
pub(super) const fn is_break(byte: u8) -> bool {
	matches!(byte, b'\r' | b'\n' | 0x0B | 0x1C)
}

impl<'a> Message<'a> {
	/// Cuts a text that begins with a header segment (MSH, FHS or BHS); anything else, and a text
	/// of 4 GiB or more, is none.
	pub fn parse(text: &'a str, spans: &'a mut Spans) -> Option<Self> {
		Self::parse_encoded(text, UTF_8, spans)
	}

	/// The same, when hexadecimal escapes are in another encoding.
	pub(crate) fn parse_encoded(
		text: &'a str,
		encoding: &'static Encoding,
		spans: &'a mut Spans,
	) -> Option<Self> {
		u32::try_from(text.len()).ok()?;
		let bytes = text.as_bytes();
		let (delimiters, good_delimiters) = Delimiters::read(bytes)?;
		if !is_header(bytes) {
			return None;
		}
		spans.cut(bytes, delimiters.field);
		Some(Self { text, spans, syntax: Syntax { delimiters, encoding }, good_delimiters })
	}

	/// A trailer of a batch (BTS or FTS), which has the usual delimiters.
	pub(super) fn parse_trailer(text: &'a str, spans: &'a mut Spans) -> Option<Self> {
		let field = text.as_bytes().get(3).copied().unwrap_or(b'|');
		let delimiters = Delimiters { field, ..Delimiters::default() };
		spans.cut(text.as_bytes(), field);
		let syntax = Syntax { delimiters, encoding: UTF_8 };
		Some(Self { text, spans, syntax, good_delimiters: true })
	}

	/// The characters that cut it.
	pub const fn delimiters(&self) -> Delimiters {
		self.syntax.delimiters
	}

	/// Whether MSH-2 gives its delimiters as it should.
	pub const fn has_good_delimiters(&self) -> bool {
		self.good_delimiters
	}

	/// The segments in their order, the header first.
	pub fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
		self.spans.segments.iter().map(|span| self.segment(*span))
	}

	/// The header segment.
	pub(crate) fn header(&self) -> Option<Segment<'_>> {
		self.segments().next()
	}

	fn segment(&self, span: SegmentSpan) -> Segment<'_> {
		let fields = span.first_field as usize..span.last_field as usize;
		Segment {
			text: self.text,
			span,
			fields: self.spans.fields.get(fields).unwrap_or_default(),
			syntax: &self.syntax,
		}
	}
}

/// Whether bytes begin with the name of a header segment, in any case.
pub(super) fn is_header(bytes: &[u8]) -> bool {
	bytes.get(..3).is_some_and(|id| {
		[b"MSH", b"FHS", b"BHS"].iter().any(|known| id.eq_ignore_ascii_case(*known))
	})
}

impl Spans {
	fn cut(&mut self, bytes: &[u8], separator: u8) {
		self.segments.clear();
		self.fields.clear();
		let mut line = 0;
		let mut start = 0;
		let mut starts_segment = true;
		let mut at = 0;
		while start < bytes.len() {
			if starts_segment {
				self.segments.push(SegmentSpan {
					start: start as u32,
					end: start as u32,
					first_field: self.fields.len() as u32,
					last_field: self.fields.len() as u32,
					line,
					continued: false,
					header: is_header(&bytes[start..]),
				});
			}
			// The separators of one line.
			while let Some(byte) = bytes.get(at) {
				if *byte == separator {
					self.fields.push(at as u32 + 1);
				} else if is_break(*byte) {
					break;
				}
				at += 1;
			}
			if let Some(segment) = self.segments.last_mut() {
				segment.end = at as u32;
				segment.last_field = self.fields.len() as u32;
				segment.continued |= !starts_segment;
			}
			// On to the next line that is not blank.
			start = at;
			while let Some(byte) = bytes.get(start) {
				match byte {
					b'\n' if start > 0 && bytes[start - 1] == b'\r' => {},
					b'\r' | b'\n' => line += 1,
					byte if is_break(*byte) => {},
					b' ' | b'\t' => {
						let blank = bytes[start..].iter().position(|b| !matches!(b, b' ' | b'\t'));
						match blank.map(|blank| (start + blank, bytes[start + blank])) {
							Some((next, byte)) if is_break(byte) => {
								start = next;
								continue;
							},
							Some(_) => break,
							None => {
								start = bytes.len();
								break;
							},
						}
					},
					_ => break,
				}
				start += 1;
			}
			starts_segment = bytes.get(start..).is_some_and(|rest| begins_segment(rest, separator));
			at = start;
		}
	}
}

/// Whether a line begins with a segment id: in capitals, or one that is known.
fn begins_segment(line: &[u8], separator: u8) -> bool {
	let [a, b, c, ..] = *line else { return false };
	let id = [a, b, c];
	let capitals = a.is_ascii_uppercase()
		&& [b, c].iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
	match line.get(3) {
		None => capitals,
		Some(next) if *next == separator => {
			capitals
				|| id[0].is_ascii_alphabetic()
					&& id.iter().all(u8::is_ascii_alphanumeric)
					&& is_known(&id.map(|byte| byte.to_ascii_uppercase()))
		},
		Some(next) => capitals && is_break(*next),
	}
}

/// A line of a message.
#[derive(Clone, Copy)]
pub struct Segment<'a> {
	text: &'a str,
	span: SegmentSpan,
	fields: &'a [u32],
	syntax: &'a Syntax,
}

impl core::fmt::Debug for Segment<'_> {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("Segment { .. }")
	}
}

impl<'a> Segment<'a> {
	/// Its three letters, in capitals.
	#[inline]
	pub fn id(&self) -> [u8; 3] {
		let mut id = [b'?'; 3];
		let start = self.span.start as usize;
		if let Some(written) = self.text.as_bytes().get(start..start + 3) {
			id.copy_from_slice(written);
		}
		id.map(|byte| byte.to_ascii_uppercase())
	}

	/// Whether its letters are small.
	pub fn is_lower_case(&self) -> bool {
		self.text.as_bytes().get(self.span.start as usize).is_some_and(u8::is_ascii_lowercase)
	}

	/// Whether lines that are no segments continue it.
	pub const fn is_continued(&self) -> bool {
		self.span.continued
	}

	/// Its line in the message, from 0.
	pub const fn line(&self) -> u64 {
		self.span.line as u64
	}

	/// Where it lies in the text of the message.
	pub const fn range(&self) -> core::ops::Range<usize> {
		self.span.start as usize..self.span.end as usize
	}

	/// Whether its first field is the separator itself.
	pub(crate) const fn is_header(&self) -> bool {
		self.span.header
	}

	/// How many fields it has, the last one that is written included.
	#[inline]
	pub fn len(&self) -> usize {
		self.fields.len() + usize::from(self.is_header())
	}

	/// Whether it has no fields.
	#[inline]
	pub fn is_empty(&self) -> bool {
		self.fields.is_empty()
	}

	/// A field by its number, from 1; empty when it is not there.
	#[inline]
	pub fn field(&self, number: usize) -> Part<'a> {
		let index = match (self.is_header(), number) {
			(_, 0) => return self.part(0, 0),
			// The separator is field 1.
			(true, 1) => {
				let separator = self.span.start as usize + 3;
				return self.part(separator, separator + 1);
			},
			(true, number) => number - 2,
			(false, number) => number - 1,
		};
		let Some(start) = self.fields.get(index) else { return self.part(0, 0) };
		let end = self.fields.get(index + 1).map_or(self.span.end, |next| next - 1);
		self.part(*start as usize, end as usize)
	}

	/// Its fields in their order, from field 1.
	#[inline]
	pub fn fields(&self) -> impl Iterator<Item = Part<'a>> + '_ {
		(1..=self.len()).map(|number| self.field(number))
	}

	#[inline]
	fn part(&self, start: usize, end: usize) -> Part<'a> {
		Part { text: self.text.get(start..end).unwrap_or_default(), syntax: self.syntax }
	}
}

/// A field, or a part of it: a repetition, a component, a subcomponent. The names of the methods
/// say what it is cut into.
#[derive(Clone, Copy)]
pub struct Part<'a> {
	text: &'a str,
	syntax: &'a Syntax,
}

impl core::fmt::Debug for Part<'_> {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("Part { .. }")
	}
}

impl<'a> Part<'a> {
	/// The text as written.
	#[inline]
	pub const fn raw(&self) -> &'a str {
		self.text
	}

	/// Whether nothing is written.
	#[inline]
	pub const fn is_empty(&self) -> bool {
		self.text.is_empty()
	}

	/// Whether the sender asks to delete what was there: `""`.
	pub fn is_deletion(&self) -> bool {
		self.text == "\"\""
	}

	/// What the text means.
	pub(crate) fn read(&self) -> Unescaped<'a> {
		unescape(self.text, self.syntax)
	}

	/// A part of the same message with another text.
	pub(crate) const fn with(&self, text: &'a str) -> Self {
		Self { text, syntax: self.syntax }
	}

	/// The repetitions of a field.
	#[inline]
	pub fn repetitions(&self) -> Parts<'a> {
		self.cut(self.syntax.delimiters.repetition)
	}

	/// The components of a repetition.
	#[inline]
	pub fn components(&self) -> Parts<'a> {
		self.cut(self.syntax.delimiters.component)
	}

	/// The subcomponents of a component.
	#[inline]
	pub fn subcomponents(&self) -> Parts<'a> {
		self.cut(self.syntax.delimiters.subcomponent)
	}

	/// A component by its number, from 1; empty when it is not there.
	pub fn component(&self, number: usize) -> Self {
		self.nth(self.components(), number)
	}

	/// A subcomponent by its number, from 1; empty when it is not there.
	pub fn subcomponent(&self, number: usize) -> Self {
		self.nth(self.subcomponents(), number)
	}

	fn nth(&self, mut parts: Parts<'a>, number: usize) -> Self {
		let found = number.checked_sub(1).and_then(|index| parts.nth(index));
		found.unwrap_or(Self { text: "", syntax: self.syntax })
	}

	#[inline]
	fn cut(&self, delimiter: u8) -> Parts<'a> {
		Parts { rest: Some(self.text), delimiter, syntax: self.syntax }
	}
}

/// The parts of a part; an empty one has a single empty part.
#[derive(Clone)]
pub struct Parts<'a> {
	rest: Option<&'a str>,
	delimiter: u8,
	syntax: &'a Syntax,
}

impl core::fmt::Debug for Parts<'_> {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("Parts { .. }")
	}
}

impl<'a> Iterator for Parts<'a> {
	type Item = Part<'a>;

	#[inline]
	fn next(&mut self) -> Option<Part<'a>> {
		let rest = self.rest?;
		// A delimiter is ASCII, so that both sides of it are whole characters.
		let text = match rest.bytes().position(|byte| byte == self.delimiter) {
			Some(at) => {
				self.rest = rest.get(at + 1..);
				rest.get(..at).unwrap_or_default()
			},
			None => {
				self.rest = None;
				rest
			},
		};
		Some(Part { text, syntax: self.syntax })
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// Segments as lists of fields, as written.
	fn cut(text: &str) -> Vec<Vec<String>> {
		let mut spans = Spans::default();
		let message = Message::parse(text, &mut spans).unwrap();
		let fields = |segment: Segment<'_>| {
			let id = String::from_utf8(segment.id().to_vec()).unwrap();
			let fields = segment.fields().map(|field| field.raw().to_owned());
			std::iter::once(id).chain(fields).collect()
		};
		message.segments().map(fields).collect()
	}

	#[test]
	fn fields_have_their_numbers() {
		for end in ["\r", "\n", "\r\n"] {
			let text = format!("MSH|^~\\&|LAB||X{end}PID|1||a^b~c{end}{end}EVN|{end}DSC{end}");
			assert_eq!(
				cut(&text),
				[
					vec!["MSH", "|", "^~\\&", "LAB", "", "X"],
					vec!["PID", "1", "", "a^b~c"],
					vec!["EVN", ""],
					vec!["DSC"],
				]
			);
		}
	}

	#[test]
	fn parts_are_cut_by_the_delimiters_of_the_message() {
		let mut spans = Spans::default();
		let text = "MSH^~|\\&^A\rPID^1^x~y&z|w";
		let message = Message::parse(text, &mut spans).unwrap();
		let pid = message.segments().nth(1).unwrap();
		let field = pid.field(2);
		let repetitions: Vec<_> = field.repetitions().map(|part| part.raw()).collect();
		assert_eq!(repetitions, ["x~y&z", "w"]);
		let first = field.repetitions().next().unwrap();
		assert_eq!(first.component(2).subcomponent(2).raw(), "z");
		assert!(
			first.component(3).is_empty() && pid.field(0).is_empty() && pid.field(9).is_empty()
		);
	}

	#[test]
	fn a_line_that_is_no_segment_continues_the_one_before() {
		let text =
			"MSH|^~\\&|A\rOBX|1|TX|||First line\rsecond line, with no id\r\r  third|F\rNTE|1";
		let segments = cut(text);
		assert_eq!(segments.len(), 3);
		assert_eq!(segments[1][5], "First line\rsecond line, with no id\r\r  third");
		assert_eq!(segments[1][6], "F");
		let mut spans = Spans::default();
		let message = Message::parse(text, &mut spans).unwrap();
		let marks: Vec<_> = message.segments().map(|s| (s.line(), s.is_continued())).collect();
		assert_eq!(marks, [(0, false), (1, true), (5, false)]);
	}

	#[test]
	fn small_letters_and_frames_are_read() {
		let text = "msh|^~\\&|A\r\npid|1\r\nZab|x\r\nsee|this\r\n\x1c\r";
		let segments = cut(text);
		assert_eq!(segments[1], ["PID", "1"]);
		// A word is no segment, unless it is one of the known ids.
		assert_eq!(segments[2], ["ZAB", "x\r\nsee", "this"]);
		assert_eq!(segments.len(), 3);
	}

	#[test]
	fn lines_are_counted_however_they_end() {
		let mut spans = Spans::default();
		let text = "MSH|^~\\&|A\r\n\r\nPID|1\n\nPV1|1\r\rOBX|1\r";
		let message = Message::parse(text, &mut spans).unwrap();
		let lines: Vec<_> = message.segments().map(|segment| segment.line()).collect();
		assert_eq!(lines, [0, 2, 4, 6]);
	}

	#[test]
	fn what_has_no_header_is_no_message() {
		for text in ["", "MSH", "PID|1", "MSHX", "MS", "{}", "é"] {
			assert!(Message::parse(text, &mut Spans::default()).is_none(), "{text}");
		}
	}
}
