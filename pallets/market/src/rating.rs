// SPDX-License-Identifier: Apache-2.0
//! What buyers say of sellers.

use crate::*;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_rate(who: &T::AccountId, id: OfferId, stars: u8) -> DispatchResult {
		let mut offer = Self::offer_of_buyer(who, &id)?;
		let OfferState::Settled { purchase, rated } = offer.state else {
			return Err(Error::<T>::InvalidState.into());
		};
		ensure!(!rated, Error::<T>::AlreadyRated);
		ensure!((1..=MAX_STARS).contains(&stars), Error::<T>::InvalidRating);

		offer.state = OfferState::Settled { purchase, rated: true };
		Offers::<T>::insert(id, &offer);
		Ratings::<T>::mutate(&offer.seller, |rating| {
			rating.count = rating.count.saturating_add(1);
			rating.stars = rating.stars.saturating_add(stars.into());
		});
		Self::deposit_event(Event::Rated { offer: id, seller: offer.seller, stars });
		Ok(())
	}
}
