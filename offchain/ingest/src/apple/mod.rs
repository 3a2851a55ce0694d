// SPDX-License-Identifier: Apache-2.0
//! The export of Apple Health: `export.xml`, element by element.
//!
//! A record is the same item in the export of today and in that of next month: its id is made of what it
//! says. What a device calls itself is left out of it, for it names an address in memory.

mod kind;

use crate::{
	load::Context,
	source::{Rewind, Survey},
	xml::{Element, Reading, Token, Xml},
	Code, Error, Format, Place,
};
use kind::{kind, ucum, SYSTEM};
use salus_mdf::{
	ByteRange, Category, Coding, Component, Concept, Item, Location, Observation, Other, Patient,
	Provenance, Quantity, Reference, Time, Value,
};
use sha2::{Digest, Sha256};
use std::{collections::HashSet, io::Read};

/// What the document begins with.
pub(crate) const ROOT: &[u8] = b"HealthData";
/// So many facts are compared with each other, eight bytes each.
const MAX_COMPARED: usize = 2_000_000;
/// The patient: an export is of one person.
const PERSON: &str = "apple-health-me";
const LOINC: &str = "http://loinc.org";

/// Maps a file.
pub(crate) fn load<R: Rewind>(
	file: &mut R,
	survey: &Survey,
	context: &mut Context<'_>,
) -> Result<(), Error> {
	context.report.format = Format::AppleHealth;
	let base = if survey.has_offsets() { survey.mark } else { 0 };
	let mut xml = Xml::new(survey.open(file)?, base);
	// Every export declares its elements. What else is declared stands for nothing.
	xml.step_over_doctype();
	let mut loader = Loader {
		context,
		offsets: survey.has_offsets(),
		head: Element::default(),
		seen: HashSet::new(),
		is_full: false,
	};
	loop {
		let is_whole = match xml.next()? {
			Token::Start(root) => loader.export(&mut xml, root)?,
			Token::Text(_) | Token::End => true,
			Token::Eof => return Ok(()),
			Token::Truncated => false,
		};
		if !is_whole {
			return loader.context.truncated(xml.offset());
		}
	}
}

struct Loader<'c, 'a> {
	context: &'c mut Context<'a>,
	/// Whether offsets in the text are offsets in the file.
	offsets: bool,
	/// What the export says of itself.
	head: Element,
	/// The facts that were there.
	seen: HashSet<u64>,
	is_full: bool,
}

impl Loader<'_, '_> {
	/// An export whose start was read. Whether it was whole.
	fn export<R: Read>(&mut self, xml: &mut Xml<R>, root: Element) -> Result<bool, Error> {
		self.head = root;
		let is_whole = self.elements(xml)?;
		self.head.bytes.1 = xml.offset();
		if let Some(rest) = self.head.rest() {
			let head = std::mem::take(&mut self.head);
			let id = self.id(&head);
			let mut item = self.item(id, Category::Other, Other::default(), &head, "/HealthData");
			item.extra.insert("HealthData".into(), rest);
			self.context.emit(item)?;
		}
		Ok(is_whole)
	}

	/// What stands in an export. Whether it was whole.
	fn elements<R: Read>(&mut self, xml: &mut Xml<R>) -> Result<bool, Error> {
		let mut number = 0_u64;
		loop {
			let start = match xml.next()? {
				Token::Start(start) => start,
				Token::Text(text) => {
					self.head.add_text(&text);
					continue;
				},
				Token::End => return Ok(true),
				Token::Eof | Token::Truncated => return Ok(false),
			};
			number += 1;
			let path = format!("/HealthData/*[{number}]");
			match xml.rest_of(start, self.context.options.max_piece)? {
				Reading::Whole(element) => {
					self.context.progress(element.bytes.1);
					self.element(element, &path)?;
				},
				Reading::TooLarge => {
					self.context.report.pieces += 1;
					self.context.diagnose(Place::XmlPath(path), Code::MaxPieceExceeded)?;
				},
				Reading::Truncated => return Ok(false),
			}
		}
	}

	fn element(&mut self, element: Element, path: &str) -> Result<(), Error> {
		if &*element.name == "ExportDate" {
			self.head.add(element);
			return Ok(());
		}
		self.context.report.pieces += 1;
		match &*element.name {
			"Me" => self.person(&element, path),
			"Record" => self.record(&element, path).map(drop),
			"Correlation" => self.correlation(&element, path),
			"Workout" => self.workout(&element, path),
			"ActivitySummary" => self.day(&element, path),
			_ => {
				let Some(id) = self.new_id(&element, path)? else { return Ok(()) };
				let item = self.item(id, Category::Other, Other::default(), &element, path);
				self.emit(item, &element)
			},
		}
	}

	/// Who it is about.
	fn person(&mut self, element: &Element, path: &str) -> Result<(), Error> {
		let characteristic =
			|name: &str| element.attribute(&format!("HKCharacteristicTypeIdentifier{name}"));
		let sex = "HKCharacteristicTypeIdentifierBiologicalSex";
		let gender = match element.peek(sex) {
			Some("HKBiologicalSexFemale") => Some("female"),
			Some("HKBiologicalSexMale") => Some("male"),
			Some("HKBiologicalSexOther") => Some("other"),
			_ => None,
		};
		if gender.is_some() {
			element.attribute(sex);
		}
		let born = element.peek("HKCharacteristicTypeIdentifierDateOfBirth").unwrap_or_default();
		let birth = Time::parse(born).ok();
		if birth.is_some() {
			characteristic("DateOfBirth");
		} else if !born.is_empty() {
			self.context.diagnose(Place::XmlPath(path.to_owned()), Code::InvalidDate)?;
		}
		let body = Patient { birth, gender: gender.map(str::to_owned), ..Patient::default() };
		let mut item = self.item(PERSON.into(), Category::Demographics, body, element, path);
		item.extra.extend(self.head.rest().map(|head| ("HealthData".to_owned(), head)));
		self.head = Element::default();
		self.emit(item, element)
	}

	/// A measurement. Its id; nothing when it was there before.
	fn record(&mut self, element: &Element, path: &str) -> Result<String, Error> {
		let id = self.id(element);
		if !self.is_new(&id, path)? {
			return Ok(id);
		}
		let name = element.attribute("type").unwrap_or_default();
		let kind = kind(name, element.peek("unit"));
		let mut body = Observation::default();
		let mut faults = Vec::new();
		body.value = value(element, "value", "unit", &mut faults);
		let mut item = self.item(id.clone(), kind.category, body, element, path);
		item.concept = Some(concept(name, kind.loinc));
		self.times(&mut item, element, &mut faults);
		self.tell(path, faults)?;
		self.emit(item, element)?;
		Ok(id)
	}

	/// Measurements that belong together. They stand by themselves as well, so that it names them.
	fn correlation(&mut self, element: &Element, path: &str) -> Result<(), Error> {
		let mut members = Vec::new();
		for (index, record) in element.children("Record").enumerate() {
			let before = self.context.report.pieces;
			let id = match self.seen.contains(&short(&self.id(record))) {
				true => self.id(record),
				false => self.record(record, &format!("{path}/Record[{}]", index + 1))?,
			};
			self.context.report.pieces = before;
			members.push(Reference { reference: Some(id), display: None });
		}
		let Some(id) = self.new_id(element, path)? else { return Ok(()) };
		let name = element.attribute("type").unwrap_or_default();
		let kind = kind(name, None);
		let body = Observation { members, ..Observation::default() };
		let mut item = self.item(id, kind.category, body, element, path);
		item.concept = Some(concept(name, kind.loinc));
		let mut faults = Vec::new();
		self.times(&mut item, element, &mut faults);
		self.tell(path, faults)?;
		// Its records are items of their own.
		let records: Vec<_> = element.children("Record").collect();
		item.extra
			.extend(element.rest_outside(&records).map(|rest| (element.name.to_string(), rest)));
		self.context.emit(item)
	}

	/// Exercise, and how long it took.
	fn workout(&mut self, element: &Element, path: &str) -> Result<(), Error> {
		let Some(id) = self.new_id(element, path)? else { return Ok(()) };
		let name = element.attribute("workoutActivityType").unwrap_or_default();
		let mut faults = Vec::new();
		let value = value(element, "duration", "durationUnit", &mut faults);
		let body = Observation { value, ..Observation::default() };
		let mut item = self.item(id, Category::SocialHistory, body, element, path);
		item.concept = Some(concept(name, None));
		self.times(&mut item, element, &mut faults);
		self.tell(path, faults)?;
		self.emit(item, element)
	}

	/// What was done on a day.
	fn day(&mut self, element: &Element, path: &str) -> Result<(), Error> {
		let Some(id) = self.new_id(element, path)? else { return Ok(()) };
		let mut faults = Vec::new();
		let mut components = Vec::new();
		for (name, unit) in [
			("activeEnergyBurned", Unit::Named("activeEnergyBurnedUnit")),
			("appleMoveTime", Unit::Fixed("min")),
			("appleExerciseTime", Unit::Fixed("min")),
			("appleStandHours", Unit::Fixed("h")),
		] {
			if let Some(value) = quantity(element, name, unit, &mut faults) {
				let concept = Some(concept(name, None));
				let value = Some(Value::Quantity(value));
				components.push(Component { concept, value, ..Component::default() });
			}
		}
		let body = Observation { components, ..Observation::default() };
		let mut item = self.item(id, Category::SocialHistory, body, element, path);
		item.concept = Some(concept("HKActivitySummary", None));
		if let Some(day) = element.peek("dateComponents").and_then(|day| Time::parse(day).ok()) {
			element.attribute("dateComponents");
			item.times.at = Some(day);
		} else if element.peek("dateComponents").is_some() {
			faults.push(Code::InvalidDate);
		}
		self.tell(path, faults)?;
		self.emit(item, element)
	}

	fn times(&self, item: &mut Item, element: &Element, faults: &mut Vec<Code>) {
		let mut moment = |name: &str| {
			let text = element.peek(name)?;
			match time(text) {
				Some(time) => {
					element.attribute(name);
					Some(time)
				},
				None => {
					faults.push(Code::InvalidDate);
					None
				},
			}
		};
		let (start, end) = (moment("startDate"), moment("endDate"));
		item.times.recorded = moment("creationDate");
		if start.is_some() && start == end {
			item.times.at = start;
		} else {
			item.times.start = start;
			item.times.end = end;
		}
	}

	fn tell(&mut self, path: &str, faults: Vec<Code>) -> Result<(), Error> {
		for code in faults {
			self.context.diagnose(Place::XmlPath(path.to_owned()), code)?;
		}
		Ok(())
	}

	fn item(
		&self,
		id: String,
		category: Category,
		body: impl Into<salus_mdf::Body>,
		element: &Element,
		path: &str,
	) -> Item {
		let (start, end) = element.bytes;
		let origin = Provenance {
			source: self.context.report.source_digest.clone(),
			location: Location {
				pointer: Some(path.to_owned()),
				bytes: self.offsets.then_some(ByteRange { start, end }),
				..self.context.location()
			},
			rule: format!("apple-health/{}", element.name),
			resource: Some(element.name.to_string()),
			..Provenance::default()
		};
		let mut item = Item::new(id, category, body, origin);
		item.subject = Some(PERSON.into());
		item
	}

	/// Keeps what was not taken of an element with its item.
	fn emit(&mut self, mut item: Item, element: &Element) -> Result<(), Error> {
		item.extra.extend(element.rest().map(|rest| (element.name.to_string(), rest)));
		self.context.emit(item)
	}

	/// An id made of what an element says.
	fn id(&self, element: &Element) -> String {
		let mut hasher = Sha256::new();
		let mut part = |text: &str| {
			hasher.update((text.len() as u64).to_le_bytes());
			hasher.update(text);
		};
		part(&element.name);
		for (name, value) in element.attributes().filter(|(name, _)| *name != "device") {
			part(name);
			part(value);
		}
		format!("id-{}", hex::encode(&hasher.finalize()[..16]))
	}

	/// The id of an element that was not there before.
	fn new_id(&mut self, element: &Element, path: &str) -> Result<Option<String>, Error> {
		let id = self.id(element);
		Ok(self.is_new(&id, path)?.then_some(id))
	}

	/// Whether something was not there before; that it was is said.
	fn is_new(&mut self, id: &str, path: &str) -> Result<bool, Error> {
		let place = || Place::XmlPath(path.to_owned());
		if self.seen.contains(&short(id)) {
			self.context.diagnose(place(), Code::DuplicateItem)?;
			return Ok(false);
		}
		if self.seen.len() < MAX_COMPARED {
			self.seen.insert(short(id));
		} else if !self.is_full {
			self.is_full = true;
			self.context.diagnose(place(), Code::DuplicatesUnchecked)?;
		}
		Ok(true)
	}
}

/// The first bytes of an id.
fn short(id: &str) -> u64 {
	id.get(3..19).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default()
}

/// The type of HealthKit, and LOINC's code for it.
fn concept(name: &str, loinc: Option<&str>) -> Concept {
	let coding = |system: &str, code: &str| Coding {
		system: Some(system.to_owned()),
		code: Some(code.to_owned()),
		..Coding::default()
	};
	let loinc = loinc.map(|code| coding(LOINC, code));
	Concept { codes: loinc.into_iter().chain([coding(SYSTEM, name)]).collect(), text: None }
}

/// A number with its unit, a code, or a text.
fn value(element: &Element, name: &str, unit: &str, faults: &mut Vec<Code>) -> Option<Value> {
	let text = element.peek(name)?;
	if element.peek(unit).is_some() {
		return quantity(element, name, Unit::Named(unit), faults).map(Value::Quantity);
	}
	let text = text.to_owned();
	element.attribute(name);
	Some(match text.starts_with("HK") {
		true => Value::Concept(concept(&text, None)),
		false => Value::Text(text),
	})
}

/// Where the unit of a number stands.
enum Unit<'n> {
	Named(&'n str),
	Fixed(&'static str),
}

fn quantity(
	element: &Element,
	name: &str,
	unit: Unit<'_>,
	faults: &mut Vec<Code>,
) -> Option<Quantity> {
	let Ok(value) = element.peek(name)?.parse() else {
		faults.push(Code::InvalidNumber);
		return None;
	};
	element.attribute(name);
	let mut quantity = Quantity { value: Some(value), ..Quantity::default() };
	let text = match unit {
		Unit::Named(unit) => element.attribute(unit),
		Unit::Fixed(unit) => Some(unit),
	};
	let Some(text) = text.filter(|text| !text.is_empty()) else { return Some(quantity) };
	match ucum(text) {
		Some(ucum) => {
			quantity.unit_text = (ucum != text).then(|| text.to_owned());
			quantity.unit = Some(ucum.into_owned());
		},
		None => {
			quantity.unit_text = Some(text.to_owned());
			faults.push(Code::UnknownUnit);
		},
	}
	Some(quantity.compared())
}

/// `2024-01-31 08:12:33 -0700` in ISO 8601.
fn time(text: &str) -> Option<Time> {
	let (date, rest) = text.split_once(' ')?;
	let (clock, zone) = rest.split_once(' ')?;
	let (hours, minutes) = zone.split_at_checked(3)?;
	Time::converted(format!("{date}T{clock}{hours}:{minutes}"), text).ok()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn moments_keep_their_zone() {
		let moment = time("2024-01-31 08:12:33 -0730").unwrap();
		assert_eq!(moment.value, "2024-01-31T08:12:33-07:30");
		assert_eq!(moment.original.as_deref(), Some("2024-01-31 08:12:33 -0730"));
		for text in
			["", "2024-01-31", "2024-01-31 08:12:33", "2024-02-31 08:12:33 +0000", "a b c", "a b ü"]
		{
			assert!(time(text).is_none(), "{text}");
		}
	}
}
