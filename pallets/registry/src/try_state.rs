// SPDX-License-Identifier: Apache-2.0
//! What must hold of the state at all times.

use crate::{
	Admissions, Config, Credentials, Deposits, GuardianCount, Guardianships, HoldReason, Keys,
	KeysLeft, NoncesLeft, Pallet, Participants, Pools,
};
use alloc::collections::BTreeMap;
use frame_support::{
	ensure,
	sp_runtime::TryRuntimeError,
	traits::{fungible::InspectHold, Get},
};

impl<T: Config> Pallet<T> {
	/// Checks that
	/// - the keys of each account are numbered from 1 to its current version or, of a dismissed
	///   registrar, to the number of keys left behind, and nobody is both;
	/// - nobody has more keys than allowed, and nobody takes part without one;
	/// - every credential belongs to a participant who needs it and was not over when issued;
	/// - every ward has as many guardians as counted, not too many, and none is she herself;
	/// - every deposit is that of a participant;
	/// - every admitted account has its reference and a sponsor, who counts it;
	/// - what pools hold is held, and what is owed was paid in advance.
	///
	/// # Errors
	/// The first invariant that does not hold.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
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
		Self::check_guardians()?;
		Self::check_sponsors()?;
		ensure!(
			Deposits::<T>::iter_keys().all(Participants::<T>::contains_key),
			"a deposit is for nobody"
		);
		Ok(())
	}

	fn check_guardians() -> Result<(), TryRuntimeError> {
		let mut counts = BTreeMap::<T::AccountId, u32>::new();
		for (ward, guardian, power) in Guardianships::<T>::iter() {
			ensure!(ward != guardian, "somebody guards herself");
			ensure!(power.appointed_at < power.until, "a guardianship was over when it began");
			let count = counts.entry(ward).or_default();
			*count = count.saturating_add(1);
		}
		ensure!(
			counts.values().all(|count| *count <= T::MaxGuardians::get()),
			"a ward has too many guardians"
		);
		let counted: BTreeMap<_, _> = GuardianCount::<T>::iter().collect();
		ensure!(counted == counts, "the guardians of a ward are miscounted");
		Ok(())
	}

	fn check_sponsors() -> Result<(), TryRuntimeError> {
		let mut admitted = BTreeMap::<T::AccountId, u32>::new();
		for (who, admission) in Admissions::<T>::iter() {
			let account = frame_system::Account::<T>::get(&who);
			ensure!(account.sufficients > 0, "an admitted account has no reference");
			ensure!(!NoncesLeft::<T>::contains_key(&who), "an admitted account left");
			let count = admitted.entry(admission.sponsor).or_default();
			*count = count.saturating_add(1);
		}
		for (sponsor, pool) in Pools::<T>::iter() {
			let counted = admitted.remove(&sponsor).unwrap_or_default();
			ensure!(pool.admitted == counted, "a sponsor's accounts are miscounted");
			ensure!(pool.admitted <= T::MaxAdmitted::get(), "a sponsor admitted too many");
			let held = T::Currency::balance_on_hold(&HoldReason::Sponsorship.into(), &sponsor);
			ensure!(held == pool.held, "a pool holds other than what is held");
		}
		ensure!(admitted.is_empty(), "an account is admitted by one who has no pool");
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
