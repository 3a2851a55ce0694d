// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{ByGrantee, BySubject, Error, Event, PublicTerms};
use frame_support::assert_noop;
use salus_primitives::{audit::AuditAction, traits::ConsentBook, Basis, Role};
use sp_runtime::DispatchError;

#[test]
fn a_part_is_stored_counted_and_written_down() {
	build_and_execute(|| {
		let parent = granted_with(sealed(), 5, 2);
		let before = Consents::<Test>::get(parent).unwrap();
		wait_until(NOW + 1);
		let window = Window { from: NOW + 2, until: NOW + 900 };
		let terms = Terms::Sealed { commitment: Commitment([9; 32]), envelope: envelope() };
		let part = terms.clone();
		assert_ok!(Consent::delegate(by(CLINICIAN), parent, SALT, NURSE, part, window, 2, 1));
		let id = ConsentId::derive(&CLINICIAN, &SALT);
		let stored = Consents::<Test>::get(id).unwrap();
		assert_eq!((stored.subject, stored.grantee), (PATIENT, Grantee::Account(NURSE)));
		assert_eq!((stored.terms, stored.window), (terms.split().0, window));
		assert_eq!((stored.uses_left, stored.version, stored.granted_at), (2, 1, NOW + 1));
		assert_eq!((stored.parent, stored.depth, stored.delegations), (Some(parent), 1, 1));
		assert_eq!((stored.basis, stored.deposit.payer), (Basis::Delegated, CLINICIAN));
		assert!(BySubject::<Test>::contains_key(PATIENT, id));
		assert!(ByGrantee::<Test>::contains_key(NURSE, id));
		// Uses move, and nothing else changes above it.
		let after = crate::Consent { uses_left: 3, children: 1, ..before };
		assert_eq!(Consents::<Test>::get(parent), Some(after));
		let action = AuditAction::ConsentDelegated { consent: id, parent };
		assert_eq!(entries(), [(PATIENT, CLINICIAN, action)]);
		let event = Event::Delegated { consent: id, parent, subject: PATIENT, grantee: NURSE };
		assert_eq!(events(), [event]);
		assert_eq!(Consent::redeem(&id, None, NOW + 2), Ok(1));
	});
}

#[test]
fn public_parts_have_terms_of_their_own() {
	build_and_execute(|| {
		let parent = granted_with(public(Permission::NoRestriction), 2, 1);
		let terms = public(Permission::GeneralResearch);
		assert_ok!(Consent::delegate(by(RESEARCHER), parent, SALT, NURSE, terms, window(), 1, 0));
		let id = ConsentId::derive(&RESEARCHER, &SALT);
		assert_eq!(PublicTerms::<Test>::get(id), Some(research(Permission::GeneralResearch)));
		assert_eq!(Consent::has_public_terms(&id), Some(true));
	});
}

#[test]
fn only_the_named_account_passes_on_and_in_good_standing() {
	build_and_execute(|| {
		let parent = granted_with(sealed(), 5, 1);
		for who in [PATIENT, GUARDIAN, NURSE, STRANGER] {
			assert_noop!(delegate(who, parent, SPECIALIST, 1, 0), Error::<Test>::NotAuthorized);
		}
		let nothing = ConsentId([9; 32]);
		assert_noop!(delegate(CLINICIAN, nothing, NURSE, 1, 0), Error::<Test>::NotFound);
		Distrusted::insert(CLINICIAN, ());
		let refused = Error::<Test>::CredentialMissing;
		assert_noop!(delegate(CLINICIAN, parent, NURSE, 1, 0), refused);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Consent::delegate(origin, parent, SALT, NURSE, sealed(), window(), 1, 0),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn nobody_passes_on_for_a_role() {
	build_and_execute(|| {
		let (grantee, terms) = (Grantee::Role(Role::Researcher), public(Permission::NoRestriction));
		assert_ok!(Consent::grant(by(PATIENT), SALT, grantee, terms, window(), 2, 0));
		let id = ConsentId::derive(&PATIENT, &SALT);
		assert_noop!(delegate(RESEARCHER, id, NURSE, 1, 0), Error::<Test>::NotAuthorized);
	});
}

#[test]
fn nothing_goes_to_the_subject_to_oneself_or_to_a_stranger() {
	build_and_execute(|| {
		let parent = granted_with(sealed(), 5, 1);
		for to in [PATIENT, CLINICIAN] {
			assert_noop!(delegate(CLINICIAN, parent, to, 1, 0), Error::<Test>::SelfGrant);
		}
		let refused = Error::<Test>::GranteeNotRegistered;
		assert_noop!(delegate(CLINICIAN, parent, STRANGER, 1, 0), refused);
	});
}

#[test]
fn each_level_is_below_the_last() {
	build_and_execute(|| {
		let parent = granted_with(sealed(), 5, 2);
		for delegations in [2, 3, u8::MAX] {
			assert_noop!(
				delegate(CLINICIAN, parent, NURSE, 1, delegations),
				Error::<Test>::MaxDepthExceeded
			);
		}
		let second = delegate(CLINICIAN, parent, NURSE, 2, 1).unwrap();
		let third = delegate(NURSE, second, SPECIALIST, 1, 0).unwrap();
		let refused = Error::<Test>::MaxDepthExceeded;
		assert_noop!(delegate(SPECIALIST, third, LABORATORY, 1, 0), refused);
	});
}

#[test]
fn the_parts_of_one_consent_are_bounded() {
	build_and_execute(|| {
		let parent = granted_with(sealed(), 8, 1);
		let part = |salt| {
			let (to, terms) = (NURSE, sealed());
			Consent::delegate(by(CLINICIAN), parent, [salt; 32], to, terms, window(), 1, 0)
		};
		for salt in 0..MAX_CHILDREN {
			assert_ok!(part(salt));
		}
		assert_noop!(part(MAX_CHILDREN), Error::<Test>::MaxChildrenExceeded);
	});
}

#[test]
fn a_salt_is_used_once() {
	build_and_execute(|| {
		let parent = granted_with(sealed(), 8, 1);
		delegate(CLINICIAN, parent, NURSE, 1, 0).unwrap();
		let again = || delegate(CLINICIAN, parent, SPECIALIST, 1, 0);
		assert_noop!(again(), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn the_window_lies_within() {
	build_and_execute(|| {
		let parent = granted_with(sealed(), 8, 1);
		let within = |from, until| {
			let window = Window { from, until };
			Consent::delegate(by(CLINICIAN), parent, SALT, NURSE, sealed(), window, 1, 0)
		};
		let Window { from, until } = window();
		for (from, until) in [(from - 1, until), (from, until + 1), (0, u64::MAX)] {
			assert_noop!(within(from, until), Error::<Test>::WindowExceeded);
		}
		assert_noop!(within(NOW + 5, NOW + 5), Error::<Test>::EmptyWindow);
		wait_until(NOW + 10);
		assert_noop!(within(NOW, NOW + 10), Error::<Test>::Expired);
		assert_ok!(within(from, until));
	});
}

#[test]
fn no_more_uses_go_than_are_left() {
	build_and_execute(|| {
		let parent = granted_with(sealed(), 3, 1);
		for uses in [0, 4, MAX_USES + 1, u32::MAX] {
			assert_noop!(
				delegate(CLINICIAN, parent, NURSE, uses, 0),
				Error::<Test>::UsesOutOfRange
			);
		}
		delegate(CLINICIAN, parent, NURSE, 3, 0).unwrap();
		assert_eq!(uses_left(&parent), 0);
		// Spent, but not over.
		assert_noop!(
			Consent::delegate(by(CLINICIAN), parent, [8; 32], NURSE, sealed(), window(), 1, 0),
			Error::<Test>::UsesOutOfRange
		);
	});
}

#[test]
fn the_kind_of_terms_stays() {
	build_and_execute(|| {
		let parent = granted_with(sealed(), 3, 1);
		let terms = public(Permission::GeneralResearch);
		assert_noop!(
			Consent::delegate(by(CLINICIAN), parent, SALT, NURSE, terms, window(), 1, 0),
			Error::<Test>::TermsKindMismatch
		);
	});
}

#[test]
fn public_parts_are_fit_to_be_read_by_all() {
	build_and_execute(|| {
		let parent = granted_with(public(Permission::NoRestriction), 2, 1);
		assert_noop!(delegate(RESEARCHER, parent, NURSE, 1, 0), Error::<Test>::TermsKindMismatch);
		let with = |change: fn(&mut salus_policy::Terms)| {
			let mut terms = research(Permission::GeneralResearch);
			change(&mut terms);
			let terms = Terms::Public(terms);
			Consent::delegate(by(RESEARCHER), parent, SALT, NURSE, terms, window(), 1, 0)
		};
		assert_noop!(with(|t| t.act.until -= 1), Error::<Test>::WindowMismatch);
		assert_noop!(with(|t| t.categories = Default::default()), Error::<Test>::InvalidTerms);
		assert_noop!(with(|t| t.research = None), Error::<Test>::InvalidPurpose);
		assert_noop!(with(|t| t.categories = set([Category::Hiv])), Error::<Test>::InvalidCategory);
	});
}

#[test]
fn nothing_is_passed_on_of_what_ended() {
	build_and_execute(|| {
		let first = granted_with(sealed(), 8, 2);
		let second = delegate(CLINICIAN, first, NURSE, 4, 1).unwrap();
		let pass_on = || delegate(NURSE, second, SPECIALIST, 1, 0);
		// What ends above it counts.
		assert_ok!(Consent::renew(by(PATIENT), first, 1, NOW + 10, 1));
		wait_until(NOW + 10);
		assert_noop!(pass_on(), Error::<Test>::Expired);
		assert_ok!(Consent::revoke(by(PATIENT), first));
		assert_noop!(pass_on(), Error::<Test>::AlreadyRevoked);
		assert_noop!(delegate(CLINICIAN, first, NURSE, 1, 0), Error::<Test>::AlreadyRevoked);
	});
}
