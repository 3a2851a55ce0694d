// SPDX-License-Identifier: Apache-2.0
//! What holds for every data set: order does not matter, what was done once is done, and who asks for more
//! removal never gets less.
#![allow(missing_docs)]

use proptest::prelude::*;
use salus_deid::{
	policy::{Dates, FreeText, Style},
	Context, Deidentifier, Finder, Format, KnownIdentifiers, Policy, Span,
};

/// Notes of pieces with and without identifiers, in any order.
fn note() -> impl Strategy<Value = String> {
	let piece = prop::sample::select(vec![
		"Sarah Johnson ",
		"denies chest pain. ",
		"MRN 4459201 ",
		"Dr. Okafor ",
		"on 03/14/2024 ",
		"BP 120/80, ",
		"SSN 123-45-6789. ",
		"in 2019 ",
		"call 312-555-0142 ",
		"a 93-year-old ",
		"a 34-year-old ",
		"Lasix 40 mg ",
		"lives at 12 Maple Street, Springfield, IL 62704. ",
		"quillhaven ",
		"Mercy Hospital ",
		"j.roe@example.org ",
		"her daughter Hope ",
		"\n",
		"May 5 ",
		"COPD. ",
		"zebediah ",
		"ID AB-1234 ",
		"from Boston ",
		"PATIENT LONG ",
	]);
	prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

fn job(change: impl FnOnce(&mut Policy)) -> Deidentifier {
	let mut policy = Policy::safe_harbor().expect("reads");
	change(&mut policy);
	Deidentifier::new(policy).expect("true")
}

fn covers(spans: &[Span], at: usize) -> bool {
	spans.iter().any(|span| span.start <= at && at < span.end)
}

/// The letters and digits that one finds are found by the other.
fn covered(less: &[Span], more: &[Span], text: &str) -> bool {
	text.char_indices()
		.filter(|(_, character)| character.is_alphanumeric())
		.all(|(at, _)| !covers(less, at) || covers(more, at))
}

fn lines(notes: &[String]) -> Vec<String> {
	let input: String =
		notes.iter().map(|text| format!("{}\n", serde_json::json!({ "text": text }))).collect();
	let mut job = job(|_| {});
	job.learn(Format::JsonLines, input.as_bytes()).expect("memory");
	let mut out = Vec::new();
	job.transform(Format::JsonLines, input.as_bytes(), &mut out).expect("memory");
	let mut lines: Vec<_> =
		String::from_utf8(out).expect("text").lines().map(str::to_owned).collect();
	lines.sort();
	lines
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(400))]

	#[test]
	fn what_was_done_is_done(text in note()) {
		let once = job(|_| {}).scrub(&text).expect("short").expect("released");
		let twice = job(|_| {}).scrub(&once).expect("short").expect("released");
		prop_assert_eq!(twice, once);
	}

	#[test]
	fn the_order_of_records_does_not_matter(mut notes in prop::collection::vec(note(), 0..6)) {
		let forth = lines(&notes);
		notes.reverse();
		prop_assert_eq!(lines(&notes), forth);
	}

	#[test]
	fn a_stricter_policy_reveals_no_more(text in note()) {
		let strict = job(|policy| policy.dates = Dates::Remove).find(&text).expect("short");
		let usual = job(|_| {}).find(&text).expect("short");
		let lax = Deidentifier::new(Policy::limited_data_set().expect("reads"))
			.expect("true")
			.find(&text)
			.expect("short");
		prop_assert!(covered(&usual, &strict, &text));
		prop_assert!(covered(&lax, &usual, &text));
		prop_assert_eq!(job(|policy| policy.free_text = FreeText::Drop).scrub(&format!("x{text}")).expect("short"), None);
	}

	#[test]
	fn who_knows_more_removes_no_less(text in note()) {
		let mut known = KnownIdentifiers::new();
		known.add_name("Zebediah Quillhaven");
		known.add_number("4459201");
		let known = known.build();
		let mut finder = Finder::new().expect("the dictionary");
		let without = finder.find(&text, &Context::default()).expect("short");
		let context = Context { known: Some(&known), ..Context::default() };
		let with = finder.find(&text, &context).expect("short");
		prop_assert!(covered(&without, &with, &text));
		for name in ["zebediah", "quillhaven", "4459201"] {
			prop_assert!(text.match_indices(name).all(|(at, _)| covers(&with, at)));
		}
	}

	#[test]
	fn no_style_leaves_what_another_takes(text in note()) {
		for style in [Style::Tag, Style::Surrogate, Style::Mask] {
			let out = job(|policy| policy.style = style).scrub(&text).expect("short").expect("released");
			for value in ["4459201", "123-45-6789", "312-555-0142", "j.roe@example.org", "12 Maple", "Sarah Johnson"] {
				prop_assert!(!out.contains(value), "{:?}: {}", style, out);
			}
		}
	}
}
