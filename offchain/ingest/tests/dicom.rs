// SPDX-License-Identifier: Apache-2.0
//! DICOM files: nothing of a header is lost, and no file takes more time or memory than it may.
#![allow(missing_docs)]

mod common;

use common::{assert_valid, data, ok, run, run_with, Collect};
use dicom_core::{value::Value as DicomValue, Tag, VR};
use dicom_object::{file::ReadPreamble, InMemDicomObject, OpenFileOptions};
use proptest::prelude::*;
use salus_ingest::{Error, Format, Options, Place, Truncation};
use salus_mdf::{Body, Category, Item, Value};
use std::{fs, time::Instant};

const LITTLE: &str = "1.2.840.10008.1.2.1";

/// An element in explicit little endian.
fn element(group: u16, number: u16, vr: &str, value: &[u8]) -> Vec<u8> {
	let mut value = value.to_vec();
	if value.len() % 2 == 1 {
		value.push(if vr == "UI" { 0 } else { b' ' });
	}
	let mut out = [group.to_le_bytes(), number.to_le_bytes()].concat();
	out.extend_from_slice(vr.as_bytes());
	if ["OB", "OW", "SQ", "UN", "UT", "UC", "UR"].contains(&vr) {
		out.extend_from_slice(&[0, 0]);
		out.extend_from_slice(&(value.len() as u32).to_le_bytes());
	} else {
		out.extend_from_slice(&(value.len() as u16).to_le_bytes());
	}
	out.extend_from_slice(&value);
	out
}

fn text(group: u16, number: u16, vr: &str, value: &str) -> Vec<u8> {
	element(group, number, vr, value.as_bytes())
}

/// A sequence; every second one without a length.
fn sequence(group: u16, number: u16, items: &[Vec<u8>]) -> Vec<u8> {
	let mut inner = Vec::new();
	for (index, item) in items.iter().enumerate() {
		inner.extend_from_slice(&[0xFE, 0xFF, 0x00, 0xE0]);
		if index % 2 == 0 {
			inner.extend_from_slice(&(item.len() as u32).to_le_bytes());
			inner.extend_from_slice(item);
		} else {
			inner.extend_from_slice(&[0xFF; 4]);
			inner.extend_from_slice(item);
			inner.extend_from_slice(&[0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0]);
		}
	}
	element(group, number, "SQ", &inner)
}

fn code(value: &str, scheme: &str, meaning: &str) -> Vec<u8> {
	[text(8, 0x100, "SH", value), text(8, 0x102, "SH", scheme), text(8, 0x104, "LO", meaning)]
		.concat()
}

fn meta(syntax: &str) -> Vec<u8> {
	let mut out = vec![0; 128];
	out.extend_from_slice(b"DICM");
	out.extend(text(2, 0x10, "UI", syntax));
	out
}

fn file(elements: &[Vec<u8>]) -> Vec<u8> {
	[meta(LITTLE), elements.concat()].concat()
}

/// A chest picture.
fn picture() -> Vec<Vec<u8>> {
	vec![
		text(8, 0x05, "CS", "ISO_IR 100"),
		text(8, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.2"),
		text(8, 0x18, "UI", "1.2.3.4"),
		text(8, 0x20, "DA", "20240115"),
		text(8, 0x30, "TM", "103059.25"),
		text(8, 0x50, "SH", "A77"),
		text(8, 0x60, "CS", "CT"),
		text(8, 0x90, "PN", "Ref^Erring"),
		text(8, 0x201, "SH", "+0100"),
		text(8, 0x1030, "LO", "Chest"),
		sequence(8, 0x1032, &[code("24627-2", "LN", "CT Chest")]),
		text(8, 0x103E, "LO", "Axial"),
		element(0x10, 0x10, "PN", b"Buc^J\xe9r\xf4me"),
		text(0x10, 0x20, "LO", "77"),
		text(0x10, 0x30, "DA", "19500203"),
		text(0x10, 0x40, "CS", "M"),
		text(0x10, 0x1030, "DS", "70.50"),
		text(0x18, 0x15, "CS", "CHEST"),
		text(0x20, 0x0D, "UI", "1.2.3"),
		text(0x20, 0x0E, "UI", "1.2.3.1"),
		text(0x20, 0x11, "IS", "2"),
		element(0x28, 0x10, "US", &512_u16.to_le_bytes()),
		text(0x29, 0x10, "LO", "MAKER"),
		element(0x29, 0x1001, "UN", &[1, 2, 3, 4]),
		element(0x7FE0, 0x10, "OW", &[7; 100]),
	]
}

fn one<'c>(sink: &'c Collect, rule: &str) -> &'c Item {
	let found: Vec<_> = sink.items.iter().filter(|item| item.provenance.rule == rule).collect();
	let [item] = found[..] else { panic!("not one {rule}") };
	item
}

fn extra(item: &Item, tag: &str) -> serde_json::Value {
	item.extra
		.get(tag)
		.map_or(serde_json::Value::Null, |raw| serde_json::from_str(raw.get()).unwrap())
}

#[test]
fn a_header_becomes_a_study_and_a_patient() {
	let (report, sink) = ok(&file(&picture()));
	assert_eq!((report.format, report.pieces, report.subjects), (Format::Dicom, 1, 1));
	assert!(sink.diagnostics.is_empty(), "{:?}", sink.codes());
	assert_valid(&sink.items);
	let patient = one(&sink, "dicom/patient");
	let Body::Patient(body) = &patient.body else { panic!() };
	assert_eq!(body.names[0].given, ["Jérôme"]);
	assert_eq!(body.identifiers[0].value.as_deref(), Some("77"));
	assert_eq!(body.birth.as_ref().unwrap().value, "1950-02-03");
	assert_eq!(body.gender.as_deref(), Some("male"));
	let study = one(&sink, "dicom/instance");
	assert_eq!(study.category, Category::Imaging);
	assert_eq!(study.subject.as_deref(), Some(&*patient.id));
	assert_eq!(study.times.at.as_ref().unwrap().value, "2024-01-15T10:30:59.25+01:00");
	let Body::ImagingStudy(body) = &study.body else { panic!() };
	assert_eq!(body.identifiers[0].value.as_deref(), Some("urn:oid:1.2.3"));
	assert_eq!(body.identifiers[1].value.as_deref(), Some("A77"));
	assert_eq!(body.modalities[0].code.as_deref(), Some("CT"));
	assert_eq!(body.description.as_deref(), Some("Chest"));
	assert_eq!(body.procedures[0].codes[0].system.as_deref(), Some("http://loinc.org"));
	let series = &body.series[0];
	assert_eq!(series.uid.as_deref(), Some("1.2.3.1"));
	assert_eq!(series.body_site.as_ref().unwrap().code.as_deref(), Some("CHEST"));
	assert_eq!(series.number.as_ref().unwrap().to_string(), "2");
	assert_eq!(extra(study, "00101030")["Value"][0], "70.50");
	assert_eq!(extra(study, "00291001")["InlineBinary"], "AQIDBA==");
	assert_eq!(extra(study, "00280010")["Value"][0], 512);
	assert_eq!(extra(study, "00080090")["Value"][0]["Alphabetic"], "Ref^Erring");
	assert_eq!(extra(study, "7FE00010")["Left"]["bytes"], 100);
	assert_eq!(extra(study, "00020010")["Value"][0], LITTLE);
}

#[test]
fn the_same_instance_has_one_id_however_it_is_written() {
	let with = file(&picture());
	let (_, first) = ok(&with);
	// The same data set without the head of a file.
	let bare = with.get(with.len() - picture().concat().len()..).unwrap();
	let (report, second) = ok(bare);
	assert_eq!(report.format, Format::Dicom);
	let ids = |sink: &Collect| sink.items.iter().map(|item| item.id.clone()).collect::<Vec<_>>();
	assert_eq!(ids(&first), ids(&second));
}

#[test]
fn every_sample_is_read_and_nothing_of_it_is_lost() {
	let Some(folder) = data("dicom") else { return };
	let mut files = 0;
	for entry in fs::read_dir(folder).unwrap() {
		let path = entry.unwrap().path();
		if path.extension().is_none_or(|extension| extension != "dcm") {
			continue;
		}
		let name = path.file_name().unwrap().to_string_lossy().into_owned();
		let bytes = fs::read(&path).unwrap();
		let begun = Instant::now();
		let (result, sink) = run(&bytes);
		let took = begun.elapsed();
		let report = result.unwrap_or_else(|error| panic!("{name}: {error}"));
		assert_eq!((report.format, report.rejected), (Format::Dicom, 0), "{name}");
		assert_valid(&sink.items);
		assert_nothing_lost(&name, &bytes, &sink.items);
		println!("{name}: {took:?}, {:?}", sink.codes());
		files += 1;
	}
	assert_eq!(files, 6);
}

/// Every value that the DICOM crate finds in a file is somewhere in what was made of it.
fn assert_nothing_lost(name: &str, bytes: &[u8], items: &[Item]) {
	let mut kept = String::new();
	for item in items {
		strings(&serde_json::to_value(item).unwrap(), &mut kept);
	}
	let object = OpenFileOptions::new()
		.read_preamble(ReadPreamble::Always)
		.from_reader(bytes)
		.unwrap_or_else(|error| panic!("{name}: {error}"));
	let mut lost = Vec::new();
	leaves(&object, &mut |tag, vr, leaf| {
		let known = match (tag, leaf) {
			(_, "M") => "male",
			(_, "F") => "female",
			(_, "O") => "other",
			(_, "LN") => "http://loinc.org",
			(_, "SCT") => "http://snomed.info/sct",
			(_, "UCUM") => "http://unitsofmeasure.org",
			(_, "DCM") => "http://dicom.nema.org/resources/ontology/DCM",
			(_, leaf) => leaf,
		};
		if !kept.contains(known) && !kept.contains(leaf) {
			lost.push(format!("{name}: {tag} {vr} {leaf:?}"));
		}
	});
	assert!(lost.is_empty(), "{lost:#?}");
}

fn leaves(object: &InMemDicomObject, see: &mut dyn FnMut(Tag, VR, &str)) {
	for element in object.iter() {
		let tag = element.header().tag;
		match element.value() {
			DicomValue::Sequence(items) => items.items().iter().for_each(|item| leaves(item, see)),
			DicomValue::PixelSequence(_) => {},
			DicomValue::Primitive(value) => {
				let vr = element.vr();
				if vr == VR::AT {
					// Shown as (gggg,eeee) there and as ggggeeee here.
					let shown = value.to_multi_str();
					for tag_of in shown.iter() {
						see(tag, vr, &tag_of.replace(['(', ')', ','], ""));
					}
					continue;
				}
				let bytes = value.to_bytes();
				if tag == Tag(0x7FE0, 0x10) || bytes.len() > 64 * 1024 {
					continue;
				}
				if matches!(vr, VR::OB | VR::OW | VR::UN | VR::OF | VR::OD | VR::OL) {
					see(tag, vr, &base64(&bytes));
					continue;
				}
				for part in value.to_multi_str().iter() {
					let part = part.trim_matches([' ', '\0']);
					for part in part.split('=').map(|part| part.trim_end_matches('^')) {
						let number =
							part.parse::<f64>().ok().filter(|_| matches!(vr, VR::FD | VR::FL));
						see(tag, vr, &number.map_or_else(|| part.to_owned(), |n| n.to_string()));
					}
				}
			},
		}
	}
}

fn base64(bytes: &[u8]) -> String {
	const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	let mut out = String::new();
	for chunk in bytes.chunks(3) {
		let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
			<< (8 * (3 - chunk.len()));
		for at in 0..4 {
			let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize];
			out.push(if at <= chunk.len() { char::from(digit) } else { '=' });
		}
	}
	out
}

fn strings(value: &serde_json::Value, out: &mut String) {
	match value {
		serde_json::Value::String(text) => {
			out.push_str(text);
			out.push('\n');
		},
		serde_json::Value::Array(values) => values.iter().for_each(|value| strings(value, out)),
		serde_json::Value::Object(members) => {
			members.iter().for_each(|(name, value)| {
				if name.ends_with("Left") {
					out.push_str(name);
				}
				strings(value, out);
			});
		},
		other => {
			out.push_str(&other.to_string());
			out.push('\n');
		},
	}
}

/// An item of the content of a report.
fn content(kind: &str, name: &[u8], rest: &[Vec<u8>]) -> Vec<u8> {
	let mut item = text(0x40, 0xA010, "CS", "CONTAINS");
	item.extend(text(0x40, 0xA040, "CS", kind));
	item.extend(sequence(0x40, 0xA043, &[name.to_vec()]));
	item.extend(rest.concat());
	item
}

fn structured_report(number: &str) -> Vec<u8> {
	let site = [
		text(0x40, 0xA010, "CS", "HAS CONCEPT MOD"),
		text(0x40, 0xA040, "CS", "CODE"),
		sequence(0x40, 0xA043, &[code("363698007", "SCT", "Finding Site")]),
		sequence(0x40, 0xA168, &[code("80891009", "SCT", "Heart")]),
	]
	.concat();
	let measured = [
		sequence(0x40, 0x08EA, &[code("mm", "UCUM", "millimeter")]),
		text(0x40, 0xA30A, "DS", number),
	]
	.concat();
	let length = content(
		"NUM",
		&code("410668003", "SCT", "Length"),
		&[sequence(0x40, 0xA300, &[measured]), sequence(0x40, 0xA730, &[site])],
	);
	let group = content(
		"CONTAINER",
		&code("125007", "DCM", "Measurement Group"),
		&[sequence(0x40, 0xA730, &[length])],
	);
	let conclusion = content(
		"TEXT",
		&code("121077", "DCM", "Conclusion"),
		&[text(0x40, 0xA160, "UT", "  Nothing new.")],
	);
	file(&[
		text(8, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.88.33"),
		text(8, 0x18, "UI", "1.2.3.5"),
		text(8, 0x20, "DA", "20240115"),
		text(8, 0x23, "DA", "20240116"),
		text(8, 0x60, "CS", "SR"),
		text(0x10, 0x20, "LO", "77"),
		text(0x40, 0xA040, "CS", "CONTAINER"),
		sequence(0x40, 0xA043, &[code("126000", "DCM", "Imaging Measurement Report")]),
		text(0x40, 0xA491, "CS", "COMPLETE"),
		text(0x40, 0xA493, "CS", "VERIFIED"),
		sequence(0x40, 0xA730, &[group, conclusion]),
	])
}

#[test]
fn a_structured_report_gives_its_text_and_its_measurements() {
	let (_, sink) = ok(&structured_report("12.50"));
	assert!(sink.diagnostics.is_empty(), "{:?}", sink.codes());
	assert_valid(&sink.items);
	let report = one(&sink, "dicom/report");
	assert_eq!(report.status.as_deref(), Some("final"));
	assert_eq!(report.concept.as_ref().unwrap().codes[0].code.as_deref(), Some("126000"));
	assert_eq!(report.times.recorded.as_ref().unwrap().value, "2024-01-16");
	assert_eq!(
		report.notes,
		["Measurement Group\n  Length: 12.50 mm\n    Finding Site: Heart\nConclusion:   Nothing new."]
	);
	let measured = one(&sink, "dicom/measurement");
	let Body::Report(body) = &report.body else { panic!() };
	assert_eq!(body.results[0].reference.as_deref(), Some(&*measured.id));
	assert_eq!(body.conclusion.as_deref(), Some("  Nothing new."));
	let Body::Observation(body) = &measured.body else { panic!() };
	let Some(Value::Quantity(quantity)) = &body.value else { panic!() };
	assert_eq!(quantity.value.as_ref().unwrap().to_string(), "12.50");
	assert_eq!(quantity.unit.as_deref(), Some("mm"));
	assert_eq!(body.body_site.as_ref().unwrap().codes[0].code.as_deref(), Some("80891009"));
	assert_eq!(measured.provenance.location.pointer.as_deref(), Some("0040A730[1].0040A730[1]"));
	// A number that is none is said, and its text stays.
	let (_, sink) = ok(&structured_report("twelve"));
	assert_eq!(sink.codes(), ["INVALID_NUMBER"]);
	assert_eq!(sink.diagnostics[0].place, Place::Element("0040A730[1].0040A730[1]".into()));
}

#[test]
fn a_document_in_a_file_is_a_document() {
	let (_, sink) = ok(&file(&[
		text(8, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.104.1"),
		text(8, 0x18, "UI", "1.2.3.6"),
		text(0x10, 0x20, "LO", "77"),
		text(0x42, 0x10, "ST", "Letter"),
		element(0x42, 0x11, "OB", b"%PDF-1"),
		text(0x42, 0x12, "LO", "application/pdf"),
	]));
	let Body::Document(body) = &one(&sink, "dicom/document").body else { panic!() };
	assert_eq!(body.content[0].content_type.as_deref(), Some("application/pdf"));
	assert_eq!(body.content[0].data.as_deref(), Some("JVBERi0x"));
}

#[test]
fn a_directory_is_kept_as_it_came() {
	let record = [text(4, 0x1430, "CS", "PATIENT"), text(0x10, 0x20, "LO", "77")].concat();
	let (report, sink) = ok(&file(&[sequence(4, 0x1220, &[record])]));
	assert_eq!((report.total_items(), report.rejected), (1, 0));
	let directory = one(&sink, "dicom/directory");
	assert_eq!(extra(directory, "00041220")["Value"][0]["00100020"]["Value"][0], "77");
}

#[test]
fn a_sensitive_code_decides_where_an_instance_belongs() {
	let mut elements = picture();
	elements.insert(10, sequence(8, 0x1084, &[code("B20", "I10", "HIV disease")]));
	let (_, sink) = ok(&file(&elements));
	assert_eq!(one(&sink, "dicom/instance").category, Category::Hiv);
}

#[test]
fn what_is_wrong_with_an_element_costs_only_its_meaning() {
	for (broken, codes) in [
		(text(8, 0x21, "DA", "soon"), &["INVALID_DATE"][..]),
		(element(8, 0x80, "LO", b"Caf\xe9"), &["ELEMENT_CHARSET"]),
		(text(8, 0x05, "CS", "KLINGON"), &["CHARSET_UNKNOWN"]),
		(
			// A name that no edition has.
			[&[8, 0, 0x80, 0][..], b"ZZ\0\0", &2_u32.to_le_bytes(), b"ab"].concat(),
			&["VALUE_REPRESENTATION"],
		),
		(
			// An implicit element among explicit ones.
			[&[8, 0, 0x80, 0][..], &2_u32.to_le_bytes(), b"ab"].concat(),
			&["VALUE_REPRESENTATION"],
		),
	] {
		let bytes = file(&[text(8, 0x18, "UI", "1.2.3"), broken, text(0x10, 0x20, "LO", "77")]);
		let (report, sink) = ok(&bytes);
		assert_eq!((sink.codes(), report.rejected), (codes.to_vec(), 0));
		assert_eq!(sink.items.len(), 2);
	}
	let (_, sink) = ok(&file(&[text(8, 0x18, "UI", "1.2.3")]));
	assert_eq!(sink.codes(), ["MISSING_SUBJECT"]);
	let (_, sink) = ok(&[file(&picture()), vec![0; 512]].concat());
	assert_eq!(sink.codes(), ["TRAILING_PADDING"]);
	let (_, sink) = ok(&[file(&picture()), vec![0; 512], vec![1]].concat());
	assert_eq!(sink.codes(), ["TRAILING_BYTES"]);
}

#[test]
fn elements_are_read_as_they_are_written() {
	// Implicit little endian under a name that says explicit, and the other way round.
	let implicit = [
		&[8, 0, 0x60, 0][..],
		&2_u32.to_le_bytes(),
		b"CT",
		&[0x10, 0, 0x20, 0],
		&2_u32.to_le_bytes(),
		b"77",
	]
	.concat();
	for (syntax, body) in [
		(LITTLE, implicit.clone()),
		("1.2.840.10008.1.2", picture().concat()),
		("1.2.840.10008.1.2.2", picture().concat()),
	] {
		let (_, sink) = ok(&[meta(syntax), body].concat());
		assert_eq!(sink.codes(), ["TRANSFER_SYNTAX_MISMATCH"]);
	}
	let (_, sink) = ok(&[meta("1.2.840.10008.1.2"), implicit].concat());
	let Body::ImagingStudy(body) = &one(&sink, "dicom/instance").body else { panic!() };
	assert_eq!(body.modalities[0].code.as_deref(), Some("CT"));
	// Big endian numbers are the same numbers.
	let big = [
		&[0, 8, 0, 0x60][..],
		b"CS",
		&2_u16.to_be_bytes(),
		b"CT",
		&[0, 0x28, 0, 0x10],
		b"US",
		&2_u16.to_be_bytes(),
		&512_u16.to_be_bytes(),
	]
	.concat();
	let (_, sink) = ok(&[meta("1.2.840.10008.1.2.2"), big].concat());
	assert_eq!(extra(one(&sink, "dicom/instance"), "00280010")["Value"][0], 512);
}

#[test]
fn a_sequence_of_an_unknown_sender_is_read() {
	// UN without a length: implicit little endian inside (PS3.5, section 6.2.2).
	let mut unknown = vec![0x09, 0, 0x01, 0x10];
	unknown.extend_from_slice(b"UN\0\0\xff\xff\xff\xff");
	unknown.extend_from_slice(&[0xFE, 0xFF, 0, 0xE0, 10, 0, 0, 0]);
	unknown.extend_from_slice(&[8, 0, 0x60, 0, 2, 0, 0, 0, b'M', b'R']);
	unknown.extend_from_slice(&[0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
	let (_, sink) = ok(&file(&[text(8, 0x18, "UI", "1.2"), unknown, text(0x10, 0x20, "LO", "7")]));
	let raw = extra(one(&sink, "dicom/instance"), "00091001");
	assert_eq!(raw["Value"][0]["00080060"]["Value"][0], "MR");
}

#[test]
fn a_deflated_data_set_is_inflated_and_no_bomb_goes_off() {
	use std::io::Write;
	let deflate = |bytes: &[u8]| {
		let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
		let options = zip::write::SimpleFileOptions::default();
		archive.start_file("a", options).unwrap();
		archive.write_all(bytes).unwrap();
		let whole = archive.finish().unwrap().into_inner();
		let mut reader = zip::ZipArchive::new(std::io::Cursor::new(whole.clone())).unwrap();
		let entry = reader.by_index(0).unwrap();
		let start = entry.data_start().unwrap() as usize;
		whole[start..start + entry.compressed_size() as usize].to_vec()
	};
	const DEFLATED: &str = "1.2.840.10008.1.2.1.99";
	let (_, plain) = ok(&file(&picture()));
	let bytes = [meta(DEFLATED), deflate(&picture().concat()), vec![0]].concat();
	let (_, sink) = ok(&bytes);
	assert!(sink.diagnostics.is_empty(), "{:?}", sink.codes());
	assert_eq!(one(&sink, "dicom/instance").body, one(&plain, "dicom/instance").body);

	let bomb = [meta(DEFLATED), deflate(&element(0x7FE0, 0x10, "OB", &vec![0; 64 << 20]))].concat();
	let (result, _) = run(&bomb);
	assert_eq!(result.unwrap_err().code(), "FILE_LIMIT_EXCEEDED");
	let mut damaged = bytes;
	damaged.truncate(200);
	assert!(run(&damaged).0.is_err());
}

#[test]
fn hostile_files_are_refused_at_once() {
	let nested = |levels: usize| {
		let mut out = Vec::new();
		for _ in 0..levels {
			out.extend_from_slice(&[0x40, 0, 0x30, 0xA7]);
			out.extend_from_slice(b"SQ\0\0\xff\xff\xff\xff");
			out.extend_from_slice(&[0xFE, 0xFF, 0, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]);
		}
		out
	};
	let giant =
		|vr: &[u8]| [&[8, 0, 0x80, 0][..], vr, &[0, 0], &0x7FFF_FFFF_u32.to_le_bytes()].concat();
	let endless = [&[9, 0, 1, 0x10][..], b"UN\0\0\xff\xff\xff\xff"].concat();
	let items = [0xFE, 0xFF, 0, 0xE0, 0, 0, 0, 0].repeat(1_200_000);
	for (what, body, expected) in [
		("deep", nested(5000), "FILE_LIMIT_EXCEEDED"),
		("not deep, and cut off", nested(10), "FILE_TRUNCATED"),
		("a giant text", giant(b"UT"), "FILE_TRUNCATED"),
		("giant bytes", giant(b"OB"), "FILE_TRUNCATED"),
		("an endless sequence", endless.clone(), "FILE_TRUNCATED"),
		("an endless sequence of items", [endless, items].concat(), "FILE_LIMIT_EXCEEDED"),
		("half an element", vec![8, 0, 0x80], "FILE_TRUNCATED"),
		("an item alone", vec![0xFE, 0xFF, 0, 0xE0, 4, 0, 0, 0], "FILE_MALFORMED"),
		("too much text", text(8, 0x80, "LO", "a").repeat(600_000), "FILE_LIMIT_EXCEEDED"),
	] {
		let begun = Instant::now();
		let (result, sink) = run(&file(&[text(8, 0x18, "UI", "1.2"), body]));
		let error = result.map(|_| what).unwrap_err();
		assert_eq!(error.code(), expected, "{what}: {error}");
		assert!(sink.items.is_empty(), "{what}");
		assert!(begun.elapsed().as_secs() < 20, "{what}");
	}
}

#[test]
fn a_file_that_is_cut_off_says_where_and_what_was_read() {
	let whole = file(&picture());
	let cut = whole.get(..whole.len() - 40).unwrap();
	let (result, sink) = run(cut);
	assert!(matches!(result, Err(Error::Truncated { .. })));
	assert_eq!(sink.diagnostics[0].place, Place::Element("7FE00010".into()));
	let options = Options { truncation: Truncation::Partial, ..Options::default() };
	let (result, sink) = run_with(cut, &options);
	assert!(result.unwrap().truncated_at.is_some());
	let Body::ImagingStudy(body) = &one(&sink, "dicom/instance").body else { panic!() };
	assert_eq!(body.description.as_deref(), Some("Chest"));
}

#[test]
fn a_value_too_large_to_hold_stays_in_the_file() {
	let options = Options { max_piece: 40_000, ..Options::default() };
	let mut elements = picture();
	elements.insert(9, text(8, 0x81, "ST", &"x".repeat(50_000)));
	let (result, sink) = run_with(&file(&elements), &options);
	result.unwrap();
	assert_eq!(sink.codes(), ["VALUE_LEFT"]);
	assert_eq!(extra(one(&sink, "dicom/instance"), "00080081")["Left"]["bytes"], 50_000);
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(256))]

	#[test]
	fn bytes_behind_a_head_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
		let _ = run(&file(&[bytes]));
	}

	#[test]
	fn a_changed_report_never_panics(
		damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
		end in any::<prop::sample::Index>(),
		cut: bool
	) {
		let mut bytes = structured_report("1.5");
		for (place, byte) in damage {
			let place = place.index(bytes.len());
			bytes[place] = byte;
		}
		if cut {
			bytes.truncate(end.index(bytes.len()));
		}
		let options = Options { truncation: Truncation::Partial, ..Options::default() };
		let (result, sink) = run_with(&bytes, &options);
		if let Ok(report) = result {
			prop_assert_eq!(report.total_items(), sink.items.len() as u64);
		}
	}
}
