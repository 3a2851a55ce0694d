// SPDX-License-Identifier: Apache-2.0
//! Made-up files are what they claim to be.
#![allow(missing_docs)]

mod common;

use common::ok;
use salus_ingest::{
	sample::{self, Options},
	Format,
};
use salus_mdf::Category;
use std::collections::BTreeMap;

fn bytes(
	make: impl Fn(&mut Vec<u8>, &Options) -> std::io::Result<()>,
	options: Options,
) -> Vec<u8> {
	let mut out = Vec::new();
	make(&mut out, &options).unwrap();
	out
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
	let options = Options { seed: 4, entries: 50 };
	let other = Options { seed: 5, entries: 50 };
	type Make = fn(&mut Vec<u8>, &Options) -> std::io::Result<()>;
	let makers: [Make; 5] = [
		|out, options| sample::fhir(out, options),
		|out, options| sample::fhir_ndjson(out, options),
		|out, options| sample::hl7(out, options),
		|out, options| sample::ccda(out, options),
		|out, options| sample::csv(out, options),
	];
	for make in makers {
		assert_eq!(bytes(make, options), bytes(make, options));
		assert_ne!(bytes(make, options), bytes(make, other));
	}
}

#[test]
fn a_small_bundle_has_every_kind_of_data() {
	let bundle = bytes(|out, options| sample::fhir(out, options), Options { seed: 1, entries: 60 });
	let (report, sink) = ok(&bundle);
	assert_eq!((report.pieces, report.rejected, report.subjects), (60, 0, 1));
	assert!(sink.diagnostics.is_empty(), "{:?}", report.codes);
	for category in [
		Category::Demographics,
		Category::Encounters,
		Category::Vitals,
		Category::Labs,
		Category::Medications,
		Category::Conditions,
		Category::Procedures,
		Category::Allergies,
		Category::Immunizations,
		Category::Imaging,
		Category::Documents,
		Category::Coverage,
		Category::SocialHistory,
		Category::CarePlans,
		Category::MentalHealth,
	] {
		assert!(report.items.contains_key(&category), "{category}");
	}
	common::assert_valid(&sink.items);
	let lines =
		bytes(|out, options| sample::fhir_ndjson(out, options), Options { seed: 1, entries: 60 });
	let (ndjson, _) = ok(&lines);
	assert_eq!(ndjson.format, Format::FhirNdjson);
	assert_eq!(ndjson.items, report.items);
}

#[test]
fn messages_and_documents_have_their_frame() {
	let options = Options { seed: 1, entries: 10 };
	let message = String::from_utf8(bytes(|out, o| sample::hl7(out, o), options)).unwrap();
	assert!(message.starts_with("MSH|^~\\&|") && message.contains("|ORU^R01^ORU_R01|"));
	assert_eq!(message.matches("\rOBX|").count(), 10);
	let document = String::from_utf8(bytes(|out, o| sample::ccda(out, o), options)).unwrap();
	assert!(document.starts_with("<?xml"));
	assert_eq!(document.matches("<observation").count(), 11);
	assert_eq!(document.matches("<section>").count(), document.matches("</section>").count());
}

#[test]
fn bundles_are_valid_fhir_r4() {
	let Some(path) = std::env::var_os("SALUS_FHIR_SCHEMA") else {
		eprintln!("SKIPPED: SALUS_FHIR_SCHEMA is not set; samples were not held against FHIR R4");
		return;
	};
	let schema: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
	let mut validators = BTreeMap::new();
	let bundle =
		bytes(|out, options| sample::fhir(out, options), Options { seed: 1, entries: 120 });
	let bundle: serde_json::Value = serde_json::from_slice(&bundle).unwrap();
	for entry in bundle["entry"].as_array().unwrap() {
		let resource = &entry["resource"];
		let kind = resource["resourceType"].as_str().unwrap();
		let validator = validators.entry(kind.to_owned()).or_insert_with(|| {
			let mut schema = serde_json::json!({
				"$schema": "http://json-schema.org/draft-06/schema#",
				"allOf": [{ "$ref": format!("#/definitions/{kind}") }],
				"definitions": schema["definitions"],
			});
			// Contained resources are not made; their 148 alternatives would take long.
			schema["definitions"]["ResourceList"] = serde_json::json!({});
			jsonschema::draft6::new(&schema).unwrap()
		});
		let faults: Vec<_> = validator
			.iter_errors(resource)
			.map(|error| format!("{}: {error}", error.instance_path()))
			.collect();
		assert!(faults.is_empty(), "{kind}: {faults:#?}");
	}
}
