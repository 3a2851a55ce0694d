// SPDX-License-Identifier: Apache-2.0
//! What a seller does on the market: list a data set, authorise a sale, see that she is paid or the
//! buyer gets her money back.

use crate::{
	custodian::is_sold,
	manifest::{Manifest, ManifestSegment},
	patient::Patient,
	Error, Result,
};
use codec::Encode;
use salus_chain::{
	Call, Currency, FinalizedState, Goods, ListingKind, MarketCall, Offer, OfferState, Purchase,
};
use salus_mdf::{quality::Quality, Profile, SegmentReader};
use salus_policy::Terms;
use salus_primitives::{
	blake2_256, Category, DateWindow, ListingId, Moment, OfferId, PurposeOfUse, RecordId, SaleId,
	Salt, Window,
};
use std::collections::BTreeSet;

/// What the chain says of an authorisation that was made before.
const ALREADY_AUTHORISED: &str = "CONSENT_ALREADY_EXISTS";

/// What a seller asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
	/// What is paid with.
	pub currency: Currency,
	/// The least that an offer brings, in its smallest unit.
	pub amount: u128,
}

/// What there was to do about an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attended {
	/// The seller has not answered it.
	AwaitsSeller,
	/// The buyer has not opened what was sold.
	AwaitsBuyer,
	/// Custodians have not attested a delivery, or that there was none.
	AwaitsCustodians,
	/// The buyer may still dispute the delivery.
	AwaitsDisputes {
		/// The first moment in which she may not any more.
		until: Moment,
	},
	/// The arbiter decides.
	Disputed,
	/// The buyer has her money back, by this call or an earlier one.
	Refunded,
	/// The money was shared out, and the seller's part paid to her.
	Settled,
}

impl Patient {
	/// Puts a data set of hers on sale, for research. Anybody can read what kinds of data it holds, its
	/// class of size, and how good it is.
	///
	/// # Errors
	/// [`Error::NotForSale`] for a record that is no de-identified data set, or in which anything is
	/// that is never sold; when the chain refuses.
	pub async fn list(&self, record: &RecordId, price: Price) -> Result<ListingId> {
		let (_, manifest) = self.manifest(record).await?;
		let quality = self.appraise(&manifest).await?;
		let categories: BTreeSet<_> =
			manifest.segments.iter().map(|segment| segment.category).collect();
		let size: u64 = manifest.segments.iter().map(|segment| segment.length).sum();
		let salt = rand::random::<[u8; 32]>();
		let terms = terms(categories.clone());
		let goods = Goods {
			kind: ListingKind::Download,
			record: *record,
			categories,
			// The exact one would tell two data sets apart.
			size: size.checked_next_power_of_two().unwrap_or(u64::MAX),
			quality,
			terms: terms.commitment(&Salt(salt)),
		};
		let Price { currency, amount } = price;
		let call = MarketCall::List { salt, goods, currency, price: amount };
		self.chain.submit(&self.signer, &Call::Market(call)).await?;
		Ok(ListingId::derive(&self.signer.account(), &salt))
	}

	/// Accepts an offer: authorises the sale to its buyer, for a purpose. Before that it is seen to that
	/// the whole data set can be delivered. Broken off, it is done again.
	///
	/// # Errors
	/// [`Error::OfferUnknown`] for an offer that is gone or another's; [`Error::NotForSale`] and
	/// [`Error::NotDealt`] when it could not be delivered; when the chain refuses.
	pub async fn accept(&self, id: &OfferId, purpose: PurposeOfUse) -> Result<SaleId> {
		let state = self.chain.state().await?;
		let offer = self.offer_for_her(&state, id).await?;
		match offer.state {
			OfferState::Open => {},
			OfferState::Accepted { sale } => return Ok(sale),
			OfferState::Locked(purchase)
			| OfferState::Disputed(purchase)
			| OfferState::Settled(purchase) => return Ok(purchase.sale),
		}
		self.ensure_deliverable(&state, &offer.record).await?;
		// The same for every try.
		let salt = (b"salus/sale-salt/1", id).using_encoded(blake2_256);
		let sale = SaleId::derive(&self.signer.account(), &salt);
		let last_ticket = offer.expires_at.saturating_add(offer.access_for);
		let latest = state.now().await?.saturating_add(state.max_sale_duration()?);
		let until = last_ticket.saturating_add(state.sale_ticket_lifetime()?).min(latest);
		let authorise = MarketCall::AuthoriseSale {
			salt,
			buyer: offer.buyer,
			record: offer.record,
			purpose,
			until,
		};
		match self.chain.submit(&self.signer, &Call::Market(authorise)).await {
			Err(error) if error.code() != ALREADY_AUTHORISED => return Err(error.into()),
			_ => {},
		}
		let accept = MarketCall::Accept { offer: *id, sale };
		self.chain.submit(&self.signer, &Call::Market(accept)).await?;
		Ok(sale)
	}

	/// Does what is due about an offer for a listing of hers. As often as it is called, everything
	/// is done once: the chain knows how far the offer is.
	///
	/// # Errors
	/// When the chain refuses.
	pub async fn attend(&self, id: &OfferId) -> Result<Attended> {
		let state = self.chain.state().await?;
		let offer = match self.offer_for_her(&state, id).await {
			Err(Error::OfferUnknown { .. }) => return Ok(Attended::Refunded),
			found => found?,
		};
		let is_over = state.now().await? >= offer.expires_at;
		match offer.state {
			OfferState::Open | OfferState::Accepted { .. } if is_over => self.give_back(id).await,
			OfferState::Open => Ok(Attended::AwaitsSeller),
			OfferState::Accepted { sale } => match state.sale(&sale).await? {
				Some(sale) if !sale.revoked => Ok(Attended::AwaitsBuyer),
				_ => self.give_back(id).await,
			},
			OfferState::Locked(purchase) => self.attend_purchase(&state, id, &purchase).await,
			OfferState::Disputed(_) => Ok(Attended::Disputed),
			OfferState::Settled(_) => {
				self.claim(offer.currency).await?;
				Ok(Attended::Settled)
			},
		}
	}

	async fn attend_purchase(
		&self,
		state: &FinalizedState,
		id: &OfferId,
		purchase: &Purchase,
	) -> Result<Attended> {
		let Some(answers) = state.ticket_answers(&purchase.ticket).await? else {
			return Ok(Attended::AwaitsCustodians);
		};
		match (answers.first_delivered_at, answers.refused_at) {
			(Some(delivered_at), _) => {
				let until = delivered_at.saturating_add(state.dispute_window()?);
				if state.now().await? < until {
					return Ok(Attended::AwaitsDisputes { until });
				}
				let settle = MarketCall::Settle { offer: *id };
				self.chain.submit(&self.signer, &Call::Market(settle)).await?;
				Ok(Attended::Settled)
			},
			(None, Some(_)) => self.give_back(id).await,
			(None, None) => Ok(Attended::AwaitsCustodians),
		}
	}

	/// Gives the buyer her money back. By the seller's word it costs no fee, unlike a refund.
	async fn give_back(&self, id: &OfferId) -> Result<Attended> {
		let decline = MarketCall::Decline { offer: *id };
		self.chain.submit(&self.signer, &Call::Market(decline)).await?;
		Ok(Attended::Refunded)
	}

	/// Has what she earned paid out; nothing is done when that is nothing.
	///
	/// # Errors
	/// When the chain refuses.
	pub async fn claim(&self, currency: Currency) -> Result<u128> {
		let state = self.chain.state().await?;
		let earned = state.earned(&self.signer.account(), currency).await?;
		if earned > 0 {
			let claim = MarketCall::Claim { currency };
			self.chain.submit(&self.signer, &Call::Market(claim)).await?;
		}
		Ok(earned)
	}

	async fn offer_for_her(&self, state: &FinalizedState, id: &OfferId) -> Result<Offer> {
		let offer = state.offer(id).await?;
		let offer = offer.filter(|offer| offer.seller == self.signer.account());
		offer.ok_or(Error::OfferUnknown { offer: *id })
	}

	/// Whether all of a data set would reach its buyer now: it is one, every ciphertext of it is in
	/// the store, and custodians hold its keys.
	async fn ensure_deliverable(&self, state: &FinalizedState, record: &RecordId) -> Result<()> {
		let (entry, manifest) = self.manifest(record).await?;
		if state.dealing(record, entry.version).await?.is_none() {
			return Err(Error::NotDealt { record: *record });
		}
		self.appraise(&manifest).await.map(drop)
	}

	/// Reads a data set whole, and says how good it is, of 100.
	async fn appraise(&self, manifest: &Manifest) -> Result<u8> {
		let record = manifest.record;
		let mut appraisal = Appraisal { quality: Quality::new(None), document: Vec::new() };
		for (at, segment) in manifest.segments.iter().enumerate() {
			if !is_sold(segment.category) {
				return Err(Error::NotForSale { record, category: segment.category });
			}
			let (document, _) = self.read(manifest, segment.index, appraisal.document).await?;
			appraisal.document = document;
			let next = manifest.segments.get(at + 1);
			if next.is_none_or(|next: &ManifestSegment| next.range == 0) {
				appraisal.end_document(record, segment.category)?;
			}
		}
		Ok(appraisal.score())
	}
}

/// What a listing of these categories may be used for, whoever buys it.
fn terms(categories: BTreeSet<Category>) -> Terms {
	let purposes = BTreeSet::from([PurposeOfUse::Research, PurposeOfUse::MachineLearning]);
	Terms {
		permitted: purposes.try_into().unwrap_or_default(),
		exceptions: Default::default(),
		categories: categories.try_into().unwrap_or_default(),
		act: Window { from: 0, until: Moment::MAX },
		data: DateWindow::ALL,
		research: None,
		obligations: Default::default(),
	}
}

/// How good what was read until now is.
struct Appraisal {
	quality: Quality,
	/// The document that is being read.
	document: Vec<u8>,
}

impl Appraisal {
	/// Takes the document that was read, which has to say itself that it is de-identified.
	fn end_document(&mut self, record: RecordId, category: Category) -> Result<()> {
		let mut reader = SegmentReader::new(self.document.as_slice())?;
		if reader.header().profile != Profile::DeIdentified {
			return Err(Error::NotForSale { record, category });
		}
		while let Some(item) = reader.next_item()? {
			self.quality.add(&item);
		}
		self.document.clear();
		Ok(())
	}

	fn score(&self) -> u8 {
		self.quality.score().score.unwrap_or_default()
	}
}
