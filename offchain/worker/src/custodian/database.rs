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
		tried_at INTEGER NOT NULL DEFAULT 0,
		opened_at INTEGER,
		record BLOB,
		grantee BLOB,
		epoch INTEGER,
		answer BLOB,
		released TEXT,
		answered_at INTEGER,
		reported INTEGER NOT NULL DEFAULT 0
	) STRICT;
	CREATE INDEX IF NOT EXISTS unanswered ON tickets (tried_at) WHERE answer IS NULL;
	CREATE INDEX IF NOT EXISTS by_record ON tickets (record);
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

/// An answer with what it is about.
pub(super) struct Said<'a> {
	pub(super) ticket: &'a TicketId,
	pub(super) opened_at: Moment,
	pub(super) record: &'a RecordId,
	pub(super) grantee: &'a AccountId,
	pub(super) epoch: EpochId,
	pub(super) answer: Answer,
	pub(super) released: Option<&'a Released>,
	pub(super) now: Moment,
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
		let mut transaction = self.0.begin_with("BEGIN IMMEDIATE").await?;
		// Shares of an erased record do not come back, whoever sends them.
		let erased: Option<i64> = sqlx::query_scalar("SELECT 1 FROM erasures WHERE record = ?1")
			.bind(deposit.record.as_ref())
			.fetch_optional(&mut *transaction)
			.await?;
		if erased.is_some() {
			return Err(Error::RecordErased { record: deposit.record });
		}
		// Again, after an answer that was lost: it counts as new.
		let again = sqlx::query(
			"UPDATE dealings SET received_at = max(received_at, ?5)
			WHERE record = ?1 AND version = ?2 AND epoch = ?3 AND digest = ?4",
		)
		.bind(deposit.record.as_ref())
		.bind(deposit.version)
		.bind(deposit.epoch.0)
		.bind(deposit.digest.as_ref())
		.bind(integer(now))
		.execute(&mut *transaction)
		.await?;
		if again.rows_affected() > 0 {
			transaction.commit().await?;
			return Ok(());
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
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
		)
		.bind(deposit.record.as_ref())
		.bind(deposit.version)
		.bind(deposit.epoch.0)
		.bind(deposit.digest.as_ref())
		.bind(deposit.owner.as_bytes().as_slice())
		.bind(deposit.seat.0)
		.bind(serde_json::to_string(&deposit.segments)?)
		.bind(deposit.shares.to_bytes())
		.bind(integer(now))
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
		let mut transaction = self.0.begin_with("BEGIN IMMEDIATE").await?;
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
		.bind(integer(before))
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

	/// Tickets that have no answer yet, those first that were tried longest ago, and marks them as
	/// tried.
	pub(super) async fn unanswered(&self, limit: u32, now: Moment) -> Result<Vec<TicketId>> {
		let rows = sqlx::query(
			"UPDATE tickets SET tried_at = ?2 WHERE ticket IN
				(SELECT ticket FROM tickets WHERE answer IS NULL ORDER BY tried_at LIMIT ?1)
			RETURNING ticket",
		)
		.bind(limit)
		.bind(integer(now))
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

	/// What was said about a ticket that was opened at this moment. A ticket with the same
	/// identifier may come back long after the first one.
	pub(super) async fn given(
		&self,
		ticket: &TicketId,
		opened_at: Moment,
	) -> Result<Option<Given>> {
		let row = sqlx::query(
			"SELECT answer, released FROM tickets
			WHERE ticket = ?1 AND opened_at = ?2 AND answer IS NOT NULL",
		)
		.bind(ticket.as_ref())
		.bind(integer(opened_at))
		.fetch_optional(&self.0)
		.await?;
		let Some(row) = row else { return Ok(None) };
		let answer = Answer::decode(&mut row.get::<Vec<u8>, _>(0).as_slice())
			.map_err(|_| Error::CustodyCorrupt)?;
		Ok(Some(match (answer, row.get::<Option<String>, _>(1)) {
			(Answer::Refused(refusal), _) => Given::Refused(refusal),
			(Answer::Released { .. }, Some(body)) => Given::Released(serde_json::from_str(&body)?),
			// It was erased since.
			(Answer::Released { .. }, None) => Given::Refused(CustodianRefusal::RecordErased),
		}))
	}

	/// Keeps an answer, and gives the one that is kept: the first, when two were made at once. An
	/// answer is final. Nothing is released of a record that was erased meanwhile.
	pub(super) async fn answer(&self, said: &Said<'_>) -> Result<Given> {
		let Said { ticket, opened_at, record, grantee, epoch, answer, released, now } = said;
		sqlx::query(
			"INSERT INTO tickets
				(ticket, opened_at, record, grantee, epoch, answer, released, answered_at)
			SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
			WHERE ?7 IS NULL OR NOT EXISTS (SELECT 1 FROM erasures WHERE record = ?3)
			ON CONFLICT DO UPDATE SET opened_at = ?2, record = ?3, grantee = ?4, epoch = ?5,
				answer = ?6, released = ?7, answered_at = ?8, reported = 0
			WHERE answer IS NULL OR opened_at <> ?2",
		)
		.bind(ticket.as_ref())
		.bind(integer(*opened_at))
		.bind(record.as_ref())
		.bind(grantee.as_bytes().as_slice())
		.bind(epoch.0)
		.bind(answer.encode())
		.bind(released.map(serde_json::to_string).transpose()?)
		.bind(integer(*now))
		.execute(&self.0)
		.await?;
		let given = self.given(ticket, *opened_at).await?;
		Ok(given.unwrap_or(Given::Refused(CustodianRefusal::RecordErased)))
	}

	/// How many tickets of a grantee were answered by a release since a moment.
	pub(super) async fn released_since(&self, grantee: &AccountId, since: Moment) -> Result<u32> {
		Ok(sqlx::query_scalar(
			"SELECT count(*) FROM tickets
			WHERE grantee = ?1 AND answered_at >= ?2 AND released IS NOT NULL",
		)
		.bind(grantee.as_bytes().as_slice())
		.bind(integer(since))
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
		let mut transaction = self.0.begin_with("BEGIN IMMEDIATE").await?;
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
		let mut transaction = self.0.begin_with("BEGIN IMMEDIATE").await?;
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
		let mut transaction = self.0.begin_with("BEGIN IMMEDIATE").await?;
		for statement in [
			"DELETE FROM dealings WHERE record = ?1",
			// What was sealed to somebody's key goes too.
			"UPDATE tickets SET released = NULL WHERE record = ?1",
		] {
			sqlx::query(statement).bind(record.as_ref()).execute(&mut *transaction).await?;
		}
		sqlx::query("INSERT INTO erasures (record) VALUES (?1) ON CONFLICT DO NOTHING")
			.bind(record.as_ref())
			.execute(&mut *transaction)
			.await?;
		transaction.commit().await?;
		Ok(())
	}

	/// Empties the log beside the database, which holds pages as they were. Whether it could: somebody
	/// may be reading.
	pub(super) async fn flush(&self) -> Result<bool> {
		let busy: i64 =
			sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.0).await?;
		Ok(busy == 0)
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
		let mut transaction = self.0.begin_with("BEGIN IMMEDIATE").await?;
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

/// A moment as the database keeps it.
fn integer(moment: Moment) -> i64 {
	i64::try_from(moment).unwrap_or(i64::MAX)
}

fn id(bytes: Vec<u8>) -> Option<TicketId> {
	bytes.as_slice().try_into().ok().map(TicketId)
}

fn record(bytes: Vec<u8>) -> Option<RecordId> {
	bytes.as_slice().try_into().ok().map(RecordId)
}
