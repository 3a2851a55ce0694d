// SPDX-License-Identifier: Apache-2.0
//! Which committee holds which record version: dealing, and moving to the next committee.

use crate::*;
use alloc::collections::BTreeMap;
use frame_support::{
	ensure,
	sp_runtime::{traits::Zero, DispatchResult},
	weights::Weight,
	BoundedVec,
};
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::custody::{acknowledgement_payload, Custody, Dealing};

impl<T: Config> Pallet<T> {
	/// The hash of the chain's first block.
	pub(crate) fn genesis() -> [u8; 32] {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero()).into()
	}

	/// Who of the committee acknowledged, when those whose word counts are enough.
	pub(crate) fn ensure_acknowledged(
		committee: &EpochOf<T>,
		payload: &[u8; 32],
		acknowledgements: &[(Seat, T::Signature)],
	) -> Result<Seats, Error<T>> {
		let mut seats = Seats::EMPTY;
		for (seat, signature) in acknowledgements {
			let member = committee.member(*seat).ok_or(Error::<T>::InvalidSeat)?;
			ensure!(seats.insert(*seat), Error::<T>::SeatRepeated);
			ensure!(signature.verify(payload.as_slice(), member), Error::<T>::InvalidSignature);
		}
		let counted = seats.without(committee.suspended);
		ensure!(counted.len() >= committee.dealing_quorum(), Error::<T>::TooFewAcknowledgements);
		Ok(counted)
	}

	/// What moving these dealings weighs: each of them, and each signature.
	pub(crate) fn weight_of_reshare(items: &[ResharingOf<T>]) -> Weight {
		let signatures = items.iter().map(|item| item.acknowledgements.len());
		let signatures = count(signatures.fold(0usize, |all, more| all.saturating_add(more)));
		T::WeightInfo::reshare(count(items.len()))
			.saturating_add(T::WeightInfo::verify_acknowledgements(signatures))
	}

	pub(crate) fn do_reshare(
		who: &T::AccountId,
		items: BoundedVec<ResharingOf<T>, T::MaxBatch>,
	) -> DispatchResult {
		let live = Live::<T>::get();
		let to = live.active.ok_or(Error::<T>::NoCommittee)?;
		let (committee, _) = Self::ensure_seat(to, who)?;
		let genesis = Self::genesis();
		let now = Self::now();
		let mut left = BTreeMap::<EpochId, u64>::new();
		for item in items {
			let (record, version, digest) = (item.record, item.version, item.digest);
			match Self::move_dealing(&live, to, &committee, genesis, item, now) {
				Ok(from) => {
					let moved = left.entry(from).or_default();
					*moved = moved.saturating_add(1);
					let event = Event::Reshared { record, version, from, to, digest };
					Self::deposit_event(event);
				},
				Err(fault) => {
					Self::deposit_event(Event::ResharingSkipped { record, version, fault });
				},
			}
		}
		for (from, moved) in left {
			DealingCount::<T>::mutate(from, |dealings| *dealings = dealings.saturating_sub(moved));
			DealingCount::<T>::mutate(to, |dealings| *dealings = dealings.saturating_add(moved));
		}
		Ok(())
	}

	/// Moves one dealing and returns the epoch that held it.
	fn move_dealing(
		live: &LiveEpochs,
		to: EpochId,
		committee: &EpochOf<T>,
		genesis: [u8; 32],
		item: ResharingOf<T>,
		now: Moment,
	) -> Result<EpochId, ResharingFault> {
		let Resharing { record, version, digest, acknowledgements } = item;
		let dealing = Dealings::<T>::get(record, version).ok_or(ResharingFault::NotFound)?;
		let from = dealing.epoch;
		ensure!(live.draining.contains(&from), ResharingFault::NotDraining);
		ensure!(!dealing.contested, ResharingFault::Contested);
		ensure!(!Erasures::<T>::contains_key(record), ResharingFault::Erased);
		let owner = T::Records::owner(&record).ok_or(ResharingFault::NotFound)?;
		let segments = dealing.segments;
		let payload =
			acknowledgement_payload(genesis, to, &owner, record, version, segments, digest);
		let acknowledged = Self::ensure_acknowledged(committee, &payload, &acknowledgements)
			.map_err(|_| ResharingFault::NotAcknowledged)?;

		let moved = DealingRecord {
			epoch: to,
			digest,
			segments,
			acknowledged,
			contested: false,
			since: now,
		};
		Dealings::<T>::insert(record, version, moved);
		Ok(from)
	}
}

impl<T: Config> Custody<T::AccountId, T::Signature> for Pallet<T> {
	type Error = Error<T>;

	fn is_active() -> bool {
		Live::<T>::get().active.is_some()
	}

	fn deal(
		owner: &T::AccountId,
		record: RecordId,
		version: u32,
		segments: u16,
		dealing: &Dealing<T::Signature>,
	) -> Result<(), Error<T>> {
		let (epoch, digest) = (dealing.epoch, dealing.digest);
		let committee = Epochs::<T>::get(epoch).ok_or(Error::<T>::NotFound)?;
		ensure!(committee.phase == Phase::Active, Error::<T>::EpochMismatch);
		let genesis = Self::genesis();
		let payload =
			acknowledgement_payload(genesis, epoch, owner, record, version, segments, digest);
		let acknowledged =
			Self::ensure_acknowledged(&committee, &payload, &dealing.acknowledgements)?;

		let since = Self::now();
		let stored =
			DealingRecord { epoch, digest, segments, acknowledged, contested: false, since };
		Dealings::<T>::insert(record, version, stored);
		DealingCount::<T>::mutate(epoch, |dealings| *dealings = dealings.saturating_add(1));
		Self::deposit_event(Event::Dealt { record, version, epoch, digest });
		Ok(())
	}

	fn start_erasure(record: RecordId, versions: u32, now: Moment) {
		Self::do_start_erasure(record, versions, now);
	}

	fn erasure_complete(record: &RecordId) -> Option<bool> {
		Erasures::<T>::get(record).map(|erasure| erasure.completed_at.is_some())
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn form_committee_for_benchmark(members: u32) {
		benchmarking::form::<T>(members);
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn dealing_for_benchmark(
		owner: &T::AccountId,
		record: RecordId,
		version: u32,
		segments: u16,
	) -> Dealing<T::Signature> {
		benchmarking::dealing::<T>(owner, record, version, segments)
	}
}
