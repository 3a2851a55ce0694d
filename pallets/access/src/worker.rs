// SPDX-License-Identifier: Apache-2.0
//! What collators' workers do beside the blocks: saying which reviews are overdue.

use crate::*;
use alloc::vec::Vec;
use frame_support::sp_runtime::offchain::storage::{StorageRetrievalError, StorageValueRef};
use frame_system::offchain::SubmitTransaction;

/// Where a worker keeps when it last looked, and how far.
const LAST_SWEEP: &[u8] = b"salus/access/sweep";

/// How often a worker looks through the emergencies, in milliseconds.
pub(crate) const SWEEP_INTERVAL: Moment = 60_000;

/// The most emergencies that it looks at each time.
pub(crate) const SWEEP_LIMIT: usize = 64;

/// When a worker last looked, and after which emergency it goes on; none to begin anew.
type Sweep = (Moment, Option<EmergencyId>);

impl<T: Config> Pallet<T> {
	/// Submits for some of the emergencies that their review is overdue, for others the next time.
	pub(crate) fn sweep(now: Moment) {
		let place = StorageValueRef::persistent(LAST_SWEEP);
		let Some(after) = Self::begin_sweep(&place, now) else { return };
		let emergencies = match after {
			Some(id) => Emergencies::<T>::iter_keys_from_key(id),
			None => Emergencies::<T>::iter_keys(),
		};
		let seen: Vec<_> = emergencies.take(SWEEP_LIMIT).collect();
		for id in seen.iter().filter(|id| Self::ensure_overdue(id, now).is_ok()) {
			let call = Call::<T>::escalate_review { emergency: *id };
			let extrinsic = T::create_authorized_transaction(call.into());
			// The pool refuses what another worker submitted; what is lost comes again.
			let _ = SubmitTransaction::<T, Call<T>>::submit_transaction(extrinsic);
		}
		let next: Sweep = (now, seen.get(SWEEP_LIMIT.saturating_sub(1)).copied());
		place.set(&next);
	}

	/// After which emergency to go on, when it is time to look again; then nobody else on this
	/// machine does.
	fn begin_sweep(place: &StorageValueRef<'_>, now: Moment) -> Option<Option<EmergencyId>> {
		let begun = place.mutate(|stored: Result<Option<Sweep>, StorageRetrievalError>| {
			// Time goes back when another fork becomes the best one.
			match stored {
				Ok(Some((at, after))) if now < at || now >= at.saturating_add(SWEEP_INTERVAL) => {
					Ok((now, after))
				},
				Ok(Some(_)) => Err(()),
				_ => Ok((now, None)),
			}
		});
		begun.ok().map(|(_, after)| after)
	}
}
