// SPDX-License-Identifier: Apache-2.0
//! `salus ingest`

use super::Context;
use crate::{
	account::Unlocked,
	arguments::Ingest,
	error::{Failure, IoContext, Result},
	output::{table, Output},
	session::{catalogue, worker, Session},
};
use indicatif::ProgressBar;
use salus_chain::AccountId;
use salus_ingest::{Diagnostic, Options, Place, Report, Sink, SinkError, Source};
use salus_primitives::Salt;
use salus_worker::{
	clock::SystemClock,
	ingestor::{IngestFile, Ingested, Ingestor},
	jobs::{IdempotencyKey, Job, JobFilter, JobState, Queue, QueueOptions, Worker, WorkerOptions},
};
use sha2::{Digest, Sha256};
use std::{
	fs::File,
	io::Read,
	num::NonZeroUsize,
	path::{Path, PathBuf},
	sync::Arc,
	time::Duration,
};
use tokio_util::sync::CancellationToken;

/// How long a killed worker keeps others from its job. The worker here renews its lease much more
/// often than that.
const LEASE: Duration = Duration::from_secs(5);

pub(crate) async fn run(context: &Context, arguments: Ingest) -> Result<()> {
	if arguments.check {
		let file = arguments.file.ok_or_else(|| {
			Failure::new("INPUT_MISSING", "--check needs a file").fix("name a file")
		})?;
		return check(context, &file).await;
	}
	let session = Session::connect(context).await?;
	let unlocked = session.unlock(context, &arguments.who.name)?;
	let ingested = ingest(context, &session, unlocked, arguments.file.as_deref()).await?;
	context.output.result(&ingested, || {
		if ingested.is_empty() {
			return "Nothing was left to do.".to_owned();
		}
		ingested.iter().map(describe).collect::<Vec<_>>().join("\n")
	});
	Ok(())
}

/// Runs the account's unfinished jobs, and the one for `file`, to their end.
pub(crate) async fn ingest(
	context: &Context,
	session: &Session,
	unlocked: Unlocked,
	file: Option<&Path>,
) -> Result<Vec<Ingested>> {
	let account = unlocked.card.account;
	let queue = open_queue(context, &account).await?;
	let wanted = match file {
		None => None,
		Some(file) => Some(enqueue(&queue, &account, file).await?),
	};
	let ingestor = Ingestor {
		chain: session.chain.clone(),
		store: Arc::clone(&session.store),
		committee: session.committee.clone(),
		owner_key: unlocked
			.keys
			.current_encryption_key()
			.ok_or_else(|| Failure::new("KEYSTORE_NO_KEY", "the keystore holds no encryption key"))?
			.public()
			.clone(),
		catalogue: catalogue(context, &account)?,
		signer: unlocked.signer,
		work: context.home.work().join(account.to_string()),
		reports: context.home.reports().join(account.to_string()),
	};
	let runner = Worker::builder(queue.clone())
		.register(ingestor)
		.map_err(|error| worker(&error))?
		.options(WorkerOptions {
			lease: LEASE,
			concurrency: NonZeroUsize::MIN,
			..WorkerOptions::default()
		})
		.build()
		.map_err(|error| worker(&error))?;

	let pending = unfinished(&queue).await?;
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
	for job in pending.iter().chain(wanted.as_ref().filter(|job| !pending.contains(job))) {
		let bar = Bar::new(context.output);
		let waited = tokio::select! {
			waited = wait(&queue, *job, &bar) => waited,
			() = shutdown.cancelled() => Err(Failure::new("INTERRUPTED", "stopped")
				.fix("`salus ingest` goes on where it stopped")),
		};
		match waited {
			Ok(ingested) => finished.push(ingested),
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

async fn open_queue(context: &Context, account: &AccountId) -> Result<Queue> {
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

async fn enqueue(
	queue: &Queue,
	account: &AccountId,
	file: &Path,
) -> Result<salus_worker::jobs::JobId> {
	let path = file.canonicalize().about(file.display())?;
	let digest = {
		let path = path.clone();
		tokio::task::spawn_blocking(move || digest(&path))
			.await
			.map_err(|error| Failure::of("INTERRUPTED", &error))??
	};
	let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
	let key = IdempotencyKey::new(format!("{account}:{digest}")).map_err(|error| worker(&error))?;
	let payload = IngestFile { file: path, name, digest, record_salt: Salt(rand::random()) };
	let enqueued =
		queue.enqueue::<Ingestor>(&key, &payload).await.map_err(|error| worker(&error))?;
	// What failed for good before is tried again: the user has mended what was wrong.
	if enqueued.job.state == JobState::Failed {
		queue.requeue(enqueued.job.id).await.map_err(|error| worker(&error))?;
	}
	Ok(enqueued.job.id)
}

async fn unfinished(queue: &Queue) -> Result<Vec<salus_worker::jobs::JobId>> {
	let mut jobs = Vec::new();
	for state in [JobState::Running, JobState::Waiting, JobState::Queued] {
		let filter = JobFilter { state: Some(state), ..JobFilter::default() };
		let found = queue.list(&filter, Queue::MAX_PAGE).await.map_err(|error| worker(&error))?;
		jobs.extend(found.into_iter().map(|job: Job| job.id));
	}
	jobs.sort();
	Ok(jobs)
}

/// Shows how far a job is until it ends.
async fn wait(queue: &Queue, id: salus_worker::jobs::JobId, bar: &Bar) -> Result<Ingested> {
	let mut events = queue.subscribe();
	loop {
		let job = queue.get(id).await.map_err(|error| worker(&error))?;
		match job.state {
			JobState::Done => {
				bar.end();
				return job
					.output::<Ingestor>()
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

fn digest(path: &Path) -> Result<String> {
	let mut file = File::open(path).about(path.display())?;
	let mut hasher = Sha256::new();
	let mut buffer = vec![0; 1 << 20];
	loop {
		match file.read(&mut buffer).about(path.display())? {
			0 => return Ok(hex::encode(hasher.finalize())),
			read => hasher.update(buffer.get(..read).unwrap_or_default()),
		}
	}
}

fn describe(ingested: &Ingested) -> String {
	let found = |key: &str| ingested.report[key].as_u64().unwrap_or_default();
	format!(
		"Record {}\n{}\n{} pieces, {} rejected. Diagnostics: {}",
		ingested.record,
		table(
			["category", "items", "ciphertext"],
			ingested.segments.iter().map(|segment| {
				[
					segment.category.to_string(),
					segment.items.to_string(),
					salus_store::ContentIdText(segment.content).to_string(),
				]
			}),
		),
		found("pieces"),
		found("rejected"),
		ingested.diagnostics.display(),
	)
}

/// Collects what a check finds.
#[derive(Default)]
struct CheckSink {
	diagnostics: Vec<Diagnostic>,
}

/// More diagnostics than anybody reads.
const MAX_SHOWN: usize = 1000;

impl Sink for CheckSink {
	fn item(&mut self, _: salus_mdf::Item) -> Result<(), SinkError> {
		Ok(())
	}

	fn diagnostic(&mut self, diagnostic: Diagnostic) -> Result<(), SinkError> {
		if self.diagnostics.len() < MAX_SHOWN {
			self.diagnostics.push(diagnostic);
		}
		Ok(())
	}
}

fn line(diagnostic: &Diagnostic) -> String {
	let place = match &diagnostic.place {
		Place::Line(line) => format!("line {line}"),
		Place::Cell { line, column } => format!("line {line}, column {column}"),
		Place::JsonPointer(pointer) => pointer.clone(),
		Place::LinePointer { line, pointer } => format!("line {line}, {pointer}"),
		Place::ByteOffset(offset) => format!("byte {offset}"),
	};
	format!(
		"{}: {place}: {}: {}; {}",
		diagnostic.file,
		diagnostic.code.as_str(),
		diagnostic.reason,
		diagnostic.fix
	)
}

async fn check(context: &Context, file: &Path) -> Result<()> {
	let path: PathBuf = file.to_owned();
	let reader = File::open(file).about(file.display())?;
	let (report, diagnostics) = tokio::task::spawn_blocking(move || {
		let name =
			path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
		let mut sink = CheckSink::default();
		let report: Report =
			salus_ingest::ingest(Source { name, reader }, &Options::default(), &mut sink)
				.map_err(|error| Failure::of(error.code(), &error))?;
		Ok::<_, Failure>((report, sink.diagnostics))
	})
	.await
	.map_err(|error| Failure::of("INTERRUPTED", &error))??;
	let found = serde_json::json!({ "report": report, "diagnostics": diagnostics });
	context.output.result(&found, || {
		let items =
			report.items.iter().map(|(category, items)| [category.to_string(), items.to_string()]);
		let lines = diagnostics.iter().map(line).collect::<Vec<_>>().join("\n");
		format!(
			"{}\n{} pieces, {} rejected. Nothing was written.\n{lines}",
			table(["category", "items"], items),
			report.pieces,
			report.rejected
		)
	});
	Ok(())
}
