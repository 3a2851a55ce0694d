// SPDX-License-Identifier: Apache-2.0
//! Listings: records on sale.

use crate::*;
use frame_support::traits::OriginTrait;
use frame_system::pallet_prelude::OriginFor;
use salus_policy::Categories;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_list(
		seller: T::AccountId,
		salt: &[u8; 32],
		goods: Goods,
		asset: AssetIdOf<T>,
		price: BalanceOf<T>,
	) -> DispatchResult {
		let owner = T::Records::owner(&goods.record).ok_or(Error::<T>::NotFound)?;
		ensure!(owner == seller, Error::<T>::NotAuthorized);
		ensure!(T::Records::is_live(&goods.record), Error::<T>::RecordRetired);
		ensure!(Self::may_be_named(&goods.categories), Error::<T>::InvalidCategory);
		ensure!(goods.quality <= MAX_QUALITY, Error::<T>::InvalidQuality);
		Self::ensure_price(&asset, price)?;
		let listing = ListingId::derive(&seller, salt);
		ensure!(!Listings::<T>::contains_key(listing), Error::<T>::AlreadyExists);
		ensure!(!ListedRecords::<T>::contains_key(goods.record), Error::<T>::RecordListed);

		ListingsOf::<T>::try_append(&seller, listing)
			.map_err(|()| Error::<T>::MaxListingsExceeded)?;
		ListedRecords::<T>::insert(goods.record, listing);
		let payer = T::Sponsorship::payer(&seller);
		let footprint = Footprint::from_mel::<ListingOf<T>>();
		let ticket = T::ListingConsideration::new(&payer, footprint)?;
		let stored = Listing {
			seller: seller.clone(),
			goods,
			asset,
			price,
			state: ListingState::OnSale,
			usage: Usage::default(),
			listed_at: Self::now(),
			deposit: Deposit { payer, ticket },
		};
		Listings::<T>::insert(listing, stored);
		Self::deposit_event(Event::Listed { listing, seller });
		Ok(())
	}

	pub(crate) fn do_update_price(
		who: &T::AccountId,
		listing: ListingId,
		price: BalanceOf<T>,
	) -> DispatchResult {
		let mut stored = Self::ensure_seller(who, &listing)?;
		Self::ensure_price(&stored.asset, price)?;

		stored.price = price;
		Listings::<T>::insert(listing, stored);
		Self::deposit_event(Event::PriceUpdated { listing, price });
		Ok(())
	}

	pub(crate) fn do_unlist(who: &T::AccountId, listing: ListingId) -> DispatchResult {
		let stored = Self::ensure_seller(who, &listing)?;

		Listings::<T>::remove(listing);
		ListingsOf::<T>::mutate_exists(who, |listings| {
			if let Some(mine) = listings {
				mine.retain(|mine| *mine != listing);
				if mine.is_empty() {
					*listings = None;
				}
			}
		});
		// What was taken down is not listed anew.
		if stored.state == ListingState::OnSale {
			ListedRecords::<T>::remove(stored.goods.record);
		}
		let Deposit { payer, ticket } = stored.deposit;
		ticket.drop(&payer)?;
		Self::deposit_event(Event::Unlisted { listing });
		Ok(())
	}

	/// Whether a sponsor covers the next call of whoever signed.
	pub(crate) fn is_sponsored(origin: &OriginFor<T>) -> bool {
		matches!(
			origin.as_system_ref(),
			Some(frame_system::RawOrigin::Signed(who)) if T::Sponsorship::covers(who)
		)
	}

	/// Whether who signed is the seller in this offer.
	pub(crate) fn is_seller(origin: &OriginFor<T>, offer: &OfferId) -> bool {
		let Some(frame_system::RawOrigin::Signed(who)) = origin.as_system_ref() else {
			return false;
		};
		Offers::<T>::get(offer).is_some_and(|stored| stored.seller == *who)
	}

	/// The listing, when `who` is its seller.
	pub(crate) fn ensure_seller(
		who: &T::AccountId,
		listing: &ListingId,
	) -> Result<ListingOf<T>, Error<T>> {
		let stored = Listings::<T>::get(listing).ok_or(Error::<T>::NotFound)?;
		ensure!(stored.seller == *who, Error::<T>::NotAuthorized);
		Ok(stored)
	}

	/// Whether the market takes the asset, and both shares of `price` are worth their while.
	pub(crate) fn ensure_price(asset: &AssetIdOf<T>, price: BalanceOf<T>) -> DispatchResult {
		let least = Self::ensure_asset(asset)?;
		ensure!(price >= least, Error::<T>::PriceTooLow);
		let fee = T::PlatformFee::get();
		let platform = fee.mul_floor(price);
		ensure!(fee.is_zero() || !platform.is_zero(), Error::<T>::PriceTooLow);
		let seller = price.saturating_sub(platform);
		ensure!(seller >= T::Money::minimum_balance(asset.clone()), Error::<T>::PriceTooLow);
		Ok(())
	}

	/// The least price in the asset, when the market takes it and its account can hold it.
	pub(crate) fn ensure_asset(asset: &AssetIdOf<T>) -> Result<BalanceOf<T>, Error<T>> {
		let least = T::MinPrice::convert(asset.clone()).ok_or(Error::<T>::InvalidAsset)?;
		let kept = T::Money::balance(asset.clone(), &Self::account());
		ensure!(kept >= T::Money::minimum_balance(asset.clone()), Error::<T>::NotFunded);
		Ok(least)
	}

	/// Whether everybody may read that a record holds these.
	pub(crate) fn may_be_named(categories: &Categories) -> bool {
		!categories.is_empty()
			&& categories.iter().all(|category| category.sensitivity() == Sensitivity::Normal)
	}

	/// Whether the listing takes offers for `record`.
	pub(crate) fn is_on_sale(listing: &ListingId, record: &RecordId) -> bool {
		Listings::<T>::get(listing).is_some_and(|listing| {
			listing.state == ListingState::OnSale && listing.goods.record == *record
		})
	}

	/// Whether `seller` can deliver the record.
	pub(crate) fn is_live(record: &RecordId, seller: &T::AccountId) -> bool {
		T::Records::is_live(record) && T::Records::owner(record).as_ref() == Some(seller)
	}

	/// Counts a use of a listing, unless it was removed.
	pub(crate) fn count(listing: &ListingId, use_of: impl FnOnce(&mut Usage)) {
		Listings::<T>::mutate_extant(listing, |listing| use_of(&mut listing.usage));
	}
}
