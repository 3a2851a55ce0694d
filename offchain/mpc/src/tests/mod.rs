// SPDX-License-Identifier: Apache-2.0
//! The protocol as a whole: what it must do, each with what it keeps away.

mod decoding;
mod opening;
mod subsets;
mod verification;

use crate::{
	AggregateShare, AggregatorId, Batch, Circuit, Error, Job, JobId, JobKey, Limits, Mode, Opened,
	Rejection, ReportId, ReportShare, Roster, VerifierMessage,
};
use salus_primitives::custody::{Seat, Seats};

pub(crate) const GENESIS: [u8; 32] = [0x33; 32];
pub(crate) const KEY: JobKey = JobKey::from_bytes([0x55; 32]);

pub(crate) fn members(count: u8) -> Vec<AggregatorId> {
	(1..=count).map(|at| AggregatorId([at; 32])).collect()
}

pub(crate) fn job_of<C: Circuit>(mode: Mode, threshold: u8, size: u8, circuit: C) -> Job<C> {
	let limits = Limits { min_reports: 1, max_reports: 1 << 20 };
	let roster = Roster::new(members(size), threshold).unwrap();
	Job::new(GENESIS, JobId([0x44; 32]), mode, roster, limits, circuit).unwrap()
}

pub(crate) fn job<C: Circuit>(threshold: u8, size: u8, circuit: C) -> Job<C> {
	job_of(Mode::Shamir, threshold, size, circuit)
}

pub(crate) fn seats(seats: &[u8]) -> Seats {
	seats.iter().copied().map(Seat).collect()
}

pub(crate) fn id(number: u8) -> ReportId {
	ReportId([number; 16])
}

/// One batch for each aggregator of a subset.
pub(crate) fn batches<C: Circuit>(job: &Job<C>, subset: Seats) -> Vec<Batch<C>> {
	subset.iter().map(|seat| Batch::begin(job.clone(), KEY, seat, subset).unwrap()).collect()
}

/// What every aggregator of the batches says about a report.
pub(crate) fn answers<C: Circuit>(
	batches: &mut [Batch<C>],
	report: &[ReportShare<C>],
) -> Result<(Vec<crate::Prepared<C>>, Vec<VerifierMessage<C::Field>>), Error> {
	let subset: Vec<Seat> = batches[0].subset().iter().collect();
	let answered = batches.iter_mut().zip(subset).map(|(batch, seat)| {
		batch.prepare(report.iter().find(|share| share.seat() == seat).unwrap())
	});
	Ok(answered.collect::<Result<Vec<_>, _>>()?.into_iter().unzip())
}

/// Has every aggregator verify a report. All must come to the same decision.
pub(crate) fn verify<C: Circuit>(
	batches: &mut [Batch<C>],
	report: &[ReportShare<C>],
) -> Result<(), Error> {
	let (prepared, messages) = answers(batches, report)?;
	decide(batches, prepared, &messages)
}

pub(crate) fn decide<C: Circuit>(
	batches: &mut [Batch<C>],
	prepared: Vec<crate::Prepared<C>>,
	messages: &[VerifierMessage<C::Field>],
) -> Result<(), Error> {
	let decisions: Vec<_> = batches
		.iter_mut()
		.zip(prepared)
		.map(|(batch, prepared)| batch.accept(prepared, messages).map_err(|error| error.reason))
		.collect();
	assert!(decisions.windows(2).all(|pair| pair[0] == pair[1]), "aggregators agree");
	decisions.into_iter().next().unwrap()
}

pub(crate) fn close<C: Circuit>(batches: Vec<Batch<C>>) -> Vec<AggregateShare<C::Field>> {
	batches.into_iter().map(|batch| batch.close().unwrap()).collect()
}

/// Shares measurements and opens what a subset makes of them.
pub(crate) fn run<C: Circuit>(
	job: &Job<C>,
	subset: Seats,
	measurements: &[&C::Measurement],
) -> Opened {
	let mut batches = batches(job, subset);
	for measurement in measurements {
		let report = job.share(ReportId::generate().unwrap(), measurement).unwrap();
		verify(&mut batches, &report).unwrap();
	}
	job.open(&close(batches)).unwrap()
}

pub(crate) fn rejected(rejection: Rejection) -> Result<(), Error> {
	Err(Error::Rejected(rejection))
}

/// Every set of seats with at least the threshold.
pub(crate) fn subsets(threshold: u8, size: u8) -> impl Iterator<Item = Seats> {
	(0u32..1 << size)
		.map(move |bits| (0..size).filter(|at| bits >> at & 1 == 1).map(Seat).collect::<Seats>())
		.filter(move |subset| subset.len() >= u32::from(threshold))
}
