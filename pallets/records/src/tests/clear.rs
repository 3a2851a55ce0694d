// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event, Versions};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{audit::AuditAction, RecordId};
use sp_runtime::DispatchError;

/// An erased record with as many versions as one may have.
fn erased() -> RecordId {
	let record = anchored();
	let patient = || RuntimeOrigin::signed(PATIENT);
	for version in 1..MAX_VERSIONS {
		Records::revise(patient(), record, version, MANIFEST, CATEGORIES, 1, None).unwrap();
	}
	Committee::set(&true);
	Records::erase(patient(), record).unwrap();
	Committee::set(&false);
	events();
	Trail::set(&Vec::new());
	record
}

fn clear(record: RecordId, limit: u32) -> sp_runtime::DispatchResult {
	Records::clear(RuntimeOrigin::signed(STRANGER), record, limit)
}

#[test]
fn what_is_erased_is_removed_step_by_step_and_the_deposit_returned() {
	build_and_execute(|| {
		let record = erased();
		destroy_shares();
		assert_ok!(clear(record, 2));
		assert_eq!(Records::record(record).unwrap().version, 1);
		assert_eq!(Versions::<Test>::iter_key_prefix(record).count(), 1);
		assert!(events().is_empty());
		Records::do_try_state().unwrap();

		assert_ok!(clear(record, 2));
		assert_eq!(Records::record(record), None);
		assert_eq!(Versions::<Test>::iter_key_prefix(record).count(), 0);
		assert_eq!(Balances::free_balance(PATIENT), BALANCE);
		assert_eq!(events(), [Event::Erased { record }]);
		assert_eq!(Trail::get(), [(PATIENT, STRANGER, AuditAction::ErasureCompleted { record })]);
		assert_noop!(clear(record, 1), Error::<Test>::NotFound);
	});
}

#[test]
fn custodians_come_first() {
	build_and_execute(|| {
		let record = erased();
		assert_noop!(clear(record, 1), Error::<Test>::NotYetErased);
	});
}

#[test]
fn only_what_is_erased_is_removed() {
	build_and_execute(|| {
		for record in [anchored(), proposed()] {
			assert_noop!(clear(record, 1), Error::<Test>::NotErasing);
		}
	});
}

#[test]
fn a_batch_has_bounds() {
	build_and_execute(|| {
		let record = erased();
		destroy_shares();
		for limit in [0, MAX_BATCH + 1, u32::MAX] {
			assert_noop!(clear(record, limit), Error::<Test>::BatchOutOfRange);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Records::clear(origin, record, 1), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn its_identifier_is_not_used_again() {
	build_and_execute(|| {
		let record = erased();
		destroy_shares();
		assert_ok!(clear(record, 2));
		assert_ok!(clear(record, 2));
		let patient = RuntimeOrigin::signed(PATIENT);
		assert_noop!(
			Records::anchor(patient, SALT, MANIFEST, CATEGORIES, 1, None),
			Error::<Test>::AlreadyExists
		);
	});
}
