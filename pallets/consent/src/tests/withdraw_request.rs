// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Error, Event};
use frame_support::assert_noop;
use sp_runtime::DispatchError;

fn withdraw(who: u64) -> DispatchResult {
	Consent::withdraw_request(by(who), PATIENT, CLINICIAN)
}

#[test]
fn the_requester_withdraws_at_any_time() {
	build_and_execute(|| {
		let consent = asked();
		assert_ok!(withdraw(CLINICIAN));
		assert_eq!(events(), [Event::RequestWithdrawn { consent }]);
		assert!(entries().is_empty());
		assert_eq!((held(CLINICIAN), Consent::open_request(PATIENT, CLINICIAN)), (0, None));
		assert_noop!(withdraw(CLINICIAN), Error::<Test>::NotFound);
	});
}

#[test]
fn anybody_removes_what_nobody_answered_in_time() {
	build_and_execute(|| {
		asked();
		wait_until(NOW + REQUEST_LIFETIME - 1);
		for who in [PATIENT, STRANGER] {
			assert_noop!(withdraw(who), Error::<Test>::NotAuthorized);
		}
		wait_until(NOW + REQUEST_LIFETIME);
		assert_ok!(withdraw(STRANGER));
		assert_eq!(held(CLINICIAN), 0);
	});
}

#[test]
fn only_a_signed_origin_withdraws() {
	build_and_execute(|| {
		asked();
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Consent::withdraw_request(origin, PATIENT, CLINICIAN),
				DispatchError::BadOrigin
			);
		}
	});
}
