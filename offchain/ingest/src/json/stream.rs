// SPDX-License-Identifier: Apache-2.0
//! Cuts a file into JSON values by brackets and strings, and finds the next one after a broken
//! one.

use memchr::memchr;
use std::io::{self, Read};

const CHUNK: usize = 64 * 1024;

/// How a value ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
	/// Its brackets balance.
	Complete,
	/// Its brackets do not fit; it ends where the next value seems to begin.
	Broken,
	/// It is longer than allowed; its bytes were thrown away.
	TooLarge,
	/// The file ended inside.
	Truncated,
}

/// The bytes of a value in the text: from the first to after the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
	pub(crate) start: u64,
	pub(crate) end: u64,
	pub(crate) how: End,
}

/// A text that is read once, from the front.
pub(crate) struct Stream<R> {
	reader: R,
	chunk: Vec<u8>,
	at: usize,
	filled: usize,
	/// Offset of the first byte of the chunk.
	base: u64,
}

impl<R: Read> Stream<R> {
	/// `base` is the offset of the first byte that the reader gives.
	pub(crate) fn new(reader: R, base: u64) -> Self {
		Self { reader, chunk: vec![0; CHUNK], at: 0, filled: 0, base }
	}

	/// Offset of the next byte.
	pub(crate) fn offset(&self) -> u64 {
		self.base + self.at as u64
	}

	/// What is left of the chunk; empty at the end of the file.
	fn rest(&mut self) -> io::Result<&[u8]> {
		if self.at == self.filled {
			self.base += self.filled as u64;
			self.at = 0;
			self.filled = 0;
			loop {
				match self.reader.read(&mut self.chunk) {
					Ok(read) => {
						self.filled = read;
						break;
					},
					Err(error) if error.kind() == io::ErrorKind::Interrupted => {},
					Err(error) => return Err(error),
				}
			}
		}
		Ok(&self.chunk[self.at..self.filled])
	}

	/// The next byte.
	pub(crate) fn peek(&mut self) -> io::Result<Option<u8>> {
		Ok(self.rest()?.first().copied())
	}

	/// Steps over the next byte.
	pub(crate) fn skip(&mut self) {
		self.at += usize::from(self.at < self.filled);
	}

	/// The next byte that is no white space.
	pub(crate) fn peek_token(&mut self) -> io::Result<Option<u8>> {
		loop {
			let rest = self.rest()?;
			if rest.is_empty() {
				return Ok(None);
			}
			let space = rest.iter().take_while(|byte| is_space(**byte)).count();
			let found = rest.get(space).copied();
			self.at += space;
			if found.is_some() {
				return Ok(found);
			}
		}
	}

	/// Reads a line without its end into `out`. `None` at the end of the file. The flag says
	/// whether the line had an end.
	pub(crate) fn line(
		&mut self,
		out: &mut Vec<u8>,
		cap: usize,
	) -> io::Result<Option<(Span, bool)>> {
		out.clear();
		let start = self.offset();
		let mut how = End::Complete;
		loop {
			let rest = self.rest()?;
			if rest.is_empty() {
				let span = Span { start, end: self.offset(), how };
				return Ok((span.end > span.start).then_some((span, false)));
			}
			let found = memchr(b'\n', rest);
			let part = found.map_or(rest, |end| &rest[..end]);
			if out.len() + part.len() > cap {
				how = End::TooLarge;
				out.clear();
			} else if how == End::Complete {
				out.extend_from_slice(part);
			}
			self.at += part.len();
			if found.is_some() {
				let end = self.offset();
				self.at += 1;
				return Ok(Some((Span { start, end, how }, true)));
			}
		}
	}

	/// Reads the value that begins at the next byte, which is no white space, into `out`.
	pub(crate) fn value(&mut self, out: &mut Vec<u8>, cap: usize) -> io::Result<Span> {
		out.clear();
		let start = self.offset();
		let mut cutter = Cutter::default();
		let mut large = false;
		let how = loop {
			let rest = self.rest()?;
			if rest.is_empty() {
				break if cutter.is_scalar() { End::Complete } else { End::Truncated };
			}
			let (used, done) = cutter.feed(rest);
			if out.len() + used > cap {
				large = true;
				out.clear();
			} else if !large {
				out.extend_from_slice(&rest[..used]);
			}
			self.at += used;
			if done {
				break if cutter.broken { End::Broken } else { End::Complete };
			}
		};
		let how = if large && how != End::Truncated { End::TooLarge } else { how };
		Ok(Span { start, end: self.offset(), how })
	}
}

const fn is_space(byte: u8) -> bool {
	matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

/// The open brackets: a bit for each, set for an object. Deeper than that only their number.
#[derive(Default)]
struct Brackets {
	bits: u128,
	depth: u32,
	deeper: u64,
}

impl Brackets {
	fn open(&mut self, object: bool) {
		if self.depth < u128::BITS {
			self.bits = self.bits << 1 | u128::from(object);
			self.depth += 1;
		} else {
			self.deeper += 1;
		}
	}

	/// Whether the innermost bracket is an object's.
	fn in_object(&self) -> bool {
		self.deeper == 0 && self.depth > 0 && self.bits & 1 == 1
	}

	/// Whether an open bracket is of this kind.
	fn has(&self, object: bool) -> bool {
		let mask = 1_u128.checked_shl(self.depth).map_or(u128::MAX, |bit| bit - 1);
		let bits = if object { self.bits } else { !self.bits };
		bits & mask != 0
	}

	fn pop(&mut self) {
		self.bits >>= 1;
		self.depth -= 1;
	}
}

/// Finds where a value ends, byte by byte.
#[derive(Default)]
struct Cutter {
	brackets: Brackets,
	in_string: bool,
	after_backslash: bool,
	started: bool,
	scalar: bool,
	/// The last byte that counted.
	last: u8,
	broken: bool,
}

impl Cutter {
	fn is_scalar(&self) -> bool {
		self.scalar
	}

	/// How many bytes belong to the value, and whether it is over.
	fn feed(&mut self, bytes: &[u8]) -> (usize, bool) {
		let mut at = 0;
		while let Some(byte) = bytes.get(at).copied() {
			if self.in_string {
				if self.after_backslash {
					self.after_backslash = false;
					at += 1;
					continue;
				}
				let rest = &bytes[at..];
				let plain = rest
					.iter()
					.position(|byte| matches!(byte, b'"' | b'\\' | b'\n'))
					.unwrap_or(rest.len());
				at += plain;
				match bytes.get(at) {
					None => return (at, false),
					Some(b'\\') => self.after_backslash = true,
					Some(byte) => {
						// No string goes over a line: its quote is missing.
						self.broken |= *byte == b'\n';
						self.in_string = false;
						self.last = b'"';
						if self.brackets.depth == 0 {
							return (at + 1, true);
						}
					},
				}
				at += 1;
				continue;
			}
			match byte {
				b'"' if !self.scalar => {
					self.in_string = true;
					self.started = true;
				},
				b'{' | b'[' if !self.scalar => {
					// A member begins with a quote. A bracket in its place is the next value, and
					// a closing bracket is missing before it.
					if byte == b'{' && self.last == b',' && self.brackets.in_object() {
						self.broken = true;
						return (at, true);
					}
					self.started = true;
					self.brackets.open(byte == b'{');
				},
				b'}' | b']' if self.brackets.depth > 0 => {
					if self.close(byte == b'}') {
						return (at, true);
					}
					if self.brackets.depth == 0 {
						return (at + 1, true);
					}
				},
				_ if is_space(byte) || matches!(byte, b',' | b'}' | b']') => {
					if self.scalar {
						return (at, true);
					}
					if is_space(byte) {
						at += 1;
						continue;
					}
				},
				_ if !self.started => {
					self.started = true;
					self.scalar = true;
				},
				_ => {},
			}
			self.last = byte;
			at += 1;
		}
		(at, false)
	}

	/// Closes a bracket. Whether the bracket belongs to what is around the value.
	fn close(&mut self, object: bool) -> bool {
		if self.brackets.deeper > 0 {
			self.brackets.deeper -= 1;
			return false;
		}
		if self.brackets.in_object() == object {
			self.brackets.pop();
			return false;
		}
		self.broken = true;
		if self.brackets.has(object) {
			while self.brackets.in_object() != object {
				self.brackets.pop();
			}
			self.brackets.pop();
			return false;
		}
		// Nothing to close inside. After a finished value it closes what is around; elsewhere it
		// is one bracket too many.
		!matches!(self.last, b':' | b',' | b'{' | b'[')
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn cut(text: &str) -> Vec<(String, End)> {
		let mut stream = Stream::new(text.as_bytes(), 0);
		let mut out = Vec::new();
		let mut found = Vec::new();
		while let Some(byte) = stream.peek_token().unwrap() {
			if matches!(byte, b',' | b']' | b'}') {
				stream.skip();
				continue;
			}
			let span = stream.value(&mut out, 1000).unwrap();
			found.push((String::from_utf8(out.clone()).unwrap(), span.how));
		}
		found
	}

	#[test]
	fn values_are_cut_and_broken_ones_cost_only_themselves() {
		let good = |text: &str| (text.to_owned(), End::Complete);
		let broken = |text: &str| (text.to_owned(), End::Broken);
		assert_eq!(
			cut(r#"{"a":"}\"]"}, [1,{}] ,7, "x,y",tru"#),
			[good(r#"{"a":"}\"]"}"#), good("[1,{}]"), good("7"), good("\"x,y\""), good("tru")]
		);
		assert_eq!(cut(r#"{"a":[},{"b":1}"#), [broken(r#"{"a":[}"#), good(r#"{"b":1}"#)]);
		assert_eq!(cut(r#"{"a":]},{"b":1}"#), [broken(r#"{"a":]}"#), good(r#"{"b":1}"#)]);
		assert_eq!(
			cut(r#"{"a":{"c":1},{"b":1}"#),
			[broken(r#"{"a":{"c":1},"#), good(r#"{"b":1}"#)]
		);
		assert_eq!(cut(r#"{"a":{"c":1}]"#), [broken(r#"{"a":{"c":1}"#)]);
		assert_eq!(cut("{\"a\":\"x\n},{\"b\":1}"), [broken("{\"a\":\"x\n}"), good(r#"{"b":1}"#)]);
		assert_eq!(cut(r#"{"a":"x"#)[0].1, End::Truncated);
		assert_eq!(cut(&format!("\"{}\"", "x".repeat(2000)))[0].1, End::TooLarge);
		let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
		assert_eq!(cut(&deep), [good(&deep)]);
	}

	proptest! {
		#[test]
		fn no_bytes_panic_and_every_step_goes_on(text in r#"[\[\]{}:,"\\a1 \n]{0,200}"#) {
			cut(&text);
		}
	}
}
