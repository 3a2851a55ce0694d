// SPDX-License-Identifier: Apache-2.0
//! What a researcher does on the market: offer, and open what she bought.

use crate::{
	grantee::{Grantee, OpenedRecord},
	sharing::OpenedRequest,
	Error, Result,
};
use backon::{ConstantBuilder, Retryable};
use salus_chain::{Call, MarketCall, Offer, OfferState, Purchase};
use salus_crypto::EphemeralKey;
use salus_policy::Request;
use salus_primitives::{
	ConsentId, DateWindow, ListingId, Moment, OfferId, SaleId, Salt, SealedRequest, TicketId,
};
use std::time::Duration;

/// How often, and how many times, the chain is asked whether a ticket has served.
const LOOK: Duration = Duration::from_secs(1);
const LOOKS: usize = 30;

/// What a researcher offers for a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bid {
	/// How much, in the smallest unit of the listing's currency.
	pub price: u128,
	/// The first moment in which no ticket can be opened any more.
	pub expires_at: Moment,
	/// For how long after the delivery she may have it again, in milliseconds.
	pub access_for: Moment,
}

impl Grantee {
	/// Offers for a listing. The chain holds the money from now on.
	///
	/// # Errors
	/// When the chain refuses.
	pub async fn offer(&self, listing: ListingId, bid: Bid) -> Result<OfferId> {
		let salt = rand::random();
		let Bid { price, expires_at, access_for } = bid;
		let call = MarketCall::Offer { listing, salt, price, expires_at, access_for };
		self.chain.submit(&self.signer, &Call::Market(call)).await?;
		Ok(OfferId::derive(&listing, &self.signer.account(), &salt))
	}

	/// Opens what she bought: the first ticket locks the escrow, and has the whole data set released
	/// or nothing. Where it was delivered before, and its term is not over, a further ticket opens it
	/// again. Broken off, it goes on with the ticket that it has.
	///
	/// # Errors
	/// [`Error::OfferNotAccepted`] before the seller has; [`Error::TicketKeyMissing`] when the ticket
	/// was opened on another machine and not delivered yet; otherwise when the chain or the release
	/// refuses. What is refused can be refunded.
	pub async fn open_purchase(&self, id: &OfferId) -> Result<OpenedRecord> {
		let offer = self.chain.state().await?.offer(id).await?;
		let offer = offer.ok_or(Error::OfferUnknown { offer: *id })?;
		let (ticket, key) = match offer.state {
			OfferState::Open => return Err(Error::OfferNotAccepted { offer: *id }),
			OfferState::Accepted { sale } => self.first_ticket(id, &offer, sale).await?,
			OfferState::Locked(purchase)
			| OfferState::Disputed(purchase)
			| OfferState::Settled(purchase) => self.further_ticket(id, &offer, &purchase).await?,
		};
		let opened = self.use_ticket(ticket, &ticket.0, &key, 0).await?;
		self.ensure_whole(&opened).await?;
		Ok(opened)
	}

	/// The ticket that locks the escrow.
	async fn first_ticket(
		&self,
		id: &OfferId,
		offer: &Offer,
		sale: SaleId,
	) -> Result<(TicketId, EphemeralKey)> {
		let state = self.chain.state().await?;
		let authorised = state.sale(&sale).await?.ok_or(Error::OfferNotAccepted { offer: *id })?;
		let listing = state.listing(&offer.listing).await?;
		let listing = listing.ok_or(Error::ListingUnknown { listing: offer.listing })?;
		let categories = listing.goods.categories.try_into();
		let request = Request {
			purpose: authorised.purpose,
			categories: categories.map_err(|_| Error::ListingUnknown { listing: offer.listing })?,
			data: DateWindow::ALL,
			research: None,
		};
		let opened = OpenedRequest { request, salt: Salt(rand::random()), terms: Vec::new() };
		let committees = self.committees_of(&offer.record).await?;
		let place = ConsentId(sale.0);
		let document = opened.seal(&committees, self.chain.genesis(), place)?;
		let stored = self.store.put(&mut document.to_bytes().as_slice()).await?;
		let request = SealedRequest { commitment: opened.commitment(), envelope: stored.id };
		let (ticket, key) = self.new_key(&sale, offer)?;
		let ephemeral_key = key.public().clone();
		let call = MarketCall::OpenSale { offer: *id, request, ephemeral_key };
		self.chain.submit(&self.signer, &Call::Market(call)).await?;
		Ok((ticket, key))
	}

	/// The ticket that was opened, as long as its key is here and it was not used up; else another.
	async fn further_ticket(
		&self,
		id: &OfferId,
		offer: &Offer,
		purchase: &Purchase,
	) -> Result<(TicketId, EphemeralKey)> {
		let state = self.chain.state().await?;
		let ticket = purchase.ticket;
		let is_open = state.now().await? < purchase.deadline;
		if let Some(key) = self.pending.find(&ticket.0, &self.keys)?.filter(|_| is_open) {
			return Ok((ticket, key));
		}
		// What was released is on chain with one of the next reports.
		let policy = ConstantBuilder::default().with_delay(LOOK).with_max_times(LOOKS);
		(|| self.ensure_delivered(ticket))
			.retry(policy)
			.when(|error| matches!(error, Error::TicketKeyMissing { .. }))
			.await?;
		let (again, key) = self.new_key(&purchase.sale, offer)?;
		let ephemeral_key = key.public().clone();
		let call = MarketCall::Redownload { offer: *id, ephemeral_key };
		self.chain.submit(&self.signer, &Call::Market(call)).await?;
		Ok((again, key))
	}

	/// Whether the chain knows that the ticket has served.
	async fn ensure_delivered(&self, ticket: TicketId) -> Result<()> {
		let answers = self.chain.state().await?.ticket_answers(&ticket).await?;
		match answers.and_then(|answers| answers.first_delivered_at) {
			Some(_) => Ok(()),
			None => Err(Error::TicketKeyMissing { ticket }),
		}
	}

	/// A key for a new ticket, kept before anything is locked for it.
	fn new_key(&self, sale: &SaleId, offer: &Offer) -> Result<(TicketId, EphemeralKey)> {
		let key = EphemeralKey::generate()?;
		let ticket = TicketId::derive_for_sale(sale, &offer.record, key.public().public());
		self.pending.keep(&ticket.0, &key, &self.keys)?;
		Ok((ticket, key))
	}

	/// Whether the ticket opens every segment that the chain knows of.
	async fn ensure_whole(&self, opened: &OpenedRecord) -> Result<()> {
		let state = self.chain.state().await?;
		let record = opened.record;
		let version = state.ticket(&opened.ticket).await?.map(|ticket| ticket.record_version);
		let Some(version) = version else { return Ok(()) };
		let anchored = state.record_version(&record, version).await?;
		let all = anchored.map_or(0, |anchored| usize::from(anchored.segments));
		if opened.all == all {
			Ok(())
		} else {
			Err(Error::PurchaseIncomplete { ticket: opened.ticket, found: opened.all, all })
		}
	}
}
