// SPDX-License-Identifier: Apache-2.0
//! Parts of the model as FHIR data types.

use super::{fhir_time, Precise};
use crate::json::build::{Node, Object};
use salus_mdf::{
	Address, Attachment, Coding, Concept, Contact, Identifier, Name, Period, Quantity, Range,
	Ratio, Reference, ReferenceRange, Time, Value,
};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

const UCUM: &str = "http://unitsofmeasure.org";
const DATA_ABSENT: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
/// What the source said where FHIR has no place for it.
pub(super) const SOURCE_TEXT: &str = "https://salus.network/fhir/StructureDefinition/source-text";

/// A list of parts.
pub(super) fn each<'a, T>(parts: &'a [T], write: fn(&'a T) -> Node<'a>) -> Vec<Node<'a>> {
	parts.iter().map(write).collect()
}

/// An object with nothing but why it is empty.
pub(super) fn absent<'a>() -> Node<'a> {
	let mut object = Object::default();
	object.list("extension", vec![absent_reason()]);
	Node::Object(object)
}

pub(super) fn absent_reason<'a>() -> Node<'a> {
	extension(DATA_ABSENT, "valueCode", "unknown")
}

pub(super) fn extension<'a>(
	url: &'static str,
	key: &'static str,
	text: impl Into<Cow<'a, str>>,
) -> Node<'a> {
	let mut object = Object::default();
	object.put("url", Node::text(url));
	object.put(key, Node::text(text));
	Node::Object(object)
}

/// An id as FHIR allows it: the text itself, or one made from it, always the same.
pub(super) fn id(text: &str) -> Cow<'_, str> {
	let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
	if (1..=64).contains(&text.len()) && text.bytes().all(allowed) {
		return Cow::Borrowed(text);
	}
	let digest = Sha256::digest(text);
	Cow::Owned(hex::encode(digest.get(..16).unwrap_or_default()))
}

pub(super) fn coding(coding: &Coding) -> Node<'_> {
	let mut object = Object::default();
	object.text("system", coding.system.as_deref());
	object.text("version", coding.version.as_deref());
	object.text("code", coding.code.as_deref());
	object.text("display", coding.display.as_deref());
	Node::Object(object)
}

pub(super) fn concept(concept: &Concept) -> Node<'_> {
	let mut object = Object::default();
	object.list("coding", each(&concept.codes, coding));
	object.text("text", concept.text.as_deref());
	Node::Object(object)
}

pub(super) fn quantity(quantity: &Quantity) -> Node<'_> {
	let mut object = Object::default();
	object.some("value", quantity.value.as_ref().map(|value| Node::Raw(value.as_str())));
	object.text("comparator", quantity.comparator.as_deref());
	object.text("unit", quantity.unit_text.as_deref());
	object.text("system", quantity.unit.as_ref().map(|_| UCUM));
	object.text("code", quantity.unit.as_deref());
	Node::Object(object)
}

pub(super) fn range(range: &Range) -> Node<'_> {
	let mut object = Object::default();
	object.some("low", range.low.as_ref().map(quantity));
	object.some("high", range.high.as_ref().map(quantity));
	Node::Object(object)
}

/// Writes a time inside another element. A text of another form than FHIR's was converted: it is
/// cut where FHIR would need a guess, and stands beside.
pub(super) fn time<'a>(object: &mut Object<'a>, key: &'static str, time: Option<&'a Time>) {
	let Some(time) = time else { return };
	let Some(original) = time.original.as_deref() else {
		object.put(key, Node::text(&*time.value));
		return;
	};
	object.some(key, fhir_time(&time.value, Precise::DateTime).0.map(Node::Text));
	let text = vec![extension(SOURCE_TEXT, "valueString", original)];
	object.put(format!("_{key}"), wrapped("extension", Node::List(text)));
}

fn ratio(ratio: &Ratio) -> Node<'_> {
	let mut object = Object::default();
	object.some("numerator", ratio.numerator.as_ref().map(quantity));
	object.some("denominator", ratio.denominator.as_ref().map(quantity));
	Node::Object(object)
}

pub(super) fn period(period: &Period) -> Node<'_> {
	let mut object = Object::default();
	time(&mut object, "start", period.start.as_ref());
	time(&mut object, "end", period.end.as_ref());
	Node::Object(object)
}

pub(super) fn reference(reference: &Reference) -> Node<'_> {
	let mut object = Object::default();
	object.text("reference", reference.reference.as_deref());
	object.text("display", reference.display.as_deref());
	Node::Object(object)
}

pub(super) fn identifier(identifier: &Identifier) -> Node<'_> {
	let mut object = Object::default();
	object.text("use", identifier.usage.as_deref());
	object.some("type", identifier.kind.as_ref().map(concept));
	object.text("system", identifier.system.as_deref());
	object.text("value", identifier.value.as_deref());
	Node::Object(object)
}

fn texts(values: &[String]) -> Vec<Node<'_>> {
	values.iter().map(|text| Node::text(&**text)).collect()
}

pub(super) fn name(name: &Name) -> Node<'_> {
	let mut object = Object::default();
	object.text("use", name.usage.as_deref());
	object.text("text", name.text.as_deref());
	object.text("family", name.family.as_deref());
	object.list("given", texts(&name.given));
	object.list("prefix", texts(&name.prefix));
	object.list("suffix", texts(&name.suffix));
	Node::Object(object)
}

pub(super) fn address(address: &Address) -> Node<'_> {
	let mut object = Object::default();
	object.text("use", address.usage.as_deref());
	object.text("text", address.text.as_deref());
	object.list("line", texts(&address.line));
	object.text("city", address.city.as_deref());
	object.text("district", address.district.as_deref());
	object.text("state", address.state.as_deref());
	object.text("postalCode", address.postal_code.as_deref());
	object.text("country", address.country.as_deref());
	Node::Object(object)
}

pub(super) fn contact(contact: &Contact) -> Node<'_> {
	let mut object = Object::default();
	object.text("system", contact.system.as_deref());
	object.text("value", contact.value.as_deref());
	object.text("use", contact.usage.as_deref());
	Node::Object(object)
}

pub(super) fn attachment(attachment: &Attachment) -> Node<'_> {
	let mut object = Object::default();
	object.text("contentType", attachment.content_type.as_deref());
	object.text("language", attachment.language.as_deref());
	object.text("data", attachment.data.as_deref());
	object.text("url", attachment.url.as_deref());
	object.some("size", attachment.size.as_ref().map(|size| Node::Raw(size.as_str())));
	object.text("hash", attachment.hash.as_deref());
	object.text("title", attachment.title.as_deref());
	time(&mut object, "creation", attachment.created.as_ref());
	Node::Object(object)
}

pub(super) fn reference_range(range: &ReferenceRange) -> Node<'_> {
	let mut object = Object::default();
	object.some("low", range.low.as_ref().map(quantity));
	object.some("high", range.high.as_ref().map(quantity));
	object.some("type", range.kind.as_ref().map(concept));
	object.text("text", range.text.as_deref());
	Node::Object(object)
}

/// An object with one member.
pub(super) fn wrapped<'a>(key: &'static str, value: Node<'a>) -> Node<'a> {
	let mut object = Object::default();
	object.put(key, value);
	Node::Object(object)
}

/// A value and the type that its element has in its name.
pub(super) fn value(value: &Value) -> Option<(&'static str, Node<'_>)> {
	Some(match value {
		Value::Quantity(found) => match found.comparator.as_deref() {
			None | Some("<" | "<=" | ">=" | ">") => ("Quantity", quantity(found)),
			// FHIR has no other signs.
			Some(sign) => {
				let number = found.value.as_ref().map_or("", |value| value.as_str());
				let unit = found.unit_text.as_ref().or(found.unit.as_ref());
				let text = format!("{sign}{number} {}", unit.map_or("", |unit| unit));
				("String", Node::text(text.trim_end().to_owned()))
			},
		},
		Value::Concept(found) => ("CodeableConcept", concept(found)),
		Value::Text(text) => ("String", Node::text(&**text)),
		Value::Boolean(value) => ("Boolean", Node::Boolean(*value)),
		Value::Number(number)
			if number.as_str().bytes().all(|b| b.is_ascii_digit() || b == b'-') =>
		{
			("Integer", Node::Raw(number.as_str()))
		},
		Value::Number(number) => ("Quantity", wrapped("value", Node::Raw(number.as_str()))),
		Value::Range(found) => ("Range", range(found)),
		Value::Ratio(found) => ("Ratio", ratio(found)),
		Value::Time(time) => {
			let value = match time.original {
				Some(_) => fhir_time(&time.value, Precise::DateTime).0,
				None => None,
			};
			("DateTime", Node::Text(value.unwrap_or(Cow::Borrowed(&time.value))))
		},
		Value::Period(found) => ("Period", period(found)),
		Value::Absent(_) | Value::Raw(_) => return None,
	})
}
