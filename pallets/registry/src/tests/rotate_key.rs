// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn a_new_key_becomes_current_and_the_old_one_stays() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		assert_ok!(Registry::rotate_key(RuntimeOrigin::signed(PATIENT), key(50)));
		assert_eq!(Registry::encryption_key(PATIENT), Some(key(50)));
		assert_eq!(Registry::key(PATIENT, 1), Some(key(PATIENT as u8)));
		assert_eq!(Registry::key(PATIENT, 2), Some(key(50)));
		assert_eq!(Registry::key(PATIENT, 3), None);
		assert_eq!(events(), [Event::KeyRotated { who: PATIENT, version: 2 }]);
	});
}

#[test]
fn the_current_key_is_not_rotated_to_itself() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		assert_noop!(
			Registry::rotate_key(RuntimeOrigin::signed(PATIENT), key(PATIENT as u8)),
			Error::<Test>::KeyUnchanged
		);
	});
}

#[test]
fn an_account_has_at_most_the_allowed_number_of_keys() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		for version in 2..=MAX_KEYS {
			assert_ok!(Registry::rotate_key(
				RuntimeOrigin::signed(PATIENT),
				key(50 + version as u8)
			));
		}
		assert_noop!(
			Registry::rotate_key(RuntimeOrigin::signed(PATIENT), key(99)),
			Error::<Test>::MaxKeysExceeded
		);
	});
}

#[test]
fn a_stranger_has_no_key_to_rotate() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		assert_noop!(
			Registry::rotate_key(RuntimeOrigin::signed(STRANGER), key(50)),
			Error::<Test>::NotRegistered
		);
	});
}

#[test]
fn only_a_signed_origin_rotates() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Registry::rotate_key(origin, key(50)), DispatchError::BadOrigin);
		}
	});
}
