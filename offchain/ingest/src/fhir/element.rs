// SPDX-License-Identifier: Apache-2.0
//! FHIR data types as parts of the model.

use super::{
	fields::{Care, Fields},
	names,
};
use crate::{json::tree::Json, Code};
use salus_mdf::{
	terminology::check_coding, unit::is_ucum, Address, Attachment, Coding, Concept, Contact,
	Decimal, Identifier, Name, Period, Quantity, Range, Ratio, Reference, ReferenceRange, Time,
	Value,
};

const UCUM: &str = "http://unitsofmeasure.org";

pub(super) fn text(json: &Json<'_>, care: &mut Care) -> Option<String> {
	match json {
		Json::String(text) => Some(text.get().into_owned()),
		_ => care.fault(Code::ElementType),
	}
}

pub(super) fn boolean(json: &Json<'_>, care: &mut Care) -> Option<bool> {
	match json {
		Json::Boolean(value) => Some(*value),
		_ => care.fault(Code::ElementType),
	}
}

pub(super) fn decimal(json: &Json<'_>, care: &mut Care) -> Option<Decimal> {
	match json {
		Json::Number(text) => text.parse().ok(),
		_ => care.fault(Code::ElementType),
	}
}

pub(super) fn time(json: &Json<'_>, care: &mut Care) -> Option<Time> {
	match Time::parse(&text(json, care)?) {
		Ok(time) => Some(time),
		Err(_) => care.fault(Code::InvalidDate),
	}
}

pub(super) fn coding(json: &Json<'_>, care: &mut Care) -> Option<Coding> {
	let mut fields = Fields::of(json, care)?;
	let coding = Coding {
		system: fields.one("system", care, text),
		version: fields.one("version", care, text),
		code: fields.one("code", care, text),
		display: fields.one("display", care, text),
	};
	fields.done(care);
	if check_coding(&coding).is_err() {
		care.doubt(Code::InvalidCode);
	}
	Some(coding)
}

pub(super) fn concept(json: &Json<'_>, care: &mut Care) -> Option<Concept> {
	let mut fields = Fields::of(json, care)?;
	let concept = Concept {
		codes: fields.many("coding", care, coding),
		text: fields.one("text", care, text),
	};
	fields.done(care);
	Some(concept)
}

pub(super) fn concept_of_coding(json: &Json<'_>, care: &mut Care) -> Option<Concept> {
	Some(Concept { codes: vec![coding(json, care)?], text: None })
}

pub(super) fn quantity(json: &Json<'_>, care: &mut Care) -> Option<Quantity> {
	let mut fields = Fields::of(json, care)?;
	let value = fields.one("value", care, decimal);
	let comparator = fields.one("comparator", care, text);
	let shown = fields.one("unit", care, text);
	let system = fields.one("system", care, text);
	let code = fields.one("code", care, text);
	fields.done(care);
	let (unit, unit_text) = match (system.as_deref(), code) {
		(Some(UCUM), Some(code)) => {
			if !is_ucum(&code) {
				care.doubt(Code::UnknownUnit);
			}
			(Some(code), shown)
		},
		// The unit's own system has no place in the model, and a code alone is no text.
		(system, code) => {
			care.partial |= system.is_some() || code.is_some();
			(None, shown.or(code))
		},
	};
	Some(Quantity { value, comparator, unit, unit_text, canonical: None }.compared())
}

pub(super) fn range(json: &Json<'_>, care: &mut Care) -> Option<Range> {
	let mut fields = Fields::of(json, care)?;
	let range =
		Range { low: fields.one("low", care, quantity), high: fields.one("high", care, quantity) };
	fields.done(care);
	Some(range)
}

pub(super) fn ratio(json: &Json<'_>, care: &mut Care) -> Option<Ratio> {
	let mut fields = Fields::of(json, care)?;
	let ratio = Ratio {
		numerator: fields.one("numerator", care, quantity),
		denominator: fields.one("denominator", care, quantity),
	};
	fields.done(care);
	Some(ratio)
}

pub(super) fn period(json: &Json<'_>, care: &mut Care) -> Option<Period> {
	let mut fields = Fields::of(json, care)?;
	let period =
		Period { start: fields.one("start", care, time), end: fields.one("end", care, time) };
	fields.done(care);
	Some(period)
}

pub(super) fn reference(json: &Json<'_>, care: &mut Care) -> Option<Reference> {
	let mut fields = Fields::of(json, care)?;
	let reference = Reference {
		reference: fields.one("reference", care, text),
		display: fields.one("display", care, text),
	};
	fields.done(care);
	Some(reference)
}

pub(super) fn identifier(json: &Json<'_>, care: &mut Care) -> Option<Identifier> {
	let mut fields = Fields::of(json, care)?;
	let identifier = Identifier {
		system: fields.one("system", care, text),
		value: fields.one("value", care, text),
		kind: fields.one("type", care, concept),
		usage: fields.one("use", care, text),
	};
	fields.done(care);
	Some(identifier)
}

pub(super) fn name(json: &Json<'_>, care: &mut Care) -> Option<Name> {
	let mut fields = Fields::of(json, care)?;
	let name = Name {
		usage: fields.one("use", care, text),
		text: fields.one("text", care, text),
		family: fields.one("family", care, text),
		given: fields.many("given", care, text),
		prefix: fields.many("prefix", care, text),
		suffix: fields.many("suffix", care, text),
	};
	fields.done(care);
	Some(name)
}

pub(super) fn address(json: &Json<'_>, care: &mut Care) -> Option<Address> {
	let mut fields = Fields::of(json, care)?;
	let address = Address {
		usage: fields.one("use", care, text),
		text: fields.one("text", care, text),
		line: fields.many("line", care, text),
		city: fields.one("city", care, text),
		district: fields.one("district", care, text),
		state: fields.one("state", care, text),
		postal_code: fields.one("postalCode", care, text),
		country: fields.one("country", care, text),
	};
	fields.done(care);
	Some(address)
}

pub(super) fn contact(json: &Json<'_>, care: &mut Care) -> Option<Contact> {
	let mut fields = Fields::of(json, care)?;
	let contact = Contact {
		system: fields.one("system", care, text),
		value: fields.one("value", care, text),
		usage: fields.one("use", care, text),
	};
	fields.done(care);
	Some(contact)
}

/// The text of an annotation.
pub(super) fn note(json: &Json<'_>, care: &mut Care) -> Option<String> {
	let mut fields = Fields::of(json, care)?;
	let note = fields.one("text", care, text);
	fields.done(care);
	note
}

pub(super) fn attachment(json: &Json<'_>, care: &mut Care) -> Option<Attachment> {
	let mut fields = Fields::of(json, care)?;
	let attachment = Attachment {
		content_type: fields.one("contentType", care, text),
		language: fields.one("language", care, text),
		title: fields.one("title", care, text),
		data: fields.one("data", care, text),
		url: fields.one("url", care, text),
		size: fields.one("size", care, decimal),
		hash: fields.one("hash", care, text),
		created: fields.one("creation", care, time),
	};
	fields.done(care);
	Some(attachment)
}

pub(super) fn reference_range(json: &Json<'_>, care: &mut Care) -> Option<ReferenceRange> {
	let mut fields = Fields::of(json, care)?;
	let range = ReferenceRange {
		low: fields.one("low", care, quantity),
		high: fields.one("high", care, quantity),
		kind: fields.one("type", care, concept),
		text: fields.one("text", care, text),
	};
	fields.done(care);
	Some(range)
}

/// A value whose type is in the name of its element. A type that the model does not tell from
/// another stays raw beside it, and one that it does not know stays raw alone.
pub(super) fn value(kind: &str, json: &Json<'_>, care: &mut Care) -> Option<Value> {
	care.partial |= !names::VALUES.contains(&kind);
	match kind {
		"Quantity" | "SimpleQuantity" | "Age" | "Duration" | "Count" | "Distance" => {
			quantity(json, care).map(Value::Quantity)
		},
		"CodeableConcept" => concept(json, care).map(Value::Concept),
		"Coding" => concept_of_coding(json, care).map(Value::Concept),
		"String" | "Code" | "Markdown" | "Uri" | "Time" => text(json, care).map(Value::Text),
		"Boolean" => boolean(json, care).map(Value::Boolean),
		"Integer" | "Decimal" | "PositiveInt" | "UnsignedInt" => {
			decimal(json, care).map(Value::Number)
		},
		"Range" => range(json, care).map(Value::Range),
		"Ratio" => ratio(json, care).map(Value::Ratio),
		"DateTime" | "Date" | "Instant" => time(json, care).map(Value::Time),
		"Period" => period(json, care).map(Value::Period),
		_ => None,
	}
}
