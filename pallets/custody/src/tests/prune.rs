// SPDX-License-Identifier: Apache-2.0

use super::*;

fn ticket() -> TicketId {
	form(FIRST);
	dealt(RECORD, 1);
	let ticket = open(1, RECORD, 1);
	answered(ticket, &[0, 1, 2], RELEASE);
	answered(ticket, &[0, 1, 2], STOP);
	events();
	ticket
}

#[test]
fn answers_are_removed_after_the_retention() {
	build_and_execute(|| {
		let ticket = ticket();
		for now in [NOW, NOW + LIFETIME, NOW + LIFETIME + RETENTION - 1] {
			Timestamp::set_timestamp(now);
			assert_noop!(Custody::prune(signed(STRANGER), ticket), Error::<Test>::NotYetPrunable);
		}
		Timestamp::set_timestamp(NOW + LIFETIME + RETENTION);
		assert_ok!(Custody::prune(signed(STRANGER), ticket));
		assert_eq!(Custody::answers(ticket), None);
		assert_eq!(Custody::stopped(ticket), Seats::EMPTY);
		assert_eq!(Custody::first_delivered_at(&ticket), None);
		assert_eq!(events(), [Event::Pruned { ticket }]);
		assert_noop!(Custody::prune(signed(STRANGER), ticket), Error::<Test>::NotFound);
	});
}

#[test]
fn what_was_pruned_does_not_begin_again() {
	build_and_execute(|| {
		let ticket = ticket();
		delivered();
		Timestamp::set_timestamp(NOW + LIFETIME + RETENTION);
		assert_ok!(Custody::prune(signed(STRANGER), ticket));
		answered(ticket, &[0, 1, 2], RELEASE);
		assert_eq!(Custody::answers(ticket), None);
		assert_eq!(delivered(), []);
		assert_noop!(Custody::mark_missed(signed(STRANGER), ticket), Error::<Test>::NotFound);
	});
}

#[test]
fn only_a_signed_origin_prunes() {
	build_and_execute(|| {
		let ticket = ticket();
		Timestamp::set_timestamp(NOW + LIFETIME + RETENTION);
		for origin in [root(), RuntimeOrigin::none()] {
			assert_noop!(Custody::prune(origin, ticket), DispatchError::BadOrigin);
		}
	});
}
