// SPDX-License-Identifier: Apache-2.0
//! A FHIR R4 bundle of type `collection`, one entry a line.

use super::{full_url::full_url, Error, Writer};
use crate::{json::build::write_text, to_fhir};
use salus_mdf::Item;
use std::io::Write;

/// Writes every item that has a resource as an entry. Versions of one thing stand in the order of
/// the source; the last one counts.
#[derive(Debug)]
pub struct Bundle<W> {
	out: W,
	begun: bool,
}

impl<W: Write> Bundle<W> {
	/// Writes to `out`, which should have a buffer.
	pub const fn new(out: W) -> Self {
		Self { out, begun: false }
	}
}

impl<W: Write> Writer for Bundle<W> {
	fn item(&mut self, item: &Item) -> Result<(), Error> {
		let Some(resource) = to_fhir(item) else { return Ok(()) };
		let before = if self.begun {
			",\n{\"fullUrl\":"
		} else {
			"{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[\n{\"fullUrl\":"
		};
		self.begun = true;
		let mut entry = String::with_capacity(resource.json.len() + 128);
		entry.push_str(before);
		write_text(&full_url(item, &resource), &mut entry);
		entry.push_str(",\"resource\":");
		entry.push_str(&resource.json);
		entry.push('}');
		Ok(self.out.write_all(entry.as_bytes())?)
	}

	fn finish(&mut self) -> Result<(), Error> {
		// FHIR has no empty lists.
		let end: &[u8] = if self.begun {
			b"\n]}\n"
		} else {
			b"{\"resourceType\":\"Bundle\",\"type\":\"collection\"}\n"
		};
		self.out.write_all(end)?;
		Ok(self.out.flush()?)
	}
}
