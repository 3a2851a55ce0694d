// SPDX-License-Identifier: Apache-2.0
//! Studies: a budget in escrow, from which enrolled patients are compensated.

use crate::*;
use frame_support::sp_runtime::traits::CheckedAdd;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_propose_study(
		researcher: T::AccountId,
		salt: &[u8; 32],
		plan: StudyPlanOf<T>,
	) -> DispatchResult {
		Self::ensure_buyer(&researcher)?;
		Self::ensure_asset(&plan.asset)?;
		let least = T::Money::minimum_balance(plan.asset.clone()).max(1u32.into());
		let each = plan.milestones.iter().try_fold(BalanceOf::<T>::zero(), |sum, amount| {
			(*amount >= least).then(|| sum.checked_add(amount)).flatten()
		});
		let each = each.filter(|each| !each.is_zero()).ok_or(Error::<T>::InvalidMilestones)?;
		ensure!(plan.budget >= each, Error::<T>::BudgetTooLow);
		let ahead = plan.until.saturating_sub(Self::now());
		ensure!(ahead > 0, Error::<T>::Expired);
		ensure!(ahead <= T::MaxStudyDuration::get(), Error::<T>::DurationTooLong);
		let study = StudyId::derive(&researcher, salt);
		ensure!(!Studies::<T>::contains_key(study), Error::<T>::AlreadyExists);

		let (asset, budget) = (plan.asset.clone(), plan.budget);
		let stored = Study {
			researcher: researcher.clone(),
			left: budget,
			promised: Zero::zero(),
			plan,
			state: StudyState::Proposed,
			enrolments: 0,
			compensations: 0,
		};
		Studies::<T>::insert(study, stored);
		T::Money::hold(asset, &HoldReason::Escrow.into(), &researcher, budget)?;
		Self::deposit_event(Event::StudyProposed { study, researcher });
		Ok(())
	}

	pub(crate) fn do_approve_study(study: StudyId) -> DispatchResult {
		let mut stored = Studies::<T>::get(study).ok_or(Error::<T>::NotFound)?;
		ensure!(stored.state == StudyState::Proposed, Error::<T>::InvalidState);
		ensure!(Self::now() < stored.plan.until, Error::<T>::Expired);

		stored.state = StudyState::Approved;
		Studies::<T>::insert(study, stored);
		Self::deposit_event(Event::StudyApproved { study });
		Ok(())
	}

	pub(crate) fn do_enrol(
		patient: T::AccountId,
		study: StudyId,
		consent: ConsentId,
	) -> DispatchResult {
		let mut stored = Self::ensure_running(&study)?;
		let parties = T::Consents::parties(&consent).ok_or(Error::<T>::ConsentMismatch)?;
		let role = T::Participants::role(&stored.researcher);
		ensure!(
			parties.subject == patient
				&& parties.grantee.names(&stored.researcher, role)
				&& T::Consents::holds(&consent, Self::now()),
			Error::<T>::ConsentMismatch
		);
		ensure!(!Enrolments::<T>::contains_key(study, &patient), Error::<T>::AlreadyExists);
		let enrolment = Enrolment { consent, paid: 0, active: true };
		let promised = stored
			.promised
			.checked_add(&enrolment.unpaid(&stored.plan.milestones))
			.filter(|promised| *promised <= stored.left)
			.ok_or(Error::<T>::BudgetTooLow)?;

		stored.promised = promised;
		stored.enrolments = stored.enrolments.saturating_add(1);
		Studies::<T>::insert(study, stored);
		Enrolments::<T>::insert(study, &patient, enrolment);
		Self::deposit_event(Event::Enrolled { study, patient });
		Ok(())
	}

	pub(crate) fn do_compensate(
		who: &T::AccountId,
		study: StudyId,
		patient: T::AccountId,
		milestone: u32,
	) -> DispatchResult {
		let mut stored = Studies::<T>::get(study).ok_or(Error::<T>::NotFound)?;
		ensure!(stored.researcher == *who, Error::<T>::NotAuthorized);
		ensure!(stored.state == StudyState::Approved, Error::<T>::InvalidState);
		let mut enrolment = Enrolments::<T>::get(study, &patient)
			.filter(|enrolment| enrolment.active)
			.ok_or(Error::<T>::NotEnrolled)?;
		let amount = usize::try_from(milestone)
			.ok()
			.and_then(|at| stored.plan.milestones.get(at).copied())
			.ok_or(Error::<T>::InvalidMilestones)?;
		ensure!(!enrolment.is_paid(milestone), Error::<T>::AlreadyPaid);

		enrolment.paid |= Enrolment::bit(milestone);
		stored.left = stored.left.saturating_sub(amount);
		stored.promised = stored.promised.saturating_sub(amount);
		stored.compensations = stored.compensations.saturating_add(1);
		Enrolments::<T>::insert(study, &patient, enrolment);
		Studies::<T>::insert(study, &stored);
		Self::keep(&stored.plan.asset, who, amount)?;
		Self::credit(&patient, &stored.plan.asset, amount);
		Self::deposit_event(Event::Compensated { study, patient, milestone, amount });
		Ok(())
	}

	pub(crate) fn do_leave_study(
		who: &T::AccountId,
		study: StudyId,
		patient: T::AccountId,
	) -> DispatchResult {
		let mut stored = Studies::<T>::get(study).ok_or(Error::<T>::NotFound)?;
		let mut enrolment = Enrolments::<T>::get(study, &patient).ok_or(Error::<T>::NotEnrolled)?;
		if stored.state == StudyState::Closed {
			// Nothing is left to be paid twice: the place is freed, and with the last the study's.
			Enrolments::<T>::remove(study, &patient);
			stored.enrolments = stored.enrolments.saturating_sub(1);
			Self::store_or_remove(study, stored);
		} else {
			ensure!(patient == *who, Error::<T>::NotAuthorized);
			ensure!(enrolment.active, Error::<T>::NotEnrolled);
			let unpaid = enrolment.unpaid(&stored.plan.milestones);
			stored.promised = stored.promised.saturating_sub(unpaid);
			enrolment.active = false;
			Enrolments::<T>::insert(study, &patient, enrolment);
			Studies::<T>::insert(study, stored);
		}
		Self::deposit_event(Event::StudyLeft { study, patient });
		Ok(())
	}

	/// `who` is `None` when those close it who approve studies.
	pub(crate) fn do_close_study(who: Option<T::AccountId>, study: StudyId) -> DispatchResult {
		let mut stored = Studies::<T>::get(study).ok_or(Error::<T>::NotFound)?;
		ensure!(stored.state != StudyState::Closed, Error::<T>::InvalidState);
		if let Some(who) = who.filter(|_| Self::now() < stored.plan.until) {
			ensure!(stored.researcher == who, Error::<T>::NotAuthorized);
			ensure!(stored.promised.is_zero(), Error::<T>::StillPromised);
		}

		let returned = stored.left;
		stored.state = StudyState::Closed;
		stored.left = Zero::zero();
		stored.promised = Zero::zero();
		Self::release(&stored.plan.asset, &stored.researcher, returned)?;
		Self::store_or_remove(study, stored);
		Self::deposit_event(Event::StudyClosed { study, returned });
		Ok(())
	}

	/// A closed study stays as long as an enrolment does.
	fn store_or_remove(study: StudyId, stored: StudyOf<T>) {
		if stored.enrolments == 0 {
			Studies::<T>::remove(study);
		} else {
			Studies::<T>::insert(study, stored);
		}
	}

	/// The study, when patients may enrol.
	fn ensure_running(study: &StudyId) -> Result<StudyOf<T>, Error<T>> {
		let stored = Studies::<T>::get(study).ok_or(Error::<T>::NotFound)?;
		ensure!(stored.state == StudyState::Approved, Error::<T>::InvalidState);
		ensure!(Self::now() < stored.plan.until, Error::<T>::Expired);
		Ok(stored)
	}
}
