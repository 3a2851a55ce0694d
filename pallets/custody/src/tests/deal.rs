// SPDX-License-Identifier: Apache-2.0
//! Dealings as `pallet_records` passes them on.

use super::*;

fn deal(dealing: &Dealing<Seal>) -> Result<(), Error<Test>> {
	Custody::deal(&PATIENT, RECORD, 1, SEGMENTS, dealing)
}

/// Nothing but the error.
fn refused(dealing: &Dealing<Seal>, error: Error<Test>) {
	assert_noop!(deal(dealing).map_err(DispatchError::from), error);
}

#[test]
fn an_acknowledged_dealing_is_kept_and_counted() {
	build_and_execute(|| {
		form(FIRST);
		assert_ok!(deal(&dealing(E1, &[4, 0, 2, 1], RECORD, 1)));
		assert_eq!(
			Custody::dealing(RECORD, 1).unwrap(),
			DealingRecord {
				epoch: E1,
				digest: DIGEST,
				segments: SEGMENTS,
				acknowledged: seats(&[0, 1, 2, 4]),
				contested: false,
				since: NOW,
			}
		);
		assert_eq!(Custody::dealings_left(E1), 1);
		assert_eq!(
			events(),
			[Event::Dealt { record: RECORD, version: 1, epoch: E1, digest: DIGEST }]
		);
		dealt(RECORD, 2);
		assert_eq!(Custody::dealings_left(E1), 2);
	});
}

#[test]
fn a_dealing_is_to_the_active_committee() {
	build_and_execute(|| {
		refused(&dealing(E1, &[0, 1, 2, 3], RECORD, 1), Error::NotFound);
		assert_ok!(Custody::propose(root(), members(FIRST), THRESHOLD, TOLERANCE));
		refused(&dealing(E1, &[0, 1, 2, 3], RECORD, 1), Error::EpochMismatch);
		for member in members(FIRST) {
			assert_ok!(Custody::join(signed(member), E1));
		}
		form(SECOND);
		refused(&dealing(E1, &[0, 1, 2, 3], RECORD, 1), Error::EpochMismatch);
		assert_ok!(Custody::retire(signed(STRANGER), E1));
		refused(&dealing(E1, &[0, 1, 2, 3], RECORD, 1), Error::EpochMismatch);
		// The members of another committee do not speak for this one.
		refused(&dealing(E2, &[0, 1, 2, 3], RECORD, 1), Error::InvalidSignature);
	});
}

#[test]
fn enough_members_acknowledge() {
	build_and_execute(|| {
		form(FIRST);
		refused(&dealing(E1, &[], RECORD, 1), Error::TooFewAcknowledgements);
		refused(&dealing(E1, &[0, 1, 2], RECORD, 1), Error::TooFewAcknowledgements);
		assert_ok!(deal(&dealing(E1, &[0, 1, 2, 3], RECORD, 1)));
	});
}

#[test]
fn a_seat_acknowledges_once_and_exists() {
	build_and_execute(|| {
		form(FIRST);
		refused(&dealing(E1, &[0, 1, 2, 0], RECORD, 1), Error::SeatRepeated);
		refused(&dealing(E1, &[0, 1, 2, MEMBERS], RECORD, 1), Error::InvalidSeat);
		refused(&dealing(E1, &[0, 1, 2, 200], RECORD, 1), Error::InvalidSeat);
	});
}

#[test]
fn suspended_members_are_not_counted() {
	build_and_execute(|| {
		form(FIRST);
		assert_ok!(Custody::suspend(root(), E1, Seat(0)));
		refused(&dealing(E1, &[0, 1, 2, 3], RECORD, 1), Error::TooFewAcknowledgements);
		assert_ok!(deal(&dealing(E1, &[1, 2, 3, 4], RECORD, 1)));
		assert_eq!(Custody::dealing(RECORD, 1).unwrap().acknowledged, seats(&[1, 2, 3, 4]));
	});
}

#[test]
fn every_signature_is_the_members_over_this_dealing() {
	build_and_execute(|| {
		form(FIRST);
		let good = dealing(E1, &[0, 1, 2, 3], RECORD, 1);
		let with = |at: usize, seal: Seal| {
			let mut changed = good.clone();
			changed.acknowledgements[at].1 = seal;
			changed
		};
		let of = |other: Dealing<Seal>| other.acknowledgements[0].1.clone();
		let other_epoch = of(dealing(E2, &[0], RECORD, 1));
		let other_record = of(dealing(E1, &[0], OTHER_RECORD, 1));
		let other_version = of(dealing(E1, &[0], RECORD, 2));
		let other_member = of(dealing(E1, &[4], RECORD, 1));
		for seal in [other_epoch, other_record, other_version, other_member] {
			refused(&with(0, seal), Error::InvalidSignature);
		}
		let mut other_digest = good.clone();
		other_digest.digest = NEW_DIGEST;
		refused(&other_digest, Error::InvalidSignature);
		let segments = Custody::deal(&PATIENT, RECORD, 1, SEGMENTS + 1, &good);
		assert_eq!(
			segments.map_err(DispatchError::from),
			Err(Error::<Test>::InvalidSignature.into())
		);
		let owner = Custody::deal(&STRANGER, RECORD, 1, SEGMENTS, &good);
		assert_eq!(owner.map_err(DispatchError::from), Err(Error::<Test>::InvalidSignature.into()));
		// The last one counts as much as the first.
		let mut last = good.clone();
		last.acknowledgements[3].1.signer = STRANGER;
		refused(&last, Error::InvalidSignature);
	});
}
