// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{ByGrantee, BySubject, Error, Event, Requests};
use frame_support::assert_noop;
use salus_primitives::{audit::AuditAction, traits::ConsentBook, Basis};
use sp_runtime::DispatchError;

fn approve(who: u64, requester: u64, consent: ConsentId) -> DispatchResult {
	Consent::approve(by(who), requester, consent)
}

#[test]
fn the_subject_grants_what_was_asked_for() {
	build_and_execute(|| {
		let id = asked();
		wait_until(NOW + 1);
		assert_ok!(approve(PATIENT, CLINICIAN, id));
		let stored = Consents::<Test>::get(id).unwrap();
		let grantee = Grantee::Account(CLINICIAN);
		assert_eq!((stored.subject, stored.grantee), (PATIENT, grantee));
		assert_eq!((stored.terms, stored.window), (sealed().split().0, window()));
		assert_eq!((stored.uses_left, stored.version, stored.delegations), (2, 1, 0));
		assert_eq!((stored.basis, stored.granted_at), (Basis::Requested, NOW + 1));
		assert!(BySubject::<Test>::contains_key(PATIENT, id));
		assert!(ByGrantee::<Test>::contains_key(CLINICIAN, id));
		assert_eq!(Requests::<Test>::iter().count(), 0);
		// The requester has her deposit back, the subject pays for her consent.
		assert_eq!((held(CLINICIAN), stored.deposit.payer), (0, PATIENT));
		assert_eq!(entries(), [(PATIENT, PATIENT, AuditAction::ConsentGranted { consent: id })]);
		let basis = Basis::Requested;
		assert_eq!(events(), [Event::Granted { consent: id, subject: PATIENT, grantee, basis }]);
		assert_eq!(Consent::redeem(&id, None, NOW), Ok(1));
	});
}

#[test]
fn a_guardian_approves_and_nobody_else() {
	build_and_execute(|| {
		let id = asked();
		for who in [CLINICIAN, STRANGER] {
			assert_noop!(approve(who, CLINICIAN, id), Error::<Test>::NotFound);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Consent::approve(origin, CLINICIAN, id), DispatchError::BadOrigin);
		}
		assert_ok!(approve(GUARDIAN, CLINICIAN, id));
		assert_eq!(entries(), [(PATIENT, GUARDIAN, AuditAction::ConsentGranted { consent: id })]);
		assert_eq!(Consent::consent(id).unwrap().deposit.payer, GUARDIAN);
	});
}

#[test]
fn what_was_exchanged_behind_her_back_is_not_approved() {
	build_and_execute(|| {
		let seen = asked();
		assert_ok!(Consent::withdraw_request(by(CLINICIAN), PATIENT, CLINICIAN));
		// The same salt, but more uses.
		let (terms, window) = (sealed_terms(), window());
		assert_ok!(Consent::request(by(CLINICIAN), PATIENT, SALT, terms, window, 8));
		assert_noop!(approve(PATIENT, CLINICIAN, seen), Error::<Test>::RequestMismatch);
		assert_noop!(approve(PATIENT, NURSE, seen), Error::<Test>::NotFound);
	});
}

#[test]
fn an_old_request_is_not_approved() {
	build_and_execute(|| {
		let id = asked();
		wait_until(NOW + REQUEST_LIFETIME);
		assert_noop!(approve(PATIENT, CLINICIAN, id), Error::<Test>::Expired);
	});
}

#[test]
fn a_window_that_is_over_is_not_approved() {
	build_and_execute(|| {
		let window = Window { from: NOW, until: NOW + 10 };
		assert_ok!(Consent::request(by(CLINICIAN), PATIENT, SALT, sealed_terms(), window, 1));
		let id = Consent::open_request(PATIENT, CLINICIAN).unwrap().consent;
		wait_until(NOW + 10);
		assert_noop!(approve(PATIENT, CLINICIAN, id), Error::<Test>::Expired);
	});
}

#[test]
fn both_still_take_part() {
	build_and_execute(|| {
		let id = asked();
		let role = Roles::take(CLINICIAN).unwrap();
		assert_noop!(approve(PATIENT, CLINICIAN, id), Error::<Test>::GranteeNotRegistered);
		Roles::insert(CLINICIAN, role);
		Roles::remove(PATIENT);
		assert_noop!(approve(PATIENT, CLINICIAN, id), Error::<Test>::NotRegistered);
	});
}
