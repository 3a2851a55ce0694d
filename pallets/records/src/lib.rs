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
pub use types::{DepositOf, Record, RecordOf, RecordState, Version};
pub use weights::WeightInfo;

use frame_support::traits::{Consideration, Footprint, OriginTrait, UnixTime};
use salus_primitives::{
	audit::AuditAction,
	traits::{Acting, AuditTrail, Deposit, Participants, RecordBook, Sponsorship},
	Commitment, Moment, RecordId,
};

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

	/// The number of a record's first version.
	pub const FIRST_VERSION: u32 = 1;

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Consensus time. Suggested: `pallet_timestamp`.
		type Time: UnixTime;

		/// Who takes part. Suggested: `pallet_registry`.
		type Participants: Participants<Self::AccountId>;

		/// Whoever acts for a subject. Suggested: `pallet_registry::EnsureSubject`.
		type SubjectOrigin: EnsureOrigin<Self::RuntimeOrigin, Success = Acting<Self::AccountId>>;

		/// Who pays for those who have no tokens. Suggested: `pallet_registry`.
		type Sponsorship: Sponsorship<Self::AccountId>;

		/// The deposit for a record and its versions.
		type Consideration: Consideration<Self::AccountId, Footprint>;

		/// Where each anchor, revision and retirement is written down. Suggested: `pallet_audit`.
		type Audit: AuditTrail<Self::AccountId>;

		/// The most versions of one record. Suggested: 4,096. DO NOT REDUCE THIS VALUE: records
		/// above it could not be revised.
		#[pallet::constant]
		type MaxVersions: Get<u32>;

		/// The most segments of one version. Suggested: 256.
		#[pallet::constant]
		type MaxSegments: Get<u16>;

		/// What the calls weigh, the audit entry included.
		type WeightInfo: WeightInfo;
	}

	/// Every record ever anchored.
	#[pallet::storage]
	pub type Records<T: Config> = StorageMap<_, Identity, RecordId, RecordOf<T>, OptionQuery>;

	/// The versions of each record, at most [`Config::MaxVersions`], numbered from 1 without a gap.
	#[pallet::storage]
	pub type Versions<T: Config> =
		StorageDoubleMap<_, Identity, RecordId, Twox64Concat, u32, Version, OptionQuery>;

	/// The records of each owner.
	#[pallet::storage]
	pub type Owned<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, RecordId, (), OptionQuery>;

	/// Why money is held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// For a record and its versions.
		#[codec(index = 0)]
		Record,
	}

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// The first version of a record was anchored.
		Anchored {
			/// The record.
			record: RecordId,
			/// Its owner.
			owner: T::AccountId,
		},
		/// A further version of a record was anchored.
		Revised {
			/// The record.
			record: RecordId,
			/// The version that is now current.
			version: u32,
		},
		/// A record was retired.
		Retired {
			/// The record.
			record: RecordId,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The caller anchored a record with this salt already.
		AlreadyExists,
		/// The caller is not registered.
		NotRegistered,
		/// There is no such record.
		NotFound,
		/// The record is somebody else's.
		NotAuthorized,
		/// The version has no segments.
		EmptyRecord,
		/// The version has more segments than one may have.
		TooManySegments,
		/// The current version is not the expected one.
		VersionMismatch,
		/// The record has as many versions as one may have.
		MaxVersionsExceeded,
		/// The record was retired; it is not revised any more.
		Retired,
		/// The record was retired before.
		AlreadyRetired,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxVersions::get() >= FIRST_VERSION, "no record could be anchored");
			assert!(T::MaxSegments::get() > 0, "no record could be anchored");
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
		/// Anchors the first version of a new record of the caller. Its identifier is
		/// `RecordId::derive(caller, salt)`. O(1).
		///
		/// Emits [`Event::Anchored`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::anchor())]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			_: &[u8; 32],
			_: &Commitment,
			_: &u16,
		| -> bool { Pallet::<T>::is_sponsored(origin) })]
		pub fn anchor(
			origin: OriginFor<T>,
			salt: [u8; 32],
			manifest: Commitment,
			segments: u16,
		) -> DispatchResult {
			let Acting { subject: owner, actor } = T::SubjectOrigin::ensure_origin(origin)?;
			ensure!(T::Participants::role(&owner).is_some(), Error::<T>::NotRegistered);
			Self::ensure_segments(segments)?;
			let record = RecordId::derive(&owner, &salt);
			ensure!(!Records::<T>::contains_key(record), Error::<T>::AlreadyExists);

			Self::insert_record(&owner, &actor, record, manifest, segments)?;
			T::Audit::append(&owner, &actor, AuditAction::RecordAnchored { record });
			Self::deposit_event(Event::Anchored { record, owner });
			Ok(())
		}

		/// Anchors the version that follows `expected_version`, which must be the current one. By
		/// the owner. O(1).
		///
		/// Emits [`Event::Revised`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::revise())]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			_: &RecordId,
			_: &u32,
			_: &Commitment,
			_: &u16,
		| -> bool { Pallet::<T>::is_sponsored(origin) })]
		pub fn revise(
			origin: OriginFor<T>,
			record: RecordId,
			expected_version: u32,
			manifest: Commitment,
			segments: u16,
		) -> DispatchResult {
			let (acting, mut stored) = Self::ensure_owner(origin, &record)?;
			ensure!(stored.state == RecordState::Live, Error::<T>::Retired);
			ensure!(stored.version == expected_version, Error::<T>::VersionMismatch);
			Self::ensure_segments(segments)?;
			let version = expected_version
				.checked_add(1)
				.filter(|next| *next <= T::MaxVersions::get())
				.ok_or(Error::<T>::MaxVersionsExceeded)?;

			let now = Self::now();
			stored.version = version;
			stored.updated_at = now;
			let Deposit { payer, ticket } = stored.deposit;
			let ticket = ticket.update(&payer, Self::footprint(version))?;
			stored.deposit = Deposit { payer, ticket };
			Records::<T>::insert(record, stored);
			Versions::<T>::insert(
				record,
				version,
				Version { manifest, segments, anchored_at: now },
			);
			let action = AuditAction::RecordRevised { record, version };
			T::Audit::append(&acting.subject, &acting.actor, action);
			Self::deposit_event(Event::Revised { record, version });
			Ok(())
		}

		/// Retires a record: no version follows, and no access opens it. By the owner. O(1).
		///
		/// Emits [`Event::Retired`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::retire())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &RecordId| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn retire(origin: OriginFor<T>, record: RecordId) -> DispatchResult {
			let (acting, mut stored) = Self::ensure_owner(origin, &record)?;
			ensure!(stored.state == RecordState::Live, Error::<T>::AlreadyRetired);

			stored.state = RecordState::Retired;
			stored.updated_at = Self::now();
			Records::<T>::insert(record, stored);
			let action = AuditAction::RecordRetired { record };
			T::Audit::append(&acting.subject, &acting.actor, action);
			Self::deposit_event(Event::Retired { record });
			Ok(())
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The record with this identifier: its owner, current version, state and times.
		pub fn record(id: RecordId) -> Option<RecordOf<T>> {
			Records::<T>::get(id)
		}

		/// The version `number` of the record `id`; the first is 1.
		pub fn version(id: RecordId, number: u32) -> Option<Version> {
			Versions::<T>::get(id, number)
		}
	}

	impl<T: Config> Pallet<T> {
		/// The owner or her guardian, and the record.
		fn ensure_owner(
			origin: OriginFor<T>,
			record: &RecordId,
		) -> Result<(Acting<T::AccountId>, RecordOf<T>), DispatchError> {
			let acting = T::SubjectOrigin::ensure_origin(origin)?;
			let stored = Records::<T>::get(record).ok_or(Error::<T>::NotFound)?;
			ensure!(stored.owner == acting.subject, Error::<T>::NotAuthorized);
			Ok((acting, stored))
		}

		/// Whether a sponsor covers the next call of whoever signed.
		fn is_sponsored(origin: &OriginFor<T>) -> bool {
			matches!(
				origin.as_system_ref(),
				Some(frame_system::RawOrigin::Signed(who)) if T::Sponsorship::covers(who)
			)
		}

		/// What a record with so many versions occupies, its index included.
		pub(super) fn footprint(versions: u32) -> Footprint {
			let record = RecordOf::<T>::max_encoded_len()
				.saturating_add(T::AccountId::max_encoded_len())
				.saturating_add(RecordId::max_encoded_len().saturating_mul(2));
			let version = Version::max_encoded_len().saturating_add(RecordId::max_encoded_len());
			let versions = usize::try_from(versions).unwrap_or(usize::MAX);
			Footprint::from_parts(1, version.saturating_mul(versions).saturating_add(record))
		}

		fn ensure_segments(segments: u16) -> DispatchResult {
			ensure!(segments > 0, Error::<T>::EmptyRecord);
			ensure!(segments <= T::MaxSegments::get(), Error::<T>::TooManySegments);
			Ok(())
		}

		pub(super) fn insert_record(
			owner: &T::AccountId,
			actor: &T::AccountId,
			record: RecordId,
			manifest: Commitment,
			segments: u16,
		) -> DispatchResult {
			let now = Self::now();
			let payer = T::Sponsorship::payer(actor);
			let ticket = T::Consideration::new(&payer, Self::footprint(FIRST_VERSION))?;
			let stored = Record {
				owner: owner.clone(),
				version: FIRST_VERSION,
				state: RecordState::Live,
				created_at: now,
				updated_at: now,
				deposit: Deposit { payer, ticket },
			};
			let version = Version { manifest, segments, anchored_at: now };
			Records::<T>::insert(record, stored);
			Versions::<T>::insert(record, FIRST_VERSION, version);
			Owned::<T>::insert(owner, record, ());
			Ok(())
		}

		/// Consensus time.
		fn now() -> Moment {
			Moment::try_from(T::Time::now().as_millis()).unwrap_or(Moment::MAX)
		}
	}
}

impl<T: Config> RecordBook<T::AccountId> for Pallet<T> {
	fn owner(record: &RecordId) -> Option<T::AccountId> {
		Records::<T>::get(record).map(|stored| stored.owner)
	}

	fn is_live(record: &RecordId) -> bool {
		Records::<T>::get(record).is_some_and(|stored| stored.state == RecordState::Live)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn anchor_for_benchmark(owner: &T::AccountId) -> RecordId {
		let mut salt = [0; 32];
		let owned = Owned::<T>::iter_key_prefix(owner).count() as u64;
		salt[..8].copy_from_slice(&owned.to_le_bytes());
		let record = RecordId::derive(owner, &salt);
		T::Consideration::ensure_successful(owner, Self::footprint(FIRST_VERSION));
		Self::insert_record(owner, owner, record, Commitment([7; 32]), 1).expect("funded");
		record
	}
}
