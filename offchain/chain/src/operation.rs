// SPDX-License-Identifier: Apache-2.0
//! What accounts do, with what comes of it.

use crate::{
	AccessEvent, AccessRequest, AccountId, Call, Client, ConsentTerms, CustodyEvent, Dealing,
	DomainEvent, Error, Included, Signer, VersionFacts,
};
use salus_primitives::{
	audit::Refusal,
	custody::{Answer, EpochId},
	Commitment, ConsentId, ContentId, EmergencyId, EncryptionKey, Grantee, Moment, RecordId, Role,
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

/// What came of declaring an emergency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmergencyOutcome {
	/// It is declared; nothing is open yet.
	Declared(EmergencyId),
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

	/// Anchors the first version of a new record, with the dealing of its keys where custodians
	/// hold them.
	///
	/// # Errors
	/// As [`Client::submit`]; `RECORDS_ALREADY_EXISTS` when the salt was used before.
	pub async fn anchor(
		&self,
		owner: &Signer,
		salt: [u8; 32],
		version: VersionFacts,
		dealing: Option<Dealing>,
	) -> Result<RecordId, Error> {
		self.submit(owner, &Call::Anchor { salt, version, dealing }).await?;
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
		dealing: Option<Dealing>,
	) -> Result<Anchored, Error> {
		let record = RecordId::derive(&owner.account(), &salt);
		if self.is_anchored(&record, version.manifest).await? {
			return Ok(Anchored::Before(record));
		}
		match self.submit(owner, &Call::Anchor { salt, version, dealing }).await {
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

	/// Anchors the version after `expected_version`, with the dealing of its keys where custodians
	/// hold them, and returns its number.
	///
	/// # Errors
	/// As [`Client::submit`]; `RECORDS_VERSION_MISMATCH` when another version is the current one.
	pub async fn revise(
		&self,
		owner: &Signer,
		record: RecordId,
		expected_version: u32,
		version: VersionFacts,
		dealing: Option<Dealing>,
	) -> Result<u32, Error> {
		self.submit(owner, &Call::Revise { record, expected_version, version, dealing }).await?;
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

	/// Replaces what the subject denies, approves as a rule and opts out of, and returns the new version.
	/// The flags say whether there are standing rules, and whether she opts out of emergencies.
	///
	/// # Errors
	/// As [`Client::submit`]; `CONSENT_VERSION_MISMATCH` when it was changed meanwhile.
	pub async fn set_deny_root(
		&self,
		subject: &Signer,
		expected_version: u32,
		root: Commitment,
		opening: ContentId,
		(standing_rules, no_emergency): (bool, bool),
	) -> Result<u32, Error> {
		let call =
			Call::SetDenyRoot { expected_version, root, opening, standing_rules, no_emergency };
		self.submit(subject, &call).await?;
		Ok(expected_version.saturating_add(1))
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

	/// Declares with a new `salt` that a record has to be read at once. `reason` commits to why and
	/// what; `envelope` is where that is, sealed to the custodians.
	///
	/// # Errors
	/// As [`Client::submit`]; `ACCESS_ALREADY_DECLARED` while an earlier one of hers is not over. A
	/// refusal is no error: see [`EmergencyOutcome`].
	pub async fn declare_emergency(
		&self,
		clinician: &Signer,
		(subject, record): (AccountId, RecordId),
		salt: [u8; 32],
		(reason, envelope): (Commitment, ContentId),
		ephemeral_key: EncryptionKey,
	) -> Result<EmergencyOutcome, Error> {
		let call =
			Call::DeclareEmergency { subject, record, salt, reason, envelope, ephemeral_key };
		let included = self.submit(clinician, &call).await?;
		let found = included.events.iter().find_map(|event| match event {
			DomainEvent::Access(AccessEvent::EmergencyDeclared { emergency, .. }) => {
				Some(EmergencyOutcome::Declared(*emergency))
			},
			DomainEvent::Access(AccessEvent::EmergencyRefused { refusal, .. }) => {
				Some(EmergencyOutcome::Refused(*refusal))
			},
			_ => None,
		});
		found.ok_or(Error::OutcomeMissing {
			extrinsic: included.extrinsic,
			block: included.block,
			event: "Access.EmergencyDeclared or Access.EmergencyRefused",
		})
	}

	/// Confirms an emergency as the second person, which issues its ticket.
	///
	/// # Errors
	/// As [`Client::submit`]. A refusal is no error: see [`OpenOutcome`].
	pub async fn confirm_emergency(
		&self,
		second: &Signer,
		emergency: EmergencyId,
	) -> Result<OpenOutcome, Error> {
		outcome(&self.submit(second, &Call::ConfirmEmergency { emergency }).await?)
	}

	/// Opens an emergency that nobody confirmed, once the delay is over, which issues its ticket.
	///
	/// # Errors
	/// As [`Client::submit`]; `ACCESS_NOT_YET_OPENABLE` before. A refusal is no error: see
	/// [`OpenOutcome`].
	pub async fn open_emergency(
		&self,
		clinician: &Signer,
		emergency: EmergencyId,
	) -> Result<OpenOutcome, Error> {
		outcome(&self.submit(clinician, &Call::OpenEmergency { emergency }).await?)
	}

	/// Objects to an emergency: what is not open stays closed, and what is open ends.
	///
	/// # Errors
	/// As [`Client::submit`].
	pub async fn object_emergency(
		&self,
		subject: &Signer,
		emergency: EmergencyId,
	) -> Result<Included, Error> {
		self.submit(subject, &Call::ObjectEmergency { emergency }).await
	}

	/// Removes a ticket.
	///
	/// # Errors
	/// As [`Client::submit`].
	pub async fn close(&self, grantee: &Signer, ticket: TicketId) -> Result<Included, Error> {
		self.submit(grantee, &Call::Close { ticket }).await
	}

	/// Proposes the committee of the next epoch with the sudo key, which only development networks
	/// have, and returns its epoch.
	///
	/// # Errors
	/// As [`Client::submit`]; `TOO_MANY_ITEMS` for more members than a committee has,
	/// `CUSTODY_ALREADY_EXISTS` when one is forming already.
	pub async fn propose_committee(
		&self,
		sudo: &Signer,
		members: Vec<AccountId>,
		threshold: u8,
		tolerance: u8,
	) -> Result<EpochId, Error> {
		let call = Call::ProposeCommittee { members, threshold, tolerance };
		proposed(&self.submit(sudo, &call).await?)
	}

	/// Takes the seat of `custodian` in the committee that forms for `epoch`.
	///
	/// # Errors
	/// As [`Client::submit`]; `CUSTODY_ALREADY_JOINED` when that was done before and the committee
	/// still forms.
	pub async fn join_committee(
		&self,
		custodian: &Signer,
		epoch: EpochId,
	) -> Result<Included, Error> {
		self.submit(custodian, &Call::JoinCommittee { epoch }).await
	}

	/// Reports what `custodian`, who has a seat in `epoch`, did about tickets, and commits to the
	/// receipts of the batch. An answer that does not count is an event, no error; the same answer
	/// again changes nothing.
	///
	/// # Errors
	/// As [`Client::submit`]; `TOO_MANY_ITEMS` beyond [`crate::FinalizedState::custody_batch`].
	pub async fn report(
		&self,
		custodian: &Signer,
		epoch: EpochId,
		answers: Vec<(TicketId, Answer)>,
		receipts: Commitment,
	) -> Result<Included, Error> {
		self.submit(custodian, &Call::Report { epoch, answers, receipts }).await
	}

	/// Acknowledges that `custodian`, who has a seat in `epoch`, holds nothing of these records any
	/// more. Those that are not being erased are skipped.
	///
	/// # Errors
	/// As [`Client::report`].
	pub async fn acknowledge_erasure(
		&self,
		custodian: &Signer,
		epoch: EpochId,
		records: Vec<RecordId>,
	) -> Result<Included, Error> {
		self.submit(custodian, &Call::AcknowledgeErasure { epoch, records }).await
	}

	/// Acknowledges that `custodian`, who has a seat in `epoch`, knows of these revocations, each by
	/// the version that revoked. Consents that it did not revoke are skipped.
	///
	/// # Errors
	/// As [`Client::report`].
	pub async fn acknowledge_revocations(
		&self,
		custodian: &Signer,
		epoch: EpochId,
		consents: Vec<(ConsentId, u32)>,
	) -> Result<Included, Error> {
		self.submit(custodian, &Call::AcknowledgeRevocations { epoch, consents }).await
	}
}

const ALREADY_ANCHORED: &str = "RECORDS_ALREADY_EXISTS";
const ALREADY_OPENED: &str = "ACCESS_ALREADY_EXISTS";

/// What the events of an opening say.
fn outcome(included: &Included) -> Result<OpenOutcome, Error> {
	let found = included.events.iter().find_map(|event| match event {
		DomainEvent::Access(
			AccessEvent::Opened { ticket, .. } | AccessEvent::EmergencyOpened { ticket, .. },
		) => Some(OpenOutcome::Ticket(*ticket)),
		DomainEvent::Access(
			AccessEvent::AccessRefused { refusal, .. }
			| AccessEvent::EmergencyRefused { refusal, .. },
		) => Some(OpenOutcome::Refused(*refusal)),
		_ => None,
	});
	found.ok_or(Error::OutcomeMissing {
		extrinsic: included.extrinsic,
		block: included.block,
		event: "that access was opened or refused",
	})
}

/// What the events of a proposal say.
fn proposed(included: &Included) -> Result<EpochId, Error> {
	let found = included.events.iter().find_map(|event| match event {
		DomainEvent::Custody(CustodyEvent::Proposed { epoch }) => Some(*epoch),
		_ => None,
	});
	found.ok_or(Error::OutcomeMissing {
		extrinsic: included.extrinsic,
		block: included.block,
		event: "Custody.Proposed",
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

	#[test]
	fn the_epoch_of_a_proposal_is_in_its_events() {
		let epoch = EpochId(7);
		let event = DomainEvent::Custody(CustodyEvent::Proposed { epoch });
		assert_eq!(proposed(&included(vec![event])).unwrap(), epoch);
		let error = proposed(&included(Vec::new())).unwrap_err();
		assert_eq!(error.code(), "OUTCOME_MISSING");
	}
}
