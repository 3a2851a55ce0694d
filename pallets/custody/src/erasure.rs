// SPDX-License-Identifier: Apache-2.0
//! Erasure: every custodian deletes its shares of a record and says so.

use crate::*;
use alloc::collections::BTreeMap;
use frame_support::{ensure, sp_runtime::DispatchResult, BoundedVec};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_start_erasure(record: RecordId, versions: u32, now: Moment) {
		if Erasures::<T>::contains_key(record) {
			return;
		}
		// An epoch from which a dealing moved on still holds shares of it until it is retired, so
		// that every live one is waited for, whatever points to it.
		let live = Live::<T>::get();
		let holders = live.active.into_iter().chain(live.draining).filter_map(|epoch| {
			let seats = Epochs::<T>::get(epoch)?.counted();
			(!seats.is_empty()).then_some(Pending { epoch, seats })
		});
		let pending = BoundedVec::truncate_from(holders.collect());
		let mut erasure = Erasure {
			started_at: now,
			versions,
			cleared: 0,
			pending,
			overdue: false,
			completed_at: None,
		};
		Self::deposit_event(Event::ErasureStarted { record });
		Self::complete(record, &mut erasure, now);
		Erasures::<T>::insert(record, erasure);
	}

	/// Completes an erasure for which nobody is waited any more.
	fn complete(record: RecordId, erasure: &mut Erasure, now: Moment) {
		if erasure.completed_at.is_none() && erasure.pending.is_empty() {
			erasure.completed_at = Some(now);
			Self::deposit_event(Event::Erased { record });
		}
	}

	pub(crate) fn do_acknowledge_erasure(
		who: &T::AccountId,
		epoch: EpochId,
		records: BoundedVec<RecordId, T::MaxBatch>,
	) -> DispatchResult {
		let (_, seat) = Self::ensure_seat(epoch, who)?;
		let now = Self::now();
		for record in records {
			let Some(mut erasure) = Erasures::<T>::get(record) else { continue };
			let mut holders = erasure.pending.iter_mut();
			let Some(pending) = holders.find(|pending| pending.epoch == epoch) else { continue };
			if !pending.seats.remove(seat) {
				continue;
			}
			erasure.pending.retain(|pending| !pending.seats.is_empty());
			Self::deposit_event(Event::ErasureAcknowledged { record, epoch, seat });
			Self::complete(record, &mut erasure, now);
			Erasures::<T>::insert(record, erasure);
		}
		Ok(())
	}

	/// Waits no longer for members who were suspended meanwhile, and for epochs that were retired.
	fn excuse(record: RecordId, erasure: &mut Erasure, now: Moment) {
		erasure.pending.iter_mut().for_each(|pending| {
			let expected = Epochs::<T>::get(pending.epoch)
				.filter(|epoch| epoch.phase != Phase::Retired)
				.map_or(Seats::EMPTY, |epoch| epoch.counted());
			pending.seats = pending.seats.intersection(expected);
		});
		erasure.pending.retain(|pending| !pending.seats.is_empty());
		Self::complete(record, erasure, now);
	}

	/// Returns the version up to which the dealings are removed.
	pub(crate) fn do_clear_erased(record: RecordId, limit: u32) -> Result<u32, Error<T>> {
		let mut erasure = Erasures::<T>::get(record).ok_or(Error::<T>::NotFound)?;
		Self::excuse(record, &mut erasure, Self::now());
		ensure!(erasure.completed_at.is_some(), Error::<T>::NotYetErased);

		let first = erasure.cleared.saturating_add(1);
		let last = erasure.cleared.saturating_add(limit).min(erasure.versions);
		let mut left = BTreeMap::<EpochId, u64>::new();
		for version in first..=last {
			let Some(dealing) = Dealings::<T>::take(record, version) else { continue };
			if dealing.contested {
				Complaints::<T>::remove(record, version);
			}
			let removed = left.entry(dealing.epoch).or_default();
			*removed = removed.saturating_add(1);
		}
		for (epoch, removed) in left {
			DealingCount::<T>::mutate(epoch, |dealings| {
				*dealings = dealings.saturating_sub(removed);
			});
		}
		erasure.cleared = last;
		Erasures::<T>::insert(record, erasure);
		Ok(last)
	}

	pub(crate) fn do_mark_erasure_overdue(record: RecordId) -> DispatchResult {
		let mut erasure = Erasures::<T>::get(record).ok_or(Error::<T>::NotFound)?;
		ensure!(erasure.completed_at.is_none(), Error::<T>::AlreadyErased);
		ensure!(!erasure.overdue, Error::<T>::AlreadyOverdue);
		let now = Self::now();
		let deadline = erasure.started_at.saturating_add(T::ErasureDeadline::get());
		ensure!(now >= deadline, Error::<T>::NotYetOverdue);

		Self::excuse(record, &mut erasure, now);
		if erasure.completed_at.is_none() {
			erasure.overdue = true;
			Self::deposit_event(Event::ErasureOverdue { record });
			for pending in &erasure.pending {
				Self::count_missed(pending.epoch, pending.seats);
			}
		}
		Erasures::<T>::insert(record, erasure);
		Ok(())
	}
}
