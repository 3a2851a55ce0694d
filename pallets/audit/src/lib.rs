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
pub mod weights;

pub use pallet::*;
pub use weights::WeightInfo;

use frame_support::{ensure, traits::UnixTime};
use salus_primitives::{
	audit::{AuditAction, AuditEntry, ChainHash, TrailHead},
	batch::{Batch, BatchRoot, MAX_BATCH},
	traits::{AuditTrail, Participants, TrailLength},
	Moment, Role,
};
use sp_runtime::traits::UniqueSaturatedInto;

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

		/// Who takes part. Suggested: `pallet_registry`.
		type Participants: Participants<Self::AccountId>;

		/// What an append and the calls weigh.
		type WeightInfo: WeightInfo;
	}

	/// Where each trail stands.
	#[pallet::storage]
	pub type Trails<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, TrailHead, OptionQuery>;

	/// How many entries each author's batches have.
	#[pallet::storage]
	pub type BatchEntries<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, u64, ValueQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An entry was appended to a trail.
		Appended {
			/// Whose trail.
			subject: T::AccountId,
			/// The entry, with its index.
			entry: AuditEntry<T::AccountId>,
			/// The hash of the trail after it.
			head: ChainHash,
		},
		/// A batch of entries that were written off the chain was bound.
		BatchCommitted {
			/// Who wrote them.
			author: T::AccountId,
			/// The batch.
			batch: Batch,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// Only organisations and custodians in good standing may do this.
		NotAuthorized,
		/// The subject has no trail.
		NotFound,
		/// A batch has at least one entry, and not more than one may have.
		CountOutOfRange,
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Says that the caller read `subject`'s trail on somebody's behalf, which is itself an
		/// entry of it. By an organisation or a custodian in good standing. O(1).
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::record_read())]
		pub fn record_read(origin: OriginFor<T>, subject: T::AccountId) -> DispatchResult {
			let who = Self::ensure_author(origin)?;
			let head = Trails::<T>::get(&subject).ok_or(Error::<T>::NotFound)?;
			let action = AuditAction::TrailRead { entries: head.count };
			<Self as AuditTrail<_>>::append(&subject, &who, action);
			Ok(())
		}

		/// Binds the next `count` entries that the caller wrote off the chain; `root` is
		/// `Batch::new(..)`'s. By an organisation or a custodian in good standing. O(1).
		///
		/// Emits [`Event::BatchCommitted`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::commit_batch())]
		pub fn commit_batch(origin: OriginFor<T>, root: BatchRoot, count: u32) -> DispatchResult {
			let author = Self::ensure_author(origin)?;
			ensure!((1..=MAX_BATCH).contains(&count), Error::<T>::CountOutOfRange);
			let first = BatchEntries::<T>::get(&author);
			let next = first.checked_add(count.into()).ok_or(Error::<T>::CountOutOfRange)?;

			BatchEntries::<T>::insert(&author, next);
			let batch = Batch { first, count, root };
			Self::deposit_event(Event::BatchCommitted { author, batch });
			Ok(())
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// Where `subject`'s trail stands; nothing when there is no trail.
		pub fn trail_head(subject: T::AccountId) -> Option<TrailHead> {
			Trails::<T>::get(subject)
		}

		/// How many entries the batches of `author` have.
		pub fn batch_entries(author: T::AccountId) -> u64 {
			BatchEntries::<T>::get(author)
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(
			_: BlockNumberFor<T>,
		) -> Result<(), frame_support::sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	impl<T: Config> Pallet<T> {
		/// The organisation or custodian who signed.
		fn ensure_author(origin: OriginFor<T>) -> Result<T::AccountId, DispatchError> {
			let who = ensure_signed(origin)?;
			let role = T::Participants::role(&who);
			ensure!(
				matches!(role, Some(Role::Organisation | Role::Custodian))
					&& T::Participants::is_in_good_standing(&who, Self::now()),
				Error::<T>::NotAuthorized
			);
			Ok(who)
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Consensus time in milliseconds.
	fn now() -> Moment {
		Moment::try_from(T::Time::now().as_millis()).unwrap_or(Moment::MAX)
	}
}

impl<T: Config> AuditTrail<T::AccountId> for Pallet<T> {
	fn append(subject: &T::AccountId, actor: &T::AccountId, action: AuditAction) {
		let trail = Trails::<T>::get(subject).unwrap_or_else(|| TrailHead::start(subject));
		let entry = AuditEntry {
			index: trail.count,
			at: Self::now(),
			previous: trail.block,
			actor: actor.clone(),
			action,
		};
		let block = frame_system::Pallet::<T>::block_number().unique_saturated_into();
		let trail = trail.then(&entry, block);
		let head = trail.hash;
		Trails::<T>::insert(subject, trail);
		Self::deposit_event(Event::Appended { subject: subject.clone(), entry, head });
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn fill_for_benchmark(subject: &T::AccountId) {
		Self::append(subject, subject, benchmarking::longest_action());
	}
}

impl<T: Config> TrailLength<T::AccountId> for Pallet<T> {
	fn entries(subject: &T::AccountId) -> u64 {
		Trails::<T>::get(subject).map_or(0, |trail| trail.count)
	}
}
