// SPDX-License-Identifier: Apache-2.0
//! Finding what tells a person in free text.
#![allow(
	clippy::if_same_then_else,
	clippy::nonminimal_bool,
	reason = "a rule is read case by case; cases that lead to the same stay apart"
)]

mod contact;
mod date;
mod label;
pub(crate) mod lexicon;
mod name;
mod normal;
mod number;
mod place;
mod resolve;
mod scan;
pub(crate) mod token;
mod words;

use crate::{known::Known, Class, Error};
use lexicon::Lexicon;
use normal::normalise;
pub(crate) use scan::Found;
use scan::Scan;
use serde::Serialize;
use token::{tokens, Token};

/// How long one text may be.
pub const MAX_TEXT: usize = 16 << 20;

/// Where something that tells a person stands in a text, in bytes. What it says is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
	/// The first byte.
	pub start: usize,
	/// The byte after the last.
	pub end: usize,
	/// What it is.
	pub class: Class,
	/// The rule that found it.
	pub rule: &'static str,
}

/// What is known beside the text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
	/// Identifiers of the person and of those around her.
	pub known: Option<&'a Known>,
	/// Whether bare years are removed too, as in data sets with day offsets.
	pub remove_years: bool,
}

/// Finds identifiers; what it holds saves the making of the same lists for every text.
#[derive(Debug)]
pub struct Finder {
	lexicon: &'static Lexicon,
	tokens: Vec<Token>,
}

impl Finder {
	/// A finder with the dictionary that the crate carries.
	///
	/// # Errors
	/// If the dictionary does not read.
	pub fn new() -> Result<Self, Error> {
		Ok(Self { lexicon: Lexicon::shared()?, tokens: Vec::new() })
	}

	/// What tells a person in a text: in order, without overlaps.
	///
	/// # Errors
	/// If the text is longer than [`MAX_TEXT`].
	pub fn find(&mut self, text: &str, context: &Context<'_>) -> Result<Vec<Span>, Error> {
		if text.len() > MAX_TEXT {
			return Err(Error::MaxTextExceeded { length: text.len(), limit: MAX_TEXT });
		}
		let normal = normalise(text);
		let read = normal.as_ref().map_or(text, |normal| normal.text.as_str());
		tokens(read, self.lexicon, &mut self.tokens);
		let mut found = Scan::run(read, &self.tokens);
		if let Some(known) = context.known {
			known.find(read, &self.tokens, &mut found);
		}
		if context.remove_years {
			years(read, &self.tokens, &mut found);
		}
		let mut spans = resolve::resolve(read, found);
		if let Some(normal) = &normal {
			for span in &mut spans {
				let (start, end) = normal.range(span.start as u32, span.end as u32, text);
				(span.start, span.end) = (start as usize, end as usize);
			}
		}
		Ok(spans)
	}
}

/// Years that stand alone.
fn years(text: &str, tokens: &[Token], found: &mut Vec<Found>) {
	let year = |token: &&Token| {
		token.kind == token::Kind::Number
			&& token.length == 4
			&& text
				.get(token.start as usize..token.end as usize)
				.and_then(|digits| digits.parse::<u32>().ok())
				.is_some_and(|year| (1880..=2099).contains(&year))
	};
	found.extend(tokens.iter().filter(year).map(|token| Found {
		start: token.start,
		end: token.end,
		class: Class::Date,
		rule: "year",
	}));
}

/// The offsets in characters of offsets in bytes that are in order, as editors and other languages count.
pub fn character_offsets(text: &str, spans: &[Span]) -> Vec<(usize, usize)> {
	let mut at = 0;
	let mut characters = 0;
	let mut to = |byte: usize| {
		characters += text.get(at..byte).map_or(0, |part| part.chars().count());
		at = byte.max(at);
		characters
	};
	spans.iter().map(|span| (to(span.start), to(span.end))).collect()
}
