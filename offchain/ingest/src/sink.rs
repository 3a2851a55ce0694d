// SPDX-License-Identifier: Apache-2.0
//! Where items go.

use crate::Diagnostic;
use salus_mdf::Item;

/// Takes what ingestion finds, piece by piece.
///
/// Nothing may be committed before [`ingest`](crate::ingest) returns `Ok`: a file that turns out
/// to be truncated must leave nothing behind.
pub trait Sink {
	/// Takes an item.
	///
	/// # Errors
	/// Ends ingestion with this error.
	fn item(&mut self, item: Item) -> Result<(), SinkError>;

	/// Looks at an item that the caller keeps, and goes on to use for the next one. A sink that
	/// needs no item of its own, because it writes or counts it, spares a copy by doing so here.
	///
	/// # Errors
	/// Ends ingestion with this error.
	fn lent(&mut self, item: &Item) -> Result<(), SinkError> {
		self.item(item.clone())
	}

	/// Takes a diagnostic.
	///
	/// # Errors
	/// Ends ingestion with this error.
	fn diagnostic(&mut self, diagnostic: Diagnostic) -> Result<(), SinkError>;

	/// Hears how many bytes were read of the file in the current pass.
	fn progress(&mut self, bytes_read: u64) {
		let _ = bytes_read;
	}
}

/// Why a sink takes no more.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SinkError {
	/// Somebody stopped the work.
	#[error("cancelled")]
	Cancelled,
	/// The sink itself failed.
	#[error("the sink failed: {source}")]
	Failed {
		/// What went wrong.
		#[from]
		source: Box<dyn std::error::Error + Send + Sync>,
	},
}
