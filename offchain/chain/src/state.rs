// SPDX-License-Identifier: Apache-2.0
//! Reading the state in a finalised block.

use crate::{
	custody, event,
	link::{AtBlock, Link, CODE},
	runtime::{
		api,
		api::runtime_types::{pallet_access::types::RequestRef, pallet_custody::types::LiveEpochs},
	},
	snapshot::Snapshot,
	AccountId, Balance, BlockHash, BlockId, Committee, Consent, Credential, Currency, DealtVersion,
	DenyRoot, DomainEvent, Emergency, Erasure, Error, Listing, Offer, Participant, Record,
	RecordVersion, Sale, Ticket, TicketAnswers,
};
use futures::{Stream, TryStreamExt};
use salus_primitives::{
	audit::TrailHead,
	custody::{EpochId, Seats},
	ConsentId, EmergencyId, EncryptionKey, ListingId, Moment, OfferId, RecordId, SaleId, TicketId,
};
use std::fmt;
use subxt::utils::Static;

/// The state in one finalised block. All reads through one value are of the same moment.
#[derive(Clone)]
pub struct FinalizedState {
	link: Link,
	snapshot: Snapshot,
}

impl FinalizedState {
	pub(crate) const fn new(link: Link, at: AtBlock) -> Self {
		Self { link, snapshot: Snapshot::new(at) }
	}

	/// The block.
	pub fn block(&self) -> BlockId {
		self.snapshot.block()
	}

	/// Consensus time in the block.
	///
	/// # Errors
	/// This and all that follow: when the node does not answer, has not kept the block, or runs
	/// another runtime than this program knows.
	pub async fn now(&self) -> Result<Moment, Error> {
		Ok(self.snapshot.get(api::storage().timestamp().now(), ()).await?.unwrap_or_default())
	}

	/// The participant `who`.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn participant(&self, who: &AccountId) -> Result<Option<Participant>, Error> {
		let stored = self.snapshot.get(api::storage().registry().participants(), (*who,)).await?;
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
		let stored = self.snapshot.get(api::storage().registry().keys(), (*who, version)).await?;
		Ok(stored.map(|key| key.0))
	}

	/// Who acts for the account `lost` since a recovery of it was finished: friends agreed, the delay
	/// has passed, and the owner did not object. Nothing while an attempt only runs.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn inheritor(&self, lost: &AccountId) -> Result<Option<AccountId>, Error> {
		let stored = self.snapshot.get(api::storage().recovery().inheritor(), (*lost,)).await?;
		Ok(stored.map(|(_priority, inheritor, _ticket)| inheritor))
	}

	/// The credential of `who`, whether or not it is over.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn credential(&self, who: &AccountId) -> Result<Option<Credential>, Error> {
		let stored = self.snapshot.get(api::storage().registry().credentials(), (*who,)).await?;
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
		self.snapshot.record(id).await
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
		let stored =
			self.snapshot.get(api::storage().records().versions(), (Static(*id), number)).await?;
		Ok(stored.map(Into::into))
	}

	/// The records of `owner`, the retired ones included, fetched page by page, in no order.
	pub fn records_of(
		&self,
		owner: &AccountId,
	) -> impl Stream<Item = Result<RecordId, Error>> + Send + '_ {
		let owner = *owner;
		self.snapshot.index(api::storage().records().owned(), owner, |(_, Static(record))| record)
	}

	/// The consent, in whatever state.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn consent(&self, id: &ConsentId) -> Result<Option<Consent>, Error> {
		self.snapshot.consent(id).await
	}

	/// What `subject` denies, as far as the chain knows.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn deny_root(&self, subject: &AccountId) -> Result<Option<DenyRoot>, Error> {
		self.snapshot.deny_root(subject).await
	}

	/// The consents that `subject` granted, in whatever state, fetched page by page, in no order.
	pub fn consents_by_subject(
		&self,
		subject: &AccountId,
	) -> impl Stream<Item = Result<ConsentId, Error>> + Send + '_ {
		let subject = *subject;
		self.snapshot.index(
			api::storage().consent().by_subject(),
			subject,
			|(_, Static(consent))| consent,
		)
	}

	/// The consents that name `grantee`, in whatever state, fetched page by page, in no order.
	pub fn consents_by_grantee(
		&self,
		grantee: &AccountId,
	) -> impl Stream<Item = Result<ConsentId, Error>> + Send + '_ {
		let grantee = *grantee;
		self.snapshot.index(
			api::storage().consent().by_grantee(),
			grantee,
			|(_, Static(consent))| consent,
		)
	}

	/// The ticket, unless it was closed. It may have expired.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn ticket(&self, id: &TicketId) -> Result<Option<Ticket>, Error> {
		let Some(stored) =
			self.snapshot.get(api::storage().access().tickets(), (Static(*id),)).await?
		else {
			return Ok(None);
		};
		let public = match &stored.request {
			RequestRef::Sealed { .. } => None,
			RequestRef::Public => {
				self.snapshot.get(api::storage().access().requests(), (Static(*id),)).await?
			},
		};
		Ok(Ticket::new(stored, public.map(|request| request.0)))
	}

	/// The emergency, unless it was removed.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn emergency(&self, id: &EmergencyId) -> Result<Option<Emergency>, Error> {
		let key = (Static(*id),);
		let stored = self.snapshot.get(api::storage().access().emergencies(), key).await?;
		Ok(stored.map(Into::into))
	}

	/// The sale authorisation, in whatever state.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn sale(&self, id: &SaleId) -> Result<Option<Sale>, Error> {
		self.snapshot.sale(id).await
	}

	/// The listing; it may have been taken down.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn listing(&self, id: &ListingId) -> Result<Option<Listing>, Error> {
		let stored = self.snapshot.get(api::storage().market().listings(), (Static(*id),)).await?;
		Ok(stored.map(Into::into))
	}

	/// Every listing, fetched page by page, in no order.
	pub fn listings(&self) -> impl Stream<Item = Result<(ListingId, Listing), Error>> + Send + '_ {
		let entries = self.snapshot.entries(api::storage().market().listings(), ());
		entries.map_ok(|((Static(id),), listing)| (id, listing.into()))
	}

	/// The listings of `seller`, those that were taken down included.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn listings_of(&self, seller: &AccountId) -> Result<Vec<ListingId>, Error> {
		let stored = self.snapshot.get(api::storage().market().listings_of(), (*seller,)).await?;
		Ok(stored.into_iter().flat_map(|listings| listings.0).map(|listing| listing.0).collect())
	}

	/// The offer, unless it was refunded or forgotten.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn offer(&self, id: &OfferId) -> Result<Option<Offer>, Error> {
		let stored = self.snapshot.get(api::storage().market().offers(), (Static(*id),)).await?;
		Ok(stored.map(Into::into))
	}

	/// The offers for a listing, fetched page by page, in no order.
	pub fn offers_for(
		&self,
		listing: &ListingId,
	) -> impl Stream<Item = Result<OfferId, Error>> + Send + '_ {
		let address = api::storage().market().offers_by_listing();
		let entries = self.snapshot.entries(address, (Static(*listing),));
		entries.map_ok(|((_, Static(offer)), _)| offer)
	}

	/// The offers that `buyer` made, fetched page by page, in no order.
	pub fn offers_of(
		&self,
		buyer: &AccountId,
	) -> impl Stream<Item = Result<OfferId, Error>> + Send + '_ {
		let buyer = *buyer;
		let address = api::storage().market().offers_by_buyer();
		self.snapshot.index(address, buyer, |(_, Static(offer))| offer)
	}

	/// What `who` earned and has not claimed yet.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn earned(&self, who: &AccountId, currency: Currency) -> Result<u128, Error> {
		let key = (*who, currency.into());
		let stored = self.snapshot.get(api::storage().market().claimable(), key).await?;
		Ok(stored.unwrap_or_default())
	}

	/// How long a ticket for what was sold is valid, in milliseconds.
	///
	/// # Errors
	/// As [`FinalizedState::dispute_window`].
	pub fn sale_ticket_lifetime(&self) -> Result<Moment, Error> {
		Ok(self.at().constants().entry(api::constants().access().sale_ticket_lifetime())?)
	}

	/// How far ahead the authorisation of a sale may end, in milliseconds.
	///
	/// # Errors
	/// As [`FinalizedState::dispute_window`].
	pub fn max_sale_duration(&self) -> Result<Moment, Error> {
		Ok(self.at().constants().entry(api::constants().consent().max_sale_duration())?)
	}

	/// How long after its delivery a purchase can be disputed, in milliseconds.
	///
	/// # Errors
	/// When the chain runs another runtime than this program knows.
	pub fn dispute_window(&self) -> Result<Moment, Error> {
		Ok(self.at().constants().entry(api::constants().market().dispute_window())?)
	}

	/// The committee that takes new dealings.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn active_committee(&self) -> Result<Option<Committee>, Error> {
		match self.live_epochs().await?.and_then(|live| live.active) {
			Some(epoch) => self.committee(epoch.0).await,
			None => Ok(None),
		}
	}

	/// The committee that was proposed and that not everyone has joined.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn forming_committee(&self) -> Result<Option<Committee>, Error> {
		match self.live_epochs().await?.and_then(|live| live.forming) {
			Some(epoch) => self.committee(epoch.0).await,
			None => Ok(None),
		}
	}

	/// The committee of an epoch, wherever it is in its life.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn committee(&self, epoch: EpochId) -> Result<Option<Committee>, Error> {
		let stored = self.snapshot.get(api::storage().custody().epochs(), (Static(epoch),)).await?;
		Ok(stored.map(|stored| Committee::new(epoch, stored)))
	}

	/// The epochs whose committees serve what was dealt to them, the oldest first: those that drain
	/// and, last, the active one.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn serving_epochs(&self) -> Result<Vec<EpochId>, Error> {
		let Some(live) = self.live_epochs().await? else { return Ok(Vec::new()) };
		Ok(live.draining.0.into_iter().chain(live.active).map(|epoch| epoch.0).collect())
	}

	/// Which committee holds the keys of the version `number` of the record; nothing when it was
	/// not dealt to any.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn dealing(
		&self,
		record: &RecordId,
		number: u32,
	) -> Result<Option<DealtVersion>, Error> {
		let key = (Static(*record), number);
		let stored = self.snapshot.get(api::storage().custody().dealings(), key).await?;
		Ok(stored.map(Into::into))
	}

	/// What custodians did about the ticket; nothing before the first answer, and once the answers
	/// were removed.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn ticket_answers(&self, id: &TicketId) -> Result<Option<TicketAnswers>, Error> {
		let stored = self.snapshot.get(api::storage().custody().answers(), (Static(*id),)).await?;
		Ok(stored.map(Into::into))
	}

	/// How far the erasure of the record is; nothing when none was started.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn erasure(&self, record: &RecordId) -> Result<Option<Erasure>, Error> {
		let key = (Static(*record),);
		let stored = self.snapshot.get(api::storage().custody().erasures(), key).await?;
		Ok(stored.map(Into::into))
	}

	/// The tickets that were not closed, each with when it was opened, fetched page by page, in no
	/// order.
	pub fn open_tickets(
		&self,
	) -> impl Stream<Item = Result<(TicketId, Moment), Error>> + Send + '_ {
		let entries = self.snapshot.entries(api::storage().access().tickets(), ());
		entries.map_ok(|((Static(id),), ticket)| (id, ticket.opened_at))
	}

	/// The record versions whose keys committees hold, fetched page by page, in no order.
	pub fn dealings(
		&self,
	) -> impl Stream<Item = Result<(RecordId, u32, DealtVersion), Error>> + Send + '_ {
		let entries = self.snapshot.entries(api::storage().custody().dealings(), ());
		entries.map_ok(|((Static(record), version), dealt)| (record, version, dealt.into()))
	}

	/// The erasures that were started, the complete ones included, fetched page by page, in no order.
	pub fn erasures(&self) -> impl Stream<Item = Result<(RecordId, Erasure), Error>> + Send + '_ {
		let entries = self.snapshot.entries(api::storage().custody().erasures(), ());
		entries.map_ok(|((Static(record),), erasure)| (record, erasure.into()))
	}

	/// The revocations of which some in the committee of `epoch` know and others do not, each with
	/// those who do, fetched page by page, in no order.
	pub fn revocations(
		&self,
		epoch: EpochId,
	) -> impl Stream<Item = Result<(ConsentId, Seats), Error>> + Send + '_ {
		let address = api::storage().custody().revocation_acks();
		let entries = self.snapshot.entries(address, (Static(epoch),));
		entries.map_ok(|((_, Static(consent)), Static(seats))| (consent, seats))
	}

	/// The most answers, records or consents of one call of a custodian.
	///
	/// # Errors
	/// When the chain runs another runtime than this program knows.
	pub fn custody_batch(&self) -> Result<u32, Error> {
		custody::max_batch(self.at())
	}

	/// The BLAKE2b-256 hash of the code that the chain runs after this block. The node computes it;
	/// the code is not fetched.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn code_hash(&self) -> Result<[u8; 32], Error> {
		let hash = self.link.storage_hash(CODE, self.block().hash.into()).await?;
		hash.map(|hash| hash.0)
			.ok_or_else(|| Error::InvalidData { cause: "no code is stored in the block".into() })
	}

	/// Which epochs are not retired; nothing before the first was proposed.
	async fn live_epochs(&self) -> Result<Option<LiveEpochs>, Error> {
		self.snapshot.get(api::storage().custody().live(), ()).await
	}

	/// Where the trail of `subject` stands; its start when there is none.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn trail_head(&self, subject: &AccountId) -> Result<TrailHead, Error> {
		let call = api::runtime_apis().audit_api().trail_head(*subject);
		let head = self.snapshot.at().runtime_apis().call(call).await?;
		Ok(head.map_or_else(|| TrailHead::start(subject), |head| head.0))
	}

	/// The money of `who`.
	///
	/// # Errors
	/// As [`FinalizedState::now`].
	pub async fn balance(&self, who: &AccountId) -> Result<Balance, Error> {
		let account = self.snapshot.get(api::storage().system().account(), (*who,)).await?;
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
		let account = self.snapshot.get(api::storage().system().account(), (*who,)).await?;
		Ok(account.map(|account| account.nonce.into()).unwrap_or_default())
	}

	/// The hash of the block before.
	pub(crate) async fn parent(&self) -> Result<BlockHash, Error> {
		let header = self.snapshot.at().block_header().await?;
		Ok(header.parent_hash.into())
	}

	/// The events of our pallets in the block.
	pub(crate) async fn events(&self) -> Result<Vec<DomainEvent>, Error> {
		event::domain_events(self.snapshot.at().events().fetch().await?.iter())
	}

	pub(crate) const fn at(&self) -> &AtBlock {
		self.snapshot.at()
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
	storage.validate(stored.recovery().inheritor())?;
	storage.validate(stored.records().records())?;
	storage.validate(stored.records().versions())?;
	storage.validate(stored.records().owned())?;
	storage.validate(stored.consent().consents())?;
	storage.validate(stored.consent().by_subject())?;
	storage.validate(stored.consent().by_grantee())?;
	storage.validate(stored.consent().public_terms())?;
	storage.validate(stored.consent().deny_roots())?;
	storage.validate(stored.consent().sales())?;
	storage.validate(stored.market().listings())?;
	storage.validate(stored.market().listings_of())?;
	storage.validate(stored.market().offers())?;
	storage.validate(stored.market().offers_by_listing())?;
	storage.validate(stored.market().offers_by_buyer())?;
	storage.validate(stored.market().claimable())?;
	storage.validate(stored.access().tickets())?;
	storage.validate(stored.access().requests())?;
	storage.validate(stored.access().emergencies())?;
	storage.validate(stored.custody().epochs())?;
	storage.validate(stored.custody().live())?;
	storage.validate(stored.custody().dealings())?;
	storage.validate(stored.custody().answers())?;
	storage.validate(stored.custody().erasures())?;
	storage.validate(stored.custody().revocation_acks())?;
	let anybody = AccountId::new([0; 32]);
	at.runtime_apis().validate(api::runtime_apis().audit_api().trail_head(anybody))?;
	Ok(())
}
