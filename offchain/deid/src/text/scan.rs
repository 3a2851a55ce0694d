// SPDX-License-Identifier: Apache-2.0
//! One walk over the tokens of a text. Every rule looks a bounded number of tokens around, so that the
//! time is linear in the length of the text.

use super::{
	contact, date, label,
	lexicon::{words, Role},
	name, number, place,
	token::{Gap, Kind, Token},
};
use crate::Class;

static EDGE: Token = Token::EDGE;

/// What a rule found: bytes from and to, class, rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
	pub(crate) start: u32,
	pub(crate) end: u32,
	pub(crate) class: Class,
	pub(crate) rule: &'static str,
}

/// A text and its tokens, and what was found in it.
#[derive(Debug)]
pub(crate) struct Scan<'a> {
	pub(crate) text: &'a str,
	pub(crate) tokens: &'a [Token],
	pub(crate) found: Vec<Found>,
	/// The words of the names that were found, for the rest of the text.
	pub(crate) names: Vec<u64>,
	/// How many tokens were looked at, for the test that this grows as the text does.
	#[cfg(test)]
	steps: std::cell::Cell<usize>,
}

/// What belongs to a number, code or address without blanks.
const JOINING: &[u8] = b"-_/.#";

impl<'a> Scan<'a> {
	pub(crate) fn run(text: &'a str, tokens: &'a [Token]) -> Vec<Found> {
		let mut scan = Self::new(text, tokens);
		scan.walk();
		scan.found
	}

	const fn new(text: &'a str, tokens: &'a [Token]) -> Self {
		Self {
			text,
			tokens,
			found: Vec::new(),
			names: Vec::new(),
			#[cfg(test)]
			steps: std::cell::Cell::new(0),
		}
	}

	fn walk(&mut self) {
		let tokens = self.tokens;
		let mut index = 0;
		while let Some(token) = tokens.get(index) {
			let next = match token.kind {
				Kind::Number => number::number(self, index),
				Kind::Mixed => number::mixed(self, index),
				Kind::Mark => contact::mark(self, index).or_else(|| own_tag(self, index)),
				Kind::Word => {
					let joined = self.at(index + 1);
					let code = joined.gap == Gap::None
						&& matches!(joined.mark, b'-' | b'_' | b'#')
						&& self.at(index + 2).has_digit();
					if code && !token.is(Role::LABELS.or(Role::MONTH)) {
						number::code(self, index)
					} else if token.roles.0 == 0 {
						None
					} else {
						label::label(self, index)
							.or_else(|| date::word(self, index))
							.or_else(|| contact::word(self, index))
					}
				},
				Kind::Edge => None,
			};
			if token.kind == Kind::Word {
				place::word(self, index);
				if let Some(next) = next {
					index = next.max(index + 1);
					continue;
				}
				index = name::word(self, index).unwrap_or(index + 1).max(index + 1);
			} else {
				index = next.unwrap_or(index + 1).max(index + 1);
			}
		}
		name::repeat(self);
	}

	pub(crate) fn at(&self, index: usize) -> &'a Token {
		#[cfg(test)]
		self.steps.set(self.steps.get() + 1);
		self.tokens.get(index).unwrap_or(&EDGE)
	}

	/// The token so many before, or the edge.
	pub(crate) fn before(&self, index: usize, by: usize) -> &'a Token {
		index.checked_sub(by).map_or(&EDGE, |index| self.at(index))
	}

	pub(crate) fn slice(&self, token: &Token) -> &'a str {
		self.text.get(token.start as usize..token.end as usize).unwrap_or("")
	}

	/// Whether a word is one of some, given by their keys.
	#[inline]
	pub(crate) fn one_of(&self, token: &Token, words: &[u64]) -> bool {
		token.is_word() && words.contains(&token.key)
	}

	/// Keeps what stands from a token to before another.
	pub(crate) fn add(&mut self, from: usize, to: usize, class: Class, rule: &'static str) {
		let (first, last) = (self.at(from), self.before(to, 1));
		if first.kind != Kind::Edge && last.end > first.start {
			self.found.push(Found { start: first.start, end: last.end, class, rule });
		}
	}

	/// Whether a token was found to be the end of a name.
	pub(crate) fn is_name(&self, index: usize) -> bool {
		let end = self.at(index).end;
		self.found.iter().rev().take(4).any(|found| found.class == Class::Name && found.end == end)
	}

	/// Where what stands together without blanks ends; marks at its end do not count.
	pub(crate) fn chunk(&self, from: usize) -> usize {
		let mut to = from + 1;
		while to - from < 24 {
			let token = self.at(to);
			if token.gap != Gap::None
				|| (token.kind == Kind::Mark && !JOINING.contains(&token.mark))
			{
				break;
			}
			to += 1;
		}
		while to > from + 1 && self.before(to, 1).kind == Kind::Mark {
			to -= 1;
		}
		to
	}

	/// Letters and digits of some tokens.
	pub(crate) fn counts(&self, from: usize, to: usize) -> (usize, usize) {
		let (mut letters, mut digits) = (0, 0);
		for token in self.tokens.get(from..to).unwrap_or(&[]) {
			match token.kind {
				Kind::Word => letters += usize::from(token.length),
				Kind::Number => digits += usize::from(token.length),
				Kind::Mixed => {
					let count = self.slice(token).bytes().filter(u8::is_ascii_digit).count();
					digits += count;
					letters += usize::from(token.length).saturating_sub(count);
				},
				_ => {},
			}
		}
		(letters, digits)
	}

	/// Whether a measure follows: then it is a value and no number of a person.
	pub(crate) fn measured(&self, after: usize) -> bool {
		let next = self.at(after);
		(next.is(Role::MEASURE)
			&& next.gap != Gap::Line
			&& !self.one_of(next, words!["in", "m", "s"]))
			|| next.is_mark(b'%')
	}

	/// The value of a number of at most nine digits.
	pub(crate) fn value(&self, token: &Token) -> Option<u32> {
		(token.kind == Kind::Number && token.length <= 9)
			.then(|| self.slice(token).parse().ok())
			.flatten()
	}

	pub(crate) fn is_year(&self, token: &Token) -> bool {
		token.length == 4 && self.value(token).is_some_and(|year| (1880..=2099).contains(&year))
	}
}

/// What was put in place of an identifier, as `[NAME-1]`, is not looked at again.
fn own_tag(scan: &Scan<'_>, index: usize) -> Option<usize> {
	let open = scan.at(index);
	let (word, dash, number, close) =
		(scan.at(index + 1), scan.at(index + 2), scan.at(index + 3), scan.at(index + 4));
	let is_tag = open.is_mark(b'[')
		&& dash.is_mark(b'-')
		&& number.kind == Kind::Number
		&& close.is_mark(b']')
		&& Class::ALL.iter().any(|class| class.as_str() == scan.slice(word));
	is_tag.then_some(index + 5)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::text::{lexicon::Lexicon, token::tokens};

	fn steps(text: &str) -> usize {
		let mut read = Vec::new();
		tokens(text, Lexicon::shared().expect("the dictionary"), &mut read);
		let mut scan = Scan::new(text, &read);
		scan.walk();
		scan.steps.get()
	}

	/// Twice the text takes twice the steps, whatever is repeated.
	#[test]
	fn steps_grow_as_the_text_does() {
		let hostile = [
			"1-",
			"12 ",
			"1.",
			"1/",
			"A. ",
			"a",
			"Oak ",
			"12 Oak ",
			"van der ",
			"(",
			"[NAME-1",
			"MRN: ",
			"a@",
			"@",
			"http://",
			"a.b",
			"Sarah ",
			"Sarah-",
			"Smith, ",
			"March ",
			"March 3 to ",
			"St. ",
			"New York, ",
			"of the ",
			"Dr. ",
			"\n",
			"user ",
			"1:",
			"::",
			"é",
			"&amp;",
			"Hospital ",
			"University of ",
			"A1-",
			"mother ",
			"- ",
		];
		for part in hostile {
			let (one, two) = (steps(&part.repeat(2_000)), steps(&part.repeat(4_000)));
			assert!(two <= one * 21 / 10 + 200, "{part:?}: {one} steps, then {two}");
		}
		let mixed = hostile.concat();
		let (one, two) = (steps(&mixed.repeat(50)), steps(&mixed.repeat(100)));
		assert!(two <= one * 21 / 10 + 200, "{one} steps, then {two}");
	}
}
