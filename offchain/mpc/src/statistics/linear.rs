// SPDX-License-Identifier: Apache-2.0
//! Correlation and linear regression from sums of products.

use super::{
	distribution::{fisher_upper, normal_quantile, student_quantile, student_two_sided},
	ensure_len, real, real_of_whole, Confidence, Disclosure, Interval, NotEstimable, OutOfRange,
	Quantiser, Report,
};
use nalgebra::{Cholesky, DMatrix, DVector};

/// A variable of which less than this share of the variance is left by those before it is determined
/// by them.
const TOLERANCE: f64 = 1e-10;

/// The question for how some measurements go together, of rows that have all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Products {
	variables: Vec<Quantiser>,
}

impl Products {
	/// A question about these measurements.
	pub const fn new(variables: Vec<Quantiser>) -> Self {
		Self { variables }
	}

	/// How many numbers a contribution has: how many rows, their sums, the sums of products of each
	/// two, and how many rows lack a value.
	pub fn len(&self) -> usize {
		let count = self.variables.len();
		2 + count + count * (count + 1) / 2
	}

	/// Whether there is no measurement.
	pub fn is_empty(&self) -> bool {
		self.variables.is_empty()
	}

	/// The most that one row adds to one number.
	pub fn largest(&self) -> u64 {
		let greatest = self.variables.iter().map(|variable| u64::from(variable.levels())).max();
		greatest.map_or(1, |greatest| greatest * greatest)
	}

	/// What rows add up to. A row that lacks a value counts as missing.
	///
	/// # Errors
	/// When a value is outside of its range, or a row has another number of values.
	pub fn tally<'a>(
		&self,
		rows: impl IntoIterator<Item = &'a [Option<f64>]>,
	) -> Result<Vec<u64>, OutOfRange> {
		let mut sums = vec![0u64; self.len()];
		for row in rows {
			if row.len() != self.variables.len() {
				return Err(OutOfRange);
			}
			let Some(values) = row.iter().copied().collect::<Option<Vec<f64>>>() else {
				sums[self.len() - 1] += 1;
				continue;
			};
			let levels = self.variables.iter().zip(values);
			let levels = levels.map(|(variable, value)| variable.level(value).map(u64::from));
			let levels = levels.collect::<Result<Vec<_>, _>>()?;
			let products = (0..levels.len())
				.flat_map(|one| levels[one..].iter().map(move |other| (one, other)))
				.map(|(one, other)| levels[one] * other);
			let numbers = std::iter::once(1).chain(levels.iter().copied()).chain(products);
			sums.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
		}
		Ok(sums)
	}

	/// The correlation of two of the measurements.
	pub fn correlation(
		&self,
		sums: &[u64],
		[one, other]: [usize; 2],
		contributors: u64,
		disclosure: Disclosure,
		confidence: Confidence,
	) -> Report<Correlation> {
		self.report(sums, contributors, disclosure, |scatter| {
			if scatter.n < 4.0 {
				return Err(NotEstimable::TooFew { needed: 4 });
			}
			scatter.ensure_varies(one)?;
			scatter.ensure_varies(other)?;
			let estimate = scatter.correlation(one, other).clamp(-1.0, 1.0);
			let half = normal_quantile(confidence.upper()) / (scatter.n - 3.0).sqrt();
			let Interval { lower, upper } = Interval::around(estimate.atanh(), half);
			let freedom = scatter.n - 2.0;
			let t = estimate * (freedom / (1.0 - estimate * estimate)).sqrt();
			let p = if t.is_finite() { student_two_sided(t, freedom) } else { 0.0 };
			let interval = Interval { lower: lower.tanh(), upper: upper.tanh() };
			Ok(Correlation { estimate, interval, p })
		})
	}

	/// The linear model of the last measurement by the others, by least squares.
	pub fn regression(
		&self,
		sums: &[u64],
		contributors: u64,
		disclosure: Disclosure,
		confidence: Confidence,
	) -> Report<LinearModel> {
		self.report(sums, contributors, disclosure, |scatter| self.fit(&scatter, confidence))
	}

	fn report<T>(
		&self,
		sums: &[u64],
		contributors: u64,
		disclosure: Disclosure,
		estimate: impl FnOnce(Scatter) -> Result<T, NotEstimable>,
	) -> Report<T> {
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
		let shown = disclosure.list(&[sums[0], sums[sums.len() - 1]]);
		let suppressed = shown.iter().filter(|count| count.is_none()).count();
		let outcome = match shown[0] {
			None => Err(NotEstimable::Suppressed),
			Some(0) => Err(NotEstimable::Empty),
			Some(_) => Scatter::new(&self.variables, sums).and_then(estimate),
		};
		Report { outcome, observations: shown[0], missing: shown[1], contributors, suppressed }
	}

	fn fit(&self, scatter: &Scatter, confidence: Confidence) -> Result<LinearModel, NotEstimable> {
		let predictors = self.variables.len().saturating_sub(1);
		let freedom = scatter.n - real(predictors as u64) - 1.0;
		if predictors == 0 || freedom < 1.0 {
			return Err(NotEstimable::TooFew { needed: predictors as u64 + 2 });
		}
		scatter.ensure_varies(predictors)?;
		// Everything in units of standard deviations, so that what is left of a variable by those
		// before it is a share.
		let among =
			DMatrix::from_fn(predictors, predictors, |one, other| scatter.correlation(one, other));
		let cholesky = decompose(&among, scatter)?;
		let with_outcome =
			DVector::from_fn(predictors, |one, _| scatter.correlation(one, predictors));
		let slopes = cholesky.solve(&with_outcome);
		let inverse = cholesky.inverse();
		let explained = slopes.dot(&with_outcome).clamp(0.0, 1.0);
		let residual = (1.0 - explained) * scatter.squares(predictors) / freedom;
		let quantile = student_quantile(confidence.upper(), freedom);
		let coefficient = |estimate: f64, variance: f64| {
			let error = variance.sqrt();
			let t = estimate / error;
			let p = if error > 0.0 { student_two_sided(t, freedom) } else { 0.0 };
			let interval = Interval::around(estimate, quantile * error);
			Coefficient { estimate, error, interval, t, p }
		};
		let scale: Vec<f64> = (0..predictors).map(|one| scatter.squares(one).sqrt()).collect();
		let outcome_scale = scatter.squares(predictors).sqrt();
		let slope = |one: usize| slopes[one] * outcome_scale / scale[one];
		let coefficients: Vec<Coefficient> = (0..predictors)
			.map(|one| {
				let variance = residual * inverse[(one, one)] / (scale[one] * scale[one]);
				coefficient(slope(one), variance)
			})
			.collect();
		let means = DVector::from_fn(predictors, |one, _| scatter.means[one] / scale[one]);
		let intercept = (0..predictors).fold(scatter.means[predictors], |rest, one| {
			slope(one).mul_add(-scatter.means[one], rest)
		});
		let leverage = 1.0 / scatter.n + means.dot(&(&inverse * &means));
		let count = real(predictors as u64);
		let f = explained / count / ((1.0 - explained) / freedom);
		Ok(LinearModel {
			intercept: coefficient(intercept, residual * leverage),
			coefficients,
			explained,
			adjusted: 1.0 - (1.0 - explained) * (scatter.n - 1.0) / freedom,
			residual_deviation: residual.sqrt(),
			f,
			f_p: if f.is_finite() { fisher_upper(f, count, freedom) } else { 0.0 },
			freedom,
		})
	}
}

/// Decomposes a correlation matrix, or names the first variable that those before it determine.
fn decompose(
	among: &DMatrix<f64>,
	scatter: &Scatter,
) -> Result<Cholesky<f64, nalgebra::Dyn>, NotEstimable> {
	for variable in 0..among.nrows() {
		scatter.ensure_varies(variable)?;
		let leading = among.view((0, 0), (variable + 1, variable + 1)).into_owned();
		let left = Cholesky::new(leading).map(|cholesky| {
			let corner = cholesky.l()[(variable, variable)];
			corner * corner
		});
		if left.is_none_or(|left| left < TOLERANCE) {
			return Err(NotEstimable::Singular { variable });
		}
	}
	Cholesky::new(among.clone()).ok_or(NotEstimable::Singular { variable: 0 })
}

/// Means, and sums of squares and products about them.
struct Scatter {
	n: f64,
	means: Vec<f64>,
	/// In steps, times n: exact until it was rounded once.
	products: Vec<Vec<f64>>,
	steps: Vec<f64>,
}

impl Scatter {
	fn new(variables: &[Quantiser], sums: &[u64]) -> Result<Self, NotEstimable> {
		let count = variables.len();
		let n = sums[0];
		let totals = &sums[1..=count];
		let mut raw = sums[count + 1..].iter();
		let mut products = vec![vec![0.0; count]; count];
		for one in 0..count {
			for other in one..count {
				let product = raw.next().ok_or(NotEstimable::Contradiction)?;
				let whole = i128::from;
				let centred =
					whole(n) * whole(*product) - whole(totals[one]) * whole(totals[other]);
				if one == other && centred < 0 {
					return Err(NotEstimable::Contradiction);
				}
				products[one][other] = real_of_whole(centred);
				products[other][one] = real_of_whole(centred);
			}
		}
		let mean = |(variable, total): (&Quantiser, &u64)| variable.value(real(*total) / real(n));
		Ok(Self {
			n: real(n),
			means: variables.iter().zip(totals).map(mean).collect(),
			products,
			steps: variables.iter().map(Quantiser::step).collect(),
		})
	}

	fn ensure_varies(&self, variable: usize) -> Result<(), NotEstimable> {
		let squares = self.products.get(variable).map_or(0.0, |row| row[variable]);
		if squares > 0.0 {
			Ok(())
		} else {
			Err(NotEstimable::Singular { variable })
		}
	}

	fn correlation(&self, one: usize, other: usize) -> f64 {
		let scale = self.products[one][one].sqrt() * self.products[other][other].sqrt();
		self.products[one][other] / scale
	}

	/// The sum of squares about the mean, in the measurement's unit.
	fn squares(&self, variable: usize) -> f64 {
		self.products[variable][variable] / self.n * self.steps[variable] * self.steps[variable]
	}
}

/// Pearson's correlation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correlation {
	/// r.
	pub estimate: f64,
	/// Its interval, by Fisher's z.
	pub interval: Interval,
	/// The two-sided p-value, by Student's t.
	pub p: f64,
}

/// One coefficient of a linear model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficient {
	/// The estimate.
	pub estimate: f64,
	/// Its standard error.
	pub error: f64,
	/// Its interval, by Student's t.
	pub interval: Interval,
	/// t.
	pub t: f64,
	/// The two-sided p-value.
	pub p: f64,
}

/// A linear model.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearModel {
	/// The value where all predictors are zero.
	pub intercept: Coefficient,
	/// A slope for each predictor.
	pub coefficients: Vec<Coefficient>,
	/// R².
	pub explained: f64,
	/// R², adjusted for the number of predictors.
	pub adjusted: f64,
	/// The standard deviation of the residuals.
	pub residual_deviation: f64,
	/// F of the whole model.
	pub f: f64,
	/// Its p-value.
	pub f_p: f64,
	/// The degrees of freedom of the residuals.
	pub freedom: f64,
}
