// SPDX-License-Identifier: Apache-2.0
//! What can go wrong, with codes that reach users unchanged.

use salus_primitives::custody::{Seat, Seats};

/// The result of an operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation was refused. No variant carries a share, a measurement or a key.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
	/// The operating system gave no random bytes.
	#[error("the operating system gave no random bytes: {reason}")]
	EntropyUnavailable {
		/// What the operating system said.
		reason: String,
	},
	/// `prio` refused input whose shape this crate fixes.
	#[error("internal fault: {operation} refused its input")]
	Internal {
		/// The operation.
		operation: &'static str,
	},
	/// A parameter of a job is outside of what jobs may have.
	#[error("the job's {parameter} is invalid: {reason}")]
	InvalidParameter {
		/// The parameter.
		parameter: &'static str,
		/// What was wrong, and what is right.
		reason: &'static str,
	},
	/// The greatest sum that the job could give does not fit.
	#[error(
		"{reports} reports of at most {largest} each may reach half of the numbers that sums \
		 have room for; allow fewer reports or smaller values"
	)]
	HeadroomExceeded {
		/// How many reports the job allows.
		reports: u64,
		/// The most that one report adds to one sum.
		largest: u64,
	},
	/// A measurement is not one of those that the job takes.
	#[error("the measurement is refused: {reason}")]
	InvalidMeasurement {
		/// Which rule it breaks.
		reason: &'static str,
	},
	/// Bytes are not the message they are read as.
	#[error("malformed {object}: {reason}")]
	Malformed {
		/// The message.
		object: &'static str,
		/// What was wrong.
		reason: &'static str,
	},
	/// A message belongs to another job, batch or report.
	#[error("the {object} belongs to another job, batch or report")]
	ContextMismatch {
		/// The message.
		object: &'static str,
	},
	/// The roster has no such seat, or it is not one of the batch's.
	#[error("seat {seat} does not take part")]
	InvalidSeat {
		/// The seat.
		seat: Seat,
	},
	/// A seat answered twice.
	#[error("seat {seat} answered twice")]
	SeatRepeated {
		/// The seat.
		seat: Seat,
	},
	/// Seats of the batch have not answered.
	#[error("seats {missing:?} have not answered")]
	MissingSeats {
		/// Who is missing.
		missing: Seats,
	},
	/// Fewer aggregators than the threshold.
	#[error("{found} aggregators are too few: the threshold is {needed}")]
	TooFewAggregators {
		/// How many there are.
		found: u32,
		/// How many it takes.
		needed: u32,
	},
	/// The batch has as many reports as the job allows.
	#[error("the batch has {limit} reports, which is all that the job allows")]
	MaxReportsExceeded {
		/// How many the job allows.
		limit: u64,
	},
	/// The batch has fewer accepted reports than the job asks for.
	#[error("the batch has fewer accepted reports than the job's minimum of {needed}")]
	TooFewReports {
		/// How many it takes.
		needed: u64,
	},
	/// A report that was accepted for verification has not been decided.
	#[error("{count} reports are neither accepted nor refused")]
	UndecidedReports {
		/// How many.
		count: u64,
	},
	/// A report is refused.
	#[error("the report is refused: {0}")]
	Rejected(Rejection),
	/// Aggregate shares contradict each other, and who is wrong cannot be said.
	#[error(
		"the {answered} aggregate shares contradict each other: at least {at_least} are wrong, and \
		 to name up to {at_least} takes {needed} shares"
	)]
	InconsistentShares {
		/// How many answered.
		answered: u32,
		/// How many are wrong at least.
		at_least: u32,
		/// How many shares it takes to locate so many.
		needed: u32,
	},
	/// An opened sum is greater than the accepted reports can make it.
	#[error("an opened sum is greater than its reports can make it: an aggregate share is wrong")]
	ImplausibleSum,
}

/// Why a report is not counted. The job goes on without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
	/// A report of this job with the same identifier was seen before.
	#[error("its identifier was seen before")]
	Replayed,
	/// The share is not the one that its commitment is to.
	#[error("a share is not the one that was committed to")]
	CommitmentMismatch,
	/// Aggregators got different public shares.
	#[error("aggregators got different public shares")]
	PublicShareMismatch,
	/// The shares lie on no polynomial of the right degree.
	#[error("its shares lie on no polynomial of the right degree")]
	Inconsistent {
		/// Whose answer does not fit, when redundancy says it: whoever dealt that share or answered
		/// for it was wrong.
		odd: Option<Seats>,
	},
	/// The proof does not hold: the measurement is none of those that the job takes.
	#[error("its proof does not hold")]
	ProofRefused,
}

impl Rejection {
	/// The stable code.
	pub const fn code(self) -> &'static str {
		match self {
			Self::Replayed => "MPC_REPORT_REPLAYED",
			Self::CommitmentMismatch => "MPC_COMMITMENT_MISMATCH",
			Self::PublicShareMismatch => "MPC_PUBLIC_SHARE_MISMATCH",
			Self::Inconsistent { .. } => "MPC_SHARES_INCONSISTENT",
			Self::ProofRefused => "MPC_PROOF_REFUSED",
		}
	}
}

impl Error {
	/// The stable code.
	pub const fn code(&self) -> &'static str {
		match self {
			Self::EntropyUnavailable { .. } => "ENTROPY_UNAVAILABLE",
			Self::Internal { .. } => "MPC_INTERNAL",
			Self::InvalidParameter { .. } => "MPC_INVALID_PARAMETER",
			Self::HeadroomExceeded { .. } => "MPC_HEADROOM_EXCEEDED",
			Self::InvalidMeasurement { .. } => "MPC_INVALID_MEASUREMENT",
			Self::Malformed { .. } => "MPC_MALFORMED",
			Self::ContextMismatch { .. } => "MPC_CONTEXT_MISMATCH",
			Self::InvalidSeat { .. } => "MPC_INVALID_SEAT",
			Self::SeatRepeated { .. } => "MPC_SEAT_REPEATED",
			Self::MissingSeats { .. } => "MPC_MISSING_SEATS",
			Self::TooFewAggregators { .. } => "MPC_TOO_FEW_AGGREGATORS",
			Self::MaxReportsExceeded { .. } => "MPC_MAX_REPORTS_EXCEEDED",
			Self::TooFewReports { .. } => "MPC_TOO_FEW_REPORTS",
			Self::UndecidedReports { .. } => "MPC_UNDECIDED_REPORTS",
			Self::Rejected(rejection) => rejection.code(),
			Self::InconsistentShares { .. } => "MPC_AGGREGATES_INCONSISTENT",
			Self::ImplausibleSum => "MPC_IMPLAUSIBLE_SUM",
		}
	}

	/// Says so with what `prio` was asked for. Its own message may quote a measurement.
	pub(crate) fn internal<E>(operation: &'static str) -> impl Fn(E) -> Self {
		move |_| Self::Internal { operation }
	}
}

impl From<Rejection> for Error {
	fn from(rejection: Rejection) -> Self {
		Self::Rejected(rejection)
	}
}
