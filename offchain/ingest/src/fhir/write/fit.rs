// SPDX-License-Identifier: Apache-2.0
//! Texts that FHIR's types for URIs and codes do not take (R4, datatypes, primitive types): a space
//! in a URI, a code with spaces at its ends or two of them in a row, an empty text; and uses of
//! names, addresses and numbers that FHIR has no code for. Other forms have such texts, so they move
//! beside the element.

use super::element::{extension, wrapped, SOURCE_TEXT};
use crate::json::build::{Node, Object};
use std::borrow::Cow;

const URIS: [&str; 2] = ["system", "url"];
const CODES: [&str; 3] = ["code", "language", "contentType"];

/// What names, addresses, numbers and identifiers are used for (identifier-use, name-use,
/// address-use, contact-point-use).
const USES: [&str; 12] = [
	"usual",
	"official",
	"temp",
	"secondary",
	"old",
	"nickname",
	"anonymous",
	"maiden",
	"home",
	"work",
	"mobile",
	"billing",
];

/// The codes of HL7 v3 (AddressUse, TelecommunicationAddressUse) that mean one of them.
const V3_USES: [(&str, &str); 7] = [
	("H", "home"),
	("HP", "home"),
	("HV", "home"),
	("WP", "work"),
	("TMP", "temp"),
	("BAD", "old"),
	("MC", "mobile"),
];

fn fits(key: &str, text: &str) -> bool {
	if URIS.contains(&key) {
		return !text.is_empty() && !text.contains(char::is_whitespace);
	}
	if key == "use" {
		return USES.contains(&text);
	}
	if CODES.contains(&key) {
		return !text.is_empty() && text.split(char::is_whitespace).all(|word| !word.is_empty());
	}
	!text.is_empty()
}

/// Makes every text of a resource one that its element may hold.
pub(super) fn fit(object: &mut Object<'_>) {
	let members = std::mem::take(&mut object.members);
	for (key, mut value) in members {
		inside(&mut value);
		match value {
			Node::Text(text) if !fits(&key, &text) => beside(object, &key, text),
			value => object.put(key, value),
		}
	}
}

fn inside(node: &mut Node<'_>) {
	match node {
		Node::Object(object) => fit(object),
		Node::List(list) => {
			list.iter_mut().for_each(inside);
			list.retain(|node| !matches!(node, Node::Text(text) if text.is_empty()));
		},
		Node::Raw(_) | Node::Text(_) | Node::Boolean(_) => {},
	}
}

fn beside<'a>(object: &mut Object<'a>, key: &str, text: Cow<'a, str>) {
	if let Some((_, meaning)) = V3_USES.iter().find(|(code, _)| key == "use" && *code == text) {
		object.put("use", Node::text(*meaning));
	}
	// Nothing can be said of an empty text.
	if !text.is_empty() {
		let text = vec![extension(SOURCE_TEXT, "valueString", text)];
		object.put(format!("_{key}"), wrapped("extension", Node::List(text)));
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_is_no_uri_or_code_stands_beside() {
		let mut object = Object::default();
		object.text("system", Some("REDDING HOSPITAL"));
		object.text("code", Some("two  spaces"));
		object.text("use", Some("HP"));
		object.text("display", Some(""));
		object.list("given", vec![Node::text(""), Node::text("Jane")]);
		let mut list = Object::default();
		list.put("x", Node::List(vec![Node::Object(object)]));
		fit(&mut list);
		let mut out = String::new();
		list.write(&mut out);
		let beside = |text: &str| {
			format!(r#"{{"extension":[{{"url":"{SOURCE_TEXT}","valueString":"{text}"}}]}}"#)
		};
		let (system, code) = (beside("REDDING HOSPITAL"), beside("two  spaces"));
		let home = beside("HP");
		assert_eq!(
			out,
			format!(
				r#"{{"x":[{{"_system":{system},"_code":{code},"use":"home","_use":{home},"given":["Jane"]}}]}}"#
			)
		);
	}
}
