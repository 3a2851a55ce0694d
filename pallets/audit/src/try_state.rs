// SPDX-License-Identifier: Apache-2.0
//! What must hold of the state at all times.

use crate::{BatchEntries, Config, Pallet, Trails};
use frame_support::{ensure, sp_runtime::TryRuntimeError};
use salus_primitives::audit::TrailHead;
use sp_runtime::traits::UniqueSaturatedInto;

impl<T: Config> Pallet<T> {
	/// Checks that
	/// - every trail has entries, a hash of its own, and was appended to in a block that there is;
	/// - every author who is counted wrote something.
	///
	/// # Errors
	/// The first invariant that does not hold.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let now: u32 = frame_system::Pallet::<T>::block_number().unique_saturated_into();
		for (subject, trail) in Trails::<T>::iter() {
			ensure!(trail.count > 0, "a trail has no entries");
			ensure!(trail.hash != TrailHead::start(&subject).hash, "a trail has no hash");
			ensure!(trail.block <= now, "a trail was appended to in the future");
		}
		ensure!(BatchEntries::<T>::iter_values().all(|count| count > 0), "an author wrote nothing");
		Ok(())
	}
}
