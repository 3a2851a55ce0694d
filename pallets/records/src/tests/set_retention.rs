// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::RecordId;
use sp_runtime::DispatchError;

#[test]
fn the_owner_sets_and_takes_back_until_when_it_is_kept() {
	build_and_execute(|| {
		let record = anchored();
		for until in [Some(NOW + 1), Some(u64::MAX), None] {
			assert_ok!(Records::set_retention(RuntimeOrigin::signed(PATIENT), record, until));
			assert_eq!(Records::record(record).unwrap().keep_until, until);
			assert_eq!(events(), [Event::RetentionSet { record, until }]);
		}
	});
}

#[test]
fn she_may_prolong_it_until_it_is_erased() {
	build_and_execute(|| {
		let record = anchored();
		let set = |until| Records::set_retention(RuntimeOrigin::signed(PATIENT), record, until);
		assert_ok!(set(Some(NOW + 10)));
		Timestamp::set_timestamp(NOW + 10 + RETENTION_GRACE);
		assert_ok!(set(Some(NOW + 10_000)));
		let expired = Records::expire(RuntimeOrigin::signed(STRANGER), record);
		assert_noop!(expired, Error::<Test>::NotYetExpired);
		assert_ok!(Records::erase(RuntimeOrigin::signed(PATIENT), record));
		assert_noop!(set(None), Error::<Test>::Erasing);
	});
}

#[test]
fn the_past_is_no_retention() {
	build_and_execute(|| {
		let record = anchored();
		for until in [0, NOW - 1, NOW] {
			assert_noop!(
				Records::set_retention(RuntimeOrigin::signed(PATIENT), record, Some(until)),
				Error::<Test>::InvalidRetention
			);
		}
	});
}

#[test]
fn nobody_but_the_owner_sets_it() {
	build_and_execute(|| {
		let record = anchored();
		for who in [OTHER_PATIENT, CLINICIAN, STRANGER] {
			let set = Records::set_retention(RuntimeOrigin::signed(who), record, None);
			assert_noop!(set, Error::<Test>::NotAuthorized);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			let set = Records::set_retention(origin, record, None);
			assert_noop!(set, DispatchError::BadOrigin);
		}
		let missing = RecordId([8; 32]);
		let set = Records::set_retention(RuntimeOrigin::signed(PATIENT), missing, None);
		assert_noop!(set, Error::<Test>::NotFound);
	});
}
