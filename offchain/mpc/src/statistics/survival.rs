// SPDX-License-Identifier: Apache-2.0
//! Survival by group, from counts of events and censored observations on a public grid of times.

use super::{
	distribution::{chi_square_upper, normal_quantile},
	ensure_len, real, Confidence, Disclosure, Interval, NotEstimable, OutOfRange, Report,
};
use nalgebra::{Cholesky, DMatrix, DVector};

/// The question for survival in some groups.
///
/// Times are those of a grid: an observation belongs to the first time that is not before it. At a
/// time, events come before who is censored, as everywhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Survival {
	grid: Vec<f64>,
	groups: usize,
}

impl Survival {
	/// A question about groups 0 to `groups - 1`; none unless the times are ascending numbers.
	pub fn new(grid: Vec<f64>, groups: usize) -> Option<Self> {
		let ascends = grid.windows(2).all(|pair| pair[0] < pair[1]);
		let are_numbers = grid.iter().all(|time| time.is_finite());
		(!grid.is_empty() && groups > 0 && ascends && are_numbers).then_some(Self { grid, groups })
	}

	/// How many numbers a contribution has: of each group and time the events and the censored, and
	/// how many rows had no value.
	pub fn len(&self) -> usize {
		2 * self.groups * self.grid.len() + 1
	}

	/// Never: there is a time and a group.
	pub fn is_empty(&self) -> bool {
		self.grid.is_empty()
	}

	/// The number to which an observation adds one: the class of a histogram in which single patients
	/// report it.
	///
	/// # Errors
	/// When there is no such group, or the time is after the last one of the grid.
	pub fn cell(&self, row: Option<(usize, f64, bool)>) -> Result<usize, OutOfRange> {
		let Some((group, time, is_event)) = row else { return Ok(self.len() - 1) };
		let at = self.grid.iter().position(|own| time <= *own).ok_or(OutOfRange)?;
		if group >= self.groups {
			return Err(OutOfRange);
		}
		Ok(2 * (group * self.grid.len() + at) + usize::from(!is_event))
	}

	/// What rows of group, time and whether it was an event add up to.
	///
	/// # Errors
	/// When a row is none of the question's.
	pub fn tally(
		&self,
		rows: impl IntoIterator<Item = Option<(usize, f64, bool)>>,
	) -> Result<Vec<u64>, OutOfRange> {
		let mut sums = vec![0; self.len()];
		for row in rows {
			sums[self.cell(row)?] += 1;
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
	) -> Report<SurvivalReport> {
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
		let groups: Vec<Vec<Step>> =
			cells.chunks(2 * self.grid.len()).map(|cells| self.steps(cells)).collect();
		let at_first = |steps: &Vec<Step>| steps.first().map_or(0, |step| step.at_risk);
		let sizes: Vec<u64> = groups.iter().map(at_first).chain(missing.iter().copied()).collect();
		let shown = disclosure.list(&sizes);
		let (shown_groups, missing) = shown.split_at(self.groups);
		let curves: Vec<Option<Curve>> = (groups.iter().zip(shown_groups))
			.map(|(steps, shown)| shown.map(|_| curve(steps, disclosure, confidence)))
			.collect();
		let hidden = shown.iter().filter(|size| size.is_none()).count();
		let thinned: usize = curves.iter().flatten().map(|curve| curve.suppressed).sum();
		let observations = shown_groups.iter().copied().sum::<Option<u64>>();
		let outcome = match observations {
			Some(0) => Err(NotEstimable::Empty),
			Some(_) => Ok(SurvivalReport { curves, log_rank: log_rank(&groups) }),
			None if curves.iter().all(Option::is_none) => Err(NotEstimable::Suppressed),
			None => Ok(SurvivalReport { curves, log_rank: Err(NotEstimable::Suppressed) }),
		};
		let missing = missing.first().copied().flatten();
		Report { outcome, observations, missing, contributors, suppressed: hidden + thinned }
	}

	fn steps(&self, cells: &[u64]) -> Vec<Step> {
		let mut at_risk: u64 = cells.iter().sum();
		self.grid
			.iter()
			.zip(cells.chunks_exact(2))
			.map(|(time, pair)| {
				let step = Step { time: *time, at_risk, events: pair[0] };
				at_risk -= pair[0] + pair[1];
				step
			})
			.collect()
	}
}

#[derive(Clone, Copy, Debug)]
struct Step {
	time: f64,
	at_risk: u64,
	events: u64,
}

/// The curves of all groups, as far as they are shown, and whether they differ.
#[derive(Clone, Debug, PartialEq)]
pub struct SurvivalReport {
	/// Each group; nothing where it is suppressed.
	pub curves: Vec<Option<Curve>>,
	/// The log-rank test.
	pub log_rank: Result<LogRank, NotEstimable>,
}

/// Survival and hazard of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
	/// The points that are shown. Between two of them as many events lie as the least count that is
	/// shown, and the last one has as many at risk.
	pub points: Vec<CurvePoint>,
	/// The first shown time at which at most half survive.
	pub median: Option<f64>,
	/// How many times are not shown.
	pub suppressed: usize,
}

/// A curve at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
	/// The time.
	pub time: f64,
	/// The Kaplan-Meier estimate of the share that survives it.
	pub survival: f64,
	/// Its interval, by Greenwood's variance on the log-log scale; nothing at one and at zero.
	pub survival_interval: Option<Interval>,
	/// The Nelson-Aalen estimate of the cumulative hazard.
	pub hazard: f64,
	/// Its interval on the log scale; nothing at zero.
	pub hazard_interval: Option<Interval>,
}

fn curve(steps: &[Step], disclosure: Disclosure, confidence: Confidence) -> Curve {
	let z = normal_quantile(confidence.upper());
	let (mut survival, mut greenwood, mut hazard, mut variance) = (1.0, 0.0, 0.0, 0.0);
	let (mut points, mut unshown, mut suppressed) = (Vec::new(), 0u64, 0);
	for step in steps {
		let (n, d) = (real(step.at_risk), real(step.events));
		if step.events > 0 {
			survival *= 1.0 - d / n;
			greenwood += d / (n * (n - d));
			hazard += d / n;
			variance += (n - d) * d / (n * n * n);
		}
		unshown += step.events;
		if step.at_risk < disclosure.min_cell().max(1) || disclosure.is_small(unshown) {
			suppressed += 1;
			continue;
		}
		unshown = 0;
		let survival_interval = (survival > 0.0 && survival < 1.0).then(|| {
			let scale = f64::ln(survival);
			let half = z * f64::sqrt(greenwood) / scale;
			let end = |sign: f64| survival.powf((sign * half).exp());
			Interval { lower: end(-1.0), upper: end(1.0) }
		});
		let hazard_interval = (hazard > 0.0).then(|| {
			let half = z * f64::sqrt(variance) / hazard;
			Interval { lower: hazard * (-half).exp(), upper: hazard * half.exp() }
		});
		points.push(CurvePoint {
			time: step.time,
			survival,
			survival_interval,
			hazard,
			hazard_interval,
		});
	}
	let median = points.iter().find(|point| point.survival <= 0.5).map(|point| point.time);
	Curve { points, median, suppressed }
}

/// The log-rank test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogRank {
	/// χ².
	pub statistic: f64,
	/// Its degrees of freedom.
	pub freedom: f64,
	/// The p-value.
	pub p: f64,
}

/// Whether the groups with observations differ: observed less expected events, by the inverse of their
/// covariance, leaving out the last group, which follows from the others.
fn log_rank(groups: &[Vec<Step>]) -> Result<LogRank, NotEstimable> {
	let groups: Vec<_> =
		groups.iter().filter(|steps| steps.first().is_some_and(|step| step.at_risk > 0)).collect();
	let free = groups.len().saturating_sub(1);
	if free == 0 {
		return Err(NotEstimable::WrongShape);
	}
	let times = groups.first().map_or(0, |steps| steps.len());
	let mut distance = DVector::<f64>::zeros(free);
	let mut covariance = DMatrix::<f64>::zeros(free, free);
	for at in 0..times {
		let n: f64 = groups.iter().map(|steps| real(steps[at].at_risk)).sum();
		let d: f64 = groups.iter().map(|steps| real(steps[at].events)).sum();
		if d == 0.0 {
			continue;
		}
		let share = |group: usize| real(groups[group][at].at_risk) / n;
		let spread = if n > 1.0 { d * (n - d) / (n - 1.0) } else { 0.0 };
		for one in 0..free {
			distance[one] += real(groups[one][at].events) - d * share(one);
			for other in 0..free {
				let own = if one == other { 1.0 } else { 0.0 };
				covariance[(one, other)] += spread * share(one) * (own - share(other));
			}
		}
	}
	let inverse = Cholesky::new(covariance).ok_or(NotEstimable::NoVariance)?;
	let statistic = distance.dot(&inverse.solve(&distance));
	let freedom = real(free as u64);
	Ok(LogRank { statistic, freedom, p: chi_square_upper(statistic, freedom) })
}
