// SPDX-License-Identifier: Apache-2.0
//! What subjects do about what was done with their data.

use crate::*;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_review_trail(
		subject: &T::AccountId,
		actor: &T::AccountId,
		entries: u64,
	) -> Result<(), Error<T>> {
		let seen = Reviews::<T>::get(subject).map_or(0, |review| review.entries);
		let is_new = entries > seen && entries <= T::Audit::entries(subject);
		ensure!(is_new, Error::<T>::InvalidEntries);

		Reviews::<T>::insert(subject, TrailReview { entries, at: Self::now() });
		T::Audit::append(subject, actor, AuditAction::TrailReviewed { entries });
		Ok(())
	}

	pub(crate) fn do_dispute(subject: &T::AccountId, id: &TicketId) -> Result<(), Error<T>> {
		let mut ticket = Tickets::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(ticket.subject == *subject, Error::<T>::NotAuthorized);
		ensure!(ticket.disputed_at.is_none(), Error::<T>::AlreadyDisputed);

		let now = Self::now();
		ticket.disputed_at = Some(now);
		ticket.end(now);
		Tickets::<T>::insert(id, ticket);
		Ok(())
	}
}
