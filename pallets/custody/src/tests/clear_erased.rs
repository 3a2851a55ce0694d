// SPDX-License-Identifier: Apache-2.0

use super::*;

fn erased(versions: u32) {
	for seat in 0..u64::from(MEMBERS) {
		let records = BoundedVec::try_from(vec![RECORD]).unwrap();
		assert_ok!(Custody::acknowledge_erasure(signed(FIRST + seat), E1, records));
	}
	assert_eq!(Custody::erasure_complete(&RECORD), Some(true));
	assert_eq!(Custody::erasure(RECORD).unwrap().versions, versions);
	events();
}

fn clear(limit: u32) -> DispatchResult {
	Custody::clear_erased(signed(STRANGER), RECORD, limit)
}

#[test]
fn dealings_are_removed_bit_by_bit() {
	build_and_execute(|| {
		form(FIRST);
		// The second version is from before there was a committee.
		for version in [1, 3, 4, 5] {
			dealt(RECORD, version);
		}
		dealt(OTHER_RECORD, 1);
		Custody::start_erasure(RECORD, 5, NOW);
		erased(5);
		assert_ok!(clear(2));
		assert_eq!(events(), [Event::Cleared { record: RECORD, version: 2 }]);
		assert_eq!(Custody::dealings_left(E1), 4);
		assert_ok!(Custody::do_try_state().map_err(|_| DispatchError::Corruption));
		assert_ok!(clear(MAX_BATCH));
		assert_eq!(events(), [Event::Cleared { record: RECORD, version: 5 }]);
		assert_eq!(Custody::dealings_left(E1), 1);
		assert_eq!(Dealings::<Test>::iter_prefix(RECORD).count(), 0);
		assert!(Custody::dealing(OTHER_RECORD, 1).is_some());
		// Once more there is nothing to do; that it was erased is remembered.
		assert_ok!(clear(MAX_BATCH));
		assert_eq!(Custody::dealings_left(E1), 1);
		assert_eq!(Custody::erasure_complete(&RECORD), Some(true));
	});
}

#[test]
fn a_cleared_epoch_can_retire() {
	build_and_execute(|| {
		draining();
		assert_ok!(Custody::complain(signed(SECOND), RECORD, 1, Seat(0), EVIDENCE));
		Custody::start_erasure(RECORD, 1, NOW);
		for (first, epoch) in [(FIRST, E1), (SECOND, E2)] {
			for seat in 0..u64::from(MEMBERS) {
				let records = BoundedVec::try_from(vec![RECORD]).unwrap();
				assert_ok!(Custody::acknowledge_erasure(signed(first + seat), epoch, records));
			}
		}
		assert_noop!(Custody::retire(signed(STRANGER), E1), Error::<Test>::DealingsLeft);
		assert_ok!(clear(1));
		assert_eq!(Custody::complaint(RECORD, 1), None);
		assert_ok!(Custody::retire(signed(STRANGER), E1));
	});
}

#[test]
fn what_is_not_erased_is_not_cleared() {
	build_and_execute(|| {
		form(FIRST);
		dealt(RECORD, 1);
		assert_noop!(clear(1), Error::<Test>::NotFound);
		Custody::start_erasure(RECORD, 1, NOW);
		assert_noop!(clear(1), Error::<Test>::NotYetErased);
	});
}

#[test]
fn who_was_suspended_meanwhile_is_not_waited_for() {
	build_and_execute(|| {
		form(FIRST);
		dealt(RECORD, 1);
		Custody::start_erasure(RECORD, 1, NOW);
		for seat in 0..4 {
			let records = BoundedVec::try_from(vec![RECORD]).unwrap();
			assert_ok!(Custody::acknowledge_erasure(signed(FIRST + seat), E1, records));
		}
		assert_noop!(clear(1), Error::<Test>::NotYetErased);
		assert_ok!(Custody::suspend(root(), E1, Seat(4)));
		events();
		assert_ok!(clear(1));
		assert_eq!(
			events(),
			[Event::Erased { record: RECORD }, Event::Cleared { record: RECORD, version: 1 }]
		);
	});
}

#[test]
fn a_retired_epoch_is_not_waited_for() {
	build_and_execute(|| {
		draining();
		assert_ok!(reshare(SECOND, vec![resharing(RECORD, 1)]));
		Custody::start_erasure(RECORD, 1, NOW);
		for seat in 0..u64::from(MEMBERS) {
			let records = BoundedVec::try_from(vec![RECORD]).unwrap();
			assert_ok!(Custody::acknowledge_erasure(signed(SECOND + seat), E2, records));
		}
		assert_noop!(clear(1), Error::<Test>::NotYetErased);
		assert_ok!(Custody::retire(signed(STRANGER), E1));
		assert_ok!(clear(1));
		assert_eq!(Custody::erasure_complete(&RECORD), Some(true));
	});
}

#[test]
fn one_call_clears_no_more_than_a_batch() {
	build_and_execute(|| {
		Custody::start_erasure(RECORD, 100, NOW);
		assert_noop!(clear(MAX_BATCH + 1), Error::<Test>::MaxBatchExceeded);
		assert_ok!(clear(MAX_BATCH));
		assert_eq!(Custody::erasure(RECORD).unwrap().cleared, MAX_BATCH);
	});
}

#[test]
fn only_a_signed_origin_clears() {
	build_and_execute(|| {
		Custody::start_erasure(RECORD, 1, NOW);
		for origin in [root(), RuntimeOrigin::none()] {
			assert_noop!(Custody::clear_erased(origin, RECORD, 1), DispatchError::BadOrigin);
		}
	});
}
