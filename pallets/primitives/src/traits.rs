// SPDX-License-Identifier: Apache-2.0
//! What the pallets ask of each other. Each pallet names a trait in its `Config`; the runtime says
//! who answers.

use crate::{
	audit::{AuditAction, Refusal},
	ConsentId, Grantee, Moment, RecordId, Role,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Who acts, and for whom: oneself, or a guardian for her ward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acting<AccountId> {
	/// For whom.
	pub subject: AccountId,
	/// Who acts, and pays.
	pub actor: AccountId,
}

impl<AccountId: Clone> Acting<AccountId> {
	/// Somebody for herself.
	pub fn oneself(who: AccountId) -> Self {
		Self { subject: who.clone(), actor: who }
	}
}

/// Who pays for those who have no tokens.
pub trait Sponsorship<AccountId> {
	/// Whether a sponsor covers the next call of `who`.
	fn covers(who: &AccountId) -> bool;

	/// Who pays deposits for what `who` stores: her sponsor, or she herself.
	fn payer(who: &AccountId) -> AccountId;
}

/// Nobody is sponsored.
impl<AccountId: Clone> Sponsorship<AccountId> for () {
	fn covers(_: &AccountId) -> bool {
		false
	}

	fn payer(who: &AccountId) -> AccountId {
		who.clone()
	}
}

/// A deposit for what is stored, and whose it is.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Deposit<AccountId, Ticket> {
	/// Who paid, and gets it back.
	pub payer: AccountId,
	/// The deposit.
	pub ticket: Ticket,
}

/// Who takes part, and as what.
pub trait Participants<AccountId> {
	/// The role of `who`, if registered.
	fn role(who: &AccountId) -> Option<Role>;

	/// Whether `who` is registered and, where the role needs one, holds a credential at `now`.
	fn is_in_good_standing(who: &AccountId, now: Moment) -> bool;

	/// Makes `who` a participant in good standing, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn admit_for_benchmark(who: &AccountId, role: Role);
}

/// Which records exist, and whose they are.
pub trait RecordBook<AccountId> {
	/// The owner of a record.
	fn owner(record: &RecordId) -> Option<AccountId>;

	/// Whether the record exists, its owner took it, and it was neither retired nor erased.
	fn is_live(record: &RecordId) -> bool;

	/// The current version of a record; the first is 1.
	fn version(record: &RecordId) -> Option<u32>;

	/// Anchors a live record, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn anchor_for_benchmark(owner: &AccountId) -> RecordId;
}

/// The two sides of a consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentParties<AccountId> {
	/// Whose data.
	pub subject: AccountId,
	/// Who may act.
	pub grantee: Grantee<AccountId>,
}

/// Which consents hold.
pub trait ConsentBook<AccountId, Request> {
	/// The parties of a consent in whatever state.
	fn parties(consent: &ConsentId) -> Option<ConsentParties<AccountId>>;

	/// How many delegations lie between the subject's own consent and this one; `None` when there
	/// is no such consent.
	fn depth(consent: &ConsentId) -> Option<u8>;

	/// Decides `request` at `now` under `consent` and under each that it is delegated from and,
	/// when all permit it, spends one use.
	///
	/// `request` is what the chain may read of it: `Some` under public terms, `None` under sealed
	/// ones, which the custodians decide before they release a key.
	///
	/// # Errors
	/// Why not; then nothing is spent.
	fn redeem(consent: &ConsentId, request: Option<&Request>, now: Moment) -> Result<u32, Refusal>;

	/// Gives back one use that was spent for nothing. The consent may be gone.
	fn give_back(consent: &ConsentId);

	/// Whether the terms of the consent are public; `None` when there is no such consent.
	fn has_public_terms(consent: &ConsentId) -> Option<bool>;

	/// Grants a sealed consent that holds at `now`, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn grant_for_benchmark(subject: &AccountId, grantee: &AccountId, now: Moment) -> ConsentId;

	/// Grants a consent with public terms that holds at `now`, for benchmarks; with it a request
	/// that it permits and that takes long to decide.
	#[cfg(feature = "runtime-benchmarks")]
	fn grant_public_for_benchmark(
		subject: &AccountId,
		grantee: &AccountId,
		now: Moment,
	) -> (ConsentId, Request);

	/// Grants a consent that holds at `now` and was delegated as often as one can be, for
	/// benchmarks. With public terms, it comes with a request that all of them permit and that
	/// takes long to decide.
	#[cfg(feature = "runtime-benchmarks")]
	fn delegate_for_benchmark(
		subject: &AccountId,
		grantee: &AccountId,
		public: bool,
		now: Moment,
	) -> (ConsentId, Option<Request>);
}

/// What a subject refuses whatever consents say, as far as the chain may know.
pub trait Denials<AccountId> {
	/// Whether nobody may read her data in an emergency without a consent.
	fn refuses_emergencies(subject: &AccountId) -> bool;
}

/// Where pallets write down what happened to a subject's data.
pub trait AuditTrail<AccountId> {
	/// Appends an entry to the trail of `subject`.
	fn append(subject: &AccountId, actor: &AccountId, action: AuditAction);

	/// Brings the trail of `subject` to where an append costs most, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn fill_for_benchmark(_subject: &AccountId) {}
}

/// How long the trails are.
pub trait TrailLength<AccountId> {
	/// How many entries the trail of `subject` has.
	fn entries(subject: &AccountId) -> u64;
}
