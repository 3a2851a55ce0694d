// SPDX-License-Identifier: Apache-2.0

use salus_ingest::{ingest as load, Diagnostic, Error, Options, Report, Sink, SinkError, Source};
use salus_mdf::{Header, Item, SegmentReader, SegmentWriter};
use std::io::Cursor;

#[derive(Default)]
struct Collected {
	items: Vec<Item>,
	diagnostics: Vec<Diagnostic>,
}

impl Sink for Collected {
	fn item(&mut self, item: Item) -> Result<(), SinkError> {
		self.items.push(item);
		Ok(())
	}

	fn diagnostic(&mut self, diagnostic: Diagnostic) -> Result<(), SinkError> {
		self.diagnostics.push(diagnostic);
		Ok(())
	}
}

pub(crate) fn ingest(bytes: &[u8]) {
	let (outcome, first) = collect(bytes);
	for item in &first.items {
		survives(item);
	}
	if let Ok(report) = &outcome {
		assert_eq!(report.total_items(), first.items.len() as u64, "the report counts every item");
		assert_eq!(report.bytes, bytes.len() as u64, "every byte was looked at");
	}
	let (again, second) = collect(bytes);
	assert_eq!(first.items, second.items, "the same file gives the same items");
	assert_eq!(first.diagnostics, second.diagnostics, "the same file gives the same diagnostics");
	assert_eq!(outcome.is_ok(), again.is_ok());
}

fn collect(bytes: &[u8]) -> (Result<Report, Error>, Collected) {
	let options = Options { max_bytes: 1 << 20, max_piece: 1 << 16, ..Options::default() };
	let mut sink = Collected::default();
	let source = Source { name: "fuzz".to_owned(), reader: Cursor::new(bytes) };
	(load(source, &options, &mut sink), sink)
}

/// An item goes through a segment document unchanged.
fn survives(item: &Item) {
	let header = Header::new(item.category);
	let mut writer = SegmentWriter::new(Vec::new(), &header).expect("memory takes everything");
	writer.write(item).expect("the category is the item's own");
	let written = writer.finish().expect("memory takes everything");
	let mut reader = SegmentReader::new(written.as_slice()).expect("a written header is read");
	let read = reader.next_item().expect("a written item is read");
	assert_eq!(read.as_ref(), Some(item));
}
