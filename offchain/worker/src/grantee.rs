// SPDX-License-Identifier: Apache-2.0
//! What a grantee does with a consent: look at its terms, open a record under it.

use crate::{
	committee::{Committee, Failure},
	custodian::{Roster, SegmentFacts},
	pending::PendingKeys,
	reading::{open_segment, read_document},
	sharing::{OpenedRequest, OpenedTerms},
	Error, Result,
};
use salus_chain::{AccessRequest, AccountId, Call, Client, ConsentTerms, OpenOutcome, Signer};
use salus_crypto::{EphemeralKey, Keystore, SegmentKey};
use salus_policy::{Request, Terms};
use salus_primitives::{audit::Refusal, ConsentId, RecordId, Salt, TicketId};
use salus_store::Store;
use std::{fmt, io::Write, sync::Arc};

/// A grantee with her keys open.
pub struct Grantee {
	/// The chain.
	pub chain: Client,
	/// Where ciphertext is.
	pub store: Arc<dyn Store>,
	/// Who releases keys.
	pub committee: Committee,
	/// Signs for her account.
	pub signer: Signer,
	/// Her secrets.
	pub keys: Keystore,
	/// The keys of tickets that she has not opened yet.
	pub pending: PendingKeys,
}

impl fmt::Debug for Grantee {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Grantee").field("account", &self.signer.account()).finish_non_exhaustive()
	}
}

/// What came of an attempt to open a record.
#[derive(Debug)]
pub enum Attempt {
	/// The keys were released.
	Opened(OpenedRecord),
	/// The chain refused, and wrote the refusal into the subject's trail.
	Refused(Refusal),
}

/// A record opened under a ticket: what the released keys open, and nothing else. A large one opens a
/// page at a time ([`Grantee::read_on`]).
#[derive(Debug)]
pub struct OpenedRecord {
	/// The record.
	pub record: RecordId,
	/// The ticket.
	pub ticket: TicketId,
	/// The segments whose keys were released, by index: a page of them.
	pub segments: Vec<OpenedSegment>,
	/// How many segments the ticket opens, on all pages.
	pub all: usize,
	/// The custodians that failed, or were found out to be wrong.
	pub failures: Vec<Failure>,
	/// Where it goes on.
	next: Option<Next>,
}

/// Where an opened record goes on.
#[derive(Clone, Copy, Debug)]
struct Next {
	/// What the ticket's key is kept as.
	kept_as: [u8; 32],
	/// The first segment of the next page.
	from: u16,
}

/// A segment whose key was released.
#[derive(Clone, Debug)]
pub struct OpenedSegment {
	/// What its owner says of it.
	pub facts: SegmentFacts,
	key: SegmentKey,
}

impl Grantee {
	/// The terms of a consent that was granted to her.
	///
	/// # Errors
	/// When there is no such consent, or its terms do not open or do not match the chain.
	pub async fn terms(&self, consent: &ConsentId) -> Result<(Terms, Option<OpenedTerms>)> {
		let state = self.chain.state().await?;
		let token =
			state.consent(consent).await?.ok_or(Error::ConsentUnknown { consent: *consent })?;
		match token.terms {
			ConsentTerms::Public(terms) => Ok((*terms, None)),
			ConsentTerms::Sealed { commitment, envelope } => {
				let bytes = read_document(&*self.store, &envelope).await?;
				let genesis = self.chain.genesis();
				let opened = self
					.keys
					.encryption_keys()
					.find_map(|pair| {
						OpenedTerms::open(&bytes, pair.secret(), genesis, *consent).ok()
					})
					.ok_or(Error::KeyMissing { account: self.signer.account() })?;
				if opened.commitment() != commitment {
					return Err(Error::TermsMismatch { consent: *consent });
				}
				Ok((opened.terms.clone(), Some(opened)))
			},
		}
	}

	/// Claims a consent under a standing rule of the subject, without waiting for her. Custodians hold its
	/// terms against the rule before they release anything.
	///
	/// # Errors
	/// When the terms could never permit anything, or the store or the chain refuses.
	pub async fn claim(&self, subject: &AccountId, terms: Terms, uses: u32) -> Result<ConsentId> {
		terms.ensure_not_empty().map_err(|reason| Error::TermsEmpty { reason })?;
		let salt = rand::random::<[u8; 32]>();
		let account = self.signer.account();
		let consent = ConsentId::derive(&account, &salt);
		let key = self.keys.current_encryption_key().ok_or(Error::KeyMissing { account })?;
		let window = terms.act;
		let opened = OpenedTerms { terms, salt: Salt(rand::random()) };
		let document = opened.seal(key.public(), self.chain.genesis(), consent)?;
		let stored = self.store.put(&mut document.to_bytes().as_slice()).await?;
		let (terms, envelope) = (opened.commitment(), stored.id);
		let call = Call::Claim { subject: *subject, salt, terms, envelope, window, uses };
		self.chain.submit(&self.signer, &call).await?;
		Ok(consent)
	}

	/// Opens `record` under `consent`: a ticket on chain, then the keys that it opens.
	///
	/// # Errors
	/// When the chain or the release cannot be asked, or the release refuses after the chain agreed.
	pub async fn open(
		&self,
		consent: &ConsentId,
		record: &RecordId,
		request: Request,
	) -> Result<Attempt> {
		match self.request_ticket(consent, record, request).await? {
			OpenOutcome::Ticket(ticket) => self.resume(ticket).await.map(Attempt::Opened),
			OpenOutcome::Refused(refusal) => Ok(Attempt::Refused(refusal)),
		}
	}

	/// The first half of [`open`](Self::open): asks for a ticket, and keeps its key.
	///
	/// # Errors
	/// When the store or the chain cannot be asked.
	pub async fn request_ticket(
		&self,
		consent: &ConsentId,
		record: &RecordId,
		request: Request,
	) -> Result<OpenOutcome> {
		let genesis = self.chain.genesis();
		let asked = match self.terms(consent).await?.1 {
			None => AccessRequest::Public(Box::new(request)),
			Some(terms) => {
				let salt = Salt(rand::random());
				let opened = OpenedRequest { request, salt, terms: vec![terms] };
				let committees = self.committees_of(record).await?;
				let document = opened.seal(&committees, genesis, *consent)?;
				let stored = self.store.put(&mut document.to_bytes().as_slice()).await?;
				AccessRequest::Sealed { commitment: opened.commitment(), envelope: stored.id }
			},
		};
		let ephemeral = EphemeralKey::generate()?;
		let ticket = TicketId::derive(consent, record, ephemeral.public().public());
		// Before a use is spent on it.
		self.pending.keep(&ticket.0, &ephemeral, &self.keys)?;
		let outcome = self
			.chain
			.open(&self.signer, *consent, *record, asked, ephemeral.public().clone())
			.await?;
		// When it failed, whether it took effect may be unknown: the key stays.
		if let OpenOutcome::Refused(_) = outcome {
			self.pending.forget(&ticket.0)?;
		}
		Ok(outcome)
	}

	/// The second half of [`open`](Self::open): has the keys released that a ticket opens. Also long
	/// after the first, when custodians could not be reached.
	///
	/// # Errors
	/// [`Error::TicketKeyMissing`] when its key is not here; otherwise as [`open`](Self::open).
	pub async fn resume(&self, ticket: TicketId) -> Result<OpenedRecord> {
		let key = self.pending.find(&ticket.0, &self.keys)?;
		let key = key.ok_or(Error::TicketKeyMissing { ticket })?;
		self.use_ticket(ticket, &ticket.0, &key, 0).await
	}

	/// Has the keys of the next page released: none when there is no other. The custodians decide anew.
	/// Ask when what was opened before has been read.
	///
	/// # Errors
	/// As [`resume`](Self::resume). What was opened before stays open.
	pub async fn read_on(&self, opened: &OpenedRecord) -> Result<Option<OpenedRecord>> {
		let Some(Next { kept_as, from }) = opened.next else { return Ok(None) };
		let ticket = opened.ticket;
		let key = self.pending.find(&kept_as, &self.keys)?;
		let key = key.ok_or(Error::TicketKeyMissing { ticket })?;
		self.use_ticket(ticket, &kept_as, &key, from).await.map(Some)
	}

	/// Has the keys released that a ticket opens, from a segment on. When these are the last ones, the
	/// ticket's own key has served; when they are refused, it never will.
	pub(crate) async fn use_ticket(
		&self,
		ticket: TicketId,
		kept_as: &[u8; 32],
		ephemeral: &EphemeralKey,
		from: u16,
	) -> Result<OpenedRecord> {
		let released = match self.committee.release(&ticket, ephemeral, from).await {
			Ok(released) => released,
			Err(error) => {
				if matches!(error, Error::ReleaseRefused { .. }) {
					self.pending.forget(kept_as)?;
				}
				return Err(error);
			},
		};
		if released.next.is_none() {
			self.pending.forget(kept_as)?;
		}
		let segments = released.segments.into_iter();
		Ok(OpenedRecord {
			record: released.record,
			ticket,
			segments: segments.map(|(facts, key)| OpenedSegment { facts, key }).collect(),
			all: released.all,
			failures: released.failures,
			next: released.next.map(|from| Next { kept_as: *kept_as, from }),
		})
	}

	/// The committee that holds the keys of a record and, because they may move before the ticket is
	/// answered, the one that takes new keys. Where there is no such record, the chain says so better
	/// than we do.
	pub(crate) async fn committees_of(&self, record: &RecordId) -> Result<Vec<Roster>> {
		let active = self.committee.active().await?;
		let mut committees = Vec::new();
		if let Some(found) = self.chain.state().await?.record(record).await? {
			let (holding, _) = self.committee.holding(record, found.version).await?;
			committees.extend(Some(holding).filter(|holding| holding.epoch != active.epoch));
		}
		committees.push(active);
		Ok(committees)
	}
}

impl OpenedSegment {
	/// Decrypts it into `out`.
	///
	/// # Errors
	/// When the ciphertext is not there or was changed.
	pub async fn read<W: Write + Send + 'static>(
		&self,
		store: &dyn Store,
		out: W,
	) -> Result<(W, u64)> {
		open_segment(store, &self.facts.content, self.key.clone(), out).await
	}
}
