// SPDX-License-Identifier: Apache-2.0
//! JSON of the source that is kept without being understood.

use crate::Error;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::fmt;

/// A JSON value as it was written: digits of numbers and order of keys are kept.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RawJson(Box<RawValue>);

impl RawJson {
	/// Takes a JSON text without line breaks.
	///
	/// # Errors
	/// [`Error::InvalidRaw`] when the text is no JSON value or breaks the line.
	pub fn new(text: String) -> Result<Self, Error> {
		// A line break would break the segment document, where one line is one item.
		if text.bytes().any(|byte| matches!(byte, b'\n' | b'\r')) {
			return Err(Error::InvalidRaw);
		}
		RawValue::from_string(text).map(Self).map_err(|_| Error::InvalidRaw)
	}

	/// A JSON string with this content.
	pub fn string(content: &str) -> Self {
		// Most texts need no escapes: with room for the two quotes nothing is moved afterwards.
		let mut text = Vec::with_capacity(content.len() + 2);
		let written = serde_json::to_writer(&mut text, content);
		let text = written.ok().and_then(|()| String::from_utf8(text).ok());
		// Infallible: serialising a string into memory cannot fail, and it becomes UTF-8.
		let raw = text.and_then(|text| RawValue::from_string(text).ok());
		Self(raw.unwrap_or_else(|| RawValue::NULL.to_owned()))
	}

	/// The JSON text.
	pub fn get(&self) -> &str {
		self.0.get()
	}
}

impl PartialEq for RawJson {
	fn eq(&self, other: &Self) -> bool {
		self.get() == other.get()
	}
}

impl Eq for RawJson {}

impl fmt::Debug for RawJson {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("RawJson { .. }")
	}
}
