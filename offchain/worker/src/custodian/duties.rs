// SPDX-License-Identifier: Apache-2.0
//! What a custodian owes the chain: an answer to every ticket, and to every revocation and erasure.

use super::{database::Given, member::Member};
use crate::{Error, Result};
use backon::{ExponentialBuilder, Retryable};
use futures::StreamExt;
use salus_chain::{
	follow, AccessEvent, Call, Client, ConsentEvent, CursorStore, CustodyEvent, DomainEvent,
	FinalizedBlock, Start,
};
use salus_primitives::{custody::EpochId, TicketId};
use std::{fmt, time::Duration};
use tokio_util::sync::CancellationToken;

/// The most tickets that are answered between two reports.
const ANSWERS: u32 = 256;
/// How long answering one ticket may take.
const PATIENCE: Duration = Duration::from_secs(15);

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
		let mut blocks = follow(self.chain.clone(), cursor, Start::Newest, shutdown.clone());
		while let Some(block) = blocks.next().await {
			let block = block?;
			let policy = ExponentialBuilder::default()
				.with_max_delay(Duration::from_secs(10))
				.without_max_times()
				.with_jitter();
			let doing = (|| self.process(&block)).retry(policy).when(Error::is_retryable);
			let doing = doing.notify(|error, _| {
				tracing::warn!(code = error.code(), %error, "a block must wait");
			});
			tokio::select! {
				() = shutdown.cancelled() => return Ok(()),
				done = doing => done?,
			}
		}
		Ok(())
	}

	/// Does what one block asks for. Twice is as good as once.
	async fn process(&self, block: &FinalizedBlock) -> Result<()> {
		// Code that nobody looked at might say that all is erased.
		self.member.ensure_approved().await?;
		for event in &block.events {
			self.note(event).await?;
		}
		self.catch_up().await
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
		let database = self.member.database();
		for ticket in database.unanswered(ANSWERS, self.member.clock()).await? {
			self.answer(&ticket).await?;
		}
		for epoch in database.unreported_epochs().await? {
			passing("answers", self.report(epoch).await)?;
		}
		passing("acknowledgements", self.acknowledge().await)?;
		passing("what was not anchored", self.member.tidy_up().await)
	}

	/// Answers one ticket, or leaves it for later. Whatever is wrong with it is no reason to serve
	/// nobody else.
	async fn answer(&self, ticket: &TicketId) -> Result<()> {
		let answering = self.member.respond(ticket);
		match tokio::time::timeout(PATIENCE, answering).await {
			Ok(Ok(Given::Released(_) | Given::Refused(_))) => {},
			// Of another committee, or never dealt to any, or closed.
			Ok(Err(
				Error::NotAMember { .. } | Error::NotHeld { .. } | Error::TicketNotFinalised { .. },
			)) => self.member.database().disregard(ticket).await?,
			Ok(Err(Error::ReleaseDeferred { .. } | Error::ReleaseUnsupported { .. })) => {},
			Ok(Err(error)) => {
				tracing::warn!(%ticket, code = error.code(), %error, "a ticket must wait");
			},
			Err(_) => tracing::warn!(%ticket, "a ticket took too long and must wait"),
		}
		Ok(())
	}

	async fn report(&self, epoch: EpochId) -> Result<()> {
		let (database, genesis) = (self.member.database(), self.chain.genesis());
		let batch = self.chain.state().await?.custody_batch()?;
		loop {
			let answers = database.unreported(epoch, batch).await?;
			if answers.is_empty() {
				return Ok(());
			}
			let receipts = super::release::batch_commitment(genesis, epoch, &answers);
			let call = Call::Report { epoch, answers: answers.clone(), receipts };
			self.chain.submit(self.member.signer(), &call).await?;
			database.reported(&answers).await?;
		}
	}

	/// Acknowledges revocations and erasures in every epoch in which the member's word counts.
	async fn acknowledge(&self) -> Result<()> {
		let database = self.member.database();
		let state = self.chain.state().await?;
		let batch = state.custody_batch()?;
		let consents = database.unacknowledged(batch).await?;
		let mut records = database.unacknowledged_erasures(batch).await?;
		// What the log beside the database still shows is not gone.
		if !records.is_empty() && !database.flush().await? {
			records.clear();
		}
		if consents.is_empty() && records.is_empty() {
			return Ok(());
		}
		let signer = self.member.signer();
		let mut failed = None;
		for epoch in state.serving_epochs().await? {
			let roster = self.member.view().committee(epoch).await?;
			let member = roster.as_ref().and_then(|roster| roster.member(&signer.account()));
			if member.is_none_or(|member| member.is_suspended) {
				continue;
			}
			let mut calls = Vec::new();
			if !consents.is_empty() {
				calls.push(Call::AcknowledgeRevocations { epoch, consents: consents.clone() });
			}
			if !records.is_empty() {
				calls.push(Call::AcknowledgeErasure { epoch, records: records.clone() });
			}
			for call in calls {
				// What one epoch refuses does not keep the others from knowing.
				failed = self.chain.submit(signer, &call).await.err().or(failed);
			}
		}
		if let Some(error) = failed {
			return Err(error.into());
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
