// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn new_offers_pay_the_new_price() {
	build_and_execute(|| {
		let offer = offered();
		let listing = ListingId::derive(&SELLER, &[1; 32]);
		assert_ok!(Market::update_price(signed(SELLER), listing, 2 * PRICE));
		assert_eq!(events(), [Event::PriceUpdated { listing, price: 2 * PRICE }]);
		assert_eq!(Market::listing(listing).unwrap().price, 2 * PRICE);
		assert_noop!(offer_for(listing, 2), Error::<Test>::PriceTooLow);
		// What was offered before stays as it is.
		assert_eq!(Offers::<Test>::get(offer).unwrap().price, PRICE);
	});
}

#[test]
fn only_the_seller_sets_a_price_above_dust() {
	build_and_execute(|| {
		let listing = listed();
		let call = |who, price| Market::update_price(signed(who), listing, price);
		assert_noop!(call(OTHER_SELLER, PRICE), Error::<Test>::NotAuthorized);
		assert_noop!(call(SELLER, MIN_PRICE - 1), Error::<Test>::PriceTooLow);
		assert_noop!(
			Market::update_price(signed(SELLER), ListingId([9; 32]), PRICE),
			Error::<Test>::NotFound
		);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::update_price(origin, listing, PRICE), DispatchError::BadOrigin);
		}
	});
}
