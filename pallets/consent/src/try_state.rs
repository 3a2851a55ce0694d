// SPDX-License-Identifier: Apache-2.0
//! What must hold of the state at all times.

use crate::{ByGrantee, BySubject, Config, Consents, Pallet, State, Terms};
use frame_support::{ensure, sp_runtime::TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks that
	/// - every consent has two parties, a window, and terms that could be granted;
	/// - a consent was revoked by a change of its version;
	/// - both indices name every consent under its party, and nothing else.
	pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut count = 0usize;
		for (id, consent) in Consents::<T>::iter() {
			count = count.saturating_add(1);
			ensure!(consent.subject != consent.grantee, "a consent was granted to its subject");
			ensure!(!consent.window.is_empty(), "the window of a consent is empty");
			let least = match consent.state {
				State::Active => 1,
				State::Revoked => 2,
			};
			ensure!(consent.version >= least, "a consent changed without its version");
			if let Terms::Public(terms) = &consent.terms {
				Self::ensure_public(terms, &consent.window)
					.map_err(|_| "public terms could not be granted")?;
			}
			ensure!(
				BySubject::<T>::contains_key(&consent.subject, id),
				"a consent is not found by its subject"
			);
			ensure!(
				ByGrantee::<T>::contains_key(&consent.grantee, id),
				"a consent is not found by its grantee"
			);
		}
		ensure!(BySubject::<T>::iter_keys().count() == count, "an index by subject is left over");
		ensure!(ByGrantee::<T>::iter_keys().count() == count, "an index by grantee is left over");
		Ok(())
	}
}
