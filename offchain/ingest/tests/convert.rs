// SPDX-License-Identifier: Apache-2.0
//! MDF out as FHIR R4.
#![allow(missing_docs)]

mod common;
mod schema;

use common::{data, json_files, ok, run};
use salus_ingest::{sample, to_fhir};
use salus_mdf::{
	Body, CarePlan, Category, Concept, Coverage, Document, Immunization, Item, Medication,
	Observation, Other, Patient, Provenance, Quantity, RawJson, Time, Value as MdfValue,
};
use schema::assert_valid_fhir;
use serde_json::Value;

/// Reads JSON with every number as its text, so that digits count and the order of members does
/// not.
fn exact(text: &str) -> Value {
	let mut out = String::with_capacity(text.len());
	let (mut in_string, mut after_backslash, mut in_number) = (false, false, false);
	for c in text.chars() {
		let is_number = !in_string
			&& (c.is_ascii_digit()
				|| c == '-' || (in_number && matches!(c, '.' | 'e' | 'E' | '+')));
		if is_number != in_number {
			out.push_str(if is_number { "\"#" } else { "\"" });
			in_number = is_number;
		}
		if in_string {
			in_string = after_backslash || c != '"';
			after_backslash = !after_backslash && c == '\\';
		} else {
			in_string = c == '"';
		}
		out.push(c);
	}
	serde_json::from_str(&out).unwrap()
}

/// The resources that a file should give back, in the order of its items.
fn expected(json: &Value, inner: bool, out: &mut Vec<Value>) {
	let entries = json["entry"].as_array().filter(|_| json["resourceType"] == "Bundle");
	for resource in entries.into_iter().flatten().filter_map(|entry| entry.get("resource")) {
		expected(resource, true, out);
	}
	let mut own = json.clone();
	if entries.is_some() && !inner {
		let members = own.as_object_mut().unwrap();
		members.remove("entry");
		// A bundle that says nothing but its type is a container and no fact.
		if members.keys().all(|key| key == "resourceType" || key == "type") {
			return;
		}
	}
	out.push(own);
}

fn round_trip(name: &str, bytes: &[u8]) -> usize {
	let mut wanted = Vec::new();
	expected(&exact(std::str::from_utf8(bytes).unwrap()), false, &mut wanted);
	let (_, sink) = ok(bytes);
	let found: Vec<_> = sink.items.iter().filter_map(to_fhir).collect();
	assert_eq!(found.len(), wanted.len(), "{name}");
	for (found, wanted) in found.iter().zip(&wanted) {
		let json = exact(&found.json);
		assert_eq!(json, *wanted, "{name}");
		assert_eq!(json["resourceType"], *found.kind);
		assert_eq!(json.get("id").and_then(Value::as_str), found.id.as_deref());
	}
	wanted.len()
}

#[test]
fn every_fhir_example_comes_back_as_it_was() {
	let Some(folder) = data("fhir-examples") else { return };
	let count: usize =
		json_files(&folder).iter().map(|(name, bytes)| round_trip(name, bytes)).sum();
	assert!(count >= 157, "{count}");
}

#[test]
fn every_synthea_resource_comes_back_as_it_was() {
	let Some(folder) = data("synthea") else { return };
	for (name, bytes) in json_files(&folder) {
		assert!(round_trip(&name, &bytes) > 50, "{name}");
	}
}

#[test]
fn what_the_model_holds_in_part_comes_back_whole() {
	for resource in [
		r#"{"resourceType":"Observation","status":"final","code":{},"valueInteger":7}"#,
		r#"{"resourceType":"Observation","code":{"text":"x"},"valueTime":"10:30:00","effectiveInstant":"2020-01-01T00:00:00Z"}"#,
		r#"{"resourceType":"Observation","code":{"text":"x"},"valueSampledData":{"period":10,"data":"1 2"}}"#,
		r#"{"resourceType":"Observation","code":{"text":"x"},"valueQuantity":{"value":1.50,"code":"mg"},"note":[]}"#,
		r#"{"resourceType":"Observation","code":{"text":"x"},"valueQuantity":{"value":1.50,"unit":"mg","system":"http://unitsofmeasure.org"}}"#,
		r#"{"resourceType":"Observation","valueString":"a","dataAbsentReason":{"text":"b"},"subject":{"reference":"Patient/p","display":"d"}}"#,
		r#"{"resourceType":"Encounter","period":{},"type":[{"text":"a"},{"text":"b"}],"class":{}}"#,
		r#"{"resourceType":"Condition","onsetAge":{"value":40,"unit":"a","system":"http://unitsofmeasure.org","code":"a"},"category":{"text":"x"}}"#,
		r#"{"resourceType":"Procedure","category":[{"text":"x"}],"subject":{"reference":"Patient/p"}}"#,
		r#"{"resourceType":"Goal","status":"active","lifecycleStatus":"proposed","patient":{"reference":"Patient/p"}}"#,
		r#"{"resourceType":"MedicationStatement","dosage":[{"dose":{"value":1},"doseAndRate":[{"doseRange":{"low":{"value":1}}}]}],"encounter":{"reference":"Encounter/e"}}"#,
		r#"{"resourceType":"MedicationAdministration","dosage":{"dose":{"value":1.0,"unit":"x"},"rateRatio":{}},"category":{"text":"x"}}"#,
		r#"{"resourceType":"Claim","total":[{"amount":{"value":1.0}}],"item":[{"sequence":1}]}"#,
		r#"{"resourceType":"Patient","id":"p","meta":{"versionId":"2","profile":["x"]},"_birthDate":{"extension":[]},"birthDate":"1950","multipleBirthInteger":2}"#,
		r#"{"resourceType":"Unheard","status":"x","subject":{"reference":"a"},"patient":{"reference":"b"},"name":[1.0],"category":"c","note":[{"text":"n"}]}"#,
		r#"{"resourceType":"Claim","patient":{"reference":"Patient/p"},"subject":{"reference":"Patient/p"}}"#,
		r#"{"resourceType":"Condition","modifierExtension":[{"url":"u"}],"code":{"text":"x"},"subject":{"reference":"Patient/p"}}"#,
	] {
		assert_eq!(round_trip(resource, resource.as_bytes()), 1);
	}
}

#[test]
fn made_up_bundles_come_back_as_they_were() {
	let mut bytes = Vec::new();
	sample::fhir(&mut bytes, &sample::Options { seed: 11, entries: 300 }).unwrap();
	assert!(round_trip("sample", &bytes) >= 300);
}

fn resource(item: &Item) -> Value {
	serde_json::from_str(&to_fhir(item).unwrap().json).unwrap()
}

#[test]
fn a_table_becomes_valid_resources() {
	let text = "MRN,Patient Name,Sex,DOB,Date,Test,LOINC,Value,Unit,Comment\n\
		a b,\"Roe, Jane\",F,1950-02-13,2020-03-17 9:08,Sodium,2947-0,<140.0,mmol/L,fasting\n\
		2,\"Doe, J\",X,,,Colour,,yellow,,\n";
	let (_, sink) = ok(text.as_bytes());
	let found: Vec<_> = sink.items.iter().map(resource).collect();
	let [jane, sodium, other, colour] = &found[..] else { panic!("{}", found.len()) };
	assert_eq!((&jane["gender"], &jane["birthDate"]), (&"female".into(), &"1950-02-13".into()));
	let id = jane["id"].as_str().unwrap();
	assert_eq!(id.len(), 32, "the number is no FHIR id");
	assert_eq!(sodium["subject"]["reference"], format!("Patient/{id}"));
	assert_eq!(
		(&sodium["status"], &sodium["valueQuantity"]["comparator"]),
		(&"unknown".into(), &"<".into())
	);
	// The clock has no zone: only the day is sure.
	assert_eq!(sodium["effectiveDateTime"], "2020-03-17");
	assert_eq!(sodium["_effectiveDateTime"]["extension"][0]["valueString"], "2020-03-17 9:08");
	assert_eq!(sodium["extension"][0]["extension"][0]["valueString"], "Comment");
	assert_eq!(sodium["extension"][0]["extension"][1]["valueString"], "\"fasting\"");
	assert!(other.get("gender").is_none());
	assert_eq!(other["_gender"]["extension"][0]["valueString"], "X");
	assert_eq!((&other["id"], &colour["valueString"]), (&"2".into(), &"yellow".into()));
	assert_valid_fhir(&found);
}

#[test]
fn what_fhir_demands_is_said_to_be_absent() {
	let origin =
		|| Provenance { source: "0".repeat(64), rule: "hl7v2/ORU".into(), ..Provenance::default() };
	let act = |act: &str| Medication { act: Some(act.into()), ..Medication::default() };
	let plan = |act: &str| CarePlan { act: Some(act.into()), ..CarePlan::default() };
	let bodies: Vec<Body> = vec![
		Patient::default().into(),
		salus_mdf::Encounter::default().into(),
		Observation::default().into(),
		salus_mdf::Report::default().into(),
		act("request").into(),
		act("statement").into(),
		act("administration").into(),
		act("dispense").into(),
		act("product").into(),
		salus_mdf::Condition::default().into(),
		salus_mdf::Procedure::default().into(),
		salus_mdf::Allergy { reactions: vec![Default::default()], ..Default::default() }.into(),
		Immunization::default().into(),
		salus_mdf::ImagingStudy::default().into(),
		Document::default().into(),
		salus_mdf::Device { names: vec!["pump".into()], ..Default::default() }.into(),
		Coverage::default().into(),
		Coverage { act: Some("claim".into()), ..Coverage::default() }.into(),
		plan("plan").into(),
		plan("goal").into(),
		plan("team").into(),
		salus_mdf::Genomic::default().into(),
		Other::default().into(),
		Other {
			resource: Some("Practitioner".into()),
			name: Some("Dr X".into()),
			..Other::default()
		}
		.into(),
	];
	let mut found = Vec::new();
	for (index, body) in bodies.into_iter().enumerate() {
		let bare = Item::new(format!("i{index}"), Category::Other, body, origin());
		found.push(resource(&bare));
		let mut full = bare;
		full.id = format!("f{index}");
		full.subject = Some("Patient/p q".into());
		full.encounter = Some("Encounter/1".into());
		full.status = Some("F".into());
		full.concept = Some(Concept { text: Some("x".into()), ..Concept::default() });
		full.classes = vec![Concept { text: Some("c".into()), ..Concept::default() }];
		full.times.at = Some(Time::converted("2020-01-02T03:04", "202001020304").unwrap());
		full.times.recorded = Some(Time::parse("2021-05-06").unwrap());
		full.extra.insert("ZPI-3".into(), RawJson::string("z"));
		found.push(resource(&full));
	}
	let status = |json: &Value| json["status"].clone();
	assert_eq!(status(&found[4]), "unknown");
	assert_eq!(found[5]["_status"]["extension"][0]["valueString"], "F");
	assert_eq!(found[4]["code"]["extension"][0]["valueCode"], "unknown");
	assert_eq!(found[8]["_intent"]["extension"][0]["valueCode"], "unknown");
	assert!(found[24].get("status").is_none() && found[24].get("_status").is_some());
	for full in found.iter().skip(1).step_by(2) {
		assert!(full.to_string().contains("ZPI-3"), "{full}");
		let text = full.to_string();
		let has = |part: &str| {
			text.contains(&format!("\"{part}\"")) || text.contains(&format!("\\\"{part}\\\""))
		};
		for part in ["F", "x", "c", "202001020304"] {
			assert!(has(part), "{part} is lost: {full}");
		}
		assert!(text.contains("Encounter/1") && text.contains("2021-05-06"), "{full}");
	}
	assert_valid_fhir(&found);
}

#[test]
fn what_was_withdrawn_was_entered_in_error() {
	let message = "MSH|^~\\&|LAB|HOSP|||20240102||ORU^R01|1|P|2.5\rPID|1||77^^^HOSP^MR\r\
		OBR|1|a|b|24331-1^Lipids^LN\r\
		OBX|1|NM|2093-3^Cholesterol^LN||180|mg/dL|||||D\r\
		OBX|2|NM|2571-8^Triglycerides^LN||90|mg/dL|||||W\r\
		OBX|3|NM|2085-9^HDL^LN||60|mg/dL|||||F\r\
		DG1|1||E11.9^Diabetes^I10C|||F||||||||||||||77|D\r\
		IAM|1|DA|7980^Penicillin^RXNORM|SV|hives|D|5||||||||||A^Active^HL70438\r";
	let (_, sink) = ok(message.as_bytes());
	let found: Vec<_> = sink.items.iter().map(resource).collect();
	let of = |kind: &str| {
		let found: Vec<_> = found.iter().filter(|json| json["resourceType"] == kind).collect();
		assert!(!found.is_empty(), "{kind}");
		found
	};
	let states: Vec<_> = of("Observation").into_iter().map(|json| json["status"].clone()).collect();
	assert_eq!(states, ["entered-in-error", "entered-in-error", "final"]);
	for kind in ["Condition", "AllergyIntolerance"] {
		for json in of(kind) {
			let status = &json["verificationStatus"]["coding"][0]["code"];
			assert_eq!(status, "entered-in-error", "{json}");
			assert!(json.get("clinicalStatus").is_none(), "con-5 and ait-2");
		}
	}
	assert!(of("AllergyIntolerance")[0].to_string().contains("0438"), "the status is lost");
	assert_valid_fhir(&found);

	// Whatever its source calls it.
	let origin = Provenance { rule: "ccda/result".into(), ..Provenance::default() };
	let mut result = Item::new("r".into(), Category::Labs, Observation::default(), origin);
	result.status = Some("final".into());
	result.withdrawn = true;
	let json = resource(&result);
	assert_eq!(json["status"], "entered-in-error");
	assert_eq!(json["_status"]["extension"][0]["valueString"], "final");

	// A type without any such status says so beside.
	let origin = Provenance { rule: "hl7v2/ADT".into(), ..Provenance::default() };
	let mut person = Item::new("x".into(), Category::Demographics, Patient::default(), origin);
	person.withdrawn = true;
	assert!(resource(&person).to_string().contains("\"withdrawn\""));
}

#[test]
fn samples_of_other_forms_become_valid_resources() {
	let mut found = Vec::new();
	for folder in ["hl7v2", "ccda", "csv"] {
		let Some(folder) = data(folder) else { return };
		for entry in std::fs::read_dir(folder).unwrap() {
			let path = entry.unwrap().path();
			let (result, sink) = run(&std::fs::read(&path).unwrap());
			if result.is_ok() {
				found.extend(sink.items.iter().map(resource));
			}
		}
	}
	assert!(found.len() > 1_000, "{}", found.len());
	assert_valid_fhir(&found);
}

#[test]
fn a_sign_that_fhir_does_not_have_becomes_text() {
	let quantity = Quantity {
		value: Some("5.0".parse().unwrap()),
		comparator: Some("<>".into()),
		unit: Some("mg".into()),
		..Quantity::default()
	};
	let body = Observation { value: Some(MdfValue::Quantity(quantity)), ..Observation::default() };
	let origin = Provenance { rule: "hl7v2/ORU".into(), ..Provenance::default() };
	let item = Item::new("x".into(), Category::Labs, body, origin);
	assert_eq!(resource(&item)["valueString"], "<>5.0 mg");
}
