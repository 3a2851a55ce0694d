// SPDX-License-Identifier: Apache-2.0
//! Tables: columns by their names, cells by what is in them. A column that is not known is emptied.

use super::MAX_PIECE;
use crate::{
	manifest::{Action, Reason},
	policy::{Dates, Geography},
	zip3, Deidentifier, Error, LeakGate,
};
use std::io::{BufRead, Write};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
	/// A name of a person.
	Name,
	/// A number of a person or record: a random one takes its place.
	Id,
	/// A number that nothing refers to.
	Number,
	Email,
	Address,
	/// A town, county or organisation.
	Place,
	Zip,
	Birth,
	Date,
	Age,
	/// Text that people wrote.
	Text,
	/// A value, code or unit.
	Value,
	Unknown,
}

/// Words in the names of columns; the first that fits decides.
const COLUMNS: &[(Column, &[&str])] = &[
	(Column::Email, &["email", "e-mail", "mail"]),
	(
		Column::Number,
		&[
			"phone",
			"fax",
			"mobile",
			"telephone",
			"ssn",
			"social",
			"license",
			"passport",
			"plate",
			"vin",
			"serial",
			"udi",
			"ip",
			"url",
			"account",
			"insurance",
			"policy",
			"npi",
		],
	),
	(
		Column::Id,
		&[
			"mrn",
			"patientid",
			"patient_id",
			"subject",
			"id",
			"identifier",
			"accession",
			"encounter",
			"visit",
			"order",
			"specimen",
			"key",
			"uuid",
			"member",
		],
	),
	(Column::Birth, &["dob", "birth", "birthdate", "born"]),
	(Column::Age, &["age"]),
	(Column::Zip, &["zip", "postal", "postcode"]),
	(Column::Address, &["address", "street", "addr"]),
	(
		Column::Place,
		&[
			"city",
			"town",
			"county",
			"hospital",
			"facility",
			"clinic",
			"organization",
			"organisation",
			"employer",
			"location",
			"site",
			"ward",
			"department",
			"lab",
			"laboratory",
			"school",
		],
	),
	(
		Column::Value,
		&[
			"test",
			"result",
			"value",
			"unit",
			"units",
			"code",
			"loinc",
			"snomed",
			"icd",
			"sex",
			"gender",
			"status",
			"flag",
			"range",
			"low",
			"high",
			"race",
			"ethnicity",
			"state",
			"country",
			"dose",
			"route",
			"frequency",
			"abnormal",
			"reference",
			"type",
			"category",
			"analyte",
			"component",
			"glucose",
			"hba1c",
			"bmi",
			"weight",
			"height",
		],
	),
	(
		Column::Name,
		&[
			"name",
			"first",
			"last",
			"surname",
			"given",
			"family",
			"middle",
			"provider",
			"physician",
			"doctor",
			"attending",
			"ordering",
			"author",
			"nurse",
			"contact",
			"guarantor",
			"kin",
			"patient",
		],
	),
	(
		Column::Date,
		&[
			"date",
			"time",
			"datetime",
			"timestamp",
			"admitted",
			"discharged",
			"collected",
			"received",
			"reported",
			"start",
			"end",
			"when",
			"day",
		],
	),
	(
		Column::Text,
		&[
			"note",
			"notes",
			"comment",
			"comments",
			"text",
			"description",
			"narrative",
			"history",
			"impression",
			"findings",
			"remarks",
			"reason",
			"diagnosis",
			"medication",
			"drug",
			"problem",
			"procedure",
			"allergy",
		],
	),
];

fn column(header: &str) -> Column {
	let lower = header.to_ascii_lowercase();
	let words: Vec<_> =
		lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
	// "test name" and "result date" are told by their last word, "patient id" by the id.
	let of = |word: &str| {
		COLUMNS.iter().find(|(_, names)| names.contains(&word)).map(|(column, _)| *column)
	};
	let found: Vec<_> = words.iter().filter_map(|word| of(word)).collect();
	let has = |column| found.contains(&column);
	if has(Column::Date) && !has(Column::Birth) {
		return Column::Date;
	}
	if has(Column::Value)
		&& has(Column::Name)
		&& !words.iter().any(|word| {
			matches!(*word, "patient" | "first" | "last" | "provider" | "physician" | "doctor")
		}) {
		return Column::Value;
	}
	COLUMNS.iter().map(|(column, _)| *column).find(|column| has(*column)).unwrap_or(Column::Unknown)
}

/// What stands between the cells: of the marks in use the one that is most frequent in the header.
fn delimiter(source: &mut impl BufRead) -> Result<u8, Error> {
	let start = source.fill_buf()?;
	let header = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
	let count = |mark: u8| header.iter().filter(|byte| **byte == mark).count();
	Ok(*b"|\t;,".iter().max_by_key(|mark| count(**mark)).unwrap_or(&b','))
}

fn reader(source: impl BufRead, delimiter: u8) -> csv::Reader<impl BufRead> {
	csv::ReaderBuilder::new()
		.flexible(true)
		.has_headers(false)
		.delimiter(delimiter)
		.from_reader(source)
}

/// Whether a line is the header of a table: short cells, and most of them columns that are known.
pub(crate) fn is_header(line: &str) -> bool {
	let Ok(delimiter) = delimiter(&mut line.as_bytes()) else { return false };
	let cells: Vec<_> =
		line.trim_end().split(char::from(delimiter)).map(|cell| cell.trim_matches('"')).collect();
	let known = cells.iter().filter(|cell| column(cell) != Column::Unknown).count();
	cells.len() >= 2
		&& known >= 2
		&& known * 2 >= cells.len()
		&& cells.iter().all(|cell| is_short(cell))
}

/// Whether it is no sentence.
fn is_short(header: &str) -> bool {
	header.len() <= 40
		&& header.split_whitespace().count() <= 5
		&& !header.ends_with(['.', '!', '?'])
}

/// Whether the name of a column is nothing but one: of a table without a header it is somebody's data.
fn tells_nobody(job: &mut Deidentifier, gate: &LeakGate, header: &str) -> bool {
	let words = header.replace(|c: char| !c.is_alphanumeric(), " ");
	is_short(header)
		&& [header, &words].into_iter().all(|text| {
			gate.count(text.as_bytes()) == 0 && job.find(text).is_ok_and(|spans| spans.is_empty())
		})
}

pub(super) fn learn(job: &mut Deidentifier, mut source: impl BufRead) -> Result<(), Error> {
	let mut columns = Vec::new();
	let delimiter = delimiter(&mut source)?;
	for (row, record) in reader(source, delimiter).into_records().enumerate() {
		let Ok(record) = record else { continue };
		if row == 0 {
			columns = record.iter().map(column).collect();
			continue;
		}
		for (cell, column) in
			record.iter().zip(&columns).filter(|(cell, _)| !cell.trim().is_empty())
		{
			match column {
				Column::Name => job.identifiers.add_name(cell),
				Column::Id | Column::Number => job.identifiers.add_number(cell),
				Column::Email => job.identifiers.add_email(cell),
				Column::Address => job.identifiers.add_address(cell),
				_ => {},
			}
		}
	}
	Ok(())
}

pub(super) fn transform(
	job: &mut Deidentifier,
	gate: &LeakGate,
	mut source: impl BufRead,
	writer: impl Write,
) -> Result<(), Error> {
	let delimiter = delimiter(&mut source)?;
	let mut writer =
		csv::WriterBuilder::new().flexible(true).delimiter(delimiter).from_writer(writer);
	let mut columns = Vec::new();
	for (row, record) in reader(source, delimiter).into_records().enumerate() {
		let record = match record {
			Ok(record) if record.as_slice().len() <= MAX_PIECE => record,
			Err(error) if error.is_io_error() => {
				return Err(Error::Io { source: std::io::Error::other("the table cannot be read") })
			},
			_ => {
				job.manifest.piece(row as u64 + 1);
				job.manifest.withhold("", Reason::Malformed);
				continue;
			},
		};
		let mut out = Vec::with_capacity(record.len());
		if row == 0 {
			columns = record.iter().map(column).collect();
			for (index, (header, column)) in record.iter().zip(&columns).enumerate() {
				let stays = *column != Column::Unknown && tells_nobody(job, gate, header);
				out.push(if stays { header.to_owned() } else { format!("column {}", index + 1) });
			}
			// A file without a header has people in its first row.
			if columns.iter().all(|column| *column == Column::Unknown) {
				job.manifest.withhold("", Reason::Malformed);
				return Ok(());
			}
		} else {
			job.manifest.piece(row as u64 + 1);
			if record.len() > columns.len() {
				job.manifest.withhold("", Reason::Malformed);
				continue;
			}
			for (cell, column) in record.iter().zip(&columns) {
				out.push(self::cell(job, cell, *column));
			}
			if gate.count(out.join("\n").as_bytes()) > 0 {
				job.manifest.withhold("", Reason::KnownIdentifier);
				continue;
			}
		}
		writer.write_record(&out).map_err(|_| Error::Io {
			source: std::io::Error::other("the table cannot be written"),
		})?;
	}
	writer.flush()?;
	Ok(())
}

fn cell(job: &mut Deidentifier, cell: &str, column: Column) -> String {
	if cell.trim().is_empty() {
		return String::new();
	}
	let (element, action, value) = match column {
		Column::Name => ("name", Action::Removed, String::new()),
		Column::Id => ("id", Action::Replaced, job.map.id(cell.trim())),
		Column::Number => ("number", Action::Removed, String::new()),
		Column::Email => ("email", Action::Removed, String::new()),
		Column::Address => ("address", Action::Removed, String::new()),
		Column::Place if job.policy.geography == Geography::Town => return cell.to_owned(),
		Column::Place => ("place", Action::Removed, String::new()),
		Column::Zip if job.policy.geography == Geography::Town => return cell.to_owned(),
		Column::Zip => ("zip", Action::Generalized, zip3(cell).to_owned()),
		Column::Birth | Column::Date => {
			let year = super::fhir::date(job, cell.trim(), column == Column::Birth);
			if job.policy.dates == Dates::Keep {
				return cell.to_owned();
			}
			("date", Action::Generalized, year.unwrap_or_default())
		},
		Column::Age => {
			let age: String = cell
				.chars()
				.skip_while(|c| !c.is_ascii_digit())
				.take_while(char::is_ascii_digit)
				.collect();
			match age.parse::<u32>() {
				Ok(age) if age < 90 || !job.policy.cap_ages => return age.to_string(),
				Ok(_) => ("age", Action::Generalized, "90+".into()),
				Err(_) => ("age", Action::Removed, String::new()),
			}
		},
		Column::Unknown => ("unknown", Action::Removed, String::new()),
		Column::Text | Column::Value => {
			// Numbers are values; all else may hold anything.
			let number = cell.trim().trim_start_matches(['<', '>', '=', '-', '+']);
			if column == Column::Value && number.len() <= 12 && number.parse::<f64>().is_ok() {
				return cell.to_owned();
			}
			let text = job.text(cell, "text").unwrap_or_default();
			// A program for tables must not take a text for a formula.
			return if text.starts_with(['=', '+', '-', '@']) && text.parse::<f64>().is_err() {
				format!("'{text}")
			} else {
				text
			};
		},
	};
	job.manifest.element(element, action);
	value
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn columns_are_known_by_their_names() {
		for (header, expected) in [
			("Patient Name", Column::Name),
			("MRN", Column::Id),
			("Test Name", Column::Value),
			("Collection Date", Column::Date),
			("date_of_birth", Column::Birth),
			("ZIP code", Column::Zip),
			("favourite colour", Column::Unknown),
			("Comments", Column::Text),
		] {
			assert_eq!(column(header), expected, "{header}");
		}
	}

	#[test]
	fn names_of_columns_stay_unless_they_tell_somebody() {
		let policy = crate::Policy::safe_harbor().expect("reads");
		let mut job = Deidentifier::new(policy).expect("true");
		job.identifiers.add_name("Barnaby Quillfeather");
		let gate = LeakGate::new(&job.identifiers).expect("a gate");
		let mut stays = |header: &str| tells_nobody(&mut job, &gate, header);
		for header in [
			"Patient Name",
			"MRN",
			"date_of_birth",
			"ZIP code",
			"Glucose (mg/dL) result",
			"HbA1c value",
			"ordering_provider",
			"Visit date",
			"Heart rate value",
			"patient.last.name",
		] {
			assert!(stays(header), "{header}");
		}
		for header in [
			"Barnaby_Quillfeather_note",
			"MRN 4459201",
			"Seen 03/14/2024 note",
			"Jo Quillfeather, MRN 4459201, 93 years, takes Lasix",
			"The note was long.",
			"mail jo@example.org",
		] {
			assert!(!stays(header), "{header}");
		}
	}
}
