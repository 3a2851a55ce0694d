// SPDX-License-Identifier: Apache-2.0

use super::*;

fn acknowledge_all(who: u64, epoch: EpochId, records: &[RecordId]) -> DispatchResult {
	let records = BoundedVec::try_from(records.to_vec()).unwrap();
	Custody::acknowledge_erasure(signed(who), epoch, records)
}

/// Everyone of the first committee but those from `seat` on.
fn acknowledged_below(seat: u8) {
	for seat in 0..seat {
		assert_ok!(acknowledge_all(FIRST + u64::from(seat), E1, &[RECORD]));
	}
}

fn erasing() {
	form(FIRST);
	dealt(RECORD, 1);
	Custody::start_erasure(RECORD, 1, NOW);
}

#[test]
fn an_erasure_waits_for_everyone() {
	build_and_execute(|| {
		form(FIRST);
		dealt(RECORD, 1);
		assert_eq!(Custody::erasure_complete(&RECORD), None);
		Custody::start_erasure(RECORD, 1, NOW);
		assert_eq!(events(), [Event::ErasureStarted { record: RECORD }]);
		assert_eq!(Custody::erasure_complete(&RECORD), Some(false));
		let pending = Custody::erasure(RECORD).unwrap().pending;
		assert_eq!(pending.to_vec(), [Pending { epoch: E1, seats: Seats::all(5) }]);
		acknowledged_below(4);
		assert_eq!(Custody::erasure_complete(&RECORD), Some(false));
		events();
		Timestamp::set_timestamp(NOW + 9);
		assert_ok!(acknowledge_all(FIRST + 4, E1, &[RECORD]));
		let event = Event::ErasureAcknowledged { record: RECORD, epoch: E1, seat: Seat(4) };
		assert_eq!(events(), [event, Event::Erased { record: RECORD }]);
		assert_eq!(Custody::erasure_complete(&RECORD), Some(true));
		assert_eq!(Custody::erasure(RECORD).unwrap().completed_at, Some(NOW + 9));
	});
}

#[test]
fn every_live_epoch_is_waited_for() {
	build_and_execute(|| {
		// The record moved on, but the first committee is not retired and may hold shares of it.
		form(FIRST);
		dealt(RECORD, 1);
		dealt(OTHER_RECORD, 1);
		form(SECOND);
		assert_ok!(reshare(SECOND, vec![resharing(RECORD, 1)]));
		Custody::start_erasure(RECORD, 1, NOW);
		for seat in 0..u64::from(MEMBERS) {
			assert_ok!(acknowledge_all(SECOND + seat, E2, &[RECORD]));
		}
		assert_eq!(Custody::erasure_complete(&RECORD), Some(false));
		acknowledged_below(MEMBERS);
		assert_eq!(Custody::erasure_complete(&RECORD), Some(true));
	});
}

#[test]
fn suspended_members_are_not_waited_for() {
	build_and_execute(|| {
		form(FIRST);
		dealt(RECORD, 1);
		assert_ok!(Custody::suspend(root(), E1, Seat(4)));
		Custody::start_erasure(RECORD, 1, NOW);
		acknowledged_below(4);
		assert_eq!(Custody::erasure_complete(&RECORD), Some(true));
	});
}

#[test]
fn without_a_committee_there_is_nothing_to_wait_for() {
	build_and_execute(|| {
		Custody::start_erasure(RECORD, 3, NOW);
		let erased = [Event::ErasureStarted { record: RECORD }, Event::Erased { record: RECORD }];
		assert_eq!(events(), erased);
		assert_eq!(Custody::erasure_complete(&RECORD), Some(true));
	});
}

#[test]
fn an_erasure_starts_once() {
	build_and_execute(|| {
		erasing();
		acknowledged_below(2);
		let before = Custody::erasure(RECORD);
		events();
		Custody::start_erasure(RECORD, 1, NOW + 1);
		assert_eq!(Custody::erasure(RECORD), before);
		assert_eq!(events(), []);
	});
}

#[test]
fn what_does_not_apply_is_skipped() {
	build_and_execute(|| {
		erasing();
		assert_ok!(acknowledge_all(FIRST, E1, &[RECORD]));
		events();
		let before = Custody::erasure(RECORD);
		assert_ok!(acknowledge_all(FIRST, E1, &[OTHER_RECORD, RECORD, RECORD]));
		assert_eq!(Custody::erasure(RECORD), before);
		assert_eq!(Custody::erasure(OTHER_RECORD), None);
		assert_eq!(events(), []);
		// A committee that formed later is not waited for.
		form(SECOND);
		assert_ok!(acknowledge_all(SECOND, E2, &[RECORD]));
		assert_eq!(Custody::erasure(RECORD), before);
	});
}

#[test]
fn only_members_acknowledge() {
	build_and_execute(|| {
		erasing();
		for who in [SECOND, PATIENT, STRANGER] {
			assert_noop!(acknowledge_all(who, E1, &[RECORD]), Error::<Test>::NotAuthorized);
		}
		assert_noop!(acknowledge_all(FIRST, E2, &[RECORD]), Error::<Test>::NotFound);
		for origin in [root(), RuntimeOrigin::none()] {
			assert_noop!(
				Custody::acknowledge_erasure(origin, E1, BoundedVec::new()),
				DispatchError::BadOrigin
			);
		}
		assert_ok!(Custody::suspend(root(), E1, Seat(0)));
		assert_noop!(acknowledge_all(FIRST, E1, &[RECORD]), Error::<Test>::Suspended);
	});
}
