// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Call, Error, Event, Owned, Proposals, RecordState};
use frame_support::{assert_noop, assert_ok, dispatch::CheckIfFeeless};
use salus_primitives::{audit::AuditAction, traits::RecordBook as _, RecordId};
use sp_runtime::DispatchError;

#[test]
fn a_patient_takes_what_was_put_before_her() {
	build_and_execute(|| {
		let record = proposed();
		Timestamp::set_timestamp(NOW + 5);
		assert_ok!(Records::accept(RuntimeOrigin::signed(PATIENT), record));
		let stored = Records::record(record).unwrap();
		assert_eq!((stored.state, stored.updated_at), (RecordState::Live, NOW + 5));
		assert_eq!((stored.provider, stored.deposit.payer), (Some(CLINICIAN), CLINICIAN));
		assert!(Records::is_live(&record));
		assert!(Owned::<Test>::contains_key(PATIENT, record));
		assert!(!Proposals::<Test>::contains_key(PATIENT, record));
		assert_eq!(events(), [Event::Accepted { record }]);
		assert_eq!(Trail::get(), [(PATIENT, PATIENT, AuditAction::RecordAccepted { record })]);
		// From now on it is a record like any other.
		assert_ok!(Records::revise(
			RuntimeOrigin::signed(PATIENT),
			record,
			1,
			MANIFEST,
			CATEGORIES,
			1,
			None
		));
	});
}

#[test]
fn only_what_was_put_before_her_is_taken_and_once() {
	build_and_execute(|| {
		let accept = |record| Records::accept(RuntimeOrigin::signed(PATIENT), record);
		let own = anchored();
		assert_noop!(accept(own), Error::<Test>::NotProposed);
		assert_noop!(accept(RecordId([8; 32])), Error::<Test>::NotFound);
		let record = proposed();
		assert_ok!(accept(record));
		assert_noop!(accept(record), Error::<Test>::NotProposed);
	});
}

#[test]
fn nobody_takes_it_for_her_but_her_guardian() {
	build_and_execute(|| {
		let record = proposed();
		for who in [OTHER_PATIENT, CLINICIAN, STRANGER] {
			let accepted = Records::accept(RuntimeOrigin::signed(who), record);
			assert_noop!(accepted, Error::<Test>::NotAuthorized);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Records::accept(origin, record), DispatchError::BadOrigin);
		}
		assert_ok!(Records::accept(RuntimeOrigin::signed(GUARDIAN), record));
	});
}

#[test]
fn before_she_takes_it_nothing_else_is_done_with_it() {
	build_and_execute(|| {
		let record = proposed();
		let patient = || RuntimeOrigin::signed(PATIENT);
		let not_accepted = Error::<Test>::NotAccepted;
		assert_noop!(Records::retire(patient(), record), not_accepted);
		assert_noop!(Records::erase(patient(), record), Error::<Test>::NotAccepted);
		assert_noop!(
			Records::revise(patient(), record, 1, MANIFEST, CATEGORIES, 1, None),
			Error::<Test>::NotAccepted
		);
		assert_noop!(Records::set_retention(patient(), record, None), Error::<Test>::NotAccepted);
	});
}

#[test]
fn deciding_is_free_for_whom_a_sponsor_pays() {
	build_and_execute(|| {
		let record = proposed();
		let calls: [Call<Test>; 7] = [
			Call::accept { record },
			Call::decline { record },
			Call::restore { record },
			Call::erase { record },
			Call::set_retention { record, until: None },
			Call::set_data_types { record, data_types: crate::DataTypes::NONE },
			Call::retire { record },
		];
		for call in calls {
			assert!(call.is_feeless(&RuntimeOrigin::signed(OTHER_PATIENT)));
			assert!(!call.is_feeless(&RuntimeOrigin::signed(PATIENT)));
		}
	});
}
