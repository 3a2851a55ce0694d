// SPDX-License-Identifier: Apache-2.0
//! Known answers for other implementations: `docs/formats/vectors/mpc-v1.json`.
//!
//! `SALUS_WRITE_VECTORS=1 cargo test -p salus-mpc vectors` writes the file; without the variable the
//! test compares it byte for byte with what this release makes. Sharding in the strict mode takes
//! randomness that `prio` alone draws: its vectors are those of VDAF-18.

use crate::{
	job::Context,
	shamir::{InputShare, Lengths},
	tests::{batches, decide, id, job, members, seats, GENESIS, KEY},
	AggregateShare, Batch, Circuit, Count, Error, Histogram, Job, JobId, Limits, Mode, ReportShare,
	Roster, Sum, SumOfSquares, SumVec, Vector, VerifierMessage,
};
use prio::field::FieldElement;
use salus_primitives::custody::{Seat, Seats};
use serde_json::{json, Value};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/formats/vectors/mpc-v1.json");

fn seed(number: u8) -> [u8; 32] {
	[0xa0 + number; 32]
}

fn shared<C: Circuit>(job: &Job<C>, number: u8, measurement: &C::Measurement) -> Vec<Vec<u8>> {
	job.share_with(id(number), measurement, &seed(number))
		.unwrap()
		.iter()
		.map(|share| share.to_bytes().unwrap().to_vec())
		.collect()
}

/// Reads the shares of a subset and has its aggregators decide.
fn judge<C: Circuit>(
	job: &Job<C>,
	batches: &mut [Batch<C>],
	shares: &[Vec<u8>],
) -> Result<Vec<Vec<u8>>, Error> {
	let subset: Vec<Seat> = batches[0].subset().iter().collect();
	let mut prepared = Vec::new();
	let mut messages = Vec::new();
	for (batch, seat) in batches.iter_mut().zip(subset) {
		let share = ReportShare::from_bytes(job, seat, &shares[usize::from(seat.0)])?;
		let (kept, message) = batch.prepare(&share)?;
		prepared.push(kept);
		messages.push(message);
	}
	let bytes: Vec<Vec<u8>> = messages.iter().map(VerifierMessage::to_bytes).collect();
	let read: Vec<_> =
		bytes.iter().map(|bytes| VerifierMessage::from_bytes(job, bytes).unwrap()).collect();
	decide(batches, prepared, &read)?;
	Ok(bytes)
}

fn numbers(subset: Seats) -> Vec<u8> {
	subset.iter().map(|seat| seat.0).collect()
}

fn hexadecimal(bytes: &[Vec<u8>]) -> Vec<String> {
	bytes.iter().map(hex::encode).collect()
}

/// A job in which all measurements hold, from sharing to opening.
fn accepted<C: Circuit>(
	name: &str,
	job: &Job<C>,
	subset: Seats,
	measurements: &[(&C::Measurement, Value)],
) -> Value {
	let mut batches = batches(job, subset);
	let mut reports = Vec::new();
	for (number, (measurement, shown)) in (1..).zip(measurements) {
		let shares = shared(job, number, measurement);
		let messages = judge(job, &mut batches, &shares).unwrap();
		reports.push(json!({
			"id": hex::encode(id(number).0),
			"seed": hex::encode(seed(number)),
			"measurement": shown,
			"shares": hexadecimal(&shares),
			"verifier_messages": hexadecimal(&messages),
		}));
	}
	let closed: Vec<Vec<u8>> =
		batches.into_iter().map(|batch| batch.close().unwrap().to_bytes().to_vec()).collect();
	let read: Vec<_> =
		closed.iter().map(|bytes| AggregateShare::from_bytes(job, bytes).unwrap()).collect();
	let opened = job.open(&read).unwrap();
	json!({
		"name": name,
		"parameters": hex::encode(job.parameters()),
		"parameter_hash": hex::encode(job.parameter_hash()),
		"subset": numbers(subset),
		"reports": reports,
		"aggregate_shares": hexadecimal(&closed),
		"report_root": hex::encode(opened.statement.report_root()),
		"sums": opened.sums,
	})
}

/// A change to the shares of a report, and the code with which the subset refuses it.
fn refused<C: Circuit>(
	name: &str,
	job: &Job<C>,
	subset: Seats,
	shares: &[Vec<u8>],
	code: &str,
) -> Value {
	let mut batches = batches(job, subset);
	let error = judge(job, &mut batches, shares).unwrap_err();
	assert_eq!(error.code(), code, "{name}");
	json!({
		"name": name,
		"parameters": hex::encode(job.parameters()),
		"subset": numbers(subset),
		"shares": hexadecimal(shares),
		"code": code,
	})
}

/// Deals a report in which one seat's share is changed and committed to as it is.
fn deal_wrongly(job: &Job<Count>, at: usize) -> Vec<Vec<u8>> {
	let mut report = job.share_with(id(1), &true, &seed(1)).unwrap();
	let lengths = Lengths::of(job);
	let mut error = vec![prio::field::Field64::zero(); lengths.proof + lengths.masks];
	let mut measurement = vec![prio::field::Field64::zero()];
	match at {
		0 => measurement[0] = prio::field::Field64::one(),
		at => error[at - 1] = prio::field::Field64::one(),
	}
	let (report_id, seat) = (report[1].id, report[1].seat);
	let crate::report::ReportBody::Shamir(public, InputShare::Whole(share)) = &mut report[1].body
	else {
		panic!("a seat with a key")
	};
	share.measurement.add(&measurement);
	share.proof_and_masks.add(&error);
	let commitment = crate::shamir::commitment(job, report_id, seat, share, None);
	public.commitments[1] = commitment;
	for share in &mut report {
		if let crate::report::ReportBody::Shamir(public, _) = &mut share.body {
			public.commitments[1] = commitment;
		}
	}
	report.iter().map(|share| share.to_bytes().unwrap().to_vec()).collect()
}

fn elsewhere() -> Job<Count> {
	let limits = Limits { min_reports: 1, max_reports: 1 << 20 };
	let roster = Roster::new(members(3), 2).unwrap();
	Job::new([0x34; 32], JobId([0x44; 32]), Mode::Shamir, roster, limits, Count).unwrap()
}

fn refusals() -> Vec<Value> {
	let all = seats(&[0, 1, 2]);
	let count = job(2, 3, Count);
	let histogram = job(2, 3, Histogram::new(3).unwrap());
	let right = shared(&count, 1, &true);
	let class = shared(&histogram, 1, &2);
	let flip = |shares: &[Vec<u8>], which: &[usize], at: usize| {
		let mut shares = shares.to_vec();
		for seat in which {
			shares[*seat][at] ^= 1;
		}
		shares
	};
	// A header, identifier and seat; then of the histogram three parts, then three commitments.
	let (parts, commitments) = (19, 19 + 96);
	let cut = |mut shares: Vec<Vec<u8>>| {
		shares[0].pop();
		shares
	};
	let grow = |mut shares: Vec<Vec<u8>>| {
		shares[0].push(0);
		shares
	};
	let not_canonical = |mut shares: Vec<Vec<u8>>| {
		let at = shares[0].len() - 8;
		shares[0][at..].fill(0xff);
		shares
	};
	let lengths = Lengths::of(&count);
	vec![
		// Two is no count: the proof of a wrong measurement, shared as it should be.
		refused("bad-proof", &count, all, &dealt_two(&count), "MPC_PROOF_REFUSED"),
		refused(
			"bad-mask",
			&count,
			all,
			&deal_wrongly(&count, lengths.proof + 1),
			"MPC_SHARES_INCONSISTENT",
		),
		refused(
			"off-polynomial-measurement",
			&count,
			all,
			&deal_wrongly(&count, 0),
			"MPC_SHARES_INCONSISTENT",
		),
		refused(
			"off-polynomial-proof",
			&count,
			all,
			&deal_wrongly(&count, 1),
			"MPC_SHARES_INCONSISTENT",
		),
		refused(
			"bad-own-joint-part",
			&histogram,
			all,
			&flip(&class, &[0], parts),
			"MPC_COMMITMENT_MISMATCH",
		),
		refused(
			"bad-joint-part-of-the-absent",
			&histogram,
			seats(&[0, 1]),
			&flip(&class, &[0, 1], parts + 64),
			"MPC_PROOF_REFUSED",
		),
		refused(
			"different-public-shares",
			&histogram,
			seats(&[0, 1]),
			&flip(&class, &[0], commitments + 64),
			"MPC_PUBLIC_SHARE_MISMATCH",
		),
		refused(
			"bad-commitment",
			&count,
			all,
			&flip(&right, &[0], parts),
			"MPC_COMMITMENT_MISMATCH",
		),
		refused(
			"changed-share",
			&count,
			all,
			&flip(&right, &[0], right[0].len() - 8),
			"MPC_COMMITMENT_MISMATCH",
		),
		refused(
			"changed-key",
			&count,
			all,
			&flip(&right, &[2], right[2].len() - 1),
			"MPC_COMMITMENT_MISMATCH",
		),
		refused(
			"wrong-context",
			&count,
			all,
			&shared(&elsewhere(), 1, &true),
			"MPC_COMMITMENT_MISMATCH",
		),
		refused(
			"another-seat",
			&count,
			all,
			&[right[1].clone(), right[0].clone(), right[2].clone()],
			"MPC_CONTEXT_MISMATCH",
		),
		refused("cut", &count, all, &cut(right.clone()), "MPC_MALFORMED"),
		refused("one-byte-more", &count, all, &grow(right.clone()), "MPC_MALFORMED"),
		refused("not-canonical", &count, all, &not_canonical(right.clone()), "MPC_MALFORMED"),
		refused("another-kind", &count, all, &flip(&right, &[0], 1), "MPC_MALFORMED"),
		refused("another-version", &count, all, &flip(&right, &[0], 0), "MPC_MALFORMED"),
	]
}

/// A report in which the measurement is two.
fn dealt_two(job: &Job<Count>) -> Vec<Vec<u8>> {
	let encoded = vec![prio::field::Field64::from(2)].into();
	let (public, inputs) = crate::shamir::share(job, id(1), encoded, &seed(1)).unwrap();
	let seats = job.roster().seats().iter();
	seats
		.zip(inputs)
		.map(|(seat, input)| {
			let body = crate::report::ReportBody::Shamir(public.clone(), input);
			ReportShare::<Count> { id: id(1), seat, body }.to_bytes().unwrap().to_vec()
		})
		.collect()
}

/// The same report twice in one batch.
fn replay() -> Value {
	let job = job(2, 3, Count);
	let shares = shared(&job, 1, &true);
	let mut batches = batches(&job, seats(&[0, 1]));
	judge(&job, &mut batches, &shares).unwrap();
	let error = judge(&job, &mut batches, &shares).unwrap_err();
	assert_eq!(error.code(), "MPC_REPORT_REPLAYED");
	json!({ "parameters": hex::encode(job.parameters()), "subset": [0, 1], "shares": hexadecimal(&shares), "code": error.code() })
}

/// Aggregate shares that do not open, or open in spite of a liar.
fn openings() -> Value {
	let job = job(3, 5, Sum::of_bits(8).unwrap());
	let mut batches = batches(&job, seats(&[0, 1, 2, 3, 4]));
	judge(&job, &mut batches, &shared(&job, 1, &200)).unwrap();
	let mut closed: Vec<Vec<u8>> =
		batches.into_iter().map(|batch| batch.close().unwrap().to_bytes().to_vec()).collect();
	// The least byte of the sum of the second seat.
	let at = 2 + Context::LEN + 45;
	closed[1][at] ^= 1;
	let open = |shares: &[Vec<u8>]| {
		let read = shares.iter().map(|bytes| AggregateShare::from_bytes(&job, bytes).unwrap());
		job.open(&read.collect::<Vec<_>>())
	};
	let located = open(&closed).unwrap();
	assert_eq!(numbers(located.wrong), [1]);
	let unknown = open(&closed[..4]).unwrap_err();
	json!({
		"parameters": hex::encode(job.parameters()),
		"aggregate_shares": hexadecimal(&closed),
		"sums": located.sums,
		"wrong": numbers(located.wrong),
		"first_four": unknown.code(),
	})
}

#[test]
fn published_vectors_are_what_this_release_makes() {
	let text = |bytes: &[u8]| hex::encode(bytes);
	let accepted = [
		accepted(
			"count",
			&job(2, 3, Count),
			seats(&[0, 1, 2]),
			&[(&true, json!(1)), (&false, json!(0))],
		),
		accepted(
			"sum",
			&job(2, 3, Sum::up_to(300).unwrap()),
			seats(&[0, 2]),
			&[(&128, json!(128)), (&300, json!(300))],
		),
		accepted(
			"histogram",
			&job(3, 5, Histogram::new(3).unwrap()),
			seats(&[0, 1, 3, 4]),
			&[(&2, json!(2))],
		),
		accepted(
			"sum-vec",
			&job(2, 3, SumVec::new(2, 9).unwrap()),
			seats(&[1, 2]),
			&[(&[9, 4], json!([9, 4]))],
		),
		accepted(
			"sum-of-squares",
			&job(2, 3, SumOfSquares::new(300, 120).unwrap()),
			seats(&[0, 1, 2]),
			&[(&128, json!(128)), (&0, json!(0))],
		),
		accepted(
			"vector",
			&job(2, 2, Vector::new(2, 1 << 40).unwrap()),
			seats(&[0, 1]),
			&[(&[7, 1 << 40], json!([7, 1u64 << 40]))],
		),
	];
	let vectors = json!({
		"format": "salus mpc v1 vectors",
		"genesis": text(&GENESIS),
		"job": text(&[0x44; 32]),
		"job_key": text(KEY.expose()),
		"aggregators": members(5).iter().map(|member| text(&member.0)).collect::<Vec<_>>(),
		"accepted": accepted,
		"refused": refusals(),
		"replayed": replay(),
		"lying_aggregator": openings(),
	});
	let mut text = serde_json::to_string_pretty(&vectors).unwrap();
	text.push('\n');
	if std::env::var_os("SALUS_WRITE_VECTORS").is_some() {
		std::fs::create_dir_all(std::path::Path::new(PATH).parent().unwrap()).unwrap();
		std::fs::write(PATH, &text).unwrap();
	}
	let published = std::fs::read_to_string(PATH).expect("the vectors are published");
	assert!(published == text, "the format changed: reports of other releases would not verify");
}

fn bytes(value: &Value) -> Vec<u8> {
	hex::decode(value.as_str().unwrap()).unwrap()
}

fn list(value: &Value) -> Vec<Vec<u8>> {
	value.as_array().unwrap().iter().map(bytes).collect()
}

fn subset(value: &Value) -> Seats {
	value.as_array().unwrap().iter().map(|seat| Seat(seat.as_u64().unwrap() as u8)).collect()
}

/// Follows a published job from its shares to its sums.
fn follow<C: Circuit>(job: &Job<C>, vector: &Value) {
	assert_eq!(job.parameters(), bytes(&vector["parameters"]));
	assert_eq!(job.parameter_hash().to_vec(), bytes(&vector["parameter_hash"]));
	let mut batches = batches(job, subset(&vector["subset"]));
	for report in vector["reports"].as_array().unwrap() {
		let messages = judge(job, &mut batches, &list(&report["shares"])).unwrap();
		assert_eq!(messages, list(&report["verifier_messages"]));
	}
	let closed: Vec<Vec<u8>> =
		batches.into_iter().map(|batch| batch.close().unwrap().to_bytes().to_vec()).collect();
	assert_eq!(closed, list(&vector["aggregate_shares"]));
	let read: Vec<_> =
		closed.iter().map(|bytes| AggregateShare::from_bytes(job, bytes).unwrap()).collect();
	let opened = job.open(&read).unwrap();
	assert_eq!(json!(opened.sums), vector["sums"]);
	assert_eq!(opened.statement.report_root().to_vec(), bytes(&vector["report_root"]));
}

#[test]
fn published_messages_are_read_and_mean_what_they_say() {
	let published = std::fs::read_to_string(PATH).expect("the vectors are published");
	let vectors: Value = serde_json::from_str(&published).unwrap();
	let accepted = |name: &str| {
		let all = vectors["accepted"].as_array().unwrap();
		all.iter().find(|vector| vector["name"] == name).unwrap()
	};
	follow(&job(2, 3, Count), accepted("count"));
	follow(&job(2, 3, Sum::up_to(300).unwrap()), accepted("sum"));
	follow(&job(3, 5, Histogram::new(3).unwrap()), accepted("histogram"));
	follow(&job(2, 3, SumVec::new(2, 9).unwrap()), accepted("sum-vec"));
	follow(&job(2, 3, SumOfSquares::new(300, 120).unwrap()), accepted("sum-of-squares"));
	follow(&job(2, 2, Vector::new(2, 1 << 40).unwrap()), accepted("vector"));

	let (count, histogram) = (job(2, 3, Count), job(2, 3, Histogram::new(3).unwrap()));
	let refused = vectors["refused"].as_array().unwrap();
	for vector in refused {
		let (subset, shares) = (subset(&vector["subset"]), list(&vector["shares"]));
		let error = if bytes(&vector["parameters"]) == count.parameters() {
			judge(&count, &mut batches(&count, subset), &shares)
		} else {
			judge(&histogram, &mut batches(&histogram, subset), &shares)
		};
		assert_eq!(vector["code"], error.unwrap_err().code(), "{}", vector["name"]);
	}
	assert_eq!(refused.len(), 17);

	let replayed = list(&vectors["replayed"]["shares"]);
	let mut batches = batches(&count, subset(&vectors["replayed"]["subset"]));
	judge(&count, &mut batches, &replayed).unwrap();
	let error = judge(&count, &mut batches, &replayed).unwrap_err();
	assert_eq!(vectors["replayed"]["code"], error.code());

	let liar = &vectors["lying_aggregator"];
	let sum = job(3, 5, Sum::of_bits(8).unwrap());
	let read: Vec<_> = list(&liar["aggregate_shares"])
		.iter()
		.map(|bytes| AggregateShare::from_bytes(&sum, bytes).unwrap())
		.collect();
	let opened = sum.open(&read).unwrap();
	assert_eq!(json!(opened.sums), liar["sums"]);
	assert_eq!(opened.wrong, subset(&liar["wrong"]));
	assert_eq!(liar["first_four"], sum.open(&read[..4]).unwrap_err().code());
}
