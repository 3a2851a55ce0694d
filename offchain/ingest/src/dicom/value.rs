// SPDX-License-Identifier: Apache-2.0
//! Values as parts of the model: PS3.5, section 6.2, and code sequences of PS3.3, section 8.

use super::element::{DataSet, Value};
use dicom_core::Tag;
use salus_mdf::{terminology::CodeSystem, Coding, Concept, Name, Time};

/// The terms of DICOM itself (PS3.16, annex D).
pub(super) const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";

pub(super) const CODE_VALUE: Tag = Tag(0x0008, 0x0100);
pub(super) const CODING_SCHEME: Tag = Tag(0x0008, 0x0102);
const SCHEME_VERSION: Tag = Tag(0x0008, 0x0103);
const CODE_MEANING: Tag = Tag(0x0008, 0x0104);
const LONG_CODE_VALUE: Tag = Tag(0x0008, 0x0119);

/// The system that a coding scheme designator (PS3.16, table 8-1) names.
pub(super) fn system(scheme: &str) -> Option<String> {
	match scheme {
		"DCM" => Some(DCM.to_owned()),
		scheme => CodeSystem::from_name(scheme).map(|system| system.uri().into_owned()),
	}
}

/// The code of one item of a code sequence.
pub(super) fn coding(item: &DataSet) -> Option<Coding> {
	let code = item.text(CODE_VALUE).or_else(|| item.text(LONG_CODE_VALUE))?;
	Some(Coding {
		system: item.text(CODING_SCHEME).and_then(system),
		version: item.text(SCHEME_VERSION).map(str::to_owned),
		code: Some(code.to_owned()),
		display: item.text(CODE_MEANING).map(str::to_owned),
	})
}

/// The first code of a sequence, or what it means without one.
pub(super) fn concept(items: &[DataSet]) -> Option<Concept> {
	let item = items.first()?;
	let codes: Vec<_> = coding(item).into_iter().collect();
	let text = if codes.is_empty() { item.text(CODE_MEANING).map(str::to_owned) } else { None };
	(!codes.is_empty() || text.is_some()).then_some(Concept { codes, text })
}

/// All concepts of a code sequence, when nothing of it has no place in a concept.
pub(super) fn whole_concepts(value: &Value) -> Option<Vec<Concept>> {
	let Value::Items(items) = value else { return None };
	let plain = [CODE_VALUE, CODING_SCHEME, SCHEME_VERSION, CODE_MEANING, LONG_CODE_VALUE];
	let mut concepts = Vec::new();
	for item in items {
		let coding = coding(item)?;
		let is_whole = coding.system.is_some()
			&& item.0.iter().all(|element| plain.contains(&element.tag))
			&& item.0.iter().all(|element| item.text(element.tag).is_some());
		if !is_whole || (item.text(CODE_VALUE).is_some() && item.text(LONG_CODE_VALUE).is_some()) {
			return None;
		}
		concepts.push(Concept { codes: vec![coding], text: None });
	}
	(!concepts.is_empty()).then_some(concepts)
}

/// DA, and TM beside it. The text of both is kept; a zone is that of (0008,0201).
pub(super) fn moment(date: &str, clock: Option<&str>, zone: Option<&str>) -> Option<Time> {
	let (date, clock) = (date.trim(), clock.map(str::trim).filter(|clock| !clock.is_empty()));
	let mut iso = day(date)?;
	let Some(clock) = clock else { return Time::converted(&iso, date).ok() };
	let original = format!("{date} {clock}");
	if let Some(time) = time_of_day(clock)? {
		iso.push('T');
		iso.push_str(&time);
		iso.push_str(&zone.and_then(offset).unwrap_or_default());
	}
	Time::converted(&iso, &original).ok()
}

/// DT: date, time and zone in one.
pub(super) fn date_time(text: &str) -> Option<Time> {
	let text = text.trim();
	let (rest, zone) = match text.rfind(['+', '-']) {
		Some(at) => (text.get(..at)?, text.get(at..)),
		None => (text, None),
	};
	match rest.len() {
		4 => Time::converted(rest, text).ok(),
		6 => Time::converted(format!("{}-{}", rest.get(..4)?, rest.get(4..)?), text).ok(),
		_ => {
			let clock = rest.get(8..).filter(|clock| !clock.is_empty());
			let time = moment(rest.get(..8)?, clock, zone)?;
			Some(Time { original: Some(text.to_owned()), ..time })
		},
	}
}

/// `20240115`, and `2024.01.15` of before 1993.
fn day(text: &str) -> Option<String> {
	let plain = match text.as_bytes() {
		[_, _, _, _, b'.', _, _, b'.', _, _] => text.replace('.', ""),
		_ => text.to_owned(),
	};
	if plain.len() != 8 || !plain.bytes().all(|byte| byte.is_ascii_digit()) {
		return None;
	}
	Some(format!("{}-{}-{}", plain.get(..4)?, plain.get(4..6)?, plain.get(6..)?))
}

/// `hhmmss.ffffff` or less of it, and `hh:mm:ss` of before 1993. An hour alone is less than the
/// model can say: nothing inside of something.
fn time_of_day(text: &str) -> Option<Option<String>> {
	let plain = text.replace(':', "");
	let (whole, fraction) = match plain.split_once('.') {
		Some((whole, fraction)) => (whole, Some(fraction)),
		None => (plain.as_str(), None),
	};
	let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
	if !digits(whole) || fraction.is_some_and(|fraction| !digits(fraction)) {
		return None;
	}
	match (whole.len(), fraction) {
		(2, None) => Some(None),
		(4, None) => Some(Some(format!("{}:{}", whole.get(..2)?, whole.get(2..)?))),
		(6, fraction) => {
			let (hours, minutes, seconds) = (whole.get(..2)?, whole.get(2..4)?, whole.get(4..)?);
			let fraction = fraction.map(|digits| format!(".{digits}")).unwrap_or_default();
			Some(Some(format!("{hours}:{minutes}:{seconds}{fraction}")))
		},
		_ => None,
	}
}

/// `+0100`.
fn offset(text: &str) -> Option<String> {
	let text = text.trim();
	let is_offset = matches!(text.as_bytes(), [b'+' | b'-', rest @ ..]
		if rest.len() == 4 && rest.iter().all(u8::is_ascii_digit));
	is_offset.then(|| Some(format!("{}:{}", text.get(..3)?, text.get(3..)?))).flatten()
}

/// PN: up to three writings of a name, each in five parts (PS3.5, section 6.2.1).
pub(super) fn names(text: &str) -> Vec<Name> {
	let groups = text.split('=').map(|group| group.trim_end_matches(['^', ' ']));
	groups.filter(|group| !group.is_empty()).map(name).collect()
}

fn name(text: &str) -> Name {
	let part = |index| text.split('^').nth(index).map(str::trim).filter(|part| !part.is_empty());
	let list = |index| part(index).map(str::to_owned).into_iter().collect::<Vec<_>>();
	Name {
		text: Some(text.to_owned()),
		family: part(0).map(str::to_owned),
		given: list(1).into_iter().chain(list(2)).collect(),
		prefix: list(3),
		suffix: list(4),
		..Name::default()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn times_are_as_exact_as_they_are() {
		for (date, clock, zone, iso) in [
			("20240115", None, None, Some("2024-01-15")),
			("2024.01.15", None, None, Some("2024-01-15")),
			("20240115", Some("10"), None, Some("2024-01-15")),
			("20240115", Some("1030"), None, Some("2024-01-15T10:30")),
			("20240115", Some("103059.25 "), None, Some("2024-01-15T10:30:59.25")),
			("20240115", Some("10:30:59"), Some("+0100"), Some("2024-01-15T10:30:59+01:00")),
			("20240115", Some("late"), None, None),
			("20240230", None, None, None),
			("2024", None, None, None),
		] {
			let found = moment(date, clock, zone);
			assert_eq!(found.as_ref().map(|time| time.value.as_str()), iso, "{date} {clock:?}");
		}
		for (text, iso) in [
			("2024", Some("2024")),
			("202401", Some("2024-01")),
			("20240115103059.25-0500", Some("2024-01-15T10:30:59.25-05:00")),
			("soon", None),
		] {
			assert_eq!(date_time(text).map(|time| time.value).as_deref(), iso, "{text}");
		}
	}

	#[test]
	fn a_name_has_three_writings_of_five_parts() {
		let names = names("Yamada^Tarou^Ken^Dr^Jr=山田^太郎=やまだ^たろう^^^");
		let [latin, kanji, kana] = &names[..] else { panic!("three") };
		assert_eq!(latin.family.as_deref(), Some("Yamada"));
		assert_eq!(latin.given, ["Tarou", "Ken"]);
		assert_eq!((&latin.prefix[0], &latin.suffix[0]), (&"Dr".to_owned(), &"Jr".to_owned()));
		assert_eq!(kanji.text.as_deref(), Some("山田^太郎"));
		assert_eq!(kana.family.as_deref(), Some("やまだ"));
	}

	proptest! {
		#[test]
		fn no_text_panics(date in ".{0,12}", clock in ".{0,12}", zone in ".{0,6}") {
			moment(&date, Some(&clock), Some(&zone));
			moment("20240115", Some(&clock), Some(&zone));
			date_time(&date);
			names(&date);
		}
	}
}
