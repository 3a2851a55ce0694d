// SPDX-License-Identifier: Apache-2.0
//! Nothing readable leaves the patient's hands.

mod network;

use network::Network;
use serde_json::{json, Value};
use std::{fs, path::Path};

/// Identifiers and clinical words planted in the input; none may appear anywhere else.
const PLANTED: [&str; 9] = [
	"Quirinalia",
	"Zephyranthes",
	"1931-07-19",
	"Obsidian Crescent 4711",
	"555-0142-9987",
	"MRN-88211-XQ",
	"quirinalia@example.org",
	"Hemoglobin-Planted",
	"7351.25",
];

fn bundle() -> String {
	let [family, given, birth, street, phone, mrn, mail, test, value] = PLANTED;
	json!({
		"resourceType": "Bundle",
		"type": "collection",
		"entry": [
			{ "resource": {
				"resourceType": "Patient",
				"id": "planted",
				"identifier": [{ "system": "urn:oid:1.2.3", "value": mrn }],
				"name": [{ "family": family, "given": [given] }],
				"birthDate": birth,
				"address": [{ "line": [street] }],
				"telecom": [
					{ "system": "phone", "value": phone },
					{ "system": "email", "value": mail },
				],
			}},
			{ "resource": {
				"resourceType": "Observation",
				"status": "final",
				"category": [{ "coding": [{
					"system": "http://terminology.hl7.org/CodeSystem/observation-category",
					"code": "laboratory",
				}] }],
				"code": { "coding": [{ "system": "http://loinc.org", "code": "718-7" }], "text": test },
				"subject": { "reference": "Patient/planted" },
				"effectiveDateTime": "2024-03-01",
				"valueQuantity": {
					"value": value.parse::<f64>().unwrap(),
					"unit": "g/dL",
					"system": "http://unitsofmeasure.org",
					"code": "g/dL",
				},
			}},
			{ "resource": { "resourceType": "Observation", "code": { "text": family } } },
			{ "noResource": mrn },
		],
	})
	.to_string()
}

/// Every form in which a planted word would be readable.
fn forms(word: &str) -> Vec<Vec<u8>> {
	let mut forms = Vec::new();
	for text in [word.to_owned(), word.to_lowercase(), word.to_uppercase()] {
		forms.push(hex::encode(&text).into_bytes());
		forms.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
		forms.push(text.into_bytes());
	}
	forms
}

fn assert_clean(what: &str, bytes: &[u8]) {
	for word in PLANTED {
		for form in forms(word) {
			assert!(
				!bytes.windows(form.len()).any(|window| window == form),
				"{word:?} is readable in {what}"
			);
		}
	}
}

fn scan(directory: &Path, skip: &Path, found: &mut usize) {
	for entry in fs::read_dir(directory).unwrap() {
		let path = entry.unwrap().path();
		if path == skip {
			continue;
		}
		if path.is_dir() {
			scan(&path, skip, found);
		} else {
			*found += 1;
			assert_clean(&path.display().to_string(), &fs::read(&path).unwrap());
		}
	}
}

#[test]
fn nothing_readable_leaves() {
	let network = Network::start();
	let file = network.input("planted.json", bundle());
	let ingested = network.run(&["ingest", "--as", "patient", &file]);
	assert_eq!(ingested.code, 0, "{ingested:#?}");
	assert_clean("the output of ingest", ingested.stdout.as_bytes());
	assert_clean("the log of ingest", ingested.stderr.as_bytes());
	let record = ingested.json()[0]["record"].as_str().unwrap().to_owned();
	let consent = network.ok(&[
		"share",
		"--as",
		"patient",
		"--with",
		"clinician-one",
		"--categories",
		"labs",
	])["consent"]
		.as_str()
		.unwrap()
		.to_owned();
	let opened = network.run(&["open", "--as", "clinician-one", &record, "--consent", &consent]);
	// The control: the grantee reads what was planted, so the search below can find it.
	assert!(opened.stdout.contains("Hemoglobin-Planted"), "{opened:#?}");
	assert_clean("the log of open", opened.stderr.as_bytes());
	network.ok(&["revoke", "--as", "patient", &consent]);
	network.fails(&["open", "--as", "clinician-one", &record, "--consent", &consent]);
	let trail = network.run(&["audit", "patient"]);
	assert_clean("the trail", trail.stdout.as_bytes());
	network.fails(&["ingest", "--as", "patient", "/nonexistent/Quirinalia"]);

	// Every block: extrinsics and events.
	let newest = network.rpc("chain_getHeader", json!([]))["number"].as_str().unwrap().to_owned();
	let newest = u64::from_str_radix(newest.trim_start_matches("0x"), 16).unwrap();
	let events = "0x26aa394eea5630e07c48ae0c9558cef780d41e5e16056765bc8461851072c9d7";
	for number in 1..=newest {
		let hash = network.rpc("chain_getBlockHash", json!([number]));
		let block = network.rpc("chain_getBlock", json!([hash])).to_string();
		assert_clean(&format!("block {number}"), block.as_bytes());
		let events = network.rpc("state_getStorage", json!([events, hash])).to_string();
		assert_clean(&format!("the events of block {number}"), events.as_bytes());
	}

	// All of the state, keys and values. `commitment`s aside, the words of a consent are not there
	// either: the purpose and the category are one byte each and never stand in the clear.
	let mut start = Value::Null;
	let mut keys = 0;
	loop {
		let page = network.rpc("state_getKeysPaged", json!(["0x", 500, start]));
		let page = page.as_array().unwrap();
		let Some(last) = page.last() else { break };
		keys += page.len();
		// The runtime's code is the same for everybody, and large.
		let wanted = page.iter().filter(|key| *key != "0x3a636f6465").cloned().collect::<Vec<_>>();
		let values = network.rpc("state_queryStorageAt", json!([wanted])).to_string();
		assert_clean("state", values.as_bytes());
		start = last.clone();
	}
	assert!(keys > 100, "the state was read: {keys} keys");

	// Everything on disk but the input: databases, blocks of the store, jobs, catalogue, logs.
	let mut files = 0;
	scan(network.home(), &network.home().join("inputs"), &mut files);
	assert!(files > 10, "{files} files were read");
}
