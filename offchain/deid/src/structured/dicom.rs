// SPDX-License-Identifier: Apache-2.0
//! DICOM files (PS3.10): elements by an allow-list of tags at every depth, which carries out the basic
//! application level confidentiality profile of PS3.15, annex E: what the profile names and what it does not
//! is removed unless it is listed here. Private groups, overlays, curves and pixels are not listed.

use crate::{
	manifest::{Action, Reason},
	policy::{Dates, Identifiers},
	Deidentifier,
};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use flate2::read::DeflateDecoder;
use std::{collections::BTreeMap, io::Read, ops::RangeInclusive};

/// How deeply sequences may be nested.
const MAX_DEPTH: usize = 16;

/// How many elements and items a file may have, and into how many bytes it may unfold.
const MAX_ELEMENTS: usize = 1_000_000;
const MAX_INFLATED: u64 = 64 << 20;

const CHARSET: u32 = 0x0008_0005;
const CLASS: u32 = 0x0008_0016;
const INSTANCE: u32 = 0x0008_0018;
const PIXELS: RangeInclusive<u32> = 0x7FE0_0008..=0x7FE0_0010;
const IMPLICIT: &str = "1.2.840.10008.1.2";
const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const DEFLATED: &str = "1.2.840.10008.1.2.1.99";
const BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";

/// What may stay: tag, type and action (table E.1-1 for those it names). `C` class of an object, `U` other UID,
/// `I` number of a person, `Z` present and empty, `K` code or number in writing, `N` binary number, `T` text,
/// `S` sequence.
const KEPT: &[(u32, &str, char)] = &[
	(0x0008_0008, "CS", 'K'),
	(CLASS, "UI", 'C'),
	(INSTANCE, "UI", 'U'),
	(0x0008_0020, "DA", 'Z'),
	(0x0008_0030, "TM", 'Z'),
	(0x0008_0050, "SH", 'Z'),
	(0x0008_0060, "CS", 'K'),
	(0x0008_0064, "CS", 'K'),
	(0x0008_0068, "CS", 'K'),
	(0x0008_0070, "LO", 'T'),
	(0x0008_0090, "PN", 'Z'),
	(0x0008_0100, "SH", 'K'),
	(0x0008_0102, "SH", 'K'),
	(0x0008_0104, "LO", 'T'),
	(0x0008_1030, "LO", 'T'),
	(0x0008_1032, "SQ", 'S'),
	(0x0008_103E, "LO", 'T'),
	(0x0008_1090, "LO", 'T'),
	(0x0008_1111, "SQ", 'S'),
	(0x0008_1115, "SQ", 'S'),
	(0x0008_1140, "SQ", 'S'),
	(0x0008_1150, "UI", 'C'),
	(0x0008_1155, "UI", 'U'),
	(0x0008_1199, "SQ", 'S'),
	(0x0008_2111, "ST", 'T'),
	(0x0008_2112, "SQ", 'S'),
	(0x0008_2218, "SQ", 'S'),
	(0x0008_9215, "SQ", 'S'),
	(0x0010_0010, "PN", 'Z'),
	(0x0010_0020, "LO", 'I'),
	(0x0010_0030, "DA", 'Z'),
	(0x0010_0040, "CS", 'K'),
	(0x0010_1020, "DS", 'K'),
	(0x0010_1030, "DS", 'K'),
	(0x0018_0010, "LO", 'T'),
	(0x0018_0015, "CS", 'K'),
	(0x0018_0020, "CS", 'K'),
	(0x0018_0021, "CS", 'K'),
	(0x0018_0022, "CS", 'K'),
	(0x0018_0023, "CS", 'K'),
	(0x0018_0050, "DS", 'K'),
	(0x0018_0060, "DS", 'K'),
	(0x0018_0080, "DS", 'K'),
	(0x0018_0081, "DS", 'K'),
	(0x0018_0082, "DS", 'K'),
	(0x0018_0083, "DS", 'K'),
	(0x0018_0084, "DS", 'K'),
	(0x0018_0086, "IS", 'K'),
	(0x0018_0087, "DS", 'K'),
	(0x0018_0088, "DS", 'K'),
	(0x0018_0089, "IS", 'K'),
	(0x0018_0091, "IS", 'K'),
	(0x0018_0095, "DS", 'K'),
	(0x0018_1030, "LO", 'T'),
	(0x0018_1100, "DS", 'K'),
	(0x0018_1110, "DS", 'K'),
	(0x0018_1120, "DS", 'K'),
	(0x0018_1130, "DS", 'K'),
	(0x0018_1140, "CS", 'K'),
	(0x0018_1150, "IS", 'K'),
	(0x0018_1151, "IS", 'K'),
	(0x0018_1152, "IS", 'K'),
	(0x0018_1164, "DS", 'K'),
	(0x0018_1314, "DS", 'K'),
	(0x0018_5100, "CS", 'K'),
	(0x0018_5101, "CS", 'K'),
	(0x0020_000D, "UI", 'U'),
	(0x0020_000E, "UI", 'U'),
	(0x0020_0010, "SH", 'Z'),
	(0x0020_0011, "IS", 'K'),
	(0x0020_0012, "IS", 'K'),
	(0x0020_0013, "IS", 'K'),
	(0x0020_0020, "CS", 'K'),
	(0x0020_0032, "DS", 'K'),
	(0x0020_0037, "DS", 'K'),
	(0x0020_0052, "UI", 'U'),
	(0x0020_0060, "CS", 'K'),
	(0x0020_1002, "IS", 'K'),
	(0x0020_1041, "DS", 'K'),
	(0x0028_0002, "US", 'N'),
	(0x0028_0004, "CS", 'K'),
	(0x0028_0006, "US", 'N'),
	(0x0028_0008, "IS", 'K'),
	(0x0028_0010, "US", 'N'),
	(0x0028_0011, "US", 'N'),
	(0x0028_0030, "DS", 'K'),
	(0x0028_0034, "IS", 'K'),
	(0x0028_0100, "US", 'N'),
	(0x0028_0101, "US", 'N'),
	(0x0028_0102, "US", 'N'),
	(0x0028_0103, "US", 'N'),
	(0x0028_0301, "CS", 'K'),
	(0x0028_1050, "DS", 'K'),
	(0x0028_1051, "DS", 'K'),
	(0x0028_1052, "DS", 'K'),
	(0x0028_1053, "DS", 'K'),
	(0x0028_1054, "LO", 'K'),
	(0x0028_2110, "CS", 'K'),
	(0x0028_2112, "DS", 'K'),
	(0x0040_08EA, "SQ", 'S'),
	(0x0040_A010, "CS", 'K'),
	(0x0040_A040, "CS", 'K'),
	(0x0040_A043, "SQ", 'S'),
	(0x0040_A050, "CS", 'K'),
	(0x0040_A124, "UI", 'U'),
	(0x0040_A160, "UT", 'T'),
	(0x0040_A168, "SQ", 'S'),
	(0x0040_A300, "SQ", 'S'),
	(0x0040_A30A, "DS", 'K'),
	(0x0040_A491, "CS", 'K'),
	(0x0040_A493, "CS", 'K'),
	(0x0040_A504, "SQ", 'S'),
	(0x0040_A730, "SQ", 'S'),
	(0x0040_DB00, "CS", 'K'),
	(0x0054_0081, "US", 'N'),
	(0x0054_1000, "CS", 'K'),
	(0x0054_1001, "CS", 'K'),
	(0x0054_1002, "CS", 'K'),
	(0x0054_1102, "CS", 'K'),
	(0x0054_1300, "DS", 'K'),
];

/// Elements that tell of people: names, numbers, addresses and places.
const TOLD: &[(u32, char)] = &[
	(0x0010_0010, 'N'),
	(0x0010_1001, 'N'),
	(0x0010_1005, 'N'),
	(0x0010_1060, 'N'),
	(0x0008_0090, 'N'),
	(0x0008_1048, 'N'),
	(0x0008_1050, 'N'),
	(0x0008_1060, 'N'),
	(0x0008_1070, 'N'),
	(0x0032_1032, 'N'),
	(0x0040_0006, 'N'),
	(0x0040_A075, 'N'),
	(0x0040_A123, 'N'),
	(0x0010_0020, 'I'),
	(0x0010_1000, 'I'),
	(0x0008_0050, 'I'),
	(0x0018_1000, 'I'),
	(0x0038_0010, 'I'),
	(0x0010_2154, 'I'),
	(0x0010_1040, 'A'),
	(0x0008_0081, 'A'),
	(0x0008_0080, 'P'),
	(0x0040_A730, 'S'),
];

/// Whether a file begins as PS3.10 says.
pub(crate) fn is_start(start: &[u8]) -> bool {
	start.get(128..132) == Some(b"DICM")
}

fn listed(tag: u32) -> Option<(&'static str, char)> {
	KEPT.binary_search_by_key(&tag, |(known, ..)| *known).ok().map(|at| (KEPT[at].1, KEPT[at].2))
}

fn told(tag: u32) -> Option<char> {
	TOLD.iter().find(|(known, _)| *known == tag).map(|(_, kind)| *kind)
}

#[derive(Clone, Copy)]
struct Syntax {
	explicit: bool,
	big: bool,
}

enum Value {
	/// In little endian where it is numbers of the list.
	Bytes(Vec<u8>),
	Items(Vec<DataSet>),
	/// It was stepped over.
	Skipped,
}

/// The elements of a data set; of what is twice there the last.
type DataSet = BTreeMap<u32, Value>;

struct Input<'a> {
	bytes: &'a [u8],
	at: usize,
	left: usize,
}

impl<'a> Input<'a> {
	fn take(&mut self, length: usize) -> Result<&'a [u8], Reason> {
		let end = self.at.checked_add(length).ok_or(Reason::Malformed)?;
		let taken = self.bytes.get(self.at..end).ok_or(Reason::Malformed)?;
		self.at = end;
		Ok(taken)
	}

	fn u16(&mut self, big: bool) -> Result<u16, Reason> {
		let bytes = self.take(2)?;
		let bytes = [bytes[0], bytes[1]];
		Ok(if big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
	}

	fn u32(&mut self, big: bool) -> Result<u32, Reason> {
		let bytes = self.take(4)?;
		let bytes = [bytes[0], bytes[1], bytes[2], bytes[3]];
		Ok(if big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
	}

	fn tag(&mut self, big: bool) -> Result<u32, Reason> {
		Ok(u32::from(self.u16(big)?) << 16 | u32::from(self.u16(big)?))
	}

	fn count(&mut self) -> Result<(), Reason> {
		self.left = self.left.checked_sub(1).ok_or(Reason::LimitExceeded)?;
		Ok(())
	}

	/// Elements up to `end`, or to the end of an item.
	fn data_set(
		&mut self,
		syntax: Syntax,
		end: Option<usize>,
		depth: usize,
	) -> Result<DataSet, Reason> {
		if depth > MAX_DEPTH {
			return Err(Reason::LimitExceeded);
		}
		let mut out = DataSet::new();
		loop {
			match end {
				Some(end) if self.at == end => return Ok(out),
				Some(end) if self.at > end => return Err(Reason::Malformed),
				_ => {},
			}
			self.count()?;
			let tag = self.tag(syntax.big)?;
			if tag == 0xFFFE_E00D && end.is_none() {
				self.u32(syntax.big)?;
				return Ok(out);
			}
			if tag >> 16 == 0xFFFE {
				return Err(Reason::Malformed);
			}
			let mut vr = *b"UN";
			let length = if syntax.explicit {
				vr.copy_from_slice(self.take(2)?);
				if LONG.contains(&&vr) {
					self.take(2)?;
					self.u32(syntax.big)?
				} else if vr.iter().all(u8::is_ascii_uppercase) {
					u32::from(self.u16(syntax.big)?)
				} else {
					return Err(Reason::Malformed);
				}
			} else {
				self.u32(syntax.big)?
			};
			let sequence = listed(tag).is_some_and(|(_, action)| action == 'S');
			let value = if length == u32::MAX {
				if PIXELS.contains(&tag) {
					self.fragments(syntax.big)?;
					Value::Skipped
				} else {
					// Of undefined length and unknown type it is in implicit little endian.
					let inner =
						if &vr == b"UN" { Syntax { explicit: false, big: false } } else { syntax };
					Value::Items(self.items(inner, None, depth)?)
				}
			} else {
				let length = length as usize;
				if sequence && (&vr == b"SQ" || !syntax.explicit) {
					let end = self.at.checked_add(length).filter(|end| *end <= self.bytes.len());
					Value::Items(self.items(syntax, Some(end.ok_or(Reason::Malformed)?), depth)?)
				} else {
					let bytes = self.take(length)?;
					if listed(tag).is_some()
						|| told(tag).is_some()
						|| tag == CHARSET || tag >> 16 == 2
					{
						let mut bytes = bytes.to_vec();
						if syntax.big && listed(tag).is_some_and(|(_, action)| action == 'N') {
							bytes.chunks_exact_mut(2).for_each(<[u8]>::reverse);
						}
						Value::Bytes(bytes)
					} else {
						Value::Skipped
					}
				}
			};
			out.insert(tag, value);
		}
	}

	fn items(
		&mut self,
		syntax: Syntax,
		end: Option<usize>,
		depth: usize,
	) -> Result<Vec<DataSet>, Reason> {
		let mut items = Vec::new();
		loop {
			match end {
				Some(end) if self.at == end => return Ok(items),
				Some(end) if self.at > end => return Err(Reason::Malformed),
				_ => {},
			}
			self.count()?;
			let tag = self.tag(syntax.big)?;
			let length = self.u32(syntax.big)?;
			match tag {
				0xFFFE_E0DD if end.is_none() => return Ok(items),
				0xFFFE_E000 => {
					let end = (length != u32::MAX).then(|| self.at.saturating_add(length as usize));
					if end.is_some_and(|end| end > self.bytes.len()) {
						return Err(Reason::Malformed);
					}
					items.push(self.data_set(syntax, end, depth + 1)?);
				},
				_ => return Err(Reason::Malformed),
			}
		}
	}

	fn fragments(&mut self, big: bool) -> Result<(), Reason> {
		loop {
			self.count()?;
			let tag = self.tag(big)?;
			let length = self.u32(big)?;
			match tag {
				0xFFFE_E0DD => return Ok(()),
				0xFFFE_E000 => self.take(length as usize)?,
				_ => return Err(Reason::Malformed),
			};
		}
	}
}

/// Types with a length of four bytes.
const LONG: &[&[u8; 2]] =
	&[b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"];

/// The data set of a file.
fn parse(bytes: &[u8]) -> Result<DataSet, Reason> {
	if !is_start(bytes) {
		return Err(Reason::Malformed);
	}
	let mut input = Input { bytes, at: 132, left: MAX_ELEMENTS };
	// Group 2 is explicit little endian, and ends where another group begins.
	let mut syntax = None;
	while bytes.get(input.at..input.at + 2) == Some(&[2, 0]) {
		input.count()?;
		let tag = input.tag(false)?;
		let vr = input.take(2)?;
		let length = if LONG.iter().any(|long| vr == *long) {
			input.take(2)?;
			input.u32(false)? as usize
		} else {
			usize::from(input.u16(false)?)
		};
		let value = input.take(length)?;
		if tag == 0x0002_0010 {
			syntax = Some(plain(value));
		}
	}
	let syntax = syntax.ok_or(Reason::Malformed)?;
	let rest = bytes.get(input.at..).unwrap_or_default();
	let inflated;
	let body = if syntax == DEFLATED {
		let mut out = Vec::new();
		DeflateDecoder::new(rest)
			.take(MAX_INFLATED + 1)
			.read_to_end(&mut out)
			.map_err(|_| Reason::Malformed)?;
		if out.len() as u64 > MAX_INFLATED {
			return Err(Reason::LimitExceeded);
		}
		inflated = out;
		inflated.as_slice()
	} else {
		rest
	};
	let how = Syntax { explicit: syntax != IMPLICIT, big: syntax == BIG_ENDIAN };
	let mut input = Input { bytes: body, at: 0, left: input.left };
	input.data_set(how, Some(body.len()), 0)
}

/// A text of ASCII without its padding.
fn plain(bytes: &[u8]) -> String {
	String::from_utf8_lossy(bytes).trim_matches(['\0', ' ']).to_owned()
}

/// The set of (0008,0005), of those without escapes; nothing where another one is named.
fn charset(set: &DataSet, outer: Option<&'static Encoding>) -> Option<&'static Encoding> {
	let Some(Value::Bytes(name)) = set.get(&CHARSET) else { return outer };
	let name = plain(name);
	let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
	match name.as_str() {
		"" | "ISOIR6" | "ISOIR100" => Some(WINDOWS_1252),
		"ISOIR192" => Some(UTF_8),
		"ISOIR101" => Encoding::for_label(b"iso-8859-2"),
		"ISOIR109" => Encoding::for_label(b"iso-8859-3"),
		"ISOIR110" => Encoding::for_label(b"iso-8859-4"),
		"ISOIR148" => Encoding::for_label(b"iso-8859-9"),
		"ISOIR203" => Encoding::for_label(b"iso-8859-15"),
		_ => None,
	}
}

fn decoded(bytes: &[u8], encoding: Option<&'static Encoding>) -> Option<String> {
	if bytes.contains(&0x1B) {
		return None;
	}
	let text = match encoding {
		Some(encoding) => encoding.decode_without_bom_handling_and_without_replacement(bytes)?,
		None => std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii())?.into(),
	};
	Some(text.trim_matches(['\0', ' ']).to_owned())
}

/// Gathers what a file says of people.
pub(super) fn learn(job: &mut Deidentifier, bytes: &[u8]) {
	if let Ok(set) = parse(bytes) {
		walk(job, &set, Some(WINDOWS_1252));
	}
}

fn walk(job: &mut Deidentifier, set: &DataSet, outer: Option<&'static Encoding>) {
	let encoding = charset(set, outer);
	for (tag, value) in set {
		match value {
			Value::Items(items) => items.iter().for_each(|item| walk(job, item, encoding)),
			Value::Bytes(bytes) => {
				let Some((kind, text)) = told(*tag).zip(decoded(bytes, encoding)) else { continue };
				for text in text.split('\\') {
					match kind {
						'N' => text.split('=').for_each(|name| job.identifiers.add_name(name)),
						'I' => job.identifiers.add_number(text),
						'A' => job.identifiers.add_address(text),
						_ => job.identifiers.add_place(text),
					}
				}
			},
			Value::Skipped => {},
		}
	}
}

/// What may leave of a file, and its texts, to be looked through.
pub(super) fn file(job: &mut Deidentifier, bytes: &[u8]) -> Result<(Vec<u8>, String), Reason> {
	let set = parse(bytes)?;
	let class = match set.get(&CLASS) {
		Some(Value::Bytes(class)) => plain(class),
		_ => return Err(Reason::Malformed),
	};
	// A document in a file is none that can be looked into.
	if !class.starts_with("1.2.840.10008.5.1.4.1.1.") || class.contains(".1.1.104.") {
		return Err(Reason::KindUnsupported);
	}
	let Some(Value::Bytes(instance)) = set.get(&INSTANCE) else { return Err(Reason::Malformed) };
	let instance = uid(job, &plain(instance));
	let mut texts = String::new();
	let mut body = data_set(job, &set, Some(WINDOWS_1252), true, &mut texts)?;
	if set.keys().any(|tag| PIXELS.contains(tag)) {
		job.manifest.withhold("PixelData", Reason::KindUnsupported);
	}
	let mut meta = Vec::new();
	element(&mut meta, 0x0002_0001, "OB", &[0, 1]);
	element(&mut meta, 0x0002_0002, "UI", class.as_bytes());
	element(&mut meta, 0x0002_0003, "UI", instance.as_bytes());
	element(&mut meta, 0x0002_0010, "UI", EXPLICIT.as_bytes());
	element(&mut meta, 0x0002_0012, "UI", b"2.25.217391883205134812947410938512734500621");
	let mut out = vec![0; 128];
	out.extend_from_slice(b"DICM");
	element(&mut out, 0x0002_0000, "UL", &(meta.len() as u32).to_le_bytes());
	out.append(&mut meta);
	out.append(&mut body);
	Ok((out, texts))
}

/// A random UID in the place of one of an object; those of the standard stay.
fn uid(job: &mut Deidentifier, value: &str) -> String {
	if value.starts_with("1.2.840.10008.") {
		return value.to_owned();
	}
	let id = u128::from_str_radix(&job.map.id(value), 16).unwrap_or_default();
	format!("2.25.{id}")
}

fn element(out: &mut Vec<u8>, tag: u32, vr: &str, value: &[u8]) {
	out.extend_from_slice(&((tag >> 16) as u16).to_le_bytes());
	out.extend_from_slice(&(tag as u16).to_le_bytes());
	out.extend_from_slice(vr.as_bytes());
	let length = value.len() + value.len() % 2;
	if LONG.iter().any(|long| vr.as_bytes() == *long) {
		out.extend_from_slice(&[0, 0]);
		out.extend_from_slice(&(length as u32).to_le_bytes());
	} else {
		out.extend_from_slice(&(length as u16).to_le_bytes());
	}
	out.extend_from_slice(value);
	if value.len() % 2 == 1 {
		out.push(if vr == "UI" || vr == "OB" { 0 } else { b' ' });
	}
}

fn item(out: &mut Vec<u8>, body: &[u8]) {
	out.extend_from_slice(&[0xFE, 0xFF, 0x00, 0xE0]);
	out.extend_from_slice(&(body.len() as u32).to_le_bytes());
	out.extend_from_slice(body);
}

fn data_set(
	job: &mut Deidentifier,
	set: &DataSet,
	outer: Option<&'static Encoding>,
	whole: bool,
	texts: &mut String,
) -> Result<Vec<u8>, Reason> {
	let encoding = charset(set, outer);
	let mut made: BTreeMap<u32, (&'static str, Vec<u8>)> = BTreeMap::new();
	for (tag, value) in set {
		let Some((vr, action)) = listed(*tag) else {
			let path = if tag >> 16 & 1 == 1 { "private" } else { "unknown" };
			if *tag != CHARSET && !PIXELS.contains(tag) {
				job.manifest.element(path, Action::Removed);
			}
			continue;
		};
		let path = format!("{:04X}{:04X}", tag >> 16, tag & 0xFFFF);
		let new = match (action, value) {
			('S', Value::Items(items)) => {
				let mut out = Vec::new();
				for part in items {
					let part = data_set(job, part, encoding, false, texts)?;
					item(&mut out, &part);
				}
				Some(out)
			},
			('Z', Value::Bytes(bytes)) => {
				let keeps = job.policy.dates == Dates::Keep && matches!(vr, "DA" | "TM");
				let value = plain(bytes);
				if keeps && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
					Some(value.into_bytes())
				} else {
					job.manifest.element(&path, Action::Removed);
					Some(Vec::new())
				}
			},
			('U', Value::Bytes(bytes)) => {
				job.manifest.element(&path, Action::Replaced);
				let new: Vec<_> = plain(bytes)
					.split('\\')
					.map(|value| if value.is_empty() { String::new() } else { uid(job, value) })
					.collect();
				Some(new.join("\\").into_bytes())
			},
			('C', Value::Bytes(bytes)) => {
				let class = plain(bytes);
				class.starts_with("1.2.840.10008.").then(|| class.into_bytes())
			},
			('I', Value::Bytes(bytes)) => {
				job.manifest.element(&path, Action::Replaced);
				let value =
					decoded(bytes, encoding).unwrap_or_else(|| bytes.escape_ascii().to_string());
				let none = value.is_empty() || job.policy.identifiers == Identifiers::Remove;
				Some(if none { Vec::new() } else { job.map.id(&value).into_bytes() })
			},
			('N', Value::Bytes(bytes)) => (bytes.len() == 2).then(|| bytes.clone()),
			('K', Value::Bytes(bytes)) => {
				let value = plain(bytes);
				value.split('\\').all(|value| code(job, vr, value)).then(|| value.into_bytes())
			},
			('T', Value::Bytes(bytes)) => {
				decoded(bytes, encoding).and_then(|text| job.text(&text, &path)).map(|text| {
					texts.push_str(&text);
					texts.push('\n');
					text.into_bytes()
				})
			},
			_ => None,
		};
		match new {
			Some(new) if new.len() <= 0xFFFE || vr == "SQ" || vr == "UT" => {
				made.insert(*tag, (vr, new));
			},
			_ => job.manifest.element(&path, Action::Removed),
		}
	}
	if whole {
		made.insert(CHARSET, ("CS", b"ISO_IR 192".to_vec()));
		made.insert(0x0012_0062, ("CS", b"YES".to_vec()));
		let mut method = format!("Salus: {}", job.manifest.policy);
		method.truncate(method.char_indices().nth(64).map_or(method.len(), |(at, _)| at));
		made.insert(0x0012_0063, ("LO", method.into_bytes()));
		let mut codes = Vec::new();
		for (value, meaning) in [
			("113100", "Basic Application Confidentiality Profile"),
			("113104", "Clean Structured Content Option"),
			("113105", "Clean Descriptors Option"),
		] {
			let mut body = Vec::new();
			element(&mut body, 0x0008_0100, "SH", value.as_bytes());
			element(&mut body, 0x0008_0102, "SH", b"DCM");
			element(&mut body, 0x0008_0104, "LO", meaning.as_bytes());
			item(&mut codes, &body);
		}
		made.insert(0x0012_0064, ("SQ", codes));
		made.insert(
			0x0028_0303,
			(
				"CS",
				if job.policy.dates == Dates::Keep {
					b"UNMODIFIED".to_vec()
				} else {
					b"REMOVED".to_vec()
				},
			),
		);
	}
	let mut out = Vec::new();
	for (tag, (vr, value)) in made {
		element(&mut out, tag, vr, &value);
	}
	Ok(out)
}

/// Whether a value is one of its type: a number in writing, or a short code by no rule anything of a person.
fn code(job: &mut Deidentifier, vr: &str, value: &str) -> bool {
	let value = value.trim();
	let digits = value.bytes().filter(u8::is_ascii_digit).count();
	match vr {
		"DS" | "IS" => {
			value.is_empty()
				|| value.len() <= 16
					&& value.parse::<f64>().is_ok()
					&& (digits < 8 || value.contains('.'))
		},
		_ => {
			value.len() <= 16
				&& digits <= 6
				&& value
					.bytes()
					.all(|byte| byte.is_ascii_alphanumeric() || b"_ -./".contains(&byte))
				&& job.find(value).is_ok_and(|spans| spans.is_empty())
		},
	}
}
