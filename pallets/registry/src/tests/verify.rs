// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Credential, Error, Event};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::Role;
use sp_runtime::DispatchError;

#[test]
fn a_registrar_issues_a_credential() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		let expires_at = NOW + MAX_DURATION;
		assert_ok!(Registry::verify(RuntimeOrigin::signed(REGISTRAR), CLINICIAN, expires_at));
		assert_eq!(
			Registry::credential(CLINICIAN),
			Some(Credential { registrar: REGISTRAR, issued_at: NOW, expires_at })
		);
		assert_eq!(
			events(),
			[Event::Verified { who: CLINICIAN, registrar: REGISTRAR, expires_at }]
		);
	});
}

#[test]
fn another_registrar_renews_it() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		assert_ok!(Registry::verify(RuntimeOrigin::signed(REGISTRAR), CLINICIAN, NOW + 10));
		Timestamp::set_timestamp(NOW + 50);
		assert_ok!(Registry::verify(RuntimeOrigin::signed(OTHER_REGISTRAR), CLINICIAN, NOW + 90));
		assert_eq!(
			Registry::credential(CLINICIAN),
			Some(Credential {
				registrar: OTHER_REGISTRAR,
				issued_at: NOW + 50,
				expires_at: NOW + 90
			})
		);
	});
}

#[test]
fn nobody_but_a_registrar_verifies() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		for who in [PATIENT, CLINICIAN, STRANGER] {
			assert_noop!(
				Registry::verify(RuntimeOrigin::signed(who), CLINICIAN, NOW + 1),
				Error::<Test>::NotAuthorized
			);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Registry::verify(origin, CLINICIAN, NOW + 1), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn a_stranger_is_not_verified() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		assert_noop!(
			Registry::verify(RuntimeOrigin::signed(REGISTRAR), STRANGER, NOW + 1),
			Error::<Test>::NotFound
		);
	});
}

#[test]
fn roles_that_count_alone_get_no_credential() {
	ExtBuilder::with_everybody().with(30, Role::Guardian).build_and_execute(|| {
		for who in [PATIENT, 30, REGISTRAR, OTHER_REGISTRAR] {
			assert_noop!(
				Registry::verify(RuntimeOrigin::signed(REGISTRAR), who, NOW + 1),
				Error::<Test>::CredentialNotNeeded
			);
		}
	});
}

#[test]
fn the_expiry_lies_in_the_future() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		for expires_at in [0, NOW - 1, NOW] {
			assert_noop!(
				Registry::verify(RuntimeOrigin::signed(REGISTRAR), CLINICIAN, expires_at),
				Error::<Test>::Expired
			);
		}
		assert_ok!(Registry::verify(RuntimeOrigin::signed(REGISTRAR), CLINICIAN, NOW + 1));
	});
}

#[test]
fn the_expiry_is_not_too_far() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		for expires_at in [NOW + MAX_DURATION + 1, u64::MAX] {
			assert_noop!(
				Registry::verify(RuntimeOrigin::signed(REGISTRAR), CLINICIAN, expires_at),
				Error::<Test>::ExpiryTooFar
			);
		}
	});
}
