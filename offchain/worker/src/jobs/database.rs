// SPDX-License-Identifier: Apache-2.0
//! The file: how it is opened, and how it is written.

use std::{path::Path, time::Duration};

use backon::{ExponentialBuilder, Retryable};
use sqlx::{
	migrate::Migrator,
	sqlite::{
		SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
	},
	ConnectOptions, Sqlite, Transaction,
};
use tokio::fs::OpenOptions;

use crate::{Error, Result};

static MIGRATOR: Migrator = sqlx::migrate!();

/// How the file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueOptions {
	/// How long to wait for another process that is writing.
	pub busy_timeout: Duration,
	/// Connections of this process. Writers take turns whatever their number.
	pub connections: u32,
	/// The largest file, in pages of 4 KiB. Beyond it writing fails with [`Error::DiskFull`].
	pub max_pages: Option<u32>,
	/// Events kept for a receiver that is behind.
	pub event_capacity: usize,
}

impl Default for QueueOptions {
	fn default() -> Self {
		Self {
			busy_timeout: Duration::from_secs(5),
			connections: 4,
			max_pages: None,
			event_capacity: 256,
		}
	}
}

/// Opens the file, creating it (for its owner only) and bringing it up to date when needed.
pub(super) async fn open(path: &Path, options: &QueueOptions) -> Result<SqlitePool> {
	if options.connections == 0 {
		return Err(Error::InvalidSetting { setting: "connections" });
	}
	if options.event_capacity == 0 {
		return Err(Error::InvalidSetting { setting: "event_capacity" });
	}
	create_private(path).await?;
	let mut connect = SqliteConnectOptions::new()
		.filename(path)
		.journal_mode(SqliteJournalMode::Wal)
		.synchronous(SqliteSynchronous::Full)
		.foreign_keys(true)
		.busy_timeout(options.busy_timeout)
		// Statements stay out of the log, whatever its level.
		.disable_statement_logging();
	if let Some(pages) = options.max_pages {
		connect = connect.pragma("max_page_count", pages.to_string());
	}
	let pool = SqlitePoolOptions::new()
		.max_connections(options.connections)
		.acquire_timeout(options.busy_timeout.saturating_mul(2).max(Duration::from_secs(1)));
	// Of several that open a new file at once, one switches its journal, for which the others are
	// not made to wait but turned away.
	let pool = (|| async { Ok::<_, Error>(pool.clone().connect_with(connect.clone()).await?) })
		.retry(
			ExponentialBuilder::new()
				.with_jitter()
				.with_min_delay(Duration::from_millis(2))
				.with_max_delay(Duration::from_millis(100))
				.without_max_times()
				.with_total_delay(Some(options.busy_timeout)),
		)
		.when(|error| matches!(error, Error::Locked))
		.await?;
	migrate(&pool).await?;
	Ok(pool)
}

/// A transaction that holds the write lock from its beginning.
pub(super) async fn begin(pool: &SqlitePool) -> Result<Transaction<'static, Sqlite>> {
	Ok(pool.begin_with("BEGIN IMMEDIATE").await?)
}

/// Applies the migrations that are missing, one process at a time.
async fn migrate(pool: &SqlitePool) -> Result<()> {
	let mut transaction = begin(pool).await?;
	MIGRATOR.run_direct(None, &mut *transaction, false).await?;
	transaction.commit().await?;
	Ok(())
}

/// Creates the file with permissions for its owner only; SQLite gives its side files the same.
async fn create_private(path: &Path) -> Result<()> {
	let mut options = OpenOptions::new();
	options.write(true).create(true).truncate(false);
	#[cfg(unix)]
	options.mode(0o600);
	options.open(path).await?;
	Ok(())
}
