// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{
	custody::release::ReleasedShare,
	random::{self, Fixed},
	Error,
};

fn dealt() -> (DealingContext, Dealing, Vec<HeldShares>) {
	let context = context(scheme(2, 3), 3);
	let dealing = deal(context).unwrap();
	let held = held(&dealing, &context);
	(context, dealing, held)
}

fn combiner(held: &HeldShares, segment: u16) -> ShareCombiner {
	ShareCombiner::new(*held.context(), held.digest(), TICKET, segment).unwrap()
}

/// What a custodian that lies would seal.
fn forged(
	held: &HeldShares,
	segment: u16,
	key: &EphemeralKey,
	change: impl FnOnce(&mut ReleasedShare),
) -> SealedShare {
	let opening = held.commitments().open(held.tree(), segment).unwrap();
	let mut share = ReleasedShare { value: held.value(segment).unwrap().clone(), opening };
	change(&mut share);
	let mut rng = random::generator().unwrap();
	share.seal(held.context(), &TICKET, segment, held.seat(), key.public(), &mut rng).unwrap()
}

#[test]
fn who_lies_is_named_and_the_others_open() {
	let (_, dealing, held) = dealt();
	let key = EphemeralKey::generate().unwrap();
	let mut combiner = combiner(&held[0], 1);
	let other = held[0].value(1).unwrap().clone();
	let wrong = forged(&held[1], 1, &key, |share| share.value = other);
	match combiner.add(key.secret(), Seat(1), &wrong) {
		Err(Error::WrongShare { seat: Seat(1), segment: 1 }) => {},
		other => panic!("{other:?}"),
	}
	for seat in [0, 2] {
		let share = held[seat].release(1, &TICKET, key.public()).unwrap();
		combiner.add(key.secret(), Seat(seat as u8), &share).unwrap();
	}
	assert_eq!(combiner.finish().unwrap(), dealing.keys()[1]);
}

#[test]
fn a_share_that_is_not_of_the_dealing_on_chain_is_named() {
	let (context, _, held) = dealt();
	let key = EphemeralKey::generate().unwrap();
	// A dealing of its own, consistent in itself, and the same with another way to the root.
	let own = super::held(&deal(context).unwrap(), &context);
	let (value, opening) = {
		let opening = own[1].commitments().open(own[1].tree(), 1).unwrap();
		(own[1].value(1).unwrap().clone(), opening)
	};
	let another = opening.clone();
	let cases = [
		forged(&held[1], 1, &key, |share| *share = ReleasedShare { value, opening }),
		forged(&held[1], 1, &key, |share| share.opening.encoded = another.encoded),
		forged(&held[1], 1, &key, |share| share.opening.salt.0[0] ^= 1),
		forged(&held[1], 1, &key, |share| share.opening.siblings[0][0] ^= 1),
		forged(&held[1], 1, &key, |share| share.opening.siblings.clear()),
		forged(&held[1], 1, &key, |share| share.opening.encoded[1] = [0; 32]),
		forged(&held[1], 1, &key, |share| share.opening.encoded.truncate(1)),
		forged(&held[1], 1, &key, |share| share.opening.encoded.push([1; 32])),
	];
	for (at, share) in cases.iter().enumerate() {
		// Whether it is the first one or not.
		for first in [false, true] {
			let mut combiner = combiner(&held[0], 1);
			if !first {
				let share = held[0].release(1, &TICKET, key.public()).unwrap();
				combiner.add(key.secret(), Seat(0), &share).unwrap();
			}
			match combiner.add(key.secret(), Seat(1), share) {
				Err(Error::ShareUnproven { seat: Seat(1) }) => {},
				other => panic!("case {at}: {other:?}"),
			}
		}
	}
}

#[test]
fn a_share_opens_for_its_ticket_segment_epoch_and_seat_only() {
	let (context, dealing, held) = dealt();
	let key = EphemeralKey::generate().unwrap();
	let share = held[1].release(1, &TICKET, key.public()).unwrap();
	let digest = dealing.digest();
	let elsewhere = [
		(context, TicketId([0x78; 32]), 1, Seat(1)),
		(context, TICKET, 2, Seat(1)),
		(context, TICKET, 1, Seat(2)),
		(DealingContext { genesis: [9; 32], ..context }, TICKET, 1, Seat(1)),
		(DealingContext { epoch: EpochId(8), ..context }, TICKET, 1, Seat(1)),
		(DealingContext { scheme: scheme(3, 3), ..context }, TICKET, 1, Seat(1)),
		(DealingContext { record: RecordId([9; 32]), ..context }, TICKET, 1, Seat(1)),
		(DealingContext { version: 4, ..context }, TICKET, 1, Seat(1)),
		(DealingContext { segments: 4, ..context }, TICKET, 1, Seat(1)),
	];
	for (context, ticket, segment, seat) in elsewhere {
		let mut combiner = ShareCombiner::new(context, digest, ticket, segment).unwrap();
		match combiner.add(key.secret(), seat, &share) {
			Err(Error::ShareNotOpened { seat: found }) => assert_eq!(found, seat),
			other => panic!("{context:?} {ticket:?} {segment} {seat}: {other:?}"),
		}
	}
	let other = EphemeralKey::generate().unwrap();
	let error = combiner(&held[0], 1).add(other.secret(), Seat(1), &share).unwrap_err();
	assert_eq!(error.code(), "CUSTODY_SHARE_NOT_OPENED");
	combiner(&held[0], 1).add(key.secret(), Seat(1), &share).unwrap();
}

#[test]
fn no_byte_of_a_sealed_share_may_change() {
	let (_, _, held) = dealt();
	let key = EphemeralKey::generate().unwrap();
	let bytes = held[0].release(0, &TICKET, key.public()).unwrap().to_bytes();
	for at in 0..bytes.len() {
		let mut wrong = bytes.clone();
		wrong[at] ^= 0x80;
		let added = SealedShare::from_bytes(&wrong)
			.and_then(|share| combiner(&held[0], 0).add(key.secret(), Seat(0), &share));
		assert!(added.is_err(), "byte {at}");
	}
}

#[test]
fn a_seat_counts_once_and_has_to_exist() {
	let (_, _, held) = dealt();
	let key = EphemeralKey::generate().unwrap();
	let share = held[0].release(0, &TICKET, key.public()).unwrap();
	let mut combiner = combiner(&held[0], 0);
	combiner.add(key.secret(), Seat(0), &share).unwrap();
	let code = |result: crate::Result<()>| result.unwrap_err().code();
	assert_eq!(code(combiner.add(key.secret(), Seat(0), &share)), "CUSTODY_SEAT_REPEATED");
	assert_eq!(code(combiner.add(key.secret(), Seat(3), &share)), "CUSTODY_INVALID_SEAT");
	assert!(!combiner.is_complete());
	assert_eq!(combiner.finish().unwrap_err().code(), "CUSTODY_TOO_FEW_SHARES");
}

#[test]
fn segments_that_are_not_are_refused() {
	let (context, dealing, held) = dealt();
	let key = EphemeralKey::generate().unwrap();
	let error = held[0].release(3, &TICKET, key.public()).unwrap_err();
	assert_eq!(error.code(), "CUSTODY_INVALID_SEGMENT");
	let error = ShareCombiner::new(context, dealing.digest(), TICKET, 3).unwrap_err();
	assert_eq!(error.code(), "CUSTODY_INVALID_SEGMENT");
}

#[test]
fn ephemeral_keys_of_low_order_get_nothing() {
	let (_, _, held) = dealt();
	let key = salus_primitives::EncryptionKey::new(salus_primitives::Suite::X25519, &[0; 32]);
	let error = held[0].release(0, &TICKET, &key.unwrap()).unwrap_err();
	assert_eq!(error.code(), "KEY_INVALID_RECIPIENT");
}

#[test]
fn what_is_stored_is_released_as_what_is_held() {
	let (context, dealing, held) = dealt();
	let key = EphemeralKey::generate().unwrap();
	for segment in 0..3 {
		let mut combiner = combiner(&held[0], segment);
		for held in &held {
			let bytes = held.to_bytes();
			let stored = StoredShares::read(&bytes).unwrap();
			assert_eq!((stored.seat(), stored.context()), (held.seat(), &context));
			let mut rng = Fixed(vec![7; 32]);
			let share = stored.release_with(segment, &TICKET, key.public(), &mut rng).unwrap();
			let mut rng = Fixed(vec![7; 32]);
			let same = held.release_with(segment, &TICKET, key.public(), &mut rng).unwrap();
			assert_eq!(share, same);
			combiner.add(key.secret(), held.seat(), &share).unwrap();
		}
		assert_eq!(combiner.finish().unwrap(), dealing.keys()[usize::from(segment)]);
	}
	let bytes = held[0].to_bytes();
	let stored = StoredShares::read(&bytes).unwrap();
	let error = stored.release(3, &TICKET, key.public()).unwrap_err();
	assert_eq!(error.code(), "CUSTODY_INVALID_SEGMENT");
	for len in 0..bytes.len() {
		assert!(StoredShares::read(&bytes[..len]).is_err(), "cut to {len}");
	}
	let value = *held[0].value(0).unwrap().to_bytes();
	assert!(!format!("{stored:?}").contains(&format!("{value:?}")));
}

#[test]
fn suite_2_releases_too() {
	let (_, dealing, held) = dealt();
	let key = EphemeralKey::generate_for(salus_primitives::Suite::XWing).unwrap();
	let mut combiner = combiner(&held[0], 2);
	for held in &held[1..] {
		let share = held.release(2, &TICKET, key.public()).unwrap();
		let share = SealedShare::from_bytes(&share.to_bytes()).unwrap();
		combiner.add(key.secret(), held.seat(), &share).unwrap();
	}
	assert_eq!(combiner.finish().unwrap(), dealing.keys()[2]);
}

#[test]
fn text_round_trips() {
	let (_, _, held) = dealt();
	let key = EphemeralKey::generate().unwrap();
	let share = held[0].release(0, &TICKET, key.public()).unwrap();
	let json = serde_json::to_string(&share).unwrap();
	assert_eq!(serde_json::from_str::<SealedShare>(&json).unwrap(), share);
}
