// SPDX-License-Identifier: Apache-2.0
//! A resource in XML as the same resource in JSON (FHIR R4, 2.6.1 and 2.6.2).

use super::elements::{shape, Kind, Shape};
use crate::{json::build::write_text, xml::Element};
use salus_mdf::Decimal;

const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// A resource.
pub(super) fn resource(element: &Element) -> String {
	let mut out = Members::default();
	out.add("resourceType", &quoted(&element.name));
	out.add_all(element, &element.name);
	out.end()
}

/// An object of this type.
pub(super) fn object(element: &Element, of: &str) -> String {
	let mut out = Members::default();
	out.add_all(element, of);
	out.end()
}

fn quoted(text: &str) -> String {
	let mut out = String::new();
	write_text(text, &mut out);
	out
}

/// The members of an object, in the making.
struct Members(String);

impl Default for Members {
	fn default() -> Self {
		Self("{".into())
	}
}

impl Members {
	fn add(&mut self, name: &str, value: &str) {
		if self.0.len() > 1 {
			self.0.push(',');
		}
		write_text(name, &mut self.0);
		self.0.push(':');
		self.0.push_str(value);
	}

	fn end(mut self) -> String {
		self.0.push('}');
		self.0
	}

	/// Adds everything of an element of this type.
	fn add_all(&mut self, element: &Element, of: &str) {
		for (name, value) in element.attributes() {
			self.add_attribute(element, name, value);
		}
		self.add_content(element, of);
	}

	fn add_attribute(&mut self, element: &Element, name: &str, value: &str) {
		match name {
			// Where its schema lies is nothing of the resource.
			"schemaLocation" => {},
			"id" | "url" if element.child(name).is_none() => self.add(name, &quoted(value)),
			_ => self.add(&format!("@{name}"), &quoted(value)),
		}
	}

	/// Adds what stands in an element.
	fn add_content(&mut self, element: &Element, of: &str) {
		let text: String = element.own_text().collect();
		if !text.trim().is_empty() {
			self.add("#text", &quoted(text.trim()));
		}
		let mut names: Vec<&str> = Vec::new();
		for child in element.elements() {
			if !names.contains(&&*child.name) {
				names.push(&child.name);
			}
		}
		for name in names {
			let children: Vec<_> = element.children(name).collect();
			if (of, name) == ("Narrative", "div") {
				let divs = children.iter().map(|child| quoted(&child.markup(XHTML)));
				self.add_values(name, false, divs.collect());
				continue;
			}
			let Shape { is_list, kind } = shape_of(of, name, &children);
			match kind {
				Kind::Object(kind) => {
					let objects = children.iter().map(|child| object(child, kind));
					self.add_values(name, is_list, objects.collect());
				},
				Kind::Resource => {
					let inner = children.iter().flat_map(|child| child.elements());
					self.add_values(name, is_list, inner.map(resource).collect());
				},
				_ => self.add_primitives(name, Shape { is_list, kind }, &children),
			}
		}
	}

	fn add_values(&mut self, name: &str, is_list: bool, values: Vec<String>) {
		match values.as_slice() {
			[one] if !is_list => self.add(name, one),
			// What repeats and must not is refused where it is mapped, and kept.
			_ => self.add(name, &format!("[{}]", values.join(","))),
		}
	}

	/// Adds primitives: their values, and under the name with `_` whatever else their elements say.
	fn add_primitives(&mut self, name: &str, shape: Shape, children: &[&Element]) {
		let mut values = Vec::new();
		let mut others = Vec::new();
		for child in children {
			values.push(child.peek("value").map(|value| primitive(value, shape.kind)));
			let mut other = Self::default();
			for (name, value) in child.attributes().filter(|(name, _)| *name != "value") {
				other.add_attribute(child, name, value);
			}
			other.add_content(child, "Element");
			others.push((other.0.len() > 1).then(|| other.end()));
		}
		for (name, values) in [(name.to_owned(), values), (format!("_{name}"), others)] {
			if values.iter().any(Option::is_some) {
				let values = values.into_iter().map(|value| value.unwrap_or_else(|| "null".into()));
				self.add_values(&name, shape.is_list, values.collect());
			}
		}
	}
}

/// A value as JSON has it; one that is none of its kind stays a text, and is refused where it is mapped.
fn primitive(value: &str, kind: Kind) -> String {
	let is_kind = match kind {
		Kind::Boolean => matches!(value, "true" | "false"),
		Kind::Number => value.parse::<Decimal>().is_ok(),
		_ => false,
	};
	if is_kind {
		value.to_owned()
	} else {
		quoted(value)
	}
}

/// What the elements of a name are: as R4 says, or else as they look.
fn shape_of(of: &str, name: &str, children: &[&Element]) -> Shape {
	let is_text = |child: &&Element| {
		child.peek("value").is_some() && child.elements().all(|one| &*one.name == "extension")
	};
	match shape(of, name) {
		Some(Shape { kind: Kind::Object(_), is_list }) if children.iter().all(is_text) => {
			Shape { is_list, kind: Kind::Text }
		},
		Some(shape) => shape,
		None => {
			let is_object = children.iter().any(|child| {
				child.peek("value").is_none()
					&& child.elements().any(|one| &*one.name != "extension")
			});
			let kind = if is_object { Kind::Object("Element") } else { Kind::Text };
			Shape { is_list: children.len() > 1, kind }
		},
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::xml::{Reading, Token, Xml};

	fn json(xml: &str) -> String {
		let mut reader = Xml::new(xml.as_bytes(), 0);
		let Ok(Token::Start(start)) = reader.next() else { panic!("no element") };
		let Ok(Reading::Whole(element)) = reader.rest_of(start, 1 << 20) else { panic!("cut") };
		resource(&element)
	}

	#[test]
	fn lists_numbers_and_booleans_are_what_r4_says_they_are() {
		let xml = r#"<Patient xmlns="http://hl7.org/fhir" xmlns:xsi="x" xsi:schemaLocation="y">
			<id value="p"/><active value="true"/>
			<name><given value="Ada"/><given value="B&amp;C"/></name>
			<multipleBirthInteger value="2"/></Patient>"#;
		assert_eq!(
			json(xml),
			r#"{"resourceType":"Patient","id":"p","active":true,"name":[{"given":["Ada","B&C"]}],"multipleBirthInteger":2}"#
		);
	}

	#[test]
	fn what_primitives_say_beside_their_value_stands_beside_them() {
		let xml = r#"<Patient xmlns="http://hl7.org/fhir"><name><given id="g"/><given value="A">
			<extension url="u"><valueDecimal value="1.00"/></extension></given></name></Patient>"#;
		assert_eq!(
			json(xml),
			r#"{"resourceType":"Patient","name":[{"given":[null,"A"],"_given":[{"id":"g"},{"extension":[{"url":"u","valueDecimal":1.00}]}]}]}"#
		);
	}

	#[test]
	fn narrative_and_resources_inside_are_kept() {
		let xml = r#"<List xmlns="http://hl7.org/fhir"><text><status value="generated"/>
			<div xmlns="http://www.w3.org/1999/xhtml"><p class="a">1 &lt; <b>2</b><br/></p></div></text>
			<contained><Group><id value="g"/></Group></contained></List>"#;
		assert_eq!(
			json(xml),
			r#"{"resourceType":"List","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p class=\"a\">1 &lt; <b>2</b><br/></p></div>"},"contained":[{"resourceType":"Group","id":"g"}]}"#
		);
	}

	#[test]
	fn what_is_unknown_or_wrong_is_kept_as_it_looks() {
		let xml = r#"<Patient xmlns="http://hl7.org/fhir" odd="1">words<active value="yes"/>
			<gender value="a"/><gender value="b"/><invented><part value="1"/></invented></Patient>"#;
		assert_eq!(
			json(xml),
			r##"{"resourceType":"Patient","@odd":"1","#text":"words","active":"yes","gender":["a","b"],"invented":{"part":"1"}}"##
		);
	}
}
