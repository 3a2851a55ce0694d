// SPDX-License-Identifier: Apache-2.0
//! Dealers who cheat, and what must hold so that they are found out and nobody else learns more.

use super::{answers, batches, decide, id, job, members, rejected, seats, verify, GENESIS, KEY};
use crate::{
	field::{Field, SecretVec},
	polynomial::{lagrange, point},
	report::{AnswerBody, ReportBody},
	shamir::{self, InputShare, Lengths, PublicShare},
	Batch, Circuit, Count, Error, Histogram, Job, JobId, JobKey, Limits, Mode, Rejection,
	ReportShare, Roster, Sum,
};
use prio::{
	field::{Field64, FieldElement},
	flp::{Flp, Type},
};
use salus_primitives::custody::Seat;

fn parts<C: Circuit>(share: &mut ReportShare<C>) -> (&mut PublicShare, &mut InputShare<C::Field>) {
	match &mut share.body {
		ReportBody::Shamir(public, input) => (public, input),
		ReportBody::Prio3(..) => panic!("a share of the other mode"),
	}
}

/// Adds to the share of a seat as a dealer would who commits to what he deals.
fn deal_wrongly<C: Circuit>(
	job: &Job<C>,
	report: &mut [ReportShare<C>],
	seat: u8,
	measurement: &[C::Field],
	proof_and_masks: &[C::Field],
) {
	let at = usize::from(seat);
	let (report_id, part) = (report[at].id, report[at].seat);
	let (public, input) = parts(&mut report[at]);
	let InputShare::Whole(share) = input else { panic!("a seat with a key") };
	share.measurement.add(measurement);
	share.proof_and_masks.add(proof_and_masks);
	let commitment = shamir::commitment(job, report_id, part, share, public.joint_parts.get(at));
	for share in report {
		parts(share).0.commitments[at] = commitment;
	}
}

fn unit<F: Field>(len: usize, at: usize) -> Vec<F> {
	let mut vector = vec![F::zero(); len];
	vector[at] = F::one();
	vector
}

fn zeros<F: Field>(len: usize) -> Vec<F> {
	vec![F::zero(); len]
}

#[test]
fn a_share_off_the_polynomial_is_refused_where_there_is_redundancy() {
	let job = job(2, 3, Sum::of_bits(8).unwrap());
	let lengths = Lengths::of(&job);
	let mut report = job.share(id(1), &200).unwrap();
	deal_wrongly(
		&job,
		&mut report,
		1,
		&unit(lengths.measurement, 3),
		&zeros(lengths.proof + lengths.masks),
	);
	// With three of three they notice. With two nobody can: they have a polynomial of their own, and
	// what it hides has no proof.
	assert_eq!(
		verify(&mut batches(&job, seats(&[0, 1, 2])), &report),
		rejected(Rejection::Inconsistent { odd: None })
	);
	assert_eq!(
		verify(&mut batches(&job, seats(&[0, 1])), &report),
		rejected(Rejection::ProofRefused)
	);
	assert_eq!(verify(&mut batches(&job, seats(&[0, 2])), &report), Ok(()));
}

/// A vector that the linear map sends to zero, with a one at its first place.
fn kernel(columns: &[Vec<Field64>]) -> Vec<Field64> {
	// Solve `Σ_{j>0} y_j column_j = -column_0` by elimination.
	let (rows, unknowns) = (columns[0].len(), columns.len() - 1);
	let mut matrix: Vec<Vec<Field64>> = (0..rows)
		.map(|row| {
			let right = -columns[0][row];
			columns[1..].iter().map(|column| column[row]).chain([right]).collect()
		})
		.collect();
	let mut pivots = Vec::new();
	for column in 0..unknowns {
		let found = (pivots.len()..rows).find(|row| matrix[*row][column] != Field64::zero());
		let Some(found) = found else { continue };
		let row = pivots.len();
		matrix.swap(row, found);
		let inverse = matrix[row][column].inv();
		matrix[row].iter_mut().for_each(|element| *element *= inverse);
		let pivot = matrix[row].clone();
		for other in (0..rows).filter(|other| *other != row) {
			let factor = matrix[other][column];
			for (element, own) in matrix[other].iter_mut().zip(&pivot) {
				*element -= factor * *own;
			}
		}
		pivots.push(column);
	}
	let mut solution = vec![Field64::zero(); unknowns];
	for (row, column) in pivots.iter().enumerate() {
		solution[*column] = matrix[row][unknowns];
	}
	[vec![Field64::one()], solution].concat()
}

#[test]
fn a_dealer_who_knows_the_query_is_still_caught_by_the_degree_check() {
	let job = job(2, 3, Count);
	let lengths = Lengths::of(&job);
	let mut report = job.share(id(1), &true).unwrap();
	// What the dealer must not know: where his proof is going to be queried. From it he computes
	// an error of one share that leaves the verifier message as it is and changes the measurement.
	let query = shamir::query_randomness(&job, &KEY, id(1)).unwrap();
	let ask = |vector: &[Field64]| {
		let (measurement, proof) = vector.split_at(lengths.measurement);
		job.flp.query(measurement, proof, &query, &[], 1).unwrap()
	};
	let len = lengths.measurement + lengths.proof;
	let columns: Vec<_> = (0..len).map(|at| ask(&unit(len, at))).collect();
	let error = kernel(&columns);
	assert!(ask(&error).iter().all(|element| *element == Field64::zero()));
	let (measurement, proof) = error.split_at(lengths.measurement);
	let rest = [proof, &zeros(lengths.masks)].concat();
	deal_wrongly(&job, &mut report, 0, measurement, &rest);

	let mut batches = batches(&job, seats(&[0, 1, 2]));
	let (prepared, messages) = answers(&mut batches, &report).unwrap();
	let vectors: Vec<_> = messages
		.iter()
		.map(|message| match &message.body {
			AnswerBody::Shamir(answer) => answer.elements.as_slice(),
			AnswerBody::Prio3(_) => panic!("a message of the other mode"),
		})
		.collect();
	let code = crate::polynomial::Code::<Field64>::new(seats(&[0, 1, 2]), 2);
	let fits = |at: usize| code.is_consistent(|seat| vectors[seat][at]);
	assert!((0..lengths.verifier).all(fits), "the verifier message says nothing");
	let mut checks = lengths.verifier..lengths.verifier + lengths.masks;
	assert!(!checks.any(fits), "each degree check fails");
	let refused = rejected(Rejection::Inconsistent { odd: None });
	assert_eq!(decide(&mut batches, prepared, &messages), refused);
}

#[test]
fn what_is_not_proven_is_still_one_vector_for_all() {
	let job = job(3, 5, crate::Vector::new(4, 1 << 30).unwrap());
	let lengths = Lengths::of(&job);
	assert_eq!((lengths.proof, lengths.masks), (0, 2));
	let mut report = job.share(id(1), &[1, 2, 3, 4]).unwrap();
	deal_wrongly(&job, &mut report, 1, &unit(4, 2), &zeros(2));
	assert_eq!(
		verify(&mut batches(&job, job.roster().seats()), &report),
		rejected(Rejection::Inconsistent { odd: Some(seats(&[1])) })
	);
}

#[test]
fn a_mask_off_its_polynomial_is_refused() {
	for mask in 0..Field64::DEGREE_CHECKS {
		let job = job(3, 5, Sum::of_bits(8).unwrap());
		let lengths = Lengths::of(&job);
		let mut report = job.share(id(1), &200).unwrap();
		let error = unit(lengths.proof + lengths.masks, lengths.proof + mask);
		deal_wrongly(&job, &mut report, 2, &zeros(lengths.measurement), &error);
		assert_eq!(
			verify(&mut batches(&job, seats(&[0, 1, 2, 3, 4])), &report),
			rejected(Rejection::Inconsistent { odd: Some(seats(&[2])) })
		);
	}
}

/// What a degree check opens at zero.
fn opened_checks<C: Circuit>(job: &Job<C>, report: &[ReportShare<C>]) -> Vec<C::Field> {
	let lengths = Lengths::of(job);
	let mut batches = batches(job, seats(&[0, 1]));
	let (_, messages) = answers(&mut batches, report).unwrap();
	let coefficients = lagrange(&[point::<C::Field>(Seat(0)), point(Seat(1))], C::Field::zero());
	let element = |seat: usize, at: usize| match &messages[seat].body {
		AnswerBody::Shamir(answer) => answer.elements[at],
		AnswerBody::Prio3(_) => panic!("a message of the other mode"),
	};
	(lengths.verifier..lengths.verifier + lengths.masks)
		.map(|at| coefficients[0] * element(0, at) + coefficients[1] * element(1, at))
		.collect()
}

#[test]
fn the_degree_check_opens_nothing_but_a_mask() {
	let job = job(2, 3, Sum::of_bits(8).unwrap());
	let lengths = Lengths::of(&job);
	let (seed, number) = ([9; 32], 77);
	let report = job.share_with(id(1), &number, &seed).unwrap();
	let opened = opened_checks(&job, &report);

	// The same in the clear: measurement and proof without masks.
	let encoded = job.flp.encode_measurement(&number).unwrap();
	let (prove, _) = shamir::prover_randomness(&job, id(1), &seed);
	let proof = job.flp.prove(&encoded, &prove, &[]).unwrap();
	let challenges = shamir::challenges(&job, &KEY, id(1));
	for (challenge, opened) in challenges.iter().zip(&opened) {
		let bare = shamir::degree_check(*challenge, Field64::zero(), encoded.iter().chain(&proof));
		assert_ne!(*opened, bare, "the mask is missing");
	}
	// And it is a fresh one for each report and check.
	let other = opened_checks(&job, &job.share_with(id(1), &number, &[8; 32]).unwrap());
	assert!(opened.iter().chain(&other).enumerate().all(|(at, one)| {
		opened.iter().chain(&other).skip(at + 1).all(|another| one != another)
	}));
	assert_eq!(lengths.masks, 2, "two checks in the small field");
	assert_eq!(Lengths::of(&super::job(2, 3, Histogram::new(3).unwrap())).masks, 1);
}

#[test]
fn challenges_are_unknown_until_shares_are_committed() {
	let job = job(2, 3, Count);
	// They depend on the key, which no dealer has.
	let other = JobKey::from_bytes([0x56; 32]);
	assert_ne!(
		shamir::challenges(&job, &KEY, id(1)).to_vec(),
		shamir::challenges(&job, &other, id(1)).to_vec()
	);
	// And nobody answers for a share that was not committed to.
	let mut report = job.share(id(1), &true).unwrap();
	let (_, input) = parts(&mut report[0]);
	let InputShare::Whole(share) = input else { panic!("a seat with a key") };
	share.proof_and_masks.add_scaled(&unit(Lengths::of(&job).proof + 2, 0), Field64::one());
	let mut batch = batches(&job, seats(&[0, 1])).swap_remove(0);
	assert_eq!(batch.prepare(&report[0]).map(|_| ()), rejected(Rejection::CommitmentMismatch));
	assert_eq!(batch.rejected(), 1);
}

#[test]
fn joint_randomness_binds_the_shares_of_aggregators_that_are_gone() {
	let job = job(2, 3, Histogram::new(4).unwrap());
	let mut report = job.share(id(1), &2).unwrap();
	for share in &mut report {
		parts(share).0.joint_parts[2][0] ^= 1;
	}
	assert_eq!(
		verify(&mut batches(&job, seats(&[0, 1])), &report),
		rejected(Rejection::ProofRefused)
	);
}

#[test]
fn aggregators_who_got_different_public_shares_notice() {
	let job = job(2, 3, Count);
	let mut report = job.share(id(1), &true).unwrap();
	parts(&mut report[0]).0.commitments[2][0] ^= 1;
	assert_eq!(
		verify(&mut batches(&job, seats(&[0, 1])), &report),
		rejected(Rejection::PublicShareMismatch)
	);
}

#[test]
fn a_measurement_that_is_none_is_refused_by_every_subset() {
	let job = job(2, 3, Count);
	// Two is neither yes nor no. The proof is made as for a right one.
	let encoded = SecretVec::from(vec![Field64::from(2)]);
	let (public, inputs) = shamir::share(&job, id(1), encoded, &[7; 32]).unwrap();
	let shares = job.roster().seats().iter().zip(inputs);
	let report: Vec<_> = shares
		.map(|(seat, input)| ReportShare {
			id: id(1),
			seat,
			body: ReportBody::Shamir(public.clone(), input),
		})
		.collect();
	for subset in super::subsets(2, 3) {
		let refused = rejected(Rejection::ProofRefused);
		assert_eq!(verify(&mut batches(&job, subset), &report), refused);
	}
}

#[test]
fn a_square_that_is_not_the_numbers_own_is_refused() {
	let job = job(2, 3, crate::SumOfSquares::new(300, 120).unwrap());
	let mut encoded = job.flp.encode_measurement(&128).unwrap();
	*encoded.last_mut().unwrap() += Field64::one();
	let (public, inputs) = shamir::share(&job, id(1), encoded.into(), &[7; 32]).unwrap();
	let shares = job.roster().seats().iter().zip(inputs);
	let report: Vec<_> = shares
		.map(|(seat, input)| ReportShare {
			id: id(1),
			seat,
			body: ReportBody::Shamir(public.clone(), input),
		})
		.collect();
	let refused = rejected(Rejection::ProofRefused);
	assert_eq!(verify(&mut batches(&job, seats(&[0, 2])), &report), refused);
}

#[test]
fn a_report_is_counted_once() {
	let job = job(2, 3, Count);
	let report = job.share(id(1), &true).unwrap();
	let mut batches = batches(&job, seats(&[0, 1]));
	verify(&mut batches, &report).unwrap();
	assert_eq!(verify(&mut batches, &report), rejected(Rejection::Replayed));
	// Another one under the same identifier is the same report.
	let other = job.share(id(1), &true).unwrap();
	assert_eq!(verify(&mut batches, &other), rejected(Rejection::Replayed));
	assert_eq!(job.open(&super::close(batches)).unwrap().sums, [1]);
}

#[test]
fn the_same_report_is_asked_the_same_by_whoever_begins_again() {
	let job = job(2, 3, Histogram::new(4).unwrap());
	let report = job.share(id(1), &2).unwrap();
	let first = seats(&[0, 1]);
	let mut batch = Batch::begin(job.clone(), KEY, Seat(0), first).unwrap();
	let (_, before) = batch.prepare(&report[0]).unwrap();
	let mut batch = batch.restart(seats(&[0, 2])).unwrap();
	let (_, after) = batch.prepare(&report[0]).unwrap();
	assert_eq!(before, after);
	// Under another key it would be asked something else, which must not happen.
	let other = JobKey::from_bytes([0x56; 32]);
	let mut batch = Batch::begin(job, other, Seat(0), first).unwrap();
	assert_ne!(batch.prepare(&report[0]).unwrap().1, before);
}

#[test]
fn a_query_that_hits_a_root_of_unity_is_derived_again() {
	use prio::field::NttFriendlyFieldElement;
	let sum = job(2, 3, Sum::of_bits(8).unwrap());
	let points = &sum.query_points;
	// Eight coefficients that compress the checks of the bits, then one point.
	assert_eq!(sum.flp.query_rand_len(), 9);
	let good = Field64::from(3);
	let mut asked = std::cell::RefCell::new(Vec::new());
	for root in 0..=4 {
		let bad = Field64::root(root).unwrap();
		let found = points.first_usable(|counter| {
			asked.borrow_mut().push(counter);
			let point = if counter < 2 { bad } else { good };
			SecretVec::from([zeros(8), vec![point]].concat())
		});
		assert_eq!(found.unwrap()[8], good);
		assert_eq!(asked.get_mut().drain(..).collect::<Vec<_>>(), [0, 1, 2]);
		// `prio` would have refused it.
		let lengths = Lengths::of(&sum);
		let (x, proof) = (zeros(lengths.measurement), zeros(lengths.proof));
		let query = [zeros(8), vec![bad]].concat();
		assert!(sum.flp.query(&x, &proof, &query, &[], 1).is_err());
	}
	// A root of higher order is none at which the prover fixed anything.
	let further = SecretVec::from([zeros(8), vec![Field64::root(5).unwrap()]].concat());
	assert_eq!(points.first_usable(|_| further.clone()).unwrap().to_vec(), further.to_vec());
	assert!(points.first_usable(|_| SecretVec::from(vec![Field64::one(); 9])).is_err());
}

#[test]
fn nothing_of_one_context_holds_in_another() {
	let circuit = Sum::of_bits(8).unwrap();
	let limits = Limits { min_reports: 1, max_reports: 1 << 20 };
	let new = |genesis, id, threshold, size, limits, circuit| {
		let roster = Roster::new(members(size), threshold).unwrap();
		Job::new(genesis, JobId(id), Mode::Shamir, roster, limits, circuit).unwrap()
	};
	let here = new(GENESIS, [0x44; 32], 2, 3, limits, circuit);
	let fewer = Limits { max_reports: 1 << 19, ..limits };
	let elsewhere = [
		new([0x34; 32], [0x44; 32], 2, 3, limits, circuit),
		new(GENESIS, [0x45; 32], 2, 3, limits, circuit),
		new(GENESIS, [0x44; 32], 3, 3, limits, circuit),
		new(GENESIS, [0x44; 32], 2, 3, fewer, circuit),
		// As many bits, another range.
		new(GENESIS, [0x44; 32], 2, 3, limits, Sum::up_to(254).unwrap()),
	];
	let report = here.share_with(id(1), &200, &[9; 32]).unwrap();
	for other in elsewhere {
		assert_ne!(other.context, here.context);
		let mut batch = batches(&other, other.roster().seats()).swap_remove(0);
		let bytes = report[0].to_bytes().unwrap();
		let read = ReportShare::from_bytes(&other, Seat(0), &bytes).unwrap();
		assert_eq!(batch.prepare(&read).map(|_| ()), rejected(Rejection::CommitmentMismatch));
		// The same seed gives other shares, the same key other questions.
		let shared = other.share_with(id(1), &200, &[9; 32]).unwrap();
		assert_ne!(*shared[0].to_bytes().unwrap(), *bytes);
		assert_ne!(
			shamir::challenges(&other, &KEY, id(1)).to_vec(),
			shamir::challenges(&here, &KEY, id(1)).to_vec()
		);
	}
}

#[test]
fn a_report_with_missing_or_strange_messages_stays_undecided() {
	let job = job(2, 3, Count);
	let report = job.share(id(1), &true).unwrap();
	let other = job.share(id(2), &true).unwrap();
	let mut batches = batches(&job, seats(&[0, 1]));
	let (mut prepared, messages) = answers(&mut batches, &report).unwrap();
	let (_, strange) = answers(&mut super::batches(&job, seats(&[0, 1, 2])), &other).unwrap();
	let first = prepared.swap_remove(0);
	let attempts = [
		(vec![], Error::MissingSeats { missing: seats(&[1]) }),
		(vec![strange[1].clone()], Error::ContextMismatch { object: "verifier message" }),
		(vec![messages[1].clone(), messages[1].clone()], Error::SeatRepeated { seat: Seat(1) }),
		(
			vec![crate::VerifierMessage { seat: Seat(2), ..messages[1].clone() }],
			Error::InvalidSeat { seat: Seat(2) },
		),
		(
			vec![crate::VerifierMessage { seat: Seat(0), ..messages[1].clone() }],
			Error::SeatRepeated { seat: Seat(0) },
		),
	];
	let mut kept = Some(first);
	for (messages, reason) in attempts {
		let undecided = batches[0].accept(kept.take().unwrap(), &messages).unwrap_err();
		assert_eq!(undecided.reason, reason);
		kept = undecided.prepared.map(|prepared| *prepared);
	}
	let open = batches.swap_remove(0).close().unwrap_err();
	assert_eq!(open.reason, Error::UndecidedReports { count: 1 });
	let mut batch = *open.batch;
	batch.accept(kept.unwrap(), &messages).map_err(|error| error.reason).unwrap();
	assert_eq!(batch.accepted(), 1);
}

#[test]
fn a_message_of_another_job_is_none_of_this_one() {
	let count = job(2, 3, Count);
	let squares = job(2, 3, crate::SumOfSquares::new(9, 1).unwrap());
	let strict = super::job_of(Mode::Prio3, 3, 3, Count);
	let foreign = [
		answers(&mut batches(&squares, seats(&[0, 1])), &squares.share(id(1), &3).unwrap())
			.unwrap()
			.1,
		answers(&mut batches(&strict, seats(&[0, 1, 2])), &strict.share(id(1), &true).unwrap())
			.unwrap()
			.1,
	];
	let mut batch = batches(&count, seats(&[0, 1])).swap_remove(0);
	let (mut prepared, _) = batch.prepare(&count.share(id(1), &true).unwrap()[0]).unwrap();
	for mut messages in foreign {
		let undecided = batch.accept(prepared, &[messages.swap_remove(1)]).unwrap_err();
		assert_eq!(undecided.reason, Error::ContextMismatch { object: "verifier message" });
		prepared = *undecided.prepared.unwrap();
	}
}

#[test]
fn a_lying_verifier_is_located_where_enough_answer() {
	for (threshold, size, odd) in [(2, 3, None), (3, 5, Some(seats(&[1]))), (2, 2, None)] {
		let job = job(threshold, size, Count);
		let report = job.share(id(1), &true).unwrap();
		let mut batches = batches(&job, job.roster().seats());
		let (_, mut messages) = answers(&mut batches, &report).unwrap();
		let AnswerBody::Shamir(answer) = &mut messages[1].body else { panic!("another mode") };
		answer.elements[0] += Field64::one();
		// The others judge: the liar knows what it said.
		let mut judge = super::batches(&job, job.roster().seats()).swap_remove(0);
		let (prepared, _) = judge.prepare(&report[0]).unwrap();
		let decided = judge.accept(prepared, &messages).map_err(|error| error.reason);
		let expected =
			if size == 2 { Rejection::ProofRefused } else { Rejection::Inconsistent { odd } };
		assert_eq!(decided, rejected(expected));
	}
}

#[test]
fn abandoned_reports_do_not_count_and_do_not_block() {
	let job = job(2, 3, Count);
	let mut batches = batches(&job, seats(&[0, 1]));
	verify(&mut batches, &job.share(id(1), &true).unwrap()).unwrap();
	let (prepared, _) = answers(&mut batches, &job.share(id(2), &true).unwrap()).unwrap();
	for (batch, prepared) in batches.iter_mut().zip(prepared) {
		batch.abandon(prepared);
		assert_eq!((batch.accepted(), batch.rejected()), (1, 1));
	}
	assert_eq!(job.open(&super::close(batches)).unwrap().sums, [1]);
}

#[test]
fn a_report_of_one_mode_is_none_of_the_other() {
	let strict = super::job_of(Mode::Prio3, 3, 3, Count);
	let job = job(3, 3, Count);
	let report = strict.share(id(1), &true).unwrap();
	let mut batch = batches(&job, seats(&[0, 1, 2])).swap_remove(0);
	let elsewhere = Err(Error::ContextMismatch { object: "report share" });
	assert_eq!(batch.prepare(&report[0]).map(|_| ()), elsewhere);
}
