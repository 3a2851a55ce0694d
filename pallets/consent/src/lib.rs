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

#[cfg(feature = "runtime-benchmarks")]
extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "try-runtime", test))]
mod try_state;
// The SCALE derives convert indices of variants.
#[allow(clippy::as_conversions)]
mod types;
pub mod weights;

pub use pallet::*;
pub use types::{Consent, ConsentOf, DepositOf, State, Status, Terms};
pub use weights::WeightInfo;

use frame_support::{
	ensure,
	pallet_prelude::{DispatchError, Encode, MaxEncodedLen},
	traits::{Consideration, Footprint, Get, OriginTrait, UnixTime},
};
use salus_policy::{decide, Outcome, Request};
use salus_primitives::{
	audit::{AuditAction, Refusal},
	traits::{Acting, AuditTrail, ConsentBook, ConsentParties, Deposit, Participants, Sponsorship},
	ConsentId, Moment, Window,
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
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(0);

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

		/// The deposit for a consent.
		type Consideration: Consideration<Self::AccountId, Footprint>;

		/// Where grants and revocations are written down. Suggested: `pallet_audit`.
		type Audit: AuditTrail<Self::AccountId>;

		/// How far ahead of its grant a window may end, in milliseconds. Suggested: five years.
		#[pallet::constant]
		type MaxDuration: Get<Moment>;

		/// The most uses of one consent; at least 1. Suggested: 10,000.
		#[pallet::constant]
		type MaxUses: Get<u32>;

		/// How long after the end of its window a consent is kept for those who look it up, in
		/// milliseconds. Suggested: one year.
		#[pallet::constant]
		type Retention: Get<Moment>;

		/// What the calls weigh.
		type WeightInfo: WeightInfo;
	}

	/// Every consent.
	#[pallet::storage]
	pub type Consents<T: Config> = StorageMap<_, Identity, ConsentId, ConsentOf<T>, OptionQuery>;

	/// The consents that an account granted.
	#[pallet::storage]
	pub type BySubject<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, ConsentId, (), OptionQuery>;

	/// The consents that name an account as the grantee.
	#[pallet::storage]
	pub type ByGrantee<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, ConsentId, (), OptionQuery>;

	/// Why money is held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// For a consent.
		#[codec(index = 0)]
		Consent,
	}

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A consent was granted.
		Granted {
			/// The consent.
			consent: ConsentId,
			/// Whose data.
			subject: T::AccountId,
			/// Who may act.
			grantee: T::AccountId,
		},
		/// A consent was revoked.
		Revoked {
			/// The consent.
			consent: ConsentId,
			/// Its version from now on.
			version: u32,
		},
		/// A consent that ended long ago was removed.
		Pruned {
			/// The consent.
			consent: ConsentId,
		},
	}

	/// What was wrong with a call.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no such consent.
		NotFound,
		/// Only the subject may do this.
		NotAuthorized,
		/// You granted a consent with this salt before.
		AlreadyExists,
		/// The consent was revoked before.
		AlreadyRevoked,
		/// You do not take part: register first.
		NotRegistered,
		/// The grantee does not take part.
		GranteeNotRegistered,
		/// You need no consent of your own.
		SelfGrant,
		/// No moment lies in the window.
		EmptyWindow,
		/// The window is over already.
		Expired,
		/// The window ends too far ahead.
		WindowTooLong,
		/// No use, or too many.
		UsesOutOfRange,
		/// The terms can never permit anything: a part that has to name something names nothing.
		InvalidTerms,
		/// The window in the public terms is not the consent's.
		WindowMismatch,
		/// Public terms are for research alone, with data use terms and without clinical care.
		InvalidPurpose,
		/// Public terms never name a sensitive category. Seal the terms.
		InvalidCategory,
		/// The time for which the consent is kept is not over.
		NotYetPrunable,
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Grants a consent with a new random `salt`, from which its identifier follows.
		///
		/// By the subject or her guardian. O(1).
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::grant())]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			_: &[u8; 32],
			_: &T::AccountId,
			_: &Terms,
			_: &Window,
			_: &u32,
		| -> bool { Pallet::<T>::is_sponsored(origin) })]
		pub fn grant(
			origin: OriginFor<T>,
			salt: [u8; 32],
			grantee: T::AccountId,
			terms: Terms,
			window: Window,
			uses: u32,
		) -> DispatchResult {
			let acting = T::SubjectOrigin::ensure_origin(origin)?;
			let id = Self::do_grant(&acting, &salt, &grantee, terms, window, uses)?;
			let Acting { subject, actor } = acting;
			T::Audit::append(&subject, &actor, AuditAction::ConsentGranted { consent: id });
			Self::deposit_event(Event::Granted { consent: id, subject, grantee });
			Ok(())
		}

		/// Revokes a consent for good. No further ticket is issued; custodians refuse those that
		/// were issued.
		///
		/// By the subject or her guardian. Also possible when the consent has expired or is spent. O(1).
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::revoke())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &ConsentId| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn revoke(origin: OriginFor<T>, consent: ConsentId) -> DispatchResult {
			let Acting { subject, actor } = T::SubjectOrigin::ensure_origin(origin)?;
			let mut stored = Consents::<T>::get(consent).ok_or(Error::<T>::NotFound)?;
			ensure!(stored.subject == subject, Error::<T>::NotAuthorized);
			ensure!(stored.state == State::Active, Error::<T>::AlreadyRevoked);

			let version = stored.version.saturating_add(1);
			stored.state = State::Revoked;
			stored.version = version;
			Consents::<T>::insert(consent, stored);
			T::Audit::append(&subject, &actor, AuditAction::ConsentRevoked { consent, version });
			Self::deposit_event(Event::Revoked { consent, version });
			Ok(())
		}

		/// Removes a consent whose window has been over for [`Config::Retention`]; the deposit goes
		/// back to whoever paid it.
		///
		/// By anybody. O(1).
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::prune())]
		pub fn prune(origin: OriginFor<T>, consent: ConsentId) -> DispatchResult {
			ensure_signed(origin)?;
			let stored = Consents::<T>::get(consent).ok_or(Error::<T>::NotFound)?;
			let kept_until = stored.window.until.saturating_add(T::Retention::get());
			ensure!(Self::now() >= kept_until, Error::<T>::NotYetPrunable);

			Consents::<T>::remove(consent);
			BySubject::<T>::remove(&stored.subject, consent);
			ByGrantee::<T>::remove(&stored.grantee, consent);
			let Deposit { payer, ticket } = stored.deposit;
			ticket.drop(&payer)?;
			Self::deposit_event(Event::Pruned { consent });
			Ok(())
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The consent, in whatever state.
		pub fn consent(id: ConsentId) -> Option<ConsentOf<T>> {
			Consents::<T>::get(id)
		}

		/// Whether the consent holds at `now`, the terms not looked at.
		pub fn status(id: ConsentId, now: Moment) -> Option<Status> {
			Consents::<T>::get(id).map(|consent| consent.status(now))
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxUses::get() > 0, "a consent needs a use");
			assert!(T::MaxDuration::get() > 0, "a consent needs a window");
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

	/// What a consent with these terms occupies, both indices included.
	pub(crate) fn footprint(terms: &Terms) -> Footprint {
		let account = T::AccountId::max_encoded_len();
		let bytes = terms
			.encoded_size()
			.saturating_add(account.saturating_mul(5))
			.saturating_add(ConsentId::max_encoded_len().saturating_mul(3));
		Footprint::from_parts(1, bytes)
	}

	fn do_grant(
		acting: &Acting<T::AccountId>,
		salt: &[u8; 32],
		grantee: &T::AccountId,
		terms: Terms,
		window: Window,
		uses: u32,
	) -> Result<ConsentId, DispatchError> {
		let Acting { subject, actor } = acting;
		ensure!(T::Participants::role(subject).is_some(), Error::<T>::NotRegistered);
		ensure!(subject != grantee, Error::<T>::SelfGrant);
		ensure!(T::Participants::role(grantee).is_some(), Error::<T>::GranteeNotRegistered);
		Self::ensure_window(&window)?;
		ensure!(uses > 0 && uses <= T::MaxUses::get(), Error::<T>::UsesOutOfRange);
		if let Terms::Public(terms) = &terms {
			Self::ensure_public(terms, &window)?;
		}
		let id = ConsentId::derive(subject, salt);
		ensure!(!Consents::<T>::contains_key(id), Error::<T>::AlreadyExists);

		let payer = T::Sponsorship::payer(actor);
		let ticket = T::Consideration::new(&payer, Self::footprint(&terms))?;
		let consent = Consent {
			subject: subject.clone(),
			grantee: grantee.clone(),
			terms,
			window,
			uses_left: uses,
			state: State::Active,
			version: 1,
			deposit: Deposit { payer, ticket },
		};
		Consents::<T>::insert(id, consent);
		BySubject::<T>::insert(subject, id, ());
		ByGrantee::<T>::insert(grantee, id, ());
		Ok(id)
	}

	fn ensure_window(window: &Window) -> Result<(), Error<T>> {
		let now = Self::now();
		ensure!(!window.is_empty(), Error::<T>::EmptyWindow);
		ensure!(now < window.until, Error::<T>::Expired);
		let ahead = window.until.saturating_sub(now);
		ensure!(ahead <= T::MaxDuration::get(), Error::<T>::WindowTooLong);
		Ok(())
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

/// What of a request the chain itself decides.
fn decide_terms(terms: &Terms, request: Option<&Request>, now: Moment) -> Result<(), Refusal> {
	match (terms, request) {
		(Terms::Sealed { .. }, None) => Ok(()),
		(Terms::Public(terms), Some(request)) => {
			// Nothing on chain verifies the hierarchy of diseases.
			let request = request.clone().without_ancestors();
			match decide(terms, &request, now).outcome {
				Outcome::Permit => Ok(()),
				Outcome::Abstain => Err(Refusal::Undecided),
				Outcome::Deny => Err(Refusal::ScopeMismatch),
			}
		},
		// A request of the wrong kind cannot be held against the terms.
		(Terms::Sealed { .. }, Some(_)) | (Terms::Public(_), None) => Err(Refusal::ScopeMismatch),
	}
}

impl<T: Config> ConsentBook<T::AccountId, Request> for Pallet<T> {
	fn parties(consent: &ConsentId) -> Option<ConsentParties<T::AccountId>> {
		Consents::<T>::get(consent)
			.map(|consent| ConsentParties { subject: consent.subject, grantee: consent.grantee })
	}

	fn redeem(id: &ConsentId, request: Option<&Request>, now: Moment) -> Result<u32, Refusal> {
		// There is no scope without a consent.
		let mut consent = Consents::<T>::get(id).ok_or(Refusal::ScopeMismatch)?;
		if let Some(refusal) = consent.status(now).refusal() {
			return Err(refusal);
		}
		decide_terms(&consent.terms, request, now)?;
		let version = consent.version;
		consent.uses_left = consent.uses_left.checked_sub(1).ok_or(Refusal::ConsentSpent)?;
		Consents::<T>::insert(id, consent);
		Ok(version)
	}

	fn has_public_terms(consent: &ConsentId) -> Option<bool> {
		Consents::<T>::get(consent).map(|consent| matches!(consent.terms, Terms::Public(_)))
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn grant_for_benchmark(
		subject: &T::AccountId,
		grantee: &T::AccountId,
		now: Moment,
	) -> ConsentId {
		benchmarking::grant::<T>(subject, grantee, benchmarking::sealed(), now)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn grant_public_for_benchmark(
		subject: &T::AccountId,
		grantee: &T::AccountId,
		now: Moment,
	) -> (ConsentId, Request) {
		let (terms, request) = benchmarking::public(benchmarking::window::<T>(now));
		(benchmarking::grant::<T>(subject, grantee, terms, now), request)
	}
}
