// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event, RecordState, Version};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{audit::AuditAction, Commitment, RecordId};
use sp_runtime::DispatchError;

const NEXT: Commitment = Commitment([3; 32]);

#[test]
fn a_version_follows_the_current_one() {
	build_and_execute(|| {
		let record = anchored();
		Timestamp::set_timestamp(NOW + 5);
		assert_ok!(Records::revise(
			RuntimeOrigin::signed(PATIENT),
			record,
			1,
			NEXT,
			CATEGORIES,
			7,
			None
		));
		let stored = Records::record(record).unwrap();
		assert_eq!((stored.owner, stored.version, stored.state), (PATIENT, 2, RecordState::Live));
		assert_eq!((stored.created_at, stored.updated_at), (NOW, NOW + 5));
		assert_eq!(Records::version(record, 1).unwrap().manifest, MANIFEST);
		assert_eq!(
			Records::version(record, 2),
			Some(Version {
				manifest: NEXT,
				categories: CATEGORIES,
				segments: 7,
				anchored_at: NOW + 5
			})
		);
		assert_eq!(Records::version(record, 3), None);
		assert_eq!(events(), [Event::Revised { record, version: 2 }]);
		let action = AuditAction::RecordRevised { record, version: 2 };
		assert_eq!(Trail::get(), [(PATIENT, PATIENT, action)]);
	});
}

#[test]
fn submitted_twice_it_revises_once() {
	build_and_execute(|| {
		let record = anchored();
		assert_ok!(Records::revise(
			RuntimeOrigin::signed(PATIENT),
			record,
			1,
			NEXT,
			CATEGORIES,
			1,
			None
		));
		for expected_version in [0, 1, 3, u32::MAX] {
			assert_noop!(
				Records::revise(
					RuntimeOrigin::signed(PATIENT),
					record,
					expected_version,
					NEXT,
					CATEGORIES,
					1,
					None
				),
				Error::<Test>::VersionMismatch
			);
		}
	});
}

#[test]
fn a_record_has_at_most_the_allowed_number_of_versions() {
	build_and_execute(|| {
		let record = anchored();
		for version in 1..MAX_VERSIONS {
			assert_ok!(Records::revise(
				RuntimeOrigin::signed(PATIENT),
				record,
				version,
				NEXT,
				CATEGORIES,
				1,
				None
			));
		}
		assert_noop!(
			Records::revise(
				RuntimeOrigin::signed(PATIENT),
				record,
				MAX_VERSIONS,
				NEXT,
				CATEGORIES,
				1,
				None
			),
			Error::<Test>::MaxVersionsExceeded
		);
	});
}

#[test]
fn a_version_has_some_segments_and_not_too_many() {
	build_and_execute(|| {
		let record = anchored();
		assert_noop!(
			Records::revise(RuntimeOrigin::signed(PATIENT), record, 1, NEXT, CATEGORIES, 0, None),
			Error::<Test>::EmptyRecord
		);
		assert_noop!(
			Records::revise(
				RuntimeOrigin::signed(PATIENT),
				record,
				1,
				NEXT,
				CATEGORIES,
				MAX_SEGMENTS + 1,
				None
			),
			Error::<Test>::TooManySegments
		);
	});
}

#[test]
fn a_retired_record_is_not_revised() {
	build_and_execute(|| {
		let record = anchored();
		assert_ok!(Records::retire(RuntimeOrigin::signed(PATIENT), record));
		assert_noop!(
			Records::revise(RuntimeOrigin::signed(PATIENT), record, 1, NEXT, CATEGORIES, 1, None),
			Error::<Test>::Retired
		);
	});
}

#[test]
fn nobody_but_the_owner_revises() {
	build_and_execute(|| {
		let record = anchored();
		for who in [OTHER_PATIENT, ORGANISATION, STRANGER] {
			assert_noop!(
				Records::revise(RuntimeOrigin::signed(who), record, 1, NEXT, CATEGORIES, 1, None),
				Error::<Test>::NotAuthorized
			);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Records::revise(origin, record, 1, NEXT, CATEGORIES, 1, None),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn what_does_not_exist_is_not_revised() {
	build_and_execute(|| {
		assert_noop!(
			Records::revise(
				RuntimeOrigin::signed(PATIENT),
				RecordId([8; 32]),
				1,
				NEXT,
				CATEGORIES,
				1,
				None
			),
			Error::<Test>::NotFound
		);
	});
}
