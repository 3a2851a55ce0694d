// SPDX-License-Identifier: Apache-2.0
//! Statistics as functions of opened sums.
//!
//! Each question says how a row adds to a vector of whole numbers (`tally`), and what the sum of these
//! vectors over all contributors means (`evaluate`). A contributor is a patient with one row or a site
//! with many: the sums are the same. One round opens all that a question needs.
//!
//! Sums are whole numbers, and differences of products of them are taken as whole numbers too, so that
//! nothing cancels. What was opened is judged by [`Disclosure`] before anything is said about it.

mod disclosure;
mod distribution;
mod linear;
mod moments;
mod quantiser;
mod survival;
mod table;
mod table_one;
#[cfg(test)]
mod tests;

pub use disclosure::{Disclosure, ShownTable};
pub use linear::{Coefficient, Correlation, LinearModel, Products};
pub use moments::{
	analysis_of_variance, standardised_difference, welch, Analysis, Difference, GroupedSummary,
	Moments, Summary, WelchTest,
};
pub use quantiser::{OutOfRange, Quantiser};
pub use survival::{Curve, CurvePoint, LogRank, Survival, SurvivalReport};
pub use table::{proportion, ChiSquare, Crosstab, CrosstabReport, FisherExact, Proportion};
pub use table_one::{TableOneRow, Test};

/// An interval that covers what is estimated with the asked confidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
	/// Its lower end.
	pub lower: f64,
	/// Its upper end.
	pub upper: f64,
}

impl Interval {
	fn around(estimate: f64, half: f64) -> Self {
		Self { lower: estimate - half, upper: estimate + half }
	}
}

/// How sure an interval is: the share of repetitions in which it covers what is estimated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Confidence(f64);

impl Confidence {
	/// 95 %.
	pub const USUAL: Self = Self(0.95);

	/// Another one; none unless it is between 0 and 1.
	pub fn new(share: f64) -> Option<Self> {
		(share > 0.0 && share < 1.0).then_some(Self(share))
	}

	/// The share of a distribution below the upper end of a two-sided interval.
	fn upper(self) -> f64 {
		0.5 + self.0 / 2.0
	}
}

/// Why there is no estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotEstimable {
	/// Nobody had a value.
	#[error("there is no observation")]
	Empty,
	/// There are too few observations.
	#[error("it takes at least {needed} observations")]
	TooFew {
		/// How many it takes.
		needed: u64,
	},
	/// A group has too few observations.
	#[error("group {group} has too few observations")]
	GroupTooSmall {
		/// The group, from 0.
		group: usize,
	},
	/// All observations are the same.
	#[error("all observations are the same")]
	NoVariance,
	/// A variable is determined by those before it.
	#[error("variable {variable} is constant or determined by those before it")]
	Singular {
		/// The variable, from 0.
		variable: usize,
	},
	/// The table has another shape than the test takes.
	#[error("the table has fewer than two rows or columns, or is none of 2 x 2 where the test takes one")]
	WrongShape,
	/// It would say too much about few.
	#[error("it would say too much about few people")]
	Suppressed,
	/// The sums belong to no data: a contributor or aggregator was wrong, or noise is in them.
	#[error("the sums contradict each other")]
	Contradiction,
}

/// A result, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report<T> {
	/// The result, or why there is none.
	pub outcome: Result<T, NotEstimable>,
	/// How many observations it is of; nothing when that would say too much.
	pub observations: Option<u64>,
	/// How many rows had no value; nothing when that would say too much.
	pub missing: Option<u64>,
	/// How many contributors' reports were summed.
	pub contributors: u64,
	/// How many numbers were suppressed.
	pub suppressed: usize,
}

/// A count as a real number. Those above 2^53 are rounded, and nothing here counts so far.
const fn real(count: u64) -> f64 {
	count as f64
}

/// A difference of products of sums, exact until here and rounded once.
const fn real_of_whole(whole: i128) -> f64 {
	whole as f64
}

/// Vectors of another length than the question's are a fault of the caller.
fn ensure_len(sums: &[u64], len: usize) -> Result<(), NotEstimable> {
	if sums.len() == len {
		Ok(())
	} else {
		Err(NotEstimable::Contradiction)
	}
}
