// SPDX-License-Identifier: Apache-2.0
//! Bundles and resources in XML. Each is mapped as the JSON that it stands for.

use super::{map_entry, map_resource, markup, Piece};
use crate::{
	json::tree,
	load::Context,
	source::{Rewind, Survey},
	xml::{local_name, Element, Reading, Token, Xml},
	Code, Error, Format, Place,
};
use salus_mdf::ByteRange;
use std::io::Read;

/// The namespace of FHIR, as the tag of a resource declares it.
const NAMESPACE: &[u8] = b"http://hl7.org/fhir";

/// Whether a document is a resource, by the tag of its first element.
pub(crate) fn is_resource(tag: &[u8]) -> bool {
	let is_declared = tag
		.windows(NAMESPACE.len() + 1)
		.any(|window| window.starts_with(NAMESPACE) && matches!(window.last(), Some(b'"' | b'\'')));
	is_declared && local_name(tag).first().is_some_and(u8::is_ascii_uppercase)
}

/// Maps a file.
pub(crate) fn load<R: Rewind>(
	file: &mut R,
	survey: &Survey,
	context: &mut Context<'_>,
) -> Result<(), Error> {
	context.report.format = Format::FhirXml;
	let base = if survey.has_offsets() { survey.mark } else { 0 };
	let xml = Xml::new(survey.open(file)?, base);
	let mut loader = Loader { context, xml, offsets: survey.has_offsets() };
	loop {
		let is_whole = match loader.xml.next()? {
			Token::Start(root) if &*root.name == "Bundle" => loader.bundle(root)?,
			Token::Start(root) => {
				let path = format!("/{}", root.name);
				loader.resource(root, &path)?
			},
			Token::Text(_) | Token::End => true,
			Token::Eof => return Ok(()),
			Token::Truncated => false,
		};
		if !is_whole {
			let offset = loader.xml.offset();
			return loader.context.truncated(offset);
		}
	}
}

struct Loader<'c, 'a, R> {
	context: &'c mut Context<'a>,
	xml: Xml<R>,
	/// Whether offsets in the text are offsets in the file.
	offsets: bool,
}

impl<R: Read> Loader<'_, '_, R> {
	/// A bundle whose start was read: its entries as they come, and in the end what it says of itself.
	/// Whether it was whole.
	fn bundle(&mut self, mut own: Element) -> Result<bool, Error> {
		let mut entries = 0_u64;
		loop {
			match self.xml.next()? {
				Token::Start(child) if &*child.name == "entry" => {
					entries += 1;
					if !self.entry(child, &format!("/Bundle/entry[{entries}]"))? {
						return Ok(false);
					}
				},
				Token::Start(child) => {
					let path = format!("/Bundle/{}", child.name);
					match self.whole(child, &path)? {
						Part::Whole(element) => own.add(element),
						Part::TooLarge => {},
						Part::Truncated => return Ok(false),
					}
				},
				Token::Text(text) => own.add_text(&text),
				Token::End => break,
				Token::Eof | Token::Truncated => return Ok(false),
			}
		}
		own.bytes.1 = self.xml.offset();
		if own.elements().any(|element| &*element.name != "type") {
			self.map(&own, &markup::resource(&own), "/Bundle", false)?;
		}
		Ok(true)
	}

	/// An entry whose start was read. Whether it was whole.
	fn entry(&mut self, start: Element, path: &str) -> Result<bool, Error> {
		match self.whole(start, path)? {
			Part::Whole(element) => {
				self.map(&element, &markup::object(&element, "Bundle_Entry"), path, true)?;
			},
			Part::TooLarge => {},
			Part::Truncated => return Ok(false),
		}
		Ok(true)
	}

	/// A resource whose start was read. Whether it was whole.
	fn resource(&mut self, start: Element, path: &str) -> Result<bool, Error> {
		match self.whole(start, path)? {
			Part::Whole(element) => self.map(&element, &markup::resource(&element), path, false)?,
			Part::TooLarge => {},
			Part::Truncated => return Ok(false),
		}
		Ok(true)
	}

	/// Reads an element to its end, and says when it is too large.
	fn whole(&mut self, start: Element, path: &str) -> Result<Part, Error> {
		Ok(match self.xml.rest_of(start, self.context.options.max_piece)? {
			Reading::Whole(element) => {
				self.context.progress(element.bytes.1);
				Part::Whole(element)
			},
			Reading::TooLarge => {
				self.context.report.pieces += 1;
				self.context.diagnose(Place::XmlPath(path.to_owned()), Code::MaxPieceExceeded)?;
				Part::TooLarge
			},
			Reading::Truncated => Part::Truncated,
		})
	}

	/// Maps what an element stands for.
	fn map(
		&mut self,
		element: &Element,
		json: &str,
		path: &str,
		is_entry: bool,
	) -> Result<(), Error> {
		self.context.report.pieces += 1;
		let (start, end) = element.bytes;
		let piece = Piece {
			pointer: path,
			is_path: true,
			line: None,
			bytes: self.offsets.then_some(ByteRange { start, end }),
			full_url: None,
			entry: None,
		};
		match tree::parse(json.as_bytes(), self.context.options.max_depth) {
			Ok(json) if is_entry => map_entry(self.context, &json, piece),
			Ok(json) => map_resource(self.context, &json, piece),
			Err(fault) => self.context.diagnose(Place::XmlPath(path.to_owned()), fault.code),
		}
	}
}

/// What came of reading an element; that it is too large was said.
enum Part {
	Whole(Element),
	TooLarge,
	Truncated,
}
