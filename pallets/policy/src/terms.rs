// SPDX-License-Identifier: Apache-2.0
//! What a subject allows.

use crate::{Exceptions, Mondo, Obligations, Reference, Region};
use bounded_collections::{BoundedBTreeSet, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use salus_primitives::{
	Category, Commitment, CommitmentDomain, DateWindow, Day, DuoTerm, Moment, PurposeOfUse, Salt,
	Sensitivity, Window,
};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The most purposes in one set: all there are.
pub const MAX_PURPOSES: u32 = 64;
/// The most categories in one set: all there are, and room for more.
pub const MAX_CATEGORIES: u32 = 32;
/// The most diseases that a permission names.
pub const MAX_DISEASES: u32 = 16;
/// The most modifiers of research terms: one of each kind.
pub const MAX_MODIFIERS: u32 = 18;
/// The most regions that a modifier names.
pub const MAX_REGIONS: u32 = 16;
/// The most users, projects or institutions that a modifier names.
pub const MAX_REFERENCES: u32 = 4;

/// A set of purposes.
pub type Purposes = BoundedBTreeSet<PurposeOfUse, ConstU32<MAX_PURPOSES>>;
/// A set of categories.
pub type Categories = BoundedBTreeSet<Category, ConstU32<MAX_CATEGORIES>>;
/// A set of diseases.
pub type Diseases = BoundedBTreeSet<Mondo, ConstU32<MAX_DISEASES>>;
/// A set of regions.
pub type Regions = BoundedBTreeSet<Region, ConstU32<MAX_REGIONS>>;
/// A set of users, projects or institutions.
pub type References = BoundedBTreeSet<Reference, ConstU32<MAX_REFERENCES>>;
/// A set of modifiers.
pub type Modifiers = BoundedBTreeSet<Modifier, ConstU32<MAX_MODIFIERS>>;

/// The terms of one consent. Everything here is a set: no order has a meaning.
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
pub struct Terms {
	/// Purposes permitted, their descendants included. Empty permits nothing.
	pub permitted: Purposes,
	/// What is denied, whatever is permitted. A request of which any part falls under one is denied
	/// as a whole.
	pub exceptions: Exceptions,
	/// Categories permitted. Empty permits nothing; a sensitive category is permitted like any
	/// other by its own name and by nothing else.
	pub categories: Categories,
	/// When the grantee may act.
	pub act: Window,
	/// The dates that the data may bear.
	pub data: DateWindow,
	/// Data use terms. When present, every use is research (machine learning included), or
	/// treatment where clinical care is allowed.
	pub research: Option<ResearchTerms>,
	/// What goes with the data.
	pub obligations: Obligations,
}

/// GA4GH DUO terms: one permission, and what narrows it.
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
pub struct ResearchTerms {
	/// Which research.
	pub permission: Permission,
	/// DUO `CC`: treatment too. It is apart from the modifiers because it widens.
	pub clinical_care: bool,
	/// What narrows every use under these terms. Each has to be met.
	pub modifiers: Modifiers,
}

/// A DUO permission. Indices are the ontology's numbers.
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
pub enum Permission {
	/// `NRES`: no restriction.
	#[codec(index = 4)]
	#[serde(rename = "NRES")]
	NoRestriction,
	/// `HMB`: health, medical or biomedical research; not population origins or ancestry.
	#[codec(index = 6)]
	#[serde(rename = "HMB")]
	HealthMedicalBiomedical,
	/// `DS`: research on these diseases and those under them. Empty permits none.
	#[codec(index = 7)]
	#[serde(rename = "DS")]
	DiseaseSpecific(Diseases),
	/// `POA`: population origins or ancestry only.
	#[codec(index = 11)]
	#[serde(rename = "POA")]
	PopulationOrigins,
	/// `GRU`: general research use.
	#[codec(index = 42)]
	#[serde(rename = "GRU")]
	GeneralResearch,
}

impl Permission {
	/// The DUO term.
	pub const fn term(&self) -> DuoTerm {
		match self {
			Self::NoRestriction => DuoTerm::NoRestriction,
			Self::HealthMedicalBiomedical => DuoTerm::HealthMedicalBiomedical,
			Self::DiseaseSpecific(_) => DuoTerm::DiseaseSpecific,
			Self::PopulationOrigins => DuoTerm::PopulationOrigins,
			Self::GeneralResearch => DuoTerm::GeneralResearch,
		}
	}
}

/// A DUO modifier with its parameter. Indices are the ontology's numbers.
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
pub enum Modifier {
	/// `RS`: only research of this type; any other goes to a human.
	#[codec(index = 12)]
	#[serde(rename = "RS")]
	ResearchSpecific(Reference),
	/// `NMDS`: no development of methods.
	#[codec(index = 15)]
	#[serde(rename = "NMDS")]
	NoMethodsDevelopment,
	/// `GSO`: genetic studies only.
	#[codec(index = 16)]
	#[serde(rename = "GSO")]
	GeneticStudiesOnly,
	/// `NPUNCU`: not-for-profit organisation and non-commercial use.
	#[codec(index = 18)]
	#[serde(rename = "NPUNCU")]
	NotForProfitNonCommercial,
	/// `PUB`: the results must be published.
	#[codec(index = 19)]
	#[serde(rename = "PUB")]
	PublicationRequired,
	/// `COL`: this investigator takes part.
	#[codec(index = 20)]
	#[serde(rename = "COL")]
	Collaboration(Reference),
	/// `IRB`: ethics approval that has not expired.
	#[codec(index = 21)]
	#[serde(rename = "IRB")]
	EthicsApproval,
	/// `GS`: only within these regions.
	#[codec(index = 22)]
	#[serde(rename = "GS")]
	Geographical(Regions),
	/// `MOR`: no publication before this day.
	#[codec(index = 24)]
	#[serde(rename = "MOR")]
	PublicationMoratorium(Day),
	/// `TS`: only until this moment, not included.
	#[codec(index = 25)]
	#[serde(rename = "TS")]
	TimeLimit(Moment),
	/// `US`: only these users.
	#[codec(index = 26)]
	#[serde(rename = "US")]
	UserSpecific(References),
	/// `PS`: only these projects.
	#[codec(index = 27)]
	#[serde(rename = "PS")]
	ProjectSpecific(References),
	/// `IS`: only these institutions.
	#[codec(index = 28)]
	#[serde(rename = "IS")]
	InstitutionSpecific(References),
	/// `RTN`: derived data come back.
	#[codec(index = 29)]
	#[serde(rename = "RTN")]
	ReturnDerivedData,
	/// `NPOA`: no ancestry research.
	#[codec(index = 44)]
	#[serde(rename = "NPOA")]
	NoAncestry,
	/// `NPU`: not-for-profit organisation.
	#[codec(index = 45)]
	#[serde(rename = "NPU")]
	NotForProfit,
	/// `NCU`: non-commercial use.
	#[codec(index = 46)]
	#[serde(rename = "NCU")]
	NonCommercial,
	/// A restriction that came from elsewhere and that no code here expresses. Only a human can
	/// say whether it is met.
	#[codec(index = 255)]
	#[serde(rename = "UNKNOWN")]
	Unknown,
}

impl Modifier {
	/// The DUO term; `None` for a restriction without one.
	pub const fn term(&self) -> Option<DuoTerm> {
		Some(match self {
			Self::ResearchSpecific(_) => DuoTerm::ResearchSpecific,
			Self::NoMethodsDevelopment => DuoTerm::NoMethodsDevelopment,
			Self::GeneticStudiesOnly => DuoTerm::GeneticStudiesOnly,
			Self::NotForProfitNonCommercial => DuoTerm::NotForProfitNonCommercial,
			Self::PublicationRequired => DuoTerm::PublicationRequired,
			Self::Collaboration(_) => DuoTerm::Collaboration,
			Self::EthicsApproval => DuoTerm::EthicsApproval,
			Self::Geographical(_) => DuoTerm::Geographical,
			Self::PublicationMoratorium(_) => DuoTerm::PublicationMoratorium,
			Self::TimeLimit(_) => DuoTerm::TimeLimit,
			Self::UserSpecific(_) => DuoTerm::UserSpecific,
			Self::ProjectSpecific(_) => DuoTerm::ProjectSpecific,
			Self::InstitutionSpecific(_) => DuoTerm::InstitutionSpecific,
			Self::ReturnDerivedData => DuoTerm::ReturnDerivedData,
			Self::NoAncestry => DuoTerm::NoAncestry,
			Self::NotForProfit => DuoTerm::NotForProfit,
			Self::NonCommercial => DuoTerm::NonCommercial,
			Self::Unknown => return None,
		})
	}

	/// Whether the modifier names nobody or nowhere, and so can never be met.
	fn is_empty(&self) -> bool {
		match self {
			Self::Geographical(regions) => regions.is_empty(),
			Self::UserSpecific(names)
			| Self::ProjectSpecific(names)
			| Self::InstitutionSpecific(names) => names.is_empty(),
			_ => false,
		}
	}
}

/// Why terms can never permit anything, or an exception can never deny anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmptyTerms {
	/// No purpose is permitted.
	Purposes,
	/// No category is permitted.
	Categories,
	/// The window in which the grantee may act is empty.
	ActWindow,
	/// No date lies in the window of the data.
	DataWindow,
	/// No date lies in the window of an exception, which would except nothing.
	ExceptionWindow,
	/// One exception by itself takes out everything that is permitted.
	Excepted,
	/// The permission names no disease.
	Diseases,
	/// A modifier names nobody or nowhere.
	Modifier,
}

impl fmt::Display for EmptyTerms {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Purposes => "no purpose is permitted",
			Self::Categories => "no category is permitted",
			Self::ActWindow => "the grantee's window is empty",
			Self::DataWindow => "the window of the data is empty",
			Self::ExceptionWindow => "the window of an exception is empty",
			Self::Excepted => "an exception leaves nothing of what is permitted",
			Self::Diseases => "the disease-specific permission names no disease",
			Self::Modifier => "a modifier names nobody or nowhere",
		})
	}
}

impl core::error::Error for EmptyTerms {}

impl Terms {
	/// Commits to the SCALE encoding of the terms.
	pub fn commitment(&self, salt: &Salt) -> Commitment {
		self.using_encoded(|bytes| Commitment::new(CommitmentDomain::Terms, salt, bytes))
	}

	/// Refuses terms that could never permit anything, and exceptions that could never deny
	/// anything, which nobody means to grant. Each exception is looked at by itself, not whether
	/// they leave nothing together.
	///
	/// # Errors
	/// The first part found empty.
	pub fn ensure_not_empty(&self) -> Result<(), EmptyTerms> {
		if self.permitted.is_empty() {
			return Err(EmptyTerms::Purposes);
		}
		if self.categories.is_empty() {
			return Err(EmptyTerms::Categories);
		}
		if self.act.is_empty() {
			return Err(EmptyTerms::ActWindow);
		}
		if self.data.is_empty() {
			return Err(EmptyTerms::DataWindow);
		}
		if self.exceptions.iter().any(|exception| exception.data.is_empty()) {
			return Err(EmptyTerms::ExceptionWindow);
		}
		if self.exceptions.iter().any(|exception| exception.takes_everything(self)) {
			return Err(EmptyTerms::Excepted);
		}
		let Some(research) = &self.research else { return Ok(()) };
		if matches!(&research.permission, Permission::DiseaseSpecific(ids) if ids.is_empty()) {
			return Err(EmptyTerms::Diseases);
		}
		if research.modifiers.iter().any(Modifier::is_empty) {
			return Err(EmptyTerms::Modifier);
		}
		Ok(())
	}

	/// Whether the terms are data use terms that permit research alone: no purpose but research and
	/// machine learning, and no clinical care.
	pub fn is_research_only(&self) -> bool {
		self.research.as_ref().is_some_and(|research| !research.clinical_care)
			&& self.permitted.iter().all(|purpose| is_research(*purpose))
	}

	/// Whether the terms name a sensitive category. To except it names it too.
	pub fn names_sensitive_category(&self) -> bool {
		let excepted = self.exceptions.iter().flat_map(|exception| &exception.categories);
		let mut named = self.categories.iter().chain(excepted);
		named.any(|category| category.sensitivity() == Sensitivity::Sensitive)
	}

	/// The permitted categories that no exception takes out for this purpose and these dates: the
	/// most that a request can name.
	pub fn categories_left(&self, purpose: PurposeOfUse, data: &DateWindow) -> Categories {
		let mut left = self.categories.clone().into_inner();
		for exception in &self.exceptions {
			left.retain(|category| !exception.touches(purpose, *category, data));
		}
		// No more of them than before.
		left.try_into().unwrap_or_default()
	}
}

/// Whether data use terms decide over the purpose. DUO has no term for machine learning, which
/// needs its own permit besides.
pub(crate) fn is_research(purpose: PurposeOfUse) -> bool {
	purpose.is_within(PurposeOfUse::Research) || purpose == PurposeOfUse::MachineLearning
}
