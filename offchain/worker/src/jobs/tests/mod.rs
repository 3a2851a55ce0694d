// SPDX-License-Identifier: Apache-2.0
//! The rules of the engine, one file per concept.

mod crash;
mod database;
mod fencing;
mod queue;
mod secrets;
mod worker;

use std::{num::NonZeroUsize, path::PathBuf, sync::Arc, time::Duration};

use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use super::{
	IdempotencyKey, Job, JobContext, JobError, JobId, JobKind, Queue, QueueOptions, RetryPolicy,
	Worker, WorkerOptions,
};
use crate::{
	clock::{Clock, ManualClock},
	Result,
};

const LEASE: Duration = Duration::from_secs(30);

/// A queue in a directory of its own, under a clock that stands still.
struct Bench {
	dir: TempDir,
	clock: ManualClock,
	queue: Queue,
}

impl Bench {
	async fn new() -> Self {
		let dir = TempDir::new().unwrap();
		let clock = ManualClock::default();
		let queue = open(&dir, &clock).await.unwrap();
		Self { dir, clock, queue }
	}

	fn path(&self) -> PathBuf {
		database_path(&self.dir)
	}

	/// The same file, as another process has it.
	async fn other_process(&self) -> Queue {
		open(&self.dir, &self.clock).await.unwrap()
	}

	async fn enqueue<K: JobKind>(&self, name: &str, payload: &K::Payload) -> JobId {
		let enqueued = self.queue.enqueue::<K>(&key(name), payload).await.unwrap();
		assert!(enqueued.created);
		enqueued.job.id
	}

	async fn job(&self, id: JobId) -> Job {
		self.queue.get(id).await.unwrap()
	}

	/// Runs the one job that is available.
	async fn run_one(&self, worker: &Worker) -> Option<JobId> {
		worker.run_one(&CancellationToken::new()).await.unwrap()
	}
}

fn database_path(dir: &TempDir) -> PathBuf {
	dir.path().join("jobs.sqlite")
}

async fn open(dir: &TempDir, clock: &ManualClock) -> Result<Queue> {
	let clock: Arc<dyn Clock> = Arc::new(clock.clone());
	let options = QueueOptions { busy_timeout: Duration::from_secs(60), ..QueueOptions::default() };
	Queue::open(database_path(dir), clock, options).await
}

fn key(name: &str) -> IdempotencyKey {
	IdempotencyKey::new(name).unwrap()
}

fn options(concurrency: usize) -> WorkerOptions {
	WorkerOptions {
		concurrency: NonZeroUsize::new(concurrency).unwrap(),
		lease: LEASE,
		..WorkerOptions::default()
	}
}

fn worker<K: JobKind>(queue: &Queue, kind: K) -> Worker {
	Worker::builder(queue.clone()).register(kind).unwrap().options(options(3)).build().unwrap()
}

/// A running worker, and the token that stops it.
struct Running {
	shutdown: CancellationToken,
	task: AbortOnDropHandle<Result<()>>,
}

impl Running {
	fn start(worker: &Worker) -> Self {
		let shutdown = CancellationToken::new();
		let task = tokio::spawn({
			let (worker, shutdown) = (worker.clone(), shutdown.clone());
			async move { worker.run(shutdown).await }
		});
		Self { shutdown, task: AbortOnDropHandle::new(task) }
	}

	async fn stop(self) {
		self.shutdown.cancel();
		self.task.await.unwrap().unwrap();
	}
}

/// What an [`Act`] job is told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum Play {
	/// Return at once.
	Succeed,
	/// Fail the first `n` attempts, retryably.
	FailTimes(u32),
	/// Fail for good.
	FailFatally,
	/// Panic with a message that must not get out.
	Panic,
	/// Wait until cancelled, then return so.
	WaitForCancellation,
	/// Wait for ever.
	Hang,
}

/// Plays what the payload says; announces the beginning and the end, however it comes.
struct Act {
	began: mpsc::UnboundedSender<JobId>,
	ended: mpsc::UnboundedSender<JobId>,
	retry: RetryPolicy,
}

struct Announce(mpsc::UnboundedSender<JobId>, JobId);

impl Drop for Announce {
	fn drop(&mut self) {
		let _ = self.0.send(self.1);
	}
}

impl Act {
	#[allow(clippy::type_complexity)]
	fn new() -> (Self, mpsc::UnboundedReceiver<JobId>, mpsc::UnboundedReceiver<JobId>) {
		let (began, begins) = mpsc::unbounded_channel();
		let (ended, ends) = mpsc::unbounded_channel();
		let retry = RetryPolicy { max_attempts: 3, ..RetryPolicy::default() };
		(Self { began, ended, retry }, begins, ends)
	}
}

impl JobKind for Act {
	const NAME: &'static str = "act";
	type Payload = Play;
	type Output = u32;
	type Error = JobError;

	fn retry_policy(&self) -> RetryPolicy {
		self.retry
	}

	async fn run(&self, context: &JobContext, play: Play) -> Result<u32, JobError> {
		let _announce = Announce(self.ended.clone(), context.job());
		context.checkpoint().save("begun", &context.attempt()).await?;
		let _ = self.began.send(context.job());
		match play {
			Play::Succeed => Ok(context.attempt()),
			Play::FailTimes(times) if context.attempt() > times => Ok(context.attempt()),
			Play::FailTimes(_) => Err(JobError::retryable("NOT_NOW", "try again")),
			Play::FailFatally => Err(JobError::fatal("NEVER", "no use")),
			Play::Panic => panic!("content of the patient"),
			Play::WaitForCancellation => {
				context.cancellation().cancelled().await;
				context.ensure_active()?;
				Ok(0)
			},
			Play::Hang => std::future::pending().await,
		}
	}
}
