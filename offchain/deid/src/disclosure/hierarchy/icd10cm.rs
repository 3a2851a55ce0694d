// SPDX-License-Identifier: Apache-2.0
//! Codes of ICD-10-CM: the code, its category of three characters, its chapter.

use super::ANY;

/// The first and the last category of each chapter (ICD-10-CM Tabular List of Diseases and Injuries,
/// fiscal year 2026). As characters they are in order.
const CHAPTERS: &[(&str, &str)] = &[
	("A00", "B99"),
	("C00", "D49"),
	("D50", "D89"),
	("E00", "E89"),
	("F01", "F99"),
	("G00", "G99"),
	("H00", "H59"),
	("H60", "H95"),
	("I00", "I99"),
	("J00", "J99"),
	("K00", "K95"),
	("L00", "L99"),
	("M00", "M99"),
	("N00", "N99"),
	("O00", "O9A"),
	("P00", "P96"),
	("Q00", "QA0"),
	("R00", "R99"),
	("S00", "T88"),
	("U00", "U85"),
	("V00", "Y99"),
	("Z00", "Z99"),
];

pub(super) fn path(value: &str) -> Option<Vec<String>> {
	let mut code = value.to_ascii_uppercase();
	code.retain(|character| character != '.');
	let (category, rest) = code.split_at_checked(3)?;
	let well_formed = matches!(
		category.as_bytes(),
		[b'A'..=b'Z', b'0'..=b'9' | b'A'..=b'Z', b'0'..=b'9' | b'A'..=b'Z']
	) && rest.len() <= 4
		&& rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
	let (first, last) =
		CHAPTERS.iter().find(|(first, last)| (*first..=*last).contains(&category))?;
	if !well_formed {
		return None;
	}
	let full = if rest.is_empty() { category.to_owned() } else { format!("{category}.{rest}") };
	Some(vec![full, category.to_owned(), format!("{first}-{last}"), ANY.to_owned()])
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::collections::BTreeSet;

	#[test]
	fn codes_become_categories_and_chapters() {
		assert_eq!(path("E11.65").expect("a code"), ["E11.65", "E11", "E00-E89", "*"]);
		assert_eq!(path("e1165").expect("a code"), ["E11.65", "E11", "E00-E89", "*"]);
		assert_eq!(path("D49").expect("a code"), ["D49", "D49", "C00-D49", "*"]);
		assert_eq!(path("D3A.00").expect("a code")[2], "C00-D49");
		assert_eq!(path("O9A.1").expect("a code")[2], "O00-O9A");
		for other in ["E1", "K96", "11E", "E11.65789", "E11-5", "ÄE1", "", "ééé"] {
			assert_eq!(path(other), None, "{other}");
		}
	}

	/// Every code of the release has a chapter, where the release is at hand.
	#[test]
	fn every_code_has_a_chapter() {
		let Ok(data) = std::env::var("SALUS_DATA") else {
			eprintln!("SKIPPED: SALUS_DATA is unset");
			return;
		};
		let codes = std::fs::read_to_string(format!("{data}/icd10cm/icd10cm_2026_april.tsv"))
			.expect("the codes");
		let chapters: BTreeSet<_> = codes
			.lines()
			.filter_map(|line| line.split('\t').next())
			.map(|code| path(code).unwrap_or_else(|| panic!("{code}"))[2].clone())
			.collect();
		assert_eq!(chapters.len(), CHAPTERS.len());
	}
}
