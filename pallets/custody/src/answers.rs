// SPDX-License-Identifier: Apache-2.0
//! What custodians do about tickets, and what they leave undone.

use crate::*;
use frame_support::{
	ensure,
	sp_runtime::{transaction_validity::*, DispatchError},
	weights::Weight,
	BoundedVec,
};
use frame_system::{ensure_authorized, ensure_signed, pallet_prelude::OriginFor};
use salus_primitives::custody::{Deliveries, TicketFacts};

/// There is no such ticket, or no committee that could have answered it.
pub const NOTHING_TO_MARK: InvalidTransaction = InvalidTransaction::Custom(1);
/// Everyone who could be blamed answered the ticket.
pub const EVERYONE_ANSWERED: InvalidTransaction = InvalidTransaction::Custom(2);

/// For how many blocks a worker's transaction is valid.
const LONGEVITY: TransactionLongevity = 64;

/// A ticket that some members left without an answer.
pub(crate) struct Missed {
	answers: TicketAnswers,
	silent: Seats,
}

impl<T: Config> Pallet<T> {
	/// Returns the seat from which was reported.
	pub(crate) fn do_report(
		who: &T::AccountId,
		epoch: EpochId,
		answers: BoundedVec<(TicketId, Answer), T::MaxBatch>,
	) -> Result<Seat, Error<T>> {
		let (committee, seat) = Self::ensure_seat(epoch, who)?;
		let now = Self::now();
		for (ticket, answer) in answers {
			let taken = Self::take_answer(epoch, &committee, seat, ticket, &answer, now);
			if let Err(fault) = taken {
				Self::deposit_event(Event::AnswerSkipped { ticket, epoch, seat, fault });
			}
		}
		Ok(seat)
	}

	/// Takes one answer. The same again changes nothing.
	fn take_answer(
		epoch: EpochId,
		committee: &EpochOf<T>,
		seat: Seat,
		ticket: TicketId,
		answer: &Answer,
		now: Moment,
	) -> Result<(), AnswerFault> {
		let mut answers = match Answers::<T>::get(ticket) {
			Some(answers) => answers,
			None => {
				let facts = T::Tickets::ticket(&ticket).ok_or(AnswerFault::NotFound)?;
				let dealing = Dealings::<T>::get(facts.record, facts.record_version)
					.ok_or(AnswerFault::NotDealt)?;
				TicketAnswers::new(dealing.epoch, facts.expires_at)
			},
		};
		ensure!(answers.epoch == epoch, AnswerFault::EpochMismatch);
		let is_open = !answers.marked && now < Self::kept_until(answers.expires_at);
		ensure!(is_open, AnswerFault::Closed);
		let (is_new, event) = match *answer {
			Answer::Released { receipt } => {
				(answers.release(seat)?, Event::Released { ticket, epoch, seat, receipt })
			},
			Answer::Refused(refusal) => {
				(answers.refuse(seat)?, Event::Refused { ticket, epoch, seat, refusal })
			},
			Answer::Stopped(refusal) => {
				return Self::take_stop(&answers, committee, seat, ticket, refusal);
			},
		};
		if !is_new {
			return Ok(());
		}

		let outcome = answers.conclude(committee, now);
		Answers::<T>::insert(ticket, answers);
		Self::deposit_event(event);
		match outcome {
			Some(Outcome::Delivered) => {
				T::Tickets::delivered(&ticket, now);
				Self::deposit_event(Event::Delivered { ticket });
			},
			Some(Outcome::Refused) => {
				T::Tickets::refused(&ticket);
				Self::deposit_event(Event::NonReleaseAttested { ticket });
			},
			None => {},
		}
		Ok(())
	}

	/// Takes the word of a member that it releases no more. The same again changes nothing.
	///
	/// A release takes a majority, so there are always enough who released to say so.
	fn take_stop(
		answers: &TicketAnswers,
		committee: &EpochOf<T>,
		seat: Seat,
		ticket: TicketId,
		refusal: CustodianRefusal,
	) -> Result<(), AnswerFault> {
		ensure!(answers.released.contains(seat), AnswerFault::NotReleased);
		let mut stopped = Stopped::<T>::get(ticket);
		if !stopped.insert(seat) {
			return Ok(());
		}
		Stopped::<T>::insert(ticket, stopped);
		Self::deposit_event(Event::Stopped { ticket, epoch: answers.epoch, seat, refusal });
		if stopped.len() == committee.refusal_quorum() {
			T::Tickets::stopped(&ticket);
			Self::deposit_event(Event::StopAttested { ticket });
		}
		Ok(())
	}

	/// Until when the answers to a ticket are taken and kept.
	fn kept_until(expires_at: Moment) -> Moment {
		expires_at.saturating_add(T::AnswerRetention::get())
	}

	pub(crate) fn ensure_signed_or_authorized(origin: OriginFor<T>) -> Result<(), DispatchError> {
		if ensure_authorized(origin.clone()).is_err() {
			ensure_signed(origin)?;
		}
		Ok(())
	}

	/// Whom to blame for an expired ticket.
	pub(crate) fn ensure_missed(ticket: &TicketId, now: Moment) -> Result<Missed, Error<T>> {
		let answers = match (Answers::<T>::get(ticket), T::Tickets::ticket(ticket)) {
			(Some(answers), Some(_)) => answers,
			// The refusals closed it.
			(Some(answers), None) if answers.refused_at.is_some() => answers,
			// Its grantee closed it, and nobody had to answer any more.
			(Some(_), None) => return Err(Error::<T>::NotFound),
			(None, Some(facts)) => Self::unanswered(&facts)?,
			(None, None) => return Err(Error::<T>::NotFound),
		};
		ensure!(!answers.marked, Error::<T>::AlreadyMarked);
		let reported_by = answers.expires_at.saturating_add(T::ReportGrace::get());
		ensure!(now >= reported_by, Error::<T>::NotYetExpired);
		ensure!(now < Self::kept_until(answers.expires_at), Error::<T>::NotFound);
		let committee = Epochs::<T>::get(answers.epoch).ok_or(Error::<T>::NotFound)?;
		// Members of a retired epoch deleted their shares, as they had to.
		ensure!(committee.phase != Phase::Retired, Error::<T>::NothingMissed);
		let silent = committee.counted().without(answers.answered());
		ensure!(!silent.is_empty(), Error::<T>::NothingMissed);
		Ok(Missed { answers, silent })
	}

	/// A ticket that nobody answered. A committee that took the dealing over later than the ticket
	/// was opened is not to blame.
	fn unanswered(facts: &TicketFacts<T::AccountId>) -> Result<TicketAnswers, Error<T>> {
		let dealing = Dealings::<T>::get(facts.record, facts.record_version)
			.ok_or(Error::<T>::NothingMissed)?;
		ensure!(dealing.since <= facts.opened_at, Error::<T>::NothingMissed);
		Ok(TicketAnswers::new(dealing.epoch, facts.expires_at))
	}

	/// Whether a worker may mark a ticket.
	pub(crate) fn authorize_mark_missed(ticket: &TicketId) -> TransactionValidityWithRefund {
		Self::ensure_missed(ticket, Self::now()).map_err(|error| match error {
			Error::<T>::NotYetExpired => InvalidTransaction::Future,
			Error::<T>::AlreadyMarked => InvalidTransaction::Stale,
			Error::<T>::NothingMissed => EVERYONE_ANSWERED,
			_ => NOTHING_TO_MARK,
		})?;
		ValidTransaction::with_tag_prefix("salus/custody/missed")
			.and_provides(ticket)
			.longevity(LONGEVITY)
			.propagate(true)
			.build()
			.map(|validity| (validity, Weight::zero()))
	}

	pub(crate) fn do_mark_missed(ticket: TicketId) -> Result<(), Error<T>> {
		let Missed { mut answers, silent } = Self::ensure_missed(&ticket, Self::now())?;

		let epoch = answers.epoch;
		answers.marked = true;
		Answers::<T>::insert(ticket, answers);
		Self::deposit_event(Event::MissedMarked { ticket, epoch, silent });
		Self::count_missed(epoch, silent);
		Ok(())
	}

	pub(crate) fn do_prune(ticket: &TicketId) -> Result<(), Error<T>> {
		let answers = Answers::<T>::get(ticket).ok_or(Error::<T>::NotFound)?;
		let is_over = Self::now() >= Self::kept_until(answers.expires_at);
		ensure!(is_over, Error::<T>::NotYetPrunable);

		Answers::<T>::remove(ticket);
		Stopped::<T>::remove(ticket);
		Ok(())
	}
}

impl<T: Config> Deliveries for Pallet<T> {
	fn first_delivered_at(ticket: &TicketId) -> Option<Moment> {
		Answers::<T>::get(ticket)?.first_delivered_at
	}

	fn non_release_attested(ticket: &TicketId) -> bool {
		Answers::<T>::get(ticket).is_some_and(|answers| answers.refused_at.is_some())
	}

	fn release_started(ticket: &TicketId) -> bool {
		Answers::<T>::get(ticket).is_some_and(|answers| !answers.released.is_empty())
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn deliver_for_benchmark(ticket: &TicketId, at: Moment) {
		let mut answers = TicketAnswers::new(EpochId(1), Moment::MAX);
		answers.released = Seats::all(32);
		answers.first_delivered_at = Some(at);
		Answers::<T>::insert(ticket, answers);
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn refuse_for_benchmark(ticket: &TicketId, at: Moment) {
		let mut answers = TicketAnswers::new(EpochId(1), Moment::MAX);
		answers.refused = Seats::all(32);
		answers.refused_at = Some(at);
		Answers::<T>::insert(ticket, answers);
	}
}
