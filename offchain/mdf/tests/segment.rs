// SPDX-License-Identifier: Apache-2.0
//! Segment documents: round trip, schema, refusals.
#![allow(missing_docs)]

use salus_mdf::{
	Body, Category, Component, Decimal, Error, Header, Item, Location, Medication, Observation,
	Other, Patient, Provenance, Quantity, RawJson, SegmentReader, SegmentWriter, Time, Value,
	SCHEMA,
};

fn origin() -> Provenance {
	Provenance {
		source: "ab".repeat(32),
		location: Location { pointer: Some("/entry/0/resource".into()), ..Location::default() },
		rule: "test".into(),
		..Provenance::default()
	}
}

fn quantity(value: &str) -> Quantity {
	Quantity {
		value: Some(value.parse().unwrap()),
		unit: Some("mm[Hg]".into()),
		unit_text: Some("mmHg".into()),
		..Quantity::default()
	}
}

fn pressure() -> Item {
	let component =
		|value| Component { value: Some(Value::Quantity(quantity(value))), ..Component::default() };
	let body = Observation {
		components: vec![component("120.0"), component("80.00")],
		..Observation::default()
	};
	let mut item = Item::new("one".into(), Category::Vitals, body, origin());
	item.times.at = Some(Time::parse("2024-02").unwrap());
	item.extra.insert("text".into(), RawJson::new(r#"{"n":1.00}"#.into()).unwrap());
	item
}

fn document(items: &[Item]) -> Vec<u8> {
	let mut writer = SegmentWriter::new(Vec::new(), &Header::new(Category::Vitals)).unwrap();
	items.iter().for_each(|item| writer.write(item).unwrap());
	assert_eq!(writer.items(), items.len() as u64);
	writer.finish().unwrap()
}

#[test]
fn a_document_round_trips_and_keeps_digits() {
	let bytes = document(&[pressure(), pressure()]);
	let text = String::from_utf8(bytes.clone()).unwrap();
	assert_eq!(
		text.lines().next(),
		Some(r#"{"mdf":"1.0","category":"vitals","profile":"identified"}"#)
	);
	assert!(text.contains(r#""80.00""#) && text.contains(r#"{"n":1.00}"#));
	let items: Vec<_> = SegmentReader::new(&bytes[..]).unwrap().map(Result::unwrap).collect();
	assert_eq!(items, [pressure(), pressure()]);
	assert_eq!(items[0].category(), Category::Vitals);
	assert_eq!(items[0].kind(), "observation");
	let february = items[0].days();
	assert_eq!(february.until.unwrap().0 - february.from.unwrap().0, 28);
}

#[test]
fn an_end_before_the_start_leaves_no_day_out() {
	let days = |start: &str, end: &str| {
		let mut item = pressure();
		item.times.at = None;
		item.times.start = Some(Time::parse(start).unwrap());
		item.times.end = Some(Time::parse(end).unwrap());
		item.days()
	};
	let right = days("2020-03-01", "2021-05-03");
	assert_eq!(right.until.unwrap().0 - right.from.unwrap().0, 428);
	assert_eq!(days("2021-05-03", "2020-03-01"), right);
	assert_eq!(days("2021-05-03", "2020"), days("2020", "2021-05-03"));
	assert_eq!(days("2021", "2020"), days("2020", "2021"));
	// The start is within the year.
	assert!(!days("2020-05-03", "2020").is_empty());
}

#[test]
fn every_line_is_valid_by_the_schema() {
	let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
	let validator = jsonschema::draft202012::new(&schema).unwrap();
	let text = String::from_utf8(document(&[pressure()])).unwrap();
	for line in text.lines() {
		let line = serde_json::from_str(line).unwrap();
		assert!(validator.is_valid(&line));
	}
	for bad in [
		r#"{"mdf":"2.0","category":"labs"}"#,
		r#"{"id":"x","category":"labs"}"#,
		r#"{"id":"x","category":"nonsense","body":{"other":{}},"provenance":{}}"#,
	] {
		assert!(!validator.is_valid(&serde_json::from_str(bad).unwrap()), "{bad}");
	}
}

#[test]
fn the_schema_knows_every_kind_and_category() {
	let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
	let kinds = schema["$defs"]["body"]["properties"].as_object().unwrap();
	assert_eq!(kinds.len(), Body::KINDS.len());
	assert!(Body::KINDS.iter().all(|kind| kinds.contains_key(*kind)));
	let categories = schema["$defs"]["category"]["enum"].as_array().unwrap();
	let known: Vec<_> = Category::ALL.iter().map(|category| category.code()).collect();
	assert_eq!(categories, &known);
}

#[test]
fn items_of_another_segment_are_refused() {
	let mut writer = SegmentWriter::new(Vec::new(), &Header::new(Category::Labs)).unwrap();
	assert!(matches!(writer.write(&pressure()), Err(Error::CategoryMismatch { line: 2, .. })));

	let mut bytes = document(&[pressure()]);
	let header = br#"{"mdf":"1.0","category":"labs"}"#;
	let end = bytes.iter().position(|byte| *byte == b'\n').unwrap();
	bytes.splice(..end, header.iter().copied());
	let error = SegmentReader::new(&bytes[..]).unwrap().next_item().unwrap_err();
	assert_eq!(error.code(), "MDF_CATEGORY_MISMATCH");
}

#[test]
fn bad_lines_are_named_and_do_not_stop_the_reader() {
	let mut bytes = document(&[]);
	bytes.extend_from_slice(b"{\"secret\":\"Jane\"}\n");
	let good = document(&[pressure()]);
	let start = good.iter().position(|byte| *byte == b'\n').unwrap() + 1;
	bytes.extend_from_slice(&good[start..]);
	let mut reader = SegmentReader::new(&bytes[..]).unwrap();
	let error = reader.next_item().unwrap_err();
	assert!(matches!(error, Error::InvalidLine { line: 2, .. }));
	assert!(!error.to_string().contains("Jane") && !error.to_string().contains("secret"));
	assert_eq!(reader.next_item().unwrap(), Some(pressure()));
}

#[test]
fn other_files_and_newer_versions_are_refused() {
	let open = |text: &'static str| SegmentReader::new(text.as_bytes()).unwrap_err().code();
	assert_eq!(open(""), "MDF_NOT_MDF");
	assert_eq!(open("hello\n"), "MDF_NOT_MDF");
	assert_eq!(
		open("{\"mdf\":\"1.1\",\"category\":\"labs\",\"new\":1}\n"),
		"MDF_UNSUPPORTED_VERSION"
	);
	assert_eq!(open("{\"mdf\":\"1.0\",\"category\":\"labs\",\"new\":1}\n"), "MDF_NOT_MDF");
}

#[test]
fn debug_shows_no_content() {
	let patient = Patient { gender: Some("female".into()), ..Patient::default() };
	let mut item = Item::new("mrn-12345".into(), Category::Demographics, patient, origin());
	item.notes.push("Jane Roe".into());
	let shown = format!("{item:?} {:?} {:?}", item.body, Value::Text("Jane Roe".into()));
	assert_eq!(shown, "Item(patient) { .. } Body(patient) Value { .. }");
	let number: Decimal = "98.6".parse().unwrap();
	assert!(!format!("{number:?}").contains("98"));
	let _ = (Body::from(Other::default()), Body::from(Medication::default()));
}

#[test]
fn raw_json_is_one_line_of_json() {
	assert!(RawJson::new("{\n}".into()).is_err());
	assert!(RawJson::new("{]".into()).is_err());
	assert_eq!(RawJson::string("a\n\"b\"").get(), r#""a\n\"b\"""#);
}
