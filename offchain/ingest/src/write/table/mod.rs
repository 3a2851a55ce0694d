// SPDX-License-Identifier: Apache-2.0
//! Items as tables: a CSV file (RFC 4180) for each kind.
//!
//! Columns are for people and spreadsheets. `rest` holds every member of the item that has no
//! column of its own which says all of it, so that a row gives the item back.

mod cell;
mod column;

use super::{Error, Writer};
use cell::guard;
use column::Row;
use salus_mdf::Item;
use serde_json::value::RawValue;
use std::{
	collections::{BTreeMap, HashMap},
	fmt,
	io::{self, Write},
};

/// These say all of a member. `rest` holds the others.
const WHOLE: [&str; 6] = ["id", "category", "subject", "encounter", "status", "withdrawn"];

/// Writes each item as a row of `<kind>.csv`; a part of a panel is a row of its own behind it.
pub struct Tables<W: Write, F> {
	open: F,
	files: HashMap<&'static str, csv::Writer<W>>,
}

impl<W: Write, F: FnMut(&str) -> io::Result<W>> Tables<W, F> {
	/// `open` makes a file by its name, once for each.
	pub fn new(open: F) -> Self {
		Self { open, files: HashMap::new() }
	}

	fn row(&mut self, kind: &'static str, row: Row) -> Result<(), Error> {
		if !self.files.contains_key(kind) {
			let file = (self.open)(&format!("{kind}.csv"))?;
			let mut file =
				csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file);
			file.write_record(row.cells.iter().map(|(name, _)| name)).map_err(io::Error::from)?;
			self.files.insert(kind, file);
		}
		let Some(file) = self.files.get_mut(kind) else { return Ok(()) };
		let cells = row.cells.into_iter().map(|(_, cell)| guard(cell));
		Ok(cells
			.into_iter()
			.try_for_each(|cell| file.write_field(cell))
			.and_then(|()| file.write_record(None::<&[u8]>))
			.map_err(io::Error::from)?)
	}
}

impl<W: Write, F: FnMut(&str) -> io::Result<W>> Writer for Tables<W, F> {
	fn item(&mut self, item: &Item) -> Result<(), Error> {
		for row in column::rows(item, rest(item)?) {
			self.row(item.kind(), row)?;
		}
		Ok(())
	}

	fn finish(&mut self) -> Result<(), Error> {
		Ok(self.files.values_mut().try_for_each(csv::Writer::flush)?)
	}
}

/// The members of the item that no column holds in full, in JSON.
fn rest(item: &Item) -> Result<String, Error> {
	let json = serde_json::to_string(item).map_err(io::Error::from)?;
	let mut members: BTreeMap<&str, &RawValue> =
		serde_json::from_str(&json).map_err(io::Error::from)?;
	// An empty cell is an absent member.
	members.retain(|name, value| !WHOLE.contains(name) || value.get() == "\"\"");
	Ok(serde_json::to_string(&members).map_err(io::Error::from)?)
}

impl<W: Write, F> fmt::Debug for Tables<W, F> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Tables").field("files", &self.files.keys()).finish_non_exhaustive()
	}
}
