// SPDX-License-Identifier: Apache-2.0
//! What sellers and buyers can ask of the chain.

use super::{Signed, Signing};
use crate::{
	runtime::{api, api::runtime_types::salus_primitives::market::SealedRequest as Submitted},
	AccountId, Currency, Error, Goods,
};
use salus_primitives::{
	EncryptionKey, ListingId, Moment, OfferId, PurposeOfUse, RecordId, SaleId, SealedRequest,
};
use subxt::{client::OfflineClientAtBlockT, config::substrate::SubstrateConfig, utils::Static};

/// A call of the market, or of what authorises a sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarketCall {
	/// Authorises the sale of a record to one buyer.
	AuthoriseSale {
		/// 32 random bytes, from which the identifier follows.
		salt: [u8; 32],
		/// Who alone may buy.
		buyer: AccountId,
		/// What.
		record: RecordId,
		/// What for.
		purpose: PurposeOfUse,
		/// The first moment in which it does not hold any more.
		until: Moment,
	},
	/// Withdraws the authorisation of a sale for good.
	RevokeSale {
		/// The authorisation.
		sale: SaleId,
	},
	/// Puts a record on sale.
	List {
		/// 32 random bytes, from which the identifier follows.
		salt: [u8; 32],
		/// What.
		goods: Goods,
		/// The currency of the price.
		currency: Currency,
		/// The least that an offer brings.
		price: u128,
	},
	/// Removes a listing.
	Unlist {
		/// The listing.
		listing: ListingId,
	},
	/// Makes an offer for a listing; the money is held.
	Offer {
		/// For what.
		listing: ListingId,
		/// 32 random bytes, from which the identifier follows.
		salt: [u8; 32],
		/// How much.
		price: u128,
		/// The first moment in which no ticket can be opened any more.
		expires_at: Moment,
		/// For how long after the first delivery the buyer may have it again, in milliseconds.
		access_for: Moment,
	},
	/// Takes an offer back while no ticket is opened.
	WithdrawOffer {
		/// The offer.
		offer: OfferId,
	},
	/// Accepts an offer.
	Accept {
		/// The offer.
		offer: OfferId,
		/// The authorisation for its buyer.
		sale: SaleId,
	},
	/// Gives the buyer all her money back. By the seller.
	Decline {
		/// The offer.
		offer: OfferId,
	},
	/// Opens a ticket for what was bought, which locks the escrow.
	OpenSale {
		/// The offer.
		offer: OfferId,
		/// What is asked for, sealed to the custodians.
		request: SealedRequest,
		/// A new key, to which custodians seal what they release.
		ephemeral_key: EncryptionKey,
	},
	/// Opens a further ticket for what was delivered.
	Redownload {
		/// The offer.
		offer: OfferId,
		/// A new key, to which custodians seal what they release.
		ephemeral_key: EncryptionKey,
	},
	/// Sends the money back to the buyer where nothing can be delivered any more. By anybody.
	Refund {
		/// The offer.
		offer: OfferId,
	},
	/// Shares the money out.
	Settle {
		/// The offer.
		offer: OfferId,
	},
	/// Pays out what the caller earned.
	Claim {
		/// In which currency.
		currency: Currency,
	},
}

impl MarketCall {
	pub(super) fn sign<C: OfflineClientAtBlockT<SubstrateConfig>>(
		&self,
		signing: Signing<'_, C>,
	) -> Result<Signed<C>, Error> {
		let (consent, market) = (api::transactions().consent(), api::transactions().market());
		match self {
			Self::AuthoriseSale { salt, buyer, record, purpose, until } => signing.sign(
				&consent.authorise_sale(*salt, *buyer, Static(*record), Static(*purpose), *until),
			),
			Self::RevokeSale { sale } => signing.sign(&consent.revoke_sale(Static(*sale))),
			Self::List { salt, goods, currency, price } => {
				let goods = goods.to_submitted();
				signing.sign(&market.list(*salt, goods, (*currency).into(), *price))
			},
			Self::Unlist { listing } => signing.sign(&market.unlist(Static(*listing))),
			Self::Offer { listing, salt, price, expires_at, access_for } => signing
				.sign(&market.offer(Static(*listing), *salt, *price, *expires_at, *access_for)),
			Self::WithdrawOffer { offer } => signing.sign(&market.withdraw_offer(Static(*offer))),
			Self::Accept { offer, sale } => {
				signing.sign(&market.accept(Static(*offer), Static(*sale)))
			},
			Self::Decline { offer } => signing.sign(&market.decline(Static(*offer))),
			Self::OpenSale { offer, request, ephemeral_key } => {
				let request = Submitted {
					commitment: Static(request.commitment),
					envelope: Static(request.envelope),
				};
				let key = Static(ephemeral_key.clone());
				signing.sign(&market.open_sale(Static(*offer), request, key))
			},
			Self::Redownload { offer, ephemeral_key } => {
				signing.sign(&market.redownload(Static(*offer), Static(ephemeral_key.clone())))
			},
			Self::Refund { offer } => signing.sign(&market.refund(Static(*offer))),
			Self::Settle { offer } => signing.sign(&market.settle(Static(*offer))),
			Self::Claim { currency } => signing.sign(&market.claim((*currency).into())),
		}
	}
}
