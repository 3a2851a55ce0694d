// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn without_anything_there_is_nothing_to_see() {
	build_and_execute(|| {
		let (ticket, emergency) = (TicketId([9; 32]), EmergencyId([9; 32]));
		assert_eq!(Access::ticket(ticket), None);
		assert_eq!(Access::request(ticket), None);
		assert_eq!(Access::receipt(ticket), None);
		assert_eq!(Access::emergency(emergency), None);
		assert_eq!(Access::latest_emergency(CLINICIAN, PATIENT), None);
		assert_eq!(Access::conduct(CLINICIAN), Conduct::default());
		assert_eq!(Access::suspended(CLINICIAN), None);
		assert_eq!(Access::trail_review(PATIENT), None);
	});
}

#[test]
fn a_request_is_seen_as_it_was_made() {
	build_and_execute(|| {
		assert_ok!(open(RECORD, 1));
		assert_ok!(Access::open(signed(CLINICIAN), PUBLIC, RECORD, public(), key(1)));
		assert_eq!(Access::request(ticket_id(SEALED, RECORD, 1)), Some(sealed()));
		assert_eq!(Access::request(ticket_id(PUBLIC, RECORD, 1)), Some(public()));
		assert_eq!(Access::request(sold()), Some(sealed()));
	});
}

#[test]
fn a_receipt_proves_a_delivery() {
	build_and_execute(|| {
		let ticket = opened();
		assert_eq!(Access::receipt(ticket), None);
		Access::delivered(&ticket, NOW + 7);
		let receipt = Access::receipt(ticket).unwrap();
		assert_eq!((&receipt.ticket, receipt.delivered_at), (&stored(ticket), NOW + 7));
		let facts = <Access as TicketBook<u64>>::ticket(&ticket).unwrap();
		assert_eq!(receipt.digest, facts.delivery_digest(&ticket, NOW + 7));
		// It proves the same when the ticket is over.
		assert_ok!(Access::dispute_access(signed(PATIENT), ticket));
		assert_eq!(Access::receipt(ticket).unwrap().digest, receipt.digest);
	});
}
