// SPDX-License-Identifier: Apache-2.0
//! What the types and units of HealthKit mean.

use salus_mdf::{unit::to_ucum, Category};
use std::borrow::Cow;

/// The types of HealthKit, as a code system.
pub(super) const SYSTEM: &str = "http://developer.apple.com/documentation/healthkit";

/// What stands before the name of a type.
const PREFIXES: [&str; 5] = [
	"HKQuantityTypeIdentifier",
	"HKCategoryTypeIdentifier",
	"HKCorrelationTypeIdentifier",
	"HKDataTypeIdentifier",
	"HKDataType",
];

/// Types that LOINC has a code for, and what they are of.
const CODED: [(&str, &str, Category); 18] = [
	("ActiveEnergyBurned", "41981-2", Category::SocialHistory),
	("BloodPressure", "85354-9", Category::Vitals),
	("BloodPressureDiastolic", "8462-4", Category::Vitals),
	("BloodPressureSystolic", "8480-6", Category::Vitals),
	("BodyFatPercentage", "41982-0", Category::Vitals),
	("BodyMass", "29463-7", Category::Vitals),
	("BodyMassIndex", "39156-5", Category::Vitals),
	("BodyTemperature", "8310-5", Category::Vitals),
	("DistanceWalkingRunning", "55430-3", Category::SocialHistory),
	("ForcedExpiratoryVolume1", "20150-9", Category::Vitals),
	("ForcedVitalCapacity", "19868-9", Category::Vitals),
	("HeartRate", "8867-4", Category::Vitals),
	("HeartRateVariabilitySDNN", "80404-7", Category::Vitals),
	("Height", "8302-2", Category::Vitals),
	("OxygenSaturation", "59408-5", Category::Vitals),
	("RespiratoryRate", "9279-1", Category::Vitals),
	("RestingHeartRate", "40443-4", Category::Vitals),
	("StepCount", "55423-8", Category::SocialHistory),
];

/// Glucose by mass and by moles.
const GLUCOSE: (&str, &str, &str) = ("BloodGlucose", "2339-0", "15074-8");

/// What a name begins with that LOINC has no code for, and what it is of. The first match counts.
const OTHERS: [(&str, Category); 36] = [
	("BasalBodyTemperature", Category::ReproductiveHealth),
	("CervicalMucus", Category::ReproductiveHealth),
	("Contraceptive", Category::ReproductiveHealth),
	("InfrequentMenstrual", Category::ReproductiveHealth),
	("IntermenstrualBleeding", Category::ReproductiveHealth),
	("IrregularMenstrual", Category::ReproductiveHealth),
	("Lactation", Category::ReproductiveHealth),
	("Menstrual", Category::ReproductiveHealth),
	("Ovulation", Category::ReproductiveHealth),
	("PersistentIntermenstrual", Category::ReproductiveHealth),
	("BleedingAfterPregnancy", Category::ReproductiveHealth),
	("BleedingDuringPregnancy", Category::ReproductiveHealth),
	("Pregnancy", Category::ReproductiveHealth),
	("Progesterone", Category::ReproductiveHealth),
	("ProlongedMenstrual", Category::ReproductiveHealth),
	("SexualActivity", Category::ReproductiveHealth),
	("VaginalDryness", Category::ReproductiveHealth),
	("BloodAlcoholContent", Category::SubstanceUse),
	("NumberOfAlcoholicBeverages", Category::SubstanceUse),
	("HKStateOfMind", Category::MentalHealth),
	("StateOfMind", Category::MentalHealth),
	("MoodChanges", Category::MentalHealth),
	("GAD7", Category::MentalHealth),
	("PHQ9", Category::MentalHealth),
	("MindfulSession", Category::MentalHealth),
	("InsulinDelivery", Category::Medications),
	("InhalerUsage", Category::Medications),
	("BloodGlucose", Category::Labs),
	("Apple", Category::SocialHistory),
	("Dietary", Category::SocialHistory),
	("Distance", Category::SocialHistory),
	("FlightsClimbed", Category::SocialHistory),
	("Food", Category::SocialHistory),
	("BasalEnergyBurned", Category::SocialHistory),
	("Sleep", Category::SocialHistory),
	("HKWorkout", Category::SocialHistory),
];

/// A type of HealthKit.
pub(super) struct Kind {
	pub(super) loinc: Option<&'static str>,
	pub(super) category: Category,
}

/// What a type is; its unit tells apart what is measured by mass and by moles.
pub(super) fn kind(name: &str, unit: Option<&str>) -> Kind {
	let short = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
	if short == GLUCOSE.0 {
		let is_molar = unit.is_some_and(|unit| unit.contains("mol"));
		let loinc = if is_molar { GLUCOSE.2 } else { GLUCOSE.1 };
		return Kind { loinc: unit.map(|_| loinc), category: Category::Labs };
	}
	if let Some((_, loinc, category)) = CODED.iter().find(|(known, ..)| *known == short) {
		return Kind { loinc: Some(loinc), category: *category };
	}
	let other = OTHERS.iter().find(|(start, _)| short.starts_with(start));
	Kind { loinc: None, category: other.map_or(Category::Vitals, |(_, category)| *category) }
}

/// Units that are written in another way than UCUM has them. A percentage is written as a part of one.
const UNITS: [(&str, &str); 23] = [
	("%", "1"),
	("count", "{count}"),
	("count/min", "/min"),
	("count/s", "/s"),
	("Cal", "kcal"),
	("cmAq", "cm[H2O]"),
	("cup_us", "[cup_us]"),
	("D", "[diop]"),
	("dBASPL", "dB[SPL]"),
	("fl_oz_us", "[foz_us]"),
	("ft", "[ft_i]"),
	("hr", "h"),
	("IU", "[iU]"),
	("kcal/hr·kg", "kcal/h/kg"),
	("km/hr", "km/h"),
	("mi", "[mi_i]"),
	("mi/hr", "[mi_i]/h"),
	("mL/min·kg", "mL/min/kg"),
	("oz", "[oz_av]"),
	("pt_us", "[pt_us]"),
	("st", "[stone_av]"),
	("yd", "[yd_i]"),
	("°", "deg"),
];

/// The UCUM unit of a unit.
pub(super) fn ucum(unit: &str) -> Option<Cow<'static, str>> {
	if let Some((_, ucum)) = UNITS.iter().find(|(known, _)| *known == unit) {
		return Some(Cow::Borrowed(ucum));
	}
	// A molar unit names the mass of its mole: mmol<180.1558800000541>/L.
	let plain = match (unit.split_once('<'), unit.split_once('>')) {
		(Some((before, _)), Some((_, after))) => Cow::Owned(format!("{before}{after}")),
		_ => Cow::Borrowed(unit),
	};
	to_ucum(&plain).map(|ucum| Cow::Owned(ucum.to_owned()))
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_mdf::{
		terminology::{check, CodeSystem},
		unit::is_ucum,
	};

	#[test]
	fn the_tables_hold_codes_and_units() {
		let codes = CODED.iter().map(|(_, loinc, _)| *loinc).chain([GLUCOSE.1, GLUCOSE.2]);
		for code in codes {
			assert_eq!(check(CodeSystem::Loinc, code), Ok(()), "{code}");
		}
		for (unit, ucum) in UNITS {
			assert!(is_ucum(ucum), "{unit}");
		}
	}

	#[test]
	fn types_are_of_what_they_measure() {
		let found = |name: &str, unit: Option<&str>| {
			let Kind { loinc, category } = kind(name, unit);
			(loinc, category)
		};
		let quantity = "HKQuantityTypeIdentifier";
		for (name, unit, expected) in [
			("HeartRate", Some("count/min"), (Some("8867-4"), Category::Vitals)),
			("BloodGlucose", Some("mg/dL"), (Some("2339-0"), Category::Labs)),
			("BloodGlucose", Some("mmol<180.15588>/L"), (Some("15074-8"), Category::Labs)),
			("BloodGlucose", None, (None, Category::Labs)),
			("DietaryFiber", Some("g"), (None, Category::SocialHistory)),
			("NumberOfAlcoholicBeverages", Some("count"), (None, Category::SubstanceUse)),
			("SomethingNew", None, (None, Category::Vitals)),
		] {
			assert_eq!(found(&format!("{quantity}{name}"), unit), expected, "{name}");
		}
		let flow = found("HKCategoryTypeIdentifierMenstrualFlow", None);
		assert_eq!(flow, (None, Category::ReproductiveHealth));
	}

	#[test]
	fn units_are_read_as_they_are_meant() {
		for (unit, expected) in [
			("mmol<180.1558800000541>/L", Some("mmol/L")),
			("kg", Some("kg")),
			("lb", Some("[lb_av]")),
			("degC", Some("Cel")),
			("mmHg", Some("mm[Hg]")),
			("%", Some("1")),
			("parsnips", None),
		] {
			assert_eq!(ucum(unit).as_deref(), expected, "{unit}");
		}
	}
}
