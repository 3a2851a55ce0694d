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

mod answers;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod committee;
mod complaints;
mod dealings;
mod erasure;
#[cfg(test)]
mod mock;
mod revocations;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "try-runtime", feature = "std"))]
mod try_state;
// The SCALE derives convert indices of variants.
#[allow(clippy::as_conversions)]
mod types;
pub mod weights;
mod worker;

pub use answers::{EVERYONE_ANSWERED, NOTHING_TO_MARK};
#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

use frame_support::{
	sp_runtime::traits::{IdentifyAccount, Verify},
	traits::{EnsureOrigin, Get, UnixTime},
};
use frame_system::offchain::CreateAuthorizedTransaction;
use salus_primitives::{
	custody::{
		Answer, CustodianRefusal, DealingDigest, EpochId, Revocations, Seat, Seats, TicketBook,
		MAX_ACKNOWLEDGEMENTS, MAX_COMMITTEE,
	},
	traits::{Participants, RecordBook},
	Commitment, ConsentId, Moment, RecordId, TicketId,
};

// The macros make types without `Debug` that nobody sees, cast indices of variants, and expect what
// the runtime's own macro guarantees.
#[allow(missing_debug_implementations, clippy::as_conversions, clippy::expect_used)]
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
	pub trait Config:
		CreateAuthorizedTransaction<Call<Self>> + frame_system::Config<Hash: Into<[u8; 32]>>
	{
		/// Consensus time. Suggested: `pallet_timestamp`.
		type Time: UnixTime;

		/// Who proposes committees, suspends members and judges complaints. Suggested: a council.
		type CommitteeOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Who takes part. Suggested: `pallet_registry`.
		type Participants: Participants<Self::AccountId>;

		/// Whose record it is. Suggested: `pallet_records`.
		type Records: RecordBook<Self::AccountId>;

		/// Which tickets there are to answer. Suggested: `pallet_access`.
		type Tickets: TicketBook<Self::AccountId>;

		/// Which consents were revoked. Suggested: `pallet_consent`.
		type Revocations: Revocations;

		/// What a custodian signs an acknowledgement with. Suggested: `MultiSignature`.
		type Signature: Parameter + MaxEncodedLen + Verify<Signer = Self::Signer>;

		/// Whose signature it is. Suggested: `<Signature as Verify>::Signer`.
		type Signer: IdentifyAccount<AccountId = Self::AccountId>;

		/// The most epochs that drain at the same time; at least 1, at most [`MAX_DRAINING`].
		/// Suggested: 3. DO NOT REDUCE THIS VALUE while more are draining: no epoch could form.
		#[pallet::constant]
		type MaxDraining: Get<u32>;

		/// The most items of one call. Suggested: 32.
		#[pallet::constant]
		type MaxBatch: Get<u32>;

		/// How many tickets and erasures a member may leave without an answer before the council
		/// is told. Suggested: 16.
		#[pallet::constant]
		type MaxMissed: Get<u32>;

		/// How long after the expiry of a ticket custodians may report before the silent ones are
		/// counted and the answers closed, in milliseconds. Reports come in batches: too short a
		/// time would let a grantee close the answers before a delivery is known. Suggested: one
		/// hour.
		#[pallet::constant]
		type ReportGrace: Get<Moment>;

		/// How long after the expiry of its ticket an answer is taken and kept, in milliseconds;
		/// longer than a dispute may last. Suggested: 30 days.
		#[pallet::constant]
		type AnswerRetention: Get<Moment>;

		/// How long a custodian may take to acknowledge an erasure, in milliseconds. Suggested:
		/// 7 days.
		#[pallet::constant]
		type ErasureDeadline: Get<Moment>;

		/// Custodians that can sign, and time that can be set.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self::AccountId, Self::Signature>;

		/// What the calls weigh.
		type WeightInfo: WeightInfo;
	}

	/// Every epoch that was not withdrawn.
	#[pallet::storage]
	pub type Epochs<T: Config> = StorageMap<_, Twox64Concat, EpochId, EpochOf<T>, OptionQuery>;

	/// Which epochs are not retired.
	#[pallet::storage]
	pub type Live<T: Config> = StorageValue<_, LiveEpochs, ValueQuery>;

	/// How many dealings point to an epoch. Beside the epoch, so that a dealing does not write the
	/// committee again.
	#[pallet::storage]
	pub type DealingCount<T: Config> = StorageMap<_, Twox64Concat, EpochId, u64, ValueQuery>;

	/// What is held against the members of an epoch; those without blame are not in it.
	#[pallet::storage]
	pub type Conducts<T: Config> = StorageMap<
		_,
		Twox64Concat,
		EpochId,
		BoundedBTreeMap<Seat, Conduct, ConstU32<MAX_COMMITTEE>>,
		ValueQuery,
	>;

	/// Which committee holds the keys of a record version.
	#[pallet::storage]
	pub type Dealings<T: Config> =
		StorageDoubleMap<_, Identity, RecordId, Twox64Concat, u32, DealingRecord, OptionQuery>;

	/// The open complaint about a dealing.
	#[pallet::storage]
	pub type Complaints<T: Config> =
		StorageDoubleMap<_, Identity, RecordId, Twox64Concat, u32, Complaint, OptionQuery>;

	/// What custodians did about a ticket.
	#[pallet::storage]
	pub type Answers<T: Config> = StorageMap<_, Identity, TicketId, TicketAnswers, OptionQuery>;

	/// Who released for a ticket and refused when its grantee wanted to read on; kept as long as the
	/// answers.
	#[pallet::storage]
	pub type Stopped<T: Config> = StorageMap<_, Identity, TicketId, Seats, ValueQuery>;

	/// The erasures, the complete ones included.
	#[pallet::storage]
	pub type Erasures<T: Config> = StorageMap<_, Identity, RecordId, Erasure, OptionQuery>;

	/// Who of an epoch knows of a revocation, until everyone does.
	#[pallet::storage]
	pub type RevocationAcks<T: Config> =
		StorageDoubleMap<_, Twox64Concat, EpochId, Identity, ConsentId, Seats, ValueQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A committee was proposed.
		Proposed {
			/// Its epoch.
			epoch: EpochId,
		},
		/// A proposal was taken back.
		Withdrawn {
			/// The epoch that will not be.
			epoch: EpochId,
		},
		/// A member joined.
		Joined {
			/// The epoch.
			epoch: EpochId,
			/// The member.
			seat: Seat,
		},
		/// Everyone joined: new dealings go to this epoch.
		Activated {
			/// The epoch.
			epoch: EpochId,
		},
		/// An epoch takes no dealings any more; those it has are to be moved.
		DrainingStarted {
			/// The epoch.
			epoch: EpochId,
		},
		/// No dealing is left in an epoch: its members delete their shares.
		Retired {
			/// The epoch.
			epoch: EpochId,
		},
		/// The word of a member does not count for the time being.
		Suspended {
			/// The epoch.
			epoch: EpochId,
			/// The member.
			seat: Seat,
		},
		/// The word of a member counts again.
		Reinstated {
			/// The epoch.
			epoch: EpochId,
			/// The member.
			seat: Seat,
		},
		/// A record version was dealt to the active committee.
		Dealt {
			/// The record.
			record: RecordId,
			/// The version.
			version: u32,
			/// The epoch.
			epoch: EpochId,
			/// What was dealt.
			digest: DealingDigest,
		},
		/// A dealing moved to another committee.
		Reshared {
			/// The record.
			record: RecordId,
			/// The version.
			version: u32,
			/// The epoch that held it.
			from: EpochId,
			/// The epoch that holds it.
			to: EpochId,
			/// What was dealt.
			digest: DealingDigest,
		},
		/// A dealing of a batch was not moved.
		ResharingSkipped {
			/// The record.
			record: RecordId,
			/// The version.
			version: u32,
			/// Why.
			fault: ResharingFault,
		},
		/// A member of the active committee complained about a share of a draining one.
		Complained {
			/// The record.
			record: RecordId,
			/// The version.
			version: u32,
			/// Who complains, in the active epoch.
			complainer: Seat,
			/// About whom, in the epoch of the dealing.
			dealer: Seat,
			/// The commitment to what shows it.
			evidence: Commitment,
		},
		/// The dealer had its say.
		ComplaintAnswered {
			/// The record.
			record: RecordId,
			/// The version.
			version: u32,
			/// The commitment to what it says.
			response: Commitment,
		},
		/// The complainer is content.
		ComplaintSettled {
			/// The record.
			record: RecordId,
			/// The version.
			version: u32,
		},
		/// The council decided over a complaint.
		Adjudicated {
			/// The record.
			record: RecordId,
			/// The version.
			version: u32,
			/// Whether it decided against the dealer.
			upheld: bool,
			/// Whether the dealer was suspended with it.
			excluded: bool,
		},
		/// A custodian released its shares for a ticket.
		Released {
			/// The ticket.
			ticket: TicketId,
			/// The epoch that answers it.
			epoch: EpochId,
			/// The member.
			seat: Seat,
			/// The commitment to its receipt.
			receipt: Commitment,
		},
		/// A custodian refused a ticket.
		Refused {
			/// The ticket.
			ticket: TicketId,
			/// The epoch that answers it.
			epoch: EpochId,
			/// The member.
			seat: Seat,
			/// Why.
			refusal: CustodianRefusal,
		},
		/// An answer of a batch does not count.
		AnswerSkipped {
			/// The ticket.
			ticket: TicketId,
			/// The epoch of the member.
			epoch: EpochId,
			/// The member.
			seat: Seat,
			/// Why.
			fault: AnswerFault,
		},
		/// A custodian reported a batch of answers.
		Reported {
			/// The epoch of the member.
			epoch: EpochId,
			/// The member.
			seat: Seat,
			/// The commitment to the receipts of the batch.
			receipts: Commitment,
		},
		/// Enough custodians released: the grantee can open what her ticket is for.
		Delivered {
			/// The ticket.
			ticket: TicketId,
		},
		/// So many custodians refused that a ticket is never served.
		NonReleaseAttested {
			/// The ticket.
			ticket: TicketId,
		},
		/// Members who did not answer a ticket were counted.
		MissedMarked {
			/// The ticket.
			ticket: TicketId,
			/// The epoch that should have answered.
			epoch: EpochId,
			/// Who was silent.
			silent: Seats,
		},
		/// A member has missed more than it may. Said once, until it is forgiven.
		Overdue {
			/// The epoch.
			epoch: EpochId,
			/// The member.
			seat: Seat,
		},
		/// What a member missed is forgotten.
		Forgiven {
			/// The epoch.
			epoch: EpochId,
			/// The member.
			seat: Seat,
		},
		/// The answers to a ticket were removed.
		Pruned {
			/// The ticket.
			ticket: TicketId,
		},
		/// Every custodian has to delete what it holds of a record.
		ErasureStarted {
			/// The record.
			record: RecordId,
		},
		/// A custodian holds nothing of a record any more.
		ErasureAcknowledged {
			/// The record.
			record: RecordId,
			/// The epoch of the member.
			epoch: EpochId,
			/// The member.
			seat: Seat,
		},
		/// Nobody holds anything of a record any more.
		Erased {
			/// The record.
			record: RecordId,
		},
		/// Dealings of an erased record were removed.
		Cleared {
			/// The record.
			record: RecordId,
			/// Up to which version.
			version: u32,
		},
		/// Members who did not acknowledge an erasure in time were counted.
		ErasureOverdue {
			/// The record.
			record: RecordId,
		},
		/// A custodian knows of a revocation.
		RevocationAcknowledged {
			/// The consent.
			consent: ConsentId,
			/// The version that revoked it.
			version: u32,
			/// The epoch of the member.
			epoch: EpochId,
			/// The member.
			seat: Seat,
		},
		/// Every custodian of an epoch knows of a revocation.
		RevocationComplete {
			/// The consent.
			consent: ConsentId,
			/// The version that revoked it.
			version: u32,
			/// The epoch.
			epoch: EpochId,
		},
		/// A custodian who had released refused when the grantee wanted to read on.
		Stopped {
			/// The ticket.
			ticket: TicketId,
			/// The epoch that answers it.
			epoch: EpochId,
			/// The member.
			seat: Seat,
			/// Why.
			refusal: CustodianRefusal,
		},
		/// So many custodians refused to go on that the grantee reads no further.
		StopAttested {
			/// The ticket.
			ticket: TicketId,
		},
	}

	/// What was wrong with a call, or with a dealing.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no such epoch, dealing, complaint, ticket or erasure, or nothing left of it.
		NotFound,
		/// The call is for another: you have no seat in the epoch, or the complaint is not yours.
		NotAuthorized,
		/// A committee is forming already, or the dealing has an open complaint.
		AlreadyExists,
		/// The threshold is more than there are members, or no majority of them.
		InvalidThreshold,
		/// More losses are to be tolerated than the threshold leaves.
		InvalidTolerance,
		/// An account is named twice.
		MemberRepeated,
		/// An account is not a custodian in good standing.
		NotACustodian,
		/// As many epochs drain as may. Retire one first.
		MaxDrainingExceeded,
		/// No number is left for another epoch.
		MaxEpochsExceeded,
		/// The epoch is not forming any more.
		NotForming,
		/// You joined before.
		AlreadyJoined,
		/// The epoch is still forming.
		NotYetActive,
		/// The epoch does not drain.
		NotDraining,
		/// Dealings still point to the epoch.
		DealingsLeft,
		/// The epoch is retired.
		Retired,
		/// The epoch is not retired.
		NotYetRetired,
		/// The committee has no such seat.
		InvalidSeat,
		/// The member is suspended.
		Suspended,
		/// The member is not suspended.
		NotSuspended,
		/// Fewer members than the threshold would be left. Form a new committee instead.
		BelowThreshold,
		/// There is no active committee.
		NoCommittee,
		/// The dealing is to a committee that is not the active one.
		EpochMismatch,
		/// A seat acknowledges twice.
		SeatRepeated,
		/// A signature is not the member's, or signs something else.
		InvalidSignature,
		/// Too few members acknowledge.
		TooFewAcknowledgements,
		/// The dealer had its say before.
		AlreadyAnswered,
		/// The ticket is valid still, or custodians may still report.
		NotYetExpired,
		/// The answers to the ticket were closed before.
		AlreadyMarked,
		/// Everyone answered, or nobody who could be blamed was there.
		NothingMissed,
		/// The answers are kept still.
		NotYetPrunable,
		/// More items than one call may have.
		MaxBatchExceeded,
		/// Not every custodian has acknowledged the erasure.
		NotYetErased,
		/// The erasure is complete.
		AlreadyErased,
		/// The time to acknowledge the erasure is not over.
		NotYetOverdue,
		/// Those who are late with the erasure were counted before.
		AlreadyOverdue,
		/// Threshold and tolerance are more acknowledgements than a dealing bears.
		QuorumTooLarge,
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Proposes the committee of the next epoch: who sits where, how many shares open a key,
		/// and how many members may be lost after a dealing.
		///
		/// By [`Config::CommitteeOrigin`]. O(members).
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::propose(count(members.len())))]
		pub fn propose(
			origin: OriginFor<T>,
			members: MembersOf<T>,
			threshold: u8,
			tolerance: u8,
		) -> DispatchResult {
			T::CommitteeOrigin::ensure_origin(origin)?;
			let epoch = Self::do_propose(members, threshold, tolerance)?;
			Self::deposit_event(Event::Proposed { epoch });
			Ok(())
		}

		/// Takes back the proposal that is forming.
		///
		/// By [`Config::CommitteeOrigin`]. O(1).
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::withdraw_proposal())]
		pub fn withdraw_proposal(origin: OriginFor<T>) -> DispatchResult {
			T::CommitteeOrigin::ensure_origin(origin)?;
			let epoch = Self::do_withdraw_proposal()?;
			Self::deposit_event(Event::Withdrawn { epoch });
			Ok(())
		}

		/// Takes the seat in a committee that forms. With the last member it becomes the active
		/// one, and the one before it drains.
		///
		/// By each member. O(1).
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::join())]
		pub fn join(origin: OriginFor<T>, epoch: EpochId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_join(&who, epoch)
		}

		/// Retires a draining epoch to which no dealing points any more: its members may delete
		/// what they hold.
		///
		/// By anybody. O(1).
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::retire())]
		pub fn retire(origin: OriginFor<T>, epoch: EpochId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_retire(epoch)?;
			Self::deposit_event(Event::Retired { epoch });
			Ok(())
		}

		/// Suspends a member: what it says later does not count. What it said before stands, and
		/// so do the shares it holds.
		///
		/// By [`Config::CommitteeOrigin`], as long as enough members for the threshold are left.
		/// O(1).
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::suspend())]
		pub fn suspend(origin: OriginFor<T>, epoch: EpochId, seat: Seat) -> DispatchResult {
			T::CommitteeOrigin::ensure_origin(origin)?;
			Self::do_suspend(epoch, seat)?;
			Self::deposit_event(Event::Suspended { epoch, seat });
			Ok(())
		}

		/// Ends a suspension.
		///
		/// By [`Config::CommitteeOrigin`]. O(1).
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::reinstate())]
		pub fn reinstate(origin: OriginFor<T>, epoch: EpochId, seat: Seat) -> DispatchResult {
			T::CommitteeOrigin::ensure_origin(origin)?;
			Self::do_reinstate(epoch, seat)?;
			Self::deposit_event(Event::Reinstated { epoch, seat });
			Ok(())
		}

		/// Moves dealings from draining epochs to the active one, whose members acknowledge that
		/// they hold the new shares. What cannot be moved is skipped: see the events.
		///
		/// By any member of the active committee. O(items + signatures).
		#[pallet::call_index(6)]
		#[pallet::weight(Pallet::<T>::weight_of_reshare(items))]
		pub fn reshare(
			origin: OriginFor<T>,
			items: BoundedVec<ResharingOf<T>, T::MaxBatch>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_reshare(&who, items)
		}

		/// Says that the member at `dealer` of a draining epoch dealt a wrong share; the dealing
		/// stays where it is until that is settled.
		///
		/// By a member of the active committee. O(1).
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::complain())]
		pub fn complain(
			origin: OriginFor<T>,
			record: RecordId,
			version: u32,
			dealer: Seat,
			evidence: Commitment,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let complainer = Self::do_complain(&who, record, version, dealer, evidence)?;
			let event = Event::Complained { record, version, complainer, dealer, evidence };
			Self::deposit_event(event);
			Ok(())
		}

		/// Answers a complaint, once.
		///
		/// By the dealer, suspended or not. O(1).
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::answer())]
		pub fn answer(
			origin: OriginFor<T>,
			record: RecordId,
			version: u32,
			response: Commitment,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_answer(&who, record, version, response)?;
			Self::deposit_event(Event::ComplaintAnswered { record, version, response });
			Ok(())
		}

		/// Ends a complaint: the complainer has the right share now, or takes its word back.
		///
		/// By the complainer, suspended or not. O(1).
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::settle())]
		pub fn settle(origin: OriginFor<T>, record: RecordId, version: u32) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_settle(&who, record, version)?;
			Self::deposit_event(Event::ComplaintSettled { record, version });
			Ok(())
		}

		/// Decides over a complaint. Upheld, it is a fault of the dealer, who is suspended unless
		/// too few members would be left; dismissed, it is a fault of the complainer.
		///
		/// By [`Config::CommitteeOrigin`]. O(1).
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::adjudicate())]
		pub fn adjudicate(
			origin: OriginFor<T>,
			record: RecordId,
			version: u32,
			upheld: bool,
		) -> DispatchResult {
			T::CommitteeOrigin::ensure_origin(origin)?;
			let excluded = Self::do_adjudicate(record, version, upheld)?;
			Self::deposit_event(Event::Adjudicated { record, version, upheld, excluded });
			Ok(())
		}

		/// Reports what the member of `epoch` did about tickets, and commits to the receipts of
		/// the batch. What does not count is skipped: see the events. The same answer again
		/// changes nothing.
		///
		/// By a member. O(items).
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::report(count(answers.len())))]
		pub fn report(
			origin: OriginFor<T>,
			epoch: EpochId,
			answers: BoundedVec<(TicketId, Answer), T::MaxBatch>,
			receipts: Commitment,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let seat = Self::do_report(&who, epoch, answers)?;
			Self::deposit_event(Event::Reported { epoch, seat, receipts });
			Ok(())
		}

		/// Counts the members who did not answer an expired ticket, once [`Config::ReportGrace`] is
		/// over, and closes its answers.
		///
		/// By anybody, and by the collators' workers. O(1).
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::mark_missed())]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_mark_missed())]
		#[pallet::authorize(|_, ticket| Pallet::<T>::authorize_mark_missed(ticket))]
		pub fn mark_missed(origin: OriginFor<T>, ticket: TicketId) -> DispatchResult {
			Self::ensure_signed_or_authorized(origin)?;
			Self::do_mark_missed(ticket)?;
			Ok(())
		}

		/// Forgets what a member missed.
		///
		/// By [`Config::CommitteeOrigin`]. O(1).
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::forgive())]
		pub fn forgive(origin: OriginFor<T>, epoch: EpochId, seat: Seat) -> DispatchResult {
			T::CommitteeOrigin::ensure_origin(origin)?;
			Self::do_forgive(epoch, seat)?;
			Self::deposit_event(Event::Forgiven { epoch, seat });
			Ok(())
		}

		/// Removes the answers to a ticket, once [`Config::AnswerRetention`] is over.
		///
		/// By anybody. O(1).
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::prune())]
		pub fn prune(origin: OriginFor<T>, ticket: TicketId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_prune(&ticket)?;
			Self::deposit_event(Event::Pruned { ticket });
			Ok(())
		}

		/// Acknowledges that the member of `epoch` holds nothing of these records any more, in no
		/// version. Records that are not being erased, or for which it did before, are skipped.
		///
		/// By a member. O(items).
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::acknowledge_erasure(count(records.len())))]
		pub fn acknowledge_erasure(
			origin: OriginFor<T>,
			epoch: EpochId,
			records: BoundedVec<RecordId, T::MaxBatch>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_acknowledge_erasure(&who, epoch, records)
		}

		/// Removes the dealings of up to `limit` further versions of an erased record. Members who
		/// were suspended meanwhile are not waited for, nor are retired epochs.
		///
		/// By anybody. O(limit).
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::clear_erased(*limit))]
		pub fn clear_erased(origin: OriginFor<T>, record: RecordId, limit: u32) -> DispatchResult {
			ensure_signed(origin)?;
			ensure!(limit <= T::MaxBatch::get(), Error::<T>::MaxBatchExceeded);
			let version = Self::do_clear_erased(record, limit)?;
			Self::deposit_event(Event::Cleared { record, version });
			Ok(())
		}

		/// Counts the members who have not acknowledged an erasure in time.
		///
		/// By anybody. O(1).
		#[pallet::call_index(17)]
		#[pallet::weight(T::WeightInfo::mark_erasure_overdue())]
		pub fn mark_erasure_overdue(origin: OriginFor<T>, record: RecordId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_mark_erasure_overdue(record)
		}

		/// Acknowledges that the member of `epoch` knows of these revocations, by the version that
		/// revoked. Consents that were not revoked by it are skipped.
		///
		/// By a member. O(items).
		#[pallet::call_index(18)]
		#[pallet::weight(T::WeightInfo::acknowledge_revocations(count(consents.len())))]
		pub fn acknowledge_revocations(
			origin: OriginFor<T>,
			epoch: EpochId,
			consents: BoundedVec<(ConsentId, u32), T::MaxBatch>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_acknowledge_revocations(&who, epoch, consents)
		}

		/// Removes what up to `limit` revocations left behind in a retired epoch.
		///
		/// By anybody. O(limit).
		#[pallet::call_index(19)]
		#[pallet::weight(T::WeightInfo::clear_revocations(*limit))]
		pub fn clear_revocations(
			origin: OriginFor<T>,
			epoch: EpochId,
			limit: u32,
		) -> DispatchResult {
			ensure_signed(origin)?;
			ensure!(limit <= T::MaxBatch::get(), Error::<T>::MaxBatchExceeded);
			Self::do_clear_revocations(epoch, limit)?;
			Ok(())
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The active epoch and its committee.
		pub fn committee() -> Option<(EpochId, EpochOf<T>)> {
			let epoch = Live::<T>::get().active?;
			Epochs::<T>::get(epoch).map(|committee| (epoch, committee))
		}

		/// Which epochs form, are active and drain.
		pub fn live_epochs() -> LiveEpochs {
			Live::<T>::get()
		}

		/// The committee of an epoch and where it is in its life.
		pub fn epoch(id: EpochId) -> Option<EpochOf<T>> {
			Epochs::<T>::get(id)
		}

		/// How many dealings point to an epoch.
		pub fn dealings_left(epoch: EpochId) -> u64 {
			DealingCount::<T>::get(epoch)
		}

		/// Which committee holds the keys of the version of a record.
		pub fn dealing(record: RecordId, version: u32) -> Option<DealingRecord> {
			Dealings::<T>::get(record, version)
		}

		/// The open complaint about a dealing.
		pub fn complaint(record: RecordId, version: u32) -> Option<Complaint> {
			Complaints::<T>::get(record, version)
		}

		/// What custodians did about a ticket, until it is pruned.
		pub fn answers(ticket: TicketId) -> Option<TicketAnswers> {
			Answers::<T>::get(ticket)
		}

		/// Who released for a ticket and goes on no more, until it is pruned.
		pub fn stopped(ticket: TicketId) -> Seats {
			Stopped::<T>::get(ticket)
		}

		/// What is held against the member of an epoch.
		pub fn conduct(epoch: EpochId, seat: Seat) -> Conduct {
			Conducts::<T>::get(epoch).get(&seat).copied().unwrap_or_default()
		}

		/// How far the erasure of a record is; nothing when none was started.
		pub fn erasure(record: RecordId) -> Option<Erasure> {
			Erasures::<T>::get(record)
		}

		/// Who of an epoch has acknowledged a revocation; nobody once everyone has.
		pub fn revocation_acknowledged(epoch: EpochId, consent: ConsentId) -> Seats {
			RevocationAcks::<T>::get(epoch, consent)
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			let draining = T::MaxDraining::get();
			assert!((1..=MAX_DRAINING).contains(&draining), "no epoch could follow another");
			assert!(T::MaxBatch::get() > 0, "nothing could be reported");
			assert!(
				T::AnswerRetention::get() > T::ReportGrace::get(),
				"no missed release could be marked"
			);
		}

		/// Marks tickets that were not answered.
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

/// The number of items in a batch.
fn count(items: usize) -> u32 {
	u32::try_from(items).unwrap_or(u32::MAX)
}

impl<T: Config> Pallet<T> {
	/// Consensus time in milliseconds.
	pub(crate) fn now() -> Moment {
		Moment::try_from(T::Time::now().as_millis()).unwrap_or(Moment::MAX)
	}
}
