// SPDX-License-Identifier: Apache-2.0
//! What is decided, why, and what it binds to.

use crate::{Concern, Duty, Mondo};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::fmt;
use salus_primitives::{Category, DateWindow, DuoTerm, PurposeOfUse};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The result of a decision, ordered by precedence: the greatest wins.
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
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
	/// The request lies within the terms.
	#[codec(index = 0)]
	Permit,
	/// A human has to decide. Nothing opens until then.
	#[codec(index = 1)]
	Abstain,
	/// The request goes beyond the terms.
	#[codec(index = 2)]
	Deny,
}

/// A decision.
#[derive(
	Clone,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct Decision {
	/// The result.
	pub outcome: Outcome,
	/// Everything that speaks against a permit, in a fixed order, each once. Empty for a permit.
	pub reasons: Vec<Reason>,
	/// What a permit binds to, in a fixed order, each once. The same whatever the result, so that a
	/// client can show it beforehand.
	pub obligations: Vec<Duty>,
}

/// Something that speaks against a permit.
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
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(tag = "code", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reason {
	/// The grantee's window has not begun.
	#[codec(index = 0)]
	NotYetValid,
	/// The grantee's window is over.
	#[codec(index = 1)]
	Expired,
	/// The request names no category, or no date lies in its window.
	#[codec(index = 2)]
	NothingRequested,
	/// No permitted purpose covers the purpose.
	#[codec(index = 3)]
	PurposeNotPermitted {
		/// The purpose requested.
		purpose: PurposeOfUse,
	},
	/// An exception takes out what is asked for. The reason names what makes it apply, and nothing
	/// else of it.
	///
	/// Index 4 was for a purpose denied by itself, and stays free.
	#[codec(index = 16)]
	Excepted {
		/// The purpose excepted, which covers the one requested; none where every purpose is.
		#[serde(default, skip_serializing_if = "Option::is_none")]
		purpose: Option<PurposeOfUse>,
		/// The category requested; none where every category is excepted.
		#[serde(default, skip_serializing_if = "Option::is_none")]
		category: Option<Category>,
		/// The dates excepted, some of which are requested.
		#[serde(default, skip_serializing_if = "DateWindow::is_all")]
		data: DateWindow,
	},
	/// A category requested is not permitted.
	#[codec(index = 5)]
	ScopeMismatch {
		/// The category.
		category: Category,
	},
	/// The request wants data of dates outside the terms.
	#[codec(index = 6)]
	DataWindowMismatch,
	/// Data use terms allow research only, and the purpose is something else.
	#[codec(index = 7)]
	ResearchOnly,
	/// The request states no aim of the research.
	#[codec(index = 8)]
	AimMissing,
	/// The request is for research on a disease and names none.
	#[codec(index = 9)]
	DiseaseMissing,
	/// The permission does not cover an aim.
	#[codec(index = 10)]
	AimNotPermitted {
		/// The DUO permission that the aim would need.
		aim: DuoTerm,
	},
	/// The permission does not cover a disease.
	#[codec(index = 11)]
	DiseaseNotPermitted {
		/// The disease.
		disease: Mondo,
	},
	/// A modifier forbids the use.
	#[codec(index = 12)]
	Restricted {
		/// The modifier.
		term: DuoTerm,
	},
	/// Nothing shows whether a modifier is met.
	#[codec(index = 13)]
	EvidenceMissing {
		/// The modifier.
		term: DuoTerm,
	},
	/// A code or a restriction is not known here.
	#[codec(index = 14)]
	UnknownCode,
	/// A human has to look at the study.
	#[codec(index = 15)]
	ReviewNeeded {
		/// Why.
		concern: Concern,
	},
}

impl Reason {
	/// The stable code that reaches every interface unchanged.
	pub const fn code(&self) -> &'static str {
		match self {
			Self::NotYetValid => "NOT_YET_VALID",
			Self::Expired => "EXPIRED",
			Self::NothingRequested => "NOTHING_REQUESTED",
			Self::PurposeNotPermitted { .. } => "PURPOSE_NOT_PERMITTED",
			Self::Excepted { .. } => "EXCEPTED",
			Self::ScopeMismatch { .. } => "SCOPE_MISMATCH",
			Self::DataWindowMismatch => "DATA_WINDOW_MISMATCH",
			Self::ResearchOnly => "RESEARCH_ONLY",
			Self::AimMissing => "AIM_MISSING",
			Self::DiseaseMissing => "DISEASE_MISSING",
			Self::AimNotPermitted { .. } => "AIM_NOT_PERMITTED",
			Self::DiseaseNotPermitted { .. } => "DISEASE_NOT_PERMITTED",
			Self::Restricted { .. } => "RESTRICTED",
			Self::EvidenceMissing { .. } => "EVIDENCE_MISSING",
			Self::UnknownCode => "UNKNOWN_CODE",
			Self::ReviewNeeded { .. } => "REVIEW_NEEDED",
		}
	}

	/// What the reason by itself leads to: never a permit.
	pub const fn outcome(&self) -> Outcome {
		match self {
			Self::AimMissing
			| Self::DiseaseMissing
			| Self::EvidenceMissing { .. }
			| Self::UnknownCode
			| Self::ReviewNeeded { .. } => Outcome::Abstain,
			Self::NotYetValid
			| Self::Expired
			| Self::NothingRequested
			| Self::PurposeNotPermitted { .. }
			| Self::Excepted { .. }
			| Self::ScopeMismatch { .. }
			| Self::DataWindowMismatch
			| Self::ResearchOnly
			| Self::AimNotPermitted { .. }
			| Self::DiseaseNotPermitted { .. }
			| Self::Restricted { .. } => Outcome::Deny,
		}
	}
}

impl fmt::Display for Reason {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(self.code())?;
		match self {
			Self::PurposeNotPermitted { purpose } => write!(f, " ({purpose})"),
			Self::Excepted { purpose, category, data } => {
				let parts = [
					purpose.as_ref().map(|purpose| purpose.code()),
					category.as_ref().map(|category| category.code()),
					(!data.is_all()).then_some("dates"),
				];
				let mut before = " (";
				for part in parts.iter().flatten() {
					write!(f, "{before}{part}")?;
					before = ", ";
				}
				f.write_str(if parts.iter().any(Option::is_some) { ")" } else { "" })
			},
			Self::ScopeMismatch { category } => write!(f, " ({category})"),
			Self::AimNotPermitted { aim } => write!(f, " ({})", aim.short()),
			Self::DiseaseNotPermitted { disease } => write!(f, " ({disease})"),
			Self::Restricted { term } | Self::EvidenceMissing { term } => {
				write!(f, " ({})", term.short())
			},
			_ => Ok(()),
		}
	}
}
