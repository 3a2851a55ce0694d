// SPDX-License-Identifier: Apache-2.0
//! Structured reports: PS3.3, section C.17.3, and the templates of PS3.16.

use super::{
	element::{DataSet, Value},
	value::{concept, date_time, moment, CODE_VALUE},
};
use dicom_core::Tag;
use salus_mdf::{
	terminology::CodeSystem, unit::is_ucum, Concept, Decimal, Observation, Quantity, Time,
	Value as Result,
};

pub(super) const CONTENT: Tag = Tag(0x0040, 0xA730);
pub(super) const CONCEPT_NAME: Tag = Tag(0x0040, 0xA043);
pub(super) const VALUE_TYPE: Tag = Tag(0x0040, 0xA040);
pub(super) const COMPLETION: Tag = Tag(0x0040, 0xA491);
pub(super) const VERIFICATION: Tag = Tag(0x0040, 0xA493);
const RELATION: Tag = Tag(0x0040, 0xA010);
const TEXT_VALUE: Tag = Tag(0x0040, 0xA160);
const CODE_SEQUENCE: Tag = Tag(0x0040, 0xA168);
const DATE_TIME_VALUE: Tag = Tag(0x0040, 0xA120);
const DATE_VALUE: Tag = Tag(0x0040, 0xA121);
const TIME_VALUE: Tag = Tag(0x0040, 0xA122);
const NAME_VALUE: Tag = Tag(0x0040, 0xA123);
const UID_VALUE: Tag = Tag(0x0040, 0xA124);
const MEASURED: Tag = Tag(0x0040, 0xA300);
const QUALIFIER: Tag = Tag(0x0040, 0xA301);
const NUMBER: Tag = Tag(0x0040, 0xA30A);
const UNITS: Tag = Tag(0x0040, 0x08EA);
const ITEM_TIME: Tag = Tag(0x0040, 0xA032);

/// Concepts that say where on the body something is: SNOMED CT, and its older form in DICOM.
const SITES: [&str; 2] = ["363698007", "G-C0E3"];
/// Concepts under which the meaning of a report stands: conclusion, impression (DCM).
const CONCLUSIONS: [&str; 4] = ["121077", "121076", "121073", "121072"];

/// What a tree of content says.
#[derive(Default)]
pub(super) struct Content {
	/// Line by line, in the order of the tree.
	pub(super) lines: Vec<String>,
	/// What stands under a conclusion.
	pub(super) conclusions: Vec<String>,
	/// Measurements, with the place of each in the tree.
	pub(super) measurements: Vec<Measurement>,
	/// Measurements whose number is none.
	pub(super) not_numbers: Vec<String>,
}

pub(super) struct Measurement {
	/// As `0040A730[1].0040A730[2]`.
	pub(super) path: String,
	pub(super) concept: Option<Concept>,
	pub(super) at: Option<Time>,
	pub(super) body: Observation,
}

/// Reads the tree of a report.
pub(super) fn read(set: &DataSet) -> Content {
	let mut content = Content::default();
	content.children(set, "", 0);
	content
}

fn shown(concept: &Concept) -> Option<&str> {
	let coded =
		concept.codes.first().and_then(|code| code.display.as_deref().or(code.code.as_deref()));
	concept.text.as_deref().or(coded)
}

impl Content {
	// The reader has bounded how deep a tree can be.
	fn children(&mut self, set: &DataSet, path: &str, depth: usize) {
		for (index, item) in set.items(CONTENT).iter().enumerate() {
			let path = match path {
				"" => format!("0040A730[{}]", index + 1),
				path => format!("{path}.0040A730[{}]", index + 1),
			};
			self.item(item, &path, depth);
			self.children(item, &path, depth + 1);
		}
	}

	fn item(&mut self, item: &DataSet, path: &str, depth: usize) {
		let names = item.items(CONCEPT_NAME);
		let name = concept(names);
		let value = match item.text(VALUE_TYPE) {
			Some("TEXT") => item.text(TEXT_VALUE).map(str::to_owned),
			Some("CODE") => {
				concept(item.items(CODE_SEQUENCE)).as_ref().and_then(shown).map(str::to_owned)
			},
			Some("DATETIME") => item.text(DATE_TIME_VALUE).map(str::to_owned),
			Some("DATE") => item.text(DATE_VALUE).map(str::to_owned),
			Some("TIME") => item.text(TIME_VALUE).map(str::to_owned),
			Some("PNAME") => item.text(NAME_VALUE).map(str::to_owned),
			Some("UIDREF") => item.text(UID_VALUE).map(str::to_owned),
			Some("NUM") => {
				let measurement = self.measurement(item, path, name.clone());
				let text = written(&measurement.body);
				self.measurements.push(measurement);
				text
			},
			_ => None,
		};
		let label = name.as_ref().and_then(shown);
		let line = match (label, &value) {
			(Some(label), Some(value)) => format!("{label}: {value}"),
			(Some(label), None) => label.to_owned(),
			(None, Some(value)) => value.clone(),
			(None, None) => return,
		};
		self.lines.push(format!("{}{line}", "  ".repeat(depth)));
		let code = names.first().and_then(|name| name.text(CODE_VALUE));
		if let (Some(code), Some(value)) = (code, value) {
			if CONCLUSIONS.contains(&code) {
				self.conclusions.push(value);
			}
		}
	}

	fn measurement(&mut self, item: &DataSet, path: &str, name: Option<Concept>) -> Measurement {
		let mut body = Observation::default();
		if let [measured] = item.items(MEASURED) {
			body.value = match measured.text(NUMBER).map(str::trim) {
				Some(text) => match text.parse::<Decimal>() {
					Ok(number) => Some(Result::Quantity(quantity(number, measured.items(UNITS)))),
					Err(_) => {
						self.not_numbers.push(path.to_owned());
						Some(Result::Text(text.to_owned()))
					},
				},
				None => None,
			};
		}
		if body.value.is_none() {
			body.value = concept(item.items(QUALIFIER)).map(Result::Absent);
		}
		for child in item.items(CONTENT) {
			let code = child.items(CONCEPT_NAME).first().and_then(|name| name.text(CODE_VALUE));
			let is_site = child.text(RELATION) == Some("HAS CONCEPT MOD")
				&& code.is_some_and(|code| SITES.contains(&code));
			if is_site && body.body_site.is_none() {
				body.body_site = concept(child.items(CODE_SEQUENCE));
			}
		}
		let at = item.text(ITEM_TIME).and_then(date_time);
		Measurement { path: path.to_owned(), concept: name, at, body }
	}
}

fn quantity(number: Decimal, units: &[DataSet]) -> Quantity {
	let unit = concept(units);
	let code = unit.as_ref().and_then(|unit| unit.codes.first());
	let ucum = CodeSystem::Ucum.uri();
	let in_ucum = code
		.filter(|code| code.system.as_deref() == Some(&*ucum))
		.and_then(|code| code.code.clone())
		.filter(|code| is_ucum(code));
	let text = unit.as_ref().and_then(shown).map(str::to_owned);
	Quantity { value: Some(number), unit: in_ucum, unit_text: text, ..Quantity::default() }
		.compared()
}

fn written(body: &Observation) -> Option<String> {
	match body.value.as_ref()? {
		Result::Quantity(quantity) => {
			let number = quantity.value.as_ref()?.to_string();
			let unit = quantity.unit.as_ref().or(quantity.unit_text.as_ref());
			Some(match unit {
				Some(unit) if unit != "1" => format!("{number} {unit}"),
				_ => number,
			})
		},
		Result::Text(text) => Some(text.clone()),
		Result::Absent(why) => shown(why).map(str::to_owned),
		_ => None,
	}
}

/// Whether a data set is a report.
pub(super) fn is_report(set: &DataSet) -> bool {
	let is_tree = matches!(set.get(CONTENT).map(|content| &content.value), Some(Value::Items(_)));
	is_tree && set.text(VALUE_TYPE) == Some("CONTAINER")
}

/// When a report was written, of (0040,A032) or of date and time.
pub(super) fn observed(set: &DataSet) -> Option<Time> {
	let text = set.text(ITEM_TIME).and_then(date_time);
	text.or_else(|| moment(set.text(DATE_VALUE)?, set.text(TIME_VALUE), None))
}
