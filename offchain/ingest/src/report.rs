// SPDX-License-Identifier: Apache-2.0
//! What a file came to.

use crate::{Code, Severity};
use salus_mdf::Category;
use serde::Serialize;
use std::collections::BTreeMap;

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
	/// FHIR R4 in JSON: a bundle, an array or one resource.
	FhirJson,
	/// FHIR R4 in JSON, one resource a line.
	FhirNdjson,
	/// FHIR R4 in XML: a bundle or one resource.
	FhirXml,
	/// C-CDA, or another document of HL7 version 3.
	Ccda,
	/// The export of Apple Health.
	AppleHealth,
	/// A DICOM file.
	Dicom,
	/// A workbook with tables.
	Xlsx,
	/// An archive of files.
	Zip,
	/// A table.
	Csv,
	/// HL7 v2 messages.
	Hl7v2,
}

/// What a column of a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
	/// The patient's number.
	PatientId,
	/// The patient's name.
	PatientName,
	/// The patient's birth date.
	BirthDate,
	/// The patient's sex.
	Sex,
	/// When the specimen was taken or the value measured.
	Collected,
	/// The name of the test.
	Test,
	/// The code of the test.
	Code,
	/// The result.
	Value,
	/// Its unit.
	Unit,
	/// Usual values.
	ReferenceRange,
	/// High, low, ...
	Flag,
	/// Something else, kept as it came.
	Extra,
}

/// How a column of a table was understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
	/// The column, from 1.
	pub index: usize,
	/// What it holds.
	pub role: Role,
	/// How sure that is, in per cent.
	pub confidence: u8,
}

/// What one file of an archive, or one sheet of a workbook, came to. Its name is not told: names of files tell who somebody is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
	/// Its number in the archive or the workbook, from 1.
	pub number: u64,
	/// The format that was found.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub format: Option<Format>,
	/// SHA-256 of the file in lower-case hex.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub source_digest: Option<String>,
	/// Bytes of the file.
	pub bytes: u64,
	/// Items.
	pub items: u64,
	/// Pieces that yield nothing.
	pub rejected: u64,
	/// Why the file yields nothing: a code of [`Error`](crate::Error) or of [`Code`].
	#[serde(skip_serializing_if = "Option::is_none")]
	pub error: Option<&'static str>,
}

impl Part {
	/// A file that yields nothing.
	pub(crate) const fn refused(number: u64, error: &'static str) -> Self {
		Self {
			number,
			format: None,
			source_digest: None,
			bytes: 0,
			items: 0,
			rejected: 1,
			error: Some(error),
		}
	}
}

/// What a file came to: every piece is in the items or in the diagnostics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
	/// The format that was found.
	pub format: Format,
	/// SHA-256 of the file in lower-case hex.
	pub source_digest: String,
	/// Bytes of the file.
	pub bytes: u64,
	/// Resources, rows or messages that were met, the rejected ones included.
	pub pieces: u64,
	/// Pieces that yield nothing.
	pub rejected: u64,
	/// Items by category.
	pub items: BTreeMap<Category, u64>,
	/// Elements of the source that have no place in the model and were kept as they came.
	pub kept_raw: u64,
	/// Diagnostics by severity.
	pub severities: BTreeMap<Severity, u64>,
	/// Diagnostics by code.
	pub codes: BTreeMap<Code, u64>,
	/// How many patients the items are about; those beyond the three-millionth are not counted.
	pub subjects: u64,
	/// How the columns of a table were understood.
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub columns: Vec<Column>,
	/// Where the file ends in the middle, when the options take such a file.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub truncated_at: Option<u64>,
	/// What the files of an archive or the sheets of a workbook came to.
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub parts: Vec<Part>,
}

impl Report {
	/// All items.
	pub fn total_items(&self) -> u64 {
		self.items.values().sum()
	}
}
