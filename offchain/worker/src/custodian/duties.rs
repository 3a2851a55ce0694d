// SPDX-License-Identifier: Apache-2.0
//! What a custodian owes the chain: an answer to every ticket, and to every revocation and erasure.

use super::{database::Given, member::Member};
use crate::{Error, Result};
use futures::StreamExt;
use salus_chain::{
	follow, AccessEvent, Call, Client, ConsentEvent, CursorStore, CustodyEvent, DomainEvent, Start,
};
use salus_primitives::{custody::EpochId, TicketId};
use std::fmt;
use tokio_util::sync::CancellationToken;

/// The most items of one call.
const BATCH: u32 = 32;

/// The duties of one custodian.
pub struct Duties {
	member: Member,
	chain: Client,
}

impl fmt::Debug for Duties {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Duties").field("member", &self.member).finish_non_exhaustive()
	}
}

impl Duties {
	/// The duties of `member` on the chain behind `chain`.
	pub const fn new(member: Member, chain: Client) -> Self {
		Self { member, chain }
	}

	/// Follows the finalised chain from the cursor on and does what each block asks for, until
	/// `shutdown`. What cannot be done now is done with a later block.
	///
	/// # Errors
	/// When the chain cannot be followed, or the database fails.
	pub async fn run(self, cursor: impl CursorStore, shutdown: CancellationToken) -> Result<()> {
		let mut blocks = follow(self.chain.clone(), cursor, Start::Newest, shutdown);
		while let Some(block) = blocks.next().await {
			for event in &block?.events {
				self.note(event).await?;
			}
			self.catch_up().await?;
		}
		Ok(())
	}

	/// Writes down what an event asks for. What it says at once, it does at once.
	async fn note(&self, event: &DomainEvent) -> Result<()> {
		let database = self.member.database();
		match event {
			DomainEvent::Access(
				AccessEvent::Opened { ticket, .. }
				| AccessEvent::SaleOpened { ticket, .. }
				| AccessEvent::EmergencyOpened { ticket, .. },
			) => database.expect(ticket).await,
			DomainEvent::Consent(ConsentEvent::Revoked { consent, version }) => {
				database.revoked(consent, *version).await
			},
			DomainEvent::Custody(
				CustodyEvent::Dealt { record, version, epoch, digest }
				| CustodyEvent::Reshared { record, version, to: epoch, digest, .. },
			) => database.anchored(record, *version, *epoch, digest).await,
			DomainEvent::Custody(CustodyEvent::ErasureStarted { record }) => {
				self.member.erase(record).await
			},
			_ => Ok(()),
		}
	}

	/// Answers what has no answer, and tells the chain what it does not know. What fails holds
	/// nothing else up: it is tried again with the next block.
	async fn catch_up(&self) -> Result<()> {
		for ticket in self.member.database().unanswered().await? {
			self.answer(&ticket).await?;
		}
		for epoch in self.member.database().unreported_epochs().await? {
			passing("answers", self.report(epoch).await)?;
		}
		passing("acknowledgements", self.acknowledge().await)?;
		passing("what was not anchored", self.member.tidy_up().await)
	}

	async fn answer(&self, ticket: &TicketId) -> Result<()> {
		match self.member.respond(ticket).await {
			Ok(Given::Released(_) | Given::Refused(_)) => Ok(()),
			// Of another committee, or never dealt to any, or closed.
			Err(
				Error::NotAMember { .. } | Error::NotHeld { .. } | Error::TicketNotFinalised { .. },
			) => self.member.database().disregard(ticket).await,
			Err(Error::ReleaseDeferred { .. } | Error::ReleaseUnsupported { .. }) => Ok(()),
			failed => passing("a ticket", failed.map(drop)),
		}
	}

	async fn report(&self, epoch: EpochId) -> Result<()> {
		let (database, genesis) = (self.member.database(), self.chain.genesis());
		loop {
			let answers = database.unreported(epoch, BATCH).await?;
			if answers.is_empty() {
				return Ok(());
			}
			let receipts = super::release::batch_commitment(genesis, epoch, &answers);
			let call = Call::Report { epoch, answers: answers.clone(), receipts };
			self.chain.submit(self.member.signer(), &call).await?;
			database.reported(&answers).await?;
		}
	}

	async fn acknowledge(&self) -> Result<()> {
		let database = self.member.database();
		let consents = database.unacknowledged(BATCH).await?;
		let records = database.unacknowledged_erasures(BATCH).await?;
		if consents.is_empty() && records.is_empty() {
			return Ok(());
		}
		let signer = self.member.signer();
		for epoch in self.chain.state().await?.serving_epochs().await? {
			let committee = self.member.view().committee(epoch).await?;
			if committee.is_none_or(|roster| roster.member(&signer.account()).is_none()) {
				continue;
			}
			if !consents.is_empty() {
				let call = Call::AcknowledgeRevocations { epoch, consents: consents.clone() };
				self.chain.submit(signer, &call).await?;
			}
			if !records.is_empty() {
				let call = Call::AcknowledgeErasure { epoch, records: records.clone() };
				self.chain.submit(signer, &call).await?;
			}
		}
		database.acknowledged(&consents).await?;
		database.erasures_acknowledged(&records).await
	}
}

/// Says what has to wait, and goes on. Only what no later block mends ends the custodian.
fn passing(what: &str, result: Result<()>) -> Result<()> {
	match result {
		Err(error)
			if error.is_retryable() || matches!(error, Error::Chain(_) | Error::Store(_)) =>
		{
			tracing::warn!(code = error.code(), %error, "{what} must wait");
			Ok(())
		},
		result => result,
	}
}
