// SPDX-License-Identifier: Apache-2.0
//! A segment document: a header line, then one item a line.

use crate::{Error, Item};
use salus_primitives::Category;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Read, Write};

/// The version this crate writes and the newest it reads.
pub const VERSION: &str = "1.0";

/// The longest line a reader takes into memory, in bytes.
pub const MAX_LINE: usize = 64 * 1024 * 1024;

/// Whether a document shows who the patient is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
	/// As received, full times.
	#[default]
	Identified,
	/// Identifiers removed; one timeline per data set.
	DeIdentified,
}

/// The first line of a segment document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
	/// Version of the format, `major.minor`.
	pub mdf: String,
	/// The category of every item.
	pub category: Category,
	/// Whether the document shows who the patient is.
	#[serde(default)]
	pub profile: Profile,
	/// The program that wrote it.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub generator: Option<String>,
}

impl Header {
	/// The header of an identified segment in the current version.
	pub fn new(category: Category) -> Self {
		Self { mdf: VERSION.into(), category, profile: Profile::Identified, generator: None }
	}
}

/// Writes a segment document line by line.
#[derive(Debug)]
pub struct SegmentWriter<W: Write> {
	writer: W,
	category: Category,
	lines: u64,
}

impl<W: Write> SegmentWriter<W> {
	/// Writes the header line.
	///
	/// # Errors
	/// [`Error::Io`] when writing fails.
	pub fn new(mut writer: W, header: &Header) -> Result<Self, Error> {
		write_line(&mut writer, header)?;
		Ok(Self { writer, category: header.category, lines: 1 })
	}

	/// Writes one item.
	///
	/// # Errors
	/// [`Error::CategoryMismatch`] when the item belongs elsewhere, [`Error::Io`] when writing
	/// fails.
	pub fn write(&mut self, item: &Item) -> Result<(), Error> {
		if item.category != self.category {
			return Err(Error::CategoryMismatch {
				line: self.lines + 1,
				expected: self.category,
				found: item.category,
			});
		}
		write_line(&mut self.writer, item)?;
		self.lines += 1;
		Ok(())
	}

	/// How many items were written.
	pub const fn items(&self) -> u64 {
		self.lines - 1
	}

	/// Flushes and gives the writer back.
	///
	/// # Errors
	/// [`Error::Io`] when flushing fails.
	pub fn finish(mut self) -> Result<W, Error> {
		self.writer.flush()?;
		Ok(self.writer)
	}
}

fn write_line<W: Write, T: Serialize>(writer: &mut W, line: &T) -> Result<(), Error> {
	serde_json::to_writer(&mut *writer, line).map_err(std::io::Error::from)?;
	writer.write_all(b"\n")?;
	Ok(())
}

/// Reads a segment document; an iterator over its items.
#[derive(Debug)]
pub struct SegmentReader<R: BufRead> {
	reader: R,
	header: Header,
	line: u64,
	buffer: Vec<u8>,
}

impl<R: BufRead> SegmentReader<R> {
	/// Reads the header line.
	///
	/// # Errors
	/// [`Error::NotMdf`] for another kind of file, [`Error::UnsupportedVersion`] for a newer
	/// version, [`Error::Io`] when reading fails.
	pub fn new(mut reader: R) -> Result<Self, Error> {
		#[derive(Deserialize)]
		struct Version {
			mdf: String,
		}

		let mut buffer = Vec::new();
		read_line(&mut reader, &mut buffer, 1)?;
		// A newer header may have members this version does not know: its version is read first.
		let Version { mdf } = serde_json::from_slice(&buffer).map_err(|_| Error::NotMdf)?;
		if mdf != VERSION {
			return Err(Error::UnsupportedVersion { known: VERSION });
		}
		let header = serde_json::from_slice(&buffer).map_err(|_| Error::NotMdf)?;
		Ok(Self { reader, header, line: 1, buffer })
	}

	/// The header.
	pub const fn header(&self) -> &Header {
		&self.header
	}

	/// Reads the next item.
	///
	/// # Errors
	/// [`Error::InvalidLine`] and [`Error::CategoryMismatch`] for a bad line, after which the next
	/// one can be read; [`Error::Io`] when reading fails.
	pub fn next_item(&mut self) -> Result<Option<Item>, Error> {
		self.line += 1;
		if !read_line(&mut self.reader, &mut self.buffer, self.line)? {
			return Ok(None);
		}
		let item: Item = serde_json::from_slice(&self.buffer)
			.map_err(|error| Error::InvalidLine { line: self.line, column: error.column() })?;
		if item.category != self.header.category {
			return Err(Error::CategoryMismatch {
				line: self.line,
				expected: self.header.category,
				found: item.category,
			});
		}
		Ok(Some(item))
	}
}

impl<R: BufRead> Iterator for SegmentReader<R> {
	type Item = Result<Item, Error>;

	fn next(&mut self) -> Option<Self::Item> {
		self.next_item().transpose()
	}
}

/// Whether there was a line.
fn read_line<R: BufRead>(reader: &mut R, buffer: &mut Vec<u8>, line: u64) -> Result<bool, Error> {
	buffer.clear();
	let read = reader.by_ref().take(MAX_LINE as u64 + 1).read_until(b'\n', buffer)?;
	if read > MAX_LINE {
		return Err(Error::MaxLineExceeded { line, limit: MAX_LINE });
	}
	Ok(read > 0)
}
