// SPDX-License-Identifier: Apache-2.0
//! Memory does not grow with what is converted. A binary of its own, so that no other test counts.
#![allow(missing_docs)]

use salus_ingest::{
	convert::{convert, Form, Input, Options},
	sample, Options as Limits,
};
use salus_mdf::Time;
use std::{fs::File, io::BufWriter, ops::ControlFlow};

#[test]
#[cfg(target_os = "linux")]
fn an_80_mb_bundle_needs_little_memory_in_every_streaming_form() {
	const ENTRIES: usize = 100_000;

	let folder = tempfile::tempdir().unwrap();
	let source = folder.path().join("large.json");
	let file = BufWriter::new(File::create(&source).unwrap());
	sample::fhir(file, &sample::Options { seed: 9, entries: ENTRIES }).unwrap();
	for form in [Form::Mdf, Form::Fhir, Form::Csv, Form::Ndjson] {
		let options = Options {
			form,
			out: folder.path().join(format!("{form:?}")),
			overwrite: false,
			dry_run: false,
			at: Time::parse("2024-05-06T07:08:09Z").unwrap(),
			patient: None,
			limits: Limits::default(),
		};
		let inputs = vec![Input::Path(source.clone())];
		let done = convert(inputs, &options, &mut |_| ControlFlow::Continue(())).unwrap();
		assert!(!done.has_refused());
	}
	let status = std::fs::read_to_string("/proc/self/status").unwrap();
	let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
	let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
	let bytes = source.metadata().unwrap().len();
	eprintln!("{} MB of bundle, peak memory {} MB", bytes / 1_000_000, peak / 1024);
	assert!(bytes > 75_000_000 && peak < 48 * 1024, "{bytes} bytes, peak memory {peak} kB");
}
