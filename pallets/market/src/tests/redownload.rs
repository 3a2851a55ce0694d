// SPDX-License-Identifier: Apache-2.0

use super::*;

fn again(id: OfferId, byte: u8) -> DispatchResult {
	Market::redownload(signed(BUYER), id, key(byte))
}

#[test]
fn what_was_delivered_is_downloaded_again_for_nothing() {
	for make in [delivered, disputed, settled] {
		build_and_execute(|| {
			let id = make();
			let before = (free(NATIVE, BUYER), escrowed(NATIVE, BUYER), purchase(id).ticket);
			assert_ok!(again(id, 2));
			let ticket = TicketId::derive(&ConsentId(id.0), &record(1), &[2; 32]);
			assert_eq!(events(), [Event::OpenedAgain { offer: id, ticket }]);
			assert_eq!(purchase(id).redownloads, 1);
			// The first ticket stays the one that counts.
			let after = (free(NATIVE, BUYER), escrowed(NATIVE, BUYER), purchase(id).ticket);
			assert_eq!(before, after);
			assert_eq!(usage(ListingId::derive(&SELLER, &[1; 32])).0, 2);
		});
	}
}

#[test]
fn the_term_runs_from_the_first_delivery() {
	build_and_execute(|| {
		let id = locked();
		at(NOW + 500);
		assert_noop!(again(id, 2), Error::<Test>::NotYetDelivered);
		deliver(id);
		at(NOW + 500 + TERM - 1);
		assert_ok!(again(id, 2));
		at(NOW + 500 + TERM);
		assert_noop!(again(id, 3), Error::<Test>::Expired);
	});
}

#[test]
fn it_is_bounded() {
	build_and_execute(|| {
		let id = settled();
		for byte in 0..MAX_REDOWNLOADS as u8 {
			assert_ok!(again(id, 10 + byte));
		}
		assert_noop!(again(id, 99), Error::<Test>::MaxRedownloadsExceeded);
	});
}

#[test]
fn a_withdrawn_authorisation_ends_it() {
	build_and_execute(|| {
		let id = settled();
		let sale = SaleId(id.0);
		Sales::mutate(sale, |sale| sale.as_mut().unwrap().revoked = true);
		assert_noop!(again(id, 2), Error::<Test>::SaleRevoked);
		authorise(id);
		Sales::mutate(sale, |sale| sale.as_mut().unwrap().until = NOW + LIFETIME - 1);
		assert_noop!(again(id, 2), Error::<Test>::SaleTooShort);
	});
}

#[test]
fn only_the_buyer_and_in_good_standing() {
	build_and_execute(|| {
		let id = settled();
		for who in [SELLER, OTHER_BUYER, STRANGER] {
			assert_noop!(Market::redownload(signed(who), id, key(2)), Error::<Test>::NotAuthorized);
		}
		assert_noop!(again(OfferId([9; 32]), 2), Error::<Test>::NotFound);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::redownload(origin, id, key(2)), DispatchError::BadOrigin);
		}
		Standing::remove(BUYER);
		assert_noop!(again(id, 2), Error::<Test>::NotInGoodStanding);
	});
}

#[test]
fn nothing_is_opened_again_that_was_not_opened() {
	for make in [offered, accepted] {
		build_and_execute(|| {
			let id = make();
			assert_noop!(again(id, 2), Error::<Test>::InvalidState);
		});
	}
}
