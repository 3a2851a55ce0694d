// SPDX-License-Identifier: Apache-2.0
//! What a report costs contributors and aggregators, beside what Prio3 of `prio` costs for the same
//! circuit and the same number of aggregators.
//!
//! Opening and writing messages is measured apart; sealing, the network and storage are not in it.

use divan::Bencher;
use prio::{
	flp::Type,
	vdaf::{
		prio3::{Prio3, Prio3Count, Prio3Histogram, Prio3Sum, Prio3SumVec},
		xof::XofTurboShake128,
		Aggregatable, Aggregator, Client, VerifyTransition,
	},
};
use salus_mpc::{
	AggregatorId, Batch, Circuit, Count, Histogram, Job, JobId, JobKey, Limits, Mode, Prepared,
	ReportId, ReportShare, Roster, Sum, SumVec, VerifierMessage,
};
use salus_primitives::custody::{Seat, Seats};
use std::time::{Duration, Instant};

const KEY: [u8; 32] = [5; 32];
const CONTEXT: &[u8] = b"salus/mpc bench";

fn main() {
	divan::main();
	// `cargo test` runs each bench once to see that it works; there is nothing to print then.
	if std::env::args().any(|argument| argument == "--bench") {
		print_summary();
	}
}

fn job<C: Circuit>(mode: Mode, threshold: u8, size: u8, circuit: C) -> Job<C> {
	let members = (1..=size).map(|at| AggregatorId([at; 32])).collect();
	let roster = Roster::new(members, threshold).expect("a majority");
	let limits = Limits { min_reports: 1, max_reports: 1 << 20 };
	Job::new([3; 32], JobId([4; 32]), mode, roster, limits, circuit).expect("a job")
}

fn id(number: usize) -> ReportId {
	ReportId((number as u128).to_be_bytes())
}

fn batches<C: Circuit>(job: &Job<C>, aggregators: usize) -> Vec<Batch<C>> {
	let subset = Seats::all(aggregators);
	let begin = |seat| Batch::begin(job.clone(), JobKey::from_bytes(KEY), seat, subset);
	subset.iter().map(|seat| begin(seat).expect("a batch")).collect()
}

type Report<C> = Vec<ReportShare<C>>;

fn shared<C: Circuit>(job: &Job<C>, count: usize, measurement: &C::Measurement) -> Vec<Report<C>> {
	(0..count).map(|at| job.share(id(at), measurement).expect("a measurement")).collect()
}

/// What all aggregators of the batches do with a report.
fn verify<C: Circuit>(batches: &mut [Batch<C>], report: &[ReportShare<C>]) {
	let prepare = |(batch, share): (&mut Batch<C>, _)| batch.prepare(share).expect("right");
	let (prepared, messages): (Vec<Prepared<C>>, Vec<VerifierMessage<C::Field>>) =
		batches.iter_mut().zip(report).map(prepare).unzip();
	for (batch, prepared) in batches.iter_mut().zip(prepared) {
		assert!(batch.accept(prepared, &messages).is_ok());
	}
}

type Bare<T> = Prio3<T, XofTurboShake128, 32>;

/// What all aggregators do with a report in Prio3, without anything around it: the message is made
/// once, and the output shares are summed.
fn verify_bare<T: Type>(
	vdaf: &Bare<T>,
	sums: &mut [<Bare<T> as prio::vdaf::Vdaf>::AggregateShare],
	nonce: &[u8; 16],
	public: &<Bare<T> as prio::vdaf::Vdaf>::PublicShare,
	inputs: &[<Bare<T> as prio::vdaf::Vdaf>::InputShare],
) {
	let begin = |(seat, input)| {
		vdaf.verify_init(&KEY, CONTEXT, seat, &(), nonce, public, input).expect("right")
	};
	let (states, shares): (Vec<_>, Vec<_>) = inputs.iter().enumerate().map(begin).unzip();
	let message = vdaf.verifier_shares_to_message(CONTEXT, &(), shares).expect("right");
	for (sum, state) in sums.iter_mut().zip(states) {
		let next = vdaf.verify_next(CONTEXT, state, message.clone()).expect("right");
		let VerifyTransition::Finish(output) = next else { unreachable!("Prio3 has one round") };
		sum.accumulate(&output).expect("as long");
	}
}

fn sum_16() -> Sum {
	Sum::of_bits(16).expect("a number")
}

#[divan::bench(args = [(2, 3), (3, 5), (4, 7)])]
fn share_sum_16(bencher: Bencher<'_, '_>, (threshold, size): (u8, u8)) {
	let job = job(Mode::Shamir, threshold, size, sum_16());
	bencher.bench(|| job.share(id(1), &4711));
}

#[divan::bench(args = [(2, 3), (3, 5), (4, 7)])]
fn share_histogram_100(bencher: Bencher<'_, '_>, (threshold, size): (u8, u8)) {
	let job = job(Mode::Shamir, threshold, size, Histogram::new(100).expect("classes"));
	bencher.bench(|| job.share(id(1), &47));
}

#[divan::bench(args = [0, 1, 2])]
fn prepare_sum_16_as_seat(bencher: Bencher<'_, '_>, seat: usize) {
	let job = job(Mode::Shamir, 2, 3, sum_16());
	let report = job.share(id(1), &4711).expect("a number");
	bencher
		.with_inputs(|| batches(&job, 3).swap_remove(seat))
		.bench_values(|mut batch| batch.prepare(&report[seat]).expect("right"));
}

#[divan::bench(args = [0, 2])]
fn read_share_of_sum_16_as_seat(bencher: Bencher<'_, '_>, seat: u8) {
	let job = job(Mode::Shamir, 2, 3, sum_16());
	let report = job.share(id(1), &4711).expect("a number");
	let bytes = report[usize::from(seat)].to_bytes().expect("bytes");
	bencher.bench(|| ReportShare::from_bytes(&job, Seat(seat), &bytes));
}

#[divan::bench(args = [10, 1_000])]
fn open_sums(bencher: Bencher<'_, '_>, len: u32) {
	let job = job(Mode::Shamir, 3, 5, Histogram::new(len).expect("classes"));
	let mut all = batches(&job, 5);
	verify(&mut all, &job.share(id(1), &1).expect("a class"));
	let close = |batch: Batch<Histogram>| batch.close().expect("decided");
	let shares: Vec<_> = all.into_iter().map(close).collect();
	bencher.bench(|| job.open(&shares));
}

/// The median time for one of `count`, over runs of all of them.
fn each<T>(count: usize, mut setup: impl FnMut() -> T, mut run: impl FnMut(&mut T)) -> Duration {
	let mut times: Vec<_> = (0..7)
		.map(|_| {
			let mut state = setup();
			let start = Instant::now();
			run(&mut state);
			start.elapsed()
		})
		.collect();
	times.sort_unstable();
	times[3] / u32::try_from(count).expect("few")
}

fn row<C: Circuit>(
	name: &str,
	count: usize,
	circuit: C,
	measurement: &C::Measurement,
	bare: &Bare<C::Type>,
	plain: &<C::Type as Type>::Measurement,
) {
	let nonce = |at| id(at).0;
	let bare_share = each(
		count,
		|| (),
		|()| {
			for at in 0..count {
				divan::black_box(bare.shard(CONTEXT, plain, &nonce(at)).expect("a measurement"));
			}
		},
	);
	let bare_reports: Vec<_> = (0..count)
		.map(|at| bare.shard(CONTEXT, plain, &nonce(at)).expect("a measurement"))
		.collect();
	let bare_verify = each(
		count,
		|| vec![bare.aggregate_init(&()); 3],
		|sums| {
			for (at, (public, inputs)) in bare_reports.iter().enumerate() {
				verify_bare(bare, sums, &nonce(at), public, inputs);
			}
		},
	);
	println!("{name:<20} bare Prio3, 3 aggregators         share {bare_share:>9.1?}  verify {bare_verify:>9.1?}");
	for (mode, threshold, aggregators) in
		[(Mode::Shamir, 2, 3), (Mode::Shamir, 2, 2), (Mode::Prio3, 3, 3)]
	{
		let job = job(mode, threshold, 3, circuit.clone());
		let share = each(count, || (), |()| drop(shared(&job, count, measurement)));
		let reports = shared(&job, count, measurement);
		let run = |batches: &mut Vec<Batch<C>>| {
			for report in &reports {
				verify(batches, report);
			}
		};
		let verify = each(count, || batches(&job, aggregators), run);
		let len = |share: &ReportShare<C>| share.to_bytes().expect("bytes").len();
		let bytes: usize = reports[0].iter().map(len).sum();
		let ratio = bare_verify.as_secs_f64() / verify.as_secs_f64();
		let alone = aggregators as f64 / verify.as_secs_f64();
		println!(
			"{:<20} {mode:?} {threshold} of 3, {aggregators} of them verify \
			 share {share:>9.1?}  verify {verify:>9.1?}  {alone:>7.0}/s an aggregator and core, \
			 {bytes} bytes, rate to bare {ratio:.2}",
			""
		);
	}
}

fn print_summary() {
	println!("\none core; verify is all aggregators together; floor for the sum of 16 bits: 0.5");
	let bare = Prio3Count::new_count(3).expect("Prio3");
	row("count", 2_000, Count, &true, &bare, &true);
	let bare = Prio3Sum::new_sum(3, 65_535).expect("Prio3");
	row("sum of 16 bits", 2_000, sum_16(), &4711, &bare, &4711);
	let histogram = Histogram::new(100).expect("classes");
	let chunk = prio::vdaf::prio3::optimal_chunk_length(100);
	let bare = Prio3Histogram::new_histogram(3, 100, chunk).expect("Prio3");
	row("histogram of 100", 1_000, histogram, &47, &bare, &47);
	let vector = SumVec::new(100, 65_535).expect("numbers");
	let chunk = prio::vdaf::prio3::optimal_chunk_length(1_600);
	let bare = Prio3SumVec::new_sum_vec(3, 65_535, 100, chunk).expect("Prio3");
	row("100 sums of 16 bits", 100, vector, &[4711; 100], &bare, &vec![4711; 100]);
}
