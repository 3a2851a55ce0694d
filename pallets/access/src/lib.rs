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
pub use types::{AccessRequest, Ticket, TicketOf};
pub use weights::WeightInfo;

use frame_support::{
	ensure,
	traits::{Get, UnixTime},
};
use salus_policy::Request;
use salus_primitives::{
	audit::{AuditAction, Refusal},
	traits::{AuditTrail, ConsentBook, ConsentParties, Participants, RecordBook},
	ConsentId, EncryptionKey, Moment, RecordId, TicketId,
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

		/// Which consents hold. Suggested: `pallet_consent`.
		type Consents: ConsentBook<Self::AccountId, Request>;

		/// Which records exist. Suggested: `pallet_records`.
		type Records: RecordBook<Self::AccountId>;

		/// Who takes part. Suggested: `pallet_registry`.
		type Participants: Participants<Self::AccountId>;

		/// Where accesses and refusals are written down. Suggested: `pallet_audit`.
		type Audit: AuditTrail<Self::AccountId>;

		/// How long a ticket is valid, in milliseconds; at least 1. Time for a finalised block and
		/// for the custodians to answer, with retries. Suggested: one hour.
		#[pallet::constant]
		type TicketLifetime: Get<Moment>;

		/// How long after its expiry a ticket is kept for those who look it up, in milliseconds.
		/// Suggested: seven days.
		#[pallet::constant]
		type TicketRetention: Get<Moment>;

		/// What the calls weigh.
		type WeightInfo: WeightInfo;
	}

	/// The tickets that were issued and not closed.
	#[pallet::storage]
	pub type Tickets<T: Config> = StorageMap<_, Identity, TicketId, TicketOf<T>, OptionQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A ticket was issued and a use of the consent spent.
		Opened {
			/// The ticket.
			ticket: TicketId,
			/// The consent.
			consent: ConsentId,
			/// The record.
			record: RecordId,
		},
		/// The named grantee asked and was refused. Nothing was spent.
		AccessRefused {
			/// The consent.
			consent: ConsentId,
			/// The record that she named.
			record: RecordId,
			/// Why.
			refusal: Refusal,
		},
		/// A ticket was removed.
		Closed {
			/// The ticket.
			ticket: TicketId,
		},
	}

	/// What was wrong with a call.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no such consent or ticket.
		NotFound,
		/// The consent names another grantee.
		NotAuthorized,
		/// The ephemeral key was used before for this consent and record. Make a new one.
		AlreadyExists,
		/// Sealed terms want a sealed request, public terms a public one.
		RequestKindMismatch,
		/// The ticket is another's, and the time until which it is kept is not over.
		NotYetClosable,
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Asks for a ticket for `record` under `consent`, to have the keys that `request` names
		/// released to `ephemeral_key`.
		///
		/// The caller is the grantee. When she is refused the call still succeeds, so that the
		/// audit entry stays: see the events. O(1).
		#[pallet::call_index(0)]
		#[pallet::weight(match request {
			AccessRequest::Sealed { .. } => T::WeightInfo::open_sealed(),
			AccessRequest::Public(_) => T::WeightInfo::open_public(),
		})]
		pub fn open(
			origin: OriginFor<T>,
			consent: ConsentId,
			record: RecordId,
			request: AccessRequest,
			ephemeral_key: EncryptionKey,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let parties = Self::ensure_grantee(&who, &consent)?;
			ensure!(
				T::Consents::has_public_terms(&consent) == Some(request.public().is_some()),
				Error::<T>::RequestKindMismatch
			);
			let id = TicketId::derive(&consent, &record, ephemeral_key.public());
			ensure!(!Tickets::<T>::contains_key(id), Error::<T>::AlreadyExists);

			let now = Self::now();
			let subject = parties.subject.clone();
			match Self::redeem(&parties, &consent, &record, &request, now) {
				Ok(version) => {
					let ticket = Ticket {
						consent,
						consent_version: version,
						record,
						grantee: parties.grantee,
						subject: parties.subject,
						request,
						ephemeral_key,
						opened_at: now,
						expires_at: now.saturating_add(T::TicketLifetime::get()),
					};
					Tickets::<T>::insert(id, ticket);
					let action = AuditAction::AccessOpened { consent, version, record, ticket: id };
					T::Audit::append(&subject, &who, action);
					Self::deposit_event(Event::Opened { ticket: id, consent, record });
				},
				Err(refusal) => {
					let action = AuditAction::AccessRefused { consent, record, refusal };
					T::Audit::append(&subject, &who, action);
					Self::deposit_event(Event::AccessRefused { consent, record, refusal });
				},
			}
			Ok(())
		}

		/// Removes a ticket; custodians refuse it from then on.
		///
		/// The caller is the grantee, or anybody once the ticket is expired and
		/// [`Config::TicketRetention`] over. O(1).
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::close())]
		pub fn close(origin: OriginFor<T>, ticket: TicketId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let stored = Tickets::<T>::get(ticket).ok_or(Error::<T>::NotFound)?;
			let kept_until = stored.expires_at.saturating_add(T::TicketRetention::get());
			ensure!(who == stored.grantee || Self::now() >= kept_until, Error::<T>::NotYetClosable);

			Tickets::<T>::remove(ticket);
			Self::deposit_event(Event::Closed { ticket });
			Ok(())
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The ticket, unless it was closed. It may have expired.
		pub fn ticket(id: TicketId) -> Option<TicketOf<T>> {
			Tickets::<T>::get(id)
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::TicketLifetime::get() > 0, "a ticket needs time");
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

	/// The parties of the consent, when `who` is the grantee.
	fn ensure_grantee(
		who: &T::AccountId,
		consent: &ConsentId,
	) -> Result<ConsentParties<T::AccountId>, Error<T>> {
		let parties = T::Consents::parties(consent).ok_or(Error::<T>::NotFound)?;
		ensure!(parties.grantee == *who, Error::<T>::NotAuthorized);
		Ok(parties)
	}

	/// Spends a use for the record and returns the consent's version, or says why not. The consent
	/// comes last: nothing is spent on what is refused for another reason.
	fn redeem(
		parties: &ConsentParties<T::AccountId>,
		consent: &ConsentId,
		record: &RecordId,
		request: &AccessRequest,
		now: Moment,
	) -> Result<u32, Refusal> {
		let owner = T::Records::owner(record);
		ensure!(owner.as_ref() == Some(&parties.subject), Refusal::RecordMismatch);
		ensure!(T::Records::is_live(record), Refusal::RecordRetired);
		let in_good_standing = T::Participants::is_in_good_standing(&parties.grantee, now);
		ensure!(in_good_standing, Refusal::CredentialMissing);
		T::Consents::redeem(consent, request.public(), now)
	}
}
