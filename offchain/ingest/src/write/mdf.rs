// SPDX-License-Identifier: Apache-2.0
//! MDF as NDJSON: one item a line.

use super::{Error, Writer};
use salus_mdf::Item;
use std::io::{self, Write};

/// Writes one item a line in the canonical form: members in the order of the schema, absent ones
/// left out, no space between, names of `extra` sorted. The same items give the same bytes.
#[derive(Debug)]
pub struct Mdf<W> {
	out: W,
}

impl<W: Write> Mdf<W> {
	/// Writes to `out`, which should have a buffer.
	pub const fn new(out: W) -> Self {
		Self { out }
	}
}

impl<W: Write> Writer for Mdf<W> {
	fn item(&mut self, item: &Item) -> Result<(), Error> {
		serde_json::to_writer(&mut self.out, item).map_err(io::Error::from)?;
		Ok(self.out.write_all(b"\n")?)
	}

	fn finish(&mut self) -> Result<(), Error> {
		Ok(self.out.flush()?)
	}
}
