// SPDX-License-Identifier: Apache-2.0
//! What a custodian keeps: sealed shares, its answers, and what it still has to tell the chain.

use super::{
	deposit::{Deposit, SegmentFacts},
	release::Released,
};
use crate::{Error, Result};
use codec::{Decode, Encode};
use salus_chain::AccountId;
use salus_crypto::custody::SealedSeatShares;
use salus_primitives::{
	custody::{Answer, CustodianRefusal, DealingDigest, EpochId, Seat},
	ConsentId, Moment, RecordId, TicketId,
};
use sqlx::{
	sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
	Row, SqlitePool,
};
use std::{path::Path, time::Duration};

const SCHEMA: &str = "
	CREATE TABLE IF NOT EXISTS dealings (
		record BLOB NOT NULL,
		version INTEGER NOT NULL,
		epoch INTEGER NOT NULL,
		digest BLOB NOT NULL,
		owner BLOB NOT NULL,
		seat INTEGER NOT NULL,
		segments TEXT NOT NULL,
		shares BLOB NOT NULL,
		received_at INTEGER NOT NULL,
		anchored INTEGER NOT NULL DEFAULT 0,
		PRIMARY KEY (record, version, epoch, digest)
	) STRICT;
	CREATE INDEX IF NOT EXISTS waiting ON dealings (owner) WHERE anchored = 0;
	CREATE TABLE IF NOT EXISTS tickets (
		ticket BLOB PRIMARY KEY,
		grantee BLOB,
		epoch INTEGER,
		answer BLOB,
		released TEXT,
		answered_at INTEGER,
		reported INTEGER NOT NULL DEFAULT 0
	) STRICT;
	CREATE INDEX IF NOT EXISTS unreported ON tickets (reported, epoch) WHERE reported = 0;
	CREATE INDEX IF NOT EXISTS by_grantee ON tickets (grantee, answered_at);
	CREATE TABLE IF NOT EXISTS revocations (
		consent BLOB PRIMARY KEY,
		version INTEGER NOT NULL
	) STRICT;
	CREATE TABLE IF NOT EXISTS erasures (
		record BLOB PRIMARY KEY,
		reported INTEGER NOT NULL DEFAULT 0
	) STRICT;
	CREATE TABLE IF NOT EXISTS settings (
		name TEXT PRIMARY KEY,
		value BLOB NOT NULL
	) STRICT;
";

/// How many dealings that are not on chain an owner may leave with a custodian.
const MAX_WAITING: i64 = 256;

/// The shares of one record version.
pub(super) struct Held {
	pub(super) seat: Seat,
	pub(super) segments: Vec<SegmentFacts>,
	pub(super) shares: SealedSeatShares,
}

/// A dealing that its owner has not anchored, as far as is known.
pub(super) struct Waiting {
	pub(super) record: RecordId,
	pub(super) version: u32,
	pub(super) epoch: EpochId,
	pub(super) digest: DealingDigest,
}

/// What a custodian said about a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Given {
	/// It released.
	Released(Box<Released>),
	/// It refused.
	Refused(CustodianRefusal),
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
			// What is deleted is overwritten.
			.pragma("secure_delete", "ON")
			.busy_timeout(Duration::from_secs(5));
		let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
		sqlx::raw_sql(SCHEMA).execute(&pool).await?;
		Ok(Self(pool))
	}

	/// Keeps a dealing. One that is there stays as it is.
	pub(super) async fn keep(&self, deposit: &Deposit, now: Moment) -> Result<()> {
		let mut transaction = self.0.begin().await?;
		// Shares of an erased record do not come back, whoever sends them.
		let erased: Option<i64> = sqlx::query_scalar("SELECT 1 FROM erasures WHERE record = ?1")
			.bind(deposit.record.as_ref())
			.fetch_optional(&mut *transaction)
			.await?;
		if erased.is_some() {
			return Err(Error::RecordErased { record: deposit.record });
		}
		let waiting: i64 =
			sqlx::query_scalar("SELECT count(*) FROM dealings WHERE owner = ?1 AND anchored = 0")
				.bind(deposit.owner.as_bytes().as_slice())
				.fetch_one(&mut *transaction)
				.await?;
		if waiting >= MAX_WAITING {
			return Err(Error::MaxDepositsExceeded { record: deposit.record });
		}
		sqlx::query(
			"INSERT INTO dealings
				(record, version, epoch, digest, owner, seat, segments, shares, received_at)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
		)
		.bind(deposit.record.as_ref())
		.bind(deposit.version)
		.bind(deposit.epoch.0)
		.bind(deposit.digest.as_ref())
		.bind(deposit.owner.as_bytes().as_slice())
		.bind(deposit.seat.0)
		.bind(serde_json::to_string(&deposit.segments)?)
		.bind(deposit.shares.to_bytes())
		.bind(i64::try_from(now).unwrap_or(i64::MAX))
		.execute(&mut *transaction)
		.await?;
		transaction.commit().await?;
		Ok(())
	}

	/// The chain has this dealing of a version. Others, which it will never have, are deleted.
	pub(super) async fn anchored(
		&self,
		record: &RecordId,
		version: u32,
		epoch: EpochId,
		digest: &DealingDigest,
	) -> Result<()> {
		let mut transaction = self.0.begin().await?;
		for statement in [
			"UPDATE dealings SET anchored = 1
			WHERE record = ?1 AND version = ?2 AND epoch = ?3 AND digest = ?4",
			"DELETE FROM dealings
			WHERE record = ?1 AND version = ?2 AND epoch = ?3 AND digest <> ?4",
		] {
			sqlx::query(statement)
				.bind(record.as_ref())
				.bind(version)
				.bind(epoch.0)
				.bind(digest.as_ref())
				.execute(&mut *transaction)
				.await?;
		}
		transaction.commit().await?;
		Ok(())
	}

	/// Dealings that came before a moment and that the chain was not seen to have.
	pub(super) async fn waiting_since(&self, before: Moment) -> Result<Vec<Waiting>> {
		let rows = sqlx::query(
			"SELECT record, version, epoch, digest FROM dealings
			WHERE anchored = 0 AND received_at < ?1 LIMIT 64",
		)
		.bind(i64::try_from(before).unwrap_or(i64::MAX))
		.fetch_all(&self.0)
		.await?;
		let waiting = rows.iter().map(|row| {
			let digest: Vec<u8> = row.get(3);
			Some(Waiting {
				record: record(row.get(0))?,
				version: row.get(1),
				epoch: EpochId(row.get(2)),
				digest: DealingDigest(digest.as_slice().try_into().ok()?),
			})
		});
		waiting.collect::<Option<_>>().ok_or(Error::CustodyCorrupt)
	}

	/// Deletes a dealing that the chain does not have.
	pub(super) async fn drop_waiting(&self, waiting: &Waiting) -> Result<()> {
		sqlx::query(
			"DELETE FROM dealings
			WHERE record = ?1 AND version = ?2 AND epoch = ?3 AND digest = ?4 AND anchored = 0",
		)
		.bind(waiting.record.as_ref())
		.bind(waiting.version)
		.bind(waiting.epoch.0)
		.bind(waiting.digest.as_ref())
		.execute(&self.0)
		.await?;
		Ok(())
	}

	/// The shares of the dealing that the chain has.
	pub(super) async fn held(
		&self,
		record: &RecordId,
		version: u32,
		epoch: EpochId,
		digest: &DealingDigest,
	) -> Result<Option<Held>> {
		let row = sqlx::query(
			"SELECT seat, segments, shares FROM dealings
			WHERE record = ?1 AND version = ?2 AND epoch = ?3 AND digest = ?4",
		)
		.bind(record.as_ref())
		.bind(version)
		.bind(epoch.0)
		.bind(digest.as_ref())
		.fetch_optional(&self.0)
		.await?;
		row.map(|row| {
			Ok(Held {
				seat: Seat(row.get(0)),
				segments: serde_json::from_str(&row.get::<String, _>(1))?,
				shares: SealedSeatShares::from_bytes(&row.get::<Vec<u8>, _>(2))?,
			})
		})
		.transpose()
	}

	/// A ticket that has to be answered, now or later.
	pub(super) async fn expect(&self, ticket: &TicketId) -> Result<()> {
		sqlx::query("INSERT INTO tickets (ticket) VALUES (?1) ON CONFLICT DO NOTHING")
			.bind(ticket.as_ref())
			.execute(&self.0)
			.await?;
		Ok(())
	}

	/// Tickets that have no answer yet.
	pub(super) async fn unanswered(&self) -> Result<Vec<TicketId>> {
		let rows = sqlx::query("SELECT ticket FROM tickets WHERE answer IS NULL")
			.fetch_all(&self.0)
			.await?;
		rows.iter().map(|row| id(row.get(0))).collect::<Option<_>>().ok_or(Error::CustodyCorrupt)
	}

	/// Forgets a ticket that is not ours to answer.
	pub(super) async fn disregard(&self, ticket: &TicketId) -> Result<()> {
		sqlx::query("DELETE FROM tickets WHERE ticket = ?1 AND answer IS NULL")
			.bind(ticket.as_ref())
			.execute(&self.0)
			.await?;
		Ok(())
	}

	/// What was said about a ticket.
	pub(super) async fn given(&self, ticket: &TicketId) -> Result<Option<Given>> {
		let row = sqlx::query(
			"SELECT answer, released FROM tickets WHERE ticket = ?1 AND answer IS NOT NULL",
		)
		.bind(ticket.as_ref())
		.fetch_optional(&self.0)
		.await?;
		let Some(row) = row else { return Ok(None) };
		let answer = Answer::decode(&mut row.get::<Vec<u8>, _>(0).as_slice())
			.map_err(|_| Error::CustodyCorrupt)?;
		Ok(Some(match answer {
			Answer::Refused(refusal) => Given::Refused(refusal),
			Answer::Released { .. } => {
				let body: Option<String> = row.get(1);
				let body = body.ok_or(Error::CustodyCorrupt)?;
				Given::Released(serde_json::from_str(&body)?)
			},
		}))
	}

	/// Keeps an answer, and gives the one that is kept: the first, when two were made at once. An
	/// answer is final.
	pub(super) async fn answer(
		&self,
		ticket: &TicketId,
		grantee: &AccountId,
		epoch: EpochId,
		answer: &Answer,
		released: Option<&Released>,
		now: Moment,
	) -> Result<Given> {
		let now = i64::try_from(now).unwrap_or(i64::MAX);
		sqlx::query(
			"INSERT INTO tickets (ticket, grantee, epoch, answer, released, answered_at)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6)
			ON CONFLICT DO UPDATE SET grantee = ?2, epoch = ?3, answer = ?4, released = ?5,
				answered_at = ?6
			WHERE answer IS NULL",
		)
		.bind(ticket.as_ref())
		.bind(grantee.as_bytes().as_slice())
		.bind(epoch.0)
		.bind(answer.encode())
		.bind(released.map(serde_json::to_string).transpose()?)
		.bind(now)
		.execute(&self.0)
		.await?;
		self.given(ticket).await?.ok_or(Error::CustodyCorrupt)
	}

	/// How many tickets of a grantee were answered by a release since a moment.
	pub(super) async fn released_since(&self, grantee: &AccountId, since: Moment) -> Result<u32> {
		let since = i64::try_from(since).unwrap_or(i64::MAX);
		Ok(sqlx::query_scalar(
			"SELECT count(*) FROM tickets
			WHERE grantee = ?1 AND answered_at >= ?2 AND released IS NOT NULL",
		)
		.bind(grantee.as_bytes().as_slice())
		.bind(since)
		.fetch_one(&self.0)
		.await?)
	}

	/// The epochs of answers that the chain does not know yet.
	pub(super) async fn unreported_epochs(&self) -> Result<Vec<EpochId>> {
		let epochs: Vec<u32> = sqlx::query_scalar(
			"SELECT DISTINCT epoch FROM tickets WHERE reported = 0 AND answer IS NOT NULL",
		)
		.fetch_all(&self.0)
		.await?;
		Ok(epochs.into_iter().map(EpochId).collect())
	}

	/// Answers that the chain does not know yet, of one epoch.
	pub(super) async fn unreported(&self, epoch: EpochId, limit: u32) -> Result<Vec<Unreported>> {
		let rows = sqlx::query(
			"SELECT ticket, answer FROM tickets
			WHERE reported = 0 AND epoch = ?1 AND answer IS NOT NULL ORDER BY ticket LIMIT ?2",
		)
		.bind(epoch.0)
		.bind(limit)
		.fetch_all(&self.0)
		.await?;
		let answers = rows.iter().map(|row| {
			let ticket = id(row.get(0))?;
			Some((ticket, Answer::decode(&mut row.get::<Vec<u8>, _>(1).as_slice()).ok()?))
		});
		answers.collect::<Option<_>>().ok_or(Error::CustodyCorrupt)
	}

	/// The chain knows these answers.
	pub(super) async fn reported(&self, answers: &[Unreported]) -> Result<()> {
		let mut transaction = self.0.begin().await?;
		for (ticket, _) in answers {
			sqlx::query("UPDATE tickets SET reported = 1 WHERE ticket = ?1")
				.bind(ticket.as_ref())
				.execute(&mut *transaction)
				.await?;
		}
		transaction.commit().await?;
		Ok(())
	}

	/// A revocation that has to be acknowledged.
	pub(super) async fn revoked(&self, consent: &ConsentId, version: u32) -> Result<()> {
		sqlx::query(
			"INSERT INTO revocations (consent, version) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
		)
		.bind(consent.as_ref())
		.bind(version)
		.execute(&self.0)
		.await?;
		Ok(())
	}

	/// Revocations that were not acknowledged.
	pub(super) async fn unacknowledged(&self, limit: u32) -> Result<Vec<(ConsentId, u32)>> {
		let rows = sqlx::query("SELECT consent, version FROM revocations LIMIT ?1")
			.bind(limit)
			.fetch_all(&self.0)
			.await?;
		rows.iter()
			.map(|row| {
				let bytes: Vec<u8> = row.get(0);
				Some((ConsentId(bytes.as_slice().try_into().ok()?), row.get(1)))
			})
			.collect::<Option<_>>()
			.ok_or(Error::CustodyCorrupt)
	}

	/// These revocations were acknowledged.
	pub(super) async fn acknowledged(&self, consents: &[(ConsentId, u32)]) -> Result<()> {
		let mut transaction = self.0.begin().await?;
		for (consent, _) in consents {
			sqlx::query("DELETE FROM revocations WHERE consent = ?1")
				.bind(consent.as_ref())
				.execute(&mut *transaction)
				.await?;
		}
		transaction.commit().await?;
		Ok(())
	}

	/// Deletes all that is held of a record, and never takes any of it again.
	pub(super) async fn erase(&self, record: &RecordId) -> Result<()> {
		let mut transaction = self.0.begin().await?;
		sqlx::query("DELETE FROM dealings WHERE record = ?1")
			.bind(record.as_ref())
			.execute(&mut *transaction)
			.await?;
		sqlx::query("INSERT INTO erasures (record) VALUES (?1) ON CONFLICT DO NOTHING")
			.bind(record.as_ref())
			.execute(&mut *transaction)
			.await?;
		transaction.commit().await?;
		// The log beside the database holds pages as they were.
		sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.0).await?;
		Ok(())
	}

	/// Erasures that were not acknowledged.
	pub(super) async fn unacknowledged_erasures(&self, limit: u32) -> Result<Vec<RecordId>> {
		let rows = sqlx::query("SELECT record FROM erasures WHERE reported = 0 LIMIT ?1")
			.bind(limit)
			.fetch_all(&self.0)
			.await?;
		rows.iter()
			.map(|row| record(row.get(0)))
			.collect::<Option<_>>()
			.ok_or(Error::CustodyCorrupt)
	}

	/// These erasures were acknowledged.
	pub(super) async fn erasures_acknowledged(&self, records: &[RecordId]) -> Result<()> {
		let mut transaction = self.0.begin().await?;
		for record in records {
			sqlx::query("UPDATE erasures SET reported = 1 WHERE record = ?1")
				.bind(record.as_ref())
				.execute(&mut *transaction)
				.await?;
		}
		transaction.commit().await?;
		Ok(())
	}

	/// Every record of which something is held.
	pub(super) async fn records(&self) -> Result<Vec<RecordId>> {
		let rows = sqlx::query("SELECT DISTINCT record FROM dealings").fetch_all(&self.0).await?;
		rows.iter()
			.map(|row| record(row.get(0)))
			.collect::<Option<_>>()
			.ok_or(Error::CustodyCorrupt)
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
		sqlx::query(
			"INSERT INTO settings (name, value) VALUES (?1, ?2)
			ON CONFLICT DO UPDATE SET value = ?2",
		)
		.bind(name)
		.bind(value)
		.execute(&self.0)
		.await?;
		Ok(())
	}
}

/// An answer that the chain does not know yet.
pub(super) type Unreported = (TicketId, Answer);

fn id(bytes: Vec<u8>) -> Option<TicketId> {
	bytes.as_slice().try_into().ok().map(TicketId)
}

fn record(bytes: Vec<u8>) -> Option<RecordId> {
	bytes.as_slice().try_into().ok().map(RecordId)
}
