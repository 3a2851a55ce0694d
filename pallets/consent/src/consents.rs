// SPDX-License-Identifier: Apache-2.0
//! A consent's life: granting, changing, revoking, removing.

use crate::*;

/// What whoever makes a consent chooses.
#[derive(Debug)]
pub(crate) struct Draft<AccountId> {
	pub(crate) grantee: Grantee<AccountId>,
	pub(crate) terms: Terms,
	pub(crate) window: Window,
	pub(crate) uses: u32,
	pub(crate) delegations: u8,
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_grant(
		acting: &Acting<T::AccountId>,
		salt: &[u8; 32],
		draft: Draft<T::AccountId>,
	) -> Result<ConsentId, DispatchError> {
		let Acting { subject, actor } = acting;
		ensure!(T::Participants::role(subject).is_some(), Error::<T>::NotRegistered);
		let most = Self::max_depth(draft.terms.is_public());
		ensure!(draft.delegations <= most, Error::<T>::MaxDepthExceeded);
		Self::ensure_draft(subject, &draft)?;
		let id = ConsentId::derive(subject, salt);
		ensure!(!Consents::<T>::contains_key(id), Error::<T>::AlreadyExists);

		Self::insert(id, actor, subject, draft, Basis::Granted, None)?;
		Ok(id)
	}

	/// Changes a consent and returns its new version.
	pub(crate) fn do_amend(
		subject: &T::AccountId,
		id: ConsentId,
		expected_version: u32,
		terms: Terms,
		window: Window,
		uses: u32,
	) -> Result<u32, DispatchError> {
		let mut stored = Self::ensure_own(subject, &id, expected_version)?;
		Self::ensure_window(&window, T::MaxDuration::get())?;
		Self::ensure_uses(uses, T::MaxUses::get())?;
		Self::ensure_terms(&terms, &window)?;
		if terms.is_public() != stored.is_public() {
			ensure!(stored.grantee.account().is_some(), Error::<T>::InvalidGrantee);
			// Parts are of one kind with the whole, and rules are about sealed terms.
			let by_rule = matches!(stored.basis, Basis::StandingRule { .. });
			ensure!(stored.children == 0 && !by_rule, Error::<T>::TermsKindMismatch);
		}

		let (scope, public) = terms.split();
		let Deposit { payer, ticket } = stored.deposit;
		let ticket = ticket.update(&payer, Self::footprint(public.as_ref()))?;
		stored.deposit = Deposit { payer, ticket };
		stored.terms = scope;
		stored.window = window;
		stored.uses_left = uses;
		// She opted in to other terms.
		stored.retrospective = false;
		PublicTerms::<T>::set(id, public);
		Ok(Self::raise_version(id, stored))
	}

	/// Gives a consent another end and other uses, and returns its new version.
	pub(crate) fn do_renew(
		subject: &T::AccountId,
		id: ConsentId,
		expected_version: u32,
		until: Moment,
		uses: u32,
	) -> Result<u32, DispatchError> {
		let mut stored = Self::ensure_own(subject, &id, expected_version)?;
		let window = Window { from: stored.window.from, until };
		Self::ensure_window(&window, T::MaxDuration::get())?;
		Self::ensure_uses(uses, T::MaxUses::get())?;

		stored.window = window;
		stored.uses_left = uses;
		if stored.is_public() {
			PublicTerms::<T>::mutate_extant(id, |terms| terms.act = window);
		}
		Ok(Self::raise_version(id, stored))
	}

	/// Lets public terms reach what was recorded before the grant, and returns the new version.
	pub(crate) fn do_opt_in(
		subject: &T::AccountId,
		id: ConsentId,
		expected_version: u32,
	) -> Result<u32, Error<T>> {
		let mut stored = Self::ensure_own(subject, &id, expected_version)?;
		ensure!(stored.is_public(), Error::<T>::TermsKindMismatch);
		ensure!(!stored.retrospective, Error::<T>::AlreadyRetrospective);

		stored.retrospective = true;
		Ok(Self::raise_version(id, stored))
	}

	/// Revokes a consent and returns its subject and its new version.
	pub(crate) fn do_revoke(
		who: &T::AccountId,
		id: ConsentId,
	) -> Result<(T::AccountId, u32), Error<T>> {
		let mut stored = Consents::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		let may = stored.subject == *who || Self::delegator(&stored).as_ref() == Some(who);
		ensure!(may, Error::<T>::NotAuthorized);
		ensure!(stored.state == State::Active, Error::<T>::AlreadyRevoked);

		stored.state = State::Revoked;
		let subject = stored.subject.clone();
		Ok((subject, Self::raise_version(id, stored)))
	}

	pub(crate) fn do_prune(id: ConsentId) -> DispatchResult {
		let stored = Consents::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(stored.children == 0, Error::<T>::HasDelegations);
		ensure!(Self::is_prunable(&stored, Self::now()), Error::<T>::NotYetPrunable);

		Consents::<T>::remove(id);
		PublicTerms::<T>::remove(id);
		BySubject::<T>::remove(&stored.subject, id);
		match &stored.grantee {
			Grantee::Account(account) => {
				ByGrantee::<T>::remove(account, id);
				if Claims::<T>::get(&stored.subject, account) == Some(id) {
					Claims::<T>::remove(&stored.subject, account);
				}
			},
			Grantee::Role(role) => ByRole::<T>::remove(role, id),
		}
		if let Some(parent) = stored.parent {
			Consents::<T>::mutate_extant(parent, |parent| {
				parent.children = parent.children.saturating_sub(1);
			});
		}
		Self::give_deposit_back(stored.deposit)
	}

	/// Whether a consent, or one that it is a part of, ended so long ago that nobody looks it up; or
	/// it is a part of one that was revoked.
	fn is_prunable(consent: &ConsentOf<T>, now: Moment) -> bool {
		let is_over = |consent: &ConsentOf<T>| {
			now >= consent.window.until.saturating_add(T::Retention::get())
		};
		is_over(consent)
			|| Self::ancestors_of(consent).is_none_or(|ancestors| {
				let mut ancestors = ancestors.iter();
				ancestors.any(|(_, over)| over.state == State::Revoked || is_over(over))
			})
	}

	/// A consent that the subject may change: her own, not a part of another, and not revoked.
	fn ensure_own(
		subject: &T::AccountId,
		id: &ConsentId,
		expected_version: u32,
	) -> Result<ConsentOf<T>, Error<T>> {
		let stored = Consents::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(stored.subject == *subject, Error::<T>::NotAuthorized);
		ensure!(stored.parent.is_none(), Error::<T>::Delegated);
		ensure!(stored.state == State::Active, Error::<T>::AlreadyRevoked);
		ensure!(stored.version == expected_version, Error::<T>::VersionMismatch);
		Ok(stored)
	}

	/// Stores a changed consent under its next version, which is returned.
	fn raise_version(id: ConsentId, mut consent: ConsentOf<T>) -> u32 {
		let version = consent.version.saturating_add(1);
		consent.version = version;
		Consents::<T>::insert(id, consent);
		version
	}

	/// Whether a consent to the subject's data may be made like this.
	pub(crate) fn ensure_draft(
		subject: &T::AccountId,
		draft: &Draft<T::AccountId>,
	) -> Result<(), Error<T>> {
		match &draft.grantee {
			Grantee::Account(grantee) => {
				ensure!(subject != grantee, Error::<T>::SelfGrant);
				let takes_part = T::Participants::role(grantee).is_some();
				ensure!(takes_part, Error::<T>::GranteeNotRegistered);
			},
			Grantee::Role(role) => {
				let fits = draft.terms.is_public() && role.needs_credential();
				ensure!(fits && draft.delegations == 0, Error::<T>::InvalidGrantee);
			},
		}
		Self::ensure_window(&draft.window, T::MaxDuration::get())?;
		Self::ensure_uses(draft.uses, T::MaxUses::get())?;
		Self::ensure_terms(&draft.terms, &draft.window)
	}

	/// Takes the deposit for what `actor` makes, and stores it. `parent` comes with the depth of
	/// the new consent.
	pub(crate) fn insert(
		id: ConsentId,
		actor: &T::AccountId,
		subject: &T::AccountId,
		draft: Draft<T::AccountId>,
		basis: Basis,
		parent: Option<(ConsentId, u8)>,
	) -> DispatchResult {
		let (scope, public) = draft.terms.split();
		let deposit = Self::deposit_of(actor, Self::footprint(public.as_ref()))?;
		BySubject::<T>::insert(subject, id, ());
		match &draft.grantee {
			Grantee::Account(account) => ByGrantee::<T>::insert(account, id, ()),
			Grantee::Role(role) => ByRole::<T>::insert(role, id, ()),
		}
		PublicTerms::<T>::set(id, public);
		let consent = Consent {
			subject: subject.clone(),
			grantee: draft.grantee,
			terms: scope,
			window: draft.window,
			uses_left: draft.uses,
			state: State::Active,
			version: 1,
			granted_at: Self::now(),
			parent: parent.map(|(parent, _)| parent),
			depth: parent.map_or(0, |(_, depth)| depth),
			delegations: draft.delegations,
			children: 0,
			retrospective: false,
			basis,
			deposit,
		};
		Consents::<T>::insert(id, consent);
		Ok(())
	}
}
