// SPDX-License-Identifier: Apache-2.0
//! Reads a data set element by element (PS3.5, section 7; PS3.10, section 7).
//!
//! The dictionary and the value representations are those of the DICOM crates. Their reader is not
//! used: it takes the declared length of a value on trust, follows sequences to any depth, and gives
//! nothing of a file that is cut off. Here nothing is allocated before it is there, every step takes
//! bytes of the file, and what comes before a fault is kept.

use super::{
	charset::{Charset, ASCII},
	element::{name, DataSet, Element, Left, Value},
	input::Input,
};
use crate::Code;
use dicom_core::{
	dictionary::{DataDictionary, DataDictionaryEntry, VirtualVr},
	Tag, VR,
};
use dicom_object::StandardDataDictionary;
use std::io::{self, Read};

/// How deeply sequences may be nested.
pub(super) const MAX_DEPTH: usize = 16;
/// How many elements, items and fragments a file may have.
const MAX_ELEMENTS: usize = 1_000_000;
/// The largest value of numbers or bytes that is held; larger ones are pictures, waveforms, tables.
const MAX_BYTES: u64 = 64 * 1024;
/// What an element takes beside its value.
const ELEMENT_COST: usize = 64;
const UNDEFINED: u32 = u32::MAX;

const ITEM: Tag = Tag(0xFFFE, 0xE000);
const ITEM_END: Tag = Tag(0xFFFE, 0xE00D);
const SEQUENCE_END: Tag = Tag(0xFFFE, 0xE0DD);
const CHARACTER_SET: Tag = Tag(0x0008, 0x0005);
const SIGNED: Tag = Tag(0x0028, 0x0103);
/// An encapsulated document, which is held as a whole.
const DOCUMENT: Tag = Tag(0x0042, 0x0011);

/// How elements are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Syntax {
	pub(super) explicit: bool,
	pub(super) big_endian: bool,
}

pub(super) const IMPLICIT: Syntax = Syntax { explicit: false, big_endian: false };
pub(super) const EXPLICIT: Syntax = Syntax { explicit: true, big_endian: false };
pub(super) const BIG_ENDIAN: Syntax = Syntax { explicit: true, big_endian: true };

/// Why a data set is not read to its end.
#[derive(Debug)]
pub(super) enum Stop {
	/// The file ends before.
	Truncated,
	/// What stands there is no element.
	Malformed,
	/// There is too much of something.
	Limit { what: &'static str, limit: usize },
	/// Reading failed.
	Io(io::Error),
}

impl From<io::Error> for Stop {
	fn from(error: io::Error) -> Self {
		Self::Io(error)
	}
}

/// The head of an element.
struct Header {
	tag: Tag,
	vr: VR,
	length: u32,
}

/// Reads one file. What it met stays in it when it stops.
pub(super) struct Reader<R> {
	pub(super) input: Input<R>,
	/// Bytes of the file, where they are known.
	end: Option<u64>,
	/// The most bytes that are read, where the end is not known.
	max: u64,
	/// The most bytes that are held.
	budget: usize,
	elements: usize,
	/// The way to the element that is read: tags and numbers of items.
	path: Vec<(Tag, Option<usize>)>,
	/// What is wrong with single elements.
	pub(super) faults: Vec<(String, Code)>,
	/// Whether pixel values have a sign: it decides how some elements are written.
	signed: bool,
}

impl<R: Read> Reader<R> {
	pub(super) fn new(reader: R, end: Option<u64>, max: u64, budget: usize) -> Self {
		Self {
			input: Input::new(reader),
			end,
			max,
			budget,
			elements: 0,
			path: Vec::new(),
			faults: Vec::new(),
			signed: false,
		}
	}

	/// The element that is read, as `00400275[1].00080100`.
	pub(super) fn path(&self) -> String {
		let mut path = String::new();
		for (tag, item) in &self.path {
			if !path.is_empty() {
				path.push('.');
			}
			path.push_str(&name(*tag));
			if let Some(item) = item {
				path.push_str(&format!("[{item}]"));
			}
		}
		path
	}

	/// What may still be held.
	pub(super) const fn budget(&self) -> usize {
		self.budget
	}

	fn fault(&mut self, code: Code) {
		// So many say enough, and a hostile file must not fill the memory with them.
		if self.faults.len() < 1000 {
			self.faults.push((self.path(), code));
		}
	}

	/// Elements of the file meta group, up to the first that is not of it.
	pub(super) fn meta(&mut self, out: &mut DataSet) -> Result<(), Stop> {
		let mut charset = ASCII;
		while self.input.peek(2)? == [2, 0] {
			let Some(header) = self.header(EXPLICIT)? else { break };
			self.element(header, EXPLICIT, None, &mut charset, out)?;
		}
		Ok(())
	}

	/// How the elements that come are written, by the first of them.
	pub(super) fn look(&mut self) -> io::Result<Syntax> {
		let head = self.input.peek(6)?;
		let explicit = head.last_chunk::<2>().is_some_and(|vr| VR::from_binary(*vr).is_some());
		Ok(match head {
			// A low group number in the second byte.
			[0, group, ..] if *group != 0 && explicit => BIG_ENDIAN,
			_ if explicit => EXPLICIT,
			_ => IMPLICIT,
		})
	}

	/// The elements to the end of the file.
	pub(super) fn data_set(&mut self, syntax: Syntax, out: &mut DataSet) -> Result<(), Stop> {
		self.elements(syntax, None, false, ASCII, out)
	}

	/// Elements up to a place, to a delimiter, or to the end of the file.
	fn elements(
		&mut self,
		syntax: Syntax,
		end: Option<u64>,
		delimited: bool,
		mut charset: Charset,
		out: &mut DataSet,
	) -> Result<(), Stop> {
		loop {
			if let Some(end) = end {
				if self.input.at() == end {
					return Ok(());
				}
				if self.input.at() > end {
					return Err(Stop::Malformed);
				}
			}
			let is_root = end.is_none() && !delimited;
			if is_root && self.is_padding()? {
				return Ok(());
			}
			let Some(header) = self.header(syntax)? else {
				return if is_root { Ok(()) } else { Err(Stop::Truncated) };
			};
			match header.tag {
				ITEM_END if delimited => return Ok(()),
				// A delimiter where none is needed.
				ITEM_END | SEQUENCE_END if header.length == 0 => {},
				Tag(0xFFFE, _) => return Err(Stop::Malformed),
				_ => self.element(header, syntax, end, &mut charset, out)?,
			}
		}
	}

	/// Zeros after the last element: some writers fill their files up.
	fn is_padding(&mut self) -> io::Result<bool> {
		let next = self.input.peek(8)?;
		if next.is_empty() || next.iter().any(|byte| *byte != 0) {
			return Ok(false);
		}
		let at = self.input.at();
		let mut only_zeros = true;
		loop {
			let part = self.input.peek(1024)?;
			let length = part.len();
			if length == 0 {
				break;
			}
			only_zeros &= part.iter().all(|byte| *byte == 0);
			self.input.skip(length as u64)?;
		}
		let code = if only_zeros { Code::TrailingPadding } else { Code::TrailingBytes };
		self.faults.push((format!("@{at}"), code));
		Ok(true)
	}

	fn two(&mut self, syntax: Syntax) -> Result<u16, Stop> {
		let bytes = self.input.array::<2>()?.ok_or(Stop::Truncated)?;
		Ok(if syntax.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
	}

	fn four(&mut self, syntax: Syntax) -> Result<u32, Stop> {
		let bytes = self.input.array::<4>()?.ok_or(Stop::Truncated)?;
		Ok(if syntax.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
	}

	/// The head of the next element; nothing at the end of the file.
	fn header(&mut self, syntax: Syntax) -> Result<Option<Header>, Stop> {
		if self.input.peek(1)?.is_empty() {
			return Ok(None);
		}
		self.count()?;
		let tag = Tag(self.two(syntax)?, self.two(syntax)?);
		if tag.0 == 0xFFFE {
			return Ok(Some(Header { tag, vr: VR::UN, length: self.four(syntax)? }));
		}
		if !syntax.explicit {
			let length = self.four(syntax)?;
			return Ok(Some(Header { tag, vr: self.vr_of(tag, length), length }));
		}
		let written = self.input.peek(2)?.first_chunk::<2>().copied().ok_or(Stop::Truncated)?;
		let Some(vr) = VR::from_binary(written) else {
			self.path.push((tag, None));
			self.fault(Code::ValueRepresentation);
			self.path.pop();
			// A name that is not known yet is written as the long ones are; what is no name is the
			// length of an implicit element.
			if written.iter().all(u8::is_ascii_uppercase) {
				self.four(syntax)?;
				return Ok(Some(Header { tag, vr: VR::UN, length: self.four(syntax)? }));
			}
			let length = self.four(syntax)?;
			return Ok(Some(Header { tag, vr: self.vr_of(tag, length), length }));
		};
		self.two(syntax)?;
		if !is_long(vr) {
			return Ok(Some(Header { tag, vr, length: self.two(syntax)?.into() }));
		}
		self.two(syntax)?;
		let length = self.four(syntax)?;
		// What was unknown to a sender before is known now (PS3.5, section 6.2.2).
		let vr = match (vr, self.vr_of(tag, length)) {
			(VR::UN, VR::SQ) => VR::UN,
			(VR::UN, known) if length != UNDEFINED => known,
			(vr, _) => vr,
		};
		Ok(Some(Header { tag, vr, length }))
	}

	/// What the dictionary says of an element.
	fn vr_of(&self, tag: Tag, length: u32) -> VR {
		let Some(entry) = StandardDataDictionary.by_tag(tag) else {
			return if length == UNDEFINED { VR::SQ } else { VR::UN };
		};
		match entry.vr() {
			VirtualVr::Xs if self.signed => VR::SS,
			vr => vr.relaxed(),
		}
	}

	fn count(&mut self) -> Result<(), Stop> {
		self.elements += 1;
		if self.elements > MAX_ELEMENTS {
			return Err(Stop::Limit { what: "elements", limit: MAX_ELEMENTS });
		}
		if self.end.is_none() && self.input.at() > self.max {
			let limit = usize::try_from(self.max).unwrap_or(usize::MAX);
			return Err(Stop::Limit { what: "bytes when inflated", limit });
		}
		Ok(())
	}

	/// Whether so many bytes can be there.
	fn check_length(&self, length: u64, end: Option<u64>) -> Result<(), Stop> {
		let after = self.input.at().saturating_add(length);
		if self.end.is_some_and(|end| after > end) {
			return Err(Stop::Truncated);
		}
		if end.is_some_and(|end| after > end) {
			return Err(Stop::Malformed);
		}
		Ok(())
	}

	fn skip(&mut self, length: u64) -> Result<(), Stop> {
		// Inflated bytes are counted as they come.
		let most = if self.end.is_none() { self.max.saturating_add(1) } else { u64::MAX };
		let length_now = length.min(most.saturating_sub(self.input.at()));
		if self.input.skip(length_now)? < length_now {
			return Err(Stop::Truncated);
		}
		if length_now < length {
			let limit = usize::try_from(self.max).unwrap_or(usize::MAX);
			return Err(Stop::Limit { what: "bytes when inflated", limit });
		}
		Ok(())
	}

	fn hold(&mut self, bytes: usize) -> Result<(), Stop> {
		let limit = self.budget;
		self.budget = limit
			.checked_sub(bytes)
			.ok_or(Stop::Limit { what: "bytes of elements in memory", limit })?;
		Ok(())
	}

	/// The value of an element whose head was read.
	fn element(
		&mut self,
		header: Header,
		syntax: Syntax,
		end: Option<u64>,
		charset: &mut Charset,
		out: &mut DataSet,
	) -> Result<(), Stop> {
		let Header { tag, vr, length } = header;
		self.path.push((tag, None));
		self.hold(ELEMENT_COST)?;
		let is_pixels = tag.0 == 0x7FE0 && matches!(tag.1, 0x0008..=0x0010);
		let value = if length == UNDEFINED && (is_pixels || matches!(vr, VR::OB | VR::OW)) {
			Value::Left(self.fragments(syntax)?)
		} else if vr == VR::SQ || length == UNDEFINED {
			if !matches!(vr, VR::SQ | VR::UN) {
				return Err(Stop::Malformed);
			}
			// A sequence that a sender did not know is in implicit little endian.
			let unknown = syntax.explicit && header.vr != VR::SQ;
			let inner = if unknown { IMPLICIT } else { syntax };
			let mut items = Vec::new();
			let result = self.sequence(length, inner, end, *charset, &mut items);
			out.0.push(Element { tag, vr: VR::SQ, value: Value::Items(items) });
			result?;
			self.path.pop();
			return Ok(());
		} else {
			self.value(tag, vr, u64::from(length), syntax, end, charset)?
		};
		if tag == SIGNED {
			self.signed = matches!(&value, Value::Bytes(bytes) if bytes.first() == Some(&1));
		}
		out.0.push(Element { tag, vr, value });
		self.path.pop();
		Ok(())
	}

	fn value(
		&mut self,
		tag: Tag,
		vr: VR,
		length: u64,
		syntax: Syntax,
		end: Option<u64>,
		charset: &mut Charset,
	) -> Result<Value, Stop> {
		self.check_length(length, end)?;
		let offset = self.input.at();
		let is_text = is_text(vr);
		let large = length > MAX_BYTES && !is_text && tag != DOCUMENT;
		if large || length > self.budget as u64 || tag == Tag(0x7FE0, 0x0010) {
			if is_text || tag == DOCUMENT {
				self.fault(Code::ValueLeft);
			}
			self.skip(length)?;
			return Ok(Value::Left(Left { offset, bytes: length, fragments: None }));
		}
		let mut bytes = self.input.part(length)?;
		if (bytes.len() as u64) < length {
			return Err(Stop::Truncated);
		}
		self.hold(bytes.len())?;
		if !is_text {
			if syntax.big_endian {
				bytes.chunks_exact_mut(width(vr)).for_each(<[u8]>::reverse);
			}
			return Ok(Value::Bytes(bytes));
		}
		let (text, good) = charset.decode(&bytes);
		if !good {
			self.fault(Code::ElementCharset);
		}
		// Padding says nothing (PS3.5, section 6.2); white space before a long text does.
		let text = text.trim_end_matches([' ', '\0']);
		let text = if is_free(vr) { text } else { text.trim_start_matches(' ') };
		if tag == CHARACTER_SET {
			match Charset::named(text) {
				Some(named) => *charset = named,
				None => self.fault(Code::CharsetUnknown),
			}
		}
		Ok(Value::Text(text.to_owned()))
	}

	fn sequence(
		&mut self,
		length: u32,
		syntax: Syntax,
		end: Option<u64>,
		charset: Charset,
		items: &mut Vec<DataSet>,
	) -> Result<(), Stop> {
		if self.path.len() > MAX_DEPTH {
			return Err(Stop::Limit { what: "levels of sequences", limit: MAX_DEPTH });
		}
		let own_end = if length == UNDEFINED {
			None
		} else {
			self.check_length(length.into(), end)?;
			Some(self.input.at().saturating_add(length.into()))
		};
		loop {
			if own_end.is_some_and(|end| self.input.at() >= end) {
				return if own_end == Some(self.input.at()) {
					Ok(())
				} else {
					Err(Stop::Malformed)
				};
			}
			let header = self.header(syntax)?.ok_or(Stop::Truncated)?;
			match header.tag {
				SEQUENCE_END => return Ok(()),
				ITEM => {},
				_ => return Err(Stop::Malformed),
			}
			self.hold(ELEMENT_COST)?;
			if let Some((_, number)) = self.path.last_mut() {
				*number = Some(items.len() + 1);
			}
			let (item_end, delimited) = if header.length == UNDEFINED {
				(own_end.or(end), true)
			} else {
				self.check_length(header.length.into(), own_end.or(end))?;
				(Some(self.input.at().saturating_add(header.length.into())), false)
			};
			let mut item = DataSet::default();
			let result = self.elements(syntax, item_end, delimited, charset, &mut item);
			items.push(item);
			result?;
		}
	}

	/// The fragments of a picture.
	fn fragments(&mut self, syntax: Syntax) -> Result<Left, Stop> {
		let offset = self.input.at();
		let (mut bytes, mut fragments) = (0_u64, 0_u64);
		loop {
			let header = self.header(syntax)?.ok_or(Stop::Truncated)?;
			match header.tag {
				SEQUENCE_END => {
					return Ok(Left { offset, bytes, fragments: Some(fragments) });
				},
				ITEM if header.length != UNDEFINED => {},
				_ => return Err(Stop::Malformed),
			}
			self.check_length(header.length.into(), None)?;
			self.skip(header.length.into())?;
			bytes = bytes.saturating_add(header.length.into());
			fragments = fragments.saturating_add(1);
		}
	}
}

/// Whether a length of four bytes follows (PS3.5, table 7.1-1).
const fn is_long(vr: VR) -> bool {
	use VR::{OB, OD, OF, OL, OV, OW, SQ, SV, UC, UN, UR, UT, UV};
	matches!(vr, OB | OD | OF | OL | OV | OW | SQ | SV | UC | UN | UR | UT | UV)
}

/// Whether values are text.
pub(super) const fn is_text(vr: VR) -> bool {
	use VR::{AE, AS, CS, DA, DS, DT, IS, LO, LT, PN, SH, ST, TM, UC, UI, UR, UT};
	matches!(vr, AE | AS | CS | DA | DS | DT | IS | LO | LT | PN | SH | ST | TM | UC | UI | UR | UT)
}

/// Whether a text is one, and a backslash in it a character like others.
pub(super) const fn is_free(vr: VR) -> bool {
	matches!(vr, VR::LT | VR::ST | VR::UT | VR::UR)
}

/// Bytes of one number.
pub(super) const fn width(vr: VR) -> usize {
	match vr {
		VR::US | VR::SS | VR::OW | VR::AT => 2,
		VR::UL | VR::SL | VR::FL | VR::OF | VR::OL => 4,
		VR::FD | VR::OD | VR::UV | VR::SV | VR::OV => 8,
		_ => 1,
	}
}
