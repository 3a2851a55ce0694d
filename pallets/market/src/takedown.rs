// SPDX-License-Identifier: Apache-2.0
//! Taking listings down, and appeals against it.

use crate::*;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_take_down(listing: ListingId, reason: TakedownReason) -> DispatchResult {
		let mut stored = Listings::<T>::get(listing).ok_or(Error::<T>::NotFound)?;
		ensure!(stored.state == ListingState::OnSale, Error::<T>::NotOnSale);

		stored.state = ListingState::TakenDown { reason, appeal: Appeal::NotMade };
		Listings::<T>::insert(listing, stored);
		Self::deposit_event(Event::TakenDown { listing, reason });
		Ok(())
	}

	pub(crate) fn do_appeal(
		who: &T::AccountId,
		listing: ListingId,
		grounds: Commitment,
	) -> DispatchResult {
		let mut stored = Self::ensure_seller(who, &listing)?;
		let ListingState::TakenDown { reason, appeal } = stored.state else {
			return Err(Error::<T>::InvalidState.into());
		};
		ensure!(appeal == Appeal::NotMade, Error::<T>::AlreadyAppealed);

		stored.state = ListingState::TakenDown { reason, appeal: Appeal::Pending { grounds } };
		Listings::<T>::insert(listing, stored);
		Self::deposit_event(Event::Appealed { listing });
		Ok(())
	}

	pub(crate) fn do_decide_appeal(listing: ListingId, restored: bool) -> DispatchResult {
		let mut stored = Listings::<T>::get(listing).ok_or(Error::<T>::NotFound)?;
		let ListingState::TakenDown { reason, appeal: Appeal::Pending { .. } } = stored.state
		else {
			return Err(Error::<T>::InvalidState.into());
		};

		stored.state = if restored {
			ListingState::OnSale
		} else {
			ListingState::TakenDown { reason, appeal: Appeal::Dismissed }
		};
		Listings::<T>::insert(listing, stored);
		Self::deposit_event(Event::AppealDecided { listing, restored });
		Ok(())
	}
}
