// SPDX-License-Identifier: Apache-2.0
//! The data types of HL7 version 3, as parts of items. What is read is taken; what is not understood
//! stays.

use crate::{xml::Element, Code};
use salus_mdf::{
	terminology::{check_coding, CodeSystem},
	unit, Address, Coding, Concept, Contact, Decimal, Identifier, Name, Period, Quantity, Range,
	Ratio, Reference, ReferenceRange, Time, Value,
};

/// Reads parts of one statement, and keeps what was wrong with it.
pub(super) struct Types<'s> {
	/// What entries point into.
	pub(super) narrative: Option<&'s Element>,
	/// What was wrong, and with which element.
	pub(super) faults: Vec<(String, Code)>,
}

/// The name of a code system by its identifier.
pub(super) fn system(oid: &str) -> String {
	let known = CodeSystem::from_oid(oid).map(|system| system.uri().into_owned());
	known.unwrap_or_else(|| format!("urn:oid:{oid}"))
}

fn some(text: &str) -> Option<String> {
	(!text.is_empty()).then(|| text.to_owned())
}

impl Types<'_> {
	fn fault(&mut self, element: &Element, code: Code) {
		self.faults.push((element.name.to_string(), code));
	}

	/// CD, CE, CS: the code, its translations, and the original text.
	pub(super) fn concept(&mut self, element: &Element) -> Option<Concept> {
		let elements = std::iter::once(element).chain(element.children("translation"));
		let mut codes = Vec::new();
		for element in elements {
			let Some(coding) = coding(element) else { continue };
			if check_coding(&coding).is_err() {
				self.fault(element, Code::InvalidCode);
			}
			codes.push(coding);
		}
		let concept = Concept {
			codes,
			text: element.child("originalText").and_then(|text| self.pointed(text)),
		};
		(!concept.codes.is_empty() || concept.text.is_some()).then_some(concept)
	}

	/// What a text says, or the narrative that it points to.
	pub(super) fn pointed(&self, text: &Element) -> Option<String> {
		if let Some(own) = text.text() {
			return Some(own);
		}
		let target = text.child("reference")?.peek("value")?.strip_prefix('#')?;
		// It is taken with the narrative itself; the pointer stays.
		self.narrative?.with_id(target)?.all_text()
	}

	/// PQ, INT, REAL: an amount.
	pub(super) fn quantity(&mut self, element: &Element) -> Option<Quantity> {
		let number = element.peek("value")?;
		let Ok(value) = plain(number).parse::<Decimal>() else {
			self.fault(element, Code::ElementType);
			return None;
		};
		element.attribute("value");
		let mut quantity = Quantity { value: Some(value), ..Quantity::default() };
		// `1` stands for no unit.
		if let Some(text) = element.attribute("unit").filter(|unit| !unit.is_empty()) {
			match unit::to_ucum(text) {
				Some(ucum) => {
					quantity.unit = Some(ucum.to_owned());
					quantity.unit_text = (ucum != text).then(|| text.to_owned());
				},
				None => {
					quantity.unit_text = Some(text.to_owned());
					self.fault(element, Code::UnknownUnit);
				},
			}
		}
		Some(quantity.compared())
	}

	/// IVL_PQ: from one amount to another.
	fn range(&mut self, element: &Element) -> Option<Range> {
		let mut bound = |name| element.child(name).and_then(|bound| self.quantity(bound));
		let range = Range { low: bound("low"), high: bound("high") };
		(range.low.is_some() || range.high.is_some()).then_some(range)
	}

	/// TS: a moment, as exactly as it is given.
	pub(super) fn time(&mut self, element: &Element) -> Option<Time> {
		let text = element.peek("value")?;
		let Some(time) = timestamp(text) else {
			self.fault(element, Code::InvalidDate);
			return None;
		};
		element.attribute("value");
		Some(time)
	}

	/// IVL_TS: from one moment to another, or one moment.
	pub(super) fn period(&mut self, element: &Element) -> (Option<Time>, Period) {
		let at = self.time(element).or_else(|| self.bound(element, "center"));
		let start = self.bound(element, "low");
		let end = self.bound(element, "high");
		(at, Period { start, end })
	}

	fn bound(&mut self, element: &Element, name: &str) -> Option<Time> {
		self.time(element.child(name)?)
	}

	/// A value, by the type that it says it has.
	pub(super) fn value(&mut self, element: &Element) -> Option<Value> {
		let kind = element.peek("type").unwrap_or_default();
		let kind = kind.rsplit_once(':').map_or(kind, |(_, kind)| kind).to_owned();
		let value = match kind.as_str() {
			"PQ" | "MO" => self.quantity(element).map(Value::Quantity),
			"INT" | "REAL" => {
				self.quantity(element).and_then(|quantity| quantity.value).map(Value::Number)
			},
			"IVL_PQ" | "IVL_INT" | "IVL_REAL" => self.range(element).map(Value::Range),
			"RTO" | "RTO_PQ_PQ" => {
				let mut part = |name| element.child(name).and_then(|part| self.quantity(part));
				let ratio =
					Ratio { numerator: part("numerator"), denominator: part("denominator") };
				(ratio.numerator.is_some() || ratio.denominator.is_some())
					.then_some(Value::Ratio(ratio))
			},
			"CD" | "CE" | "CV" | "CS" | "CO" => self.concept(element).map(Value::Concept),
			"ST" | "ED" if element.peek("representation").is_none() => {
				self.pointed(element).map(Value::Text)
			},
			"TS" => self.time(element).map(Value::Time),
			"IVL_TS" => match self.period(element) {
				(Some(at), _) => Some(Value::Time(at)),
				(None, period) if period != Period::default() => Some(Value::Period(period)),
				_ => None,
			},
			"BL" => match element.peek("value") {
				Some("true") => Some(Value::Boolean(true)),
				Some("false") => Some(Value::Boolean(false)),
				_ => None,
			},
			_ => None,
		};
		match value {
			Some(value) => {
				element.attribute("type");
				if kind == "BL" {
					element.attribute("value");
				}
				Some(value)
			},
			None => absent(element),
		}
	}

	/// The usual values of a result.
	pub(super) fn reference_range(&mut self, element: &Element) -> Option<ReferenceRange> {
		let element = element.child("observationRange")?;
		let text = element.child("text").and_then(|text| self.pointed(text));
		let range = element.child("value").and_then(|value| self.range(value)).unwrap_or_default();
		let kind = element.child("interpretationCode").and_then(|code| self.concept(code));
		let (low, high) = (range.low, range.high);
		let found = low.is_some() || high.is_some() || text.is_some() || kind.is_some();
		found.then_some(ReferenceRange { low, high, kind, text })
	}
}

/// The code of an element.
fn coding(element: &Element) -> Option<Coding> {
	let code = element.attribute("code").and_then(some)?;
	Some(Coding {
		system: element.attribute("codeSystem").and_then(some).map(|oid| system(&oid)),
		version: element.attribute("codeSystemVersion").and_then(some),
		code: Some(code),
		display: element.attribute("displayName").and_then(some),
	})
}

/// Why there is no value.
fn absent(element: &Element) -> Option<Value> {
	let code = element.attribute("nullFlavor").and_then(some)?;
	let system = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor".to_owned();
	let coding = Coding { system: Some(system), code: Some(code), ..Coding::default() };
	Some(Value::Absent(Concept { codes: vec![coding], text: None }))
}

/// A number without the sign and the zeros that JSON does not know.
fn plain(number: &str) -> String {
	let (sign, digits) = match number.strip_prefix('-') {
		Some(digits) => ("-", digits),
		None => ("", number.strip_prefix('+').unwrap_or(number)),
	};
	let digits = match digits.strip_prefix('.') {
		Some(_) => format!("0{digits}"),
		None => {
			let rest = digits.trim_start_matches('0');
			if rest.starts_with(|one: char| one.is_ascii_digit()) { rest } else { digits }
				.to_owned()
		},
	};
	format!("{sign}{digits}")
}

/// `YYYY[MM[DD[HHMM[SS[.S…]]]]][±ZZZZ]` in ISO 8601, cut where it is cut.
fn timestamp(text: &str) -> Option<Time> {
	let at = text.find(['+', '-']).unwrap_or(text.len());
	let (digits, zone) = (text.get(..at)?, text.get(at..)?);
	let (digits, fraction) = digits.split_once('.').map_or((digits, None), |(a, b)| (a, Some(b)));
	let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
	let is_zone = zone.is_empty() || (matches!(zone.len(), 3 | 5) && is_number(&zone[1..]));
	if !is_number(digits) || !is_zone {
		return None;
	}
	let mut iso = digits.get(..4)?.to_owned();
	for (from, separator) in [(4, '-'), (6, '-'), (8, 'T'), (10, ':'), (12, ':')] {
		match digits.get(from..from + 2) {
			Some(part) => iso.extend([separator].into_iter().chain(part.chars())),
			None if digits.len() == from => break,
			None => return None,
		}
	}
	// An hour alone is written with its minutes, which were not given: the original tells.
	if digits.len() == 10 {
		iso.push_str(":00");
	}
	if let Some(fraction) = fraction {
		iso.push('.');
		iso.push_str(fraction);
	}
	// A date has no zone.
	if digits.len() >= 10 && !zone.is_empty() {
		iso.push_str(zone.get(..3)?);
		iso.push(':');
		iso.push_str(zone.get(3..).filter(|minutes| !minutes.is_empty()).unwrap_or("00"));
	}
	if digits.len() > 14 {
		return None;
	}
	Time::converted(iso, text).ok()
}

/// II: an identifier.
pub(super) fn identifier(element: &Element) -> Option<Identifier> {
	let root = element.attribute("root").and_then(some);
	let extension = element.attribute("extension").and_then(some);
	let (system, value) = match (root, extension) {
		(Some(root), Some(extension)) => (Some(format!("urn:oid:{root}")), Some(extension)),
		(Some(root), None) => (None, Some(root)),
		(None, extension) => (None, extension),
	};
	value.is_some().then_some(Identifier { system, value, ..Identifier::default() })
}

/// PN, ON: a name.
pub(super) fn name(element: &Element) -> Option<Name> {
	let all = |part| element.children(part).filter_map(Element::text).collect::<Vec<_>>();
	let name = Name {
		usage: element.attribute("use").and_then(some),
		family: Some(all("family").join(" ")).filter(|family| !family.is_empty()),
		given: all("given"),
		prefix: all("prefix"),
		suffix: all("suffix"),
		text: element.text(),
	};
	let is_name = name.family.is_some() || !name.given.is_empty() || name.text.is_some();
	if !is_name {
		element.give_back("use");
	}
	is_name.then_some(name)
}

/// AD: an address.
pub(super) fn address(element: &Element) -> Option<Address> {
	let one = |part| element.child(part).and_then(Element::text);
	let address = Address {
		usage: element.attribute("use").and_then(some),
		line: element.children("streetAddressLine").filter_map(Element::text).collect(),
		city: one("city"),
		district: one("county"),
		state: one("state"),
		postal_code: one("postalCode"),
		country: one("country"),
		text: element.text(),
	};
	let usage = address.usage.clone();
	let is_address = address != Address { usage, ..Address::default() };
	if !is_address {
		element.give_back("use");
	}
	is_address.then_some(address)
}

/// TEL: a telephone number, mail address or the like.
pub(super) fn contact(element: &Element) -> Option<Contact> {
	let value = element.attribute("value").and_then(some)?;
	let system = match value.split_once(':').map(|(scheme, _)| scheme) {
		Some("tel") => Some("phone"),
		Some("fax") => Some("fax"),
		Some("mailto") => Some("email"),
		Some("http" | "https") => Some("url"),
		_ => None,
	};
	let usage = element.attribute("use").and_then(some);
	Some(Contact { system: system.map(str::to_owned), value: Some(value), usage })
}

/// Somebody who took part: a pointer that names nobody, as the raw element does.
pub(super) fn reference(id: &str) -> Reference {
	Reference { reference: Some(id.to_owned()), display: None }
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn moments_keep_how_exactly_they_are_given() {
		for (text, iso) in [
			("2012", "2012"),
			("201208", "2012-08"),
			("20120806", "2012-08-06"),
			("2012080614", "2012-08-06T14:00"),
			("201208061430", "2012-08-06T14:30"),
			("201208061430-0500", "2012-08-06T14:30-05:00"),
			("20120806143015.25+0000", "2012-08-06T14:30:15.25+00:00"),
			("20120806-0500", "2012-08-06"),
		] {
			let time = timestamp(text).unwrap();
			assert_eq!(time.value, iso);
			assert_eq!(time.original.as_deref(), Some(text));
		}
		for text in ["", "12", "20121", "20121301", "201202300", "2012-08-06", "20120806143015123"]
		{
			assert!(timestamp(text).is_none(), "{text}");
		}
	}

	#[test]
	fn numbers_are_kept_as_they_are_written() {
		for (text, number) in [
			("140", "140"),
			("+1.50", "1.50"),
			(".5", "0.5"),
			("-.5", "-0.5"),
			("007.0", "7.0"),
			("0", "0"),
		] {
			assert_eq!(plain(text), number);
		}
	}

	proptest::proptest! {
		#[test]
		fn no_text_panics(text in ".{0,24}") {
			timestamp(&text);
			plain(&text);
		}
	}
}
