// SPDX-License-Identifier: Apache-2.0
//! Specific Character Set (0008,0005): PS3.3, section C.12.1.1.2, and PS3.5, section 6.1.

use encoding_rs::{
	Encoding, EUC_JP, EUC_KR, GB18030, ISO_8859_2, ISO_8859_3, ISO_8859_4, ISO_8859_5, ISO_8859_6,
	ISO_8859_7, ISO_8859_8, SHIFT_JIS, UTF_8, WINDOWS_1252, WINDOWS_1254, WINDOWS_874,
};
use std::borrow::Cow;

/// The character set of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Charset {
	/// What bytes are in before any escape sequence; nothing means ASCII.
	first: Option<&'static Encoding>,
	/// Whether escape sequences may change that.
	escapes: bool,
}

/// What a file says nothing about is ASCII.
pub(super) const ASCII: Charset = Charset { first: None, escapes: false };

impl Charset {
	/// The set that an element names; nothing when it is not known.
	pub(super) fn named(names: &str) -> Option<Self> {
		let mut names = names.split('\\').map(|name| name.trim_matches([' ', '\0']));
		let first = set(names.next().unwrap_or_default())?;
		let mut more = false;
		for name in names {
			set(name)?;
			more = true;
		}
		Some(Self { first, escapes: more })
	}

	/// Bytes as text, and whether all of them mean something.
	pub(super) fn decode(self, bytes: &[u8]) -> (String, bool) {
		if bytes.is_ascii() && !bytes.contains(&0x1B) {
			return (String::from_utf8_lossy(bytes).into_owned(), true);
		}
		if !self.escapes {
			return plain(bytes, self.first);
		}
		let (mut text, mut good) = (String::new(), true);
		let mut state = State { low: Low::Ascii, high: self.first };
		let mut rest = bytes;
		while !rest.is_empty() {
			if let Some((next, used)) = state.escape(rest) {
				(state, rest) = (next, rest.get(used..).unwrap_or_default());
				continue;
			}
			// Up to the next escape sequence, or to where the sets are those of the beginning again.
			let is_end = |(at, byte): (usize, &u8)| {
				*byte == 0x1B && at > 0
					|| matches!(byte, b'\\' | b'^' | b'=' | b'\r' | b'\n' | 0x0C | b'\t')
						&& matches!(state.low, Low::Ascii)
			};
			let end = rest.iter().enumerate().position(is_end);
			let is_delimiter = end.is_some_and(|end| rest.get(end) != Some(&0x1B));
			let end = end.map_or(rest.len(), |end| end + usize::from(is_delimiter));
			let (part, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
			let (decoded, fine) = state.decode(part);
			text.push_str(&decoded);
			good &= fine;
			rest = after;
			if is_delimiter {
				state = State { low: Low::Ascii, high: self.first };
			}
		}
		(text, good)
	}
}

/// What a defined term stands for.
fn set(name: &str) -> Option<Option<&'static Encoding>> {
	let plain: String = name.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
	let number = plain.strip_prefix("ISO2022IR").or_else(|| plain.strip_prefix("ISOIR"));
	Some(match number.unwrap_or(&plain) {
		"" | "6" => None,
		"100" => Some(WINDOWS_1252),
		"101" => Some(ISO_8859_2),
		"109" => Some(ISO_8859_3),
		"110" => Some(ISO_8859_4),
		"144" => Some(ISO_8859_5),
		"127" => Some(ISO_8859_6),
		"126" => Some(ISO_8859_7),
		"138" => Some(ISO_8859_8),
		"148" => Some(WINDOWS_1254),
		"203" => Encoding::for_label(b"iso-8859-15"),
		"166" => Some(WINDOWS_874),
		// Single bytes of JIS X 0201 mean the same in Shift_JIS.
		"13" => Some(SHIFT_JIS),
		"192" => Some(UTF_8),
		"GB18030" | "GBK" => Some(GB18030),
		// They need an escape sequence.
		"87" | "159" => None,
		"149" => Some(EUC_KR),
		"58" => Some(GB18030),
		_ => return None,
	})
}

fn plain(bytes: &[u8], encoding: Option<&'static Encoding>) -> (String, bool) {
	if let Some(encoding) = encoding {
		if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
			return (text.into_owned(), true);
		}
	}
	// Every byte is a character of Windows-1252 as browsers read it, so that nothing is lost.
	let text = std::str::from_utf8(bytes)
		.map_or_else(|_| WINDOWS_1252.decode_without_bom_handling(bytes).0, Cow::Borrowed);
	(text.into_owned(), bytes.is_ascii())
}

/// What the lower half of the bytes stands for.
#[derive(Clone, Copy)]
enum Low {
	Ascii,
	/// JIS X 0208, two bytes a character.
	Kanji,
	/// JIS X 0212, two bytes a character.
	MoreKanji,
}

#[derive(Clone, Copy)]
struct State {
	low: Low,
	/// What the upper half stands for.
	high: Option<&'static Encoding>,
}

impl State {
	/// The state after an escape sequence (PS3.3, tables C.12-3 and C.12-4), and its length.
	fn escape(self, bytes: &[u8]) -> Option<(Self, usize)> {
		let low = |low, used| Some((Self { low, ..self }, used));
		let high = |name: &str, used| Some((Self { high: set(name)?, ..self }, used));
		match bytes {
			[0x1B, b'(', b'B' | b'J', ..] => low(Low::Ascii, 3),
			[0x1B, b'$', b'B' | b'@', ..] => low(Low::Kanji, 3),
			[0x1B, b'$', b'(', b'D', ..] => low(Low::MoreKanji, 4),
			[0x1B, b'$', b')', b'C', ..] => high("149", 4),
			[0x1B, b'$', b')', b'A', ..] => high("58", 4),
			[0x1B, b')', b'I', ..] => high("13", 3),
			[0x1B, b'-', set, ..] => high(
				match set {
					b'A' => "100",
					b'B' => "101",
					b'C' => "109",
					b'D' => "110",
					b'L' => "144",
					b'G' => "127",
					b'F' => "126",
					b'H' => "138",
					b'M' => "148",
					b'T' => "166",
					b'b' => "203",
					_ => return None,
				},
				3,
			),
			_ => None,
		}
	}

	fn decode(self, bytes: &[u8]) -> (String, bool) {
		let lead: &[u8] = match self.low {
			Low::Ascii => return plain(bytes, self.high),
			Low::Kanji => &[],
			Low::MoreKanji => &[0x8F],
		};
		// The same characters in EUC-JP, where their bytes have the upper bit.
		let mut shifted = Vec::with_capacity(bytes.len() * 2);
		for pair in bytes.chunks(2) {
			match pair {
				[0x21..=0x7E, 0x21..=0x7E] => {
					shifted.extend_from_slice(lead);
					shifted.extend(pair.iter().map(|byte| byte | 0x80));
				},
				_ => shifted.extend_from_slice(pair),
			}
		}
		match EUC_JP.decode_without_bom_handling_and_without_replacement(&shifted) {
			Some(text) => (text.into_owned(), true),
			None => (WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(), false),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn names_are_read_as_the_standard_shows_them() {
		// PS3.5, annexes H, I, J and K, and each single-byte set.
		for (names, bytes, text) in [
			("", &b"Adams^John"[..], "Adams^John"),
			("ISO_IR 100", b"Buc^J\xe9r\xf4me", "Buc^Jérôme"),
			("ISO_IR 101", b"Wa\xb3\xeasa", "Wałęsa"),
			("ISO_IR 144", b"\xbb\xee\xda", "Люк"),
			("ISO_IR 126", b"\xc4\xe9\xef", "Διο"),
			("ISO_IR 127", b"\xe2\xc8\xc7\xe6\xea", "قباني"),
			("ISO_IR 138", b"\xf9\xf8\xe5\xef", "שרון"),
			("ISO_IR 148", b"\xc7avu\xfeo\xf0lu", "Çavuşoğlu"),
			("ISO_IR 166", b"\xb9\xd2\xc1", "นาม"),
			("ISO_IR 192", b"\xe7\x8e\x8b^\xe5\xb0\x8f", "王^小"),
			("GB18030", b"\xcd\xf5^\xd0\xa1", "王^小"),
			("ISO_IR 13", b"\xd4\xcf\xc0\xde", "ﾔﾏﾀﾞ"),
			(
				"\\ISO 2022 IR 87",
				b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B",
				"Yamada^Tarou=山田^太郎",
			),
			(
				"ISO 2022 IR 13\\ISO 2022 IR 87",
				b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J",
				"ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎",
			),
			(
				"\\ISO 2022 IR 149",
				b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7",
				"Hong^Gildong=洪^吉洞",
			),
			("\\ISO 2022 IR 58", b"Wang=\x1b$)A\xcd\xf5^", "Wang=王^"),
			("ISO 2022 IR 6\\ISO 2022 IR 100\\ISO 2022 IR 144", b"\x1b-A\xe9\\\x1b-L\xbb", "é\\Л"),
		] {
			let set = Charset::named(names).unwrap();
			assert_eq!(set.decode(bytes), (text.to_owned(), true), "{names}");
		}
		assert_eq!(Charset::named("KLINGON"), None);
		assert_eq!(Charset::named("ISO_IR 100\\KLINGON"), None);
	}

	#[test]
	fn what_means_nothing_is_kept_and_said() {
		assert_eq!(ASCII.decode(b"\xe9\x80"), ("é€".into(), false));
		let utf8 = Charset::named("ISO_IR 192").unwrap();
		assert_eq!(utf8.decode(b"a\xff"), ("aÿ".into(), false));
		let kanji = Charset::named("\\ISO 2022 IR 87").unwrap();
		assert_eq!(kanji.decode(b"a\x1b$B\xff"), ("aÿ".into(), false));
	}

	proptest! {
		#[test]
		fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), names in "[A-Z0-9_ \\\\]{0,40}") {
			let sets = ["\\ISO 2022 IR 87\\ISO 2022 IR 159", "ISO 2022 IR 13", "GB18030", &names];
			for set in sets.iter().filter_map(|names| Charset::named(names)) {
				set.decode(&bytes);
			}
		}
	}
}
