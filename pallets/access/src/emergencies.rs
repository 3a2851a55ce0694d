// SPDX-License-Identifier: Apache-2.0
//! Emergencies: a clinician reads without a consent, seen by everyone, and not for long.

use crate::*;
use frame_support::pallet_prelude::MaxEncodedLen;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_declare(
		who: T::AccountId,
		subject: T::AccountId,
		record: RecordId,
		salt: &[u8; 32],
		reason: SealedRequest,
		ephemeral_key: EncryptionKey,
	) -> DispatchResult {
		let now = Self::now();
		Self::ensure_clinician(&who, now)?;
		ensure!(who != subject, Error::<T>::NotAuthorized);
		let is_hers = T::Records::owner(&record).as_ref() == Some(&subject);
		ensure!(is_hers, Error::<T>::RecordMismatch);
		let id = EmergencyId::derive(&who, salt);
		ensure!(!Emergencies::<T>::contains_key(id), Error::<T>::AlreadyExists);
		let conduct = Conducts::<T>::get(&who);
		if let Err(refusal) = Self::permit(&who, &subject, &record, &conduct, now) {
			Self::refuse(id, &who, subject, record, refusal);
			return Ok(());
		}
		Self::ensure_reviewed(&conduct)?;
		let before = Latest::<T>::get(&who, &subject).and_then(Emergencies::<T>::get);
		let is_over = before.is_none_or(|before| Self::is_over(&before, now));
		ensure!(is_over, Error::<T>::AlreadyDeclared);

		let payer = T::Sponsorship::payer(&who);
		let deposit = T::Consideration::new(&payer, Self::footprint())?;
		let emergency = Emergency {
			clinician: who.clone(),
			subject: subject.clone(),
			record,
			reason,
			ephemeral_key,
			declared_at: now,
			second: None,
			state: EmergencyState::Declared,
			deposit: Deposit { payer, ticket: deposit },
		};
		Emergencies::<T>::insert(id, emergency);
		Latest::<T>::insert(&who, &subject, id);
		let action = AuditAction::EmergencyDeclared { emergency: id, record };
		T::Audit::append(&subject, &who, action);
		Self::deposit_event(Event::EmergencyDeclared { emergency: id, subject, record });
		Ok(())
	}

	pub(crate) fn do_confirm(who: T::AccountId, id: EmergencyId) -> Result<(), Error<T>> {
		let now = Self::now();
		Self::ensure_clinician(&who, now)?;
		let mut emergency = Self::ensure_declared(&id, now)?;
		let is_another = who != emergency.clinician && who != emergency.subject;
		ensure!(is_another, Error::<T>::NotAuthorized);
		let is_suspended = Conducts::<T>::get(&who).suspended_since.is_some();
		ensure!(!is_suspended, Error::<T>::Suspended);

		emergency.second = Some(who.clone());
		Self::unseal(&who, id, emergency, now)
	}

	pub(crate) fn do_open_emergency(who: T::AccountId, id: EmergencyId) -> Result<(), Error<T>> {
		let now = Self::now();
		let emergency = Self::ensure_declared(&id, now)?;
		ensure!(emergency.clinician == who, Error::<T>::NotAuthorized);
		let openable_at = emergency.declared_at.saturating_add(T::EmergencyDelay::get());
		ensure!(now >= openable_at, Error::<T>::NotYetOpenable);

		Self::unseal(&who, id, emergency, now)
	}

	/// Issues the ticket of an emergency, or says why not.
	fn unseal(
		who: &T::AccountId,
		id: EmergencyId,
		mut emergency: EmergencyOf<T>,
		now: Moment,
	) -> Result<(), Error<T>> {
		let (clinician, subject) = (emergency.clinician.clone(), emergency.subject.clone());
		let record = emergency.record;
		let mut conduct = Conducts::<T>::get(&clinician);
		let record_version = match Self::permit(&clinician, &subject, &record, &conduct, now) {
			Ok(version) => version,
			Err(refusal) => {
				Self::refuse(id, who, subject, record, refusal);
				return Ok(());
			},
		};
		Self::ensure_reviewed(&conduct)?;
		let ticket = TicketId::derive_for_emergency(&id, &record, emergency.ephemeral_key.public());
		ensure!(!Tickets::<T>::contains_key(ticket), Error::<T>::AlreadyExists);

		let (expires_at, kept_until) = Self::term(now, T::MaxEmergencyDuration::get());
		let issued = Ticket {
			basis: Basis::Emergency { emergency: id },
			record,
			record_version,
			grantee: clinician.clone(),
			subject: subject.clone(),
			request: emergency.reason.into(),
			ephemeral_key: emergency.ephemeral_key.clone(),
			opened_at: now,
			expires_at,
			kept_until,
			delivered_at: None,
			disputed_at: None,
		};
		Tickets::<T>::insert(ticket, issued);
		emergency.state = EmergencyState::Opened(Opening {
			ticket,
			at: now,
			review_due: now.saturating_add(T::ReviewDeadline::get()),
			escalation: Escalation::NotYet,
		});
		Emergencies::<T>::insert(id, emergency);
		conduct.unreviewed = conduct.unreviewed.saturating_add(1);
		Conducts::<T>::insert(&clinician, conduct);
		let action = AuditAction::EmergencyOpened { emergency: id, record, ticket };
		T::Audit::append(&subject, who, action);
		Self::deposit_event(Event::EmergencyOpened { emergency: id, ticket, record });
		Ok(())
	}

	pub(crate) fn do_object(subject: &T::AccountId, id: EmergencyId) -> Result<(), Error<T>> {
		let mut emergency = Emergencies::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(emergency.subject == *subject, Error::<T>::NotAuthorized);
		match emergency.state {
			EmergencyState::Declared => {
				ensure!(Self::now() < Self::lapses_at(&emergency), Error::<T>::Expired);
				emergency.state = EmergencyState::Objected;
				Emergencies::<T>::insert(id, emergency);
				Ok(())
			},
			EmergencyState::Objected => Err(Error::<T>::InvalidState),
			// What was read stays to be reviewed.
			EmergencyState::Opened(Opening { ticket, .. })
			| EmergencyState::Reviewed { ticket, .. } => {
				let stored = Tickets::<T>::get(ticket).ok_or(Error::<T>::Expired)?;
				Self::end(&ticket, stored)
			},
		}
	}

	pub(crate) fn do_prune(id: &EmergencyId) -> DispatchResult {
		let emergency = Emergencies::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		let is_prunable = match emergency.state {
			EmergencyState::Declared | EmergencyState::Objected => {
				let kept_until =
					Self::lapses_at(&emergency).saturating_add(T::TicketRetention::get());
				Self::now() >= kept_until
			},
			EmergencyState::Opened(_) => false,
			EmergencyState::Reviewed { ticket, .. } => !Tickets::<T>::contains_key(ticket),
		};
		ensure!(is_prunable, Error::<T>::NotYetPrunable);

		Emergencies::<T>::remove(id);
		Latest::<T>::mutate_exists(&emergency.clinician, &emergency.subject, |latest| {
			latest.take_if(|latest| latest == id);
		});
		let Deposit { payer, ticket } = emergency.deposit;
		ticket.drop(&payer)
	}

	/// That one is a clinician in good standing.
	fn ensure_clinician(who: &T::AccountId, now: Moment) -> Result<(), Error<T>> {
		let is_clinician = T::Participants::role(who) == Some(Role::Clinician)
			&& T::Participants::is_in_good_standing(who, now);
		ensure!(is_clinician, Error::<T>::NotAuthorized);
		Ok(())
	}

	/// That not too much of hers waits for its review.
	fn ensure_reviewed(conduct: &Conduct) -> Result<(), Error<T>> {
		let has_room = conduct.unreviewed < T::MaxUnreviewed::get();
		ensure!(has_room, Error::<T>::MaxUnreviewedExceeded);
		Ok(())
	}

	/// An emergency that can be opened.
	fn ensure_declared(id: &EmergencyId, now: Moment) -> Result<EmergencyOf<T>, Error<T>> {
		let emergency = Emergencies::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(emergency.state == EmergencyState::Declared, Error::<T>::InvalidState);
		ensure!(now < Self::lapses_at(&emergency), Error::<T>::Expired);
		Ok(emergency)
	}

	/// Why a clinician must not read the record without a consent, or the record's version when she
	/// may.
	fn permit(
		clinician: &T::AccountId,
		subject: &T::AccountId,
		record: &RecordId,
		conduct: &Conduct,
		now: Moment,
	) -> Result<u32, Refusal> {
		let record_version = Self::openable(subject, record)?;
		let is_clinician = Self::ensure_clinician(clinician, now).is_ok();
		ensure!(is_clinician, Refusal::CredentialMissing);
		ensure!(conduct.suspended_since.is_none(), Refusal::EmergencySuspended);
		ensure!(!T::Denials::refuses_emergencies(subject), Refusal::EmergencyOptedOut);
		Ok(record_version)
	}

	fn refuse(
		emergency: EmergencyId,
		who: &T::AccountId,
		subject: T::AccountId,
		record: RecordId,
		refusal: Refusal,
	) {
		T::Audit::append(&subject, who, AuditAction::EmergencyRefused { record, refusal });
		Self::deposit_event(Event::EmergencyRefused { emergency, subject, record, refusal });
	}

	/// The first moment in which an emergency that nobody opened cannot be opened any more.
	pub(crate) fn lapses_at(emergency: &EmergencyOf<T>) -> Moment {
		emergency.declared_at.saturating_add(T::EmergencyLifetime::get())
	}

	/// Whether nothing is open in an emergency, and nothing will be.
	fn is_over(emergency: &EmergencyOf<T>, now: Moment) -> bool {
		match emergency.state {
			EmergencyState::Declared => now >= Self::lapses_at(emergency),
			EmergencyState::Objected => true,
			EmergencyState::Opened(Opening { ticket, .. })
			| EmergencyState::Reviewed { ticket, .. } => {
				Tickets::<T>::get(ticket).is_none_or(|ticket| now >= ticket.expires_at)
			},
		}
	}

	/// What an emergency occupies, its index included.
	pub(crate) fn footprint() -> Footprint {
		let account = T::AccountId::max_encoded_len();
		let bytes = EmergencyOf::<T>::max_encoded_len()
			.saturating_add(account.saturating_mul(2))
			.saturating_add(EmergencyId::max_encoded_len().saturating_mul(2));
		Footprint::from_parts(1, bytes)
	}
}
