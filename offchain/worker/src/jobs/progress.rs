// SPDX-License-Identifier: Apache-2.0
//! How far a job is.

use std::borrow::Cow;

use serde::Serialize;

/// How far a job is, in the unit of its present phase.
///
/// Phase and unit are fixed words of the code, so that no content gets into a progress bar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
	phase: Cow<'static, str>,
	done: u64,
	total: Option<u64>,
	unit: Cow<'static, str>,
}

impl Progress {
	/// `done` of `total` (when known) `unit`s of `phase`.
	pub const fn new(
		phase: &'static str,
		done: u64,
		total: Option<u64>,
		unit: &'static str,
	) -> Self {
		Self { phase: Cow::Borrowed(phase), done, total, unit: Cow::Borrowed(unit) }
	}

	/// What is in a row.
	pub(super) fn stored(phase: String, done: u64, total: Option<u64>, unit: String) -> Self {
		Self { phase: Cow::Owned(phase), done, total, unit: Cow::Owned(unit) }
	}

	/// What the job is doing.
	pub fn phase(&self) -> &str {
		&self.phase
	}

	/// Units done.
	pub fn done(&self) -> u64 {
		self.done
	}

	/// Units there are, when known.
	pub fn total(&self) -> Option<u64> {
		self.total
	}

	/// What is counted.
	pub fn unit(&self) -> &str {
		&self.unit
	}

	/// Whether the phase is complete.
	pub fn is_complete(&self) -> bool {
		self.total.is_some_and(|total| self.done >= total)
	}
}
