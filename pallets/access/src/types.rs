// SPDX-License-Identifier: Apache-2.0
//! What is stored.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_policy::Request;
use salus_primitives::{
	traits::Deposit, Commitment, ConsentId, ContentId, EmergencyId, EncryptionKey, Moment,
	RecordId, SaleId, SealedRequest, TicketId,
};
use scale_info::TypeInfo;

/// A ticket of this runtime.
pub type TicketOf<T> = Ticket<<T as frame_system::Config>::AccountId>;

/// An emergency of this runtime.
pub type EmergencyOf<T> = Emergency<<T as frame_system::Config>::AccountId, DepositOf<T>>;

/// A deposit of this runtime.
pub type DepositOf<T> =
	Deposit<<T as frame_system::Config>::AccountId, <T as crate::Config>::Consideration>;

/// A receipt of this runtime.
pub type ReceiptOf<T> = Receipt<<T as frame_system::Config>::AccountId>;

/// What is asked for.
// Not boxed: a request is read and written whole, so that nothing is gained by one more allocation.
#[allow(clippy::large_enum_variant)]
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum AccessRequest {
	/// For sealed terms: only the custodians can read it.
	#[codec(index = 0)]
	Sealed {
		/// The commitment to the SCALE encoding of the request.
		commitment: Commitment,
		/// Where the request and the salt are, sealed to the custodians.
		envelope: ContentId,
	},
	/// For public terms.
	#[codec(index = 1)]
	Public(Request),
}

impl AccessRequest {
	/// What the chain may read of it.
	pub const fn public(&self) -> Option<&Request> {
		match self {
			Self::Sealed { .. } => None,
			Self::Public(request) => Some(request),
		}
	}
}

/// Where what was asked for is.
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
pub enum RequestRef {
	/// With the custodians alone.
	#[codec(index = 0)]
	Sealed {
		/// The commitment to the SCALE encoding of the request.
		commitment: Commitment,
		/// Where the request and the salt are, sealed to the custodians.
		envelope: ContentId,
	},
	/// Beside the ticket, for everyone to read.
	#[codec(index = 1)]
	Public,
}

impl From<SealedRequest> for RequestRef {
	fn from(SealedRequest { commitment, envelope }: SealedRequest) -> Self {
		Self::Sealed { commitment, envelope }
	}
}

/// What a ticket was issued for.
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
pub enum Basis {
	/// A use of a consent.
	#[codec(index = 0)]
	Consent {
		/// The consent that allowed it.
		consent: ConsentId,
		/// The version of that consent.
		version: u32,
	},
	/// A sale.
	#[codec(index = 1)]
	Sale {
		/// The authorisation.
		sale: SaleId,
	},
	/// An emergency.
	#[codec(index = 2)]
	Emergency {
		/// Which.
		emergency: EmergencyId,
	},
}

/// The right to have keys released to one ephemeral key.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Ticket<AccountId> {
	/// What it was issued for.
	pub basis: Basis,
	/// The record.
	pub record: RecordId,
	/// The version of the record when it was issued.
	pub record_version: u32,
	/// Who may have the keys.
	pub grantee: AccountId,
	/// Whose data.
	pub subject: AccountId,
	/// Where what was asked for is.
	pub request: RequestRef,
	/// The key to which custodians seal what they release.
	pub ephemeral_key: EncryptionKey,
	/// When it was issued.
	pub opened_at: Moment,
	/// The first moment in which custodians refuse it. It comes earlier when the ticket is ended.
	pub expires_at: Moment,
	/// The first moment in which it may be closed. It follows from when the ticket would have
	/// expired, and nothing changes it.
	pub kept_until: Moment,
	/// When enough custodians had released.
	pub delivered_at: Option<Moment>,
	/// When the subject disputed it.
	pub disputed_at: Option<Moment>,
}

impl<AccountId> Ticket<AccountId> {
	/// Lets it end at `now`, if it is not over already.
	pub(crate) fn end(&mut self, now: Moment) {
		self.expires_at = self.expires_at.min(now);
	}
}

/// The proof of a delivery.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Receipt<AccountId> {
	/// What was delivered.
	pub ticket: Ticket<AccountId>,
	/// When enough custodians had released.
	pub delivered_at: Moment,
	/// `TicketFacts::delivery_digest` of it.
	pub digest: [u8; 32],
}

/// Where an emergency is in its life.
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
pub enum EmergencyState {
	/// Nothing is open. It lapses when nobody opens it in time.
	#[codec(index = 0)]
	Declared,
	/// The subject objected before anything was open.
	#[codec(index = 1)]
	Objected,
	/// A ticket was issued; a review is due.
	#[codec(index = 2)]
	Opened(Opening),
	/// What was done was reviewed.
	#[codec(index = 3)]
	Reviewed {
		/// The ticket that had been issued.
		ticket: TicketId,
		/// When it was reviewed.
		at: Moment,
		/// Whether it was justified.
		justified: bool,
	},
}

/// What was opened in an emergency, and when it has to be reviewed.
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
pub struct Opening {
	/// The ticket that was issued.
	pub ticket: TicketId,
	/// When.
	pub at: Moment,
	/// The first moment in which the review is overdue.
	pub review_due: Moment,
	/// What came of it that the review is overdue.
	pub escalation: Escalation,
}

/// What came of it that a review is overdue.
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
pub enum Escalation {
	/// Nothing: it is not overdue, or nobody said so yet.
	#[codec(index = 0)]
	NotYet,
	/// The reviewers were told, and got more time.
	#[codec(index = 1)]
	Escalated,
	/// That time is over too: the clinician is suspended until it is reviewed.
	#[codec(index = 2)]
	Suspending,
}

/// A clinician's word that she has to read a record at once, and that nobody can consent.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Emergency<AccountId, Deposit> {
	/// Who declared it.
	pub clinician: AccountId,
	/// Whose data.
	pub subject: AccountId,
	/// The record.
	pub record: RecordId,
	/// Why, and what is needed: sealed to the custodians, and to the reviewers.
	pub reason: SealedRequest,
	/// The key to which custodians seal what they release.
	pub ephemeral_key: EncryptionKey,
	/// When it was declared.
	pub declared_at: Moment,
	/// The other clinician who confirmed it, if one did.
	pub second: Option<AccountId>,
	/// Where it is in its life.
	pub state: EmergencyState,
	/// What was deposited for it.
	pub deposit: Deposit,
}

/// What a clinician's emergencies say about her.
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
pub struct Conduct {
	/// How many of those that were opened wait for their review.
	pub unreviewed: u32,
	/// How many of them suspend her.
	pub overdue: u32,
	/// Whether a review found one that was not justified, and nobody lifted that.
	pub unjustified: bool,
	/// Since when she is suspended.
	pub suspended_since: Option<Moment>,
}

impl Conduct {
	/// Whether there is a cause to suspend her.
	pub(crate) const fn has_cause(&self) -> bool {
		self.overdue > 0 || self.unjustified
	}
}

/// How much of her trail a subject has seen.
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
pub struct TrailReview {
	/// How many entries, from the first on.
	pub entries: u64,
	/// When she said so.
	pub at: Moment,
}
