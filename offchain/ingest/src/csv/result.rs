// SPDX-License-Identifier: Apache-2.0
//! The result of a row. What rows of one test have in common is read once.

use super::{cell, fields::Fields, is_placeholder, layout::Layout, write_key};
use crate::{id::write_hex, load::Context, Code, Error, Role};
use salus_mdf::{
	sensitivity::classify,
	terminology::{check, CodeSystem},
	unit::to_ucum,
	vital::is_vital_sign,
	Body, Category, Coding, Concept, Decimal, Item, Observation, Provenance, Quantity, RawJson,
	ReferenceRange, Value,
};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

const LOINC: &str = "http://loinc.org";

/// So many tests are remembered, and so many bytes of the cells that name them.
const MAX_TESTS: usize = 512;
const MAX_NAMES: usize = 1 << 20;
/// So many amounts of each are remembered, none of them longer than this.
const MAX_AMOUNTS: usize = 128;
const MAX_AMOUNT: usize = 32;

/// The ids of the results of a table: digests of the table's name and the line.
pub(super) struct RowIds {
	name: String,
	/// The digest of what ids with so many digits begin with.
	begun: (usize, Sha256),
}

impl RowIds {
	pub(super) fn new(name: String) -> Self {
		Self { name, begun: (0, Sha256::new()) }
	}

	pub(super) fn write(&mut self, line: u64, id: &mut String) {
		let mut buffer = itoa::Buffer::new();
		let digits = buffer.format(line);
		if self.begun.0 != digits.len() {
			let length = self.name.len() + "#row:".len() + digits.len();
			let begun = Sha256::new().chain_update((length as u64).to_le_bytes());
			let begun = begun.chain_update(&self.name).chain_update("#row:");
			self.begun = (digits.len(), begun);
		}
		let digest = self.begun.1.clone().chain_update(digits).finalize();
		let mut short = [0; 16];
		short.copy_from_slice(&digest[..16]);
		id.clear();
		id.push_str("at-");
		write_hex(&short, id);
	}
}

/// The tests of a table.
#[derive(Default)]
pub(super) struct Results {
	/// Their places, by the cells that say which.
	places: HashMap<Vec<u8>, usize>,
	tests: Vec<Test>,
	/// The bytes of those cells.
	names: usize,
	key: Vec<u8>,
}

impl Results {
	/// The test of a row.
	pub(super) fn find(
		&mut self,
		layout: &Layout,
		row: &Fields,
		origin: &Provenance,
	) -> Option<&mut Test> {
		let roles = [Role::Test, Role::Code, Role::Unit, Role::ReferenceRange, Role::Flag];
		write_key(&mut self.key, roles.map(|role| layout.cell(row, role)));
		if let Some(place) = self.places.get(&self.key) {
			return self.tests.get_mut(*place);
		}
		self.names += self.key.len();
		if self.tests.len() >= MAX_TESTS || self.names > MAX_NAMES {
			self.places.clear();
			self.tests.clear();
			self.names = self.key.len();
		}
		self.places.insert(self.key.clone(), self.tests.len());
		self.tests.push(Test::new(layout, row, origin));
		self.tests.last_mut()
	}
}

/// A test, and the result of its last row.
pub(super) struct Test {
	item: Item,
	/// What is wrong with the code.
	code_fault: Option<Code>,
	/// What is wrong with the unit beside a text, and beside a number.
	unit_faults: [Option<Code>; 2],
	/// The usual values beside a text, and beside a number.
	ranges: [Option<ReferenceRange>; 2],
	/// A number without its amount: what all amounts have in common.
	blank: Quantity,
	/// Amounts by their texts.
	amounts: HashMap<Box<str>, Quantity>,
}

impl Test {
	fn new(layout: &Layout, row: &Fields, origin: &Provenance) -> Self {
		let (test, code) = (layout.cell(row, Role::Test), layout.cell(row, Role::Code));
		let mut concept =
			Concept { codes: Vec::new(), text: (!test.is_empty()).then(|| test.into()) };
		let code_fault = if is_placeholder(code) {
			Some(Code::MissingCode)
		} else {
			let well_formed = check(CodeSystem::Loinc, code).is_ok();
			let system = (layout.loinc && well_formed).then(|| LOINC.to_owned());
			concept.codes.push(Coding { system, code: Some(code.into()), ..Coding::default() });
			(layout.loinc && !well_formed).then_some(Code::InvalidCode)
		};
		let vital = concept.codes.iter().filter_map(|c| c.code.as_deref()).any(is_vital_sign);
		let ordinary = if vital { Category::Vitals } else { Category::Labs };
		let codes = concept.codes.iter();
		let codes = codes.filter_map(|c| Some((Some(c.system.as_deref()?), c.code.as_deref()?)));
		let category = classify(ordinary, codes);

		let unit = layout.cell(row, Role::Unit);
		let blank = Quantity {
			unit: to_ucum(unit).map(str::to_owned),
			unit_text: (!unit.is_empty()).then(|| unit.to_owned()),
			..Quantity::default()
		};
		let unit_faults = match (unit, &blank.unit) {
			("", _) => [None, Some(Code::MissingUnit)],
			(_, None) => [Some(Code::UnknownUnit); 2],
			(_, Some(_)) => [None; 2],
		};
		let range = layout.cell(row, Role::ReferenceRange);
		let ranges = [None, Some(&blank)].map(|amount| reference_range(range, amount));

		let mut body = Observation::default();
		body.reference_ranges.extend(ranges[0].clone());
		let flag = layout.cell(row, Role::Flag);
		if !flag.is_empty() {
			body.interpretation.push(Concept { codes: Vec::new(), text: Some(flag.into()) });
		}
		let mut item = Item::new(String::new(), category, body, origin.clone());
		item.concept = Some(concept);
		Self { item, code_fault, unit_faults, ranges, blank, amounts: HashMap::new() }
	}

	/// Reads the result of a row of this test.
	pub(super) fn read(
		&mut self,
		context: &mut Context<'_>,
		layout: &Layout,
		(line, row): (u64, &Fields),
		subject: Option<&str>,
		ids: &mut RowIds,
	) -> Result<&Item, Error> {
		if let Some(code) = self.code_fault {
			context.diagnose(layout.place(line, Role::Code), code)?;
		}
		self.read_value(context, layout, (line, row))?;
		let item = &mut self.item;
		layout.read_date(context, (line, row), (Role::Collected, true), &mut item.times.at)?;
		ids.write(line, &mut item.id);
		item.provenance.location.line = Some(line);
		match (&mut item.subject, subject) {
			(Some(known), Some(subject)) => {
				known.clear();
				known.push_str(subject);
			},
			(known, subject) => *known = subject.map(str::to_owned),
		}
		item.extra.clear();
		for (index, column) in layout.columns.iter().enumerate() {
			let lost_date = column.role == Role::Collected && item.times.at.is_none();
			let text = row.get(index);
			if (column.role == Role::Extra || lost_date) && !text.is_empty() {
				item.extra.insert(layout.names[index].clone(), RawJson::string(text));
			}
		}
		Ok(item)
	}

	fn read_value(
		&mut self,
		context: &mut Context<'_>,
		layout: &Layout,
		(line, row): (u64, &Fields),
	) -> Result<(), Error> {
		let Body::Observation(body) = &mut self.item.body else { return Ok(()) };
		let was_amount = matches!(body.value, Some(Value::Quantity(_)));
		let text = layout.cell(row, Role::Value);
		let mut new = None;
		let known = match self.amounts.get(text) {
			None if is_placeholder(text) => {
				context.diagnose(layout.place(line, Role::Value), Code::MissingValue)?;
				body.value = (!text.is_empty()).then(|| Value::Text(text.into()));
				None
			},
			None => match number(text, layout.decimal_commas()) {
				Ok((comparator, value)) => {
					let comparator = comparator.map(str::to_owned);
					let amount = Quantity { value: Some(value), comparator, ..self.blank.clone() };
					Some(&*new.insert(amount.compared()))
				},
				Err(fault) => {
					if let Some(code) = fault {
						context.diagnose(layout.place(line, Role::Value), code)?;
					}
					if let Some(code) = self.unit_faults[0] {
						context.diagnose(layout.place(line, Role::Unit), code)?;
					}
					// The text keeps its unit.
					body.value = Some(Value::Text(match &self.blank.unit_text {
						Some(unit) => format!("{text} {unit}"),
						None => text.into(),
					}));
					None
				},
			},
			known => known,
		};
		let is_amount = known.is_some();
		if let Some(amount) = known {
			if let Some(code) = self.unit_faults[1] {
				context.diagnose(layout.place(line, Role::Unit), code)?;
			}
			match &mut body.value {
				// The units are the same.
				Some(Value::Quantity(last)) => {
					last.value.clone_from(&amount.value);
					last.comparator.clone_from(&amount.comparator);
					last.canonical.clone_from(&amount.canonical);
				},
				value => *value = Some(Value::Quantity(amount.clone())),
			}
		}
		if is_amount != was_amount {
			body.reference_ranges.clear();
			body.reference_ranges.extend(self.ranges[usize::from(is_amount)].clone());
		}
		if let Some(new) = new.filter(|_| text.len() <= MAX_AMOUNT) {
			if self.amounts.len() >= MAX_AMOUNTS {
				self.amounts.clear();
			}
			self.amounts.insert(text.into(), new);
		}
		Ok(())
	}
}

/// A number, and the sign of comparison before it. Where the text is none, perhaps what is wrong
/// with it.
fn number(
	text: &str,
	decimal_commas: bool,
) -> Result<(Option<&'static str>, Decimal), Option<Code>> {
	let (comparator, number) = cell::comparator(text);
	let value = match cell::is_comma_number(number) {
		true if !decimal_commas => return Err(Some(Code::DecimalComma)),
		true => number.replace(',', ".").parse(),
		false => number.parse(),
	};
	Ok((comparator, value.map_err(|_| None)?))
}

/// A range as `22-29`, `<200` or `Clear`; its text is kept.
pub(crate) fn reference_range(text: &str, amount: Option<&Quantity>) -> Option<ReferenceRange> {
	if text.is_empty() {
		return None;
	}
	let unit = amount.and_then(|amount| amount.unit.clone());
	let bound = |number: &str| -> Option<Quantity> {
		let value = Some(number.trim().parse().ok()?);
		Some(Quantity { value, unit: unit.clone(), ..Quantity::default() })
	};
	let mut range = ReferenceRange { text: Some(text.into()), ..ReferenceRange::default() };
	// The bounds of "<200" are not included: its text says it all.
	match (cell::comparator(text), text.split_once('-')) {
		((Some(">="), number), _) => range.low = bound(number),
		((Some("<="), number), _) => range.high = bound(number),
		((None, _), Some((low, high))) => {
			if let (Some(low), Some(high)) = (bound(low), bound(high)) {
				(range.low, range.high) = (Some(low), Some(high));
			}
		},
		_ => {},
	}
	Some(range)
}
