// SPDX-License-Identifier: Apache-2.0

use super::*;

fn compensate(who: u64, study: StudyId, patient: u64, milestone: u32) -> DispatchResult {
	Market::compensate(signed(who), study, patient, milestone)
}

#[test]
fn each_milestone_is_paid_once() {
	build_and_execute(|| {
		let study = enrolled();
		for (milestone, amount) in [(1, 200), (0, 300)] {
			assert_ok!(compensate(BUYER, study, PATIENT, milestone));
			let patient = PATIENT;
			assert_eq!(events(), [Event::Compensated { study, patient, milestone, amount }]);
			assert_noop!(compensate(BUYER, study, PATIENT, milestone), Error::<Test>::AlreadyPaid);
		}
		let stored = Market::study(study).unwrap();
		assert_eq!((stored.left, stored.promised, stored.compensations), (500, 0, 2));
		assert_eq!(escrowed(STABLE, BUYER), 500);
		assert_eq!(Market::claimable(PATIENT, STABLE), 500);
		// No part of it is the platform's.
		assert_eq!(Market::claimable(TREASURY, STABLE), 0);
		assert_ok!(Market::claim(signed(PATIENT), STABLE));
		assert_eq!(free(STABLE, PATIENT), ENDOWMENT + 500);
	});
}

#[test]
fn only_the_researcher_pays() {
	build_and_execute(|| {
		let study = enrolled();
		for who in [PATIENT, OTHER_BUYER, ETHICS] {
			assert_noop!(compensate(who, study, PATIENT, 0), Error::<Test>::NotAuthorized);
		}
		assert_noop!(compensate(BUYER, StudyId([9; 32]), PATIENT, 0), Error::<Test>::NotFound);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::compensate(origin, study, PATIENT, 0), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn only_who_takes_part_is_paid_for_what_there_is() {
	build_and_execute(|| {
		let study = enrolled();
		assert_noop!(compensate(BUYER, study, SELLER, 0), Error::<Test>::NotEnrolled);
		for milestone in [2, 31, 32, u32::MAX] {
			assert_noop!(
				compensate(BUYER, study, PATIENT, milestone),
				Error::<Test>::InvalidMilestones
			);
		}
		assert_ok!(Market::leave_study(signed(PATIENT), study, PATIENT));
		assert_noop!(compensate(BUYER, study, PATIENT, 0), Error::<Test>::NotEnrolled);
	});
}

#[test]
fn a_study_pays_until_it_is_closed() {
	build_and_execute(|| {
		let study = enrolled();
		at(STUDY_UNTIL);
		assert_ok!(compensate(BUYER, study, PATIENT, 0));
		assert_ok!(Market::close_study(signed(STRANGER), study));
		assert_noop!(compensate(BUYER, study, PATIENT, 1), Error::<Test>::InvalidState);
		assert_eq!(Market::claimable(PATIENT, STABLE), 300);
	});
}

#[test]
fn a_withdrawn_consent_does_not_take_back_what_was_earned() {
	build_and_execute(|| {
		let study = enrolled();
		Consents::remove(consent(PATIENT));
		assert_ok!(compensate(BUYER, study, PATIENT, 0));
	});
}
