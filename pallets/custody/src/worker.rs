// SPDX-License-Identifier: Apache-2.0
//! What collators' workers do beside the blocks: marking tickets that were not answered.

use crate::*;
use frame_support::sp_runtime::offchain::storage::{StorageRetrievalError, StorageValueRef};
use frame_system::offchain::SubmitTransaction;

/// Where a worker keeps when it last looked.
const LAST_SWEEP: &[u8] = b"salus/custody/sweep";

/// How often a worker looks through the tickets, in milliseconds.
pub(crate) const SWEEP_INTERVAL: Moment = 60_000;

/// The most tickets that it marks at a time.
pub(crate) const SWEEP_LIMIT: usize = 16;

impl<T: Config> Pallet<T> {
	/// Submits a mark for tickets that expired without an answer of everyone.
	pub(crate) fn sweep(now: Moment) {
		if !Self::begin_sweep(now) {
			return;
		}
		let missed = T::Tickets::expired(now)
			.filter(|ticket| Self::ensure_missed(ticket, now).is_ok())
			.take(SWEEP_LIMIT);
		for ticket in missed {
			let call = Call::<T>::mark_missed { ticket };
			let extrinsic = T::create_authorized_transaction(call.into());
			// The pool refuses what another worker submitted; what is lost comes again.
			let _ = SubmitTransaction::<T, Call<T>>::submit_transaction(extrinsic);
		}
	}

	/// Whether it is time to look again; then nobody else on this machine does.
	fn begin_sweep(now: Moment) -> bool {
		let last = StorageValueRef::persistent(LAST_SWEEP);
		let begun = last.mutate(|stored: Result<Option<Moment>, StorageRetrievalError>| {
			// Time goes back when another fork becomes the best one.
			let is_due = match stored {
				Ok(Some(at)) => now < at || now >= at.saturating_add(SWEEP_INTERVAL),
				_ => true,
			};
			is_due.then_some(now).ok_or(())
		});
		begun.is_ok()
	}
}
