// SPDX-License-Identifier: Apache-2.0
//! The table that opens a paper: each characteristic by group, with how much the groups differ.

use super::{
	analysis_of_variance, standardised_difference, welch, Analysis, ChiSquare, Confidence,
	CrosstabReport, Difference, GroupedSummary, NotEstimable, Report, ShownTable, Summary,
	WelchTest,
};

/// How groups were compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Test {
	/// Two groups by their means.
	Welch(WelchTest),
	/// More groups by their means.
	Variance(Analysis),
	/// Groups by their counts.
	Independence(ChiSquare),
}

impl Test {
	/// The p-value.
	pub const fn p(&self) -> f64 {
		match self {
			Self::Welch(test) => test.p,
			Self::Variance(test) => test.p,
			Self::Independence(test) => test.p,
		}
	}
}

/// One characteristic.
#[derive(Clone, Debug, PartialEq)]
pub enum TableOneRow {
	/// A measurement: mean and standard deviation of each group.
	Measured {
		/// What it is.
		name: String,
		/// Each group; nothing where it is suppressed.
		groups: Vec<Option<Summary>>,
		/// The standardised difference of two groups.
		difference: Option<Difference>,
		/// The comparison.
		test: Result<Test, NotEstimable>,
	},
	/// Classes by group: counts, and shares of what is shown.
	Counted {
		/// What it is.
		name: String,
		/// A row for each class and a column for each group.
		table: ShownTable,
		/// The comparison.
		test: Result<Test, NotEstimable>,
	},
}

impl TableOneRow {
	/// The row of a measurement.
	///
	/// # Errors
	/// When there is no result to show.
	pub fn measured(
		name: impl Into<String>,
		report: &Report<GroupedSummary>,
		confidence: Confidence,
	) -> Result<Self, NotEstimable> {
		let summary = report.outcome.as_ref().map_err(|reason| *reason)?;
		let groups = summary.groups.clone();
		let shown: Option<Vec<Summary>> = groups.iter().copied().collect();
		let (difference, test) = match shown.as_deref() {
			None => (None, Err(NotEstimable::Suppressed)),
			Some([one, other]) => (
				standardised_difference(one, other, confidence).ok(),
				welch(one, other, confidence).map(Test::Welch),
			),
			Some(all) => (None, analysis_of_variance(all).map(Test::Variance)),
		};
		Ok(Self::Measured { name: name.into(), groups, difference, test })
	}

	/// The row of classes.
	///
	/// # Errors
	/// When there is no result to show.
	pub fn counted(
		name: impl Into<String>,
		report: &Report<CrosstabReport>,
	) -> Result<Self, NotEstimable> {
		let CrosstabReport { table, independence, .. } =
			report.outcome.as_ref().map_err(|reason| *reason)?;
		let test = (*independence).map(Test::Independence);
		Ok(Self::Counted { name: name.into(), table: table.clone(), test })
	}
}
