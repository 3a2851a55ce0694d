// SPDX-License-Identifier: Apache-2.0

use super::*;

fn renounce(who: u64, ticket: TicketId) -> DispatchResult {
	Access::renounce(signed(who), ticket)
}

#[test]
fn the_grantee_ends_a_ticket() {
	build_and_execute(|| {
		let (opened, sold) = (opened(), sold());
		let kept_until = stored(opened).kept_until;
		set_time(NOW + 1);
		for (who, ticket) in [(CLINICIAN, opened), (BUYER, sold)] {
			assert_ok!(renounce(who, ticket));
			assert_eq!(events(), [Event::Renounced { ticket }]);
			assert_eq!(expires_at(ticket), NOW + 1);
			assert_noop!(renounce(who, ticket), Error::<Test>::Expired);
		}
		assert_eq!(stored(opened).kept_until, kept_until);
		assert_eq!(uses_left(SEALED), 1);
	});
}

#[test]
fn custodians_still_answer_what_was_renounced() {
	build_and_execute(|| {
		let ticket = opened();
		assert_ok!(renounce(CLINICIAN, ticket));
		assert_eq!(<Access as TicketBook<u64>>::ticket(&ticket).unwrap().expires_at, NOW);
		Access::delivered(&ticket, NOW + 5);
		assert_eq!(stored(ticket).delivered_at, Some(NOW + 5));
	});
}

#[test]
fn an_expired_ticket_is_over() {
	build_and_execute(|| {
		let ticket = opened();
		set_time(NOW + LIFETIME);
		assert_noop!(renounce(CLINICIAN, ticket), Error::<Test>::Expired);
	});
}

#[test]
fn nobody_else_renounces() {
	build_and_execute(|| {
		let ticket = opened();
		for who in [PATIENT, COLLEAGUE, STRANGER] {
			assert_noop!(renounce(who, ticket), Error::<Test>::NotAuthorized);
		}
		assert_noop!(renounce(CLINICIAN, TicketId([9; 32])), Error::<Test>::NotFound);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Access::renounce(origin, ticket), DispatchError::BadOrigin);
		}
	});
}
