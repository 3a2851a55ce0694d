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
mod emergencies;
#[cfg(test)]
mod mock;
mod oversight;
mod reviews;
#[cfg(test)]
mod tests;
mod tickets;
#[cfg(any(feature = "try-runtime", feature = "std"))]
mod try_state;
// The SCALE derives convert indices of variants.
#[allow(clippy::as_conversions)]
mod types;
pub mod weights;
mod worker;

pub use pallet::*;
pub use reviews::NOTHING_TO_ESCALATE;
pub use types::*;
pub use weights::WeightInfo;

use frame_support::{
	dispatch::DispatchResult,
	ensure,
	traits::{Consideration, Footprint, Get, OriginTrait, UnixTime},
};
use frame_system::offchain::CreateAuthorizedTransaction;
use salus_policy::Request;
use salus_primitives::{
	audit::{AuditAction, Refusal},
	custody::{Deliveries, TicketBook, TicketFacts},
	traits::{
		Acting, AuditTrail, ConsentBook, Denials, Deposit, Participants, RecordBook, Sponsorship,
		TrailLength,
	},
	ConsentId, EmergencyId, EncryptionKey, Moment, RecordId, Role, SaleId, SaleTickets,
	SealedRequest, TicketId,
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
	pub trait Config: CreateAuthorizedTransaction<Call<Self>> + frame_system::Config {
		/// Consensus time. Suggested: `pallet_timestamp`.
		type Time: UnixTime;

		/// Which consents hold. Suggested: `pallet_consent`.
		type Consents: ConsentBook<Self::AccountId, Request>;

		/// Who refuses emergencies. Suggested: `pallet_consent`.
		type Denials: Denials<Self::AccountId>;

		/// Which records exist. Suggested: `pallet_records`.
		type Records: RecordBook<Self::AccountId>;

		/// Who takes part. Suggested: `pallet_registry`.
		type Participants: Participants<Self::AccountId>;

		/// What custodians attest. Suggested: `pallet_custody`.
		type Deliveries: Deliveries;

		/// Where accesses and refusals are written down. Suggested: `pallet_audit`.
		type Audit: AuditTrail<Self::AccountId> + TrailLength<Self::AccountId>;

		/// Whoever acts for a subject. Suggested: `pallet_registry::EnsureSubject`.
		type SubjectOrigin: EnsureOrigin<Self::RuntimeOrigin, Success = Acting<Self::AccountId>>;

		/// Who reviews emergencies and lifts suspensions: one who signed, or a body that has no
		/// account. Suggested: a registrar, or a council.
		type ReviewOrigin: EnsureOrigin<Self::RuntimeOrigin, Success = Option<Self::AccountId>>;

		/// Whom the trail names for a review by a body that has no account. Suggested: the
		/// treasury's account.
		type ReviewBody: Get<Self::AccountId>;

		/// Who pays for those who have no tokens. Suggested: `pallet_registry`.
		type Sponsorship: Sponsorship<Self::AccountId>;

		/// The deposit for an emergency.
		type Consideration: Consideration<Self::AccountId, Footprint>;

		/// How long a ticket is valid, in milliseconds; at least 1. Time for a finalised block and
		/// for the custodians to answer, with retries. Suggested: one hour.
		#[pallet::constant]
		type TicketLifetime: Get<Moment>;

		/// How long a ticket for what was sold is valid, in milliseconds; at least 1. Suggested:
		/// 24 hours.
		#[pallet::constant]
		type SaleTicketLifetime: Get<Moment>;

		/// How long after its expiry a ticket is kept, in milliseconds. As long as it is, its key
		/// is not used again: no less than the time for which custodians' answers are taken and
		/// kept (`pallet_custody::Config::AnswerRetention`). Suggested: 30 days.
		#[pallet::constant]
		type TicketRetention: Get<Moment>;

		/// How long a clinician waits whose emergency nobody confirms, in milliseconds. Time for
		/// the subject and her contacts to object. Suggested: 15 minutes.
		#[pallet::constant]
		type EmergencyDelay: Get<Moment>;

		/// How long after its declaration an emergency can be opened, in milliseconds; more than
		/// [`Config::EmergencyDelay`]. Suggested: 24 hours.
		#[pallet::constant]
		type EmergencyLifetime: Get<Moment>;

		/// How long the ticket of an emergency is valid, in milliseconds; at least 1. Suggested:
		/// 4 hours.
		#[pallet::constant]
		type MaxEmergencyDuration: Get<Moment>;

		/// The most emergencies of one clinician that were opened and wait for their review; at
		/// least 1. Suggested: 8.
		#[pallet::constant]
		type MaxUnreviewed: Get<u32>;

		/// How long after its opening an emergency may wait for its review, in milliseconds.
		/// Suggested: 7 days.
		#[pallet::constant]
		type ReviewDeadline: Get<Moment>;

		/// How long the reviewers have once they were told that a review is overdue, in
		/// milliseconds. Suggested: 3 days.
		#[pallet::constant]
		type EscalationDeadline: Get<Moment>;

		/// What the calls weigh.
		type WeightInfo: WeightInfo;
	}

	/// The tickets that were issued and not closed.
	#[pallet::storage]
	pub type Tickets<T: Config> = StorageMap<_, Identity, TicketId, TicketOf<T>, OptionQuery>;

	/// What was asked for in public. Beside the ticket, which is read and written more often.
	#[pallet::storage]
	pub type Requests<T: Config> = StorageMap<_, Identity, TicketId, Request, OptionQuery>;

	/// The emergencies that were declared and not pruned.
	#[pallet::storage]
	pub type Emergencies<T: Config> =
		StorageMap<_, Identity, EmergencyId, EmergencyOf<T>, OptionQuery>;

	/// The last emergency that a clinician declared for a subject.
	#[pallet::storage]
	pub type Latest<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Blake2_128Concat,
		T::AccountId,
		EmergencyId,
		OptionQuery,
	>;

	/// What the emergencies of clinicians say about them; those of whom there is nothing to say are
	/// not in it.
	#[pallet::storage]
	pub type Conducts<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, Conduct, ValueQuery>;

	/// How much of their trails subjects have seen.
	#[pallet::storage]
	pub type Reviews<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, TrailReview, OptionQuery>;

	/// Why money is held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// For an emergency.
		#[codec(index = 0)]
		Emergency,
	}

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
		/// A named grantee asked and was refused. Nothing was spent.
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
		/// A ticket was issued to the buyer of a record.
		SaleOpened {
			/// The ticket.
			ticket: TicketId,
			/// The authorisation.
			sale: SaleId,
			/// The record.
			record: RecordId,
		},
		/// The grantee ended a ticket before its time.
		Renounced {
			/// The ticket.
			ticket: TicketId,
		},
		/// Enough custodians released what a ticket is for.
		Delivered {
			/// The ticket.
			ticket: TicketId,
		},
		/// So many custodians refused that a ticket opens nothing. It is over, and the use of the
		/// consent was given back.
		NotReleased {
			/// The ticket.
			ticket: TicketId,
		},
		/// A clinician declared an emergency; nothing is open yet. The subject, her guardians and
		/// her contacts are to be notified at once.
		EmergencyDeclared {
			/// The emergency.
			emergency: EmergencyId,
			/// Whose data.
			subject: T::AccountId,
			/// The record.
			record: RecordId,
		},
		/// A ticket was issued in an emergency, without a consent.
		EmergencyOpened {
			/// The emergency.
			emergency: EmergencyId,
			/// The ticket.
			ticket: TicketId,
			/// The record.
			record: RecordId,
		},
		/// An emergency was refused. Nothing was opened.
		EmergencyRefused {
			/// The emergency.
			emergency: EmergencyId,
			/// Whose data.
			subject: T::AccountId,
			/// The record.
			record: RecordId,
			/// Why.
			refusal: Refusal,
		},
		/// The subject or her guardian objected to an emergency. Nothing opens any more.
		EmergencyObjected {
			/// The emergency.
			emergency: EmergencyId,
		},
		/// What was done in an emergency was reviewed.
		EmergencyReviewed {
			/// The emergency.
			emergency: EmergencyId,
			/// Whether it was justified.
			justified: bool,
		},
		/// The review of an emergency is overdue.
		ReviewOverdue {
			/// The emergency.
			emergency: EmergencyId,
			/// When its clinician is suspended for it.
			review_due: Moment,
		},
		/// A clinician may declare, confirm and open no emergency for the time being. Said for each
		/// emergency that is a cause.
		Suspended {
			/// The clinician.
			who: T::AccountId,
			/// The emergency that is the cause.
			emergency: EmergencyId,
		},
		/// A clinician may declare, confirm and open emergencies again.
		SuspensionLifted {
			/// The clinician.
			who: T::AccountId,
		},
		/// An emergency was removed.
		EmergencyPruned {
			/// The emergency.
			emergency: EmergencyId,
		},
		/// A subject has seen her trail.
		TrailReviewed {
			/// Whose trail.
			subject: T::AccountId,
			/// How many entries, from the first on.
			entries: u64,
		},
		/// The subject or her guardian disputes an access. Its ticket is over.
		AccessDisputed {
			/// The ticket.
			ticket: TicketId,
		},
		/// So many custodians refused to go on that the grantee reads no further with a ticket.
		Stopped {
			/// The ticket.
			ticket: TicketId,
		},
	}

	/// What was wrong with a call.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no such consent, record, ticket or emergency.
		NotFound,
		/// The call is for another: you are not named, not in good standing, or judge your own
		/// case.
		NotAuthorized,
		/// The ephemeral key was used before for this, or you declared an emergency with this salt
		/// before. Make a new one.
		AlreadyExists,
		/// Sealed terms want a sealed request, public terms a public one.
		RequestKindMismatch,
		/// The time until which the ticket is kept is not over.
		NotYetClosable,
		/// Custodians' answers to the ticket are kept still. Have them pruned first.
		AnswersKept,
		/// The consent was delegated. Use `open_delegated`.
		Delegated,
		/// The ticket is over, or the emergency has lapsed.
		Expired,
		/// The record is not the subject's.
		RecordMismatch,
		/// The record is not opened any more.
		RecordRetired,
		/// The buyer is not in good standing.
		CredentialMissing,
		/// An emergency that you declared for the subject is not over. Renounce its ticket first.
		AlreadyDeclared,
		/// Too many emergencies of the clinician wait for their review.
		MaxUnreviewedExceeded,
		/// You are suspended from emergencies.
		Suspended,
		/// Nobody confirmed the emergency, and the time to wait is not over.
		NotYetOpenable,
		/// The emergency is not where this can be done: see its state.
		InvalidState,
		/// The review is not overdue.
		NotYetOverdue,
		/// The clinician is suspended for the review already.
		AlreadyEscalated,
		/// No review suspends the clinician.
		NotSuspended,
		/// Reviews are overdue: the suspension ends when the last of them is made.
		ReviewsOverdue,
		/// The emergency is kept still, or its ticket is.
		NotYetPrunable,
		/// The trail has fewer entries, or you said before that you have seen as many.
		InvalidEntries,
		/// You disputed the access before.
		AlreadyDisputed,
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Asks for a ticket for `record` under `consent`, to have the keys that `request` names
		/// released to `ephemeral_key`. For a consent that the subject granted herself.
		///
		/// The caller is the grantee, or one of those whom the consent names by their role. When
		/// she is refused the call still succeeds, so that the audit entry stays: see the events.
		/// O(1).
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
			let depth = T::Consents::depth(&consent).ok_or(Error::<T>::NotFound)?;
			ensure!(depth == 0, Error::<T>::Delegated);
			Self::do_open(who, consent, record, request, ephemeral_key)?;
			Ok(())
		}

		/// Removes a ticket.
		///
		/// By anybody, once the ticket is expired, [`Config::TicketRetention`] over, and nothing
		/// kept of what custodians attested about it. O(1).
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::close())]
		pub fn close(origin: OriginFor<T>, ticket: TicketId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_close(&ticket)?;
			Self::deposit_event(Event::Closed { ticket });
			Ok(())
		}

		/// As `open`, for a consent that was delegated. Each consent that it is part of has to
		/// permit it.
		///
		/// By the grantee. O(depth).
		#[pallet::call_index(2)]
		#[pallet::weight(match request {
			AccessRequest::Sealed { .. } => T::WeightInfo::open_delegated_sealed(),
			AccessRequest::Public(_) => T::WeightInfo::open_delegated_public(),
		})]
		pub fn open_delegated(
			origin: OriginFor<T>,
			consent: ConsentId,
			record: RecordId,
			request: AccessRequest,
			ephemeral_key: EncryptionKey,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_open(who, consent, record, request, ephemeral_key)?;
			Ok(())
		}

		/// Ends a ticket before its time; custodians refuse it from then on. What it spent stays
		/// spent.
		///
		/// By its grantee. O(1).
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::renounce())]
		pub fn renounce(origin: OriginFor<T>, ticket: TicketId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_renounce(&who, &ticket)?;
			Self::deposit_event(Event::Renounced { ticket });
			Ok(())
		}

		/// Declares with a new random `salt`, from which the identifier follows, that `record` of
		/// `subject` has to be read at once and that nobody can consent. Nothing is open yet.
		///
		/// By a clinician in good standing. When she is refused the call still succeeds, so that
		/// the audit entry stays: see the events. O(1).
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::declare_emergency())]
		pub fn declare_emergency(
			origin: OriginFor<T>,
			subject: T::AccountId,
			record: RecordId,
			salt: [u8; 32],
			reason: SealedRequest,
			ephemeral_key: EncryptionKey,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_declare(who, subject, record, &salt, reason, ephemeral_key)
		}

		/// Confirms an emergency as the second person: its clinician has a ticket at once.
		///
		/// By another clinician in good standing who is not suspended. When the emergency is
		/// refused by now the call still succeeds: see the events. O(1).
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::confirm_emergency())]
		pub fn confirm_emergency(origin: OriginFor<T>, emergency: EmergencyId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_confirm(who, emergency)?;
			Ok(())
		}

		/// Opens the record in an emergency that nobody confirmed, once [`Config::EmergencyDelay`]
		/// is over.
		///
		/// By the clinician who declared it. When she is refused by now the call still succeeds:
		/// see the events. O(1).
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::open_emergency())]
		pub fn open_emergency(origin: OriginFor<T>, emergency: EmergencyId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_open_emergency(who, emergency)?;
			Ok(())
		}

		/// Objects to an emergency: what is not open stays closed, and the ticket of what is open
		/// ends at once.
		///
		/// By the subject or her guardian. O(1).
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::object_emergency())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &EmergencyId| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn object_emergency(origin: OriginFor<T>, emergency: EmergencyId) -> DispatchResult {
			let Acting { subject, actor } = T::SubjectOrigin::ensure_origin(origin)?;
			Self::do_object(&subject, emergency)?;
			T::Audit::append(&subject, &actor, AuditAction::EmergencyObjected { emergency });
			Self::deposit_event(Event::EmergencyObjected { emergency });
			Ok(())
		}

		/// Says whether what was done in an emergency was justified. If not, its ticket ends at
		/// once and its clinician is suspended from emergencies.
		///
		/// By [`Config::ReviewOrigin`], though by nobody who had a part in it. O(1).
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::review_emergency())]
		pub fn review_emergency(
			origin: OriginFor<T>,
			emergency: EmergencyId,
			justified: bool,
		) -> DispatchResult {
			let reviewer = T::ReviewOrigin::ensure_origin(origin)?;
			Self::do_review(reviewer, emergency, justified)?;
			Ok(())
		}

		/// Says that the review of an emergency is overdue. The first time the reviewers get
		/// [`Config::EscalationDeadline`] more; the second time the clinician is suspended from
		/// emergencies until it is reviewed.
		///
		/// By anybody, and by the collators' workers. O(1).
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::escalate_review())]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_escalate_review())]
		#[pallet::authorize(|_, emergency| Pallet::<T>::authorize_escalate_review(emergency))]
		pub fn escalate_review(origin: OriginFor<T>, emergency: EmergencyId) -> DispatchResult {
			Self::ensure_signed_or_authorized(origin)?;
			Self::do_escalate(emergency)?;
			Ok(())
		}

		/// Ends the suspension of a clinician of whom a review found an emergency that was not
		/// justified.
		///
		/// By [`Config::ReviewOrigin`], though not by herself, and not while reviews of hers are
		/// overdue. O(1).
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::lift_suspension())]
		pub fn lift_suspension(origin: OriginFor<T>, who: T::AccountId) -> DispatchResult {
			let reviewer = T::ReviewOrigin::ensure_origin(origin)?;
			Self::do_lift(reviewer, &who)?;
			Self::deposit_event(Event::SuspensionLifted { who });
			Ok(())
		}

		/// Removes an emergency that was reviewed and whose ticket is closed, or that was never
		/// opened and lapsed [`Config::TicketRetention`] ago; the deposit goes back to whoever paid
		/// it.
		///
		/// By anybody. O(1).
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::prune_emergency())]
		pub fn prune_emergency(origin: OriginFor<T>, emergency: EmergencyId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_prune(&emergency)?;
			Self::deposit_event(Event::EmergencyPruned { emergency });
			Ok(())
		}

		/// Says that the subject has seen the first `entries` of her trail.
		///
		/// By the subject or her guardian. O(1).
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::review_trail())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &u64| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn review_trail(origin: OriginFor<T>, entries: u64) -> DispatchResult {
			let Acting { subject, actor } = T::SubjectOrigin::ensure_origin(origin)?;
			Self::do_review_trail(&subject, &actor, entries)?;
			Self::deposit_event(Event::TrailReviewed { subject, entries });
			Ok(())
		}

		/// Disputes an access. Its ticket is marked, and ends at once if it is not over.
		///
		/// By the subject or her guardian. O(1).
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::dispute_access())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &TicketId| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn dispute_access(origin: OriginFor<T>, ticket: TicketId) -> DispatchResult {
			let Acting { subject, actor } = T::SubjectOrigin::ensure_origin(origin)?;
			Self::do_dispute(&subject, &ticket)?;
			T::Audit::append(&subject, &actor, AuditAction::AccessDisputed { ticket });
			Self::deposit_event(Event::AccessDisputed { ticket });
			Ok(())
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The ticket, unless it was closed. It may have expired.
		pub fn ticket(id: TicketId) -> Option<TicketOf<T>> {
			Tickets::<T>::get(id)
		}

		/// What was asked for with a ticket, unless it was closed.
		pub fn request(ticket: TicketId) -> Option<AccessRequest> {
			match Tickets::<T>::get(ticket)?.request {
				RequestRef::Sealed { commitment, envelope } => {
					Some(AccessRequest::Sealed { commitment, envelope })
				},
				RequestRef::Public => Requests::<T>::get(ticket).map(AccessRequest::Public),
			}
		}

		/// The proof that a ticket was delivered; nothing while it is not, or once it is closed.
		pub fn receipt(ticket: TicketId) -> Option<ReceiptOf<T>> {
			let stored = Tickets::<T>::get(ticket)?;
			let delivered_at = stored.delivered_at?;
			let digest = Self::facts(&stored).delivery_digest(&ticket, delivered_at);
			Some(Receipt { ticket: stored, delivered_at, digest })
		}

		/// The emergency and where it is in its life, its review included, unless it was pruned.
		pub fn emergency(id: EmergencyId) -> Option<EmergencyOf<T>> {
			Emergencies::<T>::get(id)
		}

		/// The last emergency that a clinician declared for a subject, unless it was pruned.
		pub fn latest_emergency(
			clinician: T::AccountId,
			subject: T::AccountId,
		) -> Option<EmergencyId> {
			Latest::<T>::get(clinician, subject)
		}

		/// What the emergencies of a clinician say about her.
		pub fn conduct(who: T::AccountId) -> Conduct {
			Conducts::<T>::get(who)
		}

		/// Since when a clinician is suspended from emergencies; nothing when she is not.
		pub fn suspended(who: T::AccountId) -> Option<Moment> {
			Conducts::<T>::get(who).suspended_since
		}

		/// How much of her trail a subject has seen; nothing when she never said.
		pub fn trail_review(subject: T::AccountId) -> Option<TrailReview> {
			Reviews::<T>::get(subject)
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::TicketLifetime::get() > 0, "a ticket needs time");
			assert!(T::SaleTicketLifetime::get() > 0, "a ticket for what was sold needs time");
			assert!(T::MaxEmergencyDuration::get() > 0, "a ticket in an emergency needs time");
			assert!(
				T::EmergencyLifetime::get() > T::EmergencyDelay::get(),
				"no emergency could be opened by its clinician alone"
			);
			assert!(T::MaxUnreviewed::get() > 0, "no emergency could be opened");
		}

		/// Says which reviews are overdue.
		fn offchain_worker(_: BlockNumberFor<T>) {
			Self::sweep(Self::now());
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
}
