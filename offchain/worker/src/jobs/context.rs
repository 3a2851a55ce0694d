// SPDX-License-Identifier: Apache-2.0
//! What a running job sees of the engine.

use std::{
	fmt,
	sync::{Arc, Mutex, PoisonError},
	time::Duration,
};

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::{lease::Lease, Checkpoint, IdempotencyKey, JobId, Progress};
use crate::{
	clock::{after, Clock},
	Error, Result,
};

/// What a running job sees of the engine.
pub struct JobContext {
	lease: Arc<Lease>,
	cancellation: CancellationToken,
	progress_interval: Duration,
	recorded: Mutex<Option<Recorded>>,
}

/// The progress that is in the row.
struct Recorded {
	at: Timestamp,
	progress: Progress,
}

impl JobContext {
	pub(super) fn new(
		lease: Arc<Lease>,
		cancellation: CancellationToken,
		progress_interval: Duration,
	) -> Self {
		Self { lease, cancellation, progress_interval, recorded: Mutex::default() }
	}

	/// The job.
	pub fn job(&self) -> JobId {
		self.lease.job().id
	}

	/// The idempotency key under which the job was put into the queue.
	pub fn key(&self) -> &IdempotencyKey {
		&self.lease.job().key
	}

	/// The number of this attempt, from 1.
	pub fn attempt(&self) -> u32 {
		self.lease.job().attempts
	}

	/// The clock to take the time from.
	pub fn clock(&self) -> &Arc<dyn Clock> {
		self.lease.clock()
	}

	/// Cancelled when the worker is stopping, and when the attempt is over for any reason.
	pub fn cancellation(&self) -> &CancellationToken {
		&self.cancellation
	}

	/// Fails when the job should return: for loops that do not wait on
	/// [`cancellation`](Self::cancellation).
	///
	/// # Errors
	/// [`Error::Cancelled`]; returned from the job, it gives the job back to the queue.
	pub fn ensure_active(&self) -> Result<()> {
		if self.cancellation.is_cancelled() {
			return Err(Error::Cancelled { job: self.job() });
		}
		Ok(())
	}

	/// The checkpoint of the job, read and written as a `T`.
	pub fn checkpoint<T>(&self) -> Checkpoint<'_, T> {
		Checkpoint::new(&self.lease)
	}

	/// Says how far the job is.
	///
	/// Receivers in this process learn it at once. The row is written when the phase changes or is
	/// complete, and else once per progress interval, so this may be called for each item.
	///
	/// # Errors
	/// [`Error::LeaseLost`], or a failure of the database, when the row was to be written.
	pub async fn progress(&self, progress: Progress) -> Result<()> {
		self.lease.announce_progress(progress.clone());
		let now = self.clock().now();
		if self.is_worth_recording(&progress, now) {
			self.lease.record_progress(&progress).await?;
			*self.recorded() = Some(Recorded { at: now, progress });
		}
		Ok(())
	}

	fn is_worth_recording(&self, progress: &Progress, now: Timestamp) -> bool {
		match &*self.recorded() {
			None => true,
			Some(recorded) => {
				let phase_changed = recorded.progress.phase() != progress.phase();
				let completed = progress.is_complete() && !recorded.progress.is_complete();
				phase_changed || completed || now >= after(recorded.at, self.progress_interval)
			},
		}
	}

	fn recorded(&self) -> std::sync::MutexGuard<'_, Option<Recorded>> {
		self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

impl fmt::Debug for JobContext {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("JobContext")
			.field("job", &self.job())
			.field("attempt", &self.attempt())
			.finish_non_exhaustive()
	}
}
