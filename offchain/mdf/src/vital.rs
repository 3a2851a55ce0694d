// SPDX-License-Identifier: Apache-2.0
//! Which LOINC codes are vital signs.

/// The panel of the two blood pressures.
pub const BLOOD_PRESSURE: &str = "85354-9";
/// Systolic blood pressure.
pub const SYSTOLIC: &str = "8480-6";
/// Diastolic blood pressure.
pub const DIASTOLIC: &str = "8462-4";

/// LOINC codes of vital signs: those of the FHIR R4 profiles and the usual finer ones.
const VITAL_SIGNS: [&str; 26] = [
	"85353-1", "85354-9", "55284-4", "8480-6", "8462-4", "8478-0", "8867-4", "9279-1", "2708-6",
	"59408-5", "8310-5", "8331-1", "8332-9", "8302-2", "8308-9", "9843-4", "8287-5", "8289-1",
	"29463-7", "3141-9", "39156-5", "59576-9", "77606-2", "72514-3", "3150-6", "3151-8",
];

/// Whether a LOINC code is a vital sign.
pub fn is_vital_sign(loinc: &str) -> bool {
	VITAL_SIGNS.contains(&loinc)
}
