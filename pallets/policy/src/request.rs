// SPDX-License-Identifier: Apache-2.0
//! What a grantee asks for, and what she states in support.

use crate::{Categories, Duty, Mondo, Reference, Region};
use bounded_collections::{BoundedBTreeSet, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_primitives::{
	Commitment, CommitmentDomain, DateWindow, DuoTerm, Moment, PurposeOfUse, Salt,
};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The most aims of one request.
pub const MAX_AIMS: u32 = 8;
/// The most ancestors stated for one disease. Only those that the terms name are of use.
pub const MAX_ANCESTORS: u32 = 16;
/// The most duties accepted in one request.
pub const MAX_ACCEPTED: u32 = 8;

/// A set of aims.
pub type Aims = BoundedBTreeSet<Aim, ConstU32<MAX_AIMS>>;
/// The diseases over a disease in the hierarchy.
pub type Ancestors = BoundedBTreeSet<Mondo, ConstU32<MAX_ANCESTORS>>;
/// A set of duties.
pub type Accepted = BoundedBTreeSet<Duty, ConstU32<MAX_ACCEPTED>>;
/// A set of traits of a study.
pub type Concerns = BoundedBTreeSet<Concern, ConstU32<16>>;

/// One request under one consent.
#[derive(
	Clone,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Request {
	/// Why.
	pub purpose: PurposeOfUse,
	/// What. All of it or nothing: a request that goes beyond the terms in one category is denied.
	pub categories: Categories,
	/// The dates of the data wanted.
	pub data: DateWindow,
	/// What is stated about the research.
	pub research: Option<ResearchRequest>,
}

/// What is stated about the research, `None` where nothing is.
///
/// The decision takes statements as they are. Whoever decides has to verify them first and to drop
/// what he cannot verify: without evidence the result is never better than with it.
#[derive(
	Clone,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(default, deny_unknown_fields)]
pub struct ResearchRequest {
	/// The aims; each has to be permitted.
	pub aims: Aims,
	/// Whether the organisation works for profit.
	pub for_profit: Option<bool>,
	/// Whether the use is commercial.
	pub commercial: Option<bool>,
	/// Whether it is a genetic study; `false` when it is about phenotypes only.
	pub genetic: Option<bool>,
	/// The type of the research.
	pub research_type: Option<Reference>,
	/// When the ethics approval ends.
	pub ethics_approval_until: Option<Moment>,
	/// Where the data is used.
	pub location: Option<Region>,
	/// Who uses it.
	pub user: Option<Reference>,
	/// For which project.
	pub project: Option<Reference>,
	/// At which institution.
	pub institution: Option<Reference>,
	/// The investigator who has signed to take part.
	pub collaborator: Option<Reference>,
	/// The duties accepted.
	pub accepted: Accepted,
	/// What a human has to look at.
	pub concerns: Concerns,
}

/// An aim of research.
#[derive(
	Clone,
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
pub enum Aim {
	/// Any research.
	#[codec(index = 0)]
	General,
	/// Health, medical or biomedical research.
	#[codec(index = 1)]
	Health,
	/// Research on a disease.
	#[codec(index = 2)]
	Disease {
		/// Which.
		disease: Mondo,
		/// Diseases over it. Who decides verifies them against the ontology or leaves them out.
		ancestors: Ancestors,
	},
	/// Research on a disease of which no MONDO term is known.
	#[codec(index = 3)]
	UnknownDisease,
	/// Population origins or ancestry.
	#[codec(index = 4)]
	Ancestry,
	/// Development of methods.
	#[codec(index = 5)]
	Methods,
}

impl Aim {
	/// The DUO permission whose aim this is; `None` for methods.
	pub const fn term(&self) -> Option<DuoTerm> {
		match self {
			Self::General => Some(DuoTerm::GeneralResearch),
			Self::Health => Some(DuoTerm::HealthMedicalBiomedical),
			Self::Disease { .. } | Self::UnknownDisease => Some(DuoTerm::DiseaseSpecific),
			Self::Ancestry => Some(DuoTerm::PopulationOrigins),
			Self::Methods => None,
		}
	}
}

/// A trait of a study that no machine decides over (the manual-review flags of GA4GH DUOS).
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
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Concern {
	/// The data serve as controls.
	#[codec(index = 0)]
	Controls,
	/// The migration or structure of populations.
	#[codec(index = 1)]
	PopulationMigration,
	/// One gender only.
	#[codec(index = 2)]
	OneGender,
	/// Children only.
	#[codec(index = 3)]
	Paediatric,
	/// Vulnerable groups.
	#[codec(index = 4)]
	VulnerableGroups,
	/// Illegal behaviour.
	#[codec(index = 5)]
	IllegalBehaviour,
	/// Sexual preferences or sexually transmitted diseases.
	#[codec(index = 6)]
	Sexuality,
	/// Psychological traits or intelligence.
	#[codec(index = 7)]
	PsychologicalTraits,
	/// Not about health.
	#[codec(index = 8)]
	NotHealth,
	/// Stigmatising diseases.
	#[codec(index = 9)]
	StigmatisingDisease,
}

impl Request {
	/// Commits to the SCALE encoding of the request.
	pub fn commitment(&self, salt: &Salt) -> Commitment {
		self.using_encoded(|bytes| Commitment::new(CommitmentDomain::Request, salt, bytes))
	}

	/// The request without the ancestors that it states of diseases, for whoever has no ontology to
	/// verify them against: then only equality permits.
	pub fn without_ancestors(mut self) -> Self {
		if let Some(research) = &mut self.research {
			let aims = core::mem::take(&mut research.aims).into_inner();
			let aims = aims.into_iter().map(|aim| match aim {
				Aim::Disease { disease, .. } => {
					Aim::Disease { disease, ancestors: Ancestors::new() }
				},
				other => other,
			});
			// No more aims than before; two that now are equal become one.
			research.aims =
				aims.collect::<alloc::collections::BTreeSet<_>>().try_into().unwrap_or_default();
		}
		self
	}
}
