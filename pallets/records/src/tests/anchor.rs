// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event, Owned, Record, RecordState, Version};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{audit::AuditAction, RecordId};
use sp_runtime::DispatchError;

#[test]
fn a_record_is_anchored() {
	build_and_execute(|| {
		assert_ok!(Records::anchor(RuntimeOrigin::signed(PATIENT), SALT, MANIFEST, 2));
		let record = RecordId::derive(&PATIENT, &SALT);
		assert_eq!(
			Records::record(record),
			Some(Record {
				owner: PATIENT,
				version: 1,
				state: RecordState::Live,
				created_at: NOW,
				updated_at: NOW,
			})
		);
		assert_eq!(
			Records::version(record, 1),
			Some(Version { manifest: MANIFEST, segments: 2, anchored_at: NOW })
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
			Records::anchor(RuntimeOrigin::signed(PATIENT), SALT, MANIFEST, 1),
			Error::<Test>::AlreadyExists
		);
		assert_ok!(Records::anchor(RuntimeOrigin::signed(OTHER_PATIENT), SALT, MANIFEST, 1));
		assert_ok!(Records::anchor(RuntimeOrigin::signed(PATIENT), [9; 32], MANIFEST, 1));
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
			Records::anchor(RuntimeOrigin::signed(PATIENT), SALT, MANIFEST, 1),
			Error::<Test>::AlreadyExists
		);
	});
}

#[test]
fn every_participant_may_own_records() {
	build_and_execute(|| {
		assert_ok!(Records::anchor(RuntimeOrigin::signed(ORGANISATION), SALT, MANIFEST, 1));
	});
}

#[test]
fn a_stranger_anchors_nothing() {
	build_and_execute(|| {
		assert_noop!(
			Records::anchor(RuntimeOrigin::signed(STRANGER), SALT, MANIFEST, 1),
			Error::<Test>::NotRegistered
		);
	});
}

#[test]
fn a_record_has_some_segments_and_not_too_many() {
	build_and_execute(|| {
		assert_noop!(
			Records::anchor(RuntimeOrigin::signed(PATIENT), SALT, MANIFEST, 0),
			Error::<Test>::EmptyRecord
		);
		assert_noop!(
			Records::anchor(RuntimeOrigin::signed(PATIENT), SALT, MANIFEST, MAX_SEGMENTS + 1),
			Error::<Test>::TooManySegments
		);
		assert_ok!(Records::anchor(RuntimeOrigin::signed(PATIENT), SALT, MANIFEST, MAX_SEGMENTS));
	});
}

#[test]
fn only_a_signed_origin_anchors() {
	build_and_execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Records::anchor(origin, SALT, MANIFEST, 1), DispatchError::BadOrigin);
		}
	});
}
