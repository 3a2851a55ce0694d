// SPDX-License-Identifier: Apache-2.0
//! Noise for differential privacy: the discrete Laplace and the discrete Gaussian distribution, drawn
//! exactly with integers (Canonne, Kamath and Steinke 2020, The Discrete Gaussian for Differential
//! Privacy, algorithms 1 to 3). Floating-point numbers would tell the true value by their gaps (Mironov
//! 2012).

use super::DisclosureError;
use rand::CryptoRng;

/// The greatest numerator and denominator of a scale or variance, so that nothing overflows.
const MAX_PART: u64 = 1 << 40;
/// Beyond so many scales no draw is ever seen: the chance is below e^-1000000.
const MAX_SCALES: u64 = 1 << 20;

/// A positive rational number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
	numerator: u64,
	denominator: u64,
}

impl Ratio {
	/// `numerator / denominator`, each from 1 to 2^40.
	///
	/// # Errors
	/// If one is out of range.
	pub fn new(numerator: u64, denominator: u64) -> Result<Self, DisclosureError> {
		let parts = 1..=MAX_PART;
		if parts.contains(&numerator) && parts.contains(&denominator) {
			return Ok(Self { numerator, denominator });
		}
		let reason = "numerator and denominator must be from 1 to 2^40";
		Err(DisclosureError::ParameterInvalid { parameter: "ratio", reason })
	}
}

const fn overflow() -> DisclosureError {
	DisclosureError::Overflow { what: "a draw of noise" }
}

/// A number below `limit`, all equally likely.
fn below(limit: u128, random: &mut impl CryptoRng) -> u128 {
	let bits = u128::BITS - limit.saturating_sub(1).leading_zeros();
	loop {
		let mut draw = u128::from(random.next_u64());
		if bits > u64::BITS {
			draw |= u128::from(random.next_u64()) << u64::BITS;
		}
		if bits < u128::BITS {
			draw &= (1 << bits) - 1;
		}
		if draw < limit {
			return draw;
		}
	}
}

/// True with a chance of `exp(-numerator / denominator)`, where that is at most one.
fn bernoulli_exp_small(
	numerator: u128,
	denominator: u128,
	random: &mut impl CryptoRng,
) -> Result<bool, DisclosureError> {
	let mut rounds: u128 = 1;
	loop {
		let limit = denominator.checked_mul(rounds).ok_or_else(overflow)?;
		if below(limit, random) >= numerator {
			return Ok(!rounds.is_multiple_of(2));
		}
		rounds += 1;
	}
}

/// True with a chance of `exp(-numerator / denominator)`.
fn bernoulli_exp(
	numerator: u128,
	denominator: u128,
	random: &mut impl CryptoRng,
) -> Result<bool, DisclosureError> {
	let mut left = numerator;
	while left > denominator {
		if !bernoulli_exp_small(1, 1, random)? {
			return Ok(false);
		}
		left -= denominator;
	}
	bernoulli_exp_small(left, denominator, random)
}

/// Draws from the discrete Laplace distribution: the chance of `x` goes with `exp(-|x| / scale)`. A
/// statistic of sensitivity Δ with the scale Δ/ε is ε-differentially private.
///
/// # Errors
/// Only if a draw is so great that it is never seen.
pub fn discrete_laplace(scale: Ratio, random: &mut impl CryptoRng) -> Result<i64, DisclosureError> {
	let (t, s) = (u128::from(scale.numerator), u128::from(scale.denominator));
	loop {
		let rest = below(t, random);
		if !bernoulli_exp_small(rest, t, random)? {
			continue;
		}
		let mut scales: u64 = 0;
		while bernoulli_exp_small(1, 1, random)? {
			scales += 1;
			if scales > MAX_SCALES {
				return Err(overflow());
			}
		}
		let size = (rest + t * u128::from(scales)) / s;
		let is_negative = below(2, random) == 1;
		// Otherwise zero would be drawn twice as often.
		if is_negative && size == 0 {
			continue;
		}
		let size = i64::try_from(size).map_err(|_| overflow())?;
		return Ok(if is_negative { -size } else { size });
	}
}

/// Draws from the discrete Gaussian distribution: the chance of `x` goes with `exp(-x² / (2 variance))`.
/// What it costs is in `salus_primitives::privacy`.
///
/// # Errors
/// Only if a draw is so great that it is never seen.
pub fn discrete_gaussian(
	variance: Ratio,
	random: &mut impl CryptoRng,
) -> Result<i64, DisclosureError> {
	let (n, d) = (u128::from(variance.numerator), u128::from(variance.denominator));
	let t = (variance.numerator / variance.denominator).isqrt() + 1;
	// At most 2^20 + 1.
	let scale = Ratio { numerator: t, denominator: 1 };
	let t = u128::from(t);
	loop {
		let draw = discrete_laplace(scale, random)?;
		let size = u128::from(draw.unsigned_abs());
		// (|x| - n/(d t))² / (2 n/d) over one denominator.
		let apart = size
			.checked_mul(d)
			.and_then(|size| size.checked_mul(t))
			.ok_or_else(overflow)?
			.abs_diff(n);
		let numerator = apart.checked_mul(apart).ok_or_else(overflow)?;
		let denominator = (2 * n * d).checked_mul(t * t).ok_or_else(overflow)?;
		if bernoulli_exp(numerator, denominator, random)? {
			return Ok(draw);
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use rand::{rngs::StdRng, SeedableRng};

	const DRAWS: usize = 200_000;

	fn ratio(numerator: u64, denominator: u64) -> Ratio {
		Ratio::new(numerator, denominator).expect("a ratio")
	}

	/// Compares draws with a distribution that is given up to a factor. Each bound is six standard errors.
	fn compare(draws: &[i64], chance: impl Fn(f64) -> f64) {
		let range = -2_000..=2_000_i64;
		let total: f64 = range.clone().map(|x| chance(x as f64)).sum();
		let moment = |power: i32| {
			range.clone().map(|x| (x as f64).powi(power) * chance(x as f64)).sum::<f64>() / total
		};
		let (variance, fourth, count) = (moment(2), moment(4), draws.len() as f64);
		let mean = draws.iter().sum::<i64>() as f64 / count;
		assert!(mean.abs() < 6.0 * (variance / count).sqrt(), "mean {mean}");
		let found = draws.iter().map(|x| (x * x) as f64).sum::<f64>() / count;
		let error = ((fourth - variance * variance) / count).sqrt();
		assert!((found - variance).abs() < 6.0 * error, "variance {found} and not {variance}");
		let asymmetry = draws.iter().map(|x| x.signum()).sum::<i64>() as f64;
		assert!(asymmetry.abs() < 6.0 * count.sqrt(), "asymmetry {asymmetry}");
		for value in -3..=3_i64 {
			let share = chance(value as f64) / total;
			let found = draws.iter().filter(|x| **x == value).count() as f64 / count;
			let error = (share * (1.0 - share) / count).sqrt();
			assert!((found - share).abs() < 6.0 * error + 1e-9, "{value}: {found} and not {share}");
		}
	}

	#[test]
	fn laplace_draws_have_their_distribution() {
		let mut random = StdRng::seed_from_u64(1);
		for (numerator, denominator) in [(1, 3), (1, 1), (7, 2), (40, 1)] {
			let scale = ratio(numerator, denominator);
			let draw = |_| discrete_laplace(scale, &mut random).expect("a draw");
			let draws: Vec<_> = (0..DRAWS).map(draw).collect();
			let scale = numerator as f64 / denominator as f64;
			compare(&draws, |x| (-x.abs() / scale).exp());
		}
	}

	#[test]
	fn gaussian_draws_have_their_distribution() {
		let mut random = StdRng::seed_from_u64(2);
		for (numerator, denominator) in [(1, 4), (1, 1), (9, 2), (10_000, 7)] {
			let variance = ratio(numerator, denominator);
			let draw = |_| discrete_gaussian(variance, &mut random).expect("a draw");
			let draws: Vec<_> = (0..DRAWS).map(draw).collect();
			let variance = numerator as f64 / denominator as f64;
			compare(&draws, |x| (-x * x / (2.0 * variance)).exp());
		}
	}

	#[test]
	fn a_large_number_is_below_its_limit_and_spread() {
		let mut random = StdRng::seed_from_u64(3);
		for limit in [1, 2, 3, 1 << 64, (1 << 64) + 1, u128::MAX] {
			let draws: Vec<u128> = (0..1_000).map(|_| below(limit, &mut random)).collect();
			assert!(draws.iter().all(|draw| *draw < limit));
			let high = draws.iter().filter(|draw| **draw >= limit / 2 + limit % 2).count();
			assert!(limit == 1 || (250..750).contains(&high), "{limit}: {high}");
		}
	}

	#[test]
	fn the_greatest_parameters_do_not_overflow() {
		let mut random = StdRng::seed_from_u64(4);
		for (numerator, denominator) in [(MAX_PART, 1), (1, MAX_PART), (MAX_PART, MAX_PART)] {
			for _ in 0..200 {
				discrete_laplace(ratio(numerator, denominator), &mut random).expect("a draw");
				discrete_gaussian(ratio(numerator, denominator), &mut random).expect("a draw");
			}
		}
	}

	#[test]
	fn parameters_out_of_range_are_refused() {
		for (numerator, denominator) in [(0, 1), (1, 0), (MAX_PART + 1, 1), (1, MAX_PART + 1)] {
			assert!(matches!(
				Ratio::new(numerator, denominator),
				Err(DisclosureError::ParameterInvalid { parameter: "ratio", .. })
			));
		}
	}
}
