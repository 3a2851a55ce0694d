// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{ByGrantee, ByRole, BySubject, Error, Event, PublicTerms, Scope, State};
use frame_support::assert_noop;
use salus_policy::{Exception, Mondo};
use salus_primitives::{audit::AuditAction, Basis, Role};
use sp_runtime::DispatchError;

fn grant(who: u64, grantee: u64, terms: Terms, window: Window, uses: u32) -> DispatchResult {
	Consent::grant(by(who), SALT, Grantee::Account(grantee), terms, window, uses, 0)
}

#[test]
fn a_sealed_consent_is_stored_found_and_audited() {
	build_and_execute(|| {
		let id = ConsentId::derive(&PATIENT, &SALT);
		assert_ok!(grant(PATIENT, CLINICIAN, sealed(), window(), 5));
		let stored = Consents::<Test>::get(id).unwrap();
		let grantee = Grantee::Account(CLINICIAN);
		assert_eq!((stored.subject, stored.grantee), (PATIENT, grantee));
		assert_eq!((stored.terms, stored.window), (sealed().split().0, window()));
		assert_eq!((stored.uses_left, stored.state, stored.version), (5, State::Active, 1));
		assert_eq!((stored.granted_at, stored.basis), (NOW, Basis::Granted));
		assert_eq!((stored.parent, stored.depth, stored.children), (None, 0, 0));
		assert_eq!((stored.delegations, stored.retrospective), (0, false));
		assert_eq!(stored.deposit.payer, PATIENT);
		assert!(BySubject::<Test>::contains_key(PATIENT, id));
		assert!(ByGrantee::<Test>::contains_key(CLINICIAN, id));
		assert_eq!(entries(), [(PATIENT, PATIENT, AuditAction::ConsentGranted { consent: id })]);
		assert_eq!(
			events(),
			[Event::Granted { consent: id, subject: PATIENT, grantee, basis: Basis::Granted }]
		);
	});
}

#[test]
fn a_public_consent_is_stored() {
	build_and_execute(|| {
		let id = granted(public(Permission::GeneralResearch), 1);
		assert_eq!(Consents::<Test>::get(id).unwrap().terms, Scope::Public);
		// They lie beside it.
		let terms = research(Permission::GeneralResearch);
		assert_eq!(PublicTerms::<Test>::get(id), Some(terms));
	});
}

#[test]
fn many_consents_stand_beside_each_other() {
	build_and_execute(|| {
		for salt in 0..5 {
			let (origin, grantee) = (by(PATIENT), Grantee::Account(CLINICIAN));
			assert_ok!(Consent::grant(origin, [salt; 32], grantee, sealed(), window(), 1, 0));
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
				Consent::grant(origin, SALT, Grantee::Account(CLINICIAN), sealed(), window(), 1, 0),
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
		assert_ok!(Consent::revoke(by(PATIENT), id));
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
fn public_terms_may_name_a_role_that_needs_a_credential() {
	build_and_execute(|| {
		let grant = |role, terms, delegations| {
			let grantee = Grantee::Role(role);
			Consent::grant(by(PATIENT), SALT, grantee, terms, window(), 1, delegations)
		};
		let terms = || public(Permission::GeneralResearch);
		for role in [Role::Patient, Role::Guardian, Role::Registrar] {
			assert_noop!(grant(role, terms(), 0), Error::<Test>::InvalidGrantee);
		}
		assert_noop!(grant(Role::Researcher, sealed(), 0), Error::<Test>::InvalidGrantee);
		assert_noop!(grant(Role::Researcher, terms(), 1), Error::<Test>::InvalidGrantee);
		assert_ok!(grant(Role::Researcher, terms(), 0));
		let id = ConsentId::derive(&PATIENT, &SALT);
		assert!(ByRole::<Test>::contains_key(Role::Researcher, id));
		assert_eq!(ByGrantee::<Test>::iter_keys().count(), 0);
	});
}

#[test]
fn levels_of_delegation_are_bounded() {
	build_and_execute(|| {
		let grant = |delegations| {
			let grantee = Grantee::Account(CLINICIAN);
			Consent::grant(by(PATIENT), SALT, grantee, sealed(), window(), 1, delegations)
		};
		for delegations in [MAX_DEPTH + 1, u8::MAX] {
			assert_noop!(grant(delegations), Error::<Test>::MaxDepthExceeded);
		}
		assert_ok!(grant(MAX_DEPTH));
	});
}

#[test]
fn public_terms_are_passed_on_less_far() {
	build_and_execute(|| {
		let grant = |delegations| {
			let grantee = Grantee::Account(CLINICIAN);
			let terms = public(Permission::GeneralResearch);
			Consent::grant(by(PATIENT), SALT, grantee, terms, window(), 1, delegations)
		};
		for delegations in [MAX_PUBLIC_DEPTH + 1, MAX_DEPTH] {
			assert_noop!(grant(delegations), Error::<Test>::MaxDepthExceeded);
		}
		assert_ok!(grant(MAX_PUBLIC_DEPTH));
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
		let vectors: [(Change, Error<Test>); 17] = [
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
			(
				|t| t.exceptions = set([Exception::of_purposes(Default::default())]),
				Error::InvalidTerms,
			),
			(
				|t| t.exceptions = set([Exception::of_categories(t.categories.clone())]),
				Error::InvalidTerms,
			),
			(
				|t| {
					let data = DateWindow { from: Some(Day(2)), until: Some(Day(1)) };
					t.exceptions = set([Exception::of_data(data)]);
				},
				Error::InvalidTerms,
			),
			(
				|t| t.exceptions = set([Exception::of_categories(set([Category::Hiv]))]),
				Error::InvalidCategory,
			),
			(
				|t| {
					let marketing = set([PurposeOfUse::Marketing]);
					let categories = set([Category::Labs, Category::Genomics]);
					let data = DateWindow::ALL;
					t.exceptions = set([Exception { purposes: marketing, categories, data }]);
				},
				Error::InvalidCategory,
			),
		];
		for (change, error) in vectors {
			let mut terms = research(Permission::DiseaseSpecific(set([Mondo(5015)])));
			change(&mut terms);
			assert_noop!(grant(PATIENT, RESEARCHER, Terms::Public(terms), window(), 1), error);
		}
	});
}
