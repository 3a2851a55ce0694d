// SPDX-License-Identifier: Apache-2.0

use super::*;

fn open(who: u64, id: OfferId) -> DispatchResult {
	Market::open_sale(signed(who), id, request(), key(1))
}

#[test]
fn a_ticket_is_issued_and_the_escrow_locked() {
	build_and_execute(|| {
		let id = accepted();
		let sale = SaleId(id.0);
		at(NOW + MAX_OFFER - 1);
		assert_ok!(open(BUYER, id));
		let ticket = TicketId::derive(&ConsentId(sale.0), &record(1), &[1; 32]);
		let deadline = NOW + MAX_OFFER - 1 + LIFETIME;
		let purchase = Purchase { sale, ticket, request: request(), deadline, redownloads: 0 };
		assert_eq!(state(id), Some(OfferState::Locked(purchase)));
		assert_eq!(events(), [Event::Locked { offer: id, ticket }]);
		assert_eq!(escrowed(NATIVE, BUYER), PRICE);
		assert_eq!(usage(ListingId::derive(&SELLER, &[1; 32])), (1, 0, 0));
	});
}

#[test]
fn only_an_accepted_offer_is_opened_and_once() {
	for make in [offered, locked, disputed, settled] {
		build_and_execute(|| {
			let id = make();
			assert_noop!(open(BUYER, id), Error::<Test>::InvalidState);
		});
	}
}

#[test]
fn only_the_buyer_opens_and_in_good_standing() {
	build_and_execute(|| {
		let id = accepted();
		for who in [SELLER, OTHER_BUYER, STRANGER] {
			assert_noop!(open(who, id), Error::<Test>::NotAuthorized);
		}
		assert_noop!(open(BUYER, OfferId([9; 32])), Error::<Test>::NotFound);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Market::open_sale(origin, id, request(), key(1)),
				DispatchError::BadOrigin
			);
		}
		Standing::insert(BUYER, (Role::Researcher, NOW));
		assert_noop!(open(BUYER, id), Error::<Test>::NotInGoodStanding);
	});
}

#[test]
fn what_cannot_be_delivered_is_not_opened() {
	build_and_execute(|| {
		let id = accepted();
		Records::insert(record(1), (SELLER, false));
		assert_noop!(open(BUYER, id), Error::<Test>::RecordRetired);
		assert_ok!(Market::unlist(signed(SELLER), ListingId::derive(&SELLER, &[1; 32])));
		assert_noop!(open(BUYER, id), Error::<Test>::NotOnSale);
		at(NOW + MAX_OFFER);
		assert_noop!(open(BUYER, id), Error::<Test>::Expired);
	});
}

#[test]
fn the_authorisation_still_holds_and_until_the_ticket_is_over() {
	build_and_execute(|| {
		let id = accepted();
		let sale = SaleId(id.0);
		let change = |change: fn(&mut MockSale)| {
			authorise(id);
			Sales::mutate(sale, |sale| change(sale.as_mut().unwrap()));
		};
		change(|sale| sale.revoked = true);
		assert_noop!(open(BUYER, id), Error::<Test>::SaleRevoked);
		change(|sale| sale.until = NOW + LIFETIME - 1);
		assert_noop!(open(BUYER, id), Error::<Test>::SaleTooShort);
		change(|sale| sale.buyer = OTHER_BUYER);
		assert_noop!(open(BUYER, id), Error::<Test>::SaleMismatch);
		change(|sale| sale.until = NOW + LIFETIME);
		assert_ok!(open(BUYER, id));
	});
}

#[test]
fn a_ticket_that_is_not_issued_locks_nothing() {
	build_and_execute(|| {
		let id = accepted();
		let ticket = TicketId::derive(&ConsentId(id.0), &record(1), &[1; 32]);
		Tickets::insert(ticket, NOW);
		assert_noop!(open(BUYER, id), DispatchError::Other("the key was used before"));
	});
}
