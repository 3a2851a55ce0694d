// SPDX-License-Identifier: Apache-2.0

use super::*;

fn rate(who: u64, id: OfferId, stars: u8) -> DispatchResult {
	Market::rate(signed(who), id, stars)
}

#[test]
fn a_settled_purchase_is_rated_once() {
	build_and_execute(|| {
		let id = settled();
		assert_ok!(rate(BUYER, id, 4));
		assert_eq!(events(), [Event::Rated { offer: id, seller: SELLER, stars: 4 }]);
		assert_eq!(Market::rating(SELLER), Rating { count: 1, stars: 4 });
		assert_noop!(rate(BUYER, id, 4), Error::<Test>::AlreadyRated);
	});
}

#[test]
fn ratings_of_a_seller_add_up() {
	build_and_execute(|| {
		for byte in 1..=3 {
			let listing = listed_by(SELLER, byte, NATIVE);
			assert_ok!(offer_for(listing, byte));
			let id = OfferId::derive(&listing, &BUYER, &[byte; 32]);
			accept_all(id);
			assert_ok!(Market::open_sale(signed(BUYER), id, request(), key(byte)));
			assert_ok!(Market::settle(signed(BUYER), id));
			assert_ok!(rate(BUYER, id, byte + 2));
		}
		assert_eq!(Market::rating(SELLER), Rating { count: 3, stars: 12 });
		assert_eq!(Market::rating(OTHER_SELLER), Rating::default());
	});
}

#[test]
fn one_to_five_stars() {
	build_and_execute(|| {
		let id = settled();
		for stars in [0, 6, u8::MAX] {
			assert_noop!(rate(BUYER, id, stars), Error::<Test>::InvalidRating);
		}
	});
}

#[test]
fn only_settled_purchases_are_rated() {
	for make in [offered, accepted, locked, disputed] {
		build_and_execute(|| {
			let id = make();
			assert_noop!(rate(BUYER, id, 5), Error::<Test>::InvalidState);
		});
	}
}

#[test]
fn only_the_buyer_rates() {
	build_and_execute(|| {
		let id = settled();
		for who in [SELLER, OTHER_BUYER, STRANGER] {
			assert_noop!(rate(who, id, 5), Error::<Test>::NotAuthorized);
		}
		assert_noop!(rate(BUYER, OfferId([9; 32]), 5), Error::<Test>::NotFound);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::rate(origin, id, 5), DispatchError::BadOrigin);
		}
	});
}
