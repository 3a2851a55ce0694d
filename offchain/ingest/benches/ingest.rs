// SPDX-License-Identifier: Apache-2.0
//! How fast files become items.
#![allow(missing_docs)]

use divan::{counter::BytesCount, Bencher};
use salus_ingest::{ingest, sample, Diagnostic, Options, Sink, SinkError, Source};
use salus_mdf::Item;
use std::io::Cursor;

fn main() {
	divan::main();
}

/// Takes everything and keeps nothing.
struct Null;

impl Sink for Null {
	fn item(&mut self, item: Item) -> Result<(), SinkError> {
		divan::black_box_drop(item);
		Ok(())
	}

	fn diagnostic(&mut self, diagnostic: Diagnostic) -> Result<(), SinkError> {
		divan::black_box_drop(diagnostic);
		Ok(())
	}
}

fn load(bencher: Bencher<'_, '_>, bytes: &[u8]) {
	bencher.counter(BytesCount::of_slice(bytes)).bench(|| {
		let source = Source { name: "bench".into(), reader: Cursor::new(bytes) };
		ingest(source, &Options::default(), &mut Null)
	});
}

fn fhir_bytes() -> Vec<u8> {
	let mut bytes = Vec::new();
	sample::fhir(&mut bytes, &sample::Options { seed: 1, entries: 5_000 }).expect("memory");
	bytes
}

#[divan::bench(sample_count = 20)]
fn fhir_bundle(bencher: Bencher<'_, '_>) {
	load(bencher, &fhir_bytes());
}

#[divan::bench(sample_count = 20)]
fn fhir_ndjson(bencher: Bencher<'_, '_>) {
	let mut bytes = Vec::new();
	sample::fhir_ndjson(&mut bytes, &sample::Options { seed: 1, entries: 5_000 }).expect("memory");
	load(bencher, &bytes);
}

/// The baseline: serde_json's tree of the same bundle, nothing mapped.
#[divan::bench(sample_count = 20)]
fn baseline_serde_json_value(bencher: Bencher<'_, '_>) {
	let bytes = fhir_bytes();
	bencher
		.counter(BytesCount::of_slice(&bytes))
		.bench(|| serde_json::from_slice::<serde_json::Value>(&bytes));
}

#[divan::bench(sample_count = 20)]
fn csv(bencher: Bencher<'_, '_>) {
	let mut bytes = Vec::new();
	sample::csv(&mut bytes, &sample::Options { seed: 1, entries: 20_000 }).expect("memory");
	load(bencher, &bytes);
}

#[divan::bench(sample_count = 20)]
fn generate_fhir(bencher: Bencher<'_, '_>) {
	let bytes = fhir_bytes().len();
	bencher.counter(BytesCount::new(bytes)).bench(fhir_bytes);
}
