// SPDX-License-Identifier: Apache-2.0
//! From ciphertext in the store to plain text in somebody's hands.

use crate::{Error, Result};
use salus_crypto::{EnvelopeReader, SegmentKey, MAX_DOCUMENT};
use salus_primitives::{Category, ContentId};
use salus_store::ContentStore;
use std::{
	collections::BTreeMap,
	io::{self, Write},
};
use tokio_util::io::SyncIoBridge;

/// Where the plain text of segments goes, as they are read in their order: every document into a file
/// of its own, the ranges of a large one behind each other.
#[derive(Debug, Default)]
pub struct Layout(BTreeMap<Category, Reading>);

/// How far the documents of one category are.
#[derive(Debug, Default)]
struct Reading {
	documents: usize,
	/// The range that can follow.
	next: Option<u16>,
}

/// Where the plain text of a segment goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
	/// The file.
	pub file: String,
	/// Whether the file begins with it. Otherwise it follows what is there.
	pub begins: bool,
}

impl Layout {
	/// Where a range of a document goes. One that does not follow what was read before, because that is
	/// missing, begins a file.
	pub fn place(&mut self, category: Category, range: u16) -> Place {
		let reading = self.0.entry(category).or_default();
		let begins = range == 0 || reading.next != Some(range);
		if begins {
			reading.documents += 1;
		}
		reading.next = range.checked_add(1);
		Place { file: file_name(category, reading.documents), begins }
	}

	/// The last one of this category could not be read: nothing follows it.
	pub fn lost(&mut self, category: Category) {
		self.0.entry(category).or_default().next = None;
	}
}

/// What the file of a category's so-many-th document is called, in plain text.
fn file_name(category: Category, number: usize) -> String {
	let number = if number > 1 { format!("-{number}") } else { String::new() };
	match category {
		Category::Original => format!("original{number}"),
		category => format!("{category}{number}.mdf.jsonl"),
	}
}

/// A sealed document out of the store.
///
/// # Errors
/// When the store does not have it, or it is longer than a document can be.
pub async fn read_document(
	store: &(impl ContentStore + ?Sized),
	id: &ContentId,
) -> Result<Vec<u8>> {
	Ok(store.get(id, None).await?.into_bytes(2 * MAX_DOCUMENT).await?)
}

/// Opens a segment into `out`; how many bytes of plain text it has.
///
/// Bytes reach `out` as they are authenticated, chunk by chunk. When this fails, what `out` got is a
/// true beginning of the segment, but not the segment: throw it away.
///
/// # Errors
/// When the store does not have it, the key is another one, or it was changed or cut.
pub async fn open_segment<W: Write + Send + 'static>(
	store: &(impl ContentStore + ?Sized),
	id: &ContentId,
	key: SegmentKey,
	mut out: W,
) -> Result<(W, u64)> {
	let content = store.get(id, None).await?;
	let source = SyncIoBridge::new(content.into_reader());
	tokio::task::spawn_blocking(move || {
		let mut reader = EnvelopeReader::new(source, &key)?;
		let length = io::copy(&mut reader, &mut out).map_err(|error| match error.downcast() {
			Ok(error) => Error::Crypto(error),
			Err(source) => Error::Output { source },
		})?;
		Ok((out, length))
	})
	.await
	.map_err(|_| Error::Interrupted)?
}

#[cfg(test)]
mod tests {
	use super::*;

	/// The files that these ranges of these categories go to, those that begin one marked.
	fn files(ranges: &[(Category, u16)]) -> Vec<String> {
		let mut layout = Layout::default();
		let places = ranges.iter().map(|(category, range)| layout.place(*category, *range));
		places
			.map(|place| format!("{}{}", if place.begins { "*" } else { "" }, place.file))
			.collect()
	}

	#[test]
	fn ranges_follow_each_other_whatever_is_between_them() {
		use Category::{Labs, Original};
		assert_eq!(
			files(&[(Labs, 0), (Original, 0), (Labs, 1), (Original, 1), (Labs, 0)]),
			["*labs.mdf.jsonl", "*original", "labs.mdf.jsonl", "original", "*labs-2.mdf.jsonl"]
		);
	}

	#[test]
	fn what_follows_nothing_begins_a_file() {
		use Category::Original;
		assert_eq!(
			files(&[(Original, 1), (Original, 2), (Original, 4)]),
			["*original", "original", "*original-2"]
		);
		let mut layout = Layout::default();
		layout.place(Original, 0);
		layout.lost(Original);
		let after = layout.place(Original, 1);
		assert_eq!((after.file.as_str(), after.begins), ("original-2", true));
	}
}
