// SPDX-License-Identifier: Apache-2.0
//! What goes with the data: HL7 v3 ActCode obligation and refrain policies (HL7 Terminology 11.0.0).

use alloc::collections::BTreeSet;
use bounded_collections::{BoundedBTreeSet, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{fmt, str::FromStr};
use salus_primitives::Day;
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The most obligations that terms carry.
pub const MAX_OBLIGATIONS: u32 = 16;

/// A set of obligations.
pub type Obligations = BoundedBTreeSet<Obligation, ConstU32<MAX_OBLIGATIONS>>;

macro_rules! obligations {
	($($variant:ident = $index:literal, $code:literal;)+) => {
		/// An HL7 obligation (what a receiver must do) or refrain (what she must not do) policy.
		#[derive(
			Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode,
			DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
		)]
		pub enum Obligation {
			$(
				#[doc = concat!("`", $code, "`.")]
				#[codec(index = $index)]
				#[serde(rename = $code)]
				$variant,
			)+
		}

		impl Obligation {
			/// Every code.
			pub const ALL: &'static [Self] = &[$(Self::$variant),+];

			/// The HL7 code.
			pub const fn code(self) -> &'static str {
				match self { $(Self::$variant => $code),+ }
			}
		}

		impl FromStr for Obligation {
			type Err = UnknownObligation;

			fn from_str(code: &str) -> Result<Self, Self::Err> {
				match code { $($code => Ok(Self::$variant),)+ _ => Err(UnknownObligation) }
			}
		}
	};
}

obligations! {
	Anonymize = 0, "ANONY";
	AccountingOfDisclosure = 1, "AOD";
	Audit = 2, "AUDIT";
	AuditTrail = 3, "AUDTR";
	ComplyWithPolicy = 4, "CPLYPOL";
	ComplyWithConfidentialityCode = 5, "CPLYCC";
	ComplyWithConsentDirective = 6, "CPLYCD";
	ComplyWithControlledUnclassified = 7, "CPLYCUI";
	ComplyWithJurisdictionalPrivacy = 8, "CPLYJPP";
	ComplyWithJurisdictionalSecurity = 9, "CPLYJSP";
	ComplyWithOrganisationalPrivacy = 10, "CPLYOPP";
	ComplyWithOrganisationalSecurity = 11, "CPLYOSP";
	DeclassifyLabel = 12, "DECLASSIFYLABEL";
	DeIdentify = 13, "DEID";
	DeleteAfterUse = 14, "DELAU";
	DowngradeLabel = 15, "DOWNGRDLABEL";
	DeriveLabel = 16, "DRIVLABEL";
	Encrypt = 17, "ENCRYPT";
	EncryptAtRest = 18, "ENCRYPTR";
	EncryptInTransit = 19, "ENCRYPTT";
	EncryptInUse = 20, "ENCRYPTU";
	HumanApproval = 21, "HUAPRV";
	Label = 22, "LABEL";
	Mask = 23, "MASK";
	MinimumNecessary = 24, "MINEC";
	PersistLabel = 25, "PERSISTLABEL";
	PrivacyMark = 26, "PRIVMARK";
	ControlledUnclassifiedMark = 27, "CUIMark";
	ProcessInlineLabel = 28, "PROCESSINLINELABEL";
	Pseudonymize = 29, "PSEUD";
	Redact = 30, "REDACT";
	UpgradeLabel = 31, "UPGRDLABEL";
	NoDisclosureWithoutAuthorization = 32, "NOAUTH";
	NoCollection = 33, "NOCOLLECT";
	NoDisclosureWithoutConsent = 34, "NODSCLCD";
	NoDisclosureWithoutSubjectConsent = 35, "NODSCLCDS";
	NoIntegration = 36, "NOINTEGRATE";
	NoUnlistedDisclosure = 37, "NOLIST";
	NoDisclosureWithoutAgreement = 38, "NOMOU";
	NoDisclosureAgainstOrganisationPolicy = 39, "NOORGPOL";
	NoDisclosureToPatient = 40, "NOPAT";
	NoPersistence = 41, "NOPERSISTP";
	NoRedisclosureWithoutConsent = 42, "NORDSCLCD";
	NoRedisclosureWithoutSubjectConsent = 43, "NORDSCLCDS";
	NoRedisclosureWithoutLaw = 44, "NORDSCLW";
	NoRelinking = 45, "NORELINK";
	NoReuse = 46, "NOREUSE";
	NoVeryImportantPersonDisclosure = 47, "NOVIP";
	OriginatorControlled = 48, "ORCON";
}

impl Obligation {
	/// What every grant carries unless the subject says more: `MINEC NORDSCLCD NOREUSE`.
	pub const DEFAULT: [Self; 3] =
		[Self::MinimumNecessary, Self::NoRedisclosureWithoutConsent, Self::NoReuse];

	/// [`Self::DEFAULT`] as the set that terms carry.
	pub fn defaults() -> Obligations {
		Obligations::try_from(BTreeSet::from(Self::DEFAULT)).unwrap_or_default()
	}
}

impl fmt::Display for Obligation {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(self.code())
	}
}

/// A text that is no obligation's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownObligation;

impl fmt::Display for UnknownObligation {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("not a code of HL7 v3 ObligationPolicy or RefrainPolicy")
	}
}

impl core::error::Error for UnknownObligation {}

/// What a permitted requester is bound to.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
	/// An HL7 obligation or refrain policy.
	#[codec(index = 0)]
	Code(Obligation),
	/// Publish the results (DUO `PUB`).
	#[codec(index = 1)]
	Publish,
	/// Publish nothing before this day (DUO `MOR`).
	#[codec(index = 2)]
	PublishNotBefore(Day),
	/// Give derived data back (DUO `RTN`).
	#[codec(index = 3)]
	ReturnDerivedData,
}
