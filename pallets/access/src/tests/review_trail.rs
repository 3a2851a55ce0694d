// SPDX-License-Identifier: Apache-2.0

use super::*;

fn review(who: u64, entries: u64) -> DispatchResult {
	Access::review_trail(signed(who), entries)
}

#[test]
fn the_subject_says_how_much_she_has_seen() {
	build_and_execute(|| {
		opened();
		assert_ok!(open(RECORD, 2));
		forget();
		assert_ok!(review(PATIENT, 1));
		assert_eq!(Access::trail_review(PATIENT), Some(TrailReview { entries: 1, at: NOW }));
		assert_eq!(entries(), [(PATIENT, PATIENT, AuditAction::TrailReviewed { entries: 1 })]);
		assert_eq!(events(), [Event::TrailReviewed { subject: PATIENT, entries: 1 }]);
		// What she said is an entry too.
		set_time(NOW + 1);
		assert_ok!(review(PATIENT, 3));
		assert_eq!(Access::trail_review(PATIENT), Some(TrailReview { entries: 3, at: NOW + 1 }));
	});
}

#[test]
fn her_guardian_is_named() {
	build_and_execute(|| {
		opened();
		assert_ok!(review(GUARDIAN, 1));
		assert_eq!(entries(), [(PATIENT, GUARDIAN, AuditAction::TrailReviewed { entries: 1 })]);
		assert_eq!(Access::trail_review(GUARDIAN), None);
	});
}

#[test]
fn no_more_is_seen_than_there_is_and_nothing_unseen_again() {
	build_and_execute(|| {
		assert_noop!(review(PATIENT, 0), Error::<Test>::InvalidEntries);
		assert_noop!(review(PATIENT, 1), Error::<Test>::InvalidEntries);
		opened();
		assert_noop!(review(PATIENT, 2), Error::<Test>::InvalidEntries);
		assert_ok!(review(PATIENT, 1));
		for entries in [0, 1, 3, u64::MAX] {
			assert_noop!(review(PATIENT, entries), Error::<Test>::InvalidEntries);
		}
	});
}

#[test]
fn only_a_subject_reviews() {
	build_and_execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Access::review_trail(origin, 1), DispatchError::BadOrigin);
		}
	});
}
