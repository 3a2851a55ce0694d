// SPDX-License-Identifier: Apache-2.0
//! What is stored.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_primitives::{audit::Refusal, traits::Deposit, Commitment, ContentId, Moment, Window};
use scale_info::TypeInfo;

/// A consent of this runtime.
pub type ConsentOf<T> = Consent<<T as frame_system::Config>::AccountId, DepositOf<T>>;

/// A deposit of this runtime.
pub type DepositOf<T> =
	Deposit<<T as frame_system::Config>::AccountId, <T as crate::Config>::Consideration>;

/// What the grantee may do.
// Not boxed: a consent is read and written whole, so that nothing is gained by one more allocation.
#[allow(clippy::large_enum_variant)]
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Terms {
	/// Only the subject, the grantee and the custodians can read them.
	#[codec(index = 0)]
	Sealed {
		/// The commitment to the SCALE encoding of the terms.
		commitment: Commitment,
		/// Where the terms and the salt are, sealed to the grantee.
		envelope: ContentId,
	},
	/// Data use terms for research that everyone may read.
	#[codec(index = 1)]
	Public(salus_policy::Terms),
}

/// Whether the subject still stands by a consent.
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
pub enum State {
	/// She does.
	#[codec(index = 0)]
	Active,
	/// She does not, for good.
	#[codec(index = 1)]
	Revoked,
}

/// A consent token.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Consent<AccountId, Deposit> {
	/// Whose data.
	pub subject: AccountId,
	/// Who may act.
	pub grantee: AccountId,
	/// What she may do.
	pub terms: Terms,
	/// When she may act.
	pub window: Window,
	/// How often she still may.
	pub uses_left: u32,
	/// Whether the subject still stands by it.
	pub state: State,
	/// Raised by everything that changes what the consent means; the first is 1.
	pub version: u32,
	/// What was deposited for it.
	pub deposit: Deposit,
}

/// Whether a consent holds, the terms not looked at. Where several apply, the first.
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
pub enum Status {
	/// The subject revoked it.
	#[codec(index = 0)]
	Revoked,
	/// Its window has not begun.
	#[codec(index = 1)]
	NotYetValid,
	/// Its window is over.
	#[codec(index = 2)]
	Expired,
	/// No use is left.
	#[codec(index = 3)]
	Spent,
	/// It holds.
	#[codec(index = 4)]
	Active,
}

impl Status {
	/// Why nothing is opened, unless the consent holds.
	pub const fn refusal(self) -> Option<Refusal> {
		match self {
			Self::Revoked => Some(Refusal::ConsentRevoked),
			Self::NotYetValid => Some(Refusal::ConsentNotYetValid),
			Self::Expired => Some(Refusal::ConsentExpired),
			Self::Spent => Some(Refusal::ConsentSpent),
			Self::Active => None,
		}
	}
}

impl<AccountId, Deposit> Consent<AccountId, Deposit> {
	/// Whether the consent holds at `now`.
	pub const fn status(&self, now: Moment) -> Status {
		match self.state {
			State::Revoked => Status::Revoked,
			State::Active if now < self.window.from => Status::NotYetValid,
			State::Active if now >= self.window.until => Status::Expired,
			State::Active if self.uses_left == 0 => Status::Spent,
			State::Active => Status::Active,
		}
	}
}
