// SPDX-License-Identifier: Apache-2.0
//! Why items cannot be written. No message repeats a value of an item.

use std::io;

/// Why items cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
	/// A summary is about one patient.
	#[error("the items are about more than one patient; a summary is about one")]
	ManyPatients,
	/// A summary is about a patient.
	#[error("no item names a patient")]
	NoPatient,
	/// Nothing is known of the patient who was asked for.
	#[error("no item is about the patient who was asked for")]
	PatientUnknown,
	/// A document of FHIR says when it was made.
	#[error("the time of writing has no second or no zone")]
	TimeInexact,
	/// Writing failed.
	#[error("writing failed: {source}")]
	Io {
		/// What the system said.
		#[from]
		source: io::Error,
	},
}

impl Error {
	/// The stable code of the error, the same in every interface.
	pub const fn code(&self) -> &'static str {
		match self {
			Self::ManyPatients => "SUMMARY_MANY_PATIENTS",
			Self::NoPatient => "SUMMARY_NO_PATIENT",
			Self::PatientUnknown => "SUMMARY_PATIENT_UNKNOWN",
			Self::TimeInexact => "SUMMARY_TIME_INEXACT",
			Self::Io { .. } => "WRITE_IO",
		}
	}

	/// What to do about it.
	pub const fn fix(&self) -> &'static str {
		match self {
			Self::ManyPatients => "say which patient the summary is about",
			Self::NoPatient => "choose a form that needs no patient",
			Self::PatientUnknown => "check the patient's number",
			Self::TimeInexact => "give a time with seconds and a zone",
			Self::Io { .. } => "check the disk and who may write there",
		}
	}
}
