// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![cfg_attr(
	not(any(test, feature = "runtime-benchmarks")),
	deny(
		clippy::arithmetic_side_effects,
		clippy::as_conversions,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::panic,
		clippy::unwrap_used
	)
)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "try-runtime", test))]
mod try_state;
mod types;
pub mod weights;

pub use pallet::*;
pub use types::{Credential, CredentialOf, Participant};
pub use weights::WeightInfo;

use alloc::vec::Vec;
use frame_support::traits::UnixTime;
use salus_primitives::{traits, EncryptionKey, Moment, Role};

// The macros make types without `Debug` that nobody sees, cast indices of variants, and expect what
// the runtime's own macro guarantees.
#[allow(missing_debug_implementations, clippy::as_conversions, clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;

	/// The version of what is stored.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(0);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Consensus time. Suggested: `pallet_timestamp`.
		type Time: UnixTime;

		/// Who appoints and dismisses registrars, and may withdraw any credential. Suggested: a
		/// council, or root.
		type RegistrarOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The most keys that one account registers over time; at least 2, so that a key can be
		/// rotated. Suggested: 64. DO NOT REDUCE THIS VALUE: accounts above it could not go on.
		#[pallet::constant]
		type MaxKeys: Get<u32>;

		/// The longest time for which a credential is issued, in milliseconds. Suggested: two years.
		#[pallet::constant]
		type MaxCredentialDuration: Get<Moment>;

		/// What the calls weigh.
		type WeightInfo: WeightInfo;
	}

	/// Who takes part.
	#[pallet::storage]
	pub type Participants<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, Participant, OptionQuery>;

	/// Every encryption key that an account registered, by version. At most [`Config::MaxKeys`] per
	/// account, numbered from 1 without a gap.
	#[pallet::storage]
	pub type Keys<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Twox64Concat,
		u32,
		EncryptionKey,
		OptionQuery,
	>;

	/// How many keys a dismissed registrar left behind; nothing for everybody else.
	#[pallet::storage]
	pub type KeysLeft<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

	/// The credentials of participants whose role needs one.
	#[pallet::storage]
	pub type Credentials<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, CredentialOf<T>, OptionQuery>;

	/// Participants and credentials from the first block on.
	#[pallet::genesis_config]
	#[derive(frame_support::DebugNoBound, frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Account, role, encryption key. Registrars are named here too.
		pub participants: Vec<(T::AccountId, Role, EncryptionKey)>,
		/// Holder, registrar, and the moment in which the credential is over.
		pub credentials: Vec<(T::AccountId, T::AccountId, Moment)>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			for (who, role, key) in &self.participants {
				assert!(!Participants::<T>::contains_key(who), "a participant is named twice");
				Pallet::<T>::insert_participant(who, *role, 1, key, 0);
			}
			for (who, registrar, expires_at) in &self.credentials {
				assert!(!Credentials::<T>::contains_key(who), "a credential is named twice");
				assert!(
					Participants::<T>::get(who).is_some_and(|p| p.role.needs_credential()),
					"a credential is given to one who needs none"
				);
				assert!(
					Participants::<T>::get(registrar).is_some_and(|p| p.role == Role::Registrar),
					"a credential is issued by one who is no registrar"
				);
				assert!(*expires_at > 0, "a credential is over from the start");
				let credential = Credential {
					registrar: registrar.clone(),
					issued_at: 0,
					expires_at: *expires_at,
				};
				Credentials::<T>::insert(who, credential);
			}
		}
	}

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An account took a role.
		Registered {
			/// The account.
			who: T::AccountId,
			/// Its role.
			role: Role,
		},
		/// A participant has a new encryption key.
		KeyRotated {
			/// The participant.
			who: T::AccountId,
			/// The version of the key that is now current.
			version: u32,
		},
		/// A registrar issued or renewed a credential.
		Verified {
			/// The holder.
			who: T::AccountId,
			/// The registrar.
			registrar: T::AccountId,
			/// The moment in which the credential is over.
			expires_at: Moment,
		},
		/// A credential was taken back.
		Withdrawn {
			/// Who held it.
			who: T::AccountId,
			/// The registrar who took it back; nothing when it was governance.
			registrar: Option<T::AccountId>,
		},
		/// An account became a registrar.
		RegistrarAppointed {
			/// The registrar.
			who: T::AccountId,
		},
		/// An account is a registrar no more.
		RegistrarDismissed {
			/// The former registrar.
			who: T::AccountId,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The account has a role already.
		AlreadyExists,
		/// The role is not taken by registering; it needs an appointment.
		AppointmentRequired,
		/// The caller is not registered.
		NotRegistered,
		/// The caller is not a registrar.
		NotAuthorized,
		/// There is no such participant, registrar or credential.
		NotFound,
		/// The role of the account counts without a credential.
		CredentialNotNeeded,
		/// The expiry is not in the future.
		Expired,
		/// The expiry is further away than a credential may last.
		ExpiryTooFar,
		/// The key is the current one already.
		KeyUnchanged,
		/// The account has registered as many keys as one account may.
		MaxKeysExceeded,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxKeys::get() >= 2, "a key could not be rotated");
			assert!(T::MaxCredentialDuration::get() > 0, "no credential could be issued");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(
			_: BlockNumberFor<T>,
		) -> Result<(), frame_support::sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Takes a role, with the first encryption key. O(1).
		///
		/// Emits [`Event::Registered`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register())]
		pub fn register(
			origin: OriginFor<T>,
			role: Role,
			encryption_key: EncryptionKey,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			ensure!(role.is_self_assigned(), Error::<T>::AppointmentRequired);
			Self::enrol(&who, role, &encryption_key)?;
			Self::deposit_event(Event::Registered { who, role });
			Ok(())
		}

		/// Makes `encryption_key` the caller's current key. Older keys stay readable. O(1).
		///
		/// Emits [`Event::KeyRotated`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::rotate_key())]
		pub fn rotate_key(origin: OriginFor<T>, encryption_key: EncryptionKey) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let mut participant = Participants::<T>::get(&who).ok_or(Error::<T>::NotRegistered)?;
			let current = Keys::<T>::get(&who, participant.key_version);
			ensure!(current.as_ref() != Some(&encryption_key), Error::<T>::KeyUnchanged);
			let version = Self::version_after(participant.key_version)?;

			participant.key_version = version;
			Participants::<T>::insert(&who, participant);
			Keys::<T>::insert(&who, version, encryption_key);
			Self::deposit_event(Event::KeyRotated { who, version });
			Ok(())
		}

		/// Issues a credential to `who` until `expires_at`, or renews it. By a registrar. O(1).
		///
		/// Emits [`Event::Verified`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::verify_participant())]
		pub fn verify(
			origin: OriginFor<T>,
			who: T::AccountId,
			expires_at: Moment,
		) -> DispatchResult {
			let registrar = Self::ensure_registrar(origin)?;
			let participant = Participants::<T>::get(&who).ok_or(Error::<T>::NotFound)?;
			ensure!(participant.role.needs_credential(), Error::<T>::CredentialNotNeeded);
			let issued_at = Self::now();
			ensure!(expires_at > issued_at, Error::<T>::Expired);
			ensure!(
				expires_at.saturating_sub(issued_at) <= T::MaxCredentialDuration::get(),
				Error::<T>::ExpiryTooFar
			);

			let credential = Credential { registrar: registrar.clone(), issued_at, expires_at };
			Credentials::<T>::insert(&who, credential);
			Self::deposit_event(Event::Verified { who, registrar, expires_at });
			Ok(())
		}

		/// Takes the credential of `who` back, whoever issued it. By a registrar or by
		/// [`Config::RegistrarOrigin`]. O(1).
		///
		/// Emits [`Event::Withdrawn`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(origin: OriginFor<T>, who: T::AccountId) -> DispatchResult {
			let registrar = match T::RegistrarOrigin::try_origin(origin) {
				Ok(_) => None,
				Err(origin) => Some(Self::ensure_registrar(origin)?),
			};
			ensure!(Credentials::<T>::contains_key(&who), Error::<T>::NotFound);

			Credentials::<T>::remove(&who);
			Self::deposit_event(Event::Withdrawn { who, registrar });
			Ok(())
		}

		/// Makes `who`, an account without a role, a registrar. By [`Config::RegistrarOrigin`].
		/// O(1).
		///
		/// Emits [`Event::RegistrarAppointed`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::appoint_registrar())]
		pub fn appoint_registrar(
			origin: OriginFor<T>,
			who: T::AccountId,
			encryption_key: EncryptionKey,
		) -> DispatchResult {
			T::RegistrarOrigin::ensure_origin(origin)?;
			Self::enrol(&who, Role::Registrar, &encryption_key)?;
			Self::deposit_event(Event::RegistrarAppointed { who });
			Ok(())
		}

		/// Ends the appointment of the registrar `who`; the account then has no role. Credentials
		/// that she issued hold on. By [`Config::RegistrarOrigin`]. O(1).
		///
		/// Emits [`Event::RegistrarDismissed`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::dismiss_registrar())]
		pub fn dismiss_registrar(origin: OriginFor<T>, who: T::AccountId) -> DispatchResult {
			T::RegistrarOrigin::ensure_origin(origin)?;
			let participant = Participants::<T>::get(&who)
				.filter(|participant| participant.role == Role::Registrar)
				.ok_or(Error::<T>::NotFound)?;

			KeysLeft::<T>::insert(&who, participant.key_version);
			Participants::<T>::remove(&who);
			Self::deposit_event(Event::RegistrarDismissed { who });
			Ok(())
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The role of `who`, the version of its current key, and when it registered.
		pub fn participant(who: T::AccountId) -> Option<Participant> {
			Participants::<T>::get(who)
		}

		/// The current encryption key of the participant `who`.
		pub fn encryption_key(who: T::AccountId) -> Option<EncryptionKey> {
			let version = Participants::<T>::get(&who)?.key_version;
			Keys::<T>::get(who, version)
		}

		/// The encryption key that `who` registered as `version`; the first is 1.
		pub fn key(who: T::AccountId, version: u32) -> Option<EncryptionKey> {
			Keys::<T>::get(who, version)
		}

		/// The credential of `who`, whether or not it is over.
		pub fn credential(who: T::AccountId) -> Option<CredentialOf<T>> {
			Credentials::<T>::get(who)
		}
	}

	impl<T: Config> Pallet<T> {
		/// The registrar who signed.
		fn ensure_registrar(origin: OriginFor<T>) -> Result<T::AccountId, DispatchError> {
			let who = ensure_signed(origin)?;
			let role = Participants::<T>::get(&who).map(|participant| participant.role);
			ensure!(role == Some(Role::Registrar), Error::<T>::NotAuthorized);
			Ok(who)
		}

		/// The version of the key that follows `version`.
		fn version_after(version: u32) -> Result<u32, Error<T>> {
			version
				.checked_add(1)
				.filter(|next| *next <= T::MaxKeys::get())
				.ok_or(Error::<T>::MaxKeysExceeded)
		}

		/// Gives `who` its role and its first or, after a dismissal, next key.
		fn enrol(who: &T::AccountId, role: Role, key: &EncryptionKey) -> DispatchResult {
			ensure!(!Participants::<T>::contains_key(who), Error::<T>::AlreadyExists);
			let version = Self::version_after(KeysLeft::<T>::get(who))?;

			KeysLeft::<T>::remove(who);
			Self::insert_participant(who, role, version, key, Self::now());
			Ok(())
		}

		pub(super) fn insert_participant(
			who: &T::AccountId,
			role: Role,
			key_version: u32,
			key: &EncryptionKey,
			registered_at: Moment,
		) {
			Keys::<T>::insert(who, key_version, key);
			Participants::<T>::insert(who, Participant { role, key_version, registered_at });
		}

		/// Consensus time.
		pub(super) fn now() -> Moment {
			Moment::try_from(T::Time::now().as_millis()).unwrap_or(Moment::MAX)
		}
	}
}

impl<T: Config> traits::Participants<T::AccountId> for Pallet<T> {
	fn role(who: &T::AccountId) -> Option<Role> {
		Participants::<T>::get(who).map(|participant| participant.role)
	}

	fn is_in_good_standing(who: &T::AccountId, now: Moment) -> bool {
		Self::role(who).is_some_and(|role| {
			!role.needs_credential()
				|| Credentials::<T>::get(who).is_some_and(|credential| credential.holds_at(now))
		})
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn admit_for_benchmark(who: &T::AccountId, role: Role) {
		Self::insert_participant(who, role, 1, &benchmarking::key(1), 0);
		if role.needs_credential() {
			let credential =
				Credential { registrar: who.clone(), issued_at: 0, expires_at: Moment::MAX };
			Credentials::<T>::insert(who, credential);
		}
	}
}
