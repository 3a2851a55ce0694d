// SPDX-License-Identifier: Apache-2.0
//! Memory does not grow with the file. A binary of its own, so that no other test counts.
#![allow(missing_docs)]

use salus_ingest::{ingest, sample, Diagnostic, Options, Sink, SinkError, Source};
use salus_mdf::Item;
use std::io::{BufWriter, Seek};

struct Drop;

impl Sink for Drop {
	fn item(&mut self, _: Item) -> Result<(), SinkError> {
		Ok(())
	}

	fn diagnostic(&mut self, _: Diagnostic) -> Result<(), SinkError> {
		Ok(())
	}
}

#[test]
#[cfg(target_os = "linux")]
fn a_200_mb_bundle_needs_little_memory() {
	const ENTRIES: usize = 260_000;

	let mut file = tempfile::tempfile().unwrap();
	sample::fhir(BufWriter::new(&mut file), &sample::Options { seed: 9, entries: ENTRIES })
		.unwrap();
	let bytes = file.stream_position().unwrap();
	assert!(bytes > 200_000_000, "the bundle has only {bytes} bytes");
	let source = Source { name: "large".into(), reader: file };
	let report = ingest(source, &Options::default(), &mut Drop).unwrap();
	assert_eq!((report.pieces, report.rejected), (ENTRIES as u64, 0));

	let status = std::fs::read_to_string("/proc/self/status").unwrap();
	let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
	let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
	eprintln!("{} MB of bundle, peak memory {} MB", bytes / 1_000_000, peak / 1024);
	assert!(peak < 60 * 1024, "peak memory {peak} kB");
}
