// SPDX-License-Identifier: Apache-2.0
//! What is stored.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_primitives::{Moment, Role};
use scale_info::TypeInfo;

/// One who takes part.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Participant {
	/// As what.
	pub role: Role,
	/// The version of the current encryption key.
	pub key_version: u32,
	/// Since when.
	pub registered_at: Moment,
}

/// A registrar's statement that a participant is what its role says.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Credential<AccountId> {
	/// Who stated it.
	pub registrar: AccountId,
	/// When it was issued or last renewed.
	pub issued_at: Moment,
	/// The moment in which it is over.
	pub expires_at: Moment,
}

impl<AccountId> Credential<AccountId> {
	/// Whether the credential is not over at `now`.
	pub const fn holds_at(&self, now: Moment) -> bool {
		now < self.expires_at
	}
}

/// A credential in a runtime.
pub type CredentialOf<T> = Credential<<T as frame_system::Config>::AccountId>;
