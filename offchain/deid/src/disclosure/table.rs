// SPDX-License-Identifier: Apache-2.0
//! A table as columns of values, each value held once.

use super::DisclosureError;
use std::{
	collections::HashMap,
	io::{BufRead, BufReader, Read},
};

/// How many lines that were left out are listed; all are counted.
pub(super) const MAX_LISTED: usize = 10_000;

/// The values of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
	/// Its name.
	pub name: String,
	pub(super) values: Vec<String>,
	pub(super) codes: Vec<u32>,
}

impl Column {
	/// A column of these values.
	///
	/// # Errors
	/// If there are more rows than can be numbered.
	pub fn new<V: AsRef<str>>(
		name: impl Into<String>,
		values: impl IntoIterator<Item = V>,
	) -> Result<Self, DisclosureError> {
		let mut builder = Builder::default();
		for value in values {
			builder.push(value.as_ref())?;
		}
		Ok(builder.finish(name.into()))
	}

	/// How many rows it has.
	pub fn rows(&self) -> usize {
		self.codes.len()
	}

	/// The value of a row.
	pub fn value(&self, row: usize) -> Option<&str> {
		let code = *self.codes.get(row)?;
		self.values.get(code as usize).map(String::as_str)
	}
}

#[derive(Default)]
struct Builder {
	numbers: HashMap<String, u32>,
	codes: Vec<u32>,
}

impl Builder {
	fn push(&mut self, value: &str) -> Result<(), DisclosureError> {
		if self.codes.len() >= MAX_ROWS {
			return Err(DisclosureError::MaxRowsExceeded { limit: MAX_ROWS });
		}
		let code = match self.numbers.get(value) {
			Some(code) => *code,
			None => {
				let code = self.numbers.len() as u32;
				self.numbers.insert(value.to_owned(), code);
				code
			},
		};
		self.codes.push(code);
		Ok(())
	}

	fn finish(self, name: String) -> Column {
		let mut values = vec![String::new(); self.numbers.len()];
		for (value, code) in self.numbers {
			values[code as usize] = value;
		}
		Column { name, values, codes: self.codes }
	}
}

/// Rows are numbered in 32 bits, and the last number stands for none.
const MAX_ROWS: usize = u32::MAX as usize - 1;

/// Columns of one length.
#[derive(Clone, Debug)]
pub struct Table {
	columns: Vec<Column>,
	/// Lines that have another number of fields than the first or are no UTF-8, the first ten
	/// thousand of them: they are no rows.
	pub left_out: Vec<u64>,
	/// How many there are.
	pub left_out_count: u64,
}

impl Table {
	/// Reads comma-separated values, or semicolon-separated if the first line has a semicolon. The first
	/// line has the names.
	///
	/// # Errors
	/// If there is no first line, or reading fails.
	pub fn from_csv(reader: impl Read) -> Result<Self, DisclosureError> {
		let mut reader = csv_reader(reader, true)?;
		let names = reader.headers().map_err(|_| unreadable(1))?.clone();
		if names.is_empty() {
			return Err(DisclosureError::TableInvalid { line: 1, reason: "it is empty" });
		}
		let mut builders = Vec::new();
		builders.resize_with(names.len(), Builder::default);
		let (mut left_out, mut left_out_count) = (Vec::new(), 0);
		let mut record = csv::ByteRecord::new();
		loop {
			let line = reader.position().line();
			if !reader.read_byte_record(&mut record).map_err(|_| unreadable(line))? {
				break;
			}
			let line = record.position().map_or(line, csv::Position::line);
			let fits = record.len() == names.len();
			let fits = fits && record.iter().all(|field| std::str::from_utf8(field).is_ok());
			if !fits {
				left_out_count += 1;
				if left_out.len() < MAX_LISTED {
					left_out.push(line);
				}
				continue;
			}
			for (builder, field) in builders.iter_mut().zip(&record) {
				builder.push(std::str::from_utf8(field).unwrap_or_default())?;
			}
		}
		let columns = builders.into_iter().zip(&names);
		let columns = columns.map(|(builder, name)| builder.finish(name.to_owned())).collect();
		Ok(Self { columns, left_out, left_out_count })
	}

	/// The column of a name.
	///
	/// # Errors
	/// If there is none.
	pub fn column(&self, name: &str) -> Result<&Column, DisclosureError> {
		self.columns
			.iter()
			.find(|column| column.name == name)
			.ok_or_else(|| DisclosureError::ColumnMissing { column: name.to_owned() })
	}

	/// All of them, in the order of the first line.
	pub fn columns(&self) -> &[Column] {
		&self.columns
	}

	/// How many rows there are.
	pub fn rows(&self) -> usize {
		self.columns.first().map_or(0, Column::rows)
	}
}

fn unreadable(line: u64) -> DisclosureError {
	DisclosureError::TableInvalid { line, reason: "it cannot be read" }
}

/// A reader whose separator is that of the first line.
pub(super) fn csv_reader<R: Read>(
	reader: R,
	has_names: bool,
) -> Result<csv::Reader<BufReader<R>>, DisclosureError> {
	let mut reader = BufReader::with_capacity(1 << 16, reader);
	let start = reader.fill_buf().map_err(|_| unreadable(1))?;
	let first = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
	let delimiter = if first.contains(&b';') { b';' } else { b',' };
	Ok(csv::ReaderBuilder::new()
		.delimiter(delimiter)
		.has_headers(has_names)
		.flexible(true)
		.from_reader(reader))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn lines_of_another_length_are_left_out_and_listed() {
		let table = Table::from_csv(&b"a;b\n1;2\n3\n4;5;6\n7;\xff\n8;9\n"[..]).expect("a table");
		assert_eq!(table.rows(), 2);
		assert_eq!((table.left_out.as_slice(), table.left_out_count), (&[3, 4, 5][..], 3));
		assert_eq!(table.column("b").expect("b").value(1), Some("9"));
		assert_eq!(
			table.column("c").expect_err("no c"),
			DisclosureError::ColumnMissing { column: "c".into() }
		);
	}

	#[test]
	fn a_table_without_names_is_refused() {
		assert_eq!(
			Table::from_csv(&b""[..]).expect_err("nothing"),
			DisclosureError::TableInvalid { line: 1, reason: "it is empty" }
		);
	}

	#[test]
	fn commas_separate_where_no_semicolon_does() {
		let table = Table::from_csv(&b"a,b\n\"1,5\",2\n"[..]).expect("a table");
		assert_eq!(table.columns()[0].value(0), Some("1,5"));
		assert_eq!(table.columns()[0].value(1), None);
	}
}
