// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event, Owned, Proposals, RecordState};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{audit::AuditAction, traits::RecordBook as _, RecordId};
use sp_runtime::{DispatchError, DispatchResult};

fn propose(origin: RuntimeOrigin, owner: u64) -> DispatchResult {
	Records::propose(origin, owner, SALT, MANIFEST, CATEGORIES, 2, None)
}

#[test]
fn a_provider_puts_a_record_before_a_patient() {
	build_and_execute(|| {
		assert_ok!(propose(RuntimeOrigin::signed(CLINICIAN), PATIENT));
		let record = RecordId::derive(&CLINICIAN, &SALT);
		let stored = Records::record(record).unwrap();
		assert_eq!((stored.owner, stored.state), (PATIENT, RecordState::Proposed));
		assert_eq!((stored.provider, stored.deposit.payer), (Some(CLINICIAN), CLINICIAN));
		assert!(!Records::is_live(&record));
		assert!(Proposals::<Test>::contains_key(PATIENT, record));
		assert!(!Owned::<Test>::contains_key(PATIENT, record));
		assert_eq!(events(), [Event::Proposed { record, owner: PATIENT, provider: CLINICIAN }]);
		assert_eq!(Trail::get(), [(PATIENT, CLINICIAN, AuditAction::RecordProposed { record })]);
	});
}

#[test]
fn an_organisation_does_too() {
	build_and_execute(|| {
		assert_ok!(propose(RuntimeOrigin::signed(ORGANISATION), PATIENT));
	});
}

#[test]
fn one_salt_is_one_record_per_provider() {
	build_and_execute(|| {
		proposed();
		let again = propose(RuntimeOrigin::signed(CLINICIAN), OTHER_PATIENT);
		assert_noop!(again, Error::<Test>::AlreadyExists);
	});
}

#[test]
fn only_providers_in_good_standing_do() {
	build_and_execute(|| {
		for who in [PATIENT, LAPSED_CLINICIAN, STRANGER] {
			let proposed = propose(RuntimeOrigin::signed(who), OTHER_PATIENT);
			assert_noop!(proposed, Error::<Test>::CredentialMissing);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(propose(origin, PATIENT), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn it_is_somebody_else_s_and_she_takes_part() {
	build_and_execute(|| {
		let origin = || RuntimeOrigin::signed(CLINICIAN);
		assert_noop!(propose(origin(), CLINICIAN), Error::<Test>::SelfProposal);
		assert_noop!(propose(origin(), STRANGER), Error::<Test>::OwnerNotRegistered);
	});
}

#[test]
fn it_has_some_segments_and_not_too_many() {
	build_and_execute(|| {
		let propose = |segments| {
			let origin = RuntimeOrigin::signed(CLINICIAN);
			Records::propose(origin, PATIENT, SALT, MANIFEST, CATEGORIES, segments, None)
		};
		assert_noop!(propose(0), Error::<Test>::EmptyRecord);
		assert_noop!(propose(MAX_SEGMENTS + 1), Error::<Test>::TooManySegments);
	});
}

#[test]
fn its_keys_are_dealt_for_the_patient() {
	build_and_execute(|| {
		Committee::set(&true);
		let origin = || RuntimeOrigin::signed(CLINICIAN);
		assert_noop!(propose(origin(), PATIENT), Error::<Test>::DealingMissing);
		let dealing = Some(dealing(7));
		assert_ok!(Records::propose(origin(), PATIENT, SALT, MANIFEST, CATEGORIES, 2, dealing));
		assert_eq!(Dealt::get(), [(PATIENT, RecordId::derive(&CLINICIAN, &SALT), 1, 2)]);
	});
}
