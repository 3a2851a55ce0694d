// SPDX-License-Identifier: Apache-2.0
//! What is stored.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_primitives::{
	audit::Refusal, traits::Deposit, Basis, Commitment, ConsentId, ContentId, Grantee, Moment,
	PurposeOfUse, RecordId, Window,
};
use scale_info::TypeInfo;

/// A consent of this runtime.
pub type ConsentOf<T> = Consent<<T as frame_system::Config>::AccountId, DepositOf<T>>;

/// A request for a consent of this runtime.
pub type ConsentRequestOf<T> = ConsentRequest<DepositOf<T>>;

/// A deny root of this runtime.
pub type DenyRootOf<T> = DenyRoot<DepositOf<T>>;

/// A sale authorisation of this runtime.
pub type SaleOf<T> = Sale<<T as frame_system::Config>::AccountId, DepositOf<T>>;

/// A deposit of this runtime.
pub type DepositOf<T> =
	Deposit<<T as frame_system::Config>::AccountId, <T as crate::Config>::Consideration>;

/// What the grantee may do, as a call carries it.
// Not boxed: terms are decoded once and taken apart, so that nothing is gained by one more
// allocation.
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

impl Terms {
	/// Whether everyone may read them.
	pub const fn is_public(&self) -> bool {
		matches!(self, Self::Public(_))
	}

	/// What a consent keeps of them, and what lies beside it.
	pub fn split(self) -> (Scope, Option<salus_policy::Terms>) {
		match self {
			Self::Sealed { commitment, envelope } => (Scope::Sealed { commitment, envelope }, None),
			Self::Public(terms) => (Scope::Public, Some(terms)),
		}
	}
}

/// Sealed terms, where no others will do.
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
pub struct SealedTerms {
	/// The commitment to the SCALE encoding of the terms.
	pub commitment: Commitment,
	/// Where the terms and the salt are, sealed to the other side.
	pub envelope: ContentId,
}

impl From<SealedTerms> for Terms {
	fn from(SealedTerms { commitment, envelope }: SealedTerms) -> Self {
		Self::Sealed { commitment, envelope }
	}
}

/// What a consent keeps of its terms. Public ones are long and lie beside it.
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
pub enum Scope {
	/// Only the subject, the grantee and the custodians can read them.
	#[codec(index = 0)]
	Sealed {
		/// The commitment to the SCALE encoding of the terms.
		commitment: Commitment,
		/// Where the terms and the salt are, sealed to the grantee.
		envelope: ContentId,
	},
	/// They are in [`crate::PublicTerms`].
	#[codec(index = 1)]
	Public,
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
	pub grantee: Grantee<AccountId>,
	/// What she may do.
	pub terms: Scope,
	/// When she may act.
	pub window: Window,
	/// How often she still may. What was delegated is with those to whom it was.
	pub uses_left: u32,
	/// Whether the subject still stands by it.
	pub state: State,
	/// Raised by everything that changes what the consent means; the first is 1.
	pub version: u32,
	/// When it came to be.
	pub granted_at: Moment,
	/// The consent that it is a part of.
	pub parent: Option<ConsentId>,
	/// How many delegations lie between the subject's own consent and this one.
	pub depth: u8,
	/// How many levels of delegation may follow.
	pub delegations: u8,
	/// How many consents are parts of it.
	pub children: u8,
	/// Whether public terms reach what was recorded before the day of the grant.
	pub retrospective: bool,
	/// How it came to be.
	pub basis: Basis,
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
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Status {
	/// It was revoked, or one that it is a part of, or the rule under which it was claimed.
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
	/// Whether its terms are public.
	pub const fn is_public(&self) -> bool {
		matches!(self.terms, Scope::Public)
	}

	/// Whether the consent by itself holds at `now`. Those that it is a part of, and the rule under
	/// which it was claimed, are not looked at.
	pub const fn status(&self, now: Moment) -> Status {
		match self.status_for_children(now) {
			Status::Active if self.uses_left == 0 => Status::Spent,
			status => status,
		}
	}

	/// Whether parts of the consent can hold at `now`. They have uses of their own.
	pub const fn status_for_children(&self, now: Moment) -> Status {
		match self.state {
			State::Revoked => Status::Revoked,
			State::Active if now < self.window.from => Status::NotYetValid,
			State::Active if now >= self.window.until => Status::Expired,
			State::Active => Status::Active,
		}
	}
}

/// What somebody asks a subject for.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct ConsentRequest<Deposit> {
	/// The consent that it would be. Its identifier binds all that is asked for.
	pub consent: ConsentId,
	/// What she wants to do, sealed to the subject.
	pub terms: SealedTerms,
	/// When she wants to act.
	pub window: Window,
	/// How often.
	pub uses: u32,
	/// When she asked.
	pub requested_at: Moment,
	/// The first moment in which the subject cannot approve it any more.
	pub expires_at: Moment,
	/// What was deposited for it.
	pub deposit: Deposit,
}

/// Where a subject's denies, opt-outs and standing rules stand.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct DenyRoot<Deposit> {
	/// Raised by every change; the first is 1.
	pub version: u32,
	/// The salted commitment to all of them.
	pub root: Commitment,
	/// Where they and the salt are, sealed to the custodians.
	pub opening: ContentId,
	/// Whether there are standing rules under which consents can be claimed.
	pub standing_rules: bool,
	/// The version by which standing rules were last switched on; 0 when they never were. What was
	/// claimed before it does not hold any more.
	pub rules_since: u32,
	/// Whether nobody may read her data in an emergency without a consent.
	pub no_emergency: bool,
	/// When it was changed last.
	pub changed_at: Moment,
	/// What was deposited for it.
	pub deposit: Deposit,
}

/// A sale authorisation: the seller's word that one buyer may have one record.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Sale<AccountId, Deposit> {
	/// Who sells: the owner of the record.
	pub seller: AccountId,
	/// Who alone may buy.
	pub buyer: AccountId,
	/// What.
	pub record: RecordId,
	/// What for.
	pub purpose: PurposeOfUse,
	/// The first moment in which it does not hold any more.
	pub until: Moment,
	/// Whether the seller withdrew it.
	pub revoked: bool,
	/// What was deposited for it.
	pub deposit: Deposit,
}
