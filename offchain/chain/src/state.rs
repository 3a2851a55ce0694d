// SPDX-License-Identifier: Apache-2.0
//! Reading the state in a finalised block.

use crate::{
	event,
	link::AtBlock,
	runtime::{
		api,
		api::runtime_types::{pallet_access::types::RequestRef, pallet_consent::types::Scope},
	},
	AccountId, Balance, BlockHash, BlockId, Consent, Credential, DenyRoot, DomainEvent, Error,
	Participant, Record, RecordVersion, Ticket,
};
use futures::{stream, Stream, StreamExt, TryStreamExt};
use salus_primitives::{audit::TrailHead, ConsentId, EncryptionKey, Moment, RecordId, TicketId};
use std::fmt;
use subxt::{
	ext::scale_decode::IntoVisitor,
	storage::{Address, PrefixOf},
	utils::Static,
};

/// The state in one finalised block. All reads through one value are of the same moment.
#[derive(Clone)]
pub struct FinalizedState {
	at: AtBlock,
}

impl FinalizedState {
	pub(crate) const fn new(at: AtBlock) -> Self {
		Self { at }
	}

	/// The block.
	pub fn block(&self) -> BlockId {
		BlockId { number: self.at.block_number(), hash: BlockHash::from(self.at.block_hash()) }
	}

	/// Consensus time in the block.
	///
	/// # Errors
	/// This and all that follow: when the node does not answer, has not kept the block, or runs
	/// another runtime than this program knows.
	pub async fn now(&self) -> Result<Moment, Error> {
		Ok(self.get(api::storage().timestamp().now(), ()).await?.unwrap_or_default())
	}

	/// The participant `who`.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn participant(&self, who: &AccountId) -> Result<Option<Participant>, Error> {
		let stored = self.get(api::storage().registry().participants(), (*who,)).await?;
		Ok(stored.map(Into::into))
	}

	/// The current encryption key of `who`.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn encryption_key(&self, who: &AccountId) -> Result<Option<EncryptionKey>, Error> {
		match self.participant(who).await? {
			Some(participant) => self.encryption_key_version(who, participant.key_version).await,
			None => Ok(None),
		}
	}

	/// The encryption key that `who` registered as `version`; the first is 1.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn encryption_key_version(
		&self,
		who: &AccountId,
		version: u32,
	) -> Result<Option<EncryptionKey>, Error> {
		let stored = self.get(api::storage().registry().keys(), (*who, version)).await?;
		Ok(stored.map(|key| key.0))
	}

	/// The credential of `who`, whether or not it is over.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn credential(&self, who: &AccountId) -> Result<Option<Credential>, Error> {
		let stored = self.get(api::storage().registry().credentials(), (*who,)).await?;
		Ok(stored.map(Into::into))
	}

	/// Whether `who` is registered and, where the role needs one, holds a credential now.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn is_in_good_standing(&self, who: &AccountId) -> Result<bool, Error> {
		let Some(participant) = self.participant(who).await? else { return Ok(false) };
		if !participant.role.needs_credential() {
			return Ok(true);
		}
		let now = self.now().await?;
		Ok(self.credential(who).await?.is_some_and(|credential| credential.holds_at(now)))
	}

	/// The record.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn record(&self, id: &RecordId) -> Result<Option<Record>, Error> {
		let stored = self.get(api::storage().records().records(), (Static(*id),)).await?;
		Ok(stored.map(Into::into))
	}

	/// The version `number` of the record; the first is 1.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn record_version(
		&self,
		id: &RecordId,
		number: u32,
	) -> Result<Option<RecordVersion>, Error> {
		let stored = self.get(api::storage().records().versions(), (Static(*id), number)).await?;
		Ok(stored.map(Into::into))
	}

	/// The records of `owner`, the retired ones included, fetched page by page, in no order.
	pub fn records_of(
		&self,
		owner: &AccountId,
	) -> impl Stream<Item = Result<RecordId, Error>> + Send + '_ {
		let owner = *owner;
		self.index(api::storage().records().owned(), owner, |(_, Static(record))| record)
	}

	/// The consent, in whatever state.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn consent(&self, id: &ConsentId) -> Result<Option<Consent>, Error> {
		let stored = self.get(api::storage().consent().consents(), (Static(*id),)).await?;
		let Some(stored) = stored else { return Ok(None) };
		let public = match &stored.terms {
			Scope::Sealed { .. } => None,
			Scope::Public => {
				self.get(api::storage().consent().public_terms(), (Static(*id),)).await?
			},
		};
		Ok(Consent::new(stored, public.map(|terms| terms.0)))
	}

	/// What `subject` denies, as far as the chain knows.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn deny_root(&self, subject: &AccountId) -> Result<Option<DenyRoot>, Error> {
		let stored = self.get(api::storage().consent().deny_roots(), (*subject,)).await?;
		Ok(stored.map(Into::into))
	}

	/// The consents that `subject` granted, in whatever state, fetched page by page, in no order.
	pub fn consents_by_subject(
		&self,
		subject: &AccountId,
	) -> impl Stream<Item = Result<ConsentId, Error>> + Send + '_ {
		let subject = *subject;
		self.index(api::storage().consent().by_subject(), subject, |(_, Static(consent))| consent)
	}

	/// The consents that name `grantee`, in whatever state, fetched page by page, in no order.
	pub fn consents_by_grantee(
		&self,
		grantee: &AccountId,
	) -> impl Stream<Item = Result<ConsentId, Error>> + Send + '_ {
		let grantee = *grantee;
		self.index(api::storage().consent().by_grantee(), grantee, |(_, Static(consent))| consent)
	}

	/// The ticket, unless it was closed. It may have expired.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn ticket(&self, id: &TicketId) -> Result<Option<Ticket>, Error> {
		let Some(stored) = self.get(api::storage().access().tickets(), (Static(*id),)).await?
		else {
			return Ok(None);
		};
		let public = match &stored.request {
			RequestRef::Sealed { .. } => None,
			RequestRef::Public => {
				self.get(api::storage().access().requests(), (Static(*id),)).await?
			},
		};
		Ok(Ticket::new(stored, public.map(|request| request.0)))
	}

	/// Where the trail of `subject` stands; its start when there is none.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn trail_head(&self, subject: &AccountId) -> Result<TrailHead, Error> {
		let call = api::runtime_apis().audit_api().trail_head(*subject);
		let head = self.at.runtime_apis().call(call).await?;
		Ok(head.map_or_else(|| TrailHead::start(subject), |head| head.0))
	}

	/// The money of `who`.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn balance(&self, who: &AccountId) -> Result<Balance, Error> {
		let account = self.get(api::storage().system().account(), (*who,)).await?;
		Ok(account
			.map(|account| Balance {
				free: account.data.free,
				reserved: account.data.reserved,
				frozen: account.data.frozen,
			})
			.unwrap_or_default())
	}

	/// How many transactions `who` has sent.
	pub(crate) async fn nonce(&self, who: &AccountId) -> Result<u64, Error> {
		let account = self.get(api::storage().system().account(), (*who,)).await?;
		Ok(account.map(|account| account.nonce.into()).unwrap_or_default())
	}

	/// The hash of the block before.
	pub(crate) async fn parent(&self) -> Result<BlockHash, Error> {
		let header = self.at.block_header().await?;
		Ok(header.parent_hash.into())
	}

	/// The events of our pallets in the block.
	pub(crate) async fn events(&self) -> Result<Vec<DomainEvent>, Error> {
		event::domain_events(self.at.events().fetch().await?.iter())
	}

	pub(crate) const fn at(&self) -> &AtBlock {
		&self.at
	}

	async fn get<A: Address>(
		&self,
		address: A,
		key: A::KeyParts,
	) -> Result<Option<A::Value>, Error> {
		match self.at.storage().try_fetch(address, key).await? {
			Some(value) => Ok(Some(value.decode()?)),
			None => Ok(None),
		}
	}

	/// The second keys under `first` in a double map.
	fn index<'a, A, K, T>(
		&'a self,
		address: A,
		first: AccountId,
		second: fn(A::KeyParts) -> T,
	) -> impl Stream<Item = Result<T, Error>> + Send + 'a
	where
		A: Address<KeyParts = (AccountId, K)> + Send + Sync + 'a,
		A::KeyParts: Send,
		K: IntoVisitor + 'a,
		A::Value: Send,
		(AccountId,): PrefixOf<A::KeyParts>,
		T: Send + 'a,
	{
		stream::once(async move {
			let entries = self.at.storage().iter(address, (first,)).await?;
			Ok::<_, Error>(entries.map(move |entry| Ok(second(entry?.key()?.decode()?))))
		})
		.try_flatten()
	}
}

impl fmt::Debug for FinalizedState {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("FinalizedState").field("block", &self.block()).finish()
	}
}

/// Whether the runtime stores and answers what this program expects. Calls are held against the
/// runtime when they are made, events when they are read.
pub(crate) fn ensure_compatible(at: &AtBlock) -> Result<(), Error> {
	let (storage, stored) = (at.storage(), api::storage());
	storage.validate(stored.system().account())?;
	storage.validate(stored.timestamp().now())?;
	storage.validate(stored.registry().participants())?;
	storage.validate(stored.registry().keys())?;
	storage.validate(stored.registry().credentials())?;
	storage.validate(stored.records().records())?;
	storage.validate(stored.records().versions())?;
	storage.validate(stored.records().owned())?;
	storage.validate(stored.consent().consents())?;
	storage.validate(stored.consent().by_subject())?;
	storage.validate(stored.consent().by_grantee())?;
	storage.validate(stored.consent().public_terms())?;
	storage.validate(stored.consent().deny_roots())?;
	storage.validate(stored.access().tickets())?;
	storage.validate(stored.access().requests())?;
	let anybody = AccountId::new([0; 32]);
	at.runtime_apis().validate(api::runtime_apis().audit_api().trail_head(anybody))?;
	Ok(())
}
