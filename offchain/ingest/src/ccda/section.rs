// SPDX-License-Identifier: Apache-2.0
//! Sections: what they are about, their entries one by one, and their narrative.

use super::{hashed, header::codes, types::Types, Counts, Loader};
use crate::{
	xml::{Element, Token},
	Error,
};
use salus_mdf::{sensitivity::classify, Category, Document, Item};
use std::io::Read;

/// What a section is about, which says what its statements are when they do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
	Problems,
	Allergies,
	Medications,
	Immunizations,
	Results,
	Vitals,
	Procedures,
	Encounters,
	SocialHistory,
	FamilyHistory,
	Devices,
	Payers,
	Plans,
	Notes,
}

impl Topic {
	/// By the LOINC code of the section.
	fn of(code: &str) -> Option<Self> {
		Some(match code {
			"11450-4" | "11348-0" | "29308-4" | "46241-6" | "11535-2" | "10219-4" | "59768-2"
			| "75310-3" | "10190-7" | "47420-5" | "8648-8" => Self::Problems,
			"48765-2" => Self::Allergies,
			"10160-0" | "10183-2" | "42346-7" | "29549-3" => Self::Medications,
			"11369-6" => Self::Immunizations,
			"30954-2" | "26436-6" => Self::Results,
			"8716-3" => Self::Vitals,
			"47519-4" | "29554-3" => Self::Procedures,
			"46240-8" => Self::Encounters,
			"29762-2" => Self::SocialHistory,
			"10157-6" => Self::FamilyHistory,
			"46264-8" => Self::Devices,
			"48768-6" => Self::Payers,
			"18776-5" | "61146-7" | "51847-2" | "62387-6" | "85847-2" | "11383-7" => Self::Plans,
			"11488-4" | "11506-3" | "18842-5" | "34117-2" | "28570-0" | "34109-9" | "51848-0"
			| "10164-2" | "10154-3" | "42348-3" | "42349-1" => Self::Notes,
			_ => return None,
		})
	}

	/// The category of what has none of its own.
	pub(super) const fn category(self) -> Category {
		match self {
			Self::Problems => Category::Conditions,
			Self::Allergies => Category::Allergies,
			Self::Medications => Category::Medications,
			Self::Immunizations => Category::Immunizations,
			Self::Results => Category::Labs,
			Self::Vitals => Category::Vitals,
			Self::Procedures => Category::Procedures,
			Self::Encounters => Category::Encounters,
			Self::SocialHistory => Category::SocialHistory,
			Self::FamilyHistory => Category::Other,
			Self::Devices => Category::Devices,
			Self::Payers => Category::Coverage,
			Self::Plans => Category::CarePlans,
			Self::Notes => Category::Documents,
		}
	}
}

/// A section while it is read.
#[derive(Default)]
pub(super) struct Section {
	pub(super) topic: Option<Topic>,
	/// What entries point into.
	pub(super) narrative: Option<Element>,
	/// The codes of its entries: its narrative says in words what they say.
	codes: Vec<(Option<String>, String)>,
}

impl<R: Read> Loader<'_, '_, R> {
	/// Maps a section whose start was read. Whether it was whole.
	pub(super) fn section(&mut self, mut head: Element, path: &str) -> Result<bool, Error> {
		let mut section = Section::default();
		let mut counts = Counts::default();
		loop {
			match self.xml.next()? {
				Token::Start(child) => {
					let path = counts.path(path, &child.name);
					if matches!(&*child.name, "component" | "section") {
						if !self.part(child, &path)? {
							return Ok(false);
						}
						continue;
					}
					match self.whole(child, &path)? {
						None => {},
						Some(None) => return Ok(false),
						Some(Some(element)) => match &*element.name {
							"entry" => self.entry(&mut section, &element, &path)?,
							"text" => section.narrative = Some(element),
							_ => {
								if &*element.name == "code" {
									section.topic = element.peek("code").and_then(Topic::of);
								}
								head.add(element);
							},
						},
					}
				},
				Token::Text(text) => head.add_text(&text),
				Token::End => break,
				Token::Eof | Token::Truncated => return Ok(false),
			}
		}
		head.bytes.1 = self.xml.offset();
		self.narrative(section, &head, path)?;
		Ok(true)
	}

	/// Maps the statements of an entry.
	pub(super) fn entry(
		&mut self,
		section: &mut Section,
		entry: &Element,
		path: &str,
	) -> Result<(), Error> {
		section.codes.extend(codes(entry));
		let statements: Vec<_> = entry.elements().collect();
		if statements.is_empty() {
			return self.kept_raw(entry, path);
		}
		let around = entry.rest_outside(&statements);
		self.around.extend(around.map(|rest| ("entry".to_owned(), rest)));
		let mut counts = Counts::default();
		for statement in statements {
			let path = counts.path(path, &statement.name);
			self.statement(section, statement, &path)?;
		}
		Ok(())
	}

	/// The section in words. It is as sensitive as its entries, which say the same.
	fn narrative(&mut self, section: Section, head: &Element, path: &str) -> Result<(), Error> {
		self.context.report.pieces += 1;
		let category = section.topic.map_or(Category::Documents, Topic::category);
		let codes = section.codes.iter();
		let codes = codes.map(|(system, code)| (system.as_deref(), code.as_str()));
		let category = classify(category, codes);
		let mut types = Types { narrative: None, faults: Vec::new() };
		let body = Document {
			description: head.child("title").and_then(Element::text),
			..Document::default()
		};
		let id = hashed("at", &format!("{}#{path}", self.context.report.source_digest));
		let origin = self.origin(head, path, "ccda/section");
		let mut item = Item::new(id, category, body, origin);
		item.concept = head.child("code").and_then(|code| types.concept(code));
		item.subject.clone_from(&self.subject);
		item.encounter.clone_from(&self.encounter);
		if let Some(narrative) = &section.narrative {
			item.notes.extend(narrative.all_text());
			item.extra.extend(narrative.rest().map(|rest| ("text".to_owned(), rest)));
		}
		self.finish(item, head, path, types.faults)
	}
}
