// SPDX-License-Identifier: Apache-2.0
//! Keys are dealt to custodians exactly once per version, when there are any.

use crate::{mock::*, Call, Error, WeightInfo};
use frame_support::{assert_noop, assert_ok, dispatch::GetDispatchInfo};
use salus_primitives::{custody::Dealing, RecordId};
use sp_runtime::{DispatchError, DispatchResult};

fn anchor(dealing: Option<Dealing<u64>>) -> DispatchResult {
	Records::anchor(RuntimeOrigin::signed(PATIENT), SALT, MANIFEST, CATEGORIES, 2, dealing)
}

fn revise(record: RecordId, dealing: Option<Dealing<u64>>) -> DispatchResult {
	let patient = RuntimeOrigin::signed(PATIENT);
	Records::revise(patient, record, 1, MANIFEST, CATEGORIES, 3, dealing)
}

#[test]
fn each_version_is_dealt_once() {
	build_and_execute(|| {
		Committee::set(&true);
		let record = RecordId::derive(&PATIENT, &SALT);
		assert_ok!(anchor(Some(dealing(7))));
		assert_ok!(revise(record, Some(dealing(7))));
		assert_eq!(Dealt::get(), [(PATIENT, record, 1, 2), (PATIENT, record, 2, 3)]);
	});
}

#[test]
fn nothing_is_anchored_without_acknowledgements() {
	build_and_execute(|| {
		let record = anchored();
		Committee::set(&true);
		let salt = [9; 32];
		let patient = || RuntimeOrigin::signed(PATIENT);
		let anchor = |dealing| Records::anchor(patient(), salt, MANIFEST, CATEGORIES, 2, dealing);
		assert_noop!(anchor(None), Error::<Test>::DealingMissing);
		assert_noop!(anchor(Some(dealing(8))), DispatchError::Other("not acknowledged"));
		assert_noop!(revise(record, None), Error::<Test>::DealingMissing);
		assert_noop!(revise(record, Some(dealing(8))), DispatchError::Other("not acknowledged"));
	});
}

#[test]
fn without_a_committee_nothing_is_dealt() {
	build_and_execute(|| {
		assert_noop!(anchor(Some(dealing(7))), Error::<Test>::NoCommittee);
	});
}

#[test]
fn each_acknowledgement_is_weighed() {
	let weigh = |dealing| {
		let call: Call<Test> = Call::anchor {
			salt: SALT,
			manifest: MANIFEST,
			categories: CATEGORIES,
			segments: 1,
			dealing,
		};
		call.get_dispatch_info().call_weight
	};
	assert_eq!(weigh(None), <()>::anchor(0));
	assert_eq!(weigh(Some(dealing(7))), <()>::anchor(1));
}
