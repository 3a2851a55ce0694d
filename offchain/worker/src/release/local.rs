// SPDX-License-Identifier: Apache-2.0
//! One process that holds whole keys.

use super::{
	database::Database, scope::opens, Custodian, Deposit, KeyRelease, Released, ReleasedSegment,
};
use crate::{reading::read_document, sharing::OpenedRequest, Error, Result};
use async_trait::async_trait;
use salus_chain::{AccessRequest, AccountId, Client, ConsentTerms, TicketBasis};
use salus_crypto::{Capsule, CapsuleContext, CapsulePurpose, Keystore, SecretKey};
use salus_policy::{decide, Outcome, Request, Terms};
use salus_primitives::{audit::Refusal, Basis, EncryptionKey, Role, TicketId};
use salus_store::Store;
use std::{fmt, path::Path, sync::Arc};

/// Holds keys whole and releases them by itself: one process that has to be trusted.
pub struct LocalRelease {
	chain: Client,
	store: Arc<dyn Store>,
	account: AccountId,
	keys: Keystore,
	database: Database,
}

impl fmt::Debug for LocalRelease {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("LocalRelease").field("account", &self.account).finish_non_exhaustive()
	}
}

impl LocalRelease {
	/// Opens the database at `path`.
	///
	/// # Errors
	/// When the database cannot be opened.
	pub async fn open(
		path: &Path,
		chain: Client,
		store: Arc<dyn Store>,
		account: AccountId,
		keys: Keystore,
	) -> Result<Self> {
		Ok(Self { chain, store, account, keys, database: Database::open(path).await? })
	}

	fn secret(&self, key: &EncryptionKey) -> Result<&SecretKey> {
		self.keys.secret_for(key).ok_or(Error::CustodianUnknown)
	}

	/// Opens something sealed to the custodian with whichever of its keys fits: it may have rotated.
	fn with_any_key<T>(&self, open: impl Fn(&SecretKey) -> Result<T>) -> Result<T> {
		let mut last = Error::CustodianUnknown;
		for pair in self.keys.encryption_keys() {
			match open(pair.secret()) {
				Ok(opened) => return Ok(opened),
				Err(error) => last = error,
			}
		}
		Err(last)
	}
}

#[async_trait]
impl KeyRelease for LocalRelease {
	async fn custodian(&self) -> Result<Custodian> {
		let state = self.chain.state().await?;
		let key = custodian_key(&state, &self.account).await?;
		self.secret(&key)?;
		Ok(Custodian { account: self.account, key })
	}

	async fn deposit(&self, deposits: &[Deposit]) -> Result<()> {
		for deposit in deposits {
			deposit.verify()?;
			let context = CapsuleContext {
				genesis: self.chain.genesis(),
				purpose: CapsulePurpose::Custody,
				record: deposit.dealing.record,
				segment: deposit.dealing.segment,
			};
			// A key that does not open is found out now and not when somebody needs it.
			self.with_any_key(|secret| Ok(deposit.dealing.capsule.open_key(secret, &context)?))?;
		}
		self.database.deposit(deposits).await
	}

	async fn release(&self, id: &TicketId) -> Result<Released> {
		let state = self.chain.state().await?;
		let now = state.now().await?;
		let ticket = state.ticket(id).await?.ok_or(Error::TicketNotFinalised { ticket: *id })?;
		let refuse = |refusal| Error::ReleaseRefused { ticket: *id, refusal };

		if ticket.expires_at <= now {
			return Err(Error::TicketExpired { ticket: *id });
		}
		let unsupported = |what| Error::ReleaseUnsupported { ticket: *id, what };
		let (consent_id, version) = match ticket.basis {
			TicketBasis::Consent { consent, version } => (consent, version),
			TicketBasis::Sale { .. } => return Err(unsupported("a sale")),
			TicketBasis::Emergency { .. } => return Err(unsupported("an emergency")),
		};
		let consent =
			state.consent(&consent_id).await?.ok_or_else(|| refuse(Refusal::ConsentRevoked))?;
		if !consent.is_active() || consent.version != version {
			return Err(refuse(Refusal::ConsentRevoked));
		}
		// What this release cannot look into might deny: it opens nothing then.
		if consent.parent.is_some() {
			return Err(unsupported("a delegated consent"));
		}
		if matches!(consent.basis, Basis::StandingRule { .. }) {
			return Err(unsupported("a consent under a standing rule"));
		}
		if state.deny_root(&consent.subject).await?.is_some() {
			return Err(unsupported("a subject with a deny root"));
		}
		if consent.window.until <= now {
			return Err(refuse(Refusal::ConsentExpired));
		}
		if consent.window.from > now {
			return Err(refuse(Refusal::ConsentNotYetValid));
		}
		let record =
			state.record(&ticket.record).await?.ok_or_else(|| refuse(Refusal::RecordMismatch))?;
		if record.owner != consent.subject {
			return Err(refuse(Refusal::RecordMismatch));
		}
		if !record.is_live() {
			return Err(refuse(Refusal::RecordRetired));
		}
		if !state.is_in_good_standing(&ticket.grantee).await? {
			return Err(refuse(Refusal::CredentialMissing));
		}
		// Only now: a stored answer must not outlive the consent it was given under.
		if let Some(released) = self.database.released(id).await? {
			return Ok(released);
		}

		let genesis = self.chain.genesis();
		let (request, terms): (Request, _) = match (&ticket.request, &consent.terms) {
			(
				AccessRequest::Sealed { commitment, envelope },
				ConsentTerms::Sealed { commitment: terms, .. },
			) => {
				let bytes = read_document(&*self.store, envelope).await?;
				let opened = self.with_any_key(|secret| {
					OpenedRequest::open(&bytes, secret, genesis, consent_id)
				})?;
				if opened.commitment() != *commitment || opened.terms.commitment() != *terms {
					return Err(Error::OpeningMismatch { ticket: *id });
				}
				(opened.request, opened.terms.terms)
			},
			(AccessRequest::Public(request), ConsentTerms::Public(terms)) => {
				(Request::clone(request), Terms::clone(terms))
			},
			_ => return Err(Error::OpeningMismatch { ticket: *id }),
		};
		match decide(&terms, &request, now).outcome {
			Outcome::Permit => {},
			Outcome::Deny => return Err(refuse(Refusal::ScopeMismatch)),
			Outcome::Abstain => return Err(refuse(Refusal::Undecided)),
		}

		let mut segments = Vec::new();
		for held in self.database.held(&ticket.record, ticket.record_version).await? {
			if !opens(&terms, &request, held.category, &held.dates) {
				continue;
			}
			let context = |purpose| CapsuleContext {
				genesis,
				purpose,
				record: ticket.record,
				segment: held.segment,
			};
			let key = self.with_any_key(|secret| {
				Ok(held.capsule.open_key(secret, &context(CapsulePurpose::Custody))?)
			})?;
			segments.push(ReleasedSegment {
				index: held.segment,
				category: held.category,
				content: held.content,
				capsule: Capsule::seal_key(
					&ticket.ephemeral_key,
					&context(CapsulePurpose::Release(*id)),
					&key,
				)?,
			});
		}
		self.database.remember(&Released { ticket: *id, segments }).await
	}
}

/// The encryption key of a registered custodian in good standing.
pub(super) async fn custodian_key(
	state: &salus_chain::FinalizedState,
	account: &AccountId,
) -> Result<EncryptionKey> {
	let participant = state.participant(account).await?;
	if participant.is_none_or(|participant| participant.role != Role::Custodian)
		|| !state.is_in_good_standing(account).await?
	{
		return Err(Error::CustodianUnknown);
	}
	state.encryption_key(account).await?.ok_or(Error::CustodianUnknown)
}
