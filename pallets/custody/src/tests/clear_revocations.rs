// SPDX-License-Identifier: Apache-2.0

use super::*;

/// The first committee with three revocations of which only one member knows.
fn begun() {
	form(FIRST);
	let consents = [1, 2, 3].map(|byte| (ConsentId([byte; 32]), 2));
	for (consent, version) in consents {
		Revoked::insert(consent, version);
	}
	let consents = BoundedVec::try_from(consents.to_vec()).unwrap();
	assert_ok!(Custody::acknowledge_revocations(signed(FIRST), E1, consents));
}

fn clear(limit: u32) -> DispatchResult {
	Custody::clear_revocations(signed(STRANGER), E1, limit)
}

#[test]
fn a_retired_epoch_leaves_nothing_behind() {
	build_and_execute(|| {
		begun();
		form(SECOND);
		assert_ok!(Custody::retire(signed(STRANGER), E1));
		assert_ok!(clear(2));
		assert_eq!(RevocationAcks::<Test>::iter().count(), 1);
		assert_ok!(clear(2));
		assert_eq!(RevocationAcks::<Test>::iter().count(), 0);
		assert_noop!(clear(2), Error::<Test>::NotFound);
	});
}

#[test]
fn only_a_retired_epoch_is_cleared() {
	build_and_execute(|| {
		assert_noop!(clear(1), Error::<Test>::NotFound);
		begun();
		assert_noop!(clear(1), Error::<Test>::NotYetRetired);
		form(SECOND);
		assert_noop!(clear(1), Error::<Test>::NotYetRetired);
	});
}

#[test]
fn one_call_clears_no_more_than_a_batch() {
	build_and_execute(|| {
		begun();
		assert_noop!(clear(MAX_BATCH + 1), Error::<Test>::MaxBatchExceeded);
	});
}

#[test]
fn only_a_signed_origin_clears() {
	build_and_execute(|| {
		begun();
		for origin in [root(), RuntimeOrigin::none()] {
			assert_noop!(Custody::clear_revocations(origin, E1, 1), DispatchError::BadOrigin);
		}
	});
}
