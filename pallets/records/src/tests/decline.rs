// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event, Proposals, RecordState};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{audit::AuditAction, RecordId};
use sp_runtime::DispatchError;

#[test]
fn what_she_does_not_take_is_erased() {
	build_and_execute(|| {
		let record = proposed();
		Committee::set(&true);
		assert_ok!(Records::decline(RuntimeOrigin::signed(PATIENT), record));
		assert_eq!(Records::record(record).unwrap().state, RecordState::Erasing);
		assert!(!Proposals::<Test>::contains_key(PATIENT, record));
		assert_eq!(Erasures::get(), [(record, 1, false)]);
		assert_eq!(events(), [Event::Declined { record }, Event::ErasureStarted { record }]);
		let declined = AuditAction::RecordDeclined { record };
		let erased = AuditAction::ErasureStarted { record };
		assert_eq!(Trail::get(), [(PATIENT, PATIENT, declined), (PATIENT, PATIENT, erased)]);

		destroy_shares();
		assert_ok!(Records::clear(RuntimeOrigin::signed(STRANGER), record, 1));
		assert_eq!(Balances::free_balance(CLINICIAN), BALANCE);
	});
}

#[test]
fn only_what_was_put_before_her_is_declined() {
	build_and_execute(|| {
		let decline = |record| Records::decline(RuntimeOrigin::signed(PATIENT), record);
		let own = anchored();
		assert_noop!(decline(own), Error::<Test>::NotProposed);
		assert_noop!(decline(RecordId([8; 32])), Error::<Test>::NotFound);
		let record = proposed();
		assert_ok!(decline(record));
		assert_noop!(decline(record), Error::<Test>::NotProposed);
	});
}

#[test]
fn nobody_declines_for_her_but_her_guardian() {
	build_and_execute(|| {
		let record = proposed();
		for who in [OTHER_PATIENT, CLINICIAN, STRANGER] {
			let declined = Records::decline(RuntimeOrigin::signed(who), record);
			assert_noop!(declined, Error::<Test>::NotAuthorized);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Records::decline(origin, record), DispatchError::BadOrigin);
		}
		assert_ok!(Records::decline(RuntimeOrigin::signed(GUARDIAN), record));
	});
}
