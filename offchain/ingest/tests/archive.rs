// SPDX-License-Identifier: Apache-2.0
//! Archives: each file in one is read as if it came alone, and none takes more than it may.
#![allow(missing_docs)]

mod common;

use common::{assert_valid, ok, run, run_with, Collect};
use proptest::prelude::*;
use salus_ingest::{sample, Format, Options, Place};
use std::io::{Cursor, Write};
use zip::{write::SimpleFileOptions, CompressionMethod, ZipWriter};

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
	let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
	for (index, (name, bytes)) in entries.iter().enumerate() {
		let method =
			if index % 2 == 0 { CompressionMethod::Deflated } else { CompressionMethod::Stored };
		let options = SimpleFileOptions::default().compression_method(method);
		if name.ends_with('/') {
			writer.add_directory(*name, options).unwrap();
			continue;
		}
		writer.start_file(*name, options).unwrap();
		writer.write_all(bytes).unwrap();
	}
	writer.finish().unwrap().into_inner()
}

fn bundle(seed: u64, entries: usize) -> Vec<u8> {
	let mut bytes = Vec::new();
	sample::fhir(&mut bytes, &sample::Options { seed, entries }).unwrap();
	bytes
}

const TABLE: &[u8] =
	b"Patient ID,Test,LOINC,Value,Unit,Collected\n77,Sodium,2951-2,140,mmol/L,2024-01-15\n";
const DICOM: &[u8] = b"\x08\0\x18\0UI\x06\x001.2.3\0\x10\0\x20\0LO\x02\x0077";

fn places(sink: &Collect) -> Vec<(&'static str, Place)> {
	sink.diagnostics.iter().map(|told| (told.code.as_str(), told.place.clone())).collect()
}

#[test]
fn every_file_is_read_as_if_it_came_alone() {
	let (json, hl7) = (bundle(3, 20), &b"MSH|^~\\&|LAB|H|||2024||ORU^R01|1|P|2.5\rPID|1||77\r"[..]);
	let bytes = archive(&[
		("a/", b""),
		("a/bundle.json", &json),
		("a/b/labs.csv", TABLE),
		("DICOM/00000001", DICOM),
		("m.hl7", hl7),
	]);
	let (report, sink) = ok(&bytes);
	assert_eq!((report.format, report.rejected), (Format::Zip, 0));
	assert_eq!(report.bytes, bytes.len() as u64);
	assert_valid(&sink.items);
	let mut alone = Vec::new();
	let mut told = Vec::new();
	let mut pieces = 0;
	for (name, bytes) in [
		("a/bundle.json", &json[..]),
		("a/b/labs.csv", TABLE),
		("DICOM/00000001", DICOM),
		("m.hl7", hl7),
	] {
		let (report, found) = ok(bytes);
		pieces += report.pieces;
		told.extend(found.codes());
		alone.extend(found.items.into_iter().map(|mut item| {
			item.provenance.location.part = Some(name.into());
			item
		}));
	}
	assert!(sink.items == alone);
	assert_eq!(sink.codes(), told);
	assert_eq!(report.pieces, pieces);
	assert_eq!(report.total_items(), sink.items.len() as u64);
	let formats: Vec<_> = report.parts.iter().map(|part| (part.number, part.format)).collect();
	assert_eq!(
		formats,
		[
			(2, Some(Format::FhirJson)),
			(3, Some(Format::Csv)),
			(4, Some(Format::Dicom)),
			(5, Some(Format::Hl7v2))
		]
	);
	// Names of files are told to nobody but the record itself.
	assert!(sink.diagnostics.iter().all(|told| told.file.starts_with("test#")));
	assert!(!serde_json::to_string(&report).unwrap().contains("labs.csv"));
}

#[test]
fn an_entry_with_more_than_is_held_is_read_twice_and_given_once() {
	let large = bundle(5, 5000);
	let (_, alone) = ok(&large);
	let (report, sink) = ok(&archive(&[("large.json", &large), ("labs.csv", TABLE)]));
	assert!(alone.items.len() > 4096);
	assert_eq!(sink.items.len(), alone.items.len() + 2);
	assert_eq!(report.total_items(), sink.items.len() as u64);
}

#[test]
fn one_broken_entry_leaves_nothing_and_costs_only_itself() {
	let json = bundle(3, 20);
	let cut = json.get(..json.len() - 30).unwrap();
	let inner = archive(&[("labs.csv", TABLE)]);
	let bytes = archive(&[
		("cut.json", cut),
		("viewer.exe", b"MZ\0\0"),
		("inner.zip", &inner),
		("empty", b""),
		("labs.csv", TABLE),
	]);
	let (report, sink) = ok(&bytes);
	assert_eq!(
		places(&sink),
		[
			("ENTRY_UNREADABLE", Place::Entry(1)),
			("ENTRY_UNSUPPORTED", Place::Entry(2)),
			("ENTRY_FORBIDDEN", Place::Entry(3)),
			("ENTRY_EMPTY", Place::Entry(4)),
		]
	);
	assert_eq!((report.rejected, sink.items.len()), (3, 2));
	let errors: Vec<_> = report.parts.iter().map(|part| part.error).collect();
	assert_eq!(
		errors,
		[
			Some("FILE_TRUNCATED"),
			Some("FORMAT_UNSUPPORTED"),
			Some("FILE_FORBIDDEN"),
			Some("FILE_EMPTY"),
			None
		]
	);
}

/// Changes the flags or the content of an archive in both places where they stand.
fn patch(bytes: &mut [u8], from: &[u8], to: &[u8]) {
	let places: Vec<_> = bytes
		.windows(from.len())
		.enumerate()
		.filter(|(_, w)| *w == from)
		.map(|(at, _)| at)
		.collect();
	assert!(!places.is_empty());
	for at in places {
		bytes[at..at + to.len()].copy_from_slice(to);
	}
}

#[test]
fn names_that_lead_out_and_links_are_not_read() {
	for name in ["../labs.csv", "/etc/labs.csv", "a/../../labs.csv", "..\\labs.csv", "C:\\labs.csv"]
	{
		// The writer would clean some of them.
		let plain = "x".repeat(name.len());
		let mut bytes = archive(&[(&plain, TABLE)]);
		patch(&mut bytes, plain.as_bytes(), name.as_bytes());
		let (report, sink) = ok(&bytes);
		assert_eq!(places(&sink), [("ENTRY_NAME", Place::Entry(1))], "{name}");
		assert_eq!((sink.items.len(), report.rejected), (0, 1));
	}
	let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
	writer.add_symlink("labs.csv", "/etc/passwd", SimpleFileOptions::default()).unwrap();
	let (_, sink) = ok(&writer.finish().unwrap().into_inner());
	assert_eq!(sink.codes(), ["ENTRY_LINK"]);
}

#[test]
fn an_encrypted_entry_is_said_and_the_rest_is_read() {
	let mut bytes = archive(&[("secret.csv", TABLE), ("labs.csv", TABLE)]);
	// The flags of the first local header and of the first entry of the directory.
	bytes[6] |= 1;
	let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
	bytes[directory + 8] |= 1;
	let (report, sink) = ok(&bytes);
	assert_eq!(places(&sink), [("ENTRY_ENCRYPTED", Place::Entry(1))]);
	assert_eq!((sink.items.len(), report.rejected), (2, 1));
}

#[test]
fn bombs_do_not_go_off() {
	let zeros = vec![b' '; 64 << 20];
	let bomb = archive(&[("labs.csv", &zeros)]);
	assert!(bomb.len() < 1 << 20);
	let (result, _) = run(&bomb);
	assert_eq!(result.unwrap_err().code(), "FILE_LIMIT_EXCEEDED");
	// One that says that it is small.
	let mut liar = bomb;
	patch(&mut liar, &(64_u32 << 20).to_le_bytes(), &1000_u32.to_le_bytes());
	assert!(run(&liar).0.is_err() || run(&liar).1.items.is_empty());
	// Many that are small each.
	let half = vec![b'x'; 600];
	let many = archive(&[("a", &half), ("b", &half), ("c", &half)]);
	let options = Options { max_bytes: 1700, ..Options::default() };
	let (result, _) = run_with(&many, &options);
	assert_eq!(result.unwrap_err().code(), "FILE_LIMIT_EXCEEDED");
}

#[test]
fn an_archive_that_readers_disagree_about_is_refused() {
	let mut bytes = archive(&[("a.csv", TABLE), ("b.csv", TABLE)]);
	patch(&mut bytes, b"b.csv", b"a.csv");
	let (result, _) = run(&bytes);
	assert_eq!(result.unwrap_err().code(), "FILE_FORBIDDEN");
	let whole = archive(&[("a.csv", TABLE)]);
	let (result, _) = run(whole.get(..whole.len() - 30).unwrap());
	assert_eq!(result.unwrap_err().code(), "FILE_MALFORMED");
	let (report, _) = ok(&archive(&[]));
	assert_eq!(report.total_items(), 0);
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(128))]

	#[test]
	fn a_damaged_archive_never_panics(
		damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
		tail in prop::collection::vec(any::<u8>(), 0..60)
	) {
		let mut bytes = archive(&[("labs.csv", TABLE), ("a/1.dcm", DICOM), ("b.json", b"{\"resourceType\":\"Patient\"}")]);
		for (place, byte) in damage {
			let place = place.index(bytes.len());
			bytes[place] = byte;
		}
		bytes.extend(tail);
		let (result, sink) = run(&bytes);
		if let Ok(report) = result {
			prop_assert_eq!(report.total_items(), sink.items.len() as u64);
		}
	}
}
