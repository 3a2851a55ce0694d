// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Error, Event, State};
use frame_support::assert_noop;
use salus_primitives::{
	audit::{AuditAction, Refusal},
	traits::ConsentBook,
};
use sp_runtime::DispatchError;

#[test]
fn the_subject_revokes_once_and_it_is_audited() {
	build_and_execute(|| {
		let id = granted(sealed(), 3);
		assert_ok!(Consent::revoke(RuntimeOrigin::signed(PATIENT), id));
		let consent = Consents::<Test>::get(id).unwrap();
		assert_eq!((consent.state, consent.version, consent.uses_left), (State::Revoked, 2, 3));
		let action = AuditAction::ConsentRevoked { consent: id, version: 2 };
		assert_eq!(entries(), [(PATIENT, PATIENT, action)]);
		assert_eq!(events(), [Event::Revoked { consent: id, version: 2 }]);
		assert_noop!(
			Consent::revoke(RuntimeOrigin::signed(PATIENT), id),
			Error::<Test>::AlreadyRevoked
		);
	});
}

#[test]
fn nobody_else_revokes() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		for who in [CLINICIAN, RESEARCHER, STRANGER] {
			assert_noop!(
				Consent::revoke(RuntimeOrigin::signed(who), id),
				Error::<Test>::NotAuthorized
			);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Consent::revoke(origin, id), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn what_does_not_exist_is_not_revoked() {
	build_and_execute(|| {
		assert_noop!(
			Consent::revoke(RuntimeOrigin::signed(PATIENT), ConsentId([9; 32])),
			Error::<Test>::NotFound
		);
	});
}

#[test]
fn an_expired_and_spent_consent_is_revoked_too() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		assert_eq!(Consent::redeem(&id, None, NOW), Ok(1));
		Timestamp::set_timestamp(window().until);
		assert_ok!(Consent::revoke(RuntimeOrigin::signed(PATIENT), id));
	});
}

#[test]
fn another_consent_of_the_same_parties_stands() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		let origin = RuntimeOrigin::signed(PATIENT);
		assert_ok!(Consent::grant(origin, [8; 32], CLINICIAN, sealed(), window(), 1));
		let other = ConsentId::derive(&PATIENT, &[8; 32]);
		assert_ok!(Consent::revoke(RuntimeOrigin::signed(PATIENT), id));
		assert_eq!(Consent::redeem(&id, None, NOW), Err(Refusal::ConsentRevoked));
		assert_eq!(Consent::redeem(&other, None, NOW), Ok(1));
	});
}
