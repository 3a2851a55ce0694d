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
#[cfg(any(feature = "try-runtime", feature = "std"))]
mod try_state;
mod types;
pub mod weights;

pub use pallet::*;
pub use types::{DataTypes, DepositOf, Record, RecordOf, RecordState, Version};
pub use weights::WeightInfo;

use frame_support::traits::{Consideration, Footprint, OriginTrait, UnixTime};
use salus_primitives::{
	audit::AuditAction,
	custody::{Custody, Dealing},
	traits::{Acting, AuditTrail, Deposit, Participants, RecordBook, Sponsorship},
	Commitment, Moment, RecordId, Role,
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

		/// Where what happens to a record is written down. Suggested: `pallet_audit`.
		type Audit: AuditTrail<Self::AccountId>;

		/// Where the keys of segments are dealt to, and destroyed. Suggested: `pallet_custody`.
		type Custody: Custody<Self::AccountId, Self::Signature, Error: Into<DispatchError>>;

		/// What a custodian signs an acknowledgement with. Suggested: `MultiSignature`.
		type Signature: Parameter + MaxEncodedLen;

		/// The most versions of one record. Suggested: 4,096. DO NOT REDUCE THIS VALUE: records
		/// above it could not be revised.
		#[pallet::constant]
		type MaxVersions: Get<u32>;

		/// The most segments of one version. Suggested: 256.
		#[pallet::constant]
		type MaxSegments: Get<u16>;

		/// The most versions that one call removes; at least 1. Suggested: 64.
		#[pallet::constant]
		type MaxBatch: Get<u32>;

		/// How long an owner has to take what a provider put before her, in milliseconds.
		/// Suggested: 90 days.
		#[pallet::constant]
		type ProposalLifetime: Get<Moment>;

		/// How long after a record's retention ended its owner may still prolong it, in
		/// milliseconds. Suggested: 30 days.
		#[pallet::constant]
		type RetentionGrace: Get<Moment>;

		/// What the calls weigh, the audit entry included.
		type WeightInfo: WeightInfo;
	}

	/// The records that were anchored and not erased.
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

	/// The records that providers put before somebody who has not taken them.
	#[pallet::storage]
	pub type Proposals<T: Config> =
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
		/// A retired record lives again.
		Restored {
			/// The record.
			record: RecordId,
		},
		/// A provider put a record before somebody.
		Proposed {
			/// The record.
			record: RecordId,
			/// Whose it would be.
			owner: T::AccountId,
			/// Who did.
			provider: T::AccountId,
		},
		/// The owner took a record that was put before her.
		Accepted {
			/// The record.
			record: RecordId,
		},
		/// A record that was put before somebody is not taken.
		Declined {
			/// The record.
			record: RecordId,
		},
		/// The owner set until when a record is to be kept.
		RetentionSet {
			/// The record.
			record: RecordId,
			/// Until when, if not for good.
			until: Option<Moment>,
		},
		/// The owner said what kinds of data a record holds.
		DataTypesSet {
			/// The record.
			record: RecordId,
			/// Which.
			data_types: DataTypes,
		},
		/// A record is gone for good; custodians have to destroy their shares.
		ErasureStarted {
			/// The record.
			record: RecordId,
		},
		/// All that the chain kept of a record is removed.
		Erased {
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
		/// The record is not retired.
		NotRetired,
		/// The record was not put before its owner, or she has decided.
		NotProposed,
		/// The record was put before its owner: she has to take it first.
		NotAccepted,
		/// Only professionals and organisations with a credential put records before others.
		CredentialMissing,
		/// Whoever would own the record is not registered.
		OwnerNotRegistered,
		/// You need not put a record before yourself.
		SelfProposal,
		/// The time to decide is not over.
		NotYetLapsed,
		/// There is a committee of custodians: the keys have to be dealt to it first.
		DealingMissing,
		/// There is no committee of custodians to deal to.
		NoCommittee,
		/// The moment is past, or nearer than it has to be.
		InvalidRetention,
		/// The record is to be kept for longer.
		NotYetExpired,
		/// A bit of it means nothing.
		InvalidDataTypes,
		/// The record is being erased.
		Erasing,
		/// The record is not being erased.
		NotErasing,
		/// Custodians have not all destroyed their shares.
		NotYetErased,
		/// More than one call removes, or nothing.
		BatchOutOfRange,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxVersions::get() >= FIRST_VERSION, "no record could be anchored");
			assert!(T::MaxSegments::get() > 0, "no record could be anchored");
			assert!(T::MaxBatch::get() > 0, "no record could be cleared");
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
		/// `RecordId::derive(caller, salt)`. Where there is a committee of custodians, the keys were
		/// dealt to it and `dealing` holds its acknowledgements. O(acknowledgements).
		///
		/// Emits [`Event::Anchored`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::anchor(acknowledgements(dealing)))]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			_: &[u8; 32],
			_: &Commitment,
			_: &Commitment,
			_: &u16,
			_: &Option<Dealing<T::Signature>>,
		| -> bool { Pallet::<T>::is_sponsored(origin) })]
		pub fn anchor(
			origin: OriginFor<T>,
			salt: [u8; 32],
			manifest: Commitment,
			categories: Commitment,
			segments: u16,
			dealing: Option<Dealing<T::Signature>>,
		) -> DispatchResult {
			let Acting { subject: owner, actor } = T::SubjectOrigin::ensure_origin(origin)?;
			ensure!(T::Participants::role(&owner).is_some(), Error::<T>::NotRegistered);
			let record = Self::ensure_new(&owner, &salt)?;
			let version = Self::ensure_version(manifest, categories, segments)?;

			Self::deal(&owner, record, FIRST_VERSION, segments, dealing.as_ref())?;
			Self::insert_record(&owner, &actor, record, version, None)?;
			T::Audit::append(&owner, &actor, AuditAction::RecordAnchored { record });
			Self::deposit_event(Event::Anchored { record, owner });
			Ok(())
		}

		/// Anchors the version that follows `expected_version`, which must be the current one. By
		/// the owner. O(acknowledgements).
		///
		/// Emits [`Event::Revised`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::revise(acknowledgements(dealing)))]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			_: &RecordId,
			_: &u32,
			_: &Commitment,
			_: &Commitment,
			_: &u16,
			_: &Option<Dealing<T::Signature>>,
		| -> bool { Pallet::<T>::is_sponsored(origin) })]
		pub fn revise(
			origin: OriginFor<T>,
			record: RecordId,
			expected_version: u32,
			manifest: Commitment,
			categories: Commitment,
			segments: u16,
			dealing: Option<Dealing<T::Signature>>,
		) -> DispatchResult {
			let (acting, mut stored) = Self::ensure_owner(origin, &record)?;
			Self::ensure_kept(&stored)?;
			ensure!(stored.state == RecordState::Live, Error::<T>::Retired);
			ensure!(stored.version == expected_version, Error::<T>::VersionMismatch);
			let content = Self::ensure_version(manifest, categories, segments)?;
			let version = expected_version
				.checked_add(1)
				.filter(|next| *next <= T::MaxVersions::get())
				.ok_or(Error::<T>::MaxVersionsExceeded)?;

			Self::deal(&acting.subject, record, version, segments, dealing.as_ref())?;
			stored.version = version;
			stored.updated_at = content.anchored_at;
			let Deposit { payer, ticket } = stored.deposit;
			let ticket = ticket.update(&payer, Self::footprint(version))?;
			stored.deposit = Deposit { payer, ticket };
			Records::<T>::insert(record, stored);
			Versions::<T>::insert(record, version, content);
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
			let (acting, stored) = Self::ensure_owner(origin, &record)?;
			Self::ensure_kept(&stored)?;
			ensure!(stored.state == RecordState::Live, Error::<T>::AlreadyRetired);

			Self::change_state(record, stored, RecordState::Retired);
			let action = AuditAction::RecordRetired { record };
			T::Audit::append(&acting.subject, &acting.actor, action);
			Self::deposit_event(Event::Retired { record });
			Ok(())
		}

		/// Lets a retired record live again. By the owner. O(1).
		///
		/// Emits [`Event::Restored`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::restore())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &RecordId| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn restore(origin: OriginFor<T>, record: RecordId) -> DispatchResult {
			let (acting, stored) = Self::ensure_owner(origin, &record)?;
			Self::ensure_kept(&stored)?;
			ensure!(stored.state == RecordState::Retired, Error::<T>::NotRetired);

			Self::change_state(record, stored, RecordState::Live);
			let action = AuditAction::RecordRestored { record };
			T::Audit::append(&acting.subject, &acting.actor, action);
			Self::deposit_event(Event::Restored { record });
			Ok(())
		}

		/// Puts a new record before `owner`. It is hers once she takes it, and nothing opens it
		/// before. Its identifier is `RecordId::derive(caller, salt)`; the caller pays its deposit.
		///
		/// By a professional or an organisation in good standing. O(acknowledgements).
		///
		/// Emits [`Event::Proposed`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::propose(acknowledgements(dealing)))]
		pub fn propose(
			origin: OriginFor<T>,
			owner: T::AccountId,
			salt: [u8; 32],
			manifest: Commitment,
			categories: Commitment,
			segments: u16,
			dealing: Option<Dealing<T::Signature>>,
		) -> DispatchResult {
			let provider = ensure_signed(origin)?;
			ensure!(Self::is_provider(&provider), Error::<T>::CredentialMissing);
			ensure!(provider != owner, Error::<T>::SelfProposal);
			ensure!(T::Participants::role(&owner).is_some(), Error::<T>::OwnerNotRegistered);
			let record = Self::ensure_new(&provider, &salt)?;
			let version = Self::ensure_version(manifest, categories, segments)?;

			Self::deal(&owner, record, FIRST_VERSION, segments, dealing.as_ref())?;
			Self::insert_record(&owner, &provider, record, version, Some(provider.clone()))?;
			T::Audit::append(&owner, &provider, AuditAction::RecordProposed { record });
			Self::deposit_event(Event::Proposed { record, owner, provider });
			Ok(())
		}

		/// Takes a record that a provider put before the caller. O(1).
		///
		/// Emits [`Event::Accepted`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::accept())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &RecordId| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn accept(origin: OriginFor<T>, record: RecordId) -> DispatchResult {
			let (acting, stored) = Self::ensure_owner(origin, &record)?;
			ensure!(stored.state == RecordState::Proposed, Error::<T>::NotProposed);

			Proposals::<T>::remove(&acting.subject, record);
			Owned::<T>::insert(&acting.subject, record, ());
			Self::change_state(record, stored, RecordState::Live);
			let action = AuditAction::RecordAccepted { record };
			T::Audit::append(&acting.subject, &acting.actor, action);
			Self::deposit_event(Event::Accepted { record });
			Ok(())
		}

		/// Does not take a record that a provider put before the caller; it is erased. O(1).
		///
		/// Emits [`Event::Declined`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::decline())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &RecordId| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn decline(origin: OriginFor<T>, record: RecordId) -> DispatchResult {
			let (acting, stored) = Self::ensure_owner(origin, &record)?;
			ensure!(stored.state == RecordState::Proposed, Error::<T>::NotProposed);
			Self::do_decline(&acting.actor, record, stored);
			Ok(())
		}

		/// Erases a record that was put before somebody who has not decided in time, or that its
		/// provider takes back before she has. By anybody; by the provider at any time. O(1).
		///
		/// Emits [`Event::Declined`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::lapse())]
		pub fn lapse(origin: OriginFor<T>, record: RecordId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let stored = Records::<T>::get(record).ok_or(Error::<T>::NotFound)?;
			ensure!(stored.state == RecordState::Proposed, Error::<T>::NotProposed);
			let lapses_at = stored.created_at.saturating_add(T::ProposalLifetime::get());
			let may = stored.provider.as_ref() == Some(&who) || Self::now() >= lapses_at;
			ensure!(may, Error::<T>::NotYetLapsed);
			Self::do_decline(&who, record, stored);
			Ok(())
		}

		/// Sets until when a record is to be kept; `None` is for good. Once that moment and
		/// [`Config::RetentionGrace`] are over, anybody may have it erased. By the owner. O(1).
		///
		/// Emits [`Event::RetentionSet`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::set_retention())]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			_: &RecordId,
			_: &Option<Moment>,
		| -> bool { Pallet::<T>::is_sponsored(origin) })]
		pub fn set_retention(
			origin: OriginFor<T>,
			record: RecordId,
			until: Option<Moment>,
		) -> DispatchResult {
			let (_, mut stored) = Self::ensure_owner(origin, &record)?;
			Self::ensure_kept(&stored)?;
			ensure!(until.is_none_or(|until| until > Self::now()), Error::<T>::InvalidRetention);

			stored.keep_until = until;
			Records::<T>::insert(record, stored);
			Self::deposit_event(Event::RetentionSet { record, until });
			Ok(())
		}

		/// Says what kinds of data a record holds, for everyone to know; [`DataTypes::NONE`] says
		/// nothing. By the owner. O(1).
		///
		/// Emits [`Event::DataTypesSet`].
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::set_data_types())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &RecordId, _: &DataTypes| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn set_data_types(
			origin: OriginFor<T>,
			record: RecordId,
			data_types: DataTypes,
		) -> DispatchResult {
			let (_, mut stored) = Self::ensure_owner(origin, &record)?;
			Self::ensure_kept(&stored)?;
			ensure!(data_types.is_known(), Error::<T>::InvalidDataTypes);

			stored.data_types = data_types;
			Records::<T>::insert(record, stored);
			Self::deposit_event(Event::DataTypesSet { record, data_types });
			Ok(())
		}

		/// Erases a record for good: nothing opens it, and custodians have to destroy their shares
		/// of its keys. By the owner. O(1).
		///
		/// Emits [`Event::ErasureStarted`].
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::erase())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &RecordId| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn erase(origin: OriginFor<T>, record: RecordId) -> DispatchResult {
			let (acting, stored) = Self::ensure_owner(origin, &record)?;
			Self::ensure_kept(&stored)?;
			Self::start_erasure(&acting.actor, record, stored);
			Ok(())
		}

		/// Erases a record whose retention and [`Config::RetentionGrace`] are over. By anybody. O(1).
		///
		/// Emits [`Event::ErasureStarted`].
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::expire())]
		pub fn expire(origin: OriginFor<T>, record: RecordId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let stored = Records::<T>::get(record).ok_or(Error::<T>::NotFound)?;
			Self::ensure_kept(&stored)?;
			let until = stored.keep_until.ok_or(Error::<T>::NotYetExpired)?;
			let over = until.saturating_add(T::RetentionGrace::get());
			ensure!(Self::now() >= over, Error::<T>::NotYetExpired);
			Self::start_erasure(&who, record, stored);
			Ok(())
		}

		/// Removes up to `limit` versions of an erased record, the last first, once every custodian
		/// has destroyed its shares; with the first version goes the record, and the deposit goes
		/// back to whoever paid it. By anybody. O(limit).
		///
		/// Emits [`Event::Erased`] when nothing is left.
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::clear(*limit))]
		pub fn clear(origin: OriginFor<T>, record: RecordId, limit: u32) -> DispatchResult {
			let who = ensure_signed(origin)?;
			ensure!(limit > 0 && limit <= T::MaxBatch::get(), Error::<T>::BatchOutOfRange);
			let mut stored = Records::<T>::get(record).ok_or(Error::<T>::NotFound)?;
			ensure!(stored.state == RecordState::Erasing, Error::<T>::NotErasing);
			let destroyed = T::Custody::erasure_complete(&record) == Some(true);
			ensure!(destroyed, Error::<T>::NotYetErased);

			let last = stored.version;
			let left = last.saturating_sub(limit);
			for version in left.saturating_add(1)..=last {
				Versions::<T>::remove(record, version);
			}
			if left >= FIRST_VERSION {
				stored.version = left;
				Records::<T>::insert(record, stored);
				return Ok(());
			}
			Records::<T>::remove(record);
			let Deposit { payer, ticket } = stored.deposit;
			ticket.drop(&payer)?;
			T::Audit::append(&stored.owner, &who, AuditAction::ErasureCompleted { record });
			Self::deposit_event(Event::Erased { record });
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

		/// The identifier of a new record of `maker`. That of an erased one is not used again: what
		/// custodians have to destroy is known by it.
		fn ensure_new(maker: &T::AccountId, salt: &[u8; 32]) -> Result<RecordId, Error<T>> {
			let record = RecordId::derive(maker, salt);
			ensure!(!Records::<T>::contains_key(record), Error::<T>::AlreadyExists);
			let erased = T::Custody::erasure_complete(&record).is_some();
			ensure!(!erased, Error::<T>::AlreadyExists);
			Ok(record)
		}

		fn ensure_version(
			manifest: Commitment,
			categories: Commitment,
			segments: u16,
		) -> Result<Version, Error<T>> {
			ensure!(segments > 0, Error::<T>::EmptyRecord);
			ensure!(segments <= T::MaxSegments::get(), Error::<T>::TooManySegments);
			Ok(Version { manifest, categories, segments, anchored_at: Self::now() })
		}

		/// Whether the owner took the record and did not have it erased.
		fn ensure_kept(stored: &RecordOf<T>) -> Result<(), Error<T>> {
			match stored.state {
				RecordState::Live | RecordState::Retired => Ok(()),
				RecordState::Proposed => Err(Error::<T>::NotAccepted),
				RecordState::Erasing => Err(Error::<T>::Erasing),
			}
		}

		/// Whether `who` may put records before others.
		fn is_provider(who: &T::AccountId) -> bool {
			let role = T::Participants::role(who);
			matches!(role, Some(Role::Clinician | Role::Organisation))
				&& T::Participants::is_in_good_standing(who, Self::now())
		}

		/// Keeps the dealing of a version: there is one exactly when there is a committee.
		fn deal(
			owner: &T::AccountId,
			record: RecordId,
			version: u32,
			segments: u16,
			dealing: Option<&Dealing<T::Signature>>,
		) -> DispatchResult {
			match dealing {
				Some(dealing) if T::Custody::is_active() => {
					T::Custody::deal(owner, record, version, segments, dealing).map_err(Into::into)
				},
				Some(_) => Err(Error::<T>::NoCommittee.into()),
				None => {
					ensure!(!T::Custody::is_active(), Error::<T>::DealingMissing);
					Ok(())
				},
			}
		}

		fn change_state(record: RecordId, mut stored: RecordOf<T>, state: RecordState) {
			stored.state = state;
			stored.updated_at = Self::now();
			Records::<T>::insert(record, stored);
		}

		fn do_decline(actor: &T::AccountId, record: RecordId, stored: RecordOf<T>) {
			T::Audit::append(&stored.owner, actor, AuditAction::RecordDeclined { record });
			Self::deposit_event(Event::Declined { record });
			Self::start_erasure(actor, record, stored);
		}

		fn start_erasure(actor: &T::AccountId, record: RecordId, stored: RecordOf<T>) {
			T::Custody::start_erasure(record, stored.version, Self::now());
			Owned::<T>::remove(&stored.owner, record);
			Proposals::<T>::remove(&stored.owner, record);
			T::Audit::append(&stored.owner, actor, AuditAction::ErasureStarted { record });
			Self::change_state(record, stored, RecordState::Erasing);
			Self::deposit_event(Event::ErasureStarted { record });
		}

		/// Inserts a record with its first version: put before its owner when there is a provider,
		/// and otherwise hers.
		pub(super) fn insert_record(
			owner: &T::AccountId,
			actor: &T::AccountId,
			record: RecordId,
			version: Version,
			provider: Option<T::AccountId>,
		) -> DispatchResult {
			let payer = T::Sponsorship::payer(actor);
			let ticket = T::Consideration::new(&payer, Self::footprint(FIRST_VERSION))?;
			let state = if provider.is_some() { RecordState::Proposed } else { RecordState::Live };
			match state {
				RecordState::Proposed => Proposals::<T>::insert(owner, record, ()),
				_ => Owned::<T>::insert(owner, record, ()),
			}
			let stored = Record {
				owner: owner.clone(),
				version: FIRST_VERSION,
				state,
				data_types: DataTypes::NONE,
				provider,
				keep_until: None,
				created_at: version.anchored_at,
				updated_at: version.anchored_at,
				deposit: Deposit { payer, ticket },
			};
			Records::<T>::insert(record, stored);
			Versions::<T>::insert(record, FIRST_VERSION, version);
			Ok(())
		}

		/// Consensus time.
		pub(crate) fn now() -> Moment {
			Moment::try_from(T::Time::now().as_millis()).unwrap_or(Moment::MAX)
		}
	}
}

/// How many signatures a dealing bears.
fn acknowledgements<Signature>(dealing: &Option<Dealing<Signature>>) -> u32 {
	let signatures = dealing.as_ref().map_or(0, |dealing| dealing.acknowledgements.len());
	u32::try_from(signatures).unwrap_or(u32::MAX)
}

impl<T: Config> RecordBook<T::AccountId> for Pallet<T> {
	fn owner(record: &RecordId) -> Option<T::AccountId> {
		Records::<T>::get(record).map(|stored| stored.owner)
	}

	fn is_live(record: &RecordId) -> bool {
		Records::<T>::get(record).is_some_and(|stored| stored.state == RecordState::Live)
	}

	fn version(record: &RecordId) -> Option<u32> {
		Records::<T>::get(record).map(|stored| stored.version)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn anchor_for_benchmark(owner: &T::AccountId) -> RecordId {
		let mut salt = [0; 32];
		let owned = Owned::<T>::iter_key_prefix(owner).count() as u64;
		salt[..8].copy_from_slice(&owned.to_le_bytes());
		let record = RecordId::derive(owner, &salt);
		T::Consideration::ensure_successful(owner, Self::footprint(FIRST_VERSION));
		let version = Version {
			manifest: Commitment([7; 32]),
			categories: Commitment([8; 32]),
			segments: 1,
			anchored_at: Self::now(),
		};
		Self::insert_record(owner, owner, record, version, None).expect("funded");
		record
	}
}
