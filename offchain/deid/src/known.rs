// SPDX-License-Identifier: Apache-2.0
//! Identifiers that are known beside a text: of the person and of those around her. They are removed
//! wherever and however they are written, whatever the other rules say.

use crate::{
	text::{
		lexicon::{fold, Key, Role},
		token::{Case, Gap, Kind, Token},
		Found,
	},
	Class,
};
use std::collections::{HashMap, HashSet};
use zeroize::Zeroize;

/// Words of names shorter than this are matched as they are, longer ones with one error too.
const FUZZY: usize = 6;

/// Words longer than this have no errors looked for: time stays linear.
const MAX_FUZZY: usize = 32;

/// Digits that a number must have to be looked for everywhere.
const MIN_NUMBER: usize = 5;

/// Short forms of names, both ways. Own list.
const NICKNAMES: &[&str] = &[
	"robert bob bobby rob robbie bert",
	"william bill billy will willy liam",
	"richard rick ricky dick rich",
	"james jim jimmy jamie",
	"john jack johnny jon",
	"jonathan jon jonny",
	"michael mike mikey mick",
	"joseph joe joey",
	"thomas tom tommy",
	"charles charlie chuck chas",
	"edward ed eddie ted ned",
	"david dave davy",
	"daniel dan danny",
	"matthew matt",
	"anthony tony",
	"andrew andy drew",
	"christopher chris kit",
	"nicholas nick nicky",
	"benjamin ben benny",
	"samuel sam sammy",
	"alexander alex sandy al xander",
	"patrick pat paddy",
	"stephen steve stevie",
	"steven steve stevie",
	"gregory greg",
	"timothy tim timmy",
	"kenneth ken kenny",
	"ronald ron ronnie",
	"donald don donnie",
	"lawrence larry",
	"francis frank frankie",
	"frederick fred freddie",
	"gerald jerry gerry",
	"henry hank harry",
	"leonard len lenny leo",
	"raymond ray",
	"theodore ted teddy theo",
	"vincent vince vinnie",
	"walter walt wally",
	"zachary zach zack",
	"elizabeth liz lizzie beth betty eliza libby ellie lisa",
	"margaret maggie meg peggy marge greta",
	"katherine kate katie kathy kat kitty",
	"catherine cathy kate cat",
	"patricia pat patty trish tricia",
	"jennifer jen jenny",
	"susan sue susie suzie",
	"barbara barb babs",
	"rebecca becky becca",
	"deborah deb debbie",
	"jessica jess jessie",
	"victoria vicky tori",
	"dorothy dot dottie",
	"virginia ginny",
	"christina chris tina christy",
	"alexandra alex sandra lexi",
	"samantha sam",
	"abigail abby gail",
	"eleanor ellie nell nora",
	"josephine jo josie",
	"judith judy",
	"kimberly kim",
	"amanda mandy",
	"pamela pam",
	"sandra sandy",
	"theresa terry tess",
	"jacqueline jackie",
	"madeline maddie",
	"francisco paco pancho",
	"jose pepe",
	"guadalupe lupe",
	"dolores lola",
	"ignacio nacho",
	"eduardo lalo",
	"guillermo memo",
	"jesus chuy",
	"rosario charo",
	"enrique quique",
];

/// Collects identifiers; [`KnownIdentifiers::build`] makes what texts are searched for.
#[derive(Default)]
pub struct KnownIdentifiers {
	names: HashSet<String>,
	initials: HashSet<String>,
	numbers: HashSet<String>,
	phrases: HashSet<String>,
}

impl std::fmt::Debug for KnownIdentifiers {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("KnownIdentifiers")
			.field("names", &self.names.len())
			.field("numbers", &self.numbers.len())
			.field("phrases", &self.phrases.len())
			.finish_non_exhaustive()
	}
}

impl Drop for KnownIdentifiers {
	fn drop(&mut self) {
		for set in [&mut self.names, &mut self.initials, &mut self.numbers, &mut self.phrases] {
			set.drain().for_each(|mut value| value.zeroize());
		}
	}
}

fn words(text: &str) -> impl Iterator<Item = &str> {
	text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’'))
		.filter(|word| !word.is_empty())
}

/// Letters and digits alone, small.
fn compact(text: &str) -> String {
	text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl KnownIdentifiers {
	/// Nothing is known yet.
	pub fn new() -> Self {
		Self::default()
	}

	/// Whether nothing is known.
	pub fn is_empty(&self) -> bool {
		self.names.is_empty() && self.numbers.is_empty() && self.phrases.is_empty()
	}

	/// A name of a person, whole or in part, in any order: every word of it, its short forms, its initials.
	pub fn add_name(&mut self, name: &str) {
		let parts: Vec<_> =
			words(name).map(fold).filter(|word| word.chars().all(char::is_alphabetic)).collect();
		let initials: String = parts.iter().filter_map(|word| word.chars().next()).collect();
		if (2..=4).contains(&initials.chars().count()) {
			self.initials.insert(initials);
		}
		for part in parts.into_iter().filter(|part| part.chars().count() > 1) {
			for group in NICKNAMES {
				let mut group = group.split_ascii_whitespace();
				let whole = group.next();
				if whole == Some(part.as_str()) {
					self.names.extend(group.map(Into::into));
				} else if group.any(|short| short == part) {
					self.names.extend(whole.map(Into::into));
				}
			}
			self.names.insert(part);
		}
	}

	/// A number or code of a person: a record, a telephone, an account.
	pub fn add_number(&mut self, number: &str) {
		let number = compact(number);
		let digits = number.chars().filter(char::is_ascii_digit).count();
		// Country codes come and go.
		if digits == 11 && digits == number.len() && number.starts_with('1') {
			self.numbers.insert(number[1..].to_owned());
		}
		if number.chars().count() >= MIN_NUMBER && digits > 0 {
			self.numbers.insert(number);
		}
	}

	/// An address in the post: its lines, and the words of the street with the number.
	pub fn add_address(&mut self, line: &str) {
		let parts: Vec<_> = words(line).map(fold).collect();
		if parts.len() >= 2 {
			self.phrases.insert(parts[..parts.len().min(8)].join(" "));
			// 12 Maple, without the kind of street.
			if parts[0].chars().all(|c| c.is_ascii_digit()) && parts.len() > 2 {
				self.phrases.insert(parts[..2].join(" "));
			}
		}
	}

	/// The name of an employer, school or practice, or of a town.
	pub fn add_place(&mut self, name: &str) {
		let parts: Vec<_> = words(name).map(fold).collect();
		match parts.len() {
			0 => {},
			1 => {
				self.names.insert(parts[0].clone());
			},
			_ => {
				self.phrases.insert(parts.join(" "));
			},
		}
	}

	/// An address of e-mail: the whole is found by its shape, its first part also elsewhere.
	pub fn add_email(&mut self, address: &str) {
		if let Some((local, _)) = address.split_once('@') {
			let local = compact(local);
			if local.chars().count() >= 4 {
				self.names.insert(local.clone());
				self.add_number(&local);
			}
		}
	}

	/// Takes over what another one knows.
	pub fn extend(&mut self, other: &Self) {
		self.names.extend(other.names.iter().cloned());
		self.initials.extend(other.initials.iter().cloned());
		self.numbers.extend(other.numbers.iter().cloned());
		self.phrases.extend(other.phrases.iter().cloned());
	}

	/// Reads a list, one identifier a line: `name: Jane Roe`, `number: 4459201`, `address: 12 Oak St`,
	/// `email: ..`, `place: ..`; a line without a kind is all of them. Returns the lines of unknown kinds.
	pub fn read_list(&mut self, list: &str) -> Vec<usize> {
		let mut unknown = Vec::new();
		for (line, text) in list.lines().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
			match text.split_once(':').map(|(kind, value)| (kind.trim(), value.trim())) {
				Some(("name", value)) => self.add_name(value),
				Some(("number" | "phone" | "id", value)) => self.add_number(value),
				Some(("address", value)) => self.add_address(value),
				Some(("place" | "organization", value)) => self.add_place(value),
				Some(("email", value)) => self.add_email(value),
				Some(_) => unknown.push(line + 1),
				None if text.contains('@') => self.add_email(text.trim()),
				None if text.chars().any(|c| c.is_ascii_digit()) => {
					self.add_number(text.trim());
					self.add_address(text.trim());
				},
				None => self.add_name(text.trim()),
			}
		}
		unknown
	}

	/// What is looked for in the finished output.
	pub(crate) fn values(&self) -> impl Iterator<Item = (&str, bool)> {
		self.names
			.iter()
			.map(|value| (value.as_str(), true))
			.chain(self.numbers.iter().chain(&self.phrases).map(|value| (value.as_str(), false)))
	}

	/// What texts are searched for.
	pub fn build(&self) -> Known {
		let mut known = Known::default();
		for name in &self.names {
			known.names.insert(Key::of(name));
			let letters: Vec<char> = name.chars().collect();
			if (FUZZY..=MAX_FUZZY).contains(&letters.len()) {
				let number = known.fuzzy_names.len() as u32;
				deletions(&letters, |key| known.deletions.entry(key).or_default().push(number));
				known.deletions.entry(Key::of(name)).or_default().push(number);
				known.fuzzy_names.push(letters);
			}
		}
		known.initials = self.initials.iter().map(|initials| Key::of(initials)).collect();
		for number in &self.numbers {
			known.numbers.insert(Key::of(number));
			known.longest = known.longest.max(number.len());
		}
		for phrase in &self.phrases {
			let keys: Vec<_> = phrase.split(' ').map(Key::of).collect();
			known.phrases.entry(keys[0]).or_default().push(keys);
		}
		known
	}
}

/// The keys of a word with each letter left out.
fn deletions(letters: &[char], mut take: impl FnMut(u64)) {
	for without in 0..letters.len() {
		let mut key = Key::new();
		let mut buffer = [0; 4];
		for (at, letter) in letters.iter().enumerate() {
			if at != without {
				letter.encode_utf8(&mut buffer).bytes().for_each(|byte| key.push(byte));
			}
		}
		take(key.finish());
	}
}

/// Whether two words differ by one letter, or by two that changed places.
fn close(a: &[char], b: &[char]) -> bool {
	let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
	let end =
		a[same..].iter().rev().zip(b[same..].iter().rev()).take_while(|(x, y)| x == y).count();
	let (left, right) = (a.len() - same - end, b.len() - same - end);
	left.max(right) <= 1
		|| (left == 2 && right == 2 && a[same] == b[same + 1] && a[same + 1] == b[same])
}

/// Identifiers in the form in which texts are searched for them. Holds hashes and long names alone.
#[derive(Default)]
pub struct Known {
	names: HashSet<u64>,
	initials: HashSet<u64>,
	numbers: HashSet<u64>,
	phrases: HashMap<u64, Vec<Vec<u64>>>,
	deletions: HashMap<u64, Vec<u32>>,
	fuzzy_names: Vec<Vec<char>>,
	longest: usize,
}

impl std::fmt::Debug for Known {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Known").field("names", &self.names.len()).finish_non_exhaustive()
	}
}

impl Known {
	pub(crate) fn find(&self, text: &str, tokens: &[Token], found: &mut Vec<Found>) {
		let at = |index: usize| tokens.get(index).copied().unwrap_or(Token::EDGE);
		let slice =
			|token: &Token| text.get(token.start as usize..token.end as usize).unwrap_or("");
		let mut last_hit = usize::MAX - 9;
		for (index, token) in tokens.iter().enumerate() {
			if !self.phrases.is_empty()
				&& matches!(token.kind, Kind::Word | Kind::Number | Kind::Mixed)
			{
				if let Some(end) = self.phrase(tokens, index, &slice) {
					found.push(Found {
						start: token.start,
						end,
						class: Class::Location,
						rule: "known-phrase",
					});
				}
			}
			if token.kind == Kind::Word {
				let exact = self.names.contains(&token.key);
				let begins = token.gap == Gap::Line
					|| matches!(
						index.checked_sub(1).map(|i| at(i).mark),
						None | Some(b'.' | b'!' | b'?' | b':')
					);
				let common = token.lexical.english() >= 2
					|| token.is(Role::HOMONYM.or(Role::NEVER).or(Role::EPONYM).or(Role::MONTH))
					|| token.lexical.drug();
				let next_known = || {
					let mut next = index + 1;
					while matches!(at(next).mark, b'.' | b',' | b'-') && next < index + 3 {
						next += 1;
					}
					self.names.contains(&at(next).key) && at(next).is_word()
				};
				let hit = if exact {
					!common
						|| index - last_hit.min(index) <= 2 && last_hit < index
						|| next_known() || token.case == Case::Upper
						|| token.case == Case::Title
							&& !token.is(Role::MONTH)
							&& (!begins || token.possessive || at(index + 1).is(Role::PERSON_VERB))
				} else {
					!common
						&& token.length >= FUZZY as u8 - 1
						&& token.lexical.english() == 0
						&& !token.lexical.clinical()
						&& self.close_to(slice(token))
				};
				if hit {
					last_hit = index;
					found.push(Found {
						start: token.start,
						end: token.end,
						class: Class::Name,
						rule: if exact { "known-name" } else { "known-name-mistyped" },
					});
				} else if token.case == Case::Upper
					&& token.length <= 4
					&& !common && !token.lexical.clinical()
					&& self.initials.contains(&token.key)
				{
					found.push(Found {
						start: token.start,
						end: token.end,
						class: Class::Name,
						rule: "known-initials",
					});
				}
			}
			if !self.numbers.is_empty()
				&& (token.has_digit() || token.is_word() && at(index + 1).gap == Gap::None)
			{
				if let Some(end) = self.number(tokens, index, &slice) {
					found.push(Found {
						start: token.start,
						end,
						class: Class::OtherId,
						rule: "known-number",
					});
				}
			}
		}
	}

	/// A number with any marks and blanks in it.
	fn number<'a>(
		&self,
		tokens: &[Token],
		index: usize,
		slice: &impl Fn(&Token) -> &'a str,
	) -> Option<u32> {
		let mut key = Key::new();
		let mut length = 0;
		let mut end = None;
		for (at, token) in tokens.iter().enumerate().skip(index).take(24) {
			match token.kind {
				Kind::Word | Kind::Number | Kind::Mixed
					if token.gap != Gap::Line || at == index =>
				{
					for character in slice(token).chars().flat_map(char::to_lowercase) {
						let mut buffer = [0; 4];
						character.encode_utf8(&mut buffer).bytes().for_each(|byte| key.push(byte));
						length += character.len_utf8();
					}
					if length > self.longest {
						break;
					}
					if length >= MIN_NUMBER && self.numbers.contains(&key.finish()) {
						end = Some(token.end);
					}
				},
				Kind::Mark
					if matches!(token.mark, b'-' | b'.' | b'/' | b'(' | b')' | b'_' | b':') => {},
				_ => break,
			}
		}
		end
	}

	fn phrase<'a>(
		&self,
		tokens: &[Token],
		index: usize,
		slice: &impl Fn(&Token) -> &'a str,
	) -> Option<u32> {
		let key_of = |token: &Token| {
			if token.kind == Kind::Number {
				Key::of(slice(token))
			} else {
				token.key
			}
		};
		let phrases = self.phrases.get(&key_of(&tokens[index]))?;
		let mut best = None;
		for phrase in phrases {
			let mut end = None;
			let mut words = tokens[index..]
				.iter()
				.take(phrase.len() * 3)
				.filter(|token| token.kind != Kind::Mark);
			let all = phrase.iter().all(|key| {
				words.next().is_some_and(|token| {
					end = Some(token.end);
					// St and Street alike: the kind of street may be left out or shortened.
					key_of(token) == *key || (token.is(Role::STREET) && phrase.last() == Some(key))
				})
			});
			if all {
				best = best.max(end);
			}
		}
		best
	}

	fn close_to(&self, word: &str) -> bool {
		let letters: Vec<char> = fold(word).chars().collect();
		if self.fuzzy_names.is_empty() || letters.len() + 1 < FUZZY || letters.len() > MAX_FUZZY {
			return false;
		}
		let hit = |key: u64| {
			self.deletions.get(&key).is_some_and(|numbers| {
				numbers.iter().any(|number| {
					self.fuzzy_names.get(*number as usize).is_some_and(|name| close(name, &letters))
				})
			})
		};
		let mut found = hit(Key::of(&letters.iter().collect::<String>()));
		if !found {
			deletions(&letters, |key| found = found || hit(key));
		}
		found
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{Context, Finder};

	fn masked(text: &str) -> String {
		let mut identifiers = KnownIdentifiers::new();
		identifiers.add_name("Bartholomew Q. Vandersloot-Young");
		identifiers.add_number("4459-201");
		identifiers.add_number("+1 (312) 555-0142");
		identifiers.add_address("77 Quillback Trace");
		let known = identifiers.build();
		let context = Context { known: Some(&known), ..Context::default() };
		let spans = Finder::new().expect("the dictionary").find(text, &context).expect("short");
		let mut out = text.to_owned();
		for span in spans.iter().rev() {
			out.replace_range(span.start..span.end, "_");
		}
		out
	}

	#[test]
	fn every_variant_of_a_known_name_goes() {
		for text in [
			"vandersloot",
			"VANDERSLOOT",
			"Vandersloot's",
			"Vandersloot, Bartholomew",
			"Vandersloott",
			"Vandersolot",
			"Vandrsloot",
			"bartholomew",
		] {
			let out = masked(&format!("see {text} again")).to_lowercase();
			assert!(!out.contains("vand") && !out.contains("barth"), "{text}: {out}");
		}
	}

	#[test]
	fn a_known_name_that_is_a_word_needs_a_capital_or_its_neighbour() {
		assert_eq!(masked("a young adult"), "a young adult");
		assert!(!masked("told Young so").contains("Young"));
	}

	#[test]
	fn known_numbers_go_with_any_marks() {
		for text in ["4459201", "44 59 201", "4459.201", "312-555-0142", "(312) 5550142"] {
			let out = masked(&format!("x {text} y"));
			assert!(!out.chars().any(|c| c.is_ascii_digit()), "{text}: {out}");
		}
		assert!(!masked("lives at 77 quillback, rear").contains("quillback"));
	}

	#[test]
	fn lists_are_read() {
		let mut identifiers = KnownIdentifiers::new();
		assert_eq!(identifiers.read_list("name: Jane Roe\nshoe: 42\n4459201\n"), [2]);
		assert!(!format!("{identifiers:?}").contains("4459201"));
	}
}
