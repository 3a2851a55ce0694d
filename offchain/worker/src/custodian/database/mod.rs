// SPDX-License-Identifier: Apache-2.0
//! What a custodian keeps: sealed shares, its answers, and what it still has to tell the chain.

mod answers;
mod complaints;
mod dealings;
mod moves;
mod notes;
mod repairs;

pub(super) use answers::{Given, Said};
pub(super) use dealings::{Held, Kept, Taken};
pub(super) use moves::Pending;
pub(super) use notes::Note;

use crate::{Error, Result};
use salus_primitives::{Moment, RecordId, TicketId};
use sqlx::{
	migrate::Migrator,
	sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
	Sqlite, SqlitePool, Transaction,
};
use std::{path::Path, time::Duration};

static MIGRATOR: Migrator = sqlx::migrate!("migrations/custodian");

/// The custodian's database.
#[derive(Clone, Debug)]
pub(super) struct Database(SqlitePool);

impl Database {
	pub(super) async fn open(path: &Path) -> Result<Self> {
		if let Some(directory) = path.parent() {
			std::fs::create_dir_all(directory).map_err(|source| Error::file(directory, source))?;
		}
		let options = SqliteConnectOptions::new()
			.filename(path)
			.create_if_missing(true)
			.journal_mode(SqliteJournalMode::Wal)
			.synchronous(SqliteSynchronous::Full)
			// What is deleted is overwritten.
			.pragma("secure_delete", "ON")
			.busy_timeout(Duration::from_secs(5));
		let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
		let database = Self(pool);
		let mut transaction = database.begin().await?;
		MIGRATOR.run_direct(None, &mut *transaction, false).await?;
		transaction.commit().await?;
		Ok(database)
	}

	/// A transaction that nobody can come before: one that first reads and then writes would have to
	/// give up.
	async fn begin(&self) -> Result<Transaction<'static, Sqlite>> {
		Ok(self.0.begin_with("BEGIN IMMEDIATE").await?)
	}

	/// Empties the log beside the database, which holds pages as they were. Whether it could: somebody
	/// may be reading.
	pub(super) async fn flush(&self) -> Result<bool> {
		let busy: i64 =
			sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.0).await?;
		Ok(busy == 0)
	}

	/// A setting.
	pub(super) async fn setting(&self, name: &str) -> Result<Option<Vec<u8>>> {
		Ok(sqlx::query_scalar("SELECT value FROM settings WHERE name = ?1")
			.bind(name)
			.fetch_optional(&self.0)
			.await?)
	}

	/// Keeps a setting.
	pub(super) async fn set(&self, name: &str, value: &[u8]) -> Result<()> {
		let mut transaction = self.begin().await?;
		set(&mut transaction, name, value).await?;
		Ok(transaction.commit().await?)
	}
}

async fn set(transaction: &mut Transaction<'_, Sqlite>, name: &str, value: &[u8]) -> Result<()> {
	sqlx::query(
		"INSERT INTO settings (name, value) VALUES (?1, ?2)
		ON CONFLICT DO UPDATE SET value = ?2",
	)
	.bind(name)
	.bind(value)
	.execute(&mut **transaction)
	.await?;
	Ok(())
}

/// A moment as the database keeps it.
fn integer(moment: Moment) -> i64 {
	i64::try_from(moment).unwrap_or(i64::MAX)
}

fn ticket(bytes: Vec<u8>) -> Option<TicketId> {
	bytes.as_slice().try_into().ok().map(TicketId)
}

fn record(bytes: Vec<u8>) -> Option<RecordId> {
	bytes.as_slice().try_into().ok().map(RecordId)
}
