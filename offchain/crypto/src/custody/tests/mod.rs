// SPDX-License-Identifier: Apache-2.0
//! The steps together, under every scheme.

pub(super) mod decoding;
mod release;
mod repair;
mod reshare;
mod sharing;

use super::*;
use crate::EphemeralKey;
use proptest::prelude::*;
use salus_primitives::{
	custody::{EpochId, Seat, Seats},
	RecordId, TicketId,
};

pub(super) const OWNER: [u8; 32] = [0x0a; 32];
pub(super) const TICKET: TicketId = TicketId([0x77; 32]);

pub(super) fn scheme(threshold: u8, size: u8) -> ThresholdScheme {
	ThresholdScheme::new(threshold, size).unwrap()
}

pub(super) fn context(scheme: ThresholdScheme, segments: u16) -> DealingContext {
	DealingContext {
		genesis: [0x33; 32],
		epoch: EpochId(7),
		scheme,
		record: RecordId([0x44; 32]),
		version: 3,
		segments,
	}
}

/// Every scheme of up to seven seats.
pub(super) fn schemes() -> impl Strategy<Value = ThresholdScheme> {
	(1u8..=7).prop_flat_map(|size| {
		(size / 2 + 1..=size).prop_map(move |threshold| scheme(threshold, size))
	})
}

/// As many seats as the threshold, picked by `pick`.
pub(super) fn quorum(seats: Seats, threshold: u8, pick: u64) -> Seats {
	let mut left: Vec<Seat> = seats.iter().collect();
	let mut pick = pick;
	(0..threshold)
		.map(|_| {
			let at = (pick % left.len() as u64) as usize;
			pick = pick.rotate_right(7) ^ 0x9e37;
			left.remove(at)
		})
		.collect()
}

/// What every seat holds after it verified what it was dealt.
pub(super) fn held(dealing: &Dealing, context: &DealingContext) -> Vec<HeldShares> {
	dealing
		.shares()
		.iter()
		.map(|shares| {
			let received = SeatShares::from_bytes(&shares.to_bytes()).unwrap();
			received.verify(context, shares.seat()).unwrap()
		})
		.collect()
}

/// The key that these seats give for a ticket.
pub(super) fn open(
	held: &[HeldShares],
	seats: Seats,
	segment: u16,
) -> crate::Result<crate::SegmentKey> {
	let key = EphemeralKey::generate().unwrap();
	let first = &held[0];
	let mut combiner =
		ShareCombiner::new(*first.context(), first.digest(), TICKET, segment).unwrap();
	for seat in seats.iter() {
		let share = held[usize::from(seat.0)].release(segment, &TICKET, key.public())?;
		let share = SealedShare::from_bytes(&share.to_bytes())?;
		combiner.add(key.secret(), seat, &share)?;
	}
	combiner.finish()
}
