// SPDX-License-Identifier: Apache-2.0
//! What the integration tests share.
#![allow(dead_code, missing_docs, unreachable_pub)]

use salus_ingest::{ingest, Diagnostic, Error, Options, Report, Sink, SinkError, Source};
use salus_mdf::Item;
use std::{io::Cursor, path::PathBuf};

/// Keeps everything.
#[derive(Debug, Default)]
pub struct Collect {
	pub items: Vec<Item>,
	pub diagnostics: Vec<Diagnostic>,
	pub progress: u64,
}

impl Sink for Collect {
	fn item(&mut self, item: Item) -> Result<(), SinkError> {
		self.items.push(item);
		Ok(())
	}

	fn diagnostic(&mut self, diagnostic: Diagnostic) -> Result<(), SinkError> {
		self.diagnostics.push(diagnostic);
		Ok(())
	}

	fn progress(&mut self, bytes_read: u64) {
		self.progress = bytes_read;
	}
}

impl Collect {
	pub fn codes(&self) -> Vec<&'static str> {
		self.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect()
	}
}

pub fn run_with(bytes: &[u8], options: &Options) -> (Result<Report, Error>, Collect) {
	let mut sink = Collect::default();
	let source = Source { name: "test".into(), reader: Cursor::new(bytes) };
	let result = ingest(source, options, &mut sink);
	(result, sink)
}

pub fn run(bytes: &[u8]) -> (Result<Report, Error>, Collect) {
	run_with(bytes, &Options::default())
}

pub fn ok(bytes: &[u8]) -> (Report, Collect) {
	let (result, sink) = run(bytes);
	(result.unwrap(), sink)
}

/// A folder of the public data, or nothing, said loudly.
pub fn data(folder: &str) -> Option<PathBuf> {
	let Some(root) = std::env::var_os("SALUS_DATA") else {
		eprintln!("SKIPPED: SALUS_DATA is not set; the public data in {folder} was not tried");
		return None;
	};
	let path = PathBuf::from(root).join(folder);
	assert!(path.is_dir(), "SALUS_DATA has no folder {folder}");
	Some(path)
}

/// The JSON files of a folder.
pub fn json_files(folder: &PathBuf) -> Vec<(String, Vec<u8>)> {
	let mut files: Vec<_> = std::fs::read_dir(folder)
		.unwrap()
		.map(|entry| entry.unwrap().path())
		.filter(|path| path.extension().is_some_and(|extension| extension == "json"))
		.collect();
	files.sort();
	files
		.into_iter()
		.map(|path| {
			let name = path.file_name().unwrap().to_string_lossy().into_owned();
			(name, std::fs::read(path).unwrap())
		})
		.collect()
}

/// Every item is valid by the schema of the format.
pub fn assert_valid(items: &[Item]) {
	let schema: serde_json::Value = serde_json::from_str(salus_mdf::SCHEMA).unwrap();
	let validator = jsonschema::draft202012::new(&schema).unwrap();
	for item in items {
		let json = serde_json::to_string(item).unwrap();
		let again: Item = serde_json::from_str(&json).unwrap();
		assert!(again == *item, "item does not round trip");
		let json = serde_json::from_str(&json).unwrap();
		assert!(validator.is_valid(&json), "invalid item of {}", item.provenance.rule);
	}
}
