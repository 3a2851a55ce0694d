// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{ConsentRequest, Error, Event, Requests};
use frame_support::assert_noop;
use salus_primitives::audit::AuditAction;
use sp_runtime::DispatchError;

fn id_of(requester: u64, salt: [u8; 32]) -> ConsentId {
	let SealedTerms { commitment, envelope } = sealed_terms();
	let (terms, cid) = (&commitment, &envelope);
	ConsentId::derive_requested(&requester, &PATIENT, &salt, terms, cid, &window(), 2)
}

#[test]
fn a_request_is_stored_and_written_down() {
	build_and_execute(|| {
		assert_ok!(ask(CLINICIAN, SALT));
		let consent = id_of(CLINICIAN, SALT);
		let request = Requests::<Test>::get(PATIENT, CLINICIAN).unwrap();
		let expected = ConsentRequest {
			consent,
			terms: sealed_terms(),
			window: window(),
			uses: 2,
			requested_at: NOW,
			expires_at: NOW + REQUEST_LIFETIME,
			deposit: request.deposit.clone(),
		};
		assert_eq!(request, expected);
		assert_eq!(entries(), [(PATIENT, CLINICIAN, AuditAction::ConsentRequested { consent })]);
		assert_eq!(
			events(),
			[Event::Requested { consent, subject: PATIENT, requester: CLINICIAN }]
		);
		// Nothing is granted yet.
		assert_eq!(Consent::consent(consent), None);
	});
}

#[test]
fn only_a_signed_origin_asks() {
	build_and_execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Consent::request(origin, PATIENT, SALT, sealed_terms(), window(), 1),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn only_the_verified_ask_and_only_those_who_take_part() {
	build_and_execute(|| {
		for who in [STRANGER, POOR_PATIENT, PATIENT] {
			assert_noop!(ask(who, SALT), Error::<Test>::CredentialMissing);
		}
		Distrusted::insert(CLINICIAN, ());
		assert_noop!(ask(CLINICIAN, SALT), Error::<Test>::CredentialMissing);
		let ask = |of| Consent::request(by(NURSE), of, SALT, sealed_terms(), window(), 1);
		assert_noop!(ask(STRANGER), Error::<Test>::SubjectNotRegistered);
		assert_noop!(ask(NURSE), Error::<Test>::SelfGrant);
	});
}

#[test]
fn what_could_not_be_granted_is_not_asked_for() {
	build_and_execute(|| {
		let with = |from, until, uses| {
			let window = Window { from, until };
			Consent::request(by(CLINICIAN), PATIENT, SALT, sealed_terms(), window, uses)
		};
		assert_noop!(with(5, 5, 1), Error::<Test>::EmptyWindow);
		assert_noop!(with(0, NOW, 1), Error::<Test>::Expired);
		assert_noop!(with(0, NOW + MAX_DURATION + 1, 1), Error::<Test>::WindowTooLong);
		for uses in [0, MAX_USES + 1] {
			assert_noop!(with(NOW, NOW + 1, uses), Error::<Test>::UsesOutOfRange);
		}
	});
}

#[test]
fn one_request_of_each_is_open_at_a_time() {
	build_and_execute(|| {
		assert_ok!(ask(CLINICIAN, SALT));
		assert_ok!(ask(NURSE, SALT));
		for salt in [SALT, [8; 32]] {
			assert_noop!(ask(CLINICIAN, salt), Error::<Test>::AlreadyRequested);
		}
		wait_until(NOW + REQUEST_LIFETIME - 1);
		assert_noop!(ask(CLINICIAN, [8; 32]), Error::<Test>::AlreadyRequested);
		wait_until(NOW + REQUEST_LIFETIME);
		let before = held(CLINICIAN);
		assert_ok!(ask(CLINICIAN, [8; 32]));
		// The old deposit went back.
		assert_eq!(held(CLINICIAN), before);
		let request = Consent::open_request(PATIENT, CLINICIAN).unwrap();
		assert_eq!(request.consent, id_of(CLINICIAN, [8; 32]));
		assert_eq!(request.expires_at, NOW + 2 * REQUEST_LIFETIME);
	});
}

#[test]
fn what_was_approved_is_not_asked_for_again() {
	build_and_execute(|| {
		let consent = asked();
		assert_ok!(Consent::approve(by(PATIENT), CLINICIAN, consent));
		assert_noop!(ask(CLINICIAN, SALT), Error::<Test>::AlreadyExists);
		assert_ok!(ask(CLINICIAN, [8; 32]));
	});
}
