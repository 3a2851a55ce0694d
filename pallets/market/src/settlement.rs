// SPDX-License-Identifier: Apache-2.0
//! How money leaves the escrow, and the claims that it becomes.

use crate::*;
use frame_support::{
	sp_runtime::traits::AccountIdConversion,
	traits::tokens::{Fortitude, Precision, Restriction},
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_refund(id: OfferId) -> DispatchResult {
		let offer = Offers::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		let reason = Self::refund_due(&offer).ok_or(Error::<T>::NotRefundable)?;
		Self::give_back(id, offer, reason)
	}

	/// Why anybody may send the money back to the buyer.
	pub(crate) fn refund_due(offer: &OfferOf<T>) -> Option<RefundReason> {
		match &offer.state {
			OfferState::Open => Self::obstacle(offer),
			OfferState::Accepted { sale } => Self::obstacle(offer)
				.or_else(|| (!Self::is_authorised(sale)).then_some(RefundReason::SaleRevoked)),
			OfferState::Locked(purchase) => {
				(T::Deliveries::first_delivered_at(&purchase.ticket).is_none()
					&& T::Deliveries::non_release_attested(&purchase.ticket))
				.then_some(RefundReason::NotReleased)
			},
			OfferState::Disputed { .. } | OfferState::Settled { .. } => None,
		}
	}

	pub(crate) fn do_settle(who: &T::AccountId, id: OfferId) -> DispatchResult {
		let offer = Offers::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		let is_buyer = offer.buyer == *who;
		match &offer.state {
			OfferState::Locked(purchase) => {
				let delivered_at = T::Deliveries::first_delivered_at(&purchase.ticket);
				let is_over = delivered_at
					.is_some_and(|at| Self::now() >= at.saturating_add(T::DisputeWindow::get()));
				ensure!(is_buyer || is_over, Error::<T>::NotYetSettleable);
				if delivered_at.is_some() {
					Self::count_delivery(&offer);
				}
			},
			OfferState::Disputed { .. } => ensure!(is_buyer, Error::<T>::NotYetSettleable),
			_ => return Err(Error::<T>::InvalidState.into()),
		}
		Self::pay_out(id, offer, Zero::zero())
	}

	pub(crate) fn do_dispute(
		who: &T::AccountId,
		id: OfferId,
		reason: DisputeReason,
		evidence: Commitment,
	) -> DispatchResult {
		let mut offer = Self::offer_of_buyer(who, &id)?;
		let OfferState::Locked(purchase) = offer.state else {
			return Err(Error::<T>::InvalidState.into());
		};
		let ends_at = Self::delivered_at(&purchase)?.saturating_add(T::DisputeWindow::get());
		ensure!(Self::now() < ends_at, Error::<T>::Expired);

		Self::count_delivery(&offer);
		offer.state = OfferState::Disputed { purchase, reason, evidence };
		Offers::<T>::insert(id, offer);
		Self::deposit_event(Event::Disputed { offer: id, reason });
		Ok(())
	}

	pub(crate) fn do_resolve(id: OfferId, to_buyer: Permill) -> DispatchResult {
		let offer = Offers::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		match &offer.state {
			OfferState::Disputed { .. } => {},
			OfferState::Locked(purchase) => {
				let silent_until = purchase.deadline.saturating_add(T::EscrowGrace::get());
				ensure!(
					Self::delivered_at(purchase).is_err() && Self::now() >= silent_until,
					Error::<T>::NotYetResolvable
				);
			},
			_ => return Err(Error::<T>::InvalidState.into()),
		}
		let refund = to_buyer.mul_floor(offer.price);
		if refund == offer.price {
			Self::give_back(id, offer, RefundReason::Resolved)
		} else {
			Self::pay_out(id, offer, refund)
		}
	}

	/// Ends an offer with all of its money back at the buyer.
	pub(crate) fn give_back(
		id: OfferId,
		offer: OfferOf<T>,
		reason: RefundReason,
	) -> DispatchResult {
		Self::lower_escrows(&offer);
		Self::remove(id, &offer);
		Self::release(&offer.asset, &offer.buyer, offer.price)?;
		Self::deposit_event(Event::Refunded { offer: id, amount: offer.price, reason });
		Ok(())
	}

	/// Ends an offer that was opened: `refund` goes back to the buyer, the rest is shared.
	fn pay_out(id: OfferId, mut offer: OfferOf<T>, refunded: BalanceOf<T>) -> DispatchResult {
		let purchase = *offer.state.purchase().ok_or(Error::<T>::InvalidState)?;
		let rest = offer.price.saturating_sub(refunded);
		let (seller, platform) = offer.shares(rest);

		Self::lower_escrows(&offer);
		Self::count(&offer.listing, |usage| usage.sales = usage.sales.saturating_add(1));
		offer.state = OfferState::Settled { purchase, rated: false };
		Offers::<T>::insert(id, &offer);
		Self::release(&offer.asset, &offer.buyer, refunded)?;
		Self::keep(&offer.asset, &offer.buyer, rest)?;
		Self::credit(&offer.seller, &offer.asset, seller);
		Self::credit(&T::Treasury::get(), &offer.asset, platform);
		Self::deposit_event(Event::Settled { offer: id, seller, platform, refunded });
		Ok(())
	}

	pub(crate) fn do_claim(who: T::AccountId, asset: AssetIdOf<T>) -> DispatchResult {
		let amount = Claimable::<T>::take(&who, &asset);
		ensure!(!amount.is_zero(), Error::<T>::NothingToClaim);

		Self::move_held(&asset, &Self::account(), &who, amount, Restriction::Free)?;
		Self::deposit_event(Event::Claimed { who, asset, amount });
		Ok(())
	}

	/// Makes `amount` of what the market keeps claimable by `who`.
	pub(crate) fn credit(who: &T::AccountId, asset: &AssetIdOf<T>, amount: BalanceOf<T>) {
		if amount.is_zero() {
			return;
		}
		// No more is claimable than the market keeps, and that is no more than there is.
		Claimable::<T>::mutate(who, asset, |claim| *claim = claim.saturating_add(amount));
		Earnings::<T>::mutate(who, asset, |total| *total = total.saturating_add(amount));
	}

	/// Moves what is held of `from` to the market's account, where it is held until it is claimed.
	pub(crate) fn keep(
		asset: &AssetIdOf<T>,
		from: &T::AccountId,
		amount: BalanceOf<T>,
	) -> DispatchResult {
		Self::move_held(asset, from, &Self::account(), amount, Restriction::OnHold)
	}

	/// Gives `who` back what is held of hers.
	pub(crate) fn release(
		asset: &AssetIdOf<T>,
		who: &T::AccountId,
		amount: BalanceOf<T>,
	) -> DispatchResult {
		if !amount.is_zero() {
			let reason = HoldReason::Escrow.into();
			T::Money::release(asset.clone(), &reason, who, amount, Precision::Exact)?;
		}
		Ok(())
	}

	/// What is held goes where it has to go, whatever else freezes the account.
	fn move_held(
		asset: &AssetIdOf<T>,
		from: &T::AccountId,
		to: &T::AccountId,
		amount: BalanceOf<T>,
		mode: Restriction,
	) -> DispatchResult {
		let reason = HoldReason::Escrow.into();
		let (exact, force) = (Precision::Exact, Fortitude::Force);
		T::Money::transfer_on_hold(asset.clone(), &reason, from, to, amount, exact, mode, force)
			.map(|_| ())
	}

	/// The account that keeps what was earned and not yet claimed.
	pub(crate) fn account() -> T::AccountId {
		T::PalletId::get().into_account_truncating()
	}

	fn count_delivery(offer: &OfferOf<T>) {
		Self::count(&offer.listing, |usage| {
			usage.deliveries = usage.deliveries.saturating_add(1);
		});
	}

	fn lower_escrows(offer: &OfferOf<T>) {
		let lower = |who: &T::AccountId, less: fn(&mut EscrowCount)| {
			Escrows::<T>::mutate_exists(who, |held| {
				let mut left = held.take().unwrap_or_default();
				less(&mut left);
				*held = Some(left).filter(|left| *left != EscrowCount::default());
			});
		};
		lower(&offer.seller, |held| held.as_payee = held.as_payee.saturating_sub(1));
		lower(&offer.buyer, |held| held.as_buyer = held.as_buyer.saturating_sub(1));
	}
}
