// SPDX-License-Identifier: Apache-2.0
//! Changes of what is stored, one for each storage version.

use crate::{Config, Pallet, PublicTerms, WeightInfo};
use codec::{Decode, Encode};
use core::marker::PhantomData;
use frame_support::{
	migrations::{MigrationId, SteppedMigration, SteppedMigrationError},
	pallet_prelude::StorageVersion,
	storage_alias,
	traits::GetStorageVersion,
	weights::WeightMeter,
	Identity,
};
use salus_policy::{
	Categories, Exception, Exceptions, Obligations, Purposes, ResearchTerms, Terms,
};
use salus_primitives::{ConsentId, DateWindow, Window};

/// What was stored in version 0.
pub(crate) mod v0 {
	use super::*;

	/// Public terms in which only purposes could be denied.
	#[derive(Clone, Debug, Encode, Decode)]
	pub(crate) struct Terms {
		/// Purposes permitted.
		pub(crate) permitted: Purposes,
		/// Purposes denied.
		pub(crate) denied: Purposes,
		/// Categories permitted.
		pub(crate) categories: Categories,
		/// When the grantee may act.
		pub(crate) act: Window,
		/// The dates that the data may bear.
		pub(crate) data: DateWindow,
		/// Data use terms.
		pub(crate) research: Option<ResearchTerms>,
		/// What goes with the data.
		pub(crate) obligations: Obligations,
	}

	/// The terms of the consents with public ones.
	#[storage_alias]
	pub(crate) type PublicTerms<T: Config> = StorageMap<Pallet<T>, Identity, ConsentId, Terms>;
}

impl From<v0::Terms> for Terms {
	fn from(old: v0::Terms) -> Self {
		let mut exceptions = Exceptions::new();
		if !old.denied.is_empty() {
			// The first of several always fits.
			let _ = exceptions.try_insert(Exception::of_purposes(old.denied));
		}
		Self {
			permitted: old.permitted,
			exceptions,
			categories: old.categories,
			act: old.act,
			data: old.data,
			research: old.research,
			obligations: old.obligations,
		}
	}
}

/// From version 0 to version 1: denied purposes become an exception. What was permitted and what
/// was denied stays so.
///
/// There may be more consents than one block can rewrite, so it goes in steps; until it is done,
/// nothing but what every block must hold is let in.
#[derive(Debug)]
pub struct ExceptDeniedPurposes<T>(PhantomData<T>);

impl<T: Config> SteppedMigration for ExceptDeniedPurposes<T> {
	/// The consent whose terms were rewritten last.
	type Cursor = ConsentId;
	type Identifier = MigrationId<14>;

	fn id() -> Self::Identifier {
		MigrationId { pallet_id: *b"pallet-consent", version_from: 0, version_to: 1 }
	}

	fn step(
		mut cursor: Option<Self::Cursor>,
		meter: &mut WeightMeter,
	) -> Result<Option<Self::Cursor>, SteppedMigrationError> {
		// A chain that began with version 1 runs this too, with its first upgrade.
		if Pallet::<T>::on_chain_storage_version() != 0 {
			return Ok(None);
		}
		let required = T::WeightInfo::migrate_public_terms();
		if !meter.can_consume(required) {
			return Err(SteppedMigrationError::InsufficientWeight { required });
		}
		while meter.try_consume(required).is_ok() {
			let mut entries = match cursor {
				Some(last) => {
					let key = v0::PublicTerms::<T>::hashed_key_for(last);
					v0::PublicTerms::<T>::iter_from(key)
				},
				None => v0::PublicTerms::<T>::iter(),
			};
			let Some((consent, terms)) = entries.next() else {
				StorageVersion::new(1).put::<Pallet<T>>();
				return Ok(None);
			};
			PublicTerms::<T>::insert(consent, Terms::from(terms));
			cursor = Some(consent);
		}
		Ok(cursor)
	}
}
