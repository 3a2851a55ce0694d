// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn a_listing_leaves_nothing_behind() {
	build_and_execute(|| {
		let listing = listed();
		assert_ok!(Market::unlist(signed(SELLER), listing));
		assert_eq!(events(), [Event::Unlisted { listing }]);
		assert_eq!(Listings::<Test>::iter().count(), 0);
		assert_eq!(ListingsOf::<Test>::iter().count(), 0);
		assert_eq!(ListedRecords::<Test>::iter().count(), 0);
		assert_eq!(free(NATIVE, SELLER), ENDOWMENT);
		assert_eq!(listed(), listing);
	});
}

#[test]
fn only_the_seller_removes_what_there_is() {
	build_and_execute(|| {
		let listing = listed();
		assert_noop!(Market::unlist(signed(OTHER_SELLER), listing), Error::<Test>::NotAuthorized);
		assert_noop!(Market::unlist(signed(SELLER), ListingId([9; 32])), Error::<Test>::NotFound);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::unlist(origin, listing), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn a_locked_offer_runs_its_course_without_the_listing() {
	build_and_execute(|| {
		let id = delivered();
		let listing = ListingId::derive(&SELLER, &[1; 32]);
		assert_ok!(Market::unlist(signed(SELLER), listing));
		assert_noop!(Market::refund(signed(STRANGER), id), Error::<Test>::NotRefundable);
		at(NOW + WINDOW);
		assert_ok!(Market::settle(signed(STRANGER), id));
		assert_eq!(Market::claimable(SELLER, NATIVE), 880);
	});
}

#[test]
fn the_same_salt_for_another_record_does_not_revive_an_offer() {
	build_and_execute(|| {
		let id = offered();
		let listing = ListingId::derive(&SELLER, &[1; 32]);
		assert_ok!(Market::unlist(signed(SELLER), listing));
		Records::insert(record(2), (SELLER, true));
		assert_ok!(Market::list(signed(SELLER), [1; 32], goods(record(2)), NATIVE, PRICE));
		let sale = authorise(id);
		assert_noop!(Market::accept(signed(SELLER), id, sale), Error::<Test>::NotOnSale);
		assert_eq!(Market::refundable(id), Some(RefundReason::NotOnSale));
	});
}
