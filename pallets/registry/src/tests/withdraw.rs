// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

fn verified() -> ExtBuilder {
	ExtBuilder::with_everybody().with_credential(CLINICIAN, REGISTRAR, NOW + 100)
}

#[test]
fn any_registrar_withdraws() {
	verified().build_and_execute(|| {
		assert_ok!(Registry::withdraw(RuntimeOrigin::signed(OTHER_REGISTRAR), CLINICIAN));
		assert_eq!(Registry::credential(CLINICIAN), None);
		assert_eq!(
			events(),
			[Event::Withdrawn { who: CLINICIAN, registrar: Some(OTHER_REGISTRAR) }]
		);
	});
}

#[test]
fn governance_withdraws() {
	verified().build_and_execute(|| {
		assert_ok!(Registry::withdraw(RuntimeOrigin::root(), CLINICIAN));
		assert_eq!(Registry::credential(CLINICIAN), None);
		assert_eq!(events(), [Event::Withdrawn { who: CLINICIAN, registrar: None }]);
	});
}

#[test]
fn nobody_else_withdraws() {
	verified().build_and_execute(|| {
		for who in [PATIENT, CLINICIAN, STRANGER] {
			assert_noop!(
				Registry::withdraw(RuntimeOrigin::signed(who), CLINICIAN),
				Error::<Test>::NotAuthorized
			);
		}
		assert_noop!(
			Registry::withdraw(RuntimeOrigin::none(), CLINICIAN),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn what_was_not_issued_or_is_gone_is_not_found() {
	verified().build_and_execute(|| {
		for who in [PATIENT, STRANGER] {
			assert_noop!(
				Registry::withdraw(RuntimeOrigin::signed(REGISTRAR), who),
				Error::<Test>::NotFound
			);
		}
		assert_ok!(Registry::withdraw(RuntimeOrigin::signed(REGISTRAR), CLINICIAN));
		assert_noop!(
			Registry::withdraw(RuntimeOrigin::signed(REGISTRAR), CLINICIAN),
			Error::<Test>::NotFound
		);
	});
}
