// SPDX-License-Identifier: Apache-2.0
//! Proposing, approving and closing.

use super::*;

fn propose(who: u64, plan: StudyPlanOf<Test>) -> DispatchResult {
	Market::propose_study(signed(who), SALT, plan)
}

#[test]
fn the_budget_of_a_proposed_study_is_held() {
	build_and_execute(|| {
		assert_ok!(propose(BUYER, plan(STABLE, 1_000, &MILESTONES)));
		let study = StudyId::derive(&BUYER, &SALT);
		assert_eq!(
			Market::study(study),
			Some(Study {
				researcher: BUYER,
				plan: plan(STABLE, 1_000, &MILESTONES),
				state: StudyState::Proposed,
				left: 1_000,
				promised: 0,
				enrolments: 0,
				compensations: 0,
			})
		);
		assert_eq!(escrowed(STABLE, BUYER), 1_000);
		assert_eq!(events(), [Event::StudyProposed { study, researcher: BUYER }]);
		assert_noop!(
			propose(BUYER, plan(STABLE, 1_000, &MILESTONES)),
			Error::<Test>::AlreadyExists
		);
	});
}

#[test]
fn a_plan_makes_sense() {
	build_and_execute(|| {
		let least = EXISTENTIAL;
		for milestones in [&[][..], &[0], &[300, 0], &[least - 1], &[u64::MAX, 10]] {
			assert_noop!(
				propose(BUYER, plan(STABLE, 1_000, milestones)),
				Error::<Test>::InvalidMilestones
			);
		}
		assert_noop!(propose(BUYER, plan(STABLE, 499, &MILESTONES)), Error::<Test>::BudgetTooLow);
		assert_noop!(propose(BUYER, plan(REFUSED, 500, &MILESTONES)), Error::<Test>::InvalidAsset);
		assert_noop!(propose(BUYER, plan(UNFUNDED, 500, &MILESTONES)), Error::<Test>::NotFunded);
		let until = |until| StudyPlan { until, ..plan(STABLE, 500, &MILESTONES) };
		assert_noop!(propose(BUYER, until(NOW)), Error::<Test>::Expired);
		assert_noop!(propose(BUYER, until(NOW + MAX_STUDY + 1)), Error::<Test>::DurationTooLong);
		assert_noop!(
			propose(BUYER, plan(STABLE, ENDOWMENT + 1, &MILESTONES)),
			sp_runtime::TokenError::FundsUnavailable
		);
		assert_ok!(propose(BUYER, plan(STABLE, least, &[least])));
	});
}

#[test]
fn researchers_are_in_good_standing() {
	build_and_execute(|| {
		for who in [PATIENT, STRANGER] {
			assert_noop!(
				propose(who, plan(STABLE, 500, &MILESTONES)),
				Error::<Test>::NotInGoodStanding
			);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Market::propose_study(origin, SALT, plan(STABLE, 500, &MILESTONES)),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn ethics_approves_once_and_in_time() {
	build_and_execute(|| {
		let study = proposed();
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none(), signed(BUYER)] {
			assert_noop!(Market::approve_study(origin, study), DispatchError::BadOrigin);
		}
		let approve = |study| Market::approve_study(signed(ETHICS), study);
		assert_noop!(approve(StudyId([9; 32])), Error::<Test>::NotFound);
		assert_ok!(approve(study));
		assert_eq!(events(), [Event::StudyApproved { study }]);
		assert_noop!(approve(study), Error::<Test>::InvalidState);
	});
	build_and_execute(|| {
		let study = proposed();
		at(STUDY_UNTIL);
		assert_noop!(Market::approve_study(signed(ETHICS), study), Error::<Test>::Expired);
	});
}

#[test]
fn the_unused_budget_goes_back() {
	for make in [proposed, approved] {
		build_and_execute(|| {
			let study = make();
			assert_ok!(Market::close_study(signed(BUYER), study));
			assert_eq!(events(), [Event::StudyClosed { study, returned: 1_000 }]);
			assert_eq!(Market::study(study), None);
			assert_eq!((free(STABLE, BUYER), escrowed(STABLE, BUYER)), (ENDOWMENT, 0));
		});
	}
}

#[test]
fn what_is_kept_for_patients_keeps_the_study_open() {
	build_and_execute(|| {
		let study = enrolled();
		let close = |who| Market::close_study(signed(who), study);
		assert_noop!(close(STRANGER), Error::<Test>::NotAuthorized);
		assert_noop!(close(BUYER), Error::<Test>::StillPromised);
		for milestone in [0, 1] {
			assert_ok!(Market::compensate(signed(BUYER), study, PATIENT, milestone));
		}
		events();
		assert_ok!(close(BUYER));
		assert_eq!(events(), [Event::StudyClosed { study, returned: 500 }]);
		// The enrolment is stored until somebody frees the place.
		assert_eq!(Market::study(study).unwrap().state, StudyState::Closed);
		assert_noop!(close(BUYER), Error::<Test>::InvalidState);
	});
}

#[test]
fn anybody_closes_when_the_time_is_over() {
	build_and_execute(|| {
		let study = enrolled();
		at(STUDY_UNTIL - 1);
		assert_noop!(Market::close_study(signed(STRANGER), study), Error::<Test>::NotAuthorized);
		at(STUDY_UNTIL);
		assert_ok!(Market::close_study(signed(STRANGER), study));
		assert_eq!((free(STABLE, BUYER), escrowed(STABLE, BUYER)), (ENDOWMENT, 0));
	});
}

#[test]
fn ethics_closes_at_any_time() {
	for make in [proposed, approved, enrolled] {
		build_and_execute(|| {
			let study = make();
			assert_ok!(Market::close_study(signed(ETHICS), study));
			assert_eq!(escrowed(STABLE, BUYER), 0);
		});
	}
}

#[test]
fn only_a_signed_origin_or_ethics_closes_what_there_is() {
	build_and_execute(|| {
		let study = approved();
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::close_study(origin, study), DispatchError::BadOrigin);
		}
		assert_noop!(Market::close_study(signed(BUYER), StudyId([9; 32])), Error::<Test>::NotFound);
	});
}
