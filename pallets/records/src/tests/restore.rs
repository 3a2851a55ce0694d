// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event, RecordState};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{audit::AuditAction, traits::RecordBook as _, RecordId};
use sp_runtime::DispatchError;

#[test]
fn a_retired_record_lives_again() {
	build_and_execute(|| {
		let record = anchored();
		assert_ok!(Records::retire(RuntimeOrigin::signed(PATIENT), record));
		Timestamp::set_timestamp(NOW + 5);
		events();
		Trail::set(&Vec::new());
		assert_ok!(Records::restore(RuntimeOrigin::signed(GUARDIAN), record));
		let stored = Records::record(record).unwrap();
		assert_eq!((stored.state, stored.updated_at), (RecordState::Live, NOW + 5));
		assert!(Records::is_live(&record));
		assert_eq!(events(), [Event::Restored { record }]);
		assert_eq!(Trail::get(), [(PATIENT, GUARDIAN, AuditAction::RecordRestored { record })]);
	});
}

#[test]
fn only_what_is_retired_is_restored() {
	build_and_execute(|| {
		let restore = |record| Records::restore(RuntimeOrigin::signed(PATIENT), record);
		let record = anchored();
		assert_noop!(restore(record), Error::<Test>::NotRetired);
		assert_noop!(restore(RecordId([8; 32])), Error::<Test>::NotFound);
		let other = proposed();
		assert_noop!(restore(other), Error::<Test>::NotAccepted);
		assert_ok!(Records::erase(RuntimeOrigin::signed(PATIENT), record));
		assert_noop!(restore(record), Error::<Test>::Erasing);
	});
}

#[test]
fn nobody_but_the_owner_restores() {
	build_and_execute(|| {
		let record = anchored();
		assert_ok!(Records::retire(RuntimeOrigin::signed(PATIENT), record));
		for who in [OTHER_PATIENT, CLINICIAN, STRANGER] {
			let restored = Records::restore(RuntimeOrigin::signed(who), record);
			assert_noop!(restored, Error::<Test>::NotAuthorized);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Records::restore(origin, record), DispatchError::BadOrigin);
		}
	});
}
