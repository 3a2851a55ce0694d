// SPDX-License-Identifier: Apache-2.0
//! The life of committees: proposed, joined, active, draining, retired; and what their members are
//! held to.

use crate::*;
use alloc::collections::BTreeSet;
use frame_support::{ensure, sp_runtime::DispatchResult};
use salus_primitives::Role;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_propose(
		members: MembersOf<T>,
		threshold: u8,
		tolerance: u8,
	) -> Result<EpochId, Error<T>> {
		let mut live = Live::<T>::get();
		ensure!(live.forming.is_none(), Error::<T>::AlreadyExists);
		// Once it is active, the one before it drains too. Until then their number only falls.
		let draining = count(live.draining.len().saturating_add(live.active.iter().count()));
		ensure!(draining <= T::MaxDraining::get(), Error::<T>::MaxDrainingExceeded);
		let id = live.last.next().ok_or(Error::<T>::MaxEpochsExceeded)?;
		let now = Self::now();
		Self::ensure_committee(&members, threshold, tolerance, now)?;

		live.last = id;
		live.forming = Some(id);
		Live::<T>::put(live);
		let epoch = Epoch {
			members,
			threshold,
			tolerance,
			phase: Phase::Forming,
			since: now,
			joined: Seats::EMPTY,
			suspended: Seats::EMPTY,
		};
		Epochs::<T>::insert(id, epoch);
		Ok(id)
	}

	fn ensure_committee(
		members: &MembersOf<T>,
		threshold: u8,
		tolerance: u8,
		now: Moment,
	) -> Result<(), Error<T>> {
		let (size, least) = (count(members.len()), u32::from(threshold));
		ensure!(least <= size && least.saturating_mul(2) > size, Error::<T>::InvalidThreshold);
		let spare = size.saturating_sub(least);
		ensure!(u32::from(tolerance) <= spare, Error::<T>::InvalidTolerance);
		let quorum = least.saturating_add(u32::from(tolerance));
		ensure!(quorum <= MAX_ACKNOWLEDGEMENTS, Error::<T>::QuorumTooLarge);
		let distinct = members.iter().collect::<BTreeSet<_>>().len();
		ensure!(distinct == members.len(), Error::<T>::MemberRepeated);
		members.iter().try_for_each(|member| Self::ensure_custodian(member, now))
	}

	fn ensure_custodian(who: &T::AccountId, now: Moment) -> Result<(), Error<T>> {
		let is_custodian = T::Participants::role(who) == Some(Role::Custodian);
		let is_fit = is_custodian && T::Participants::is_in_good_standing(who, now);
		ensure!(is_fit, Error::<T>::NotACustodian);
		Ok(())
	}

	pub(crate) fn do_withdraw_proposal() -> Result<EpochId, Error<T>> {
		let mut live = Live::<T>::get();
		let id = live.forming.take().ok_or(Error::<T>::NotFound)?;
		Live::<T>::put(live);
		Epochs::<T>::remove(id);
		Ok(id)
	}

	pub(crate) fn do_join(who: &T::AccountId, id: EpochId) -> DispatchResult {
		let mut epoch = Epochs::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		let seat = epoch.seat_of(who).ok_or(Error::<T>::NotAuthorized)?;
		ensure!(epoch.phase == Phase::Forming, Error::<T>::NotForming);
		ensure!(epoch.joined.insert(seat), Error::<T>::AlreadyJoined);
		Self::ensure_custodian(who, Self::now())?;

		let is_complete = epoch.joined == epoch.seats();
		Epochs::<T>::insert(id, epoch);
		Self::deposit_event(Event::Joined { epoch: id, seat });
		if is_complete {
			Self::activate(id)?;
		}
		Ok(())
	}

	/// Makes a committee the active one; the one before it drains.
	fn activate(id: EpochId) -> Result<(), Error<T>> {
		let mut live = Live::<T>::get();
		live.forming = None;
		if let Some(former) = live.active.replace(id) {
			live.draining.try_push(former).map_err(|_| Error::<T>::MaxDrainingExceeded)?;
			Self::enter(former, Phase::Draining);
			Self::deposit_event(Event::DrainingStarted { epoch: former });
		}
		Live::<T>::put(live);
		Self::enter(id, Phase::Active);
		Self::deposit_event(Event::Activated { epoch: id });
		Ok(())
	}

	fn enter(id: EpochId, phase: Phase) {
		Epochs::<T>::mutate_extant(id, |epoch| {
			epoch.phase = phase;
			epoch.since = Self::now();
		});
	}

	pub(crate) fn do_retire(id: EpochId) -> Result<(), Error<T>> {
		let mut live = Live::<T>::get();
		ensure!(Epochs::<T>::contains_key(id), Error::<T>::NotFound);
		ensure!(live.draining.contains(&id), Error::<T>::NotDraining);
		ensure!(DealingCount::<T>::get(id) == 0, Error::<T>::DealingsLeft);

		live.draining.retain(|epoch| *epoch != id);
		Live::<T>::put(live);
		DealingCount::<T>::remove(id);
		Self::enter(id, Phase::Retired);
		Ok(())
	}

	pub(crate) fn do_suspend(id: EpochId, seat: Seat) -> Result<(), Error<T>> {
		let mut epoch = Epochs::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(epoch.phase != Phase::Forming, Error::<T>::NotYetActive);
		ensure!(epoch.member(seat).is_some(), Error::<T>::InvalidSeat);
		ensure!(epoch.suspended.insert(seat), Error::<T>::Suspended);
		ensure!(epoch.is_above_floor(), Error::<T>::BelowThreshold);
		Epochs::<T>::insert(id, epoch);
		Ok(())
	}

	pub(crate) fn do_reinstate(id: EpochId, seat: Seat) -> Result<(), Error<T>> {
		let mut epoch = Epochs::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(epoch.member(seat).is_some(), Error::<T>::InvalidSeat);
		ensure!(epoch.suspended.remove(seat), Error::<T>::NotSuspended);
		Epochs::<T>::insert(id, epoch);
		Ok(())
	}

	/// The committee of an epoch, and the seat in it from which `who` may speak.
	pub(crate) fn ensure_seat(
		id: EpochId,
		who: &T::AccountId,
	) -> Result<(EpochOf<T>, Seat), Error<T>> {
		let epoch = Epochs::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		let seat = epoch.seat_of(who).ok_or(Error::<T>::NotAuthorized)?;
		ensure!(epoch.phase != Phase::Forming, Error::<T>::NotYetActive);
		ensure!(!epoch.suspended.contains(seat), Error::<T>::Suspended);
		Ok((epoch, seat))
	}

	/// Holds it against these members that they were silent.
	pub(crate) fn count_missed(epoch: EpochId, silent: Seats) {
		let most = T::MaxMissed::get();
		Self::note(epoch, silent, |seat, conduct| {
			let before = conduct.missed;
			conduct.missed = before.saturating_add(1);
			if before == most {
				Self::deposit_event(Event::Overdue { epoch, seat });
			}
		});
	}

	/// Holds a fault against a member.
	pub(crate) fn count_fault(epoch: EpochId, seat: Seat) {
		Self::note(epoch, Seats::from_iter([seat]), |_, conduct| {
			conduct.faults = conduct.faults.saturating_add(1);
		});
	}

	fn note(epoch: EpochId, seats: Seats, change: impl Fn(Seat, &mut Conduct)) {
		Conducts::<T>::mutate(epoch, |conducts| {
			for seat in seats.iter() {
				let mut conduct = conducts.get(&seat).copied().unwrap_or_default();
				change(seat, &mut conduct);
				// There is room for every seat that a committee can have.
				let _ = conducts.try_insert(seat, conduct);
			}
		});
	}

	pub(crate) fn do_forgive(id: EpochId, seat: Seat) -> Result<(), Error<T>> {
		let mut conducts = Conducts::<T>::get(id);
		let conduct = conducts.get_mut(&seat).ok_or(Error::<T>::NotFound)?;
		ensure!(conduct.missed > 0, Error::<T>::NotFound);
		conduct.missed = 0;
		if *conduct == Conduct::default() {
			conducts.remove(&seat);
		}
		if conducts.is_empty() {
			Conducts::<T>::remove(id);
		} else {
			Conducts::<T>::insert(id, conducts);
		}
		Ok(())
	}
}
