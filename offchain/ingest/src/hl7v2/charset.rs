// SPDX-License-Identifier: Apache-2.0
//! The character set of a message: MSH-18.

use encoding_rs::{Encoding, ISO_2022_JP, UTF_16BE, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// What the header declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declared {
	/// Nothing.
	Nothing,
	/// ASCII, and with it whatever is valid UTF-8.
	Ascii,
	/// An encoding.
	Known(&'static Encoding),
	/// A name that is not known.
	Unknown,
}

/// How a message became text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
	/// As declared, or plain UTF-8.
	Good,
	/// Nothing usable is declared and the bytes are not UTF-8: they were taken for what is said.
	Guessed,
	/// The bytes from this one on are not what is declared.
	Mismatch(usize),
}

/// A message as text.
pub(super) struct Decoded<'a> {
	pub(super) text: Cow<'a, str>,
	pub(super) encoding: &'static Encoding,
	pub(super) outcome: Outcome,
}

/// What the repetitions of MSH-18 declare. A multi-byte set among them is the one that decides,
/// because the others are parts of it.
pub(super) fn declared<'a>(names: impl Iterator<Item = &'a [u8]>) -> Declared {
	let mut found = Declared::Nothing;
	for name in names {
		let this = one(name.trim_ascii());
		match (found, this) {
			(_, Declared::Nothing) => {},
			(Declared::Nothing | Declared::Ascii, this) => found = this,
			(_, Declared::Known(encoding)) if encoding == ISO_2022_JP => found = this,
			_ => {},
		}
	}
	found
}

fn one(name: &[u8]) -> Declared {
	// Senders write `UNICODE UTF-8`, `UTF-8`, `ISO 8859-1`, `8859/1`, ...
	let plain: String = name
		.iter()
		.filter(|byte| byte.is_ascii_alphanumeric())
		.map(|byte| char::from(byte.to_ascii_uppercase()))
		.collect();
	let label = match plain.as_str() {
		"" => return Declared::Nothing,
		"ASCII" | "USASCII" | "2022" | "ISOIR6" => return Declared::Ascii,
		"UNICODE" | "UNICODEUTF8" | "UTF8" => "utf-8",
		"UNICODEUTF16" | "UTF16" => return Declared::Known(UTF_16BE),
		"ISOIR14" | "ISOIR87" | "ISOIR159" | "ISO2022JP" => "iso-2022-jp",
		"GB180302000" | "GB18030" => "gb18030",
		"BIG5" => "big5",
		"KSX1001" => "euc-kr",
		"WINDOWS1252" | "CP1252" => "windows-1252",
		other => {
			let part = other.trim_start_matches("ISO").strip_prefix("8859");
			let encoding =
				part.and_then(|part| Encoding::for_label(format!("iso-8859-{part}").as_bytes()));
			return encoding.map_or(Declared::Unknown, Declared::Known);
		},
	};
	Encoding::for_label(label.as_bytes()).map_or(Declared::Unknown, Declared::Known)
}

/// Makes text of a message. `fallback` is what bytes are taken for that are no UTF-8 and of
/// which nothing usable is declared.
pub(super) fn decode<'a>(
	bytes: &'a [u8],
	declared: Declared,
	fallback: &'static Encoding,
) -> Decoded<'a> {
	let (encoding, strict) = match declared {
		Declared::Known(encoding) if encoding != UTF_16BE => (encoding, true),
		// A message whose header could be read as bytes is not UTF-16.
		_ => (UTF_8, matches!(declared, Declared::Ascii)),
	};
	let given = encoding.decode_without_bom_handling_and_without_replacement(bytes);
	let outcome = match (&given, declared) {
		(Some(_), Declared::Unknown) if !bytes.is_ascii() => Outcome::Guessed,
		(Some(text), Declared::Ascii) if !bytes.is_ascii() => {
			Outcome::Mismatch(text.bytes().position(|byte| !byte.is_ascii()).unwrap_or(0))
		},
		(Some(_), _) => Outcome::Good,
		(None, _) if strict => Outcome::Mismatch(valid_up_to(bytes, encoding)),
		(None, _) => Outcome::Guessed,
	};
	if let Some(text) = given {
		return Decoded { text, encoding, outcome };
	}
	// Every byte is a character of Windows-1252 as browsers read it, so that nothing is lost.
	let (text, encoding) = match std::str::from_utf8(bytes) {
		Ok(text) => (Cow::Borrowed(text), UTF_8),
		Err(_) => {
			let text = fallback.decode_without_bom_handling_and_without_replacement(bytes);
			match text {
				Some(text) => (text, fallback),
				None => (WINDOWS_1252.decode_without_bom_handling(bytes).0, WINDOWS_1252),
			}
		},
	};
	Decoded { text, encoding, outcome }
}

/// The first byte that means nothing in an encoding.
fn valid_up_to(bytes: &[u8], encoding: &'static Encoding) -> usize {
	if encoding == UTF_8 {
		return std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
	}
	let mut decoder = encoding.new_decoder_without_bom_handling();
	let mut out = [0_u8; 1024];
	let mut at = 0;
	loop {
		let rest = bytes.get(at..).unwrap_or_default();
		let (result, read, _) = decoder.decode_to_utf8_without_replacement(rest, &mut out, true);
		at += read;
		match result {
			encoding_rs::DecoderResult::OutputFull => {},
			encoding_rs::DecoderResult::InputEmpty => return at,
			encoding_rs::DecoderResult::Malformed(length, after) => {
				return at.saturating_sub(usize::from(length) + usize::from(after));
			},
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn of(names: &str) -> Declared {
		declared(names.split('~').map(str::as_bytes))
	}

	fn known(label: &str) -> Declared {
		Declared::Known(Encoding::for_label(label.as_bytes()).unwrap())
	}

	#[test]
	fn names_are_known_in_their_many_spellings() {
		for (names, found) in [
			("", Declared::Nothing),
			("ASCII", Declared::Ascii),
			("8859/1", known("iso-8859-1")),
			("8859/15", known("iso-8859-15")),
			("ISO 8859-2", known("iso-8859-2")),
			("UNICODE UTF-8", known("utf-8")),
			("utf-8", known("utf-8")),
			("UNICODE UTF-16", Declared::Known(UTF_16BE)),
			("~ISO IR87", known("iso-2022-jp")),
			("ASCII~8859/1", known("iso-8859-1")),
			("ISO IR6~ISO IR87", known("iso-2022-jp")),
			("GB 18030-2000", known("gb18030")),
			("KLINGON", Declared::Unknown),
			("8859/99", Declared::Unknown),
		] {
			assert_eq!(of(names), found, "{names}");
		}
	}

	#[test]
	fn bytes_become_text_and_nothing_is_lost() {
		let latin = b"MSH|\xe9\x80";
		for (bytes, declared, text, outcome) in [
			(&b"MSH|\xc3\xa9"[..], Declared::Nothing, "MSH|é", Outcome::Good),
			(b"MSH|\xe9", known("iso-8859-1"), "MSH|é", Outcome::Good),
			(b"MSH|\xd0", known("iso-8859-5"), "MSH|а", Outcome::Good),
			(b"MSH|\x1b$B;3ED\x1b(B|", known("iso-2022-jp"), "MSH|山田|", Outcome::Good),
			(latin, Declared::Nothing, "MSH|é€", Outcome::Guessed),
			(latin, Declared::Unknown, "MSH|é€", Outcome::Guessed),
			(latin, known("utf-8"), "MSH|é€", Outcome::Mismatch(4)),
			(b"MSH|\xc3\xa9", Declared::Ascii, "MSH|é", Outcome::Mismatch(4)),
			(b"MSH|\xc3\xa9", known("iso-2022-jp"), "MSH|é", Outcome::Mismatch(4)),
			(b"MSH|a", Declared::Unknown, "MSH|a", Outcome::Good),
			(b"MSH|a", Declared::Known(UTF_16BE), "MSH|a", Outcome::Good),
		] {
			let found = decode(bytes, declared, WINDOWS_1252);
			assert_eq!((&*found.text, found.outcome), (text, outcome));
		}
	}
}
