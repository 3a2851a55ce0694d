// SPDX-License-Identifier: Apache-2.0
//! What must hold of the state at all times.

use crate::{sales::is_for_sale, *};
use alloc::collections::BTreeMap;
use frame_support::sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks that
	/// - every consent has two parties, a window, uses, and terms that could be granted, which lie
	///   beside it when they are public and only then;
	/// - a consent was revoked by a change of its version;
	/// - a part of a consent is to the same subject's data, of the same kind, one level below it,
	///   and within its window while that was never changed; and each counts its parts;
	/// - a role is named by public terms, and nothing is delegated from them;
	/// - all indices name every consent under its party, and nothing else;
	/// - no request asks for a consent that there is;
	/// - what was claimed is a claim of that claimant under a rule that the subject had;
	/// - no version of a deny root is 0;
	/// - every sale has two parties and is for research or machine learning.
	///
	/// # Errors
	/// The first invariant that does not hold.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_consents()?;
		Self::try_requests()?;
		Self::try_rules()?;
		Self::try_sales()
	}

	fn try_consents() -> Result<(), TryRuntimeError> {
		let (mut count, mut public, mut roles) = (0usize, 0usize, 0usize);
		let mut children = BTreeMap::<ConsentId, u8>::new();
		for (id, consent) in Consents::<T>::iter() {
			count = count.saturating_add(1);
			Self::try_consent(&id, &consent)?;
			if consent.is_public() {
				public = public.saturating_add(1);
			}
			if consent.grantee.account().is_none() {
				roles = roles.saturating_add(1);
			}
			if let Some(parent) = consent.parent {
				let parts = children.entry(parent).or_default();
				*parts = parts.saturating_add(1);
			}
		}
		for (id, consent) in Consents::<T>::iter() {
			let parts = children.get(&id).copied().unwrap_or_default();
			ensure!(consent.children == parts, "a consent counts its parts wrongly");
			ensure!(parts <= T::MaxChildren::get(), "a consent has too many parts");
		}
		let accounts = count.saturating_sub(roles);
		ensure!(PublicTerms::<T>::iter_keys().count() == public, "public terms are left over");
		ensure!(BySubject::<T>::iter_keys().count() == count, "an index by subject is left over");
		ensure!(
			ByGrantee::<T>::iter_keys().count() == accounts,
			"an index by grantee is left over"
		);
		ensure!(ByRole::<T>::iter_keys().count() == roles, "an index by role is left over");
		Ok(())
	}

	fn try_consent(id: &ConsentId, consent: &ConsentOf<T>) -> Result<(), TryRuntimeError> {
		ensure!(!consent.window.is_empty(), "the window of a consent is empty");
		ensure!(consent.uses_left <= T::MaxUses::get(), "a consent has too many uses");
		let least = match consent.state {
			State::Active => 1,
			State::Revoked => 2,
		};
		ensure!(consent.version >= least, "a consent changed without its version");
		let terms = PublicTerms::<T>::get(id);
		ensure!(terms.is_some() == consent.is_public(), "public terms are missing or left over");
		if let Some(terms) = &terms {
			Self::ensure_public(terms, &consent.window)
				.map_err(|_| "public terms could not be granted")?;
		}
		ensure!(
			BySubject::<T>::contains_key(&consent.subject, id),
			"a consent is not found by its subject"
		);
		match &consent.grantee {
			Grantee::Account(grantee) => {
				ensure!(consent.subject != *grantee, "a consent was granted to its subject");
				let is_found = ByGrantee::<T>::contains_key(grantee, id);
				ensure!(is_found, "a consent is not found by its grantee");
			},
			Grantee::Role(role) => {
				let fits = consent.is_public() && role.needs_credential();
				ensure!(fits && consent.delegations == 0, "a consent names a role wrongly");
				ensure!(ByRole::<T>::contains_key(role, id), "a consent is not found by its role");
			},
		}
		let levels = consent.depth.saturating_add(consent.delegations);
		ensure!(levels <= T::MaxDepth::get(), "a consent may be delegated too far");
		let is_part = consent.parent.is_some();
		ensure!((consent.basis == Basis::Delegated) == is_part, "a consent has another basis");
		ensure!(is_part || consent.depth == 0, "a consent of the subject's own is too deep");
		let may_reach_back = consent.is_public() && !is_part;
		ensure!(!consent.retrospective || may_reach_back, "a consent reaches back wrongly");
		if matches!(consent.basis, Basis::Requested | Basis::StandingRule { .. }) {
			ensure!(consent.delegations == 0, "what was asked for may be delegated");
		}
		if let Some(parent) = consent.parent {
			let parent = Consents::<T>::get(parent).ok_or("the whole of a part is gone")?;
			Self::try_part(&parent, consent)?;
		}
		Ok(())
	}

	fn try_part(parent: &ConsentOf<T>, part: &ConsentOf<T>) -> Result<(), TryRuntimeError> {
		ensure!(part.subject == parent.subject, "a part is to another subject's data");
		ensure!(part.is_public() == parent.is_public(), "a part is of another kind");
		ensure!(Some(part.depth) == parent.depth.checked_add(1), "a part is not one level below");
		ensure!(part.delegations < parent.delegations, "a part may be delegated too far");
		let is_within =
			parent.window.from <= part.window.from && part.window.until <= parent.window.until;
		ensure!(parent.version > 1 || is_within, "the window of a part is longer than the whole's");
		Ok(())
	}

	fn try_requests() -> Result<(), TryRuntimeError> {
		for (subject, requester, request) in Requests::<T>::iter() {
			ensure!(subject != requester, "a subject asks herself");
			ensure!(request.requested_at < request.expires_at, "a request had no time");
			ensure!(!request.window.is_empty(), "the window of a request is empty");
			ensure!(!Consents::<T>::contains_key(request.consent), "a request was answered");
		}
		Ok(())
	}

	fn try_rules() -> Result<(), TryRuntimeError> {
		for root in DenyRoots::<T>::iter_values() {
			ensure!(root.version > 0, "a deny root has no version");
			ensure!(root.rules_since <= root.version, "standing rules are still to come");
			ensure!(!root.standing_rules || root.rules_since > 0, "standing rules never began");
		}
		for (subject, claimant, id) in Claims::<T>::iter() {
			let claim = Consents::<T>::get(id).ok_or("what was claimed is gone")?;
			let is_of_both =
				claim.subject == subject && claim.grantee == Grantee::Account(claimant);
			ensure!(is_of_both, "what was claimed is between others");
			let Basis::StandingRule { version } = claim.basis else {
				return Err("what was claimed has another basis".into());
			};
			let root = DenyRoots::<T>::get(subject).ok_or("a claim without a deny root")?;
			ensure!(version > 0 && version <= root.version, "a claim is under a rule to come");
		}
		Ok(())
	}

	fn try_sales() -> Result<(), TryRuntimeError> {
		for sale in Sales::<T>::iter_values() {
			ensure!(sale.seller != sale.buyer, "a sale has one party");
			ensure!(is_for_sale(sale.purpose), "a sale is for another purpose");
		}
		Ok(())
	}
}
