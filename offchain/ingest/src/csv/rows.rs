// SPDX-License-Identifier: Apache-2.0
//! Cuts a table into rows (RFC 4180), so that a broken quote costs its own line only.
//!
//! The csv crate follows an open quote to the end of the file; here a row over several lines
//! counts only when its quotes are right and it has as many columns as the header.

use super::{
	fields::{Fields, Split},
	RowSource,
};
use crate::{
	json::stream::{End, Stream},
	Code, Error,
};
use std::{collections::VecDeque, io::Read};

/// The longest line, in bytes.
const MAX_LINE: usize = 1 << 20;
/// A row goes over so many lines at most.
const MAX_LINES: usize = 64;

/// A row of the table.
pub(crate) enum Row {
	/// A row that reads well; its number of columns is not checked.
	Good { line: u64 },
	/// A row that does not.
	Bad { line: u64, code: Code },
}

/// A table that is read once.
pub(super) struct Rows<R> {
	stream: Stream<R>,
	delimiter: u8,
	columns: Option<usize>,
	/// Lines that were looked at and given back.
	ahead: VecDeque<(u64, Result<String, Code>)>,
	next_line: u64,
	buffer: Vec<u8>,
}

impl<R: Read> Rows<R> {
	pub(super) fn new(reader: R, delimiter: u8) -> Self {
		Self {
			stream: Stream::new(reader, 0),
			delimiter,
			columns: None,
			ahead: VecDeque::new(),
			next_line: 1,
			buffer: Vec::new(),
		}
	}

	/// Adds the next line to a text, and gives its number.
	fn line(&mut self, out: &mut String) -> Result<Option<(u64, Result<(), Code>)>, Error> {
		if let Some((number, line)) = self.ahead.pop_front() {
			return Ok(Some((number, line.map(|line| out.push_str(&line)))));
		}
		let Some((span, _)) = self.stream.line(&mut self.buffer, MAX_LINE)? else {
			return Ok(None);
		};
		let number = self.next_line;
		self.next_line += 1;
		if span.how != End::Complete {
			return Ok(Some((number, Err(Code::MaxPieceExceeded))));
		}
		let line = match std::str::from_utf8(&self.buffer) {
			Ok(text) => {
				out.push_str(text.strip_suffix('\r').unwrap_or(text));
				Ok(())
			},
			Err(_) => Err(Code::EncodingInvalid),
		};
		Ok(Some((number, line)))
	}

	/// Reads on after an open quote.
	fn join(&mut self, line: u64, fields: &mut Fields) -> Result<Row, Error> {
		let mut used = Vec::new();
		let whole = loop {
			if used.len() + 1 >= MAX_LINES || fields.text().len() > MAX_LINE {
				break false;
			}
			let mut text = String::new();
			let Some((number, next)) = self.line(&mut text)? else { break false };
			if let Err(code) = next {
				used.push((number, Err(code)));
				break false;
			}
			fields.text().push('\n');
			fields.text().push_str(&text);
			used.push((number, Ok(text)));
			match fields.split(self.delimiter) {
				Split::Open => {},
				Split::Broken => break false,
				Split::Whole => {
					break self.columns.is_none_or(|columns| columns == fields.len());
				},
			}
		};
		Ok(if whole {
			Row::Good { line }
		} else {
			// The lines after it are rows of their own.
			used.into_iter().rev().for_each(|line| self.ahead.push_front(line));
			Row::Bad { line, code: Code::BrokenQuote }
		})
	}
}

impl<R: Read> RowSource for Rows<R> {
	fn next(&mut self, fields: &mut Fields) -> Result<Option<Row>, Error> {
		loop {
			fields.clear();
			let Some((line, read)) = self.line(fields.text())? else { return Ok(None) };
			if let Err(code) = read {
				return Ok(Some(Row::Bad { line, code }));
			}
			if fields.text().is_empty() {
				continue;
			}
			return Ok(Some(match fields.split(self.delimiter) {
				Split::Whole => Row::Good { line },
				Split::Broken => Row::Bad { line, code: Code::BrokenQuote },
				Split::Open => self.join(line, fields)?,
			}));
		}
	}

	fn expect_columns(&mut self, columns: usize) {
		self.columns = Some(columns);
	}

	fn offset(&self) -> u64 {
		self.stream.offset()
	}
}

/// The fields of a header line, as well as they can be told.
pub(super) fn split_header(text: &str, delimiter: u8) -> Vec<String> {
	let mut fields = Fields::default();
	let text = text.trim_end_matches('\r');
	fields.text().push_str(text);
	match fields.split(delimiter) {
		Split::Whole => fields.iter().map(str::to_owned).collect(),
		Split::Open | Split::Broken => text
			.split(char::from(delimiter))
			.map(|field| field.trim_matches('"').to_owned())
			.collect(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn rows(text: &str, columns: usize) -> Vec<Result<(u64, Vec<String>), u64>> {
		let mut rows = Rows::new(text.as_bytes(), b',');
		rows.expect_columns(columns);
		let (mut found, mut fields) = (Vec::new(), Fields::default());
		while let Some(row) = rows.next(&mut fields).unwrap() {
			found.push(match row {
				Row::Good { line } => Ok((line, fields.iter().map(str::to_owned).collect())),
				Row::Bad { line, .. } => Err(line),
			});
		}
		found
	}

	fn good(line: u64, fields: &[&str]) -> Result<(u64, Vec<String>), u64> {
		Ok((line, fields.iter().map(|field| (*field).to_owned()).collect()))
	}

	#[test]
	fn an_open_quote_costs_its_own_line() {
		let text = "a,\"b\nc\"\r\nd,\"open\ne,\"f\"\n\"x\" y,z\ng\"h,i\n\nj,\"k\"\"l\"";
		assert_eq!(
			rows(text, 2),
			[
				good(1, &["a", "b\nc"]),
				Err(3),
				good(4, &["e", "f"]),
				Err(5),
				Err(6),
				good(8, &["j", "k\"l"])
			]
		);
	}

	proptest! {
		#[test]
		fn good_tables_read_as_the_csv_crate_reads_them(
			table in prop::collection::vec(prop::collection::vec("[a-z,\"\n é]{0,6}", 3), 1..8)
		) {
			let mut writer = csv::Writer::from_writer(Vec::new());
			table.iter().for_each(|row| writer.write_record(row).unwrap());
			let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
			let found: Vec<_> =
				rows(&text, 3).into_iter().map(|row| row.unwrap().1).collect();
			prop_assert_eq!(found, table);
		}

		#[test]
		fn no_text_panics(text in "[a,\"\r\n;é]{0,80}") {
			rows(&text, 2);
		}
	}
}
