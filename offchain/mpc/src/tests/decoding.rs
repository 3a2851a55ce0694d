// SPDX-License-Identifier: Apache-2.0
//! One message has one encoding, and nothing else is read as it.

use super::{answers, batches, close, id, job_of, seats, verify};
use crate::{
	AggregateShare, Circuit, Count, Error, Histogram, Job, Mode, ReportShare, Sum, Vector,
	VerifierMessage,
};
use proptest::prelude::*;
use salus_primitives::custody::Seat;

const MODES: [(Mode, u8); 2] = [(Mode::Shamir, 2), (Mode::Prio3, 3)];

type Read<'a> = &'a dyn Fn(&[u8]) -> Result<Vec<u8>, Error>;

fn is_strict(bytes: &[u8], read: Read<'_>) {
	assert_eq!(read(bytes).as_deref(), Ok(bytes));
	for len in 0..bytes.len() {
		assert!(read(&bytes[..len]).is_err(), "cut to {len}");
	}
	let longer = [bytes, &[0]].concat();
	assert!(read(&longer).is_err(), "one more");
	for at in [0, 1] {
		let mut other = bytes.to_vec();
		other[at] ^= 0x40;
		assert_eq!(read(&other).map_err(|error| error.code()), Err("MPC_MALFORMED"));
	}
}

fn are_strict<C: Circuit>(job: &Job<C>, measurement: &C::Measurement) {
	let report = job.share(id(1), measurement).unwrap();
	for share in &report {
		let seat = share.seat();
		let read = |bytes: &[u8]| {
			ReportShare::from_bytes(job, seat, bytes)
				.map(|share| share.to_bytes().unwrap().to_vec())
		};
		is_strict(&share.to_bytes().unwrap(), &read);
		let other = Seat((seat.0 + 1) % 3);
		let bytes = share.to_bytes().unwrap();
		assert!(ReportShare::from_bytes(job, other, &bytes).is_err());
		assert!(ReportShare::from_bytes(job, Seat(3), &bytes).is_err());
	}
	let mut batches = batches(job, seats(&[0, 1, 2]));
	let (prepared, messages) = answers(&mut batches, &report).unwrap();
	super::decide(&mut batches, prepared, &messages).unwrap();
	let read = |bytes: &[u8]| VerifierMessage::from_bytes(job, bytes).map(|read| read.to_bytes());
	for message in &messages {
		is_strict(&message.to_bytes(), &read);
	}
	for share in close(batches) {
		let read = |bytes: &[u8]| {
			AggregateShare::from_bytes(job, bytes).map(|share| share.to_bytes().to_vec())
		};
		is_strict(&share.to_bytes(), &read);
	}
}

#[test]
fn messages_have_one_encoding() {
	for (mode, threshold) in MODES {
		are_strict(&job_of(mode, threshold, 3, Count), &true);
		are_strict(&job_of(mode, threshold, 3, Sum::of_bits(4).unwrap()), &11);
		are_strict(&job_of(mode, threshold, 3, Histogram::new(3).unwrap()), &2);
		are_strict(&job_of(mode, threshold, 3, Vector::new(2, 9).unwrap()), &[1, 2]);
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(512))]

	#[test]
	fn whatever_is_read_is_written_as_it_was(
		mode in 0usize..2,
		kind in 0usize..3,
		seat in 0u8..3,
		edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..4), 0..4),
	) {
		let (mode, threshold) = MODES[mode];
		let job = job_of(mode, threshold, 3, Histogram::new(3).unwrap());
		let report = job.share(id(1), &2).unwrap();
		let mut batches = batches(&job, seats(&[0, 1, 2]));
		let (prepared, messages) = answers(&mut batches, &report).unwrap();
		super::decide(&mut batches, prepared, &messages).unwrap();
		let at = usize::from(seat);
		let mut bytes = match kind {
			0 => report[at].to_bytes().unwrap().to_vec(),
			1 => messages[at].to_bytes(),
			_ => close(batches)[at].to_bytes().to_vec(),
		};
		for (place, byte, edit) in edits {
			let place = place.index(bytes.len().max(1));
			match edit {
				0 => bytes.truncate(place),
				1 => bytes.insert(place.min(bytes.len()), byte),
				_ => bytes.iter_mut().skip(place).take(1).for_each(|found| *found ^= byte),
			}
		}
		let seat = Seat(seat);
		if let Ok(read) = ReportShare::from_bytes(&job, seat, &bytes) {
			prop_assert_eq!(&*read.to_bytes().unwrap(), &bytes);
		}
		if let Ok(read) = VerifierMessage::from_bytes(&job, &bytes) {
			prop_assert_eq!(read.to_bytes(), bytes.clone());
		}
		if let Ok(read) = AggregateShare::from_bytes(&job, &bytes) {
			prop_assert_eq!(&*read.to_bytes(), &bytes);
		}
	}
}

#[test]
fn elements_that_are_not_below_the_modulus_are_refused() {
	for (mode, threshold) in MODES {
		let job = job_of(mode, threshold, 3, Count);
		let report = job.share(id(1), &true).unwrap();
		let spoil = |bytes: &mut [u8]| {
			let at = bytes.len() - 8;
			bytes[at..].copy_from_slice(&[0xff; 8]);
		};
		let mut bytes = report[0].to_bytes().unwrap();
		spoil(&mut bytes);
		let malformed =
			|object| Some(Error::Malformed { object, reason: "an element is not canonical" });
		let read = ReportShare::from_bytes(&job, Seat(0), &bytes);
		assert_eq!(read.err(), malformed("report share"));

		let mut batches = batches(&job, seats(&[0, 1, 2]));
		let mut message = answers(&mut batches, &report).unwrap().1.swap_remove(0).to_bytes();
		spoil(&mut message);
		let read = VerifierMessage::from_bytes(&job, &message);
		assert_eq!(read.err(), malformed("verifier message"));

		let mut batches = super::batches(&job, seats(&[0, 1, 2]));
		verify(&mut batches, &report).unwrap();
		let mut share = close(batches).swap_remove(0).to_bytes();
		spoil(&mut share);
		let read = AggregateShare::from_bytes(&job, &share);
		assert_eq!(read.err(), malformed("aggregate share"));
	}
}

#[test]
fn aggregate_shares_state_what_the_job_allows() {
	let job = job_of(Mode::Shamir, 2, 3, Count);
	let mut batches = batches(&job, seats(&[0, 1]));
	verify(&mut batches, &job.share(id(1), &true).unwrap()).unwrap();
	let bytes = close(batches).swap_remove(0).to_bytes();
	let change = |at: usize, to: &[u8]| {
		let mut bytes = bytes.to_vec();
		bytes[at..at + to.len()].copy_from_slice(to);
		AggregateShare::from_bytes(&job, &bytes).map(|_| ()).map_err(|error| error.code())
	};
	assert_eq!(change(2, &[0x33]), Ok(()));
	assert_eq!(change(2, &[0]), Err("MPC_CONTEXT_MISMATCH"));
	assert_eq!(change(97, &[0]), Err("MPC_CONTEXT_MISMATCH"));
	assert_eq!(change(98, &[2]), Err("MPC_INVALID_SEAT"));
	assert_eq!(change(99, &[0, 0, 0, 0b1001]), Err("MPC_INVALID_SEAT"));
	assert_eq!(change(99, &[0, 0, 0, 0b0001]), Err("MPC_TOO_FEW_AGGREGATORS"));
	assert_eq!(change(103, &[0; 8]), Err("MPC_MALFORMED"));
	assert_eq!(change(103, &[1; 8]), Err("MPC_MALFORMED"));
}
