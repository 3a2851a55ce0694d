// SPDX-License-Identifier: Apache-2.0
//! The International Patient Summary.
#![allow(missing_docs)]

mod common;
mod schema;

use common::{data, json_files, ok, run};
use salus_ingest::{
	sample,
	write::{Error, Summary, Terms, Writer},
};
use salus_mdf::{Item, Time};
use schema::assert_valid_fhir;
use serde_json::Value;

fn terms(patient: Option<&str>) -> Terms {
	Terms { at: Time::parse("2024-05-06T07:08:09Z").unwrap(), patient: patient.map(str::to_owned) }
}

fn summary_of(items: &[Item], patient: Option<&str>) -> Result<Value, Error> {
	let mut out = Vec::new();
	let mut writer = Summary::new(&mut out, terms(patient))?;
	items.iter().try_for_each(|item| writer.item(item))?;
	writer.finish()?;
	Ok(serde_json::from_slice(&out).unwrap())
}

fn summary(text: &str) -> Value {
	let json = summary_of(&ok(text.as_bytes()).1.items, None).unwrap();
	assert_whole(&json);
	json
}

fn section<'a>(json: &'a Value, code: &str) -> &'a Value {
	let sections = json["entry"][0]["resource"]["section"].as_array().unwrap();
	sections
		.iter()
		.find(|section| section["code"]["coding"][0]["code"] == code)
		.unwrap_or(&Value::Null)
}

fn resource<'a>(json: &'a Value, url: &Value) -> &'a Value {
	let entries = json["entry"].as_array().unwrap();
	let found: Vec<_> = entries.iter().filter(|entry| entry["fullUrl"] == *url).collect();
	assert_eq!(found.len(), 1, "{url}");
	&found[0]["resource"]
}

/// What FHIR and the guide demand of the document beyond the schema.
fn assert_whole(json: &Value) {
	assert_eq!((&json["resourceType"], &json["type"]), (&"Bundle".into(), &"document".into()));
	assert!(json["identifier"]["value"].is_string() && json["timestamp"].is_string());
	let composition = &json["entry"][0]["resource"];
	assert_eq!(composition["resourceType"], "Composition");
	assert_eq!(composition["type"]["coding"][0]["code"], "60591-5");
	assert_eq!(resource(json, &composition["subject"]["reference"])["resourceType"], "Patient");
	assert_eq!(resource(json, &composition["author"][0]["reference"])["resourceType"], "Device");
	for code in ["11450-4", "48765-2", "10160-0"] {
		assert!(section(json, code).is_object(), "{code} is missing");
	}
	for section in composition["section"].as_array().unwrap() {
		let entries = section["entry"].as_array();
		assert_ne!(entries.is_some(), section.get("emptyReason").is_some(), "{section}");
		for entry in entries.into_iter().flatten() {
			resource(json, &entry["reference"]);
		}
		let div = section["text"]["div"].as_str().unwrap();
		let parsed = roxmltree::Document::parse(div).unwrap();
		assert_eq!(
			parsed.root_element().tag_name().namespace(),
			Some("http://www.w3.org/1999/xhtml")
		);
	}
	assert_valid_fhir(std::slice::from_ref(json));
	let resources: Vec<_> =
		json["entry"].as_array().unwrap().iter().map(|entry| entry["resource"].clone()).collect();
	assert_valid_fhir(&resources);
}

const RECORD: &str = r#"{"resourceType":"Bundle","type":"collection","entry":[
{"fullUrl":"urn:uuid:aaaaaaaa-0000-4000-8000-000000000001","resource":{"resourceType":"Patient","id":"p","name":[{"family":"Roe"}],"birthDate":"1950-02-13"}},
{"resource":{"resourceType":"Condition","id":"c1","subject":{"reference":"urn:uuid:aaaaaaaa-0000-4000-8000-000000000001"},"clinicalStatus":{"coding":[{"code":"active"}]},"code":{"text":"<script>alert('x')</script> & more"}}},
{"resource":{"resourceType":"Condition","id":"c2","subject":{"reference":"Patient/p"},"clinicalStatus":{"coding":[{"code":"resolved"}]},"code":{"text":"gone"}}},
{"resource":{"resourceType":"Condition","id":"c3","subject":{"reference":"Patient/p"},"verificationStatus":{"coding":[{"code":"refuted"}]},"code":{"text":"never"}}},
{"resource":{"resourceType":"MedicationRequest","id":"m1","status":"active","intent":"order","subject":{"reference":"Patient/p"},"medicationReference":{"reference":"Medication/x","display":"Aspirin"}}},
{"resource":{"resourceType":"MedicationRequest","id":"m2","status":"stopped","intent":"order","subject":{"reference":"Patient/p"},"medicationCodeableConcept":{"text":"old"}}},
{"resource":{"resourceType":"Medication","id":"x","code":{"text":"Aspirin 100"}}},
{"resource":{"resourceType":"Medication","id":"y","code":{"text":"unused"}}},
{"resource":{"resourceType":"Observation","id":"o1","status":"final","subject":{"reference":"Patient/p"},"effectiveDateTime":"2020-01-01","category":[{"coding":[{"code":"laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"2947-0"}]},"valueQuantity":{"value":140,"unit":"mmol/L"}}},
{"resource":{"resourceType":"Observation","id":"o2","status":"final","subject":{"reference":"Patient/p"},"effectiveDateTime":"2021-01-01","category":[{"coding":[{"code":"laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"2947-0"}]},"valueQuantity":{"value":141,"unit":"mmol/L"}}},
{"resource":{"resourceType":"Observation","id":"o3","status":"preliminary","subject":{"reference":"Patient/p"},"effectiveDateTime":"2022-01-01","category":[{"coding":[{"code":"laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"2947-0"}]},"valueQuantity":{"value":142,"unit":"mmol/L"}}},
{"resource":{"resourceType":"Observation","id":"o4","status":"entered-in-error","subject":{"reference":"Patient/p"},"code":{"text":"wrong"}}}
]}"#;

#[test]
fn a_summary_holds_what_is_current() {
	let json = summary(RECORD);
	let ids = |code: &str| -> Vec<String> {
		let entries = section(&json, code)["entry"].as_array().cloned().unwrap_or_default();
		entries
			.iter()
			.map(|entry| resource(&json, &entry["reference"])["id"].as_str().unwrap().to_owned())
			.collect()
	};
	assert_eq!(ids("11450-4"), ["c1"]);
	assert_eq!(ids("10160-0"), ["m1"]);
	assert_eq!(ids("30954-2"), ["o2"]);
	let allergies = section(&json, "48765-2");
	assert_eq!(allergies["emptyReason"]["coding"][0]["code"], "unavailable");
	assert!(section(&json, "11369-6").is_null(), "an empty section that need not be there");
	// What is referred to is there; what nobody refers to is not.
	let text = json.to_string();
	assert!(text.contains("Aspirin 100") && !text.contains("unused"), "{text}");
	for gone in ["gone", "never", "\"old\"", "wrong", "142"] {
		assert!(!text.contains(gone), "{gone}");
	}
	let div = section(&json, "11450-4")["text"]["div"].as_str().unwrap();
	assert!(div.contains("&lt;script&gt;") && !div.contains("<script"), "{div}");
}

#[test]
fn a_summary_of_nothing_says_that_nothing_is_known() {
	let json = summary(r#"{"resourceType":"Patient","id":"p"}"#);
	for code in ["11450-4", "48765-2", "10160-0"] {
		assert_eq!(section(&json, code)["emptyReason"]["coding"][0]["code"], "unavailable");
	}
	// Nobody knows whose this is.
	let text = r#"[{"resourceType":"Patient","id":"p"},{"resourceType":"Condition","code":{"text":"stray"}}]"#;
	assert!(!summary(text).to_string().contains("stray"));
	// A patient whom only references name.
	let json = summary(
		r#"{"resourceType":"Condition","subject":{"reference":"Patient/p 1"},"code":{"text":"x"}}"#,
	);
	assert_eq!(section(&json, "11450-4")["entry"].as_array().unwrap().len(), 1);
}

#[test]
fn a_correction_takes_the_place_of_what_it_corrects() {
	let message = |control: &str, value: &str, state: &str| {
		format!(
			"MSH|^~\\&|LAB|HOSP|||20240102||ORU^R01|{control}|P|2.5\rPID|1||77^^^HOSP^MR\r\
			OBR|1|a|b|24331-1^Lipids^LN\r\
			OBX|1|NM|2093-3^Cholesterol^LN||{value}|mg/dL|||||{state}|||20240102\r"
		)
	};
	let corrected = message("1", "180", "F") + &message("2", "190", "C");
	let text = summary(&corrected).to_string();
	assert!(text.contains("190") && !text.contains("180"), "{text}");
	let withdrawn = corrected + &message("3", "190", "D");
	let text = summary(&withdrawn).to_string();
	assert!(!text.contains("190") && !text.contains("180"), "{text}");
}

#[test]
fn a_summary_is_about_one_patient() {
	let text = r#"{"resourceType":"Patient","id":"a"}
{"resourceType":"Patient","id":"b"}
{"resourceType":"Condition","id":"1","subject":{"reference":"Patient/a"},"code":{"text":"of a"}}
{"resourceType":"Condition","id":"2","subject":{"reference":"Patient/b"},"code":{"text":"of b"}}
"#;
	let items = ok(text.as_bytes()).1.items;
	assert_eq!(summary_of(&items, None).unwrap_err().code(), "SUMMARY_MANY_PATIENTS");
	assert_eq!(summary_of(&items, Some("c")).unwrap_err().code(), "SUMMARY_PATIENT_UNKNOWN");
	assert_eq!(summary_of(&[], None).unwrap_err().code(), "SUMMARY_NO_PATIENT");
	for name in ["b", "Patient/b"] {
		let json = summary_of(&items, Some(name)).unwrap();
		assert_whole(&json);
		let text = json.to_string();
		assert!(text.contains("of b") && !text.contains("of a"));
	}
	let at = Time::parse("2024-05-06").unwrap();
	let result = Summary::new(Vec::new(), Terms { at, patient: None });
	assert_eq!(result.unwrap_err().code(), "SUMMARY_TIME_INEXACT");
}

#[test]
fn samples_of_every_form_give_valid_summaries() {
	type Make = fn(&mut Vec<u8>, &sample::Options) -> std::io::Result<()>;
	let makers: [Make; 4] = [
		|out, options| sample::fhir(out, options),
		|out, options| sample::hl7(out, options),
		|out, options| sample::ccda(out, options),
		|out, options| sample::csv(out, options),
	];
	for make in makers {
		let mut bytes = Vec::new();
		make(&mut bytes, &sample::Options { seed: 8, entries: 60 }).unwrap();
		summary_with_somebody(&ok(&bytes).1.items);
	}
	if let Some(folder) = data("synthea") {
		for (_, bytes) in json_files(&folder) {
			assert_whole(&summary_of(&ok(&bytes).1.items, None).unwrap());
		}
	}
	for folder in ["ccda", "hl7v2", "csv"] {
		let Some(folder) = data(folder) else { return };
		for entry in std::fs::read_dir(folder).unwrap() {
			let (result, sink) = run(&std::fs::read(entry.unwrap().path()).unwrap());
			if result.is_ok() {
				summary_with_somebody(&sink.items);
			}
		}
	}
}

/// A summary of the first patient, where there is one.
fn summary_with_somebody(items: &[Item]) {
	if let Some(patient) = items.iter().find_map(|item| item.subject.as_deref()) {
		assert_whole(&summary_of(items, Some(patient)).unwrap());
	}
}
