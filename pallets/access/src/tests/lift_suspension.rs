// SPDX-License-Identifier: Apache-2.0

use super::*;

fn lift(who: u64) -> DispatchResult {
	Access::lift_suspension(signed(REGISTRAR), who)
}

#[test]
fn a_reviewer_lifts_what_a_review_found() {
	build_and_execute(|| {
		let (id, _) = confirmed();
		assert_ok!(Access::review_emergency(signed(REGISTRAR), id, false));
		forget();
		assert_ok!(lift(CLINICIAN));
		assert_eq!(events(), [Event::SuspensionLifted { who: CLINICIAN }]);
		assert_eq!(Access::suspended(CLINICIAN), None);
		assert!(!Conducts::<Test>::contains_key(CLINICIAN));
		assert_ok!(declare(CLINICIAN, 2));
		assert_noop!(lift(CLINICIAN), Error::<Test>::NotSuspended);
	});
}

#[test]
fn overdue_reviews_come_first() {
	build_and_execute(|| {
		let (first, ticket) = confirmed();
		assert_ok!(Access::renounce(signed(CLINICIAN), ticket));
		assert_ok!(declare(CLINICIAN, 2));
		let second = emergency_id(CLINICIAN, 2);
		assert_ok!(Access::confirm_emergency(signed(COLLEAGUE), second));
		overdue(first);
		assert_noop!(lift(CLINICIAN), Error::<Test>::NotSuspended);
		assert_ok!(Access::review_emergency(signed(REGISTRAR), second, false));
		assert_noop!(lift(CLINICIAN), Error::<Test>::ReviewsOverdue);
		assert_ok!(Access::review_emergency(signed(REGISTRAR), first, true));
		assert_ok!(lift(CLINICIAN));
	});
}

#[test]
fn nobody_lifts_her_own() {
	build_and_execute(|| {
		let (id, _) = confirmed();
		assert_ok!(Access::review_emergency(signed(REGISTRAR), id, false));
		Reviewers::insert(CLINICIAN, ());
		assert_noop!(
			Access::lift_suspension(signed(CLINICIAN), CLINICIAN),
			Error::<Test>::NotAuthorized
		);
		assert_ok!(Access::lift_suspension(RuntimeOrigin::root(), CLINICIAN));
	});
}

#[test]
fn only_a_reviewer_lifts() {
	build_and_execute(|| {
		for origin in [signed(COLLEAGUE), signed(PATIENT), RuntimeOrigin::none()] {
			assert_noop!(Access::lift_suspension(origin, CLINICIAN), DispatchError::BadOrigin);
		}
		assert_noop!(lift(STRANGER), Error::<Test>::NotSuspended);
	});
}
