// SPDX-License-Identifier: Apache-2.0
//! Made-up files, and the work on them that is measured.
#![allow(dead_code, missing_docs, unreachable_pub)]

use salus_ingest::{
	hl7v2::{Message, Spans},
	ingest, sample, Diagnostic, Options, Sink, SinkError, Source,
};
use salus_mdf::Item;
use std::{hint::black_box, io::Cursor};

/// Takes everything and keeps nothing.
pub struct Null;

impl Sink for Null {
	fn item(&mut self, item: Item) -> Result<(), SinkError> {
		black_box(item);
		Ok(())
	}

	fn lent(&mut self, item: &Item) -> Result<(), SinkError> {
		black_box(item);
		Ok(())
	}

	fn diagnostic(&mut self, diagnostic: Diagnostic) -> Result<(), SinkError> {
		black_box(diagnostic);
		Ok(())
	}
}

/// The whole way: digest, detection, reading, mapping.
pub fn map(bytes: &[u8]) {
	let source = Source { name: "bench".into(), reader: Cursor::new(bytes) };
	ingest(source, &Options::default(), &mut Null).expect("a sample is valid");
}

fn made(
	make: impl Fn(&mut Vec<u8>, &sample::Options) -> std::io::Result<()>,
	entries: usize,
) -> Vec<u8> {
	let mut bytes = Vec::new();
	make(&mut bytes, &sample::Options { seed: 1, entries }).expect("memory");
	bytes
}

pub fn fhir() -> Vec<u8> {
	made(|out, options| sample::fhir(out, options), 5_000)
}

pub fn fhir_ndjson() -> Vec<u8> {
	made(|out, options| sample::fhir_ndjson(out, options), 5_000)
}

pub fn ccda() -> Vec<u8> {
	made(|out, options| sample::ccda(out, options), 2_000)
}

pub fn csv() -> Vec<u8> {
	made(|out, options| sample::csv(out, options), 20_000)
}

/// Result messages of twenty results each.
pub fn hl7() -> Vec<String> {
	let message = |seed| {
		let mut bytes = Vec::new();
		sample::hl7(&mut bytes, &sample::Options { seed, entries: 20 }).expect("memory");
		String::from_utf8(bytes).expect("UTF-8")
	};
	(0..1_000).map(message).collect()
}

/// Every field can be addressed.
pub fn hl7_fields(messages: &[String]) {
	let mut spans = Spans::default();
	for message in messages {
		black_box(Message::parse(message, &mut spans));
	}
}

/// Every field, repetition, component and subcomponent is cut: what the baseline does.
pub fn hl7_leaves(messages: &[String]) -> usize {
	let mut spans = Spans::default();
	let mut length = 0;
	for message in messages {
		let Some(message) = Message::parse(message, &mut spans) else { continue };
		for segment in message.segments() {
			for repetition in segment.fields().flat_map(|field| field.repetitions()) {
				for component in repetition.components() {
					length += component.subcomponents().map(|leaf| leaf.raw().len()).sum::<usize>();
				}
			}
		}
	}
	length
}

/// The baseline: the crate hl7-parser.
pub fn hl7_parser(messages: &[String]) {
	for message in messages {
		black_box(hl7_parser::parse_message(message).expect("a sample is valid"));
	}
}

/// The baseline: serde_json's tree of every line, nothing mapped.
pub fn serde_json_values(bytes: &[u8]) {
	for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
		black_box(serde_json::from_slice::<serde_json::Value>(line).expect("a sample is valid"));
	}
}

/// The baseline: the crate csv, nothing mapped.
pub fn csv_records(bytes: &[u8]) {
	let mut reader = csv::Reader::from_reader(bytes);
	let mut record = csv::ByteRecord::new();
	while reader.read_byte_record(&mut record).expect("a sample is valid") {
		black_box(&record);
	}
}
