// SPDX-License-Identifier: Apache-2.0

use std::{
	io,
	sync::{Mutex, OnceLock},
};

use super::*;
use crate::jobs::{JobFilter, JobState};

const MARKER: &str = "Mrs-Marker-1944-HIV";

/// Everything that any test of this binary logs, at every level.
fn log() -> &'static Mutex<Vec<u8>> {
	static LOG: OnceLock<Mutex<Vec<u8>>> = OnceLock::new();
	LOG.get_or_init(Mutex::default)
}

struct Capture;

impl io::Write for Capture {
	fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
		let mut log = log().lock().unwrap();
		if log.len() < 1 << 24 {
			log.extend_from_slice(bytes);
		}
		Ok(bytes.len())
	}

	fn flush(&mut self) -> io::Result<()> {
		Ok(())
	}
}

/// Carries content through payload, checkpoint and result.
struct Confide;

#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Secret {
	name: String,
}

impl JobKind for Confide {
	const NAME: &'static str = "confide";
	type Payload = Secret;
	type Output = Secret;
	type Error = JobError;

	async fn run(&self, context: &JobContext, secret: Secret) -> Result<Secret, JobError> {
		let checkpoint = context.checkpoint::<String>();
		if checkpoint.load().await?.is_some() {
			return Ok(secret);
		}
		checkpoint.save("told", &secret.name).await?;
		// What was saved is no number: the error of serde would quote it.
		context.checkpoint::<u32>().load().await?;
		Ok(secret)
	}
}

#[tokio::test]
async fn content_is_in_no_log_no_error_and_no_debug_output() {
	tracing_subscriber::fmt()
		.with_max_level(tracing::Level::TRACE)
		.with_ansi(false)
		.with_writer(|| Capture)
		.init();
	let bench = Bench::new().await;
	let mut events = bench.queue.subscribe();
	let secret = Secret { name: MARKER.to_owned() };
	let worker = worker(&bench.queue, Confide);
	let enqueued = bench.queue.enqueue::<Confide>(&key("k"), &secret).await.unwrap();
	let id = enqueued.job.id;
	bench.run_one(&worker).await.unwrap();
	let failed = bench.job(id).await;
	assert_eq!(failed.state, JobState::Failed);
	assert_eq!(failed.failure.as_ref().unwrap().code, "JOB_DATA_INVALID");
	bench.queue.requeue(id).await.unwrap();
	bench.run_one(&worker).await.unwrap();
	let done = bench.job(id).await;
	assert_eq!(done.output::<Confide>().unwrap().unwrap().name, MARKER);
	// A payload that the kind cannot read.
	sqlx::query(
		"UPDATE jobs SET state = 'queued', payload = ?1, result = NULL, finished_at = NULL,
			available_at = 0",
	)
	.bind(format!("{{\"name\": {{\"{MARKER}\": 1}}}}"))
	.execute(bench.queue.pool())
	.await
	.unwrap();
	bench.run_one(&worker).await.unwrap();
	let unreadable = bench.job(id).await;
	assert_eq!(unreadable.state, JobState::Failed);
	let error = unreadable.payload.decode::<Secret>().unwrap_err();

	let mut shown = format!("{enqueued:?} {failed:?} {done:?} {unreadable:?} {error} {error:?}");
	shown += &format!("{worker:?} {:?}", bench.queue.list(&JobFilter::default(), 9).await);
	while let Ok(event) = events.try_recv() {
		shown += &format!("{event:?}");
	}
	let logged = String::from_utf8(log().lock().unwrap().clone()).unwrap();
	for text in [&shown, &logged] {
		assert!(!text.contains(MARKER), "{text}");
	}
	// The log was on.
	assert!(logged.contains(&format!("job{{job={id} kind=\"confide\" attempt=1}}")), "{logged}");
}
