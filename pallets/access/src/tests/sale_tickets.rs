// SPDX-License-Identifier: Apache-2.0

use super::*;

fn issue(record: RecordId, byte: u8) -> Result<TicketId, DispatchError> {
	Access::issue(&SALE, &BUYER, &record, REASON, key(byte), NOW)
}

#[test]
fn a_buyer_has_an_audited_ticket() {
	build_and_execute(|| {
		let ticket = issue(RECORD, 1).unwrap();
		assert_eq!(ticket, TicketId::derive_for_sale(&SALE, &RECORD, &[1; 32]));
		assert_eq!(
			stored(ticket),
			Ticket {
				basis: Basis::Sale { sale: SALE },
				record: RECORD,
				record_version: VERSION,
				grantee: BUYER,
				subject: PATIENT,
				request: sealed_ref(),
				ephemeral_key: key(1),
				opened_at: NOW,
				expires_at: NOW + SALE_LIFETIME,
				kept_until: NOW + SALE_LIFETIME + RETENTION,
				delivered_at: None,
				disputed_at: None,
			}
		);
		let action = AuditAction::SaleOpened { sale: SALE, record: RECORD, ticket };
		assert_eq!(entries(), [(PATIENT, BUYER, action)]);
		assert_eq!(events(), [Event::SaleOpened { ticket, sale: SALE, record: RECORD }]);
		assert_eq!(<Access as SaleTickets<u64>>::lifetime(), SALE_LIFETIME);
		assert_eq!(Access::deadline(&ticket), Some(NOW + SALE_LIFETIME));
		assert_eq!(Access::deadline(&TicketId([9; 32])), None);
	});
}

#[test]
fn each_download_has_a_key_of_its_own() {
	build_and_execute(|| {
		let ticket = sold();
		assert_noop!(issue(RECORD, 1), Error::<Test>::AlreadyExists);
		assert_ok!(Access::renounce(signed(BUYER), ticket));
		assert_noop!(issue(RECORD, 1), Error::<Test>::AlreadyExists);
		assert_ok!(issue(RECORD, 2));
		assert_ok!(issue(SECOND_RECORD, 1));
	});
}

#[test]
fn nothing_is_issued_for_what_cannot_be_opened() {
	build_and_execute(|| {
		assert_noop!(issue(RecordId([9; 32]), 1), Error::<Test>::NotFound);
		Records::insert(RECORD, (PATIENT, false));
		assert_noop!(issue(RECORD, 1), Error::<Test>::RecordRetired);
		Standing::insert(BUYER, (Role::Researcher, NOW));
		assert_noop!(issue(SECOND_RECORD, 1), Error::<Test>::CredentialMissing);
	});
}
