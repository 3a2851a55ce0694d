// SPDX-License-Identifier: Apache-2.0
//! What must hold of the state at all times.

use crate::*;
use alloc::collections::BTreeMap;
use codec::Encode;
use frame_support::{sp_runtime::TryRuntimeError, traits::fungibles::hold::Inspect as _};

impl<T: Config> Pallet<T> {
	/// Checks that
	/// - every listing could be listed, is among its seller's and is the one of its record;
	/// - every offer has two parties and could be shared out, and both indices name every offer and
	///   nothing else;
	/// - the counts of escrows are those of the offers with held money;
	/// - what is held of each account is what its offers and studies hold, and what is held of the
	///   market's account is what can be claimed, to the unit;
	/// - what can be claimed was earned;
	/// - no cohort has a member twice;
	/// - a study keeps what its active enrolments have not earned yet, and its budget pays it.
	///
	/// # Errors
	/// The first invariant that does not hold.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut held = BTreeMap::<(T::AccountId, Vec<u8>), (AssetIdOf<T>, BalanceOf<T>)>::new();
		let mut hold = |who: T::AccountId, asset: AssetIdOf<T>, amount: BalanceOf<T>| {
			let sum = held.entry((who, asset.encode())).or_insert_with(|| (asset, Zero::zero()));
			sum.1 = sum.1.saturating_add(amount);
		};
		Self::try_listings()?;
		Self::try_offers(&mut hold)?;
		Self::try_studies(&mut hold)?;
		for (who, asset, amount) in Claimable::<T>::iter() {
			ensure!(!amount.is_zero(), "an empty claim is stored");
			ensure!(amount <= Earnings::<T>::get(&who, &asset), "more is claimable than earned");
			hold(Self::account(), asset, amount);
		}
		for (_, asset, _) in Earnings::<T>::iter() {
			hold(Self::account(), asset, Zero::zero());
		}
		for ((who, _), (asset, amount)) in held {
			let reason = HoldReason::Escrow.into();
			ensure!(
				T::Money::balance_on_hold(asset, &reason, &who) == amount,
				"another amount is held than the state says"
			);
		}
		Ok(())
	}

	fn try_listings() -> Result<(), TryRuntimeError> {
		let mut count = 0usize;
		for (id, listing) in Listings::<T>::iter() {
			count = count.saturating_add(1);
			ensure!(Self::may_be_named(&listing.goods.categories), "a category may not be named");
			ensure!(listing.goods.quality <= MAX_QUALITY, "a quality is out of range");
			ensure!(
				ListedRecords::<T>::get(listing.goods.record) == Some(id),
				"a record is not under its listing"
			);
			ensure!(
				ListingsOf::<T>::get(listing.seller).contains(&id),
				"a listing is not among its seller's"
			);
		}
		let listed = ListingsOf::<T>::iter_values()
			.fold(0usize, |sum, listings| sum.saturating_add(listings.len()));
		ensure!(listed == count, "somebody has a listing that does not exist");
		for cohort in Cohorts::<T>::iter_values() {
			let mut members: Vec<_> = cohort.members.iter().collect();
			members.sort();
			members.dedup();
			ensure!(members.len() == cohort.members.len(), "a cohort has a member twice");
		}
		Ok(())
	}

	fn try_offers(
		hold: &mut impl FnMut(T::AccountId, AssetIdOf<T>, BalanceOf<T>),
	) -> Result<(), TryRuntimeError> {
		let mut count = 0usize;
		let mut escrows = BTreeMap::<T::AccountId, EscrowCount>::new();
		for (id, offer) in Offers::<T>::iter() {
			count = count.saturating_add(1);
			ensure!(offer.seller != offer.buyer, "an offer is made to its buyer");
			let (seller, platform) = offer.shares(offer.price);
			ensure!(
				seller.saturating_add(platform) == offer.price && !seller.is_zero(),
				"the shares of an offer are not its price"
			);
			ensure!(
				OffersByListing::<T>::contains_key(offer.listing, id)
					&& OffersByBuyer::<T>::contains_key(&offer.buyer, id),
				"an offer is not found by its listing and its buyer"
			);
			if offer.state.is_escrowed() {
				let seller = escrows.entry(offer.seller).or_default();
				seller.as_payee = seller.as_payee.saturating_add(1);
				let buyer = escrows.entry(offer.buyer.clone()).or_default();
				buyer.as_buyer = buyer.as_buyer.saturating_add(1);
				hold(offer.buyer, offer.asset, offer.price);
			} else {
				hold(offer.buyer, offer.asset, Zero::zero());
			}
		}
		ensure!(OffersByListing::<T>::iter_keys().count() == count, "an index is left over");
		ensure!(OffersByBuyer::<T>::iter_keys().count() == count, "an index is left over");
		let counted: BTreeMap<_, _> = Escrows::<T>::iter().collect();
		ensure!(counted == escrows, "the counts of escrows are wrong");
		Ok(())
	}

	fn try_studies(
		hold: &mut impl FnMut(T::AccountId, AssetIdOf<T>, BalanceOf<T>),
	) -> Result<(), TryRuntimeError> {
		let mut enrolments = 0usize;
		for (id, study) in Studies::<T>::iter() {
			let mut promised = BalanceOf::<T>::zero();
			let mut count = 0u32;
			for enrolment in Enrolments::<T>::iter_prefix_values(id) {
				count = count.saturating_add(1);
				if enrolment.active && study.state == StudyState::Approved {
					promised = promised.saturating_add(enrolment.unpaid(&study.plan.milestones));
				}
			}
			ensure!(count == study.enrolments, "the enrolments of a study are miscounted");
			ensure!(promised == study.promised, "a study keeps another amount than promised");
			ensure!(promised <= study.left, "a study promises more than it has");
			let is_closed = study.state == StudyState::Closed;
			ensure!(!is_closed || (study.left.is_zero() && count > 0), "a closed study is left");
			enrolments = enrolments.saturating_add(usize::try_from(count).unwrap_or(usize::MAX));
			hold(study.researcher, study.plan.asset, study.left);
		}
		ensure!(Enrolments::<T>::iter_keys().count() == enrolments, "an enrolment is of no study");
		Ok(())
	}
}
