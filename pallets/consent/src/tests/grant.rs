// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{ByGrantee, BySubject, Error, Event, State};
use frame_support::assert_noop;
use salus_policy::{Mondo, Permission};
use salus_primitives::audit::AuditAction;
use sp_runtime::{DispatchError, DispatchResult};

fn grant(who: u64, grantee: u64, terms: Terms, window: Window, uses: u32) -> DispatchResult {
	Consent::grant(RuntimeOrigin::signed(who), SALT, grantee, terms, window, uses)
}

#[test]
fn a_sealed_consent_is_stored_found_and_audited() {
	build_and_execute(|| {
		let id = ConsentId::derive(&PATIENT, &SALT);
		assert_ok!(grant(PATIENT, CLINICIAN, sealed(), window(), 5));
		let stored = Consents::<Test>::get(id).unwrap();
		assert_eq!((stored.subject, stored.grantee), (PATIENT, CLINICIAN));
		assert_eq!((stored.terms, stored.window), (sealed(), window()));
		assert_eq!((stored.uses_left, stored.state, stored.version), (5, State::Active, 1));
		assert_eq!(stored.deposit.payer, PATIENT);
		assert!(BySubject::<Test>::contains_key(PATIENT, id));
		assert!(ByGrantee::<Test>::contains_key(CLINICIAN, id));
		assert_eq!(entries(), [(PATIENT, PATIENT, AuditAction::ConsentGranted { consent: id })]);
		assert_eq!(
			events(),
			[Event::Granted { consent: id, subject: PATIENT, grantee: CLINICIAN }]
		);
	});
}

#[test]
fn a_public_consent_is_stored() {
	build_and_execute(|| {
		let terms = Terms::Public(research(Permission::GeneralResearch));
		let id = granted(terms.clone(), 1);
		assert_eq!(Consents::<Test>::get(id).unwrap().terms, terms);
	});
}

#[test]
fn many_consents_stand_beside_each_other() {
	build_and_execute(|| {
		for salt in 0..5 {
			let origin = RuntimeOrigin::signed(PATIENT);
			assert_ok!(Consent::grant(origin, [salt; 32], CLINICIAN, sealed(), window(), 1));
		}
		assert_ok!(grant(RESEARCHER, CLINICIAN, sealed(), window(), 1));
		assert_eq!(BySubject::<Test>::iter_key_prefix(PATIENT).count(), 5);
		assert_eq!(ByGrantee::<Test>::iter_key_prefix(CLINICIAN).count(), 6);
	});
}

#[test]
fn only_a_signed_origin_grants() {
	build_and_execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Consent::grant(origin, SALT, CLINICIAN, sealed(), window(), 1),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn a_salt_is_used_once_even_after_revocation() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		let again = || grant(PATIENT, RESEARCHER, sealed(), window(), 1);
		assert_noop!(again(), Error::<Test>::AlreadyExists);
		assert_ok!(Consent::revoke(RuntimeOrigin::signed(PATIENT), id));
		assert_noop!(again(), Error::<Test>::AlreadyExists);
		// The same salt of another subject is another consent.
		assert_ok!(grant(RESEARCHER, CLINICIAN, sealed(), window(), 1));
	});
}

#[test]
fn both_parties_take_part() {
	build_and_execute(|| {
		assert_noop!(
			grant(STRANGER, CLINICIAN, sealed(), window(), 1),
			Error::<Test>::NotRegistered
		);
		assert_noop!(
			grant(PATIENT, STRANGER, sealed(), window(), 1),
			Error::<Test>::GranteeNotRegistered
		);
		assert_noop!(grant(PATIENT, PATIENT, sealed(), window(), 1), Error::<Test>::SelfGrant);
	});
}

#[test]
fn the_window_holds_a_moment_to_come_and_ends_in_time() {
	build_and_execute(|| {
		let at = |from, until| grant(PATIENT, CLINICIAN, sealed(), Window { from, until }, 1);
		assert_noop!(at(NOW + 5, NOW + 5), Error::<Test>::EmptyWindow);
		assert_noop!(at(NOW + 5, NOW + 4), Error::<Test>::EmptyWindow);
		assert_noop!(at(0, NOW), Error::<Test>::Expired);
		assert_noop!(at(NOW, NOW + MAX_DURATION + 1), Error::<Test>::WindowTooLong);
		// Beginning later does not let it end later.
		assert_noop!(at(NOW + 2, NOW + MAX_DURATION + 1), Error::<Test>::WindowTooLong);
		assert_noop!(at(0, u64::MAX), Error::<Test>::WindowTooLong);
		assert_ok!(at(0, NOW + MAX_DURATION));
	});
}

#[test]
fn the_last_moment_is_enough() {
	build_and_execute(|| {
		assert_ok!(grant(PATIENT, CLINICIAN, sealed(), Window { from: 0, until: NOW + 1 }, 1));
	});
}

#[test]
fn uses_are_bounded() {
	build_and_execute(|| {
		for uses in [0, MAX_USES + 1, u32::MAX] {
			assert_noop!(
				grant(PATIENT, CLINICIAN, sealed(), window(), uses),
				Error::<Test>::UsesOutOfRange
			);
		}
		assert_ok!(grant(PATIENT, CLINICIAN, sealed(), window(), MAX_USES));
	});
}

#[test]
fn public_terms_are_refused_unless_fit_to_be_read_by_all() {
	build_and_execute(|| {
		type Change = fn(&mut salus_policy::Terms);
		let vectors: [(Change, Error<Test>); 12] = [
			(|t| t.permitted = Default::default(), Error::InvalidTerms),
			(|t| t.categories = Default::default(), Error::InvalidTerms),
			(
				|t| {
					let permission = Permission::DiseaseSpecific(Default::default());
					t.research.as_mut().unwrap().permission = permission;
				},
				Error::InvalidTerms,
			),
			(|t| t.act.until += 1, Error::WindowMismatch),
			(|t| t.act.from += 1, Error::WindowMismatch),
			(|t| t.research = None, Error::InvalidPurpose),
			(|t| t.permitted = set([PurposeOfUse::Treatment]), Error::InvalidPurpose),
			(
				|t| t.permitted = set([PurposeOfUse::Research, PurposeOfUse::Operations]),
				Error::InvalidPurpose,
			),
			(|t| t.research.as_mut().unwrap().clinical_care = true, Error::InvalidPurpose),
			(|t| t.categories = set([Category::Labs, Category::Genomics]), Error::InvalidCategory),
			(|t| t.categories = set([Category::Hiv]), Error::InvalidCategory),
			(|t| t.categories = set([Category::Original]), Error::InvalidCategory),
		];
		for (change, error) in vectors {
			let mut terms = research(Permission::DiseaseSpecific(set([Mondo(5015)])));
			change(&mut terms);
			let call = grant(PATIENT, RESEARCHER, Terms::Public(terms), window(), 1);
			assert_noop!(call, error);
		}
	});
}
