// SPDX-License-Identifier: Apache-2.0
//! Zero-concentrated differential privacy (Bun and Steinke 2016) in whole numbers: what a noisy answer
//! costs, what answers cost together, and what that means as (ε, δ). Every rounding is to the side on
//! which less privacy is promised than there is.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// One, in the units of [`Rho`] and [`Epsilon`]: a thousand millionths.
pub const UNIT: u64 = 1_000_000_000;

/// ρ of zero-concentrated differential privacy, in billionths. The greatest value stands for no privacy.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(transparent)]
pub struct Rho(pub u64);

/// ε of differential privacy, in billionths. The greatest value stands for no privacy.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(transparent)]
pub struct Epsilon(pub u64);

/// δ of differential privacy, as one in so many: a million is δ = 10⁻⁶. One and zero both stand for δ = 1,
/// which promises nothing.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(transparent)]
pub struct DeltaOneIn(pub u64);

/// The natural logarithm of two in units of 10⁻¹⁸, rounded up.
const LN_2: u128 = 693_147_180_559_945_310;
/// How many bits behind the point a logarithm to the base two is computed to.
const LOG_BITS: u32 = 36;

impl DeltaOneIn {
	/// ln(1/δ) in billionths, rounded up.
	fn ln(self) -> u128 {
		let Some(whole) = self.0.checked_ilog2() else { return 0 };
		if self.0.is_power_of_two() {
			return ln_of_log2(u128::from(whole) << LOG_BITS);
		}
		// From 1 up to 2, with 63 bits behind the point.
		let mut mantissa = u128::from(self.0 << self.0.leading_zeros());
		let mut log = u128::from(whole);
		for _ in 0..LOG_BITS {
			mantissa = mantissa.saturating_mul(mantissa) >> 63;
			let bit = mantissa >> 64;
			mantissa >>= bit;
			log = (log << 1) | bit;
		}
		// Two more than enough for the bits that were cut off.
		ln_of_log2(log.saturating_add(2))
	}
}

fn ln_of_log2(log: u128) -> u128 {
	// At most 2^43 by 2^60.
	let product = log.saturating_mul(LN_2);
	product.div_ceil(u128::from(UNIT) << LOG_BITS)
}

fn ceil_sqrt(number: u128) -> u128 {
	let root = number.isqrt();
	root.saturating_add(u128::from(root.saturating_mul(root) < number))
}

/// What is too great stands for no privacy.
fn saturate(number: u128) -> u64 {
	u64::try_from(number).unwrap_or(u64::MAX)
}

impl Rho {
	/// Nothing is spent.
	pub const ZERO: Self = Self(0);

	/// The cost of a discrete Gaussian: sensitivity² / (2 variance), rounded up (Canonne, Kamath and Steinke
	/// 2020, theorem 4; for several values theorem 14 asks for independent noise on each). The sensitivity is
	/// that of the Euclidean norm, its square a whole number. `None` if the variance is no positive
	/// fraction.
	pub fn of_gaussian(
		sensitivity_squared: u64,
		variance_numerator: u64,
		variance_denominator: u64,
	) -> Option<Self> {
		if variance_numerator == 0 || variance_denominator == 0 {
			return None;
		}
		let variance = u128::from(variance_numerator).saturating_mul(2);
		let squared = u128::from(sensitivity_squared).saturating_mul(variance_denominator.into());
		// The whole part and the rest, so that the product with the unit fits.
		let whole = squared.checked_div(variance)?.saturating_mul(UNIT.into());
		let rest = squared.checked_rem(variance)?.saturating_mul(UNIT.into()).div_ceil(variance);
		Some(Self(saturate(whole.saturating_add(rest))))
	}

	/// The cost of an ε-differentially private answer, as of a discrete Laplace: ε²/2, rounded up (Bun and
	/// Steinke 2016, proposition 1.4).
	pub fn of_pure(epsilon: Epsilon) -> Self {
		let squared = u128::from(epsilon.0).saturating_mul(epsilon.0.into());
		Self(saturate(squared.div_ceil(u128::from(UNIT).saturating_mul(2))))
	}

	/// What two answers cost together (Bun and Steinke 2016, lemma 1.7). A sum that is too great stands for
	/// no privacy.
	pub const fn compose(self, other: Self) -> Self {
		Self(self.0.saturating_add(other.0))
	}

	/// The ε that holds with δ: ρ + 2√(ρ ln(1/δ)), rounded up (Bun and Steinke 2016, proposition 1.3).
	pub fn epsilon(self, delta: DeltaOneIn) -> Epsilon {
		let rho = u128::from(self.0);
		let root = ceil_sqrt(rho.saturating_mul(delta.ln()).saturating_mul(4));
		Epsilon(saturate(rho.saturating_add(root)))
	}

	/// The budget: the greatest ρ whose ε, by the same formula, is at most this, rounded down:
	/// (√(L + ε) − √L)² with L = ln(1/δ).
	pub fn budget(epsilon: Epsilon, delta: DeltaOneIn) -> Self {
		let (epsilon, log) = (u128::from(epsilon.0), delta.ln());
		// The same as ε² / (√(L + ε) + √L)², where nothing cancels out.
		let root = ceil_sqrt(log.saturating_mul(log.saturating_add(epsilon)).saturating_mul(4));
		let divisor = log.saturating_mul(2).saturating_add(epsilon).saturating_add(root);
		let budget = epsilon.saturating_mul(epsilon).checked_div(divisor);
		Self(budget.map_or(0, saturate))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn units(number: u64) -> f64 {
		number as f64 / UNIT as f64
	}

	#[test]
	fn a_gaussian_costs_what_the_theorem_says() {
		assert_eq!(Rho::of_gaussian(1, 1, 2), Some(Rho(UNIT)));
		assert_eq!(Rho::of_gaussian(1, 50, 1), Some(Rho(UNIT / 100)));
		// 1/6, rounded up.
		assert_eq!(Rho::of_gaussian(1, 3, 1), Some(Rho(166_666_667)));
		assert_eq!(Rho::of_gaussian(0, 3, 1), Some(Rho::ZERO));
		assert_eq!(Rho::of_gaussian(1, 0, 1), None);
		assert_eq!(Rho::of_gaussian(1, 1, 0), None);
		assert_eq!(Rho::of_gaussian(u64::MAX, 1, u64::MAX), Some(Rho(u64::MAX)));
		assert_eq!(Rho::of_gaussian(u64::MAX, u64::MAX, 2), Some(Rho(UNIT)));
	}

	#[test]
	fn pure_privacy_costs_half_its_square() {
		assert_eq!(Rho::of_pure(Epsilon(UNIT)), Rho(UNIT / 2));
		assert_eq!(Rho::of_pure(Epsilon(1)), Rho(1));
		assert_eq!(Rho::of_pure(Epsilon(u64::MAX)), Rho(u64::MAX));
	}

	#[test]
	fn known_values_are_met_to_the_last_places() {
		// ρ = 0.1, δ = 10⁻⁶: 0.1 + 2 √(0.1 · 13.815510558).
		let epsilon = Rho(UNIT / 10).epsilon(DeltaOneIn(1_000_000));
		assert!((2_450_788_001..=2_450_788_003).contains(&epsilon.0), "{epsilon:?}");
		assert_eq!(Rho::ZERO.epsilon(DeltaOneIn(1_000_000)), Epsilon(0));
		assert_eq!(Rho::budget(Epsilon(0), DeltaOneIn(1_000_000)), Rho::ZERO);
		assert_eq!(Rho::budget(Epsilon(0), DeltaOneIn(1)), Rho::ZERO);
		assert_eq!(Rho(u64::MAX).epsilon(DeltaOneIn(2)), Epsilon(u64::MAX));
		assert_eq!(Rho(5).compose(Rho(u64::MAX)), Rho(u64::MAX));
	}

	proptest! {
		#[test]
		fn logarithms_are_rounded_up_and_close(one_in in 1_u64..) {
			let exact = (one_in as f64).ln() * UNIT as f64;
			let found = DeltaOneIn(one_in).ln() as f64;
			prop_assert!(found >= exact - 1e-4 && found <= exact + 3.0, "{found} {exact}");
		}

		#[test]
		fn epsilon_is_rounded_up_and_close(rho in 0_u64..100 * UNIT, one_in in 1_u64..) {
			let exact = units(rho) + 2.0 * (units(rho) * (one_in as f64).ln()).sqrt();
			let found = units(Rho(rho).epsilon(DeltaOneIn(one_in)).0);
			prop_assert!(found >= exact - 1e-12 * exact.max(1.0), "{found} {exact}");
			prop_assert!(found <= exact + 1e-4, "{found} {exact}");
		}

		/// What a budget allows never promises less privacy than was asked for.
		#[test]
		fn a_budget_keeps_its_epsilon(epsilon in 0_u64..1_000 * UNIT, one_in in 1_u64..) {
			let delta = DeltaOneIn(one_in);
			let budget = Rho::budget(Epsilon(epsilon), delta);
			let log = (one_in as f64).ln();
			let exact = ((log + units(epsilon)).sqrt() - log.sqrt()).powi(2);
			prop_assert!(units(budget.0) <= exact + 1e-12 * exact.max(1.0), "{budget:?} {exact}");
			prop_assert!(units(budget.0) >= exact - 1e-6 * exact.max(1.0), "{budget:?} {exact}");
			let spent = units(budget.0) + 2.0 * (units(budget.0) * log).sqrt();
			prop_assert!(spent <= units(epsilon) * (1.0 + 1e-12) + 1e-12, "{spent}");
		}

		#[test]
		fn everything_is_monotone(a: u64, b: u64, one_in: u64, more: u64, variance in 1_u64..) {
			let (low, high) = (a.min(b), a.max(b));
			let (loose, strict) = (DeltaOneIn(one_in.min(more)), DeltaOneIn(one_in.max(more)));
			prop_assert!(Rho(low).epsilon(loose) <= Rho(high).epsilon(loose));
			prop_assert!(Rho(low).epsilon(loose) <= Rho(low).epsilon(strict));
			prop_assert!(Rho::budget(Epsilon(low), loose) <= Rho::budget(Epsilon(high), loose));
			prop_assert!(Rho::budget(Epsilon(low), loose) >= Rho::budget(Epsilon(low), strict));
			prop_assert!(Rho::of_gaussian(low, variance, 1) <= Rho::of_gaussian(high, variance, 1));
			let of = |numerator: u64| Rho::of_gaussian(low, numerator.max(1), 1);
			prop_assert!(of(one_in.min(more)) >= of(one_in.max(more)));
			prop_assert!(Rho(low).compose(Rho(high)) >= Rho(high));
			prop_assert_eq!(Rho(low).compose(Rho(high)), Rho(high).compose(Rho(low)));
		}
	}
}
