// SPDX-License-Identifier: Apache-2.0
//! Every subset accepts what is right and gives the same sums; nothing out of range is shared.

use super::{id, job, job_of, run, seats, subsets, verify};
use crate::{Count, Error, Histogram, Mode, MultiHot, Sum, SumOfSquares, SumVec, Vector};
use proptest::prelude::*;

const SCHEMES: [(u8, u8); 4] = [(2, 2), (2, 3), (3, 5), (4, 7)];

#[test]
fn every_subset_counts_alike() {
	for (threshold, size) in SCHEMES {
		let job = job(threshold, size, Count);
		for subset in subsets(threshold, size) {
			let opened = run(&job, subset, &[&true, &false, &true, &true]);
			assert_eq!(opened.sums, [3]);
			assert_eq!((opened.answered, opened.statement.reports()), (subset, 4));
		}
	}
}

#[test]
fn every_circuit_adds_up_in_both_modes() {
	for (mode, threshold) in [(Mode::Shamir, 2), (Mode::Prio3, 3)] {
		let all = seats(&[0, 1, 2]);
		let opened = run(&job_of(mode, threshold, 3, Count), all, &[&true, &true, &false]);
		assert_eq!(opened.sums, [2]);
		let sum = job_of(mode, threshold, 3, Sum::up_to(300).unwrap());
		assert_eq!(run(&sum, all, &[&300, &0, &17]).sums, [317]);
		let vector = job_of(mode, threshold, 3, SumVec::new(3, 65_535).unwrap());
		assert_eq!(run(&vector, all, &[&[1, 2, 3], &[65_535, 0, 1]]).sums, [65_536, 2, 4]);
		let histogram = job_of(mode, threshold, 3, Histogram::new(4).unwrap());
		assert_eq!(run(&histogram, all, &[&3, &0, &3]).sums, [1, 0, 0, 2]);
		let properties = job_of(mode, threshold, 3, MultiHot::new(3, 2).unwrap());
		let measurements: [&[bool]; 3] = [&[true, true, false], &[false; 3], &[true, false, true]];
		assert_eq!(run(&properties, all, &measurements).sums, [2, 1, 1]);
		let squares = job_of(mode, threshold, 3, SumOfSquares::new(300, 120).unwrap());
		assert_eq!(run(&squares, all, &[&128, &300, &0]).sums, [428, 64 + 32_400 + 14_400]);
		let sites = job_of(mode, threshold, 3, Vector::new(3, 1 << 40).unwrap());
		assert_eq!(run(&sites, all, &[&[1, 2, 1 << 40], &[4, 0, 1]]).sums, [5, 2, (1 << 40) + 1]);
	}
}

#[test]
fn measurements_out_of_range_are_refused_and_nothing_is_clipped() {
	let code = |error: Error| error.code();
	for (mode, threshold) in [(Mode::Shamir, 2), (Mode::Prio3, 3)] {
		let sum = job_of(mode, threshold, 3, Sum::of_bits(16).unwrap());
		assert!(sum.share(id(1), &65_535).is_ok());
		assert_eq!(sum.share(id(1), &65_536).map_err(code).err(), Some("MPC_INVALID_MEASUREMENT"));
		let squares = job_of(mode, threshold, 3, SumOfSquares::new(300, 120).unwrap());
		assert!(squares.share(id(1), &301).is_err());
		let vector = job_of(mode, threshold, 3, SumVec::new(2, 9).unwrap());
		assert!(vector.share(id(1), &[9, 10]).is_err());
		assert!(vector.share(id(1), &[1, 2, 3]).is_err());
		let histogram = job_of(mode, threshold, 3, Histogram::new(4).unwrap());
		assert!(histogram.share(id(1), &4).is_err());
		let properties = job_of(mode, threshold, 3, MultiHot::new(3, 1).unwrap());
		assert!(properties.share(id(1), &[true, true, false]).is_err());
		assert!(properties.share(id(1), &[true]).is_err());
		let sites = job_of(mode, threshold, 3, Vector::new(2, 1 << 40).unwrap());
		assert!(sites.share(id(1), &[0, (1 << 40) + 1]).is_err());
		assert!(sites.share(id(1), &[0]).is_err());
	}
}

#[test]
fn parameters_are_bounded() {
	assert!(Sum::of_bits(0).is_err());
	assert!(Sum::of_bits(33).is_err());
	assert!(Sum::of_bits(64).is_err());
	assert!(Sum::up_to(1 << 32).is_err());
	assert!(SumVec::new(0, 1).is_err());
	assert!(SumVec::new(1 << 20, 0xffff).is_err());
	assert!(Histogram::new(0).is_err());
	assert!(Histogram::new((1 << 22) + 1).is_err());
	assert!(SumOfSquares::new(1 << 16, 1).is_err());
	assert!(SumOfSquares::new(0, 0).is_err());
	assert!(SumOfSquares::new(9, 10).is_err());
	assert!(Vector::new(1, 1 << 61).is_err());
	assert!(Vector::new(0, 1).is_err());
	assert!(MultiHot::new(3, 0).is_err());
	assert!(MultiHot::new(3, 4).is_err());
}

#[test]
fn a_job_that_could_outgrow_its_field_is_refused() {
	use super::{members, GENESIS};
	use crate::{Job, JobId, Limits, Roster};
	let new = |max_reports| {
		let roster = Roster::new(members(3), 2).unwrap();
		let limits = Limits { min_reports: 1, max_reports };
		let circuit = Sum::of_bits(32).unwrap();
		Job::new(GENESIS, JobId([1; 32]), Mode::Shamir, roster, limits, circuit)
	};
	assert!(new(1 << 30).is_ok());
	let largest = u64::from(u32::MAX);
	let reports = 1 << 31;
	assert_eq!(new(reports).err(), Some(Error::HeadroomExceeded { reports, largest }));
	assert_eq!(new(u64::MAX).map_err(|error| error.code()).err(), Some("MPC_HEADROOM_EXCEEDED"));
	assert_eq!(new(0).map_err(|error| error.code()).err(), Some("MPC_INVALID_PARAMETER"));
}

#[test]
fn seats_beyond_the_first_ones_get_a_key() {
	for (threshold, size) in SCHEMES {
		let job = job(threshold, size, Sum::of_bits(16).unwrap());
		let report = job.share(id(1), &4711).unwrap();
		// 16 bits, a proof of 64 elements and 2 masks; a header, identifier and seat; a blind.
		let public = 32 * usize::from(size);
		let lens: Vec<usize> =
			report.iter().map(|share| share.to_bytes().unwrap().len() - 19 - public).collect();
		let (whole, keys) = lens.split_at(usize::from(size - threshold) + 1);
		assert!(whole.iter().all(|len| *len == 32 + 82 * 8), "{lens:?}");
		assert!(keys.iter().all(|len| *len == 32), "{lens:?}");
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(24))]

	#[test]
	fn any_subset_accepts_good_reports_and_gives_their_sum(
		scheme in 0..SCHEMES.len(),
		choice in any::<u32>(),
		numbers in prop::collection::vec(0u64..=65_535, 1..6),
	) {
		let (threshold, size) = SCHEMES[scheme];
		let all: Vec<_> = subsets(threshold, size).collect();
		let subset = all[choice as usize % all.len()];
		let sum = job(threshold, size, Sum::of_bits(16).unwrap());
		let opened = run(&sum, subset, &numbers.iter().collect::<Vec<_>>());
		prop_assert_eq!(opened.sums, [numbers.iter().sum::<u64>()]);

		let classes: Vec<u32> = numbers.iter().map(|number| (number % 5) as u32).collect();
		let histogram = job(threshold, size, Histogram::new(5).unwrap());
		let opened = run(&histogram, subset, &classes.iter().collect::<Vec<_>>());
		let counted = (0..5).map(|class| classes.iter().filter(|found| **found == class).count());
		prop_assert_eq!(opened.sums, counted.map(|count| count as u64).collect::<Vec<_>>());
	}

	#[test]
	fn any_changed_byte_of_a_share_is_refused(
		seat in 0u8..3,
		at in any::<prop::sample::Index>(),
		bit in 0u8..8,
		mode in prop::sample::select(vec![Mode::Shamir, Mode::Prio3]),
	) {
		let histogram = job_of(mode, if mode == Mode::Shamir { 2 } else { 3 }, 3, Histogram::new(3).unwrap());
		let mut report = histogram.share(id(1), &2).unwrap();
		let mut bytes = report[usize::from(seat)].to_bytes().unwrap().to_vec();
		let at = at.index(bytes.len());
		bytes[at] ^= 1 << bit;
		let seat = salus_primitives::custody::Seat(seat);
		if let Ok(changed) = crate::ReportShare::from_bytes(&histogram, seat, &bytes) {
			report[usize::from(seat.0)] = changed;
			let mut batches = super::batches(&histogram, seats(&[0, 1, 2]));
			let verified = verify(&mut batches, &report);
			if mode == Mode::Shamir {
				prop_assert!(verified.is_err());
			} else if verified.is_ok() {
				// Prio3 puts right what a public share says about the reader's own part.
				let opened = histogram.open(&super::close(batches)).unwrap();
				prop_assert_eq!(opened.sums, [0, 0, 1]);
			}
		}
	}
}
