// SPDX-License-Identifier: Apache-2.0
//! The fields of one row, which share one text.

use memchr::{memchr, memchr2};

/// The fields of a row. Kept from row to row, so that reading allocates nothing once it has grown.
#[derive(Default)]
pub(crate) struct Fields {
	/// The row as written, and behind it the fields that mean something else than is written.
	text: String,
	/// Where each field begins and ends.
	spans: Vec<(usize, usize)>,
}

/// What cutting a row came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Split {
	Whole,
	/// A quote is open at the end.
	Open,
	/// A quote stands where none may be.
	Broken,
}

impl Fields {
	/// How many there are.
	pub(super) fn len(&self) -> usize {
		self.spans.len()
	}

	/// A field by its place, from 0; empty when it is not there.
	pub(super) fn get(&self, index: usize) -> &str {
		let Some((start, end)) = self.spans.get(index) else { return "" };
		self.text.get(*start..*end).unwrap_or_default()
	}

	pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
		(0..self.spans.len()).map(|index| self.get(index))
	}

	/// Forgets the row.
	pub(crate) fn clear(&mut self) {
		self.text.clear();
		self.spans.clear();
	}

	/// Adds a field.
	pub(crate) fn push(&mut self, field: &str) {
		let start = self.text.len();
		self.text.push_str(field);
		self.spans.push((start, self.text.len()));
	}

	/// The row as written, to be replaced or added to before it is cut.
	pub(super) fn text(&mut self) -> &mut String {
		&mut self.text
	}

	/// Cuts the row as written into its fields.
	pub(super) fn split(&mut self, delimiter: u8) -> Split {
		let Self { text, spans } = self;
		spans.clear();
		let bytes = text.as_bytes();
		// Fields with doubled quotes.
		let mut meant = String::new();
		let mut at = 0;
		loop {
			let rest = bytes.get(at..).unwrap_or_default();
			let end = if rest.first() == Some(&b'"') {
				let start = at + 1;
				let Some((end, doubled)) = closing(bytes, start) else { return Split::Open };
				if doubled {
					let field = text.get(start..end).unwrap_or_default();
					let before = text.len() + meant.len();
					meant.push_str(&field.replace("\"\"", "\""));
					spans.push((before, text.len() + meant.len()));
				} else {
					spans.push((start, end));
				}
				end + 1
			} else {
				let found = memchr2(delimiter, b'"', rest);
				let end = found.map_or(bytes.len(), |found| at + found);
				spans.push((at, end));
				end
			};
			match bytes.get(end) {
				None => break,
				Some(byte) if *byte == delimiter => at = end + 1,
				Some(_) => return Split::Broken,
			}
		}
		text.push_str(&meant);
		Split::Whole
	}
}

/// Where a quoted field ends that begins at `start`, and whether it has doubled quotes.
fn closing(bytes: &[u8], start: usize) -> Option<(usize, bool)> {
	let (mut from, mut doubled) = (start, false);
	loop {
		let quote = from + memchr(b'"', bytes.get(from..)?)?;
		if bytes.get(quote + 1) != Some(&b'"') {
			return Some((quote, doubled));
		}
		doubled = true;
		from = quote + 2;
	}
}
