// SPDX-License-Identifier: Apache-2.0
//! Made-up health files: the same seed gives the same bytes.
//!
//! Nobody in them exists. Names, addresses and numbers are invented here.

mod ccda;
mod fhir;
mod hl7;
mod person;
mod table;

pub use ccda::ccda;
pub use fhir::{fhir, fhir_ndjson};
pub use hl7::hl7;
pub use table::csv;

/// What to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
	/// Decides every choice.
	pub seed: u64,
	/// Entries of a bundle, results of a message, rows of a table.
	pub entries: usize,
}

impl Default for Options {
	fn default() -> Self {
		Self { seed: 1, entries: 120 }
	}
}
