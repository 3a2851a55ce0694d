// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event, Owned, RecordState};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{audit::AuditAction, traits::RecordBook as _, RecordId};
use sp_runtime::DispatchError;

#[test]
fn an_erased_record_is_gone_at_once_and_custodians_have_to_answer() {
	build_and_execute(|| {
		let record = anchored();
		let patient = || RuntimeOrigin::signed(PATIENT);
		assert_ok!(Records::revise(patient(), record, 1, MANIFEST, CATEGORIES, 1, None));
		Committee::set(&true);
		events();
		Trail::set(&Vec::new());
		assert_ok!(Records::erase(patient(), record));
		assert_eq!(Records::record(record).unwrap().state, RecordState::Erasing);
		assert!(!Records::is_live(&record));
		assert!(!Owned::<Test>::contains_key(PATIENT, record));
		assert_eq!(Erasures::get(), [(record, 2, false)]);
		assert_eq!(events(), [Event::ErasureStarted { record }]);
		assert_eq!(Trail::get(), [(PATIENT, PATIENT, AuditAction::ErasureStarted { record })]);
	});
}

#[test]
fn a_retired_record_is_erased_too() {
	build_and_execute(|| {
		let record = anchored();
		assert_ok!(Records::retire(RuntimeOrigin::signed(PATIENT), record));
		assert_ok!(Records::erase(RuntimeOrigin::signed(GUARDIAN), record));
	});
}

#[test]
fn nothing_more_is_done_with_it() {
	build_and_execute(|| {
		let record = anchored();
		let patient = || RuntimeOrigin::signed(PATIENT);
		assert_ok!(Records::erase(patient(), record));
		assert_noop!(Records::erase(patient(), record), Error::<Test>::Erasing);
		assert_noop!(Records::retire(patient(), record), Error::<Test>::Erasing);
		assert_noop!(
			Records::revise(patient(), record, 1, MANIFEST, CATEGORIES, 1, None),
			Error::<Test>::Erasing
		);
	});
}

#[test]
fn nobody_but_the_owner_erases() {
	build_and_execute(|| {
		let record = anchored();
		for who in [OTHER_PATIENT, CLINICIAN, STRANGER] {
			let erased = Records::erase(RuntimeOrigin::signed(who), record);
			assert_noop!(erased, Error::<Test>::NotAuthorized);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Records::erase(origin, record), DispatchError::BadOrigin);
		}
		let missing = Records::erase(RuntimeOrigin::signed(PATIENT), RecordId([8; 32]));
		assert_noop!(missing, Error::<Test>::NotFound);
	});
}
