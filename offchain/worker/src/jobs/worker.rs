// SPDX-License-Identifier: Apache-2.0
//! Runs what is in the queue.

use std::{
	collections::BTreeMap,
	fmt,
	future::{poll_fn, Future},
	num::NonZeroUsize,
	panic::{catch_unwind, AssertUnwindSafe},
	pin::pin,
	sync::Arc,
	task::Poll,
	time::Duration,
};

use jiff::Timestamp;
use tokio::{select, task::JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::{
	heartbeat::Heartbeat,
	kind::{Attempt, ErasedKind},
	lease::{self, Lease},
	FailureClass, JobContext, JobData, JobError, JobId, JobKind, Queue,
};
use crate::{clock::after, Error, Result};

/// How a worker works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkerOptions {
	/// Jobs run at once.
	pub concurrency: NonZeroUsize,
	/// How long a job is kept from others without a sign of life. What a killed process ran is
	/// taken over after this time.
	pub lease: Duration,
	/// How often to look for jobs that other processes put into the queue.
	pub poll: Duration,
	/// How long a job may take to return when the worker is stopping.
	pub grace: Duration,
	/// How often progress within a phase is written to the row.
	pub progress_interval: Duration,
}

impl Default for WorkerOptions {
	fn default() -> Self {
		Self {
			concurrency: NonZeroUsize::MIN.saturating_add(3),
			lease: Duration::from_secs(30),
			poll: Duration::from_secs(1),
			grace: Duration::from_secs(10),
			progress_interval: Duration::from_secs(1),
		}
	}
}

/// Runs the jobs of the kinds it knows.
///
/// Any number of workers, in any number of processes, may share a queue. Clones are one worker.
#[derive(Clone)]
pub struct Worker(Arc<Inner>);

struct Inner {
	queue: Queue,
	options: WorkerOptions,
	/// The name in the rows it leases.
	name: String,
	kinds: BTreeMap<&'static str, Box<dyn ErasedKind>>,
	/// The names of the kinds as a JSON array, for SQL.
	names: String,
}

/// Makes a [`Worker`].
pub struct WorkerBuilder {
	queue: Queue,
	options: WorkerOptions,
	kinds: BTreeMap<&'static str, Box<dyn ErasedKind>>,
}

impl WorkerBuilder {
	/// Lets the worker run jobs of this kind.
	///
	/// # Errors
	/// [`Error::AlreadyRegistered`] when it already runs jobs of this name.
	pub fn register<K: JobKind>(mut self, kind: K) -> Result<Self> {
		if self.kinds.insert(K::NAME, Box::new(kind)).is_some() {
			return Err(Error::AlreadyRegistered { kind: K::NAME });
		}
		Ok(self)
	}

	/// Sets how the worker works.
	pub fn options(mut self, options: WorkerOptions) -> Self {
		self.options = options;
		self
	}

	/// Makes the worker.
	///
	/// # Errors
	/// [`Error::InvalidSetting`] when a duration is too short to work with.
	pub fn build(self) -> Result<Worker> {
		// Rows hold milliseconds, and a lease is renewed three times.
		if self.options.lease < Duration::from_millis(30) {
			return Err(Error::InvalidSetting { setting: "lease" });
		}
		if self.options.poll < Duration::from_millis(1) {
			return Err(Error::InvalidSetting { setting: "poll" });
		}
		let names: Vec<_> = self.kinds.keys().collect();
		Ok(Worker(Arc::new(Inner {
			names: JobData::encode("kind", &names)?.as_str().to_owned(),
			name: format!("{}-{:016x}", std::process::id(), rand::random::<u64>()),
			queue: self.queue,
			options: self.options,
			kinds: self.kinds,
		})))
	}
}

/// How an attempt ended.
enum Ending {
	/// The job returned.
	Returned(Result<JobData, JobError>),
	/// The job did not return in time when the worker was stopping.
	OutOfGrace,
	/// The lease was lost.
	LeaseLost,
}

impl Worker {
	/// A worker on `queue` that knows no kind yet.
	pub fn builder(queue: Queue) -> WorkerBuilder {
		WorkerBuilder { queue, options: WorkerOptions::default(), kinds: BTreeMap::new() }
	}

	/// The name that this worker writes into the rows it leases.
	pub fn name(&self) -> &str {
		&self.0.name
	}

	/// Runs jobs until `shutdown` is cancelled, then lets those that are running finish or gives
	/// them back, within the grace period.
	///
	/// Dropping the future is like killing the process: what was running is taken over once its
	/// lease has expired.
	///
	/// # Errors
	/// A failure of the database that does not pass by itself. A locked database or a full disk is
	/// waited for.
	pub async fn run(&self, shutdown: CancellationToken) -> Result<()> {
		let stop = shutdown.child_token();
		let mut running = JoinSet::new();
		let worked = self.run_until_stopped(&stop, &mut running).await;
		stop.cancel();
		let mut drained = Ok(());
		while let Some(ended) = running.join_next().await {
			let ended = flatten(ended);
			drained = drained.and(ended);
		}
		worked.and(drained)
	}

	/// Runs one job, if one is available, in this task; says which.
	///
	/// Cancelling `shutdown` stops the job as it does in [`run`](Self::run).
	///
	/// # Errors
	/// A failure of the database. The job's own failure is in its row.
	pub async fn run_one(&self, shutdown: &CancellationToken) -> Result<Option<JobId>> {
		let Some(lease) = self.lease().await? else { return Ok(None) };
		let job = lease.job().id;
		self.execute(lease, shutdown).await?;
		Ok(Some(job))
	}

	async fn run_until_stopped(
		&self,
		stop: &CancellationToken,
		running: &mut JoinSet<Result<()>>,
	) -> Result<()> {
		let Inner { queue, options, .. } = &*self.0;
		while !stop.is_cancelled() {
			// Both from before the look into the queue, so that nothing in between is missed.
			let mut work = pin!(queue.work().notified());
			work.as_mut().enable();
			let now = queue.clock().now();

			let next_look = match self.fill(stop, running).await {
				Ok(next) => next.unwrap_or(Timestamp::MAX).min(after(now, options.poll)),
				Err(error) if error.is_retryable() => {
					tracing::warn!(code = error.code(), "cannot lease jobs");
					after(now, options.poll)
				},
				Err(error) => return Err(error),
			};
			let has_room = running.len() < options.concurrency.get();
			select! {
				() = stop.cancelled() => {},
				Some(ended) = running.join_next() => flatten(ended)?,
				() = work, if has_room => {},
				() = queue.clock().sleep_until(next_look), if has_room => {},
			}
		}
		Ok(())
	}

	/// Begins jobs while there is room; when there is room left, says when the next job is due.
	async fn fill(
		&self,
		stop: &CancellationToken,
		running: &mut JoinSet<Result<()>>,
	) -> Result<Option<Timestamp>> {
		let Inner { queue, options, names, .. } = &*self.0;
		while running.len() < options.concurrency.get() {
			if stop.is_cancelled() {
				return Ok(None);
			}
			let Some(lease) = self.lease().await? else {
				return lease::next_available(queue, names).await;
			};
			let (worker, stop) = (self.clone(), stop.clone());
			running.spawn(async move { worker.execute(lease, &stop).await });
		}
		Ok(None)
	}

	async fn lease(&self) -> Result<Option<Arc<Lease>>> {
		let Inner { queue, options, name, names, .. } = &*self.0;
		Lease::take(queue, names, name, options.lease).await
	}

	/// Runs one attempt, in a span that says which, and writes down how it ended.
	async fn execute(&self, lease: Arc<Lease>, stop: &CancellationToken) -> Result<()> {
		let job = lease.job();
		// A lease is given for registered kinds only.
		let Some((kind, code)) = self.0.kinds.get_key_value(job.kind.as_str()) else {
			return lease.release().await;
		};
		let span = tracing::info_span!("job", job = %job.id, kind, attempt = job.attempts);
		self.attempt(&**code, &lease, stop).instrument(span).await
	}

	async fn attempt(
		&self,
		kind: &dyn ErasedKind,
		lease: &Arc<Lease>,
		stop: &CancellationToken,
	) -> Result<()> {
		let options = &self.0.options;
		// Until the end is written down.
		let heartbeat = Heartbeat::start(lease, options.lease);
		let policy = kind.retry_policy();
		let attempts = lease.job().attempts;
		let ending = if attempts > policy.max_attempts.max(1) {
			// The last one ended with its process: that may be the job's doing.
			Ending::Returned(Err(JobError::fatal(
				JobError::ATTEMPTS_EXHAUSTED,
				"the last attempt ended with its process or its lease",
			)))
		} else {
			tracing::debug!("attempt begins");
			self.run_job(kind, lease, &heartbeat, stop).await
		};
		let settled = match ending {
			Ending::Returned(Ok(result)) => {
				let settled = self.settle(lease, || lease.complete(&result)).await;
				settled.inspect(|()| tracing::info!("job done"))
			},
			Ending::Returned(Err(error)) => {
				let fatal = error.class() == FailureClass::Fatal;
				if stop.is_cancelled() && !fatal {
					self.release(lease).await
				} else if fatal || policy.is_exhausted(attempts) {
					let settled = self.settle(lease, || lease.fail(&error)).await;
					settled.inspect(|()| tracing::error!(code = error.code(), "job failed"))
				} else {
					let delay = policy.delay(attempts, &mut rand::rng());
					let retry_at = after(lease.clock().now(), delay);
					let settled = self.settle(lease, || lease.retry(&error, retry_at)).await;
					settled.inspect(|()| {
						tracing::warn!(code = error.code(), ?delay, "attempt failed");
					})
				}
			},
			Ending::OutOfGrace => self.release(lease).await,
			Ending::LeaseLost => Err(Error::LeaseLost { job: lease.job().id }),
		};
		match settled {
			Err(error) if error.is_retryable() => {
				// Whoever takes the job over goes on from the last checkpoint.
				lease.announce_loss();
				tracing::warn!(code = error.code(), "the end of the attempt is not recorded");
				Ok(())
			},
			settled => settled,
		}
	}

	/// Runs the job; when this returns, its future is dropped.
	async fn run_job(
		&self,
		kind: &dyn ErasedKind,
		lease: &Arc<Lease>,
		heartbeat: &Heartbeat,
		stop: &CancellationToken,
	) -> Ending {
		let options = &self.0.options;
		let cancellation = stop.child_token();
		let _cancelled_at_the_end = cancellation.clone().drop_guard();
		let context = JobContext::new(Arc::clone(lease), cancellation, options.progress_interval);
		let clock = lease.clock();
		select! {
			biased;
			result = contain_panic(kind.run(&context, &lease.job().payload)) => {
				Ending::Returned(result)
			},
			() = heartbeat.lost() => Ending::LeaseLost,
			() = async {
				stop.cancelled().await;
				clock.sleep_until(after(clock.now(), options.grace)).await;
			} => Ending::OutOfGrace,
		}
	}

	async fn release(&self, lease: &Lease) -> Result<()> {
		let settled = self.settle(lease, || lease.release()).await;
		settled.inspect(|()| tracing::info!("job given back"))
	}

	/// Writes down how an attempt ended, trying again while the lease lasts.
	async fn settle<F>(&self, lease: &Lease, write: impl Fn() -> F) -> Result<()>
	where
		F: Future<Output = Result<()>>,
	{
		let expires_at = lease.expires_at();
		loop {
			match write().await {
				Err(Error::LeaseLost { job }) => return Err(Error::LeaseLost { job }),
				Err(error) if error.is_retryable() && lease.clock().now() < expires_at => {
					tracing::warn!(code = error.code(), "cannot record the end of the attempt");
					let next = after(lease.clock().now(), self.0.options.poll);
					lease.clock().sleep_until(next.min(expires_at)).await;
				},
				settled => return settled,
			}
		}
	}
}

impl fmt::Debug for Worker {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Worker")
			.field("name", &self.0.name)
			.field("kinds", &self.0.names)
			.field("options", &self.0.options)
			.finish_non_exhaustive()
	}
}

impl fmt::Debug for WorkerBuilder {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("WorkerBuilder")
			.field("kinds", &self.kinds.keys())
			.field("options", &self.options)
			.finish_non_exhaustive()
	}
}

/// Turns a panic of the job into a failure. Its message may quote content and is left out.
async fn contain_panic(mut attempt: Attempt<'_>) -> Result<JobData, JobError> {
	poll_fn(|cx| {
		catch_unwind(AssertUnwindSafe(|| attempt.as_mut().poll(cx))).unwrap_or_else(|_| {
			Poll::Ready(Err(JobError::retryable(JobError::PANICKED, "the job panicked")))
		})
	})
	.await
}

/// The result of a task that runs an attempt.
fn flatten(ended: Result<Result<()>, tokio::task::JoinError>) -> Result<()> {
	ended.unwrap_or_else(|error| {
		// A defect of the engine, not of a job: the lease expires, the job is taken over.
		tracing::error!(panicked = error.is_panic(), "an attempt was lost");
		Ok(())
	})
}
