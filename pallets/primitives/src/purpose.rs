// SPDX-License-Identifier: Apache-2.0
//! Purposes of use: HL7 v3 ActReason, value set PurposeOfUse (HL7 Terminology 4.0.0).

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{fmt, str::FromStr};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

macro_rules! purposes {
	($($variant:ident = $index:literal, $code:literal, $parent:expr;)+) => {
		/// Why data is used. The root of the value set is not a purpose and has no variant.
		#[derive(
			Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode,
			DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
		)]
		pub enum PurposeOfUse {
			$(
				#[doc = concat!("`", $code, "`.")]
				#[codec(index = $index)]
				#[serde(rename = $code)]
				$variant,
			)+
		}

		impl PurposeOfUse {
			/// Every purpose.
			pub const ALL: &'static [Self] = &[$(Self::$variant),+];

			/// The HL7 code.
			pub const fn code(self) -> &'static str {
				match self { $(Self::$variant => $code),+ }
			}

			/// The purpose one step up; `None` right under the root.
			pub const fn parent(self) -> Option<Self> {
				match self { $(Self::$variant => $parent),+ }
			}
		}

		impl FromStr for PurposeOfUse {
			type Err = UnknownPurpose;

			fn from_str(code: &str) -> Result<Self, Self::Err> {
				match code { $($code => Ok(Self::$variant),)+ _ => Err(UnknownPurpose) }
			}
		}
	};
}

use PurposeOfUse as P;

purposes! {
	Marketing = 0, "HMARKT", None;
	Operations = 1, "HOPERAT", None;
	CareManagement = 2, "CAREMGT", Some(P::Operations);
	Donation = 3, "DONAT", Some(P::Operations);
	Fraud = 4, "FRAUD", Some(P::Operations);
	Government = 5, "GOV", Some(P::Operations);
	Accreditation = 6, "HACCRED", Some(P::Operations);
	Compliance = 7, "HCOMPL", Some(P::Operations);
	Decedent = 8, "HDECD", Some(P::Operations);
	Directory = 9, "HDIRECT", Some(P::Operations);
	DeliveryManagement = 10, "HDM", Some(P::Operations);
	Legal = 11, "HLEGAL", Some(P::Operations);
	Outcomes = 12, "HOUTCOMS", Some(P::Operations);
	ProgramReporting = 13, "HPRGRP", Some(P::Operations);
	QualityImprovement = 14, "HQUALIMP", Some(P::Operations);
	SystemAdministration = 15, "HSYSADMIN", Some(P::Operations);
	Labeling = 16, "LABELING", Some(P::SystemAdministration);
	MetadataManagement = 17, "METAMGT", Some(P::SystemAdministration);
	MemberAdministration = 18, "MEMADMIN", Some(P::Operations);
	MilitaryCommand = 19, "MILCDM", Some(P::Operations);
	PatientAdministration = 20, "PATADMIN", Some(P::Operations);
	PatientSafety = 21, "PATSFTY", Some(P::Operations);
	PerformanceMeasure = 22, "PERFMSR", Some(P::Operations);
	RecordsManagement = 23, "RECORDMGT", Some(P::Operations);
	SystemDevelopment = 24, "SYSDEV", Some(P::Operations);
	TestData = 25, "HTEST", Some(P::SystemDevelopment);
	Training = 26, "TRAIN", Some(P::Operations);
	MachineLearning = 27, "MLTRAINING", Some(P::Operations);
	Payment = 28, "HPAYMT", None;
	ClaimMatching = 29, "CLMATTCH", Some(P::Payment);
	CoverageAuthorization = 30, "COVAUTH", Some(P::Payment);
	Coverage = 31, "COVERAGE", Some(P::Payment);
	EligibilityDetermination = 32, "ELIGDTRM", Some(P::Coverage);
	EligibilityVerification = 33, "ELIGVER", Some(P::Coverage);
	Enrollment = 34, "ENROLLM", Some(P::Coverage);
	MilitaryDischarge = 35, "MILDCRG", Some(P::Coverage);
	RemittanceAdvice = 36, "REMITADV", Some(P::Payment);
	PaymentDiscovery = 37, "PMTDS", Some(P::Payment);
	Research = 38, "HRESCH", None;
	Biorepository = 39, "BIORCH", Some(P::Research);
	ClinicalTrial = 40, "CLINTRCH", Some(P::Research);
	ClinicalTrialWithoutCare = 41, "CLINTRCHNPC", Some(P::ClinicalTrial);
	ClinicalTrialWithCare = 42, "CLINTRCHPC", Some(P::ClinicalTrial);
	PreclinicalTrial = 43, "PRECLINTRCH", Some(P::ClinicalTrial);
	DiseaseSpecificResearch = 44, "DSRCH", Some(P::Research);
	AncestryResearch = 45, "POARCH", Some(P::Research);
	TranslationalResearch = 46, "TRANSRCH", Some(P::Research);
	PatientRequest = 47, "PATRQT", None;
	FamilyRequest = 48, "FAMRQT", Some(P::PatientRequest);
	PowerOfAttorney = 49, "PWATRNY", Some(P::PatientRequest);
	SupportNetwork = 50, "SUPNWK", Some(P::PatientRequest);
	PublicHealth = 51, "PUBHLTH", None;
	Disaster = 52, "DISASTER", Some(P::PublicHealth);
	Threat = 53, "THREAT", Some(P::PublicHealth);
	Treatment = 54, "TREAT", None;
	ClinicalTrialCare = 55, "CLINTRL", Some(P::Treatment);
	CoordinationOfCare = 56, "COC", Some(P::Treatment);
	EmergencyTreatment = 57, "ETREAT", Some(P::Treatment);
	BreakTheGlass = 58, "BTG", Some(P::EmergencyTreatment);
	EmergencyRoom = 59, "ERTREAT", Some(P::EmergencyTreatment);
	PopulationHealth = 60, "POPHLTH", Some(P::Treatment);
	TreatmentDiscovery = 61, "TREATDS", Some(P::Treatment);
}

impl PurposeOfUse {
	/// Whether this is `ancestor` or lies under it in the hierarchy.
	pub fn is_within(self, ancestor: Self) -> bool {
		// The hierarchy is three levels deep.
		let mut at = Some(self);
		while let Some(purpose) = at {
			if purpose == ancestor {
				return true;
			}
			at = purpose.parent();
		}
		false
	}

	/// Whether only a permit that names the purpose itself, or the break-glass path, allows it.
	pub const fn needs_own_permit(self) -> bool {
		matches!(self, Self::MachineLearning | Self::BreakTheGlass | Self::EmergencyRoom)
	}
}

impl fmt::Display for PurposeOfUse {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(self.code())
	}
}

/// A text that is no purpose's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownPurpose;

impl fmt::Display for UnknownPurpose {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("not a code of HL7 v3 PurposeOfUse")
	}
}

impl core::error::Error for UnknownPurpose {}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn codes_round_trip() {
		assert_eq!(P::ALL.len(), 62);
		for purpose in P::ALL {
			assert_eq!(purpose.code().parse(), Ok(*purpose));
			assert_eq!(P::decode(&mut &purpose.encode()[..]), Ok(*purpose));
		}
		assert_eq!("PurposeOfUse".parse::<P>(), Err(UnknownPurpose));
		assert!(P::decode(&mut &[62u8][..]).is_err());
	}

	#[test]
	fn the_hierarchy_is_downward_only() {
		assert!(P::Biorepository.is_within(P::Research));
		assert!(P::ClinicalTrialWithCare.is_within(P::Research));
		assert!(!P::Research.is_within(P::Biorepository));
		assert!(!P::RemittanceAdvice.is_within(P::Coverage));
		assert!(!P::Marketing.is_within(P::Operations));
	}
}
