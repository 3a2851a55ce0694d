// SPDX-License-Identifier: Apache-2.0
//! Quality scores.
#![allow(missing_docs)]

use proptest::prelude::*;
use salus_mdf::{
	quality::{Count, Dimension, Quality, Reason, Score},
	Body, Category, Coding, Component, Concept, Identifier, Item, Name, Observation, Patient,
	Provenance, Quantity, Time, Value,
};
use salus_primitives::Day;

/// 6 May 2024.
const TODAY: Day = Day(19_849);

fn concept(system: Option<&str>, code: &str) -> Concept {
	Concept {
		codes: vec![Coding {
			system: system.map(str::to_owned),
			code: Some(code.into()),
			..Coding::default()
		}],
		text: None,
	}
}

fn amount(value: &str, unit: &str) -> Quantity {
	Quantity { value: Some(value.parse().unwrap()), unit: Some(unit.into()), ..Quantity::default() }
}

fn patient() -> Item {
	let body = Patient {
		identifiers: vec![Identifier { value: Some("1".into()), ..Identifier::default() }],
		names: vec![Name { family: Some("Roe".into()), ..Name::default() }],
		birth: Some(Time::parse("1950-02-13").unwrap()),
		gender: Some("female".into()),
		..Patient::default()
	};
	let mut item = item("p", body);
	item.category = Category::Demographics;
	item
}

fn item(id: &str, body: impl Into<Body>) -> Item {
	let origin = Provenance { rule: "test".into(), ..Provenance::default() };
	let mut item = Item::new(id.into(), Category::Vitals, body, origin);
	item.subject = Some("Patient/p".into());
	item
}

fn pulse(id: &str, value: &str) -> Item {
	let body = Observation {
		value: Some(Value::Quantity(amount(value, "/min"))),
		..Observation::default()
	};
	let mut item = item(id, body);
	item.concept = Some(concept(Some("http://loinc.org"), "8867-4"));
	item.times.at = Some(Time::parse("2024-01-02T10:00:00Z").unwrap());
	item
}

fn score(items: &[Item]) -> Score {
	let mut quality = Quality::new(Some(TODAY));
	items.iter().for_each(|item| quality.add(item));
	quality.score()
}

fn broken(items: &[Item]) -> Vec<Reason> {
	score(items).reasons.iter().map(|finding| finding.code).collect()
}

#[test]
fn good_data_have_the_full_score_and_no_reason() {
	let found = score(&[patient(), pulse("a", "60"), pulse("b", "61")]);
	assert_eq!((found.score, found.reasons.len(), found.items), (Some(100), 0, 3));
	assert!(found.dimensions.iter().all(|part| part.basis_points == Some(10_000)));
}

#[test]
fn nothing_has_no_score() {
	let found = score(&[]);
	assert_eq!((found.score, found.items), (None, 0));
	assert!(found.dimensions.iter().all(|part| part.basis_points.is_none()));
}

#[test]
fn the_score_is_the_weighted_mean_rounded_down() {
	// One of ten checks of completeness fails: four of the patient, six of the observation.
	let mut bare = pulse("a", "60");
	bare.times.at = None;
	let found = score(&[patient(), bare]);
	let part =
		|dimension| *found.dimensions.iter().find(|part| part.dimension == dimension).unwrap();
	let complete = part(Dimension::Completeness);
	assert_eq!(complete.count, Count { checked: 10, failed: 1 });
	assert_eq!(complete.basis_points, Some(9_000));
	// No time, so nothing of timeliness was checked: (9000*25 + 10000*(25+20+15)) / 85 / 100.
	assert_eq!(part(Dimension::Timeliness).basis_points, None);
	assert_eq!(found.score, Some(97));
}

#[test]
fn each_fault_is_found_under_its_name() {
	let with = |change: fn(&mut Item)| {
		let mut item = pulse("a", "60");
		change(&mut item);
		vec![patient(), item]
	};
	let value = |item: &mut Item, value: Value| {
		let Body::Observation(body) = &mut item.body else { panic!() };
		body.value = Some(value);
	};
	let mut cases: Vec<(Reason, Vec<Item>)> = vec![
		(Reason::SubjectMissing, with(|item| item.subject = None)),
		(Reason::ConceptMissing, with(|item| item.concept = None)),
		(
			Reason::CodeMissing,
			with(|item| {
				item.concept = Some(Concept { text: Some("x".into()), ..Concept::default() })
			}),
		),
		(Reason::TimeMissing, with(|item| item.times.at = None)),
		(
			Reason::CodeInvalid,
			with(|item| item.concept = Some(concept(Some("http://loinc.org"), "8867-5"))),
		),
		(Reason::SystemMissing, with(|item| item.concept = Some(concept(None, "x")))),
		(
			Reason::BeforeBirth,
			with(|item| item.times.at = Some(Time::parse("1949-12-31").unwrap())),
		),
		(Reason::InFuture, with(|item| item.times.at = Some(Time::parse("2024-05-08").unwrap()))),
		(Reason::TimeCoarse, with(|item| item.times.at = Some(Time::parse("2024").unwrap()))),
		(
			Reason::RecordedLate,
			with(|item| item.times.recorded = Some(Time::parse("2024-02-02").unwrap())),
		),
		(
			Reason::RecordedBefore,
			with(|item| item.times.recorded = Some(Time::parse("2023-12-31").unwrap())),
		),
		(
			Reason::EndBeforeStart,
			with(|item| {
				item.times.start = Some(Time::parse("2024-01-02").unwrap());
				item.times.end = Some(Time::parse("2024-01-01").unwrap());
			}),
		),
		(Reason::FactRepeated, vec![patient(), pulse("a", "60"), pulse("b", "60")]),
		(Reason::ValueImplausible, vec![patient(), pulse("a", "900")]),
	];
	let mut missing = pulse("a", "60");
	missing.body = Observation::default().into();
	cases.push((Reason::ValueMissing, vec![missing]));
	let mut other = pulse("a", "60");
	value(&mut other, Value::Quantity(amount("60", "kg")));
	cases.push((Reason::UnitMismatch, vec![other.clone()]));
	let bare = Quantity { value: Some("60".parse().unwrap()), ..Quantity::default() };
	value(&mut other, Value::Quantity(bare.clone()));
	cases.push((Reason::UnitMissing, vec![other.clone()]));
	value(&mut other, Value::Quantity(Quantity { unit_text: Some("beats".into()), ..bare }));
	cases.push((Reason::UnitNotUcum, vec![other.clone()]));
	let part = |code: &str, value: &str| Component {
		concept: Some(concept(Some("http://loinc.org"), code)),
		value: Some(Value::Quantity(amount(value, "mm[Hg]"))),
		..Component::default()
	};
	let body = Observation {
		components: vec![part("8480-6", "80"), part("8462-4", "120")],
		..Observation::default()
	};
	other.body = body.into();
	cases.push((Reason::PressureInverted, vec![other.clone()]));
	let range = salus_mdf::ReferenceRange {
		low: Some(amount("5", "/min")),
		high: Some(amount("4.9", "/min")),
		..Default::default()
	};
	other.body = Observation {
		value: Some(Value::Quantity(amount("60", "/min"))),
		reference_ranges: vec![range],
		..Observation::default()
	}
	.into();
	cases.push((Reason::RangeInverted, vec![other]));
	let mut twin = patient();
	let Body::Patient(body) = &mut twin.body else { panic!() };
	body.birth = Some(Time::parse("1951-02-13").unwrap());
	cases.push((Reason::BirthConflict, vec![patient(), twin.clone()]));
	let Body::Patient(body) = &mut twin.body else { panic!() };
	body.death = Some(Time::parse("2023").unwrap());
	cases.push((Reason::AfterDeath, vec![twin, pulse("a", "60")]));
	let nobody = item("p", Patient::default());
	for reason in [
		Reason::IdentifierMissing,
		Reason::NameMissing,
		Reason::BirthMissing,
		Reason::GenderMissing,
	] {
		cases.push((reason, vec![nobody.clone()]));
	}
	for (reason, items) in &cases {
		assert!(broken(items).contains(reason), "{reason:?}: {:?}", broken(items));
		assert!(score(items).score < Some(100), "{reason:?}");
	}
	for reason in Reason::ALL {
		assert!(cases.iter().any(|(known, _)| known == reason), "{reason:?} is not tried");
	}
}

#[test]
fn a_correction_is_no_repetition_and_what_was_withdrawn_does_not_count() {
	let mut wrong = pulse("x", "900");
	wrong.withdrawn = true;
	assert_eq!(broken(&[patient(), pulse("a", "60"), pulse("a", "60"), wrong]), []);
}

#[test]
fn the_report_has_stable_names() {
	let json = serde_json::to_value(score(&[pulse("a", "900")])).unwrap();
	assert_eq!(json["reasons"][0]["code"], "VALUE_IMPLAUSIBLE");
	assert_eq!(json["reasons"][0]["dimension"], "consistency");
	assert_eq!(
		(&json["reasons"][0]["checked"], &json["reasons"][0]["failed"]),
		(&1.into(), &1.into())
	);
	assert_eq!(json["dimensions"][2]["basis_points"], 0);
}

proptest! {
	#[test]
	fn a_share_is_whole_only_without_a_failure(checked in 1..u64::MAX, failed: u64) {
		let share = Count { checked, failed: failed.min(checked) }.share().unwrap();
		prop_assert!(share <= 10_000);
		prop_assert_eq!(share == 10_000, failed == 0);
	}
}
