// SPDX-License-Identifier: Apache-2.0

use salus_mdf::{Error, Item, SegmentReader, SegmentWriter};

pub(crate) fn segment(bytes: &[u8]) {
	let Ok(mut reader) = SegmentReader::new(bytes) else { return };
	let header = reader.header().clone();
	let items = read(&mut reader);
	let mut writer = SegmentWriter::new(Vec::new(), &header).expect("memory takes everything");
	for item in &items {
		writer.write(item).expect("an item that was read belongs to its segment");
	}
	let written = writer.finish().expect("memory takes everything");
	let mut again = SegmentReader::new(written.as_slice()).expect("a written header is read");
	assert_eq!(again.header(), &header);
	assert_eq!(read(&mut again), items, "what was written reads as the same");
}

/// Every good line.
fn read(reader: &mut SegmentReader<&[u8]>) -> Vec<Item> {
	let mut items = Vec::new();
	loop {
		match reader.next_item() {
			Ok(Some(item)) => items.push(item),
			Ok(None) => return items,
			Err(Error::InvalidLine { .. } | Error::CategoryMismatch { .. }) => {},
			Err(error) => panic!("memory does not fail: {error}"),
		}
	}
}
