// SPDX-License-Identifier: Apache-2.0
//! Sealing and opening hold one chunk in memory, whatever the length of the content.

use salus_crypto::{EnvelopeReader, EnvelopeWriter, SegmentKey};
use std::{
	alloc::{GlobalAlloc, Layout, System},
	io::{self, Read, Seek},
	sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
	unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
		let now = NOW.fetch_add(layout.size(), Relaxed) + layout.size();
		PEAK.fetch_max(now, Relaxed);
		System.alloc(layout)
	}

	unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
		NOW.fetch_sub(layout.size(), Relaxed);
		System.dealloc(at, layout)
	}
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn memory_does_not_grow_with_content() {
	const LEN: u64 = (48 << 20) + 5;
	let key = SegmentKey::from_bytes(&[7; 32]);
	let mut file = tempfile::tempfile().unwrap();
	let before = NOW.load(Relaxed);
	PEAK.store(before, Relaxed);

	// Zeros are the hard case: the reader must not keep them while it cannot tell them from padding.
	let mut writer = EnvelopeWriter::new(&mut file, &key).unwrap();
	io::copy(&mut io::repeat(0).take(LEN), &mut writer).unwrap();
	let (_, summary) = writer.finish().unwrap();
	assert_eq!(summary.plaintext_len, LEN);
	file.rewind().unwrap();
	let mut reader = EnvelopeReader::new(&mut file, &key).unwrap();
	assert_eq!(io::copy(&mut reader, &mut io::sink()).unwrap(), LEN);

	let grown = PEAK.load(Relaxed) - before;
	assert!(grown < 4 << 20, "{grown} bytes at once");
}
