// SPDX-License-Identifier: Apache-2.0
//! A future dropped at an `await` is what a killed process leaves behind: nothing after it runs.

use std::{
	collections::{BTreeMap, BTreeSet},
	future::{poll_fn, Future},
	pin::pin,
	sync::Mutex,
	task::Poll,
};

use rand::{rngs::StdRng, RngExt, SeedableRng};
use tokio::sync::mpsc;

use super::*;
use crate::jobs::JobState;

const STEPS: u32 = 4;

/// Polls `future` until it has been pending `times` times, then drops it where it stands.
async fn crash_after<F: Future>(times: u32, future: F) -> Option<F::Output> {
	let mut future = pin!(future);
	let mut pending = 0;
	poll_fn(|cx| match future.as_mut().poll(cx) {
		Poll::Ready(output) => Poll::Ready(Some(output)),
		Poll::Pending if pending + 1 >= times => Poll::Ready(None),
		Poll::Pending => {
			pending += 1;
			Poll::Pending
		},
	})
	.await
}

/// What happened outside the database, where nothing is rolled back.
#[derive(Debug, Default)]
struct World {
	/// How often each effect was asked for; it takes place once, as it has a name.
	effects: BTreeMap<(JobId, u32), u32>,
	/// Steps of which the job was told that they are checkpointed.
	checkpointed: BTreeSet<(JobId, u32)>,
	/// Steps done again although they were checkpointed.
	repeated: Vec<(JobId, u32)>,
}

/// Has one effect per step, and keeps a list that is right only if each is listed once.
struct Steps {
	world: Arc<Mutex<World>>,
	/// Told at each point of each step; the job then waits for ever if it is the one to crash at.
	points: Option<(mpsc::UnboundedSender<u32>, u32)>,
}

#[derive(Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Journal {
	steps: Vec<u32>,
}

impl Steps {
	async fn point(&self, number: u32) {
		tokio::task::yield_now().await;
		if let Some((reached, crash_at)) = &self.points {
			if number == *crash_at {
				let _ = reached.send(number);
				std::future::pending::<()>().await;
			}
		}
	}
}

impl JobKind for Steps {
	const NAME: &'static str = "steps";
	type Payload = u32;
	type Output = Journal;
	type Error = JobError;

	fn retry_policy(&self) -> RetryPolicy {
		RetryPolicy { max_attempts: u32::MAX, ..RetryPolicy::default() }
	}

	async fn run(&self, context: &JobContext, steps: u32) -> Result<Journal, JobError> {
		let checkpoint = context.checkpoint::<Journal>();
		let mut journal = checkpoint.load().await?.map(|saved| saved.data).unwrap_or_default();
		for step in u32::try_from(journal.steps.len()).unwrap()..steps {
			let name = (context.job(), step);
			self.point(step * 3).await;
			{
				let mut world = self.world.lock().unwrap();
				*world.effects.entry(name).or_default() += 1;
				if world.checkpointed.contains(&name) {
					world.repeated.push(name);
				}
			}
			self.point(step * 3 + 1).await;
			journal.steps.push(step);
			checkpoint.save("step", &journal).await?;
			self.world.lock().unwrap().checkpointed.insert(name);
			self.point(step * 3 + 2).await;
		}
		Ok(journal)
	}
}

fn steps(world: &Arc<Mutex<World>>) -> Steps {
	Steps { world: Arc::clone(world), points: None }
}

/// Every effect took place, none was repeated once checkpointed, and the list is right.
async fn assert_exactly_once(bench: &Bench, world: &Mutex<World>, id: JobId, crashes: u32) {
	let job = bench.job(id).await;
	assert_eq!(job.state, JobState::Done);
	assert!(job.attempts <= crashes + 1);
	assert_eq!(job.output::<Steps>().unwrap().unwrap().steps, (0..STEPS).collect::<Vec<_>>());
	let world = world.lock().unwrap();
	assert!(world.repeated.is_empty(), "{world:?}");
	let asked: Vec<_> =
		world.effects.iter().filter(|((job, _), _)| *job == id).map(|(_, times)| *times).collect();
	assert_eq!(asked.len(), STEPS as usize);
	assert!(asked.iter().sum::<u32>() <= STEPS + crashes, "{world:?}");
}

#[tokio::test]
async fn a_crash_at_any_await_loses_and_repeats_nothing() {
	let bench = Bench::new().await;
	let other = bench.other_process().await;
	let world = Arc::default();
	let first = worker(&bench.queue, steps(&world));
	let second = worker(&other, steps(&world));
	let shutdown = CancellationToken::new();
	for times in 1.. {
		let id = bench.enqueue::<Steps>(&format!("k{times}"), &STEPS).await;
		let crashed = crash_after(times, first.run_one(&shutdown)).await.is_none();
		bench.clock.advance(LEASE);
		// Nothing to do only if the crash hit after the end was written.
		let taken_over = bench.run_one(&second).await;
		assert!(taken_over.is_none_or(|job| job == id));
		assert_exactly_once(&bench, &world, id, 1).await;
		if !crashed {
			assert_eq!(taken_over, None);
			assert!(times > 20, "only {times} places to crash at");
			break;
		}
	}
}

#[tokio::test]
async fn crashes_at_random_awaits_add_up_to_one_run() {
	for seed in 0..24 {
		let mut rng = StdRng::seed_from_u64(seed);
		let bench = Bench::new().await;
		let other = bench.other_process().await;
		let world = Arc::default();
		let workers = [worker(&bench.queue, steps(&world)), worker(&other, steps(&world))];
		let id = bench.enqueue::<Steps>("k", &STEPS).await;
		let shutdown = CancellationToken::new();
		let mut crashes = 0;
		while bench.job(id).await.state != JobState::Done {
			let worker = &workers[rng.random_range(0..2)];
			let times = rng.random_range(1..30);
			match crash_after(times, worker.run_one(&shutdown)).await {
				None => crashes += 1,
				Some(run) => {
					run.unwrap();
				},
			}
			bench.clock.advance(LEASE);
			assert!(crashes < 1000, "seed {seed} makes no headway");
		}
		assert_exactly_once(&bench, &world, id, crashes).await;
	}
}

#[tokio::test]
async fn an_aborted_worker_is_taken_over_once_its_lease_expires() {
	for crash_at in 0..STEPS * 3 {
		let bench = Bench::new().await;
		let other = bench.other_process().await;
		let world = Arc::default();
		let (reached, mut points) = mpsc::unbounded_channel();
		let doomed = Steps { world: Arc::clone(&world), points: Some((reached, crash_at)) };
		let id = bench.enqueue::<Steps>("k", &STEPS).await;
		let running = Running::start(&worker(&bench.queue, doomed));
		assert_eq!(points.recv().await, Some(crash_at));
		running.task.abort();
		assert!(running.task.await.unwrap_err().is_cancelled());

		let second = worker(&other, steps(&world));
		bench.clock.advance(LEASE - Duration::from_millis(1));
		assert_eq!(bench.run_one(&second).await, None);
		bench.clock.advance(Duration::from_millis(1));
		assert_eq!(bench.run_one(&second).await, Some(id));
		assert_exactly_once(&bench, &world, id, 1).await;
		assert_eq!(bench.job(id).await.attempts, 2);
	}
}
