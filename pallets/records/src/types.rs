// SPDX-License-Identifier: Apache-2.0
//! What is stored.
#![allow(clippy::as_conversions)] // The derived codec casts indices of variants.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_primitives::{traits::Deposit, Commitment, Moment};
use scale_info::TypeInfo;

/// Whether a record lives.
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
pub enum RecordState {
	/// It can be revised and opened.
	#[codec(index = 0)]
	Live,
	/// It stays as it is and is not opened any more.
	#[codec(index = 1)]
	Retired,
}

/// One logical item of health data.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Record<AccountId, Deposit> {
	/// Whose.
	pub owner: AccountId,
	/// The number of the current version.
	pub version: u32,
	/// Whether it lives.
	pub state: RecordState,
	/// When the first version was anchored.
	pub created_at: Moment,
	/// When it was last revised, or retired.
	pub updated_at: Moment,
	/// What was deposited for it and its versions.
	pub deposit: Deposit,
}

/// A record in a runtime.
pub type RecordOf<T> = Record<<T as frame_system::Config>::AccountId, DepositOf<T>>;

/// A deposit in a runtime.
pub type DepositOf<T> =
	Deposit<<T as frame_system::Config>::AccountId, <T as crate::Config>::Consideration>;

/// One version of a record.
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
pub struct Version {
	/// The salted commitment to the content identifier of its manifest.
	pub manifest: Commitment,
	/// How many segments it has.
	pub segments: u16,
	/// When it was anchored.
	pub anchored_at: Moment,
}
