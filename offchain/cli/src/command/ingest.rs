// SPDX-License-Identifier: Apache-2.0
//! `salus ingest`

use super::{
	jobs::{add_job, open_queue, run_jobs},
	service::on_signal,
	watch::Watch,
	Context,
};
use crate::{
	account::Unlocked,
	arguments::Ingest,
	error::{Failure, IoContext, Result},
	output::table,
	session::{worker, Session},
};
use salus_chain::AccountId;
use salus_ingest::{Diagnostic, Options, Place, Report, Sink, SinkError, Source};
use salus_primitives::Salt;
use salus_worker::{
	ingestor::{IngestFile, Ingested, Ingestor},
	jobs::{IdempotencyKey, JobId, Queue},
};
use sha2::{Digest, Sha256};
use std::{
	fs::File,
	io::Read,
	path::{Path, PathBuf},
};

pub(crate) async fn run(context: &Context, arguments: Ingest) -> Result<()> {
	if arguments.check {
		let file = arguments.file.ok_or_else(|| {
			Failure::new("INPUT_MISSING", "--check needs a file").fix("name a file")
		})?;
		return check(context, &file).await;
	}
	let session = Session::connect(context).await?;
	let unlocked = session.unlock(context, &arguments.who.name)?;
	if let Some(directory) = arguments.watch {
		return watch(context, &session, &unlocked, &directory).await;
	}
	let ingested = ingest(context, &session, unlocked, arguments.file.as_deref()).await?;
	show(context, &ingested);
	Ok(())
}

fn show(context: &Context, ingested: &[Ingested]) {
	context.output.result(&ingested, || {
		if ingested.is_empty() {
			return "Nothing was left to do.".to_owned();
		}
		ingested.iter().map(describe).collect::<Vec<_>>().join("\n")
	});
}

/// Ingests the files of a directory as they come. What fails is told and keeps nothing else waiting;
/// a file that was ingested before changes nothing.
async fn watch(
	context: &Context,
	session: &Session,
	unlocked: &Unlocked,
	directory: &Path,
) -> Result<()> {
	let shutdown = on_signal()?;
	let mut files = Watch::new(directory)?;
	context.output.say(format!("Watching {}.", directory.display()));
	loop {
		let file = tokio::select! {
			() = shutdown.cancelled() => return Ok(()),
			file = files.next() => file?,
		};
		match ingest(context, session, unlocked.clone(), Some(&file)).await {
			Ok(ingested) => show(context, &ingested),
			Err(_) if shutdown.is_cancelled() => return Ok(()),
			Err(failure) => {
				context.output.failure(&failure);
			},
		}
	}
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
		publisher: session.publisher(context, unlocked)?,
		reports: context.home.reports().join(account.to_string()),
	};
	run_jobs(context, queue, ingestor, wanted, "`salus ingest` goes on where it stopped").await
}

async fn enqueue(queue: &Queue, account: &AccountId, file: &Path) -> Result<JobId> {
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
	add_job::<Ingestor>(queue, &key, &payload).await
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
		Place::JsonPointer(path) | Place::XmlPath(path) | Place::Element(path) => path.clone(),
		Place::LinePointer { line, pointer } => format!("line {line}, {pointer}"),
		Place::Entry(number) => format!("entry {number}"),
		Place::ByteOffset(offset) => format!("byte {offset}"),
		Place::Segment { message, line, path } => {
			format!("message {message}, line {line}, {path}")
		},
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
