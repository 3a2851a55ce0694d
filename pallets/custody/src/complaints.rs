// SPDX-License-Identifier: Apache-2.0
//! Complaints about shares that a draining committee dealt to the active one.

use crate::*;
use frame_support::ensure;

impl<T: Config> Pallet<T> {
	/// Returns the seat of the complainer.
	pub(crate) fn do_complain(
		who: &T::AccountId,
		record: RecordId,
		version: u32,
		dealer: Seat,
		evidence: Commitment,
	) -> Result<Seat, Error<T>> {
		let live = Live::<T>::get();
		let epoch = live.active.ok_or(Error::<T>::NoCommittee)?;
		let (_, complainer) = Self::ensure_seat(epoch, who)?;
		let mut dealing = Dealings::<T>::get(record, version).ok_or(Error::<T>::NotFound)?;
		ensure!(live.draining.contains(&dealing.epoch), Error::<T>::NotDraining);
		ensure!(!dealing.contested, Error::<T>::AlreadyExists);
		let dealers = Epochs::<T>::get(dealing.epoch).ok_or(Error::<T>::NotFound)?;
		ensure!(dealers.member(dealer).is_some(), Error::<T>::InvalidSeat);
		ensure!(!dealers.suspended.contains(dealer), Error::<T>::Suspended);

		let at = Self::now();
		let complaint = Complaint { epoch, complainer, dealer, evidence, response: None, at };
		Complaints::<T>::insert(record, version, complaint);
		dealing.contested = true;
		Dealings::<T>::insert(record, version, dealing);
		Ok(complainer)
	}

	pub(crate) fn do_answer(
		who: &T::AccountId,
		record: RecordId,
		version: u32,
		response: Commitment,
	) -> Result<(), Error<T>> {
		let (mut complaint, dealing) = Self::ensure_complaint(record, version)?;
		Self::ensure_member(dealing.epoch, complaint.dealer, who)?;
		ensure!(complaint.response.is_none(), Error::<T>::AlreadyAnswered);

		complaint.response = Some(response);
		Complaints::<T>::insert(record, version, complaint);
		Ok(())
	}

	pub(crate) fn do_settle(
		who: &T::AccountId,
		record: RecordId,
		version: u32,
	) -> Result<(), Error<T>> {
		let (complaint, dealing) = Self::ensure_complaint(record, version)?;
		Self::ensure_member(complaint.epoch, complaint.complainer, who)?;

		Self::end_complaint(record, version, dealing);
		Ok(())
	}

	/// Returns whether the dealer was suspended.
	pub(crate) fn do_adjudicate(
		record: RecordId,
		version: u32,
		upheld: bool,
	) -> Result<bool, Error<T>> {
		let (complaint, dealing) = Self::ensure_complaint(record, version)?;

		Self::end_complaint(record, version, dealing);
		if !upheld {
			Self::count_fault(complaint.epoch, complaint.complainer);
			return Ok(false);
		}
		Self::count_fault(dealing.epoch, complaint.dealer);
		// Where the exclusion would leave too few members, the fault alone has to do.
		let excluded = Self::do_suspend(dealing.epoch, complaint.dealer).is_ok();
		if excluded {
			let (epoch, seat) = (dealing.epoch, complaint.dealer);
			Self::deposit_event(Event::Suspended { epoch, seat });
		}
		Ok(excluded)
	}

	fn ensure_complaint(
		record: RecordId,
		version: u32,
	) -> Result<(Complaint, DealingRecord), Error<T>> {
		let complaint = Complaints::<T>::get(record, version).ok_or(Error::<T>::NotFound)?;
		let dealing = Dealings::<T>::get(record, version).ok_or(Error::<T>::NotFound)?;
		Ok((complaint, dealing))
	}

	fn ensure_member(id: EpochId, seat: Seat, who: &T::AccountId) -> Result<(), Error<T>> {
		let epoch = Epochs::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(epoch.member(seat) == Some(who), Error::<T>::NotAuthorized);
		Ok(())
	}

	fn end_complaint(record: RecordId, version: u32, mut dealing: DealingRecord) {
		Complaints::<T>::remove(record, version);
		dealing.contested = false;
		Dealings::<T>::insert(record, version, dealing);
	}
}
