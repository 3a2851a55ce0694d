// SPDX-License-Identifier: Apache-2.0

use super::*;

fn facts(ticket: TicketId) -> TicketFacts<u64> {
	<Access as TicketBook<u64>>::ticket(&ticket).unwrap()
}

#[test]
fn custodians_know_the_facts() {
	build_and_execute(|| {
		let ticket = opened();
		assert_eq!(
			facts(ticket),
			TicketFacts {
				grantee: CLINICIAN,
				subject: PATIENT,
				consent: Some(SEALED),
				record: RECORD,
				record_version: VERSION,
				opened_at: NOW,
				expires_at: NOW + LIFETIME,
			}
		);
		// Neither a sale nor an emergency has a consent.
		assert_eq!(facts(sold()).consent, None);
		assert_eq!(facts(confirmed().1).consent, None);
		assert_eq!(<Access as TicketBook<u64>>::ticket(&TicketId([9; 32])), None);
	});
}

#[test]
fn a_delivery_is_noted_and_audited() {
	build_and_execute(|| {
		let ticket = opened();
		Access::delivered(&ticket, NOW + 7);
		assert_eq!(stored(ticket).delivered_at, Some(NOW + 7));
		assert_eq!(entries(), [(PATIENT, CLINICIAN, AuditAction::AccessDelivered { ticket })]);
		assert_eq!(events(), [Event::Delivered { ticket }]);
	});
}

#[test]
fn who_reads_no_further_is_audited_and_keeps_what_she_had() {
	build_and_execute(|| {
		let ticket = opened();
		Access::delivered(&ticket, NOW + 7);
		forget();
		let before = stored(ticket);
		Access::stopped(&ticket);
		assert_eq!(stored(ticket), before);
		assert_eq!(uses_left(SEALED), 1);
		assert_eq!(entries(), [(PATIENT, CLINICIAN, AuditAction::AccessStopped { ticket })]);
		assert_eq!(events(), [Event::Stopped { ticket }]);
	});
}

#[test]
fn what_is_not_released_gives_the_use_back() {
	build_and_execute(|| {
		let ticket = opened();
		set_time(NOW + 2);
		Access::refused(&ticket);
		assert_eq!(uses_left(SEALED), 2);
		assert_eq!(expires_at(ticket), NOW + 2);
		assert_eq!(entries(), [(PATIENT, CLINICIAN, AuditAction::AccessNotReleased { ticket })]);
		assert_eq!(events(), [Event::NotReleased { ticket }]);
		// Its key stays used.
		assert_noop!(open(RECORD, 1), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn a_sale_and_an_emergency_have_no_use_to_give_back() {
	build_and_execute(|| {
		for ticket in [sold(), confirmed().1] {
			Access::refused(&ticket);
			assert_eq!(events(), [Event::NotReleased { ticket }]);
			assert_eq!(expires_at(ticket), NOW);
			entries();
		}
		assert_eq!(uses_left(SEALED), 2);
	});
}

#[test]
fn a_late_refusal_does_not_lengthen_a_ticket() {
	build_and_execute(|| {
		let ticket = opened();
		set_time(NOW + LIFETIME + 5);
		Access::refused(&ticket);
		assert_eq!(expires_at(ticket), NOW + LIFETIME);
	});
}

#[test]
fn a_closed_ticket_is_left_alone() {
	build_and_execute(|| {
		let ticket = opened();
		set_time(NOW + LIFETIME + RETENTION);
		assert_ok!(Access::close(signed(STRANGER), ticket));
		forget();
		Access::refused(&ticket);
		Access::delivered(&ticket, NOW);
		Access::stopped(&ticket);
		assert_eq!((entries(), events()), (vec![], vec![]));
		assert_eq!(uses_left(SEALED), 1);
	});
}

#[test]
fn the_use_of_a_consent_that_is_gone_is_not_given_back() {
	build_and_execute(|| {
		let ticket = opened();
		Consents::remove(SEALED);
		Access::refused(&ticket);
		assert_eq!(events(), [Event::NotReleased { ticket }]);
	});
}

#[test]
fn expired_tickets_are_found() {
	build_and_execute(|| {
		let (first, second) = (opened(), sold());
		let expired = |now| Access::expired(now).collect::<std::collections::BTreeSet<_>>();
		assert!(expired(NOW + LIFETIME - 1).is_empty());
		assert_eq!(expired(NOW + LIFETIME), [first].into());
		assert_eq!(expired(NOW + SALE_LIFETIME), [first, second].into());
		assert_ok!(Access::renounce(signed(BUYER), second));
		assert_eq!(expired(NOW), [second].into());
	});
}
