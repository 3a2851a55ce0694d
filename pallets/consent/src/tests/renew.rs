// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Error, Event, PublicTerms};
use frame_support::assert_noop;
use salus_primitives::{audit::AuditAction, audit::Refusal, traits::ConsentBook};
use sp_runtime::DispatchError;

fn renew(who: u64, id: ConsentId, expected: u32, until: Moment, uses: u32) -> DispatchResult {
	Consent::renew(by(who), id, expected, until, uses)
}

#[test]
fn an_expired_and_spent_consent_holds_again() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		let before = Consents::<Test>::get(id).unwrap();
		assert_eq!(Consent::redeem(&id, None, NOW), Ok(1));
		wait_until(NOW + 1_000);
		assert_ok!(renew(PATIENT, id, 1, NOW + 3_000, 2));
		let window = Window { from: NOW, until: NOW + 3_000 };
		let after = crate::Consent { window, uses_left: 2, version: 2, ..before };
		assert_eq!(Consents::<Test>::get(id), Some(after));
		assert_eq!(Consent::redeem(&id, None, NOW + 1_000), Ok(2));
		let action = AuditAction::ConsentAmended { consent: id, version: 2 };
		assert_eq!(entries(), [(PATIENT, PATIENT, action)]);
		assert_eq!(events(), [Event::Amended { consent: id, version: 2 }]);
	});
}

#[test]
fn the_window_in_public_terms_moves_along() {
	build_and_execute(|| {
		let id = granted(public(Permission::GeneralResearch), 1);
		let before = held(PATIENT);
		assert_ok!(renew(PATIENT, id, 1, NOW + 3_000, 1));
		let act = Window { from: NOW, until: NOW + 3_000 };
		let terms = salus_policy::Terms { act, ..research(Permission::GeneralResearch) };
		assert_eq!(PublicTerms::<Test>::get(id), Some(terms));
		assert_eq!(held(PATIENT), before);
		let asked = request(&[Aim::General]);
		assert_eq!(Consent::redeem(&id, Some(&asked), NOW + 2_999), Ok(2));
		assert_eq!(Consent::redeem(&id, Some(&asked), NOW + 3_000), Err(Refusal::ConsentExpired));
	});
}

#[test]
fn what_was_opted_in_to_stays() {
	build_and_execute(|| {
		let id = granted(public(Permission::GeneralResearch), 1);
		assert_ok!(Consent::opt_in_retrospectively(by(PATIENT), id, 1));
		assert_ok!(renew(PATIENT, id, 2, NOW + 3_000, 1));
		assert!(Consents::<Test>::get(id).unwrap().retrospective);
	});
}

#[test]
fn a_guardian_renews_and_nobody_else() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		for who in [CLINICIAN, STRANGER] {
			assert_noop!(renew(who, id, 1, NOW + 1, 1), Error::<Test>::NotAuthorized);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Consent::renew(origin, id, 1, NOW + 1, 1), DispatchError::BadOrigin);
		}
		assert_ok!(renew(GUARDIAN, id, 1, NOW + 1, 1));
	});
}

#[test]
fn the_end_and_the_uses_are_bounded() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		assert_noop!(renew(PATIENT, id, 1, 0, 1), Error::<Test>::EmptyWindow);
		wait_until(NOW + 10);
		assert_noop!(renew(PATIENT, id, 1, NOW + 10, 1), Error::<Test>::Expired);
		assert_noop!(
			renew(PATIENT, id, 1, NOW + 11 + MAX_DURATION, 1),
			Error::<Test>::WindowTooLong
		);
		for uses in [0, MAX_USES + 1] {
			assert_noop!(renew(PATIENT, id, 1, NOW + 11, uses), Error::<Test>::UsesOutOfRange);
		}
		assert_ok!(renew(PATIENT, id, 1, NOW + 10 + MAX_DURATION, MAX_USES));
	});
}

#[test]
fn neither_a_revoked_nor_a_passed_on_nor_an_unseen_consent_is_renewed() {
	build_and_execute(|| {
		let [first, second, ..] = chain();
		let renew = |id, expected| renew(PATIENT, id, expected, NOW + 10, 1);
		assert_noop!(renew(second, 1), Error::<Test>::Delegated);
		assert_noop!(renew(first, 2), Error::<Test>::VersionMismatch);
		assert_noop!(renew(ConsentId([9; 32]), 1), Error::<Test>::NotFound);
		assert_ok!(Consent::revoke(by(PATIENT), first));
		assert_noop!(renew(first, 2), Error::<Test>::AlreadyRevoked);
	});
}
