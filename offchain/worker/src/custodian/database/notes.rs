// SPDX-License-Identifier: Apache-2.0
//! What finalised blocks ask of a custodian, kept in one step with how far it has read.

use super::{answers, dealings, moves, record, set, Database};
use crate::{Error, Result};
use salus_chain::BlockId;
use salus_primitives::{
	custody::{Answer, DealingDigest, EpochId},
	ConsentId, Moment, RecordId, TicketId,
};
use sqlx::{Row, Sqlite, Transaction};

/// Under which name the last block is kept that was read.
const CURSOR: &str = "cursor";

/// Something that a custodian has to know, and mostly to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::custodian) enum Note {
	/// A ticket was issued.
	Opened { ticket: TicketId, opened_at: Moment },
	/// The chain has an answer of ours.
	Answered { ticket: TicketId, epoch: EpochId, answer: Answer },
	/// A consent was revoked.
	Revoked { consent: ConsentId, version: u32 },
	/// The chain has a dealing.
	Dealt { record: RecordId, version: u32, epoch: EpochId, digest: DealingDigest },
	/// A record is to be erased.
	Erased { record: RecordId },
}

impl Note {
	async fn keep(&self, transaction: &mut Transaction<'_, Sqlite>) -> Result<()> {
		match self {
			Self::Opened { ticket, opened_at } => {
				answers::expect(transaction, ticket, *opened_at).await
			},
			Self::Answered { ticket, epoch, answer } => {
				answers::confirm(transaction, ticket, *epoch, answer).await
			},
			Self::Revoked { consent, version } => {
				sqlx::query(
					"INSERT INTO revocations (consent, version) VALUES (?1, ?2)
					ON CONFLICT DO NOTHING",
				)
				.bind(consent.as_ref())
				.bind(version)
				.execute(&mut **transaction)
				.await?;
				Ok(())
			},
			Self::Dealt { record, version, epoch, digest } => {
				moves::done(transaction, record, *version).await?;
				dealings::anchored(transaction, record, *version, *epoch, digest).await
			},
			Self::Erased { record } => dealings::erase(transaction, record).await,
		}
	}
}

impl Database {
	/// Keeps the notes and, with them, how far the chain was read: all of it or nothing.
	pub(in crate::custodian) async fn note(
		&self,
		notes: &[Note],
		cursor: Option<BlockId>,
	) -> Result<()> {
		let mut transaction = self.begin().await?;
		for note in notes {
			note.keep(&mut transaction).await?;
		}
		if let Some(cursor) = cursor {
			set(&mut transaction, CURSOR, &serde_json::to_vec(&cursor)?).await?;
		}
		Ok(transaction.commit().await?)
	}

	/// The last block that was read.
	pub(in crate::custodian) async fn cursor(&self) -> Result<Option<BlockId>> {
		let cursor = self.setting(CURSOR).await?;
		cursor.map(|cursor| Ok(serde_json::from_slice(&cursor)?)).transpose()
	}

	/// Revocations that were not acknowledged.
	pub(in crate::custodian) async fn unacknowledged(
		&self,
		limit: u32,
	) -> Result<Vec<(ConsentId, u32)>> {
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
	pub(in crate::custodian) async fn acknowledged(
		&self,
		consents: &[(ConsentId, u32)],
	) -> Result<()> {
		let mut transaction = self.begin().await?;
		for (consent, _) in consents {
			sqlx::query("DELETE FROM revocations WHERE consent = ?1")
				.bind(consent.as_ref())
				.execute(&mut *transaction)
				.await?;
		}
		Ok(transaction.commit().await?)
	}

	/// Erasures that were not acknowledged.
	pub(in crate::custodian) async fn unacknowledged_erasures(
		&self,
		limit: u32,
	) -> Result<Vec<RecordId>> {
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
	pub(in crate::custodian) async fn erasures_acknowledged(
		&self,
		records: &[RecordId],
	) -> Result<()> {
		let mut transaction = self.begin().await?;
		for record in records {
			sqlx::query("UPDATE erasures SET reported = 1 WHERE record = ?1")
				.bind(record.as_ref())
				.execute(&mut *transaction)
				.await?;
		}
		Ok(transaction.commit().await?)
	}
}
