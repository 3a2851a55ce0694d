// SPDX-License-Identifier: Apache-2.0
//! Identifiers planted in every place of every format: none comes out.
#![allow(missing_docs)]

use data_encoding::BASE64;
use salus_deid::{Deidentifier, Format, KnownIdentifiers, LeakGate, Policy};
use serde_json::{json, Value};

/// What must not come out, and is found whole or in part.
const CANARIES: &[&str] = &[
	"Quillhaven",
	"Zebediah",
	"Marrowgate",
	"4459201",
	"987-65-4321",
	"555-0142",
	"zq.marrow@example.com",
	"77 Bramblewick",
	"Fennimore",
	"SN-88675-LZ",
	"1EG4-TE5-MK73",
	"1959-03-14",
	"10.11.12.13",
	"secret-local-code",
	"60614",
];

fn bundle() -> Value {
	let note = "Zebediah Marrowgate (MRN 4459201, SSN 987-65-4321) of 77 Bramblewick Lane called from 312-555-0142.";
	let html = format!("<html><body title='Marrowgate'><p>Zebe<b>diah</b> Marrow<i>gate</i></p>{note}</body></html>");
	json!({
		"resourceType": "Bundle", "type": "transaction", "identifier": { "system": "urn:x", "value": "4459201" },
		"entry": [
			{ "fullUrl": "urn:uuid:4459201", "request": { "method": "POST", "url": "Patient?identifier=4459201" }, "resource": {
				"resourceType": "Patient", "id": "4459201",
				"text": { "status": "generated", "div": format!("<div xmlns='http://www.w3.org/1999/xhtml'>{note}<a href='mailto:zq.marrow@example.com'>x</a></div>") },
				"identifier": [{ "system": "http://hl7.org/fhir/sid/us-ssn", "value": "987-65-4321" }, { "type": { "text": "MRN 4459201" }, "value": "4459201" }],
				"name": [{ "family": "Marrowgate", "given": ["Zebediah"] }], "_birthDate": { "extension": [{ "url": "http://x/time", "valueDateTime": "1959-03-14T04:05:06Z" }] },
				"telecom": [{ "system": "phone", "value": "(312) 555-0142" }, { "system": "email", "value": "zq.marrow@example.com" }],
				"birthDate": "1959-03-14", "gender": "male",
				"address": [{ "line": ["77 Bramblewick Lane"], "city": "Fennimore", "state": "IL", "postalCode": "60614", "country": "US" }],
				"extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName", "valueString": "Quillhaven" }],
				"contact": [{ "name": { "family": "Quillhaven" } }], "contained": [{ "resourceType": "Organization", "id": "o", "name": "Fennimore Clinic" }]
			} },
			{ "resource": {
				"resourceType": "Observation", "id": "o1", "status": "final", "subject": { "reference": "urn:uuid:4459201", "display": "Zebediah Marrowgate" },
				"code": { "coding": [{ "system": "http://loinc.org", "code": "2345-7", "display": "Glucose" }, { "system": "http://local", "code": "secret-local-code" }], "text": "Glucose of Marrowgate" },
				"effectiveDateTime": "2023-05-06T07:08:09Z", "valueQuantity": { "value": 5.5, "unit": "mmol/L" },
				"note": [{ "text": format!("ZEBEDIAH and zebediah and Marrowgaet. {note}"), "authorString": "Quillhaven" }],
				"unknownElement": "Quillhaven", "valueString": "seen by Dr. Quillhaven"
			} },
			{ "resource": { "resourceType": "DocumentReference", "id": "d", "status": "current", "description": note, "content": [
				{ "attachment": { "contentType": "text/plain", "data": BASE64.encode(note.as_bytes()), "title": "Marrowgate.txt", "url": "http://x/4459201" } },
				{ "attachment": { "contentType": "text/html", "data": BASE64.encode(html.as_bytes()) } },
				{ "attachment": { "contentType": "application/pdf", "data": BASE64.encode(note.as_bytes()) } }
			] } },
			{ "resource": { "resourceType": "Binary", "id": "b", "contentType": "application/rtf", "data": BASE64.encode(format!("{{\\rtf1 {note}}}").as_bytes()) } },
			{ "resource": { "resourceType": "Device", "id": "v", "serialNumber": "SN-88675-LZ", "udiCarrier": [{ "carrierHRF": "SN-88675-LZ" }], "url": "http://10.11.12.13/4459201" } },
			{ "resource": { "resourceType": "Coverage", "id": "c", "status": "active", "subscriberId": "1EG4-TE5-MK73", "beneficiary": { "reference": "Patient/4459201" } } }
		]
	})
}

fn transformed(format: Format, input: &[u8]) -> (String, String) {
	let mut job = Deidentifier::new(Policy::safe_harbor().expect("reads")).expect("true");
	job.learn(format, input).expect("memory");
	let mut out = Vec::new();
	job.transform(format, input, &mut out).expect("memory");
	job.verify(&out[..]).expect("nothing known is left");
	let (manifest, _) = job.finish();
	(String::from_utf8(out).expect("text"), serde_json::to_string(&manifest).expect("writes"))
}

/// Every string of a value, with what is encoded in it.
fn unfolded(value: &Value, out: &mut String) {
	match value {
		Value::String(text) => {
			out.push_str(text);
			out.push('\n');
			if let Some(inside) =
				BASE64.decode(text.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok())
			{
				out.push_str(&inside);
			}
		},
		Value::Array(list) => list.iter().for_each(|value| unfolded(value, out)),
		Value::Object(object) => object.iter().for_each(|(key, value)| {
			out.push_str(key);
			unfolded(value, out);
		}),
		other => out.push_str(&other.to_string()),
	}
}

fn assert_clean(text: &str) {
	let lower = text.to_lowercase();
	for canary in CANARIES {
		assert!(!lower.contains(&canary.to_lowercase()), "{canary} is in {text}");
	}
}

#[test]
fn nothing_planted_in_a_bundle_comes_out() {
	let (out, manifest) = transformed(Format::Fhir, bundle().to_string().as_bytes());
	let out: Value = serde_json::from_str(&out).expect("json");
	let mut text = String::new();
	unfolded(&out, &mut text);
	assert_clean(&text);
	assert_clean(&manifest);
	// What is no identifier is still there.
	let entry = |index: usize| &out["entry"][index]["resource"];
	assert_eq!(entry(1)["valueQuantity"]["value"], json!(5.5));
	assert_eq!(entry(1)["code"]["coding"][0]["code"], "2345-7");
	assert_eq!(entry(1)["effectiveDateTime"], "2023");
	assert_eq!(
		entry(0)["address"][0],
		json!({ "state": "IL", "postalCode": "606", "country": "US" })
	);
	assert_eq!(entry(0)["birthDate"], "1959");
	// References still point at what they pointed at.
	assert_eq!(entry(1)["subject"]["reference"], out["entry"][0]["fullUrl"]);
	let id = entry(0)["id"].as_str().expect("an id");
	assert_eq!(entry(5)["beneficiary"]["reference"], format!("Patient/{id}"));
	assert_eq!(entry(2)["content"].as_array().map(Vec::len), Some(2));
	assert!(manifest.contains("KIND_UNSUPPORTED"));
}

#[test]
fn lines_stand_for_themselves() {
	let lines = format!(
		"{}\nnot json\n{}\n",
		bundle(),
		json!({ "resourceType": "Patient", "modifierExtension": [] })
	);
	let (out, manifest) = transformed(Format::FhirLines, lines.as_bytes());
	assert_eq!(out.lines().count(), 1);
	assert!(
		manifest.contains("MALFORMED") && manifest.contains("\"withheld_count\":3"),
		"{manifest}"
	);
}

#[test]
fn nothing_planted_in_a_table_comes_out() {
	let table = "Patient Name,MRN,DOB,Test Name,Result,Units,Collected Date,ZIP,Comments,Favourite\n\
		\"Marrowgate, Zebediah\",4459201,1959-03-14,Glucose,5.5,mmol/L,2023-05-06,60614,\"Zebediah said so, 312-555-0142\",Quillhaven\n\
		\"Marrowgate, Zebediah\",4459201,03/14/1959,Sodium,140,mmol/L,05/07/2023,60614,fine,Fennimore,too long\n";
	let (out, manifest) = transformed(Format::Csv, table.as_bytes());
	assert_clean(&out);
	assert_clean(&manifest);
	let rows: Vec<_> = out.lines().collect();
	assert_eq!(rows.len(), 2, "{out}");
	assert!(rows[1].contains("Glucose,5.5,mmol/L,2023,606,"), "{out}");
}

#[test]
fn lines_with_text_keep_text_and_a_random_id() {
	let lines = "{\"id\": 4459201, \"text\": \"Dr. Zebediah Quillhaven, 987-65-4321\", \"author\": \"Marrowgate\"}\n{\"id\": 1}\n";
	let (out, manifest) = transformed(Format::JsonLines, lines.as_bytes());
	assert_clean(&out);
	assert_eq!(out.lines().count(), 1);
	assert!(out.contains("Dr. [NAME-1], [SSN-1]"), "{out}");
	assert!(manifest.contains("\"withheld_count\":1"));
}

#[test]
fn what_is_known_from_a_list_goes_too() {
	let mut known = KnownIdentifiers::new();
	known.add_name("Glorp");
	let mut job = Deidentifier::new(Policy::safe_harbor().expect("reads")).expect("true");
	job.add_known(&known);
	let mut out = Vec::new();
	job.transform(Format::Text, &b"the glorp was fine"[..], &mut out).expect("memory");
	assert_eq!(String::from_utf8(out).expect("text"), "the [NAME-1] was fine");
	assert_eq!(LeakGate::new(&known).expect("the dictionary").count(b"the glorp"), 1);
}

#[test]
fn who_is_over_89_has_no_year_of_birth() {
	let lines = "{\"resourceType\":\"Patient\",\"id\":\"a\",\"birthDate\":\"1930-01-01\"}\n{\"resourceType\":\"Encounter\",\"id\":\"e\",\"period\":{\"start\":\"2021-02-03\"}}\n";
	let (out, _) = transformed(Format::FhirLines, lines.as_bytes());
	assert!(!out.contains("1930") && out.contains("\"2021\""), "{out}");
}

#[test]
fn two_data_sets_of_one_patient_share_no_id() {
	let input = bundle().to_string();
	let id = |out: &str| {
		serde_json::from_str::<Value>(out).expect("json")["entry"][0]["resource"]["id"].clone()
	};
	let (a, b) = (
		transformed(Format::Fhir, input.as_bytes()).0,
		transformed(Format::Fhir, input.as_bytes()).0,
	);
	assert_ne!(id(&a), id(&b));
}
