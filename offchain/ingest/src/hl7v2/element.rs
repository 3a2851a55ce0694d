// SPDX-License-Identifier: Apache-2.0
//! HL7 v2 data types as parts of the model.

use super::{
	code::{self, system_of},
	datetime,
	fields::{leaf, plain, raw, Care, Components},
	message::Part,
};
use crate::{base64::base64, Code};
use salus_mdf::{
	terminology::check_coding, unit::to_ucum, Address, Amount, Attachment, Coding, Concept,
	Contact, Decimal, Identifier, Name, Period, Quantity, Range, Ratio, RawJson, Reference, Time,
	Value,
};

/// ST and the like: one text.
pub(super) fn text(part: Part<'_>, care: &mut Care) -> Option<String> {
	let mut components = Components::of(part);
	let text = components.text(1, care);
	components.done(care);
	text
}

/// TX, FT and ST that people write: delimiters in them are meant as characters.
pub(super) fn prose(part: Part<'_>, care: &mut Care) -> Option<String> {
	if part.is_deletion() || part.is_empty() {
		care.partial |= part.is_deletion();
		return None;
	}
	Some(plain(part, 0, care))
}

/// DT, TS and DTM.
pub(super) fn time(part: Part<'_>, care: &mut Care) -> Option<Time> {
	let mut components = Components::of(part);
	let written = components.text(1, care);
	components.done(care);
	moment(&written?, 1, care)
}

fn moment(written: &str, component: usize, care: &mut Care) -> Option<Time> {
	datetime::time(written.trim()).or_else(|| care.fault(Code::InvalidDate, component))
}

/// DR: from one time to another.
pub(super) fn period(part: Part<'_>, care: &mut Care) -> Option<Period> {
	let mut components = Components::of(part);
	let (start, end) = (components.text(1, care), components.text(2, care));
	components.done(care);
	let start = start.and_then(|start| moment(&start, 1, care));
	let end = end.and_then(|end| moment(&end, 2, care));
	(start.is_some() || end.is_some()).then_some(Period { start, end })
}

/// CE, CWE, CNE, CF, IS and ID: codes and their text.
pub(super) fn concept(part: Part<'_>, care: &mut Care) -> Option<Concept> {
	let components = Components::of(part);
	concept_of(components, care)
}

fn concept_of(mut components: Components<'_>, care: &mut Care) -> Option<Concept> {
	// Most concepts have one code.
	let mut codes = Vec::with_capacity(1);
	let mut shown = None;
	for (code, version) in [(1, 7), (4, 8), (10, 13)] {
		if components.peek(code).is_empty()
			&& components.peek(code + 1).is_empty()
			&& components.peek(code + 2).is_empty()
		{
			continue;
		}
		let coding = Coding {
			code: components.text(code, care),
			display: components.text(code + 1, care),
			system: components.text(code + 2, care).map(system_of),
			version: components.text(version, care),
		};
		if coding.code.is_some() || coding.system.is_some() {
			if check_coding(&coding).is_err() {
				care.note(Code::InvalidCode, code);
			}
			codes.push(coding);
		} else {
			shown = shown.or(coding.display);
		}
	}
	let text = components.text(9, care).or(shown);
	components.done(care);
	(text.is_some() || !codes.is_empty()).then_some(Concept { codes, text })
}

/// The system of a hierarchic designator: the universal id where it is one, else the name space.
fn authority(part: Part<'_>, care: &mut Care) -> Option<String> {
	let mut inner = Components::of_subcomponents(part);
	let (space, id) = (inner.text(1, care), inner.text(2, care));
	let kind = inner.text(3, care);
	inner.done(care);
	assigner(space, id, kind, care)
}

fn assigner(
	space: Option<String>,
	id: Option<String>,
	kind: Option<String>,
	care: &mut Care,
) -> Option<String> {
	let Some(id) = id else {
		care.partial |= kind.is_some();
		return space;
	};
	// One of the two names is enough to tell assigners apart; the raw form has the other.
	care.partial |= space.is_some();
	match kind.as_deref() {
		Some("ISO") => Some(format!("urn:oid:{id}")),
		Some("UUID" | "GUID") if id.len() == 36 => Some(format!("urn:uuid:{id}")),
		Some("URI") => Some(id),
		other => {
			care.partial |= other.is_some();
			Some(id)
		},
	}
}

/// CX: an identifier of a person, visit or account.
pub(super) fn identifier(part: Part<'_>, care: &mut Care) -> Option<Identifier> {
	let mut components = Components::of(part);
	let value = components.text(1, care);
	let system = authority(components.take(4), care);
	let kind = components.text(5, care).map(|code| Concept {
		codes: vec![Coding {
			system: Some(code::table("0203")),
			code: Some(code),
			..Coding::default()
		}],
		text: None,
	});
	components.done(care);
	value.is_some().then_some(Identifier { system, value, kind, usage: None })
}

/// EI: an identifier of an order, a specimen or a document.
pub(super) fn entity(part: Part<'_>, care: &mut Care) -> Option<Identifier> {
	let mut components = Components::of(part);
	let found = entity_of(&mut components, care)?;
	components.done(care);
	Some(found)
}

fn entity_of(components: &mut Components<'_>, care: &mut Care) -> Option<Identifier> {
	let value = components.text(1, care);
	let (space, id) = (components.text(2, care), components.text(3, care));
	let kind = components.text(4, care);
	let system = assigner(space, id, kind, care);
	if value.is_none() {
		care.partial = true;
	}
	value.is_some().then_some(Identifier { system, value, ..Identifier::default() })
}

/// EIP: the placer's and the filler's identifier.
pub(super) fn entity_pair(part: Part<'_>, care: &mut Care) -> Option<Identifier> {
	let mut components = Components::of(part);
	let first = components.take(1);
	let mut inner = Components::of_subcomponents(first);
	let found = entity_of(&mut inner, care);
	inner.done(care);
	components.done(care);
	found
}

/// XPN: the name of a person.
pub(super) fn name(part: Part<'_>, care: &mut Care) -> Option<Name> {
	let mut components = Components::of(part);
	let mut name = Name {
		family: components.text(1, care),
		given: components.text(2, care).into_iter().collect(),
		prefix: components.text(5, care).into_iter().collect(),
		suffix: components.text(4, care).into_iter().collect(),
		..Name::default()
	};
	// Senders put several names into one component; they are left as they stand.
	name.given.extend(components.text(3, care));
	name.suffix.extend(components.text(6, care));
	name.usage = usage(&mut components, 7, &code::NAME_USES, care);
	components.done(care);
	let empty = name.family.is_none()
		&& name.given.is_empty()
		&& name.prefix.is_empty()
		&& name.suffix.is_empty();
	(!empty).then_some(name)
}

/// What something is used for, by a table. A code that is not in it stays raw.
fn usage(
	components: &mut Components<'_>,
	number: usize,
	table: &[(&str, &'static str)],
	care: &mut Care,
) -> Option<String> {
	let code = components.peek(number).raw();
	let (_, meaning) = table.iter().find(|(known, _)| *known == code)?;
	components.take(number);
	care.partial |= table.iter().filter(|(_, other)| other == meaning).count() > 1;
	Some((*meaning).to_owned())
}

/// XAD: a postal address.
pub(super) fn address(part: Part<'_>, care: &mut Care) -> Option<Address> {
	let mut components = Components::of(part);
	let street = components.take(1);
	let mut lines = Vec::new();
	let mut inner = Components::of_subcomponents(street);
	if inner.peek(2).is_empty() && inner.peek(3).is_empty() {
		lines.extend(inner.text(1, care));
	} else {
		// Street and house number in subcomponents: the first is the whole line, if it is there.
		let whole = inner.text(1, care);
		let (street, number) = (inner.text(2, care), inner.text(3, care));
		let parts: Vec<_> = [number, street].into_iter().flatten().collect();
		care.partial = true;
		lines.extend(whole.or_else(|| (!parts.is_empty()).then(|| parts.join(" "))));
	}
	inner.done(care);
	lines.extend(components.text(2, care));
	let address = Address {
		line: lines,
		city: components.text(3, care),
		state: components.text(4, care),
		postal_code: components.text(5, care),
		country: components.text(6, care),
		usage: usage(&mut components, 7, &code::ADDRESS_USES, care),
		district: components.text(9, care),
		text: None,
	};
	components.done(care);
	(address != Address::default()).then_some(address)
}

/// XTN: a telephone number, mail address or the like.
pub(super) fn contact(part: Part<'_>, care: &mut Care) -> Option<Contact> {
	let mut components = Components::of(part);
	let mail = components.text(4, care);
	let written = components.text(1, care).or_else(|| components.text(12, care));
	let pieces = [5, 6, 7, 8].map(|number| components.text(number, care));
	let mut system = usage(&mut components, 3, &code::EQUIPMENT, care)
		.or_else(|| mail.is_some().then(|| "email".to_owned()));
	let network = components.peek(2).raw() == "NET";
	if network && system.is_none() {
		system = Some("email".into());
	}
	let usage = usage(&mut components, 2, &code::CONTACT_USES, care);
	components.done(care);
	let pieces: Vec<_> = pieces.into_iter().flatten().collect();
	let value = match (mail, written, pieces.is_empty()) {
		(Some(mail), None, _) => Some(mail),
		// Both say something of their own.
		(mail, Some(written), empty) => {
			care.partial |= mail.is_some() || !empty;
			Some(written)
		},
		(None, None, false) => {
			// The parts of a number, which cannot be told apart once they are joined.
			care.partial = true;
			Some(pieces.join(" "))
		},
		(None, None, true) => None,
	};
	value.is_some().then_some(Contact { system, value, usage })
}

/// XCN: a person who did something.
pub(super) fn person(part: Part<'_>, care: &mut Care) -> Option<Reference> {
	person_of(Components::of(part), care)
}

/// NDL and others with a person in their first component.
pub(super) fn inner_person(part: Part<'_>, care: &mut Care) -> Option<Reference> {
	let mut components = Components::of(part);
	let found = person_of(Components::of_subcomponents(components.take(1)), care);
	components.done(care);
	found
}

fn person_of(mut components: Components<'_>, care: &mut Care) -> Option<Reference> {
	let id = components.text(1, care);
	let names = [6, 3, 4, 2, 5].map(|number| components.text(number, care));
	components.done(care);
	let display = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
	reference("Practitioner", id, display)
}

fn reference(kind: &str, id: Option<String>, display: String) -> Option<Reference> {
	let reference = Reference {
		reference: id.map(|id| format!("{kind}/{}", id.trim())),
		display: (!display.is_empty()).then_some(display),
	};
	(reference != Reference::default()).then_some(reference)
}

/// XON: an organisation.
pub(super) fn organization(part: Part<'_>, care: &mut Care) -> Option<Reference> {
	let mut components = Components::of(part);
	let name = components.text(1, care).unwrap_or_default();
	let id = components.text(10, care).or_else(|| components.text(3, care));
	components.done(care);
	reference("Organization", id, name)
}

/// PL and others that say where: the parts in their order.
pub(super) fn place(part: Part<'_>, care: &mut Care) -> Option<Reference> {
	let mut shown = Vec::new();
	for (index, component) in part.components().enumerate() {
		for inner in component.subcomponents().filter(|inner| !inner.is_empty()) {
			shown.extend(leaf(inner, index + 1, care));
		}
	}
	// Which part is the ward and which the bed is in the raw form only.
	care.partial |= part.components().nth(1).is_some() || shown.len() > 1;
	reference("Location", None, shown.join(" "))
}

/// A code that names something, as a reference to it.
pub(super) fn named(part: Part<'_>, care: &mut Care) -> Option<Reference> {
	let concept = concept(part, care)?;
	care.partial |= !concept.codes.is_empty();
	let display = concept
		.text
		.or_else(|| concept.codes.into_iter().find_map(|coding| coding.display.or(coding.code)))?;
	Some(Reference { reference: None, display: Some(display) })
}

/// NM: a number. One that is not written as the model writes numbers is also kept raw.
pub(super) fn number(part: Part<'_>, care: &mut Care) -> Option<Decimal> {
	let text = text(part, care)?;
	decimal(&text, 1, care)
}

fn decimal(text: &str, component: usize, care: &mut Care) -> Option<Decimal> {
	if let Ok(number) = text.parse() {
		return Some(number);
	}
	care.partial = true;
	let trimmed = text.trim();
	let (sign, digits) = match trimmed.strip_prefix('-') {
		Some(digits) => ("-", digits),
		None => ("", trimmed.strip_prefix('+').unwrap_or(trimmed)),
	};
	// +5, .5, 5. and 05 are numbers of HL7 v2.
	let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
	let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
	if !plain(whole) || !plain(fraction) || (whole.is_empty() && fraction.is_empty()) {
		return care.fault(Code::InvalidNumber, component);
	}
	let whole = match whole.trim_start_matches('0') {
		"" => "0",
		whole => whole,
	};
	let point = if fraction.is_empty() { "" } else { "." };
	format!("{sign}{whole}{point}{fraction}").parse().ok()
}

/// The unit of a quantity: UCUM when the code says so or is well formed, and the text.
pub(super) struct Unit {
	pub(super) ucum: Option<String>,
	pub(super) text: Option<String>,
}

/// CWE and CE as a unit.
pub(super) fn unit(part: Part<'_>, care: &mut Care) -> Option<Unit> {
	let mut components = Components::of(part);
	let code = components.text(1, care);
	let text = components.text(2, care);
	let system = components.text(3, care);
	components.done(care);
	let ucum = code.as_deref().and_then(to_ucum).map(str::to_owned);
	match system.as_deref() {
		// Another system may write another unit the same way.
		Some(system) if !system.eq_ignore_ascii_case("UCUM") => {
			care.partial = true;
			return Some(Unit { ucum: None, text: text.or(code) });
		},
		_ => {},
	}
	if ucum.is_none() {
		care.note(Code::UnknownUnit, 1);
	}
	let same = ucum == code;
	let text = match (text, same) {
		// The code itself is what the source shows.
		(None, _) => code,
		(Some(text), true) => Some(text),
		(Some(text), false) => {
			care.partial = true;
			Some(text)
		},
	};
	(ucum.is_some() || text.is_some()).then_some(Unit { ucum, text })
}

/// A quantity of a number and a unit.
pub(super) fn with_unit(
	value: Decimal,
	comparator: Option<String>,
	unit: Option<Unit>,
) -> Quantity {
	let (unit, unit_text) = unit.map_or((None, None), |unit| (unit.ucum, unit.text));
	Quantity { value: Some(value), comparator, unit, unit_text, canonical: None }.compared()
}

/// SN: a number with a comparator, a range or a ratio. The quantities have no unit yet.
pub(super) fn structured(part: Part<'_>, care: &mut Care) -> Option<Value> {
	let mut components = Components::of(part);
	let comparator = components.text(1, care);
	let first = components.text(2, care);
	let separator = components.text(3, care);
	let second = components.text(4, care);
	components.done(care);
	let quantity = |value: Decimal, comparator: Option<String>| Quantity {
		value: Some(value),
		comparator,
		..Quantity::default()
	};
	let first = first.and_then(|first| decimal(&first, 2, care));
	let second = second.and_then(|second| decimal(&second, 4, care));
	match (first, separator.as_deref(), second) {
		(Some(first), None, None) => {
			let comparator = comparator.filter(|sign| sign != "=");
			Some(Value::Quantity(quantity(first, comparator)))
		},
		(Some(low), Some("-"), Some(high)) if comparator.is_none() => {
			let (low, high) = (quantity(low, None), quantity(high, None));
			Some(Value::Range(Range { low: Some(low), high: Some(high) }))
		},
		(Some(above), Some(":" | "/"), Some(below)) => {
			let (numerator, denominator) = (quantity(above, comparator), quantity(below, None));
			let ratio = Ratio { numerator: Some(numerator), denominator: Some(denominator) };
			care.partial |= separator.as_deref() == Some("/");
			Some(Value::Ratio(ratio))
		},
		_ => {
			care.partial = true;
			Some(Value::Text(joined(part, care)))
		},
	}
}

/// The texts of the components, one after the other.
fn joined(part: Part<'_>, care: &mut Care) -> String {
	part.components().map(|component| plain(component, 0, care)).collect()
}

/// NR: from one number to another.
pub(super) fn range(part: Part<'_>, care: &mut Care) -> Option<Range> {
	let mut components = Components::of(part);
	let bounds = [1, 2].map(|number| components.text(number, care));
	components.done(care);
	let [low, high] = bounds.map(|bound| {
		let value = Some(decimal(&bound?, 0, care)?);
		Some(Quantity { value, ..Quantity::default() })
	});
	(low.is_some() || high.is_some()).then_some(Range { low, high })
}

/// CP and MO: an amount of money.
pub(super) fn money(part: Part<'_>, care: &mut Care) -> Option<Amount> {
	let mut components = Components::of(part);
	let first = components.take(1);
	let mut inner = Components::of_subcomponents(first);
	let number = inner.text(1, care);
	let currency = match inner.peek(2).is_empty() {
		true => components.text(2, care),
		false => inner.text(2, care),
	};
	inner.done(care);
	components.done(care);
	let value = decimal(&number?, 1, care)?;
	Some(Amount { concept: None, value: Some(value), currency })
}

/// ED: data in base64 with their type.
pub(super) fn data(part: Part<'_>, care: &mut Care) -> Option<Attachment> {
	let mut components = Components::of(part);
	let (kind, subtype) = (components.text(2, care), components.text(3, care));
	let encoding = components.text(4, care);
	let data = components.take(5);
	let written = plain(data, 5, care);
	// The source application.
	care.partial |= !components.peek(1).is_empty();
	components.take(1);
	components.done(care);
	let content_type = media_type(kind.as_deref(), subtype.as_deref(), care);
	if written.is_empty() {
		return None;
	}
	let data = match encoding.as_deref() {
		Some(encoding) if encoding.eq_ignore_ascii_case("base64") => {
			let compact: String = written.chars().filter(|c| !c.is_whitespace()).collect();
			if !is_base64(&compact) {
				return care.fault(Code::InvalidBase64, 5);
			}
			compact
		},
		Some("A") | None => base64(written.as_bytes()),
		Some(encoding) if encoding.eq_ignore_ascii_case("hex") => match hex::decode(&written) {
			Ok(bytes) => base64(&bytes),
			Err(_) => return care.fault(Code::InvalidBase64, 5),
		},
		Some(_) => return care.fault(Code::InvalidBase64, 4),
	};
	care.partial |= !encoding.is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64"));
	Some(Attachment { content_type, data: Some(data), ..Attachment::default() })
}

/// RP: where data lie.
pub(super) fn pointer(part: Part<'_>, care: &mut Care) -> Option<Attachment> {
	let mut components = Components::of(part);
	let url = components.text(1, care);
	let (kind, subtype) = (components.text(3, care), components.text(4, care));
	components.done(care);
	let content_type = media_type(kind.as_deref(), subtype.as_deref(), care);
	url.is_some().then_some(Attachment { content_type, url, ..Attachment::default() })
}

/// The media type of a type of data (table 0191) and a subtype (table 0291).
fn media_type(kind: Option<&str>, subtype: Option<&str>, care: &mut Care) -> Option<String> {
	let main = match kind?.to_ascii_uppercase().as_str() {
		"AP" | "APPLICATION" => "application",
		"AU" | "AUDIO" => "audio",
		"IM" | "IMAGE" => "image",
		"TEXT" | "TX" | "FT" => "text",
		"VIDEO" => "video",
		"MULTIPART" => "multipart",
		// Older senders write the subtype alone.
		"PDF" => {
			care.partial = true;
			return Some("application/pdf".into());
		},
		_ => {
			care.partial = true;
			return None;
		},
	};
	care.partial = true;
	let subtype = subtype.map_or_else(|| "octet-stream".to_owned(), str::to_ascii_lowercase);
	let subtype = match (main, subtype.as_str()) {
		("text", "octet-stream") => "plain",
		(_, "x-hl7-cda-level-one") => "x-hl7-cda-level-one+xml",
		_ => subtype.as_str(),
	};
	Some(format!("{main}/{subtype}"))
}

fn is_base64(text: &str) -> bool {
	let data = text.trim_end_matches('=');
	text.len().is_multiple_of(4)
		&& text.len() - data.len() <= 2
		&& data.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

/// A value kept as it came.
pub(super) fn kept(part: Part<'_>, care: &mut Care) -> Option<RawJson> {
	raw(part, care)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn base64_is_that_of_rfc_4648() {
		for (text, encoded) in
			[("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
		{
			assert_eq!(base64(text.as_bytes()), encoded);
			assert!(is_base64(encoded));
		}
		assert!(!is_base64("Zm9") && !is_base64("Zm9*") && !is_base64("Z==="));
	}
}
