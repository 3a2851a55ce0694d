// SPDX-License-Identifier: Apache-2.0
//! Escape sequences of a text.

use super::message::Syntax;
use encoding_rs::ISO_2022_JP;
use std::borrow::Cow;

/// The longest escape sequence that is looked for; base64 in one is longer.
const MAX_ESCAPE: usize = 64 * 1024;

/// What a text means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unescaped<'a> {
	pub(crate) text: Cow<'a, str>,
	/// An escape sequence is unknown or not finished and stands as it was written.
	pub(crate) unknown: bool,
	/// Highlighting or indentation was left out.
	pub(crate) formatted: bool,
}

/// Reads a text: each escape sequence once, line ends as LF.
pub(crate) fn unescape<'a>(raw: &'a str, syntax: &Syntax) -> Unescaped<'a> {
	let escape = syntax.delimiters.escape;
	let special = |byte: u8| byte == escape || byte == b'\r';
	if !raw.bytes().any(special) {
		return Unescaped { text: Cow::Borrowed(raw), unknown: false, formatted: false };
	}
	let mut out = Unescaped {
		text: Cow::Owned(String::with_capacity(raw.len())),
		unknown: false,
		formatted: false,
	};
	let mut rest = raw;
	while let Some(at) = rest.bytes().position(special) {
		let (before, from) = split(rest, at);
		out.text.to_mut().push_str(before);
		if let Some(after) = from.strip_prefix('\r') {
			out.text.to_mut().push('\n');
			rest = after.strip_prefix('\n').unwrap_or(after);
			continue;
		}
		rest = match sequence(from, escape) {
			Some(body) => {
				let (_, after) = split(from, body.len() + 2);
				match out.sequence(body, after, syntax) {
					Some(rest) => rest,
					None => {
						// The end of an unknown sequence may begin the next one: `4\5 re\T\`.
						out.unknown = true;
						let closed = usize::from(is_sequence_body(body));
						let (kept, after) = split(from, body.len() + 1 + closed);
						out.text.to_mut().push_str(kept);
						after
					},
				}
			},
			None => {
				out.unknown = true;
				let (kept, after) = split(from, 1);
				out.text.to_mut().push_str(kept);
				after
			},
		};
	}
	out.text.to_mut().push_str(rest);
	out
}

fn split(text: &str, at: usize) -> (&str, &str) {
	text.split_at_checked(at).unwrap_or((text, ""))
}

/// What stands between an escape character and the next one.
fn sequence(from: &str, escape: u8) -> Option<&str> {
	let body = from.get(1..)?;
	let end = body.bytes().take(MAX_ESCAPE).position(|byte| byte == escape)?;
	body.get(..end)
}

/// Whether a text has the form of an escape sequence, known or not.
fn is_sequence_body(body: &str) -> bool {
	let bytes = body.as_bytes();
	!bytes.is_empty()
		&& bytes.len() <= 32
		&& !bytes.contains(&b' ')
		&& matches!(bytes[0], b'.' | b'A'..=b'Z')
}

impl Unescaped<'_> {
	/// Writes what one sequence means and gives what follows it; nothing when it is unknown.
	fn sequence<'r>(&mut self, body: &str, after: &'r str, syntax: &Syntax) -> Option<&'r str> {
		let delimiters = syntax.delimiters;
		let out = self.text.to_mut();
		let delimiter = match body {
			"F" => delimiters.field,
			"S" => delimiters.component,
			"T" => delimiters.subcomponent,
			"R" => delimiters.repetition,
			"E" => delimiters.escape,
			"P" => delimiters.truncation,
			"H" | "N" => {
				self.formatted = true;
				return Some(after);
			},
			_ => match body.as_bytes().first()? {
				b'X' => {
					let bytes =
						hex::decode(body.get(1..)?).ok().filter(|bytes| !bytes.is_empty())?;
					let encoding = syntax.encoding;
					let text =
						encoding.decode_without_bom_handling_and_without_replacement(&bytes)?;
					// A carriage return in hexadecimal is meant as a new line.
					out.push_str(&text.replace("\r\n", "\n").replace('\r', "\n"));
					return Some(after);
				},
				b'M' | b'C' => {
					let (text, rest) = switched(body, after, delimiters.escape)?;
					match text {
						Some(text) => out.push_str(&text),
						// All of it stands as written, so that no part is looked at twice.
						None => {
							let escape = char::from(delimiters.escape);
							let kept = after.len() - rest.len();
							out.extend([escape]);
							out.push_str(body);
							out.extend([escape]);
							out.push_str(split(after, kept).0);
							self.unknown = true;
						},
					}
					return Some(rest);
				},
				b'.' => {
					self.command(body.get(1..)?)?;
					return Some(after);
				},
				_ => return None,
			},
		};
		// A delimiter that the message does not have cannot be meant.
		if !delimiter.is_ascii() {
			return None;
		}
		out.push(char::from(delimiter));
		Some(after)
	}

	/// A formatting command: `br`, `sp+2`, `in+4`, ...
	fn command(&mut self, command: &str) -> Option<()> {
		let end = command.bytes().position(|byte| !byte.is_ascii_alphabetic());
		let (name, count) = split(command, end.unwrap_or(command.len()));
		let count = match count.trim().trim_start_matches(['+', '-']) {
			"" => 1,
			digits => digits.parse::<usize>().ok()?.min(100),
		};
		let out = self.text.to_mut();
		match name {
			"br" => out.push('\n'),
			"sp" => out.extend(std::iter::repeat_n('\n', count)),
			"ce" => {
				self.formatted = true;
				out.push('\n');
			},
			"sk" => out.extend(std::iter::repeat_n(' ', count)),
			"in" | "ti" | "fi" | "nf" => self.formatted = true,
			_ => return None,
		}
		Some(())
	}
}

/// A text in Japanese characters from a sequence that switches to them until one that switches
/// back, unless it is none, and what follows.
fn switched<'r>(body: &str, after: &'r str, escape: u8) -> Option<(Option<String>, &'r str)> {
	let mut bytes = switch(body)?.to_vec();
	let mut rest = after;
	loop {
		let at = rest.bytes().position(|byte| byte == escape).unwrap_or(rest.len());
		let (text, from) = split(rest, at);
		bytes.extend_from_slice(text.as_bytes());
		let next = sequence(from, escape).and_then(|body| Some((switch(body)?, body.len() + 2)));
		rest = from;
		let Some((next, length)) = next else { break };
		bytes.extend_from_slice(next);
		rest = split(from, length).1;
	}
	let text = ISO_2022_JP.decode_without_bom_handling_and_without_replacement(&bytes);
	Some((text.map(|text| text.into_owned()), rest))
}

/// The escape of ISO 2022 that a sequence stands for, where it is known.
fn switch(body: &str) -> Option<&'static [u8]> {
	match body {
		"C2842" => Some(b"\x1b(B"),
		"C284A" => Some(b"\x1b(J"),
		"M2442" | "M244200" => Some(b"\x1b$B"),
		_ => None,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::hl7v2::delimiters::Delimiters;
	use encoding_rs::{UTF_8, WINDOWS_1252};
	use proptest::prelude::*;

	const SYNTAX: Syntax = Syntax {
		delimiters: Delimiters {
			field: b'|',
			component: b'^',
			repetition: b'~',
			escape: b'\\',
			subcomponent: b'&',
			truncation: b'#',
		},
		encoding: UTF_8,
	};

	fn read(raw: &str) -> String {
		unescape(raw, &SYNTAX).text.into_owned()
	}

	#[test]
	fn known_sequences_are_read_once() {
		for (raw, text) in [
			("plain", "plain"),
			(r"a\F\b\S\c\T\d\R\e\E\f\P\", r"a|b^c&d~e\f#"),
			(r"doubled \E\T\E\", r"doubled \T\"),
			(r"one\.br\two\.sp\three\.sp+2\four", "one\ntwo\nthree\n\nfour"),
			(r"a\.sk+3\b", "a   b"),
			(r"\H\high\N\ low", "high low"),
			(r"\.in+4\text\.fi\", "text"),
			(r"\X41C3A9\", "Aé"),
			(r"\X0D0A\\X0D\", "\n\n"),
			("a\rb\r\nc\nd", "a\nb\nc\nd"),
			(r"\M2442\;3ED\C2842\ san", "山田 san"),
		] {
			let found = unescape(raw, &SYNTAX);
			assert_eq!((&*found.text, found.unknown), (text, false), "{raw}");
		}
		assert!(unescape(r"\H\x", &SYNTAX).formatted);
		let latin = Syntax { encoding: WINDOWS_1252, ..SYNTAX };
		assert_eq!(unescape(r"\XE9\", &latin).text, "é");
	}

	#[test]
	fn unknown_and_unfinished_sequences_stand_as_written() {
		for raw in [
			r"4\5 re.",
			r"\Q\",
			r"\Zab12\",
			r"\XZZ\",
			r"\X\",
			r"\XE9\",
			r"\\",
			r"\",
			r"x|\r",
			r"\.xy\",
			r"\M2442\;",
			r"\.sp+x\",
			r"\MFFFF\x",
		] {
			let found = unescape(raw, &SYNTAX);
			assert_eq!((&*found.text, found.unknown), (raw, true), "{raw}");
		}
		// What follows is read all the same.
		assert_eq!(read(r"4\5 re\T\x"), r"4\5 re&x");
		assert_eq!(read(r"\Q\a\T\b"), r"\Q\a&b");
	}

	#[test]
	fn a_message_without_an_escape_character_has_no_escapes() {
		let delimiters = Delimiters::read(b"MSH|^~|").unwrap().0;
		let syntax = Syntax { delimiters, ..SYNTAX };
		let found = unescape(r"a\T\b", &syntax);
		assert_eq!((&*found.text, found.unknown), (r"a\T\b", false));
	}

	proptest! {
		#[test]
		fn no_text_panics(raw in r"([a-zXMC.0-9é ]|\\|\\X|\\\.sp|\\T\\|\r){0,40}") {
			let _ = read(&raw);
		}

		#[test]
		fn what_was_escaped_reads_as_before(text in "[ -~éλ\n]{0,40}") {
			let mut raw = String::new();
			for character in text.chars() {
				match character {
					'|' => raw.push_str(r"\F\"),
					'^' => raw.push_str(r"\S\"),
					'~' => raw.push_str(r"\R\"),
					'&' => raw.push_str(r"\T\"),
					'\\' => raw.push_str(r"\E\"),
					'\n' => raw.push_str(r"\.br\"),
					other => raw.push(other),
				}
			}
			let found = unescape(&raw, &SYNTAX);
			prop_assert!(!found.unknown);
			prop_assert_eq!(found.text, text);
		}
	}
}
