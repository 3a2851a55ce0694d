// SPDX-License-Identifier: Apache-2.0
//! What is still with a committee before the active one, and has to move.

use super::{integer, record, Database};
use crate::{Error, Result};
use salus_primitives::{custody::EpochId, Moment, RecordId};
use sqlx::{Row, Sqlite, Transaction};

/// A dealing that has to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::custodian) struct Pending {
	pub(in crate::custodian) record: RecordId,
	pub(in crate::custodian) version: u32,
	/// The epoch that holds it.
	pub(in crate::custodian) epoch: EpochId,
	pub(in crate::custodian) segments: u16,
}

impl Database {
	/// Whether it is known what an epoch held when it began to drain. Nothing is added since.
	pub(in crate::custodian) async fn is_listed(&self, epoch: EpochId) -> Result<bool> {
		Ok(self.setting(&listed(epoch)).await?.is_some())
	}

	/// Keeps what has to move from an epoch. `turn` says after how many others it is this custodian's
	/// turn to see to one.
	pub(in crate::custodian) async fn list_moves(
		&self,
		epoch: EpochId,
		dealings: &[(RecordId, u32, u16)],
		turn: impl Fn(&RecordId) -> u32,
	) -> Result<()> {
		let mut transaction = self.begin().await?;
		for (record, version, segments) in dealings {
			sqlx::query(
				"INSERT INTO moves (record, version, epoch, segments, turn)
				VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
			)
			.bind(record.as_ref())
			.bind(version)
			.bind(epoch.0)
			.bind(segments)
			.bind(turn(record))
			.execute(&mut *transaction)
			.await?;
		}
		super::set(&mut transaction, &listed(epoch), &[1]).await?;
		Ok(transaction.commit().await?)
	}

	/// What has to move, those first that were tried longest ago and whose turn it is, and marks them
	/// as tried. Nothing of a later turn is among them: others are about to see to it.
	pub(in crate::custodian) async fn next_moves(
		&self,
		limit: u32,
		now: Moment,
	) -> Result<Vec<Pending>> {
		let rows = sqlx::query(
			"UPDATE moves SET tried_at = ?2 WHERE (record, version) IN
				(SELECT record, version FROM moves
				WHERE turn = (SELECT turn FROM moves ORDER BY tried_at, turn LIMIT 1)
				ORDER BY tried_at LIMIT ?1)
			RETURNING record, version, epoch, segments",
		)
		.bind(limit)
		.bind(integer(now))
		.fetch_all(&self.0)
		.await?;
		let pending = rows.iter().map(|row| {
			let (version, segments) = (row.get(1), row.get(3));
			Some(Pending {
				record: record(row.get(0))?,
				version,
				epoch: EpochId(row.get(2)),
				segments,
			})
		});
		pending.collect::<Option<_>>().ok_or(Error::CustodyCorrupt)
	}

	/// A dealing that need not move any more.
	pub(in crate::custodian) async fn moved(&self, record: &RecordId, version: u32) -> Result<()> {
		let mut transaction = self.begin().await?;
		done(&mut transaction, record, version).await?;
		Ok(transaction.commit().await?)
	}
}

pub(super) async fn done(
	transaction: &mut Transaction<'_, Sqlite>,
	record: &RecordId,
	version: u32,
) -> Result<()> {
	sqlx::query("DELETE FROM moves WHERE record = ?1 AND version = ?2")
		.bind(record.as_ref())
		.bind(version)
		.execute(&mut **transaction)
		.await?;
	Ok(())
}

fn listed(epoch: EpochId) -> String {
	format!("listed-{epoch}")
}
