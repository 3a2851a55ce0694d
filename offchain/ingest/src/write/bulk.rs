// SPDX-License-Identifier: Apache-2.0
//! FHIR resources as NDJSON, one file for each type: the files of a bulk export (HL7 FHIR Bulk Data
//! Access 2.0, section "Complete Status").

use super::{Error, Writer};
use crate::to_fhir;
use salus_mdf::Item;
use std::{
	collections::BTreeMap,
	fmt,
	io::{self, Write},
};

/// FHIR R4 has 148 types. A source that names more made them up.
const MAX_TYPES: usize = 160;
/// Where resources of a type go that is no name of one.
const UNKNOWN: &str = "Unknown";

/// Writes each resource as a line of `<Type>.ndjson`.
pub struct Bulk<W, F> {
	open: F,
	files: BTreeMap<String, W>,
}

impl<W: Write, F: FnMut(&str) -> io::Result<W>> Bulk<W, F> {
	/// `open` makes a file by its name, once for each.
	pub const fn new(open: F) -> Self {
		Self { open, files: BTreeMap::new() }
	}

	fn file(&mut self, kind: &str) -> io::Result<&mut W> {
		let is_name = kind.len() <= 64
			&& kind.starts_with(|c: char| c.is_ascii_uppercase())
			&& kind.bytes().all(|byte| byte.is_ascii_alphabetic());
		let is_new = !self.files.contains_key(kind);
		let kind =
			if !is_name || (is_new && self.files.len() >= MAX_TYPES) { UNKNOWN } else { kind };
		if !self.files.contains_key(kind) {
			let file = (self.open)(&format!("{kind}.ndjson"))?;
			self.files.insert(kind.to_owned(), file);
		}
		self.files.get_mut(kind).ok_or_else(|| io::ErrorKind::NotFound.into())
	}
}

impl<W: Write, F: FnMut(&str) -> io::Result<W>> Writer for Bulk<W, F> {
	fn item(&mut self, item: &Item) -> Result<(), Error> {
		let Some(resource) = to_fhir(item) else { return Ok(()) };
		let file = self.file(&resource.kind)?;
		file.write_all(resource.json.as_bytes())?;
		Ok(file.write_all(b"\n")?)
	}

	fn finish(&mut self) -> Result<(), Error> {
		Ok(self.files.values_mut().try_for_each(Write::flush)?)
	}
}

impl<W, F> fmt::Debug for Bulk<W, F> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Bulk").field("files", &self.files.keys()).finish_non_exhaustive()
	}
}
