// SPDX-License-Identifier: Apache-2.0
//! The mode `smpc`: proofs of `prio` on Shamir shares. `docs/formats/mpc-v1.md`, section 3.
//!
//! A report is the vector `x ‖ π ‖ μ` of encoded measurement, proof and masks, each element shared
//! by a polynomial of its own. Everything that the circuit's verification computes from `x` and `π`
//! before the decision is affine, so the shares of a report turn into shares of its verifier
//! message, on polynomials of the same degree. Constants are shares of themselves: the circuits are
//! asked as if there were one share.

use crate::{
	circuit::Circuit,
	field::{Field, SecretVec},
	job::{Job, JobKey, ReportId},
	polynomial::{lagrange, point, Code, Verdict},
	wire::element_bytes,
	xof::{Derivation, Usage},
	Error, Rejection, Result,
};
use prio::flp::{Flp, Type};
use salus_primitives::custody::{Seat, Seats};
use std::fmt;
use zeroize::Zeroizing;

/// What every aggregator gets of a report, those that are gone included: the commitments to the
/// shares of all seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicShare {
	/// Commitments to the shares of the measurement, where the circuit needs joint randomness.
	pub(crate) joint_parts: Vec<[u8; 32]>,
	/// Commitments to the shares of everything.
	pub(crate) commitments: Vec<[u8; 32]>,
}

impl PublicShare {
	fn digest<C: Circuit>(&self, job: &Job<C>, id: ReportId) -> [u8; 32] {
		derive(job, &[0; 32], Usage::PublicDigest, id)
			.bind(self.joint_parts.as_flattened())
			.bind(self.commitments.as_flattened())
			.digest()
	}
}

/// What one aggregator gets of a report and nobody else.
pub(crate) enum InputShare<F: Field> {
	/// The share itself, and what blinds the commitments to it.
	Whole(WholeShare<F>),
	/// The key that it is expanded from.
	Key(Zeroizing<[u8; 32]>),
}

/// A share in full length.
pub(crate) struct WholeShare<F: Field> {
	pub(crate) blind: Zeroizing<[u8; 32]>,
	pub(crate) measurement: SecretVec<F>,
	/// The shares of the proof, then those of the masks.
	pub(crate) proof_and_masks: SecretVec<F>,
}

impl<F: Field> fmt::Debug for InputShare<F> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Whole(_) => "InputShare::Whole(redacted)",
			Self::Key(_) => "InputShare::Key(redacted)",
		})
	}
}

impl<F: Field> fmt::Debug for WholeShare<F> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("WholeShare(redacted)")
	}
}

/// What one aggregator says about a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer<F> {
	pub(crate) digest: [u8; 32],
	/// The share of the verifier message, then one element for each degree check.
	pub(crate) elements: Vec<F>,
}

/// The lengths, in field elements, of what a job's reports are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lengths {
	pub(crate) measurement: usize,
	pub(crate) proof: usize,
	pub(crate) masks: usize,
	pub(crate) verifier: usize,
}

impl Lengths {
	pub(crate) fn of<C: Circuit>(job: &Job<C>) -> Self {
		Self {
			measurement: job.flp.input_len(),
			proof: job.flp.proof_len(),
			masks: C::Field::DEGREE_CHECKS,
			verifier: job.flp.verifier_len(),
		}
	}
}

fn derive<C: Circuit>(job: &Job<C>, key: &[u8; 32], usage: Usage, id: ReportId) -> Derivation {
	Derivation::new(key, usage, job.context.bytes()).bind(&id.0)
}

fn derive_for<C: Circuit>(
	job: &Job<C>,
	key: &[u8; 32],
	usage: Usage,
	id: ReportId,
	seat: Seat,
) -> Derivation {
	derive(job, key, usage, id).bind(&[seat.0])
}

fn joint_randomness<C: Circuit>(
	job: &Job<C>,
	id: ReportId,
	parts: &[[u8; 32]],
) -> SecretVec<C::Field> {
	let seed = derive(job, &[0; 32], Usage::JointSeed, id).bind(parts.as_flattened()).key();
	derive(job, &seed, Usage::JointRandomness, id).elements(job.flp.joint_rand_len())
}

/// The commitment to one seat's share of the measurement, where there is joint randomness.
fn joint_part<C: Circuit>(
	job: &Job<C>,
	id: ReportId,
	seat: Seat,
	share: &WholeShare<C::Field>,
) -> Option<[u8; 32]> {
	job.has_joint_randomness().then(|| {
		derive_for(job, &share.blind, Usage::JointPart, id, seat)
			.bind(&element_bytes(&share.measurement))
			.digest()
	})
}

/// The commitment to one seat's share of everything. It binds the one before in place of what that
/// is to.
pub(crate) fn commitment<C: Circuit>(
	job: &Job<C>,
	id: ReportId,
	seat: Seat,
	share: &WholeShare<C::Field>,
	joint_part: Option<&[u8; 32]>,
) -> [u8; 32] {
	let derivation = derive_for(job, &share.blind, Usage::ShareCommitment, id, seat);
	let measurement = match joint_part {
		Some(part) => derivation.bind(part),
		None => derivation.bind(&element_bytes(&share.measurement)),
	};
	measurement.bind(&element_bytes(&share.proof_and_masks)).digest()
}

/// Shares a vector: `seeded` are its shares at the last seats, and what comes back those at the
/// first ones.
fn share_vector<C: Circuit>(
	job: &Job<C>,
	secret: &SecretVec<C::Field>,
	seeded: &[SecretVec<C::Field>],
) -> Vec<SecretVec<C::Field>> {
	let zero = <C::Field as prio::field::FieldElement>::zero();
	let whole = job.roster.whole_shares();
	let seats = || job.roster.seats().iter();
	let known: Vec<C::Field> =
		std::iter::once(zero).chain(seats().skip(whole).map(point)).collect();
	seats()
		.take(whole)
		.map(|seat| {
			let coefficients = lagrange(&known, point(seat));
			let mut share = SecretVec::zeros(secret.len());
			let vectors = std::iter::once(secret).chain(seeded);
			for (coefficient, vector) in coefficients.iter().zip(vectors) {
				share.add_scaled(vector, *coefficient);
			}
			share
		})
		.collect()
}

/// What a seat expands from its key.
fn expand<C: Circuit>(
	job: &Job<C>,
	id: ReportId,
	seat: Seat,
	key: &[u8; 32],
	lengths: Lengths,
) -> WholeShare<C::Field> {
	WholeShare {
		blind: derive_for(job, key, Usage::Blind, id, seat).key(),
		measurement: derive_for(job, key, Usage::MeasurementShare, id, seat)
			.elements(lengths.measurement),
		proof_and_masks: derive_for(job, key, Usage::ProofShare, id, seat)
			.elements(lengths.proof + lengths.masks),
	}
}

/// The randomness of the proof, and the masks.
pub(crate) fn prover_randomness<C: Circuit>(
	job: &Job<C>,
	id: ReportId,
	seed: &[u8; 32],
) -> (SecretVec<C::Field>, SecretVec<C::Field>) {
	(
		derive(job, seed, Usage::ProveRandomness, id).elements(job.flp.prove_rand_len()),
		derive(job, seed, Usage::Masks, id).elements(C::Field::DEGREE_CHECKS),
	)
}

/// Shares a measurement that the circuit has encoded. Everything random comes from `seed`.
pub(crate) fn share<C: Circuit>(
	job: &Job<C>,
	id: ReportId,
	encoded: SecretVec<C::Field>,
	seed: &[u8; 32],
) -> Result<(PublicShare, Vec<InputShare<C::Field>>)> {
	let lengths = Lengths::of(job);
	let whole = job.roster.whole_shares();
	let keys: Vec<_> = (job.roster.seats().iter().skip(whole))
		.map(|seat| derive_for(job, seed, Usage::ShareKey, id, seat).key())
		.collect();
	let seeded: Vec<_> = (job.roster.seats().iter().skip(whole).zip(&keys))
		.map(|(seat, key)| expand(job, id, seat, key, lengths))
		.collect();
	let (seeded_measurements, seeded_rest): (Vec<_>, Vec<_>) = seeded
		.iter()
		.map(|share| (share.measurement.clone(), share.proof_and_masks.clone()))
		.unzip();

	let mut shares: Vec<_> = share_vector(job, &encoded, &seeded_measurements)
		.into_iter()
		.zip(job.roster.seats().iter())
		.map(|(measurement, seat)| WholeShare {
			blind: derive_for(job, seed, Usage::Blind, id, seat).key(),
			measurement,
			proof_and_masks: SecretVec::zeros(0),
		})
		.chain(seeded)
		.collect();

	// The proof depends on the joint randomness, that on commitments to all shares of the
	// measurement: whoever chooses the measurement has chosen before he knows what is asked of it.
	let joint_parts: Vec<_> = (job.roster.seats().iter().zip(&shares))
		.filter_map(|(seat, share)| joint_part(job, id, seat, share))
		.collect();
	let joint = joint_randomness(job, id, &joint_parts);
	let (prove, masks) = prover_randomness(job, id, seed);
	let proof: SecretVec<_> =
		job.flp.prove(&encoded, &prove, &joint).map_err(Error::internal("prove"))?.into();
	let proof_and_masks = SecretVec::from([&proof[..], &masks[..]].concat());
	for (share, rest) in shares.iter_mut().zip(share_vector(job, &proof_and_masks, &seeded_rest)) {
		share.proof_and_masks = rest;
	}

	let commitments = (job.roster.seats().iter().zip(&shares).enumerate())
		.map(|(at, (seat, share))| commitment(job, id, seat, share, joint_parts.get(at)))
		.collect();
	let inputs = shares
		.into_iter()
		.take(whole)
		.map(InputShare::Whole)
		.chain(keys.into_iter().map(InputShare::Key))
		.collect();
	Ok((PublicShare { joint_parts, commitments }, inputs))
}

/// Where a proof may be queried: one point for each gadget of the circuit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QueryPoints {
	/// How many elements of the query randomness come before the points.
	before: usize,
	/// Of each gadget the logarithm of the number of roots of unity at which the prover fixed its
	/// polynomials.
	roots: Vec<u32>,
}

impl QueryPoints {
	pub(crate) fn of<T: Type>(flp: &T) -> Self {
		let gadgets = flp.gadget();
		Self {
			before: flp.query_rand_len() - gadgets.len(),
			roots: gadgets
				.iter()
				.map(|gadget| (1 + gadget.calls()).next_power_of_two().trailing_zeros())
				.collect(),
		}
	}

	/// Whether no point is one at which the answer would be an element of the measurement.
	fn are_usable<F: Field>(&self, query: &[F]) -> bool {
		let mut points = self.roots.iter().zip(query.iter().skip(self.before));
		points.all(|(roots, point)| {
			let power = (0..*roots).fold(*point, |power, _| power * power);
			power != F::one()
		})
	}

	/// The first usable one of the candidates, of which each is as likely as to hit a root.
	pub(crate) fn first_usable<F: Field>(
		&self,
		candidate: impl Fn(u8) -> SecretVec<F>,
	) -> Result<SecretVec<F>> {
		(0..=u8::MAX)
			.map(candidate)
			.find(|query| self.are_usable(query))
			.ok_or(Error::Internal { operation: "query randomness" })
	}
}

/// Where the proof of a report is queried. Whoever begins again gets the same.
pub(crate) fn query_randomness<C: Circuit>(
	job: &Job<C>,
	key: &JobKey,
	id: ReportId,
) -> Result<SecretVec<C::Field>> {
	job.query_points.first_usable(|counter| {
		derive(job, key.expose(), Usage::QueryRandomness, id)
			.bind(&[counter])
			.elements(job.flp.query_rand_len())
	})
}

/// What the degree checks of a report combine its elements with.
pub(crate) fn challenges<C: Circuit>(
	job: &Job<C>,
	key: &JobKey,
	id: ReportId,
) -> SecretVec<C::Field> {
	derive(job, key.expose(), Usage::DegreeChallenge, id).elements(C::Field::DEGREE_CHECKS)
}

/// A share of the verifier message and the degree checks, and the share of what is summed.
///
/// The randomness is a function of the job's key and the report's identifier alone. Verifying again
/// after an interruption, or with other aggregators, asks the same; asking a second question of
/// one proof would reveal what the first one left hidden.
pub(crate) fn answer<C: Circuit>(
	job: &Job<C>,
	key: &JobKey,
	id: ReportId,
	seat: Seat,
	public: &PublicShare,
	input: &InputShare<C::Field>,
) -> Result<(Answer<C::Field>, SecretVec<C::Field>)> {
	let lengths = Lengths::of(job);
	let expanded;
	let share = match input {
		InputShare::Whole(share) => share,
		InputShare::Key(key) => {
			expanded = expand(job, id, seat, key, lengths);
			&expanded
		},
	};
	let at = usize::from(seat.0);
	let part = joint_part(job, id, seat, share);
	let is_committed = public.joint_parts.get(at) == part.as_ref()
		&& public.commitments.get(at) == Some(&commitment(job, id, seat, share, part.as_ref()));
	if !is_committed {
		return Err(Rejection::CommitmentMismatch.into());
	}

	let (proof, masks) = share.proof_and_masks.split_at(lengths.proof);
	let joint = joint_randomness(job, id, &public.joint_parts);
	let query = query_randomness(job, key, id)?;
	let mut elements = job
		.flp
		.query(&share.measurement, proof, &query, &joint, 1)
		.map_err(Error::internal("query"))?;
	elements.extend(challenges(job, key, id).iter().zip(masks).map(|(challenge, mask)| {
		degree_check(*challenge, *mask, share.measurement.iter().chain(proof))
	}));

	let output =
		job.flp.truncate(share.measurement.to_vec()).map_err(Error::internal("truncate"))?;
	Ok((Answer { digest: public.digest(job, id), elements }, output.into()))
}

/// `mask + Σ challenge^(j+1) · share_j`. Linear in the shares, and uniform whatever they are as long
/// as the mask is.
pub(crate) fn degree_check<'a, F: Field>(
	challenge: F,
	mask: F,
	share: impl DoubleEndedIterator<Item = &'a F>,
) -> F {
	share.rev().fold(F::zero(), |sum, element| (sum + *element) * challenge) + mask
}

/// Decides about a report by the answers of all who verify, in the order of the code's seats.
pub(crate) fn decide<C: Circuit>(
	job: &Job<C>,
	code: &Code<C::Field>,
	answers: &[&Answer<C::Field>],
) -> Result<()> {
	if answers.windows(2).any(|pair| pair[0].digest != pair[1].digest) {
		return Err(Rejection::PublicShareMismatch.into());
	}
	let vectors: Vec<&[C::Field]> =
		answers.iter().map(|answer| answer.elements.as_slice()).collect();
	match code.judge(&vectors) {
		Verdict::Consistent => {},
		Verdict::Located(odd) => return Err(inconsistent(Some(odd))),
		Verdict::Inconsistent => return Err(inconsistent(None)),
	}
	let verifier: Vec<_> =
		(0..job.flp.verifier_len()).map(|at| code.at_zero(|seat| vectors[seat][at])).collect();
	if job.flp.decide(&verifier).map_err(Error::internal("decide"))? {
		Ok(())
	} else {
		Err(Rejection::ProofRefused.into())
	}
}

fn inconsistent(odd: Option<Seats>) -> Error {
	Rejection::Inconsistent { odd }.into()
}
