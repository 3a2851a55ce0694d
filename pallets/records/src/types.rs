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
	/// It stays as it is and is not opened; its owner may restore it.
	#[codec(index = 1)]
	Retired,
	/// A provider put it before its owner, who has not taken it.
	#[codec(index = 2)]
	Proposed,
	/// It is gone for good. Its entries are removed when the custodians have destroyed their shares.
	#[codec(index = 3)]
	Erasing,
}

/// What kinds of data a record holds, as far as its owner lets everyone know: a set of bits.
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
pub struct DataTypes(pub u8);

impl DataTypes {
	/// She lets nobody know.
	pub const NONE: Self = Self(0);
	/// Observations, diagnoses, medication and the like.
	pub const CLINICAL: Self = Self(1);
	/// Pictures.
	pub const IMAGING: Self = Self(2);
	/// Genomes and variants.
	pub const GENOMIC: Self = Self(4);
	/// Expression of genes.
	pub const EXPRESSION: Self = Self(8);
	/// Several of the -omes together.
	pub const MULTI_OMICS: Self = Self(16);

	/// What is in either.
	pub const fn union(self, other: Self) -> Self {
		Self(self.0 | other.0)
	}

	/// Whether each bit has a meaning.
	pub const fn is_known(self) -> bool {
		let all = Self::CLINICAL
			.union(Self::IMAGING)
			.union(Self::GENOMIC)
			.union(Self::EXPRESSION)
			.union(Self::MULTI_OMICS);
		self.0 & !all.0 == 0
	}
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
	/// What kinds of data it holds, as far as its owner lets everyone know.
	pub data_types: DataTypes,
	/// Who put it before its owner, unless she anchored it herself.
	pub provider: Option<AccountId>,
	/// Until when it is to be kept, if not for good.
	pub keep_until: Option<Moment>,
	/// When the first version was anchored.
	pub created_at: Moment,
	/// When it was last revised, or its state changed.
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
	/// The salted commitment to the categories of its segments, in their order.
	pub categories: Commitment,
	/// How many segments it has.
	pub segments: u16,
	/// When it was anchored.
	pub anchored_at: Moment,
}
