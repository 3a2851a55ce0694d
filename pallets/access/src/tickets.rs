// SPDX-License-Identifier: Apache-2.0
//! Tickets: how they are issued, what custodians and the market know of them, and how they end.

use crate::*;
use frame_support::sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_open(
		who: T::AccountId,
		consent: ConsentId,
		record: RecordId,
		request: AccessRequest,
		ephemeral_key: EncryptionKey,
	) -> Result<(), Error<T>> {
		let now = Self::now();
		let parties = T::Consents::parties(&consent).ok_or(Error::<T>::NotFound)?;
		let in_good_standing = T::Participants::is_in_good_standing(&who, now);
		// A role names only those of it who are in good standing.
		let is_named = parties.grantee.names(&who, T::Participants::role(&who))
			&& (in_good_standing || parties.grantee.account().is_some());
		ensure!(is_named, Error::<T>::NotAuthorized);
		ensure!(
			T::Consents::has_public_terms(&consent) == Some(request.public().is_some()),
			Error::<T>::RequestKindMismatch
		);
		let id = TicketId::derive(&consent, &record, ephemeral_key.public());
		ensure!(!Tickets::<T>::contains_key(id), Error::<T>::AlreadyExists);

		let subject = parties.subject;
		match Self::redeem(&subject, in_good_standing, &consent, &record, &request, now) {
			Ok((version, record_version)) => {
				let (expires_at, kept_until) = Self::term(now, T::TicketLifetime::get());
				let ticket = Ticket {
					basis: Basis::Consent { consent, version },
					record,
					record_version,
					grantee: who.clone(),
					subject: subject.clone(),
					request: Self::keep(id, request),
					ephemeral_key,
					opened_at: now,
					expires_at,
					kept_until,
					delivered_at: None,
					disputed_at: None,
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

	/// Spends a use for the record and returns the versions of the consent and of the record, or
	/// says why not. The consent comes last: nothing is spent on what is refused for another reason.
	fn redeem(
		subject: &T::AccountId,
		in_good_standing: bool,
		consent: &ConsentId,
		record: &RecordId,
		request: &AccessRequest,
		now: Moment,
	) -> Result<(u32, u32), Refusal> {
		let record_version = Self::openable(subject, record)?;
		ensure!(in_good_standing, Refusal::CredentialMissing);
		let version = T::Consents::redeem(consent, request.public(), now)?;
		Ok((version, record_version))
	}

	/// The current version of a record, when it is the subject's and may be opened.
	pub(crate) fn openable(subject: &T::AccountId, record: &RecordId) -> Result<u32, Refusal> {
		let owner = T::Records::owner(record);
		ensure!(owner.as_ref() == Some(subject), Refusal::RecordMismatch);
		ensure!(T::Records::is_live(record), Refusal::RecordRetired);
		T::Records::version(record).ok_or(Refusal::RecordRetired)
	}

	/// When a ticket that is issued now expires, and until when it is kept.
	pub(crate) fn term(now: Moment, lifetime: Moment) -> (Moment, Moment) {
		let expires_at = now.saturating_add(lifetime);
		(expires_at, expires_at.saturating_add(T::TicketRetention::get()))
	}

	/// Keeps a public request beside its ticket.
	fn keep(id: TicketId, request: AccessRequest) -> RequestRef {
		match request {
			AccessRequest::Sealed { commitment, envelope } => {
				RequestRef::Sealed { commitment, envelope }
			},
			AccessRequest::Public(request) => {
				Requests::<T>::insert(id, request);
				RequestRef::Public
			},
		}
	}

	pub(crate) fn do_close(id: &TicketId) -> Result<(), Error<T>> {
		let ticket = Tickets::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(Self::now() >= ticket.kept_until, Error::<T>::NotYetClosable);
		// What was attested about it must not be taken for what is attested about another one that
		// is opened with the same key.
		let is_attested =
			T::Deliveries::release_started(id) || T::Deliveries::non_release_attested(id);
		ensure!(!is_attested, Error::<T>::AnswersKept);

		Tickets::<T>::remove(id);
		if ticket.request == RequestRef::Public {
			Requests::<T>::remove(id);
		}
		Ok(())
	}

	pub(crate) fn do_renounce(who: &T::AccountId, id: &TicketId) -> Result<(), Error<T>> {
		let ticket = Tickets::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(ticket.grantee == *who, Error::<T>::NotAuthorized);
		Self::end(id, ticket)
	}

	/// Ends a ticket that is not over.
	pub(crate) fn end(id: &TicketId, mut ticket: TicketOf<T>) -> Result<(), Error<T>> {
		let now = Self::now();
		ensure!(now < ticket.expires_at, Error::<T>::Expired);
		ticket.end(now);
		Tickets::<T>::insert(id, ticket);
		Ok(())
	}

	/// What custodians have to know of a ticket.
	pub(crate) fn facts(ticket: &TicketOf<T>) -> TicketFacts<T::AccountId> {
		let consent = match ticket.basis {
			Basis::Consent { consent, .. } => Some(consent),
			Basis::Sale { .. } | Basis::Emergency { .. } => None,
		};
		TicketFacts {
			grantee: ticket.grantee.clone(),
			subject: ticket.subject.clone(),
			consent,
			record: ticket.record,
			record_version: ticket.record_version,
			opened_at: ticket.opened_at,
			expires_at: ticket.expires_at,
		}
	}
}

impl<T: Config> TicketBook<T::AccountId> for Pallet<T> {
	fn ticket(id: &TicketId) -> Option<TicketFacts<T::AccountId>> {
		Tickets::<T>::get(id).map(|ticket| Self::facts(&ticket))
	}

	fn refused(id: &TicketId) {
		let Some(mut ticket) = Tickets::<T>::get(id) else { return };
		let (subject, grantee) = (ticket.subject.clone(), ticket.grantee.clone());
		if let Basis::Consent { consent, .. } = ticket.basis {
			T::Consents::give_back(&consent);
		}
		ticket.end(Self::now());
		Tickets::<T>::insert(id, ticket);
		T::Audit::append(&subject, &grantee, AuditAction::AccessNotReleased { ticket: *id });
		Self::deposit_event(Event::NotReleased { ticket: *id });
	}

	fn delivered(id: &TicketId, at: Moment) {
		let Some(mut ticket) = Tickets::<T>::get(id) else { return };
		let (subject, grantee) = (ticket.subject.clone(), ticket.grantee.clone());
		ticket.delivered_at = Some(at);
		Tickets::<T>::insert(id, ticket);
		T::Audit::append(&subject, &grantee, AuditAction::AccessDelivered { ticket: *id });
		Self::deposit_event(Event::Delivered { ticket: *id });
	}

	fn stopped(id: &TicketId) {
		let Some(ticket) = Tickets::<T>::get(id) else { return };
		let stopped = AuditAction::AccessStopped { ticket: *id };
		T::Audit::append(&ticket.subject, &ticket.grantee, stopped);
		Self::deposit_event(Event::Stopped { ticket: *id });
	}

	fn expired(now: Moment) -> impl Iterator<Item = TicketId> {
		Tickets::<T>::iter().filter(move |(_, ticket)| now >= ticket.expires_at).map(|(id, _)| id)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn open_for_benchmark(record: &RecordId, version: u32) -> TicketId {
		benchmarking::issue::<T>(record, version)
	}
}

impl<T: Config> SaleTickets<T::AccountId> for Pallet<T> {
	type Error = DispatchError;

	fn lifetime() -> Moment {
		T::SaleTicketLifetime::get()
	}

	fn issue(
		sale: &SaleId,
		buyer: &T::AccountId,
		record: &RecordId,
		request: SealedRequest,
		ephemeral_key: EncryptionKey,
		now: Moment,
	) -> Result<TicketId, DispatchError> {
		let id = TicketId::derive_for_sale(sale, record, ephemeral_key.public());
		ensure!(!Tickets::<T>::contains_key(id), Error::<T>::AlreadyExists);
		let subject = T::Records::owner(record).ok_or(Error::<T>::NotFound)?;
		let record_version =
			Self::openable(&subject, record).map_err(|_| Error::<T>::RecordRetired)?;
		let in_good_standing = T::Participants::is_in_good_standing(buyer, now);
		ensure!(in_good_standing, Error::<T>::CredentialMissing);

		let (expires_at, kept_until) = Self::term(now, T::SaleTicketLifetime::get());
		let ticket = Ticket {
			basis: Basis::Sale { sale: *sale },
			record: *record,
			record_version,
			grantee: buyer.clone(),
			subject: subject.clone(),
			request: request.into(),
			ephemeral_key,
			opened_at: now,
			expires_at,
			kept_until,
			delivered_at: None,
			disputed_at: None,
		};
		Tickets::<T>::insert(id, ticket);
		let action = AuditAction::SaleOpened { sale: *sale, record: *record, ticket: id };
		T::Audit::append(&subject, buyer, action);
		Self::deposit_event(Event::SaleOpened { ticket: id, sale: *sale, record: *record });
		Ok(id)
	}

	fn deadline(ticket: &TicketId) -> Option<Moment> {
		Tickets::<T>::get(ticket).map(|ticket| ticket.expires_at)
	}
}
