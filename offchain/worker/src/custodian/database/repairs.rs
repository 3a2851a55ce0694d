// SPDX-License-Identifier: Apache-2.0
//! Shares that peers are to give back.

use super::{integer, record, Database};
use crate::{Error, Result};
use salus_primitives::{Moment, RecordId};
use sqlx::Row;

impl Database {
	/// Keeps in mind that these record versions are held by the committee and not by this custodian.
	pub(in crate::custodian) async fn mend(&self, dealings: &[(RecordId, u32)]) -> Result<()> {
		let mut transaction = self.begin().await?;
		for (record, version) in dealings {
			sqlx::query(
				"INSERT INTO repairs (record, version) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
			)
			.bind(record.as_ref())
			.bind(version)
			.execute(&mut *transaction)
			.await?;
		}
		Ok(transaction.commit().await?)
	}

	/// What is to be given back, those first that were tried longest ago, and marks them as tried.
	pub(in crate::custodian) async fn next_repairs(
		&self,
		limit: u32,
		now: Moment,
	) -> Result<Vec<(RecordId, u32)>> {
		let rows = sqlx::query(
			"UPDATE repairs SET tried_at = ?2 WHERE (record, version) IN
				(SELECT record, version FROM repairs ORDER BY tried_at LIMIT ?1)
			RETURNING record, version",
		)
		.bind(limit)
		.bind(integer(now))
		.fetch_all(&self.0)
		.await?;
		let repairs = rows.iter().map(|row| Some((record(row.get(0))?, row.get(1))));
		repairs.collect::<Option<_>>().ok_or(Error::CustodyCorrupt)
	}

	/// There is nothing to give back any more.
	pub(in crate::custodian) async fn mended(&self, record: &RecordId, version: u32) -> Result<()> {
		sqlx::query("DELETE FROM repairs WHERE record = ?1 AND version = ?2")
			.bind(record.as_ref())
			.bind(version)
			.execute(&self.0)
			.await?;
		Ok(())
	}
}
