// SPDX-License-Identifier: Apache-2.0
//! The review of what was done in emergencies, and what becomes of those who do not get one.

use crate::*;
use frame_support::{
	sp_runtime::{transaction_validity::*, DispatchError},
	weights::Weight,
};
use frame_system::{ensure_authorized, ensure_signed, pallet_prelude::OriginFor};

/// There is no such emergency, or it waits for no review.
pub const NOTHING_TO_ESCALATE: InvalidTransaction = InvalidTransaction::Custom(3);

/// For how many blocks a worker's transaction is valid.
const LONGEVITY: TransactionLongevity = 64;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_review(
		reviewer: Option<T::AccountId>,
		id: EmergencyId,
		justified: bool,
	) -> Result<(), Error<T>> {
		let mut emergency = Emergencies::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		let has_part = reviewer.is_some()
			&& [Some(&emergency.clinician), emergency.second.as_ref(), Some(&emergency.subject)]
				.contains(&reviewer.as_ref());
		ensure!(!has_part, Error::<T>::NotAuthorized);
		let EmergencyState::Opened(opening) = emergency.state else {
			return Err(Error::<T>::InvalidState);
		};

		let now = Self::now();
		let (clinician, subject) = (emergency.clinician.clone(), emergency.subject.clone());
		let Opening { ticket, escalation, .. } = opening;
		emergency.state = EmergencyState::Reviewed { ticket, at: now, justified };
		Emergencies::<T>::insert(id, emergency);
		if let (false, Some(stored)) = (justified, Tickets::<T>::get(ticket)) {
			// It may be over by itself.
			let _ = Self::end(&ticket, stored);
		}
		let actor = reviewer.unwrap_or_else(T::ReviewBody::get);
		let action = AuditAction::EmergencyReviewed { emergency: id, justified };
		T::Audit::append(&subject, &actor, action);
		Self::deposit_event(Event::EmergencyReviewed { emergency: id, justified });
		Self::change_conduct(&clinician, (!justified).then_some(id), |conduct| {
			conduct.unreviewed = conduct.unreviewed.saturating_sub(1);
			if escalation == Escalation::Suspending {
				conduct.overdue = conduct.overdue.saturating_sub(1);
			}
			conduct.unjustified |= !justified;
		});
		Ok(())
	}

	/// Changes what is said about a clinician. An emergency that is a cause to suspend her does so,
	/// and the suspension ends when no cause is left.
	fn change_conduct(
		who: &T::AccountId,
		cause: Option<EmergencyId>,
		change: impl FnOnce(&mut Conduct),
	) {
		let mut conduct = Conducts::<T>::get(who);
		change(&mut conduct);
		if let Some(emergency) = cause {
			conduct.suspended_since = conduct.suspended_since.or_else(|| Some(Self::now()));
			Self::deposit_event(Event::Suspended { who: who.clone(), emergency });
		} else if conduct.suspended_since.is_some() && !conduct.has_cause() {
			conduct.suspended_since = None;
			Self::deposit_event(Event::SuspensionLifted { who: who.clone() });
		}
		Self::put_conduct(who, conduct);
	}

	/// Keeps what is said about a clinician, if there is anything to say.
	fn put_conduct(who: &T::AccountId, conduct: Conduct) {
		if conduct == Conduct::default() {
			Conducts::<T>::remove(who);
		} else {
			Conducts::<T>::insert(who, conduct);
		}
	}

	pub(crate) fn ensure_signed_or_authorized(origin: OriginFor<T>) -> Result<(), DispatchError> {
		if ensure_authorized(origin.clone()).is_err() {
			ensure_signed(origin)?;
		}
		Ok(())
	}

	/// An emergency whose review is overdue, and nobody said so.
	pub(crate) fn ensure_overdue(
		id: &EmergencyId,
		now: Moment,
	) -> Result<(EmergencyOf<T>, Opening), Error<T>> {
		let emergency = Emergencies::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		let EmergencyState::Opened(opening) = emergency.state else {
			return Err(Error::<T>::InvalidState);
		};
		ensure!(opening.escalation != Escalation::Suspending, Error::<T>::AlreadyEscalated);
		ensure!(now >= opening.review_due, Error::<T>::NotYetOverdue);
		Ok((emergency, opening))
	}

	/// Whether a worker may say that a review is overdue.
	pub(crate) fn authorize_escalate_review(id: &EmergencyId) -> TransactionValidityWithRefund {
		let (_, opening) = Self::ensure_overdue(id, Self::now()).map_err(|error| match error {
			Error::<T>::NotYetOverdue => InvalidTransaction::Future,
			Error::<T>::AlreadyEscalated => InvalidTransaction::Stale,
			_ => NOTHING_TO_ESCALATE,
		})?;
		// Once for each of the two times.
		ValidTransaction::with_tag_prefix("salus/access/overdue")
			.and_provides((id, opening.escalation))
			.longevity(LONGEVITY)
			.propagate(true)
			.build()
			.map(|validity| (validity, Weight::zero()))
	}

	pub(crate) fn do_escalate(id: EmergencyId) -> Result<(), Error<T>> {
		let now = Self::now();
		let (mut emergency, mut opening) = Self::ensure_overdue(&id, now)?;

		if opening.escalation == Escalation::NotYet {
			opening.escalation = Escalation::Escalated;
			opening.review_due = now.saturating_add(T::EscalationDeadline::get());
			emergency.state = EmergencyState::Opened(opening);
			Emergencies::<T>::insert(id, emergency);
			let review_due = opening.review_due;
			Self::deposit_event(Event::ReviewOverdue { emergency: id, review_due });
			return Ok(());
		}
		let clinician = emergency.clinician.clone();
		opening.escalation = Escalation::Suspending;
		emergency.state = EmergencyState::Opened(opening);
		Emergencies::<T>::insert(id, emergency);
		Self::change_conduct(&clinician, Some(id), |conduct| {
			conduct.overdue = conduct.overdue.saturating_add(1);
		});
		Ok(())
	}

	pub(crate) fn do_lift(
		reviewer: Option<T::AccountId>,
		who: &T::AccountId,
	) -> Result<(), Error<T>> {
		ensure!(reviewer.as_ref() != Some(who), Error::<T>::NotAuthorized);
		let mut conduct = Conducts::<T>::get(who);
		ensure!(conduct.unjustified, Error::<T>::NotSuspended);
		ensure!(conduct.overdue == 0, Error::<T>::ReviewsOverdue);

		conduct.unjustified = false;
		conduct.suspended_since = None;
		Self::put_conduct(who, conduct);
		Ok(())
	}
}
