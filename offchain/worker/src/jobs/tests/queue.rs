// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{
	jobs::{EventKind, JobData, JobFilter, JobState},
	Error,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn enqueue_is_idempotent_across_processes() {
	let bench = Bench::new().await;
	let other = bench.other_process().await;
	let tasks: Vec<_> = (0..24)
		.map(|number| {
			let queue = if number % 2 == 0 { &bench.queue } else { &other }.clone();
			let name = format!("key-{}", number % 3);
			let play = Play::FailTimes(number);
			tokio::spawn(async move { queue.enqueue::<Act>(&key(&name), &play).await.unwrap() })
		})
		.collect();
	let mut created = 0;
	let mut ids = std::collections::BTreeSet::new();
	for task in tasks {
		let enqueued = task.await.unwrap();
		created += u32::from(enqueued.created);
		ids.insert((enqueued.job.key.as_str().to_owned(), enqueued.job.id));
	}
	assert_eq!((created, ids.len()), (3, 3));
}

#[tokio::test]
async fn a_job_found_keeps_its_payload_and_its_state() {
	let bench = Bench::new().await;
	let (act, _begins, _ends) = Act::new();
	let id = bench.enqueue::<Act>("k", &Play::Succeed).await;
	bench.run_one(&worker(&bench.queue, act)).await.unwrap();
	let found = bench.queue.enqueue::<Act>(&key("k"), &Play::Hang).await.unwrap();
	assert!(!found.created);
	assert_eq!((found.job.id, found.job.state), (id, JobState::Done));
	assert_eq!(found.job.payload.decode::<Play>().unwrap(), Play::Succeed);
	assert_eq!(found.job.output::<Act>().unwrap(), Some(1));
	let by_key = bench.queue.find::<Act>(&key("k")).await.unwrap().unwrap();
	assert_eq!(by_key.id, id);
	assert!(bench.queue.find::<Act>(&key("other")).await.unwrap().is_none());
}

#[tokio::test]
async fn what_does_not_fit_a_row_is_refused() {
	struct Big;
	impl JobKind for Big {
		const NAME: &'static str = "big";
		type Payload = String;
		type Output = String;
		type Error = JobError;
		async fn run(&self, _: &JobContext, _: String) -> Result<String, JobError> {
			Ok("x".repeat(JobData::MAX_BYTES))
		}
	}
	let bench = Bench::new().await;
	let large = "x".repeat(JobData::MAX_BYTES);
	let error = bench.queue.enqueue::<Big>(&key("k"), &large).await.unwrap_err();
	assert_eq!(error.code(), "JOB_DATA_TOO_LARGE");
	let id = bench.enqueue::<Big>("k", &String::new()).await;
	bench.run_one(&worker(&bench.queue, Big)).await.unwrap();
	let job = bench.job(id).await;
	assert_eq!(job.state, JobState::Failed);
	assert_eq!(job.failure.unwrap().code, "JOB_DATA_TOO_LARGE");
}

#[tokio::test]
async fn jobs_are_listed_in_pages_and_counted() {
	let bench = Bench::new().await;
	let (act, _begins, _ends) = Act::new();
	let mut ids = Vec::new();
	for number in 0..5 {
		ids.push(bench.enqueue::<Act>(&format!("k{number}"), &Play::Succeed).await);
	}
	bench.run_one(&worker(&bench.queue, act)).await.unwrap();
	let queue = &bench.queue;
	let list = |filter: JobFilter| async move {
		let jobs = queue.list(&filter, 2).await.unwrap();
		jobs.into_iter().map(|job| job.id).collect::<Vec<_>>()
	};
	assert_eq!(list(JobFilter::default()).await, ids[..2]);
	let after = JobFilter { after: Some(ids[3]), ..JobFilter::default() };
	assert_eq!(list(after).await, ids[4..]);
	let done = JobFilter { state: Some(JobState::Done), ..JobFilter::default() };
	assert_eq!(list(done).await, ids[..1]);
	let other = JobFilter { kind: Some("other".to_owned()), ..JobFilter::default() };
	assert!(list(other).await.is_empty());
}

#[tokio::test]
async fn counts_are_by_kind_and_state() {
	let bench = Bench::new().await;
	let (act, _begins, _ends) = Act::new();
	bench.enqueue::<Act>("a", &Play::FailFatally).await;
	bench.run_one(&worker(&bench.queue, act)).await.unwrap();
	bench.enqueue::<Act>("b", &Play::Succeed).await;
	bench.enqueue::<Act>("c", &Play::Succeed).await;
	let counts = bench.queue.counts().await.unwrap();
	let act = |state| counts.get(&("act".to_owned(), state)).copied();
	assert_eq!((act("queued"), act("failed"), act("done")), (Some(2), Some(1), None));
}

#[tokio::test]
async fn only_a_dead_letter_is_requeued() {
	let bench = Bench::new().await;
	let (act, _begins, _ends) = Act::new();
	let worker = worker(&bench.queue, act);
	let id = bench.enqueue::<Act>("k", &Play::FailFatally).await;
	assert!(matches!(
		bench.queue.requeue(id).await,
		Err(Error::StateMismatch { expected: JobState::Failed, got: JobState::Queued, .. }),
	));
	bench.run_one(&worker).await.unwrap();
	assert_eq!(bench.job(id).await.state, JobState::Failed);
	assert_eq!(bench.run_one(&worker).await, None);

	let job = bench.queue.requeue(id).await.unwrap();
	assert_eq!((job.state, job.attempts, job.finished_at), (JobState::Queued, 0, None));
	assert_eq!(job.checkpoint.unwrap().stage, "begun");
	assert_eq!(job.failure.unwrap().code, "NEVER");
	assert_eq!(bench.run_one(&worker).await, Some(id));

	let missing = JobId::from_raw(404);
	let error = bench.queue.requeue(missing).await.unwrap_err();
	assert!(matches!(error, Error::NotFound { job } if job == missing));
}

#[tokio::test]
async fn events_tell_the_life_of_a_job_and_never_block_it() {
	let bench = Bench::new().await;
	let (act, _begins, _ends) = Act::new();
	let mut events = bench.queue.subscribe();
	let _never_read = bench.queue.subscribe();
	let id = bench.enqueue::<Act>("k", &Play::Succeed).await;
	bench.run_one(&worker(&bench.queue, act)).await.unwrap();
	for expected in [
		EventKind::Queued,
		EventKind::Started { attempt: 1 },
		EventKind::Checkpointed { stage: "begun" },
		EventKind::Done,
	] {
		let event = events.try_recv().unwrap();
		assert_eq!((event.job, event.kind), (id, expected));
	}
	assert!(events.try_recv().is_err());
}

#[tokio::test]
async fn wait_sees_the_end_here_and_in_another_process() {
	let bench = Bench::new().await;
	let other = bench.other_process().await;
	let (act, _begins, _ends) = Act::new();
	let id = bench.enqueue::<Act>("k", &Play::Succeed).await;
	let (done, _) = tokio::join!(bench.queue.wait(id), async {
		bench.run_one(&worker(&bench.queue, act)).await
	},);
	assert_eq!(done.unwrap().state, JobState::Done);

	let (act, _begins, _ends) = Act::new();
	let id = bench.enqueue::<Act>("l", &Play::FailFatally).await;
	let (failed, _) = tokio::join!(bench.queue.wait(id), async {
		bench.run_one(&worker(&other, act)).await;
		bench.clock.advance(Queue::LOOK);
	});
	assert_eq!(failed.unwrap().state, JobState::Failed);
}
