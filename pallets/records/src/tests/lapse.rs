// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event, RecordState};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{audit::AuditAction, RecordId};
use sp_runtime::DispatchError;

#[test]
fn what_nobody_decided_about_lapses() {
	build_and_execute(|| {
		let record = proposed();
		Timestamp::set_timestamp(NOW + PROPOSAL_LIFETIME - 1);
		let lapse = || Records::lapse(RuntimeOrigin::signed(STRANGER), record);
		assert_noop!(lapse(), Error::<Test>::NotYetLapsed);
		Timestamp::set_timestamp(NOW + PROPOSAL_LIFETIME);
		assert_ok!(lapse());
		assert_eq!(Records::record(record).unwrap().state, RecordState::Erasing);
		assert_eq!(events(), [Event::Declined { record }, Event::ErasureStarted { record }]);
		let declined = AuditAction::RecordDeclined { record };
		assert_eq!(Trail::get().first(), Some(&(PATIENT, STRANGER, declined)));
		assert_noop!(lapse(), Error::<Test>::NotProposed);
	});
}

#[test]
fn its_provider_takes_it_back_at_any_time() {
	build_and_execute(|| {
		let record = proposed();
		assert_ok!(Records::lapse(RuntimeOrigin::signed(CLINICIAN), record));
		let record = anchored();
		let lapse = |record| Records::lapse(RuntimeOrigin::signed(PATIENT), record);
		assert_noop!(lapse(record), Error::<Test>::NotProposed);
		assert_noop!(lapse(RecordId([8; 32])), Error::<Test>::NotFound);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Records::lapse(origin, record), DispatchError::BadOrigin);
		}
	});
}
