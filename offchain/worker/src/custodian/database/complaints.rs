// SPDX-License-Identifier: Apache-2.0
//! What shows that dealers are at fault.

use super::Database;
use crate::{custodian::Evidence, Error, Result};
use salus_crypto::custody::Complaint;
use salus_primitives::Salt;
use sqlx::{sqlite::SqliteRow, Row};

impl Database {
	/// Keeps evidence, one piece against each dealer: it is enough to have it judged.
	pub(in crate::custodian) async fn keep_evidence(&self, evidence: &[Evidence]) -> Result<()> {
		let mut transaction = self.begin().await?;
		for Evidence { complaint, salt } in evidence {
			sqlx::query(
				"INSERT INTO complaints (epoch, dealer, complaint, salt) VALUES (?1, ?2, ?3, ?4)
				ON CONFLICT DO NOTHING",
			)
			.bind(complaint.context().from.epoch.0)
			.bind(complaint.dealer().0)
			.bind(complaint.to_bytes())
			.bind(salt.0.as_slice())
			.execute(&mut *transaction)
			.await?;
		}
		Ok(transaction.commit().await?)
	}

	/// Evidence of which the chain was not told.
	pub(in crate::custodian) async fn untold(&self) -> Result<Vec<Evidence>> {
		let query = "SELECT complaint, salt FROM complaints WHERE told = 0 ORDER BY epoch, dealer";
		read(sqlx::query(query).fetch_all(&self.0).await?)
	}

	/// The chain was told, or can do nothing about it any more.
	pub(in crate::custodian) async fn told(&self, evidence: &Evidence) -> Result<()> {
		sqlx::query("UPDATE complaints SET told = 1 WHERE epoch = ?1 AND dealer = ?2")
			.bind(evidence.complaint.context().from.epoch.0)
			.bind(evidence.complaint.dealer().0)
			.execute(&self.0)
			.await?;
		Ok(())
	}

	/// All evidence.
	pub(in crate::custodian) async fn evidence(&self) -> Result<Vec<Evidence>> {
		let query = "SELECT complaint, salt FROM complaints ORDER BY epoch, dealer";
		read(sqlx::query(query).fetch_all(&self.0).await?)
	}
}

fn read(rows: Vec<SqliteRow>) -> Result<Vec<Evidence>> {
	let evidence = rows.iter().map(|row| {
		let (complaint, salt): (&[u8], &[u8]) = (row.get(0), row.get(1));
		let complaint = Complaint::from_bytes(complaint).ok()?;
		Some(Evidence { complaint, salt: Salt(salt.try_into().ok()?) })
	});
	evidence.collect::<Option<_>>().ok_or(Error::CustodyCorrupt)
}
