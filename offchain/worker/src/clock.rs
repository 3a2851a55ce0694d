// SPDX-License-Identifier: Apache-2.0
//! Time, injected: the real clock, and one that tests move by hand.

use std::{fmt, future::Future, pin::Pin, time::Duration};

use jiff::Timestamp;
use tokio::sync::watch;

/// The future of [`Clock::sleep_until`].
pub type Sleep<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Where all logic of this crate takes the time from.
///
/// Sleeping names an instant, not a duration: whoever computed the instant before the clock moved
/// cannot oversleep.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
	/// The present instant.
	fn now(&self) -> Timestamp;

	/// Completes when [`now`](Self::now) has reached `at`.
	fn sleep_until(&self, at: Timestamp) -> Sleep<'_>;
}

/// The clock of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl SystemClock {
	/// The longest single sleep: afterwards the wall clock, which may have been set, is read again.
	const STRIDE: Duration = Duration::from_secs(30);
}

impl Clock for SystemClock {
	fn now(&self) -> Timestamp {
		Timestamp::now()
	}

	fn sleep_until(&self, at: Timestamp) -> Sleep<'_> {
		Box::pin(async move {
			while let Some(rest) = until(self.now(), at) {
				tokio::time::sleep(rest.min(Self::STRIDE)).await;
			}
		})
	}
}

/// A clock that stands still until it is moved. Clones show the same time.
#[derive(Clone)]
pub struct ManualClock(watch::Sender<Timestamp>);

impl ManualClock {
	/// A clock that shows `start`.
	pub fn new(start: Timestamp) -> Self {
		Self(watch::Sender::new(start))
	}

	/// Moves the clock forward and wakes whoever sleeps until then.
	pub fn advance(&self, by: Duration) {
		self.0.send_modify(|now| *now = after(*now, by));
	}
}

impl Default for ManualClock {
	/// A clock that shows the Unix epoch.
	fn default() -> Self {
		Self::new(Timestamp::UNIX_EPOCH)
	}
}

impl fmt::Debug for ManualClock {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_tuple("ManualClock").field(&self.now()).finish()
	}
}

impl Clock for ManualClock {
	fn now(&self) -> Timestamp {
		*self.0.borrow()
	}

	fn sleep_until(&self, at: Timestamp) -> Sleep<'_> {
		let mut now = self.0.subscribe();
		Box::pin(async move {
			// The sender lives as long as `self`.
			let _ = now.wait_for(|now| *now >= at).await;
		})
	}
}

/// `by` later than `at`, or the end of time.
pub(crate) fn after(at: Timestamp, by: Duration) -> Timestamp {
	at.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// How long it is until `at`; `None` when it has come.
fn until(now: Timestamp, at: Timestamp) -> Option<Duration> {
	Duration::try_from(at.duration_since(now)).ok().filter(|rest| !rest.is_zero())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[tokio::test]
	async fn manual_sleep_ends_when_the_clock_is_moved() {
		let clock = ManualClock::default();
		let at = after(clock.now(), Duration::from_secs(10));
		let mut sleep = tokio_util::task::AbortOnDropHandle::new(tokio::spawn({
			let clock = clock.clone();
			async move { clock.sleep_until(at).await }
		}));
		clock.advance(Duration::from_secs(9));
		tokio::task::yield_now().await;
		assert!(!sleep.is_finished());
		clock.advance(Duration::from_secs(1));
		(&mut sleep).await.unwrap();
		// An instant already past needs no move.
		clock.sleep_until(at).await;
	}

	#[test]
	fn the_rest_of_a_sleep_is_never_negative() {
		let at = Timestamp::UNIX_EPOCH;
		let later = after(at, Duration::from_millis(5));
		assert_eq!(until(at, later), Some(Duration::from_millis(5)));
		assert_eq!(until(at, at), None);
		assert_eq!(until(later, at), None);
		assert_eq!(after(Timestamp::MAX, Duration::from_secs(1)), Timestamp::MAX);
	}
}
