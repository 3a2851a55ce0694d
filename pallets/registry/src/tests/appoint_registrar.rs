// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event, Participant};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::Role;
use sp_runtime::DispatchError;

#[test]
fn governance_appoints() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		assert_ok!(Registry::appoint_registrar(RuntimeOrigin::root(), STRANGER, key(9)));
		assert_eq!(
			Registry::participant(STRANGER),
			Some(Participant { role: Role::Registrar, key_version: 1, registered_at: NOW })
		);
		assert_eq!(Registry::encryption_key(STRANGER), Some(key(9)));
		assert_eq!(events(), [Event::RegistrarAppointed { who: STRANGER }]);
		assert_ok!(Registry::verify(RuntimeOrigin::signed(STRANGER), CLINICIAN, NOW + 1));
	});
}

#[test]
fn one_who_has_a_role_is_not_appointed() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		for who in [PATIENT, REGISTRAR] {
			assert_noop!(
				Registry::appoint_registrar(RuntimeOrigin::root(), who, key(9)),
				Error::<Test>::AlreadyExists
			);
		}
	});
}

#[test]
fn only_governance_appoints() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		for origin in [
			RuntimeOrigin::signed(STRANGER),
			RuntimeOrigin::signed(REGISTRAR),
			RuntimeOrigin::none(),
		] {
			assert_noop!(
				Registry::appoint_registrar(origin, STRANGER, key(9)),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn appointing_again_and_again_comes_to_the_limit_of_keys() {
	ExtBuilder::default().build_and_execute(|| {
		for version in 1..=MAX_KEYS {
			let key = key(version as u8);
			assert_ok!(Registry::appoint_registrar(RuntimeOrigin::root(), STRANGER, key));
			assert_ok!(Registry::dismiss_registrar(RuntimeOrigin::root(), STRANGER, true));
		}
		assert_noop!(
			Registry::appoint_registrar(RuntimeOrigin::root(), STRANGER, key(99)),
			Error::<Test>::MaxKeysExceeded
		);
		assert_noop!(
			Registry::register(RuntimeOrigin::signed(STRANGER), Role::Patient, key(99)),
			Error::<Test>::MaxKeysExceeded
		);
	});
}
