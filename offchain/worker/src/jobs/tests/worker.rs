// SPDX-License-Identifier: Apache-2.0

use std::{
	collections::BTreeSet,
	sync::{Mutex, PoisonError},
};

use sqlx::{sqlite::SqliteConnectOptions, ConnectOptions, Connection, SqliteConnection};

use super::*;
use crate::{
	clock::after,
	jobs::{lease::Lease, EventKind, JobState, Progress},
	Error,
};

/// A worker for tests under a moving clock: however slow the disk is, no lease expires.
fn patient<K: JobKind>(queue: &Queue, kind: K, concurrency: usize) -> Worker {
	let options = WorkerOptions { lease: Duration::from_secs(3600), ..options(concurrency) };
	Worker::builder(queue.clone()).register(kind).unwrap().options(options).build().unwrap()
}

/// Advances the clock, a little per look into the database, until the task ends; by less than the
/// lease of a [`patient`] worker.
async fn advance_until_done<T>(bench: &Bench, task: impl std::future::Future<Output = T>) -> T {
	tokio::select! {
		done = task => done,
		() = async {
			for _ in 0..100_000 {
				bench.clock.advance(Duration::from_millis(10));
				bench.queue.counts().await.unwrap();
			}
		} => panic!("nothing happens any more: {:?}", bench.queue.counts().await),
	}
}

#[tokio::test]
async fn a_retryable_failure_waits_and_is_tried_again() {
	let bench = Bench::new().await;
	let (act, _begins, _ends) = Act::new();
	let policy = act.retry;
	let worker = worker(&bench.queue, act);
	let id = bench.enqueue::<Act>("k", &Play::FailTimes(2)).await;
	for attempt in 1..=2 {
		assert_eq!(bench.run_one(&worker).await, Some(id));
		let job = bench.job(id).await;
		assert_eq!((job.state, job.attempts), (JobState::Waiting, attempt));
		assert_eq!(job.failure.unwrap().code, "NOT_NOW");
		let now = bench.clock.now();
		let ceiling = policy.ceiling(attempt);
		let retry_at = job.retry_at.unwrap();
		assert!(retry_at >= after(now, ceiling / 2) && retry_at <= after(now, ceiling));
		assert_eq!(bench.run_one(&worker).await, None);
		bench.clock.advance(ceiling);
	}
	assert_eq!(bench.run_one(&worker).await, Some(id));
	let job = bench.job(id).await;
	assert_eq!((job.state, job.attempts, job.failure.clone()), (JobState::Done, 3, None));
	assert_eq!(job.output::<Act>().unwrap(), Some(3));
	assert_eq!(job.finished_at, Some(bench.clock.now()));
}

#[tokio::test]
async fn a_job_out_of_attempts_is_a_dead_letter_with_a_second_life() {
	let bench = Bench::new().await;
	let (act, _begins, _ends) = Act::new();
	let worker = worker(&bench.queue, act);
	let id = bench.enqueue::<Act>("k", &Play::FailTimes(u32::MAX)).await;
	for _ in 0..2 {
		for _ in 0..3 {
			assert_eq!(bench.run_one(&worker).await, Some(id));
			bench.clock.advance(Duration::from_secs(600));
		}
		let job = bench.job(id).await;
		assert_eq!((job.state, job.attempts), (JobState::Failed, 3));
		assert_eq!(job.failure.unwrap().code, "NOT_NOW");
		assert_eq!(bench.run_one(&worker).await, None);
		bench.queue.requeue(id).await.unwrap();
	}
}

#[tokio::test]
async fn a_fatal_failure_is_not_tried_again() {
	let bench = Bench::new().await;
	let (act, _begins, _ends) = Act::new();
	let id = bench.enqueue::<Act>("k", &Play::FailFatally).await;
	bench.run_one(&worker(&bench.queue, act)).await.unwrap();
	let job = bench.job(id).await;
	assert_eq!((job.state, job.attempts), (JobState::Failed, 1));
	let failure = job.failure.unwrap();
	assert_eq!((failure.code.as_str(), failure.message.as_str()), ("NEVER", "no use"));
}

#[tokio::test]
async fn a_panic_is_a_failure_without_its_message() {
	let bench = Bench::new().await;
	let (act, _begins, _ends) = Act::new();
	let id = bench.enqueue::<Act>("k", &Play::Panic).await;
	bench.run_one(&worker(&bench.queue, act)).await.unwrap();
	let job = bench.job(id).await;
	assert_eq!(job.state, JobState::Waiting);
	let failure = job.failure.unwrap();
	assert_eq!(failure.code, JobError::PANICKED);
	assert!(!failure.message.contains("patient"));
}

#[tokio::test]
async fn a_job_that_kills_its_process_becomes_a_dead_letter() {
	let bench = Bench::new().await;
	let (act, mut begins, _ends) = Act::new();
	let worker = worker(&bench.queue, act);
	let id = bench.enqueue::<Act>("k", &Play::Hang).await;
	for attempt in 1..=3 {
		tokio::select! {
			_ = bench.run_one(&worker) => unreachable!(),
			begun = begins.recv() => assert_eq!(begun, Some(id)),
		}
		assert_eq!(bench.job(id).await.attempts, attempt);
		assert_eq!(bench.run_one(&worker).await, None);
		bench.clock.advance(LEASE);
	}
	assert_eq!(bench.run_one(&worker).await, Some(id));
	let job = bench.job(id).await;
	assert_eq!(job.state, JobState::Failed);
	assert_eq!(job.failure.unwrap().code, JobError::ATTEMPTS_EXHAUSTED);
}

#[tokio::test]
async fn a_heartbeat_keeps_the_lease_of_a_long_job() {
	let bench = Bench::new().await;
	let other = bench.other_process().await;
	let (act, mut begins, _ends) = Act::new();
	let id = bench.enqueue::<Act>("k", &Play::WaitForCancellation).await;
	let running = Running::start(&worker(&bench.queue, act));
	begins.recv().await.unwrap();
	for _ in 0..10 {
		// The row may show a renewal before the heartbeat has heard of it: half a lease further on,
		// the lease it still knows of would have expired.
		bench.clock.advance(LEASE / 3);
		let renewed = after(bench.clock.now(), LEASE);
		while bench.job(id).await.lease.unwrap().expires_at < renewed {
			tokio::task::yield_now().await;
		}
		assert!(Lease::take(&other, r#"["act"]"#, "w", LEASE).await.unwrap().is_none());
	}
	assert_eq!(bench.job(id).await.attempts, 1);
	running.stop().await;
}

#[tokio::test]
async fn a_job_whose_lease_is_lost_is_dropped() {
	let bench = Bench::new().await;
	let (act, mut begins, mut ends) = Act::new();
	let id = bench.enqueue::<Act>("k", &Play::Hang).await;
	let running = Running::start(&worker(&bench.queue, act));
	begins.recv().await.unwrap();
	// As if this process had been stopped while another took the job.
	let take = "UPDATE jobs SET fence = fence + 1, lease_owner = 'other', available_at = 900000";
	sqlx::query(take).execute(bench.queue.pool()).await.unwrap();
	let mut events = bench.queue.subscribe();
	bench.clock.advance(LEASE / 3);
	assert_eq!(ends.recv().await, Some(id));
	while events.recv().await.unwrap().kind != EventKind::LeaseLost {}
	let job = bench.job(id).await;
	assert_eq!((job.state, job.lease.unwrap().owner.as_str()), (JobState::Running, "other"));
	running.stop().await;
}

#[tokio::test]
async fn shutdown_gives_jobs_back_at_once() {
	let bench = Bench::new().await;
	let (act, mut begins, _ends) = Act::new();
	let mut ids = Vec::new();
	for name in ["a", "b", "c", "d"] {
		ids.push(bench.enqueue::<Act>(name, &Play::WaitForCancellation).await);
	}
	let running = Running::start(&worker(&bench.queue, act));
	for _ in 0..3 {
		begins.recv().await.unwrap();
	}
	// Three at once, and no more.
	assert_eq!(bench.job(ids[3]).await.state, JobState::Queued);
	running.stop().await;
	for id in ids {
		let job = bench.job(id).await;
		assert_eq!((job.state, job.attempts, job.lease), (JobState::Queued, 0, None));
		assert!(Lease::take(&bench.queue, r#"["act"]"#, "next", LEASE).await.unwrap().is_some());
	}
}

#[tokio::test]
async fn shutdown_drops_and_gives_back_what_does_not_return_in_time() {
	let bench = Bench::new().await;
	let (act, mut begins, mut ends) = Act::new();
	let id = bench.enqueue::<Act>("k", &Play::Hang).await;
	let running = Running::start(&patient(&bench.queue, act, 3));
	begins.recv().await.unwrap();
	let begun = bench.clock.now();
	advance_until_done(&bench, running.stop()).await;
	assert!(bench.clock.now() >= after(begun, WorkerOptions::default().grace));
	assert_eq!(ends.try_recv(), Ok(id));
	let job = bench.job(id).await;
	assert_eq!((job.state, job.attempts), (JobState::Queued, 0));
	assert_eq!(job.checkpoint.unwrap().stage, "begun");
}

#[tokio::test]
async fn shutdown_before_the_start_runs_nothing() {
	let bench = Bench::new().await;
	let (act, _begins, _ends) = Act::new();
	let id = bench.enqueue::<Act>("k", &Play::Succeed).await;
	let shutdown = CancellationToken::new();
	shutdown.cancel();
	worker(&bench.queue, act).run(shutdown).await.unwrap();
	assert_eq!(bench.job(id).await.attempts, 0);
}

#[tokio::test]
async fn work_is_found_at_once_here_and_by_looking_from_elsewhere() {
	let bench = Bench::new().await;
	let other = bench.other_process().await;
	let (act, _begins, mut ends) = Act::new();
	let running = Running::start(&patient(&bench.queue, act, 3));
	// The clock stands still.
	let here = bench.enqueue::<Act>("here", &Play::Succeed).await;
	assert_eq!(ends.recv().await, Some(here));
	let there = other.enqueue::<Act>(&key("there"), &Play::Succeed).await.unwrap().job.id;
	assert_eq!(advance_until_done(&bench, ends.recv()).await, Some(there));
	// Retries too.
	let twice = bench.enqueue::<Act>("twice", &Play::FailTimes(1)).await;
	assert_eq!(advance_until_done(&bench, ends.recv()).await, Some(twice));
	assert_eq!(advance_until_done(&bench, ends.recv()).await, Some(twice));
	let done = advance_until_done(&bench, bench.queue.wait(twice)).await.unwrap();
	assert_eq!((done.state, done.attempts), (JobState::Done, 2));
	running.stop().await;
}

/// Holds the write lock as another process would, until it is closed.
async fn lock_database(bench: &Bench) -> SqliteConnection {
	let options = SqliteConnectOptions::new().filename(bench.path());
	let mut connection = options.connect().await.unwrap();
	sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await.unwrap();
	connection
}

async fn impatient(bench: &Bench) -> Queue {
	let options = QueueOptions { busy_timeout: Duration::ZERO, ..QueueOptions::default() };
	Queue::open(bench.path(), Arc::new(bench.clock.clone()), options).await.unwrap()
}

#[tokio::test]
async fn a_worker_waits_for_a_locked_database() {
	let bench = Bench::new().await;
	let queue = impatient(&bench).await;
	let (act, mut begins, _ends) = Act::new();
	let id = bench.enqueue::<Act>("k", &Play::WaitForCancellation).await;
	// Nothing is leased...
	let lock = lock_database(&bench).await;
	// One job at a time, so that the worker is not in its own way.
	let running = Running::start(&patient(&queue, act, 1));
	for _ in 0..10 {
		bench.clock.advance(Duration::from_secs(1));
		bench.job(id).await;
	}
	assert!(begins.try_recv().is_err());
	lock.close().await.unwrap();
	advance_until_done(&bench, begins.recv()).await.unwrap();
	// ... and no end is written while it is locked, but nothing is lost either.
	let lock = lock_database(&bench).await;
	running.shutdown.cancel();
	let stopped = advance_until_done(&bench, async {
		for _ in 0..10 {
			assert_eq!(bench.job(id).await.state, JobState::Running);
		}
		lock.close().await.unwrap();
		running.stop().await;
	});
	stopped.await;
	let job = bench.job(id).await;
	assert_eq!((job.state, job.attempts), (JobState::Queued, 0));
}

#[tokio::test]
async fn a_kind_is_registered_once_and_others_are_left_alone() {
	let bench = Bench::new().await;
	let builder = || Worker::builder(bench.queue.clone());
	let error = builder().register(Act::new().0).unwrap().register(Act::new().0).unwrap_err();
	assert!(matches!(error, Error::AlreadyRegistered { kind: "act" }));
	bench.enqueue::<Act>("k", &Play::Succeed).await;
	assert_eq!(bench.run_one(&builder().build().unwrap()).await, None);
}

/// Reports progress for each of its items.
struct Count;

impl JobKind for Count {
	const NAME: &'static str = "count";
	type Payload = Vec<(u64, u64)>;
	type Output = ();
	type Error = JobError;

	async fn run(&self, context: &JobContext, steps: Vec<(u64, u64)>) -> Result<(), JobError> {
		for (done, total) in steps {
			context.progress(Progress::new("counting", done, Some(total), "rows")).await?;
		}
		Ok(())
	}
}

#[tokio::test]
async fn progress_is_told_at_once_and_written_coarsely() {
	let bench = Bench::new().await;
	let mut events = bench.queue.subscribe();
	let worker = worker(&bench.queue, Count);
	for (name, steps, written) in
		[("begun", vec![(1, 9), (2, 9), (3, 9)], 1), ("complete", vec![(1, 9), (2, 9), (9, 9)], 9)]
	{
		let id = bench.enqueue::<Count>(name, &steps).await;
		bench.run_one(&worker).await.unwrap();
		let mut told = Vec::new();
		while let Ok(event) = events.try_recv() {
			if let EventKind::Progressed(progress) = event.kind {
				told.push((progress.done(), progress.total().unwrap()));
			}
		}
		assert_eq!(told, steps);
		let progress = bench.job(id).await.progress.unwrap();
		assert_eq!(progress, Progress::new("counting", written, Some(9), "rows"));
	}
}

/// Fails when a job is begun while it runs.
struct Exclusive {
	running: Arc<Mutex<BTreeSet<JobId>>>,
	overlaps: Arc<Mutex<Vec<JobId>>>,
	done: mpsc::UnboundedSender<JobId>,
}

impl JobKind for Exclusive {
	const NAME: &'static str = "exclusive";
	type Payload = ();
	type Output = ();
	type Error = JobError;

	async fn run(&self, context: &JobContext, (): ()) -> Result<(), JobError> {
		let lock = |set: &Mutex<BTreeSet<JobId>>, insert: bool| {
			let mut set = set.lock().unwrap_or_else(PoisonError::into_inner);
			if insert {
				set.insert(context.job())
			} else {
				set.remove(&context.job())
			}
		};
		if !lock(&self.running, true) {
			self.overlaps.lock().unwrap().push(context.job());
		}
		for step in 0..3u32 {
			tokio::task::yield_now().await;
			context.checkpoint().save("step", &step).await?;
		}
		lock(&self.running, false);
		let _ = self.done.send(context.job());
		Ok(())
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_workers_never_run_one_job_at_once() {
	const JOBS: usize = 60;
	let bench = Bench::new().await;
	let other = bench.other_process().await;
	let (done, mut dones) = mpsc::unbounded_channel();
	let running = Arc::default();
	let overlaps = Arc::default();
	let kind = || Exclusive {
		running: Arc::clone(&running),
		overlaps: Arc::clone(&overlaps),
		done: done.clone(),
	};
	let mut ids = Vec::new();
	for number in 0..JOBS {
		ids.push(bench.enqueue::<Exclusive>(&format!("k{number}"), &()).await);
	}
	let first = Running::start(&worker(&bench.queue, kind()));
	let second = Running::start(&worker(&other, kind()));
	for _ in 0..JOBS {
		dones.recv().await.unwrap();
	}
	first.stop().await;
	second.stop().await;
	assert!(dones.try_recv().is_err());
	assert!(overlaps.lock().unwrap().is_empty());
	for id in ids {
		let job = bench.job(id).await;
		assert_eq!((job.state, job.attempts), (JobState::Done, 1));
	}
}
