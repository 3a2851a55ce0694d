// SPDX-License-Identifier: Apache-2.0
//! What participants are.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The role in which an account takes part.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
	/// Owns records.
	#[codec(index = 0)]
	Patient,
	/// Acts for a patient within a scope and a time.
	#[codec(index = 1)]
	Guardian,
	/// A health professional; reads under consent, once a registrar has verified her.
	#[codec(index = 2)]
	Clinician,
	/// A hospital, practice or laboratory.
	#[codec(index = 3)]
	Organisation,
	/// Asks for data or answers for a study, once a registrar has verified her.
	#[codec(index = 4)]
	Researcher,
	/// Verifies professionals, organisations and researchers; appointed by governance.
	#[codec(index = 5)]
	Registrar,
	/// Holds shares of segment keys.
	#[codec(index = 6)]
	Custodian,
}

impl Role {
	/// Whether the role counts only with a registrar's credential.
	pub const fn needs_credential(self) -> bool {
		matches!(self, Self::Clinician | Self::Organisation | Self::Researcher | Self::Custodian)
	}

	/// Whether a person may take the role by registering; the others are appointed.
	pub const fn is_self_assigned(self) -> bool {
		!matches!(self, Self::Registrar)
	}
}
