// SPDX-License-Identifier: Apache-2.0
//! A text as words, numbers and marks, each with what the dictionary knows of it.

use super::lexicon::{fold_char, Key, Lexical, Lexicon, Role};

/// What a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
	/// Letters, and apostrophes between them.
	Word,
	/// Digits.
	Number,
	/// Letters and digits.
	Mixed,
	/// One other character.
	Mark,
	/// Nothing: what stands before the first and after the last token.
	Edge,
}

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
	/// All small.
	Lower,
	/// The first letter large.
	Title,
	/// All large, and more than one.
	Upper,
	/// Any other way.
	Mixed,
}

/// What stands between a token and the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
	/// Nothing.
	None,
	/// Blanks.
	Space,
	/// The end of a line, or a tabulator.
	Line,
}

/// A token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
	pub(crate) key: u64,
	pub(crate) roles: Role,
	pub(crate) start: u32,
	pub(crate) end: u32,
	pub(crate) lexical: Lexical,
	pub(crate) kind: Kind,
	pub(crate) case: Case,
	pub(crate) gap: Gap,
	/// A `'s` follows, which is no token.
	pub(crate) possessive: bool,
	/// Has an apostrophe in it.
	pub(crate) apostrophe: bool,
	/// The character, if it is a mark of ASCII.
	pub(crate) mark: u8,
	/// How many characters it has, at most 255.
	pub(crate) length: u8,
}

impl Token {
	pub(crate) const EDGE: Self = Self {
		key: 0,
		roles: Role(0),
		start: 0,
		end: 0,
		lexical: Lexical(0),
		kind: Kind::Edge,
		case: Case::Lower,
		gap: Gap::Line,
		possessive: false,
		apostrophe: false,
		mark: 0,
		length: 0,
	};

	pub(crate) const fn is(&self, roles: Role) -> bool {
		self.roles.any(roles)
	}
	pub(crate) fn is_word(&self) -> bool {
		self.kind == Kind::Word
	}
	pub(crate) fn has_digit(&self) -> bool {
		matches!(self.kind, Kind::Number | Kind::Mixed)
	}
	pub(crate) const fn is_mark(&self, mark: u8) -> bool {
		self.mark == mark
	}
	/// Begins with a capital letter.
	pub(crate) fn capital(&self) -> bool {
		self.kind == Kind::Word && matches!(self.case, Case::Title | Case::Upper)
	}
}

const LETTER: u8 = 1;
const DIGIT: u8 = 2;
const BLANK: u8 = 3;
const LINE: u8 = 4;
const OTHER: u8 = 5;
const WIDE: u8 = 6;

const TABLE: [u8; 256] = {
	let mut table = [OTHER; 256];
	let mut byte = 0;
	while byte < 256 {
		let character = byte as u8;
		table[byte] = match character {
			b'a'..=b'z' | b'A'..=b'Z' => LETTER,
			b'0'..=b'9' => DIGIT,
			b' ' => BLANK,
			b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => LINE,
			0x80..=0xff => WIDE,
			_ => OTHER,
		};
		byte += 1;
	}
	table
};

/// What a character beyond ASCII is taken for.
fn wide(character: char) -> u8 {
	if character.is_alphabetic() || unicode_normalization::char::is_combining_mark(character) {
		LETTER
	} else if character.is_numeric() {
		DIGIT
	} else if character.is_whitespace() {
		BLANK
	} else {
		OTHER
	}
}

/// Cuts a text into tokens.
pub(crate) fn tokens(text: &str, lexicon: &Lexicon, out: &mut Vec<Token>) {
	let bytes = text.as_bytes();
	out.clear();
	out.reserve(bytes.len() / 5);
	let mut at = 0;
	let mut gap = Gap::Line;
	while let Some(&byte) = bytes.get(at) {
		match TABLE[usize::from(byte)] {
			BLANK => {
				gap = gap.max(Gap::Space);
				at += 1;
			},
			LINE => {
				gap = Gap::Line;
				at += 1;
			},
			OTHER => {
				out.push(Token {
					start: at as u32,
					end: at as u32 + 1,
					kind: Kind::Mark,
					gap,
					mark: byte,
					length: 1,
					..Token::EDGE
				});
				gap = Gap::None;
				at += 1;
			},
			class => {
				let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) else {
					return;
				};
				if class == WIDE {
					match wide(first) {
						BLANK => {
							gap = gap.max(Gap::Space);
							at += first.len_utf8();
							continue;
						},
						OTHER => {
							let mark = match first {
								'–' | '—' | '‐' | '‑' | '−' | '‒' => b'-',
								'“' | '”' | '„' | '«' | '»' => b'"',
								'‘' | '’' => b'\'',
								_ => 0,
							};
							out.push(Token {
								start: at as u32,
								end: (at + first.len_utf8()) as u32,
								kind: Kind::Mark,
								gap,
								mark,
								length: 1,
								..Token::EDGE
							});
							gap = Gap::None;
							at += first.len_utf8();
							continue;
						},
						_ => {},
					}
				}
				let token = word(text, at, gap, lexicon);
				at = token.end as usize + token.skip;
				gap = Gap::None;
				out.push(token.token);
			},
		}
	}
}

struct Cut {
	token: Token,
	end: u32,
	skip: usize,
}

/// The word or number that begins at a place.
fn word(text: &str, start: usize, gap: Gap, lexicon: &Lexicon) -> Cut {
	let bytes = text.as_bytes();
	let mut at = start;
	let (mut letters, mut digits, mut upper, mut lower) = (0_u32, 0_u32, 0_u32, 0_u32);
	let (mut apostrophe, mut first_upper) = (false, false);
	let mut key = Key::new();
	let mut skip = 0;
	let mut possessive = false;
	while let Some(&byte) = bytes.get(at) {
		match TABLE[usize::from(byte)] {
			LETTER => {
				if byte < b'a' {
					upper += 1;
					first_upper |= letters == 0;
				} else {
					lower += 1;
				}
				letters += 1;
				key.push(byte | 0x20);
				at += 1;
			},
			DIGIT => {
				digits += 1;
				key.push(byte);
				at += 1;
			},
			OTHER if byte == b'\'' && letters > 0 && digits == 0 => {
				let after = |n: usize| bytes.get(at + n).copied().unwrap_or(b' ');
				let letter = |n: usize| matches!(TABLE[usize::from(after(n))], LETTER | WIDE);
				if after(1) | 0x20 == b's' && !letter(2) {
					(possessive, skip) = (true, 2);
					break;
				}
				if !letter(1) {
					break;
				}
				apostrophe = true;
				at += 1;
			},
			WIDE => {
				let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) else {
					break;
				};
				if character == '’' && letters > 0 && digits == 0 {
					let mut rest = text[at + 3..].chars();
					let (next, then) = (rest.next(), rest.next());
					if next.is_some_and(|c| c.eq_ignore_ascii_case(&'s'))
						&& !then.is_some_and(char::is_alphabetic)
					{
						(possessive, skip) = (true, 4);
						break;
					}
					if !next.is_some_and(char::is_alphabetic) {
						break;
					}
					apostrophe = true;
					at += 3;
					continue;
				}
				match wide(character) {
					LETTER => {
						if character.is_uppercase() {
							upper += 1;
							first_upper |= letters == 0;
						} else {
							lower += 1;
						}
						letters += 1;
					},
					DIGIT => digits += 1,
					_ => break,
				}
				let mut buffer = [0; 4];
				fold_char(character, |c| {
					c.encode_utf8(&mut buffer).bytes().for_each(|byte| key.push(byte));
				});
				at += character.len_utf8();
			},
			_ => break,
		}
	}
	let kind = match (letters, digits) {
		(_, 0) => Kind::Word,
		(0, _) => Kind::Number,
		_ => Kind::Mixed,
	};
	let case = if upper == 0 {
		Case::Lower
	} else if lower == 0 && upper > 1 {
		Case::Upper
	} else if first_upper && (upper == 1 || upper <= lower) {
		// McDonald and DeWitt too.
		Case::Title
	} else {
		Case::Mixed
	};
	let key = if kind == Kind::Number { 0 } else { key.finish() };
	let (lexical, roles) = if kind == Kind::Word { lexicon.get(key) } else { Default::default() };
	Cut {
		token: Token {
			key,
			roles,
			start: start as u32,
			end: at as u32,
			lexical,
			kind,
			case,
			gap,
			possessive,
			apostrophe,
			mark: 0,
			length: (letters + digits).min(255) as u8,
		},
		end: at as u32,
		skip,
	}
}
