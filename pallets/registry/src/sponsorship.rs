// SPDX-License-Identifier: Apache-2.0
//! Sponsored calls: who pays for those who have no tokens, and how much of it there may be.

use crate::{
	Admissions, BalanceOf, BlockUse, Config, Error, Event, HoldReason, NoncesLeft, Pallet, PoolOf,
	Pools,
};
use frame_support::{
	ensure,
	pallet_prelude::{DispatchResult, Weight},
	traits::{
		fungible::MutateHold,
		tokens::{Fortitude, Precision, Restriction},
		Get,
	},
};
use frame_system::Pallet as System;
use salus_primitives::{traits::Sponsorship, Moment};
use sp_runtime::{
	traits::{CheckedAdd, CheckedMul, CheckedSub, Zero},
	DispatchError, Perbill, Perquintill,
};

const DAY: Moment = 86_400_000;

impl<T: Config> Pallet<T> {
	/// The day of consensus time, since 1970.
	pub(crate) fn today() -> u32 {
		u32::try_from(Self::now().saturating_div(DAY)).unwrap_or(u32::MAX)
	}

	pub(crate) fn do_fund(sponsor: &T::AccountId, calls: u32) -> DispatchResult {
		let mut pool = Pools::<T>::get(sponsor).unwrap_or_default();
		let price = Self::price(calls)?;
		pool.credit = pool.credit.checked_add(calls).ok_or(Error::<T>::MaxCallsExceeded)?;
		pool.held = pool.held.checked_add(&price).ok_or(Error::<T>::MaxCallsExceeded)?;
		ensure!(pool.credit >= T::MinPool::get(), Error::<T>::PoolTooSmall);
		Pools::<T>::insert(sponsor, pool);
		T::Currency::hold(&HoldReason::Sponsorship.into(), sponsor, price)
	}

	pub(crate) fn do_reclaim(sponsor: &T::AccountId, calls: u32) -> DispatchResult {
		let mut pool = Pools::<T>::get(sponsor).ok_or(Error::<T>::NotFound)?;
		let amount = Self::part(&pool, calls);
		pool.credit = pool.credit.checked_sub(calls).ok_or(Error::<T>::PoolTooSmall)?;
		pool.held = pool.held.checked_sub(&amount).ok_or(Error::<T>::PoolTooSmall)?;
		Self::put_pool(sponsor, pool);
		T::Currency::release(&HoldReason::Sponsorship.into(), sponsor, amount, Precision::Exact)
			.map(|_| ())
	}

	/// Moves what used calls cost to where fees go.
	pub(crate) fn do_settle(sponsor: &T::AccountId) -> Result<u32, DispatchError> {
		let mut pool = Pools::<T>::get(sponsor).ok_or(Error::<T>::NotFound)?;
		let calls = pool.owed;
		ensure!(calls > 0, Error::<T>::NothingOwed);
		let amount = Self::part(&pool, calls);
		pool.held = pool.held.checked_sub(&amount).ok_or(Error::<T>::NothingOwed)?;
		pool.owed = 0;
		Self::put_pool(sponsor, pool);
		T::Currency::transfer_on_hold(
			&HoldReason::Sponsorship.into(),
			sponsor,
			&T::FeeDestination::get(),
			amount,
			Precision::Exact,
			Restriction::Free,
			Fortitude::Force,
		)?;
		Ok(calls)
	}

	/// What of the pool was paid for so many of its calls, whatever a call costs today.
	fn part(pool: &PoolOf<T>, calls: u32) -> BalanceOf<T> {
		let all = u64::from(pool.credit).saturating_add(u64::from(pool.owed));
		Perquintill::from_rational(u64::from(calls), all).mul_floor(pool.held)
	}

	/// Keeps the pool as long as something is in it or somebody relies on it.
	fn put_pool(sponsor: &T::AccountId, pool: PoolOf<T>) {
		if pool.held.is_zero() && pool.admitted == 0 {
			Pools::<T>::remove(sponsor);
		} else {
			Pools::<T>::insert(sponsor, pool);
		}
	}

	fn price(calls: u32) -> Result<BalanceOf<T>, Error<T>> {
		T::CallPrice::get().checked_mul(&calls.into()).ok_or(Error::<T>::MaxCallsExceeded)
	}

	pub(crate) fn do_admit(sponsor: T::AccountId, who: T::AccountId) -> DispatchResult {
		ensure!(!Admissions::<T>::contains_key(&who), Error::<T>::AlreadyExists);
		Pools::<T>::try_mutate(&sponsor, |pool| {
			let pool = pool.as_mut().ok_or(Error::<T>::NotFound)?;
			pool.admitted = pool
				.admitted
				.checked_add(1)
				.filter(|admitted| *admitted <= T::MaxAdmitted::get())
				.ok_or(Error::<T>::MaxAdmittedExceeded)?;
			Ok::<_, Error<T>>(())
		})?;
		System::<T>::inc_sufficients(&who);
		// An account that comes back goes on counting: what it signed before stays used.
		if let Some(left) = NoncesLeft::<T>::take(&who) {
			frame_system::Account::<T>::mutate(&who, |account| {
				account.nonce = account.nonce.max(left);
			});
		}
		let admission = crate::Admission { sponsor: sponsor.clone(), day: 0, used_today: 0 };
		Admissions::<T>::insert(&who, admission);
		Self::deposit_event(Event::Admitted { who, sponsor });
		Ok(())
	}

	/// Ends an admission: the reference is dropped, and with it an account that has nothing else.
	pub(crate) fn end_admission(who: T::AccountId) -> DispatchResult {
		let admission = Admissions::<T>::take(&who).ok_or(Error::<T>::NotFound)?;
		if let Some(mut pool) = Pools::<T>::get(&admission.sponsor) {
			pool.admitted = pool.admitted.saturating_sub(1);
			Self::put_pool(&admission.sponsor, pool);
		}
		let nonce = System::<T>::account_nonce(&who);
		System::<T>::dec_sufficients(&who);
		if !nonce.is_zero() && !frame_system::Account::<T>::contains_key(&who) {
			NoncesLeft::<T>::insert(&who, nonce);
		}
		Self::deposit_event(Event::AdmissionEnded { who, sponsor: admission.sponsor });
		Ok(())
	}

	/// How many more calls of `who` a sponsor covers today.
	pub(crate) fn calls_left(who: &T::AccountId) -> Option<u32> {
		let admission = Admissions::<T>::get(who)?;
		let pool = Pools::<T>::get(&admission.sponsor)?;
		let today = Self::today();
		let own = if admission.day == today { admission.used_today } else { 0 };
		let all = if pool.day == today { pool.used_today } else { 0 };
		let left = T::AccountDailyCalls::get().saturating_sub(own);
		Some(u32::from(left).min(T::SponsorDailyCalls::get().saturating_sub(all)).min(pool.credit))
	}

	/// Whether a call of this weight still has room in the block, for its sponsor and for all.
	pub(crate) fn has_room(who: &T::AccountId, weight: Weight) -> bool {
		let Some(admission) = Admissions::<T>::get(who) else { return false };
		let Some(pool) = Pools::<T>::get(&admission.sponsor) else { return false };
		let used = if pool.block == System::<T>::block_number() {
			pool.used_in_block
		} else {
			Weight::zero()
		};
		used.saturating_add(weight).all_lte(Self::share(T::SponsorBlockShare::get()))
			&& BlockUse::<T>::get()
				.saturating_add(weight)
				.all_lte(Self::share(T::BlockShare::get()))
	}

	fn share(of: Perbill) -> Weight {
		let block = T::BlockWeights::get().max_block;
		Weight::from_parts(of.mul_floor(block.ref_time()), of.mul_floor(block.proof_size()))
	}

	/// Charges a call to the account's day, and to its sponsor's pool and day.
	pub(crate) fn spend(who: &T::AccountId, weight: Weight) {
		let today = Self::today();
		Admissions::<T>::mutate(who, |admission| {
			let Some(admission) = admission else { return };
			if admission.day != today {
				admission.day = today;
				admission.used_today = 0;
			}
			admission.used_today = admission.used_today.saturating_add(1);
			Pools::<T>::mutate(&admission.sponsor, |pool| {
				if let Some(pool) = pool {
					Self::charge(pool, today, weight);
				}
			});
		});
		BlockUse::<T>::mutate(|used| used.saturating_accrue(weight));
	}

	fn charge(pool: &mut PoolOf<T>, today: u32, weight: Weight) {
		pool.credit = pool.credit.saturating_sub(1);
		pool.owed = pool.owed.saturating_add(1);
		if pool.day != today {
			pool.day = today;
			pool.used_today = 0;
		}
		pool.used_today = pool.used_today.saturating_add(1);
		let block = System::<T>::block_number();
		if pool.block != block {
			pool.block = block;
			pool.used_in_block = Weight::zero();
		}
		pool.used_in_block.saturating_accrue(weight);
	}
}

impl<T: Config> Sponsorship<T::AccountId> for Pallet<T> {
	fn covers(who: &T::AccountId) -> bool {
		Self::calls_left(who).is_some_and(|left| left > 0)
	}

	fn payer(who: &T::AccountId) -> T::AccountId {
		Admissions::<T>::get(who).map_or_else(|| who.clone(), |admission| admission.sponsor)
	}
}
