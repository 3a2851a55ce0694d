// SPDX-License-Identifier: Apache-2.0
//! Clinical documents: nothing of them is lost, and what they say means the same afterwards.
#![allow(missing_docs)]

mod common;

use common::{assert_valid, data, ok, run, Collect};
use salus_ingest::{sample, Format};
use salus_mdf::{Body, Category, Item, Value};
use std::{collections::BTreeMap, fs};

/// A document with these sections.
fn document(sections: &str) -> Vec<u8> {
	format!(
		r#"<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
		<id root="1.2.3" extension="document"/><recordTarget><patientRole><id root="1.2.3" extension="patient"/>
		<patient><name><given>Ada</given><family>Quill</family></name></patient></patientRole></recordTarget>
		<component><structuredBody>{sections}</structuredBody></component></ClinicalDocument>"#
	)
	.into_bytes()
}

fn section(code: &str, entries: &str) -> String {
	format!(
		r#"<component><section><code code="{code}" codeSystem="2.16.840.1.113883.6.1"/><title>T</title>
		<text><list><item ID="a">said in <content>words</content></item></list></text>{entries}</section></component>"#
	)
}

fn by_rule<'c>(sink: &'c Collect, rule: &str) -> Vec<&'c Item> {
	sink.items.iter().filter(|item| item.provenance.rule == rule).collect()
}

fn one<'c>(sink: &'c Collect, rule: &str) -> &'c Item {
	let [item] = by_rule(sink, rule)[..] else { panic!("not one {rule}") };
	item
}

fn code(item: &Item) -> Option<&str> {
	item.concept.as_ref()?.codes.first()?.code.as_deref()
}

#[test]
fn every_sample_is_read_and_nothing_of_it_is_lost() {
	let Some(folder) = data("ccda") else { return };
	let mut files = 0;
	for entry in fs::read_dir(folder).unwrap() {
		let path = entry.unwrap().path();
		if path.extension().is_none_or(|extension| extension != "xml") {
			continue;
		}
		let name = path.file_name().unwrap().to_string_lossy().into_owned();
		let bytes = fs::read(&path).unwrap();
		let (result, sink) = run(&bytes);
		let report = result.unwrap_or_else(|error| panic!("{name}: {error}"));
		assert_eq!((report.format, report.rejected), (Format::Ccda, 0), "{name}");
		assert_valid(&sink.items);
		let text = String::from_utf8(bytes).unwrap();
		assert_nothing_lost(&name, text.trim_start_matches('\u{feff}'), &sink.items);
		files += 1;
	}
	assert_eq!(files, 44);
}

/// Every attribute and every text of a document is somewhere in what was made of it.
fn assert_nothing_lost(name: &str, text: &str, items: &[Item]) {
	let collapse = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
	let mut kept = String::new();
	for item in items {
		strings(&serde_json::to_value(item).unwrap(), &mut kept);
	}
	let kept = collapse(&kept);
	let systems: BTreeMap<_, _> = [
		("2.16.840.1.113883.6.1", "http://loinc.org"),
		("2.16.840.1.113883.6.96", "http://snomed.info/sct"),
		("2.16.840.1.113883.6.88", "http://www.nlm.nih.gov/research/umls/rxnorm"),
		("2.16.840.1.113883.6.90", "http://hl7.org/fhir/sid/icd-10-cm"),
		("2.16.840.1.113883.6.103", "http://hl7.org/fhir/sid/icd-9-cm"),
		("2.16.840.1.113883.6.12", "http://www.ama-assn.org/go/cpt"),
		("2.16.840.1.113883.12.292", "http://hl7.org/fhir/sid/cvx"),
		("2.16.840.1.113883.6.69", "http://hl7.org/fhir/sid/ndc"),
		("2.16.840.1.113883.5.1", "http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender"),
		("2.16.840.1.113883.5.2", "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"),
		("2.16.840.1.113883.5.4", "http://terminology.hl7.org/CodeSystem/v3-ActCode"),
		("2.16.840.1.113883.5.8", "http://terminology.hl7.org/CodeSystem/v3-ActReason"),
		("2.16.840.1.113883.5.25", "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"),
		(
			"2.16.840.1.113883.5.83",
			"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
		),
		("F", "female"),
		("M", "male"),
	]
	.into();
	// Parts of documents use prefixes that the whole declares.
	let mut text = text.to_owned();
	const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
	for (prefix, name) in [("xsi", XSI), ("sdtc", "urn:hl7-org:sdtc")] {
		let mut tags = text.match_indices('<').map(|(at, _)| at);
		let start = tags.find(|at| text[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic()));
		let root = &text[start.unwrap()..];
		let tag = &root[..root.find('>').unwrap()];
		if !tag.contains(&format!("xmlns:{prefix}=")) {
			let end = start.unwrap() + tag.find(char::is_whitespace).unwrap_or(tag.len());
			text.insert_str(end, &format!(" xmlns:{prefix}=\"{name}\""));
		}
	}
	let mut lost = Vec::new();
	let tree = roxmltree::Document::parse(&text).unwrap();
	for node in tree.root_element().descendants() {
		// The type of a value and a negation are said by what they became.
		let attributes = node.attributes().filter(|one| {
			!matches!((one.name(), one.namespace()), ("type", Some(XSI)) | ("negationInd", None))
		});
		let attributes = attributes.map(|attribute| attribute.value());
		let texts = node.is_text().then(|| node.text().unwrap_or_default());
		for leaf in attributes.chain(texts) {
			let leaf = collapse(leaf);
			let other = systems.get(leaf.as_str()).copied().unwrap_or(&leaf);
			// Base64 is kept without its white space.
			let found = kept.contains(&leaf)
				|| kept.contains(other)
				|| kept.contains(&leaf.replace(' ', ""))
				|| (leaf.starts_with('.') && kept.contains(&format!("0{leaf}")));
			if !found {
				lost.push(format!("{name}: {leaf:?} of <{}>", node.tag_name().name()));
			}
		}
	}
	assert!(lost.is_empty(), "{lost:#?}");
}

fn strings(value: &serde_json::Value, out: &mut String) {
	match value {
		serde_json::Value::String(text) => {
			out.push_str(text);
			out.push('\n');
		},
		serde_json::Value::Array(values) => values.iter().for_each(|value| strings(value, out)),
		serde_json::Value::Object(members) => {
			members.iter().for_each(|(_, value)| strings(value, out));
		},
		other => {
			out.push_str(&other.to_string());
			out.push('\n');
		},
	}
}

#[test]
fn a_generated_document_says_what_was_generated() {
	let mut bytes = Vec::new();
	sample::ccda(&mut bytes, &sample::Options { seed: 3, entries: 7 }).unwrap();
	let (report, sink) = ok(&bytes);
	assert!(sink.diagnostics.is_empty(), "{:?}", sink.codes());
	assert_eq!(report.subjects, 1);
	assert_eq!(by_rule(&sink, "ccda/observation").len(), 7);
	for result in by_rule(&sink, "ccda/observation") {
		let Body::Observation(body) = &result.body else { panic!("{result:?}") };
		let Some(Value::Quantity(quantity)) = &body.value else { panic!("no quantity") };
		assert!(quantity.value.is_some() && quantity.unit.is_some());
		assert_eq!(
			result.concept.as_ref().unwrap().codes[0].system.as_deref(),
			Some("http://loinc.org")
		);
	}
	let Body::Report(panel) = &one(&sink, "ccda/organizer").body else { panic!("a report") };
	assert_eq!(panel.results.len(), 7);
	let problem = one(&sink, "ccda/problem");
	assert_eq!((code(problem), problem.category), (Some("59621000"), Category::Conditions));
	assert_eq!(problem.notes, ["Essential hypertension"]);
	let medicine = one(&sink, "ccda/medication");
	assert_eq!((code(medicine), medicine.status.as_deref()), (Some("197361"), Some("active")));
	let patient = one(&sink, "ccda/recordTarget");
	assert!(sink.items.iter().all(|item| item.subject.as_deref() == Some(&patient.id)));
	assert_valid(&sink.items);
}

#[test]
fn what_is_not_so_is_never_shown_as_a_fact() {
	let problem = |negated: &str| {
		format!(
			r#"<entry><act classCode="ACT" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.3"/><statusCode code="active"/>
			<entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN"{negated}><templateId root="2.16.840.1.113883.10.20.22.4.4"/>
			<value xsi:type="CD" code="44054006" codeSystem="2.16.840.1.113883.6.96"/></observation></entryRelationship></act></entry>"#
		)
	};
	let verification = |negated: &str| {
		let (_, sink) = ok(&document(&section("11450-4", &problem(negated))));
		let Body::Condition(body) = one(&sink, "ccda/problem").body.clone() else { panic!() };
		let coding = body.verification_status.map(|concept| concept.codes[0].code.clone().unwrap());
		(coding, sink.codes())
	};
	assert_eq!(verification(""), (None, vec![]));
	let refuted = verification(r#" negationInd="true""#);
	assert_eq!(refuted, (Some("refuted".into()), vec!["NEGATED"]));

	// An observation that says that something was not observed has no kind of its own.
	let observation = r#"<entry><observation classCode="OBS" moodCode="EVN" negationInd="true"><templateId root="2.16.840.1.113883.10.20.22.4.2"/>
		<code code="2947-0" codeSystem="2.16.840.1.113883.6.1"/><value xsi:type="PQ" value="140" unit="mmol/L"/></observation></entry>"#;
	let (_, sink) = ok(&document(&section("30954-2", observation)));
	assert_eq!(one(&sink, "ccda/unmapped").category, Category::Labs);
	assert_eq!(sink.codes(), ["NEGATED"]);

	// What is planned has not happened.
	let planned = r#"<entry><procedure classCode="PROC" moodCode="INT"><code code="73761001" codeSystem="2.16.840.1.113883.6.96"/>
		<effectiveTime value="20300101"/></procedure></entry>"#;
	let (_, sink) = ok(&document(&section("47519-4", planned)));
	let plan = one(&sink, "ccda/plan");
	let Body::CarePlan(body) = &plan.body else { panic!("{plan:?}") };
	assert_eq!(body.intent.as_deref(), Some("INT"));
	assert!(by_rule(&sink, "ccda/procedure").is_empty());
}

#[test]
fn a_sensitive_code_takes_the_words_of_its_section_with_it() {
	let entry = r#"<entry><observation classCode="OBS" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.4"/>
		<value xsi:type="CD" code="B20" codeSystem="2.16.840.1.113883.6.90"/></observation></entry>"#;
	let (_, sink) = ok(&document(&section("11450-4", entry)));
	assert_eq!(one(&sink, "ccda/problem").category, Category::Hiv);
	assert_eq!(one(&sink, "ccda/section").category, Category::Hiv);
	let (_, sink) = ok(&document(&section("11450-4", "")));
	assert_eq!(one(&sink, "ccda/section").category, Category::Conditions);
}

#[test]
fn an_entry_that_points_into_the_narrative_gets_its_words() {
	let entry = r##"<entry><observation classCode="OBS" moodCode="EVN"><code code="1" codeSystem="9.9"><originalText><reference value="#a"/></originalText></code></observation></entry>"##;
	let (_, sink) = ok(&document(&section("30954-2", entry)));
	let result = one(&sink, "ccda/observation");
	let concept = result.concept.as_ref().unwrap();
	assert_eq!(concept.text.as_deref(), Some("said in words"));
	assert_eq!(concept.codes[0].system.as_deref(), Some("urn:oid:9.9"));
	// A pointer to nothing is no text, and stays.
	let entry = entry.replace("#a", "#b");
	let (_, sink) = ok(&document(&section("30954-2", &entry)));
	assert_eq!(one(&sink, "ccda/observation").concept.as_ref().unwrap().text, None);
}

#[test]
fn missing_templates_are_made_up_for_by_the_section() {
	for (code, element, rule) in [
		("11450-4", "observation", "ccda/problem"),
		("48765-2", "observation", "ccda/allergy"),
		("8716-3", "observation", "ccda/observation"),
		("10160-0", "substanceAdministration", "ccda/medication"),
		("11369-6", "substanceAdministration", "ccda/immunization"),
		("47519-4", "act", "ccda/procedure"),
		("46240-8", "encounter", "ccda/encounter"),
		("46264-8", "supply", "ccda/device"),
		("99999-9", "supply", "ccda/unmapped"),
	] {
		let entry = format!(r#"<entry><{element} moodCode="EVN"/></entry>"#);
		let (_, sink) = ok(&document(&section(code, &entry)));
		assert_eq!(by_rule(&sink, rule).len(), 1, "{code} {element}");
	}
}

#[test]
fn the_same_statement_in_two_documents_has_one_id() {
	let entry = r#"<entry><encounter moodCode="EVN"><id root="1.2.3" extension="visit"/></encounter></entry>"#;
	let id = |sections: &str| {
		let (_, sink) = ok(&document(sections));
		one(&sink, "ccda/encounter").id.clone()
	};
	let alone = id(&section("46240-8", entry));
	assert_eq!(alone, id(&format!("{}{}", section("8716-3", ""), section("46240-8", entry))));
	assert!(!alone.contains("visit"));
	// An identifier that is used twice names the first.
	let (_, sink) = ok(&document(&section("46240-8", &entry.repeat(2))));
	let ids: Vec<_> = by_rule(&sink, "ccda/encounter").iter().map(|item| item.id.clone()).collect();
	assert_eq!(ids[0], alone);
	assert_ne!(ids[1], alone);
}

#[test]
fn hostile_documents_are_refused_with_a_reason() {
	let inner = "<a>".repeat(200);
	for (bytes, expected) in [
		(
			br#"<!DOCTYPE ClinicalDocument [<!ENTITY x "y">]><ClinicalDocument/>"#.to_vec(),
			"FILE_FORBIDDEN",
		),
		(document(&inner), "FILE_LIMIT_EXCEEDED"),
		(b"<ClinicalDocument><recordTarget></component>".to_vec(), "FILE_MALFORMED"),
		(b"<ClinicalDocument><recordTarget><patientRole>".to_vec(), "FILE_TRUNCATED"),
		(b"<html><body/></html>".to_vec(), "FORMAT_UNSUPPORTED"),
		(
			format!("<ClinicalDocument><title>{}</title></ClinicalDocument>", "x".repeat(17 << 20))
				.into_bytes(),
			"FILE_LIMIT_EXCEEDED",
		),
	] {
		let (result, _) = run(&bytes);
		assert_eq!(result.unwrap_err().code(), expected);
	}
}

#[test]
fn one_part_that_is_too_large_costs_only_itself() {
	let options = salus_ingest::Options { max_piece: 4096, ..Default::default() };
	let large = format!("<entry><act><text>{}</text></act></entry>", "x".repeat(8192));
	let small = r#"<entry><encounter moodCode="EVN"/></entry>"#;
	let bytes = document(&section("46240-8", &format!("{large}{small}")));
	let (result, sink) = common::run_with(&bytes, &options);
	assert_eq!(result.unwrap().rejected, 1);
	assert_eq!(sink.codes(), ["MAX_PIECE_EXCEEDED"]);
	assert_eq!(by_rule(&sink, "ccda/encounter").len(), 1);
}

#[test]
fn who_is_not_named_is_said() {
	let bytes = br#"<ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget><patientRole><patient/></patientRole></recordTarget></ClinicalDocument>"#;
	let (_, sink) = ok(bytes);
	assert_eq!(sink.codes(), ["MISSING_SUBJECT"]);
}

proptest::proptest! {
	#![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

	#[test]
	fn a_document_cut_or_changed_anywhere_never_panics(at in 0_usize..6000, byte: u8, cut: bool) {
		let mut bytes = Vec::new();
		sample::ccda(&mut bytes, &sample::Options { seed: 9, entries: 2 }).unwrap();
		let at = at % bytes.len();
		if cut { bytes.truncate(at) } else { bytes[at] = byte }
		let _ = run(&bytes);
	}
}
