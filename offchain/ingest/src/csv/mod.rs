// SPDX-License-Identifier: Apache-2.0
//! Tables with one result a row.

mod cell;
mod column;
mod rows;

use crate::{
	load::Context,
	source::{Rewind, Survey},
	Code, Column, Diagnostic, Error, Format, Place, Role,
};
use cell::Evidence;
use rows::Rows;
use salus_mdf::{
	sensitivity::classify,
	terminology::{check, CodeSystem},
	unit::to_ucum,
	vital::is_vital_sign,
	Category, Coding, Concept, Decimal, Identifier, Item, Location, Name, Observation, Patient,
	Provenance, Quantity, RawJson, ReferenceRange, Time, Value,
};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

pub(crate) use cell::comparator;
pub(crate) use column::{is_header, looks_like_header};
pub(crate) use rows::Row;

const LOINC: &str = "http://loinc.org";

/// So many rows are compared with each other; their digests take about 100 MB.
const MAX_COMPARED: usize = 2_000_000;

/// How the columns of the file are to be read.
struct Layout {
	columns: Vec<Column>,
	names: Vec<String>,
	/// Whether the code column says that its codes are LOINC.
	loinc: bool,
	evidence: Vec<Evidence>,
}

impl Layout {
	fn index(&self, role: Role) -> Option<usize> {
		self.columns.iter().position(|column| column.role == role)
	}

	/// How sure the columns of these roles are, when they are not certain: the least sure counts.
	fn confidence(&self, of_patient: bool) -> Option<u8> {
		let patient = [Role::PatientId, Role::PatientName, Role::BirthDate, Role::Sex];
		self.columns
			.iter()
			.filter(|column| column.role != Role::Extra)
			.filter(|column| {
				column.role == Role::PatientId || patient.contains(&column.role) == of_patient
			})
			.map(|column| column.confidence)
			.min()
			.filter(|confidence| *confidence < 100)
	}

	fn cell<'r>(&self, row: &'r [String], role: Role) -> &'r str {
		self.index(role).map_or("", |index| row[index].trim())
	}
}

/// Rows one after the other.
pub(crate) trait RowSource {
	/// The next row that is not empty.
	fn next(&mut self) -> Result<Option<Row>, Error>;
	/// How many columns a row must have.
	fn expect_columns(&mut self, columns: usize);
	/// Bytes read so far.
	fn offset(&self) -> u64;
}

/// A table that can be read from its beginning again.
pub(crate) trait Tabular {
	type Rows<'r>: RowSource
	where
		Self: 'r;

	/// Its rows from the header on.
	fn rows(&mut self) -> Result<Self::Rows<'_>, Error>;
}

struct Text<'r, R> {
	reader: &'r mut R,
	survey: &'r Survey,
	delimiter: u8,
}

impl<R: Rewind> Tabular for Text<'_, R> {
	type Rows<'r>
		= Rows<crate::source::Text<R::Stream<'r>>>
	where
		Self: 'r;

	fn rows(&mut self) -> Result<Self::Rows<'_>, Error> {
		Ok(Rows::new(self.survey.open(self.reader)?, self.delimiter))
	}
}

/// Maps a file.
pub(crate) fn load<R: Rewind>(
	reader: &mut R,
	survey: &Survey,
	context: &mut Context<'_>,
) -> Result<(), Error> {
	context.report.format = Format::Csv;
	let head = String::from_utf8_lossy(&survey.head);
	let delimiter =
		column::delimiter(head.lines().find(|line| !line.trim().is_empty()).unwrap_or(""));
	let mut patients = Patients::default();
	let name = context.report.source_digest.clone();
	map(context, &mut Text { reader, survey, delimiter }, ("csv", name), &mut patients)?;
	patients.finish(context)
}

/// Maps a worksheet, the number of which makes its ids differ from those of the others.
pub(crate) fn sheet_table(
	context: &mut Context<'_>,
	sheet: &mut impl Tabular,
	number: u64,
	patients: &mut Patients,
) -> Result<(), Error> {
	let name = format!("{}#sheet:{number}", context.report.source_digest);
	map(context, sheet, ("xlsx", name), patients)
}

fn map(
	context: &mut Context<'_>,
	table: &mut impl Tabular,
	(rule, name): (&'static str, String),
	patients: &mut Patients,
) -> Result<(), Error> {
	// What the columns look like is decided from every row, before one of them is mapped.
	let mut rows = table.rows()?;
	let header = loop {
		match rows.next()? {
			None => return Err(Error::Empty),
			Some(Row::Good { fields, .. }) if fields.iter().all(|f| f.trim().is_empty()) => {},
			Some(Row::Good { fields, .. }) => break fields,
			Some(Row::Bad { line, .. }) => {
				context.diagnose(Place::Line(line), Code::BrokenQuote)?;
				return Err(Error::HeaderUnrecognized { missing: "anything" });
			},
		}
	};
	rows.expect_columns(header.len());
	let (columns, loinc) = column::roles(&header);
	let evidence = vec![Evidence::default(); columns.len()];
	let mut layout = Layout { columns, names: header, loinc, evidence };
	if layout.index(Role::Value).is_none() {
		return Err(Error::HeaderUnrecognized { missing: "the result" });
	}
	if layout.index(Role::Test).is_none() && layout.index(Role::Code).is_none() {
		return Err(Error::HeaderUnrecognized { missing: "the test" });
	}
	while let Some(row) = rows.next()? {
		let Row::Good { fields, .. } = row else { continue };
		if fields.len() != layout.columns.len() {
			continue;
		}
		for (index, field) in fields.iter().enumerate() {
			match layout.columns[index].role {
				Role::BirthDate | Role::Collected => layout.evidence[index].see_date(field.trim()),
				Role::Value => layout.evidence[index].see_number(field.trim()),
				_ => {},
			}
		}
	}
	context.report.columns = layout.columns.clone();
	drop(rows);

	let mut rows = table.rows()?;
	rows.next()?;
	rows.expect_columns(layout.columns.len());
	let mut table = Table {
		confidence: layout.confidence(false),
		patient_confidence: layout.confidence(true),
		layout,
		seen: HashMap::new(),
		full: false,
		rule,
		name,
		patients: &mut patients.0,
	};
	while let Some(row) = rows.next()? {
		context.report.pieces += 1;
		match row {
			Row::Bad { line, code } => context.diagnose(Place::Line(line), code)?,
			Row::Good { line, fields } => table.row(context, line, &fields)?,
		}
		context.progress(rows.offset());
	}
	Ok(())
}

/// What is known of a patient.
struct Known {
	/// Digest of name and birth date.
	person: [u8; 16],
	/// The item, when its birth date is still missing.
	waiting: Option<Box<Item>>,
}

/// The patients of a file, by their numbers.
#[derive(Default)]
pub(crate) struct Patients(HashMap<String, Known>);

impl Patients {
	/// Gives those whose birth date never came.
	pub(crate) fn finish(self, context: &mut Context<'_>) -> Result<(), Error> {
		let mut waiting: Vec<_> = self.0.into_values().filter_map(|known| known.waiting).collect();
		waiting.sort_by(|a, b| {
			let place = |item: &Item| {
				(item.provenance.location.part.clone(), item.provenance.location.line)
			};
			place(a).cmp(&place(b))
		});
		waiting.into_iter().try_for_each(|item| context.emit(*item))
	}
}

struct Table<'p> {
	layout: Layout,
	/// How sure the mapping of a result is, and that of a patient.
	confidence: Option<u8>,
	patient_confidence: Option<u8>,
	/// Digests of rows and their lines.
	seen: HashMap<[u8; 16], u64>,
	full: bool,
	/// The first part of the names of rules.
	rule: &'static str,
	/// What the ids of results are made of, beside their rows.
	name: String,
	patients: &'p mut HashMap<String, Known>,
}

fn digest(parts: &[&str]) -> [u8; 16] {
	let mut hasher = Sha256::new();
	for part in parts {
		hasher.update((part.len() as u64).to_le_bytes());
		hasher.update(part);
	}
	let mut short = [0; 16];
	short.copy_from_slice(&hasher.finalize()[..16]);
	short
}

fn is_placeholder(text: &str) -> bool {
	let known = ["", "null", "n/a", "na", "none", "nil", "unknown", "unk", "-", "--", "?", "."];
	known.iter().any(|placeholder| text.eq_ignore_ascii_case(placeholder))
}

impl Table<'_> {
	fn place(&self, line: u64, role: Role) -> Place {
		match self.layout.index(role) {
			Some(index) => Place::Cell { line, column: index + 1 },
			None => Place::Line(line),
		}
	}

	fn row(&mut self, context: &mut Context<'_>, line: u64, row: &[String]) -> Result<(), Error> {
		if row.len() != self.layout.columns.len() {
			let code = self.column_fault(row);
			return context.diagnose(Place::Line(line), code);
		}
		if let Some(first) = self.first_line(context, line, row)? {
			let mut diagnostic =
				Diagnostic::new(context.name, Place::Line(line), Code::DuplicateRow);
			diagnostic.related_line = Some(first);
			return context.tell(diagnostic);
		}
		let origin = Provenance {
			source: context.report.source_digest.clone(),
			location: Location { line: Some(line), ..context.location() },
			rule: format!("{}/long", self.rule),
			confidence: self.confidence,
			..Provenance::default()
		};
		let subject = self.patient(context, line, row, &origin)?;
		let id = format!("{}#row:{line}", self.name);
		let id = format!("at-{}", hex::encode(digest(&[&id])));
		let concept = self.concept(context, line, row)?;
		let vital = concept.codes.iter().filter_map(|c| c.code.as_deref()).any(is_vital_sign);
		let ordinary = if vital { Category::Vitals } else { Category::Labs };
		let codes: Vec<_> = concept.codes.iter().collect();
		let category = classify(
			ordinary,
			codes.iter().filter_map(|c| Some((Some(c.system.as_deref()?), c.code.as_deref()?))),
		);
		let mut body = Observation { value: self.value(context, line, row)?, ..Default::default() };
		let range = self.layout.cell(row, Role::ReferenceRange);
		body.reference_ranges.extend(reference_range(range, body.value.as_ref()));
		let flag = self.layout.cell(row, Role::Flag);
		if !flag.is_empty() {
			let flag = Concept { codes: Vec::new(), text: Some(flag.into()) };
			body.interpretation.push(flag);
		}
		let mut item = Item::new(id, category, body, origin);
		item.subject = subject;
		item.concept = Some(concept);
		item.times.at = self.date(context, line, row, Role::Collected, true)?;
		for (index, column) in self.layout.columns.iter().enumerate() {
			let lost_date = column.role == Role::Collected && item.times.at.is_none();
			if (column.role == Role::Extra || lost_date) && !row[index].is_empty() {
				item.extra.insert(self.layout.names[index].clone(), RawJson::string(&row[index]));
			}
		}
		context.emit(item)
	}

	/// Why a row has another number of columns than the header.
	fn column_fault(&self, row: &[String]) -> Code {
		let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
		let one_more = row.len() == self.layout.columns.len() + 1;
		if let (true, Some(value)) = (one_more, self.layout.index(Role::Value)) {
			// "102,7" without quotes: two numbers, and then the unit where it belongs.
			let unit = match self.layout.index(Role::Unit) {
				Some(unit) if unit > value => to_ucum(row[unit + 1].trim()).is_some(),
				_ => true,
			};
			if unit && digits(row[value].trim()) && digits(row[value + 1].trim()) {
				return Code::DecimalCommaUnquoted;
			}
		}
		Code::ColumnCount
	}

	/// The line of an equal row before this one.
	fn first_line(
		&mut self,
		context: &mut Context<'_>,
		line: u64,
		row: &[String],
	) -> Result<Option<u64>, Error> {
		let parts: Vec<&str> = row.iter().map(String::as_str).collect();
		let digest = digest(&parts);
		if let Some(first) = self.seen.get(&digest) {
			return Ok(Some(*first));
		}
		if self.seen.len() < MAX_COMPARED {
			self.seen.insert(digest, line);
		} else if !self.full {
			self.full = true;
			context.diagnose(Place::Line(line), Code::DuplicatesUnchecked)?;
		}
		Ok(None)
	}

	/// The patient of a row; an unknown one becomes an item.
	fn patient(
		&mut self,
		context: &mut Context<'_>,
		line: u64,
		row: &[String],
		origin: &Provenance,
	) -> Result<Option<String>, Error> {
		let number = self.layout.cell(row, Role::PatientId).to_owned();
		let written = self.layout.cell(row, Role::PatientName);
		let birth_text = self.layout.cell(row, Role::BirthDate);
		let birth = self.date(context, line, row, Role::BirthDate, false)?;
		let key = if is_placeholder(&number) {
			if written.is_empty() {
				context.diagnose(self.place(line, Role::PatientId), Code::MissingSubject)?;
				return Ok(None);
			}
			format!("person-{}", hex::encode(digest(&[written, birth_text])))
		} else {
			number.clone()
		};
		let subject = format!("Patient/{key}");
		let person = digest(&[written, birth.as_ref().map_or("", |time| &time.value)]);
		if let Some(known) = self.patients.get_mut(&key) {
			let Some(birth) = birth else { return Ok(Some(subject)) };
			if let Some(mut item) = known.waiting.take() {
				if let salus_mdf::Body::Patient(patient) = &mut item.body {
					patient.birth = Some(birth);
				}
				known.person = person;
				context.emit(*item)?;
			} else if known.person != person {
				let place = self.place(line, Role::PatientId);
				context.diagnose(place, Code::SubjectConflict)?;
			}
			return Ok(Some(subject));
		}
		let mut names = Vec::new();
		if !written.is_empty() {
			let (family, given) = match written.split_once(',') {
				Some((family, given)) => (
					Some(family.trim().to_owned()),
					given.split_whitespace().map(str::to_owned).collect(),
				),
				None => (None, Vec::new()),
			};
			names.push(Name { text: Some(written.into()), family, given, ..Name::default() });
		}
		let sex = self.layout.cell(row, Role::Sex);
		let complete = birth.is_some() || birth_text.is_empty();
		let mut identifiers = Vec::new();
		if !is_placeholder(&number) {
			identifiers.push(Identifier { value: Some(number), ..Identifier::default() });
		}
		let body = Patient {
			identifiers,
			names,
			birth,
			gender: (!sex.is_empty()).then(|| sex.into()),
			..Patient::default()
		};
		let id = format!("{}#patient:{key}", origin.source);
		let id = format!("at-{}", hex::encode(digest(&[&id])));
		let mut item = Item::new(id, Category::Demographics, body, origin.clone());
		item.provenance.rule = format!("{}/patient", self.rule);
		item.provenance.confidence = self.patient_confidence;
		item.subject = Some(subject.clone());
		let waiting = if complete {
			context.emit(item)?;
			None
		} else {
			Some(Box::new(item))
		};
		self.patients.insert(key, Known { person, waiting });
		Ok(Some(subject))
	}

	fn concept(
		&self,
		context: &mut Context<'_>,
		line: u64,
		row: &[String],
	) -> Result<Concept, Error> {
		let test = self.layout.cell(row, Role::Test);
		let code = self.layout.cell(row, Role::Code);
		let mut concept =
			Concept { codes: Vec::new(), text: (!test.is_empty()).then(|| test.into()) };
		if is_placeholder(code) {
			context.diagnose(self.place(line, Role::Code), Code::MissingCode)?;
			return Ok(concept);
		}
		let well_formed = check(CodeSystem::Loinc, code).is_ok();
		if self.layout.loinc && !well_formed {
			context.diagnose(self.place(line, Role::Code), Code::InvalidCode)?;
		}
		let system = (self.layout.loinc && well_formed).then(|| LOINC.to_owned());
		concept.codes.push(Coding { system, code: Some(code.into()), ..Coding::default() });
		Ok(concept)
	}

	fn value(
		&self,
		context: &mut Context<'_>,
		line: u64,
		row: &[String],
	) -> Result<Option<Value>, Error> {
		let text = self.layout.cell(row, Role::Value);
		let unit = self.layout.cell(row, Role::Unit);
		if is_placeholder(text) {
			context.diagnose(self.place(line, Role::Value), Code::MissingValue)?;
			return Ok((!text.is_empty()).then(|| Value::Text(text.into())));
		}
		let (comparator, number) = cell::comparator(text);
		let commas = self
			.layout
			.index(Role::Value)
			.is_some_and(|index| self.layout.evidence[index].decimal_commas());
		let value: Option<Decimal> = if cell::is_comma_number(number) {
			if !commas {
				context.diagnose(self.place(line, Role::Value), Code::DecimalComma)?;
				None
			} else {
				number.replace(',', ".").parse().ok()
			}
		} else {
			number.parse().ok()
		};
		let ucum = to_ucum(unit);
		if !unit.is_empty() && ucum.is_none() {
			context.diagnose(self.place(line, Role::Unit), Code::UnknownUnit)?;
		}
		let unit_text = (!unit.is_empty()).then(|| unit.to_owned());
		let Some(value) = value else {
			if unit.is_empty() {
				return Ok(Some(Value::Text(text.into())));
			}
			// The text keeps its unit.
			return Ok(Some(Value::Text(format!("{text} {unit}"))));
		};
		if unit.is_empty() {
			context.diagnose(self.place(line, Role::Unit), Code::MissingUnit)?;
		}
		Ok(Some(Value::Quantity(
			Quantity {
				value: Some(value),
				comparator: comparator.map(str::to_owned),
				unit: ucum.map(str::to_owned),
				unit_text,
				canonical: None,
			}
			.compared(),
		)))
	}

	fn date(
		&self,
		context: &mut Context<'_>,
		line: u64,
		row: &[String],
		role: Role,
		required: bool,
	) -> Result<Option<Time>, Error> {
		let Some(index) = self.layout.index(role) else { return Ok(None) };
		let text = row[index].trim();
		if text.is_empty() && !required {
			return Ok(None);
		}
		match cell::date(text, self.layout.evidence[index].date_order()) {
			Ok(time) => Ok(Some(time)),
			Err(code) => {
				context.diagnose(self.place(line, role), code)?;
				Ok(None)
			},
		}
	}
}

/// A range as `22-29`, `<200` or `Clear`; its text is kept.
pub(crate) fn reference_range(text: &str, value: Option<&Value>) -> Option<ReferenceRange> {
	if text.is_empty() {
		return None;
	}
	let unit = match value {
		Some(Value::Quantity(quantity)) => quantity.unit.clone(),
		_ => None,
	};
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
