// SPDX-License-Identifier: Apache-2.0
//! Workbooks: each sheet is read as a table is, and nothing in one is run or opened.
#![allow(missing_docs)]

mod common;

use common::{assert_valid, ok, run, Collect};
use proptest::prelude::*;
use salus_ingest::{Format, Place};
use salus_mdf::{Body, Item, Value};
use std::io::{Cursor, Write};
use zip::{write::SimpleFileOptions, ZipWriter};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const HEADER: &str = "Patient ID|Test|LOINC|Value|Unit|Collected|Comment";

/// A cell of the row: `=1.5` a number, `~1.5` one shown with two decimals, `@45306` a date, `!` an
/// error, `?1` a truth, `:` a formula, anything else a text.
fn cell(text: &str) -> String {
	let (kind, rest) = text.split_at_checked(1).unwrap_or(("", text));
	match kind {
		"" => "<c/>".into(),
		"=" => format!("<c><v>{rest}</v></c>"),
		"~" => format!(r#"<c s="2"><v>{rest}</v></c>"#),
		"@" => format!(r#"<c s="1"><v>{rest}</v></c>"#),
		"!" => r##"<c t="e"><v>#N/A</v></c>"##.into(),
		"?" => format!(r#"<c t="b"><v>{rest}</v></c>"#),
		":" => format!("<c><f>1+1</f><v>{rest}</v></c>"),
		_ => format!(r#"<c t="inlineStr"><is><t>{text}</t></is></c>"#),
	}
}

fn sheet(rows: &[&str]) -> String {
	let rows: String = rows
		.iter()
		.enumerate()
		.map(|(index, row)| {
			let cells: String = row.split('|').map(cell).collect();
			format!(r#"<row r="{}">{cells}</row>"#, index + 1)
		})
		.collect();
	format!(r#"<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>"#)
}

fn workbook(sheets: &[(&str, String)], calendar: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
	let mut names = String::new();
	let mut relations = String::new();
	for (index, (name, _)) in sheets.iter().enumerate() {
		let number = index + 1;
		names.push_str(&format!(r#"<sheet name="{name}" sheetId="{number}" r:id="r{number}"/>"#));
		relations.push_str(&format!(
			r#"<Relationship Id="r{number}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{number}.xml"/>"#
		));
	}
	let book = format!(
		r#"<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><workbookPr{calendar}/><sheets>{names}</sheets></workbook>"#
	);
	let styles = format!(
		r#"<styleSheet xmlns="{MAIN}"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="2"/></cellXfs></styleSheet>"#
	);
	let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
	let mut put = |name: &str, bytes: &[u8]| {
		writer.start_file(name, SimpleFileOptions::default()).unwrap();
		writer.write_all(bytes).unwrap();
	};
	put(
		"_rels/.rels",
		format!(r#"<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#).as_bytes(),
	);
	put("xl/workbook.xml", book.as_bytes());
	put(
		"xl/_rels/workbook.xml.rels",
		format!(r#"<Relationships xmlns="{PACKAGE}">{relations}</Relationships>"#).as_bytes(),
	);
	put("xl/styles.xml", styles.as_bytes());
	for (index, (_, sheet)) in sheets.iter().enumerate() {
		put(&format!("xl/worksheets/sheet{}.xml", index + 1), sheet.as_bytes());
	}
	more.iter().for_each(|(name, bytes)| put(name, bytes));
	writer.finish().unwrap().into_inner()
}

fn labs(rows: &[&str]) -> Vec<u8> {
	let rows: Vec<&str> = [HEADER].into_iter().chain(rows.iter().copied()).collect();
	workbook(&[("Labs", sheet(&rows))], "", &[])
}

fn results(sink: &Collect) -> Vec<&Item> {
	sink.items.iter().filter(|item| item.provenance.rule == "xlsx/long").collect()
}

fn value(item: &Item) -> String {
	let Body::Observation(body) = &item.body else { panic!("{item:?}") };
	match &body.value {
		Some(Value::Quantity(quantity)) => quantity.value.as_ref().unwrap().to_string(),
		Some(Value::Text(text)) => text.clone(),
		None => String::new(),
		_ => panic!("another value"),
	}
}

#[test]
fn a_sheet_is_read_as_a_table_is() {
	let (report, sink) = ok(&labs(&[
		"=77|Sodium|2951-2|~140.5|mmol/L|@45306|",
		"=77|Glucose|2345-7|=7.0999999999999996|mmol/L|@45306.4375|?1",
	]));
	assert_eq!((report.format, report.pieces, report.rejected), (Format::Xlsx, 2, 0));
	assert!(sink.diagnostics.is_empty(), "{:?}", sink.codes());
	assert_valid(&sink.items);
	let [sodium, glucose] = results(&sink)[..] else { panic!("two") };
	assert_eq!((value(sodium), value(glucose)), ("140.50".into(), "7.1".into()));
	let at = |item: &Item| item.times.at.as_ref().map(|time| time.value.clone()).unwrap();
	assert_eq!((at(sodium), at(glucose)), ("2024-01-15".into(), "2024-01-15T10:30:00".into()));
	assert_eq!(glucose.extra["Comment"].get(), "\"TRUE\"");
	assert_eq!(sodium.subject.as_deref(), Some("Patient/77"));
	let place = &sodium.provenance.location;
	assert_eq!((place.part.as_deref(), place.line), (Some("Labs"), Some(2)));
}

#[test]
fn a_sheet_and_a_text_with_the_same_cells_mean_the_same() {
	let rows = ["77|Sodium|2951-2|=140|mmol/L|2024-01-15|a", "78|Potassium|2823-3|=4.2|mmol/L||b"];
	let (_, sheet) = ok(&labs(&rows));
	let text = [HEADER].iter().chain(&rows).map(|row| row.replace('|', ",").replace('=', ""));
	let (_, table) = ok(text.collect::<Vec<_>>().join("\n").as_bytes());
	let plain = |sink: &Collect| -> Vec<_> {
		sink.items
			.iter()
			.map(|item| (item.body.clone(), item.concept.clone(), item.times.clone()))
			.collect()
	};
	assert_eq!(sheet.codes(), table.codes());
	assert!(plain(&sheet) == plain(&table));
}

#[test]
fn dates_follow_the_calendar_of_the_workbook() {
	let rows = [HEADER, "=77|Sodium|2951-2|=140|mmol/L|@43844|"];
	let (_, sink) = ok(&workbook(&[("Labs", sheet(&rows))], r#" date1904="1""#, &[]));
	assert_eq!(results(&sink)[0].times.at.as_ref().unwrap().value, "2024-01-15");
}

#[test]
fn sheets_share_their_patients_and_nothing_else() {
	let row = "=77|Sodium|2951-2|=140|mmol/L|@45306|";
	let table = sheet(&["Laboratory of the house|", "", HEADER, row]);
	let notes = sheet(&["Notes|", "nothing to see|"]);
	let (report, sink) =
		ok(&workbook(&[("A", table.clone()), ("B", table), ("C", notes)], "", &[]));
	let ids: Vec<_> = results(&sink).iter().map(|item| item.id.clone()).collect();
	assert_eq!(ids.len(), 2);
	assert_ne!(ids[0], ids[1]);
	assert_eq!(sink.items.len(), 3, "one patient");
	assert_eq!(sink.codes(), ["ROW_ABOVE_HEADER", "ROW_ABOVE_HEADER", "SHEET_UNRECOGNIZED"]);
	assert_eq!((report.rejected, report.subjects), (3, 1));
	assert_eq!(sink.diagnostics[2].file, "test#3");
}

#[test]
fn what_a_cell_does_not_say_is_told() {
	let (_, sink) = ok(&labs(&[
		"=77|Sodium|2951-2|!|mmol/L|@45306|",
		"=77|Glucose|2345-7|:5.5|mmol/L|@45306|",
		"=77|Iron|2498-4|=1|umol/L|@-5|",
	]));
	let told: Vec<_> =
		sink.diagnostics.iter().map(|told| (told.code.as_str(), told.place.clone())).collect();
	assert_eq!(told[0], ("FORMULA_VALUES", Place::Line(3)));
	assert_eq!(told[1], ("CELL_ERROR", Place::Cell { line: 2, column: 4 }));
	assert_eq!(told[2], ("CELL_ERROR", Place::Cell { line: 4, column: 6 }));
	assert_eq!(value(results(&sink)[0]), "#N/A mmol/L");
	assert_eq!(value(results(&sink)[1]), "5.5");
	assert_eq!(results(&sink)[2].extra["Collected"].get(), "\"-5\"");
}

#[test]
fn macros_and_links_are_told_and_never_opened() {
	let rows = [HEADER, "=77|Sodium|2951-2|=140|mmol/L|@45306|"];
	let more: [(&str, &[u8]); 3] = [
		("xl/vbaProject.bin", b"x"),
		("xl/externalLinks/externalLink1.xml", b"<x/>"),
		("docProps/core.xml", b"<x/>"),
	];
	let (_, sink) = ok(&workbook(&[("Labs", sheet(&rows))], "", &more));
	assert_eq!(sink.codes(), ["MACRO_IGNORED", "LINK_IGNORED", "WORKBOOK_PART"]);
	assert_eq!(results(&sink).len(), 1);
}

#[test]
fn a_workbook_in_an_archive_is_read() {
	let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
	writer.start_file("a/labs.xlsx", SimpleFileOptions::default()).unwrap();
	writer.write_all(&labs(&["=77|Sodium|2951-2|=140|mmol/L|@45306|"])).unwrap();
	let (report, sink) = ok(&writer.finish().unwrap().into_inner());
	assert_eq!((report.format, report.parts[0].format), (Format::Zip, Some(Format::Xlsx)));
	let place = &results(&sink)[0].provenance.location;
	assert_eq!(place.part.as_deref(), Some("a/labs.xlsx#Labs"));
}

#[test]
fn broken_and_hostile_workbooks_are_refused() {
	let with = |sheet: &str| workbook(&[("Labs", sheet.to_owned())], "", &[]);
	let cells = |cells: &str| {
		format!(
			r#"<worksheet xmlns="{MAIN}"><sheetData><row>{cells}</row></sheetData></worksheet>"#
		)
	};
	for (what, bytes, expected) in [
		("no table", with(&sheet(&["a|b"])), "HEADER_UNRECOGNIZED"),
		("cut off", with("<worksheet><sheetData><row>"), "FILE_MALFORMED"),
		(
			"a column that is none",
			with(&cells(r#"<c r="ZZZZZZZZZZZZ1"><v>1</v></c>"#)),
			"FILE_MALFORMED",
		),
		("a far column", with(&cells(r#"<c r="ZZZZ1"><v>1</v></c>"#)), "FILE_MALFORMED"),
		(
			"rows that go back",
			with(&cells(r#"<c r="A9"><v>1</v></c><c r="A1"><v>1</v></c>"#)),
			"FILE_MALFORMED",
		),
		("no number", with(&cells(r#"<c t="n"><v>x</v></c>"#)), "FILE_MALFORMED"),
		("a string that is not there", with(&cells(r#"<c t="s"><v>9</v></c>"#)), "FILE_MALFORMED"),
		("a bomb", with(&" ".repeat(64 << 20)), "FILE_LIMIT_EXCEEDED"),
	] {
		let (result, sink) = run(&bytes);
		let error = result.map(|_| what).unwrap_err();
		assert_eq!(error.code(), expected, "{what}: {error}");
		assert!(sink.items.is_empty(), "{what}");
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(128))]

	#[test]
	fn a_sheet_with_any_text_in_it_never_panics(
		text in r#"(<c|<v>|</v>|</c>|<row|</row>| r="[A-Z]{1,9}[0-9]{1,12}"| t="(s|b|e|n|d|str)"|>|[0-9.e-]{1,6}|&lt;|<f>|</f>|/>){0,30}"#
	) {
		let table = sheet(&[HEADER, "=77|Sodium|2951-2|=140|mmol/L|@45306|"]);
		let table = table.replace("</sheetData>", &format!("{text}</sheetData>"));
		let _ = run(&workbook(&[("Labs", table)], "", &[]));
	}

	#[test]
	fn a_damaged_workbook_never_panics(
		damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)
	) {
		let mut bytes = labs(&["=77|Sodium|2951-2|=140|mmol/L|@45306|"]);
		for (place, byte) in damage {
			let place = place.index(bytes.len());
			bytes[place] = byte;
		}
		let _ = run(&bytes);
	}
}
