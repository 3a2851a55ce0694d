// SPDX-License-Identifier: Apache-2.0

use std::time::Duration;

use super::*;
use crate::{
	jobs::{lease::Lease, JobData, JobState, Progress},
	Error,
};

const KINDS: &str = r#"["act"]"#;

async fn take(queue: &Queue, owner: &str) -> Option<Arc<Lease>> {
	Lease::take(queue, KINDS, owner, LEASE).await.unwrap()
}

/// Every write of a lease, each of which must be refused.
async fn assert_powerless(lease: &Lease) {
	let job = lease.job().id;
	let data = JobData::encode("test", &1).unwrap();
	let error = JobError::fatal("X", "x");
	let at = lease.clock().now();
	for refused in [
		lease.renew(LEASE).await,
		lease.save_checkpoint("late", &data).await,
		lease.checkpoint().await.map(drop),
		lease.record_progress(&Progress::new("late", 1, None, "rows")).await,
		lease.complete(&data).await,
		lease.fail(&error).await,
		lease.retry(&error, at).await,
		lease.release().await,
	] {
		let error = refused.unwrap_err();
		assert_eq!(error.code(), "LEASE_LOST");
		assert!(matches!(error, Error::LeaseLost { job: lost } if lost == job));
	}
}

#[tokio::test]
async fn a_lease_that_was_taken_over_writes_nothing() {
	let bench = Bench::new().await;
	let id = bench.enqueue::<Act>("k", &Play::Succeed).await;
	let first = take(&bench.queue, "first").await.unwrap();
	let one = JobData::encode("test", &1).unwrap();
	first.save_checkpoint("one", &one).await.unwrap();

	bench.clock.advance(LEASE);
	let other = bench.other_process().await;
	let second = take(&other, "second").await.unwrap();
	let before = format!("{:?}", bench.job(id).await);
	assert_powerless(&first).await;
	assert_eq!(format!("{:?}", bench.job(id).await), before);

	let job = bench.job(id).await;
	assert_eq!((job.state, job.attempts), (JobState::Running, 2));
	assert_eq!(job.lease.unwrap().owner, "second");
	let saved = second.checkpoint().await.unwrap().unwrap();
	assert_eq!((saved.stage.as_str(), saved.data.decode::<i32>().unwrap()), ("one", 1));
	second.complete(&one).await.unwrap();
	assert_powerless(&first).await;
	assert_powerless(&second).await;
	assert_eq!(bench.job(id).await.state, JobState::Done);
}

#[tokio::test]
async fn a_lease_of_the_same_owner_is_fenced_too() {
	let bench = Bench::new().await;
	bench.enqueue::<Act>("k", &Play::Succeed).await;
	let first = take(&bench.queue, "same").await.unwrap();
	first.release().await.unwrap();
	let second = take(&bench.queue, "same").await.unwrap();
	assert_powerless(&first).await;
	second.release().await.unwrap();
}

#[tokio::test]
async fn a_lease_that_expired_can_be_renewed_until_somebody_takes_it() {
	let bench = Bench::new().await;
	bench.enqueue::<Act>("k", &Play::Succeed).await;
	let first = take(&bench.queue, "first").await.unwrap();
	bench.clock.advance(LEASE * 3);
	first.renew(LEASE).await.unwrap();
	assert!(take(&bench.queue, "second").await.is_none());
	bench.clock.advance(LEASE - Duration::from_millis(1));
	assert!(take(&bench.queue, "second").await.is_none());
	bench.clock.advance(Duration::from_millis(1));
	assert!(take(&bench.queue, "second").await.is_some());
	assert_powerless(&first).await;
}

#[tokio::test]
async fn jobs_are_leased_in_order_and_only_of_the_kinds_asked_for() {
	let bench = Bench::new().await;
	let first = bench.enqueue::<Act>("a", &Play::Succeed).await;
	bench.clock.advance(Duration::from_millis(1));
	let second = bench.enqueue::<Act>("b", &Play::Succeed).await;
	assert!(Lease::take(&bench.queue, r#"["other"]"#, "w", LEASE).await.unwrap().is_none());
	assert!(Lease::take(&bench.queue, "[]", "w", LEASE).await.unwrap().is_none());
	assert_eq!(take(&bench.queue, "w").await.unwrap().job().id, first);
	assert_eq!(take(&bench.queue, "w").await.unwrap().job().id, second);
	assert!(take(&bench.queue, "w").await.is_none());
}
