// SPDX-License-Identifier: Apache-2.0
//! What accounts do, with what comes of it.

use crate::{
	AccessEvent, AccessRequest, AccountId, Call, Client, ConsentTerms, DomainEvent, Error,
	Included, Signer, VersionFacts,
};
use salus_primitives::{
	audit::Refusal, Commitment, ConsentId, EncryptionKey, Grantee, Moment, RecordId, Role,
	TicketId, Window,
};

/// The number of a record's first version.
const FIRST_VERSION: u32 = 1;

/// A record that is anchored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchored {
	/// By this call.
	Now(RecordId),
	/// By an earlier one with the same manifest.
	Before(RecordId),
}

impl Anchored {
	/// The record.
	pub const fn record(self) -> RecordId {
		match self {
			Self::Now(record) | Self::Before(record) => record,
		}
	}
}

/// What came of asking for a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenOutcome {
	/// It was issued.
	Ticket(TicketId),
	/// It was refused, and the refusal is in the audit trail.
	Refused(Refusal),
}

/// Each method submits one call and waits until it is finalised; see [`Client::submit`] for what
/// can go wrong.
impl Client {
	/// Takes `role` with the first encryption key.
	///
	/// # Errors
	/// As [`Client::submit`].
	pub async fn register(
		&self,
		signer: &Signer,
		role: Role,
		encryption_key: EncryptionKey,
	) -> Result<Included, Error> {
		self.submit(signer, &Call::Register { role, encryption_key }).await
	}

	/// Makes `encryption_key` the current one.
	///
	/// # Errors
	/// As [`Client::submit`].
	pub async fn rotate_key(
		&self,
		signer: &Signer,
		encryption_key: EncryptionKey,
	) -> Result<Included, Error> {
		self.submit(signer, &Call::RotateKey { encryption_key }).await
	}

	/// Issues a credential to `who` until `expires_at`, or renews it.
	///
	/// # Errors
	/// As [`Client::submit`].
	pub async fn verify(
		&self,
		registrar: &Signer,
		who: AccountId,
		expires_at: Moment,
	) -> Result<Included, Error> {
		self.submit(registrar, &Call::Verify { who, expires_at }).await
	}

	/// Takes the credential of `who` back.
	///
	/// # Errors
	/// As [`Client::submit`].
	pub async fn withdraw(&self, registrar: &Signer, who: AccountId) -> Result<Included, Error> {
		self.submit(registrar, &Call::Withdraw { who }).await
	}

	/// Anchors the first version of a new record.
	///
	/// # Errors
	/// As [`Client::submit`]; `RECORDS_ALREADY_EXISTS` when the salt was used before.
	pub async fn anchor(
		&self,
		owner: &Signer,
		salt: [u8; 32],
		version: VersionFacts,
	) -> Result<RecordId, Error> {
		self.submit(owner, &Call::Anchor { salt, version }).await?;
		Ok(RecordId::derive(&owner.account(), &salt))
	}

	/// Anchors the first version of a record unless that was done before: as often as it is
	/// called, and whatever broke off in between, there is one record.
	///
	/// # Errors
	/// As [`Client::submit`]; `RECORD_CONFLICT` when the record exists with another manifest.
	pub async fn anchor_once(
		&self,
		owner: &Signer,
		salt: [u8; 32],
		version: VersionFacts,
	) -> Result<Anchored, Error> {
		let record = RecordId::derive(&owner.account(), &salt);
		if self.is_anchored(&record, version.manifest).await? {
			return Ok(Anchored::Before(record));
		}
		match self.submit(owner, &Call::Anchor { salt, version }).await {
			Ok(_) => Ok(Anchored::Now(record)),
			Err(error) if error.code() == ALREADY_ANCHORED => {
				match self.is_anchored(&record, version.manifest).await? {
					true => Ok(Anchored::Before(record)),
					false => Err(error),
				}
			},
			Err(error) => Err(error),
		}
	}

	/// Whether the record exists with this manifest.
	async fn is_anchored(&self, record: &RecordId, wanted: Commitment) -> Result<bool, Error> {
		let version = self.state().await?.record_version(record, FIRST_VERSION).await?;
		match version.map(|version| version.manifest) {
			None => Ok(false),
			Some(found) if found == wanted => Ok(true),
			Some(found) => Err(Error::RecordConflict { record: *record, found, wanted }),
		}
	}

	/// Anchors the version after `expected_version` and returns its number.
	///
	/// # Errors
	/// As [`Client::submit`]; `RECORDS_VERSION_MISMATCH` when another version is the current one.
	pub async fn revise(
		&self,
		owner: &Signer,
		record: RecordId,
		expected_version: u32,
		version: VersionFacts,
	) -> Result<u32, Error> {
		self.submit(owner, &Call::Revise { record, expected_version, version }).await?;
		Ok(expected_version.saturating_add(1))
	}

	/// Retires a record.
	///
	/// # Errors
	/// As [`Client::submit`].
	pub async fn retire(&self, owner: &Signer, record: RecordId) -> Result<Included, Error> {
		self.submit(owner, &Call::Retire { record }).await
	}

	/// Lets a retired record live again.
	///
	/// # Errors
	/// As [`Client::submit`].
	pub async fn restore(&self, owner: &Signer, record: RecordId) -> Result<Included, Error> {
		self.submit(owner, &Call::Restore { record }).await
	}

	/// Erases a record for good.
	///
	/// # Errors
	/// As [`Client::submit`].
	pub async fn erase(&self, owner: &Signer, record: RecordId) -> Result<Included, Error> {
		self.submit(owner, &Call::Erase { record }).await
	}

	/// Grants a consent.
	///
	/// # Errors
	/// As [`Client::submit`]; `CONSENT_ALREADY_EXISTS` when the salt was used before.
	pub async fn grant(
		&self,
		subject: &Signer,
		salt: [u8; 32],
		grantee: Grantee<AccountId>,
		terms: ConsentTerms,
		window: Window,
		uses: u32,
	) -> Result<ConsentId, Error> {
		self.submit(subject, &Call::Grant { salt, grantee, terms, window, uses }).await?;
		Ok(ConsentId::derive(&subject.account(), &salt))
	}

	/// Revokes a consent for good.
	///
	/// # Errors
	/// As [`Client::submit`]; `CONSENT_ALREADY_REVOKED` when it was revoked before.
	pub async fn revoke(&self, subject: &Signer, consent: ConsentId) -> Result<Included, Error> {
		self.submit(subject, &Call::Revoke { consent }).await
	}

	/// Asks for a ticket for `record` under `consent`. The same attempt made twice, known by its
	/// ephemeral key, gives the same ticket.
	///
	/// # Errors
	/// As [`Client::submit`]. A refusal is no error: see [`OpenOutcome`].
	pub async fn open(
		&self,
		grantee: &Signer,
		consent: ConsentId,
		record: RecordId,
		request: AccessRequest,
		ephemeral_key: EncryptionKey,
	) -> Result<OpenOutcome, Error> {
		let ticket = TicketId::derive(&consent, &record, ephemeral_key.public());
		let call = Call::Open { consent, record, request, ephemeral_key };
		match self.submit(grantee, &call).await {
			Ok(included) => outcome(&included),
			Err(error) if error.code() == ALREADY_OPENED => {
				match self.state().await?.ticket(&ticket).await? {
					Some(found) if found.grantee == grantee.account() => {
						Ok(OpenOutcome::Ticket(ticket))
					},
					_ => Err(error),
				}
			},
			Err(error) => Err(error),
		}
	}

	/// Removes a ticket.
	///
	/// # Errors
	/// As [`Client::submit`].
	pub async fn close(&self, grantee: &Signer, ticket: TicketId) -> Result<Included, Error> {
		self.submit(grantee, &Call::Close { ticket }).await
	}
}

const ALREADY_ANCHORED: &str = "RECORDS_ALREADY_EXISTS";
const ALREADY_OPENED: &str = "ACCESS_ALREADY_EXISTS";

/// What the events of an opening say.
fn outcome(included: &Included) -> Result<OpenOutcome, Error> {
	let found = included.events.iter().find_map(|event| match event {
		DomainEvent::Access(AccessEvent::Opened { ticket, .. }) => {
			Some(OpenOutcome::Ticket(*ticket))
		},
		DomainEvent::Access(AccessEvent::AccessRefused { refusal, .. }) => {
			Some(OpenOutcome::Refused(*refusal))
		},
		_ => None,
	});
	found.ok_or(Error::OutcomeMissing {
		extrinsic: included.extrinsic,
		block: included.block,
		event: "Access.Opened or Access.AccessRefused",
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{BlockHash, BlockId, ExtrinsicHash};

	fn included(events: Vec<DomainEvent>) -> Included {
		let block = BlockId { number: 7, hash: BlockHash([7; 32]) };
		Included { block, extrinsic: ExtrinsicHash([1; 32]), index: 2, events }
	}

	#[test]
	fn the_outcome_of_an_opening_is_in_its_events() {
		let (consent, record) = (ConsentId([1; 32]), RecordId([2; 32]));
		let ticket = TicketId([3; 32]);
		let opened = AccessEvent::Opened { ticket, consent, record };
		assert_eq!(
			outcome(&included(vec![DomainEvent::Access(opened)])).unwrap(),
			OpenOutcome::Ticket(ticket)
		);
		let refusal = Refusal::ConsentRevoked;
		let refused = AccessEvent::AccessRefused { consent, record, refusal };
		assert_eq!(
			outcome(&included(vec![DomainEvent::Access(refused)])).unwrap(),
			OpenOutcome::Refused(refusal)
		);
		let error = outcome(&included(Vec::new())).unwrap_err();
		assert_eq!(error.code(), "OUTCOME_MISSING");
	}
}
