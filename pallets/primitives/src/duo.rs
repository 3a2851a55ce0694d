// SPDX-License-Identifier: Apache-2.0
//! Data use terms: the GA4GH Data Use Ontology.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{fmt, str::FromStr};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// What part a term plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DuoKind {
	/// Says which research is permitted. A data set without a permission permits none.
	Permission,
	/// Narrows a permission.
	Modifier,
}

macro_rules! terms {
	($($(#[$meta:meta])* $variant:ident = $number:literal, $short:literal, $kind:ident;)+) => {
		/// A DUO term. SCALE indices are the ontology's numbers.
		#[derive(
			Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode,
			DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
		)]
		pub enum DuoTerm {
			$($(#[$meta])* #[codec(index = $number)] #[serde(rename = $short)] $variant,)+
		}

		impl DuoTerm {
			/// Every term.
			pub const ALL: &'static [Self] = &[$(Self::$variant),+];

			/// The ontology's number: `DUO_00000nn`.
			pub const fn number(self) -> u8 {
				match self { $(Self::$variant => $number),+ }
			}

			/// The short name.
			pub const fn short(self) -> &'static str {
				match self { $(Self::$variant => $short),+ }
			}

			/// What part the term plays.
			pub const fn kind(self) -> DuoKind {
				match self { $(Self::$variant => DuoKind::$kind),+ }
			}
		}

		impl FromStr for DuoTerm {
			type Err = UnknownDuoTerm;

			fn from_str(short: &str) -> Result<Self, Self::Err> {
				match short { $($short => Ok(Self::$variant),)+ _ => Err(UnknownDuoTerm) }
			}
		}
	};
}

terms! {
	/// No restriction.
	NoRestriction = 4, "NRES", Permission;
	/// Health, medical or biomedical research; not population origins or ancestry.
	HealthMedicalBiomedical = 6, "HMB", Permission;
	/// Research on named diseases.
	DiseaseSpecific = 7, "DS", Permission;
	/// Population origins or ancestry only.
	PopulationOrigins = 11, "POA", Permission;
	/// Only research of a named type.
	ResearchSpecific = 12, "RS", Modifier;
	/// No development of methods.
	NoMethodsDevelopment = 15, "NMDS", Modifier;
	/// Genetic studies only.
	GeneticStudiesOnly = 16, "GSO", Modifier;
	/// Not-for-profit organisation and non-commercial use.
	NotForProfitNonCommercial = 18, "NPUNCU", Modifier;
	/// Results must be published.
	PublicationRequired = 19, "PUB", Modifier;
	/// Collaboration with the investigator.
	Collaboration = 20, "COL", Modifier;
	/// Ethics approval.
	EthicsApproval = 21, "IRB", Modifier;
	/// Only within a region.
	Geographical = 22, "GS", Modifier;
	/// No publication before a date.
	PublicationMoratorium = 24, "MOR", Modifier;
	/// Only for a time.
	TimeLimit = 25, "TS", Modifier;
	/// Only for named users.
	UserSpecific = 26, "US", Modifier;
	/// Only for a named project.
	ProjectSpecific = 27, "PS", Modifier;
	/// Only for a named institution.
	InstitutionSpecific = 28, "IS", Modifier;
	/// Derived data come back.
	ReturnDerivedData = 29, "RTN", Modifier;
	/// General research use.
	GeneralResearch = 42, "GRU", Permission;
	/// Clinical care too.
	ClinicalCare = 43, "CC", Modifier;
	/// No ancestry research.
	NoAncestry = 44, "NPOA", Modifier;
	/// Not-for-profit organisation.
	NotForProfit = 45, "NPU", Modifier;
	/// Non-commercial use.
	NonCommercial = 46, "NCU", Modifier;
}

impl fmt::Display for DuoTerm {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "DUO_{:07}", self.number())
	}
}

/// A text that is no term's short name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownDuoTerm;

impl fmt::Display for UnknownDuoTerm {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("not a term of the Data Use Ontology")
	}
}

impl core::error::Error for UnknownDuoTerm {}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn numbers_and_names_round_trip() {
		for term in DuoTerm::ALL {
			assert_eq!(term.short().parse(), Ok(*term));
			assert_eq!(term.encode(), [term.number()]);
		}
		// The parent classes are not terms.
		assert!(DuoTerm::decode(&mut &[1u8][..]).is_err());
		assert!(DuoTerm::decode(&mut &[17u8][..]).is_err());
		assert_eq!(DuoTerm::GeneralResearch.to_string(), "DUO_0000042");
	}
}
