// SPDX-License-Identifier: Apache-2.0
//! Counts: proportions, tables, and tests of independence.

use super::{
	distribution::{chi_square_upper, normal_quantile},
	ensure_len, real, Confidence, Disclosure, Interval, NotEstimable, OutOfRange, Report,
	ShownTable,
};
use statrs::function::factorial::ln_binomial;

/// How many of all have something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Proportion {
	/// How many have it.
	pub count: u64,
	/// Which share that is.
	pub share: f64,
	/// Wilson's interval of the share.
	pub interval: Interval,
}

/// The prevalence: `with` of `with + without` rows have it; others have no value.
pub fn proportion(
	[with, without, missing]: [u64; 3],
	contributors: u64,
	disclosure: Disclosure,
	confidence: Confidence,
) -> Report<Proportion> {
	let shown = disclosure.list(&[with, without, missing]);
	let suppressed = shown.iter().filter(|count| count.is_none()).count();
	let outcome = match (shown[0], shown[1]) {
		(Some(0), Some(0)) => Err(NotEstimable::Empty),
		(Some(count), Some(_)) => {
			let (n, z) = (real(with + without), normal_quantile(confidence.upper()));
			let share = real(count) / n;
			let stretch = 1.0 + z * z / n;
			let centre = (share + z * z / (2.0 * n)) / stretch;
			let half = z / stretch * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
			Ok(Proportion { count, share, interval: Interval::around(centre, half) })
		},
		_ => Err(NotEstimable::Suppressed),
	};
	let observations = shown[0].zip(shown[1]).map(|(with, without)| with + without);
	Report { outcome, observations, missing: shown[2], contributors, suppressed }
}

/// The question for counts by row and column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crosstab {
	rows: usize,
	columns: usize,
}

impl Crosstab {
	/// A table of rows and columns. A histogram is one of a single row.
	pub const fn new(rows: usize, columns: usize) -> Self {
		Self { rows, columns }
	}

	/// How many numbers a contribution has: a cell each, row by row, and how many rows had no value.
	pub const fn len(&self) -> usize {
		self.rows * self.columns + 1
	}

	/// Whether there is no cell.
	pub const fn is_empty(&self) -> bool {
		self.rows * self.columns == 0
	}

	/// The cell of a row: the class of a histogram in which single patients report it.
	///
	/// # Errors
	/// When the table has no such row or column.
	pub fn cell(&self, row: Option<(usize, usize)>) -> Result<usize, OutOfRange> {
		match row {
			None => Ok(self.rows * self.columns),
			Some((row, column)) if row < self.rows && column < self.columns => {
				Ok(row * self.columns + column)
			},
			Some(_) => Err(OutOfRange),
		}
	}

	/// What rows add up to.
	///
	/// # Errors
	/// When the table has no such row or column.
	pub fn tally(
		&self,
		rows: impl IntoIterator<Item = Option<(usize, usize)>>,
	) -> Result<Vec<u64>, OutOfRange> {
		let mut sums = vec![0; self.len()];
		for row in rows {
			sums[self.cell(row)?] += 1;
		}
		Ok(sums)
	}

	/// What the sums of all contributions say. Tests are of whole tables: where a cell is suppressed,
	/// they would say what it is.
	pub fn evaluate(
		&self,
		sums: &[u64],
		contributors: u64,
		disclosure: Disclosure,
		confidence: Confidence,
	) -> Report<CrosstabReport> {
		if let Err(reason) = ensure_len(sums, self.len()) {
			let outcome = Err(reason);
			return Report {
				outcome,
				observations: None,
				missing: None,
				contributors,
				suppressed: 0,
			};
		}
		let (cells, missing) = sums.split_at(sums.len() - 1);
		let table = disclosure.table(cells, self.columns);
		let missing = missing.first().copied().filter(|count| !disclosure.is_small(*count));
		let suppressed = table.suppressed() + usize::from(missing.is_none());
		let is_whole = table.suppressed() == 0;
		let total: u64 = cells.iter().sum();
		let outcome = if total == 0 {
			Err(NotEstimable::Empty)
		} else if is_whole {
			Ok(CrosstabReport {
				independence: chi_square(cells, self.columns, confidence),
				exact: fisher_exact(cells, self.columns),
				table,
			})
		} else {
			let suppressed = NotEstimable::Suppressed;
			Ok(CrosstabReport { table, independence: Err(suppressed), exact: Err(suppressed) })
		};
		let observations = is_whole.then_some(total);
		Report { outcome, observations, missing, contributors, suppressed }
	}
}

/// A table and its tests.
#[derive(Clone, Debug, PartialEq)]
pub struct CrosstabReport {
	/// The counts as they are shown.
	pub table: ShownTable,
	/// Pearson's test.
	pub independence: Result<ChiSquare, NotEstimable>,
	/// Fisher's exact test, of tables of 2 x 2.
	pub exact: Result<FisherExact, NotEstimable>,
}

/// Pearson's χ² test of independence, without correction for continuity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChiSquare {
	/// χ².
	pub statistic: f64,
	/// Its degrees of freedom: rows and columns without any count do not count.
	pub freedom: f64,
	/// The p-value.
	pub p: f64,
	/// The least expected count: below 5 the p-value is a poor approximation.
	pub least_expected: f64,
	/// Cramér's V.
	pub cramer_v: f64,
	/// The odds ratio of a table of 2 x 2 without zeros, and its interval by Woolf.
	pub odds_ratio: Option<(f64, Interval)>,
}

fn chi_square(
	cells: &[u64],
	columns: usize,
	confidence: Confidence,
) -> Result<ChiSquare, NotEstimable> {
	let rows: Vec<f64> = cells.chunks(columns).map(|row| real(row.iter().sum())).collect();
	let of_column = |at| real(cells.iter().skip(at).step_by(columns).sum());
	let columns_totals: Vec<f64> = (0..columns).map(of_column).collect();
	let used = |totals: &[f64]| real(totals.iter().filter(|total| **total > 0.0).count() as u64);
	let (used_rows, used_columns) = (used(&rows), used(&columns_totals));
	if used_rows < 2.0 || used_columns < 2.0 {
		return Err(NotEstimable::WrongShape);
	}
	let total: f64 = rows.iter().sum();
	let expected =
		rows.iter().flat_map(|row| columns_totals.iter().map(move |column| row * column / total));
	let (mut statistic, mut least_expected) = (0.0, f64::INFINITY);
	for (count, expected) in cells.iter().zip(expected).filter(|(_, expected)| *expected > 0.0) {
		let distance = real(*count) - expected;
		statistic += distance * distance / expected;
		least_expected = expected.min(least_expected);
	}
	let freedom = (used_rows - 1.0) * (used_columns - 1.0);
	let cramer_v = (statistic / (total * (used_rows.min(used_columns) - 1.0))).sqrt();
	let odds_ratio = match (columns, cells) {
		(2, [a, b, c, d]) if a * b * c * d > 0 => {
			let [a, b, c, d] = [*a, *b, *c, *d].map(real);
			let estimate = a * d / (b * c);
			let error = (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d).sqrt();
			let half = normal_quantile(confidence.upper()) * error;
			let Interval { lower, upper } = Interval::around(estimate.ln(), half);
			Some((estimate, Interval { lower: lower.exp(), upper: upper.exp() }))
		},
		_ => None,
	};
	let p = chi_square_upper(statistic, freedom);
	Ok(ChiSquare { statistic, freedom, p, least_expected, cramer_v, odds_ratio })
}

/// Fisher's exact test of a table of 2 x 2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FisherExact {
	/// The two-sided p-value: the probability of all tables with the same totals that are at most as
	/// likely.
	pub p: f64,
	/// The odds ratio of the table; infinite with a zero below it.
	pub odds_ratio: f64,
}

/// Tables that are as likely but for rounding count as such.
const AS_LIKELY: f64 = 1e-9;

fn fisher_exact(cells: &[u64], columns: usize) -> Result<FisherExact, NotEstimable> {
	let (2, [a, b, c, d]) = (columns, cells) else { return Err(NotEstimable::WrongShape) };
	let (row, other, column) = (a + b, c + d, a + c);
	let total = row + other;
	if row == 0 || other == 0 || column == 0 || column == total {
		return Err(NotEstimable::WrongShape);
	}
	let log = |first: u64| {
		ln_binomial(row, first) + ln_binomial(other, column - first) - ln_binomial(total, column)
	};
	let observed = log(*a);
	let possible = column.saturating_sub(other)..=column.min(row);
	let p = possible.map(log).filter(|own| *own <= observed + AS_LIKELY).map(f64::exp).sum::<f64>();
	let odds_ratio = real(*a) * real(*d) / (real(*b) * real(*c));
	Ok(FisherExact { p: p.min(1.0), odds_ratio })
}
