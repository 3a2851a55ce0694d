// SPDX-License-Identifier: Apache-2.0
//! What rejects a whole file. No message repeats a value of the file.

use crate::SinkError;
use std::io;

/// Why a file yields nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
	/// The content is of a format that is not read.
	#[error("format is not supported (it looks like {detected})")]
	FormatUnsupported {
		/// What the content looks like.
		detected: &'static str,
	},
	/// The file is empty.
	#[error("the file is empty")]
	Empty,
	/// The file ends in the middle.
	#[error("the file is truncated: it ends at byte {offset} after {pieces} complete pieces")]
	Truncated {
		/// Where it ends.
		offset: u64,
		/// How many pieces were complete.
		pieces: u64,
	},
	/// The file is broken outside of its pieces.
	#[error("the file is broken at byte {offset}")]
	Malformed {
		/// Where.
		offset: u64,
	},
	/// The file is larger than the options allow.
	#[error("the file is larger than {limit} bytes")]
	MaxSizeExceeded {
		/// The limit in bytes.
		limit: u64,
	},
	/// The file has something in it that a health record must not have.
	#[error("the file has {what} at byte {offset}, which is refused")]
	Forbidden {
		/// What.
		what: &'static str,
		/// Where.
		offset: u64,
	},
	/// The file has too much of something.
	#[error("the file has more than {limit} {what} at byte {offset}")]
	LimitExceeded {
		/// Of what.
		what: &'static str,
		/// How much it may have.
		limit: usize,
		/// Where.
		offset: u64,
	},
	/// The header names no column for the results.
	#[error("the header has no column for {missing}")]
	HeaderUnrecognized {
		/// What is missing.
		missing: &'static str,
	},
	/// The sink takes no more.
	#[error(transparent)]
	Sink(#[from] SinkError),
	/// Reading failed.
	#[error("reading failed: {source}")]
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
			Self::FormatUnsupported { .. } => "FORMAT_UNSUPPORTED",
			Self::Empty => "FILE_EMPTY",
			Self::Truncated { .. } => "FILE_TRUNCATED",
			Self::Malformed { .. } => "FILE_MALFORMED",
			Self::MaxSizeExceeded { .. } => "MAX_SIZE_EXCEEDED",
			Self::Forbidden { .. } => "FILE_FORBIDDEN",
			Self::LimitExceeded { .. } => "FILE_LIMIT_EXCEEDED",
			Self::HeaderUnrecognized { .. } => "HEADER_UNRECOGNIZED",
			Self::Sink(SinkError::Cancelled) => "CANCELLED",
			Self::Sink(SinkError::Failed { .. }) => "SINK_FAILED",
			Self::Io { .. } => "INGEST_IO",
		}
	}
}
