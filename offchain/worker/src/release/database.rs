// SPDX-License-Identifier: Apache-2.0
//! The keys in custody, sealed to the custodian itself, and what was released.

use super::{Dealing, Deposit, Released};
use crate::{Error, Result};
use codec::{Decode, Encode};
use salus_crypto::Capsule;
use salus_primitives::{Category, ContentId, DateWindow, RecordId, TicketId};
use sqlx::{
	sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
	Row, SqlitePool,
};
use std::{path::Path, time::Duration};

const SCHEMA: &str = "
	CREATE TABLE IF NOT EXISTS deposits (
		record BLOB NOT NULL,
		version INTEGER NOT NULL,
		segment INTEGER NOT NULL,
		category BLOB NOT NULL,
		dates BLOB NOT NULL,
		content BLOB NOT NULL,
		capsule BLOB NOT NULL,
		PRIMARY KEY (record, version, segment)
	) STRICT;
	CREATE TABLE IF NOT EXISTS releases (
		ticket BLOB PRIMARY KEY,
		body TEXT NOT NULL
	) STRICT;
";

/// A key in custody.
pub(super) struct Held {
	pub(super) segment: u16,
	pub(super) category: Category,
	pub(super) dates: DateWindow,
	pub(super) content: ContentId,
	pub(super) capsule: Capsule,
}

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
			.busy_timeout(Duration::from_secs(5));
		let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
		sqlx::raw_sql(SCHEMA).execute(&pool).await?;
		Ok(Self(pool))
	}

	/// Takes deposits, all or none. A key that is there already stays.
	pub(super) async fn deposit(&self, deposits: &[Deposit]) -> Result<()> {
		let mut transaction = self.0.begin().await?;
		for Deposit { dealing, .. } in deposits {
			let Dealing { record, version, segment, .. } = dealing;
			let category = dealing.category.encode();
			let content = dealing.content.to_bytes();
			sqlx::query(
				"INSERT INTO deposits (record, version, segment, category, dates, content, capsule)
				VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
			)
			.bind(record.as_ref())
			.bind(version)
			.bind(segment)
			.bind(&category)
			.bind(dealing.dates.encode())
			.bind(content.as_slice())
			.bind(dealing.capsule.to_bytes())
			.execute(&mut *transaction)
			.await?;
			let held = sqlx::query(
				"SELECT category, content FROM deposits
				WHERE record = ?1 AND version = ?2 AND segment = ?3",
			)
			.bind(record.as_ref())
			.bind(version)
			.bind(segment)
			.fetch_one(&mut *transaction)
			.await?;
			let same = held.get::<Vec<u8>, _>(0) == category
				&& held.get::<Vec<u8>, _>(1) == content.as_slice();
			if !same {
				return Err(Error::DepositConflict { record: *record, segment: *segment });
			}
		}
		transaction.commit().await?;
		Ok(())
	}

	/// The keys of a record version, by segment.
	pub(super) async fn held(&self, record: &RecordId, version: u32) -> Result<Vec<Held>> {
		let rows = sqlx::query(
			"SELECT segment, category, dates, content, capsule FROM deposits
			WHERE record = ?1 AND version = ?2 ORDER BY segment",
		)
		.bind(record.as_ref())
		.bind(version)
		.fetch_all(&self.0)
		.await?;
		rows.iter()
			.map(|row| {
				let corrupt = || Error::CustodyCorrupt { record: *record };
				Ok(Held {
					segment: row.get(0),
					category: Category::decode(&mut row.get::<Vec<u8>, _>(1).as_slice())
						.map_err(|_| corrupt())?,
					dates: DateWindow::decode(&mut row.get::<Vec<u8>, _>(2).as_slice())
						.map_err(|_| corrupt())?,
					content: ContentId::from_bytes(&row.get::<Vec<u8>, _>(3))
						.ok_or_else(corrupt)?,
					capsule: Capsule::from_bytes(&row.get::<Vec<u8>, _>(4))?,
				})
			})
			.collect()
	}

	/// What was released under a ticket.
	pub(super) async fn released(&self, ticket: &TicketId) -> Result<Option<Released>> {
		let body: Option<String> =
			sqlx::query_scalar("SELECT body FROM releases WHERE ticket = ?1")
				.bind(ticket.as_ref())
				.fetch_optional(&self.0)
				.await?;
		Ok(body.map(|body| serde_json::from_str(&body)).transpose()?)
	}

	/// Remembers a release; the one that was remembered first, when two happened at once.
	pub(super) async fn remember(&self, released: &Released) -> Result<Released> {
		sqlx::query("INSERT INTO releases (ticket, body) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
			.bind(released.ticket.as_ref())
			.bind(serde_json::to_string(released)?)
			.execute(&self.0)
			.await?;
		Ok(self.released(&released.ticket).await?.unwrap_or_else(|| released.clone()))
	}
}
