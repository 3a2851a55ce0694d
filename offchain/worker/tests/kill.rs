// SPDX-License-Identifier: Apache-2.0
//! Real processes, killed with SIGKILL in the middle of their work.

use std::{
	env, fs,
	io::{BufRead, BufReader},
	path::{Path, PathBuf},
	process::{Command, Stdio},
	sync::Arc,
	time::Duration,
};

use jiff::Timestamp;
use rand::{rngs::StdRng, RngExt, SeedableRng};
use salus_worker::{
	clock::ManualClock,
	jobs::{
		IdempotencyKey, JobContext, JobError, JobKind, JobState, Queue, QueueOptions, RetryPolicy,
		Worker,
	},
};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

const DIRECTORY: &str = "SALUS_TEST_KILL_DIRECTORY";
const ROUND: &str = "SALUS_TEST_KILL_ROUND";
const STEPS: u32 = 40;

/// Makes one file per step; fails when it is made again after its checkpoint.
struct Files(PathBuf);

impl JobKind for Files {
	const NAME: &'static str = "files";
	type Payload = u32;
	type Output = Vec<u32>;
	type Error = JobError;

	fn retry_policy(&self) -> RetryPolicy {
		RetryPolicy { max_attempts: u32::MAX, ..RetryPolicy::default() }
	}

	async fn run(&self, context: &JobContext, steps: u32) -> Result<Vec<u32>, JobError> {
		let checkpoint = context.checkpoint::<Vec<u32>>();
		let mut journal = checkpoint.load().await?.map(|saved| saved.data).unwrap_or_default();
		for step in u32::try_from(journal.len()).unwrap()..steps {
			println!("before {step}");
			let path = self.0.join(format!("step-{step}"));
			// Only the step after the checkpoint may have been done already.
			let again = fs::File::create_new(path).is_err();
			let resumed = context.attempt() > 1 && journal.last().copied() == step.checked_sub(1);
			if again && !resumed {
				return Err(JobError::fatal("REPEATED", step));
			}
			journal.push(step);
			checkpoint.save("file", &journal).await?;
			println!("after {step}");
		}
		Ok(journal)
	}
}

async fn open(directory: &Path, round: u64) -> Queue {
	// Each round is an hour later: all leases of the one before have expired.
	let start = Timestamp::UNIX_EPOCH + Duration::from_secs(3600 * round);
	let clock = Arc::new(ManualClock::new(start));
	Queue::open(directory.join("jobs.sqlite"), clock, QueueOptions::default()).await.unwrap()
}

async fn run_one(directory: &Path, round: u64) {
	let queue = open(directory, round).await;
	let files = Files(directory.to_owned());
	let worker = Worker::builder(queue).register(files).unwrap().build().unwrap();
	worker.run_one(&CancellationToken::new()).await.unwrap();
}

/// What the killed processes are: this test, told where to work.
#[tokio::test]
async fn process_to_be_killed() {
	let (Ok(directory), Ok(round)) = (env::var(DIRECTORY), env::var(ROUND)) else { return };
	run_one(Path::new(&directory), round.parse().unwrap()).await;
}

#[tokio::test]
async fn killed_processes_lose_and_repeat_nothing() {
	let directory = TempDir::new().unwrap();
	let key = IdempotencyKey::new("kill").unwrap();
	let queue = open(directory.path(), 0).await;
	let id = queue.enqueue::<Files>(&key, &STEPS).await.unwrap().job.id;
	let mut rng = StdRng::seed_from_u64(7);
	let mut round = 0;
	while !queue.get(id).await.unwrap().state.is_final() {
		round += 1;
		assert!(round < 500, "no headway");
		let mut process = Command::new(env::current_exe().unwrap())
			.args(["--exact", "process_to_be_killed", "--nocapture"])
			.env(DIRECTORY, directory.path())
			.env(ROUND, round.to_string())
			.stdout(Stdio::piped())
			.stderr(Stdio::null())
			.spawn()
			.unwrap();
		let lines = BufReader::new(process.stdout.take().unwrap()).lines();
		let wanted = rng.random_range(1..12);
		lines
			.map_while(Result::ok)
			.filter(|line| line.contains("before ") || line.contains("after "))
			.nth(wanted);
		process.kill().unwrap();
		process.wait().unwrap();
	}
	assert!(round > 4, "only {round} processes");
	let job = queue.get(id).await.unwrap();
	assert_eq!((job.state, job.failure.clone()), (JobState::Done, None));
	assert_eq!(job.output::<Files>().unwrap().unwrap(), (0..STEPS).collect::<Vec<_>>());
	for step in 0..STEPS {
		assert!(directory.path().join(format!("step-{step}")).exists());
	}
}
