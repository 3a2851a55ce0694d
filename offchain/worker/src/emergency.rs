// SPDX-License-Identifier: Apache-2.0
//! What a clinician does when a record has to be read at once and nobody can consent.

use crate::{
	grantee::{Grantee, OpenedRecord},
	sharing::{EmergencyReason, OpenedReason},
	Error, Result,
};
use salus_chain::{AccountId, EmergencyOutcome, EmergencyState, OpenOutcome};
use salus_crypto::EphemeralKey;
use salus_policy::Request;
use salus_primitives::{audit::Refusal, EmergencyId, RecordId, Salt};

/// What came of an emergency.
#[derive(Debug)]
pub enum EmergencyAttempt {
	/// The keys were released.
	Opened(OpenedRecord),
	/// The chain refused, and wrote the refusal into the subject's trail.
	Refused(Refusal),
}

impl Grantee {
	/// Declares that a record has to be read at once. Nothing is open until a second clinician
	/// confirms it, or the chain's delay is over.
	///
	/// # Errors
	/// When no committee holds the record's keys, or the store or the chain refuses.
	pub async fn declare_emergency(
		&self,
		subject: AccountId,
		record: RecordId,
		reason: EmergencyReason,
		request: Request,
	) -> Result<EmergencyOutcome> {
		let salt = rand::random::<[u8; 32]>();
		let emergency = EmergencyId::derive(&self.signer.account(), &salt);
		let opened = OpenedReason { reason, request, salt: Salt(rand::random()) };
		let committees = self.committees_of(&record).await?;
		let document = opened.seal(&committees, self.chain.genesis(), emergency)?;
		let stored = self.store.put(&mut document.to_bytes().as_slice()).await?;
		let key = EphemeralKey::generate()?;
		// She needs it when the emergency is opened, which may be much later.
		self.pending.keep(&emergency.0, &key, &self.keys)?;
		let declared = self.chain.declare_emergency(
			&self.signer,
			(subject, record),
			salt,
			(opened.commitment(), stored.id),
			key.public().clone(),
		);
		let outcome = declared.await?;
		if let EmergencyOutcome::Refused(_) = outcome {
			self.pending.forget(&emergency.0)?;
		}
		Ok(outcome)
	}

	/// Confirms another clinician's emergency.
	///
	/// # Errors
	/// When the chain refuses.
	pub async fn confirm_emergency(&self, emergency: EmergencyId) -> Result<OpenOutcome> {
		Ok(self.chain.confirm_emergency(&self.signer, emergency).await?)
	}

	/// Opens the record in an emergency that was confirmed, or whose delay is over.
	///
	/// # Errors
	/// `ACCESS_NOT_YET_OPENABLE` before; [`Error::EmergencyNotOpen`] when it was objected to or is
	/// gone; [`Error::TicketKeyMissing`] when it was declared from another machine; when the release
	/// refuses.
	pub async fn open_emergency(&self, emergency: EmergencyId) -> Result<EmergencyAttempt> {
		let declared = self.chain.state().await?.emergency(&emergency).await?;
		let declared = declared.ok_or(Error::EmergencyNotOpen { emergency })?;
		let ticket = match (declared.state, declared.ticket()) {
			(_, Some(ticket)) => ticket,
			(EmergencyState::Declared, None) => {
				match self.chain.open_emergency(&self.signer, emergency).await? {
					OpenOutcome::Ticket(ticket) => ticket,
					OpenOutcome::Refused(refusal) => return Ok(EmergencyAttempt::Refused(refusal)),
				}
			},
			(_, None) => return Err(Error::EmergencyNotOpen { emergency }),
		};
		let key = self.pending.find(&emergency.0, &self.keys)?;
		let key = key.ok_or(Error::TicketKeyMissing { ticket })?;
		self.use_ticket(ticket, &emergency.0, &key, 0).await.map(EmergencyAttempt::Opened)
	}
}
