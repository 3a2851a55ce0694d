// SPDX-License-Identifier: Apache-2.0
//! HL7 v2 files.
#![allow(missing_docs)]

mod common;

use common::{assert_valid, data, ok, run, run_with, Collect};
use proptest::prelude::*;
use salus_ingest::{sample, Format, Options, Place, Severity};
use salus_mdf::{Body, Category, Item, Value};

const HEAD: &str =
	"MSH|^~\\&|LAB|HOSP|||20240301||ORU^R01|M1|P|2.5.1\rPID|1||77^^^HOSP^MR||Doe^Jo\r";

fn of<'a>(sink: &'a Collect, rule: &str) -> Vec<&'a Item> {
	sink.items.iter().filter(|item| item.provenance.rule == format!("hl7v2/{rule}")).collect()
}

fn raw<'a>(item: &'a Item, key: &str) -> Option<&'a str> {
	item.extra.get(key).map(|raw| raw.get())
}

fn value(item: &Item) -> Option<&Value> {
	match &item.body {
		Body::Observation(body) => body.value.as_ref(),
		_ => panic!("no observation"),
	}
}

fn files() -> Vec<(String, Vec<u8>)> {
	let Some(folder) = data("hl7v2") else { return Vec::new() };
	let mut files: Vec<_> = std::fs::read_dir(folder)
		.unwrap()
		.map(|entry| entry.unwrap().path())
		.filter(|path| path.extension().is_some_and(|extension| extension == "hl7"))
		.collect();
	files.sort();
	assert_eq!(files.len(), 19);
	let name = |path: &std::path::Path| path.file_name().unwrap().to_string_lossy().into_owned();
	files.iter().map(|path| (name(path), std::fs::read(path).unwrap())).collect()
}

#[test]
fn a_result_message_becomes_items() {
	let mut bytes = Vec::new();
	sample::hl7(&mut bytes, &sample::Options { seed: 1, entries: 10 }).unwrap();
	let (report, sink) = ok(&bytes);
	assert_eq!((report.format, report.pieces, report.rejected), (Format::Hl7v2, 1, 0));
	assert_eq!(report.subjects, 1);
	let results = of(&sink, "OBX");
	assert_eq!(results.len(), 10);
	for item in &results {
		let Some(Value::Quantity(quantity)) = value(item) else { panic!("no quantity") };
		assert!(quantity.value.is_some() && quantity.unit.is_some());
		assert_eq!(item.status.as_deref(), Some("final"));
		assert_eq!(
			item.concept.as_ref().unwrap().codes[0].system.as_deref(),
			Some("http://loinc.org")
		);
		assert!(item.times.at.is_some() && item.encounter.is_some());
	}
	let Body::Report(report) = &of(&sink, "OBR")[0].body else { panic!("no report") };
	let references: Vec<_> = report.results.iter().map(|r| r.reference.as_ref().unwrap()).collect();
	assert_eq!(references, results.iter().map(|item| &item.id).collect::<Vec<_>>());
	let patient = of(&sink, "PID")[0];
	assert_eq!(patient.category, Category::Demographics);
	assert_eq!(patient.subject.as_ref(), Some(&patient.id));
	assert!(sink.items[1..].iter().all(|item| item.subject == patient.subject));
	assert_eq!(results[9].notes, ["Made-up data for tests. Nobody here exists."]);
	assert_valid(&sink.items);
	let start = results[0].provenance.location.bytes.unwrap().start as usize;
	assert!(bytes[start..].starts_with(b"OBX|1|"));
}

#[test]
fn values_are_read_by_their_types() {
	let text = format!(
		"{HEAD}OBR|1||F1|X^Y^L\r\
		OBX|1|NM|a||1.50|mg/dL^^UCUM|3.5-5.0|H~A|||F\rOBX|2|SN|b||>=^5\rOBX|3|SN|c||^1^-^2\r\
		OBX|4|SN|d||^1^:^128\rOBX|5|ST|e||A & B^C\rOBX|6|TX|f||one~two\rOBX|7|CWE|g||G^Good^L\r\
		OBX|8|DT|h||20240101\rOBX|9|TM|i||1030\rOBX|10|XPN|j||Roe^Al\rOBX|11||k||text\r\
		OBX|12|QQ|l||x^y\rOBX|13|NM|m||abc\rOBX|14|NM|n||<5|mmol/L\rOBX|15|NM|o||+.5\r\
		OBX|16|CE|p||A^a^L~B^b^L\rOBX|17|ED|q||^AP^PDF^Base64^Zm9v\rOBX|18|NM|r||\"\"\r\
		OBX|19|DR|s||2023^2024\rOBX|20|FT|t||a\\.br\\b\rOBX|21|NR|u||1^2"
	);
	let (_, sink) = ok(text.as_bytes());
	let items = of(&sink, "OBX");
	let json = |index: usize| serde_json::to_string(&value(items[index])).unwrap();
	let quantity = |number: &str| format!("{{\"quantity\":{{\"value\":\"{number}\"}}}}");
	assert!(json(0).contains("\"value\":\"1.50\",\"unit\":\"mg/dL\""));
	let Body::Observation(first) = &items[0].body else { panic!() };
	assert_eq!(first.interpretation.len(), 2);
	assert_eq!(first.reference_ranges[0].low.as_ref().unwrap().unit.as_deref(), Some("mg/dL"));
	assert!(json(1).contains("\"comparator\":\">=\""));
	assert!(json(2).starts_with("{\"range\"") && json(3).starts_with("{\"ratio\""));
	assert_eq!(json(4), "{\"text\":\"A & B^C\"}");
	assert_eq!(json(5), "{\"text\":\"one\\ntwo\"}");
	assert!(json(6).starts_with("{\"concept\"") && json(7).starts_with("{\"time\""));
	assert_eq!(json(8), "{\"text\":\"1030\"}");
	assert_eq!(json(9), "{\"raw\":[[\"Roe\",\"Al\"]]}");
	assert_eq!((json(10), json(12)), ("{\"text\":\"text\"}".into(), "{\"text\":\"abc\"}".into()));
	assert_eq!(json(11), "{\"raw\":[[\"x\",\"y\"]]}");
	assert!(json(13).contains("\"comparator\":\"<\",\"unit\":\"mmol/L\""));
	assert_eq!(json(14), quantity("0.5"));
	assert_eq!(raw(items[14], "OBX-5"), Some("\"+.5\""));
	let Body::Observation(several) = &items[15].body else { panic!() };
	assert_eq!((several.components.len(), several.value.is_none()), (2, true));
	let Body::Document(document) = &items[16].body else { panic!() };
	assert_eq!(document.content[0].content_type.as_deref(), Some("application/pdf"));
	assert_eq!(document.content[0].data.as_deref(), Some("Zm9v"));
	assert_eq!((json(17), raw(items[17], "OBX-5")), ("null".into(), Some("\"\\\"\\\"\"")));
	assert!(json(18).starts_with("{\"period\"") && json(20).starts_with("{\"range\""));
	assert_eq!(json(19), "{\"text\":\"a\\nb\"}");
	let codes = sink.codes();
	for code in ["MISSING_VALUE_TYPE", "UNKNOWN_VALUE_TYPE", "INVALID_NUMBER", "MISSING_UNIT"] {
		assert!(codes.contains(&code), "{code}");
	}
	assert_valid(&sink.items);
}

#[test]
fn a_correction_has_the_id_of_what_it_corrects() {
	let order = "OBR|1||F1^LAB|X^Y^L\r";
	let text = format!(
		"{HEAD}{order}OBX|1|NM|K^K^L|1|4.0|mmol/L|||||F\rOBX|2|TX|T^T^L||one||||||F\rOBX|3|TX|T^T^L||two||||||F\r\
		{}{order}OBX|1|NM|K^K^L|1|4.1|mmol/L|||||C\rOBX|2|TX|T^T^L||one!||||||C\rOBX|3|TX|T^T^L||||||||W\r",
		HEAD.replace("|M1|", "|M2|"),
	);
	let (report, sink) = ok(text.as_bytes());
	assert_eq!(report.pieces, 2);
	let items = of(&sink, "OBX");
	let ids: Vec<_> = items.iter().map(|item| &item.id).collect();
	assert!(ids[..3] == ids[3..] && ids[0] != ids[1] && ids[1] != ids[2]);
	let states: Vec<_> = items.iter().map(|item| item.status.as_deref().unwrap()).collect();
	assert_eq!(states[3..], ["corrected", "corrected", "entered-in-error"]);
	assert!(items[5].withdrawn && !items[4].withdrawn);
	// The order of another sender is another one.
	let other = text.replace("|LAB|HOSP|", "|LAB|ELSEWHERE|");
	assert_ne!(of(&ok(other.as_bytes()).1, "OBX")[0].id, *ids[0]);
}

#[test]
fn labels_and_codes_put_items_into_their_categories() {
	let text = "MSH|^~\\&|A|B|||2024||ORU^R01|1|P|2.7\rPID|1||7^^^H^MR\rPV1|1|I||||||||||||||Y\r\
		ORC|RE||F1|||||||||||||||||||||||||HIV\rOBR|1||F1|X^Y^L\rOBX|1|ST|a||b||||||F\r\
		ORC|RE||F2\rOBR|1||F2|X^Y^L\rOBX|1|ST|75622-1^HIV^LN||neg\rOBX|2|ST|c||d|||||||||||||||||||||SWTH\r\
		DG1|1||F20.0^Schizophrenia\rDG1|2||I10^Hypertension^I10C\rZPI|1|x";
	let (_, sink) = ok(text.as_bytes());
	let results = of(&sink, "OBX");
	let categories: Vec<_> = results.iter().map(|item| item.category).collect();
	assert_eq!(categories, [Category::Hiv, Category::Hiv, Category::Labs]);
	let codes = |item: &Item| -> Vec<String> {
		item.labels.iter().filter_map(|label| label.code.clone()).collect()
	};
	assert_eq!(codes(results[0]), ["HIV", "HIV", "Y", "VIP"]);
	assert_eq!(codes(results[2]), ["SWTH", "Y", "VIP"]);
	let diagnoses: Vec<_> = of(&sink, "DG1").iter().map(|item| item.category).collect();
	assert_eq!(diagnoses, [Category::MentalHealth, Category::Conditions]);
	assert_eq!(of(&sink, "PID")[0].category, Category::Demographics);

	let restricted = format!("{HEAD}ARV|1|A|PSY\rOBR|1||F1|X\rOBX|1|ST|a||b");
	let (_, sink) = ok(restricted.as_bytes());
	assert_eq!(of(&sink, "OBX")[0].category, Category::MentalHealth);
	assert_eq!(of(&sink, "PID")[0].category, Category::Demographics);
	assert!(of(&sink, "PID")[0].labels.is_empty());
}

#[test]
fn a_merge_links_the_old_number() {
	let text = "MSH|^~\\&|A|B|||2024||ADT^A40|1|P|2.5\rEVN||2024\rPID|1||9^^^H^MR||Doe^Jo\rMRG|7^^^H^MR||||||Roe^Jo\r";
	let (_, sink) = ok(text.as_bytes());
	let patients = of(&sink, "PID");
	assert_eq!(patients.len(), 1);
	let Body::Patient(patient) = &patients[0].body else { panic!() };
	let numbers: Vec<_> = patient
		.identifiers
		.iter()
		.map(|i| (i.value.as_deref().unwrap(), i.usage.as_deref()))
		.collect();
	assert_eq!(numbers, [("9", None), ("7", Some("old"))]);
	let (_, sink) = ok(text.replace("9^^^H^MR", "").as_bytes());
	assert!(sink.codes().contains(&"MERGE_SURVIVOR_UNKNOWN"));
	assert_eq!(of(&sink, "MRG").len(), 1);
}

#[test]
fn every_kind_of_segment_has_its_item() {
	let text = "MSH|^~\\&|A|B|||2024||VXU^V04|1|P|2.5.1\rPID|1||7^^^H^MR||Doe^Jo||1980|F\rPD1||||||||||||Y\r\
		NK1|1|Doe^Ann|MTH^Mother^HL70063\rPV1|1|O|WARD^1^A||||5^Who^Dr\rPV2|||R05^Cough^I10C\r\
		ORC|RE||F9\rRXA|0|1|20240102||08^HepB^CVX|0.5|mL^^UCUM||||||||L1|20251231||||CP|A\rRXR|IM^Intramuscular^HL70162|LA\r\
		OBX|1|CE|64994-7^Eligibility^LN|1|V02^VFC^HL70064\r\
		AL1|1|DA|70618^Penicillin^RXNORM|SV|Hives~Rash|2010\rIAM|1|FA|^Nuts|MO||D|N1\rDG1|1||J45^Asthma^I10C||2015|W\r\
		PR1|1||47600^Op^C4||20200101\rIN1|1|PLAN^Plan^L|C1|Insurer||||||||2020||||||||||||||||||||||||POL1\r\
		GT1|1|G1|Doe^Pa\rFT1|1|T1||2024||CG|CODE^Charge^L||||12.50&USD\rORC|NW|P1\rTQ1|1\rRXO|83^Drug^L|5|10|mg\rRXR|PO\r\
		ORC|NW|P2\rRXE||83^Drug^L|5||mg|TAB\rORC|RE|P3\rRXD|1|83^Drug^L|20240103|30|TAB\r\
		SCH|1^A|2^B|||||CHECKUP^Check|ROUTINE|||^^^202402011000^202402011030||||||||||||||BOOKED\rAIL|1|A|ROOM1\rPRB|AD|2020|X^Pain\rNTE|1||Remark";
	let (report, sink) = ok(text.as_bytes());
	assert_eq!(report.rejected, 0);
	let kinds: Vec<_> =
		sink.items.iter().map(|item| (&item.provenance.rule[6..], item.kind())).collect();
	assert_eq!(
		kinds,
		[
			("MSH", "other"),
			("PID", "patient"),
			("NK1", "other"),
			("PV1", "encounter"),
			("RXA", "immunization"),
			("OBX", "observation"),
			("AL1", "allergy"),
			("IAM", "allergy"),
			("DG1", "condition"),
			("PR1", "procedure"),
			("IN1", "coverage"),
			("GT1", "other"),
			("FT1", "coverage"),
			("RXO", "medication"),
			("RXE", "medication"),
			("RXD", "medication"),
			("SCH", "other"),
			("PRB", "condition"),
		]
	);
	let Body::Immunization(vaccine) = &of(&sink, "RXA")[0].body else { panic!() };
	assert_eq!(vaccine.dose.as_ref().unwrap().unit.as_deref(), Some("mL"));
	assert!(vaccine.route.is_some() && vaccine.lot.as_deref() == Some("L1"));
	assert_eq!(of(&sink, "RXA")[0].status.as_deref(), Some("completed"));
	assert_eq!(of(&sink, "OBX")[0].category, Category::Immunizations);
	let Body::Medication(order) = &of(&sink, "RXO")[0].body else { panic!() };
	assert!(
		matches!(order.dosages[0].dose, Some(Value::Range(_))) && order.dosages[0].route.is_some()
	);
	assert_eq!(raw(of(&sink, "RXO")[0], "TQ1-1"), Some("\"1\""));
	assert!(of(&sink, "IAM")[0].withdrawn);
	assert_eq!(raw(of(&sink, "SCH")[0], "AIL-3"), Some("\"ROOM1\""));
	assert_eq!(of(&sink, "SCH")[0].status.as_deref(), Some("booked"));
	assert_eq!(of(&sink, "PRB")[0].notes, ["Remark"]);
	let Body::Coverage(charge) = &of(&sink, "FT1")[0].body else { panic!() };
	assert_eq!(charge.totals[0].currency.as_deref(), Some("USD"));
	assert_valid(&sink.items);
}

#[test]
fn one_bad_message_costs_only_itself() {
	let second = HEAD.replace("|M1|", "|M2|");
	let batch = format!("FHS|^~\\&|A\rBHS|^~\\&|A\r{HEAD}{second}{HEAD}BTS|3\rFTS|2\r");
	let (report, sink) = ok(batch.as_bytes());
	assert_eq!((report.pieces, report.rejected), (3, 1));
	assert_eq!(sink.codes(), ["DUPLICATE_MESSAGE", "BATCH_COUNT"]);
	assert_eq!(sink.diagnostics[0].related_line, Some(3));

	let large = format!("{HEAD}OBX|1|TX|a||{}\r{second}", "x".repeat(9000));
	let options = Options { max_piece: 4000, ..Options::default() };
	let (result, sink) = run_with(large.as_bytes(), &options);
	assert_eq!(result.unwrap().rejected, 1);
	assert_eq!((sink.codes(), of(&sink, "PID").len()), (vec!["MAX_PIECE_EXCEEDED"], 1));

	let framed = format!("\u{b}{HEAD}\u{1c}\r\u{b}{second}");
	assert_eq!(ok(framed.as_bytes()).1.codes(), ["FRAME_UNFINISHED"]);
	let stray = format!("BHS|^~\\&\rPID|1\r{HEAD}BTS|1");
	let (report, sink) = ok(stray.as_bytes());
	assert_eq!((report.rejected, sink.codes()), (1, vec!["STRAY_LINES"]));
	let (_, sink) = ok(format!("BHS|^~\\&\r{HEAD}").as_bytes());
	assert_eq!(sink.codes(), ["BATCH_TRAILER_MISSING"]);
}

#[test]
fn character_sets_are_those_of_each_message() {
	let of_charset = |name: &str, bytes: &[u8]| {
		let head = format!("MSH|^~\\&|A|B|||2024||ADT^A08|{name}|P|2.5||||||{name}\rPID|1||7||");
		[head.as_bytes(), bytes, b"^Jo\r"].concat()
	};
	let family = |sink: &Collect, index: usize| match &of(sink, "PID")[index].body {
		Body::Patient(patient) => patient.names[0].family.clone().unwrap(),
		_ => panic!(),
	};
	let file = [
		of_charset("8859/1", b"M\xfcller"),
		of_charset("8859/5", b"\xb8\xd2\xd0\xdd"),
		of_charset("UNICODE UTF-8", "Żak".as_bytes()),
		of_charset("~ISO IR87", b"\x1b$B;3ED\x1b(B"),
	]
	.concat();
	let (report, sink) = ok(&file);
	assert_eq!((report.pieces, sink.codes().len()), (4, 0));
	let names: Vec<_> = (0..4).map(|index| family(&sink, index)).collect();
	assert_eq!(names, ["Müller", "Иван", "Żak", "山田"]);

	let (_, sink) = ok(&of_charset("UNICODE UTF-8", b"M\xfcller"));
	assert_eq!((sink.codes(), family(&sink, 0)), (vec!["CHARSET_MISMATCH"], "Müller".into()));
	let (_, sink) = ok(&of_charset("", b"M\xfcller"));
	assert_eq!((sink.codes(), family(&sink, 0)), (vec!["ENCODING_GUESSED"], "Müller".into()));
	let wide: Vec<u8> = std::iter::once(0xFEFF)
		.chain(HEAD.replace("Doe", "Müller").encode_utf16())
		.flat_map(u16::to_le_bytes)
		.collect();
	assert_eq!(family(&ok(&wide).1, 0), "Müller");
}

#[test]
fn diagnostics_name_the_place_and_never_the_value() {
	let text = "MSH|^~\\&|A|B|||2024||ADT^A08|1|P|2.5\rPID|1||7^^^H^MR~8||Zebedee\\Q||19111111x~|F\rpv1|1|I\r";
	let (_, sink) = ok(text.as_bytes());
	let places: Vec<_> = sink
		.diagnostics
		.iter()
		.map(|diagnostic| match &diagnostic.place {
			Place::Segment { message: 1, line, path } => {
				(*line, path.as_str(), diagnostic.code.as_str())
			},
			other => panic!("{other:?}"),
		})
		.collect();
	assert_eq!(
		places,
		[
			(2, "PID-5.1", "UNKNOWN_ESCAPE"),
			(2, "PID-7.1", "INVALID_DATE"),
			(3, "PV1", "LOWER_CASE_SEGMENT"),
		]
	);
	let said = format!("{:?}", sink.diagnostics);
	assert!(!said.contains("Zebedee") && !said.contains("1911"));
}

/// The texts in a JSON value.
fn texts(json: &serde_json::Value, found: &mut Vec<String>) {
	match json {
		serde_json::Value::String(text) => found.push(text.clone()),
		serde_json::Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
		serde_json::Value::Object(members) => {
			members.values().for_each(|value| texts(value, found))
		},
		_ => {},
	}
}

#[test]
fn no_leaf_of_the_samples_is_lost() {
	// Codes that became other words.
	const WORDS: [(&str, &[&str]); 14] = [
		("F", &["female", "final"]),
		("M", &["male"]),
		("I", &["IMP"]),
		("O", &["AMB"]),
		("P", &["PRENC", "preliminary"]),
		("X", &["cancelled"]),
		("CM", &["completed"]),
		("L", &["official"]),
		("D", &["usual"]),
		("H", &["home"]),
		("U", &["unknown"]),
		("PH", &["phone"]),
		("LN", &["http://loinc.org"]),
		("WPN", &["work"]),
	];
	const MORE: [(&str, &[&str]); 5] = [
		("PRN", &["home"]),
		("C4", &["http://www.ama-assn.org/go/cpt"]),
		("FX", &["fax"]),
		("CT", &["CT"]),
		("HL70364", &["http://terminology.hl7.org/CodeSystem/v2-0364"]),
	];
	for (name, bytes) in files() {
		let (report, sink) = ok(&bytes);
		assert_eq!((report.pieces, report.rejected), (1, 0), "{name}");
		assert_valid(&sink.items);
		let mut kept = Vec::new();
		for item in &sink.items {
			texts(&serde_json::to_value(item).unwrap(), &mut kept);
		}
		let text = String::from_utf8(bytes).unwrap();
		let mut spans = salus_ingest::hl7v2::Spans::default();
		let message = salus_ingest::hl7v2::Message::parse(text.trim_start(), &mut spans).unwrap();
		let mut leaves = 0;
		for segment in message.segments() {
			let skipped = usize::from(segment.id() == *b"MSH") * 2;
			for field in segment.fields().skip(skipped) {
				for repetition in field.repetitions() {
					for component in repetition.components() {
						for leaf in component.subcomponents() {
							let leaf = leaf.raw().replace("\\.br\\", "\n");
							let plain = leaf.trim();
							if plain.is_empty() {
								continue;
							}
							leaves += 1;
							let words = WORDS.iter().chain(&MORE).find(|(code, _)| *code == plain);
							let words = words.map_or(&[][..], |(_, words)| words);
							let found = kept.iter().any(|text| {
								text == plain
									|| text.contains(plain) || words.contains(&text.as_str())
							});
							let id = String::from_utf8_lossy(&segment.id()).into_owned();
							let encoded = id == "OBX" && name.starts_with("mdm");
							assert!(found || encoded, "{name}: {id}: {plain}");
						}
					}
				}
			}
		}
		assert!(leaves > 10, "{name}");
	}
}

#[test]
fn the_samples_give_what_they_say() {
	for (name, bytes) in files() {
		let (_, sink) = ok(&bytes);
		let count = |rule: &str| of(&sink, rule).len();
		match name.as_str() {
			"oru-r01-lab-v2.5.1.hl7" => assert_eq!((count("OBX"), count("OBR")), (5, 1)),
			"oul-r22-results-v2.5.1.hl7" => assert_eq!((count("OBX"), count("SPM")), (6, 5)),
			"oml-o21-v2.5.hl7" => assert_eq!((count("OBR"), count("SPM"), count("ORC")), (3, 3, 0)),
			"omd-o03-v2.5.hl7" => assert_eq!((count("ORC"), count("ODS")), (1, 0)),
			"mdm-t02-v2.5.1.hl7" => {
				let Body::Document(document) = &of(&sink, "TXA")[0].body else { panic!() };
				assert_eq!(document.content.len(), 3);
				assert!(sink.codes().contains(&"INVALID_BASE64"));
			},
			"adt-a24-own-delimiters-v2.4.hl7" => assert_eq!(count("PID"), 2),
			"adt-a01-bad-escapes-lf-v2.6.hl7" => {
				assert_eq!((count("AL1"), count("PRB"), count("PV1")), (2, 1, 1));
				assert!(sink.codes().contains(&"WRONG_DELIMITERS"));
				assert!(sink.codes().contains(&"UNKNOWN_ESCAPE"));
			},
			_ => {},
		}
		let fatal = sink.diagnostics.iter().filter(|d| d.severity > Severity::Degraded).count();
		assert_eq!(fatal, 0, "{name}");
	}
}

/// Fields cut into repetitions, components and subcomponents.
type Fields = Vec<Vec<Vec<Vec<String>>>>;

fn cut(text: &str) -> Vec<(String, Fields)> {
	let mut spans = salus_ingest::hl7v2::Spans::default();
	let message = salus_ingest::hl7v2::Message::parse(text, &mut spans).unwrap();
	let segments = message.segments().map(|segment| {
		let leaves = |component: salus_ingest::hl7v2::Part<'_>| {
			component.subcomponents().map(|leaf| leaf.raw().to_owned()).collect()
		};
		let fields = segment.fields().map(|field| {
			let cut = |part: salus_ingest::hl7v2::Part<'_>| part.components().map(leaves).collect();
			field.repetitions().map(cut).collect()
		});
		(String::from_utf8(segment.id().to_vec()).unwrap(), fields.collect())
	});
	segments.collect()
}

#[test]
fn segments_are_cut_as_another_parser_cuts_them() {
	for (name, bytes) in files() {
		// The other parser knows four encoding characters and no escaped one.
		if name.starts_with("adt-a01-bad-escapes") {
			continue;
		}
		// It ends segments by CR, and takes a blank line for one.
		let text = String::from_utf8(bytes).unwrap().replace(['\n', '\r'], "\r");
		let lines: Vec<_> = text.split('\r').filter(|line| !line.trim().is_empty()).collect();
		let text = lines.join("\r");
		let theirs = hl7_parser::parse_message(&text).unwrap();
		let theirs = theirs.segments().map(|segment| {
			let fields = segment.fields().map(|field| {
				let cut = |component: &hl7_parser::message::Component<'_>| -> Vec<String> {
					component.subcomponents().map(|leaf| leaf.raw_value().to_owned()).collect()
				};
				field.repeats().map(|repeat| repeat.components().map(cut).collect()).collect()
			});
			(segment.name.to_owned(), fields.collect())
		});
		let theirs: Vec<(String, Fields)> = theirs.collect();
		let ours = cut(&text);
		assert_eq!(ours.len(), theirs.len(), "{name}");
		// What is empty has no parts there and one empty part here.
		let shown = |fields: &Fields| -> Vec<String> {
			let mut shown: Vec<_> = fields
				.iter()
				.map(|field| {
					let repetitions: Vec<_> = field
						.iter()
						.map(|parts| {
							let parts: Vec<_> =
								parts.iter().map(|leaves| leaves.join("&")).collect();
							parts.join("^")
						})
						.collect();
					repetitions.join("~")
				})
				.collect();
			while shown.last().is_some_and(String::is_empty) {
				shown.pop();
			}
			shown
		};
		for (ours, theirs) in ours.iter().zip(&theirs).skip(1) {
			assert_eq!(ours.0, theirs.0, "{name}");
			assert_eq!(shown(&ours.1), shown(&theirs.1), "{name}: {}", ours.0);
		}
	}
}

#[test]
fn the_same_bytes_give_the_same_items() {
	for (_, bytes) in files() {
		let (first, second) = (ok(&bytes), ok(&bytes));
		assert!(first.0 == second.0 && first.1.items == second.1.items);
	}
}

proptest! {
	#[test]
	fn a_written_message_is_cut_as_it_was_made(
		fields in prop::collection::vec(prop::collection::vec(prop::collection::vec(
			prop::collection::vec("[ -%'-.0-;=-@A-Za-z]{0,4}", 1..3), 1..3), 1..3), 1..6)
	) {
		let join = |parts: &[String]| parts.join("&");
		let field = |field: &Vec<Vec<Vec<String>>>| {
			let repetitions = field.iter().map(|parts| {
				parts.iter().map(|leaves| join(leaves)).collect::<Vec<_>>().join("^")
			});
			repetitions.collect::<Vec<_>>().join("~")
		};
		let written = fields.iter().map(field).collect::<Vec<_>>().join("|");
		let text = format!("MSH|^~\\&|A\rZZ1|{written}\rZZ2|");
		let segments = cut(&text);
		prop_assert_eq!(segments.len(), 3);
		prop_assert_eq!(&segments[1].1, &fields);
	}

	#[test]
	fn damaged_and_cut_messages_do_not_panic(
		seed in 0..4_u64,
		cut in any::<prop::sample::Index>(),
		damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6)
	) {
		let mut bytes = Vec::new();
		sample::hl7(&mut bytes, &sample::Options { seed, entries: 4 }).unwrap();
		for (place, byte) in damage {
			let place = place.index(bytes.len());
			bytes[place] = byte;
		}
		bytes.truncate(cut.index(bytes.len()) + 1);
		let (result, sink) = run(&bytes);
		if let Ok(report) = result {
			prop_assert_eq!(sink.items.len() as u64, report.total_items());
		}
	}

	#[test]
	fn random_segments_do_not_panic(
		text in r"MSH\|\^~\\&\|\|\|(\|{0,4}[A-Z0-9^~&\\]{0,6}){0,6}(\r(PID|PV1|ORC|OBR|OBX|RXA|RXR|AL1|DG1|TXA|NTE|MRG|ARV|SPM|IN1|ODS|ZZZ)(\||\^|~|&|\\|7|X|NM|ED|C|D|20240101){0,24}){0,8}"
	) {
		let (result, sink) = run(text.as_bytes());
		prop_assert_eq!(result.unwrap().total_items(), sink.items.len() as u64);
	}
}
