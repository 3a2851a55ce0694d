// SPDX-License-Identifier: Apache-2.0
//! The queue: what is put in, looked at, and brought back.

use std::{collections::BTreeMap, fmt, path::Path, sync::Arc, time::Duration};

use sqlx::sqlite::SqlitePool;
use tokio::{
	select,
	sync::{broadcast, Notify},
};

use super::{
	database, row::JobRow, EventKind, IdempotencyKey, Job, JobData, JobEvent, JobId, JobKind,
	JobState, QueueOptions,
};
use crate::{
	clock::{after, Clock},
	Error, Result,
};

/// A queue of durable jobs in one SQLite file, which any number of processes may open.
///
/// Clones share their connections and events.
#[derive(Clone)]
pub struct Queue(Arc<Inner>);

struct Inner {
	pool: SqlitePool,
	clock: Arc<dyn Clock>,
	events: broadcast::Sender<JobEvent>,
	work: Notify,
}

/// What [`Queue::enqueue`] did.
#[derive(Clone, Debug)]
pub struct Enqueued {
	/// The job, new or found.
	pub job: Job,
	/// Whether it is new.
	pub created: bool,
}

/// Which jobs to list; the default is all, from the first on.
#[derive(Clone, Debug, Default)]
pub struct JobFilter {
	/// Of this kind.
	pub kind: Option<String>,
	/// In this state.
	pub state: Option<JobState>,
	/// After this one: the last of the page before.
	pub after: Option<JobId>,
}

impl Queue {
	/// The most jobs that [`list`](Self::list) gives at once.
	pub const MAX_PAGE: u32 = 1000;

	/// How often [`wait`](Self::wait) looks for what another process has done.
	pub(super) const LOOK: Duration = Duration::from_secs(1);

	/// Opens the queue in the file at `path`, which is created when it does not exist.
	///
	/// # Errors
	/// [`Error::Corrupt`], [`Error::Inaccessible`], [`Error::SchemaMismatch`], [`Error::Locked`]
	/// or [`Error::DiskFull`] when the file cannot be used, [`Error::InvalidSetting`] when the
	/// options cannot.
	pub async fn open(
		path: impl AsRef<Path>,
		clock: Arc<dyn Clock>,
		options: QueueOptions,
	) -> Result<Self> {
		let pool = database::open(path.as_ref(), &options).await?;
		let events = broadcast::Sender::new(options.event_capacity);
		Ok(Self(Arc::new(Inner { pool, clock, events, work: Notify::new() })))
	}

	/// Puts a job into the queue, or finds the one that is there under the same key.
	///
	/// The payload of a job that is there is left alone, whatever its state.
	///
	/// # Errors
	/// [`Error::InvalidData`] or [`Error::MaxSizeExceeded`] when the payload does not go into a
	/// row; a failure of the database.
	pub async fn enqueue<K: JobKind>(
		&self,
		key: &IdempotencyKey,
		payload: &K::Payload,
	) -> Result<Enqueued> {
		let payload = JobData::encode(JobData::PAYLOAD, payload)?;
		let mut transaction = database::begin(self.pool()).await?;
		let inserted: Option<JobRow> = sqlx::query_as(
			"INSERT INTO jobs
				(kind, idempotency_key, payload, state, available_at, created_at, updated_at)
			VALUES (?1, ?2, ?3, 'queued', ?4, ?4, ?4)
			ON CONFLICT (kind, idempotency_key) DO NOTHING
			RETURNING *",
		)
		.bind(K::NAME)
		.bind(key.as_str())
		.bind(payload.as_str())
		.bind(self.clock().now().as_millisecond())
		.fetch_optional(&mut *transaction)
		.await?;
		let created = inserted.is_some();
		let row = match inserted {
			Some(row) => row,
			None => {
				sqlx::query_as("SELECT * FROM jobs WHERE kind = ?1 AND idempotency_key = ?2")
					.bind(K::NAME)
					.bind(key.as_str())
					.fetch_one(&mut *transaction)
					.await?
			},
		};
		transaction.commit().await?;
		let job = row.into_job()?;
		if created {
			self.emit(job.id, EventKind::Queued);
			self.wake();
		}
		Ok(Enqueued { job, created })
	}

	/// The job with this number.
	///
	/// # Errors
	/// [`Error::NotFound`]; a failure of the database.
	pub async fn get(&self, job: JobId) -> Result<Job> {
		sqlx::query_as::<_, JobRow>("SELECT * FROM jobs WHERE id = ?1")
			.bind(job.into_raw())
			.fetch_optional(self.pool())
			.await?
			.ok_or(Error::NotFound { job })?
			.into_job()
	}

	/// The job that was put into the queue under this key.
	///
	/// # Errors
	/// A failure of the database.
	pub async fn find<K: JobKind>(&self, key: &IdempotencyKey) -> Result<Option<Job>> {
		sqlx::query_as::<_, JobRow>("SELECT * FROM jobs WHERE kind = ?1 AND idempotency_key = ?2")
			.bind(K::NAME)
			.bind(key.as_str())
			.fetch_optional(self.pool())
			.await?
			.map(JobRow::into_job)
			.transpose()
	}

	/// At most `limit` jobs (and never more than [`MAX_PAGE`](Self::MAX_PAGE)), oldest first.
	///
	/// # Errors
	/// A failure of the database.
	pub async fn list(&self, filter: &JobFilter, limit: u32) -> Result<Vec<Job>> {
		sqlx::query_as::<_, JobRow>(
			"SELECT * FROM jobs
			WHERE id > ?1 AND (?2 IS NULL OR state = ?2) AND (?3 IS NULL OR kind = ?3)
			ORDER BY id LIMIT ?4",
		)
		.bind(filter.after.map_or(i64::MIN, JobId::into_raw))
		.bind(filter.state.map(JobState::name))
		.bind(filter.kind.as_deref())
		.bind(limit.min(Self::MAX_PAGE))
		.fetch_all(self.pool())
		.await?
		.into_iter()
		.map(JobRow::into_job)
		.collect()
	}

	/// How many jobs there are, by kind and state; what is not there is zero.
	///
	/// # Errors
	/// A failure of the database.
	pub async fn counts(&self) -> Result<BTreeMap<(String, &'static str), u64>> {
		let rows: Vec<(String, String, i64)> =
			sqlx::query_as("SELECT kind, state, COUNT(*) FROM jobs GROUP BY kind, state")
				.fetch_all(self.pool())
				.await?;
		rows.into_iter()
			.map(|(kind, state, count)| {
				let state = JobState::from_name(&state)
					.ok_or_else(|| Error::Corrupt { reason: "unexpected state".to_owned() })?;
				Ok(((kind, state.name()), u64::try_from(count).unwrap_or_default()))
			})
			.collect()
	}

	/// Gives a dead letter a new life: all attempts again, from its last checkpoint on.
	///
	/// # Errors
	/// [`Error::NotFound`]; [`Error::StateMismatch`] when the job is no dead letter; a failure of
	/// the database.
	pub async fn requeue(&self, job: JobId) -> Result<Job> {
		let mut transaction = database::begin(self.pool()).await?;
		let requeued: Option<JobRow> = sqlx::query_as(
			"UPDATE jobs
			SET state = 'queued', attempts = 0, available_at = ?2, updated_at = ?2,
				finished_at = NULL
			WHERE id = ?1 AND state = 'failed'
			RETURNING *",
		)
		.bind(job.into_raw())
		.bind(self.clock().now().as_millisecond())
		.fetch_optional(&mut *transaction)
		.await?;
		transaction.commit().await?;
		let Some(row) = requeued else {
			let got = self.get(job).await?.state;
			return Err(Error::StateMismatch { job, expected: JobState::Failed, got });
		};
		let requeued = row.into_job()?;
		self.emit(job, EventKind::Queued);
		self.wake();
		Ok(requeued)
	}

	/// Waits until the job is done or a dead letter, here or in another process.
	///
	/// # Errors
	/// [`Error::NotFound`]; a failure of the database.
	pub async fn wait(&self, job: JobId) -> Result<Job> {
		let mut events = self.subscribe();
		loop {
			// Taken before the look, so that no move of the clock in between is missed.
			let next_look = after(self.clock().now(), Self::LOOK);
			let found = self.get(job).await?;
			if found.state.is_final() {
				return Ok(found);
			}
			select! {
				() = self.clock().sleep_until(next_look) => {},
				() = ended(&mut events, job) => {},
			}
		}
	}

	/// What happens to jobs in this process from now on.
	///
	/// A receiver that falls behind by more than [`QueueOptions::event_capacity`] misses the
	/// oldest events and is told so.
	pub fn subscribe(&self) -> broadcast::Receiver<JobEvent> {
		self.0.events.subscribe()
	}

	/// The clock that the queue was opened with.
	pub fn clock(&self) -> &Arc<dyn Clock> {
		&self.0.clock
	}

	/// Closes the connections of this process, after which every operation fails.
	pub async fn close(&self) {
		self.0.pool.close().await;
	}

	pub(super) fn pool(&self) -> &SqlitePool {
		&self.0.pool
	}

	/// Told when there may be work for a worker of this process.
	pub(super) fn work(&self) -> &Notify {
		&self.0.work
	}

	/// Tells the workers of this process that there may be work.
	pub(super) fn wake(&self) {
		self.0.work.notify_waiters();
	}

	pub(super) fn emit(&self, job: JobId, kind: EventKind) {
		// Nobody listening is no failure.
		let _ = self.0.events.send(JobEvent { job, kind });
	}
}

impl fmt::Debug for Queue {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Queue").field("clock", &self.0.clock).finish_non_exhaustive()
	}
}

/// Completes when the job ended, or when events were missed.
async fn ended(events: &mut broadcast::Receiver<JobEvent>, job: JobId) {
	loop {
		match events.recv().await {
			Ok(event) => {
				let end = matches!(event.kind, EventKind::Done | EventKind::Failed { .. });
				if end && event.job == job {
					return;
				}
			},
			Err(_) => return,
		}
	}
}
