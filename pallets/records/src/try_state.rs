// SPDX-License-Identifier: Apache-2.0
//! What must hold of the state at all times.

use crate::{Config, Owned, Pallet, Records, Versions, FIRST_VERSION};
use frame_support::{ensure, sp_runtime::TryRuntimeError, traits::Get};

impl<T: Config> Pallet<T> {
	/// Checks that
	/// - each record has exactly the versions from the first to its current one, not too many, none
	///   empty, anchored one after the other within the record's life;
	/// - each record is among those of its owner, and nobody owns what does not exist.
	pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
		let (mut records, mut versions) = (0usize, 0usize);
		for (id, record) in Records::<T>::iter() {
			ensure!(
				(FIRST_VERSION..=T::MaxVersions::get()).contains(&record.version),
				"a record has no or too many versions"
			);
			let mut last = record.created_at;
			for number in FIRST_VERSION..=record.version {
				let version = Versions::<T>::get(id, number).ok_or("a version is missing")?;
				ensure!(version.segments > 0, "a version is empty");
				ensure!(version.anchored_at >= last, "a version is older than the one before it");
				last = version.anchored_at;
				versions = versions.saturating_add(1);
			}
			ensure!(last <= record.updated_at, "a version is younger than its record");
			ensure!(
				Owned::<T>::contains_key(&record.owner, id),
				"a record is not among its owner's"
			);
			records = records.saturating_add(1);
		}
		ensure!(Versions::<T>::iter_keys().count() == versions, "a version is of no record");
		ensure!(Owned::<T>::iter_keys().count() == records, "somebody owns what does not exist");
		Ok(())
	}
}
