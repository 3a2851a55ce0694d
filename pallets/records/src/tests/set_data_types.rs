// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, DataTypes, Error, Event};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::RecordId;
use sp_runtime::DispatchError;

#[test]
fn nothing_is_known_until_the_owner_says_so() {
	build_and_execute(|| {
		let record = anchored();
		assert_eq!(Records::record(record).unwrap().data_types, DataTypes::NONE);
		let some = DataTypes::CLINICAL.union(DataTypes::GENOMIC);
		for data_types in [some, DataTypes::NONE, DataTypes(0b1_1111)] {
			let patient = RuntimeOrigin::signed(PATIENT);
			assert_ok!(Records::set_data_types(patient, record, data_types));
			assert_eq!(Records::record(record).unwrap().data_types, data_types);
			assert_eq!(events(), [Event::DataTypesSet { record, data_types }]);
		}
	});
}

#[test]
fn bits_without_a_meaning_are_refused() {
	build_and_execute(|| {
		let record = anchored();
		for bit in 5..8 {
			let unknown = DataTypes(1 << bit);
			assert_noop!(
				Records::set_data_types(RuntimeOrigin::signed(PATIENT), record, unknown),
				Error::<Test>::InvalidDataTypes
			);
		}
	});
}

#[test]
fn nobody_but_the_owner_says_it() {
	build_and_execute(|| {
		let record = anchored();
		let set = |origin, record| Records::set_data_types(origin, record, DataTypes::IMAGING);
		for who in [OTHER_PATIENT, CLINICIAN, STRANGER] {
			assert_noop!(set(RuntimeOrigin::signed(who), record), Error::<Test>::NotAuthorized);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(set(origin, record), DispatchError::BadOrigin);
		}
		let patient = || RuntimeOrigin::signed(PATIENT);
		assert_noop!(set(patient(), RecordId([8; 32])), Error::<Test>::NotFound);
		let other = proposed();
		assert_noop!(set(patient(), other), Error::<Test>::NotAccepted);
	});
}
