// SPDX-License-Identifier: Apache-2.0
//! FHIR in XML in, the same items as from JSON out.
#![allow(missing_docs)]

mod common;

use common::{assert_valid, data, json_files, ok, run, run_with, Collect};
use salus_ingest::{sample, Error, Format, Options, Place, Truncation};
use salus_mdf::{Body, Item};
use serde_json::{json, Value};
use std::fmt::Write as _;

fn resource(name: &str, content: &str) -> Vec<u8> {
	format!(r#"<?xml version="1.0"?><{name} xmlns="http://hl7.org/fhir">{content}</{name}>"#)
		.into_bytes()
}

fn escaped(text: &str) -> String {
	quick_xml::escape::escape(text)
		.replace('\n', "&#10;")
		.replace('\r', "&#13;")
		.replace('\t', "&#9;")
}

/// Stands before the digits of a number that must not be rounded.
const NUMBER: char = '\u{e000}';

/// JSON whose numbers are texts, with all their digits.
fn exact(json: &[u8]) -> Value {
	let mut out = String::new();
	let mut in_text = false;
	let mut in_number = false;
	let mut is_escaped = false;
	for one in std::str::from_utf8(json).unwrap().chars() {
		let is_digit = one.is_ascii_digit() || (in_number && "+-.eE".contains(one)) || one == '-';
		if !in_text && is_digit != in_number {
			in_number = is_digit;
			out.push('"');
			out.extend(is_digit.then_some(NUMBER));
		}
		out.push(one);
		in_text ^= one == '"' && !is_escaped;
		is_escaped = in_text && one == '\\' && !is_escaped;
	}
	serde_json::from_str(&out).unwrap()
}

/// A resource in JSON as XML. It needs to know no types: JSON says what is a list.
fn to_xml(json: &[u8]) -> String {
	let json = &exact(json);
	let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	write_resource(json, " xmlns=\"http://hl7.org/fhir\"", &mut out);
	out
}

fn write_resource(json: &Value, declared: &str, out: &mut String) {
	let kind = json["resourceType"].as_str().unwrap();
	write!(out, "<{kind}{declared}>").unwrap();
	write_members(json, &["resourceType"], out);
	write!(out, "</{kind}>").unwrap();
}

fn write_members(json: &Value, without: &[&str], out: &mut String) {
	let members = json.as_object().unwrap();
	for (name, value) in members {
		if without.contains(&name.as_str()) {
			continue;
		}
		if let Some(plain) = name.strip_prefix('_') {
			if !members.contains_key(plain) {
				write_element(plain, &Value::Null, value, out);
			}
			continue;
		}
		write_element(
			name,
			value,
			&members.get(&format!("_{name}")).cloned().unwrap_or_default(),
			out,
		);
	}
}

fn write_element(name: &str, value: &Value, beside: &Value, out: &mut String) {
	if value.is_array() || beside.is_array() {
		let count = [value, beside].map(|list| list.as_array().map_or(0, Vec::len));
		for index in 0..count[0].max(count[1]) {
			write_element(name, &value[index], &beside[index], out);
		}
		return;
	}
	let attribute = |json: &Value, name: &str| match json.get(name).and_then(Value::as_str) {
		Some(text) => format!(" {name}=\"{}\"", escaped(text)),
		None => String::new(),
	};
	match value {
		// An element of that name may be a code, too.
		Value::Object(members)
			if matches!(name, "resource" | "contained" | "outcome")
				&& members.contains_key("resourceType") =>
		{
			write!(out, "<{name}>").unwrap();
			write_resource(value, "", out);
		},
		Value::Object(_) => {
			let is_extension = matches!(name, "extension" | "modifierExtension");
			let attributes: &[&str] = if is_extension { &["id", "url"] } else { &["id"] };
			write!(out, "<{name}").unwrap();
			attributes.iter().for_each(|name| out.push_str(&attribute(value, name)));
			out.push('>');
			write_members(value, attributes, out);
		},
		Value::String(text) if name == "div" => return out.push_str(text),
		_ => {
			write!(out, "<{name}{}", attribute(beside, "id")).unwrap();
			match value {
				Value::Null => {},
				Value::String(text) => {
					write!(out, " value=\"{}\"", escaped(text.trim_start_matches(NUMBER))).unwrap();
				},
				other => write!(out, " value=\"{other}\"").unwrap(),
			}
			out.push('>');
			if beside.is_object() {
				write_members(beside, &["id"], out);
			}
		},
	}
	write!(out, "</{name}>").unwrap();
}

/// An item without what differs between two files of the same content.
fn comparable(item: &Item) -> Value {
	let mut json = serde_json::to_value(item).unwrap();
	let json_object = json.as_object_mut().unwrap();
	let origin = json_object["provenance"].as_object_mut().unwrap();
	origin.remove("source");
	origin.remove("location");
	if json_object["id"].as_str().unwrap().starts_with("at-") {
		json_object.remove("id");
	}
	normal(&mut json);
	json
}

/// Markup may be written in several ways.
fn normal(json: &mut Value) {
	match json {
		Value::Array(values) => values.iter_mut().for_each(normal),
		Value::Object(members) => {
			for (name, value) in members {
				match value.as_str() {
					Some(text) if name == "div" => *value = tree_of(text),
					_ => normal(value),
				}
			}
		},
		_ => {},
	}
}

fn tree_of(markup: &str) -> Value {
	fn part(node: roxmltree::Node<'_, '_>) -> Value {
		let attributes: Vec<_> = node.attributes().map(|one| (one.name(), one.value())).collect();
		let inside = node.children().filter(|child| child.is_element() || child.is_text());
		match node.text().filter(|_| node.is_text()) {
			Some(text) => json!(text),
			None => {
				json!([node.tag_name().name(), attributes, inside.map(part).collect::<Vec<_>>()])
			},
		}
	}
	part(roxmltree::Document::parse(markup).unwrap().root_element())
}

fn assert_same(name: &str, json: &[u8], xml: &[u8]) -> Collect {
	let (_, expected) = ok(json);
	let (report, found) = ok(xml);
	assert_eq!(report.format, Format::FhirXml, "{name}");
	assert_eq!(found.codes(), expected.codes(), "{name}");
	let [found_items, expected_items] =
		[&found, &expected].map(|sink| sink.items.iter().map(comparable).collect::<Vec<_>>());
	assert_eq!(found_items.len(), expected_items.len(), "{name}");
	for (found, expected) in found_items.iter().zip(&expected_items) {
		assert_eq!(found, expected, "{name}");
	}
	found
}

#[test]
fn every_example_is_the_same_in_xml() {
	let Some(folder) = data("fhir-examples") else { return };
	let files = json_files(&folder);
	assert!(files.len() > 100);
	for (name, bytes) in files {
		let xml = to_xml(&bytes);
		assert_same(&name, &bytes, xml.as_bytes());
	}
}

#[test]
fn a_generated_bundle_is_the_same_in_xml() {
	let mut bytes = Vec::new();
	sample::fhir(&mut bytes, &sample::Options { seed: 5, entries: 80 }).unwrap();
	let xml = to_xml(&bytes);
	let found = assert_same("sample", &bytes, xml.as_bytes());
	assert_valid(&found.items);
	// An item says where its element is.
	let text = |item: &Item| {
		let bytes = item.provenance.location.bytes.unwrap();
		xml.get(bytes.start as usize..bytes.end as usize).unwrap().to_owned()
	};
	let third = &found.items[2];
	assert_eq!(third.provenance.location.pointer.as_deref(), Some("/Bundle/entry[3]/resource"));
	assert!(text(third).starts_with("<entry>") && text(third).ends_with("</entry>"));
}

#[test]
fn prefixes_and_encodings_are_read() {
	let text = r#"<?xml version="1.0" encoding="ISO-8859-1"?>
		<f:Patient xmlns:f='http://hl7.org/fhir'><f:id value="p"/>
		<f:name><f:family value="M&#252;ller"/><f:given value="Zo&#xEB;"/></f:name></f:Patient>"#;
	let (report, sink) = ok(text.as_bytes());
	assert_eq!(report.format, Format::FhirXml);
	let Body::Patient(patient) = &sink.items[0].body else { panic!("{:?}", sink.items) };
	assert_eq!(patient.names[0].family.as_deref(), Some("Müller"));
	assert_eq!(patient.names[0].given, ["Zoë"]);
	let mut utf16 = vec![0xFF, 0xFE];
	utf16.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
	let (_, again) = ok(&utf16);
	assert_eq!(comparable(&again.items[0]), comparable(&sink.items[0]));
	assert_eq!(again.codes(), ["BYTE_ORDER_MARK", "ENCODING_CONVERTED"]);
}

#[test]
fn faults_name_the_element_and_cost_only_it() {
	let bundle = resource(
		"Bundle",
		r#"<type value="collection"/>
		<entry><resource><Patient><id value="a"/><deceasedBoolean value="perhaps"/></Patient></resource></entry>
		<entry><fullUrl value="urn:uuid:1"/></entry>
		<entry><resource><Observation><id value="b"/><valueQuantity><value value="+1"/></valueQuantity>
		<effectiveDateTime value="soon"/></Observation></resource></entry>"#,
	);
	let (report, sink) = ok(&bundle);
	let found: Vec<_> =
		sink.diagnostics.iter().map(|one| (one.code.as_str(), one.place.clone())).collect();
	let at = |path: &str| Place::XmlPath(path.into());
	assert_eq!(
		found,
		[
			("ELEMENT_TYPE", at("/Bundle/entry[1]/resource/deceasedBoolean")),
			("ENTRY_WITHOUT_RESOURCE", at("/Bundle/entry[2]")),
			("INVALID_DATE", at("/Bundle/entry[3]/resource/effective")),
			("ELEMENT_TYPE", at("/Bundle/entry[3]/resource/value")),
		]
	);
	assert_eq!((report.pieces, sink.items.len()), (3, 3));
	assert_eq!(sink.items[0].extra["deceasedBoolean"].get(), r#""perhaps""#);
}

#[test]
fn what_could_harm_is_refused() {
	let code = |bytes: &[u8]| run(bytes).0.unwrap_err().code();
	let bomb = r#"<!DOCTYPE Patient [<!ENTITY a "b">]><Patient xmlns="http://hl7.org/fhir"/>"#;
	assert_eq!(code(bomb.as_bytes()), "FILE_FORBIDDEN");
	let nested = "<contained><List>".repeat(100);
	assert_eq!(code(&resource("List", &nested)), "FILE_LIMIT_EXCEEDED");
	assert_eq!(code(b"<Patient xmlns=\"http://example.org\"/>"), "FORMAT_UNSUPPORTED");
	assert_eq!(code(b"<patient xmlns=\"http://hl7.org/fhir\"/>"), "FORMAT_UNSUPPORTED");

	let long = format!(r#"<id value="p"/><language value="{}"/>"#, "x".repeat(5000));
	let options = Options { max_piece: 1000, ..Options::default() };
	let (result, sink) = run_with(&resource("Patient", &long), &options);
	assert_eq!((result.unwrap().rejected, sink.codes()), (1, vec!["MAX_PIECE_EXCEEDED"]));
}

#[test]
fn a_file_that_ends_in_the_middle_is_told() {
	let entry = r#"<entry><resource><Patient><id value="a"/></Patient></resource></entry>"#;
	let whole = resource("Bundle", &entry.repeat(2));
	let cut = &whole[..whole.len() - 40];
	let (result, _) = run(cut);
	assert!(matches!(result, Err(Error::Truncated { pieces: 1, .. })), "{result:?}");
	let options = Options { truncation: Truncation::Partial, ..Options::default() };
	let (result, sink) = run_with(cut, &options);
	assert!(result.unwrap().truncated_at.is_some());
	assert_eq!(sink.items.len(), 1);
}

proptest::proptest! {
	#[test]
	fn no_markup_panics(content in "(<[a-zA-Z]{0,8}( [a-z]{1,5}=\"[^\"]{0,6}\")?/?>|</[a-zA-Z]{0,8}>|[^<]{0,9}){0,30}") {
		let _ = run(&resource("Observation", &content));
		let _ = run(&resource("Bundle", &content));
	}
}
