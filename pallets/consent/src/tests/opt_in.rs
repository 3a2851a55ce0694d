// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Error, Event};
use frame_support::assert_noop;
use salus_primitives::audit::AuditAction;
use sp_runtime::DispatchError;

fn opt_in(who: u64, id: ConsentId, expected: u32) -> DispatchResult {
	Consent::opt_in_retrospectively(by(who), id, expected)
}

#[test]
fn the_subject_opts_in_once() {
	build_and_execute(|| {
		let id = granted(public(Permission::GeneralResearch), 1);
		let before = Consents::<Test>::get(id).unwrap();
		assert_ok!(opt_in(PATIENT, id, 1));
		let after = crate::Consent { retrospective: true, version: 2, ..before };
		assert_eq!(Consents::<Test>::get(id), Some(after));
		let action = AuditAction::ConsentAmended { consent: id, version: 2 };
		assert_eq!(entries(), [(PATIENT, PATIENT, action)]);
		assert_eq!(events(), [Event::Amended { consent: id, version: 2 }]);
		assert_noop!(opt_in(PATIENT, id, 2), Error::<Test>::AlreadyRetrospective);
	});
}

#[test]
fn a_guardian_opts_in_and_nobody_else() {
	build_and_execute(|| {
		let id = granted(public(Permission::GeneralResearch), 1);
		for who in [RESEARCHER, STRANGER] {
			assert_noop!(opt_in(who, id, 1), Error::<Test>::NotAuthorized);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Consent::opt_in_retrospectively(origin, id, 1), DispatchError::BadOrigin);
		}
		assert_ok!(opt_in(GUARDIAN, id, 1));
	});
}

#[test]
fn sealed_terms_say_themselves_how_far_they_reach() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		assert_noop!(opt_in(PATIENT, id, 1), Error::<Test>::TermsKindMismatch);
	});
}

#[test]
fn neither_a_revoked_nor_a_passed_on_nor_an_unseen_consent_is_opened() {
	build_and_execute(|| {
		let first = granted_with(public(Permission::GeneralResearch), 2, 1);
		let terms = public(Permission::GeneralResearch);
		assert_ok!(Consent::delegate(by(RESEARCHER), first, SALT, NURSE, terms, window(), 1, 0));
		let second = ConsentId::derive(&RESEARCHER, &SALT);
		assert_noop!(opt_in(PATIENT, second, 1), Error::<Test>::Delegated);
		assert_noop!(opt_in(PATIENT, first, 0), Error::<Test>::VersionMismatch);
		assert_noop!(opt_in(PATIENT, ConsentId([9; 32]), 1), Error::<Test>::NotFound);
		assert_ok!(Consent::revoke(by(PATIENT), first));
		assert_noop!(opt_in(PATIENT, first, 2), Error::<Test>::AlreadyRevoked);
	});
}
