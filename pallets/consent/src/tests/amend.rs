// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Error, Event, PublicTerms, Scope};
use frame_support::{assert_noop, assert_storage_noop};
use salus_primitives::{audit::AuditAction, audit::Refusal, traits::ConsentBook, Role};
use sp_runtime::DispatchError;

fn amend(who: u64, id: ConsentId, expected: u32, terms: Terms, uses: u32) -> DispatchResult {
	Consent::amend(by(who), id, expected, terms, window(), uses)
}

fn other_terms() -> Terms {
	Terms::Sealed { commitment: Commitment([9; 32]), envelope: envelope() }
}

#[test]
fn terms_window_and_uses_are_replaced() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		let before = Consents::<Test>::get(id).unwrap();
		assert_eq!(Consent::redeem(&id, None, NOW), Ok(1));
		let later = Window { from: NOW + 1, until: NOW + 2_000 };
		assert_ok!(Consent::amend(by(PATIENT), id, 1, other_terms(), later, 3));
		let terms = other_terms().split().0;
		let after = crate::Consent { terms, window: later, uses_left: 3, version: 2, ..before };
		assert_eq!(Consents::<Test>::get(id), Some(after));
		let action = AuditAction::ConsentAmended { consent: id, version: 2 };
		assert_eq!(entries(), [(PATIENT, PATIENT, action)]);
		assert_eq!(events(), [Event::Amended { consent: id, version: 2 }]);
	});
}

#[test]
fn the_deposit_follows_the_terms() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		let small = held(PATIENT);
		let terms = research(Permission::GeneralResearch);
		assert_ok!(amend(PATIENT, id, 1, Terms::Public(terms.clone()), 1));
		assert_eq!(held(PATIENT), 10 + Consent::footprint(Some(&terms)).size);
		assert_eq!(Consents::<Test>::get(id).unwrap().terms, Scope::Public);
		assert_eq!(PublicTerms::<Test>::get(id), Some(terms));
		assert_ok!(amend(PATIENT, id, 2, sealed(), 1));
		assert_eq!(held(PATIENT), small);
		assert_eq!(PublicTerms::<Test>::get(id), None);
	});
}

#[test]
fn who_cannot_pay_for_longer_terms_changes_nothing() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		Balances::force_set_balance(RuntimeOrigin::root(), PATIENT, 1).unwrap();
		assert_storage_noop!(assert!(amend(
			PATIENT,
			id,
			1,
			public(Permission::GeneralResearch),
			1
		)
		.is_err()));
	});
}

#[test]
fn a_guardian_amends_and_nobody_else() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		for who in [CLINICIAN, STRANGER] {
			assert_noop!(amend(who, id, 1, sealed(), 1), Error::<Test>::NotAuthorized);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Consent::amend(origin, id, 1, sealed(), window(), 1),
				DispatchError::BadOrigin
			);
		}
		assert_ok!(amend(GUARDIAN, id, 1, sealed(), 1));
		let action = AuditAction::ConsentAmended { consent: id, version: 2 };
		assert_eq!(entries(), [(PATIENT, GUARDIAN, action)]);
	});
}

#[test]
fn only_the_version_that_she_saw_is_amended() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		for expected in [0, 2, u32::MAX] {
			assert_noop!(amend(PATIENT, id, expected, sealed(), 1), Error::<Test>::VersionMismatch);
		}
		let nothing = ConsentId([9; 32]);
		assert_noop!(amend(PATIENT, nothing, 1, sealed(), 1), Error::<Test>::NotFound);
		assert_ok!(Consent::revoke(by(PATIENT), id));
		assert_noop!(amend(PATIENT, id, 2, sealed(), 1), Error::<Test>::AlreadyRevoked);
	});
}

#[test]
fn what_could_not_be_granted_is_not_amended_to() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		let with = |terms, from, until, uses| {
			Consent::amend(by(PATIENT), id, 1, terms, Window { from, until }, uses)
		};
		assert_noop!(with(sealed(), 5, 5, 1), Error::<Test>::EmptyWindow);
		assert_noop!(with(sealed(), 0, NOW, 1), Error::<Test>::Expired);
		assert_noop!(with(sealed(), NOW, NOW + MAX_DURATION + 1, 1), Error::<Test>::WindowTooLong);
		for uses in [0, MAX_USES + 1] {
			assert_noop!(with(sealed(), NOW, NOW + 1, uses), Error::<Test>::UsesOutOfRange);
		}
		let terms = public(Permission::GeneralResearch);
		assert_noop!(with(terms, NOW, NOW + 1, 1), Error::<Test>::WindowMismatch);
	});
}

#[test]
fn parts_stay_within_what_the_whole_permits_from_now_on() {
	build_and_execute(|| {
		let [first, _, _, fourth] = chain();
		let terms = public(Permission::GeneralResearch);
		assert_noop!(amend(PATIENT, first, 1, terms, 1), Error::<Test>::TermsKindMismatch);
		assert_noop!(amend(PATIENT, fourth, 1, sealed(), 1), Error::<Test>::Delegated);
		let later = Window { from: NOW + 10, until: NOW + 20 };
		assert_ok!(Consent::amend(by(PATIENT), first, 1, other_terms(), later, 1));
		assert_eq!(Consent::redeem(&fourth, None, NOW), Err(Refusal::ConsentNotYetValid));
		assert_eq!(Consent::redeem(&fourth, None, NOW + 20), Err(Refusal::ConsentExpired));
		assert_eq!(Consent::redeem(&fourth, None, NOW + 10), Ok(1));
	});
}

#[test]
fn a_role_is_not_named_by_sealed_terms() {
	build_and_execute(|| {
		let (grantee, terms) = (Grantee::Role(Role::Researcher), public(Permission::NoRestriction));
		assert_ok!(Consent::grant(by(PATIENT), SALT, grantee, terms, window(), 1, 0));
		let id = ConsentId::derive(&PATIENT, &SALT);
		assert_noop!(amend(PATIENT, id, 1, sealed(), 1), Error::<Test>::InvalidGrantee);
		assert_ok!(amend(PATIENT, id, 1, public(Permission::GeneralResearch), 1));
	});
}

#[test]
fn what_was_claimed_stays_sealed() {
	build_and_execute(|| {
		let id = claimed();
		let terms = public(Permission::GeneralResearch);
		assert_noop!(amend(PATIENT, id, 1, terms, 1), Error::<Test>::TermsKindMismatch);
		assert_ok!(amend(PATIENT, id, 1, other_terms(), 1));
	});
}

#[test]
fn other_public_terms_do_not_reach_back() {
	build_and_execute(|| {
		let id = granted(public(Permission::GeneralResearch), 1);
		assert_ok!(Consent::opt_in_retrospectively(by(PATIENT), id, 1));
		assert_ok!(amend(PATIENT, id, 2, public(Permission::NoRestriction), 1));
		assert!(!Consents::<Test>::get(id).unwrap().retrospective);
	});
}
