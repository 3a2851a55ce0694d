// SPDX-License-Identifier: Apache-2.0
//! The dictionary: what is known of a word.
//!
//! A table of hashes, filled once from the data that the crate carries. A text that is looked up in it
//! costs one access to memory a word, whether it is known or not.

use super::words as lists;
use crate::Error;
use flate2::read::GzDecoder;
use std::{collections::HashMap, io::Read, sync::OnceLock};
use unicode_normalization::{char::is_combining_mark, UnicodeNormalization};

static WORDS: &[u8] = include_bytes!("../../data/words.bin.gz");

/// How many bytes the dictionary may have: what is compiled in has less.
const MAX_SIZE: u64 = 16 << 20;

/// What the dictionary says of a word. The bits are those that `scripts/deid-dictionaries.py` writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lexical(pub(crate) u16);

impl Lexical {
	/// How usual it is as a first name, 0 to 3.
	pub(crate) const fn first(self) -> u16 {
		self.0 & 3
	}
	/// How usual it is as a last name, 0 to 3.
	pub(crate) const fn last(self) -> u16 {
		self.0 >> 2 & 3
	}
	/// How common it is as a word of English, 0 to 5.
	pub(crate) const fn english(self) -> u16 {
		self.0 >> 4 & 7
	}
	/// Whether names of diseases have it.
	pub(crate) const fn clinical(self) -> bool {
		self.0 & 1 << 7 != 0
	}
	/// Whether names of drugs have it.
	pub(crate) const fn drug(self) -> bool {
		self.0 & 1 << 8 != 0
	}
	/// Whether it is a town.
	pub(crate) const fn city(self) -> bool {
		self.0 & 1 << 9 != 0
	}
	/// Whether it is a town of more than a hundred thousand people.
	pub(crate) const fn large_city(self) -> bool {
		self.0 & 1 << 10 != 0
	}
	/// Whether the name of a town begins with it.
	pub(crate) const fn city_start(self) -> bool {
		self.0 & 1 << 11 != 0
	}
	/// Whether nothing is known of it.
	pub(crate) const fn unknown(self) -> bool {
		self.0 == 0
	}
	const fn without_english(self) -> Self {
		Self(self.0 & !(7 << 4))
	}
}

/// What a word says of the words beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Role(pub(crate) u64);

macro_rules! roles {
	($($name:ident = $bit:literal),+ $(,)?) => {
		impl Role { $(pub(crate) const $name: Self = Self(1 << $bit);)+ }
	};
}

roles! {
	TITLE = 0, CREDENTIAL = 1, MONTH = 2, WEEKDAY = 3, HOLIDAY = 4, RELATION = 5, PERSON = 6,
	PERSON_VERB = 7, STREET = 8, UNIT = 9, DIRECTION = 10, FACILITY = 11, FACILITY_HEAD = 12, STATE = 13,
	STATE_CODE = 14, COUNTRY = 15, PARTICLE = 16, SUFFIX = 17, MRN = 18, SSN = 19, PHONE = 20, FAX = 21,
	PLAN = 22, ACCOUNT = 23, LICENSE = 24, VEHICLE = 25, DEVICE = 26, BIOMETRIC = 27, OTHER = 28, USER = 29,
	ROOM = 30, NUMBER_WORD = 31, FILLER = 32, DATE_CUE = 33, IN = 34, DISEASE_HEAD = 35, MEASURE = 36,
	NAME_CUE = 37, GREETING = 38, CLOSING = 39, EPONYM = 40, NEVER = 41, NUMERAL = 42, YEAR_WORD = 43,
	OLD = 44, GENERIC_PLACE = 45, HOMONYM = 46,
}

impl Role {
	/// The words that say what kind of number follows.
	pub(crate) const LABELS: Self = Self(
		Self::MRN.0
			| Self::SSN.0
			| Self::PHONE.0
			| Self::FAX.0
			| Self::PLAN.0
			| Self::ACCOUNT.0
			| Self::LICENSE.0
			| Self::VEHICLE.0
			| Self::DEVICE.0
			| Self::BIOMETRIC.0
			| Self::OTHER.0
			| Self::ROOM.0,
	);

	pub(crate) const fn or(self, other: Self) -> Self {
		Self(self.0 | other.0)
	}
	pub(crate) const fn any(self, of: Self) -> bool {
		self.0 & of.0 != 0
	}
}

/// A hash of letters: lower case, without marks.
#[derive(Clone, Copy)]
pub(crate) struct Key(u64);

impl Key {
	pub(crate) const fn new() -> Self {
		Self(0)
	}
	#[inline]
	pub(crate) const fn push(&mut self, byte: u8) {
		self.0 = (self.0.rotate_left(5) ^ byte as u64).wrapping_mul(0x517c_c1b7_2722_0a95);
	}
	/// Never 0, which marks an empty place.
	#[inline]
	pub(crate) const fn finish(self) -> u64 {
		let mixed = self.0 ^ self.0 >> 29;
		(mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15)) | 1
	}
	pub(crate) const fn of(folded: &str) -> u64 {
		let mut key = Self::new();
		let bytes = folded.as_bytes();
		let mut at = 0;
		while at < bytes.len() {
			key.push(bytes[at]);
			at += 1;
		}
		key.finish()
	}
}

/// The keys of words, made when the program is compiled.
macro_rules! words {
	($($word:literal),* $(,)?) => {{
		const KEYS: &[u64] = &[$($crate::text::lexicon::Key::of($word)),*];
		KEYS
	}};
}
pub(crate) use words;

/// A character as it stands in the dictionary: lower case, without marks.
pub(crate) fn fold_char(character: char, mut push: impl FnMut(char)) {
	if character.is_ascii() {
		return push(character.to_ascii_lowercase());
	}
	for lower in character.to_lowercase() {
		let replaced = match lower {
			'ß' => "ss",
			'æ' => "ae",
			'œ' => "oe",
			'ø' => "o",
			'ł' => "l",
			'đ' | 'ð' => "d",
			'þ' => "th",
			'ı' => "i",
			_ => "",
		};
		if replaced.is_empty() {
			std::iter::once(lower).nfkd().filter(|c| !is_combining_mark(*c)).for_each(&mut push);
		} else {
			replaced.chars().for_each(&mut push);
		}
	}
}

/// A text as it stands in the dictionary; apostrophes are left out.
pub(crate) fn fold(text: &str) -> String {
	let mut folded = String::with_capacity(text.len());
	for character in text.chars().filter(|c| !matches!(c, '\'' | '’' | 'ʼ')) {
		fold_char(character, |c| folded.push(c));
	}
	folded
}

#[derive(Clone, Copy, Default)]
struct Entry {
	/// The half of the key that does not choose the place; 0 for an empty one.
	tag: u32,
	kinds: u16,
	roles: u16,
}

/// The dictionary.
pub(crate) struct Lexicon {
	entries: Vec<Entry>,
	mask: usize,
	roles: Vec<u64>,
}

impl std::fmt::Debug for Lexicon {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Lexicon").field("places", &self.entries.len()).finish_non_exhaustive()
	}
}

impl Lexicon {
	/// The dictionary that the crate carries, made at the first call.
	pub(crate) fn shared() -> Result<&'static Self, Error> {
		static SHARED: OnceLock<Option<Lexicon>> = OnceLock::new();
		SHARED.get_or_init(|| Self::read(WORDS)).as_ref().ok_or(Error::DictionaryInvalid)
	}

	fn read(compressed: &[u8]) -> Option<Self> {
		let mut bytes = Vec::new();
		GzDecoder::new(compressed).take(MAX_SIZE).read_to_end(&mut bytes).ok()?;
		let mut roles = HashMap::<&str, u64>::new();
		for (role, list) in lists::ROLES {
			list.split_ascii_whitespace()
				.for_each(|word| *roles.entry(word).or_default() |= role.0);
		}
		for word in lists::HOMONYMS.split_ascii_whitespace() {
			*roles.entry(word).or_default() |= Role::HOMONYM.0;
		}
		// An entry has seven bytes or so: nearly half of the places stay empty.
		let places = (bytes.len() / 5).next_power_of_two().max(1 << 16);
		let mut lexicon =
			Self { entries: vec![Entry::default(); places], mask: places - 1, roles: vec![0] };
		let mut numbers = HashMap::<u64, u16>::new();
		for (word, mask) in &roles {
			let number = *numbers.entry(*mask).or_insert_with(|| {
				lexicon.roles.push(*mask);
				(lexicon.roles.len() - 1) as u16
			});
			lexicon.place(Key::of(&fold(word))).roles = number;
		}
		let mut word = Vec::<u8>::with_capacity(64);
		let mut rest = bytes.as_slice();
		while let [shared, length, tail @ ..] = rest {
			word.truncate(usize::from(*shared));
			let (end, tail) = tail.split_at_checked(usize::from(*length))?;
			let (kinds, tail) = tail.split_first_chunk::<2>()?;
			word.extend_from_slice(end);
			let mut key = Key::new();
			word.iter().for_each(|byte| key.push(*byte));
			lexicon.place(key.finish()).kinds = u16::from_le_bytes(*kinds);
			rest = tail;
		}
		for word in lists::MOSTLY_NAMES.split_ascii_whitespace() {
			let entry = lexicon.place(Key::of(word));
			entry.kinds = Lexical(entry.kinds).without_english().0;
		}
		Some(lexicon)
	}

	#[inline]
	const fn start(&self, key: u64) -> (usize, u32) {
		((key >> 1) as usize & self.mask, (key >> 32) as u32 | 1)
	}

	/// The place of a key, which is made if it is not there.
	fn place(&mut self, key: u64) -> &mut Entry {
		let (mut index, tag) = self.start(key);
		while self.entries[index].tag != 0 && self.entries[index].tag != tag {
			index = (index + 1) & self.mask;
		}
		let entry = &mut self.entries[index];
		entry.tag = tag;
		entry
	}

	/// What is known of a word.
	#[inline]
	pub(crate) fn get(&self, key: u64) -> (Lexical, Role) {
		let (mut index, tag) = self.start(key);
		loop {
			let entry = self.entries[index];
			if entry.tag == tag {
				return (Lexical(entry.kinds), Role(self.roles[usize::from(entry.roles)]));
			}
			if entry.tag == 0 {
				return (Lexical(0), Role(0));
			}
			index = (index + 1) & self.mask;
		}
	}

	/// What is known of a word that is written in any way.
	pub(crate) fn look_up(&self, word: &str) -> (Lexical, Role) {
		self.get(Key::of(&fold(word)))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn names_words_and_places_are_known() {
		let lexicon = Lexicon::shared().expect("the dictionary is whole");
		let of = |word| lexicon.look_up(word).0;
		assert_eq!(of("Sarah").first(), 3);
		assert_eq!(of("NGUYEN").last(), 3);
		assert_eq!(of("Müller").last(), of("muller").last());
		assert!(of("patient").english() >= 4);
		assert!(of("metformin").drug());
		assert!(of("los angeles").large_city());
		assert!(of("qzxv").unknown());
	}

	#[test]
	fn a_broken_dictionary_is_refused() {
		assert!(Lexicon::read(b"no gzip").is_none());
	}
}
