// SPDX-License-Identifier: Apache-2.0
//! What came of each source.

use super::Form;
use crate::{mapping::Mapping, write, Diagnostic, Report, SinkError};
use salus_mdf::quality::Score;
use serde::Serialize;
use std::{io, path::PathBuf};

/// Why a source has no result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
	/// The stable code.
	pub code: &'static str,
	/// What is wrong. It repeats no value of the source.
	pub reason: String,
	/// What to do about it.
	pub fix: &'static str,
}

impl Refusal {
	pub(super) fn new(code: &'static str, reason: impl Into<String>, fix: &'static str) -> Self {
		Self { code, reason: reason.into(), fix }
	}

	pub(super) fn of_io(error: &io::Error) -> Self {
		let (code, fix) = match error.kind() {
			io::ErrorKind::AlreadyExists => {
				("RESULT_EXISTS", "name another place, or ask for replacing")
			},
			io::ErrorKind::NotFound => ("INPUT_NOT_FOUND", "check the path"),
			io::ErrorKind::PermissionDenied => {
				("PERMISSION_DENIED", "check who owns the file and its mode")
			},
			io::ErrorKind::StorageFull => ("DISK_FULL", "free space on that disk"),
			_ => ("CONVERT_IO", "check the disk"),
		};
		Self::new(code, error.to_string(), fix)
	}

	pub(super) fn of_write(error: &write::Error) -> Self {
		match error {
			write::Error::Io { source } => Self::of_io(source),
			error => Self::new(error.code(), error.to_string(), error.fix()),
		}
	}

	pub(super) fn of_ingest(error: crate::Error) -> Self {
		use crate::Error;
		let code = error.code();
		let fix = match &error {
			Error::Sink(SinkError::Failed { source }) => {
				if let Some(error) = source.downcast_ref::<write::Error>() {
					return Self::of_write(error);
				}
				"run it again"
			},
			Error::Io { source } => return Self::of_io(source),
			Error::FormatUnsupported { .. } => "give FHIR R4 JSON, HL7 v2, C-CDA or a table",
			Error::Empty => "check that the file is whole",
			Error::Truncated { .. } => "get the whole file, or ask for what is complete",
			Error::Malformed { .. } => "correct the file at this place",
			Error::MaxSizeExceeded { .. } => "split the file or raise the limit",
			Error::Forbidden { .. } => "take it out of the file",
			Error::LimitExceeded { .. } => "split the file",
			Error::HeaderUnrecognized { .. } => "name the columns in the first line",
			Error::Sink(SinkError::Cancelled) => "run it again",
		};
		Self::new(code, error.to_string(), fix)
	}
}

/// What came of one source.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
	/// The source: its name, and where it lies in the folder that was given.
	pub source: String,
	/// Its result.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub result: Option<PathBuf>,
	/// Why it has none.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub refused: Option<Refusal>,
	/// What it came to.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub report: Option<Report>,
	/// How good its data are.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub quality: Option<Score>,
	/// What came from where, and what was kept raw.
	pub mapping: Mapping,
	/// Names in the mapping beyond those that are listed, as often as they occurred.
	pub unlisted: u64,
	/// What was found at single places; a source of many faults shows the first ones.
	pub diagnostics: Vec<Diagnostic>,
	/// Diagnostics beyond those that are shown.
	pub diagnostics_left_out: u64,
}

impl Outcome {
	pub(super) fn new(source: &str) -> Self {
		Self {
			source: source.to_owned(),
			result: None,
			refused: None,
			report: None,
			quality: None,
			mapping: Mapping::default(),
			unlisted: 0,
			diagnostics: Vec::new(),
			diagnostics_left_out: 0,
		}
	}

	/// Pieces that yielded nothing.
	pub fn rejected(&self) -> u64 {
		self.report.as_ref().map_or(0, |report| report.rejected)
	}
}

/// What came of all sources.
#[derive(Clone, Debug, Serialize)]
pub struct Conversion {
	/// The form of the results.
	pub form: Form,
	/// Whether nothing was to be written.
	pub dry_run: bool,
	/// Each source, in order.
	pub sources: Vec<Outcome>,
}

impl Conversion {
	/// Whether a source, or a piece of one, yielded nothing.
	pub fn has_refused(&self) -> bool {
		self.sources.iter().any(|source| source.refused.is_some() || source.rejected() > 0)
	}
}
