// SPDX-License-Identifier: Apache-2.0
//! Running an account's jobs to their end, with what they are at shown meanwhile.

use super::Context;
use crate::{
	error::{Failure, IoContext, Result},
	output::Output,
	session::worker,
};
use indicatif::ProgressBar;
use salus_chain::AccountId;
use salus_worker::{
	clock::SystemClock,
	jobs::{
		IdempotencyKey, Job, JobFilter, JobId, JobKind, JobState, Queue, QueueOptions, Worker,
		WorkerOptions,
	},
};
use std::{num::NonZeroUsize, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// How long a killed worker keeps others from its job. The worker here renews its lease much more
/// often than that.
const LEASE: Duration = Duration::from_secs(5);

/// The jobs of an account.
pub(crate) async fn open_queue(context: &Context, account: &AccountId) -> Result<Queue> {
	let directory = context.home.jobs();
	std::fs::create_dir_all(&directory).about(directory.display())?;
	Queue::open(
		directory.join(format!("{account}.sqlite")),
		Arc::new(SystemClock),
		QueueOptions::default(),
	)
	.await
	.map_err(|error| worker(&error))
}

/// Adds a job, once. What failed for good before is tried again: the user has mended what was wrong.
pub(crate) async fn add_job<K: JobKind>(
	queue: &Queue,
	key: &IdempotencyKey,
	payload: &K::Payload,
) -> Result<JobId> {
	let enqueued = queue.enqueue::<K>(key, payload).await.map_err(|error| worker(&error))?;
	if enqueued.job.state == JobState::Failed {
		queue.requeue(enqueued.job.id).await.map_err(|error| worker(&error))?;
	}
	Ok(enqueued.job.id)
}

/// Runs the account's unfinished jobs of a kind, and those that are `wanted`, to their end. `again` says
/// how to go on after an interruption.
pub(crate) async fn run_jobs<K: JobKind>(
	context: &Context,
	queue: Queue,
	kind: K,
	wanted: impl IntoIterator<Item = JobId>,
	again: &'static str,
) -> Result<Vec<K::Output>> {
	let runner = Worker::builder(queue.clone())
		.register(kind)
		.map_err(|error| worker(&error))?
		.options(WorkerOptions {
			lease: LEASE,
			concurrency: NonZeroUsize::MIN,
			..WorkerOptions::default()
		})
		.build()
		.map_err(|error| worker(&error))?;

	let pending = unfinished::<K>(&queue).await?;
	let shutdown = CancellationToken::new();
	let stop_on_signal = shutdown.clone();
	let running = tokio::spawn({
		let shutdown = shutdown.clone();
		async move { runner.run(shutdown).await }
	});
	let interrupted = tokio::spawn(async move {
		if tokio::signal::ctrl_c().await.is_ok() {
			stop_on_signal.cancel();
		}
	});

	let mut finished = Vec::new();
	let mut result = Ok(());
	let wanted = wanted.into_iter().filter(|job| !pending.contains(job)).collect::<Vec<_>>();
	for job in pending.iter().chain(&wanted) {
		let bar = Bar::new(context.output);
		let waited = tokio::select! {
			waited = wait::<K>(&queue, *job, &bar) => waited,
			() = shutdown.cancelled() => Err(Failure::new("INTERRUPTED", "stopped")
				.fix(again)),
		};
		match waited {
			Ok(output) => finished.push(output),
			Err(failure) => {
				result = Err(failure);
				break;
			},
		}
	}
	interrupted.abort();
	shutdown.cancel();
	let ended = running.await.map_err(|error| Failure::of("JOBS_WORKER", &error))?;
	queue.close().await;
	result?;
	ended.map_err(|error| worker(&error))?;
	Ok(finished)
}

/// The account's jobs of a kind that have not ended.
async fn unfinished<K: JobKind>(queue: &Queue) -> Result<Vec<JobId>> {
	let mut jobs = Vec::new();
	for state in [JobState::Running, JobState::Waiting, JobState::Queued] {
		let kind = Some(K::NAME.to_owned());
		let filter = JobFilter { kind, state: Some(state), ..JobFilter::default() };
		let found = queue.list(&filter, Queue::MAX_PAGE).await.map_err(|error| worker(&error))?;
		jobs.extend(found.into_iter().map(|job: Job| job.id));
	}
	jobs.sort();
	Ok(jobs)
}

/// Shows how far a job is until it ends.
async fn wait<K: JobKind>(queue: &Queue, id: JobId, bar: &Bar) -> Result<K::Output> {
	let mut events = queue.subscribe();
	loop {
		let job = queue.get(id).await.map_err(|error| worker(&error))?;
		match job.state {
			JobState::Done => {
				bar.end();
				return job
					.output::<K>()
					.map_err(|error| worker(&error))?
					.ok_or_else(|| Failure::new("JOBS_NO_RESULT", format!("{id} left no result")));
			},
			JobState::Failed => {
				bar.end();
				let failure = job.failure.unwrap_or_else(|| salus_worker::jobs::Failure {
					code: "JOBS_NO_RESULT".to_owned(),
					message: "the job failed without a reason".to_owned(),
				});
				return Err(explain(failure));
			},
			_ => bar.show(&job),
		}
		// A missed event only means that the job is looked at later.
		let _ = tokio::time::timeout(Duration::from_millis(500), events.recv()).await;
	}
}

fn explain(failure: salus_worker::jobs::Failure) -> Failure {
	let fix = match failure.code.as_str() {
		code if code.starts_with("FILE_") || code.starts_with("FORMAT_") => {
			"mend or fetch the file again, then run the same command"
		},
		"STORE_FULL" | "DISK_FULL" => "free space on that disk, then run the same command again",
		_ => "`salus doctor` looks for the cause; the same command goes on where this stopped",
	};
	Failure::new(failure.code, failure.message).fix(fix)
}

/// Progress of one job; a bar for people, nothing for programs.
struct Bar {
	bar: ProgressBar,
}

impl Bar {
	fn new(output: Output) -> Self {
		Self { bar: output.bytes_bar(0, "waiting") }
	}

	fn show(&self, job: &Job) {
		if let Some(progress) = &job.progress {
			self.bar.set_message(progress.phase().to_owned());
			self.bar.set_length(progress.total().unwrap_or_default());
			self.bar.set_position(progress.done());
		}
	}

	fn end(&self) {
		self.bar.finish_and_clear();
	}
}
