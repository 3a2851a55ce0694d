// SPDX-License-Identifier: Apache-2.0
//! What must hold of the state at all times.

use crate::{Config, Entries, Pallet, Trails};
use frame_support::{ensure, sp_runtime::TryRuntimeError, traits::Get};

impl<T: Config> Pallet<T> {
	/// Checks of each trail that
	/// - it has entries, and its window is neither empty nor too long;
	/// - the window holds exactly the entries from the oldest kept to the last, each at its index;
	/// - they give the head, from the hash before the oldest.
	pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut kept = 0u64;
		for (subject, trail) in Trails::<T>::iter() {
			ensure!(trail.oldest_kept < trail.count, "a trail has no entries");
			ensure!(trail.kept() <= T::MaxKept::get().into(), "a window is too long");
			let mut hash = trail.before_oldest;
			for index in trail.oldest_kept..trail.count {
				let entry = Entries::<T>::get(&subject, index).ok_or("an entry is missing")?;
				ensure!(entry.index == index, "an entry is not at its index");
				hash = hash.then(&entry);
			}
			ensure!(hash == trail.head, "the entries do not give the head");
			kept = kept.saturating_add(trail.kept());
		}
		let found = Entries::<T>::iter_keys().count();
		ensure!(u64::try_from(found) == Ok(kept), "an entry is outside of every window");
		Ok(())
	}
}
