// SPDX-License-Identifier: Apache-2.0
//! The work on a data set: what is known is gathered in a first pass, the second writes what may leave.

use crate::{
	manifest::{Action, Manifest, Reason},
	policy::{Dates, FreeText, Policy, Style},
	surrogate::SurrogateMap,
	text::{Context, Finder, Span},
	Class, Error, Known, KnownIdentifiers, MAX_TEXT,
};
use std::collections::{HashMap, HashSet};

/// De-identifies a data set: texts, and records in the formats of [`crate::Format`].
#[derive(Debug)]
pub struct Deidentifier {
	pub(crate) policy: Policy,
	pub(crate) identifiers: KnownIdentifiers,
	pub(crate) known: Option<Known>,
	pub(crate) map: SurrogateMap,
	pub(crate) manifest: Manifest,
	/// The latest year of the data set: whose birth lies ninety years before it is too old to be told.
	pub(crate) latest_year: Option<i32>,
	finder: Finder,
	/// Short texts in which nothing was found: the same names of tests and codes stand in most resources.
	clean: HashSet<String>,
	observer: Option<Observer>,
}

/// How many short texts without identifiers are remembered, and how long they are at most.
const MAX_CLEAN: (usize, usize) = (10_000, 120);

/// What was found in one text of a data set, and where the text stands.
#[derive(Clone, Copy, Debug)]
pub struct Finding<'a> {
	/// The number of the file, from 1.
	pub source: u64,
	/// The line or row, from 1.
	pub piece: u64,
	/// The element or column, by names of the format alone.
	pub path: &'a str,
	/// The text. It identifies: pass on offsets alone.
	pub text: &'a str,
	/// What was found, by bytes.
	pub spans: &'a [Span],
}

/// Who is told of each text in which something was found.
struct Observer(Box<dyn FnMut(Finding<'_>) + Send>);

impl std::fmt::Debug for Observer {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str("Observer")
	}
}

impl Deidentifier {
	/// A data set of its own, with an empty map.
	///
	/// # Errors
	/// If the policy calls itself what it is not.
	pub fn new(policy: Policy) -> Result<Self, Error> {
		let manifest = Manifest::new(policy.label()?);
		Ok(Self {
			policy,
			identifiers: KnownIdentifiers::new(),
			known: None,
			map: SurrogateMap::new(),
			manifest,
			latest_year: None,
			finder: Finder::new()?,
			clean: HashSet::new(),
			observer: None,
		})
	}

	/// Tells somebody of what is found in each text, as it is found.
	pub fn observe(&mut self, observer: impl FnMut(Finding<'_>) + Send + 'static) {
		self.observer = Some(Observer(Box::new(observer)));
	}

	/// Takes identifiers that are known from elsewhere.
	pub fn add_known(&mut self, identifiers: &KnownIdentifiers) {
		self.identifiers.extend(identifiers);
		self.known = None;
	}

	/// What was done until now.
	pub fn manifest(&self) -> &Manifest {
		&self.manifest
	}

	/// Ends the work: the manifest, and the map that leads back.
	pub fn finish(self) -> (Manifest, SurrogateMap) {
		(self.manifest, self.map)
	}

	/// Makes what was gathered searchable.
	pub(crate) fn prepare(&mut self) {
		if self.known.is_none() {
			self.clean.clear();
			self.known = Some(self.identifiers.build());
		}
	}

	/// What tells a person in a text, by bytes.
	///
	/// # Errors
	/// If the text is too long.
	pub fn find(&mut self, text: &str) -> Result<Vec<Span>, Error> {
		self.prepare();
		let context = Context {
			known: self.known.as_ref(),
			remove_years: self.policy.dates == Dates::Remove,
		};
		let mut spans = self.finder.find(text, &context)?;
		match self.policy.dates {
			Dates::Keep => spans.retain(|span| span.class != Class::Date),
			Dates::Year | Dates::Remove | Dates::Shift => {},
		}
		if !self.policy.cap_ages {
			spans.retain(|span| span.class != Class::Age);
		}
		Ok(spans)
	}

	/// A text without what tells a person, or nothing if none of it may be released.
	///
	/// # Errors
	/// If the text is too long.
	pub fn scrub(&mut self, text: &str) -> Result<Option<String>, Error> {
		self.scrub_at(text, "text")
	}

	fn scrub_at(&mut self, text: &str, path: &str) -> Result<Option<String>, Error> {
		if text.is_empty() {
			return Ok(Some(String::new()));
		}
		let Some(spans) = self.look(text, path)? else { return Ok(None) };
		let mut out = String::with_capacity(text.len());
		let mut at = 0;
		for (start, end, instead) in self.instead(text, &spans) {
			out.push_str(text.get(at..start).unwrap_or(""));
			out.push_str(&instead);
			at = end;
		}
		out.push_str(text.get(at..).unwrap_or(""));
		Ok(Some(out))
	}

	/// What tells a person in a text that is to be released, or nothing if none of it may be.
	fn look(&mut self, text: &str, path: &str) -> Result<Option<Vec<Span>>, Error> {
		if self.policy.free_text == FreeText::Drop {
			let element = if path.is_empty() { "text" } else { path };
			self.manifest.element(element, Action::Removed);
			return Ok(None);
		}
		if !readable(text) {
			self.manifest.withhold(path, Reason::ScriptUnsupported);
			return Ok(None);
		}
		self.prepare();
		if self.clean.contains(text) {
			return Ok(Some(Vec::new()));
		}
		let spans = self.find(text)?;
		if spans.is_empty() && text.len() <= MAX_CLEAN.1 && self.clean.len() < MAX_CLEAN.0 {
			self.clean.insert(text.to_owned());
		}
		let (source, piece) = self.manifest.at();
		if let (Some(Observer(tell)), false) = (&mut self.observer, spans.is_empty()) {
			tell(Finding { source, piece, path, text, spans: &spans });
		}
		Ok(Some(spans))
	}

	/// What takes the place of each span, with its first byte and the one after its last.
	fn instead(&mut self, text: &str, spans: &[Span]) -> Vec<(usize, usize, String)> {
		let mut out = Vec::with_capacity(spans.len());
		let mut numbers = HashMap::<(Class, String), usize>::new();
		let mut counts = HashMap::<Class, usize>::new();
		for span in spans {
			self.manifest.rule(span.class, span.rule);
			let value = text.get(span.start..span.end).unwrap_or("");
			let surrogate = match self.policy.style {
				_ if span.class == Class::Age => Some("90+".to_owned()),
				Style::Surrogate => self.map.text(span.class, value),
				Style::Mask => Some(
					"*".repeat(value.chars().filter(|c| c.is_alphanumeric()).count().clamp(1, 8)),
				),
				Style::Tag => None,
			};
			let instead = surrogate.unwrap_or_else(|| {
				let key = (span.class, crate::text::lexicon::fold(value));
				let number = *numbers.entry(key).or_insert_with(|| {
					let count = counts.entry(span.class).or_default();
					*count += 1;
					*count
				});
				format!("[{}-{number}]", span.class.as_str())
			});
			out.push((span.start, span.end, instead));
		}
		out
	}

	/// What is to be replaced in a text of several parts, or nothing if none of it may be released.
	pub(crate) fn edits(&mut self, text: &str, path: &str) -> Option<Vec<(usize, usize, String)>> {
		if text.len() > MAX_TEXT {
			self.manifest.withhold(path, Reason::LimitExceeded);
			return None;
		}
		let spans = self.look(text, path).ok().flatten()?;
		Some(self.instead(text, &spans))
	}

	/// A text of an element: scrubbed, or nothing.
	pub(crate) fn text(&mut self, text: &str, path: &str) -> Option<String> {
		if text.len() > MAX_TEXT {
			self.manifest.withhold(path, Reason::LimitExceeded);
			return None;
		}
		self.scrub_at(text, path).ok().flatten()
	}
}

/// Whether the rules know the script of most letters: a fifth of others is too much.
fn readable(text: &str) -> bool {
	if text.is_ascii() {
		return true;
	}
	let (mut letters, mut foreign) = (0_usize, 0_usize);
	for character in text.chars() {
		if character == '\u{fffd}' {
			foreign += 1;
			letters += 1;
		} else if character.is_alphabetic() {
			letters += 1;
			foreign += usize::from(
				!matches!(character, 'a'..='z' | 'A'..='Z' | '\u{aa}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{fb00}'..='\u{fb06}' | '\u{ff21}'..='\u{ff5a}' | '\u{3b1}'..='\u{3c9}' | '\u{1d400}'..='\u{1d7ff}'),
			);
		}
	}
	foreign * 5 <= letters
}

#[cfg(test)]
mod tests {
	use super::*;

	fn deidentifier(style: Style) -> Deidentifier {
		let policy = Policy { style, ..Policy::safe_harbor().expect("reads") };
		Deidentifier::new(policy).expect("true")
	}

	const NOTE: &str = "Sarah Johnson, 93-year-old, MRN 4459201, seen 03/14/2024. Sarah Johnson denies pain since 2019.";

	#[test]
	fn tags_are_numbered_and_the_year_and_the_pain_stay() {
		let out = deidentifier(Style::Tag).scrub(NOTE).expect("short").expect("released");
		assert_eq!(
			out,
			"[NAME-1], 90+-year-old, MRN [MRN-1], seen [DATE-1]. [NAME-1] denies pain since 2019."
		);
	}

	#[test]
	fn what_was_scrubbed_stays_as_it_is() {
		for style in [Style::Tag, Style::Mask] {
			let once = deidentifier(style).scrub(NOTE).expect("short").expect("released");
			assert_eq!(deidentifier(style).scrub(&once).expect("short").expect("released"), once);
		}
	}

	#[test]
	fn surrogates_are_consistent_in_a_set() {
		let mut one = deidentifier(Style::Surrogate);
		let (a, b) = (
			one.scrub("Call Sarah Johnson.").expect("short"),
			one.scrub("Call Sarah Johnson.").expect("short"),
		);
		assert_eq!(a, b);
		assert!(!a.expect("released").contains("Sarah"));
	}

	#[test]
	fn what_cannot_be_read_is_withheld() {
		let mut one = deidentifier(Style::Tag);
		assert_eq!(one.scrub("Пациент Иванов жалуется на боль").expect("short"), None);
		assert_eq!(one.manifest().withheld_count, 1);
	}

	#[test]
	fn the_manifest_has_no_value() {
		let mut one = deidentifier(Style::Surrogate);
		one.scrub(NOTE).expect("short");
		let manifest = serde_json::to_string(one.manifest()).expect("writes");
		assert!(!manifest.contains("Sarah") && !manifest.contains("4459201"));
		assert!(manifest.contains("MRN/labelled"));
	}
}
