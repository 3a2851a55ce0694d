// SPDX-License-Identifier: Apache-2.0
//! What is stored.
#![allow(clippy::as_conversions)] // The derived codec casts indices of variants.

use crate::Config;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	sp_runtime::{traits::AtLeast32BitUnsigned, Permill},
	traits::fungibles,
	BoundedVec,
};
use frame_system::Config as SystemConfig;
use salus_policy::Categories;
use salus_primitives::{
	traits::Deposit, CohortId, Commitment, ConsentId, ListingId, Moment, RecordId, SaleId,
	SealedRequest, TicketId,
};
use scale_info::TypeInfo;

/// The currencies of a runtime.
pub type AssetIdOf<T> =
	<<T as Config>::Money as fungibles::Inspect<<T as SystemConfig>::AccountId>>::AssetId;
/// An amount in a runtime.
pub type BalanceOf<T> =
	<<T as Config>::Money as fungibles::Inspect<<T as SystemConfig>::AccountId>>::Balance;
/// A listing in a runtime.
pub type ListingOf<T> = Listing<
	<T as SystemConfig>::AccountId,
	AssetIdOf<T>,
	BalanceOf<T>,
	Deposit<<T as SystemConfig>::AccountId, <T as Config>::ListingConsideration>,
>;
/// An offer in a runtime.
pub type OfferOf<T> = Offer<<T as SystemConfig>::AccountId, AssetIdOf<T>, BalanceOf<T>>;
/// The members of a cohort in a runtime.
pub type MembersOf<T> = BoundedVec<ListingId, <T as Config>::MaxCohort>;
/// A cohort in a runtime.
pub type CohortOf<T> = Cohort<
	<T as SystemConfig>::AccountId,
	AssetIdOf<T>,
	BalanceOf<T>,
	MembersOf<T>,
	<T as Config>::ListingConsideration,
>;
/// What the milestones of a study pay in a runtime.
pub type MilestonesOf<T> = BoundedVec<BalanceOf<T>, <T as Config>::MaxMilestones>;
/// The plan of a study in a runtime.
pub type StudyPlanOf<T> = StudyPlan<AssetIdOf<T>, BalanceOf<T>, MilestonesOf<T>>;
/// A study in a runtime.
pub type StudyOf<T> =
	Study<<T as SystemConfig>::AccountId, AssetIdOf<T>, BalanceOf<T>, MilestonesOf<T>>;

/// What a buyer gets.
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
pub enum ListingKind {
	/// A de-identified data set.
	#[codec(index = 0)]
	Download,
	/// A computation: only results leave.
	#[codec(index = 1)]
	Compute,
}

/// What is on sale.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Goods {
	/// What a buyer gets.
	pub kind: ListingKind,
	/// The de-identified record, anchored by the seller.
	pub record: RecordId,
	/// What it holds. Never a sensitive category: everybody reads this.
	pub categories: Categories,
	/// Its size in bytes, or the upper end of its class of sizes.
	pub size: u64,
	/// How complete and how well coded it is, of 100.
	pub quality: u8,
	/// The commitment to the terms of sale.
	pub terms: Commitment,
}

/// Why a listing is taken down.
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
pub enum TakedownReason {
	/// The data can be led back to a person.
	#[codec(index = 0)]
	Identifiable,
	/// The seller may not sell it.
	#[codec(index = 1)]
	NotEntitled,
	/// It is not what the listing says.
	#[codec(index = 2)]
	Misdescribed,
	/// It was made up.
	#[codec(index = 3)]
	Fabricated,
	/// The law forbids it.
	#[codec(index = 4)]
	Unlawful,
}

/// How far an appeal is.
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
pub enum Appeal {
	/// None was made.
	#[codec(index = 0)]
	NotMade,
	/// It waits for a decision.
	#[codec(index = 1)]
	Pending {
		/// The commitment to the seller's grounds.
		grounds: Commitment,
	},
	/// It was dismissed, for good.
	#[codec(index = 2)]
	Dismissed,
}

/// Whether a listing takes offers.
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
pub enum ListingState {
	/// It does.
	#[codec(index = 0)]
	OnSale,
	/// It was taken down.
	#[codec(index = 1)]
	TakenDown {
		/// Why.
		reason: TakedownReason,
		/// What the seller says to it.
		appeal: Appeal,
	},
}

/// How often a listing was used.
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
pub struct Usage {
	/// Sale tickets opened, those to have it again included.
	pub opens: u32,
	/// Purchases whose delivery was proven when they were disputed or settled.
	pub deliveries: u32,
	/// Purchases settled.
	pub sales: u32,
}

/// A record on sale.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Listing<AccountId, AssetId, Balance, Deposit> {
	/// Who sells: a listing pseudonym that owns the record.
	pub seller: AccountId,
	/// What.
	pub goods: Goods,
	/// The currency of the price.
	pub asset: AssetId,
	/// The least that an offer brings.
	pub price: Balance,
	/// Whether it takes offers.
	pub state: ListingState,
	/// How often it was used.
	pub usage: Usage,
	/// When it was listed.
	pub listed_at: Moment,
	/// What the seller, or her sponsor, left for the place it takes.
	pub deposit: Deposit,
}

/// Why a buyer disputes a delivery.
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
pub enum DisputeReason {
	/// What was released cannot be opened.
	#[codec(index = 0)]
	Unreadable,
	/// It is not what the listing says.
	#[codec(index = 1)]
	Misdescribed,
	/// Parts are missing.
	#[codec(index = 2)]
	Incomplete,
	/// It can be led back to a person.
	#[codec(index = 3)]
	Identifiable,
}

/// Why money goes back to a buyer.
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
pub enum RefundReason {
	/// The buyer withdrew the offer.
	#[codec(index = 0)]
	Withdrawn,
	/// The seller declined the offer, or gave way.
	#[codec(index = 1)]
	Declined,
	/// The offer was over before a ticket was opened.
	#[codec(index = 2)]
	Expired,
	/// The listing was removed or taken down.
	#[codec(index = 3)]
	NotOnSale,
	/// The record was retired or erased.
	#[codec(index = 4)]
	RecordRetired,
	/// The seller withdrew the sale authorisation.
	#[codec(index = 5)]
	SaleRevoked,
	/// Custodians attest that they released nothing.
	#[codec(index = 6)]
	NotReleased,
	/// The arbiter decided so.
	#[codec(index = 7)]
	Resolved,
}

/// A sale ticket that locked an escrow.
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
pub struct Purchase {
	/// The authorisation it was opened under.
	pub sale: SaleId,
	/// The first ticket.
	pub ticket: TicketId,
	/// What it asks for.
	pub request: SealedRequest,
	/// The first moment in which custodians refuse the first ticket.
	pub deadline: Moment,
	/// How often it was downloaded again.
	pub redownloads: u32,
}

/// How far an offer is.
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
pub enum OfferState {
	/// It waits for the seller.
	#[codec(index = 0)]
	Open,
	/// The seller authorised the sale.
	#[codec(index = 1)]
	Accepted {
		/// The authorisation.
		sale: SaleId,
	},
	/// A ticket was opened: the escrow is locked.
	#[codec(index = 2)]
	Locked(Purchase),
	/// The buyer disputes what was delivered; the arbiter decides.
	#[codec(index = 3)]
	Disputed {
		/// What was bought.
		purchase: Purchase,
		/// Why she disputes it.
		reason: DisputeReason,
		/// The commitment to her evidence.
		evidence: Commitment,
	},
	/// The money is with the seller and the platform.
	#[codec(index = 4)]
	Settled {
		/// What was bought.
		purchase: Purchase,
		/// Whether the buyer rated it.
		rated: bool,
	},
}

impl OfferState {
	/// What was bought, once a ticket was opened.
	pub const fn purchase(&self) -> Option<&Purchase> {
		match self {
			Self::Open | Self::Accepted { .. } => None,
			Self::Locked(purchase)
			| Self::Disputed { purchase, .. }
			| Self::Settled { purchase, .. } => Some(purchase),
		}
	}

	/// What was bought, to change it.
	pub(crate) fn purchase_mut(&mut self) -> Option<&mut Purchase> {
		match self {
			Self::Open | Self::Accepted { .. } => None,
			Self::Locked(purchase)
			| Self::Disputed { purchase, .. }
			| Self::Settled { purchase, .. } => Some(purchase),
		}
	}

	/// Whether the buyer's money is still held.
	pub const fn is_escrowed(&self) -> bool {
		!matches!(self, Self::Settled { .. })
	}
}

/// In how many offers an account takes part whose money is held.
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
pub struct EscrowCount {
	/// As the seller.
	pub as_payee: u32,
	/// As the buyer.
	pub as_buyer: u32,
}

/// An offer of one buyer for one listing, its money in escrow until it is settled.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Offer<AccountId, AssetId, Balance> {
	/// For what.
	pub listing: ListingId,
	/// The record on sale when it was made.
	pub record: RecordId,
	/// The cohort of which it is one share.
	pub cohort: Option<CohortId>,
	/// Who sells.
	pub seller: AccountId,
	/// Who buys.
	pub buyer: AccountId,
	/// The currency.
	pub asset: AssetId,
	/// How much is in escrow.
	pub price: Balance,
	/// The platform's part of what is paid out, as it was when the offer was made.
	pub fee: Permill,
	/// The first moment in which no ticket can be opened any more.
	pub expires_at: Moment,
	/// For how long after the first delivery the buyer may have it again.
	pub access_for: Moment,
	/// How far it is.
	pub state: OfferState,
}

impl<AccountId, AssetId, Balance: AtLeast32BitUnsigned + Copy> Offer<AccountId, AssetId, Balance> {
	/// What of `amount` goes to the seller and what to the platform. Rounded in the seller's favour.
	pub fn shares(&self, amount: Balance) -> (Balance, Balance) {
		let platform = self.fee.mul_floor(amount);
		(amount.saturating_sub(platform), platform)
	}
}

/// Listings that are bought together for one price, in equal parts.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Cohort<AccountId, AssetId, Balance, Members, Deposit> {
	/// Who put it together.
	pub curator: AccountId,
	/// What a buyer gets of each member.
	pub kind: ListingKind,
	/// The currency of the price.
	pub asset: AssetId,
	/// The least that an offer for the whole brings.
	pub price: Balance,
	/// The listings whose sellers agreed.
	pub members: Members,
	/// What the curator left for the place it takes.
	pub deposit: Deposit,
}

/// What a researcher wants to do and to pay.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct StudyPlan<AssetId, Balance, Milestones> {
	/// The currency.
	pub asset: AssetId,
	/// The most that all patients together get.
	pub budget: Balance,
	/// What one patient gets for each milestone.
	pub milestones: Milestones,
	/// The commitment to the evidence of ethics approval.
	pub ethics: Commitment,
	/// The commitment to the research terms in DUO codes.
	pub terms: Commitment,
	/// The commitment to the criteria by which patients are chosen.
	pub criteria: Commitment,
	/// The first moment in which anybody may close it.
	pub until: Moment,
}

/// How far a study is.
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
pub enum StudyState {
	/// It waits for approval.
	#[codec(index = 0)]
	Proposed,
	/// Patients enrol and are compensated.
	#[codec(index = 1)]
	Approved,
	/// It is over; what was left went back.
	#[codec(index = 2)]
	Closed,
}

/// A study.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Study<AccountId, AssetId, Balance, Milestones> {
	/// Who does it.
	pub researcher: AccountId,
	/// What and for how much.
	pub plan: StudyPlan<AssetId, Balance, Milestones>,
	/// How far it is.
	pub state: StudyState,
	/// What of the budget is still held.
	pub left: Balance,
	/// What of that is kept for enrolled patients.
	pub promised: Balance,
	/// How many enrolments are stored.
	pub enrolments: u32,
	/// How many milestones were paid.
	pub compensations: u32,
}

/// A patient's part in a study.
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
pub struct Enrolment {
	/// Her consent to the researcher.
	pub consent: ConsentId,
	/// The milestones paid, one bit each, the first lowest.
	pub paid: u32,
	/// Whether she still takes part.
	pub active: bool,
}

impl Enrolment {
	/// The bit of a milestone.
	pub(crate) fn bit(milestone: u32) -> u32 {
		1u32.checked_shl(milestone).unwrap_or_default()
	}

	/// Whether the milestone was paid.
	pub fn is_paid(&self, milestone: u32) -> bool {
		self.paid & Self::bit(milestone) != 0
	}

	/// The sum of the milestones that were not paid.
	pub fn unpaid<Balance: AtLeast32BitUnsigned + Copy>(&self, milestones: &[Balance]) -> Balance {
		(0..)
			.zip(milestones)
			.filter(|(at, _)| !self.is_paid(*at))
			.fold(Balance::zero(), |sum, (_, amount)| sum.saturating_add(*amount))
	}
}

/// What buyers say of a seller.
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
pub struct Rating {
	/// How many said so.
	pub count: u32,
	/// The sum of their stars, one to five each.
	pub stars: u32,
}
