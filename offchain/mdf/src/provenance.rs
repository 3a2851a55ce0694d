// SPDX-License-Identifier: Apache-2.0
//! Where an item came from.

use crate::model::{model, opaque_debug};
use serde::{Deserialize, Serialize};

/// Bytes of the source file, the end excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByteRange {
	/// The first byte.
	pub start: u64,
	/// The byte after the last one.
	pub end: u64,
}

model! {
	/// A place in the source file.
	Location {
		/// The file inside an archive, or the sheet of a workbook.
		part: Option<String>,
		/// JSON pointer (RFC 6901), the path of an XML element, or the tags of a DICOM element.
		pointer: Option<String>,
		/// Line, from 1.
		line: Option<u64>,
		/// Bytes of the file, when it is UTF-8.
		bytes: Option<ByteRange>,
	}
}

/// Where an item came from and which rule made it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
	/// SHA-256 of the source file in lower-case hex.
	pub source: String,
	/// The place in it.
	pub location: Location,
	/// The mapping rule, for example `fhir.r4/Observation`.
	pub rule: String,
	/// How sure the mapping is, in per cent, where it was inferred; absent where nothing was.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub confidence: Option<u8>,
	/// Type of the resource, message or row in the source.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub resource: Option<String>,
	/// Its id in the source.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub resource_id: Option<String>,
	/// Its version in the source.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub version: Option<String>,
	/// The URL by which other items of the source refer to it.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub full_url: Option<String>,
}

opaque_debug!(Provenance);
