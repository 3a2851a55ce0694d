// SPDX-License-Identifier: Apache-2.0
//! FHIR R4 in JSON (bundles, arrays, single resources and NDJSON) and in XML.

mod element;
mod elements;
mod fields;
mod markup;
mod names;
mod resource;
pub(crate) mod write;
mod xml;

pub(crate) use xml::{is_resource, load as load_xml};

use crate::{
	json::{
		stream::{End, Span, Stream},
		tree::{self, Json},
	},
	load::Context,
	source::{Rewind, Survey},
	Code, Error, Format, Place,
};
use salus_mdf::{ByteRange, Location, RawJson};
use std::io::{self, Read};

/// The first line of NDJSON is looked for in this many bytes.
const FIRST_LINE: usize = 4 << 20;

/// A resource in the file.
pub(crate) struct Piece<'p> {
	pub(crate) pointer: &'p str,
	/// Whether the pointer is the path of an element.
	pub(crate) is_path: bool,
	pub(crate) line: Option<u64>,
	pub(crate) bytes: Option<ByteRange>,
	/// The URL of the entry.
	pub(crate) full_url: Option<String>,
	/// What the entry says beside the resource.
	pub(crate) entry: Option<RawJson>,
}

impl Piece<'_> {
	pub(crate) fn place(&self, below: &str) -> Place {
		let pointer = format!("{}{below}", self.pointer);
		match self.line {
			Some(line) => Place::LinePointer { line, pointer },
			None if self.is_path => Place::XmlPath(pointer),
			None => Place::JsonPointer(pointer),
		}
	}

	/// Where an entry of this bundle is.
	fn entry_at(&self, index: usize) -> String {
		match self.is_path {
			true => format!("{}/Bundle/entry[{}]", self.pointer, index + 1),
			false => format!("{}/entry/{index}", self.pointer),
		}
	}

	pub(crate) fn location(&self, part: Location) -> Location {
		Location { pointer: Some(self.pointer.into()), line: self.line, bytes: self.bytes, ..part }
	}
}

/// Maps a file.
pub(crate) fn load<R: Rewind>(
	reader: &mut R,
	survey: &Survey,
	context: &mut Context<'_>,
) -> Result<(), Error> {
	let base = if survey.has_offsets() { survey.mark } else { 0 };
	let mut loader = Loader { context, offsets: survey.has_offsets(), value: Vec::new() };
	if is_ndjson(&mut Stream::new(survey.open(reader)?, base))? {
		loader.context.report.format = Format::FhirNdjson;
		return loader.lines(&mut Stream::new(survey.open(reader)?, base));
	}
	let root = root_type(&mut Stream::new(survey.open(reader)?, base), &mut loader.value)?;
	let mut stream = Stream::new(survey.open(reader)?, base);
	match root {
		Root::Truncated(offset) => loader.context.truncated(offset),
		Root::Malformed(offset) => Err(Error::Malformed { offset }),
		Root::Untyped => Err(Error::FormatUnsupported { detected: "JSON that is not FHIR" }),
		Root::Array => {
			stream.peek_token()?;
			stream.skip();
			loader.array(&mut stream, "", false).map(drop)
		},
		Root::Bundle => loader.bundles(&mut stream),
		Root::Resource => loader.values(&mut stream),
	}
}

/// Whether the first line is a whole object and more follows.
fn is_ndjson<R: Read>(stream: &mut Stream<R>) -> io::Result<bool> {
	if stream.peek_token()? != Some(b'{') {
		return Ok(false);
	}
	let mut line = Vec::new();
	let whole = |line: &[u8]| {
		let mut cut = Vec::new();
		let line = line.trim_ascii();
		let span = Stream::new(line, 0).value(&mut cut, FIRST_LINE);
		line.len() > 1 && span.is_ok_and(|s| s.how != End::Truncated && s.end == line.len() as u64)
	};
	let mut first = None;
	while let Some((span, _)) = stream.line(&mut line, FIRST_LINE)? {
		if span.how != End::Complete {
			return Ok(false);
		}
		if line.trim_ascii().is_empty() {
			continue;
		}
		match first {
			None => first = Some(whole(&line)),
			// A broken first line costs only itself when the second one is whole.
			Some(first) => return Ok(first || (line.starts_with(b"{\"") && whole(&line))),
		}
	}
	Ok(false)
}

/// What the file holds.
enum Root {
	Array,
	Bundle,
	Resource,
	/// An object that names no resource type.
	Untyped,
	Truncated(u64),
	Malformed(u64),
}

/// Looks for the type of the first object, which may come after a long array of entries.
fn root_type<R: Read>(stream: &mut Stream<R>, value: &mut Vec<u8>) -> io::Result<Root> {
	if stream.peek_token()? == Some(b'[') {
		return Ok(Root::Array);
	}
	stream.skip();
	loop {
		match member(stream, value)? {
			Member::Truncated => return Ok(Root::Truncated(stream.offset())),
			Member::Malformed => return Ok(Root::Malformed(stream.offset())),
			Member::End => return Ok(Root::Untyped),
			Member::Key => {},
		}
		let is_type = value.as_slice() == b"\"resourceType\"";
		// Other members are only stepped over; the cap keeps them out of memory.
		match stream.value(value, 256)?.how {
			End::Truncated => return Ok(Root::Truncated(stream.offset())),
			_ if !is_type => {},
			_ if value.as_slice() == b"\"Bundle\"" => return Ok(Root::Bundle),
			_ if value.first() == Some(&b'"') => return Ok(Root::Resource),
			_ => return Ok(Root::Untyped),
		}
	}
}

/// What comes next in an object.
enum Member {
	/// A key, now in the buffer with its quotes; the stream is at the value.
	Key,
	End,
	Truncated,
	Malformed,
}

fn member<R: Read>(stream: &mut Stream<R>, key: &mut Vec<u8>) -> io::Result<Member> {
	loop {
		match stream.peek_token()? {
			None => return Ok(Member::Truncated),
			Some(b',') => stream.skip(),
			Some(b'}') => {
				stream.skip();
				return Ok(Member::End);
			},
			Some(b'"') => break,
			Some(_) => return Ok(Member::Malformed),
		}
	}
	if stream.value(key, 1024)?.how == End::Truncated {
		return Ok(Member::Truncated);
	}
	match stream.peek_token()? {
		None => return Ok(Member::Truncated),
		Some(b':') => stream.skip(),
		Some(_) => return Ok(Member::Malformed),
	}
	Ok(match stream.peek_token()? {
		None => Member::Truncated,
		Some(b',' | b'}' | b']') => Member::Malformed,
		Some(_) => Member::Key,
	})
}

struct Loader<'c, 'a> {
	context: &'c mut Context<'a>,
	/// Whether offsets in the text are offsets in the file.
	offsets: bool,
	/// The bytes of the current value.
	value: Vec<u8>,
}

impl Loader<'_, '_> {
	/// One bundle after the other; usually one.
	fn bundles<R: Read>(&mut self, stream: &mut Stream<R>) -> Result<(), Error> {
		while let Some(byte) = stream.peek_token()? {
			if byte != b'{' {
				self.junk(stream)?;
				continue;
			}
			let start = stream.offset();
			stream.skip();
			if !self.bundle(stream, start)? {
				return Ok(());
			}
		}
		Ok(())
	}

	/// Whether the bundle was whole.
	fn bundle<R: Read>(&mut self, stream: &mut Stream<R>, start: u64) -> Result<bool, Error> {
		let mut key = Vec::new();
		// The bundle's own members, without the entries, as an object.
		let mut own = Vec::from(*b"{");
		loop {
			match member(stream, &mut key)? {
				Member::Truncated => {
					self.context.truncated(stream.offset())?;
					return Ok(false);
				},
				Member::Malformed => return Err(Error::Malformed { offset: stream.offset() }),
				Member::End => break,
				Member::Key => {},
			}
			if key.as_slice() == b"\"entry\"" && stream.peek()? == Some(b'[') {
				stream.skip();
				if !self.array(stream, "/entry", true)? {
					return Ok(false);
				}
				continue;
			}
			let cap = self.context.options.max_piece;
			let span = stream.value(&mut self.value, cap)?;
			if span.how == End::Truncated {
				self.context.truncated(span.end)?;
				return Ok(false);
			}
			if span.how == End::TooLarge || own.len() + self.value.len() > cap {
				self.context.diagnose(Place::ByteOffset(span.start), Code::MaxPieceExceeded)?;
				continue;
			}
			if own.len() > 1 {
				own.push(b',');
			}
			own.extend_from_slice(&key);
			own.push(b':');
			own.extend_from_slice(&self.value);
		}
		own.push(b'}');
		let bytes = self.range(start, stream.offset());
		let piece =
			Piece { pointer: "", is_path: false, line: None, bytes, full_url: None, entry: None };
		match tree::parse(&own, self.context.options.max_depth) {
			Ok(Json::Object(members))
				if members.iter().all(|(key, _)| key.is("resourceType") || key.is("type")) => {},
			Ok(json) => {
				self.context.report.pieces += 1;
				resource::map(self.context, &json, piece)?;
			},
			Err(fault) => {
				self.context.report.pieces += 1;
				self.context.diagnose(Place::ByteOffset(start), fault.code)?;
			},
		}
		Ok(true)
	}

	/// The elements of an array whose bracket was read. Whether the array was whole.
	fn array<R: Read>(
		&mut self,
		stream: &mut Stream<R>,
		pointer: &str,
		entries: bool,
	) -> Result<bool, Error> {
		let mut index = 0_u64;
		loop {
			match stream.peek_token()? {
				None => {
					self.context.truncated(stream.offset())?;
					return Ok(false);
				},
				Some(b']') => {
					stream.skip();
					return Ok(true);
				},
				Some(b',') => {
					stream.skip();
					continue;
				},
				Some(b'}' | b':') => {
					self.junk(stream)?;
					continue;
				},
				Some(_) => {},
			}
			let span = stream.value(&mut self.value, self.context.options.max_piece)?;
			if span.how == End::Truncated {
				self.context.truncated(span.end)?;
				return Ok(false);
			}
			self.piece(&format!("{pointer}/{index}"), None, span, entries)?;
			self.context.progress(span.end);
			index += 1;
		}
	}

	/// One value after the other; usually one.
	fn values<R: Read>(&mut self, stream: &mut Stream<R>) -> Result<(), Error> {
		while let Some(byte) = stream.peek_token()? {
			if byte != b'{' {
				self.junk(stream)?;
				continue;
			}
			let span = stream.value(&mut self.value, self.context.options.max_piece)?;
			if span.how == End::Truncated {
				return self.context.truncated(span.end);
			}
			self.piece("", None, span, false)?;
		}
		Ok(())
	}

	/// One resource a line.
	fn lines<R: Read>(&mut self, stream: &mut Stream<R>) -> Result<(), Error> {
		let mut number = 0;
		let cap = self.context.options.max_piece;
		while let Some((span, ended)) = stream.line(&mut self.value, cap)? {
			number += 1;
			if span.how == End::Complete && self.value.trim_ascii().is_empty() {
				continue;
			}
			if !ended && span.how == End::Complete {
				let mut cut = Vec::new();
				let line = self.value.trim_ascii();
				if Stream::new(line, 0).value(&mut cut, cap)?.how == End::Truncated {
					return self.context.truncated(span.end);
				}
			}
			self.piece("", Some(number), span, false)?;
			self.context.progress(span.end);
		}
		Ok(())
	}

	/// Steps over bytes that belong to no value, and says so once.
	fn junk<R: Read>(&mut self, stream: &mut Stream<R>) -> Result<(), Error> {
		self.context.report.pieces += 1;
		self.context.diagnose(Place::ByteOffset(stream.offset()), Code::JsonSyntax)?;
		stream.skip();
		while let Some(byte) = stream.peek()? {
			if matches!(byte, b'{' | b',' | b']') {
				break;
			}
			stream.skip();
		}
		Ok(())
	}

	fn range(&self, start: u64, end: u64) -> Option<ByteRange> {
		self.offsets.then_some(ByteRange { start, end })
	}

	/// Maps the value in the buffer.
	fn piece(
		&mut self,
		pointer: &str,
		line: Option<u64>,
		span: Span,
		entry: bool,
	) -> Result<(), Error> {
		self.context.report.pieces += 1;
		let bytes = self.range(span.start, span.end);
		let piece = Piece { pointer, is_path: false, line, bytes, full_url: None, entry: None };
		if span.how == End::TooLarge {
			return self.context.diagnose(piece.place(""), Code::MaxPieceExceeded);
		}
		match tree::parse(&self.value, self.context.options.max_depth) {
			Ok(json) if entry => map_entry(self.context, &json, piece),
			Ok(json) => map_resource(self.context, &json, piece),
			Err(fault) => {
				let place = match line {
					Some(line) => Place::Line(line),
					None => Place::ByteOffset(span.start + fault.offset as u64),
				};
				self.context.diagnose(place, fault.code)
			},
		}
	}
}

/// Maps an entry of a bundle.
fn map_entry(context: &mut Context<'_>, entry: &Json<'_>, piece: Piece<'_>) -> Result<(), Error> {
	let Json::Object(members) = entry else {
		return context.diagnose(piece.place(""), Code::NotAResource);
	};
	let mut beside = String::from("{");
	for (key, value) in members {
		if key.is("resource") || (key.is("fullUrl") && value.as_str().is_some()) {
			continue;
		}
		if beside.len() > 1 {
			beside.push(',');
		}
		Json::String(*key).write(&mut beside);
		beside.push(':');
		value.write(&mut beside);
	}
	beside.push('}');
	let full_url = entry.get("fullUrl").and_then(|url| url.as_str()).map(String::from);
	let rest = if beside.len() > 2 { RawJson::new(beside).ok() } else { None };
	let pointer = format!("{}/resource", piece.pointer);
	match entry.get("resource") {
		Some(json) => {
			map_resource(context, json, Piece { pointer: &pointer, full_url, entry: rest, ..piece })
		},
		None => {
			context.diagnose(piece.place(""), Code::EntryWithoutResource)?;
			resource::keep_entry(context, Piece { full_url, entry: rest, ..piece })
		},
	}
}

/// Maps a resource; a bundle inside is opened.
fn map_resource(context: &mut Context<'_>, json: &Json<'_>, piece: Piece<'_>) -> Result<(), Error> {
	let is_bundle = json.get("resourceType").and_then(Json::as_str).is_some_and(|t| t == "Bundle");
	let Some(Json::Array(entries)) = json.get("entry").filter(|_| is_bundle) else {
		return resource::map(context, json, piece);
	};
	for (index, entry) in entries.iter().enumerate() {
		context.report.pieces += 1;
		let pointer = piece.entry_at(index);
		let inner = Piece { pointer: &pointer, full_url: None, entry: None, ..piece };
		map_entry(context, entry, inner)?;
	}
	resource::map(context, json, piece)
}
