// SPDX-License-Identifier: Apache-2.0
//! JSON that belongs to a job and to nobody's log.

use std::fmt;

use serde::{de::DeserializeOwned, Serialize};

use crate::{Error, Result};

/// JSON text of a job: its payload, the data of its checkpoint, or its result.
///
/// `Debug` shows the size only.
#[derive(Clone, PartialEq, Eq)]
pub struct JobData {
	part: &'static str,
	json: String,
}

impl JobData {
	/// The largest size in bytes. What is larger belongs into the content store.
	pub const MAX_BYTES: usize = 1 << 20;

	pub(super) const PAYLOAD: &'static str = "payload";
	pub(super) const CHECKPOINT: &'static str = "checkpoint";
	pub(super) const RESULT: &'static str = "result";

	/// Encodes `value`; `part` is for errors.
	pub(super) fn encode(part: &'static str, value: &impl Serialize) -> Result<Self> {
		let json =
			serde_json::to_string(value).map_err(|error| Error::invalid_data(part, &error))?;
		if json.len() > Self::MAX_BYTES {
			return Err(Error::MaxSizeExceeded { part, bytes: json.len(), max: Self::MAX_BYTES });
		}
		Ok(Self { part, json })
	}

	/// What is in a row.
	pub(super) fn stored(part: &'static str, json: String) -> Self {
		Self { part, json }
	}

	/// The JSON text, for the database.
	pub(super) fn as_str(&self) -> &str {
		&self.json
	}

	/// The value that was encoded.
	///
	/// # Errors
	/// [`Error::InvalidData`] when it is not a `T`; the error quotes nothing of it.
	pub fn decode<T: DeserializeOwned>(&self) -> Result<T> {
		serde_json::from_str(&self.json).map_err(|error| Error::invalid_data(self.part, &error))
	}
}

impl fmt::Debug for JobData {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "<{} of {} bytes>", self.part, self.json.len())
	}
}
