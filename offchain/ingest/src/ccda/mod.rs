// SPDX-License-Identifier: Apache-2.0
//! C-CDA R1.1 and R2.1, and plain CDA: documents and parts of them.
//!
//! A section is read entry by entry. Which kind a statement is of is said by its template, and where
//! that is missing or unknown by the section that it stands in.

mod header;
mod section;
mod statement;
mod types;

use crate::{
	id::hashed,
	load::Context,
	source::{Rewind, Survey},
	xml::{local_name, Element, Reading, Token, Xml},
	Code, Error, Format, Place,
};
use salus_mdf::{ByteRange, Coding, Location, Provenance, RawJson};
use section::Section;
use std::{collections::HashSet, io::Read};

/// What documents and their parts begin with.
const ROOTS: [&str; 7] = [
	"ClinicalDocument",
	"recordTarget",
	"componentOf",
	"documentationOf",
	"component",
	"section",
	"entry",
];

/// Whether a document is one of these, by the tag of its first element.
pub(crate) fn looks_like(tag: &[u8]) -> bool {
	ROOTS.iter().any(|root| root.as_bytes() == local_name(tag))
}

/// Maps a file.
pub(crate) fn load<R: Rewind>(
	reader: &mut R,
	survey: &Survey,
	context: &mut Context<'_>,
) -> Result<(), Error> {
	context.report.format = Format::Ccda;
	let base = if survey.has_offsets() { survey.mark } else { 0 };
	let mut loader = Loader {
		xml: Xml::new(survey.open(reader)?, base),
		offsets: survey.has_offsets(),
		context,
		subject: None,
		encounter: None,
		labels: Vec::new(),
		around: Vec::new(),
		ids: HashSet::new(),
	};
	let whole = loop {
		match loader.xml.next()? {
			Token::Start(root) => {
				let path = format!("/{}", root.name);
				if !loader.part(root, &path)? {
					break false;
				}
			},
			Token::Text(_) | Token::End => {},
			Token::Eof => break true,
			Token::Truncated => break false,
		}
	};
	if whole {
		return Ok(());
	}
	let offset = loader.xml.offset();
	loader.context.truncated(offset)
}

struct Loader<'c, 'a, R> {
	context: &'c mut Context<'a>,
	xml: Xml<R>,
	/// Whether offsets in the text are offsets in the file.
	offsets: bool,
	/// The patient's item.
	subject: Option<String>,
	/// The visit that the document is about.
	encounter: Option<String>,
	/// How confidential the document says that it is, where that is more than usual.
	labels: Vec<Coding>,
	/// What stands around the next item, and is kept with it.
	around: Vec<(String, RawJson)>,
	/// Identifiers that were given: some documents use one for several statements.
	ids: HashSet<String>,
}

impl<R: Read> Loader<'_, '_, R> {
	/// Maps a part of a document whose start was read. Whether it was whole.
	fn part(&mut self, start: Element, path: &str) -> Result<bool, Error> {
		match &*start.name {
			"ClinicalDocument" => self.document(start, path),
			"component" | "structuredBody" => self.parts(path),
			"section" => self.section(start, path),
			_ => {
				let Some(element) = self.whole(start, path)? else { return Ok(true) };
				let Some(element) = element else { return Ok(false) };
				match &*element.name {
					"recordTarget" => self.record_target(&element, path)?,
					"componentOf" => self.component_of(&element, path)?,
					"nonXMLBody" => self.unstructured(&element, path)?,
					"entry" => self.entry(&mut Section::default(), &element, path)?,
					_ => self.kept_raw(&element, path)?,
				}
				Ok(true)
			},
		}
	}

	/// Maps the parts in an element whose start was read.
	fn parts(&mut self, path: &str) -> Result<bool, Error> {
		let mut counts = Counts::default();
		loop {
			match self.xml.next()? {
				Token::Start(child) => {
					let path = counts.path(path, &child.name);
					if !self.part(child, &path)? {
						return Ok(false);
					}
				},
				Token::Text(_) => {},
				Token::End => return Ok(true),
				Token::Eof | Token::Truncated => return Ok(false),
			}
		}
	}

	/// The document: its parts as they come, and what it says of itself as an item in the end.
	fn document(&mut self, mut head: Element, path: &str) -> Result<bool, Error> {
		let mut counts = Counts::default();
		loop {
			match self.xml.next()? {
				Token::Start(child) => {
					let path = counts.path(path, &child.name);
					let is_head =
						!matches!(&*child.name, "component" | "recordTarget" | "componentOf");
					if !is_head {
						if !self.part(child, &path)? {
							return Ok(false);
						}
						continue;
					}
					match self.whole(child, &path)? {
						None => {},
						Some(None) => return Ok(false),
						Some(Some(element)) => {
							if &*element.name == "confidentialityCode" {
								self.labels.extend(header::label(&element));
							}
							head.add(element);
						},
					}
				},
				Token::Text(text) => head.add_text(&text),
				Token::End => break,
				Token::Eof | Token::Truncated => return Ok(false),
			}
		}
		head.bytes.1 = self.xml.offset();
		self.head(&head, path)?;
		Ok(true)
	}

	/// Reads an element to its end: nothing when it is too large, which is said, and an empty place
	/// when the file ends before.
	fn whole(&mut self, start: Element, path: &str) -> Result<Option<Option<Element>>, Error> {
		match self.xml.rest_of(start, self.context.options.max_piece)? {
			Reading::Whole(element) => {
				self.context.progress(element.bytes.1);
				Ok(Some(Some(element)))
			},
			Reading::TooLarge => {
				self.context.report.pieces += 1;
				self.context.diagnose(Place::XmlPath(path.to_owned()), Code::MaxPieceExceeded)?;
				Ok(None)
			},
			Reading::Truncated => Ok(Some(None)),
		}
	}

	/// Where an element came from.
	fn origin(&self, element: &Element, path: &str, rule: &str) -> Provenance {
		let (start, end) = element.bytes;
		let location = Location {
			pointer: Some(path.to_owned()),
			bytes: self.offsets.then_some(ByteRange { start, end }),
			..self.context.location()
		};
		Provenance {
			source: self.context.report.source_digest.clone(),
			location,
			rule: rule.to_owned(),
			resource: Some(element.name.to_string()),
			..Provenance::default()
		}
	}

	/// An id: from the first identifier of a statement, or from its place. The same bytes give the
	/// same ids, and the same statement in two documents has the same id.
	fn id(&mut self, element: &Element, path: &str) -> String {
		if let Some(id) = header::first_id(element).map(|id| hashed("id", &id)) {
			if self.ids.insert(id.clone()) {
				return id;
			}
		}
		hashed("at", &format!("{}#{path}", self.context.report.source_digest))
	}
}

/// Counts elements with the same name, for their paths.
#[derive(Default)]
struct Counts(Vec<(Box<str>, u32)>);

impl Counts {
	fn path(&mut self, parent: &str, name: &str) -> String {
		let number = match self.0.iter_mut().find(|(known, _)| **known == *name) {
			Some((_, number)) => {
				*number = number.saturating_add(1);
				*number
			},
			None => {
				self.0.push((name.into(), 1));
				1
			},
		};
		format!("{parent}/{name}[{number}]")
	}
}
