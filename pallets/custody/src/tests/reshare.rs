// SPDX-License-Identifier: Apache-2.0

use super::*;

fn skipped(record: RecordId, version: u32, fault: ResharingFault) -> Event<Test> {
	Event::ResharingSkipped { record, version, fault }
}

#[test]
fn a_dealing_moves_to_the_active_committee() {
	build_and_execute(|| {
		draining();
		Timestamp::set_timestamp(NOW + 5);
		assert_ok!(reshare(SECOND + 4, vec![resharing(RECORD, 1)]));
		assert_eq!(
			Custody::dealing(RECORD, 1).unwrap(),
			DealingRecord {
				epoch: E2,
				digest: NEW_DIGEST,
				segments: SEGMENTS,
				acknowledged: seats(&[0, 1, 2, 3]),
				contested: false,
				since: NOW + 5,
			}
		);
		assert_eq!((Custody::dealings_left(E1), Custody::dealings_left(E2)), (0, 1));
		let event =
			Event::Reshared { record: RECORD, version: 1, from: E1, to: E2, digest: NEW_DIGEST };
		assert_eq!(events(), [event]);
	});
}

#[test]
fn dealings_of_several_epochs_move_at_once() {
	build_and_execute(|| {
		form(FIRST);
		dealt(RECORD, 1);
		dealt(RECORD, 2);
		form(FIRST);
		dealt(RECORD, 3);
		assert_eq!(form(SECOND), E3);
		let item = |version| {
			let acknowledgements =
				acknowledge(SECOND, &[0, 1, 2, 3], E3, RECORD, version, NEW_DIGEST);
			Resharing { record: RECORD, version, digest: NEW_DIGEST, acknowledgements }
		};
		assert_ok!(reshare(SECOND, vec![item(1), item(3)]));
		let left = |epoch| Custody::dealings_left(epoch);
		assert_eq!((left(E1), left(E2), left(E3)), (1, 0, 2));
		assert_ok!(reshare(SECOND, vec![item(2)]));
		assert_eq!((left(E1), left(E2), left(E3)), (0, 0, 3));
	});
}

#[test]
fn what_cannot_move_is_skipped_and_the_rest_moves() {
	build_and_execute(|| {
		form(FIRST);
		dealt(RECORD, 1);
		dealt(RECORD, 2);
		dealt(OTHER_RECORD, 1);
		form(SECOND);
		assert_ok!(Custody::complain(signed(SECOND), RECORD, 2, Seat(0), EVIDENCE));
		Custody::start_erasure(OTHER_RECORD, 1, NOW);
		events();
		let items = vec![
			resharing(RECORD, 9),
			resharing(RECORD, 2),
			resharing(OTHER_RECORD, 1),
			resharing(RECORD, 1),
			resharing(RECORD, 1),
		];
		assert_ok!(reshare(SECOND, items));
		let moved =
			Event::Reshared { record: RECORD, version: 1, from: E1, to: E2, digest: NEW_DIGEST };
		assert_eq!(
			events(),
			[
				skipped(RECORD, 9, ResharingFault::NotFound),
				skipped(RECORD, 2, ResharingFault::Contested),
				skipped(OTHER_RECORD, 1, ResharingFault::Erased),
				moved,
				skipped(RECORD, 1, ResharingFault::NotDraining),
			]
		);
		assert_eq!((Custody::dealings_left(E1), Custody::dealings_left(E2)), (2, 1));
	});
}

#[test]
fn the_new_committee_acknowledges_the_new_dealing() {
	build_and_execute(|| {
		draining();
		let good = resharing(RECORD, 1);
		let with = |acknowledgements| Resharing { acknowledgements, ..good.clone() };
		let wrong = [
			with(acknowledge(SECOND, &[0, 1, 2], E2, RECORD, 1, NEW_DIGEST)),
			with(acknowledge(SECOND, &[0, 1, 2, 2], E2, RECORD, 1, NEW_DIGEST)),
			with(acknowledge(SECOND, &[0, 1, 2, 9], E2, RECORD, 1, NEW_DIGEST)),
			with(acknowledge(FIRST, &[0, 1, 2, 3], E2, RECORD, 1, NEW_DIGEST)),
			with(acknowledge(SECOND, &[0, 1, 2, 3], E1, RECORD, 1, NEW_DIGEST)),
			with(acknowledge(SECOND, &[0, 1, 2, 3], E2, RECORD, 1, DIGEST)),
		];
		for item in wrong {
			assert_ok!(reshare(SECOND, vec![item]));
			assert_eq!(events(), [skipped(RECORD, 1, ResharingFault::NotAcknowledged)]);
		}
		assert_eq!(Custody::dealing(RECORD, 1).unwrap().epoch, E1);
	});
}

#[test]
fn a_record_that_nobody_owns_stays() {
	build_and_execute(|| {
		draining();
		Owners::remove(RECORD);
		assert_ok!(reshare(SECOND, vec![resharing(RECORD, 1)]));
		assert_eq!(events(), [skipped(RECORD, 1, ResharingFault::NotFound)]);
	});
}

#[test]
fn only_members_of_the_active_committee_move() {
	build_and_execute(|| {
		assert_noop!(reshare(FIRST, vec![]), Error::<Test>::NoCommittee);
		draining();
		for who in [FIRST, PATIENT, STRANGER] {
			assert_noop!(reshare(who, vec![resharing(RECORD, 1)]), Error::<Test>::NotAuthorized);
		}
		for origin in [root(), RuntimeOrigin::none()] {
			let items = BoundedVec::try_from(vec![resharing(RECORD, 1)]).unwrap();
			assert_noop!(Custody::reshare(origin, items), DispatchError::BadOrigin);
		}
		assert_ok!(Custody::suspend(root(), E2, Seat(4)));
		assert_noop!(reshare(SECOND + 4, vec![resharing(RECORD, 1)]), Error::<Test>::Suspended);
	});
}

#[test]
fn every_signature_is_weighed() {
	let few = Custody::weight_of_reshare(&[resharing(RECORD, 1)]);
	let more = Custody::weight_of_reshare(&[resharing(RECORD, 1), resharing(RECORD, 2)]);
	let expected = <() as WeightInfo>::reshare(2) + <() as WeightInfo>::verify_acknowledgements(8);
	assert_eq!(more, expected);
	assert!(few.all_lt(more));
}
