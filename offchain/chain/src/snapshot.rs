// SPDX-License-Identifier: Apache-2.0
//! Reading the state in a block, final or not: what [`crate::FinalizedState`] and
//! [`crate::BestState`] share.

use crate::{
	link::AtBlock,
	runtime::{api, api::runtime_types::pallet_consent::types::Scope},
	AccountId, BlockHash, BlockId, Consent, DenyRoot, Error, Record, Sale,
};
use futures::{stream, Stream, StreamExt, TryStreamExt};
use salus_primitives::{ConsentId, Moment, RecordId, SaleId, TicketId};
use subxt::{
	ext::scale_decode::IntoVisitor,
	storage::{Address, PrefixOf},
	utils::Static,
};

/// The state in one block.
#[derive(Clone)]
pub(crate) struct Snapshot {
	at: AtBlock,
}

impl Snapshot {
	pub(crate) const fn new(at: AtBlock) -> Self {
		Self { at }
	}

	pub(crate) const fn at(&self) -> &AtBlock {
		&self.at
	}

	pub(crate) fn block(&self) -> BlockId {
		BlockId { number: self.at.block_number(), hash: BlockHash::from(self.at.block_hash()) }
	}

	pub(crate) async fn record(&self, id: &RecordId) -> Result<Option<Record>, Error> {
		let stored = self.get(api::storage().records().records(), (Static(*id),)).await?;
		Ok(stored.map(Into::into))
	}

	pub(crate) async fn consent(&self, id: &ConsentId) -> Result<Option<Consent>, Error> {
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

	pub(crate) async fn deny_root(&self, subject: &AccountId) -> Result<Option<DenyRoot>, Error> {
		let stored = self.get(api::storage().consent().deny_roots(), (*subject,)).await?;
		Ok(stored.map(Into::into))
	}

	pub(crate) async fn sale(&self, id: &SaleId) -> Result<Option<Sale>, Error> {
		let stored = self.get(api::storage().consent().sales(), (Static(*id),)).await?;
		Ok(stored.map(Into::into))
	}

	/// When a ticket ends, unless it was closed.
	pub(crate) async fn ticket_end(&self, id: &TicketId) -> Result<Option<Moment>, Error> {
		let stored = self.get(api::storage().access().tickets(), (Static(*id),)).await?;
		Ok(stored.map(|ticket| ticket.expires_at))
	}

	pub(crate) async fn get<A: Address>(
		&self,
		address: A,
		key: A::KeyParts,
	) -> Result<Option<A::Value>, Error> {
		match self.at.storage().try_fetch(address, key).await? {
			Some(value) => Ok(Some(value.decode()?)),
			None => Ok(None),
		}
	}

	/// The entries whose keys begin with `prefix`, fetched page by page, in no order.
	pub(crate) fn entries<'a, A, P>(
		&'a self,
		address: A,
		prefix: P,
	) -> impl Stream<Item = Result<(A::KeyParts, A::Value), Error>> + Send + 'a
	where
		A: Address + Send + Sync + 'a,
		A::KeyParts: Send,
		A::Value: Send,
		P: PrefixOf<A::KeyParts> + Send + 'a,
	{
		stream::once(async move {
			let entries = self.at.storage().iter(address, prefix).await?;
			Ok::<_, Error>(entries.map(|entry| {
				let entry = entry?;
				Ok((entry.key()?.decode()?, entry.value().decode()?))
			}))
		})
		.try_flatten()
	}

	/// The second keys under `first` in a double map.
	pub(crate) fn index<'a, A, K, T>(
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
