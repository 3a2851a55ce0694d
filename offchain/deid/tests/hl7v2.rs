// SPDX-License-Identifier: Apache-2.0
//! Messages of HL7 v2: what is planted in every field of every segment does not come out, and what holds for
//! every message.
#![allow(missing_docs)]

use proptest::prelude::*;
use salus_deid::{policy::Identifiers, Deidentifier, Format, Policy};

fn transformed(input: &[u8]) -> (Vec<u8>, String) {
	let mut policy = Policy::safe_harbor().expect("reads");
	policy.identifiers = Identifiers::Remove;
	let mut job = Deidentifier::new(policy).expect("true");
	job.learn(Format::Hl7v2, input).expect("memory");
	let mut out = Vec::new();
	job.transform(Format::Hl7v2, input, &mut out).expect("memory");
	job.verify(&out[..]).expect("nothing known is left");
	(out, serde_json::to_string(job.manifest()).expect("writes"))
}

const SEGMENTS: &[&str] = &[
	"FHS", "BHS", "BTS", "FTS", "MSH", "MSA", "ERR", "QAK", "EVN", "PID", "PD1", "NK1", "GT1",
	"IN1", "IN2", "IN3", "MRG", "PV1", "PV2", "DG1", "PR1", "AL1", "IAM", "PRB", "NTE", "ORC",
	"OBR", "TQ1", "ODS", "ODT", "OBX", "SPM", "TXA", "RXA", "RXR", "RXC", "RXO", "RXE", "RXD",
	"RXG", "FT1", "ACC", "CON", "ARV", "ROL", "PRT", "SCH", "RGS", "AIS", "PV3", "ZZZ", "QRD",
	"STF", "UB2",
];

/// Random ids may hold any digits.
fn without_ids(text: &str) -> String {
	let is_end = |char: char| !char.is_ascii_alphanumeric();
	let is_id = |token: &str| token.len() == 32 && token.bytes().all(|it| it.is_ascii_hexdigit());
	let tokens = text.split_inclusive(is_end);
	tokens.filter(|token| !is_id(token.trim_end_matches(is_end))).collect()
}

/// Each in every field of every segment that there is, in every type of result.
#[test]
fn nothing_planted_in_any_field_comes_out() {
	let head = "MSH|^~\\&|A|B|C|D|20240506||ORU^R01|1|P|2.5.1\rPID|1||4459201||Marrowgate^Zebediah||19590314|M|||77 Bramblewick Lane^^Fennimore^IL^60614||312-555-0142|||||1EG4TE5MK73|987-65-4321\r";
	let canaries = [
		"Marrowgate^Zebediah",
		"4459201",
		"987-65-4321",
		"(312) 555-0142",
		"77 Bramblewick Lane^^Fennimore",
		"zq.marrow@example.com",
		"19590314",
		"http://10.11.12.13/4459201",
		"1^Marrowgate&van^Zebediah~2^Marrowgate",
		"Dr. Zebediah Marrowgate, MRN 4459201 of 03/14/1959",
	];
	let forbidden = [
		"marrow",
		"zebediah",
		"4459201",
		"987-65",
		"987654321",
		"555-0142",
		"5550142",
		"bramblewick",
		"fennimore",
		"zq.",
		"0314",
		"03/14",
		"10.11.12.13",
		"60614",
	];
	for segment in SEGMENTS {
		for canary in canaries {
			for kind in ["TX", "NM", "CWE", "ED", "XPN", "ST", "DTM", "CX", "SN"] {
				let mut line = String::from(*segment);
				for number in 1..60 {
					line.push('|');
					match (*segment, number) {
						("MSH" | "FHS" | "BHS", 1) => line.push_str("^~\\&"),
						("OBX", 2) => line.push_str(kind),
						_ => line.push_str(canary),
					}
				}
				let (out, manifest) = transformed(format!("{head}{line}\r").as_bytes());
				let text = without_ids(&String::from_utf8(out).expect("text").to_lowercase());
				for value in forbidden {
					assert!(!text.contains(value), "{value} of {segment} {kind} is in {text}");
					assert!(!manifest.to_lowercase().contains(value), "{value} is in {manifest}");
				}
				if *segment != "OBX" {
					break;
				}
			}
		}
	}
}

#[test]
fn published_messages_pass_or_are_listed() {
	let Ok(data) = std::env::var("SALUS_DATA") else {
		eprintln!("SKIPPED: SALUS_DATA is unset");
		return;
	};
	let mut messages = 0;
	for entry in std::fs::read_dir(format!("{data}/hl7v2")).expect("the folder") {
		let path = entry.expect("an entry").path();
		if path.extension().is_none_or(|extension| extension != "hl7") {
			continue;
		}
		let bytes = std::fs::read(&path).expect("it reads");
		let (out, manifest) = transformed(&bytes);
		assert!(!out.is_empty() || manifest.contains("\"path\":\"\""), "{}", path.display());
		// A field of names or of numbers of a person is empty.
		let text = String::from_utf8_lossy(&out);
		for line in text.split(['\r', '\n']).filter(|line| line.starts_with("PID|")) {
			for number in [5, 6, 9, 12, 13, 14, 19, 20, 21, 23] {
				assert_eq!(line.split('|').nth(number).unwrap_or(""), "", "{}", path.display());
			}
		}
		let again = String::from_utf8(transformed(&out).0).expect("text");
		assert_eq!(again, String::from_utf8_lossy(&out), "{}", path.display());
		messages += 1;
	}
	assert_eq!(messages, 19);
}

fn segment() -> impl Strategy<Value = String> {
	let field = prop::sample::select(vec![
		"",
		"F",
		"Roe^Jane",
		"4459201",
		"20240506",
		"2345-7^Glucose^LN",
		"5.5",
		"mg/dL",
		"NM",
		"TX",
		"ED",
		"Dr. Okafor on 03/14/2024",
		"a \\T\\ b\\.br\\c",
		"\\X4D\\",
		"\"\"",
		"x~y",
		"\\",
		"77 Oak Lane^^Town^IL^60614",
	]);
	(prop::sample::select(SEGMENTS.to_vec()), prop::collection::vec(field, 0..30))
		.prop_map(|(id, fields)| format!("{id}|{}", fields.join("|")))
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(150))]

	#[test]
	fn what_was_done_is_done(segments in prop::collection::vec(segment(), 0..8)) {
		let input = format!("MSH|^~\\&|||||2024||ORU^R01|1|P|2.5.1\r{}\r", segments.join("\r"));
		let (once, _) = transformed(input.as_bytes());
		let (twice, _) = transformed(&once);
		prop_assert_eq!(String::from_utf8_lossy(&twice), String::from_utf8_lossy(&once));
	}

	#[test]
	fn the_order_of_messages_does_not_matter(mut messages in prop::collection::vec(segment().prop_filter("no header", |s| !["MSH", "FHS", "BHS", "BTS", "FTS"].contains(&&s[..3])), 1..6)) {
		let whole = |messages: &[String]| {
			let input: String = messages.iter().map(|segment| format!("MSH|^~\\&|||||2024||ORU^R01|1|P|2.5.1\r{segment}\r")).collect();
			let out = String::from_utf8(transformed(input.as_bytes()).0).expect("text");
			let mut out: Vec<_> = out.split_inclusive("\rMSH").map(|part| part.trim_end_matches("\rMSH").trim_start_matches("MSH").trim_end().to_owned()).collect();
			out.sort();
			out
		};
		let forth = whole(&messages);
		messages.reverse();
		prop_assert_eq!(whole(&messages), forth);
	}

	#[test]
	fn no_bytes_panic(segments in prop::collection::vec(segment(), 0..6), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12), cut in any::<prop::sample::Index>()) {
		let mut bytes = format!("MSH|^~\\&|||||2024||ORU^R01|1|P|2.5.1\r{}\r", segments.join("\r")).into_bytes();
		for (at, byte) in changes {
			let at = at.index(bytes.len());
			bytes[at] = byte;
		}
		bytes.truncate(cut.index(bytes.len()) + 1);
		transformed(&bytes);
	}
}
