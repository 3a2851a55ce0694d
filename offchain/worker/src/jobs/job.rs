// SPDX-License-Identifier: Apache-2.0
//! A job as it stands in the queue.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{data::JobData, JobKind, Progress, Saved};
use crate::{Error, Result};

/// The number of a job, unique within its database and never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(i64);

impl JobId {
	/// The job with this number, if there is one.
	pub const fn from_raw(raw: i64) -> Self {
		Self(raw)
	}

	/// The number.
	pub const fn into_raw(self) -> i64 {
		self.0
	}
}

impl fmt::Display for JobId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		self.0.fmt(f)
	}
}

/// What makes two requests for a job of one kind the same request.
///
/// # Security
/// Derive it from ids and hashes, not from content: it is stored in the clear.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
	/// The longest key, in bytes.
	pub const MAX_BYTES: usize = 200;

	/// Checks and takes a key: 1 to [`MAX_BYTES`](Self::MAX_BYTES) printable ASCII characters
	/// without spaces.
	///
	/// # Errors
	/// [`Error::InvalidKey`].
	pub fn new(key: impl Into<String>) -> Result<Self> {
		let key = key.into();
		let valid = (1..=Self::MAX_BYTES).contains(&key.len())
			&& key.bytes().all(|byte| byte.is_ascii_graphic());
		valid.then_some(Self(key)).ok_or(Error::InvalidKey)
	}

	/// The key as text.
	pub fn as_str(&self) -> &str {
		&self.0
	}
}

impl FromStr for IdempotencyKey {
	type Err = Error;

	fn from_str(key: &str) -> Result<Self> {
		Self::new(key)
	}
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
	/// Ready to be run.
	Queued,
	/// Leased by a worker.
	Running,
	/// Failed, and to be tried again later.
	Waiting,
	/// Finished with a result.
	Done,
	/// Failed for good: a dead letter.
	Failed,
}

impl JobState {
	/// All states.
	pub const ALL: [Self; 5] =
		[Self::Queued, Self::Running, Self::Waiting, Self::Done, Self::Failed];

	/// The name in the database and in JSON.
	pub const fn name(self) -> &'static str {
		match self {
			Self::Queued => "queued",
			Self::Running => "running",
			Self::Waiting => "waiting",
			Self::Done => "done",
			Self::Failed => "failed",
		}
	}

	/// Whether nothing more happens to the job by itself.
	pub const fn is_final(self) -> bool {
		matches!(self, Self::Done | Self::Failed)
	}

	/// The state with this name.
	pub(super) fn from_name(name: &str) -> Option<Self> {
		Self::ALL.into_iter().find(|state| state.name() == name)
	}
}

impl fmt::Display for JobState {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(self.name())
	}
}

/// Who holds a job, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseInfo {
	/// The worker's name for itself.
	pub owner: String,
	/// When others may take the job over.
	pub expires_at: Timestamp,
}

/// Why the last failed attempt failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
	/// The stable code.
	pub code: String,
	/// The message, free of content.
	pub message: String,
}

/// A job as it stood when it was read.
///
/// `Debug` shows no content.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Job {
	/// Its number.
	pub id: JobId,
	/// The name of its kind.
	pub kind: String,
	/// What makes it the same request.
	pub key: IdempotencyKey,
	/// What it is to do.
	pub payload: JobData,
	/// Where it stands.
	pub state: JobState,
	/// Attempts begun.
	pub attempts: u32,
	/// The lease, while it is running.
	pub lease: Option<LeaseInfo>,
	/// When it is tried again, while it is waiting.
	pub retry_at: Option<Timestamp>,
	/// The stage it has reached, and the data to go on from.
	pub checkpoint: Option<Saved<JobData>>,
	/// How far it was when it last said so.
	pub progress: Option<Progress>,
	/// What came out, once it is done.
	pub result: Option<JobData>,
	/// Why the last failed attempt failed; kept until the job is done.
	pub failure: Option<Failure>,
	/// When it was put into the queue.
	pub created_at: Timestamp,
	/// When the row last changed.
	pub updated_at: Timestamp,
	/// When it was done or became a dead letter.
	pub finished_at: Option<Timestamp>,
}

impl Job {
	/// What came out, once the job is done.
	///
	/// # Errors
	/// [`Error::InvalidData`] when it is not what `K` gives.
	pub fn output<K: JobKind>(&self) -> Result<Option<K::Output>> {
		self.result.as_ref().map(JobData::decode).transpose()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn keys_are_short_printable_and_without_spaces() {
		for valid in ["a", "sha256:00ff/label", &"k".repeat(200)] {
			assert_eq!(IdempotencyKey::new(valid).unwrap().as_str(), valid);
		}
		for invalid in ["", "a b", "a\n", "ä", &"k".repeat(201)] {
			assert!(matches!(invalid.parse::<IdempotencyKey>(), Err(Error::InvalidKey)));
		}
	}

	#[test]
	fn states_are_found_by_their_name() {
		for state in JobState::ALL {
			assert_eq!(JobState::from_name(state.name()), Some(state));
			assert_eq!(serde_json::to_value(state).unwrap(), state.name());
		}
		assert_eq!(JobState::from_name("gone"), None);
	}
}
