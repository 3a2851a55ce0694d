// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event, KeysLeft};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{traits::Participants as _, Role};
use sp_runtime::DispatchError;

#[test]
fn a_dismissed_registrar_verifies_no_more() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		assert_ok!(Registry::dismiss_registrar(RuntimeOrigin::root(), REGISTRAR, true));
		assert_eq!(events(), [Event::RegistrarDismissed { who: REGISTRAR, trusted: true }]);
		assert_eq!(Registry::participant(REGISTRAR), None);
		assert_noop!(
			Registry::verify(RuntimeOrigin::signed(REGISTRAR), CLINICIAN, NOW + 1),
			Error::<Test>::NotAuthorized
		);
		assert_noop!(
			Registry::withdraw(RuntimeOrigin::signed(REGISTRAR), CLINICIAN),
			Error::<Test>::NotAuthorized
		);
	});
}

#[test]
fn what_she_issued_holds_on() {
	ExtBuilder::with_everybody()
		.with_credential(CLINICIAN, REGISTRAR, NOW + 100)
		.build_and_execute(|| {
			assert_ok!(Registry::dismiss_registrar(RuntimeOrigin::root(), REGISTRAR, true));
			assert!(Registry::is_in_good_standing(&CLINICIAN, NOW));
		});
}

#[test]
fn her_keys_stay_and_their_versions_go_on() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		assert_ok!(Registry::rotate_key(RuntimeOrigin::signed(REGISTRAR), key(60)));
		assert_ok!(Registry::dismiss_registrar(RuntimeOrigin::root(), REGISTRAR, true));
		assert_eq!(Registry::encryption_key(REGISTRAR), None);
		assert_eq!(Registry::key(REGISTRAR, 2), Some(key(60)));
		Registry::do_try_state().unwrap();

		let origin = RuntimeOrigin::signed(REGISTRAR);
		assert_ok!(Registry::register(origin, Role::Clinician, key(61)));
		assert_eq!(Registry::participant(REGISTRAR).unwrap().key_version, 3);
		assert_eq!(Registry::key(REGISTRAR, 1), Some(key(REGISTRAR as u8)));
		assert_eq!(Registry::key(REGISTRAR, 3), Some(key(61)));
		assert!(!KeysLeft::<Test>::contains_key(REGISTRAR));
	});
}

#[test]
fn only_registrars_are_dismissed() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		for who in [PATIENT, CLINICIAN, STRANGER] {
			assert_noop!(
				Registry::dismiss_registrar(RuntimeOrigin::root(), who, true),
				Error::<Test>::NotFound
			);
		}
	});
}

#[test]
fn only_governance_dismisses() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		for origin in [
			RuntimeOrigin::signed(REGISTRAR),
			RuntimeOrigin::signed(OTHER_REGISTRAR),
			RuntimeOrigin::none(),
		] {
			assert_noop!(
				Registry::dismiss_registrar(origin, REGISTRAR, true),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn what_a_distrusted_registrar_issued_counts_no_more() {
	ExtBuilder::with_everybody().with_credential(CLINICIAN, REGISTRAR, NOW + 10).build_and_execute(
		|| {
			assert!(Registry::is_in_good_standing(&CLINICIAN, NOW));
			assert_ok!(Registry::dismiss_registrar(RuntimeOrigin::root(), REGISTRAR, false));
			assert_eq!(events(), [Event::RegistrarDismissed { who: REGISTRAR, trusted: false }]);
			assert!(!Registry::is_in_good_standing(&CLINICIAN, NOW));
			assert_noop!(
				Registry::appoint_registrar(RuntimeOrigin::root(), REGISTRAR, key(5)),
				Error::<Test>::NotAuthorized
			);
			// Another registrar's word is enough.
			let verify = Registry::verify(
				RuntimeOrigin::signed(OTHER_REGISTRAR),
				CLINICIAN,
				NOW + MAX_DURATION,
			);
			assert_ok!(verify);
			assert!(Registry::is_in_good_standing(&CLINICIAN, NOW));
		},
	);
}
