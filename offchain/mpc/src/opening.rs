// SPDX-License-Identifier: Apache-2.0
//! Aggregate shares, and the sums that they open to.

use crate::{
	circuit::Circuit,
	field::{Field, SecretVec},
	job::{Context, Job, Mode, ReportId},
	polynomial::{Code, Verdict},
	wire::{Object, Reader, Writer},
	Error, Result,
};
use salus_primitives::{
	custody::{Seat, Seats},
	merkle,
};
use sp_crypto_hashing::blake2_256;
use std::fmt;
use zeroize::Zeroizing;

/// What the aggregators of a batch must agree on before they open it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement {
	pub(crate) context: Context,
	subset: Seats,
	reports: u64,
	root: [u8; 32],
}

const REPORT_LEAF: &[u8; 18] = b"salus/mpc/1/report";

impl Statement {
	/// Of reports in the order of their identifiers.
	pub(crate) fn new(
		context: Context,
		subset: Seats,
		ids: impl Iterator<Item = ReportId>,
	) -> Self {
		let leaf = |id: ReportId| blake2_256(&[&REPORT_LEAF[..], context.bytes(), &id.0].concat());
		let leaves: Vec<[u8; 32]> = ids.map(leaf).collect();
		Self { context, subset, reports: leaves.len() as u64, root: merkle::root(&leaves) }
	}

	/// Who verified and summed.
	pub const fn subset(&self) -> Seats {
		self.subset
	}

	/// How many reports were accepted.
	pub const fn reports(&self) -> u64 {
		self.reports
	}

	/// The root of the Merkle tree over the accepted reports, by which a contributor can be shown
	/// that his is among them.
	pub const fn report_root(&self) -> &[u8; 32] {
		&self.root
	}
}

/// What one aggregator has summed. A threshold of them opens the sums.
pub struct AggregateShare<F: Field> {
	pub(crate) seat: Seat,
	pub(crate) statement: Statement,
	pub(crate) sums: SecretVec<F>,
}

impl<F: Field> fmt::Debug for AggregateShare<F> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("AggregateShare")
			.field("seat", &self.seat)
			.field("statement", &self.statement)
			.finish_non_exhaustive()
	}
}

impl<F: Field> AggregateShare<F> {
	/// Whose it is.
	pub const fn seat(&self) -> Seat {
		self.seat
	}

	/// What it is a share of.
	pub const fn statement(&self) -> &Statement {
		&self.statement
	}

	/// The bytes, which are secret until the sums are released.
	pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
		let Statement { context, subset, reports, root } = &self.statement;
		let len = Context::LEN + 45 + self.sums.len() * F::ENCODED_SIZE;
		let seats = subset.iter().fold(0u32, |bits, seat| bits | 1 << seat.0);
		let mut writer = Writer::new(Object::AggregateShare, len);
		writer
			.put(context.bytes())
			.put(&[self.seat.0])
			.put(&seats.to_be_bytes())
			.put(&reports.to_be_bytes())
			.put(root)
			.elements(&self.sums);
		writer.finish()
	}

	/// Reads an aggregate share.
	///
	/// # Errors
	/// When the bytes are no aggregate share of this job.
	pub fn from_bytes<C: Circuit<Field = F>>(job: &Job<C>, bytes: &[u8]) -> Result<Self> {
		let mut reader = Reader::new(Object::AggregateShare, bytes)?;
		if reader.array()? != *job.context.bytes() {
			return Err(Object::AggregateShare.elsewhere());
		}
		let seat = reader.seat()?;
		let bits = u32::from_be_bytes(reader.array()?);
		let subset: Seats = (0u8..32).filter(|at| bits >> at & 1 == 1).map(Seat).collect();
		job.ensure_subset(subset)?;
		if !subset.contains(seat) {
			return Err(Error::InvalidSeat { seat });
		}
		let reports = u64::from_be_bytes(reader.array()?);
		if reports < job.limits.min_reports || reports > job.limits.max_reports {
			return Err(reader.malformed("the job does not allow so many reports"));
		}
		let root = reader.array()?;
		let sums = reader.elements(job.output_len())?;
		reader.finish()?;
		let statement = Statement { context: job.context, subset, reports, root };
		Ok(Self { seat, statement, sums })
	}
}

/// What the number of answers says about wrong ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redundancy {
	/// As many answered as it takes: a wrong share would have gone unnoticed.
	None,
	/// One more answered: a wrong share would have been noticed.
	Detects,
	/// More answered: so many wrong shares would have been, and were, found and left out.
	Locates(u32),
}

impl Redundancy {
	const fn of(answered: u32, threshold: u32) -> Self {
		match answered.saturating_sub(threshold) {
			0 => Self::None,
			1 => Self::Detects,
			spare => Self::Locates(spare / 2),
		}
	}
}

/// The sums of a batch, and what is known about how they came to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
	/// The sums, in the order of the circuit.
	pub sums: Vec<u64>,
	/// What they are of.
	pub statement: Statement,
	/// Whose shares were used or found wrong.
	pub answered: Seats,
	/// Whose shares were wrong.
	pub wrong: Seats,
	/// What would have been noticed.
	pub redundancy: Redundancy,
}

impl<C: Circuit> Job<C> {
	/// Opens the sums of a batch.
	///
	/// # Errors
	/// When shares are of different batches, of one seat twice, too few, or contradict each other
	/// so that nobody can say which are wrong. No sum is given then.
	pub fn open(&self, shares: &[AggregateShare<C::Field>]) -> Result<Opened> {
		let elsewhere = Object::AggregateShare.elsewhere();
		let threshold = self.roster.threshold();
		let needed = u32::try_from(threshold).map_err(Error::internal("open"))?;
		let Some(first) = shares.first() else {
			return Err(Error::TooFewAggregators { found: 0, needed });
		};
		let statement = first.statement;
		let mut answered = Seats::EMPTY;
		for share in shares {
			if share.statement != statement || share.statement.context != self.context {
				return Err(elsewhere);
			}
			if !statement.subset.contains(share.seat) {
				return Err(Error::InvalidSeat { seat: share.seat });
			}
			if !answered.insert(share.seat) {
				return Err(Error::SeatRepeated { seat: share.seat });
			}
		}
		if answered.len() < needed {
			return Err(Error::TooFewAggregators { found: answered.len(), needed });
		}
		let mut ordered: Vec<_> = shares.iter().collect();
		ordered.sort_unstable_by_key(|share| share.seat.0);
		let (sums, wrong) = match self.mode {
			Mode::Shamir => self.interpolate(answered, &ordered)?,
			Mode::Prio3 => (add(&ordered), Seats::EMPTY),
		};
		let most = statement.reports.saturating_mul(self.circuit.largest());
		let plausible = |sum: &C::Field| sum.to_number().filter(|number| *number <= most);
		let sums: Option<Vec<u64>> = sums.iter().map(plausible).collect();
		let sums = sums.ok_or(Error::ImplausibleSum)?;
		let redundancy = Redundancy::of(answered.len(), needed);
		Ok(Opened { sums, statement, answered, wrong, redundancy })
	}

	/// The sums, and whose share was wrong.
	fn interpolate(
		&self,
		answered: Seats,
		shares: &[&AggregateShare<C::Field>],
	) -> Result<(Vec<C::Field>, Seats)> {
		let threshold = self.roster.threshold();
		let code = Code::new(answered, threshold);
		let vectors: Vec<&[C::Field]> = shares.iter().map(|share| &*share.sums).collect();
		let wrong = match code.judge(&vectors) {
			Verdict::Consistent => Seats::EMPTY,
			Verdict::Located(wrong) => wrong,
			Verdict::Inconsistent => {
				// Every set that would be small enough to be located was tried.
				let at_least = code.locatable() + 1;
				let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
				return Err(Error::InconsistentShares {
					answered: answered.len(),
					at_least: number(at_least),
					needed: number(threshold + 2 * at_least),
				});
			},
		};
		let right = Code::new(answered.without(wrong), threshold);
		let vectors: Vec<&[C::Field]> = (shares.iter().zip(&vectors))
			.filter(|(share, _)| !wrong.contains(share.seat))
			.map(|(_, vector)| *vector)
			.collect();
		let sums = (0..self.output_len()).map(|at| right.at_zero(|seat| vectors[seat][at]));
		Ok((sums.collect(), wrong))
	}
}

fn add<F: Field>(shares: &[&AggregateShare<F>]) -> Vec<F> {
	let len = shares.first().map_or(0, |share| share.sums.len());
	let mut sums = vec![F::zero(); len];
	for share in shares {
		for (sum, element) in sums.iter_mut().zip(share.sums.iter()) {
			*sum += *element;
		}
	}
	sums
}
