// SPDX-License-Identifier: Apache-2.0
//! Which LOINC codes are vital signs, in which unit they are compared, and what their panels hold.

/// The panel of all vital signs.
pub const PANEL: &str = "85353-1";
/// The panel of the two blood pressures.
pub const BLOOD_PRESSURE: &str = "85354-9";
/// Systolic blood pressure.
pub const SYSTOLIC: &str = "8480-6";
/// Diastolic blood pressure.
pub const DIASTOLIC: &str = "8462-4";

/// A vital sign: its LOINC code, and a UCUM unit of its dimension; a panel and a score have none.
const VITAL_SIGNS: [(&str, Option<&str>); 31] = [
	(PANEL, None),
	(BLOOD_PRESSURE, None),
	("55284-4", None),
	(SYSTOLIC, Some("mm[Hg]")),
	(DIASTOLIC, Some("mm[Hg]")),
	("8478-0", Some("mm[Hg]")),
	("8867-4", Some("/min")),
	("8889-8", Some("/min")),
	("9279-1", Some("/min")),
	("2708-6", Some("%")),
	("2710-2", Some("%")),
	("59408-5", Some("%")),
	("8310-5", Some("Cel")),
	("8331-1", Some("Cel")),
	("8332-9", Some("Cel")),
	("8302-2", Some("cm")),
	("8301-4", Some("cm")),
	("8306-3", Some("cm")),
	("8308-9", Some("cm")),
	("9843-4", Some("cm")),
	("8287-5", Some("cm")),
	("8289-1", Some("%")),
	("29463-7", Some("kg")),
	("3141-9", Some("kg")),
	("3150-0", Some("%")),
	("3151-8", Some("L/min")),
	("39156-5", Some("kg/m2")),
	("59576-9", Some("%")),
	("77606-2", Some("%")),
	("8280-0", Some("cm")),
	("72514-3", None),
];

/// Panels and the codes of their parts. The codes of older releases are read, too.
const PANELS: [(&str, &[&str]); 4] = [
	(BLOOD_PRESSURE, &[SYSTOLIC, DIASTOLIC]),
	("55284-4", &[SYSTOLIC, DIASTOLIC]),
	("59408-5", &["3150-0", "3151-8"]),
	(
		PANEL,
		&[
			BLOOD_PRESSURE,
			"8867-4",
			"9279-1",
			"2708-6",
			"8310-5",
			"8302-2",
			"9843-4",
			"29463-7",
			"39156-5",
		],
	),
];

/// Whether a LOINC code is a vital sign.
pub fn is_vital_sign(loinc: &str) -> bool {
	VITAL_SIGNS.iter().any(|(code, _)| *code == loinc)
}

/// A UCUM unit that every value of the vital sign can be converted to.
pub fn unit_of(loinc: &str) -> Option<&'static str> {
	VITAL_SIGNS.iter().find(|(code, _)| *code == loinc)?.1
}

/// The parts of a panel; none for a code that is no panel.
pub fn parts_of(loinc: &str) -> &'static [&'static str] {
	PANELS.iter().find(|(code, _)| *code == loinc).map_or(&[], |(_, parts)| parts)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		terminology::{check, CodeSystem},
		unit::is_ucum,
	};

	#[test]
	fn the_tables_hold_codes_and_units() {
		for (code, unit) in VITAL_SIGNS {
			assert_eq!(check(CodeSystem::Loinc, code), Ok(()), "{code}");
			assert!(unit.is_none_or(is_ucum));
		}
		assert!(PANELS.iter().all(|(code, _)| is_vital_sign(code)));
		assert!(PANELS.iter().flat_map(|(_, parts)| *parts).all(|part| is_vital_sign(part)));
		assert_eq!(parts_of(BLOOD_PRESSURE), [SYSTOLIC, DIASTOLIC]);
		assert_eq!((unit_of(SYSTOLIC), unit_of(BLOOD_PRESSURE)), (Some("mm[Hg]"), None));
		assert!(parts_of("8480-6").is_empty() && !is_vital_sign("2947-0"));
	}
}
