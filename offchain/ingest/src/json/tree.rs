// SPDX-License-Identifier: Apache-2.0
//! One JSON value, read strictly: digits kept, equal members refused.

use crate::Code;
use std::{borrow::Cow, collections::HashSet};

/// A text between quotes, as written.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
	raw: &'a str,
	escaped: bool,
}

impl<'a> Text<'a> {
	/// What it means.
	pub(crate) fn get(&self) -> Cow<'a, str> {
		if self.escaped {
			Cow::Owned(unescape(self.raw))
		} else {
			Cow::Borrowed(self.raw)
		}
	}

	/// Whether it means this plain text.
	pub(crate) fn is(&self, plain: &str) -> bool {
		if self.escaped {
			self.get() == plain
		} else {
			self.raw == plain
		}
	}
}

/// The members of an object, in order.
pub(crate) type Members<'a> = Vec<(Text<'a>, Json<'a>)>;

/// A JSON value.
pub(crate) enum Json<'a> {
	Null,
	Boolean(bool),
	/// The number as written.
	Number(&'a str),
	String(Text<'a>),
	Array(Vec<Self>),
	Object(Members<'a>),
}

impl<'a> Json<'a> {
	/// The member of an object.
	pub(crate) fn get(&self, key: &str) -> Option<&Self> {
		let Self::Object(members) = self else { return None };
		members.iter().find(|(name, _)| name.is(key)).map(|(_, value)| value)
	}

	/// What a string means.
	pub(crate) fn as_str(&self) -> Option<Cow<'a, str>> {
		match self {
			Self::String(text) => Some(text.get()),
			_ => None,
		}
	}

	/// Writes the value in one line, numbers and strings as they were written.
	pub(crate) fn write(&self, out: &mut String) {
		match self {
			Self::Null => out.push_str("null"),
			Self::Boolean(true) => out.push_str("true"),
			Self::Boolean(false) => out.push_str("false"),
			Self::Number(text) => out.push_str(text),
			Self::String(text) => write_text(text, out),
			Self::Array(values) => {
				out.push('[');
				for (index, value) in values.iter().enumerate() {
					if index > 0 {
						out.push(',');
					}
					value.write(out);
				}
				out.push(']');
			},
			Self::Object(members) => {
				out.push('{');
				for (index, (name, value)) in members.iter().enumerate() {
					if index > 0 {
						out.push(',');
					}
					write_text(name, out);
					out.push(':');
					value.write(out);
				}
				out.push('}');
			},
		}
	}
}

fn write_text(text: &Text<'_>, out: &mut String) {
	out.push('"');
	out.push_str(text.raw);
	out.push('"');
}

/// Why a value was refused, and at which of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
	pub(crate) code: Code,
	pub(crate) offset: usize,
}

/// Reads one value and nothing after it.
pub(crate) fn parse(bytes: &[u8], max_depth: usize) -> Result<Json<'_>, Fault> {
	let text = std::str::from_utf8(bytes)
		.map_err(|error| Fault { code: Code::EncodingInvalid, offset: error.valid_up_to() })?;
	let mut parser = Parser { text, bytes, at: 0, depth: max_depth };
	parser.skip_space();
	let value = parser.value()?;
	parser.skip_space();
	if parser.at < bytes.len() {
		return Err(parser.fault(Code::JsonSyntax));
	}
	Ok(value)
}

struct Parser<'a> {
	text: &'a str,
	bytes: &'a [u8],
	at: usize,
	/// Levels that are still allowed.
	depth: usize,
}

impl<'a> Parser<'a> {
	fn fault(&self, code: Code) -> Fault {
		Fault { code, offset: self.at }
	}

	fn peek(&self) -> Option<u8> {
		self.bytes.get(self.at).copied()
	}

	fn skip_space(&mut self) {
		while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
			self.at += 1;
		}
	}

	fn expect(&mut self, byte: u8) -> Result<(), Fault> {
		if self.peek() == Some(byte) {
			self.at += 1;
			Ok(())
		} else {
			Err(self.fault(Code::JsonSyntax))
		}
	}

	fn word(&mut self, word: &str, value: Json<'a>) -> Result<Json<'a>, Fault> {
		if self.bytes[self.at..].starts_with(word.as_bytes()) {
			self.at += word.len();
			Ok(value)
		} else {
			Err(self.fault(Code::JsonSyntax))
		}
	}

	fn value(&mut self) -> Result<Json<'a>, Fault> {
		match self.peek() {
			Some(b'"') => self.string().map(Json::String),
			Some(b'{') => self.nested(Self::object),
			Some(b'[') => self.nested(Self::array),
			Some(b't') => self.word("true", Json::Boolean(true)),
			Some(b'f') => self.word("false", Json::Boolean(false)),
			Some(b'n') => self.word("null", Json::Null),
			Some(b'-' | b'0'..=b'9') => self.number(),
			_ => Err(self.fault(Code::JsonSyntax)),
		}
	}

	fn nested(
		&mut self,
		read: fn(&mut Self) -> Result<Json<'a>, Fault>,
	) -> Result<Json<'a>, Fault> {
		if self.depth == 0 {
			return Err(self.fault(Code::MaxDepthExceeded));
		}
		self.depth -= 1;
		self.at += 1;
		let value = read(self)?;
		self.depth += 1;
		Ok(value)
	}

	fn object(&mut self) -> Result<Json<'a>, Fault> {
		let mut members = Members::new();
		self.skip_space();
		if self.peek() == Some(b'}') {
			self.at += 1;
			return Ok(Json::Object(members));
		}
		loop {
			let start = self.at;
			let name = self.string()?;
			// Few members are compared with each other, many in a set below.
			if members.len() < 24 && members.iter().any(|(known, _)| same(known, &name)) {
				return Err(Fault { code: Code::DuplicateKey, offset: start });
			}
			self.skip_space();
			self.expect(b':')?;
			self.skip_space();
			members.push((name, self.value()?));
			self.skip_space();
			match self.peek() {
				Some(b',') => self.at += 1,
				Some(b'}') => break,
				_ => return Err(self.fault(Code::JsonSyntax)),
			}
			self.skip_space();
		}
		if members.len() > 24 {
			let mut names = HashSet::with_capacity(members.len());
			if !members.iter().all(|(name, _)| names.insert(name.get())) {
				return Err(self.fault(Code::DuplicateKey));
			}
		}
		self.at += 1;
		Ok(Json::Object(members))
	}

	fn array(&mut self) -> Result<Json<'a>, Fault> {
		let mut values = Vec::new();
		self.skip_space();
		if self.peek() == Some(b']') {
			self.at += 1;
			return Ok(Json::Array(values));
		}
		loop {
			values.push(self.value()?);
			self.skip_space();
			match self.peek() {
				Some(b',') => self.at += 1,
				Some(b']') => break,
				_ => return Err(self.fault(Code::JsonSyntax)),
			}
			self.skip_space();
		}
		self.at += 1;
		Ok(Json::Array(values))
	}

	fn digits(&mut self) -> Result<(), Fault> {
		let start = self.at;
		while matches!(self.peek(), Some(b'0'..=b'9')) {
			self.at += 1;
		}
		if self.at == start {
			return Err(self.fault(Code::JsonSyntax));
		}
		Ok(())
	}

	fn number(&mut self) -> Result<Json<'a>, Fault> {
		let start = self.at;
		if self.peek() == Some(b'-') {
			self.at += 1;
		}
		if self.peek() == Some(b'0') {
			self.at += 1;
		} else {
			self.digits()?;
		}
		if self.peek() == Some(b'.') {
			self.at += 1;
			self.digits()?;
		}
		if matches!(self.peek(), Some(b'e' | b'E')) {
			self.at += 1;
			if matches!(self.peek(), Some(b'+' | b'-')) {
				self.at += 1;
			}
			self.digits()?;
		}
		Ok(Json::Number(&self.text[start..self.at]))
	}

	fn string(&mut self) -> Result<Text<'a>, Fault> {
		self.expect(b'"')?;
		let start = self.at;
		let mut escaped = false;
		loop {
			let rest = self.bytes.get(self.at..).unwrap_or_default();
			let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
			self.at += rest.iter().position(special).unwrap_or(rest.len());
			match self.peek() {
				Some(b'"') => break,
				Some(b'\\') => {
					escaped = true;
					self.escape()?;
				},
				_ => return Err(self.fault(Code::JsonSyntax)),
			}
		}
		let raw = &self.text[start..self.at];
		self.at += 1;
		Ok(Text { raw, escaped })
	}

	fn escape(&mut self) -> Result<(), Fault> {
		let start = self.at;
		self.at += 1;
		match self.peek() {
			Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
			Some(b'u') => {
				let lone = Fault { code: Code::LoneSurrogate, offset: start };
				match self.unit()? {
					0xDC00..=0xDFFF => return Err(lone),
					0xD800..=0xDBFF => {
						if !self.bytes[self.at..].starts_with(b"\\u") {
							return Err(lone);
						}
						self.at += 1;
						if !matches!(self.unit()?, 0xDC00..=0xDFFF) {
							return Err(lone);
						}
					},
					_ => {},
				}
			},
			_ => return Err(self.fault(Code::JsonSyntax)),
		}
		Ok(())
	}

	/// The four hexadecimal digits after `u`.
	fn unit(&mut self) -> Result<u16, Fault> {
		let unit = hex_unit(&self.bytes[self.at + 1..]);
		let unit = unit.ok_or_else(|| self.fault(Code::JsonSyntax))?;
		self.at += 5;
		Ok(unit)
	}
}

fn same(a: &Text<'_>, b: &Text<'_>) -> bool {
	if a.escaped || b.escaped {
		a.get() == b.get()
	} else {
		a.raw == b.raw
	}
}

fn hex_unit(bytes: &[u8]) -> Option<u16> {
	let mut unit = 0_u16;
	for byte in bytes.get(..4)? {
		let digit = char::from(*byte).to_digit(16)?;
		unit = unit << 4 | digit as u16;
	}
	Some(unit)
}

/// The meaning of a text whose escapes were checked.
fn unescape(raw: &str) -> String {
	let mut out = String::with_capacity(raw.len());
	let mut units = Vec::new();
	let mut rest = raw;
	while let Some(at) = rest.find('\\') {
		out.push_str(&rest[..at]);
		let after = &rest[at + 1..];
		let mut used = 1;
		match after.as_bytes().first() {
			Some(b'b') => out.push('\u{8}'),
			Some(b'f') => out.push('\u{c}'),
			Some(b'n') => out.push('\n'),
			Some(b'r') => out.push('\r'),
			Some(b't') => out.push('\t'),
			Some(b'u') => {
				units.clear();
				let mut escape = after.as_bytes();
				used = 0;
				while let [b'u', digits @ ..] = escape {
					units.extend(hex_unit(digits));
					used += 5;
					let high = units.last().is_some_and(|unit| (0xD800..0xDC00).contains(unit));
					match digits.get(4..) {
						Some([b'\\', next @ ..]) if high => {
							escape = next;
							used += 1;
						},
						_ => break,
					}
				}
				out.extend(
					char::decode_utf16(units.iter().copied())
						.map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)),
				);
			},
			_ => out.push_str(&after[..1]),
		}
		rest = &after[used..];
	}
	out.push_str(rest);
	out
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn code(text: &str) -> Option<Code> {
		parse(text.as_bytes(), 64).err().map(|fault| fault.code)
	}

	#[test]
	fn digits_and_order_are_kept() {
		let text = r#"{"b":1.00,"a":[true,null,-0.10e+5,"x\u00e9\n\ud83d\ude00\/"],"c":{}}"#;
		let json = parse(text.as_bytes(), 64).unwrap();
		let mut out = String::new();
		json.write(&mut out);
		assert_eq!(out, text);
		let Some(Json::Array(values)) = json.get("a") else { panic!("no array") };
		assert_eq!(values[3].as_str().unwrap(), "xé\n😀/");
	}

	#[test]
	fn faults_have_their_codes() {
		assert_eq!(code(r#"{"a":1,"\u0061":2}"#), Some(Code::DuplicateKey));
		assert_eq!(code(r#""\ud800""#), Some(Code::LoneSurrogate));
		assert_eq!(code(r#""\ude00\ud800""#), Some(Code::LoneSurrogate));
		assert_eq!(code("{\"a\":1,}"), Some(Code::JsonSyntax));
		assert_eq!(code("NaN"), Some(Code::JsonSyntax));
		assert_eq!(code("01"), Some(Code::JsonSyntax));
		assert_eq!(code(&"[".repeat(65)), Some(Code::MaxDepthExceeded));
		assert_eq!(code(&format!("{}{}", "[".repeat(64), "]".repeat(64))), None);
		assert!(matches!(
			parse(b"\"\xff\"", 64),
			Err(Fault { code: Code::EncodingInvalid, offset: 1 })
		));
		let many: Vec<_> = (0..40).map(|index| format!("\"{}\":0", index % 39)).collect();
		assert_eq!(code(&format!("{{{}}}", many.join(","))), Some(Code::DuplicateKey));
	}

	proptest! {
		#[test]
		fn agrees_with_serde_json(text in r#"([\[\]{}:,"a\\u0-9.eE +-]|true|null|\\u00e9|"a"){0,24}"#) {
			let theirs = serde_json::from_str::<serde_json::Value>(&text);
			match parse(text.as_bytes(), 64) {
				Ok(json) => {
					let mut out = String::new();
					json.write(&mut out);
					// Theirs refuses numbers that no float holds; ours keeps the digits.
					if let Ok(theirs) = theirs {
						let again: serde_json::Value = serde_json::from_str(&out).unwrap();
						prop_assert_eq!(again, theirs);
					}
				},
				Err(fault) => prop_assert!(
					theirs.is_err() || fault.code == Code::DuplicateKey
						|| fault.code == Code::LoneSurrogate
				),
			}
		}
	}
}
