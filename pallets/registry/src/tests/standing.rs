// SPDX-License-Identifier: Apache-2.0
//! `salus_primitives::traits::Participants`.

use crate::mock::*;
use frame_support::assert_ok;
use salus_primitives::{traits::Participants as _, Role};

#[test]
fn roles_are_told() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		assert_eq!(Registry::role(&PATIENT), Some(Role::Patient));
		assert_eq!(Registry::role(&REGISTRAR), Some(Role::Registrar));
		assert_eq!(Registry::role(&STRANGER), None);
	});
}

#[test]
fn a_role_without_need_for_a_credential_counts_at_once() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		assert!(Registry::is_in_good_standing(&PATIENT, NOW));
		assert!(Registry::is_in_good_standing(&REGISTRAR, NOW));
		assert!(!Registry::is_in_good_standing(&STRANGER, NOW));
	});
}

#[test]
fn a_credential_counts_until_it_is_over() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		assert!(!Registry::is_in_good_standing(&CLINICIAN, NOW));
		assert_ok!(Registry::verify(RuntimeOrigin::signed(REGISTRAR), CLINICIAN, NOW + 10));
		assert!(Registry::is_in_good_standing(&CLINICIAN, NOW));
		assert!(Registry::is_in_good_standing(&CLINICIAN, NOW + 9));
		assert!(!Registry::is_in_good_standing(&CLINICIAN, NOW + 10));
	});
}

#[test]
fn a_credential_counts_until_it_is_withdrawn() {
	ExtBuilder::with_everybody().with_credential(CLINICIAN, REGISTRAR, NOW + 10).build_and_execute(
		|| {
			assert!(Registry::is_in_good_standing(&CLINICIAN, NOW));
			assert_ok!(Registry::withdraw(RuntimeOrigin::signed(REGISTRAR), CLINICIAN));
			assert!(!Registry::is_in_good_standing(&CLINICIAN, NOW));
		},
	);
}
