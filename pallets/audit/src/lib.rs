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
pub use types::Trail;
pub use weights::WeightInfo;

use alloc::vec::Vec;
use frame_support::{
	defensive,
	traits::{Get, UnixTime},
};
use salus_primitives::{
	audit::{AuditAction, AuditEntry, ChainHash, TrailPage},
	traits::AuditTrail,
	Moment,
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

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Consensus time. Suggested: `pallet_timestamp`.
		type Time: UnixTime;

		/// How many entries the state keeps per subject, at least 1; also the longest page.
		/// Suggested: 128. DO NOT REDUCE THIS VALUE without a migration: an append prunes one entry.
		#[pallet::constant]
		type MaxKept: Get<u32>;

		/// What an append weighs.
		type WeightInfo: WeightInfo;
	}

	/// Where each trail stands.
	#[pallet::storage]
	pub type Trails<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Trail, OptionQuery>;

	/// The window of each trail: its newest entries, at most [`Config::MaxKept`], by index.
	#[pallet::storage]
	pub type Entries<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Twox64Concat,
		u64,
		AuditEntry<T::AccountId>,
		OptionQuery,
	>;

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
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxKept::get() > 0, "no entry would be kept");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(
			_: BlockNumberFor<T>,
		) -> Result<(), frame_support::sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}
}

impl<T: Config> Pallet<T> {
	/// The page of `subject`'s trail that begins at `from` and has at most `limit` entries, and no
	/// more than [`Config::MaxKept`].
	///
	/// A page for an entry older than the window is empty; the crate's documentation says what each
	/// page bears. Reads and hashes at most `MaxKept` entries.
	pub fn trail(subject: &T::AccountId, from: u64, limit: u32) -> TrailPage<T::AccountId> {
		let trail = Self::standing(subject);
		let Trail { count, head, oldest_kept, before_oldest } = trail;
		let mut page =
			TrailPage { before: before_oldest, entries: Vec::new(), count, head, oldest_kept };
		if from < oldest_kept {
			return page;
		}
		let end = from.saturating_add(u64::from(limit)).min(count);
		for index in oldest_kept..end {
			let Some(entry) = Entries::<T>::get(subject, index) else {
				defensive!("the window of a trail has no gaps");
				break;
			};
			if index < from {
				page.before = page.before.then(&entry);
			} else {
				page.entries.push(entry);
			}
		}
		page
	}

	/// How many entries `subject`'s trail has, and its head; nothing when there is no trail.
	pub fn trail_head(subject: &T::AccountId) -> Option<(u64, ChainHash)> {
		Trails::<T>::get(subject).map(|trail| (trail.count, trail.head))
	}

	fn standing(subject: &T::AccountId) -> Trail {
		Trails::<T>::get(subject).unwrap_or_else(|| Trail::start(subject))
	}

	/// Drops the oldest entry when the window is too long.
	fn prune(subject: &T::AccountId, trail: &mut Trail) {
		if trail.kept() <= u64::from(T::MaxKept::get()) {
			return;
		}
		match Entries::<T>::take(subject, trail.oldest_kept) {
			Some(oldest) => {
				trail.before_oldest = trail.before_oldest.then(&oldest);
				trail.oldest_kept = trail.oldest_kept.saturating_add(1);
			},
			None => {
				defensive!("the window of a trail has no gaps");
			},
		}
	}
}

impl<T: Config> AuditTrail<T::AccountId> for Pallet<T> {
	fn append(subject: &T::AccountId, actor: &T::AccountId, action: AuditAction) {
		let mut trail = Self::standing(subject);
		let at = Moment::try_from(T::Time::now().as_millis()).unwrap_or(Moment::MAX);
		let entry = AuditEntry { index: trail.count, at, actor: actor.clone(), action };
		let head = trail.head.then(&entry);

		// Before the new entry is in, so that the window is never longer than it may be.
		trail.count = trail.count.saturating_add(1);
		trail.head = head;
		Self::prune(subject, &mut trail);
		Entries::<T>::insert(subject, entry.index, &entry);
		Trails::<T>::insert(subject, trail);
		Self::deposit_event(Event::Appended { subject: subject.clone(), entry, head });
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn fill_for_benchmark(subject: &T::AccountId) {
		for _ in 0..T::MaxKept::get() {
			Self::append(subject, subject, benchmarking::longest_action());
		}
	}
}
