// SPDX-License-Identifier: Apache-2.0
//! What other pallets ask about consents.

use crate::*;

/// What the chain itself decides over the terms of one consent.
fn decide_terms<T: Config>(
	id: &ConsentId,
	consent: &ConsentOf<T>,
	request: Option<&Request>,
	now: Moment,
) -> Outcome {
	match (&consent.terms, request) {
		(Scope::Sealed { .. }, None) => Outcome::Permit,
		(Scope::Public, Some(request)) => {
			let is_first = consent.parent.is_none();
			if is_first && !consent.retrospective && !is_since(consent.granted_at, request) {
				return Outcome::Deny;
			}
			PublicTerms::<T>::get(id)
				.map_or(Outcome::Deny, |terms| decide(&terms, request, now).outcome)
		},
		// A request of the wrong kind cannot be held against the terms.
		(Scope::Sealed { .. }, Some(_)) | (Scope::Public, None) => Outcome::Deny,
	}
}

/// Whether all that is asked for was recorded on the day of `granted_at` or later.
fn is_since(granted_at: Moment, request: &Request) -> bool {
	DateWindow { from: Some(Day::of(granted_at)), until: None }.covers(&request.data)
}

impl<T: Config> Pallet<T> {
	/// What the consent says now.
	pub(crate) fn receipt_of(id: ConsentId) -> Option<ConsentReceipt<T::AccountId>> {
		let consent = Consents::<T>::get(id)?;
		let terms = match consent.terms {
			Scope::Sealed { commitment, .. } => TermsDigest::Sealed(commitment),
			Scope::Public => TermsDigest::Public(PublicTerms::<T>::get(id)?.blake2_256()),
		};
		let deny_root = DenyRoots::<T>::get(&consent.subject).map_or(0, |root| root.version);
		Some(ConsentReceipt {
			consent: id,
			version: consent.version,
			subject: consent.subject,
			grantee: consent.grantee,
			terms,
			window: consent.window,
			uses_left: consent.uses_left,
			basis: consent.basis,
			parent: consent.parent,
			retrospective: consent.retrospective,
			revoked: consent.state == State::Revoked,
			granted_at: consent.granted_at,
			deny_root,
			at: Self::now(),
		})
	}
}

impl<T: Config> ConsentBook<T::AccountId, Request> for Pallet<T> {
	fn parties(consent: &ConsentId) -> Option<ConsentParties<T::AccountId>> {
		Consents::<T>::get(consent)
			.map(|consent| ConsentParties { subject: consent.subject, grantee: consent.grantee })
	}

	fn depth(consent: &ConsentId) -> Option<u8> {
		Consents::<T>::get(consent).map(|consent| consent.depth)
	}

	fn redeem(id: &ConsentId, request: Option<&Request>, now: Moment) -> Result<u32, Refusal> {
		// There is no scope without a consent.
		let mut consent = Consents::<T>::get(id).ok_or(Refusal::ScopeMismatch)?;
		let ancestors = Self::ancestors_of(&consent).ok_or(Refusal::ConsentRevoked)?;
		if let Some(refusal) = Self::status_under(&consent, &ancestors, now).refusal() {
			return Err(refusal);
		}
		// Nothing on chain verifies the hierarchy of diseases.
		let request = request.map(|request| request.clone().without_ancestors());
		let over = ancestors.iter().map(|(id, ancestor)| (id, ancestor));
		let outcomes = core::iter::once((id, &consent))
			.chain(over)
			.map(|(id, consent)| decide_terms::<T>(id, consent, request.as_ref(), now));
		match outcomes.max() {
			Some(Outcome::Permit) => {},
			Some(Outcome::Abstain) => return Err(Refusal::Undecided),
			Some(Outcome::Deny) | None => return Err(Refusal::ScopeMismatch),
		}
		let version = consent.version;
		consent.uses_left = consent.uses_left.checked_sub(1).ok_or(Refusal::ConsentSpent)?;
		Consents::<T>::insert(id, consent);
		Ok(version)
	}

	fn give_back(id: &ConsentId) {
		let Some(mut consent) = Consents::<T>::get(id) else { return };
		if consent.state == State::Revoked {
			return;
		}
		consent.uses_left = consent.uses_left.saturating_add(1).min(T::MaxUses::get());
		Consents::<T>::insert(id, consent);
	}

	fn has_public_terms(consent: &ConsentId) -> Option<bool> {
		Consents::<T>::get(consent).map(|consent| consent.is_public())
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn grant_for_benchmark(
		subject: &T::AccountId,
		grantee: &T::AccountId,
		now: Moment,
	) -> ConsentId {
		benchmarking::grant::<T>(subject, grantee, benchmarking::sealed(), now)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn grant_public_for_benchmark(
		subject: &T::AccountId,
		grantee: &T::AccountId,
		now: Moment,
	) -> (ConsentId, Request) {
		let (terms, request) = benchmarking::public(benchmarking::window::<T>(now));
		(benchmarking::grant::<T>(subject, grantee, terms, now), request)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn delegate_for_benchmark(
		subject: &T::AccountId,
		grantee: &T::AccountId,
		public: bool,
		now: Moment,
	) -> (ConsentId, Option<Request>) {
		let (terms, request) = benchmarking::public(benchmarking::window::<T>(now));
		let terms = if public { terms } else { benchmarking::sealed() };
		let levels = Self::max_depth(public);
		let consent = benchmarking::delegate::<T>(subject, grantee, terms, levels, now);
		(consent, public.then_some(request))
	}
}

impl<T: Config> ConsentStanding for Pallet<T> {
	fn holds(consent: &ConsentId, now: Moment) -> bool {
		Consents::<T>::get(consent)
			.is_some_and(|consent| Self::status_of(&consent, now) == Status::Active)
	}
}

impl<T: Config> Revocations for Pallet<T> {
	fn revoked_version(consent: &ConsentId) -> Option<u32> {
		Consents::<T>::get(consent)
			.filter(|consent| consent.state == State::Revoked)
			.map(|consent| consent.version)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn revoke_for_benchmark() -> (ConsentId, u32) {
		benchmarking::revoke::<T>()
	}
}
