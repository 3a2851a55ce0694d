// SPDX-License-Identifier: Apache-2.0
//! Cohorts: listings of several patients, bought together. An offer for a cohort is one offer for
//! each member, so that each patient accepts, delivers and is paid on her own.

use crate::*;
use alloc::vec::Vec;
use frame_support::traits::tokens;

/// The share of the member at `at` when `price` is split between `members`: equal shares, and the
/// units that are left over go to the first members, one each.
pub(crate) fn share<Balance>(price: Balance, members: u32, at: u32) -> Balance
where
	Balance: tokens::Balance,
{
	let Some(base) = price.checked_div(&members.into()) else {
		return Balance::zero();
	};
	let left = price.saturating_sub(base.saturating_mul(members.into()));
	let extra = if Balance::from(at) < left { Balance::one() } else { Balance::zero() };
	base.saturating_add(extra)
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_list_cohort(
		curator: T::AccountId,
		salt: &[u8; 32],
		kind: ListingKind,
		asset: AssetIdOf<T>,
		price: BalanceOf<T>,
	) -> DispatchResult {
		let now = Self::now();
		ensure!(T::Participants::is_in_good_standing(&curator, now), Error::<T>::NotInGoodStanding);
		Self::ensure_price(&asset, price)?;
		let cohort = CohortId::derive(&curator, salt);
		ensure!(!Cohorts::<T>::contains_key(cohort), Error::<T>::AlreadyExists);

		let stored = Cohort {
			curator: curator.clone(),
			kind,
			asset,
			price,
			members: Default::default(),
			deposit: T::ListingConsideration::new(&curator, Footprint::from_mel::<CohortOf<T>>())?,
		};
		Cohorts::<T>::insert(cohort, stored);
		Self::deposit_event(Event::CohortListed { cohort, curator });
		Ok(())
	}

	pub(crate) fn do_unlist_cohort(who: &T::AccountId, cohort: CohortId) -> DispatchResult {
		let stored = Cohorts::<T>::take(cohort).ok_or(Error::<T>::NotFound)?;
		ensure!(stored.curator == *who, Error::<T>::NotAuthorized);

		stored.deposit.drop(who)?;
		Self::deposit_event(Event::CohortUnlisted { cohort });
		Ok(())
	}

	pub(crate) fn do_join_cohort(
		who: &T::AccountId,
		cohort: CohortId,
		listing: ListingId,
	) -> DispatchResult {
		let mut stored = Cohorts::<T>::get(cohort).ok_or(Error::<T>::NotFound)?;
		let member = Self::ensure_seller(who, &listing)?;
		ensure!(member.state == ListingState::OnSale, Error::<T>::NotOnSale);
		ensure!(member.goods.kind == stored.kind, Error::<T>::KindMismatch);
		ensure!(!stored.members.contains(&listing), Error::<T>::AlreadyExists);

		stored.members.try_push(listing).map_err(|_| Error::<T>::MaxMembersExceeded)?;
		Cohorts::<T>::insert(cohort, stored);
		Self::deposit_event(Event::CohortJoined { cohort, listing });
		Ok(())
	}

	pub(crate) fn do_leave_cohort(
		who: &T::AccountId,
		cohort: CohortId,
		listing: ListingId,
	) -> DispatchResult {
		let mut stored = Cohorts::<T>::get(cohort).ok_or(Error::<T>::NotFound)?;
		ensure!(stored.members.contains(&listing), Error::<T>::NotFound);
		if stored.curator != *who {
			Self::ensure_seller(who, &listing)?;
		}

		stored.members.retain(|member| *member != listing);
		Cohorts::<T>::insert(cohort, stored);
		Self::deposit_event(Event::CohortLeft { cohort, listing });
		Ok(())
	}

	/// Answers how many members were looked at.
	pub(crate) fn do_offer_cohort(
		buyer: T::AccountId,
		cohort: CohortId,
		salt: &[u8; 32],
		expected: u32,
		price: BalanceOf<T>,
		expires_at: Moment,
		access_for: Moment,
	) -> Result<u32, DispatchError> {
		let stored = Cohorts::<T>::get(cohort).ok_or(Error::<T>::NotFound)?;
		Self::ensure_buyer(&buyer)?;
		ensure!(price >= stored.price, Error::<T>::PriceTooLow);
		Self::ensure_times(expires_at, access_for)?;
		let members: Vec<_> = stored.members.iter().filter_map(Self::member).collect();
		let count = u32::try_from(members.len()).unwrap_or(u32::MAX);
		ensure!(count > 0 && count == expected, Error::<T>::MembersMismatch);
		// The last share is the smallest.
		Self::ensure_price(&stored.asset, share(price, count, count.saturating_sub(1)))?;

		for (at, (listing, member)) in (0..).zip(members) {
			let offer = Offer {
				listing,
				record: member.goods.record,
				cohort: Some(cohort),
				seller: member.seller,
				buyer: buyer.clone(),
				asset: stored.asset.clone(),
				price: share(price, count, at),
				fee: T::PlatformFee::get(),
				expires_at,
				access_for,
				state: OfferState::Open,
			};
			Self::place(salt, offer)?;
		}
		T::Money::hold(stored.asset, &HoldReason::Escrow.into(), &buyer, price)?;
		Self::deposit_event(Event::CohortOffered { cohort, buyer, members: count, price });
		Ok(u32::try_from(stored.members.len()).unwrap_or(u32::MAX))
	}

	/// The member, when it can be bought now.
	fn member(listing: &ListingId) -> Option<(ListingId, ListingOf<T>)> {
		let stored = Listings::<T>::get(listing)?;
		let is_on_sale = stored.state == ListingState::OnSale
			&& Self::is_live(&stored.goods.record, &stored.seller);
		is_on_sale.then_some((*listing, stored))
	}
}
