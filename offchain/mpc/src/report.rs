// SPDX-License-Identifier: Apache-2.0
//! Reports, and what aggregators say to each other about them.

use crate::{
	circuit::Circuit,
	field::Field,
	job::{Job, Mode, ReportId},
	random,
	shamir::{self, Answer, InputShare, Lengths, PublicShare, WholeShare},
	strict,
	wire::{Object, Reader, Writer},
	Error, Result,
};
use prio::{field::FieldElement, flp::Type};
use salus_primitives::custody::Seat;
use std::fmt;
use zeroize::Zeroizing;

/// What one aggregator gets of one report: sealed to that aggregator, and to nobody else.
pub struct ReportShare<C: Circuit> {
	pub(crate) id: ReportId,
	pub(crate) seat: Seat,
	pub(crate) body: ReportBody<C>,
}

pub(crate) enum ReportBody<C: Circuit> {
	Shamir(PublicShare, InputShare<C::Field>),
	Prio3(strict::Public, strict::Input<C::Type>),
}

impl<C: Circuit> fmt::Debug for ReportShare<C> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("ReportShare")
			.field("id", &self.id)
			.field("seat", &self.seat)
			.finish_non_exhaustive()
	}
}

impl<C: Circuit> Job<C> {
	/// Shares a measurement among the aggregators: one share for each seat, in their order.
	///
	/// # Errors
	/// When the measurement is not one of the job's, or the operating system gives no random bytes.
	///
	/// # Security
	/// An identifier is used once. Sharing another measurement under the same one does not give
	/// anything away, but only one of the two is counted.
	pub fn share(&self, id: ReportId, measurement: &C::Measurement) -> Result<Vec<ReportShare<C>>> {
		match self.mode {
			Mode::Shamir => {
				let seed = random::bytes()?;
				self.share_with(id, measurement, &seed)
			},
			Mode::Prio3 => {
				let (public, inputs) = self.strict.share(id, &self.circuit.check(measurement)?)?;
				let body = |input| ReportBody::Prio3(public.clone(), input);
				Ok(self.reports(id, inputs.into_iter().map(body)))
			},
		}
	}

	/// Shares a measurement with everything random from a seed, for known answers.
	pub(crate) fn share_with(
		&self,
		id: ReportId,
		measurement: &C::Measurement,
		seed: &[u8; 32],
	) -> Result<Vec<ReportShare<C>>> {
		let measurement = self.circuit.check(measurement)?;
		let encoded =
			self.flp.encode_measurement(&measurement).map_err(Error::internal("encode"))?;
		let (public, inputs) = shamir::share(self, id, encoded.into(), seed)?;
		let body = |input| ReportBody::Shamir(public.clone(), input);
		Ok(self.reports(id, inputs.into_iter().map(body)))
	}

	fn reports(
		&self,
		id: ReportId,
		bodies: impl Iterator<Item = ReportBody<C>>,
	) -> Vec<ReportShare<C>> {
		self.roster
			.seats()
			.iter()
			.zip(bodies)
			.map(|(seat, body)| ReportShare { id, seat, body })
			.collect()
	}
}

impl<C: Circuit> ReportShare<C> {
	/// The report.
	pub const fn id(&self) -> ReportId {
		self.id
	}

	/// Whom it is for.
	pub const fn seat(&self) -> Seat {
		self.seat
	}

	/// The bytes, which are as secret as the share.
	///
	/// # Errors
	/// Never for a share that this crate has made or read.
	pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>> {
		let header = |len| {
			let mut writer = Writer::new(Object::ReportShare, 17 + len);
			writer.put(&self.id.0).put(&[self.seat.0]);
			writer
		};
		Ok(match &self.body {
			ReportBody::Shamir(PublicShare { joint_parts, commitments }, input) => {
				let size = <C::Field as FieldElement>::ENCODED_SIZE;
				let secret = match input {
					InputShare::Key(_) => 32,
					InputShare::Whole(share) => {
						32 + (share.measurement.len() + share.proof_and_masks.len()) * size
					},
				};
				let mut writer = header(32 * (joint_parts.len() + commitments.len()) + secret);
				writer.put(joint_parts.as_flattened()).put(commitments.as_flattened());
				match input {
					InputShare::Key(key) => writer.put(key.as_slice()),
					InputShare::Whole(share) => writer
						.put(share.blind.as_slice())
						.elements(&share.measurement)
						.elements(&share.proof_and_masks),
				};
				writer.finish()
			},
			ReportBody::Prio3(public, input) => {
				let bytes = strict::encode::<C::Type>(public, input)?;
				let mut writer = header(bytes.len());
				writer.put(&bytes);
				writer.finish()
			},
		})
	}

	/// Reads the share of one seat.
	///
	/// # Errors
	/// When the bytes are no report share of this job, or are for another seat.
	pub fn from_bytes(job: &Job<C>, seat: Seat, bytes: &[u8]) -> Result<Self> {
		job.roster.ensure_seat(seat)?;
		let mut reader = Reader::new(Object::ReportShare, bytes)?;
		let id = reader.report()?;
		if reader.seat()? != seat {
			return Err(Object::ReportShare.elsewhere());
		}
		let body = match job.mode {
			Mode::Shamir => {
				let size = job.roster.size();
				let lengths = Lengths::of(job);
				let parts = if job.has_joint_randomness() { size } else { 0 };
				let public = PublicShare {
					joint_parts: reader.arrays(parts)?,
					commitments: reader.arrays(size)?,
				};
				let input = if usize::from(seat.0) < job.roster.whole_shares() {
					InputShare::Whole(WholeShare {
						blind: Zeroizing::new(reader.array()?),
						measurement: reader.elements(lengths.measurement)?,
						proof_and_masks: reader.elements(lengths.proof + lengths.masks)?,
					})
				} else {
					InputShare::Key(Zeroizing::new(reader.array()?))
				};
				reader.finish()?;
				ReportBody::Shamir(public, input)
			},
			Mode::Prio3 => {
				let (public, input) = job.strict.decode(seat, reader.remaining())?;
				ReportBody::Prio3(public, input)
			},
		};
		Ok(Self { id, seat, body })
	}
}

/// What one aggregator says to the others about one report. It says nothing about the measurement
/// but whether it is one of the job's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierMessage<F> {
	pub(crate) id: ReportId,
	pub(crate) seat: Seat,
	pub(crate) body: AnswerBody<F>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AnswerBody<F> {
	Shamir(Answer<F>),
	Prio3(Vec<u8>),
}

impl<F: Field> VerifierMessage<F> {
	/// The report.
	pub const fn id(&self) -> ReportId {
		self.id
	}

	/// Who says it.
	pub const fn seat(&self) -> Seat {
		self.seat
	}

	/// Whether it has the mode and lengths of a job: it may have been made for another.
	pub(crate) fn fits<C: Circuit<Field = F>>(&self, job: &Job<C>) -> bool {
		let lengths = Lengths::of(job);
		match (&self.body, job.mode) {
			(AnswerBody::Shamir(answer), Mode::Shamir) => {
				answer.elements.len() == lengths.verifier + lengths.masks
			},
			(AnswerBody::Prio3(bytes), Mode::Prio3) => bytes.len() == job.strict.answer_len(),
			_ => false,
		}
	}

	/// The bytes.
	pub fn to_bytes(&self) -> Vec<u8> {
		let len = match &self.body {
			AnswerBody::Shamir(answer) => 32 + answer.elements.len() * F::ENCODED_SIZE,
			AnswerBody::Prio3(bytes) => bytes.len(),
		};
		let mut writer = Writer::new(Object::VerifierMessage, 17 + len);
		writer.put(&self.id.0).put(&[self.seat.0]);
		match &self.body {
			AnswerBody::Shamir(answer) => writer.put(&answer.digest).elements(&answer.elements),
			AnswerBody::Prio3(bytes) => writer.put(bytes),
		};
		writer.finish().to_vec()
	}

	/// Reads a message.
	///
	/// # Errors
	/// When the bytes are no verifier message of this job.
	pub fn from_bytes<C: Circuit<Field = F>>(job: &Job<C>, bytes: &[u8]) -> Result<Self> {
		let mut reader = Reader::new(Object::VerifierMessage, bytes)?;
		let id = reader.report()?;
		let seat = reader.seat()?;
		job.roster.ensure_seat(seat)?;
		let lengths = Lengths::of(job);
		let body = match job.mode {
			Mode::Shamir => {
				let digest = reader.array()?;
				let elements = reader.elements::<F>(lengths.verifier + lengths.masks)?.to_vec();
				reader.finish()?;
				AnswerBody::Shamir(Answer { digest, elements })
			},
			Mode::Prio3 => {
				let bytes = reader.bytes(job.strict.answer_len())?;
				reader.finish()?;
				// Read now, so that nothing malformed is kept; used as bytes, because `prio` reads
				// them with the state of the report.
				Reader::part(Object::VerifierMessage, bytes).elements::<F>(lengths.verifier)?;
				AnswerBody::Prio3(bytes.to_vec())
			},
		};
		Ok(Self { id, seat, body })
	}
}
