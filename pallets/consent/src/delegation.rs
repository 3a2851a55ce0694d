// SPDX-License-Identifier: Apache-2.0
//! Delegation: parts of consents, and what they owe to those that they are parts of.

use crate::*;

impl<T: Config> Pallet<T> {
	/// How many delegations may lie between a subject's own consent and a part of it.
	pub(crate) fn max_depth(is_public: bool) -> u8 {
		if is_public {
			T::MaxPublicDepth::get()
		} else {
			T::MaxDepth::get()
		}
	}

	/// The consents that this one is a part of, the nearest first; nothing when one of them is gone.
	pub(crate) fn ancestors_of(consent: &ConsentOf<T>) -> Option<Vec<(ConsentId, ConsentOf<T>)>> {
		let mut ancestors = Vec::new();
		let mut next = consent.parent;
		for _ in 0..T::MaxDepth::get() {
			let Some(id) = next else { break };
			let ancestor = Consents::<T>::get(id)?;
			next = ancestor.parent;
			ancestors.push((id, ancestor));
		}
		next.is_none().then_some(ancestors)
	}

	/// Whether a consent holds at `now`, all that it depends on included.
	pub(crate) fn status_of(consent: &ConsentOf<T>, now: Moment) -> Status {
		Self::ancestors_of(consent)
			.map_or(Status::Revoked, |ancestors| Self::status_under(consent, &ancestors, now))
	}

	/// Whether a consent with these ancestors holds at `now`.
	pub(crate) fn status_under(
		consent: &ConsentOf<T>,
		ancestors: &[(ConsentId, ConsentOf<T>)],
		now: Moment,
	) -> Status {
		let own = if Self::stands_by_rule(consent) { consent.status(now) } else { Status::Revoked };
		ancestors.iter().map(|(_, ancestor)| ancestor.status_for_children(now)).fold(own, Ord::min)
	}

	/// Whoever passed on this part of her consent.
	pub(crate) fn delegator(consent: &ConsentOf<T>) -> Option<T::AccountId> {
		let parent = Consents::<T>::get(consent.parent?)?;
		parent.grantee.account().cloned()
	}

	/// Passes on a part of `who`'s consent and returns the subject and the identifier.
	pub(crate) fn do_delegate(
		who: &T::AccountId,
		parent: ConsentId,
		salt: &[u8; 32],
		draft: Draft<T::AccountId>,
	) -> Result<(T::AccountId, ConsentId), DispatchError> {
		let now = Self::now();
		let mut stored = Consents::<T>::get(parent).ok_or(Error::<T>::NotFound)?;
		ensure!(stored.grantee.account() == Some(who), Error::<T>::NotAuthorized);
		ensure!(T::Participants::is_in_good_standing(who, now), Error::<T>::CredentialMissing);
		match Self::status_of(&stored, now) {
			Status::Revoked => return Err(Error::<T>::AlreadyRevoked.into()),
			Status::Expired => return Err(Error::<T>::Expired.into()),
			Status::NotYetValid | Status::Spent | Status::Active => {},
		}
		ensure!(draft.delegations < stored.delegations, Error::<T>::MaxDepthExceeded);
		let most = Self::max_depth(stored.is_public());
		let depth = stored.depth.checked_add(1).filter(|depth| *depth <= most);
		let depth = depth.ok_or(Error::<T>::MaxDepthExceeded)?;
		let children =
			stored.children.checked_add(1).filter(|count| *count <= T::MaxChildren::get());
		let children = children.ok_or(Error::<T>::MaxChildrenExceeded)?;
		ensure!(draft.grantee.account() != Some(who), Error::<T>::SelfGrant);
		ensure!(draft.terms.is_public() == stored.is_public(), Error::<T>::TermsKindMismatch);
		let within =
			stored.window.from <= draft.window.from && draft.window.until <= stored.window.until;
		ensure!(within, Error::<T>::WindowExceeded);
		Self::ensure_draft(&stored.subject, &draft)?;
		let uses_left = stored.uses_left.checked_sub(draft.uses);
		let uses_left = uses_left.ok_or(Error::<T>::UsesOutOfRange)?;
		let id = ConsentId::derive(who, salt);
		ensure!(!Consents::<T>::contains_key(id), Error::<T>::AlreadyExists);

		let subject = stored.subject.clone();
		Self::insert(id, who, &subject, draft, Basis::Delegated, Some((parent, depth)))?;
		stored.uses_left = uses_left;
		stored.children = children;
		Consents::<T>::insert(parent, stored);
		Ok((subject, id))
	}
}
