// SPDX-License-Identifier: Apache-2.0
//! Tables in, MDF out.
#![allow(missing_docs)]

mod common;

use common::{assert_valid, data, ok, run};
use salus_ingest::{
	ingest, sample, Diagnostic, Format, Options, Place, Role, Severity, Sink, SinkError, Source,
};
use salus_mdf::{Body, Category, Item, Value};
use std::{collections::BTreeSet, io::Cursor};

const HEADER: &str = "Patient ID,Patient Name,DOB,Collected,Test,LOINC,Value,Unit,Range,Comment";

#[test]
fn a_row_becomes_an_observation_of_a_patient() {
	let text = format!(
		"{HEADER}\nP1,\"Roe, Jane\",02/13/1950,03/17/2020 9:08,Sodium,2947-0,<140.0,mmol/L,136-145,\"a\nb\"\n"
	);
	let (report, sink) = ok(text.as_bytes());
	assert_eq!(report.format, Format::Csv);
	assert_eq!((report.pieces, report.rejected, report.subjects), (1, 0, 1));
	assert_eq!(report.columns[3].role, Role::Collected);
	let [patient, sodium] = &sink.items[..] else { panic!("{}", sink.items.len()) };
	let Body::Patient(body) = &patient.body else { panic!() };
	assert_eq!(body.names[0].family.as_deref(), Some("Roe"));
	assert_eq!(body.birth.as_ref().unwrap().value, "1950-02-13");
	assert_eq!(sodium.category, Category::Labs);
	assert_eq!(sodium.times.at.as_ref().unwrap().value, "2020-03-17T09:08");
	assert_eq!(sodium.extra["Comment"].get(), r#""a\nb""#);
	let Body::Observation(body) = &sodium.body else { panic!() };
	let Some(Value::Quantity(quantity)) = &body.value else { panic!() };
	assert_eq!(quantity.value.as_ref().unwrap().as_str(), "140.0");
	assert_eq!(quantity.comparator.as_deref(), Some("<"));
	assert_eq!(sink.codes(), Vec::<&str>::new());
	assert_valid(&sink.items);
}

#[test]
fn the_whole_column_decides_about_commas_and_dates() {
	let text =
		"MRN;Date;Test;Value;Unit\n1;13.02.2020;Na;140,5;mmol/L\n2;01.02.2020;Na;1,25;mmol/L\n";
	let (_, sink) = ok(text.as_bytes());
	let times: Vec<_> =
		sink.items.iter().filter_map(|i| Some(&*i.times.at.as_ref()?.value)).collect();
	assert_eq!(times, ["2020-02-13", "2020-02-01"]);
	assert_eq!(sink.codes(), ["MISSING_CODE", "MISSING_CODE"]);
	let text = "MRN;Date;Test;Value;Unit\n1;03/04/2020;Na;140.5;mmol/L\n";
	let (_, sink) = ok(text.as_bytes());
	assert_eq!(sink.codes(), ["MISSING_CODE", "AMBIGUOUS_DATE"]);
	assert_eq!(sink.items[1].extra["Date"].get(), r#""03/04/2020""#);
}

#[test]
fn an_inferred_column_makes_its_items_less_sure() {
	let text = "MRN,Sample Collection Date,Test,Value,Unit\n1,2020-02-13,Na,140,mmol/L\n";
	let (report, sink) = ok(text.as_bytes());
	assert_eq!(report.columns[1].confidence, 60);
	let sure: Vec<_> = sink.items.iter().map(|item| item.provenance.confidence).collect();
	assert_eq!(sure, [None, Some(60)]);
	assert_valid(&sink.items);
	let (_, sink) = ok(text.replace("Sample Collection Date", "Date").as_bytes());
	assert!(sink.items.iter().all(|item| item.provenance.confidence.is_none()));
}

#[test]
fn results_are_compared_in_one_unit() {
	let text = "MRN,Test,Value,Unit\n1,Hb,14.10,g/dL\n";
	let (_, sink) = ok(text.as_bytes());
	let Body::Observation(body) = &sink.items[1].body else { panic!() };
	let Some(Value::Quantity(quantity)) = &body.value else { panic!() };
	assert_eq!(quantity.value.as_ref().unwrap().as_str(), "14.10");
	let canonical = quantity.canonical.as_ref().unwrap();
	assert_eq!((canonical.value.as_str(), &*canonical.unit), ("141", "g/L"));
}

#[test]
fn a_table_without_results_is_refused() {
	let (result, _) = run(b"Patient ID,Name,DOB\n1,x,1950-01-01\n");
	assert_eq!(result.unwrap_err().code(), "HEADER_UNRECOGNIZED");
}

#[test]
fn identifiers_never_reach_diagnostics() {
	let text = format!(
		"{HEADER}\nZebedee,\"Zebedee,x,Zebedee,\nZebedee,Zebedee,Zebedee,Zebedee,Zebedee,Zebedee,Zebedee,Zebedee,Zebedee,\nZebedee\n"
	);
	let (report, sink) = ok(text.as_bytes());
	assert!(sink.diagnostics.len() >= 4);
	let said = serde_json::to_string(&sink.diagnostics).unwrap()
		+ &serde_json::to_string(&report).unwrap()
		+ &format!("{sink:?}");
	assert!(!said.contains("Zebedee"));
}

#[test]
fn generated_tables_load_completely() {
	let mut bytes = Vec::new();
	sample::csv(&mut bytes, &sample::Options { seed: 2, entries: 5000 }).unwrap();
	let (report, sink) = ok(&bytes);
	assert_eq!((report.pieces, report.rejected), (5000, 0), "{:?}", report.codes);
	assert_eq!(sink.diagnostics.len(), 0);
}

#[test]
fn the_clean_export_loads_completely() {
	let Some(folder) = data("csv") else { return };
	let (report, sink) = ok(&std::fs::read(folder.join("labs_clean.csv")).unwrap());
	assert_eq!((report.pieces, report.rejected), (5000, 0));
	assert_eq!(report.codes, Default::default());
	assert_eq!(report.subjects, 55);
	assert_eq!(report.items[&Category::Demographics], 55);
	assert_eq!(report.total_items(), 5055);
	let sampled: Vec<_> = sink.items.into_iter().step_by(50).collect();
	assert_valid(&sampled);
}

#[test]
fn every_fault_of_the_dirty_export_is_reported_and_nothing_else() {
	let Some(folder) = data("csv") else { return };
	let (report, sink) = ok(&std::fs::read(folder.join("labs_dirty.csv")).unwrap());
	let faults: serde_json::Value =
		serde_json::from_slice(&std::fs::read(folder.join("faults.json")).unwrap()).unwrap();
	let expected: BTreeSet<(u64, String)> = faults["faults"]
		.as_array()
		.unwrap()
		.iter()
		.map(|fault| (fault["line"].as_u64().unwrap(), fault["kind"].as_str().unwrap().into()))
		.collect();
	let found: BTreeSet<(u64, String)> = sink
		.diagnostics
		.iter()
		.map(|diagnostic| {
			let line = match diagnostic.place {
				Place::Line(line) | Place::Cell { line, .. } => line,
				_ => panic!("{diagnostic:?}"),
			};
			let kind = match diagnostic.code.as_str() {
				"BYTE_ORDER_MARK" => "bom",
				"INVALID_DATE" => "bad_date",
				"UNKNOWN_UNIT" => "unknown_unit",
				"MISSING_CODE" => "missing_code",
				"DECIMAL_COMMA" | "DECIMAL_COMMA_UNQUOTED" => "decimal_comma",
				"BROKEN_QUOTE" => "quote",
				"COLUMN_COUNT" => "column_count",
				"DUPLICATE_ROW" => "duplicate_row",
				other => other,
			};
			assert!(!diagnostic.fix.is_empty());
			(line, kind.to_owned())
		})
		.collect();
	assert_eq!(found, expected);
	assert_eq!(sink.diagnostics.len(), 25);
	// Rows that yield nothing: 3 quotes, 3 column counts, 1 unquoted comma, 2 duplicates.
	assert_eq!(report.severities[&Severity::Rejected], 9);
	assert_eq!(report.pieces - report.rejected, 5002 - 9);
	let rows = report.total_items() - report.items[&Category::Demographics];
	assert_eq!(rows, 5002 - 9);
	let duplicates: Vec<_> =
		sink.diagnostics.iter().filter_map(|diagnostic| diagnostic.related_line).collect();
	assert_eq!(duplicates, [4602, 4403]);
}

#[test]
fn patients_beyond_those_that_are_compared_are_told_and_lose_nothing() {
	const KNOWN: usize = 400_000;
	struct Count {
		patients: usize,
		results: usize,
		last: Vec<String>,
		codes: Vec<&'static str>,
	}
	impl Sink for Count {
		fn item(&mut self, item: Item) -> Result<(), SinkError> {
			match item.body {
				Body::Patient(_) => self.patients += 1,
				_ => self.results += 1,
			}
			if item.subject.as_deref() == Some("Patient/400002") && item.kind() == "patient" {
				self.last.push(item.id);
			}
			Ok(())
		}

		fn diagnostic(&mut self, diagnostic: Diagnostic) -> Result<(), SinkError> {
			self.codes.push(diagnostic.code.as_str());
			Ok(())
		}
	}
	let mut text = String::from("MRN,LOINC,Value,Unit\n");
	for number in (1..=KNOWN + 2).chain([1, KNOWN + 2, KNOWN + 1, KNOWN + 2]) {
		let value = text.len() % 997;
		text.push_str(&format!("{number},2947-0,{value}.{number},mmol/L\n"));
	}
	let mut sink = Count { patients: 0, results: 0, last: Vec::new(), codes: Vec::new() };
	let source = Source { name: "test".into(), reader: Cursor::new(text) };
	ingest(source, &Options::default(), &mut sink).unwrap();
	assert_eq!((sink.patients, sink.results), (KNOWN + 2, KNOWN + 6));
	assert_eq!(sink.codes, ["DUPLICATES_UNCHECKED"]);
	assert_eq!(sink.last.len(), 1);
}
