// SPDX-License-Identifier: Apache-2.0
//! What a document says before its body: whom it is about, and of which visit.

use super::{
	hashed,
	types::{address, contact, identifier, name, system, Types},
	Loader,
};
use crate::{xml::Element, Code, Error, Place};
use salus_mdf::{
	sensitivity::classify, Attachment, Body, Category, Coding, Document, Encounter, Item, Other,
	Patient,
};
use std::io::Read;

/// The first identifier of an element, as one text.
pub(super) fn first_id(element: &Element) -> Option<String> {
	let id = element.children("id").find(|id| id.peek("root").is_some())?;
	Some(format!("{}^{}", id.peek("root")?, id.peek("extension").unwrap_or_default()))
}

/// A confidentiality that is more than the usual one.
pub(super) fn label(element: &Element) -> Option<Coding> {
	let code = element.peek("code").filter(|code| !matches!(*code, "N" | "U" | "L" | "M"))?;
	let system = element.peek("codeSystem").map(system);
	Some(Coding { system, code: Some(code.to_owned()), ..Coding::default() })
}

impl<R: Read> Loader<'_, '_, R> {
	/// The patient.
	pub(super) fn record_target(&mut self, element: &Element, path: &str) -> Result<(), Error> {
		self.context.report.pieces += 1;
		let Some(role) = element.child("patientRole") else {
			return self.kept_raw(element, path);
		};
		let id = match first_id(role) {
			Some(id) => format!("Patient/{}", hashed("id", &id)),
			None => {
				let place = Place::XmlPath(path.to_owned());
				self.context.diagnose(place, Code::MissingSubject)?;
				format!("Patient/{}", hashed("at", &self.context.report.source_digest))
			},
		};
		let mut types = Types { narrative: None, faults: Vec::new() };
		let mut body = Patient {
			identifiers: role.children("id").filter_map(identifier).collect(),
			addresses: role.children("addr").filter_map(address).collect(),
			contacts: role.children("telecom").filter_map(contact).collect(),
			..Patient::default()
		};
		if let Some(person) = role.child("patient") {
			body.names = person.children("name").filter_map(name).collect();
			body.birth = person.child("birthTime").and_then(|time| types.time(time));
			body.death = person.child("deceasedTime").and_then(|time| types.time(time));
			body.gender = person.child("administrativeGenderCode").and_then(gender);
			body.deceased = person.child("deceasedInd").and_then(|dead| match dead.peek("value") {
				Some("true") => dead.attribute("value").map(|_| true),
				Some("false") => dead.attribute("value").map(|_| false),
				_ => None,
			});
			body.marital_status =
				person.child("maritalStatusCode").and_then(|code| types.concept(code));
			let languages = person.children("languageCommunication");
			body.languages =
				languages.filter_map(|one| types.concept(one.child("languageCode")?)).collect();
		}
		self.subject = Some(id.clone());
		let origin = self.origin(element, path, "ccda/recordTarget");
		let mut item = Item::new(id, Category::Demographics, body, origin);
		item.subject.clone_from(&self.subject);
		self.finish(item, element, path, types.faults)
	}

	/// The visit that the document is about.
	pub(super) fn component_of(&mut self, element: &Element, path: &str) -> Result<(), Error> {
		self.context.report.pieces += 1;
		let Some(visit) = element.child("encompassingEncounter") else {
			return self.kept_raw(element, path);
		};
		let id = self.id(visit, path);
		let mut types = Types { narrative: None, faults: Vec::new() };
		let origin = self.origin(element, path, "ccda/encompassingEncounter");
		let mut item = Item::new(id, Category::Encounters, Encounter::default(), origin);
		item.concept = visit.child("code").and_then(|code| types.concept(code));
		if let Some(time) = visit.child("effectiveTime") {
			let (at, period) = types.period(time);
			(item.times.at, item.times.start, item.times.end) = (at, period.start, period.end);
		}
		item.subject.clone_from(&self.subject);
		self.encounter = Some(item.id.clone());
		self.finish(item, element, path, types.faults)
	}

	/// The document itself, without its body.
	pub(super) fn head(&mut self, head: &Element, path: &str) -> Result<(), Error> {
		self.context.report.pieces += 1;
		let id = self.id(head, path);
		let mut types = Types { narrative: None, faults: Vec::new() };
		let title = head.child("title").and_then(Element::text);
		let body = Document { description: title, ..Document::default() };
		let origin = self.origin(head, path, "ccda/ClinicalDocument");
		let mut item = Item::new(id, Category::Documents, body, origin);
		item.concept = head.child("code").and_then(|code| types.concept(code));
		item.times.at = head.child("effectiveTime").and_then(|time| types.time(time));
		item.subject.clone_from(&self.subject);
		item.encounter.clone_from(&self.encounter);
		self.finish(item, head, path, types.faults)
	}

	/// A body that is a document of another kind.
	pub(super) fn unstructured(&mut self, element: &Element, path: &str) -> Result<(), Error> {
		self.context.report.pieces += 1;
		let (mut content, mut notes) = (Vec::new(), Vec::new());
		if let Some(text) = element.child("text") {
			let is_base64 = text.peek("representation") == Some("B64");
			match text.text() {
				Some(data) if is_base64 => content.push(Attachment {
					content_type: text.attribute("mediaType").map(str::to_owned),
					data: Some(data.split_whitespace().collect()),
					..Attachment::default()
				}),
				text => notes.extend(text),
			}
		}
		let id = hashed("at", &format!("{}#{path}", self.context.report.source_digest));
		let body = Document { content, ..Document::default() };
		let origin = self.origin(element, path, "ccda/nonXMLBody");
		let mut item = Item::new(id, Category::Documents, body, origin);
		item.notes = notes;
		item.subject.clone_from(&self.subject);
		item.encounter.clone_from(&self.encounter);
		self.finish(item, element, path, Vec::new())
	}

	/// Keeps an element that nothing describes.
	pub(super) fn kept_raw(&mut self, element: &Element, path: &str) -> Result<(), Error> {
		self.context.report.pieces += 1;
		let id = hashed("at", &format!("{}#{path}", self.context.report.source_digest));
		let body = Other { resource: Some(element.name.to_string()), ..Other::default() };
		let origin = self.origin(element, path, "ccda/other");
		let mut item = Item::new(id, Category::Other, Body::from(body), origin);
		item.subject.clone_from(&self.subject);
		self.finish(item, element, path, Vec::new())
	}

	/// Gives an item out, with what of its element was not taken, and says what was wrong.
	pub(super) fn finish(
		&mut self,
		item: Item,
		element: &Element,
		path: &str,
		faults: Vec<(String, Code)>,
	) -> Result<(), Error> {
		self.finish_outside(item, element, &[], path, faults)
	}

	/// The same without these parts of its element, which are items of their own.
	pub(super) fn finish_outside(
		&mut self,
		mut item: Item,
		element: &Element,
		inner: &[&Element],
		path: &str,
		faults: Vec<(String, Code)>,
	) -> Result<(), Error> {
		let rest = element.rest_outside(inner);
		item.extra.extend(rest.map(|rest| (element.name.to_string(), rest)));
		item.extra.extend(self.around.drain(..));
		item.labels.extend(self.labels.iter().cloned());
		let codes = codes(element);
		let codes = codes.iter().map(|(system, code)| (system.as_deref(), code.as_str()));
		item.category = classify(item.category, codes);
		for (name, code) in faults {
			self.context.diagnose(Place::XmlPath(format!("{path}//{name}")), code)?;
		}
		self.context.emit(item)
	}
}

/// Every code in an element, with its system.
pub(super) fn codes(element: &Element) -> Vec<(Option<String>, String)> {
	let mut codes = Vec::new();
	element.visit(&mut |one| {
		if let Some(code) = one.peek("code") {
			codes.push((one.peek("codeSystem").map(system), code.to_owned()));
		}
	});
	codes
}

/// The administrative gender in the words of FHIR, which the rest of the model uses.
fn gender(element: &Element) -> Option<String> {
	let word = match element.peek("code")? {
		"F" => "female",
		"M" => "male",
		"UN" => "other",
		_ => return None,
	};
	element.attribute("code");
	Some(word.to_owned())
}
