// SPDX-License-Identifier: Apache-2.0
//! What is stored.
#![allow(clippy::as_conversions)] // The derived codec casts indices of variants.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{pallet_prelude::Weight, traits::fungible::Inspect};
use salus_primitives::{traits::Deposit, Moment, Role};
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

/// A guardian's power over a ward.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Guardianship<AccountId, Scope> {
	/// What the guardian may do.
	pub scope: Scope,
	/// Who gave it.
	pub appointed_by: Appointer<AccountId>,
	/// When.
	pub appointed_at: Moment,
	/// The moment in which it ends by itself; for a minor, that of her hand-over.
	pub until: Moment,
}

/// Who appointed a guardian, and may end the guardianship.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Appointer<AccountId> {
	/// The ward herself. She ends it when she likes.
	#[codec(index = 0)]
	Ward,
	/// A registrar, for one who cannot decide. Registrars end it.
	#[codec(index = 1)]
	Registrar(AccountId),
}

/// A sponsor's prepaid calls.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Pool<Balance, BlockNumber> {
	/// What is held for calls, used ones included until they are settled.
	pub held: Balance,
	/// How many calls are left.
	pub credit: u32,
	/// How many calls were used and not settled.
	pub owed: u32,
	/// How many accounts the sponsor admitted.
	pub admitted: u32,
	/// The day of the last call, since 1970.
	pub day: u32,
	/// How many calls were used on that day.
	pub used_today: u32,
	/// The block of the last call.
	pub block: BlockNumber,
	/// What calls of that block weighed.
	pub used_in_block: Weight,
}

/// An account that a sponsor pays for.
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
pub struct Admission<AccountId> {
	/// Who pays.
	pub sponsor: AccountId,
	/// The day of the last call, since 1970.
	pub day: u32,
	/// How many calls were used on that day.
	pub used_today: u16,
}

/// A credential in a runtime.
pub type CredentialOf<T> = Credential<<T as frame_system::Config>::AccountId>;
/// A guardianship in a runtime.
pub type GuardianshipOf<T> =
	Guardianship<<T as frame_system::Config>::AccountId, <T as crate::Config>::GuardianScope>;
/// An amount in a runtime.
pub type BalanceOf<T> =
	<<T as crate::Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;
/// A pool in a runtime.
pub type PoolOf<T> = Pool<BalanceOf<T>, frame_system::pallet_prelude::BlockNumberFor<T>>;
/// An admission in a runtime.
pub type AdmissionOf<T> = Admission<<T as frame_system::Config>::AccountId>;
/// A deposit in a runtime.
pub type DepositOf<T> =
	Deposit<<T as frame_system::Config>::AccountId, <T as crate::Config>::Consideration>;
