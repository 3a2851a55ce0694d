// SPDX-License-Identifier: Apache-2.0
//! What a subject refuses or approves as a rule, and the consents claimed under it.

use crate::*;

impl<T: Config> Pallet<T> {
	/// Changes the subject's deny root and returns its new version.
	pub(crate) fn do_set_deny_root(
		acting: &Acting<T::AccountId>,
		expected_version: u32,
		root: Commitment,
		opening: ContentId,
		standing_rules: bool,
		no_emergency: bool,
	) -> Result<u32, DispatchError> {
		let Acting { subject, actor } = acting;
		ensure!(T::Participants::role(subject).is_some(), Error::<T>::NotRegistered);
		let previous = DenyRoots::<T>::get(subject);
		let (current, had_rules, since) = previous
			.as_ref()
			.map_or((0, false, 0), |root| (root.version, root.standing_rules, root.rules_since));
		ensure!(current == expected_version, Error::<T>::VersionMismatch);
		let version = expected_version.checked_add(1).ok_or(Error::<T>::VersionMismatch)?;

		let deposit = match previous {
			Some(previous) => previous.deposit,
			None => Self::deposit_of(actor, Self::deny_root_footprint())?,
		};
		let stored = DenyRoot {
			version,
			root,
			opening,
			standing_rules,
			rules_since: if standing_rules && !had_rules { version } else { since },
			no_emergency,
			changed_at: Self::now(),
			deposit,
		};
		DenyRoots::<T>::insert(subject, stored);
		Ok(version)
	}

	/// Makes the consent that the subject's standing rules give `who`.
	pub(crate) fn do_claim(
		who: &T::AccountId,
		subject: &T::AccountId,
		salt: &[u8; 32],
		terms: SealedTerms,
		window: Window,
		uses: u32,
	) -> Result<(ConsentId, Basis), DispatchError> {
		let now = Self::now();
		Self::ensure_verified(who, now)?;
		ensure!(subject != who, Error::<T>::SelfGrant);
		let rules = DenyRoots::<T>::get(subject).filter(|root| root.standing_rules);
		let version = rules.ok_or(Error::<T>::NoStandingRule)?.version;
		Self::ensure_window(&window, T::MaxStandingDuration::get())?;
		Self::ensure_uses(uses, T::MaxStandingUses::get())?;
		let draft = Draft {
			grantee: Grantee::Account(who.clone()),
			terms: terms.into(),
			window,
			uses,
			delegations: 0,
		};
		Self::ensure_draft(subject, &draft)?;
		let previous = Claims::<T>::get(subject, who).and_then(Consents::<T>::get);
		let is_live = previous.is_some_and(|claim| {
			matches!(Self::status_of(&claim, now), Status::NotYetValid | Status::Active)
		});
		ensure!(!is_live, Error::<T>::AlreadyClaimed);
		let id = ConsentId::derive(who, salt);
		ensure!(!Consents::<T>::contains_key(id), Error::<T>::AlreadyExists);

		let basis = Basis::StandingRule { version };
		Self::insert(id, who, subject, draft, basis, None)?;
		Claims::<T>::insert(subject, who, id);
		Ok((id, basis))
	}

	/// Whether the rule under which a consent was claimed was never switched off since. Other
	/// consents need no rule.
	pub(crate) fn stands_by_rule(consent: &ConsentOf<T>) -> bool {
		let Basis::StandingRule { version } = consent.basis else { return true };
		DenyRoots::<T>::get(&consent.subject)
			.is_some_and(|root| root.standing_rules && root.rules_since <= version)
	}
}

impl<T: Config> Denials<T::AccountId> for Pallet<T> {
	fn refuses_emergencies(subject: &T::AccountId) -> bool {
		DenyRoots::<T>::get(subject).is_some_and(|root| root.no_emergency)
	}
}
