// SPDX-License-Identifier: Apache-2.0
//! Requests: what others ask a subject for, and her answers.

use crate::*;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_request(
		who: &T::AccountId,
		subject: &T::AccountId,
		salt: &[u8; 32],
		terms: SealedTerms,
		window: Window,
		uses: u32,
	) -> Result<ConsentId, DispatchError> {
		let now = Self::now();
		Self::ensure_verified(who, now)?;
		ensure!(subject != who, Error::<T>::SelfGrant);
		ensure!(T::Participants::role(subject).is_some(), Error::<T>::SubjectNotRegistered);
		Self::ensure_window(&window, T::MaxDuration::get())?;
		Self::ensure_uses(uses, T::MaxUses::get())?;
		let SealedTerms { commitment, envelope } = &terms;
		let consent =
			ConsentId::derive_requested(who, subject, salt, commitment, envelope, &window, uses);
		ensure!(!Consents::<T>::contains_key(consent), Error::<T>::AlreadyExists);
		let previous = Requests::<T>::get(subject, who);
		let is_over = previous.as_ref().is_none_or(|open| now >= open.expires_at);
		ensure!(is_over, Error::<T>::AlreadyRequested);

		let request = ConsentRequest {
			consent,
			terms,
			window,
			uses,
			requested_at: now,
			expires_at: now.saturating_add(T::RequestLifetime::get()),
			deposit: Self::deposit_of(who, Self::request_footprint())?,
		};
		Requests::<T>::insert(subject, who, request);
		previous.map_or(Ok(()), |previous| Self::give_deposit_back(previous.deposit))?;
		Ok(consent)
	}

	pub(crate) fn do_approve(
		acting: &Acting<T::AccountId>,
		requester: &T::AccountId,
		consent: ConsentId,
	) -> DispatchResult {
		let Acting { subject, actor } = acting;
		let request = Self::ensure_request(subject, requester, &consent)?;
		ensure!(T::Participants::role(subject).is_some(), Error::<T>::NotRegistered);
		ensure!(Self::now() < request.expires_at, Error::<T>::Expired);
		let draft = Draft {
			grantee: Grantee::Account(requester.clone()),
			terms: request.terms.into(),
			window: request.window,
			uses: request.uses,
			delegations: 0,
		};
		Self::ensure_draft(subject, &draft)?;

		Self::insert(consent, actor, subject, draft, Basis::Requested, None)?;
		Requests::<T>::remove(subject, requester);
		Self::give_deposit_back(request.deposit)
	}

	pub(crate) fn do_decline(
		subject: &T::AccountId,
		requester: &T::AccountId,
		consent: &ConsentId,
	) -> DispatchResult {
		let request = Self::ensure_request(subject, requester, consent)?;

		Requests::<T>::remove(subject, requester);
		Self::give_deposit_back(request.deposit)
	}

	/// Removes a request and returns the consent that it would have been.
	pub(crate) fn do_withdraw_request(
		who: &T::AccountId,
		subject: &T::AccountId,
		requester: &T::AccountId,
	) -> Result<ConsentId, DispatchError> {
		let request = Requests::<T>::get(subject, requester).ok_or(Error::<T>::NotFound)?;
		let may = who == requester || Self::now() >= request.expires_at;
		ensure!(may, Error::<T>::NotAuthorized);

		Requests::<T>::remove(subject, requester);
		Self::give_deposit_back(request.deposit)?;
		Ok(request.consent)
	}

	/// The open request, when it is the one that the subject saw.
	fn ensure_request(
		subject: &T::AccountId,
		requester: &T::AccountId,
		consent: &ConsentId,
	) -> Result<ConsentRequestOf<T>, Error<T>> {
		let request = Requests::<T>::get(subject, requester).ok_or(Error::<T>::NotFound)?;
		ensure!(request.consent == *consent, Error::<T>::RequestMismatch);
		Ok(request)
	}
}
