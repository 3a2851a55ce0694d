// SPDX-License-Identifier: Apache-2.0
//! How fast files become items.
#![allow(missing_docs)]

mod inputs;

use divan::{counter::BytesCount, Bencher};

fn main() {
	divan::main();
}

fn load(bencher: Bencher<'_, '_>, bytes: &[u8]) {
	bencher.counter(BytesCount::of_slice(bytes)).bench(|| inputs::map(bytes));
}

fn messages(bencher: Bencher<'_, '_>, work: impl Fn(&[String]) + Sync) {
	let messages = inputs::hl7();
	let bytes = messages.iter().map(String::len).sum::<usize>();
	bencher.counter(BytesCount::new(bytes)).bench(|| work(&messages));
}

#[divan::bench(sample_count = 20)]
fn fhir_bundle(bencher: Bencher<'_, '_>) {
	load(bencher, &inputs::fhir());
}

#[divan::bench(sample_count = 20)]
fn fhir_ndjson(bencher: Bencher<'_, '_>) {
	load(bencher, &inputs::fhir_ndjson());
}

#[divan::bench(sample_count = 20)]
fn baseline_serde_json_value(bencher: Bencher<'_, '_>) {
	let bytes = inputs::fhir_ndjson();
	bencher.counter(BytesCount::of_slice(&bytes)).bench(|| inputs::serde_json_values(&bytes));
}

#[divan::bench(sample_count = 20)]
fn ccda(bencher: Bencher<'_, '_>) {
	load(bencher, &inputs::ccda());
}

#[divan::bench(sample_count = 20)]
fn csv(bencher: Bencher<'_, '_>) {
	load(bencher, &inputs::csv());
}

#[divan::bench(sample_count = 20)]
fn baseline_csv(bencher: Bencher<'_, '_>) {
	let bytes = inputs::csv();
	bencher.counter(BytesCount::of_slice(&bytes)).bench(|| inputs::csv_records(&bytes));
}

#[divan::bench(sample_count = 20)]
fn hl7v2(bencher: Bencher<'_, '_>) {
	load(bencher, inputs::hl7().concat().as_bytes());
}

#[divan::bench(sample_count = 20)]
fn hl7v2_parse(bencher: Bencher<'_, '_>) {
	messages(bencher, inputs::hl7_fields);
}

#[divan::bench(sample_count = 20)]
fn hl7v2_parse_every_leaf(bencher: Bencher<'_, '_>) {
	messages(bencher, |messages| divan::black_box_drop(inputs::hl7_leaves(messages)));
}

#[divan::bench(sample_count = 20)]
fn baseline_hl7_parser(bencher: Bencher<'_, '_>) {
	messages(bencher, inputs::hl7_parser);
}

#[divan::bench(sample_count = 20)]
fn generate_fhir(bencher: Bencher<'_, '_>) {
	let bytes = inputs::fhir().len();
	bencher.counter(BytesCount::new(bytes)).bench(inputs::fhir);
}
