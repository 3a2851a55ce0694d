// SPDX-License-Identifier: Apache-2.0
//! What is on sale, what is offered for it, and who may buy, in our types.

use crate::{
	runtime::api::runtime_types::{
		bounded_collections::bounded_btree_set::BoundedBTreeSet,
		frame_support::traits::tokens::fungible::union_of::NativeOrWithId, pallet_consent,
		pallet_market::types as stored,
	},
	AccountId,
};
use salus_primitives::{
	Category, Commitment, ListingId, Moment, PurposeOfUse, RecordId, SaleId, SealedRequest,
	TicketId,
};
use std::collections::BTreeSet;
use subxt::utils::Static;

/// A sale authorisation: the seller's word that one buyer may have one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sale {
	/// Who sells: the owner of the record.
	pub seller: AccountId,
	/// Who alone may buy.
	pub buyer: AccountId,
	/// What.
	pub record: RecordId,
	/// What for.
	pub purpose: PurposeOfUse,
	/// The first moment in which it does not hold any more.
	pub until: Moment,
	/// Whether the seller withdrew it.
	pub revoked: bool,
}

impl<D> From<pallet_consent::types::Sale<AccountId, D>> for Sale {
	fn from(stored: pallet_consent::types::Sale<AccountId, D>) -> Self {
		Self {
			seller: stored.seller,
			buyer: stored.buyer,
			record: stored.record.0,
			purpose: stored.purpose.0,
			until: stored.until,
			revoked: stored.revoked,
		}
	}
}

/// What is paid with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Currency {
	/// The chain's own token.
	Native,
	/// An asset, by its number.
	Asset(u32),
}

impl From<NativeOrWithId<u32>> for Currency {
	fn from(stored: NativeOrWithId<u32>) -> Self {
		match stored {
			NativeOrWithId::Native => Self::Native,
			NativeOrWithId::WithId(id) => Self::Asset(id),
		}
	}
}

impl From<Currency> for NativeOrWithId<u32> {
	fn from(currency: Currency) -> Self {
		match currency {
			Currency::Native => Self::Native,
			Currency::Asset(id) => Self::WithId(id),
		}
	}
}

/// What a buyer gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListingKind {
	/// A de-identified data set.
	Download,
	/// A computation: only results leave.
	Compute,
}

/// What is on sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goods {
	/// What a buyer gets.
	pub kind: ListingKind,
	/// The de-identified record, anchored by the seller.
	pub record: RecordId,
	/// What it holds. Never a sensitive category: everybody reads this.
	pub categories: BTreeSet<Category>,
	/// Its size in bytes, or the upper end of its class of sizes.
	pub size: u64,
	/// How complete and how well coded it is, of 100.
	pub quality: u8,
	/// The commitment to the terms of sale.
	pub terms: Commitment,
}

impl Goods {
	/// As the chain takes them.
	pub(crate) fn to_submitted(&self) -> stored::Goods {
		stored::Goods {
			kind: match self.kind {
				ListingKind::Download => stored::ListingKind::Download,
				ListingKind::Compute => stored::ListingKind::Compute,
			},
			record: Static(self.record),
			categories: BoundedBTreeSet(self.categories.iter().copied().map(Static).collect()),
			size: self.size,
			quality: self.quality,
			terms: Static(self.terms),
		}
	}
}

impl From<stored::Goods> for Goods {
	fn from(stored: stored::Goods) -> Self {
		Self {
			kind: match stored.kind {
				stored::ListingKind::Download => ListingKind::Download,
				stored::ListingKind::Compute => ListingKind::Compute,
			},
			record: stored.record.0,
			categories: stored.categories.0.into_iter().map(|category| category.0).collect(),
			size: stored.size,
			quality: stored.quality,
			terms: stored.terms.0,
		}
	}
}

/// A record on sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
	/// Who sells: a listing pseudonym that owns the record.
	pub seller: AccountId,
	/// What.
	pub goods: Goods,
	/// The currency of the price.
	pub currency: Currency,
	/// The least that an offer brings.
	pub price: u128,
	/// Whether it takes offers; it was taken down otherwise.
	pub is_on_sale: bool,
	/// How often its purchases were settled.
	pub sales: u32,
}

impl<D> From<stored::Listing<AccountId, NativeOrWithId<u32>, u128, D>> for Listing {
	fn from(listing: stored::Listing<AccountId, NativeOrWithId<u32>, u128, D>) -> Self {
		Self {
			seller: listing.seller,
			goods: listing.goods.into(),
			currency: listing.asset.into(),
			price: listing.price,
			is_on_sale: matches!(listing.state, stored::ListingState::OnSale),
			sales: listing.usage.sales,
		}
	}
}

/// A sale ticket that locked an escrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purchase {
	/// The authorisation it was opened under.
	pub sale: SaleId,
	/// The first ticket.
	pub ticket: TicketId,
	/// What it asks for.
	pub request: SealedRequest,
	/// The first moment in which custodians refuse the first ticket.
	pub deadline: Moment,
	/// How often it was downloaded again.
	pub redownloads: u32,
}

impl From<stored::Purchase> for Purchase {
	fn from(stored: stored::Purchase) -> Self {
		Self {
			sale: stored.sale.0,
			ticket: stored.ticket.0,
			request: SealedRequest {
				commitment: stored.request.commitment.0,
				envelope: stored.request.envelope.0,
			},
			deadline: stored.deadline,
			redownloads: stored.redownloads,
		}
	}
}

/// How far an offer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferState {
	/// It waits for the seller.
	Open,
	/// The seller authorised the sale.
	Accepted {
		/// The authorisation.
		sale: SaleId,
	},
	/// A ticket was opened: the escrow is locked.
	Locked(Purchase),
	/// The buyer disputes what was delivered; the arbiter decides.
	Disputed(Purchase),
	/// The money is with the seller and the platform.
	Settled(Purchase),
}

impl OfferState {
	/// What was bought, once a ticket was opened.
	pub const fn purchase(&self) -> Option<&Purchase> {
		match self {
			Self::Open | Self::Accepted { .. } => None,
			Self::Locked(purchase) | Self::Disputed(purchase) | Self::Settled(purchase) => {
				Some(purchase)
			},
		}
	}
}

/// An offer of one buyer for one listing, its money in escrow until it is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
	/// For what.
	pub listing: ListingId,
	/// The record on sale when it was made.
	pub record: RecordId,
	/// Who sells.
	pub seller: AccountId,
	/// Who buys.
	pub buyer: AccountId,
	/// The currency.
	pub currency: Currency,
	/// How much is in escrow.
	pub price: u128,
	/// The first moment in which no ticket can be opened any more.
	pub expires_at: Moment,
	/// For how long after the first delivery the buyer may have it again, in milliseconds.
	pub access_for: Moment,
	/// How far it is.
	pub state: OfferState,
}

impl From<stored::Offer<AccountId, NativeOrWithId<u32>, u128>> for Offer {
	fn from(offer: stored::Offer<AccountId, NativeOrWithId<u32>, u128>) -> Self {
		use stored::OfferState as Stored;
		Self {
			listing: offer.listing.0,
			record: offer.record.0,
			seller: offer.seller,
			buyer: offer.buyer,
			currency: offer.asset.into(),
			price: offer.price,
			expires_at: offer.expires_at,
			access_for: offer.access_for,
			state: match offer.state {
				Stored::Open => OfferState::Open,
				Stored::Accepted { sale } => OfferState::Accepted { sale: sale.0 },
				Stored::Locked(purchase) => OfferState::Locked(purchase.into()),
				Stored::Disputed { purchase, .. } => OfferState::Disputed(purchase.into()),
				Stored::Settled { purchase, .. } => OfferState::Settled(purchase.into()),
			},
		}
	}
}
