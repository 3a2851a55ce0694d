// SPDX-License-Identifier: Apache-2.0
//! Tickets, and what was said about them.

use super::{integer, ticket, Database};
use crate::{custodian::release::Released, Error, Result};
use codec::{Decode, Encode};
use salus_chain::AccountId;
use salus_primitives::{
	custody::{Answer, CustodianRefusal, EpochId},
	Moment, RecordId, TicketId,
};
use sqlx::{Row, Sqlite, Transaction};

/// An answer with what it is about.
pub(in crate::custodian) struct Said<'a> {
	pub(in crate::custodian) ticket: &'a TicketId,
	pub(in crate::custodian) opened_at: Moment,
	pub(in crate::custodian) expires_at: Moment,
	pub(in crate::custodian) record: &'a RecordId,
	pub(in crate::custodian) grantee: &'a AccountId,
	pub(in crate::custodian) epoch: EpochId,
	pub(in crate::custodian) answer: Answer,
	pub(in crate::custodian) released: Option<&'a Released>,
	pub(in crate::custodian) now: Moment,
}

/// What a custodian said about a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::custodian) enum Given {
	/// It released.
	Released(Box<Released>),
	/// It released, and what it released was deleted since.
	Deleted,
	/// It refused.
	Refused(CustodianRefusal),
}

/// An answer that the chain does not know yet.
pub(in crate::custodian) struct Unreported {
	pub(in crate::custodian) ticket: TicketId,
	pub(in crate::custodian) opened_at: Moment,
	pub(in crate::custodian) answer: Answer,
}

impl Database {
	/// Tickets that have no answer yet, those first that were tried longest ago, and marks them as
	/// tried. Each with when it was opened.
	pub(in crate::custodian) async fn unanswered(
		&self,
		limit: u32,
		now: Moment,
	) -> Result<Vec<(TicketId, Moment)>> {
		let rows = sqlx::query(
			"UPDATE tickets SET tried_at = ?2 WHERE ticket IN
				(SELECT ticket FROM tickets WHERE answer IS NULL ORDER BY tried_at LIMIT ?1)
			RETURNING ticket, opened_at",
		)
		.bind(limit)
		.bind(integer(now))
		.fetch_all(&self.0)
		.await?;
		let tickets = rows.iter().map(|row| {
			let opened_at = Moment::try_from(row.get::<i64, _>(1)).ok()?;
			Some((ticket(row.get(0))?, opened_at))
		});
		tickets.collect::<Option<_>>().ok_or(Error::CustodyCorrupt)
	}

	/// Forgets a ticket that is not ours to answer.
	pub(in crate::custodian) async fn disregard(&self, ticket: &TicketId) -> Result<()> {
		sqlx::query("DELETE FROM tickets WHERE ticket = ?1 AND answer IS NULL")
			.bind(ticket.as_ref())
			.execute(&self.0)
			.await?;
		Ok(())
	}

	/// What was said about a ticket that was opened at this moment. A ticket with the same
	/// identifier may come back long after the first one.
	pub(in crate::custodian) async fn given(
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
			(Answer::Refused(refusal) | Answer::Stopped(refusal), _) => Given::Refused(refusal),
			(Answer::Released { .. }, Some(body)) => Given::Released(serde_json::from_str(&body)?),
			(Answer::Released { .. }, None) => Given::Deleted,
		}))
	}

	/// Keeps an answer, and gives the one that is kept: the first, when two were made at once. An
	/// answer is final. Nothing is released of a record that was erased meanwhile.
	pub(in crate::custodian) async fn answer(&self, said: &Said<'_>) -> Result<Given> {
		let Said { ticket, opened_at, record, grantee, epoch, answer, released, now, .. } = said;
		sqlx::query(
			"INSERT INTO tickets
				(ticket, opened_at, record, grantee, epoch, answer, released, answered_at, expires_at)
			SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
			WHERE ?7 IS NULL OR NOT EXISTS (SELECT 1 FROM erasures WHERE record = ?3)
			ON CONFLICT DO UPDATE SET opened_at = ?2, record = ?3, grantee = ?4, epoch = ?5,
				answer = ?6, released = ?7, answered_at = ?8, expires_at = ?9, reported = 0
			WHERE answer IS NULL OR opened_at < ?2",
		)
		.bind(ticket.as_ref())
		.bind(integer(*opened_at))
		.bind(record.as_ref())
		.bind(grantee.as_bytes().as_slice())
		.bind(epoch.0)
		.bind(answer.encode())
		.bind(released.map(serde_json::to_string).transpose()?)
		.bind(integer(*now))
		.bind(integer(said.expires_at))
		.execute(&self.0)
		.await?;
		Ok(self.given(ticket, *opened_at).await?.unwrap_or(Given::Deleted))
	}

	/// Keeps that what was released for a ticket is not given out any more, and why: the first time.
	/// Whether it is news.
	pub(in crate::custodian) async fn stop(&self, said: &Said<'_>) -> Result<bool> {
		let kept = sqlx::query(
			"INSERT INTO stops (ticket, opened_at, epoch, answer, expires_at)
			VALUES (?1, ?2, ?3, ?4, ?5)
			ON CONFLICT DO UPDATE SET opened_at = ?2, epoch = ?3, answer = ?4, expires_at = ?5,
				reported = 0
			WHERE opened_at < ?2",
		)
		.bind(said.ticket.as_ref())
		.bind(integer(said.opened_at))
		.bind(said.epoch.0)
		.bind(said.answer.encode())
		.bind(integer(said.expires_at))
		.execute(&self.0)
		.await?;
		Ok(kept.rows_affected() > 0)
	}

	/// How many tickets of a grantee were answered by a release since a moment.
	pub(in crate::custodian) async fn released_since(
		&self,
		grantee: &AccountId,
		since: Moment,
	) -> Result<u32> {
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
	pub(in crate::custodian) async fn unreported_epochs(&self) -> Result<Vec<EpochId>> {
		let epochs: Vec<u32> = sqlx::query_scalar(
			"SELECT epoch FROM tickets WHERE reported = 0 AND answer IS NOT NULL
			UNION SELECT epoch FROM stops WHERE reported = 0",
		)
		.fetch_all(&self.0)
		.await?;
		Ok(epochs.into_iter().map(EpochId).collect())
	}

	/// Answers that the chain does not know yet, of one epoch. Releases come before what stops them,
	/// because the chain takes nothing back that it was not told of.
	pub(in crate::custodian) async fn unreported(
		&self,
		epoch: EpochId,
		limit: u32,
	) -> Result<Vec<Unreported>> {
		let rows = sqlx::query(
			"SELECT ticket, opened_at, answer, 0 AS is_stop FROM tickets
			WHERE reported = 0 AND epoch = ?1 AND answer IS NOT NULL
			UNION ALL SELECT ticket, opened_at, answer, 1 FROM stops
			WHERE reported = 0 AND epoch = ?1
			ORDER BY is_stop, ticket LIMIT ?2",
		)
		.bind(epoch.0)
		.bind(limit)
		.fetch_all(&self.0)
		.await?;
		let answers = rows.iter().map(|row| {
			let ticket = ticket(row.get(0))?;
			let opened_at = Moment::try_from(row.get::<i64, _>(1)).ok()?;
			let answer = Answer::decode(&mut row.get::<Vec<u8>, _>(2).as_slice()).ok()?;
			Some(Unreported { ticket, opened_at, answer })
		});
		answers.collect::<Option<_>>().ok_or(Error::CustodyCorrupt)
	}

	/// The chain knows these answers. It does not know of a ticket that came back meanwhile under the
	/// identifier of one of theirs.
	pub(in crate::custodian) async fn reported(&self, answers: &[Unreported]) -> Result<()> {
		let mut transaction = self.begin().await?;
		for Unreported { ticket, opened_at, answer } in answers {
			let statement = match answer {
				Answer::Released { .. } | Answer::Refused(_) => {
					"UPDATE tickets SET reported = 1 WHERE ticket = ?1 AND opened_at = ?2"
				},
				Answer::Stopped(_) => {
					"UPDATE stops SET reported = 1 WHERE ticket = ?1 AND opened_at = ?2"
				},
			};
			sqlx::query(statement)
				.bind(ticket.as_ref())
				.bind(integer(*opened_at))
				.execute(&mut *transaction)
				.await?;
		}
		Ok(transaction.commit().await?)
	}

	/// Deletes what was released for tickets that have expired, and forgets those long gone that the
	/// chain was told of.
	pub(in crate::custodian) async fn forget(&self, expired: Moment, gone: Moment) -> Result<()> {
		let mut transaction = self.begin().await?;
		for (statement, before) in [
			(
				"UPDATE tickets SET released = NULL
				WHERE expires_at <= ?1 AND released IS NOT NULL",
				expired,
			),
			("DELETE FROM tickets WHERE expires_at <= ?1 AND reported = 1", gone),
			("DELETE FROM stops WHERE expires_at <= ?1 AND reported = 1", gone),
		] {
			sqlx::query(statement).bind(integer(before)).execute(&mut *transaction).await?;
		}
		Ok(transaction.commit().await?)
	}
}

/// A ticket that has to be answered, now or later. One that comes back under an identifier that was
/// used before has to be answered anew.
pub(super) async fn expect(
	transaction: &mut Transaction<'_, Sqlite>,
	ticket: &TicketId,
	opened_at: Moment,
) -> Result<()> {
	sqlx::query(
		"INSERT INTO tickets (ticket, opened_at) VALUES (?1, ?2)
		ON CONFLICT DO UPDATE SET opened_at = ?2, tried_at = 0, record = NULL, grantee = NULL,
			epoch = NULL, answer = NULL, released = NULL, answered_at = NULL, expires_at = NULL,
			reported = 0
		WHERE opened_at < ?2",
	)
	.bind(ticket.as_ref())
	.bind(integer(opened_at))
	.execute(&mut **transaction)
	.await?;
	Ok(())
}

/// The chain has this answer of ours. A refusal that was forgotten since, with a database that was
/// lost, is one again; what was released may be released again.
pub(super) async fn confirm(
	transaction: &mut Transaction<'_, Sqlite>,
	ticket: &TicketId,
	epoch: EpochId,
	answer: &Answer,
) -> Result<()> {
	let statement = match answer {
		Answer::Released { .. } | Answer::Refused(_) => {
			"UPDATE tickets SET reported = 1 WHERE ticket = ?1 AND answer IS NOT NULL"
		},
		Answer::Stopped(_) => "UPDATE stops SET reported = 1 WHERE ticket = ?1",
	};
	sqlx::query(statement).bind(ticket.as_ref()).execute(&mut **transaction).await?;
	if let Answer::Refused(_) = answer {
		sqlx::query(
			"UPDATE tickets SET answer = ?2, epoch = ?3, reported = 1
			WHERE ticket = ?1 AND answer IS NULL",
		)
		.bind(ticket.as_ref())
		.bind(answer.encode())
		.bind(epoch.0)
		.execute(&mut **transaction)
		.await?;
	}
	Ok(())
}
