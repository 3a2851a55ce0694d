// SPDX-License-Identifier: Apache-2.0
//! The first entry of the document: its sections.

use super::{narrative::narrative, section::Section, Entry};
use crate::json::build::{Node, Object};
use salus_mdf::{Item, Time};

const LOINC: &str = "http://loinc.org";

fn coding<'a>(system: &'a str, code: &'a str, display: Option<&'a str>) -> Node<'a> {
	let mut coding = Object::default();
	coding.put("system", Node::text(system));
	coding.put("code", Node::text(code));
	coding.text("display", display);
	let mut concept = Object::default();
	concept.put("coding", Node::List(vec![Node::Object(coding)]));
	Node::Object(concept)
}

fn reference(url: &str) -> Node<'_> {
	let mut reference = Object::default();
	reference.put("reference", Node::text(url));
	Node::Object(reference)
}

fn section<'a>(section: &'a Section, entries: &'a [(&'a Item, &'a Entry)]) -> Option<Node<'a>> {
	if entries.is_empty() && !section.required {
		return None;
	}
	let mut text = Object::default();
	text.put("status", Node::text("generated"));
	text.put("div", Node::text(narrative(entries.iter().map(|(item, _)| *item))));
	let mut object = Object::default();
	object.put("title", Node::text(section.title));
	object.put("code", coding(LOINC, section.code, None));
	object.put("text", Node::Object(text));
	object.list("entry", entries.iter().map(|(_, entry)| reference(&entry.url)).collect());
	if entries.is_empty() {
		// That nothing was found does not say that there is nothing.
		let system = "http://terminology.hl7.org/CodeSystem/list-empty-reason";
		object.put("emptyReason", coding(system, "unavailable", Some("Unavailable")));
	}
	Some(Node::Object(object))
}

/// The composition of the document.
pub(super) fn composition(
	url: String,
	at: &Time,
	patient: &str,
	author: &str,
	sections: &[(&Section, Vec<(&Item, &Entry)>)],
) -> Entry {
	let mut object = Object::default();
	object.put("resourceType", Node::text("Composition"));
	object.put("status", Node::text("final"));
	object.put("type", coding(LOINC, "60591-5", Some("Patient summary Document")));
	object.put("subject", reference(patient));
	object.put("date", Node::text(&*at.value));
	object.put("author", Node::List(vec![reference(author)]));
	object.put("title", Node::text("International Patient Summary"));
	let sections = sections.iter().filter_map(|(known, entries)| section(known, entries));
	object.list("section", sections.collect());
	Entry { url, name: None, json: text(&object) }
}

/// The program, as the author of the document.
pub(super) fn author(url: String) -> Entry {
	let mut name = Object::default();
	name.put("name", Node::text("Salus"));
	name.put("type", Node::text("manufacturer-name"));
	let mut object = Object::default();
	object.put("resourceType", Node::text("Device"));
	object.put("deviceName", Node::List(vec![Node::Object(name)]));
	Entry { url, name: None, json: text(&object) }
}

fn text(object: &Object<'_>) -> String {
	let mut out = String::new();
	object.write(&mut out);
	out
}
