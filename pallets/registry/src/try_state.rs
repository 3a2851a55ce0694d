// SPDX-License-Identifier: Apache-2.0
//! What must hold of the state at all times.

use crate::{Config, Credentials, Keys, KeysLeft, Pallet, Participants};
use frame_support::{ensure, sp_runtime::TryRuntimeError, traits::Get};

impl<T: Config> Pallet<T> {
	/// Checks that
	/// - the keys of each account are numbered from 1 to its current version or, of a dismissed
	///   registrar, to the number of keys left behind, and nobody is both;
	/// - nobody has more keys than allowed, and nobody takes part without one;
	/// - every credential belongs to a participant who needs it and was not over when issued.
	pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut keys = 0usize;
		for (who, participant) in Participants::<T>::iter() {
			ensure!(!KeysLeft::<T>::contains_key(&who), "a participant has left keys behind");
			keys = keys.saturating_add(Self::count_keys(&who, participant.key_version)?);
		}
		for (who, left) in KeysLeft::<T>::iter() {
			keys = keys.saturating_add(Self::count_keys(&who, left)?);
		}
		ensure!(Keys::<T>::iter_keys().count() == keys, "a key belongs to nobody");

		for (who, credential) in Credentials::<T>::iter() {
			let role = Participants::<T>::get(&who).map(|participant| participant.role);
			ensure!(
				role.is_some_and(|role| role.needs_credential()),
				"a credential is held by one who needs none"
			);
			ensure!(
				credential.issued_at < credential.expires_at,
				"a credential was over when issued"
			);
		}
		Ok(())
	}

	fn count_keys(who: &T::AccountId, expected: u32) -> Result<usize, TryRuntimeError> {
		ensure!((1..=T::MaxKeys::get()).contains(&expected), "an account has too few or many keys");
		ensure!(
			(1..=expected).all(|version| Keys::<T>::contains_key(who, version)),
			"a version of a key is missing"
		);
		let found = Keys::<T>::iter_key_prefix(who).count();
		ensure!(usize::try_from(expected) == Ok(found), "an account has a key beyond the current");
		Ok(found)
	}
}
