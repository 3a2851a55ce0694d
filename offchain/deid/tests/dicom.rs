// SPDX-License-Identifier: Apache-2.0
//! DICOM files: what is planted in every kind of element does not come out, and what holds for every file.
#![allow(missing_docs)]

use proptest::prelude::*;
use salus_deid::{policy::Policy, Deidentifier, Format, Manifest};
use std::io::Write;

fn job() -> Deidentifier {
	Deidentifier::new(Policy::safe_harbor().expect("reads")).expect("true")
}

fn transformed(input: &[u8]) -> (Vec<u8>, Manifest) {
	let mut job = job();
	job.learn(Format::Dicom, input).expect("memory");
	let mut out = Vec::new();
	job.transform(Format::Dicom, input, &mut out).expect("memory");
	job.verify(&out[..]).expect("nothing known is left");
	(out, job.finish().0)
}

#[derive(Clone, Copy, PartialEq)]
enum How {
	Explicit,
	Implicit,
	Big,
	Deflated,
}

struct Writer(How, Vec<u8>);

impl Writer {
	fn number(&mut self, value: u32, width: usize) {
		if self.0 == How::Big {
			self.1.extend_from_slice(&value.to_be_bytes()[4 - width..]);
		} else {
			self.1.extend_from_slice(&value.to_le_bytes()[..width]);
		}
	}

	fn tag(&mut self, tag: u32) {
		self.number(tag >> 16, 2);
		self.number(tag & 0xFFFF, 2);
	}

	fn add(&mut self, tag: u32, vr: &str, value: &[u8]) {
		self.tag(tag);
		let long = ["OB", "OW", "SQ", "UT", "UN"].contains(&vr);
		let length = value.len().next_multiple_of(2);
		if self.0 == How::Implicit {
			self.number(length as u32, 4);
		} else {
			self.1.extend_from_slice(vr.as_bytes());
			if long {
				self.1.extend_from_slice(&[0, 0]);
			}
			self.number(length as u32, if long { 4 } else { 2 });
		}
		self.1.extend_from_slice(value);
		self.1.resize(self.1.len() + value.len() % 2, b' ');
	}

	/// A sequence of one item, with lengths or without.
	fn sequence(&mut self, tag: u32, undefined: bool, fill: impl FnOnce(&mut Self)) {
		let mut item = Self(self.0, Vec::new());
		fill(&mut item);
		let mut body = Self(self.0, Vec::new());
		body.tag(0xFFFE_E000);
		body.number(if undefined { u32::MAX } else { item.1.len() as u32 }, 4);
		body.1.append(&mut item.1);
		if undefined {
			body.tag(0xFFFE_E00D);
			body.number(0, 4);
			body.tag(0xFFFE_E0DD);
			body.number(0, 4);
			self.tag(tag);
			if self.0 != How::Implicit {
				self.1.extend_from_slice(b"SQ\0\0");
			}
			self.number(u32::MAX, 4);
			self.1.append(&mut body.1);
		} else {
			let body = body.1;
			self.add(tag, "SQ", &body);
		}
	}
}

const NOTE: &str = "Zebediah Marrowgate MRN 4459201 seen 03/14/1959";

fn file(how: How, undefined: bool) -> Vec<u8> {
	let mut set = Writer(how, Vec::new());
	set.add(0x0008_0005, "CS", b"ISO_IR 100");
	set.add(0x0008_0008, "CS", b"ORIGINAL\\PRIMARY\\AXIAL");
	set.add(0x0008_0016, "UI", b"1.2.840.10008.5.1.4.1.1.2\0");
	set.add(0x0008_0018, "UI", b"1.3.4459201.1");
	set.add(0x0008_0020, "DA", b"19590314");
	set.add(0x0008_0050, "SH", b"4459201");
	set.add(0x0008_0060, "CS", b"CT");
	set.add(0x0008_0080, "LO", b"Fennimore Valley Clinic");
	set.add(0x0008_0081, "ST", b"77 Bramblewick Lane");
	set.add(0x0008_0090, "PN", b"Quillhaven^Ann");
	set.add(0x0008_103E, "LO", NOTE.as_bytes());
	set.sequence(0x0008_1115, undefined, |set| {
		set.add(0x0020_000E, "UI", b"1.3.4459201.2");
		set.add(0x0010_0010, "PN", b"Marrowgate^Zebediah");
		set.sequence(0x0008_1199, undefined, |set| {
			set.add(0x0008_1155, "UI", b"1.3.4459201.1");
			set.add(0x0009_0010, "LO", b"MARROWGATE PRIVATE");
			set.add(0x0009_1001, "UN", NOTE.as_bytes());
		});
	});
	set.add(0x0009_0010, "LO", b"MARROWGATE PRIVATE");
	set.sequence(0x0009_1002, undefined, |set| set.add(0x0010_0010, "PN", b"Marrowgate"));
	set.add(0x0010_0010, "PN", b"Marrowgate^Zebediah");
	set.add(0x0010_0020, "LO", b"4459201");
	set.add(0x0010_0030, "DA", b"19590314");
	set.add(0x0010_0040, "CS", b"M");
	set.add(0x0010_1010, "AS", b"064Y");
	set.add(0x0010_4000, "LT", NOTE.as_bytes());
	set.add(0x0018_0015, "CS", b"CHEST");
	set.add(0x0018_1000, "LO", b"SN-88675-LZ");
	set.add(0x0020_000D, "UI", b"1.3.4459201.3");
	set.add(0x0020_0013, "IS", b"7");
	set.add(0x0020_4000, "LT", NOTE.as_bytes());
	set.add(0x0028_0010, "US", &if how == How::Big { [0, 2] } else { [2, 0] });
	set.add(0x0028_0030, "DS", b"0.5\\0.5");
	set.sequence(0x0040_A730, undefined, |set| {
		set.add(0x0040_A123, "PN", b"Quillhaven^Ann");
		set.add(0x0040_A160, "UT", format!("{NOTE}, by quillhaven. Lung is clear.").as_bytes());
	});
	set.add(0x6000_3000, "OW", NOTE.as_bytes());
	set.add(0x7FE0_0010, "OW", NOTE.as_bytes());
	set.add(0xFFFC_FFFC, "OB", NOTE.as_bytes());
	let mut body = set.1;
	let syntax = match how {
		How::Explicit => "1.2.840.10008.1.2.1",
		How::Implicit => "1.2.840.10008.1.2",
		How::Big => "1.2.840.10008.1.2.2",
		How::Deflated => "1.2.840.10008.1.2.1.99",
	};
	if how == How::Deflated {
		let mut packed =
			flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
		packed.write_all(&body).expect("memory");
		body = packed.finish().expect("memory");
	}
	let mut out = NOTE.as_bytes().to_vec();
	out.resize(128, b' ');
	out.extend_from_slice(b"DICM");
	let mut meta = Writer(How::Explicit, Vec::new());
	meta.add(0x0002_0003, "UI", b"1.3.4459201.1");
	meta.add(0x0002_0010, "UI", syntax.as_bytes());
	meta.add(0x0002_0016, "AE", b"MARROWGATE");
	out.append(&mut meta.1);
	out.append(&mut body);
	out
}

const FORBIDDEN: &[&str] = &[
	"marrow",
	"zebediah",
	"quillhaven",
	"4459201",
	"19590314",
	"03/14",
	"fennimore",
	"bramblewick",
	"sn-88675",
	"064y",
];

fn assert_clean(bytes: &[u8]) {
	let text = String::from_utf8_lossy(bytes).to_lowercase();
	for value in FORBIDDEN {
		assert!(!text.contains(value), "{value} is in {}", bytes.escape_ascii());
	}
}

fn has(out: &[u8], part: &[u8]) -> bool {
	out.windows(part.len()).any(|window| window == part)
}

#[test]
fn nothing_planted_comes_out_in_any_syntax() {
	for how in [How::Explicit, How::Implicit, How::Big, How::Deflated] {
		for undefined in [false, true] {
			let (out, manifest) = transformed(&file(how, undefined));
			assert!(!out.is_empty(), "{manifest:?}");
			assert_clean(&out);
			assert_clean(serde_json::to_string(&manifest).expect("writes").as_bytes());
			assert!(out[..128].iter().all(|byte| *byte == 0));
			for kept in [
				&b"ORIGINAL\\PRIMARY\\AXIAL"[..],
				b"CHEST",
				b"Lung is clear.",
				b"0.5\\0.5",
				b"\x12\x00\x62\x00CS\x04\x00YES",
				b"transformed by policy safe-harbor version 1",
				b"113100",
				b"\x28\x00\x03\x03CS\x08\x00REMOVED",
				b"\x28\x00\x10\x00US\x02\x00\x02\x00",
				b"\x08\x00\x20\x00DA\x00\x00",
				b"\x10\x00\x30\x00DA\x00\x00",
			] {
				assert!(
					has(&out, kept),
					"{} is not in {}",
					kept.escape_ascii(),
					out.escape_ascii()
				);
			}
			assert!(!has(&out, b"\xe0\x7f\x10\x00") && !has(&out, b"\x00\x60\x00\x30"));
			assert!(manifest.withheld.iter().any(|row| row.path == "PixelData"));
			// The UID of the object stands in group 2, in the data set and in the reference.
			let at = out
				.windows(8)
				.position(|part| {
					part == b"\x08\x00\x18\x00UI\x2c\x00" || part[..6] == *b"\x08\x00\x18\x00UI"
				})
				.expect("a UID");
			let length = usize::from(out[at + 6]);
			let uid = out[at + 8..at + 8 + length].to_vec();
			assert!(uid.starts_with(b"2.25."));
			assert_eq!(out.windows(length).filter(|part| *part == uid).count(), 3);
		}
	}
}

#[test]
fn uids_agree_in_a_data_set_and_in_no_other() {
	let input = file(How::Explicit, false);
	let mut one = job();
	one.learn(Format::Dicom, &input[..]).expect("memory");
	let mut outs = [Vec::new(), Vec::new()];
	for out in &mut outs {
		one.transform(Format::Dicom, &input[..], out).expect("memory");
	}
	assert_eq!(outs[0], outs[1]);
	assert_ne!(transformed(&input).0, outs[0]);
}

#[test]
fn broken_files_are_withheld_whole() {
	let good = file(How::Explicit, false);
	for end in [0, 100, 131, 140, 200, good.len() / 2, good.len() - 1] {
		let (out, manifest) = transformed(&good[..end]);
		assert!(out.is_empty(), "{end}");
		assert_eq!(manifest.withheld_whole, 1);
	}
	let mut deep = Writer(How::Implicit, Vec::new());
	for _ in 0..40 {
		deep.tag(0x0040_A730);
		deep.number(u32::MAX, 4);
		deep.tag(0xFFFE_E000);
		deep.number(u32::MAX, 4);
	}
	let mut input = vec![0; 128];
	input.extend_from_slice(b"DICM");
	let mut meta = Writer(How::Explicit, Vec::new());
	meta.add(0x0002_0010, "UI", b"1.2.840.10008.1.2");
	input.append(&mut meta.1);
	input.append(&mut deep.1);
	let (out, manifest) = transformed(&input);
	assert!(out.is_empty());
	assert!(serde_json::to_string(&manifest).expect("writes").contains("LIMIT_EXCEEDED"));
	// Documents in a file are of no kind that is looked into.
	let at = good
		.windows(26)
		.position(|part| part == b"1.2.840.10008.5.1.4.1.1.2\0")
		.expect("the class");
	let mut document = good;
	document.splice(at..at + 26, *b"1.2.840.10008.5.1.4.1.1.104.1\0");
	document[at - 2] += 4;
	let (out, manifest) = transformed(&document);
	assert!(out.is_empty());
	assert!(serde_json::to_string(&manifest).expect("writes").contains("KIND_UNSUPPORTED"));
}

#[test]
fn what_was_done_is_done() {
	let once = transformed(&file(How::Explicit, true)).0;
	let twice = transformed(&once).0;
	// Random numbers differ, and may differ in their length; elements do not.
	let tags = |bytes: &[u8]| {
		String::from_utf8_lossy(bytes)
			.split(|c: char| !c.is_ascii_graphic())
			.filter(|part| part.len() < 32 && part.chars().any(|c| c.is_ascii_alphabetic()))
			.map(str::to_owned)
			.collect::<Vec<_>>()
			.len()
	};
	assert!(tags(&once).abs_diff(tags(&twice)) <= 4);
	assert!(!twice.is_empty());
}

#[test]
fn published_files_pass_or_are_listed() {
	let Ok(data) = std::env::var("SALUS_DATA") else {
		eprintln!("SKIPPED: SALUS_DATA is unset");
		return;
	};
	let mut files = 0;
	for entry in std::fs::read_dir(format!("{data}/dicom")).expect("the folder") {
		let path = entry.expect("an entry").path();
		if path.extension().is_none_or(|extension| extension != "dcm") {
			continue;
		}
		files += 1;
		let (out, manifest) = transformed(&std::fs::read(&path).expect("it reads"));
		println!("{}: {} bytes, {} withheld", path.display(), out.len(), manifest.withheld_count);
		assert_eq!(out.is_empty(), manifest.withheld_whole == 1, "{}", path.display());
		assert!(out.is_empty() || !transformed(&out).0.is_empty());
	}
	assert_eq!(files, 6);
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(200))]

	#[test]
	fn no_bytes_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..16), cut in any::<prop::sample::Index>(), which in 0..4_usize, undefined: bool) {
		let how = [How::Explicit, How::Implicit, How::Big, How::Deflated][which];
		let mut bytes = file(how, undefined);
		for (at, byte) in changes {
			let at = at.index(bytes.len());
			bytes[at] = byte;
		}
		bytes.truncate(cut.index(bytes.len()) + 1);
		transformed(&bytes);
	}
}
