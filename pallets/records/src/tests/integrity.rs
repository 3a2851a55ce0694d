// SPDX-License-Identifier: Apache-2.0
//! Whether `try_state` finds what must not be.

use crate::{mock::*, DataTypes, Owned, Proposals, RecordOf, RecordState, Version, Versions};
use salus_primitives::RecordId;

fn broken(change: impl FnOnce(RecordId)) {
	new_test_ext().execute_with(|| {
		let record = anchored();
		Records::revise(RuntimeOrigin::signed(PATIENT), record, 1, MANIFEST, CATEGORIES, 1, None)
			.unwrap();
		Records::do_try_state().unwrap();
		change(record);
		assert!(Records::do_try_state().is_err());
	});
}

fn change_record(record: RecordId, change: impl FnOnce(&mut RecordOf<Test>)) {
	crate::Records::<Test>::mutate(record, |stored| change(stored.as_mut().unwrap()));
}

#[test]
fn faults_in_versions_are_found() {
	let version = |segments, anchored_at| Version {
		manifest: MANIFEST,
		categories: CATEGORIES,
		segments,
		anchored_at,
	};
	broken(|record| Versions::<Test>::remove(record, 1));
	broken(|record| Versions::<Test>::remove(record, 2));
	broken(|record| Versions::<Test>::insert(record, 1, version(0, NOW)));
	broken(|record| Versions::<Test>::insert(record, 1, version(1, NOW - 1)));
	broken(|record| Versions::<Test>::insert(record, 2, version(1, NOW + 1)));
	broken(|record| Versions::<Test>::insert(record, 3, version(1, NOW)));
	broken(|_| Versions::<Test>::insert(RecordId([8; 32]), 1, version(1, NOW)));
}

#[test]
fn faults_in_records_are_found() {
	broken(|record| change_record(record, |stored| stored.version = 0));
	broken(|record| change_record(record, |stored| stored.version = MAX_VERSIONS + 1));
	broken(|record| change_record(record, |stored| stored.owner = OTHER_PATIENT));
	broken(|record| change_record(record, |stored| stored.updated_at = NOW - 1));
	broken(crate::Records::<Test>::remove);
}

#[test]
fn faults_in_ownership_are_found() {
	broken(|record| Owned::<Test>::remove(PATIENT, record));
	broken(|record| Owned::<Test>::insert(OTHER_PATIENT, record, ()));
	broken(|_| Owned::<Test>::insert(PATIENT, RecordId([8; 32]), ()));
}

#[test]
fn faults_in_states_are_found() {
	broken(|record| change_record(record, |stored| stored.state = RecordState::Proposed));
	broken(|record| change_record(record, |stored| stored.state = RecordState::Erasing));
	broken(|record| change_record(record, |stored| stored.data_types = DataTypes(1 << 7)));
	broken(|record| Erasures::set(&vec![(record, 2, true)]));
	broken(|record| Proposals::<Test>::insert(PATIENT, record, ()));
	broken(|_| {
		let record = proposed();
		change_record(record, |stored| stored.provider = None);
	});
	broken(|_| Proposals::<Test>::remove(PATIENT, proposed()));
}
