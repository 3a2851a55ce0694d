// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![cfg_attr(
	not(any(test, feature = "runtime-benchmarks")),
	deny(
		clippy::arithmetic_side_effects,
		clippy::as_conversions,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::panic,
		clippy::unwrap_used
	)
)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod book;
mod consents;
mod delegation;
pub mod migration;
#[cfg(test)]
mod mock;
mod requests;
mod rules;
mod sales;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "try-runtime", feature = "std"))]
mod try_state;
// The SCALE derives convert indices of variants.
#[allow(clippy::as_conversions)]
mod types;
pub mod weights;

pub use pallet::*;
pub use types::{
	Consent, ConsentOf, ConsentRequest, ConsentRequestOf, DenyRoot, DenyRootOf, DepositOf, Sale,
	SaleOf, Scope, SealedTerms, State, Status, Terms,
};
pub use weights::WeightInfo;

use alloc::vec::Vec;
use consents::Draft;
use frame_support::{
	ensure,
	pallet_prelude::{DispatchError, DispatchResult, Encode, MaxEncodedLen},
	traits::{Consideration, Footprint, Get, OriginTrait, UnixTime},
	Hashable,
};
use salus_policy::{decide, Outcome, Request};
use salus_primitives::{
	audit::{AuditAction, Refusal},
	custody::Revocations,
	traits::{
		Acting, AuditTrail, ConsentBook, ConsentParties, Denials, Deposit, Participants,
		RecordBook, Sponsorship,
	},
	Basis, Commitment, ConsentId, ConsentReceipt, ConsentStanding, ContentId, DateWindow, Day,
	Grantee, Moment, PurposeOfUse, RecordId, Role, SaleBook, SaleFacts, SaleId, TermsDigest,
	Window,
};

// The macros make types without `Debug` that nobody sees, cast indices of variants, and expect what
// the runtime's own macro guarantees. A call carries public terms or requests whole: it is decoded
// once, so that boxing them would gain nothing.
#[allow(
	missing_debug_implementations,
	clippy::as_conversions,
	clippy::expect_used,
	clippy::large_enum_variant
)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;

	/// The version of what is stored.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Consensus time. Suggested: `pallet_timestamp`.
		type Time: UnixTime;

		/// Who takes part. Suggested: `pallet_registry`.
		type Participants: Participants<Self::AccountId>;

		/// Whoever acts for a subject. Suggested: `pallet_registry::EnsureSubject`.
		type SubjectOrigin: EnsureOrigin<Self::RuntimeOrigin, Success = Acting<Self::AccountId>>;

		/// Who pays for those who have no tokens. Suggested: `pallet_registry`.
		type Sponsorship: Sponsorship<Self::AccountId>;

		/// Which records there are to sell. Suggested: `pallet_records`.
		type Records: RecordBook<Self::AccountId>;

		/// The deposit for a consent, a request, a deny root or a sale authorisation.
		type Consideration: Consideration<Self::AccountId, Footprint>;

		/// Where all that a subject, or somebody to her, does here is written down. Suggested:
		/// `pallet_audit`.
		type Audit: AuditTrail<Self::AccountId>;

		/// How far ahead a window may end when it is set, in milliseconds. Suggested: five years.
		#[pallet::constant]
		type MaxDuration: Get<Moment>;

		/// The most uses of one consent; at least 1. Suggested: 10,000.
		#[pallet::constant]
		type MaxUses: Get<u32>;

		/// How long after the end of its window a consent is kept for those who look it up, in
		/// milliseconds; a sale authorisation likewise. Suggested: one year.
		#[pallet::constant]
		type Retention: Get<Moment>;

		/// The most delegations between a subject's own consent and a part of it. Every use walks
		/// them. Suggested: 3. DO NOT REDUCE THIS VALUE: parts below it would hold no more.
		#[pallet::constant]
		type MaxDepth: Get<u8>;

		/// The same for public terms, at most [`Config::MaxDepth`]. Every use holds the request
		/// against the terms of each level, which are long. It bounds what is made: what was made
		/// before goes on. Suggested: 1.
		#[pallet::constant]
		type MaxPublicDepth: Get<u8>;

		/// The most parts of one consent at a time. Suggested: 16.
		#[pallet::constant]
		type MaxChildren: Get<u8>;

		/// How long a request waits for an answer, in milliseconds; at least 1. Suggested: 30 days.
		#[pallet::constant]
		type RequestLifetime: Get<Moment>;

		/// How far ahead the window of what is claimed under a standing rule may end, in
		/// milliseconds. Suggested: 24 hours.
		#[pallet::constant]
		type MaxStandingDuration: Get<Moment>;

		/// The most uses of what is claimed under a standing rule. Suggested: 8.
		#[pallet::constant]
		type MaxStandingUses: Get<u32>;

		/// How far ahead a sale authorisation may end, in milliseconds. Suggested: one year.
		#[pallet::constant]
		type MaxSaleDuration: Get<Moment>;

		/// What the calls weigh.
		type WeightInfo: WeightInfo;
	}

	/// Every consent.
	#[pallet::storage]
	pub type Consents<T: Config> = StorageMap<_, Identity, ConsentId, ConsentOf<T>, OptionQuery>;

	/// The terms of the consents with public ones. They are long, and read when they are decided.
	#[pallet::storage]
	pub type PublicTerms<T: Config> =
		StorageMap<_, Identity, ConsentId, salus_policy::Terms, OptionQuery>;

	/// The consents to an account's data, whoever made them.
	#[pallet::storage]
	pub type BySubject<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, ConsentId, (), OptionQuery>;

	/// The consents that name an account as the grantee.
	#[pallet::storage]
	pub type ByGrantee<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, ConsentId, (), OptionQuery>;

	/// The consents that name a role.
	#[pallet::storage]
	pub type ByRole<T: Config> =
		StorageDoubleMap<_, Twox64Concat, Role, Identity, ConsentId, (), OptionQuery>;

	/// What a subject is asked for, by requester: one request of each.
	#[pallet::storage]
	pub type Requests<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Blake2_128Concat,
		T::AccountId,
		ConsentRequestOf<T>,
		OptionQuery,
	>;

	/// Where each subject's denies, opt-outs and standing rules stand.
	#[pallet::storage]
	pub type DenyRoots<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, DenyRootOf<T>, OptionQuery>;

	/// What was claimed last under a subject's standing rules, by claimant.
	#[pallet::storage]
	pub type Claims<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Blake2_128Concat,
		T::AccountId,
		ConsentId,
		OptionQuery,
	>;

	/// Every sale authorisation.
	#[pallet::storage]
	pub type Sales<T: Config> = StorageMap<_, Identity, SaleId, SaleOf<T>, OptionQuery>;

	/// Why money is held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// For a consent, a request, a deny root or a sale authorisation.
		#[codec(index = 0)]
		Consent,
	}

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A consent was granted, approved or claimed.
		Granted {
			/// The consent.
			consent: ConsentId,
			/// Whose data.
			subject: T::AccountId,
			/// Who may act.
			grantee: Grantee<T::AccountId>,
			/// How it came to be.
			basis: Basis,
		},
		/// A consent was revoked.
		Revoked {
			/// The consent.
			consent: ConsentId,
			/// Its version from now on.
			version: u32,
		},
		/// A consent that ended was removed.
		Pruned {
			/// The consent.
			consent: ConsentId,
		},
		/// Somebody asked a subject for a consent.
		Requested {
			/// The consent that it would be.
			consent: ConsentId,
			/// Whose data.
			subject: T::AccountId,
			/// Who asked.
			requester: T::AccountId,
		},
		/// The subject declined a request.
		Declined {
			/// The consent that it would have been.
			consent: ConsentId,
		},
		/// A request was withdrawn, or removed when nobody had answered it in time.
		RequestWithdrawn {
			/// The consent that it would have been.
			consent: ConsentId,
		},
		/// A consent was amended, renewed or opened to what was recorded before it.
		Amended {
			/// The consent.
			consent: ConsentId,
			/// Its version from now on.
			version: u32,
		},
		/// A grantee passed on a part of her consent.
		Delegated {
			/// The new consent.
			consent: ConsentId,
			/// The consent that it is a part of.
			parent: ConsentId,
			/// Whose data.
			subject: T::AccountId,
			/// Who may act.
			grantee: T::AccountId,
		},
		/// A subject changed her deny root.
		DenyRootChanged {
			/// Whose.
			subject: T::AccountId,
			/// Its version from now on.
			version: u32,
		},
		/// A sale was authorised.
		SaleAuthorised {
			/// The authorisation.
			sale: SaleId,
			/// Who sells.
			seller: T::AccountId,
			/// Who alone may buy.
			buyer: T::AccountId,
			/// What.
			record: RecordId,
		},
		/// The authorisation of a sale was withdrawn.
		SaleRevoked {
			/// The authorisation.
			sale: SaleId,
		},
		/// A sale authorisation that ended long ago was removed.
		SalePruned {
			/// The authorisation.
			sale: SaleId,
		},
	}

	/// What was wrong with a call.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no such consent, request or sale.
		NotFound,
		/// It is not yours to do this.
		NotAuthorized,
		/// You made one with this salt before.
		AlreadyExists,
		/// It was revoked before.
		AlreadyRevoked,
		/// You do not take part: register first.
		NotRegistered,
		/// The grantee does not take part.
		GranteeNotRegistered,
		/// Nobody needs a consent or a sale from herself.
		SelfGrant,
		/// No moment lies in the window.
		EmptyWindow,
		/// The window, or the time for an answer, is over already.
		Expired,
		/// The window ends too far ahead.
		WindowTooLong,
		/// No use, or more than there may be or are left.
		UsesOutOfRange,
		/// The terms can never permit anything, or an exception can never deny anything: a part that
		/// has to name something names nothing, or an exception leaves nothing.
		InvalidTerms,
		/// The window in the public terms is not the consent's.
		WindowMismatch,
		/// Public terms are for research alone, with data use terms and without clinical care. A
		/// sale is for research or machine learning.
		InvalidPurpose,
		/// Public terms never name a sensitive category. Seal the terms.
		InvalidCategory,
		/// The time for which it is kept is not over.
		NotYetPrunable,
		/// Only public terms name a role, only one that needs a credential, and nothing is
		/// delegated from them.
		InvalidGrantee,
		/// Your role needs no credential, or one that you do not hold now.
		CredentialMissing,
		/// The subject does not take part.
		SubjectNotRegistered,
		/// The buyer does not take part.
		BuyerNotRegistered,
		/// A request of yours waits for this subject's answer.
		AlreadyRequested,
		/// What is asked for now is not what you saw.
		RequestMismatch,
		/// It was changed since you looked.
		VersionMismatch,
		/// The consent is a part of another: change that one, or revoke this one.
		Delegated,
		/// There are parts of the consent. Remove them first.
		HasDelegations,
		/// More levels of delegation than there may be, or than the consent allows.
		MaxDepthExceeded,
		/// The consent has as many parts as one may have.
		MaxChildrenExceeded,
		/// The window reaches beyond that of the consent it would be a part of.
		WindowExceeded,
		/// Sealed terms where only public ones fit, or public ones where only sealed ones fit.
		TermsKindMismatch,
		/// The consent reaches what was recorded before it already.
		AlreadyRetrospective,
		/// The subject has no standing rule.
		NoStandingRule,
		/// What you claimed of this subject before still holds.
		AlreadyClaimed,
		/// The record is not yours, or there is none.
		RecordMismatch,
		/// The record was retired.
		RecordRetired,
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Grants a consent with a new random `salt`, from which its identifier follows. The
		/// grantee may pass parts of it on over as many levels as `delegations` says.
		///
		/// By the subject or her guardian. O(1).
		#[pallet::call_index(0)]
		#[pallet::weight(match terms {
			Terms::Sealed { .. } => T::WeightInfo::grant_sealed(),
			Terms::Public(_) => T::WeightInfo::grant_public(),
		})]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			_: &[u8; 32],
			_: &Grantee<T::AccountId>,
			_: &Terms,
			_: &Window,
			_: &u32,
			_: &u8,
		| -> bool { Pallet::<T>::is_sponsored(origin) })]
		pub fn grant(
			origin: OriginFor<T>,
			salt: [u8; 32],
			grantee: Grantee<T::AccountId>,
			terms: Terms,
			window: Window,
			uses: u32,
			delegations: u8,
		) -> DispatchResult {
			let acting = T::SubjectOrigin::ensure_origin(origin)?;
			let draft = Draft { grantee: grantee.clone(), terms, window, uses, delegations };
			let consent = Self::do_grant(&acting, &salt, draft)?;
			let Acting { subject, actor } = acting;
			Self::announce(consent, subject, &actor, grantee, Basis::Granted);
			Ok(())
		}

		/// Revokes a consent for good, and with it all its parts. No further ticket is issued;
		/// custodians refuse those that were issued.
		///
		/// By the subject or her guardian; a part of a consent also by whoever passed it on. Also
		/// possible when the consent has expired or is spent. O(1).
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::revoke())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &ConsentId| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn revoke(origin: OriginFor<T>, consent: ConsentId) -> DispatchResult {
			let Acting { subject: who, actor } = T::SubjectOrigin::ensure_origin(origin)?;
			let (subject, version) = Self::do_revoke(&who, consent)?;
			T::Audit::append(&subject, &actor, AuditAction::ConsentRevoked { consent, version });
			Self::deposit_event(Event::Revoked { consent, version });
			Ok(())
		}

		/// Removes a consent without parts whose window has been over for [`Config::Retention`], or
		/// that is a part of one that was revoked or has been over for as long. The deposit goes
		/// back to whoever paid it.
		///
		/// By anybody. O(d) for d levels of delegation above it, at most [`Config::MaxDepth`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::prune())]
		pub fn prune(origin: OriginFor<T>, consent: ConsentId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_prune(consent)?;
			Self::deposit_event(Event::Pruned { consent });
			Ok(())
		}

		/// Asks `subject` for a consent. One request of each requester is open at a time; one that
		/// nobody answered in time makes room.
		///
		/// By a participant whose role needs a credential, and who holds it. O(1).
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::request())]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			_: &T::AccountId,
			_: &[u8; 32],
			_: &SealedTerms,
			_: &Window,
			_: &u32,
		| -> bool { Pallet::<T>::is_sponsored(origin) })]
		pub fn request(
			origin: OriginFor<T>,
			subject: T::AccountId,
			salt: [u8; 32],
			terms: SealedTerms,
			window: Window,
			uses: u32,
		) -> DispatchResult {
			let requester = ensure_signed(origin)?;
			let consent = Self::do_request(&requester, &subject, &salt, terms, window, uses)?;
			T::Audit::append(&subject, &requester, AuditAction::ConsentRequested { consent });
			Self::deposit_event(Event::Requested { consent, subject, requester });
			Ok(())
		}

		/// Grants what `requester` asks for. `consent` names the request that the subject saw.
		///
		/// By the subject or her guardian. O(1).
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::approve())]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			_: &T::AccountId,
			_: &ConsentId,
		| -> bool { Pallet::<T>::is_sponsored(origin) })]
		pub fn approve(
			origin: OriginFor<T>,
			requester: T::AccountId,
			consent: ConsentId,
		) -> DispatchResult {
			let acting = T::SubjectOrigin::ensure_origin(origin)?;
			Self::do_approve(&acting, &requester, consent)?;
			let Acting { subject, actor } = acting;
			let grantee = Grantee::Account(requester);
			Self::announce(consent, subject, &actor, grantee, Basis::Requested);
			Ok(())
		}

		/// Declines what `requester` asks for.
		///
		/// By the subject or her guardian. O(1).
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::decline())]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			_: &T::AccountId,
			_: &ConsentId,
		| -> bool { Pallet::<T>::is_sponsored(origin) })]
		pub fn decline(
			origin: OriginFor<T>,
			requester: T::AccountId,
			consent: ConsentId,
		) -> DispatchResult {
			let Acting { subject, actor } = T::SubjectOrigin::ensure_origin(origin)?;
			Self::do_decline(&subject, &requester, &consent)?;
			T::Audit::append(&subject, &actor, AuditAction::ConsentDeclined { consent });
			Self::deposit_event(Event::Declined { consent });
			Ok(())
		}

		/// Removes a request.
		///
		/// By the requester, or by anybody once the time for an answer is over. O(1).
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::withdraw_request())]
		pub fn withdraw_request(
			origin: OriginFor<T>,
			subject: T::AccountId,
			requester: T::AccountId,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let consent = Self::do_withdraw_request(&who, &subject, &requester)?;
			Self::deposit_event(Event::RequestWithdrawn { consent });
			Ok(())
		}

		/// Gives a consent other terms, another window and other uses. Its parts stay, within what
		/// it permits from now on. Public terms reach what was recorded before the grant only after
		/// another [`Pallet::opt_in_retrospectively`].
		///
		/// By the subject or her guardian, while the consent is not revoked. O(1).
		#[pallet::call_index(7)]
		#[pallet::weight(match terms {
			Terms::Sealed { .. } => T::WeightInfo::amend_sealed(),
			Terms::Public(_) => T::WeightInfo::amend_public(),
		})]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			_: &ConsentId,
			_: &u32,
			_: &Terms,
			_: &Window,
			_: &u32,
		| -> bool { Pallet::<T>::is_sponsored(origin) })]
		pub fn amend(
			origin: OriginFor<T>,
			consent: ConsentId,
			expected_version: u32,
			terms: Terms,
			window: Window,
			uses: u32,
		) -> DispatchResult {
			let acting = T::SubjectOrigin::ensure_origin(origin)?;
			let version =
				Self::do_amend(&acting.subject, consent, expected_version, terms, window, uses)?;
			Self::announce_change(&acting, consent, version);
			Ok(())
		}

		/// Gives a consent another end and other uses; the terms stay. One that is expired or spent
		/// holds again.
		///
		/// By the subject or her guardian, while the consent is not revoked. O(1).
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::renew())]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			_: &ConsentId,
			_: &u32,
			_: &Moment,
			_: &u32,
		| -> bool { Pallet::<T>::is_sponsored(origin) })]
		pub fn renew(
			origin: OriginFor<T>,
			consent: ConsentId,
			expected_version: u32,
			until: Moment,
			uses: u32,
		) -> DispatchResult {
			let acting = T::SubjectOrigin::ensure_origin(origin)?;
			let version = Self::do_renew(&acting.subject, consent, expected_version, until, uses)?;
			Self::announce_change(&acting, consent, version);
			Ok(())
		}

		/// Lets a consent with public terms reach what was recorded before the day of the grant.
		///
		/// By the subject or her guardian, while the consent is not revoked. O(1).
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::opt_in_retrospectively())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &ConsentId, _: &u32| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn opt_in_retrospectively(
			origin: OriginFor<T>,
			consent: ConsentId,
			expected_version: u32,
		) -> DispatchResult {
			let acting = T::SubjectOrigin::ensure_origin(origin)?;
			let version = Self::do_opt_in(&acting.subject, consent, expected_version)?;
			Self::announce_change(&acting, consent, version);
			Ok(())
		}

		/// Passes on a part of the caller's consent: some of its uses, for a window within its own,
		/// under terms of the same kind. Whatever its terms say, the part permits nothing that the
		/// whole does not.
		///
		/// By the account that the consent names, in good standing. O(d) for d levels of delegation
		/// above it, at most [`Config::MaxDepth`].
		#[pallet::call_index(10)]
		#[pallet::weight(match terms {
			Terms::Sealed { .. } => T::WeightInfo::delegate_sealed(),
			Terms::Public(_) => T::WeightInfo::delegate_public(),
		})]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			_: &ConsentId,
			_: &[u8; 32],
			_: &T::AccountId,
			_: &Terms,
			_: &Window,
			_: &u32,
			_: &u8,
		| -> bool { Pallet::<T>::is_sponsored(origin) })]
		// What is chosen for a grant is chosen for a part of it, and the whole comes on top.
		#[allow(clippy::too_many_arguments)]
		pub fn delegate(
			origin: OriginFor<T>,
			parent: ConsentId,
			salt: [u8; 32],
			grantee: T::AccountId,
			terms: Terms,
			window: Window,
			uses: u32,
			delegations: u8,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let named = Grantee::Account(grantee.clone());
			let draft = Draft { grantee: named, terms, window, uses, delegations };
			let (subject, consent) = Self::do_delegate(&who, parent, &salt, draft)?;
			T::Audit::append(&subject, &who, AuditAction::ConsentDelegated { consent, parent });
			Self::deposit_event(Event::Delegated { consent, parent, subject, grantee });
			Ok(())
		}

		/// Takes a short consent under a standing rule of the subject, without waiting for her.
		/// Custodians hold the sealed terms against the rule before they release a key.
		///
		/// By a participant whose role needs a credential, and who holds it. O(1).
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::claim())]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			_: &T::AccountId,
			_: &[u8; 32],
			_: &SealedTerms,
			_: &Window,
			_: &u32,
		| -> bool { Pallet::<T>::is_sponsored(origin) })]
		pub fn claim(
			origin: OriginFor<T>,
			subject: T::AccountId,
			salt: [u8; 32],
			terms: SealedTerms,
			window: Window,
			uses: u32,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let (consent, basis) = Self::do_claim(&who, &subject, &salt, terms, window, uses)?;
			Self::announce(consent, subject, &who, Grantee::Account(who.clone()), basis);
			Ok(())
		}

		/// Replaces what the subject denies, opts out of and approves as a rule.
		/// `expected_version` is 0 before the first.
		///
		/// By the subject or her guardian. O(1).
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::set_deny_root())]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			_: &u32,
			_: &Commitment,
			_: &ContentId,
			_: &bool,
			_: &bool,
		| -> bool { Pallet::<T>::is_sponsored(origin) })]
		pub fn set_deny_root(
			origin: OriginFor<T>,
			expected_version: u32,
			root: Commitment,
			opening: ContentId,
			standing_rules: bool,
			no_emergency: bool,
		) -> DispatchResult {
			let acting = T::SubjectOrigin::ensure_origin(origin)?;
			let version = Self::do_set_deny_root(
				&acting,
				expected_version,
				root,
				opening,
				standing_rules,
				no_emergency,
			)?;
			let Acting { subject, actor } = acting;
			T::Audit::append(&subject, &actor, AuditAction::DenyRootChanged { version });
			Self::deposit_event(Event::DenyRootChanged { subject, version });
			Ok(())
		}

		/// Authorises the sale of one record to one buyer, with a new random `salt`, from which its
		/// identifier follows.
		///
		/// By the owner of the record or her guardian. O(1).
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::authorise_sale())]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			_: &[u8; 32],
			_: &T::AccountId,
			_: &RecordId,
			_: &PurposeOfUse,
			_: &Moment,
		| -> bool { Pallet::<T>::is_sponsored(origin) })]
		pub fn authorise_sale(
			origin: OriginFor<T>,
			salt: [u8; 32],
			buyer: T::AccountId,
			record: RecordId,
			purpose: PurposeOfUse,
			until: Moment,
		) -> DispatchResult {
			let acting = T::SubjectOrigin::ensure_origin(origin)?;
			let sale = Self::do_authorise_sale(&acting, &salt, &buyer, record, purpose, until)?;
			let Acting { subject: seller, actor } = acting;
			T::Audit::append(&seller, &actor, AuditAction::SaleAuthorised { sale });
			Self::deposit_event(Event::SaleAuthorised { sale, seller, buyer, record });
			Ok(())
		}

		/// Withdraws the authorisation of a sale for good.
		///
		/// By the seller or her guardian. O(1).
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::revoke_sale())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &SaleId| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn revoke_sale(origin: OriginFor<T>, sale: SaleId) -> DispatchResult {
			let Acting { subject: seller, actor } = T::SubjectOrigin::ensure_origin(origin)?;
			Self::do_revoke_sale(&seller, sale)?;
			T::Audit::append(&seller, &actor, AuditAction::SaleRevoked { sale });
			Self::deposit_event(Event::SaleRevoked { sale });
			Ok(())
		}

		/// Removes a sale authorisation that has been over for [`Config::Retention`]; the deposit
		/// goes back to whoever paid it.
		///
		/// By anybody. O(1).
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::prune_sale())]
		pub fn prune_sale(origin: OriginFor<T>, sale: SaleId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_prune_sale(sale)?;
			Self::deposit_event(Event::SalePruned { sale });
			Ok(())
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The consent, in whatever state.
		pub fn consent(id: ConsentId) -> Option<ConsentOf<T>> {
			Consents::<T>::get(id)
		}

		/// The terms of the consent, when they are public.
		pub fn public_terms(id: ConsentId) -> Option<salus_policy::Terms> {
			PublicTerms::<T>::get(id)
		}

		/// Whether the consent holds at `now`, with all that it depends on, the terms not looked
		/// at.
		pub fn status(id: ConsentId, now: Moment) -> Option<Status> {
			Consents::<T>::get(id).map(|consent| Self::status_of(&consent, now))
		}

		/// The consents that this one is a part of, the nearest first.
		pub fn ancestors(id: ConsentId) -> Vec<ConsentId> {
			let ancestors = Consents::<T>::get(id).and_then(|consent| Self::ancestors_of(&consent));
			ancestors.unwrap_or_default().into_iter().map(|(id, _)| id).collect()
		}

		/// What the consent says now, to be kept by either side.
		pub fn receipt(id: ConsentId) -> Option<ConsentReceipt<T::AccountId>> {
			Self::receipt_of(id)
		}

		/// What `requester` asks `subject` for. The time for an answer may be over.
		pub fn open_request(
			subject: T::AccountId,
			requester: T::AccountId,
		) -> Option<ConsentRequestOf<T>> {
			Requests::<T>::get(subject, requester)
		}

		/// What `claimant` claimed last under the standing rules of `subject`. It may hold no more.
		pub fn claimed(subject: T::AccountId, claimant: T::AccountId) -> Option<ConsentId> {
			Claims::<T>::get(subject, claimant)
		}

		/// Where the subject's denies, opt-outs and standing rules stand.
		pub fn deny_root(subject: T::AccountId) -> Option<DenyRootOf<T>> {
			DenyRoots::<T>::get(subject)
		}

		/// The sale authorisation, in whatever state.
		pub fn sale(id: SaleId) -> Option<SaleOf<T>> {
			Sales::<T>::get(id)
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxUses::get() > 0, "a consent needs a use");
			assert!(
				T::MaxPublicDepth::get() <= T::MaxDepth::get(),
				"public terms are passed on no further than others"
			);
			assert!(T::MaxDuration::get() > 0, "a consent needs a window");
			assert!(T::RequestLifetime::get() > 0, "a request needs time for an answer");
			assert!(
				T::MaxStandingUses::get() <= T::MaxUses::get(),
				"a rule gives no more uses than the subject"
			);
			assert!(
				T::MaxStandingDuration::get() <= T::MaxDuration::get(),
				"a rule gives no more time than the subject"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(
			_: BlockNumberFor<T>,
		) -> Result<(), frame_support::sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Consensus time in milliseconds.
	pub(crate) fn now() -> Moment {
		Moment::try_from(T::Time::now().as_millis()).unwrap_or(Moment::MAX)
	}

	/// Whether a sponsor covers the next call of whoever signed.
	fn is_sponsored(origin: &T::RuntimeOrigin) -> bool {
		matches!(
			origin.as_system_ref(),
			Some(frame_system::RawOrigin::Signed(who)) if T::Sponsorship::covers(who)
		)
	}

	/// Writes down and tells that there is a new consent of the subject's own.
	fn announce(
		consent: ConsentId,
		subject: T::AccountId,
		actor: &T::AccountId,
		grantee: Grantee<T::AccountId>,
		basis: Basis,
	) {
		T::Audit::append(&subject, actor, AuditAction::ConsentGranted { consent });
		Self::deposit_event(Event::Granted { consent, subject, grantee, basis });
	}

	/// Writes down and tells that a consent was changed.
	fn announce_change(acting: &Acting<T::AccountId>, consent: ConsentId, version: u32) {
		let Acting { subject, actor } = acting;
		T::Audit::append(subject, actor, AuditAction::ConsentAmended { consent, version });
		Self::deposit_event(Event::Amended { consent, version });
	}

	/// What a consent occupies, its public terms and its place in every index included.
	pub(crate) fn footprint(public: Option<&salus_policy::Terms>) -> Footprint {
		let account = T::AccountId::max_encoded_len();
		let id = ConsentId::max_encoded_len();
		let terms = public.map_or(0, |terms| terms.encoded_size().saturating_add(id));
		let bytes = ConsentOf::<T>::max_encoded_len()
			.saturating_add(terms)
			.saturating_add(account.saturating_mul(4))
			.saturating_add(id.saturating_mul(4));
		Footprint::from_parts(1, bytes)
	}

	/// What a request occupies.
	pub(crate) fn request_footprint() -> Footprint {
		let account = T::AccountId::max_encoded_len();
		let bytes =
			ConsentRequestOf::<T>::max_encoded_len().saturating_add(account.saturating_mul(2));
		Footprint::from_parts(1, bytes)
	}

	/// What a deny root occupies.
	pub(crate) fn deny_root_footprint() -> Footprint {
		let account = T::AccountId::max_encoded_len();
		Footprint::from_parts(1, DenyRootOf::<T>::max_encoded_len().saturating_add(account))
	}

	/// What a sale authorisation occupies.
	pub(crate) fn sale_footprint() -> Footprint {
		let id = SaleId::max_encoded_len();
		Footprint::from_parts(1, SaleOf::<T>::max_encoded_len().saturating_add(id))
	}

	/// Takes the deposit for what `actor` stores, from her or from her sponsor.
	pub(crate) fn deposit_of(
		actor: &T::AccountId,
		footprint: Footprint,
	) -> Result<DepositOf<T>, DispatchError> {
		let payer = T::Sponsorship::payer(actor);
		let ticket = T::Consideration::new(&payer, footprint)?;
		Ok(Deposit { payer, ticket })
	}

	/// Gives a deposit back to whoever paid it.
	pub(crate) fn give_deposit_back(deposit: DepositOf<T>) -> DispatchResult {
		let Deposit { payer, ticket } = deposit;
		ticket.drop(&payer)
	}

	/// Whether a window holds a moment to come and ends within `longest`.
	pub(crate) fn ensure_window(window: &Window, longest: Moment) -> Result<(), Error<T>> {
		let now = Self::now();
		ensure!(!window.is_empty(), Error::<T>::EmptyWindow);
		ensure!(now < window.until, Error::<T>::Expired);
		let ahead = window.until.saturating_sub(now);
		ensure!(ahead <= longest, Error::<T>::WindowTooLong);
		Ok(())
	}

	pub(crate) fn ensure_uses(uses: u32, most: u32) -> Result<(), Error<T>> {
		ensure!(uses > 0 && uses <= most, Error::<T>::UsesOutOfRange);
		Ok(())
	}

	/// Whether `who` holds the credential that her role needs.
	pub(crate) fn ensure_verified(who: &T::AccountId, now: Moment) -> Result<(), Error<T>> {
		let needs_credential = T::Participants::role(who).is_some_and(Role::needs_credential);
		let is_verified = needs_credential && T::Participants::is_in_good_standing(who, now);
		ensure!(is_verified, Error::<T>::CredentialMissing);
		Ok(())
	}

	pub(crate) fn ensure_terms(terms: &Terms, window: &Window) -> Result<(), Error<T>> {
		match terms {
			Terms::Sealed { .. } => Ok(()),
			Terms::Public(terms) => Self::ensure_public(terms, window),
		}
	}

	/// Whether terms may be granted in the open.
	pub(crate) fn ensure_public(
		terms: &salus_policy::Terms,
		window: &Window,
	) -> Result<(), Error<T>> {
		terms.ensure_not_empty().map_err(|_| Error::<T>::InvalidTerms)?;
		ensure!(terms.act == *window, Error::<T>::WindowMismatch);
		ensure!(terms.is_research_only(), Error::<T>::InvalidPurpose);
		ensure!(!terms.names_sensitive_category(), Error::<T>::InvalidCategory);
		Ok(())
	}
}
