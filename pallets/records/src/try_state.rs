// SPDX-License-Identifier: Apache-2.0
//! What must hold of the state at all times.

use crate::{Config, Owned, Pallet, Proposals, RecordState, Records, Versions, FIRST_VERSION};
use frame_support::{ensure, sp_runtime::TryRuntimeError, traits::Get};
use salus_primitives::custody::Custody;

impl<T: Config> Pallet<T> {
	/// Checks that
	/// - each record has exactly the versions from the first to its current one, not too many, none
	///   empty, anchored one after the other within the record's life;
	/// - each record is among those of its owner, or among those put before her, or being erased, and
	///   nobody owns what does not exist;
	/// - custodians know of each record that is being erased, and of no other.
	///
	/// # Errors
	/// The first invariant that does not hold.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let (mut owned, mut proposed, mut versions) = (0usize, 0usize, 0usize);
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
			let erasing = T::Custody::erasure_complete(&id).is_some();
			ensure!(
				erasing == (record.state == RecordState::Erasing),
				"custodians and owner do not agree whether a record is erased"
			);
			ensure!(record.data_types.is_known(), "a kind of data means nothing");
			match record.state {
				RecordState::Live | RecordState::Retired => {
					let listed = Owned::<T>::contains_key(&record.owner, id);
					ensure!(listed, "a record is not among its owner's");
					owned = owned.saturating_add(1);
				},
				RecordState::Proposed => {
					let listed = Proposals::<T>::contains_key(&record.owner, id);
					ensure!(listed, "a record is not among those put before its owner");
					ensure!(record.provider.is_some(), "nobody put a record before its owner");
					proposed = proposed.saturating_add(1);
				},
				RecordState::Erasing => {},
			}
		}
		ensure!(Versions::<T>::iter_keys().count() == versions, "a version is of no record");
		ensure!(Owned::<T>::iter_keys().count() == owned, "somebody owns what does not exist");
		ensure!(
			Proposals::<T>::iter_keys().count() == proposed,
			"something is put before somebody that does not exist"
		);
		Ok(())
	}
}
