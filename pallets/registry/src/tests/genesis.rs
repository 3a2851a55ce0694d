// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Credential, GenesisConfig, Participant};
use salus_primitives::Role;

#[test]
fn participants_and_credentials_are_there_from_the_start() {
	ExtBuilder::with_everybody().with_credential(CLINICIAN, REGISTRAR, NOW + 1).build_and_execute(
		|| {
			assert_eq!(
				Registry::participant(CLINICIAN),
				Some(Participant { role: Role::Clinician, key_version: 1, registered_at: 0 })
			);
			assert_eq!(Registry::encryption_key(CLINICIAN), Some(key(CLINICIAN as u8)));
			assert_eq!(
				Registry::credential(CLINICIAN),
				Some(Credential { registrar: REGISTRAR, issued_at: 0, expires_at: NOW + 1 })
			);
		},
	);
}

#[test]
fn presets_are_json() {
	let json = serde_json::json!({
		"participants": [[7, "organisation", { "suite": "X25519", "public": vec![5; 32] }]],
		"credentials": [[7, 3, 1_900_000_000_000u64]],
	});
	let config: GenesisConfig<Test> = serde_json::from_value(json.clone()).unwrap();
	assert_eq!(config.participants, [(7, Role::Organisation, key(5))]);
	assert_eq!(config.credentials, [(7, 3, 1_900_000_000_000)]);
	assert_eq!(serde_json::to_value(&config).unwrap(), json);
}

#[test]
#[should_panic(expected = "a participant is named twice")]
fn a_participant_is_named_once() {
	ExtBuilder::with_everybody().with(PATIENT, Role::Researcher).build();
}

#[test]
#[should_panic(expected = "a credential is named twice")]
fn a_credential_is_named_once() {
	ExtBuilder::with_everybody()
		.with_credential(CLINICIAN, REGISTRAR, 1)
		.with_credential(CLINICIAN, REGISTRAR, 2)
		.build();
}

#[test]
#[should_panic(expected = "a credential is given to one who needs none")]
fn a_patient_gets_no_credential() {
	ExtBuilder::with_everybody().with_credential(PATIENT, REGISTRAR, 1).build();
}

#[test]
#[should_panic(expected = "a credential is issued by one who is no registrar")]
fn credentials_come_from_registrars() {
	ExtBuilder::with_everybody().with_credential(CLINICIAN, PATIENT, 1).build();
}

#[test]
#[should_panic(expected = "a credential is over from the start")]
fn a_credential_lasts() {
	ExtBuilder::with_everybody().with_credential(CLINICIAN, REGISTRAR, 0).build();
}
