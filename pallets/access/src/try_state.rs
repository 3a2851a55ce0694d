// SPDX-License-Identifier: Apache-2.0
//! What must hold of the state at all times.

use crate::*;
use alloc::collections::BTreeMap;
use frame_support::sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks that
	/// - every ticket is kept under the identifier that follows from it, for as long as it has to,
	///   and has a public request beside it when it says so; no request is left over;
	/// - the ticket of a consent is between its parties; that of an emergency is its only one, its
	///   clinician's, and no longer valid than it may be;
	/// - nobody has a part in an emergency twice, and what was opened has its ticket until that may
	///   be closed;
	/// - what is said about clinicians follows from their emergencies, and a suspension has a cause;
	/// - nobody has seen more of a trail than there is.
	///
	/// # Errors
	/// The first invariant that does not hold.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_tickets()?;
		Self::try_emergencies()?;
		Self::try_conducts()?;
		for (subject, review) in Reviews::<T>::iter() {
			ensure!(review.entries <= T::Audit::entries(&subject), "more was seen than there is");
		}
		Ok(())
	}

	fn try_tickets() -> Result<(), TryRuntimeError> {
		let now = Self::now();
		let mut requests = 0usize;
		for (id, ticket) in Tickets::<T>::iter() {
			ensure!(id == Self::derived(&ticket), "a ticket has the identifier of another");
			ensure!(
				ticket.opened_at <= ticket.expires_at && ticket.expires_at <= ticket.kept_until,
				"a ticket ends before it begins, or is kept too short"
			);
			ensure!(
				ticket.delivered_at.is_none_or(|at| ticket.opened_at <= at),
				"a ticket was delivered before it was issued"
			);
			ensure!(
				ticket.disputed_at.is_none() || ticket.expires_at <= now,
				"a disputed ticket is valid"
			);
			let is_public = ticket.request == RequestRef::Public;
			ensure!(Requests::<T>::contains_key(id) == is_public, "a request is not where it is");
			requests = requests.saturating_add(usize::from(is_public));
			match ticket.basis {
				Basis::Consent { consent, .. } => Self::try_parties(&consent, &ticket)?,
				Basis::Sale { .. } => ensure!(!is_public, "a sale has a public request"),
				Basis::Emergency { emergency } => Self::try_issued(&id, &emergency, &ticket)?,
			}
		}
		ensure!(Requests::<T>::iter_keys().count() == requests, "a request is left over");
		Ok(())
	}

	fn derived(ticket: &TicketOf<T>) -> TicketId {
		let (record, key) = (&ticket.record, ticket.ephemeral_key.public());
		match &ticket.basis {
			Basis::Consent { consent, .. } => TicketId::derive(consent, record, key),
			Basis::Sale { sale } => TicketId::derive_for_sale(sale, record, key),
			Basis::Emergency { emergency } => {
				TicketId::derive_for_emergency(emergency, record, key)
			},
		}
	}

	/// A consent may be gone before its tickets.
	fn try_parties(consent: &ConsentId, ticket: &TicketOf<T>) -> Result<(), TryRuntimeError> {
		if let Some(parties) = T::Consents::parties(consent) {
			let named = parties.grantee.account();
			ensure!(
				parties.subject == ticket.subject
					&& named.is_none_or(|account| *account == ticket.grantee),
				"a ticket is not between the parties of its consent"
			);
		}
		Ok(())
	}

	fn try_issued(
		id: &TicketId,
		emergency: &EmergencyId,
		ticket: &TicketOf<T>,
	) -> Result<(), TryRuntimeError> {
		let stored = Emergencies::<T>::get(emergency).ok_or("a ticket has no emergency")?;
		let issued = match stored.state {
			EmergencyState::Opened(Opening { ticket, .. })
			| EmergencyState::Reviewed { ticket, .. } => Some(ticket),
			EmergencyState::Declared | EmergencyState::Objected => None,
		};
		ensure!(issued.as_ref() == Some(id), "an emergency did not issue its ticket");
		ensure!(
			ticket.grantee == stored.clinician
				&& ticket.subject == stored.subject
				&& ticket.record == stored.record
				&& ticket.request == stored.reason.into(),
			"a ticket is for another emergency"
		);
		let longest = ticket.opened_at.saturating_add(T::MaxEmergencyDuration::get());
		ensure!(ticket.expires_at <= longest, "the ticket of an emergency is valid for too long");
		Ok(())
	}

	fn try_emergencies() -> Result<(), TryRuntimeError> {
		let now = Self::now();
		for emergency in Emergencies::<T>::iter_values() {
			let second = emergency.second.as_ref();
			ensure!(
				emergency.clinician != emergency.subject
					&& second != Some(&emergency.clinician)
					&& second != Some(&emergency.subject),
				"somebody has a part in an emergency twice"
			);
			match emergency.state {
				EmergencyState::Declared | EmergencyState::Objected => {
					ensure!(second.is_none(), "what was confirmed was not opened");
				},
				EmergencyState::Opened(Opening { ticket, at, review_due, .. }) => {
					let (_, kept_until) = Self::term(at, T::MaxEmergencyDuration::get());
					ensure!(
						Tickets::<T>::contains_key(ticket) || now >= kept_until,
						"the ticket of an emergency was closed too early"
					);
					ensure!(at <= review_due, "a review is due before there is anything");
				},
				EmergencyState::Reviewed { .. } => {},
			}
		}
		for (clinician, subject, id) in Latest::<T>::iter() {
			let latest = Emergencies::<T>::get(id).ok_or("the last emergency is gone")?;
			ensure!(
				latest.clinician == clinician && latest.subject == subject,
				"the last emergency is of others"
			);
		}
		Ok(())
	}

	fn try_conducts() -> Result<(), TryRuntimeError> {
		let mut counts = BTreeMap::<T::AccountId, (u32, u32)>::new();
		for emergency in Emergencies::<T>::iter_values() {
			if let EmergencyState::Opened(Opening { escalation, .. }) = emergency.state {
				let (unreviewed, overdue) = counts.entry(emergency.clinician).or_default();
				*unreviewed = unreviewed.saturating_add(1);
				let suspends = escalation == Escalation::Suspending;
				*overdue = overdue.saturating_add(suspends.into());
			}
		}
		for (who, conduct) in Conducts::<T>::iter() {
			ensure!(conduct != Conduct::default(), "a conduct that says nothing is kept");
			let counted = counts.remove(&who).unwrap_or_default();
			ensure!(
				(conduct.unreviewed, conduct.overdue) == counted,
				"a conduct is not what the emergencies say"
			);
			ensure!(
				conduct.suspended_since.is_some() == conduct.has_cause(),
				"a suspension has no cause, or a cause did not suspend"
			);
		}
		ensure!(counts.is_empty(), "an emergency does not count");
		Ok(())
	}
}
