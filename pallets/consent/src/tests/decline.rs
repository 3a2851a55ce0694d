// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Error, Event};
use frame_support::assert_noop;
use salus_primitives::audit::AuditAction;
use sp_runtime::DispatchError;

#[test]
fn the_subject_declines_and_the_deposit_goes_back() {
	build_and_execute(|| {
		let consent = asked();
		assert!(held(CLINICIAN) > 0);
		assert_ok!(Consent::decline(by(PATIENT), CLINICIAN, consent));
		assert_eq!(held(CLINICIAN), 0);
		assert_eq!(Consent::open_request(PATIENT, CLINICIAN), None);
		assert_eq!(entries(), [(PATIENT, PATIENT, AuditAction::ConsentDeclined { consent })]);
		assert_eq!(events(), [Event::Declined { consent }]);
		assert_noop!(Consent::decline(by(PATIENT), CLINICIAN, consent), Error::<Test>::NotFound);
	});
}

#[test]
fn an_old_request_is_declined_too() {
	build_and_execute(|| {
		let consent = asked();
		wait_until(NOW + REQUEST_LIFETIME);
		assert_ok!(Consent::decline(by(GUARDIAN), CLINICIAN, consent));
		assert_eq!(entries(), [(PATIENT, GUARDIAN, AuditAction::ConsentDeclined { consent })]);
	});
}

#[test]
fn only_what_she_saw_is_declined_and_by_nobody_else() {
	build_and_execute(|| {
		let consent = asked();
		let decline = |who, consent| Consent::decline(by(who), CLINICIAN, consent);
		assert_noop!(decline(PATIENT, ConsentId([9; 32])), Error::<Test>::RequestMismatch);
		for who in [CLINICIAN, STRANGER] {
			assert_noop!(decline(who, consent), Error::<Test>::NotFound);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Consent::decline(origin, CLINICIAN, consent), DispatchError::BadOrigin);
		}
	});
}
