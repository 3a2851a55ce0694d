// SPDX-License-Identifier: Apache-2.0
//! What the columns of a table hold, by their names.

use super::rows::split_header;
use crate::{Column, Role};

const ALIASES: [(Role, &[&str]); 11] = [
	(
		Role::PatientId,
		&[
			"patientid",
			"mrn",
			"patid",
			"patientnumber",
			"patientno",
			"subjectid",
			"pid",
			"medicalrecordnumber",
			"subject",
		],
	),
	(Role::PatientName, &["patientname", "name", "patient", "fullname"]),
	(Role::BirthDate, &["dob", "dateofbirth", "birthdate", "birthday"]),
	(Role::Sex, &["sex", "gender"]),
	(
		Role::Collected,
		&[
			"collected",
			"collectiondate",
			"collectiontime",
			"collectiondatetime",
			"datecollected",
			"collectedat",
			"observationdate",
			"effectivedate",
			"timestamp",
			"datetime",
			"date",
			"resultdate",
			"specimendate",
			"measuredat",
		],
	),
	(
		Role::Test,
		&["test", "testname", "analyte", "component", "observation", "labtest", "description"],
	),
	(Role::Code, &["loinc", "loinccode", "code", "testcode"]),
	(Role::Value, &["value", "result", "resultvalue", "testresult"]),
	(Role::Unit, &["unit", "units", "uom", "unitofmeasure", "resultunit", "resultunits"]),
	(
		Role::ReferenceRange,
		&["referencerange", "refrange", "normalrange", "range", "referenceinterval"],
	),
	(Role::Flag, &["flag", "abnormalflag", "interpretation", "abnormal"]),
];

fn plain(name: &str) -> String {
	name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The role of a column name and how sure it is.
fn role(name: &str) -> (Role, u8) {
	let name = plain(name);
	let exact = |alias: &&str| **alias == *name;
	if let Some((role, _)) = ALIASES.iter().find(|(_, aliases)| aliases.iter().any(exact)) {
		return (*role, 100);
	}
	// Only long aliases inside a longer name say anything.
	let inside = |alias: &&str| alias.len() >= 5 && name.contains(*alias);
	match ALIASES.iter().find(|(_, aliases)| aliases.iter().any(inside)) {
		Some((role, _)) => (*role, 60),
		None => (Role::Extra, 0),
	}
}

/// The roles of all columns, each role given to the surest column; and whether the codes are
/// LOINC.
pub(super) fn roles(header: &[String]) -> (Vec<Column>, bool) {
	let mut columns: Vec<Column> = header
		.iter()
		.enumerate()
		.map(|(index, name)| {
			let (role, confidence) = role(name);
			Column { index: index + 1, role, confidence }
		})
		.collect();
	for index in 0..columns.len() {
		let Column { role, confidence, .. } = columns[index];
		let better = |(other, column): (usize, &Column)| {
			column.role == role
				&& (column.confidence > confidence
					|| (column.confidence == confidence && other < index))
		};
		if role != Role::Extra && columns.iter().enumerate().any(better) {
			columns[index] = Column { index: index + 1, role: Role::Extra, confidence: 0 };
		}
	}
	let loinc = columns
		.iter()
		.any(|c| c.role == Role::Code && plain(&header[c.index - 1]).contains("loinc"));
	(columns, loinc)
}

fn known(header: &str, delimiter: u8) -> (usize, usize) {
	let fields = split_header(header, delimiter);
	let known = fields.iter().filter(|field| role(field).0 != Role::Extra).count();
	(known, fields.len())
}

/// The delimiter under which the header makes most sense.
pub(super) fn delimiter(header: &str) -> u8 {
	let mut best = (b',', (0, 0));
	for delimiter in [b',', b';', b'\t', b'|'] {
		let found = known(header, delimiter);
		if found > best.1 {
			best = (delimiter, found);
		}
	}
	best.0
}

/// Whether a row names columns of results.
pub(crate) fn is_header(fields: &[String]) -> bool {
	let known = fields.iter().filter(|field| role(field).0 != Role::Extra).count();
	fields.len() >= 2 && known >= 2
}

/// Whether a line names columns of results.
pub(crate) fn looks_like_header(line: &str) -> bool {
	let line = line.trim_end_matches('\r');
	let (known, columns) = known(line, delimiter(line));
	columns >= 2 && known >= 2
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn columns_are_known_by_many_names() {
		let header: Vec<String> = split_header(
			"MRN;Date of Birth;Sample Collection Date;Test Name;LOINC Code;Result;UOM;Comment",
			b';',
		);
		let (columns, loinc) = roles(&header);
		let found: Vec<_> = columns.iter().map(|c| (c.role, c.confidence)).collect();
		assert_eq!(
			found,
			[
				(Role::PatientId, 100),
				(Role::BirthDate, 100),
				(Role::Collected, 60),
				(Role::Test, 100),
				(Role::Code, 100),
				(Role::Value, 100),
				(Role::Unit, 100),
				(Role::Extra, 0)
			]
		);
		assert!(loinc);
	}

	#[test]
	fn the_delimiter_is_found() {
		for (delimiter, text) in [(b',', ","), (b';', ";"), (b'\t', "\t"), (b'|', "|")] {
			let header = ["Patient ID", "\"Name, first\"", "Value", "Unit"].join(text);
			assert_eq!(super::delimiter(&header), delimiter);
			assert!(looks_like_header(&header));
		}
		assert!(!looks_like_header("Dear colleague, thank you for the result"));
		assert!(!looks_like_header("x"));
	}
}
