// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Error, Event, State};
use frame_support::assert_noop;
use salus_primitives::{
	audit::{AuditAction, Refusal},
	custody::Revocations,
	traits::ConsentBook,
	ConsentStanding,
};
use sp_runtime::DispatchError;

#[test]
fn the_subject_revokes_once_and_it_is_audited() {
	build_and_execute(|| {
		let id = granted(sealed(), 3);
		assert_ok!(Consent::revoke(by(PATIENT), id));
		let consent = Consents::<Test>::get(id).unwrap();
		assert_eq!((consent.state, consent.version, consent.uses_left), (State::Revoked, 2, 3));
		let action = AuditAction::ConsentRevoked { consent: id, version: 2 };
		assert_eq!(entries(), [(PATIENT, PATIENT, action)]);
		assert_eq!(events(), [Event::Revoked { consent: id, version: 2 }]);
		assert_noop!(Consent::revoke(by(PATIENT), id), Error::<Test>::AlreadyRevoked);
	});
}

#[test]
fn nobody_else_revokes() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		for who in [CLINICIAN, RESEARCHER, STRANGER] {
			assert_noop!(Consent::revoke(by(who), id), Error::<Test>::NotAuthorized);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Consent::revoke(origin, id), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn what_does_not_exist_is_not_revoked() {
	build_and_execute(|| {
		assert_noop!(Consent::revoke(by(PATIENT), ConsentId([9; 32])), Error::<Test>::NotFound);
	});
}

#[test]
fn an_expired_and_spent_consent_is_revoked_too() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		assert_eq!(Consent::redeem(&id, None, NOW), Ok(1));
		wait_until(window().until);
		assert_ok!(Consent::revoke(by(PATIENT), id));
	});
}

#[test]
fn another_consent_of_the_same_parties_stands() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		let grantee = Grantee::Account(CLINICIAN);
		assert_ok!(Consent::grant(by(PATIENT), [8; 32], grantee, sealed(), window(), 1, 0));
		let other = ConsentId::derive(&PATIENT, &[8; 32]);
		assert_ok!(Consent::revoke(by(PATIENT), id));
		assert_eq!(Consent::redeem(&id, None, NOW), Err(Refusal::ConsentRevoked));
		assert_eq!(Consent::redeem(&other, None, NOW), Ok(1));
	});
}

#[test]
fn the_version_by_which_it_was_revoked_is_known() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		assert_eq!(Consent::revoked_version(&id), None);
		assert_ok!(Consent::renew(by(PATIENT), id, 1, NOW + 10, 1));
		assert_ok!(Consent::revoke(by(PATIENT), id));
		assert_eq!(Consent::revoked_version(&id), Some(3));
		assert_eq!(Consent::revoked_version(&ConsentId([9; 32])), None);
	});
}

#[test]
fn the_subject_revokes_every_part() {
	build_and_execute(|| {
		for id in chain() {
			assert_ok!(Consent::revoke(by(PATIENT), id));
			let action = AuditAction::ConsentRevoked { consent: id, version: 2 };
			assert_eq!(entries(), [(PATIENT, PATIENT, action)]);
		}
	});
}

#[test]
fn whoever_passed_it_on_revokes_it_and_nobody_further_away() {
	build_and_execute(|| {
		let [first, _, third, fourth] = chain();
		for who in [CLINICIAN, NURSE, LABORATORY, STRANGER] {
			assert_noop!(Consent::revoke(by(who), fourth), Error::<Test>::NotAuthorized);
		}
		for who in [CLINICIAN, SPECIALIST, LABORATORY] {
			assert_noop!(Consent::revoke(by(who), third), Error::<Test>::NotAuthorized);
		}
		assert_noop!(Consent::revoke(by(CLINICIAN), first), Error::<Test>::NotAuthorized);
		assert_ok!(Consent::revoke(by(SPECIALIST), fourth));
		// It is written down for the subject.
		let action = AuditAction::ConsentRevoked { consent: fourth, version: 2 };
		assert_eq!(entries(), [(PATIENT, SPECIALIST, action)]);
		assert_ok!(Consent::revoke(by(NURSE), third));
	});
}

#[test]
fn parts_fall_with_the_whole() {
	for at in 0..4 {
		build_and_execute(|| {
			let ids = chain();
			assert_ok!(Consent::revoke(by(PATIENT), ids[at]));
			for (other, id) in ids.iter().enumerate() {
				let expected = if other < at { Ok(1) } else { Err(Refusal::ConsentRevoked) };
				assert_eq!(Consent::holds(id, NOW), other < at);
				assert_eq!(Consent::redeem(id, None, NOW), expected);
			}
		});
	}
}
