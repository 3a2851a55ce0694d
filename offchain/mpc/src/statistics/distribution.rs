// SPDX-License-Identifier: Apache-2.0
//! Tails and quantiles, from `statrs`. Tails are computed as such, so that small ones keep their digits.

use statrs::{
	distribution::{ContinuousCDF, Normal, StudentsT},
	function::{beta::beta_reg, gamma::gamma_ur},
};

/// The two-sided p-value of Student's t.
pub(super) fn student_two_sided(t: f64, freedom: f64) -> f64 {
	beta_reg(freedom / 2.0, 0.5, freedom / t.mul_add(t, freedom))
}

/// The upper tail of Fisher's F.
pub(super) fn fisher_upper(f: f64, between: f64, within: f64) -> f64 {
	beta_reg(within / 2.0, between / 2.0, within / between.mul_add(f, within))
}

/// The upper tail of χ².
pub(super) fn chi_square_upper(statistic: f64, freedom: f64) -> f64 {
	if statistic <= 0.0 {
		1.0
	} else {
		gamma_ur(freedom / 2.0, statistic / 2.0)
	}
}

/// The quantile of the standard normal distribution.
pub(super) fn normal_quantile(below: f64) -> f64 {
	Normal::standard().inverse_cdf(below)
}

/// The quantile of Student's t.
pub(super) fn student_quantile(below: f64, freedom: f64) -> f64 {
	StudentsT::new(0.0, 1.0, freedom).map_or(f64::NAN, |student| student.inverse_cdf(below))
}

#[cfg(test)]
mod tests {
	use super::*;

	/// scipy 1.17: `2*t.sf`, `f.sf`, `chi2.sf`, `norm.ppf`, `t.ppf`.
	#[test]
	fn tails_and_quantiles_are_the_known_ones() {
		let close =
			|value: f64, known: f64| assert!((value / known - 1.0).abs() < 1e-9, "{value} {known}");
		close(student_two_sided(2.5, 7.3), GOLDEN[0]);
		close(student_two_sided(-12.0, 40.0), GOLDEN[1]);
		close(fisher_upper(4.2, 2.0, 30.0), GOLDEN[2]);
		close(chi_square_upper(30.0, 4.0), GOLDEN[3]);
		close(normal_quantile(0.975), GOLDEN[4]);
		close(student_quantile(0.975, 3.0), GOLDEN[5]);
		close(student_quantile(0.975, 57.25), GOLDEN[6]);
		assert_eq!(chi_square_upper(0.0, 3.0), 1.0);
	}

	const GOLDEN: [f64; 7] = [
		0.03965023466560043,
		7.82417130425598e-15,
		0.024651903288156606,
		4.894437128029217e-06,
		1.959963984540054,
		3.1824463052837078,
		2.002275964601987,
	];
}
