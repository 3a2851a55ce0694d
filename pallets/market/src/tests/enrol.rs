// SPDX-License-Identifier: Apache-2.0
//! Enrolling and leaving.

use super::*;

#[test]
fn what_a_patient_can_earn_is_kept_for_her() {
	build_and_execute(|| {
		let study = approved();
		assert_ok!(enrol(PATIENT, study));
		assert_eq!(events(), [Event::Enrolled { study, patient: PATIENT }]);
		let part = Enrolment { consent: consent(PATIENT), paid: 0, active: true };
		assert_eq!(Market::enrolment(study, PATIENT), Some(part));
		let stored = Market::study(study).unwrap();
		assert_eq!((stored.left, stored.promised, stored.enrolments), (1_000, 500, 1));
		assert_noop!(enrol(PATIENT, study), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn no_more_enrol_than_the_budget_pays() {
	build_and_execute(|| {
		let study = enrolled();
		assert_ok!(enrol(SELLER, study));
		assert_noop!(enrol(OTHER_SELLER, study), Error::<Test>::BudgetTooLow);
		// Who leaves makes room.
		assert_ok!(Market::leave_study(signed(SELLER), study, SELLER));
		assert_ok!(enrol(OTHER_SELLER, study));
	});
}

#[test]
fn the_consent_is_hers_to_the_researcher_and_holds() {
	build_and_execute(|| {
		let study = approved();
		let id = consent(PATIENT);
		let call = || Market::enrol(signed(PATIENT), study, id);
		for parties in [
			(PATIENT, BUYER, NOW),
			(SELLER, BUYER, STUDY_UNTIL),
			(PATIENT, OTHER_BUYER, STUDY_UNTIL),
		] {
			Consents::insert(id, parties);
			assert_noop!(call(), Error::<Test>::ConsentMismatch);
		}
		Consents::remove(id);
		assert_noop!(call(), Error::<Test>::ConsentMismatch);
	});
}

#[test]
fn only_a_running_study_enrols() {
	build_and_execute(|| {
		assert_noop!(enrol(PATIENT, StudyId([9; 32])), Error::<Test>::NotFound);
		let study = proposed();
		assert_noop!(enrol(PATIENT, study), Error::<Test>::InvalidState);
		assert_ok!(Market::approve_study(signed(ETHICS), study));
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			let consent = consent(PATIENT);
			assert_noop!(Market::enrol(origin, study, consent), DispatchError::BadOrigin);
		}
		at(STUDY_UNTIL);
		assert_noop!(enrol(PATIENT, study), Error::<Test>::Expired);
	});
}

#[test]
fn who_leaves_keeps_what_she_was_paid_and_does_not_come_back() {
	build_and_execute(|| {
		let study = enrolled();
		assert_ok!(Market::compensate(signed(BUYER), study, PATIENT, 0));
		events();
		assert_ok!(Market::leave_study(signed(PATIENT), study, PATIENT));
		assert_eq!(events(), [Event::StudyLeft { study, patient: PATIENT }]);
		assert_eq!(Market::claimable(PATIENT, STABLE), 300);
		let stored = Market::study(study).unwrap();
		assert_eq!((stored.left, stored.promised, stored.enrolments), (700, 0, 1));
		assert_noop!(enrol(PATIENT, study), Error::<Test>::AlreadyExists);
		assert_noop!(
			Market::leave_study(signed(PATIENT), study, PATIENT),
			Error::<Test>::NotEnrolled
		);
	});
}

#[test]
fn only_she_herself_leaves_a_running_study() {
	build_and_execute(|| {
		let study = enrolled();
		let leave = |who, study, patient| Market::leave_study(signed(who), study, patient);
		for who in [BUYER, STRANGER, SELLER] {
			assert_noop!(leave(who, study, PATIENT), Error::<Test>::NotAuthorized);
		}
		assert_noop!(leave(SELLER, study, SELLER), Error::<Test>::NotEnrolled);
		assert_noop!(leave(PATIENT, StudyId([9; 32]), PATIENT), Error::<Test>::NotFound);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::leave_study(origin, study, PATIENT), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn anybody_frees_the_places_of_a_closed_study() {
	build_and_execute(|| {
		let study = enrolled();
		assert_ok!(enrol(SELLER, study));
		assert_ok!(Market::leave_study(signed(SELLER), study, SELLER));
		assert_ok!(Market::close_study(signed(ETHICS), study));
		for patient in [PATIENT, SELLER] {
			assert!(Market::study(study).is_some());
			assert_ok!(Market::leave_study(signed(STRANGER), study, patient));
		}
		assert_eq!(Market::study(study), None);
		assert_eq!(Enrolments::<Test>::iter().count(), 0);
	});
}
