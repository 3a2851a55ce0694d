// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{custody::scalar::SecretScalar, EncryptionKeyPair, Error};
use curve25519_dalek::Scalar;
use proptest::prelude::*;

/// A session up to where the recovering seat gets the masked shares.
fn session(
	held: &[HeldShares],
	recovering: Seat,
	helpers: Seats,
) -> (Repair, Vec<RepairShare>, Vec<RepairMasks>) {
	let dealing = held[0].context();
	let context = RepairContext::new(*dealing, recovering, helpers).unwrap();
	let (mut helping, masks): (Vec<_>, Vec<_>) = helpers
		.iter()
		.map(|seat| RepairHelper::new(&held[usize::from(seat.0)], context).unwrap())
		.unzip();
	let commitments = DealingCommitments::from_bytes(&held[0].commitments().to_bytes()).unwrap();
	let mut repair = Repair::new(context, commitments, &held[0].digest()).unwrap();
	for masks in &masks {
		let bytes = masks.commitments().to_bytes();
		repair.add_masks(MaskCommitments::from_bytes(&bytes).unwrap()).unwrap();
		for (helper, mask) in helping.iter_mut().zip(masks.as_slice()) {
			helper.add(&RepairMask::from_bytes(&mask.to_bytes()).unwrap()).unwrap();
		}
	}
	let shares = helping
		.into_iter()
		.map(|helper| RepairShare::from_bytes(&helper.finish().unwrap().to_bytes()).unwrap())
		.collect();
	(repair, shares, masks)
}

fn dealt(scheme: ThresholdScheme, segments: u16) -> Vec<HeldShares> {
	let context = context(scheme, segments);
	held(&deal(context).unwrap(), &context)
}

fn one() -> SecretScalar {
	SecretScalar::from_bytes(&Scalar::ONE.to_bytes()).unwrap()
}

fn without(scheme: ThresholdScheme, seat: Seat) -> Seats {
	scheme.seats().without(Seats::from_iter([seat]))
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(16))]

	#[test]
	fn a_lost_share_comes_back_as_it_was(
		size in 3u8..=6, segments in 1u16..5, lost: u8, pick: u64, spare: bool,
	) {
		let scheme = scheme(size / 2 + 1, size);
		let held = dealt(scheme, segments);
		let lost = Seat(lost % size);
		let peers = without(scheme, lost);
		let helpers = if spare { peers } else { quorum(peers, scheme.threshold(), pick) };
		let (mut repair, shares, _) = session(&held, lost, helpers);
		for share in shares.into_iter().rev().take(usize::from(scheme.threshold())) {
			prop_assert!(repair.finish().is_err());
			repair.add_share(share).unwrap();
		}
		let repaired = repair.finish().unwrap();
		prop_assert_eq!(repaired.to_bytes(), held[usize::from(lost.0)].to_bytes());
	}
}

#[test]
fn what_is_sent_is_no_share() {
	let held = dealt(scheme(2, 3), 2);
	let (_, shares, masks) = session(&held, Seat(2), scheme(2, 2).seats());
	let secrets: Vec<_> =
		held.iter().flat_map(|held| held.values()).map(|value| *value.to_bytes()).collect();
	let sent = shares
		.iter()
		.map(|share| share.to_bytes())
		.chain(masks.iter().flat_map(|masks| masks.as_slice()).map(|mask| mask.to_bytes()));
	for bytes in sent {
		assert!(secrets.iter().all(|secret| !bytes.windows(32).any(|window| window == secret)));
	}
	// Again, with the same shares: other masks, other values.
	let (_, again, _) = session(&held, Seat(2), scheme(2, 2).seats());
	assert_ne!(shares[0].values[0].to_bytes(), again[0].values[0].to_bytes());
}

#[test]
fn a_helper_with_a_wrong_share_is_named_and_another_takes_its_place() {
	let scheme = scheme(2, 4 - 1);
	let held = dealt(scheme, 2);
	let (mut repair, mut shares, _) = session(&held, Seat(1), without(scheme, Seat(1)));
	shares[1].values[1].add_scaled(&one(), &Scalar::ONE);
	match repair.add_share(shares.remove(1)) {
		Err(Error::WrongShare { seat: Seat(2), segment: 1 }) => {},
		other => panic!("{other:?}"),
	}
	repair.add_share(shares.remove(0)).unwrap();
	assert_eq!(repair.finish().unwrap_err().code(), "CUSTODY_TOO_FEW_SHARES");
	assert_eq!(repair.helpers(), Seats::from_iter([Seat(0)]));
}

#[test]
fn a_helper_with_a_wrong_mask_is_named() {
	let held = dealt(scheme(2, 3), 3);
	let helpers = Seats::from_iter([Seat(0), Seat(2)]);
	let context = RepairContext::new(*held[0].context(), Seat(1), helpers).unwrap();
	let (mut helper, own) = RepairHelper::new(&held[0], context).unwrap();
	let (_, masks) = RepairHelper::new(&held[2], context).unwrap();
	let mut wrong = masks.as_slice()[0].clone();
	wrong.values[2].add_scaled(&one(), &Scalar::ONE);
	match helper.add(&wrong) {
		Err(Error::WrongShare { seat: Seat(2), segment: 2 }) => {},
		other => panic!("{other:?}"),
	}
	let code = |result: crate::Result<()>| result.unwrap_err().code();
	assert_eq!(code(helper.add(&masks.as_slice()[1])), "CUSTODY_CONTEXT_MISMATCH");
	helper.add(&own.as_slice()[0]).unwrap();
	assert_eq!(code(helper.add(&own.as_slice()[0])), "CUSTODY_SEAT_REPEATED");
	// Nothing goes out without everybody's masks.
	assert_eq!(helper.finish().unwrap_err().code(), "CUSTODY_TOO_FEW_SHARES");
}

#[test]
fn masks_that_were_not_announced_are_noticed() {
	let held = dealt(scheme(2, 3), 1);
	let helpers = Seats::from_iter([Seat(0), Seat(1)]);
	let (mut repair, mut shares, _) = session(&held, Seat(2), helpers);
	shares[0].masks[0] ^= 1;
	match repair.add_share(shares.remove(0)) {
		Err(Error::MaskMismatch { seat: Seat(0) }) => {},
		other => panic!("{other:?}"),
	}
	// The masked share of another session.
	let (_, mut others, _) = session(&held, Seat(2), helpers);
	let error = repair.add_share(others.remove(0)).unwrap_err();
	assert_eq!(error.code(), "CUSTODY_CONTEXT_MISMATCH");
	let share = shares.remove(0);
	repair.add_share(share.clone()).unwrap();
	assert_eq!(repair.add_share(share).unwrap_err().code(), "CUSTODY_SEAT_REPEATED");
}

#[test]
fn a_session_needs_enough_peers_of_the_committee() {
	let dealing = context(scheme(2, 3), 1);
	let code = |recovering, helpers: &[u8]| {
		let helpers = helpers.iter().copied().map(Seat).collect();
		RepairContext::new(dealing, Seat(recovering), helpers).unwrap_err().code()
	};
	assert_eq!(code(0, &[1]), "CUSTODY_TOO_FEW_SHARES");
	assert_eq!(code(0, &[0, 1]), "CUSTODY_INVALID_SEAT");
	assert_eq!(code(0, &[1, 3]), "CUSTODY_INVALID_SEAT");
	assert_eq!(code(3, &[0, 1]), "CUSTODY_INVALID_SEAT");
}

#[test]
fn commitments_that_are_not_on_chain_repair_nothing() {
	let held = dealt(scheme(2, 3), 1);
	let other = dealt(scheme(2, 3), 1);
	let helpers = Seats::from_iter([Seat(0), Seat(1)]);
	let context = RepairContext::new(*held[0].context(), Seat(2), helpers).unwrap();
	let error = Repair::new(context, other[0].commitments().clone(), &held[0].digest());
	assert_eq!(error.unwrap_err().code(), "CUSTODY_DIGEST_MISMATCH");
}

#[test]
fn a_session_by_way_of_who_recovers_gives_the_same_shares() {
	let scheme = scheme(2, 3);
	let held = dealt(scheme, 2);
	let keys: Vec<_> = (0..3).map(|_| EncryptionKeyPair::generate().unwrap()).collect();
	let (lost, helpers) = (Seat(1), without(scheme, Seat(1)));
	let context = RepairContext::new(*held[0].context(), lost, helpers).unwrap();
	let same =
		RepairContext::with_session(*context.dealing(), lost, helpers, *context.session()).unwrap();
	assert_eq!(same, context);

	// First everyone makes masks, and forgets them.
	let mut announced = Vec::new();
	let mut sealed = Vec::new();
	for seat in helpers.iter() {
		let (_, masks) = RepairHelper::new(&held[usize::from(seat.0)], context).unwrap();
		announced.push(masks.commitments().clone());
		for mask in masks.as_slice() {
			let receiver = mask.receiver();
			let to = keys[usize::from(receiver.0)].public();
			let bytes = mask.seal(to).unwrap().to_bytes();
			sealed.push((seat, receiver, SealedRepairMask::from_bytes(&bytes).unwrap()));
		}
	}
	// Then they come back to whom they are for.
	let mut repair = None;
	for seat in helpers.iter() {
		let own = &keys[usize::from(seat.0)];
		let mut helper = RepairHelper::resume(&held[usize::from(seat.0)], context).unwrap();
		for (dealer, receiver, mask) in &sealed {
			let opened = mask.open(own.secret(), &context, *dealer, *receiver);
			match (*receiver == seat, opened) {
				(true, Ok(mask)) => helper.add(&mask).unwrap(),
				(false, Err(error)) => assert_eq!(error.code(), "CUSTODY_SHARE_NOT_OPENED"),
				other => panic!("{other:?}"),
			}
		}
		let share = helper.finish().unwrap();
		let commitments = held[usize::from(seat.0)].commitments();
		let bytes = share.seal(commitments, keys[1].public()).unwrap().to_bytes();
		let sealed = SealedRepairShare::from_bytes(&bytes).unwrap();
		assert!(sealed.open(own.secret(), &context, seat).is_err());
		assert!(sealed.open(keys[1].secret(), &context, lost).is_err());
		let (share, commitments) = sealed.open(keys[1].secret(), &context, seat).unwrap();
		let repair = repair.get_or_insert_with(|| {
			let mut repair = Repair::new(context, commitments, &held[0].digest()).unwrap();
			for masks in &announced {
				repair.add_masks(masks.clone()).unwrap();
			}
			repair
		});
		repair.add_share(share).unwrap();
	}
	let found = repair.unwrap().finish().unwrap();
	assert_eq!(found.to_bytes(), held[1].to_bytes());
	assert_eq!(SealedRepairMask::from_bytes(&[]).unwrap_err().code(), "CUSTODY_MALFORMED");
	assert_eq!(SealedRepairShare::from_bytes(&[]).unwrap_err().code(), "CUSTODY_MALFORMED");
	let error = RepairHelper::resume(&held[1], context).unwrap_err();
	assert_eq!(error.code(), "CUSTODY_INVALID_SEAT");
}
