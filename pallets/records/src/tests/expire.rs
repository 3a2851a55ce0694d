// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event, RecordState};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{audit::AuditAction, RecordId};
use sp_runtime::DispatchError;

#[test]
fn anybody_has_it_erased_when_retention_and_grace_are_over() {
	build_and_execute(|| {
		let record = anchored();
		let expire = || Records::expire(RuntimeOrigin::signed(STRANGER), record);
		assert_noop!(expire(), Error::<Test>::NotYetExpired);
		let patient = RuntimeOrigin::signed(PATIENT);
		assert_ok!(Records::set_retention(patient, record, Some(NOW + 10)));
		events();
		Timestamp::set_timestamp(NOW + 10 + RETENTION_GRACE - 1);
		assert_noop!(expire(), Error::<Test>::NotYetExpired);
		Timestamp::set_timestamp(NOW + 10 + RETENTION_GRACE);
		assert_ok!(expire());
		assert_eq!(Records::record(record).unwrap().state, RecordState::Erasing);
		assert_eq!(events(), [Event::ErasureStarted { record }]);
		assert_eq!(Trail::get(), [(PATIENT, STRANGER, AuditAction::ErasureStarted { record })]);
		assert_noop!(expire(), Error::<Test>::Erasing);
	});
}

#[test]
fn only_what_she_took_expires() {
	build_and_execute(|| {
		let expire = |origin, record| Records::expire(origin, record);
		let stranger = || RuntimeOrigin::signed(STRANGER);
		let record = proposed();
		assert_noop!(expire(stranger(), record), Error::<Test>::NotAccepted);
		assert_noop!(expire(stranger(), RecordId([8; 32])), Error::<Test>::NotFound);
		let record = anchored();
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(expire(origin, record), DispatchError::BadOrigin);
		}
	});
}
