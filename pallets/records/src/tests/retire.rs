// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event, RecordState};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{audit::AuditAction, RecordId};
use sp_runtime::DispatchError;

#[test]
fn a_record_is_retired_and_stays() {
	build_and_execute(|| {
		let record = anchored();
		Timestamp::set_timestamp(NOW + 5);
		assert_ok!(Records::retire(RuntimeOrigin::signed(PATIENT), record));
		let stored = Records::record(record).unwrap();
		assert_eq!(
			(stored.state, stored.version, stored.updated_at),
			(RecordState::Retired, 1, NOW + 5)
		);
		assert!(Records::version(record, 1).is_some());
		assert_eq!(events(), [Event::Retired { record }]);
		assert_eq!(Trail::get(), [(PATIENT, PATIENT, AuditAction::RecordRetired { record })]);
	});
}

#[test]
fn once_is_enough() {
	build_and_execute(|| {
		let record = anchored();
		assert_ok!(Records::retire(RuntimeOrigin::signed(PATIENT), record));
		assert_noop!(
			Records::retire(RuntimeOrigin::signed(PATIENT), record),
			Error::<Test>::AlreadyRetired
		);
	});
}

#[test]
fn nobody_but_the_owner_retires() {
	build_and_execute(|| {
		let record = anchored();
		for who in [OTHER_PATIENT, ORGANISATION, STRANGER] {
			assert_noop!(
				Records::retire(RuntimeOrigin::signed(who), record),
				Error::<Test>::NotAuthorized
			);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Records::retire(origin, record), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn what_does_not_exist_is_not_retired() {
	build_and_execute(|| {
		assert_noop!(
			Records::retire(RuntimeOrigin::signed(PATIENT), RecordId([8; 32])),
			Error::<Test>::NotFound
		);
	});
}
