// SPDX-License-Identifier: Apache-2.0
//! Aggregate shares: who may open, and who lied.

use super::{batches, close, id, job, job_of, seats, verify, GENESIS};
use crate::{
	AggregateShare, Batch, Circuit, Count, Error, Job, JobId, Limits, Mode, Redundancy, Roster, Sum,
};
use prio::field::Field64;
use salus_primitives::custody::{Seat, Seats};

fn summed(job: &Job<Sum>, subset: Seats) -> Vec<AggregateShare<Field64>> {
	let mut batches = batches(job, subset);
	for (at, number) in [100, 50, 7].iter().enumerate() {
		let report = job.share(id(at as u8), number).unwrap();
		verify(&mut batches, &report).unwrap();
	}
	close(batches)
}

fn lie(share: &mut AggregateShare<Field64>, by: Field64) {
	share.sums.add(&[by]);
}

#[test]
fn any_threshold_of_the_batch_opens_it() {
	let job = job(3, 5, Sum::of_bits(8).unwrap());
	let mut shares = summed(&job, seats(&[0, 1, 2, 3, 4]));
	let opened = job.open(&shares).unwrap();
	assert_eq!((opened.sums, opened.redundancy), (vec![157], Redundancy::Locates(1)));
	shares.remove(1);
	let opened = job.open(&shares).unwrap();
	assert_eq!((opened.sums, opened.redundancy), (vec![157], Redundancy::Detects));
	shares.swap(0, 2);
	shares.remove(1);
	let opened = job.open(&shares).unwrap();
	assert_eq!((opened.sums, opened.redundancy), (vec![157], Redundancy::None));
	shares.remove(1);
	let too_few = Error::TooFewAggregators { found: 2, needed: 3 };
	assert_eq!(job.open(&shares), Err(too_few));
	assert!(job.open(&[]).is_err());
}

#[test]
fn a_liar_is_located_when_redundancy_allows_and_said_so_when_it_does_not() {
	let job = job(3, 5, Sum::of_bits(8).unwrap());
	let subset = seats(&[0, 1, 2, 3, 4]);
	for liar in 0..5 {
		let mut shares = summed(&job, subset);
		lie(&mut shares[liar], Field64::from(5));
		let opened = job.open(&shares).unwrap();
		assert_eq!(opened.sums, [157]);
		assert_eq!(opened.wrong, seats(&[liar as u8]));

		// One fewer: something is wrong, and nobody knows who.
		shares.remove((liar + 1) % 5);
		let unknown = Error::InconsistentShares { answered: 4, at_least: 1, needed: 5 };
		assert_eq!(job.open(&shares), Err(unknown));
	}
	let mut shares = summed(&job, subset);
	lie(&mut shares[0], Field64::from(5));
	lie(&mut shares[3], Field64::from(9));
	let unknown = Error::InconsistentShares { answered: 5, at_least: 2, needed: 7 };
	assert_eq!(job.open(&shares), Err(unknown));
}

#[test]
fn without_redundancy_a_lie_goes_unnoticed_and_the_opening_says_so() {
	let job = job(2, 3, Sum::of_bits(8).unwrap());
	let mut shares = summed(&job, seats(&[0, 1]));
	// The first of two counts twice: 2 S(1) - S(2).
	lie(&mut shares[0], Field64::from(5));
	let opened = job.open(&shares).unwrap();
	assert_eq!((opened.sums, opened.redundancy), (vec![167], Redundancy::None));
	// A lie that is not small shows in what the sum could be.
	lie(&mut shares[0], Field64::from(1 << 40));
	assert_eq!(job.open(&shares), Err(Error::ImplausibleSum));
	let mut shares = summed(&job, seats(&[0, 1]));
	lie(&mut shares[0], -Field64::from(100));
	assert_eq!(job.open(&shares), Err(Error::ImplausibleSum));
}

#[test]
fn shares_of_different_batches_do_not_open_together() {
	let job = job(2, 3, Sum::of_bits(8).unwrap());
	let elsewhere = Err(Error::ContextMismatch { object: "aggregate share" });
	let mut shares = summed(&job, seats(&[0, 1, 2]));
	let others = summed(&job, seats(&[0, 1]));
	shares.truncate(1);
	shares.extend(others.into_iter().skip(1));
	assert_eq!(job.open(&shares), elsewhere);

	// As many reports, but not the same.
	let mut batches = batches(&job, seats(&[0, 1]));
	for at in 3..6 {
		verify(&mut batches, &job.share(id(at), &1).unwrap()).unwrap();
	}
	let mut mixed = summed(&job, seats(&[0, 1]));
	mixed.truncate(1);
	mixed.extend(close(batches).into_iter().skip(1));
	assert_eq!(job.open(&mixed), elsewhere);

	let roster = Roster::new(super::members(3), 2).unwrap();
	let limits = Limits { min_reports: 1, max_reports: 1 << 20 };
	let circuit = Sum::of_bits(8).unwrap();
	let other = Job::new(GENESIS, JobId([9; 32]), Mode::Shamir, roster, limits, circuit).unwrap();
	assert_eq!(other.open(&summed(&job, seats(&[0, 1]))), elsewhere);
}

#[test]
fn a_seat_opens_once_and_only_as_part_of_its_batch() {
	let job = job(2, 3, Sum::of_bits(8).unwrap());
	let mut shares = summed(&job, seats(&[0, 1]));
	let twice = summed(&job, seats(&[0, 1])).swap_remove(0);
	shares.push(twice);
	assert_eq!(job.open(&shares), Err(Error::SeatRepeated { seat: Seat(0) }));
	shares.pop();
	shares[1].seat = Seat(2);
	assert_eq!(job.open(&shares), Err(Error::InvalidSeat { seat: Seat(2) }));
}

#[test]
fn a_batch_is_of_seats_that_are_in_it() {
	let job = job(2, 3, Count);
	let begin = |seat, subset: &[u8]| {
		Batch::begin(job.clone(), super::KEY, Seat(seat), seats(subset)).map(|_| ())
	};
	assert_eq!(begin(0, &[0, 1]), Ok(()));
	assert_eq!(begin(2, &[0, 1]), Err(Error::InvalidSeat { seat: Seat(2) }));
	assert_eq!(begin(0, &[0]), Err(Error::TooFewAggregators { found: 1, needed: 2 }));
	assert_eq!(begin(0, &[0, 3]), Err(Error::InvalidSeat { seat: Seat(3) }));
	let mut batch = Batch::begin(job.clone(), super::KEY, Seat(0), seats(&[0, 1])).unwrap();
	let report = job.share(id(1), &true).unwrap();
	let others = batch.prepare(&report[1]).map(|_| ());
	assert_eq!(others, Err(Error::InvalidSeat { seat: Seat(1) }));
}

#[test]
fn limits_of_reports_hold() {
	let roster = Roster::new(super::members(3), 2).unwrap();
	let limits = Limits { min_reports: 2, max_reports: 2 };
	let job = Job::new(GENESIS, JobId([1; 32]), Mode::Shamir, roster, limits, Count).unwrap();
	let mut batches = batches(&job, seats(&[0, 1]));
	verify(&mut batches, &job.share(id(1), &true).unwrap()).unwrap();
	let few = batches.swap_remove(0).close().unwrap_err();
	assert_eq!(few.reason, Error::TooFewReports { needed: 2 });
	batches.insert(0, *few.batch);
	verify(&mut batches, &job.share(id(2), &false).unwrap()).unwrap();
	let full = Err(Error::MaxReportsExceeded { limit: 2 });
	assert_eq!(verify(&mut batches, &job.share(id(3), &true).unwrap()), full);
	assert_eq!(job.open(&close(batches)).unwrap().sums, [1]);
}

#[test]
fn begun_again_without_one_of_them_the_sums_are_the_same() {
	let job = job(3, 5, Sum::of_bits(8).unwrap());
	let reports: Vec<_> = [100, 50, 7]
		.iter()
		.enumerate()
		.map(|(at, n)| job.share(id(at as u8), n).unwrap())
		.collect();
	let mut first = batches(&job, seats(&[0, 1, 2, 3]));
	for report in &reports[..2] {
		verify(&mut first, report).unwrap();
	}
	let rest = seats(&[0, 1, 3]);
	first.remove(2);
	let mut again: Vec<_> = first.into_iter().map(|batch| batch.restart(rest).unwrap()).collect();
	for report in &reports {
		verify(&mut again, report).unwrap();
	}
	assert_eq!(job.open(&close(again)).unwrap().sums, [157]);
}

#[test]
fn the_strict_mode_takes_everybody() {
	let job = job_of(Mode::Prio3, 3, 3, Count);
	let begin = |subset: &[u8]| Batch::begin(job.clone(), super::KEY, Seat(0), seats(subset));
	assert!(begin(&[0, 1]).is_err());
	let mut batches = batches(&job, seats(&[0, 1, 2]));
	verify(&mut batches, &job.share(id(1), &true).unwrap()).unwrap();
	let mut shares = close(batches);
	let opened = job.open(&shares).unwrap();
	assert_eq!((opened.sums, opened.redundancy), (vec![1], Redundancy::None));
	shares.pop();
	assert_eq!(job.open(&shares), Err(Error::TooFewAggregators { found: 2, needed: 3 }));
	let roster = Roster::new(super::members(3), 2).unwrap();
	let limits = Limits { min_reports: 1, max_reports: 1 };
	let job = Job::new(GENESIS, JobId([1; 32]), Mode::Prio3, roster, limits, Count);
	assert_eq!(job.map_err(|error| error.code()).err(), Some("MPC_INVALID_PARAMETER"));
}

#[test]
fn secrets_are_not_shown() {
	let job = job(2, 3, Sum::of_bits(8).unwrap());
	let shares = summed(&job, seats(&[0, 1]));
	let report = job.share(id(1), &200).unwrap();
	let mut batch = batches(&job, seats(&[0, 1])).swap_remove(0);
	let (prepared, _) = batch.prepare(&report[0]).unwrap();
	let shown = format!("{:?} {report:?} {prepared:?} {batch:?} {:?}", shares[0], super::KEY);
	assert!(shown.contains("JobKey(redacted)"));
	let secret = *shares[0].sums.first().unwrap();
	assert!(!shown.contains(&secret.to_string()));
	assert_eq!(job.circuit().largest(), 255);
}
