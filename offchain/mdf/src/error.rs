// SPDX-License-Identifier: Apache-2.0
//! What can be wrong with a document. No message repeats a value of the document.

use salus_primitives::Category;
use std::io;

/// Why a document or a value was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
	/// A text is not a number of the JSON grammar.
	#[error("not a decimal number")]
	InvalidDecimal,
	/// A text is not an ISO 8601 date or time, or the day does not exist.
	#[error("not a valid date or time")]
	InvalidTime,
	/// A text is not one line of JSON.
	#[error("not a JSON value in one line")]
	InvalidRaw,
	/// The first line is not a segment header.
	#[error("the first line is not an MDF header")]
	NotMdf,
	/// The document was written for a version this reader does not know.
	#[error("MDF version is not supported (known: {known})")]
	UnsupportedVersion {
		/// The newest version this reader knows.
		known: &'static str,
	},
	/// A line is not a valid item.
	#[error("line {line}, column {column}: not a valid item")]
	InvalidLine {
		/// Line number, from 1; the header is line 1.
		line: u64,
		/// Column where reading stopped, from 1.
		column: usize,
	},
	/// An item belongs to another segment.
	#[error("line {line}: item of category {found} in a segment of category {expected}")]
	CategoryMismatch {
		/// Line number, from 1.
		line: u64,
		/// The category of the segment.
		expected: Category,
		/// The category of the item.
		found: Category,
	},
	/// A line is longer than a reader takes into memory.
	#[error("line {line} is longer than {limit} bytes")]
	MaxLineExceeded {
		/// Line number, from 1.
		line: u64,
		/// The limit in bytes.
		limit: usize,
	},
	/// Reading or writing failed.
	#[error("reading or writing failed: {source}")]
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
			Self::InvalidDecimal => "MDF_INVALID_DECIMAL",
			Self::InvalidTime => "MDF_INVALID_TIME",
			Self::InvalidRaw => "MDF_INVALID_RAW",
			Self::NotMdf => "MDF_NOT_MDF",
			Self::UnsupportedVersion { .. } => "MDF_UNSUPPORTED_VERSION",
			Self::InvalidLine { .. } => "MDF_INVALID_LINE",
			Self::CategoryMismatch { .. } => "MDF_CATEGORY_MISMATCH",
			Self::MaxLineExceeded { .. } => "MDF_MAX_LINE_EXCEEDED",
			Self::Io { .. } => "MDF_IO",
		}
	}
}
