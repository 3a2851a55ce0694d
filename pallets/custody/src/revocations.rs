// SPDX-License-Identifier: Apache-2.0
//! Who knows of revocations. State is kept only until everyone does.

use crate::*;
use frame_support::{ensure, sp_runtime::DispatchResult, BoundedVec};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_acknowledge_revocations(
		who: &T::AccountId,
		epoch: EpochId,
		consents: BoundedVec<(ConsentId, u32), T::MaxBatch>,
	) -> DispatchResult {
		let (committee, seat) = Self::ensure_seat(epoch, who)?;
		ensure!(committee.phase != Phase::Retired, Error::<T>::Retired);
		for (consent, version) in consents {
			if T::Revocations::revoked_version(&consent) != Some(version) {
				continue;
			}
			let mut seats = RevocationAcks::<T>::get(epoch, consent);
			if seats.insert(seat) {
				let event = Event::RevocationAcknowledged { consent, version, epoch, seat };
				Self::deposit_event(event);
			}
			// Somebody may have been suspended since the last one acknowledged.
			if seats.covers(committee.counted()) {
				RevocationAcks::<T>::remove(epoch, consent);
				Self::deposit_event(Event::RevocationComplete { consent, version, epoch });
			} else {
				RevocationAcks::<T>::insert(epoch, consent, seats);
			}
		}
		Ok(())
	}

	pub(crate) fn do_clear_revocations(epoch: EpochId, limit: u32) -> Result<(), Error<T>> {
		let committee = Epochs::<T>::get(epoch).ok_or(Error::<T>::NotFound)?;
		ensure!(committee.phase == Phase::Retired, Error::<T>::NotYetRetired);
		let limit = usize::try_from(limit).unwrap_or(usize::MAX);
		let removed = RevocationAcks::<T>::drain_prefix(epoch).take(limit).count();
		ensure!(removed > 0, Error::<T>::NotFound);
		Ok(())
	}
}
