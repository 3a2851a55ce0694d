// SPDX-License-Identifier: Apache-2.0
//! The dimensions, and the rules of each.

use serde::Serialize;

/// A side of quality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dimension {
	/// What should be there is there.
	Completeness,
	/// What is there is formed as its standard demands.
	Validity,
	/// What is there does not contradict itself or what can be.
	Consistency,
	/// Times are exact enough, and were written down when they should be.
	Timeliness,
	/// Nothing is there twice.
	Uniqueness,
}

impl Dimension {
	/// Every dimension.
	pub const ALL: &'static [Self] = &[
		Self::Completeness,
		Self::Validity,
		Self::Consistency,
		Self::Timeliness,
		Self::Uniqueness,
	];

	/// How much it counts in the score; the weights of all are 100.
	pub const fn weight(self) -> u32 {
		match self {
			Self::Completeness | Self::Validity => 25,
			Self::Consistency => 20,
			Self::Timeliness | Self::Uniqueness => 15,
		}
	}
}

macro_rules! reasons {
	($($(#[$meta:meta])* $variant:ident = $code:literal, $dimension:ident, $reason:literal;)+) => {
		/// A rule that data can break. The text form is stable.
		#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
		#[non_exhaustive]
		pub enum Reason {
			$($(#[$meta])* #[serde(rename = $code)] $variant,)+
		}

		impl Reason {
			/// Every rule.
			pub const ALL: &'static [Self] = &[$(Self::$variant),+];

			/// The stable text form.
			pub const fn as_str(self) -> &'static str {
				match self { $(Self::$variant => $code),+ }
			}

			/// The dimension it belongs to.
			pub const fn dimension(self) -> Dimension {
				match self { $(Self::$variant => Dimension::$dimension),+ }
			}

			/// What is wrong where it is broken.
			pub const fn reason(self) -> &'static str {
				match self { $(Self::$variant => $reason),+ }
			}
		}
	};
}

reasons! {
	/// A fact about nobody.
	SubjectMissing = "SUBJECT_MISSING", Completeness, "the item names no patient";
	/// A fact without a name.
	ConceptMissing = "CONCEPT_MISSING", Completeness, "the item does not say what it is";
	/// A fact with a name and no code.
	CodeMissing = "CODE_MISSING", Completeness, "the item says what it is in words only";
	/// A fact without a time.
	TimeMissing = "TIME_MISSING", Completeness, "the item has no time";
	/// An observation without a result.
	ValueMissing = "VALUE_MISSING", Completeness,
		"the observation has no value, no parts and no reason for that";
	/// A number without a unit.
	UnitMissing = "UNIT_MISSING", Completeness, "the number has no unit";
	/// A patient without a number.
	IdentifierMissing = "IDENTIFIER_MISSING", Completeness, "the patient has no identifier";
	/// A patient without a name.
	NameMissing = "NAME_MISSING", Completeness, "the patient has no name";
	/// A patient without a birth date.
	BirthMissing = "BIRTH_MISSING", Completeness, "the patient has no birth date";
	/// A patient without a gender.
	GenderMissing = "GENDER_MISSING", Completeness, "the patient has no gender";
	/// A code that its system cannot have.
	CodeInvalid = "CODE_INVALID", Validity, "the code cannot be one of its system";
	/// A code without a system.
	SystemMissing = "SYSTEM_MISSING", Validity, "the code has no system";
	/// A unit in other words than UCUM's.
	UnitNotUcum = "UNIT_NOT_UCUM", Validity, "the unit is not written in UCUM";
	/// A vital sign in a unit of another kind.
	UnitMismatch = "UNIT_MISMATCH", Validity, "the unit does not fit the vital sign";
	/// An end before its start.
	EndBeforeStart = "END_BEFORE_START", Consistency, "the end is before the start";
	/// Something before the patient was born.
	BeforeBirth = "BEFORE_BIRTH", Consistency, "the item is about a time before the patient's birth";
	/// Something after the patient died.
	AfterDeath = "AFTER_DEATH", Consistency, "the item is about a time after the patient's death";
	/// Two birth dates.
	BirthConflict = "BIRTH_CONFLICT", Consistency, "the patient has two birth dates";
	/// A reference range upside down.
	RangeInverted = "RANGE_INVERTED", Consistency, "the lower bound is above the upper one";
	/// A vital sign that nobody has.
	ValueImplausible = "VALUE_IMPLAUSIBLE", Consistency, "no living person has such a value";
	/// A pressure that cannot be.
	PressureInverted = "PRESSURE_INVERTED", Consistency,
		"the diastolic pressure is not below the systolic one";
	/// A time after today.
	InFuture = "IN_FUTURE", Timeliness, "the item happened after today";
	/// A time that is less exact than a day.
	TimeCoarse = "TIME_COARSE", Timeliness, "the time is less exact than a day";
	/// A fact that was written down before it happened.
	RecordedBefore = "RECORDED_BEFORE", Timeliness, "the item was written down before it happened";
	/// A fact that was written down late.
	RecordedLate = "RECORDED_LATE", Timeliness,
		"the item was written down more than 30 days after it happened";
	/// The same fact again.
	FactRepeated = "FACT_REPEATED", Uniqueness, "the item says what another one says";
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn weights_are_a_hundred_and_codes_differ() {
		assert_eq!(Dimension::ALL.iter().map(|one| one.weight()).sum::<u32>(), 100);
		let codes: std::collections::BTreeSet<_> =
			Reason::ALL.iter().map(|one| one.as_str()).collect();
		assert_eq!(codes.len(), Reason::ALL.len());
		for dimension in Dimension::ALL {
			assert!(Reason::ALL.iter().any(|reason| reason.dimension() == *dimension));
		}
	}
}
