// SPDX-License-Identifier: Apache-2.0
//! Reading a document event by event.

use super::Element;
use crate::Error;
use quick_xml::{errors::SyntaxError, events::Event, Reader, XmlVersion};
use std::{
	cell::Cell,
	io::{self, BufReader, Read},
	rc::Rc,
};

/// How deeply elements may be nested.
const MAX_DEPTH: usize = 128;
/// The longest text, tag or comment, in bytes.
const MAX_EVENT: usize = 16 << 20;
/// What is read of the file at once.
const BUFFER: usize = 64 << 10;

/// What comes next in a document.
pub(crate) enum Token {
	/// An element with its attributes; what is in it follows.
	Start(Element),
	Text(String),
	End,
	/// The document ends, whole.
	Eof,
	/// The file ends in the middle.
	Truncated,
}

/// What came of reading an element.
pub(crate) enum Reading {
	Whole(Element),
	/// It is larger than the limit, and was stepped over.
	TooLarge,
	Truncated,
}

/// A document that is read from its beginning to its end.
pub(crate) struct Xml<R> {
	reader: Reader<BufReader<Bounded<R>>>,
	buffer: Vec<u8>,
	/// Bytes of the file before the document.
	base: u64,
	depth: usize,
	left: Rc<Cell<usize>>,
	steps_over_doctype: bool,
}

impl<R: Read> Xml<R> {
	pub(crate) fn new(inner: R, base: u64) -> Self {
		let left = Rc::new(Cell::new(MAX_EVENT + BUFFER));
		let bounded = Bounded { inner, left: Rc::clone(&left) };
		let mut reader = Reader::from_reader(BufReader::with_capacity(BUFFER, bounded));
		let config = reader.config_mut();
		config.expand_empty_elements = true;
		config.allow_dangling_amp = true;
		let buffer = Vec::new();
		Self { reader, buffer, base, depth: 0, left, steps_over_doctype: false }
	}

	/// Steps over a document type instead of refusing it. What it declares stands for nothing: an entity
	/// of it stays as it is written.
	pub(crate) fn step_over_doctype(&mut self) {
		self.steps_over_doctype = true;
	}

	/// How much of the file was read.
	pub(crate) fn offset(&self) -> u64 {
		self.base + self.reader.buffer_position()
	}

	/// What comes next. Comments and processing instructions are none of it.
	pub(crate) fn next(&mut self) -> Result<Token, Error> {
		loop {
			self.buffer.clear();
			self.left.set(MAX_EVENT + BUFFER);
			let start = self.base + self.reader.buffer_position();
			let event = match self.reader.read_event_into(&mut self.buffer) {
				Ok(event) => event,
				Err(error) => {
					let offset = self.base + self.reader.error_position();
					return match error {
						quick_xml::Error::Io(error) => Err(read_error(&error, start)),
						quick_xml::Error::Syntax(SyntaxError::InvalidBangMarkup) => {
							Err(Error::Malformed { offset })
						},
						// The other ones are of markup that is not closed.
						quick_xml::Error::Syntax(_) => Ok(Token::Truncated),
						_ => Err(Error::Malformed { offset }),
					};
				},
			};
			return Ok(match event {
				Event::Start(tag) | Event::Empty(tag) => {
					self.depth += 1;
					if self.depth > MAX_DEPTH {
						let what = "elements in each other";
						return Err(Error::LimitExceeded { what, limit: MAX_DEPTH, offset: start });
					}
					let mut element = Element::new(local(tag.name().0), start);
					for attribute in tag.attributes().with_checks(false) {
						let Ok(attribute) = attribute else {
							return Err(Error::Malformed { offset: start });
						};
						let name = attribute.key.0;
						// Declarations of prefixes are no data.
						if name == "xmlns" || name.starts_with("xmlns:") {
							continue;
						}
						// An entity that nobody knows stays as it is written.
						let value = attribute.normalized_value(XmlVersion::Implicit1_0);
						let value = value.unwrap_or(attribute.value);
						element.add_attribute(local(name), &value);
					}
					Token::Start(element)
				},
				Event::End(_) => {
					self.depth = self.depth.saturating_sub(1);
					Token::End
				},
				Event::Text(text) => Token::Text(text.xml10_content().into_owned()),
				Event::CData(text) => Token::Text(text.xml10_content().into_owned()),
				Event::GeneralRef(reference) => {
					let known = match &*reference {
						"lt" => Some('<'),
						"gt" => Some('>'),
						"amp" => Some('&'),
						"apos" => Some('\''),
						"quot" => Some('"'),
						_ => reference.resolve_char_ref().unwrap_or_default(),
					};
					let unknown = || format!("&{};", &*reference);
					Token::Text(known.map_or_else(unknown, String::from))
				},
				Event::DocType(_) if self.steps_over_doctype => continue,
				Event::DocType(_) => {
					return Err(Error::Forbidden { what: "a document type", offset: start })
				},
				Event::Comment(_) | Event::PI(_) | Event::Decl(_) => continue,
				Event::Eof if self.depth > 0 => Token::Truncated,
				Event::Eof => Token::Eof,
			});
		}
	}

	/// The rest of an element that begins, unless it is longer than `most` bytes.
	pub(crate) fn rest_of(&mut self, start: Element, most: usize) -> Result<Reading, Error> {
		let begin = start.bytes.0;
		let mut open = vec![start];
		let mut too_large = false;
		loop {
			let token = self.next()?;
			too_large |= self.offset() - begin > most as u64;
			match token {
				Token::Start(element) if too_large => open.push(Element::new(&element.name, begin)),
				Token::Start(element) => open.push(element),
				Token::Text(_) if too_large => {},
				Token::Text(text) => {
					if let Some(element) = open.last_mut() {
						element.add_text(&text);
					}
				},
				Token::End => {
					let Some(mut element) = open.pop() else { return Ok(Reading::Truncated) };
					element.bytes.1 = self.offset();
					match open.last_mut() {
						Some(parent) if !too_large => parent.add(element),
						Some(_) => {},
						None if too_large => return Ok(Reading::TooLarge),
						None => return Ok(Reading::Whole(element)),
					}
				},
				Token::Eof | Token::Truncated => return Ok(Reading::Truncated),
			}
		}
	}
}

/// A name without its prefix.
fn local(name: &str) -> &str {
	name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// A reader that gives no more than what is left.
struct Bounded<R> {
	inner: R,
	left: Rc<Cell<usize>>,
}

/// What a text that is too long ends with.
const TOO_LONG: &str = "a text is too long";

impl<R: Read> Read for Bounded<R> {
	fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
		let read = self.inner.read(buffer)?;
		match self.left.get().checked_sub(read) {
			Some(left) => self.left.set(left),
			None => return Err(io::Error::other(TOO_LONG)),
		}
		Ok(read)
	}
}

fn read_error(error: &io::Error, offset: u64) -> Error {
	if error.to_string() == TOO_LONG {
		return Error::LimitExceeded { what: "bytes of one text", limit: MAX_EVENT, offset };
	}
	match error.kind() {
		io::ErrorKind::InvalidData => Error::Malformed { offset },
		kind => Error::Io { source: kind.into() },
	}
}
