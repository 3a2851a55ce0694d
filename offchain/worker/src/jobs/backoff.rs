// SPDX-License-Identifier: Apache-2.0
//! When to try again.

use std::time::Duration;

use rand::{Rng, RngExt};

/// How often a job is tried, and how long it waits in between.
///
/// The wait doubles with each attempt up to a bound; a random part of it, at most half, is cut
/// off, so that jobs that failed together do not come back together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
	/// Attempts, including the first and those that ended with the process, before the job becomes
	/// a dead letter. At least one is made.
	pub max_attempts: u32,
	/// The longest wait after the first attempt.
	pub base: Duration,
	/// The longest wait after any attempt.
	pub max: Duration,
}

impl RetryPolicy {
	/// No second attempt.
	pub const NEVER: Self =
		Self { max_attempts: 1, base: Duration::from_secs(1), max: Duration::from_secs(1) };

	/// The wait after `attempt`, which counts from 1.
	pub fn delay(&self, attempt: u32, rng: &mut impl Rng) -> Duration {
		let ceiling = self.ceiling(attempt);
		let millis = u64::try_from(ceiling.as_millis()).unwrap_or(u64::MAX);
		Duration::from_millis(rng.random_range(millis / 2..=millis))
	}

	/// The longest wait after `attempt`.
	pub fn ceiling(&self, attempt: u32) -> Duration {
		let factor = 1u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
		self.base.saturating_mul(factor).min(self.max)
	}

	/// Whether no attempt is left after `attempts`.
	pub fn is_exhausted(&self, attempts: u32) -> bool {
		attempts >= self.max_attempts.max(1)
	}
}

impl Default for RetryPolicy {
	/// Eight attempts, from one second up to ten minutes apart.
	fn default() -> Self {
		Self { max_attempts: 8, base: Duration::from_secs(1), max: Duration::from_secs(600) }
	}
}

#[cfg(test)]
mod tests {
	use proptest::prelude::*;
	use rand::{rngs::StdRng, SeedableRng};

	use super::*;

	proptest! {
		#[test]
		fn delay_stays_within_its_bounds(
			base in 0u64..10_000_000,
			max in 0u64..10_000_000_000,
			attempt in 0u32..=u32::MAX,
			seed: u64,
		) {
			let policy = RetryPolicy {
				max_attempts: 3,
				base: Duration::from_millis(base),
				max: Duration::from_millis(max),
			};
			let delay = policy.delay(attempt, &mut StdRng::seed_from_u64(seed));
			let ceiling = policy.ceiling(attempt);
			prop_assert!(ceiling <= policy.max);
			prop_assert!(delay <= ceiling);
			prop_assert!(delay >= Duration::from_millis(base.min(max) / 2));
		}

		#[test]
		fn ceiling_never_falls_and_doubles_below_the_bound(attempt in 1u32..200) {
			let policy = RetryPolicy::default();
			let (this, next) = (policy.ceiling(attempt), policy.ceiling(attempt + 1));
			prop_assert_eq!(next, (this * 2).min(policy.max));
		}
	}

	#[test]
	fn at_least_one_attempt_is_made() {
		let policy = RetryPolicy { max_attempts: 0, ..RetryPolicy::default() };
		assert!(!policy.is_exhausted(0));
		assert!(policy.is_exhausted(1));
		assert!(RetryPolicy::NEVER.is_exhausted(1));
		assert!(!RetryPolicy::default().is_exhausted(7));
	}
}
