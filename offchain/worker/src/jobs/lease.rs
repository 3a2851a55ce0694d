// SPDX-License-Identifier: Apache-2.0
//! The right to run a job, and every write under it.

use std::{
	sync::{
		atomic::{AtomicI64, Ordering},
		Arc,
	},
	time::Duration,
};

use jiff::Timestamp;
use sqlx::{query::Query, sqlite::SqliteArguments, Sqlite};

use super::{
	database,
	row::{count_to_sql, JobRow},
	EventKind, Job, JobData, JobError, Progress, Queue, Saved,
};
use crate::{
	clock::{after, Clock},
	Error, Result,
};

/// The right to run a job, until the lease expires and somebody else takes it.
///
/// Every write names the fencing token. When somebody else has the job, or the job is no longer
/// running, the write changes nothing and fails with [`Error::LeaseLost`].
#[derive(Debug)]
pub(super) struct Lease {
	queue: Queue,
	job: Job,
	fence: i64,
	/// In milliseconds since the Unix epoch, as in the row.
	expires_at: AtomicI64,
}

impl Lease {
	/// Leases the job that has been available longest, among those of `kinds` (a JSON array).
	pub(super) async fn take(
		queue: &Queue,
		kinds: &str,
		owner: &str,
		duration: Duration,
	) -> Result<Option<Arc<Self>>> {
		let mut transaction = database::begin(queue.pool()).await?;
		// Only now: the wait for the write lock is no part of the lease.
		let now = queue.clock().now();
		let expires_at = after(now, duration).as_millisecond();
		let row: Option<JobRow> = sqlx::query_as(
			"UPDATE jobs
			SET state = 'running', attempts = attempts + 1, fence = fence + 1,
				lease_owner = ?1, available_at = ?2, updated_at = ?3
			WHERE id = (
				SELECT id FROM jobs
				WHERE state IN ('queued', 'running', 'waiting') AND available_at <= ?3
					AND kind IN (SELECT value FROM json_each(?4))
				ORDER BY available_at, id LIMIT 1
			)
			RETURNING *",
		)
		.bind(owner)
		.bind(expires_at)
		.bind(now.as_millisecond())
		.bind(kinds)
		.fetch_optional(&mut *transaction)
		.await?;
		transaction.commit().await?;
		let Some(row) = row else { return Ok(None) };
		let fence = row.fence;
		let job = row.into_job()?;
		queue.emit(job.id, EventKind::Started { attempt: job.attempts });
		let queue = queue.clone();
		Ok(Some(Arc::new(Self { queue, job, fence, expires_at: AtomicI64::new(expires_at) })))
	}

	/// The job as it was when it was leased.
	pub(super) fn job(&self) -> &Job {
		&self.job
	}

	/// The clock of the queue.
	pub(super) fn clock(&self) -> &Arc<dyn Clock> {
		self.queue.clock()
	}

	/// When others may take the job over.
	pub(super) fn expires_at(&self) -> Timestamp {
		let millis = self.expires_at.load(Ordering::Acquire);
		Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MIN)
	}

	/// Renews the lease. It may have expired, as long as nobody has taken the job.
	pub(super) async fn renew(&self, duration: Duration) -> Result<()> {
		let expires_at = after(self.clock().now(), duration).as_millisecond();
		self.write(
			sqlx::query(
				"UPDATE jobs SET available_at = ?3
				WHERE id = ?1 AND fence = ?2 AND state = 'running'",
			),
			|query| query.bind(expires_at),
		)
		.await?;
		self.expires_at.store(expires_at, Ordering::Release);
		Ok(())
	}

	/// The checkpoint as it stands.
	pub(super) async fn checkpoint(&self) -> Result<Option<Saved<JobData>>> {
		let row: Option<(Option<String>, Option<String>)> = sqlx::query_as(
			"SELECT stage, stage_data FROM jobs
			WHERE id = ?1 AND fence = ?2 AND state = 'running'",
		)
		.bind(self.job.id.into_raw())
		.bind(self.fence)
		.fetch_optional(self.queue.pool())
		.await?;
		let (stage, data) = row.ok_or(Error::LeaseLost { job: self.job.id })?;
		Ok(stage
			.zip(data)
			.map(|(stage, data)| Saved { stage, data: JobData::stored(JobData::CHECKPOINT, data) }))
	}

	/// Replaces the checkpoint.
	pub(super) async fn save_checkpoint(&self, stage: &'static str, data: &JobData) -> Result<()> {
		let now = self.clock().now().as_millisecond();
		self.write(
			sqlx::query(
				"UPDATE jobs SET stage = ?3, stage_data = ?4, updated_at = ?5
				WHERE id = ?1 AND fence = ?2 AND state = 'running'",
			),
			|query| query.bind(stage).bind(data.as_str()).bind(now),
		)
		.await?;
		self.queue.emit(self.job.id, EventKind::Checkpointed { stage });
		Ok(())
	}

	/// Records progress in the row.
	pub(super) async fn record_progress(&self, progress: &Progress) -> Result<()> {
		let now = self.clock().now().as_millisecond();
		self.write(
			sqlx::query(
				"UPDATE jobs SET progress_phase = ?3, progress_done = ?4, progress_total = ?5,
					progress_unit = ?6, updated_at = ?7
				WHERE id = ?1 AND fence = ?2 AND state = 'running'",
			),
			|query| {
				query
					.bind(progress.phase())
					.bind(count_to_sql(progress.done()))
					.bind(progress.total().map(count_to_sql))
					.bind(progress.unit())
					.bind(now)
			},
		)
		.await
	}

	/// Tells this process about progress.
	pub(super) fn announce_progress(&self, progress: Progress) {
		self.queue.emit(self.job.id, EventKind::Progressed(progress));
	}

	/// Tells this process that the lease is lost.
	pub(super) fn announce_loss(&self) {
		self.queue.emit(self.job.id, EventKind::LeaseLost);
	}

	/// Ends the job with a result.
	pub(super) async fn complete(&self, result: &JobData) -> Result<()> {
		let now = self.clock().now().as_millisecond();
		self.write(
			sqlx::query(
				"UPDATE jobs SET state = 'done', lease_owner = NULL, result = ?3,
					error_code = NULL, error_message = NULL, updated_at = ?4, finished_at = ?4
				WHERE id = ?1 AND fence = ?2 AND state = 'running'",
			),
			|query| query.bind(result.as_str()).bind(now),
		)
		.await?;
		self.queue.emit(self.job.id, EventKind::Done);
		Ok(())
	}

	/// Ends the attempt; the job is tried again at `retry_at`.
	pub(super) async fn retry(&self, error: &JobError, retry_at: Timestamp) -> Result<()> {
		let now = self.clock().now().as_millisecond();
		self.write(
			sqlx::query(
				"UPDATE jobs SET state = 'waiting', lease_owner = NULL, available_at = ?3,
					error_code = ?4, error_message = ?5, updated_at = ?6
				WHERE id = ?1 AND fence = ?2 AND state = 'running'",
			),
			|query| {
				query
					.bind(retry_at.as_millisecond())
					.bind(error.code())
					.bind(error.message())
					.bind(now)
			},
		)
		.await?;
		self.queue
			.emit(self.job.id, EventKind::Waiting { retry_at, code: error.code().to_owned() });
		self.queue.wake();
		Ok(())
	}

	/// Ends the job as a dead letter.
	pub(super) async fn fail(&self, error: &JobError) -> Result<()> {
		let now = self.clock().now().as_millisecond();
		self.write(
			sqlx::query(
				"UPDATE jobs SET state = 'failed', lease_owner = NULL, error_code = ?3,
					error_message = ?4, updated_at = ?5, finished_at = ?5
				WHERE id = ?1 AND fence = ?2 AND state = 'running'",
			),
			|query| query.bind(error.code()).bind(error.message()).bind(now),
		)
		.await?;
		self.queue.emit(self.job.id, EventKind::Failed { code: error.code().to_owned() });
		Ok(())
	}

	/// Gives the job back as if the attempt had not begun; its checkpoint stays.
	pub(super) async fn release(&self) -> Result<()> {
		let now = self.clock().now().as_millisecond();
		self.write(
			sqlx::query(
				"UPDATE jobs SET state = 'queued', lease_owner = NULL, attempts = attempts - 1,
					available_at = ?3, updated_at = ?3
				WHERE id = ?1 AND fence = ?2 AND state = 'running'",
			),
			|query| query.bind(now),
		)
		.await?;
		self.queue.emit(self.job.id, EventKind::Released);
		self.queue.wake();
		Ok(())
	}

	/// Runs one fenced `UPDATE`, which is its own transaction. `?1` is the job, `?2` the token.
	async fn write<'q>(
		&self,
		update: Query<'q, Sqlite, SqliteArguments>,
		bind: impl FnOnce(Query<'q, Sqlite, SqliteArguments>) -> Query<'q, Sqlite, SqliteArguments>,
	) -> Result<()> {
		let update = bind(update.bind(self.job.id.into_raw()).bind(self.fence));
		let changed = update.execute(self.queue.pool()).await?.rows_affected();
		match changed {
			0 => Err(Error::LeaseLost { job: self.job.id }),
			_ => Ok(()),
		}
	}
}

/// When the first job of `kinds` (a JSON array) becomes available, by itself or by the end of a
/// lease.
pub(super) async fn next_available(queue: &Queue, kinds: &str) -> Result<Option<Timestamp>> {
	let first: Option<i64> = sqlx::query_scalar(
		"SELECT MIN(available_at) FROM jobs
		WHERE state IN ('queued', 'running', 'waiting')
			AND kind IN (SELECT value FROM json_each(?1))",
	)
	.bind(kinds)
	.fetch_one(queue.pool())
	.await?;
	Ok(first.map(|millis| Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)))
}
