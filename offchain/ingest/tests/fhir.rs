// SPDX-License-Identifier: Apache-2.0
//! FHIR in, MDF out.
#![allow(missing_docs)]

mod common;

use common::{assert_valid, data, json_files, ok, run, run_with};
use salus_ingest::{
	ingest, sample, Diagnostic, Error, Format, Options, Place, Severity, Sink, SinkError, Source,
	Truncation,
};
use salus_mdf::{Body, Category, Item, Value};
use std::io::Cursor;

fn bundle(entries: &[&str]) -> Vec<u8> {
	let entries: Vec<_> =
		entries.iter().map(|resource| format!("{{\"resource\":{resource}}}")).collect();
	format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#, entries.join(","))
		.into_bytes()
}

fn condition(id: usize) -> String {
	format!(
		r#"{{"resourceType":"Condition","id":"c{id}","code":{{"text":"x"}},"subject":{{"reference":"Patient/p"}}}}"#
	)
}

fn one(resource: &str) -> Item {
	let (report, sink) = ok(resource.as_bytes());
	assert_eq!((report.pieces, report.rejected, sink.items.len()), (1, 0, 1));
	sink.items.into_iter().next().unwrap()
}

#[test]
fn numbers_times_and_codes_are_kept_as_written() {
	let item = one(
		r#"{"entry":[],"id":"o1","code":{"coding":[{"system":"http://loinc.org","code":"718-7",
		"display":"Hb"}],"text":"Hb"},"status":"final","subject":{"reference":"Patient/p",
		"display":"Jane Roe"},"effectiveDateTime":"2012-01","category":[{"coding":[{"code":
		"laboratory"}]}],"valueQuantity":{"value":7.00,"unit":"g/dl","system":
		"http://unitsofmeasure.org","code":"g/dL"},"resourceType":"Observation"}"#,
	);
	assert_eq!(item.id, "Observation/o1");
	assert_eq!(item.category, Category::Labs);
	assert_eq!(item.subject.as_deref(), Some("Patient/p"));
	assert_eq!(item.times.at.as_ref().unwrap().value, "2012-01");
	let Body::Observation(body) = &item.body else { panic!("{item:?}") };
	let Some(Value::Quantity(quantity)) = &body.value else { panic!("no quantity") };
	assert_eq!(quantity.value.as_ref().unwrap().as_str(), "7.00");
	assert_eq!(quantity.unit.as_deref(), Some("g/dL"));
	assert_eq!(quantity.unit_text.as_deref(), Some("g/dl"));
	let extra: Vec<_> = item.extra.keys().map(String::as_str).collect();
	assert_eq!(extra, ["entry", "subject"]);
	assert_valid(&[item]);
}

#[test]
fn blood_pressure_is_a_panel_of_two() {
	let item =
		one(r#"{"resourceType":"Observation","code":{"coding":[{"system":"http://loinc.org",
		"code":"85354-9"}]},"component":[{"code":{"text":"s"},"valueQuantity":{"value":120,
		"unit":"mmHg"}},{"code":{"text":"d"},"dataAbsentReason":{"text":"unknown"}}]}"#);
	assert_eq!(item.category, Category::Vitals);
	let Body::Observation(body) = &item.body else { panic!("{item:?}") };
	assert_eq!(body.components.len(), 2);
	assert!(matches!(body.components[1].value, Some(Value::Absent(_))));
	assert!(item.id.starts_with("at-"));
}

#[test]
fn primitive_siblings_and_unknown_elements_stay_raw() {
	let item =
		one(r#"{"resourceType":"Patient","id":"p","birthDate":"1950-02","_birthDate":{"extension":
		[{"url":"u","valueDecimal":1.10}]},"shoeSize":42.0}"#);
	assert_eq!(
		item.extra["_birthDate"].get(),
		r#"{"extension":[{"url":"u","valueDecimal":1.10}]}"#
	);
	assert_eq!(item.extra["shoeSize"].get(), "42.0");
	assert_eq!(item.category, Category::Demographics);
}

#[test]
fn sensitive_codes_and_labels_move_an_item() {
	let with = |code: &str| one(&format!(r#"{{"resourceType":"Condition","id":"c",{code}}}"#));
	let coded =
		r#""code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"F11.20"}]}"#;
	assert_eq!(with(coded).category, Category::SubstanceUse);
	let label = r#""meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]}"#;
	let item = with(label);
	assert_eq!((item.category, item.labels.len()), (Category::Hiv, 1));
	let deep = r#""evidence":[{"code":[{"coding":[{"system":"http://snomed.info/sct","code":"72892002"}]}]}]"#;
	assert_eq!(with(deep).category, Category::ReproductiveHealth);
	assert_eq!(with(r#""code":{"text":"x"}"#).category, Category::Conditions);
}

#[test]
fn codes_that_cannot_be_are_kept_and_said() {
	let with = |coding: &str, unit: &str| {
		let text = format!(
			r#"{{"resourceType":"Observation","id":"o","code":{{"coding":[{coding}]}},"valueQuantity":
			{{"value":1,"system":"http://unitsofmeasure.org","code":"{unit}"}}}}"#
		);
		ok(text.as_bytes()).1
	};
	let sink = with(r#"{"system":"http://loinc.org","code":"2947-1"}"#, "mmol/L");
	assert_eq!(sink.codes(), ["INVALID_CODE"]);
	assert_eq!(sink.diagnostics[0].place, Place::JsonPointer("/code".into()));
	assert_eq!(sink.diagnostics[0].severity, Severity::Degraded);
	let code = sink.items[0].concept.as_ref().unwrap().codes[0].code.as_deref();
	assert_eq!((code, sink.items[0].extra.len()), (Some("2947-1"), 0));
	let sink = with(r#"{"system":"http://snomed.info/sct","code":"73211009"}"#, "mMol/L");
	assert_eq!(sink.codes(), ["UNKNOWN_UNIT"]);
	assert_valid(&sink.items);
	let sink = with(r#"{"system":"http://example.org","code":"2947-1"}"#, "mmol/L");
	assert_eq!(sink.codes(), Vec::<&str>::new());
}

#[test]
fn modifiers_are_not_mapped_and_errors_are_withdrawn() {
	let (_, sink) = ok(
		br#"{"resourceType":"Condition","id":"c","code":{"text":"x"},"modifierExtension":[{"url":"u"}]}"#,
	);
	assert_eq!(sink.codes(), ["UNKNOWN_MODIFIER"]);
	assert!(matches!(sink.items[0].body, Body::Other(_)) && sink.items[0].concept.is_none());
	assert!(sink.items[0].extra.contains_key("code"));
	let (_, sink) =
		ok(br#"{"resourceType":"Observation","id":"o","status":"entered-in-error","code":{}}"#);
	assert!(sink.items[0].withdrawn);
	assert_eq!(sink.codes(), ["ENTERED_IN_ERROR"]);
}

#[test]
fn a_broken_entry_costs_only_itself() {
	let broken = [
		r#"{"resourceType":"Condition","id":"x","n":01}"#,
		r#"{"resourceType":"Condition","id":"x","n":NaN}"#,
		r#"{"id":"no type"}"#,
		r#"{"resourceType":7}"#,
		r#""not an object""#,
		r#"{"resourceType":"Condition","id":"x","id":"y"}"#,
		r#"{"resourceType":"Condition","a":[}"#,
		r#"{"resourceType":"Condition","a":"\ud800"}"#,
		r#"{"resourceType":"Condition","a":]}"#,
		r#"{"resourceType":"Condition","a":{"b":1}"#,
	];
	for bad in broken {
		let mut entries: Vec<_> = (0..300).map(condition).collect();
		entries[150] = bad.to_owned();
		let entries: Vec<_> = entries.iter().map(String::as_str).collect();
		let (report, sink) = ok(&bundle(&entries));
		assert_eq!((report.pieces, report.rejected), (300, 1), "{bad}");
		assert_eq!(sink.items.len(), 299, "{bad}");
		assert_eq!(sink.diagnostics[0].severity, Severity::Rejected);
	}
	let deep = format!(r#"{{"resourceType":"X","a":{}{}}}"#, "[".repeat(99), "]".repeat(99));
	let (report, sink) = ok(&bundle(&[&deep, &condition(1)]));
	assert_eq!((report.total_items(), sink.codes()), (1, vec!["MAX_DEPTH_EXCEEDED"]));
}

#[test]
fn an_element_of_the_wrong_type_costs_only_its_meaning() {
	let (report, sink) =
		ok(br#"{"resourceType":"Patient","id":"p","birthDate":5,"gender":"female","name":{}}"#);
	assert_eq!(report.rejected, 0);
	assert_eq!(sink.codes(), ["ELEMENT_TYPE", "ELEMENT_TYPE"]);
	assert_eq!(sink.items[0].extra["birthDate"].get(), "5");
	let (_, sink) = ok(br#"{"resourceType":"Patient","id":"p","birthDate":"1950-02-30"}"#);
	assert_eq!(sink.codes(), ["INVALID_DATE"]);
	assert_eq!(sink.diagnostics[0].place, Place::JsonPointer("/birthDate".into()));
}

#[test]
fn a_truncated_file_is_fatal_unless_asked_otherwise() {
	let whole = bundle(&[&condition(1), &condition(2), &condition(3)]);
	let cut = &whole[..whole.len() - 40];
	let (result, sink) = run(cut);
	let error = result.unwrap_err();
	let end = cut.len() as u64;
	assert!(matches!(error, Error::Truncated { offset, pieces: 2 } if offset == end));
	assert_eq!((error.code(), sink.items.len()), ("FILE_TRUNCATED", 2));
	let options = Options { truncation: Truncation::Partial, ..Options::default() };
	let (result, _) = run_with(cut, &options);
	assert_eq!(result.unwrap().truncated_at, Some(end));
}

#[test]
fn no_prefix_of_a_bundle_panics_or_succeeds() {
	let mut whole = Vec::new();
	sample::fhir(&mut whole, &sample::Options { seed: 3, entries: 30 }).unwrap();
	let end = whole.iter().rposition(|byte| *byte == b'}').unwrap();
	for cut in (0..=end).step_by(7).chain(end.saturating_sub(200)..=end) {
		let (result, _) = run(&whole[..cut]);
		let code = result.unwrap_err().code();
		assert!(matches!(code, "FILE_TRUNCATED" | "FILE_EMPTY"), "{cut}: {code}");
	}
	assert!(run(&whole).0.is_ok());
}

#[test]
fn ndjson_fails_line_by_line() {
	let lines = format!("{}\n{{\"broken\":\n\n{}\n", condition(1), condition(2));
	let (report, sink) = ok(lines.as_bytes());
	assert_eq!(report.format, Format::FhirNdjson);
	assert_eq!((report.pieces, report.rejected, sink.items.len()), (3, 1, 2));
	assert_eq!(sink.diagnostics[0].place, Place::Line(2));
	assert_eq!(sink.items[1].provenance.location.line, Some(4));
	let lines = format!("{{\"broken\":\n{}\n{}", condition(1), condition(2));
	let (report, sink) = ok(lines.as_bytes());
	assert_eq!((report.rejected, sink.items.len()), (1, 2));
	let lines = format!("{}\n{}", condition(1), &condition(2)[..30]);
	assert_eq!(run(lines.as_bytes()).0.unwrap_err().code(), "FILE_TRUNCATED");
}

#[test]
fn arrays_nested_bundles_and_entries_without_resource_are_read() {
	let array = format!("[{},{}]", condition(1), condition(2));
	assert_eq!(ok(array.as_bytes()).1.items.len(), 2);
	let inner = String::from_utf8(bundle(&[&condition(1), &condition(2)])).unwrap();
	let (report, sink) = ok(&bundle(&[&inner]));
	assert_eq!(sink.items.len(), 3);
	assert_eq!(report.pieces, 3);
	let response = br#"{"resourceType":"Bundle","type":"batch-response","id":"b","entry":[{"response":{"status":"200"}}]}"#;
	let (_, sink) = ok(response);
	assert_eq!(sink.codes(), ["ENTRY_WITHOUT_RESOURCE"]);
	assert!(sink.items[0].extra.contains_key("bundle.entry"));
}

#[test]
fn encodings_are_converted_and_said() {
	let text = r#"{"resourceType":"Patient","id":"p","name":[{"family":"Müller"}]}"#;
	let family = |sink: &common::Collect| match &sink.items[0].body {
		Body::Patient(patient) => patient.names[0].family.clone().unwrap(),
		_ => panic!("no patient"),
	};
	let mut marked = vec![0xEF, 0xBB, 0xBF];
	marked.extend_from_slice(text.as_bytes());
	let (_, sink) = ok(&marked);
	assert_eq!((sink.codes(), family(&sink)), (vec!["BYTE_ORDER_MARK"], "Müller".into()));
	assert_eq!(sink.items[0].provenance.location.bytes.unwrap().start, 3);
	let mut wide = vec![0xFF, 0xFE];
	wide.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
	let (_, sink) = ok(&wide);
	assert_eq!(family(&sink), "Müller");
	assert_eq!(sink.codes(), ["BYTE_ORDER_MARK", "ENCODING_CONVERTED"]);
	let narrow: Vec<u8> = text.chars().map(|c| c as u8).collect();
	let (_, sink) = ok(&narrow);
	assert_eq!((sink.codes(), family(&sink)), (vec!["ENCODING_GUESSED"], "Müller".into()));
}

#[test]
fn other_formats_are_named() {
	for (bytes, name) in [
		(&b"<html/>"[..], "XML"),
		(b"\x1f\x8b\x08zip", "a gzip archive"),
		(b"{\"a\":1}", "JSON that is not FHIR"),
		(b"hello there", "unknown text"),
	] {
		match run(bytes).0 {
			Err(Error::FormatUnsupported { detected }) => assert_eq!(detected, name),
			other => panic!("{other:?}"),
		}
	}
	assert_eq!(run(b"").0.unwrap_err().code(), "FILE_EMPTY");
	let small = Options { max_bytes: 10, ..Options::default() };
	assert_eq!(run_with(&[b' '; 11], &small).0.unwrap_err().code(), "MAX_SIZE_EXCEEDED");
}

#[test]
fn a_large_piece_is_rejected_alone() {
	let large = format!(r#"{{"resourceType":"Basic","text":"{}"}}"#, "x".repeat(5000));
	let options = Options { max_piece: 4000, ..Options::default() };
	let (result, sink) = run_with(&bundle(&[&condition(1), &large, &condition(2)]), &options);
	assert_eq!((result.unwrap().rejected, sink.items.len()), (1, 2));
	assert_eq!(sink.codes(), ["MAX_PIECE_EXCEEDED"]);
}

#[test]
fn a_sink_can_stop_the_work() {
	struct Stop;

	impl Sink for Stop {
		fn item(&mut self, _: Item) -> Result<(), SinkError> {
			Err(SinkError::Cancelled)
		}

		fn diagnostic(&mut self, _: Diagnostic) -> Result<(), SinkError> {
			Ok(())
		}
	}

	let source = Source { name: "x".into(), reader: Cursor::new(condition(1)) };
	let error = ingest(source, &Options::default(), &mut Stop).unwrap_err();
	assert_eq!(error.code(), "CANCELLED");
}

#[test]
fn identifiers_never_reach_diagnostics_or_errors() {
	let planted = ["Zebedee", "1911-11-11x", "999-88-7777", "zeb@x.example"];
	let bad = format!(
		r#"{{"resourceType":"Patient","id":"p","name":"{0}","birthDate":"{1}","identifier":["{2}"],"telecom":[{{"value":["{3}"]}}],"{0}":1}}"#,
		planted[0], planted[1], planted[2], planted[3]
	);
	let twice = format!(r#"{{"resourceType":"Patient","{0}":1,"{0}":2}}"#, planted[0]);
	let syntax = format!(r#"{{"resourceType":"Patient","name":{}}}"#, planted[0]);
	let (report, sink) = ok(&bundle(&[&bad, &twice, &syntax]));
	assert!(sink.diagnostics.len() >= 5);
	let mut said = serde_json::to_string(&sink.diagnostics).unwrap();
	said.push_str(&serde_json::to_string(&report).unwrap());
	said.push_str(&format!("{:?} {:?}", sink, report));
	let (result, _) = run(&bad.as_bytes()[..bad.len() - 3]);
	said.push_str(&format!("{0} {0:?}", result.unwrap_err()));
	assert!(planted.iter().all(|value| !said.contains(value)));
}

#[test]
fn the_same_bytes_give_the_same_items() {
	let mut bytes = Vec::new();
	sample::fhir(&mut bytes, &sample::Options { seed: 5, entries: 80 }).unwrap();
	let (first, one) = ok(&bytes);
	let (second, two) = ok(&bytes);
	assert!(first == second && one.items == two.items);
	let mut ids: Vec<_> = one.items.iter().map(|item| &item.id).collect();
	ids.sort();
	ids.dedup();
	assert_eq!(ids.len(), one.items.len());
	assert_eq!(one.progress, bytes.len() as u64);
}

#[test]
fn synthea_bundles_load_without_loss() {
	let Some(folder) = data("synthea") else { return };
	let files = json_files(&folder);
	assert_eq!(files.len(), 8);
	for (name, bytes) in files {
		let truth: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
		let entries = truth["entry"].as_array().unwrap().len();
		let (report, sink) = ok(&bytes);
		assert_eq!((report.pieces, report.rejected), (entries as u64, 0), "{name}");
		assert_eq!(sink.items.len(), entries, "{name}");
		assert_eq!(report.subjects, 1, "{name}");
		for category in [Category::Labs, Category::Vitals, Category::Encounters] {
			assert!(report.items[&category] > 0, "{name}: {category}");
		}
		let serious = sink.diagnostics.iter().filter(|d| d.severity > Severity::Info);
		// Three scores of this patient have their unit in round brackets, which UCUM does not know.
		let expected = if name == "eura-treutel.json" { vec!["UNKNOWN_UNIT"; 3] } else { vec![] };
		assert_eq!(serious.map(|d| d.code.as_str()).collect::<Vec<_>>(), expected, "{name}");
		let sampled: Vec<_> = sink.items.into_iter().step_by(7).collect();
		assert_valid(&sampled);
	}
}

#[test]
fn fhir_examples_load() {
	let Some(folder) = data("fhir-examples") else { return };
	let files = json_files(&folder);
	assert_eq!(files.len(), 157);
	let mut faulty = Vec::new();
	for (name, bytes) in files {
		let (result, sink) = run(&bytes);
		let report = result.unwrap_or_else(|error| panic!("{name}: {error}"));
		assert!(!sink.items.is_empty(), "{name}");
		if report.rejected > 0 || report.codes.keys().any(|code| code.as_str() == "ELEMENT_TYPE") {
			faulty.push((name, sink.diagnostics));
		}
		assert_valid(&sink.items);
	}
	assert!(faulty.is_empty(), "{faulty:#?}");
}
