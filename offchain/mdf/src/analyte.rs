// SPDX-License-Identifier: Apache-2.0
//! What laboratory tests measure, so that results in mass and in moles can be compared.
//!
//! The mass of a mole belongs to the substance, and the LOINC code says which one it is. Without a
//! known code nothing is converted.

use crate::{
	unit::{arithmetic::linear, convert as convert_unit, is_molar_unit},
	Decimal,
};

/// What a test measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Analyte {
	/// Its name.
	pub name: &'static str,
	/// Grams in a mole.
	pub molar_mass: &'static str,
	/// Codes of tests for it, in mass or in moles, of blood, serum, plasma or urine.
	pub loinc: &'static [&'static str],
}

/// The analytes that are known.
pub static ANALYTES: [Analyte; 10] = [
	Analyte {
		name: "glucose",
		molar_mass: "180.156",
		loinc: &[
			"2345-7", "14749-6", "2339-0", "15074-8", "1558-6", "14771-0", "41653-7", "14743-9",
		],
	},
	Analyte {
		name: "creatinine",
		molar_mass: "113.12",
		loinc: &["2160-0", "14682-9", "38483-4", "59826-8", "2161-8", "14683-7"],
	},
	// Total, HDL and LDL; all are counted as cholesterol.
	Analyte {
		name: "cholesterol",
		molar_mass: "386.65",
		loinc: &[
			"2093-3", "14647-2", "2085-9", "14646-4", "2089-1", "22748-8", "13457-7", "39469-2",
			"18262-6",
		],
	},
	// By agreement as triolein.
	Analyte { name: "triglycerides", molar_mass: "885.43", loinc: &["2571-8", "14927-8"] },
	// A mole of urea holds two moles of nitrogen, and is counted as one.
	Analyte {
		name: "urea nitrogen",
		molar_mass: "28.014",
		loinc: &["3094-0", "14937-7", "6299-2"],
	},
	Analyte { name: "urea", molar_mass: "60.056", loinc: &["3091-6", "22664-7"] },
	Analyte {
		name: "bilirubin",
		molar_mass: "584.66",
		loinc: &["1975-2", "14631-6", "1968-7", "14629-0", "1971-1", "14630-8"],
	},
	Analyte {
		name: "calcium",
		molar_mass: "40.078",
		loinc: &["17861-6", "2000-8", "1995-0", "49765-1"],
	},
	Analyte { name: "urate", molar_mass: "168.11", loinc: &["3084-1", "14933-6"] },
	// Counted by its four parts with one iron each.
	Analyte { name: "haemoglobin", molar_mass: "16114.5", loinc: &["718-7", "59260-0"] },
];

/// Glycated haemoglobin: the share by NGSP in per cent, and by IFCC in mmol/mol.
const HBA1C: [&str; 3] = ["4548-4", "17856-6", "59261-8"];

/// The analyte of a LOINC code.
pub fn of(loinc: &str) -> Option<&'static Analyte> {
	ANALYTES.iter().find(|analyte| analyte.loinc.contains(&loinc))
}

/// Converts the result of a test from one UCUM unit to another: by the unit where that is enough,
/// by the molar mass between mass and moles, by the master equation for glycated haemoglobin.
pub fn convert(loinc: &str, value: &Decimal, from: &str, to: &str) -> Option<Decimal> {
	if HBA1C.contains(&loinc) {
		return match (from, to) {
			("%", "mmol/mol") => linear(value.as_str(), "10.93", "1", "-23.50"),
			("mmol/mol", "%") => linear(value.as_str(), "0.09148", "1", "2.152"),
			_ => (from == to).then(|| value.clone()),
		};
	}
	if let Some(converted) = convert_unit(value, from, to) {
		return Some(converted);
	}
	let mass = of(loinc)?.molar_mass;
	if is_molar_unit(from) == is_molar_unit(to) {
		return None;
	}
	// Grams and moles each have a fixed unit beside; what stands below the line stays.
	for (gram, mole) in [("g/L", "mol/L"), ("g", "mol"), ("g/g", "mol/g"), ("g/mol", "mol/mol")] {
		if let Some(grams) = convert_unit(value, from, gram) {
			let moles = linear(grams.as_str(), "1", mass, "0")?;
			if let Some(converted) = convert_unit(&moles, mole, to) {
				return Some(converted);
			}
		}
		if let Some(moles) = convert_unit(value, from, mole) {
			let grams = linear(moles.as_str(), mass, "1", "0")?;
			if let Some(converted) = convert_unit(&grams, gram, to) {
				return Some(converted);
			}
		}
	}
	None
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::terminology::{check, CodeSystem};

	fn converted(loinc: &str, value: &str, from: &str, to: &str) -> Option<String> {
		let value = convert(loinc, &value.parse().unwrap(), from, to)?;
		// Three digits are what a laboratory reports.
		Some(format!("{:.2}", value.to_f64()))
	}

	#[test]
	fn mass_and_moles_agree_with_the_factors_of_laboratories() {
		for (loinc, value, from, to, result) in [
			("2345-7", "100", "mg/dL", "mmol/L", "5.55"),
			("14749-6", "5.55", "mmol/L", "mg/dL", "99.99"),
			("2160-0", "1.0", "mg/dL", "umol/L", "88.40"),
			("2093-3", "200", "mg/dL", "mmol/L", "5.17"),
			("2085-9", "50", "mg/dL", "mmol/L", "1.29"),
			("2571-8", "150", "mg/dL", "mmol/L", "1.69"),
			("3094-0", "20", "mg/dL", "mmol/L", "7.14"),
			("3091-6", "42.8", "mg/dL", "mmol/L", "7.13"),
			("1975-2", "1.0", "mg/dL", "umol/L", "17.10"),
			("17861-6", "9.5", "mg/dL", "mmol/L", "2.37"),
			("3084-1", "6.0", "mg/dL", "umol/L", "356.91"),
			("718-7", "15", "g/dL", "mmol/L", "9.31"),
			("4548-4", "7.0", "%", "mmol/mol", "53.01"),
			("59261-8", "53", "mmol/mol", "%", "7.00"),
			("2345-7", "1", "g/L", "mg/dL", "100.00"),
		] {
			assert_eq!(converted(loinc, value, from, to).as_deref(), Some(result), "{loinc}");
		}
	}

	#[test]
	fn nothing_is_converted_without_a_known_substance() {
		assert_eq!(converted("2947-0", "140", "mg/dL", "mmol/L"), None);
		assert_eq!(converted("2345-7", "100", "mg/dL", "Cel"), None);
		assert_eq!(converted("2345-7", "100", "mg/dL", "10*9/L"), None);
		// A share of haemoglobin is not a plain share.
		assert_eq!(converted("4548-4", "7.0", "%", "mmol/L"), None);
	}

	#[test]
	fn the_codes_are_codes_and_stand_once() {
		let mut codes: Vec<_> = ANALYTES.iter().flat_map(|analyte| analyte.loinc).collect();
		codes.extend(&HBA1C);
		assert!(codes.iter().all(|code| check(CodeSystem::Loinc, code).is_ok()), "{codes:?}");
		let count = codes.len();
		codes.sort();
		codes.dedup();
		assert_eq!(codes.len(), count);
		assert!(ANALYTES.iter().all(|analyte| of(analyte.loinc[0]) == Some(analyte)));
	}
}
