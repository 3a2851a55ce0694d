// SPDX-License-Identifier: Apache-2.0
//! What a grantee does with a consent: look at its terms, open a record under it.

use crate::{
	reading::{open_segment, read_document},
	release::{KeyRelease, Released, ReleasedSegment},
	sharing::{OpenedRequest, OpenedTerms},
	Error, Result,
};
use salus_chain::{AccessRequest, Client, ConsentTerms, OpenOutcome, Signer};
use salus_crypto::{CapsuleContext, CapsulePurpose, EphemeralKey, Keystore};
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
	pub release: Arc<dyn KeyRelease>,
	/// Signs for her account.
	pub signer: Signer,
	/// Her secrets.
	pub keys: Keystore,
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

/// A record opened under a ticket: what the released keys open, and nothing else.
#[derive(Debug)]
pub struct OpenedRecord {
	/// The record.
	pub record: RecordId,
	/// What the release gave.
	pub released: Released,
	ephemeral: EphemeralKey,
	genesis: [u8; 32],
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
		let genesis = self.chain.genesis();
		let asked = match self.terms(consent).await?.1 {
			None => AccessRequest::Public(Box::new(request)),
			Some(terms) => {
				let opened = OpenedRequest { request, salt: Salt(rand::random()), terms };
				let custodian = self.release.custodian().await?;
				let document = opened.seal(&custodian.key, genesis, *consent)?;
				let stored = self.store.put(&mut document.to_bytes().as_slice()).await?;
				AccessRequest::Sealed { commitment: opened.commitment(), envelope: stored.id }
			},
		};
		let ephemeral = EphemeralKey::generate()?;
		let outcome = self
			.chain
			.open(&self.signer, *consent, *record, asked, ephemeral.public().clone())
			.await?;
		let ticket: TicketId = match outcome {
			OpenOutcome::Ticket(ticket) => ticket,
			OpenOutcome::Refused(refusal) => return Ok(Attempt::Refused(refusal)),
		};
		let released = self.release.release(&ticket).await?;
		Ok(Attempt::Opened(OpenedRecord { record: *record, released, ephemeral, genesis }))
	}
}

impl OpenedRecord {
	/// Decrypts one of the released segments into `out`.
	///
	/// # Errors
	/// When the key does not open for this ticket and segment, or the ciphertext was changed.
	pub async fn read<W: Write + Send + 'static>(
		&self,
		store: &dyn Store,
		segment: &ReleasedSegment,
		out: W,
	) -> Result<(W, u64)> {
		let context = CapsuleContext {
			genesis: self.genesis,
			purpose: CapsulePurpose::Release(self.released.ticket),
			record: self.record,
			segment: segment.index,
		};
		let key = segment.capsule.open_key(self.ephemeral.secret(), &context)?;
		open_segment(store, &segment.content, key, out).await
	}
}
