// SPDX-License-Identifier: Apache-2.0
//! Tables with one result a row.

mod cell;
mod column;
mod fields;
mod layout;
mod patient;
mod repeated;
mod result;
mod rows;

use crate::{
	load::Context,
	source::{Rewind, Survey},
	Code, Diagnostic, Error, Format, Place, Role,
};
use layout::Layout;
use repeated::Repeated;
use result::{Results, RowIds};
use rows::Rows;
use salus_mdf::{unit::to_ucum, Provenance};

pub(crate) use cell::comparator;
pub(crate) use column::{is_header, looks_like_header};
pub(crate) use fields::Fields;
pub(crate) use patient::Patients;
pub(crate) use result::reference_range;
pub(crate) use rows::Row;

/// Rows one after the other.
pub(crate) trait RowSource {
	/// Reads the next row that is not empty.
	fn next(&mut self, fields: &mut Fields) -> Result<Option<Row>, Error>;
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
	let mut fields = Fields::default();
	let header: Vec<String> = loop {
		match rows.next(&mut fields)? {
			None => return Err(Error::Empty),
			Some(Row::Good { .. }) if fields.iter().all(|f| f.trim().is_empty()) => {},
			Some(Row::Good { .. }) => break fields.iter().map(str::to_owned).collect(),
			Some(Row::Bad { line, .. }) => {
				context.diagnose(Place::Line(line), Code::BrokenQuote)?;
				return Err(Error::HeaderUnrecognized { missing: "anything" });
			},
		}
	};
	rows.expect_columns(header.len());
	let mut layout = Layout::new(header);
	if layout.index(Role::Value).is_none() {
		return Err(Error::HeaderUnrecognized { missing: "the result" });
	}
	if layout.index(Role::Test).is_none() && layout.index(Role::Code).is_none() {
		return Err(Error::HeaderUnrecognized { missing: "the test" });
	}
	while let Some(row) = rows.next(&mut fields)? {
		if matches!(row, Row::Good { .. }) {
			layout.see(&fields);
		}
	}
	context.report.columns = layout.columns.clone();
	drop(rows);

	let mut rows = table.rows()?;
	rows.next(&mut fields)?;
	rows.expect_columns(layout.columns.len());
	let mut table = Table {
		origin: Provenance {
			source: context.report.source_digest.clone(),
			location: context.location(),
			rule: format!("{rule}/long"),
			confidence: layout.confidence(false),
			..Provenance::default()
		},
		patient_rule: format!("{rule}/patient"),
		patient_confidence: layout.confidence(true),
		layout,
		repeated: Repeated::default(),
		ids: RowIds::new(name),
		results: Results::default(),
		settled: patient::Settled::default(),
		patients,
	};
	while let Some(row) = rows.next(&mut fields)? {
		context.report.pieces += 1;
		match row {
			Row::Bad { line, code } => context.diagnose(Place::Line(line), code)?,
			Row::Good { line } => table.row(context, line, &fields)?,
		}
		context.progress(rows.offset());
	}
	Ok(())
}

struct Table<'p> {
	layout: Layout,
	/// Where items come from, but for their lines.
	origin: Provenance,
	/// The rule that makes patients, and how sure it is.
	patient_rule: String,
	patient_confidence: Option<u8>,
	repeated: Repeated,
	ids: RowIds,
	results: Results,
	settled: patient::Settled,
	patients: &'p mut Patients,
}

/// Puts texts into a key, so that others never give the same.
fn write_key<'t>(key: &mut Vec<u8>, texts: impl IntoIterator<Item = &'t str>) {
	key.clear();
	for text in texts {
		key.extend_from_slice(text.as_bytes());
		// No text has this byte.
		key.push(0xFF);
	}
}

fn is_placeholder(text: &str) -> bool {
	let known = ["", "null", "n/a", "na", "none", "nil", "unknown", "unk", "-", "--", "?", "."];
	text.len() <= 7 && known.iter().any(|placeholder| text.eq_ignore_ascii_case(placeholder))
}

impl Table<'_> {
	fn row(&mut self, context: &mut Context<'_>, line: u64, row: &Fields) -> Result<(), Error> {
		if row.len() != self.layout.columns.len() {
			let code = self.column_fault(row);
			return context.diagnose(Place::Line(line), code);
		}
		if let Some(first) = self.repeated.first_line(context, line, row)? {
			let mut diagnostic =
				Diagnostic::new(context.name, Place::Line(line), Code::DuplicateRow);
			diagnostic.related_line = Some(first);
			return context.tell(diagnostic);
		}
		let subject = self.patient(context, line, row)?;
		let Some(test) = self.results.find(&self.layout, row, &self.origin) else {
			return Ok(());
		};
		let subject = subject.as_deref();
		let item = test.read(context, &self.layout, (line, row), subject, &mut self.ids)?;
		context.lend(item)
	}

	/// Why a row has another number of columns than the header.
	fn column_fault(&self, row: &Fields) -> Code {
		let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
		let one_more = row.len() == self.layout.columns.len() + 1;
		if let (true, Some(value)) = (one_more, self.layout.index(Role::Value)) {
			// "102,7" without quotes: two numbers, and then the unit where it belongs.
			let unit = match self.layout.index(Role::Unit) {
				Some(unit) if unit > value => to_ucum(row.get(unit + 1).trim()).is_some(),
				_ => true,
			};
			if unit && digits(row.get(value).trim()) && digits(row.get(value + 1).trim()) {
				return Code::DecimalCommaUnquoted;
			}
		}
		Code::ColumnCount
	}
}
