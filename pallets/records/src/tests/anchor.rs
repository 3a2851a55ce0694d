// SPDX-License-Identifier: Apache-2.0

use crate::Call;
use crate::{mock::*, Error, Event, Owned, RecordState, Version};
use codec::MaxEncodedLen;
use frame_support::{assert_noop, assert_ok, dispatch::CheckIfFeeless};
use salus_primitives::{audit::AuditAction, RecordId};
use sp_runtime::DispatchError;

#[test]
fn a_record_is_anchored() {
	build_and_execute(|| {
		assert_ok!(Records::anchor(
			RuntimeOrigin::signed(PATIENT),
			SALT,
			MANIFEST,
			CATEGORIES,
			2,
			None
		));
		let record = RecordId::derive(&PATIENT, &SALT);
		let stored = Records::record(record).unwrap();
		assert_eq!((stored.owner, stored.version, stored.state), (PATIENT, 1, RecordState::Live));
		assert_eq!((stored.created_at, stored.updated_at), (NOW, NOW));
		assert_eq!(stored.deposit.payer, PATIENT);
		assert_eq!(
			Records::version(record, 1),
			Some(Version {
				manifest: MANIFEST,
				categories: CATEGORIES,
				segments: 2,
				anchored_at: NOW
			})
		);
		assert!(Owned::<Test>::contains_key(PATIENT, record));
		assert_eq!(events(), [Event::Anchored { record, owner: PATIENT }]);
		assert_eq!(Trail::get(), [(PATIENT, PATIENT, AuditAction::RecordAnchored { record })]);
	});
}

#[test]
fn one_salt_is_one_record_per_owner() {
	build_and_execute(|| {
		let record = anchored();
		assert_noop!(
			Records::anchor(RuntimeOrigin::signed(PATIENT), SALT, MANIFEST, CATEGORIES, 1, None),
			Error::<Test>::AlreadyExists
		);
		assert_ok!(Records::anchor(
			RuntimeOrigin::signed(OTHER_PATIENT),
			SALT,
			MANIFEST,
			CATEGORIES,
			1,
			None
		));
		assert_ok!(Records::anchor(
			RuntimeOrigin::signed(PATIENT),
			[9; 32],
			MANIFEST,
			CATEGORIES,
			1,
			None
		));
		assert_eq!(Records::record(record).unwrap().owner, PATIENT);
		assert_eq!(Owned::<Test>::iter_key_prefix(PATIENT).count(), 2);
	});
}

#[test]
fn a_retired_record_is_not_anchored_anew() {
	build_and_execute(|| {
		let record = anchored();
		assert_ok!(Records::retire(RuntimeOrigin::signed(PATIENT), record));
		assert_noop!(
			Records::anchor(RuntimeOrigin::signed(PATIENT), SALT, MANIFEST, CATEGORIES, 1, None),
			Error::<Test>::AlreadyExists
		);
	});
}

#[test]
fn every_participant_may_own_records() {
	build_and_execute(|| {
		assert_ok!(Records::anchor(
			RuntimeOrigin::signed(ORGANISATION),
			SALT,
			MANIFEST,
			CATEGORIES,
			1,
			None
		));
	});
}

#[test]
fn a_stranger_anchors_nothing() {
	build_and_execute(|| {
		assert_noop!(
			Records::anchor(RuntimeOrigin::signed(STRANGER), SALT, MANIFEST, CATEGORIES, 1, None),
			Error::<Test>::NotRegistered
		);
	});
}

#[test]
fn a_record_has_some_segments_and_not_too_many() {
	build_and_execute(|| {
		assert_noop!(
			Records::anchor(RuntimeOrigin::signed(PATIENT), SALT, MANIFEST, CATEGORIES, 0, None),
			Error::<Test>::EmptyRecord
		);
		assert_noop!(
			Records::anchor(
				RuntimeOrigin::signed(PATIENT),
				SALT,
				MANIFEST,
				CATEGORIES,
				MAX_SEGMENTS + 1,
				None
			),
			Error::<Test>::TooManySegments
		);
		assert_ok!(Records::anchor(
			RuntimeOrigin::signed(PATIENT),
			SALT,
			MANIFEST,
			CATEGORIES,
			MAX_SEGMENTS,
			None
		));
	});
}

#[test]
fn only_a_signed_origin_anchors() {
	build_and_execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Records::anchor(origin, SALT, MANIFEST, CATEGORIES, 1, None),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn a_record_costs_a_deposit_that_grows_with_its_versions() {
	build_and_execute(|| {
		let record = anchored();
		let held = || BALANCE - Balances::free_balance(PATIENT);
		let first = held();
		assert!(first > 0);
		assert_ok!(Records::revise(
			RuntimeOrigin::signed(PATIENT),
			record,
			1,
			MANIFEST,
			CATEGORIES,
			2,
			None
		));
		let further = Version::max_encoded_len() + RecordId::max_encoded_len();
		assert_eq!(held() - first, further as u64);
	});
}

#[test]
fn a_sponsor_pays_for_whom_she_sponsors() {
	build_and_execute(|| {
		assert_ok!(Records::anchor(
			RuntimeOrigin::signed(OTHER_PATIENT),
			SALT,
			MANIFEST,
			CATEGORIES,
			1,
			None
		));
		let record = RecordId::derive(&OTHER_PATIENT, &SALT);
		assert_eq!(Records::record(record).unwrap().deposit.payer, SPONSOR);
		assert!(Balances::free_balance(SPONSOR) < BALANCE);

		let calls = [
			Call::anchor {
				salt: SALT,
				manifest: MANIFEST,
				categories: CATEGORIES,
				segments: 1,
				dealing: None,
			},
			Call::revise {
				record,
				expected_version: 1,
				manifest: MANIFEST,
				categories: CATEGORIES,
				segments: 1,
				dealing: None,
			},
			Call::retire { record },
		];
		for call in calls {
			let call: Call<Test> = call;
			assert!(call.is_feeless(&RuntimeOrigin::signed(OTHER_PATIENT)));
			assert!(!call.is_feeless(&RuntimeOrigin::signed(PATIENT)));
			assert!(!call.is_feeless(&RuntimeOrigin::root()));
		}
	});
}

#[test]
fn who_cannot_pay_the_deposit_anchors_nothing() {
	build_and_execute(|| {
		Balances::force_set_balance(RuntimeOrigin::root(), PATIENT, 1).unwrap();
		let anchored =
			Records::anchor(RuntimeOrigin::signed(PATIENT), SALT, MANIFEST, CATEGORIES, 1, None);
		assert!(anchored.is_err());
		assert_eq!(Records::record(RecordId::derive(&PATIENT, &SALT)), None);
	});
}

#[test]
fn a_guardian_acts_for_her_ward() {
	build_and_execute(|| {
		let guardian = || RuntimeOrigin::signed(GUARDIAN);
		assert_ok!(Records::anchor(guardian(), SALT, MANIFEST, CATEGORIES, 1, None));
		let record = RecordId::derive(&PATIENT, &SALT);
		let stored = Records::record(record).unwrap();
		assert_eq!((stored.owner, stored.deposit.payer), (PATIENT, GUARDIAN));
		assert_ok!(Records::revise(guardian(), record, 1, MANIFEST, CATEGORIES, 1, None));
		assert_ok!(Records::retire(guardian(), record));
		let actors: Vec<_> = Trail::get().into_iter().map(|(of, by, _)| (of, by)).collect();
		assert_eq!(actors, [(PATIENT, GUARDIAN); 3]);
	});
}
