// SPDX-License-Identifier: Apache-2.0
//! Cuts a table into rows (RFC 4180), so that a broken quote costs its own line only.
//!
//! The csv crate follows an open quote to the end of the file; here a row over several lines
//! counts only when its quotes are right and it has as many columns as the header.

use super::RowSource;
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
	Good { line: u64, fields: Vec<String> },
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

	fn line(&mut self) -> Result<Option<(u64, Result<String, Code>)>, Error> {
		if let Some(line) = self.ahead.pop_front() {
			return Ok(Some(line));
		}
		let Some((span, _)) = self.stream.line(&mut self.buffer, MAX_LINE)? else {
			return Ok(None);
		};
		let number = self.next_line;
		self.next_line += 1;
		if span.how != End::Complete {
			return Ok(Some((number, Err(Code::MaxPieceExceeded))));
		}
		let text = match std::str::from_utf8(&self.buffer) {
			Ok(text) => Ok(text.strip_suffix('\r').unwrap_or(text).to_owned()),
			Err(_) => Err(Code::EncodingInvalid),
		};
		Ok(Some((number, text)))
	}

	/// Reads on after an open quote.
	fn join(&mut self, line: u64, mut text: String) -> Result<Row, Error> {
		let mut used = Vec::new();
		let fields = loop {
			if used.len() + 1 >= MAX_LINES || text.len() > MAX_LINE {
				break None;
			}
			let Some((number, next)) = self.line()? else { break None };
			let Ok(next) = next else {
				used.push((number, next));
				break None;
			};
			text.push('\n');
			text.push_str(&next);
			used.push((number, Ok(next)));
			match split(&text, self.delimiter) {
				Split::Open => {},
				Split::Broken => break None,
				Split::Whole(fields) => {
					break (self.columns.is_none_or(|columns| columns == fields.len()))
						.then_some(fields)
				},
			}
		};
		Ok(match fields {
			Some(fields) => Row::Good { line, fields },
			None => {
				// The lines after it are rows of their own.
				used.into_iter().rev().for_each(|line| self.ahead.push_front(line));
				Row::Bad { line, code: Code::BrokenQuote }
			},
		})
	}
}

impl<R: Read> RowSource for Rows<R> {
	fn next(&mut self) -> Result<Option<Row>, Error> {
		loop {
			let Some((line, text)) = self.line()? else { return Ok(None) };
			let text = match text {
				Ok(text) if text.is_empty() => continue,
				Ok(text) => text,
				Err(code) => return Ok(Some(Row::Bad { line, code })),
			};
			return Ok(Some(match split(&text, self.delimiter) {
				Split::Whole(fields) => Row::Good { line, fields },
				Split::Broken => Row::Bad { line, code: Code::BrokenQuote },
				Split::Open => self.join(line, text)?,
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

enum Split {
	Whole(Vec<String>),
	/// A quote is open at the end.
	Open,
	/// A quote stands where none may be.
	Broken,
}

fn split(text: &str, delimiter: u8) -> Split {
	let delimiter = char::from(delimiter);
	let mut fields = Vec::new();
	let mut rest = text;
	loop {
		if let Some(quoted) = rest.strip_prefix('"') {
			let mut field = String::new();
			let mut inside = quoted;
			let after = loop {
				let Some(end) = inside.find('"') else { return Split::Open };
				field.push_str(&inside[..end]);
				let after = &inside[end + 1..];
				let Some(more) = after.strip_prefix('"') else { break after };
				field.push('"');
				inside = more;
			};
			fields.push(field);
			if after.is_empty() {
				return Split::Whole(fields);
			}
			let Some(next) = after.strip_prefix(delimiter) else { return Split::Broken };
			rest = next;
		} else {
			let end = rest.find(delimiter).unwrap_or(rest.len());
			let field = &rest[..end];
			if field.contains('"') {
				return Split::Broken;
			}
			fields.push(field.to_owned());
			if end == rest.len() {
				return Split::Whole(fields);
			}
			rest = &rest[end + 1..];
		}
	}
}

/// The fields of a header line, as well as they can be told.
pub(super) fn split_header(text: &str, delimiter: u8) -> Vec<String> {
	match split(text.trim_end_matches('\r'), delimiter) {
		Split::Whole(fields) => fields,
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
		let mut found = Vec::new();
		while let Some(row) = rows.next().unwrap() {
			found.push(match row {
				Row::Good { line, fields } => Ok((line, fields)),
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
