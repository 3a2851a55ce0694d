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
mod extension;
mod guardian;
#[cfg(test)]
mod mock;
mod sponsorship;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "try-runtime", feature = "std"))]
mod try_state;
mod types;
pub mod weights;

pub use extension::ChargeSponsor;
pub use guardian::{EnsureSubject, GuardianOrigin};
pub use pallet::*;
pub use types::{
	Admission, AdmissionOf, Appointer, BalanceOf, Credential, CredentialOf, DepositOf,
	Guardianship, GuardianshipOf, Participant, Pool, PoolOf,
};
pub use weights::WeightInfo;

use alloc::{boxed::Box, vec::Vec};
use frame_support::traits::{fungible, Consideration, Footprint, InstanceFilter, UnixTime};
use salus_primitives::{
	traits::{self, Acting, Deposit, Sponsorship},
	ContentId, EncryptionKey, Moment, Role,
};
use sp_runtime::{traits::Dispatchable, Perbill};

// The macros make types without `Debug` that nobody sees, cast indices of variants, and expect what
// the runtime's own macro guarantees. A feeless condition takes arguments as the call declares them,
// boxes too.
#[allow(
	missing_debug_implementations,
	clippy::as_conversions,
	clippy::borrowed_box,
	clippy::expect_used
)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{
		dispatch::{GetDispatchInfo, PostDispatchInfo},
		pallet_prelude::*,
	};
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
		type RegistrarOrigin: EnsureOrigin<<Self as frame_system::Config>::RuntimeOrigin>;

		/// The most keys that one account registers over time; at least 2, so that a key can be
		/// rotated. Suggested: 64. DO NOT REDUCE THIS VALUE: accounts above it could not go on.
		#[pallet::constant]
		type MaxKeys: Get<u32>;

		/// The longest time for which a credential is issued, in milliseconds. Suggested: two years.
		#[pallet::constant]
		type MaxCredentialDuration: Get<Moment>;

		/// The calls of the runtime, which guardians make for their wards.
		type RuntimeCall: Parameter
			+ Dispatchable<
				RuntimeOrigin = <Self as Config>::RuntimeOrigin,
				PostInfo = PostDispatchInfo,
			> + GetDispatchInfo;

		/// The origins of the runtime, guardians among them.
		type RuntimeOrigin: From<GuardianOrigin<Self::AccountId>>;

		/// Whoever acts for a subject. Suggested: [`EnsureSubject`].
		type SubjectOrigin: EnsureOrigin<
			<Self as frame_system::Config>::RuntimeOrigin,
			Success = Acting<Self::AccountId>,
		>;

		/// What a guardian may be allowed. It must let nothing through but calls of health data
		/// that ask [`Config::SubjectOrigin`], and no transfer of money.
		///
		/// The default must allow every call of this pallet, for its benchmarks.
		type GuardianScope: Parameter
			+ Default
			+ MaxEncodedLen
			+ InstanceFilter<<Self as Config>::RuntimeCall>;

		/// The most guardians of one ward; at least 1. Suggested: 8.
		#[pallet::constant]
		type MaxGuardians: Get<u32>;

		/// The longest time for which a guardian is appointed, in milliseconds. Suggested: twenty
		/// years, from birth to majority.
		#[pallet::constant]
		type MaxGuardianship: Get<Moment>;

		/// Money. Suggested: `pallet_balances`.
		type Currency: fungible::MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ fungible::Inspect<Self::AccountId, Balance: From<u64>>;

		/// Why money is held.
		type RuntimeHoldReason: From<HoldReason>;

		/// The deposit for taking part.
		type Consideration: Consideration<Self::AccountId, Footprint>;

		/// What a sponsored call costs its sponsor.
		type CallPrice: Get<BalanceOf<Self>>;

		/// Where it goes. Suggested: where transaction fees go.
		type FeeDestination: Get<Self::AccountId>;

		/// The fewest calls that a sponsor pays for in advance.
		#[pallet::constant]
		type MinPool: Get<u32>;

		/// The most accounts that one sponsor admits.
		#[pallet::constant]
		type MaxAdmitted: Get<u32>;

		/// The most sponsored calls of one account on one day. Suggested: 100.
		#[pallet::constant]
		type AccountDailyCalls: Get<u16>;

		/// The most sponsored calls of all accounts of one sponsor on one day.
		#[pallet::constant]
		type SponsorDailyCalls: Get<u32>;

		/// The part of a block that calls of one sponsor may fill. Suggested: 5 %.
		#[pallet::constant]
		type SponsorBlockShare: Get<Perbill>;

		/// The part of a block that all sponsored calls may fill. Suggested: 25 %.
		#[pallet::constant]
		type BlockShare: Get<Perbill>;

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

	/// Registrars whose credentials count no more.
	#[pallet::storage]
	pub type Distrusted<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, (), OptionQuery>;

	/// The guardians of a ward, at most [`Config::MaxGuardians`].
	#[pallet::storage]
	pub type Guardianships<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Blake2_128Concat,
		T::AccountId,
		GuardianshipOf<T>,
		OptionQuery,
	>;

	/// How many guardians a ward has.
	#[pallet::storage]
	pub type GuardianCount<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

	/// Where a participant's contacts are, sealed to those who notify her.
	#[pallet::storage]
	pub type Contacts<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, ContentId, OptionQuery>;

	/// What was deposited for a participant.
	#[pallet::storage]
	pub type Deposits<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, DepositOf<T>, OptionQuery>;

	/// The calls that each sponsor paid for.
	#[pallet::storage]
	pub type Pools<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, PoolOf<T>, OptionQuery>;

	/// The accounts that a sponsor pays for.
	#[pallet::storage]
	pub type Admissions<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, AdmissionOf<T>, OptionQuery>;

	/// How far an account counted that went with the end of its admission, so that it never signs
	/// the same number twice.
	#[pallet::storage]
	pub type NoncesLeft<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, T::Nonce, OptionQuery>;

	/// What the sponsored calls of this block weigh.
	#[pallet::storage]
	#[pallet::whitelist_storage]
	pub type BlockUse<T: Config> = StorageValue<_, Weight, ValueQuery>;

	/// Why money is held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// For calls of those whom the account sponsors.
		#[codec(index = 0)]
		Sponsorship,
		/// For what is stored of a participant.
		#[codec(index = 1)]
		Participant,
	}

	/// The origin of what a guardian does for her ward.
	#[pallet::origin]
	pub type Origin<T> = GuardianOrigin<<T as frame_system::Config>::AccountId>;

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
			/// Whether the credentials that she issued still count.
			trusted: bool,
		},
		/// A participant left.
		Left {
			/// The account.
			who: T::AccountId,
		},
		/// A participant's contacts changed.
		ContactsChanged {
			/// The participant.
			who: T::AccountId,
		},
		/// A guardian was appointed, or her power changed.
		GuardianAppointed {
			/// For whom she may act.
			ward: T::AccountId,
			/// The guardian.
			guardian: T::AccountId,
			/// The moment in which her power ends.
			until: Moment,
		},
		/// A guardianship was ended.
		GuardianDismissed {
			/// The former ward.
			ward: T::AccountId,
			/// The former guardian.
			guardian: T::AccountId,
		},
		/// A guardian acted.
		Acted {
			/// For whom.
			ward: T::AccountId,
			/// The guardian.
			guardian: T::AccountId,
			/// Whether the call succeeded.
			result: DispatchResult,
		},
		/// A sponsor paid for calls in advance.
		PoolFunded {
			/// The sponsor.
			sponsor: T::AccountId,
			/// How many calls.
			calls: u32,
		},
		/// A sponsor took unused calls back.
		PoolReclaimed {
			/// The sponsor.
			sponsor: T::AccountId,
			/// How many calls.
			calls: u32,
		},
		/// Used calls were paid.
		PoolSettled {
			/// The sponsor.
			sponsor: T::AccountId,
			/// How many calls.
			calls: u32,
		},
		/// A sponsor pays for an account from now on.
		Admitted {
			/// The account.
			who: T::AccountId,
			/// The sponsor.
			sponsor: T::AccountId,
		},
		/// A sponsor pays for an account no more.
		AdmissionEnded {
			/// The account.
			who: T::AccountId,
			/// The former sponsor.
			sponsor: T::AccountId,
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
		/// The ward has as many guardians as one may have.
		MaxGuardiansExceeded,
		/// Nobody guards herself.
		SelfGuardian,
		/// The guardian's power does not reach this call.
		OutOfScope,
		/// Fewer calls than a pool must have, or than are left in it.
		PoolTooSmall,
		/// More calls than can be counted or paid.
		MaxCallsExceeded,
		/// The sponsor admitted as many accounts as one sponsor may.
		MaxAdmittedExceeded,
		/// Every used call was paid.
		NothingOwed,
		/// A registrar does not leave; she is dismissed.
		DismissalRequired,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxKeys::get() >= 2, "a key could not be rotated");
			assert!(T::MaxCredentialDuration::get() > 0, "no credential could be issued");
			assert!(T::MaxGuardians::get() > 0, "nobody could have a guardian");
			assert!(T::AccountDailyCalls::get() > 0, "nobody could be sponsored");
			assert!(
				T::SponsorBlockShare::get() <= T::BlockShare::get(),
				"one sponsor could take more than all"
			);
		}

		/// Pays for `on_finalize`.
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			T::DbWeight::get().writes(1)
		}

		// At the end, so that transactions are validated against an empty block.
		fn on_finalize(_: BlockNumberFor<T>) {
			BlockUse::<T>::kill();
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
		/// Takes a role, with the first encryption key. The deposit is the sponsor's, if there is
		/// one. O(1).
		///
		/// Emits [`Event::Registered`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &Role, _: &EncryptionKey| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn register(
			origin: OriginFor<T>,
			role: Role,
			encryption_key: EncryptionKey,
		) -> DispatchResult {
			let Acting { subject: who, actor } = T::SubjectOrigin::ensure_origin(origin)?;
			ensure!(role.is_self_assigned(), Error::<T>::AppointmentRequired);
			Self::enrol(&who, role, &encryption_key)?;
			Self::take_deposit(&who, &actor)?;
			Self::deposit_event(Event::Registered { who, role });
			Ok(())
		}

		/// Makes `encryption_key` the caller's current key. Older keys stay readable. O(1).
		///
		/// Emits [`Event::KeyRotated`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::rotate_key())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &EncryptionKey| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn rotate_key(origin: OriginFor<T>, encryption_key: EncryptionKey) -> DispatchResult {
			let Acting { subject: who, .. } = T::SubjectOrigin::ensure_origin(origin)?;
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
			// What she issued before would count again.
			ensure!(!Distrusted::<T>::contains_key(&who), Error::<T>::NotAuthorized);
			Self::enrol(&who, Role::Registrar, &encryption_key)?;
			Self::deposit_event(Event::RegistrarAppointed { who });
			Ok(())
		}

		/// Ends the appointment of the registrar `who`; the account then has no role. Credentials
		/// that she issued count on only when she is `trusted`. By [`Config::RegistrarOrigin`].
		/// O(1).
		///
		/// Emits [`Event::RegistrarDismissed`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::dismiss_registrar())]
		pub fn dismiss_registrar(
			origin: OriginFor<T>,
			who: T::AccountId,
			trusted: bool,
		) -> DispatchResult {
			T::RegistrarOrigin::ensure_origin(origin)?;
			let participant = Participants::<T>::get(&who)
				.filter(|participant| participant.role == Role::Registrar)
				.ok_or(Error::<T>::NotFound)?;

			KeysLeft::<T>::insert(&who, participant.key_version);
			Participants::<T>::remove(&who);
			if !trusted {
				Distrusted::<T>::insert(&who, ());
			}
			Self::deposit_event(Event::RegistrarDismissed { who, trusted });
			Ok(())
		}

		/// Leaves: the account has no role any more, its credential and contacts are gone, its
		/// deposit goes back to whoever paid it, and its admission ends. Its keys stay readable.
		/// O(1).
		///
		/// Emits [`Event::Left`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::leave())]
		#[pallet::feeless_if(|origin: &OriginFor<T>| -> bool { Pallet::<T>::is_sponsored(origin) })]
		pub fn leave(origin: OriginFor<T>) -> DispatchResult {
			let Acting { subject: who, .. } = T::SubjectOrigin::ensure_origin(origin)?;
			let participant = Participants::<T>::take(&who).ok_or(Error::<T>::NotRegistered)?;
			ensure!(participant.role != Role::Registrar, Error::<T>::DismissalRequired);

			KeysLeft::<T>::insert(&who, participant.key_version);
			Credentials::<T>::remove(&who);
			Contacts::<T>::remove(&who);
			if let Some(Deposit { payer, ticket }) = Deposits::<T>::take(&who) {
				ticket.drop(&payer)?;
			}
			if Admissions::<T>::contains_key(&who) {
				Self::end_admission(who.clone())?;
			}
			Self::deposit_event(Event::Left { who });
			Ok(())
		}

		/// Says where the participant's contacts are, sealed to those who notify her, or that there
		/// are none. O(1).
		///
		/// Emits [`Event::ContactsChanged`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::set_contacts())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &Option<ContentId>| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn set_contacts(origin: OriginFor<T>, contacts: Option<ContentId>) -> DispatchResult {
			let Acting { subject: who, .. } = T::SubjectOrigin::ensure_origin(origin)?;
			ensure!(Participants::<T>::contains_key(&who), Error::<T>::NotRegistered);

			Contacts::<T>::set(&who, contacts);
			Self::deposit_event(Event::ContactsChanged { who });
			Ok(())
		}

		/// Gives `guardian` the power to act for `ward` within `scope`, until `until`, or changes
		/// it. By the ward, or by a registrar for one who cannot decide; then `until` is the moment
		/// of her hand-over. What a registrar decided the ward does not change. O(1).
		///
		/// Emits [`Event::GuardianAppointed`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::appoint_guardian())]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			_: &T::AccountId,
			_: &T::AccountId,
			_: &T::GuardianScope,
			_: &Moment,
		| -> bool { Pallet::<T>::is_sponsored(origin) })]
		pub fn appoint_guardian(
			origin: OriginFor<T>,
			ward: T::AccountId,
			guardian: T::AccountId,
			scope: T::GuardianScope,
			until: Moment,
		) -> DispatchResult {
			let appointed_by = Self::ensure_appointer(origin, &ward)?;
			ensure!(ward != guardian, Error::<T>::SelfGuardian);
			ensure!(Participants::<T>::contains_key(&guardian), Error::<T>::NotFound);
			let appointed_at = Self::now();
			ensure!(until > appointed_at, Error::<T>::Expired);
			ensure!(
				until.saturating_sub(appointed_at) <= T::MaxGuardianship::get(),
				Error::<T>::ExpiryTooFar
			);
			match Guardianships::<T>::get(&ward, &guardian) {
				Some(current) => Self::ensure_may_end(&current, &appointed_by)?,
				None => GuardianCount::<T>::try_mutate(&ward, |count| {
					*count = count
						.checked_add(1)
						.filter(|count| *count <= T::MaxGuardians::get())
						.ok_or(Error::<T>::MaxGuardiansExceeded)?;
					Ok::<_, Error<T>>(())
				})?,
			}

			let guardianship = Guardianship { scope, appointed_by, appointed_at, until };
			Guardianships::<T>::insert(&ward, &guardian, guardianship);
			Self::deposit_event(Event::GuardianAppointed { ward, guardian, until });
			Ok(())
		}

		/// Ends a guardianship. By the guardian herself, by the ward who appointed her, by any
		/// registrar if one appointed her, and by anybody once it is over. O(1).
		///
		/// Emits [`Event::GuardianDismissed`].
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::dismiss_guardian())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &T::AccountId, _: &T::AccountId| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn dismiss_guardian(
			origin: OriginFor<T>,
			ward: T::AccountId,
			guardian: T::AccountId,
		) -> DispatchResult {
			let who = ensure_signed(origin.clone())?;
			let current = Guardianships::<T>::get(&ward, &guardian).ok_or(Error::<T>::NotFound)?;
			if who != guardian && Self::now() < current.until {
				let by = Self::ensure_appointer(origin, &ward)?;
				Self::ensure_may_end(&current, &by)?;
			}

			Guardianships::<T>::remove(&ward, &guardian);
			GuardianCount::<T>::mutate_exists(&ward, |count| {
				*count = count.and_then(|count| count.checked_sub(1)).filter(|count| *count > 0);
			});
			Self::deposit_event(Event::GuardianDismissed { ward, guardian });
			Ok(())
		}

		/// Makes `call` for `ward`. By her guardian, as far as her power reaches. The guardian
		/// pays. O(1) besides the call.
		///
		/// Emits [`Event::Acted`]; a failing call leaves nothing else behind.
		#[pallet::call_index(10)]
		#[pallet::weight({
			let info = call.get_dispatch_info();
			(T::WeightInfo::act_for().saturating_add(info.call_weight), info.class)
		})]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			_: &T::AccountId,
			_: &Box<<T as Config>::RuntimeCall>,
		| -> bool { Pallet::<T>::is_sponsored(origin) })]
		pub fn act_for(
			origin: OriginFor<T>,
			ward: T::AccountId,
			call: Box<<T as Config>::RuntimeCall>,
		) -> DispatchResult {
			let guardian = ensure_signed(origin)?;
			Self::ensure_guardian(&guardian, &ward, &call)?;

			let origin = GuardianOrigin { guardian: guardian.clone(), ward: ward.clone() };
			let result = call.dispatch(origin.into()).map(|_| ()).map_err(|error| error.error);
			Self::deposit_event(Event::Acted { ward, guardian, result });
			Ok(())
		}

		/// Pays for `calls` sponsored calls in advance; the caller is or becomes a sponsor. O(1).
		///
		/// Emits [`Event::PoolFunded`].
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::fund_pool())]
		pub fn fund_pool(origin: OriginFor<T>, calls: u32) -> DispatchResult {
			let sponsor = ensure_signed(origin)?;
			Self::do_fund(&sponsor, calls)?;
			Self::deposit_event(Event::PoolFunded { sponsor, calls });
			Ok(())
		}

		/// Takes back what was paid for `calls` that nobody used. O(1).
		///
		/// Emits [`Event::PoolReclaimed`].
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::reclaim_pool())]
		pub fn reclaim_pool(origin: OriginFor<T>, calls: u32) -> DispatchResult {
			let sponsor = ensure_signed(origin)?;
			Self::do_reclaim(&sponsor, calls)?;
			Self::deposit_event(Event::PoolReclaimed { sponsor, calls });
			Ok(())
		}

		/// Pays for the used calls of `sponsor`'s pool out of it. By anybody. O(1).
		///
		/// Emits [`Event::PoolSettled`].
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::settle_pool())]
		pub fn settle_pool(origin: OriginFor<T>, sponsor: T::AccountId) -> DispatchResult {
			ensure_signed(origin)?;
			let calls = Self::do_settle(&sponsor)?;
			Self::deposit_event(Event::PoolSettled { sponsor, calls });
			Ok(())
		}

		/// Admits an account: it exists from now on, without tokens, and the caller's pool pays for
		/// its calls. By a sponsor. O(1).
		///
		/// Emits [`Event::Admitted`].
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::admit())]
		pub fn admit(origin: OriginFor<T>, who: T::AccountId) -> DispatchResult {
			let sponsor = ensure_signed(origin)?;
			Self::do_admit(sponsor, who)
		}

		/// Ends the admission of an account. By its sponsor; the account itself leaves. O(1).
		///
		/// Emits [`Event::AdmissionEnded`].
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::expel())]
		pub fn expel(origin: OriginFor<T>, who: T::AccountId) -> DispatchResult {
			let sponsor = ensure_signed(origin)?;
			let admission = Admissions::<T>::get(&who).ok_or(Error::<T>::NotFound)?;
			ensure!(admission.sponsor == sponsor, Error::<T>::NotAuthorized);
			Self::end_admission(who)
		}

		/// Takes over the deposit for `who`: the caller pays it from now on, and whoever paid it
		/// gets it back. O(1).
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::take_over_deposit())]
		pub fn take_over_deposit(origin: OriginFor<T>, who: T::AccountId) -> DispatchResult {
			let payer = ensure_signed(origin)?;
			let old = Deposits::<T>::get(&who).ok_or(Error::<T>::NotFound)?;
			ensure!(old.payer != payer, Error::<T>::AlreadyExists);

			let ticket = T::Consideration::new(&payer, Self::footprint())?;
			Deposits::<T>::insert(&who, Deposit { payer, ticket });
			old.ticket.drop(&old.payer)
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

		/// The guardian's power over the ward, whether or not it is over.
		pub fn guardianship(
			ward: T::AccountId,
			guardian: T::AccountId,
		) -> Option<GuardianshipOf<T>> {
			Guardianships::<T>::get(ward, guardian)
		}

		/// Where the contacts of `who` are.
		pub fn contacts(who: T::AccountId) -> Option<ContentId> {
			Contacts::<T>::get(who)
		}

		/// How many more calls of `who` a sponsor covers today; nothing when nobody sponsors her.
		pub fn allowance(who: T::AccountId) -> Option<u32> {
			Self::calls_left(&who)
		}

		/// The pool of a sponsor.
		pub fn pool(sponsor: T::AccountId) -> Option<PoolOf<T>> {
			Pools::<T>::get(sponsor)
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

		/// Whether a sponsor covers the next call of whoever signed.
		pub(super) fn is_sponsored(origin: &OriginFor<T>) -> bool {
			match frame_support::traits::OriginTrait::as_system_ref(origin) {
				Some(frame_system::RawOrigin::Signed(who)) => <Self as Sponsorship<_>>::covers(who),
				_ => false,
			}
		}

		/// Who may decide over `ward`'s guardians: she herself, or a registrar.
		fn ensure_appointer(
			origin: OriginFor<T>,
			ward: &T::AccountId,
		) -> Result<Appointer<T::AccountId>, DispatchError> {
			let who = ensure_signed(origin.clone())?;
			if who == *ward {
				return Ok(Appointer::Ward);
			}
			Self::ensure_registrar(origin).map(Appointer::Registrar)
		}

		/// What a registrar decided only registrars change, and the other way round.
		fn ensure_may_end(
			current: &GuardianshipOf<T>,
			by: &Appointer<T::AccountId>,
		) -> Result<(), Error<T>> {
			let same = matches!(
				(&current.appointed_by, by),
				(Appointer::Ward, Appointer::Ward)
					| (Appointer::Registrar(_), Appointer::Registrar(_))
			);
			ensure!(same, Error::<T>::NotAuthorized);
			Ok(())
		}

		/// What a participant occupies: herself and one key.
		pub(super) fn footprint() -> Footprint {
			let bytes = Participant::max_encoded_len()
				.saturating_add(EncryptionKey::max_encoded_len())
				.saturating_add(T::AccountId::max_encoded_len());
			Footprint::from_parts(1, bytes)
		}

		/// Takes the deposit for `who` from whoever pays for `actor`.
		fn take_deposit(who: &T::AccountId, actor: &T::AccountId) -> DispatchResult {
			let payer = <Self as Sponsorship<_>>::payer(actor);
			let ticket = T::Consideration::new(&payer, Self::footprint())?;
			Deposits::<T>::insert(who, Deposit { payer, ticket });
			Ok(())
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
				|| Credentials::<T>::get(who).is_some_and(|credential| {
					credential.holds_at(now)
						&& !Distrusted::<T>::contains_key(&credential.registrar)
				})
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
