// SPDX-License-Identifier: Apache-2.0
//! Whether `try_state` finds what must not be.

use crate::{mock::*, Credential, Credentials, Keys, KeysLeft, Participants};

fn broken(change: impl FnOnce()) {
	ExtBuilder::with_everybody().with_credential(CLINICIAN, REGISTRAR, NOW).build().execute_with(
		|| {
			Registry::do_try_state().unwrap();
			change();
			assert!(Registry::do_try_state().is_err());
		},
	);
}

#[test]
fn faults_in_keys_are_found() {
	broken(|| Keys::<Test>::remove(PATIENT, 1));
	broken(|| Keys::<Test>::insert(PATIENT, 2, key(9)));
	broken(|| Keys::<Test>::insert(PATIENT, 3, key(9)));
	broken(|| Keys::<Test>::insert(STRANGER, 1, key(9)));
	broken(|| KeysLeft::<Test>::insert(PATIENT, 1));
	broken(|| KeysLeft::<Test>::insert(STRANGER, 1));
}

#[test]
fn faults_in_credentials_are_found() {
	let credential = |expires_at| Credential { registrar: REGISTRAR, issued_at: NOW, expires_at };
	broken(|| Credentials::<Test>::insert(PATIENT, credential(NOW + 1)));
	broken(|| Credentials::<Test>::insert(STRANGER, credential(NOW + 1)));
	broken(|| Credentials::<Test>::insert(CLINICIAN, credential(NOW)));
	broken(|| {
		Participants::<Test>::remove(CLINICIAN);
		Keys::<Test>::remove(CLINICIAN, 1);
	});
}
