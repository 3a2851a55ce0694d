// SPDX-License-Identifier: Apache-2.0
//! The functional tests of UCUM, when the sample data is there.
#![allow(missing_docs)]

use roxmltree::Document;
use salus_mdf::unit::{convert, is_ucum};

fn tests() -> Option<String> {
	let Some(root) = std::env::var_os("SALUS_DATA") else {
		eprintln!("SKIPPED: SALUS_DATA is not set; the UCUM functional tests were not tried");
		return None;
	};
	let path = std::path::PathBuf::from(root).join("ucum/UcumFunctionalTests.xml");
	Some(std::fs::read_to_string(path).unwrap())
}

#[test]
fn units_are_told_from_other_texts() {
	let Some(text) = tests() else { return };
	let document = Document::parse(&text).unwrap();
	let cases = document.descendants().filter(|node| node.has_tag_name("validation"));
	let cases: Vec<_> = cases.flat_map(|node| node.children()).filter(|n| n.is_element()).collect();
	assert!(cases.len() >= 500, "{}", cases.len());
	let wrong: Vec<_> = cases
		.iter()
		.filter(|case| {
			is_ucum(case.attribute("unit").unwrap()) != (case.attribute("valid") == Some("true"))
		})
		.filter_map(|case| case.attribute("id"))
		.collect();
	assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn values_are_converted() {
	let Some(text) = tests() else { return };
	let document = Document::parse(&text).unwrap();
	let cases = document.descendants().filter(|node| node.has_tag_name("conversion"));
	let cases: Vec<_> = cases.flat_map(|node| node.children()).filter(|n| n.is_element()).collect();
	assert_eq!(cases.len(), 30);
	let mut wrong = Vec::new();
	for case in cases {
		let get = |name| case.attribute(name).unwrap();
		let expected: f64 = get("outcome").parse().unwrap();
		let found = convert(&get("value").parse().unwrap(), get("srcUnit"), get("dstUnit"));
		// The outcome is rounded to the places it is written with.
		let places = get("outcome").split_once('.').map_or(0, |(_, fraction)| fraction.len());
		let step = 10_f64.powi(-i32::try_from(places).unwrap());
		let close = |found: f64| (found - expected).abs() <= step / 2.0 + expected.abs() * 1e-12;
		if !found.as_ref().is_some_and(|found| close(found.to_f64())) {
			wrong.push((get("id"), found.map(|found| found.to_string()), expected));
		}
	}
	assert!(wrong.is_empty(), "{wrong:?}");
}
