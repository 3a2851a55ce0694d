// SPDX-License-Identifier: Apache-2.0
//! How long to pause between attempts.

use backon::{BackoffBuilder, ExponentialBuilder};
use std::time::Duration;

/// Growing pauses with jitter, so that many clients of one node do not come back at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
	/// The first pause, before jitter.
	pub(crate) first: Duration,
	/// The longest pause, before jitter.
	pub(crate) longest: Duration,
}

impl Default for Pace {
	fn default() -> Self {
		Self { first: Duration::from_millis(250), longest: Duration::from_secs(20) }
	}
}

impl Pace {
	/// Pauses without end.
	pub(crate) fn pauses(self) -> impl Iterator<Item = Duration> {
		ExponentialBuilder::new()
			.with_min_delay(self.first)
			.with_max_delay(self.longest)
			.with_jitter()
			.without_max_times()
			.build()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn pauses_grow_to_a_limit_and_never_end() {
		let pace = Pace::default();
		let pauses: Vec<_> = pace.pauses().take(2_000).collect();
		assert_eq!(pauses.len(), 2_000);
		assert!(pauses[0] >= pace.first && pauses[0] <= 2 * pace.first);
		assert!(pauses[100..].iter().all(|pause| *pause >= pace.longest));
		assert!(pauses.iter().all(|pause| *pause <= 2 * pace.longest));
	}
}
