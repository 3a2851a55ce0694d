// SPDX-License-Identifier: Apache-2.0
//! One meaning, one encoding; and nothing else is read.

use super::*;
use crate::custody::{commitments::decode_point, release::ReleasedShare};
use hex_literal::hex;
use proptest::prelude::*;

/// From RFC 9496, appendix A.3, and the identity: none is a commitment.
pub(in crate::custody) const NO_POINTS: [[u8; 32]; 12] = [
	// The identity.
	[0; 32],
	// Not canonical: the field's prime, the prime plus one, all bits set.
	hex!("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
	hex!("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
	[0xff; 32],
	hex!("00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
	// Negative field elements: one, and minus two.
	hex!("0100000000000000000000000000000000000000000000000000000000000000"),
	hex!("01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
	hex!("ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20"),
	// A square root that does not exist.
	hex!("26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371"),
	// Points of order four and eight of Curve25519 in Edwards form.
	hex!("0000000000000000000000000000000000000000000000000000000000000080"),
	hex!("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
	hex!("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
];

/// A message of each kind, by name, with what reads it and writes it again.
type Case = (&'static str, Vec<u8>, fn(&[u8]) -> crate::Result<Vec<u8>>);

fn messages() -> Vec<Case> {
	let context = context(scheme(2, 3), 2);
	let held = held(&deal(context).unwrap(), &context);
	let helpers = Seats::from_iter([Seat(0), Seat(1)]);
	let session = RepairContext::new(context, Seat(2), helpers).unwrap();
	let (mut helper, masks) = RepairHelper::new(&held[0], session).unwrap();
	let (_, others) = RepairHelper::new(&held[1], session).unwrap();
	helper.add(&masks.as_slice()[0]).unwrap();
	helper.add(&others.as_slice()[0]).unwrap();
	let dealt = held[0].reshare(EpochId(9), scheme(3, 5)).unwrap();
	let mut bad = dealt.as_slice()[0].to_bytes();
	*bad.last_mut().unwrap() ^= 0x80;
	let bad = Subdealing::from_bytes(&bad).unwrap();
	let old = held[0].commitments().clone();
	let resharing =
		Resharing::new(old, &held[0].digest(), EpochId(9), scheme(3, 5), Seat(0)).unwrap();
	let complaint = resharing.complain(&bad, b"signature", 1).unwrap();
	let equivocation = Complaint::equivocation(
		*resharing.context(),
		(&dealt.as_slice()[0].statement(), b"one"),
		(&bad.statement(), b"another"),
	);
	let key = EphemeralKey::generate().unwrap();
	let share = held[0].release(0, &TICKET, key.public()).unwrap();
	vec![
		("commitments", held[0].commitments().to_bytes(), |bytes| {
			DealingCommitments::from_bytes(bytes).map(|read| read.to_bytes())
		}),
		("shares", held[0].to_bytes().to_vec(), |bytes| {
			SeatShares::from_bytes(bytes).map(|read| read.to_bytes().to_vec())
		}),
		("sealed share", share.to_bytes(), |bytes| {
			SealedShare::from_bytes(bytes).map(|read| read.to_bytes())
		}),
		("mask commitments", masks.commitments().to_bytes(), |bytes| {
			MaskCommitments::from_bytes(bytes).map(|read| read.to_bytes())
		}),
		("mask", masks.as_slice()[1].to_bytes().to_vec(), |bytes| {
			RepairMask::from_bytes(bytes).map(|read| read.to_bytes().to_vec())
		}),
		("repair share", helper.finish().unwrap().to_bytes().to_vec(), |bytes| {
			RepairShare::from_bytes(bytes).map(|read| read.to_bytes().to_vec())
		}),
		("subdealing", bad.to_bytes().to_vec(), |bytes| {
			Subdealing::from_bytes(bytes).map(|read| read.to_bytes().to_vec())
		}),
		("complaint", complaint.to_bytes(), |bytes| {
			Complaint::from_bytes(bytes).map(|read| read.to_bytes())
		}),
		("equivocation", equivocation.unwrap().to_bytes(), |bytes| {
			Complaint::from_bytes(bytes).map(|read| read.to_bytes())
		}),
	]
}

#[test]
fn what_is_written_is_read_and_nothing_shorter_or_longer() {
	for (name, bytes, read) in messages() {
		assert_eq!(read(&bytes).unwrap(), bytes, "{name}");
		if name == "sealed share" {
			continue;
		}
		for len in 0..bytes.len() {
			assert!(read(&bytes[..len]).is_err(), "{name} cut to {len}");
		}
		let mut longer = bytes.clone();
		longer.push(0);
		assert!(read(&longer).is_err(), "{name} with a byte more");
		for at in [0, 1] {
			let mut wrong = bytes.clone();
			wrong[at] ^= 0x10;
			assert_eq!(read(&wrong).unwrap_err().code(), "CUSTODY_MALFORMED", "{name}");
		}
	}
}

#[test]
fn no_message_is_read_as_another() {
	let messages = messages();
	for (name, bytes, _) in &messages {
		for (other, _, read) in &messages {
			let both = [*name, *other];
			let is_same = name == other
				|| both.iter().all(|name| *name == "complaint" || *name == "equivocation");
			// A sealed share is ciphertext: its first byte is its suite.
			if !is_same && *other != "sealed share" {
				assert!(read(bytes).is_err(), "{name} as {other}");
			}
		}
	}
}

proptest! {
	#[test]
	fn a_changed_message_is_refused_or_means_something_else(at: prop::sample::Index, flip in 1u8..) {
		for (name, bytes, read) in messages() {
			let mut changed = bytes.clone();
			changed[at.index(bytes.len())] ^= flip;
			if let Ok(again) = read(&changed) {
				prop_assert_eq!(again, changed, "{}", name);
			}
		}
	}

	#[test]
	fn anything_is_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..400), tag in 0u8..10) {
		let headed = [&[1, tag], &bytes[..]].concat();
		for (name, _, read) in messages() {
			for bytes in [&bytes, &headed] {
				if let Ok(again) = read(bytes) {
					prop_assert_eq!(&again, bytes, "{}", name);
				}
			}
		}
	}
}

proptest! {
	#[test]
	fn any_plaintext_of_a_released_share_is_read_without_harm(
		bytes in prop::collection::vec(any::<u8>(), 0..900), siblings in 0u8..20, threshold in 1u8..6,
	) {
		let mut bytes = [&[1, 3], &bytes[..]].concat();
		if let Some(count) = bytes.get_mut(66) {
			*count = siblings;
			let len = 67 + 32 * (usize::from(siblings) + usize::from(threshold));
			bytes.resize(len, 0);
			bytes[33] &= 0x0f;
		}
		let is_read = ReleasedShare::from_bytes(&bytes, threshold).is_ok();
		prop_assert_eq!(is_read, bytes.len() > 66 && siblings <= 16);
	}
}

#[test]
fn what_is_no_point_is_refused_wherever_one_is_read() {
	for point in NO_POINTS {
		assert!(decode_point(&point).is_none(), "{}", hex::encode(point));
		for (name, bytes, read) in messages() {
			// Where the first point is: after the context and what precedes it.
			let start = 2 + match name {
				"commitments" => 76 + 32,
				"shares" => 76 + 33,
				"mask commitments" => 76 + 37 + 1,
				"mask" => 76 + 37 + 2,
				_ => continue,
			};
			let mut wrong = bytes.clone();
			wrong[start..start + 32].copy_from_slice(&point);
			let error = read(&wrong).unwrap_err();
			assert_eq!(error.code(), "CUSTODY_MALFORMED", "{name}: {error}");
		}
	}
}

#[test]
fn scalars_have_one_encoding() {
	let order = hex!("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
	for (name, bytes, read) in messages() {
		if !["shares", "mask", "repair share"].contains(&name) {
			continue;
		}
		let mut wrong = bytes.clone();
		let start = wrong.len() - 32;
		wrong[start..].copy_from_slice(&order);
		assert_eq!(read(&wrong).unwrap_err().code(), "CUSTODY_MALFORMED", "{name}");
	}
	let mut share = vec![1, 3];
	share.extend_from_slice(&order);
	share.extend_from_slice(&[0; 33 + 64]);
	assert!(ReleasedShare::from_bytes(&share, 2).is_err());
	share[2..34].copy_from_slice(&[0; 32]);
	assert!(ReleasedShare::from_bytes(&share, 2).is_ok());
	assert!(ReleasedShare::from_bytes(&share, 3).is_err());
	// More steps to the root than a tree can have.
	share[66] = 17;
	share.resize(2 + 32 + 33 + 17 * 32 + 64, 0);
	assert!(ReleasedShare::from_bytes(&share, 2).is_err());
}

#[test]
fn counts_that_the_bytes_do_not_bear_out_allocate_nothing() {
	// A context that announces 65,535 segments, and nothing after it.
	let context = context(scheme(4, 7), u16::MAX);
	for tag in 1u8..=8 {
		let mut bytes = vec![1, tag];
		bytes.extend_from_slice(&context.encode());
		bytes.extend_from_slice(&[0; 40]);
		for (name, _, read) in messages() {
			assert!(read(&bytes).is_err(), "{name}");
		}
	}
}

#[test]
fn contexts_that_cannot_be_are_refused() {
	let (_, commitments, read) = messages().remove(0);
	// The threshold, the size, and the number of segments.
	for (at, value) in [(38, 0), (38, 1), (38, 4), (39, 33), (39, 1), (77, 0)] {
		let mut wrong = commitments.clone();
		wrong[at] = value;
		assert!(read(&wrong).is_err(), "byte {at}");
	}
}

#[test]
fn sealed_shares_have_lengths_that_shares_have() {
	for len in [0, 1, 147, SealedShare::MAX_LEN + 1] {
		let error = SealedShare::from_bytes(&vec![1; len]).unwrap_err();
		assert_eq!(error.code(), "CUSTODY_MALFORMED");
	}
	for (suite, code) in [(2, "CUSTODY_MALFORMED"), (3, "UNSUPPORTED_SUITE")] {
		assert_eq!(SealedShare::from_bytes(&[suite; 200]).unwrap_err().code(), code);
	}
}
