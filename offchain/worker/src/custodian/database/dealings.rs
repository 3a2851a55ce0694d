// SPDX-License-Identifier: Apache-2.0
//! Shares in custody, sealed to the custodian's own key.

use super::{integer, record, Database};
use crate::{
	custodian::deposit::{Deposit, SegmentFacts},
	Error, Result,
};
use codec::{Compact, Decode, DecodeAll, Encode};
use salus_chain::AccountId;
use salus_crypto::custody::SealedSeatShares;
use salus_primitives::{
	custody::{DealingDigest, EpochId, Seat},
	Commitment, Moment, RecordId,
};
use sqlx::{Row, Sqlite, SqliteConnection, Transaction};
use std::collections::BTreeSet;

/// How many dealings that are not on chain an owner may leave with a custodian.
const MAX_WAITING: i64 = 256;
/// How many bytes they may be.
const MAX_WAITING_BYTES: i64 = 64 * 1024 * 1024;

/// The shares of one record version.
pub(in crate::custodian) struct Held {
	pub(in crate::custodian) owner: AccountId,
	pub(in crate::custodian) seat: Seat,
	pub(in crate::custodian) segments: Vec<SegmentFacts>,
	pub(in crate::custodian) shares: SealedSeatShares,
}

/// The shares of one record version, as they lie in the database.
pub(in crate::custodian) struct Kept {
	/// Where.
	pub(in crate::custodian) row: i64,
	pub(in crate::custodian) record: RecordId,
	pub(in crate::custodian) version: u32,
	pub(in crate::custodian) epoch: EpochId,
	pub(in crate::custodian) seat: Seat,
	/// How many segments the version has.
	pub(in crate::custodian) segments: u16,
	pub(in crate::custodian) shares: SealedSeatShares,
}

/// A dealing that its owner has not anchored, as far as is known.
pub(in crate::custodian) struct Waiting {
	pub(in crate::custodian) record: RecordId,
	pub(in crate::custodian) version: u32,
	pub(in crate::custodian) epoch: EpochId,
	pub(in crate::custodian) digest: DealingDigest,
}

/// The shares of one record version, made of what a draining committee dealt.
pub(in crate::custodian) struct Taken {
	pub(in crate::custodian) record: RecordId,
	pub(in crate::custodian) version: u32,
	pub(in crate::custodian) epoch: EpochId,
	pub(in crate::custodian) digest: DealingDigest,
	pub(in crate::custodian) held: Held,
}

impl Database {
	/// Keeps a dealing. One that is there stays as it is.
	pub(in crate::custodian) async fn keep(&self, deposit: &Deposit, now: Moment) -> Result<()> {
		let Deposit { record, version, epoch, digest, owner, .. } = *deposit;
		let mut transaction = self.begin().await?;
		// Shares of an erased record do not come back, whoever sends them.
		if is_erased(&mut transaction, &record).await? {
			return Err(Error::RecordErased { record });
		}
		if refresh(&mut transaction, (&record, version, epoch, &digest), now).await? {
			return Ok(transaction.commit().await?);
		}
		let (waiting, bytes): (i64, i64) = sqlx::query_as(
			"SELECT count(*), coalesce(sum(length(segments) + length(shares)), 0) FROM dealings
			WHERE owner = ?1 AND anchored = 0 AND taken_over = 0",
		)
		.bind(owner.as_bytes().as_slice())
		.fetch_one(&mut *transaction)
		.await?;
		if waiting >= MAX_WAITING || bytes >= MAX_WAITING_BYTES {
			return Err(Error::MaxDepositsExceeded { record });
		}
		let held = Held {
			owner,
			seat: deposit.seat,
			segments: deposit.segments.clone(),
			shares: deposit.shares.clone(),
		};
		let taken = Taken { record, version, epoch, digest, held };
		insert(&mut transaction, &taken, false, now).await?;
		Ok(transaction.commit().await?)
	}

	/// Keeps what was taken over from another committee. Returns the records of what is kept: not of
	/// one that was erased meanwhile.
	pub(in crate::custodian) async fn keep_taken(
		&self,
		taken: &[&Taken],
		now: Moment,
	) -> Result<BTreeSet<RecordId>> {
		let mut transaction = self.begin().await?;
		let mut kept = BTreeSet::new();
		for one in taken {
			let Taken { record, version, epoch, digest, .. } = one;
			if is_erased(&mut transaction, record).await? {
				continue;
			}
			if !refresh(&mut transaction, (record, *version, *epoch, digest), now).await? {
				insert(&mut transaction, one, true, now).await?;
			}
			kept.insert(*record);
		}
		transaction.commit().await?;
		Ok(kept)
	}

	/// Dealings that came before a moment and that the chain was not seen to have.
	pub(in crate::custodian) async fn waiting_since(&self, before: Moment) -> Result<Vec<Waiting>> {
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

	/// The chain has this dealing of a version. Others, which it will never have, are deleted.
	pub(in crate::custodian) async fn anchored(&self, dealing: &Waiting) -> Result<()> {
		let mut transaction = self.begin().await?;
		let Waiting { record, version, epoch, digest } = dealing;
		anchored(&mut transaction, record, *version, *epoch, digest).await?;
		Ok(transaction.commit().await?)
	}

	/// Deletes a dealing that the chain does not have.
	pub(in crate::custodian) async fn drop_waiting(&self, waiting: &Waiting) -> Result<()> {
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
	pub(in crate::custodian) async fn held(
		&self,
		record: &RecordId,
		version: u32,
		epoch: EpochId,
		digest: &DealingDigest,
	) -> Result<Option<Held>> {
		let row = sqlx::query(
			"SELECT owner, seat, segments, shares FROM dealings
			WHERE record = ?1 AND version = ?2 AND epoch = ?3 AND digest = ?4",
		)
		.bind(record.as_ref())
		.bind(version)
		.bind(epoch.0)
		.bind(digest.as_ref())
		.fetch_optional(&self.0)
		.await?;
		row.map(|row| {
			let owner: Vec<u8> = row.get(0);
			Ok(Held {
				owner: AccountId::new(
					owner.as_slice().try_into().map_err(|_| Error::CustodyCorrupt)?,
				),
				seat: Seat(row.get(1)),
				segments: Vec::decode_all(&mut row.get::<Vec<u8>, _>(2).as_slice())
					.map_err(|_| Error::CustodyCorrupt)?,
				shares: SealedSeatShares::from_bytes(&row.get::<Vec<u8>, _>(3))?,
			})
		})
		.transpose()
	}

	/// So many dealings, whether the chain has them or not, from the row after `after` on.
	pub(in crate::custodian) async fn kept_after(
		&self,
		after: i64,
		most: u32,
	) -> Result<Vec<Kept>> {
		let rows = sqlx::query(
			"SELECT rowid, record, version, epoch, seat, substr(segments, 1, 5), shares
			FROM dealings WHERE rowid > ?1 ORDER BY rowid LIMIT ?2",
		)
		.bind(after)
		.bind(most)
		.fetch_all(&self.0)
		.await?;
		rows.iter()
			.map(|row| {
				Ok(Kept {
					row: row.get(0),
					record: record(row.get(1)).ok_or(Error::CustodyCorrupt)?,
					version: row.get(2),
					epoch: EpochId(row.get(3)),
					seat: Seat(row.get(4)),
					segments: count(&row.get::<Vec<u8>, _>(5)).ok_or(Error::CustodyCorrupt)?,
					shares: SealedSeatShares::from_bytes(&row.get::<Vec<u8>, _>(6))?,
				})
			})
			.collect()
	}

	/// Keeps the shares of a dealing sealed to another key, unless they went or changed meanwhile.
	pub(in crate::custodian) async fn reseal(
		&self,
		kept: &Kept,
		sealed: &SealedSeatShares,
	) -> Result<()> {
		sqlx::query("UPDATE dealings SET shares = ?1 WHERE rowid = ?2 AND shares = ?3")
			.bind(sealed.to_bytes())
			.bind(kept.row)
			.bind(kept.shares.to_bytes())
			.execute(&self.0)
			.await?;
		Ok(())
	}

	/// Whether all of a record was deleted, for good.
	pub(in crate::custodian) async fn is_erased(&self, record: &RecordId) -> Result<bool> {
		let mut connection = self.0.acquire().await?;
		is_erased(&mut connection, record).await
	}

	/// Every record of which something is held.
	pub(in crate::custodian) async fn records(&self) -> Result<Vec<RecordId>> {
		let rows = sqlx::query("SELECT DISTINCT record FROM dealings").fetch_all(&self.0).await?;
		rows.iter()
			.map(|row| record(row.get(0)))
			.collect::<Option<_>>()
			.ok_or(Error::CustodyCorrupt)
	}

	/// The epochs of which something is held.
	pub(in crate::custodian) async fn epochs(&self) -> Result<Vec<EpochId>> {
		let epochs: Vec<u32> =
			sqlx::query_scalar("SELECT DISTINCT epoch FROM dealings").fetch_all(&self.0).await?;
		Ok(epochs.into_iter().map(EpochId).collect())
	}

	/// Deletes the shares of an epoch.
	pub(in crate::custodian) async fn retire(&self, epoch: EpochId) -> Result<()> {
		sqlx::query("DELETE FROM dealings WHERE epoch = ?1").bind(epoch.0).execute(&self.0).await?;
		Ok(())
	}

	/// What a subject denies, as another custodian passed it on: sealed to this one.
	pub(in crate::custodian) async fn denials(
		&self,
		subject: &AccountId,
		root: &Commitment,
	) -> Result<Option<Vec<u8>>> {
		Ok(sqlx::query_scalar("SELECT document FROM denials WHERE subject = ?1 AND root = ?2")
			.bind(subject.as_bytes().as_slice())
			.bind(root.as_ref())
			.fetch_optional(&self.0)
			.await?)
	}

	/// Keeps it.
	pub(in crate::custodian) async fn keep_denials(
		&self,
		subject: &AccountId,
		root: &Commitment,
		document: &[u8],
	) -> Result<()> {
		sqlx::query(
			"INSERT INTO denials (subject, root, document) VALUES (?1, ?2, ?3)
			ON CONFLICT DO UPDATE SET root = ?2, document = ?3",
		)
		.bind(subject.as_bytes().as_slice())
		.bind(root.as_ref())
		.bind(document)
		.execute(&self.0)
		.await?;
		Ok(())
	}
}

/// How many segments there are, by what their encoding begins with.
fn count(mut beginning: &[u8]) -> Option<u16> {
	Compact::<u32>::decode(&mut beginning).ok()?.0.try_into().ok()
}

async fn is_erased(connection: &mut SqliteConnection, record: &RecordId) -> Result<bool> {
	let erased: Option<i64> = sqlx::query_scalar("SELECT 1 FROM erasures WHERE record = ?1")
		.bind(record.as_ref())
		.fetch_optional(connection)
		.await?;
	Ok(erased.is_some())
}

/// Whether the dealing is there. It came again, perhaps after an answer that was lost: it counts as
/// new.
async fn refresh(
	transaction: &mut Transaction<'_, Sqlite>,
	(record, version, epoch, digest): (&RecordId, u32, EpochId, &DealingDigest),
	now: Moment,
) -> Result<bool> {
	let again = sqlx::query(
		"UPDATE dealings SET received_at = max(received_at, ?5)
		WHERE record = ?1 AND version = ?2 AND epoch = ?3 AND digest = ?4",
	)
	.bind(record.as_ref())
	.bind(version)
	.bind(epoch.0)
	.bind(digest.as_ref())
	.bind(integer(now))
	.execute(&mut **transaction)
	.await?;
	Ok(again.rows_affected() > 0)
}

async fn insert(
	transaction: &mut Transaction<'_, Sqlite>,
	taken: &Taken,
	taken_over: bool,
	now: Moment,
) -> Result<()> {
	let Taken { record, version, epoch, digest, held } = taken;
	sqlx::query(
		"INSERT INTO dealings
			(record, version, epoch, digest, owner, seat, segments, shares, received_at, taken_over)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	)
	.bind(record.as_ref())
	.bind(version)
	.bind(epoch.0)
	.bind(digest.as_ref())
	.bind(held.owner.as_bytes().as_slice())
	.bind(held.seat.0)
	.bind(held.segments.encode())
	.bind(held.shares.to_bytes())
	.bind(integer(now))
	.bind(taken_over)
	.execute(&mut **transaction)
	.await?;
	Ok(())
}

pub(super) async fn anchored(
	transaction: &mut Transaction<'_, Sqlite>,
	record: &RecordId,
	version: u32,
	epoch: EpochId,
	digest: &DealingDigest,
) -> Result<()> {
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
			.execute(&mut **transaction)
			.await?;
	}
	Ok(())
}

/// Deletes all that is held of a record, and never takes any of it again.
pub(super) async fn erase(
	transaction: &mut Transaction<'_, Sqlite>,
	record: &RecordId,
) -> Result<()> {
	for statement in [
		"DELETE FROM dealings WHERE record = ?1",
		"DELETE FROM moves WHERE record = ?1",
		"DELETE FROM repairs WHERE record = ?1",
		// What was sealed to somebody's key goes too.
		"UPDATE tickets SET released = NULL WHERE record = ?1",
		"INSERT INTO erasures (record) VALUES (?1) ON CONFLICT DO NOTHING",
	] {
		sqlx::query(statement).bind(record.as_ref()).execute(&mut **transaction).await?;
	}
	Ok(())
}
