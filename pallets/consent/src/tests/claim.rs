// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{ByGrantee, BySubject, Error, Event};
use frame_support::assert_noop;
use salus_primitives::{audit::AuditAction, traits::ConsentBook, Basis};
use sp_runtime::DispatchError;

#[test]
fn a_rule_gives_a_consent_without_waiting() {
	build_and_execute(|| {
		assert_ok!(deny_root(PATIENT, 0, false, false));
		assert_ok!(deny_root(PATIENT, 1, true, false));
		forget();
		assert_ok!(claim(CLINICIAN, 1, short(), 2));
		let id = ConsentId::derive(&CLINICIAN, &[1; 32]);
		let stored = Consents::<Test>::get(id).unwrap();
		let (grantee, basis) = (Grantee::Account(CLINICIAN), Basis::StandingRule { version: 2 });
		assert_eq!((stored.subject, stored.grantee, stored.basis), (PATIENT, grantee, basis));
		assert_eq!((stored.terms, stored.window), (sealed().split().0, short()));
		assert_eq!((stored.uses_left, stored.version, stored.delegations), (2, 1, 0));
		assert_eq!(stored.deposit.payer, CLINICIAN);
		assert!(BySubject::<Test>::contains_key(PATIENT, id));
		assert!(ByGrantee::<Test>::contains_key(CLINICIAN, id));
		assert_eq!(Consent::claimed(PATIENT, CLINICIAN), Some(id));
		assert_eq!(entries(), [(PATIENT, CLINICIAN, AuditAction::ConsentGranted { consent: id })]);
		assert_eq!(events(), [Event::Granted { consent: id, subject: PATIENT, grantee, basis }]);
		assert_eq!(Consent::redeem(&id, None, NOW), Ok(1));
	});
}

#[test]
fn without_a_rule_there_is_nothing_to_claim() {
	build_and_execute(|| {
		let claim = || claim(CLINICIAN, 1, short(), 1);
		assert_noop!(claim(), Error::<Test>::NoStandingRule);
		assert_ok!(deny_root(PATIENT, 0, false, true));
		assert_noop!(claim(), Error::<Test>::NoStandingRule);
		assert_ok!(deny_root(PATIENT, 1, true, true));
		assert_ok!(deny_root(PATIENT, 2, false, true));
		assert_noop!(claim(), Error::<Test>::NoStandingRule);
	});
}

#[test]
fn only_the_verified_claim_and_nobody_of_herself() {
	build_and_execute(|| {
		assert_ok!(deny_root(PATIENT, 0, true, false));
		for who in [STRANGER, POOR_PATIENT, PATIENT] {
			assert_noop!(claim(who, 1, short(), 1), Error::<Test>::CredentialMissing);
		}
		Distrusted::insert(CLINICIAN, ());
		assert_noop!(claim(CLINICIAN, 1, short(), 1), Error::<Test>::CredentialMissing);
		assert_ok!(deny_root(NURSE, 0, true, false));
		assert_noop!(
			Consent::claim(by(NURSE), NURSE, SALT, sealed_terms(), short(), 1),
			Error::<Test>::SelfGrant
		);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Consent::claim(origin, PATIENT, SALT, sealed_terms(), short(), 1),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn what_is_claimed_is_short_and_small() {
	build_and_execute(|| {
		assert_ok!(deny_root(PATIENT, 0, true, false));
		let with = |from, until, uses| claim(CLINICIAN, 1, Window { from, until }, uses);
		assert_noop!(with(5, 5, 1), Error::<Test>::EmptyWindow);
		assert_noop!(with(0, NOW, 1), Error::<Test>::Expired);
		let too_long = NOW + MAX_STANDING_DURATION + 1;
		assert_noop!(with(NOW, too_long, 1), Error::<Test>::WindowTooLong);
		for uses in [0, MAX_STANDING_USES + 1] {
			assert_noop!(with(NOW, NOW + 1, uses), Error::<Test>::UsesOutOfRange);
		}
		assert_ok!(with(NOW, too_long - 1, MAX_STANDING_USES));
	});
}

#[test]
fn one_claim_of_each_holds_at_a_time() {
	build_and_execute(|| {
		let first = claimed();
		let again = |salt| claim(CLINICIAN, salt, short(), 1);
		assert_noop!(again(2), Error::<Test>::AlreadyClaimed);
		assert_ok!(claim(NURSE, 2, short(), 1));
		// Spent, revoked or expired, it makes room.
		assert_eq!(Consent::redeem(&first, None, NOW), Ok(1));
		assert_noop!(again(2), Error::<Test>::AlreadyClaimed);
		assert_eq!(Consent::redeem(&first, None, NOW), Ok(1));
		assert_noop!(again(1), Error::<Test>::AlreadyExists);
		assert_ok!(again(2));
		assert_ok!(Consent::revoke(by(PATIENT), ConsentId::derive(&CLINICIAN, &[2; 32])));
		assert_ok!(again(3));
		wait_until(short().until);
		assert_ok!(claim(CLINICIAN, 4, Window { from: 0, until: short().until + 1 }, 1));
		assert_eq!(
			Consent::claimed(PATIENT, CLINICIAN),
			Some(ConsentId::derive(&CLINICIAN, &[4; 32]))
		);
	});
}

#[test]
fn a_claim_that_has_not_begun_counts() {
	build_and_execute(|| {
		assert_ok!(deny_root(PATIENT, 0, true, false));
		let later = Window { from: NOW + 10, until: NOW + 20 };
		assert_ok!(claim(CLINICIAN, 1, later, 1));
		assert_noop!(claim(CLINICIAN, 2, short(), 1), Error::<Test>::AlreadyClaimed);
	});
}

#[test]
fn a_new_rule_gives_a_new_claim() {
	build_and_execute(|| {
		claimed();
		assert_ok!(deny_root(PATIENT, 1, false, false));
		assert_ok!(deny_root(PATIENT, 2, true, false));
		assert_ok!(claim(CLINICIAN, 2, short(), 1));
		let id = ConsentId::derive(&CLINICIAN, &[2; 32]);
		assert_eq!(Consent::redeem(&id, None, NOW), Ok(1));
	});
}

#[test]
fn nothing_is_passed_on_of_what_was_claimed() {
	build_and_execute(|| {
		let id = claimed();
		assert_noop!(
			Consent::delegate(by(CLINICIAN), id, SALT, NURSE, sealed(), short(), 1, 0),
			Error::<Test>::MaxDepthExceeded
		);
	});
}
