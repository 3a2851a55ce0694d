// SPDX-License-Identifier: Apache-2.0
//! Items out as NDJSON, tables and bundles.
#![allow(missing_docs)]

mod common;
mod schema;

use common::{data, ok, run};
use salus_ingest::{
	sample,
	write::{Bulk, Bundle, Mdf, Tables, Writer},
};
use salus_mdf::{Item, Provenance, RawJson, Value as MdfValue};
use schema::assert_valid_fhir;
use serde_json::Value;
use std::{
	cell::RefCell,
	collections::BTreeMap,
	io::{self, Write},
	rc::Rc,
};

/// Files in memory.
#[derive(Clone, Default)]
struct Files(Rc<RefCell<BTreeMap<String, Vec<u8>>>>);

struct File(Files, String);

impl Write for File {
	fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
		self.0 .0.borrow_mut().entry(self.1.clone()).or_default().extend_from_slice(bytes);
		Ok(bytes.len())
	}

	fn flush(&mut self) -> io::Result<()> {
		Ok(())
	}
}

impl Files {
	fn open(&self) -> impl FnMut(&str) -> io::Result<File> + use<> {
		let files = self.clone();
		move |name| {
			let known = files.0.borrow_mut().insert(name.to_owned(), Vec::new());
			assert!(known.is_none(), "{name} was opened twice");
			Ok(File(files.clone(), name.to_owned()))
		}
	}

	fn take(self) -> BTreeMap<String, String> {
		let files = std::mem::take(&mut *self.0.borrow_mut());
		files.into_iter().map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect()
	}
}

fn written(writer: &mut dyn Writer, items: &[Item]) {
	items.iter().for_each(|item| writer.item(item).unwrap());
	writer.finish().unwrap();
}

fn tables(items: &[Item]) -> BTreeMap<String, String> {
	let files = Files::default();
	written(&mut Tables::new(files.open()), items);
	files.take()
}

fn all_samples() -> Vec<Item> {
	let mut items = Vec::new();
	let options = sample::Options { seed: 3, entries: 60 };
	let mut bytes = Vec::new();
	sample::fhir(&mut bytes, &options).unwrap();
	items.append(&mut ok(&bytes).1.items);
	bytes.clear();
	sample::hl7(&mut bytes, &options).unwrap();
	items.append(&mut ok(&bytes).1.items);
	bytes.clear();
	sample::ccda(&mut bytes, &options).unwrap();
	items.append(&mut ok(&bytes).1.items);
	for folder in ["hl7v2", "ccda", "csv", "fhir-examples"] {
		let Some(folder) = data(folder) else { break };
		for entry in std::fs::read_dir(folder).unwrap() {
			items.append(&mut run(&std::fs::read(entry.unwrap().path()).unwrap()).1.items);
		}
	}
	items
}

#[test]
fn every_line_of_ndjson_gives_its_item_back() {
	let items = all_samples();
	let mut out = Vec::new();
	written(&mut Mdf::new(&mut out), &items);
	let text = String::from_utf8(out).unwrap();
	let again: Vec<Item> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
	assert!(again == items);
	// The canonical form: what was read is written as it was.
	let mut twice = Vec::new();
	written(&mut Mdf::new(&mut twice), &again);
	assert!(twice == text.as_bytes());
}

/// A row of a table as an item, as `docs/formats/csv-out.md` says.
fn item_of(names: &csv::StringRecord, row: &csv::StringRecord) -> Option<Item> {
	let cell = |name: &str| {
		let index = names.iter().position(|known| known == name).unwrap();
		let text = row.get(index).unwrap();
		text.strip_prefix('\'').unwrap_or(text).to_owned()
	};
	if cell("rest").is_empty() {
		return None;
	}
	let mut parts = Vec::new();
	for name in ["id", "category", "subject", "encounter", "status"] {
		let text = cell(name);
		// An empty cell is an absent member; a member with an empty text stays in `rest`.
		if !text.is_empty() {
			parts.push(format!("\"{name}\":{}", serde_json::to_string(&text).unwrap()));
		}
	}
	if cell("withdrawn") == "true" {
		parts.push("\"withdrawn\":true".into());
	}
	let rest = cell("rest");
	parts.push(rest.strip_prefix('{').unwrap().to_owned());
	Some(serde_json::from_str(&format!("{{{}", parts.join(","))).unwrap())
}

#[test]
fn every_row_of_a_table_gives_its_item_back() {
	let mut items = all_samples();
	let mut found: Vec<Item> = Vec::new();
	for (name, text) in tables(&items) {
		let mut reader = csv::Reader::from_reader(text.as_bytes());
		let names = reader.headers().unwrap().clone();
		for row in reader.records() {
			let item = item_of(&names, &row.unwrap());
			assert!(item.iter().all(|item| format!("{}.csv", item.kind()) == name));
			found.extend(item);
		}
	}
	assert_eq!(found.len(), items.len());
	let order = |item: &Item| (item.kind(), serde_json::to_string(item).unwrap());
	found.sort_by_key(order);
	items.sort_by_key(order);
	for (found, item) in found.iter().zip(&items) {
		assert!(found == item, "{}", serde_json::to_string(item).unwrap());
	}
}

#[test]
fn a_panel_has_a_row_for_each_part() {
	let text = r#"{"resourceType":"Observation","id":"bp","status":"final","subject":{"reference":"Patient/p"},
		"category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],
		"code":{"coding":[{"system":"http://loinc.org","code":"85354-9","display":"Blood pressure"}]},
		"component":[
			{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":120.0,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
			{"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":80,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}"#;
	let files = tables(&ok(text.as_bytes()).1.items);
	let mut reader = csv::Reader::from_reader(files["observation.csv"].as_bytes());
	let names = reader.headers().unwrap().clone();
	let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
	let cell = |row: usize, name: &str| {
		rows[row].get(names.iter().position(|known| known == name).unwrap()).unwrap()
	};
	assert_eq!(rows.len(), 3);
	assert_eq!(cell(0, "codes"), "http://loinc.org|85354-9|Blood pressure");
	assert_eq!((cell(0, "component"), cell(0, "value")), ("", ""));
	assert_eq!((cell(1, "id"), cell(1, "component")), ("Observation/bp", "1"));
	assert_eq!((cell(1, "value"), cell(1, "unit")), ("120.0", "mm[Hg]"));
	assert_eq!((cell(1, "canonical_value"), cell(1, "canonical_unit")), ("120.0", "mm[Hg]"));
	assert_eq!((cell(2, "codes"), cell(2, "rest")), ("http://loinc.org|8462-4|", ""));
}

#[test]
fn no_cell_is_a_formula() {
	let origin = Provenance { rule: "hl7v2/ORU".into(), ..Provenance::default() };
	let text = |text: &str| {
		let body = salus_mdf::Observation {
			value: Some(MdfValue::Text(text.into())),
			..Default::default()
		};
		let mut item =
			Item::new(format!("={text}"), salus_mdf::Category::Labs, body, origin.clone());
		item.status = Some("@x".into());
		item.extra.insert("Z".into(), RawJson::string("=1"));
		item
	};
	let items: Vec<_> =
		["=cmd|' /C calc'!A0", "-1+1", "+1-1", "\t=1", "'x", "-5.0"].map(text).into();
	let files = tables(&items);
	let mut reader = csv::Reader::from_reader(files["observation.csv"].as_bytes());
	let names = reader.headers().unwrap().clone();
	for (row, item) in reader.records().zip(&items) {
		let row = row.unwrap();
		for cell in &row {
			let is_number = cell.parse::<salus_mdf::Decimal>().is_ok();
			assert!(is_number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
		}
		assert!(item_of(&names, &row).unwrap() == *item);
	}
}

fn bundle(items: &[Item]) -> Value {
	let mut out = Vec::new();
	written(&mut Bundle::new(&mut out), items);
	serde_json::from_slice(&out).unwrap()
}

#[test]
fn a_bundle_holds_every_resource_and_is_valid() {
	type Make = fn(&mut Vec<u8>, &sample::Options) -> io::Result<()>;
	let makers: [Make; 4] = [
		|out, options| sample::fhir(out, options),
		|out, options| sample::hl7(out, options),
		|out, options| sample::ccda(out, options),
		|out, options| sample::csv(out, options),
	];
	for make in makers {
		let mut bytes = Vec::new();
		make(&mut bytes, &sample::Options { seed: 5, entries: 40 }).unwrap();
		let items = ok(&bytes).1.items;
		let json = bundle(&items);
		assert_eq!(json["entry"].as_array().unwrap().len(), items.len());
		assert_eq!(json["type"], "collection");
		assert_valid_fhir(&[json]);
	}
	let empty = bundle(&[]);
	assert!(empty.get("entry").is_none());
	assert_valid_fhir(&[empty]);
}

#[test]
fn bulk_files_have_one_type_each() {
	let mut bytes = Vec::new();
	sample::fhir(&mut bytes, &sample::Options { seed: 5, entries: 60 }).unwrap();
	let items = ok(&bytes).1.items;
	let files = Files::default();
	written(&mut Bulk::new(files.open()), &items);
	let files = files.take();
	let mut lines = 0;
	for (name, text) in &files {
		for line in text.lines() {
			let json: Value = serde_json::from_str(line).unwrap();
			assert_eq!(format!("{}.ndjson", json["resourceType"].as_str().unwrap()), *name);
			lines += 1;
		}
	}
	assert_eq!(lines, items.len());
	assert!(files.contains_key("Patient.ndjson") && files.contains_key("Observation.ndjson"));
	// What was written is read again to the same resources.
	let all = files.into_values().collect::<String>();
	assert_eq!(ok(all.as_bytes()).1.items.len(), items.len());
}

#[test]
fn a_type_that_is_no_name_does_not_name_a_file() {
	let items = ["../../x", "a", "C:Con", "Ünheard"].map(|kind| {
		let json = format!(r#"{{"resourceType":"{kind}","id":"1"}}"#);
		ok(json.as_bytes()).1.items.remove(0)
	});
	let files = Files::default();
	written(&mut Bulk::new(files.open()), &items);
	let files = files.take();
	assert_eq!(files.keys().collect::<Vec<_>>(), ["Unknown.ndjson"]);
	assert_eq!(files["Unknown.ndjson"].lines().count(), 4);
}
