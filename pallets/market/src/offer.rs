// SPDX-License-Identifier: Apache-2.0
//! Offers, from the escrow to the ticket that locks it.

use crate::*;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_offer(
		buyer: T::AccountId,
		listing: ListingId,
		salt: &[u8; 32],
		price: BalanceOf<T>,
		expires_at: Moment,
		access_for: Moment,
	) -> DispatchResult {
		let stored = Listings::<T>::get(listing).ok_or(Error::<T>::NotFound)?;
		Self::ensure_buyer(&buyer)?;
		ensure!(stored.state == ListingState::OnSale, Error::<T>::NotOnSale);
		ensure!(Self::is_live(&stored.goods.record, &stored.seller), Error::<T>::RecordRetired);
		ensure!(price >= stored.price, Error::<T>::PriceTooLow);
		Self::ensure_price(&stored.asset, price)?;
		Self::ensure_times(expires_at, access_for)?;

		let asset = stored.asset.clone();
		let offer = Offer {
			listing,
			record: stored.goods.record,
			cohort: None,
			seller: stored.seller,
			buyer: buyer.clone(),
			asset: stored.asset,
			price,
			fee: T::PlatformFee::get(),
			expires_at,
			access_for,
			state: OfferState::Open,
		};
		Self::place(salt, offer)?;
		T::Money::hold(asset, &HoldReason::Escrow.into(), &buyer, price)
	}

	/// Stores an open offer and says so; its money is the caller's to hold.
	pub(crate) fn place(salt: &[u8; 32], stored: OfferOf<T>) -> DispatchResult {
		let (listing, buyer, price) = (stored.listing, stored.buyer.clone(), stored.price);
		let offer = OfferId::derive(&listing, &buyer, salt);
		ensure!(!Offers::<T>::contains_key(offer), Error::<T>::AlreadyExists);
		ensure!(stored.seller != buyer, Error::<T>::SelfOffer);

		Escrows::<T>::try_mutate(&stored.seller, |held| {
			held.as_payee = held.as_payee.saturating_add(1);
			ensure!(held.as_payee <= T::MaxEscrowsPerPayee::get(), Error::<T>::MaxEscrowsExceeded);
			Ok::<_, Error<T>>(())
		})?;
		Escrows::<T>::try_mutate(&buyer, |held| {
			held.as_buyer = held.as_buyer.saturating_add(1);
			ensure!(held.as_buyer <= T::MaxEscrowsPerBuyer::get(), Error::<T>::MaxEscrowsExceeded);
			Ok::<_, Error<T>>(())
		})?;
		OffersByListing::<T>::insert(listing, offer, ());
		OffersByBuyer::<T>::insert(&buyer, offer, ());
		Offers::<T>::insert(offer, stored);
		Self::deposit_event(Event::Offered { offer, listing, buyer, price });
		Ok(())
	}

	pub(crate) fn do_withdraw_offer(who: &T::AccountId, id: OfferId) -> DispatchResult {
		let offer = Self::offer_of_buyer(who, &id)?;
		ensure!(offer.state.purchase().is_none(), Error::<T>::InvalidState);
		Self::give_back(id, offer, RefundReason::Withdrawn)
	}

	pub(crate) fn do_accept(who: &T::AccountId, id: OfferId, sale: SaleId) -> DispatchResult {
		let mut offer = Self::offer_of_seller(who, &id)?;
		ensure!(offer.state == OfferState::Open, Error::<T>::InvalidState);
		Self::ensure_deliverable(&offer)?;
		Self::ensure_sale(&offer, &sale, offer.expires_at.saturating_add(T::Tickets::lifetime()))?;

		offer.state = OfferState::Accepted { sale };
		Offers::<T>::insert(id, offer);
		Self::deposit_event(Event::Accepted { offer: id, sale });
		Ok(())
	}

	pub(crate) fn do_decline(who: &T::AccountId, id: OfferId) -> DispatchResult {
		let offer = Self::offer_of_seller(who, &id)?;
		ensure!(offer.state.is_escrowed(), Error::<T>::InvalidState);
		Self::give_back(id, offer, RefundReason::Declined)
	}

	pub(crate) fn do_open_sale(
		who: &T::AccountId,
		id: OfferId,
		request: SealedRequest,
		ephemeral_key: EncryptionKey,
	) -> DispatchResult {
		let mut offer = Self::offer_of_buyer(who, &id)?;
		let OfferState::Accepted { sale } = offer.state else {
			return Err(Error::<T>::InvalidState.into());
		};
		Self::ensure_buyer(who)?;
		Self::ensure_deliverable(&offer)?;
		let now = Self::now();
		let ticket = T::Tickets::issue(&sale, who, &offer.record, request, ephemeral_key, now)?;
		let deadline = T::Tickets::deadline(&ticket).ok_or(Error::<T>::NotFound)?;
		Self::ensure_sale(&offer, &sale, deadline)?;

		let purchase = Purchase { sale, ticket, request, deadline, redownloads: 0 };
		Self::count(&offer.listing, |usage| usage.opens = usage.opens.saturating_add(1));
		offer.state = OfferState::Locked(purchase);
		Offers::<T>::insert(id, offer);
		Self::deposit_event(Event::Locked { offer: id, ticket });
		Ok(())
	}

	pub(crate) fn do_redownload(
		who: &T::AccountId,
		id: OfferId,
		ephemeral_key: EncryptionKey,
	) -> DispatchResult {
		let mut offer = Self::offer_of_buyer(who, &id)?;
		let purchase = *offer.state.purchase().ok_or(Error::<T>::InvalidState)?;
		Self::ensure_buyer(who)?;
		let delivered_at = Self::delivered_at(&purchase)?;
		let now = Self::now();
		let ends_at = delivered_at.saturating_add(offer.access_for);
		ensure!(now < ends_at, Error::<T>::Expired);
		let Purchase { sale, request, redownloads, .. } = purchase;
		ensure!(redownloads < T::MaxRedownloads::get(), Error::<T>::MaxRedownloadsExceeded);
		let ticket = T::Tickets::issue(&sale, who, &offer.record, request, ephemeral_key, now)?;
		let deadline = T::Tickets::deadline(&ticket).ok_or(Error::<T>::NotFound)?;
		Self::ensure_sale(&offer, &sale, deadline)?;

		if let Some(purchase) = offer.state.purchase_mut() {
			purchase.redownloads = redownloads.saturating_add(1);
		}
		Self::count(&offer.listing, |usage| usage.opens = usage.opens.saturating_add(1));
		Offers::<T>::insert(id, offer);
		Self::deposit_event(Event::OpenedAgain { offer: id, ticket });
		Ok(())
	}

	pub(crate) fn do_forget(who: &T::AccountId, id: OfferId) -> DispatchResult {
		let offer = Offers::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		let OfferState::Settled { purchase, .. } = offer.state else {
			return Err(Error::<T>::InvalidState.into());
		};
		let begun = T::Deliveries::first_delivered_at(&purchase.ticket);
		let over = begun.unwrap_or(purchase.deadline).saturating_add(offer.access_for);
		ensure!(offer.buyer == *who || Self::now() >= over, Error::<T>::NotAuthorized);

		Self::remove(id, &offer);
		Self::deposit_event(Event::Forgotten { offer: id });
		Ok(())
	}

	/// Removes an offer whose money is not held any more.
	pub(crate) fn remove(id: OfferId, offer: &OfferOf<T>) {
		Offers::<T>::remove(id);
		OffersByListing::<T>::remove(offer.listing, id);
		OffersByBuyer::<T>::remove(&offer.buyer, id);
	}

	/// The offer, when `who` made it.
	pub(crate) fn offer_of_buyer(who: &T::AccountId, id: &OfferId) -> Result<OfferOf<T>, Error<T>> {
		let offer = Offers::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(offer.buyer == *who, Error::<T>::NotAuthorized);
		Ok(offer)
	}

	/// The offer, when it is for a listing of `who`.
	fn offer_of_seller(who: &T::AccountId, id: &OfferId) -> Result<OfferOf<T>, Error<T>> {
		let offer = Offers::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(offer.seller == *who, Error::<T>::NotAuthorized);
		Ok(offer)
	}

	/// Whether `who` may ask for data: a researcher or an organisation with a credential.
	pub(crate) fn ensure_buyer(who: &T::AccountId) -> DispatchResult {
		let role = T::Participants::role(who);
		ensure!(
			matches!(role, Some(Role::Researcher | Role::Organisation))
				&& T::Participants::is_in_good_standing(who, Self::now()),
			Error::<T>::NotInGoodStanding
		);
		Ok(())
	}

	/// Whether an offer's times lie ahead, and not too far.
	pub(crate) fn ensure_times(expires_at: Moment, access_for: Moment) -> DispatchResult {
		let ahead = expires_at.saturating_sub(Self::now());
		ensure!(ahead > 0, Error::<T>::Expired);
		ensure!(
			ahead <= T::MaxOfferDuration::get() && access_for <= T::MaxAccessDuration::get(),
			Error::<T>::DurationTooLong
		);
		Ok(())
	}

	/// Whether a ticket can still be opened, the authorisation not looked at.
	fn ensure_deliverable(offer: &OfferOf<T>) -> DispatchResult {
		match Self::obstacle(offer) {
			None => Ok(()),
			Some(RefundReason::Expired) => Err(Error::<T>::Expired.into()),
			Some(RefundReason::NotOnSale) => Err(Error::<T>::NotOnSale.into()),
			Some(_) => Err(Error::<T>::RecordRetired.into()),
		}
	}

	/// Why no ticket can be opened for an offer any more, the authorisation not looked at.
	pub(crate) fn obstacle(offer: &OfferOf<T>) -> Option<RefundReason> {
		if Self::now() >= offer.expires_at {
			Some(RefundReason::Expired)
		} else if !Self::is_on_sale(&offer.listing, &offer.record) {
			Some(RefundReason::NotOnSale)
		} else if !Self::is_live(&offer.record, &offer.seller) {
			Some(RefundReason::RecordRetired)
		} else {
			None
		}
	}

	/// Whether the authorisation is for this offer and holds from now to `until`.
	fn ensure_sale(offer: &OfferOf<T>, sale: &SaleId, until: Moment) -> DispatchResult {
		let facts = T::Sales::sale(sale).ok_or(Error::<T>::SaleMismatch)?;
		ensure!(
			facts.seller == offer.seller
				&& facts.buyer == offer.buyer
				&& facts.record == offer.record,
			Error::<T>::SaleMismatch
		);
		ensure!(!facts.revoked, Error::<T>::SaleRevoked);
		ensure!(facts.until >= until, Error::<T>::SaleTooShort);
		Ok(())
	}

	/// Whether the seller still stands by the authorisation.
	pub(crate) fn is_authorised(sale: &SaleId) -> bool {
		T::Sales::sale(sale).is_some_and(|facts| !facts.revoked && Self::now() < facts.until)
	}

	/// When the purchase was delivered first.
	pub(crate) fn delivered_at(purchase: &Purchase) -> Result<Moment, Error<T>> {
		T::Deliveries::first_delivered_at(&purchase.ticket).ok_or(Error::<T>::NotYetDelivered)
	}
}
