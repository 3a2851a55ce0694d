// SPDX-License-Identifier: Apache-2.0
//! Categories of health data: the grain at which a record is sealed and shared.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{fmt, str::FromStr};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// How carefully a category is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensitivity {
	/// A grant that names the category opens it.
	Normal,
	/// Denied by default: HL7 v3 ActCode sensitivity classes and 42 CFR Part 2. Never named on
	/// chain, not even in public terms.
	Sensitive,
}

macro_rules! categories {
	($($(#[$meta:meta])* $variant:ident = $index:literal, $code:literal, $sensitivity:ident;)+) => {
		/// What kind of data a segment holds. One segment has one category and one key.
		#[derive(
			Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode,
			DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
		)]
		pub enum Category {
			$($(#[$meta])* #[codec(index = $index)] #[serde(rename = $code)] $variant,)+
		}

		impl Category {
			/// Every category.
			pub const ALL: &'static [Self] = &[$(Self::$variant),+];

			/// The code used in text: configuration, commands, formats.
			pub const fn code(self) -> &'static str {
				match self { $(Self::$variant => $code),+ }
			}

			/// How carefully the category is shared.
			pub const fn sensitivity(self) -> Sensitivity {
				match self { $(Self::$variant => Sensitivity::$sensitivity),+ }
			}
		}

		impl FromStr for Category {
			type Err = UnknownCategory;

			fn from_str(code: &str) -> Result<Self, Self::Err> {
				match code { $($code => Ok(Self::$variant),)+ _ => Err(UnknownCategory) }
			}
		}
	};
}

categories! {
	/// Who the patient is: name, birth date, addresses, identifiers.
	Demographics = 0, "demographics", Normal;
	/// Visits and stays.
	Encounters = 1, "encounters", Normal;
	/// Vital signs.
	Vitals = 2, "vitals", Normal;
	/// Laboratory results.
	Labs = 3, "labs", Normal;
	/// Prescribed, dispensed and taken medicines.
	Medications = 4, "medications", Normal;
	/// Diagnoses and problems.
	Conditions = 5, "conditions", Normal;
	/// Operations and other procedures.
	Procedures = 6, "procedures", Normal;
	/// Allergies and intolerances.
	Allergies = 7, "allergies", Normal;
	/// Vaccinations.
	Immunizations = 8, "immunizations", Normal;
	/// Imaging studies and their reports.
	Imaging = 9, "imaging", Normal;
	/// Notes, letters and other documents.
	Documents = 10, "documents", Normal;
	/// Genomic and omics descriptors.
	Genomics = 11, "genomics", Sensitive;
	/// Devices and implants.
	Devices = 12, "devices", Normal;
	/// Insurance and claims.
	Coverage = 13, "coverage", Normal;
	/// Social history and survey answers.
	SocialHistory = 14, "social-history", Normal;
	/// Care plans, goals and care teams.
	CarePlans = 15, "care-plans", Normal;
	/// Alcohol and other substance use, 42 CFR Part 2.
	SubstanceUse = 16, "substance-use", Sensitive;
	/// HIV and AIDS.
	Hiv = 17, "hiv", Sensitive;
	/// Mental health.
	MentalHealth = 18, "mental-health", Sensitive;
	/// Sexual and reproductive health.
	ReproductiveHealth = 19, "reproductive-health", Sensitive;
	/// Sexual assault, abuse and domestic violence.
	Violence = 20, "violence", Sensitive;
	/// What fits nowhere else, kept as it came.
	Other = 21, "other", Normal;
	/// The bytes of the source file. They hold every category at once, so nothing opens them but
	/// their own name.
	Original = 22, "original", Sensitive;
}

impl Category {
	/// Whether a segment of this category may hold data that belong to `other`: its own, and in the
	/// bytes of the source file those of every category.
	pub fn holds(self, other: Self) -> bool {
		self == other || self == Self::Original
	}
}

/// A text that is no category's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCategory;

impl fmt::Display for UnknownCategory {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("unknown category; known are:")?;
		Category::ALL.iter().try_for_each(|category| write!(f, " {}", category.code()))
	}
}

impl core::error::Error for UnknownCategory {}

impl fmt::Display for Category {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(self.code())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn codes_round_trip_and_are_unique() {
		for category in Category::ALL {
			assert_eq!(category.code().parse(), Ok(*category));
			assert_eq!(serde_json::to_string(category).unwrap(), format!("\"{category}\""));
		}
		assert_eq!("LABS".parse::<Category>(), Err(UnknownCategory));
	}

	#[test]
	fn only_the_original_holds_what_is_not_its_own() {
		for category in Category::ALL {
			for other in Category::ALL {
				let expected = category == other || *category == Category::Original;
				assert_eq!(category.holds(*other), expected, "{category} {other}");
			}
		}
	}
}
