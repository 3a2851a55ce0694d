// SPDX-License-Identifier: Apache-2.0
//! The export of Apple Health in, MDF out.
#![allow(missing_docs)]

mod common;

use common::{assert_valid, ok, run, run_with, Collect};
use salus_ingest::{Error, Format, Options, Place, Truncation};
use salus_mdf::{Body, Category, Item, Observation, Value};

const DOCTYPE: &str = "<!DOCTYPE HealthData [\n<!-- HealthKit Export Version: 12 -->\n\
	<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation)*)>\n\
	<!ATTLIST HealthData locale CDATA #REQUIRED>\n]>";

fn export(content: &str) -> Vec<u8> {
	format!(
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{DOCTYPE}\n<HealthData locale=\"en_US\">\n \
		<ExportDate value=\"2024-03-01 10:00:00 +0100\"/>\n{content}\n</HealthData>\n"
	)
	.into_bytes()
}

fn record(kind: &str, unit: &str, value: &str) -> String {
	format!(
		"<Record type=\"{kind}\" sourceName=\"Watch\" device=\"&lt;0x28&gt;\" unit=\"{unit}\" \
		creationDate=\"2024-02-01 08:00:05 +0100\" startDate=\"2024-02-01 08:00:00 +0100\" \
		endDate=\"2024-02-01 08:00:00 +0100\" value=\"{value}\"/>"
	)
}

fn observation(item: &Item) -> &Observation {
	let Body::Observation(body) = &item.body else { panic!("{item:?}") };
	body
}

fn one(content: &str) -> Item {
	let (_, sink) = ok(&export(content));
	let mut found: Vec<_> =
		sink.items.into_iter().filter(|item| item.kind() == "observation").collect();
	assert_eq!(found.len(), 1);
	found.remove(0)
}

#[test]
fn a_person_and_what_was_measured_of_her() {
	let me = r#"<Me HKCharacteristicTypeIdentifierDateOfBirth="1980-01-02"
		HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSexFemale"
		HKCharacteristicTypeIdentifierBloodType="HKBloodTypeAPositive"/>"#;
	let heart = record("HKQuantityTypeIdentifierHeartRate", "count/min", "62.50");
	let (report, sink) = ok(&export(&format!("{me}{heart}")));
	assert_eq!(report.format, Format::AppleHealth);
	assert_eq!((report.pieces, sink.codes()), (2, vec![]));
	let [person, heart] = sink.items.as_slice() else { panic!("{:?}", sink.items) };
	let Body::Patient(body) = &person.body else { panic!("{person:?}") };
	assert_eq!(body.gender.as_deref(), Some("female"));
	assert_eq!(body.birth.as_ref().unwrap().value, "1980-01-02");
	assert_eq!(
		person.extra["Me"].get(),
		r#"{"@HKCharacteristicTypeIdentifierBloodType":"HKBloodTypeAPositive"}"#
	);
	assert!(person.extra["HealthData"].get().contains("2024-03-01 10:00:00 +0100"));
	assert_eq!(heart.subject.as_ref(), Some(&person.id));
	let codes = &heart.concept.as_ref().unwrap().codes;
	assert_eq!(codes[0].code.as_deref(), Some("8867-4"));
	assert_eq!(codes[1].code.as_deref(), Some("HKQuantityTypeIdentifierHeartRate"));
	let Some(Value::Quantity(quantity)) = &observation(heart).value else { panic!("{heart:?}") };
	assert_eq!(quantity.value.as_ref().unwrap().as_str(), "62.50");
	assert_eq!(quantity.unit.as_deref(), Some("/min"));
	assert_eq!(quantity.unit_text.as_deref(), Some("count/min"));
	assert_eq!(heart.times.at.as_ref().unwrap().value, "2024-02-01T08:00:00+01:00");
	assert_eq!(heart.times.recorded.as_ref().unwrap().value, "2024-02-01T08:00:05+01:00");
	assert_eq!(heart.extra["Record"].get(), r#"{"@sourceName":"Watch","@device":"<0x28>"}"#);
	assert_valid(&sink.items);
}

#[test]
fn a_percentage_is_a_part_of_one() {
	let item = one(&record("HKQuantityTypeIdentifierOxygenSaturation", "%", "0.97"));
	let Some(Value::Quantity(quantity)) = &observation(&item).value else { panic!("{item:?}") };
	assert_eq!(quantity.unit.as_deref(), Some("1"));
	let canonical = quantity.canonical.as_ref().unwrap();
	assert_eq!((canonical.value.as_str(), canonical.unit.as_str()), ("97", "%"));
}

#[test]
fn sensitive_records_stay_apart() {
	let flow = r#"<Record type="HKCategoryTypeIdentifierMenstrualFlow" sourceName="Phone"
		startDate="2024-02-01 08:00:00 +0100" endDate="2024-02-02 08:00:00 +0100"
		value="HKCategoryValueMenstrualFlowLight"><MetadataEntry key="a" value="b"/></Record>"#;
	let item = one(flow);
	assert_eq!(item.category, Category::ReproductiveHealth);
	let Some(Value::Concept(value)) = &observation(&item).value else { panic!("{item:?}") };
	assert_eq!(value.codes[0].code.as_deref(), Some("HKCategoryValueMenstrualFlowLight"));
	assert!(item.times.at.is_none() && item.times.start.is_some() && item.times.end.is_some());
	assert!(item.extra["Record"].get().contains("MetadataEntry"));
}

#[test]
fn what_belongs_together_names_what_stands_by_itself() {
	let parts = record("HKQuantityTypeIdentifierBloodPressureSystolic", "mmHg", "120")
		+ &record("HKQuantityTypeIdentifierBloodPressureDiastolic", "mmHg", "80");
	let pressure = format!(
		"<Correlation type=\"HKCorrelationTypeIdentifierBloodPressure\" sourceName=\"Cuff\" \
		startDate=\"2024-02-01 08:00:00 +0100\" endDate=\"2024-02-01 08:00:00 +0100\">{parts}</Correlation>"
	);
	// Whether its records stand before it, as they should, or nowhere else.
	for content in [format!("{parts}{pressure}"), pressure] {
		let (_, sink) = ok(&export(&content));
		assert_eq!(sink.codes(), Vec::<&str>::new());
		let items: Vec<_> = sink.items.iter().filter(|item| item.kind() == "observation").collect();
		let [systolic, diastolic, panel] = items.as_slice() else { panic!("{:?}", sink.items) };
		assert_eq!(panel.concept.as_ref().unwrap().codes[0].code.as_deref(), Some("85354-9"));
		let members: Vec<_> = observation(panel)
			.members
			.iter()
			.map(|member| member.reference.clone().unwrap())
			.collect();
		assert_eq!(members, [systolic.id.clone(), diastolic.id.clone()]);
		assert!(!panel.extra["Correlation"].get().contains("Record"));
	}
}

#[test]
fn workouts_days_and_what_is_unknown_are_kept() {
	let content = r#"<Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="30.5" durationUnit="min"
		sourceName="Watch" startDate="2024-02-01 08:00:00 +0100" endDate="2024-02-01 08:30:30 +0100">
		<WorkoutEvent type="HKWorkoutEventTypePause" date="2024-02-01 08:10:00 +0100"/></Workout>
		<ActivitySummary dateComponents="2024-02-01" activeEnergyBurned="512.3" activeEnergyBurnedGoal="600"
		activeEnergyBurnedUnit="Cal" appleExerciseTime="31" appleStandHours="12"/>
		<Audiogram type="HKDataTypeIdentifierAudiogram"><SensitivityPoint frequencyValue="250"/></Audiogram>"#;
	let (report, sink) = ok(&export(content));
	assert_eq!((report.pieces, sink.codes()), (3, vec![]));
	let [workout, day, unknown, head] = sink.items.as_slice() else { panic!("{:?}", sink.items) };
	let Some(Value::Quantity(took)) = &observation(workout).value else { panic!("{workout:?}") };
	assert_eq!(
		(took.value.as_ref().unwrap().as_str(), took.unit.as_deref()),
		("30.5", Some("min"))
	);
	assert!(workout.extra["Workout"].get().contains("HKWorkoutEventTypePause"));
	assert_eq!(day.times.at.as_ref().unwrap().value, "2024-02-01");
	let values: Vec<_> = observation(day)
		.components
		.iter()
		.map(|part| match &part.value {
			Some(Value::Quantity(one)) => {
				(one.value.as_ref().unwrap().as_str(), one.unit.as_deref())
			},
			other => panic!("{other:?}"),
		})
		.collect();
	assert_eq!(values, [("512.3", Some("kcal")), ("31", Some("min")), ("12", Some("h"))]);
	assert!(day.extra["ActivitySummary"].get().contains("600"));
	assert_eq!(unknown.category, Category::Other);
	assert!(unknown.extra["Audiogram"].get().contains("250"));
	assert!(head.extra["HealthData"].get().contains("en_US"));
	assert_valid(&sink.items);
}

#[test]
fn the_next_export_has_the_same_ids() {
	let steps = record("HKQuantityTypeIdentifierStepCount", "count", "812");
	let before = one(&steps);
	let after = one(&steps.replace("0x28", "0x31"));
	assert_eq!(before.id, after.id);
	assert_ne!(before.id, one(&steps.replace("812", "813")).id);
	let (_, sink) = ok(&export(&steps.repeat(2)));
	assert_eq!(sink.codes(), ["DUPLICATE_ITEM"]);
	let Some(Value::Quantity(count)) = &observation(&before).value else { panic!("{before:?}") };
	assert_eq!((count.unit.as_deref(), &count.canonical), (Some("{count}"), &None));
}

#[test]
fn faults_name_the_element() {
	let content = record("HKQuantityTypeIdentifierBodyMass", "stones", "many")
		+ &record("HKQuantityTypeIdentifierBodyMass", "stones", "12")
			.replace("2024-02-01 08:00:00", "yesterday");
	let (_, sink) = ok(&export(&content));
	let found: Vec<_> = sink
		.diagnostics
		.iter()
		.map(|one| match &one.place {
			Place::XmlPath(path) => (one.code.as_str(), path.as_str()),
			place => panic!("{place:?}"),
		})
		.collect();
	let (first, second) = ("/HealthData/*[2]", "/HealthData/*[3]");
	assert_eq!(
		found,
		[
			("INVALID_NUMBER", first),
			("UNKNOWN_UNIT", second),
			("INVALID_DATE", second),
			("INVALID_DATE", second)
		]
	);
	assert!(sink.items[0].extra["Record"].get().contains("many"));
	assert!(sink.items[1].extra["Record"].get().contains("yesterday"));
}

#[test]
fn a_file_that_ends_in_the_middle_is_told() {
	let whole = export(&record("HKQuantityTypeIdentifierHeight", "cm", "170"));
	let cut = &whole[..whole.len() - 5];
	assert!(matches!(run(cut).0, Err(Error::Truncated { .. })));
	let options = Options { truncation: Truncation::Partial, ..Options::default() };
	let (result, Collect { items, .. }) = run_with(cut, &options);
	assert!(result.unwrap().truncated_at.is_some());
	assert_eq!(items.len(), 2);
}

#[test]
fn what_a_document_type_declares_stands_for_nothing() {
	let content = record("HKQuantityTypeIdentifierHeight", "cm", "&a;");
	let text = String::from_utf8(export(&content)).unwrap();
	let (_, sink) = ok(text.replace("]>", "<!ENTITY a \"170\">\n]>").as_bytes());
	assert_eq!(sink.codes(), ["INVALID_NUMBER"]);
	assert!(sink.items[0].extra["Record"].get().contains("&a;"));
}

proptest::proptest! {
	#[test]
	fn no_markup_panics(content in "(<(Me|Record|Correlation|Workout|ActivitySummary|x)( (type|value|unit|startDate|dateComponents)=\"[^\"]{0,9}\")?/?>|</Record>|[^<]{0,9}){0,30}") {
		let _ = run(&export(&content));
	}
}
