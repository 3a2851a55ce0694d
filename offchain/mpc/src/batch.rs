// SPDX-License-Identifier: Apache-2.0
//! What one aggregator does with the reports of a job until the sums are opened.

use crate::{
	circuit::Circuit,
	field::SecretVec,
	job::{Job, JobKey, Mode, ReportId},
	opening::{AggregateShare, Statement},
	polynomial::Code,
	report::{AnswerBody, ReportBody, ReportShare, VerifierMessage},
	shamir, strict, Error, Rejection, Result,
};
use salus_primitives::custody::{Seat, Seats};
use std::{collections::BTreeMap, fmt};

/// A batch that one aggregator verifies and sums together with fixed others.
///
/// Who verifies is who sums: the aggregators of a batch are chosen when it begins. When one of them
/// is lost, [`restart`](Self::restart) begins again with others, from the stored reports.
/// [`close`](Self::close) consumes the batch and gives its one aggregate share. After it there is
/// nothing left to restart, to add to or to close again:
///
/// ```compile_fail,E0382
/// # use salus_mpc::{Batch, Count};
/// # fn never(batch: Batch<Count>) {
/// let first = batch.close();
/// let second = batch.close();
/// # }
/// ```
///
/// ```compile_fail,E0382
/// # use salus_mpc::{Batch, Count};
/// # use salus_primitives::custody::Seats;
/// # fn never(batch: Batch<Count>, others: Seats) {
/// let first = batch.close();
/// let second = batch.restart(others);
/// # }
/// ```
///
/// ```compile_fail,E0599
/// # use salus_mpc::{Batch, Count};
/// # fn never(batch: Batch<Count>) {
/// let copy = batch.clone();
/// # }
/// ```
///
/// # Security
/// This holds inside of one process. Whoever keeps reports across processes must also keep, durably
/// and before the share leaves, that a batch was closed: two openings over sets that differ by one
/// report give that report away.
pub struct Batch<C: Circuit> {
	job: Job<C>,
	key: JobKey,
	seat: Seat,
	subset: Seats,
	code: Code<C::Field>,
	reports: BTreeMap<ReportId, Progress>,
	sums: SecretVec<C::Field>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
	Answered,
	Accepted,
	Rejected,
}

/// A report that this aggregator has answered for, until the answers of the others are there.
pub struct Prepared<C: Circuit> {
	message: VerifierMessage<C::Field>,
	output: Output<C>,
}

enum Output<C: Circuit> {
	Shamir(SecretVec<C::Field>),
	Prio3(Box<strict::State<C::Type>>),
}

/// A batch that could not be closed, and why.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct NotClosed<C: Circuit> {
	/// The batch, as it was.
	pub batch: Box<Batch<C>>,
	/// Why it stays open.
	pub reason: Error,
}

impl<C: Circuit> Batch<C> {
	/// Begins a batch as the aggregator of `seat`, with the aggregators of `subset`.
	///
	/// # Errors
	/// When `seat` is not in `subset`, or `subset` is not of the roster or smaller than the
	/// threshold.
	pub fn begin(job: Job<C>, key: JobKey, seat: Seat, subset: Seats) -> Result<Self> {
		job.ensure_subset(subset)?;
		if !subset.contains(seat) {
			return Err(Error::InvalidSeat { seat });
		}
		Ok(Self {
			code: Code::new(subset, job.roster.threshold()),
			sums: SecretVec::zeros(job.output_len()),
			reports: BTreeMap::new(),
			job,
			key,
			seat,
			subset,
		})
	}

	/// Begins again with other aggregators. What was summed is forgotten; reports are answered for
	/// again as they were the first time.
	///
	/// # Errors
	/// As for [`begin`](Self::begin).
	pub fn restart(self, subset: Seats) -> Result<Self> {
		Self::begin(self.job, self.key, self.seat, subset)
	}

	/// The job.
	pub const fn job(&self) -> &Job<C> {
		&self.job
	}

	/// Who verifies and sums.
	pub const fn subset(&self) -> Seats {
		self.subset
	}

	/// How many reports are accepted.
	pub fn accepted(&self) -> u64 {
		self.count(Progress::Accepted)
	}

	/// How many reports are refused.
	pub fn rejected(&self) -> u64 {
		self.count(Progress::Rejected)
	}

	fn count(&self, progress: Progress) -> u64 {
		self.reports.values().filter(|found| **found == progress).count() as u64
	}

	/// Answers for a report. The message goes to every aggregator of the batch.
	///
	/// # Errors
	/// [`Error::Rejected`] when the report was seen before, or its share is not the one that was
	/// committed to. Other errors say that the share is another aggregator's, or the batch is full.
	pub fn prepare(
		&mut self,
		share: &ReportShare<C>,
	) -> Result<(Prepared<C>, VerifierMessage<C::Field>)> {
		if share.seat != self.seat {
			return Err(Error::InvalidSeat { seat: share.seat });
		}
		if self.reports.contains_key(&share.id) {
			return Err(Rejection::Replayed.into());
		}
		let limit = self.job.limits.max_reports;
		if self.reports.len() as u64 >= limit {
			return Err(Error::MaxReportsExceeded { limit });
		}
		let answered = self.answer(share);
		let progress = if answered.is_ok() { Progress::Answered } else { Progress::Rejected };
		self.reports.insert(share.id, progress);
		let (body, output) = answered?;
		let message = VerifierMessage { id: share.id, seat: self.seat, body };
		Ok((Prepared { message: message.clone(), output }, message))
	}

	fn answer(&self, share: &ReportShare<C>) -> Result<(AnswerBody<C::Field>, Output<C>)> {
		let (job, key, id, seat) = (&self.job, &self.key, share.id, self.seat);
		match (&share.body, job.mode()) {
			(ReportBody::Shamir(public, input), Mode::Shamir) => {
				let (answer, output) = shamir::answer(job, key, id, seat, public, input)?;
				Ok((AnswerBody::Shamir(answer), Output::Shamir(output)))
			},
			(ReportBody::Prio3(public, input), Mode::Prio3) => {
				let (answer, state) = job.strict.answer(key, id, seat, public, input)?;
				Ok((AnswerBody::Prio3(answer), Output::Prio3(Box::new(state))))
			},
			_ => Err(Error::ContextMismatch { object: "report share" }),
		}
	}

	/// Decides about a report by the answers of all aggregators of the batch, this one's included
	/// or not, and adds it to the sums when they agree that it holds.
	///
	/// # Errors
	/// [`Error::Rejected`] when the report is refused: it does not count, and the batch goes on.
	/// Other errors say that messages are missing or do not belong here; the report then stays
	/// undecided and can be decided with the right ones.
	pub fn accept(
		&mut self,
		prepared: Prepared<C>,
		messages: &[VerifierMessage<C::Field>],
	) -> Result<(), Undecided<C>> {
		let id = prepared.message.id;
		if self.reports.get(&id) != Some(&Progress::Answered) {
			return Err(Undecided::refused(Error::ContextMismatch { object: "prepared report" }));
		}
		let ordered = match self.ordered(&prepared.message, messages) {
			Ok(ordered) => ordered,
			Err(reason) => return Err(Undecided { prepared: Some(Box::new(prepared)), reason }),
		};
		let decided = decide(&self.job, &self.code, prepared.output, &ordered);
		let progress = if decided.is_ok() { Progress::Accepted } else { Progress::Rejected };
		self.reports.insert(id, progress);
		self.sums.add(&decided.map_err(Undecided::refused)?);
		Ok(())
	}

	/// Gives up a report for which an answer never came.
	pub fn abandon(&mut self, prepared: Prepared<C>) {
		if let Some(progress @ Progress::Answered) = self.reports.get_mut(&prepared.message.id) {
			*progress = Progress::Rejected;
		}
	}

	/// One message of each aggregator of the batch, by seat.
	fn ordered<'a>(
		&self,
		own: &'a VerifierMessage<C::Field>,
		messages: &'a [VerifierMessage<C::Field>],
	) -> Result<Vec<&'a AnswerBody<C::Field>>> {
		let mut by_seat = BTreeMap::from([(own.seat.0, own)]);
		for message in messages {
			if message.id != own.id || !message.fits(&self.job) {
				return Err(Error::ContextMismatch { object: "verifier message" });
			}
			if !self.subset.contains(message.seat) {
				return Err(Error::InvalidSeat { seat: message.seat });
			}
			if let Some(earlier) = by_seat.insert(message.seat.0, message) {
				if message.seat != self.seat || earlier != message {
					return Err(Error::SeatRepeated { seat: message.seat });
				}
			}
		}
		let answered: Seats = by_seat.keys().copied().map(Seat).collect();
		let missing = self.subset.without(answered);
		if !missing.is_empty() {
			return Err(Error::MissingSeats { missing });
		}
		Ok(by_seat.into_values().map(|message| &message.body).collect())
	}

	/// Ends the batch and gives this aggregator's share of the sums. There is no second one.
	///
	/// # Errors
	/// Gives the batch back when reports are undecided, or fewer are accepted than the job asks
	/// for.
	pub fn close(self) -> Result<AggregateShare<C::Field>, NotClosed<C>> {
		let reports = self.accepted();
		let needed = self.job.limits.min_reports;
		let reason = match self.count(Progress::Answered) {
			0 if reports < needed => Error::TooFewReports { needed },
			0 => {
				let ids = self.reports.iter().filter(|(_, found)| **found == Progress::Accepted);
				let statement =
					Statement::new(self.job.context, self.subset, ids.map(|(id, _)| *id));
				return Ok(AggregateShare { seat: self.seat, statement, sums: self.sums });
			},
			count => Error::UndecidedReports { count },
		};
		Err(NotClosed { batch: Box::new(self), reason })
	}
}

fn decide<C: Circuit>(
	job: &Job<C>,
	code: &Code<C::Field>,
	output: Output<C>,
	answers: &[&AnswerBody<C::Field>],
) -> Result<SecretVec<C::Field>> {
	let other_mode = Error::ContextMismatch { object: "verifier message" };
	match output {
		Output::Shamir(output) => {
			let answers: Option<Vec<_>> = answers
				.iter()
				.map(|answer| match answer {
					AnswerBody::Shamir(answer) => Some(answer),
					AnswerBody::Prio3(_) => None,
				})
				.collect();
			shamir::decide(job, code, &answers.ok_or(other_mode)?)?;
			Ok(output)
		},
		Output::Prio3(state) => {
			let answers: Option<Vec<_>> = answers
				.iter()
				.map(|answer| match answer {
					AnswerBody::Prio3(bytes) => Some(bytes.as_slice()),
					AnswerBody::Shamir(_) => None,
				})
				.collect();
			job.strict.decide(*state, &answers.ok_or(other_mode)?).map(SecretVec::from)
		},
	}
}

/// A report that was not accepted, and why.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct Undecided<C: Circuit> {
	/// The report, when it can still be decided with other messages.
	pub prepared: Option<Box<Prepared<C>>>,
	/// Why it was not accepted.
	pub reason: Error,
}

impl<C: Circuit> Undecided<C> {
	const fn refused(reason: Error) -> Self {
		Self { prepared: None, reason }
	}
}

impl<C: Circuit> Prepared<C> {
	/// The report.
	pub const fn id(&self) -> ReportId {
		self.message.id
	}
}

impl<C: Circuit> fmt::Debug for Prepared<C> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Prepared").field("id", &self.message.id).finish_non_exhaustive()
	}
}

impl<C: Circuit> fmt::Debug for Batch<C> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Batch")
			.field("seat", &self.seat)
			.field("subset", &self.subset)
			.field("reports", &self.reports.len())
			.finish_non_exhaustive()
	}
}
