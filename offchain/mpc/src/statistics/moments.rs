// SPDX-License-Identifier: Apache-2.0
//! Means and variances by group, and tests between groups.

use super::{
	distribution::{fisher_upper, normal_quantile, student_quantile, student_two_sided},
	ensure_len, real, real_of_whole, Confidence, Disclosure, Interval, NotEstimable, OutOfRange,
	Quantiser, Report,
};
use crate::SumOfSquares;

/// The question for count, sum and squares of a measurement in each of some groups.
///
/// Squares are of the distance from a public centre, so that they stay small. Which centre does not
/// change the result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
	measurement: Quantiser,
	centre: u32,
	groups: usize,
}

/// What one row adds to for each group: one, its step, and the square of its distance.
const PER_GROUP: usize = 3;

impl Moments {
	/// A question about groups 0 to `groups - 1`.
	///
	/// # Errors
	/// When the centre is outside of the measurement's range.
	pub fn new(measurement: Quantiser, centre: f64, groups: usize) -> Result<Self, OutOfRange> {
		Ok(Self { centre: measurement.level(centre)?, measurement, groups })
	}

	/// How many numbers a contribution has: three for each group, and how many rows had no value.
	pub const fn len(&self) -> usize {
		self.groups * PER_GROUP + 1
	}

	/// Whether there is no group.
	pub const fn is_empty(&self) -> bool {
		self.groups == 0
	}

	/// The most that one row adds to one number.
	pub fn largest(&self) -> u64 {
		let farthest = u64::from(self.centre.max(self.measurement.levels() - self.centre));
		(farthest * farthest).max(self.measurement.levels().into())
	}

	/// The circuit by which single patients of one group prove their number and its square. Its two
	/// sums follow the number of reports in what is evaluated; nobody reports a missing value.
	///
	/// # Errors
	/// Never: a measurement has no more levels than the circuit takes.
	pub fn circuit(&self) -> crate::Result<SumOfSquares> {
		SumOfSquares::new(self.measurement.levels().into(), self.centre.into())
	}

	/// What rows of group and value add up to. A row without group or value counts as missing.
	///
	/// # Errors
	/// When a value is outside of the range, or a group is none.
	pub fn tally(
		&self,
		rows: impl IntoIterator<Item = (Option<usize>, Option<f64>)>,
	) -> Result<Vec<u64>, OutOfRange> {
		let mut sums = vec![0u64; self.len()];
		for row in rows {
			let (Some(group), Some(value)) = row else {
				sums[self.groups * PER_GROUP] += 1;
				continue;
			};
			let level = self.measurement.level(value)?;
			let own = sums.get_mut(group * PER_GROUP..(group + 1) * PER_GROUP).ok_or(OutOfRange)?;
			let distance = u64::from(level.abs_diff(self.centre));
			for (sum, number) in own.iter_mut().zip([1, u64::from(level), distance * distance]) {
				*sum += number;
			}
		}
		Ok(sums)
	}

	/// What the sums of all contributions say.
	pub fn evaluate(
		&self,
		sums: &[u64],
		contributors: u64,
		disclosure: Disclosure,
		confidence: Confidence,
	) -> Report<GroupedSummary> {
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
		let counts: Vec<u64> = sums.iter().step_by(PER_GROUP).copied().collect();
		let shown = disclosure.list(&counts);
		let suppressed = shown.iter().filter(|count| count.is_none()).count();
		let missing = shown.last().copied().flatten();
		let groups: Result<Vec<Option<Summary>>, _> = sums
			.chunks_exact(PER_GROUP)
			.zip(&shown)
			.map(|(own, shown)| shown.map(|_| self.summary(own, confidence)).transpose())
			.collect();
		let observations = shown[..self.groups].iter().copied().sum::<Option<u64>>();
		let outcome = groups.and_then(|groups| {
			let is_shown = |(_, shown): &(&[u64], &Option<u64>)| shown.is_some();
			let mut total = [0u64; PER_GROUP];
			for (own, _) in sums.chunks_exact(PER_GROUP).zip(&shown).filter(is_shown) {
				total.iter_mut().zip(own).for_each(|(sum, number)| *sum += number);
			}
			match self.summary(&total, confidence)? {
				Summary { count: 0, .. } if suppressed > 0 => Err(NotEstimable::Suppressed),
				Summary { count: 0, .. } => Err(NotEstimable::Empty),
				overall => Ok(GroupedSummary { groups, overall }),
			}
		});
		Report { outcome, observations, missing, contributors, suppressed }
	}

	fn summary(&self, own: &[u64], confidence: Confidence) -> Result<Summary, NotEstimable> {
		let [count, levels, squares] = *own else { return Err(NotEstimable::Contradiction) };
		if count == 0 {
			if levels > 0 || squares > 0 {
				return Err(NotEstimable::Contradiction);
			}
			return Ok(Summary { count, sum: 0.0, mean: None, spread: None });
		}
		// The sum of distances from the mean, squared, times the count: exact.
		let whole = i128::from;
		let distance = whole(levels) - whole(count) * i128::from(self.centre);
		let scatter = whole(count) * whole(squares) - distance * distance;
		if scatter < 0 {
			return Err(NotEstimable::Contradiction);
		}
		let n = real(count);
		let mean = self.measurement.value(real(levels) / n);
		let step = self.measurement.step();
		let spread = (count > 1).then(|| {
			let variance = real_of_whole(scatter) / (n * (n - 1.0)) * step * step;
			let half = student_quantile(confidence.upper(), n - 1.0) * (variance / n).sqrt();
			Spread { variance, mean_interval: Interval::around(mean, half) }
		});
		Ok(Summary { count, sum: mean * n, mean: Some(mean), spread })
	}
}

/// One group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
	/// How many values there are.
	pub count: u64,
	/// Their sum.
	pub sum: f64,
	/// Their mean; nothing without values.
	pub mean: Option<f64>,
	/// What takes two values.
	pub spread: Option<Spread>,
}

/// How much values differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
	/// The variance, with n - 1.
	pub variance: f64,
	/// The interval of the mean, by Student's t.
	pub mean_interval: Interval,
}

impl Summary {
	/// The standard deviation, with n - 1.
	pub fn standard_deviation(&self) -> Option<f64> {
		self.spread.map(|spread| spread.variance.sqrt())
	}

	/// Count, mean and variance as a test takes them.
	fn for_test(&self, group: usize) -> Result<(f64, f64, f64), NotEstimable> {
		match (self.mean, self.spread) {
			(Some(mean), Some(spread)) => Ok((real(self.count), mean, spread.variance)),
			_ => Err(NotEstimable::GroupTooSmall { group }),
		}
	}
}

/// All groups, as far as they are shown.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupedSummary {
	/// Each group; nothing where it is suppressed.
	pub groups: Vec<Option<Summary>>,
	/// The groups that are shown, together.
	pub overall: Summary,
}

/// The difference of two means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WelchTest {
	/// The first mean less the second.
	pub difference: f64,
	/// The interval of the difference.
	pub interval: Interval,
	/// Welch's t.
	pub t: f64,
	/// Its degrees of freedom, by Satterthwaite.
	pub freedom: f64,
	/// The two-sided p-value.
	pub p: f64,
}

/// Welch's t-test between two groups.
///
/// # Errors
/// When a group has fewer than two values, or neither varies.
pub fn welch(
	first: &Summary,
	second: &Summary,
	confidence: Confidence,
) -> Result<WelchTest, NotEstimable> {
	let (n1, mean1, variance1) = first.for_test(0)?;
	let (n2, mean2, variance2) = second.for_test(1)?;
	let (error1, error2) = (variance1 / n1, variance2 / n2);
	let error = error1 + error2;
	if error <= 0.0 {
		return Err(NotEstimable::NoVariance);
	}
	let freedom = error * error / (error1 * error1 / (n1 - 1.0) + error2 * error2 / (n2 - 1.0));
	let difference = mean1 - mean2;
	let t = difference / error.sqrt();
	let half = student_quantile(confidence.upper(), freedom) * error.sqrt();
	let interval = Interval::around(difference, half);
	Ok(WelchTest { difference, interval, t, freedom, p: student_two_sided(t, freedom) })
}

/// The standardised mean difference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
	/// The difference of the means in units of the root of the mean variance.
	pub estimate: f64,
	/// Its interval, by the normal approximation.
	pub interval: Interval,
}

/// The standardised mean difference of two groups.
///
/// # Errors
/// When a group has fewer than two values, or neither varies.
pub fn standardised_difference(
	first: &Summary,
	second: &Summary,
	confidence: Confidence,
) -> Result<Difference, NotEstimable> {
	let (n1, mean1, variance1) = first.for_test(0)?;
	let (n2, mean2, variance2) = second.for_test(1)?;
	let scale = f64::midpoint(variance1, variance2).sqrt();
	if scale <= 0.0 {
		return Err(NotEstimable::NoVariance);
	}
	let estimate = (mean1 - mean2) / scale;
	let error = ((n1 + n2) / (n1 * n2) + estimate * estimate / (2.0 * (n1 + n2))).sqrt();
	let interval = Interval::around(estimate, normal_quantile(confidence.upper()) * error);
	Ok(Difference { estimate, interval })
}

/// One-way analysis of variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Analysis {
	/// F.
	pub f: f64,
	/// Degrees of freedom between groups.
	pub between: f64,
	/// Degrees of freedom within groups.
	pub within: f64,
	/// The p-value.
	pub p: f64,
	/// η²: the share of the variance that the groups explain.
	pub explained: f64,
}

/// One-way analysis of variance between groups. Groups without values do not take part.
///
/// # Errors
/// When fewer than two groups have values, or there is no variance within them.
pub fn analysis_of_variance(groups: &[Summary]) -> Result<Analysis, NotEstimable> {
	let groups: Vec<_> = groups
		.iter()
		.filter_map(|group| {
			let variance = group.spread.map_or(0.0, |spread| spread.variance);
			group.mean.map(|mean| (real(group.count), mean, variance))
		})
		.collect();
	let n: f64 = groups.iter().map(|(n, ..)| n).sum();
	let (between, within) = (real(groups.len() as u64) - 1.0, n - real(groups.len() as u64));
	if between < 1.0 || within < 1.0 {
		return Err(NotEstimable::TooFew { needed: groups.len() as u64 + 1 });
	}
	let mean = groups.iter().map(|(n, mean, _)| n * mean).sum::<f64>() / n;
	let among: f64 = groups.iter().map(|(n, own, _)| n * (own - mean) * (own - mean)).sum();
	let inside: f64 = groups.iter().map(|(n, _, variance)| (n - 1.0) * variance).sum();
	if inside <= 0.0 {
		return Err(NotEstimable::NoVariance);
	}
	let f = among / between / (inside / within);
	let p = fisher_upper(f, between, within);
	Ok(Analysis { f, between, within, p, explained: among / (among + inside) })
}
