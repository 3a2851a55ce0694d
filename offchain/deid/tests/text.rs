// SPDX-License-Identifier: Apache-2.0
//! Classes of identifiers and what must stay, one table; and what holds for every text.
#![allow(missing_docs)]

use proptest::prelude::*;
use salus_deid::{character_offsets, Class, Context, Finder, MAX_TEXT};

fn find(text: &str) -> Vec<(Class, &str)> {
	let spans =
		Finder::new().expect("the dictionary").find(text, &Context::default()).expect("short");
	spans.into_iter().map(|span| (span.class, &text[span.start..span.end])).collect()
}

#[track_caller]
fn finds(text: &str, expected: &[(Class, &str)]) {
	assert_eq!(find(text), expected, "{text}");
}

#[test]
fn names() {
	use Class::Name;
	finds("Patient Sarah Johnson denies pain.", &[(Name, "Sarah Johnson")]);
	finds("seen by Dr. Patel today", &[(Name, "Patel")]);
	finds("mr. o'brien was here", &[(Name, "o'brien")]);
	finds("JOHNSON, SARAH A.", &[(Name, "JOHNSON, SARAH A.")]);
	finds("my name is maria lopez", &[(Name, "maria lopez")]);
	finds("i'm tyrone and it hurts", &[(Name, "tyrone")]);
	finds("Emily Zhang, MD", &[(Name, "Emily Zhang")]);
	finds("Katrien van der Berg agrees", &[(Name, "Katrien van der Berg")]);
	finds("her daughter Hope lives here", &[(Name, "Hope")]);
	finds("Grace Young called", &[(Name, "Grace Young")]);
	finds("please call me about my labs, tyrone park", &[(Name, "tyrone park")]);
	finds("verify the identity of Brandon P. Kowalski.", &[(Name, "Brandon P. Kowalski")]);
	finds("instructions for ROBERT DE LA CRUZ: rest", &[(Name, "ROBERT DE LA CRUZ")]);
}

#[test]
fn contacts() {
	finds("write to j.roe+1@mail.example.org.", &[(Class::Email, "j.roe+1@mail.example.org")]);
	finds("see https://example.org/p?id=7, please", &[(Class::Url, "https://example.org/p?id=7")]);
	finds("at www.example.com/roe", &[(Class::Url, "www.example.com/roe")]);
	finds(
		"from 192.168.10.7 and fe80::1ff:fe23:4567:890a",
		&[(Class::Ip, "192.168.10.7"), (Class::Ip, "fe80::1ff:fe23:4567:890a")],
	);
	for phone in [
		"(312) 555-0142",
		"312.555.0142",
		"+44 20 7946 0958",
		"1-800-555-0199",
		"3125550142",
		"312-555-0142 ext. 12",
	] {
		let text = format!("call {phone} now");
		assert_eq!(find(&text), [(Class::Phone, phone)]);
	}
	finds("Fax: 312-555-0142", &[(Class::Fax, "312-555-0142")]);
}

#[test]
fn numbers() {
	finds("MRN 4459201", &[(Class::RecordNumber, "4459201")]);
	finds("chart # AB-1234", &[(Class::RecordNumber, "AB-1234")]);
	finds("her SSN is 123-45-6789", &[(Class::Ssn, "123-45-6789")]);
	finds("000-00-0000", &[(Class::Ssn, "000-00-0000")]);
	finds("member ID W123456789", &[(Class::PlanNumber, "W123456789")]);
	finds("Medicare 1EG4-TE5-MK73", &[(Class::PlanNumber, "1EG4-TE5-MK73")]);
	finds("account number 12345-678", &[(Class::Account, "12345-678")]);
	finds("license D1234567", &[(Class::License, "D1234567")]);
	finds("VIN 1HGCM82633A004352", &[(Class::Vehicle, "1HGCM82633A004352")]);
	finds("pacemaker serial number PJN123456S", &[(Class::Device, "PJN123456S")]);
	finds("fingerprint ID FP-123456", &[(Class::Biometric, "FP-123456")]);
	finds("username: jroe77", &[(Class::OtherId, "jroe77")]);
	finds("case 22-104532", &[(Class::OtherId, "22-104532")]);
}

#[test]
fn dates_and_ages() {
	for date in [
		"03/14/2024",
		"2024-03-14",
		"March 14, 2024",
		"14 March 2024",
		"14-Mar-2024",
		"3/14/24",
		"14.3.2024",
		"March 14th",
		"March 2024",
		"Tuesday",
		"Christmas 2019",
		"2024-03-14T10:30:00Z",
		"13/45/2024",
	] {
		let text = format!("seen on {date} for it");
		assert_eq!(find(&text), [(Class::Date, date)]);
	}
	finds("a 92-year-old man", &[(Class::Age, "92")]);
	finds("born in 1931", &[(Class::Date, "1931")]);
}

#[test]
fn places() {
	use Class::{Location, Organization};
	finds(
		"lives at 12 Maple Street, Springfield, IL 62704.",
		&[(Location, "12 Maple Street, Springfield, IL 62704")],
	);
	finds("moved to San Francisco", &[(Location, "San Francisco")]);
	finds("P.O. Box 123", &[(Location, "P.O. Box 123")]);
	finds("ZIP code 60614", &[(Location, "60614")]);
	finds("in Cook County", &[(Location, "Cook County")]);
	finds("admitted to Mercy Hospital", &[(Organization, "Mercy Hospital")]);
	finds("went home from Good Samaritan Hospital.", &[(Organization, "Good Samaritan Hospital")]);
	finds("Employer is Target, fax", &[(Organization, "Target")]);
	finds("retired teacher from St. Paul, IL with", &[(Location, "St. Paul, IL")]);
	finds("at 41.8781, -87.6298", &[(Location, "41.8781, -87.6298")]);
}

#[test]
fn what_is_no_identifier_stays() {
	for text in [
		"Parkinson's disease, Hodgkin lymphoma, a Foley catheter and a positive Babinski sign",
		"BP 120/80, pain 7/10, strength 5/5, C5-6, T2N1M0, Gleason 3+4=7, EF 55-60%",
		"a 34-year-old, aged 34, 34 y/o, 6 mo, 89 years old",
		"Lasix 40 mg, metformin 500 mg, heparin 5000 units, amoxicillin",
		"BRCA1, rs7903146, NCT04280705, p.V600E, E11.9, LOINC 8480-6, COVID-19",
		"It may improve. He will return. Mark the site. Chief complaint: pain.",
		"3 days ago, 2 weeks, in 2019, from Texas and Mexico",
		"The Kaplan-Meier curves, Wolff-Parkinson-White syndrome, ABG 7.36/41/88/23",
		"In Florida and Arizona, and from California, Texas and New York",
		"platelets 250,000, WBC 12.3, viral load 1,200,000 copies",
	] {
		finds(text, &[]);
	}
}

#[test]
fn what_hides_letters_hides_nothing() {
	finds("Dr. Joh\u{200b}nson", &[(Class::Name, "Joh\u{200b}nson")]);
	assert_eq!(find("SSN １２３-４５-６７８９").len(), 1);
	assert_eq!(find("Dr. M&uuml;ller")[0].1, "M&uuml;ller");
}

#[test]
fn offsets_count_characters() {
	let text = "é Dr. Müller ü 312-555-0142";
	let spans =
		Finder::new().expect("the dictionary").find(text, &Context::default()).expect("short");
	let characters: Vec<char> = text.chars().collect();
	let read: Vec<String> = character_offsets(text, &spans)
		.into_iter()
		.map(|(from, to)| characters[from..to].iter().collect())
		.collect();
	assert_eq!(read, ["Müller", "312-555-0142"]);
}

#[test]
fn a_text_that_is_too_long_is_refused() {
	let error = Finder::new()
		.expect("the dictionary")
		.find(&" ".repeat(MAX_TEXT + 1), &Context::default())
		.expect_err("long");
	assert_eq!(error.code(), "MAX_TEXT_EXCEEDED");
}

proptest! {
	#[test]
	fn spans_are_in_order_within_the_text_and_at_characters(text in "(\\PC|[A-Z][a-z]{2,8} |[0-9]{1,4}[-/. ]|&#?[a-z0-9]{1,4};|\n){0,80}") {
		let spans = Finder::new().expect("the dictionary").find(&text, &Context::default()).expect("short");
		let mut at = 0;
		for span in spans {
			prop_assert!(at <= span.start && span.start < span.end && span.end <= text.len());
			prop_assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
			at = span.end;
		}
	}
}
