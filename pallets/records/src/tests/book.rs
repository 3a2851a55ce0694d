// SPDX-License-Identifier: Apache-2.0
//! `salus_primitives::traits::RecordBook`.

use crate::mock::*;
use frame_support::assert_ok;
use salus_primitives::{traits::RecordBook, RecordId};

#[test]
fn it_tells_owner_and_life() {
	build_and_execute(|| {
		let record = anchored();
		assert_eq!(Records::owner(&record), Some(PATIENT));
		assert!(Records::is_live(&record));
		assert_eq!(<Records as RecordBook<u64>>::version(&record), Some(1));

		assert_ok!(Records::retire(RuntimeOrigin::signed(PATIENT), record));
		assert_eq!(Records::owner(&record), Some(PATIENT));
		assert!(!Records::is_live(&record));
	});
}

#[test]
fn what_does_not_exist_has_neither() {
	build_and_execute(|| {
		assert_eq!(Records::owner(&RecordId([8; 32])), None);
		assert!(!Records::is_live(&RecordId([8; 32])));
		assert_eq!(<Records as RecordBook<u64>>::version(&RecordId([8; 32])), None);
	});
}
