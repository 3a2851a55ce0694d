// SPDX-License-Identifier: Apache-2.0

use std::{
	fs,
	io::{Seek, SeekFrom, Write},
};

use sqlx::{sqlite::SqliteConnectOptions, ConnectOptions, Connection, SqliteConnection};

use super::*;
use crate::{jobs::JobFilter, Error};

async fn raw(bench: &Bench) -> SqliteConnection {
	SqliteConnectOptions::new().filename(bench.path()).connect().await.unwrap()
}

async fn open_with(bench: &Bench, options: QueueOptions) -> Result<Queue> {
	Queue::open(bench.path(), Arc::new(bench.clock.clone()), options).await
}

#[tokio::test]
async fn the_file_is_durable_and_private() {
	let bench = Bench::new().await;
	let pragma = |sql: &'static str| {
		let pool = bench.queue.pool().clone();
		async move { sqlx::query_scalar::<_, i64>(sql).fetch_one(&pool).await.unwrap() }
	};
	assert_eq!(pragma("PRAGMA synchronous").await, 2);
	assert_eq!(pragma("PRAGMA foreign_keys").await, 1);
	assert_eq!(pragma("PRAGMA busy_timeout").await, 60_000);
	let mode: String =
		sqlx::query_scalar("PRAGMA journal_mode").fetch_one(bench.queue.pool()).await.unwrap();
	assert_eq!(mode, "wal");
	#[cfg(unix)]
	for name in ["jobs.sqlite", "jobs.sqlite-wal", "jobs.sqlite-shm"] {
		use std::os::unix::fs::PermissionsExt;
		let metadata = fs::metadata(bench.dir.path().join(name)).unwrap();
		assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{name}");
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_file_is_opened_by_many_at_once() {
	let dir = TempDir::new().unwrap();
	let clock = ManualClock::default();
	let path = database_path(&dir);
	let tasks: Vec<_> = (0..8)
		.map(|_| {
			let (path, clock) = (path.clone(), Arc::new(clock.clone()));
			tokio::spawn(async move { Queue::open(path, clock, QueueOptions::default()).await })
		})
		.collect();
	for task in tasks {
		task.await.unwrap().unwrap();
	}
}

#[tokio::test]
async fn a_file_that_is_no_database_is_corrupt() {
	let dir = TempDir::new().unwrap();
	fs::write(database_path(&dir), "not a database, and longer than a header ".repeat(200))
		.unwrap();
	let error = open(&dir, &ManualClock::default()).await.unwrap_err();
	assert!(matches!(error, Error::Corrupt { .. }), "{error:?}");
	assert_eq!((error.code(), error.is_retryable()), ("DATABASE_CORRUPT", false));
}

#[tokio::test]
async fn a_damaged_page_is_corrupt_and_stops_the_worker() {
	let bench = Bench::new().await;
	for number in 0..200 {
		bench.enqueue::<Act>(&format!("key-{number:0>150}"), &Play::Succeed).await;
	}
	let mut connection = raw(&bench).await;
	sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await.unwrap();
	connection.close().await.unwrap();
	bench.queue.close().await;
	// All but the first pages, which hold the schema.
	let mut file = fs::OpenOptions::new().write(true).open(bench.path()).unwrap();
	let length = file.metadata().unwrap().len();
	file.seek(SeekFrom::Start(8 * 4096)).unwrap();
	file.write_all(&vec![0xa5; usize::try_from(length).unwrap() - 8 * 4096]).unwrap();
	file.sync_all().unwrap();

	let queue = bench.other_process().await;
	let error = queue.list(&JobFilter::default(), 1000).await.unwrap_err();
	assert!(matches!(error, Error::Corrupt { .. }), "{error:?}");
	let (act, _begins, _ends) = Act::new();
	let error = worker(&queue, act).run(CancellationToken::new()).await.unwrap_err();
	assert!(matches!(error, Error::Corrupt { .. }), "{error:?}");
}

#[tokio::test]
async fn a_row_that_this_crate_never_writes_is_corrupt() {
	let bench = Bench::new().await;
	let id = bench.enqueue::<Act>("k", &Play::Succeed).await;
	let update = "UPDATE jobs SET created_at = 9223372036854775807";
	sqlx::query(update).execute(bench.queue.pool()).await.unwrap();
	let error = bench.queue.get(id).await.unwrap_err();
	assert_eq!(error.code(), "DATABASE_CORRUPT");
	assert!(error.to_string().contains("created_at"));
}

#[tokio::test]
async fn a_locked_database_is_a_failure_that_passes() {
	let bench = Bench::new().await;
	let options = QueueOptions { busy_timeout: Duration::ZERO, ..QueueOptions::default() };
	let queue = open_with(&bench, options).await.unwrap();
	let mut other = raw(&bench).await;
	sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
	let error = queue.enqueue::<Act>(&key("k"), &Play::Succeed).await.unwrap_err();
	assert!(matches!(error, Error::Locked), "{error:?}");
	assert_eq!((error.code(), error.is_retryable()), ("DATABASE_LOCKED", true));
	sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
	assert!(queue.enqueue::<Act>(&key("k"), &Play::Succeed).await.unwrap().created);
}

#[tokio::test]
async fn a_full_disk_is_a_failure_that_loses_nothing() {
	let bench = Bench::new().await;
	let pages: u32 =
		sqlx::query_scalar("PRAGMA page_count").fetch_one(bench.queue.pool()).await.unwrap();
	let options = QueueOptions { max_pages: Some(pages + 4), ..QueueOptions::default() };
	let queue = open_with(&bench, options).await.unwrap();
	let mut kept = Vec::new();
	let error = loop {
		let name = format!("key-{:0>150}", kept.len());
		match queue.enqueue::<Act>(&key(&name), &Play::Succeed).await {
			Ok(enqueued) => kept.push(enqueued.job.id),
			Err(error) => break error,
		}
		assert!(kept.len() < 10_000);
	};
	assert!(matches!(error, Error::DiskFull), "{error:?}");
	assert_eq!((error.code(), error.is_retryable()), ("DISK_FULL", true));
	let listed = bench.queue.list(&JobFilter::default(), 1000).await.unwrap();
	assert_eq!(listed.iter().map(|job| job.id).collect::<Vec<_>>(), kept);
}

#[tokio::test]
async fn a_file_of_another_version_is_refused() {
	let bench = Bench::new().await;
	let insert = "INSERT INTO _sqlx_migrations
		(version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'', 0)";
	sqlx::query(insert).execute(bench.queue.pool()).await.unwrap();
	let error = open(&bench.dir, &bench.clock).await.unwrap_err();
	assert!(matches!(error, Error::SchemaMismatch { .. }), "{error:?}");
	assert_eq!(error.code(), "SCHEMA_MISMATCH");
}

#[tokio::test]
async fn a_path_that_cannot_be_written_is_inaccessible() {
	let bench = Bench::new().await;
	let path = bench.dir.path().join("missing").join("jobs.sqlite");
	let clock = Arc::new(bench.clock.clone());
	let error = Queue::open(path, clock, QueueOptions::default()).await.unwrap_err();
	assert_eq!(error.code(), "DATABASE_INACCESSIBLE");
}

#[tokio::test]
async fn options_that_cannot_work_are_refused() {
	let bench = Bench::new().await;
	let no_connections = QueueOptions { connections: 0, ..QueueOptions::default() };
	let no_events = QueueOptions { event_capacity: 0, ..QueueOptions::default() };
	for options in [no_connections, no_events] {
		let error = open_with(&bench, options).await.unwrap_err();
		assert_eq!(error.code(), "SETTING_INVALID");
	}
	let too_short = WorkerOptions { lease: Duration::ZERO, ..WorkerOptions::default() };
	let error = Worker::builder(bench.queue.clone()).options(too_short).build().unwrap_err();
	assert!(matches!(error, Error::InvalidSetting { setting: "lease" }));
}
