// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{ByRole, BySubject, Error, Event, PublicTerms};
use frame_support::assert_noop;
use salus_primitives::Role;
use sp_runtime::DispatchError;

#[test]
fn a_consent_goes_when_its_time_is_long_over() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		assert!(Balances::free_balance(PATIENT) < BALANCE);
		let prune = || Consent::prune(by(STRANGER), id);
		// A revoked one is kept as long: it still answers why it does not hold.
		assert_ok!(Consent::revoke(by(PATIENT), id));
		assert_noop!(prune(), Error::<Test>::NotYetPrunable);
		wait_until(window().until + RETENTION - 1);
		assert_noop!(prune(), Error::<Test>::NotYetPrunable);
		wait_until(window().until + RETENTION);
		events();
		assert_ok!(prune());
		assert_eq!(events(), [Event::Pruned { consent: id }]);
		assert_eq!(Balances::free_balance(PATIENT), BALANCE);
		assert_eq!(Consent::consent(id), None);
		assert_noop!(prune(), Error::<Test>::NotFound);
	});
}

#[test]
fn everything_about_a_consent_goes_with_it() {
	build_and_execute(|| {
		let terms = public(Permission::GeneralResearch);
		let role = Grantee::Role(Role::Researcher);
		assert_ok!(Consent::grant(by(PATIENT), SALT, role, terms, window(), 1, 0));
		let id = ConsentId::derive(&PATIENT, &SALT);
		wait_until(window().until + RETENTION);
		assert_ok!(Consent::prune(by(STRANGER), id));
		assert_eq!(PublicTerms::<Test>::iter_keys().count(), 0);
		assert_eq!(BySubject::<Test>::iter_keys().count(), 0);
		assert_eq!(ByRole::<Test>::iter_keys().count(), 0);
	});
}

#[test]
fn a_claim_goes_with_its_consent_and_a_later_one_stays() {
	build_and_execute(|| {
		let first = claimed();
		wait_until(short().until);
		let later = Window { from: NOW, until: NOW + 2 * MAX_STANDING_DURATION };
		assert_ok!(claim(CLINICIAN, 2, later, 1));
		let second = ConsentId::derive(&CLINICIAN, &[2; 32]);
		wait_until(later.until + RETENTION);
		assert_ok!(Consent::prune(by(STRANGER), first));
		assert_eq!(Consent::claimed(PATIENT, CLINICIAN), Some(second));
		assert_ok!(Consent::prune(by(STRANGER), second));
		assert_eq!(Consent::claimed(PATIENT, CLINICIAN), None);
		assert_eq!(held(CLINICIAN), 0);
	});
}

#[test]
fn the_whole_goes_after_its_parts() {
	build_and_execute(|| {
		let ids = chain();
		wait_until(window().until + RETENTION);
		for id in &ids[..3] {
			let prune = Consent::prune(by(STRANGER), *id);
			assert_eq!(prune, Err(Error::<Test>::HasDelegations.into()));
		}
		for id in ids.iter().rev() {
			assert_ok!(Consent::prune(by(STRANGER), *id));
		}
		for who in [PATIENT, CLINICIAN, NURSE, SPECIALIST] {
			assert_eq!(held(who), 0);
		}
	});
}

#[test]
fn parts_of_what_was_revoked_go_at_once() {
	build_and_execute(|| {
		let [first, second, third, fourth] = chain();
		let prune = |id| Consent::prune(by(STRANGER), id);
		assert_noop!(prune(fourth), Error::<Test>::NotYetPrunable);
		// A part that was revoked itself answers why it does not hold.
		assert_ok!(Consent::revoke(by(PATIENT), fourth));
		assert_noop!(prune(fourth), Error::<Test>::NotYetPrunable);
		assert_ok!(Consent::revoke(by(PATIENT), first));
		assert_ok!(prune(fourth));
		assert_eq!(Consent::consent(third).unwrap().children, 0);
		assert_ok!(prune(third));
		assert_ok!(prune(second));
		assert_noop!(prune(first), Error::<Test>::NotYetPrunable);
	});
}

#[test]
fn a_part_goes_when_the_whole_was_shortened_and_is_long_over() {
	build_and_execute(|| {
		let [first, second, third, fourth] = chain();
		assert_ok!(Consent::renew(by(PATIENT), first, 1, NOW + 10, 1));
		wait_until(NOW + 10 + RETENTION);
		for id in [fourth, third, second, first] {
			assert_ok!(Consent::prune(by(STRANGER), id));
		}
	});
}

#[test]
fn only_a_signed_origin_prunes() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Consent::prune(origin, id), DispatchError::BadOrigin);
		}
	});
}
