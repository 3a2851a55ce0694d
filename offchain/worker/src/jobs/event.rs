// SPDX-License-Identifier: Apache-2.0
//! What happens to jobs, told within the process.

use jiff::Timestamp;

use super::{JobId, Progress};

/// Something that happened to a job in this process.
///
/// Events are a convenience for progress bars and subscriptions: a slow receiver misses the
/// oldest, and other processes have their own. The row is the truth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobEvent {
	/// The job.
	pub job: JobId,
	/// What happened.
	pub kind: EventKind,
}

/// What happened to a job.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
	/// The job was put into the queue, or back into it.
	Queued,
	/// An attempt began.
	Started {
		/// Its number, from 1.
		attempt: u32,
	},
	/// The job reached a stage, and will go on from there.
	Checkpointed {
		/// The stage.
		stage: &'static str,
	},
	/// The job got further.
	Progressed(Progress),
	/// The attempt failed and another one follows.
	Waiting {
		/// When.
		retry_at: Timestamp,
		/// Why the attempt failed.
		code: String,
	},
	/// The job is done.
	Done,
	/// The job is a dead letter.
	Failed {
		/// Why the last attempt failed.
		code: String,
	},
	/// The worker gave the job back because it is stopping.
	Released,
	/// The worker lost the lease.
	LeaseLost,
}
