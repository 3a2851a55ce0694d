// SPDX-License-Identifier: Apache-2.0

use super::*;

fn assert_shared(asset: AssetId, id: OfferId) {
	let (seller, platform, refunded) = (880, 120, 0);
	assert_eq!(events(), [Event::Settled { offer: id, seller, platform, refunded }]);
	assert_eq!(Market::claimable(SELLER, asset.clone()), seller);
	assert_eq!(Market::claimable(TREASURY, asset.clone()), platform);
	assert_eq!(Market::earnings(SELLER, asset.clone()), seller);
	assert_eq!(
		(free(asset.clone(), BUYER), escrowed(asset.clone(), BUYER)),
		(ENDOWMENT - PRICE, 0)
	);
	assert_eq!(escrowed(asset, Market::account()), PRICE);
	assert_eq!(Escrows::<Test>::iter().count(), 0);
	let OfferState::Settled { rated, .. } = state(id).unwrap() else { panic!("not settled") };
	assert!(!rated);
}

#[test]
fn anybody_settles_when_the_dispute_window_is_over() {
	for asset in [NATIVE, STABLE] {
		build_and_execute(|| {
			let id = delivered_in(asset.clone());
			at(NOW + WINDOW - 1);
			assert_noop!(Market::settle(signed(STRANGER), id), Error::<Test>::NotYetSettleable);
			assert_noop!(Market::settle(signed(SELLER), id), Error::<Test>::NotYetSettleable);
			at(NOW + WINDOW);
			assert_ok!(Market::settle(signed(STRANGER), id));
			assert_shared(asset.clone(), id);
			assert_eq!(usage(ListingId::derive(&SELLER, &[1; 32])), (1, 1, 1));
		});
	}
}

#[test]
fn the_buyer_settles_whenever_a_ticket_was_opened() {
	for (make, deliveries) in [(locked as fn() -> _, 0), (delivered, 1), (disputed, 1)] {
		build_and_execute(|| {
			let id = make();
			assert_ok!(Market::settle(signed(BUYER), id));
			assert_shared(NATIVE, id);
			assert_eq!(usage(ListingId::derive(&SELLER, &[1; 32])), (1, deliveries, 1));
		});
	}
}

#[test]
fn without_a_delivery_nobody_else_settles() {
	build_and_execute(|| {
		let id = locked();
		at(NOW + 1_000_000);
		assert_noop!(Market::settle(signed(SELLER), id), Error::<Test>::NotYetSettleable);
	});
}

#[test]
fn a_dispute_stops_everybody_else() {
	build_and_execute(|| {
		let id = disputed();
		at(NOW + 1_000_000);
		for who in [SELLER, STRANGER] {
			assert_noop!(Market::settle(signed(who), id), Error::<Test>::NotYetSettleable);
		}
	});
}

#[test]
fn what_was_not_opened_or_is_settled_is_not_settled() {
	for make in [offered, accepted, settled] {
		build_and_execute(|| {
			let id = make();
			assert_noop!(Market::settle(signed(BUYER), id), Error::<Test>::InvalidState);
		});
	}
}

#[test]
fn the_fee_is_that_of_the_offer() {
	build_and_execute(|| {
		let id = delivered();
		Fee::set(&Permill::from_percent(50));
		assert_ok!(Market::settle(signed(BUYER), id));
		assert_shared(NATIVE, id);
	});
}

#[test]
fn rounding_favours_the_seller() {
	build_and_execute(|| {
		let listing = listed();
		// 12 % of 1,008 is 120.96.
		let call = Market::offer(signed(BUYER), listing, SALT, 1_008, NOW + 1, 0);
		assert_ok!(call);
		let id = OfferId::derive(&listing, &BUYER, &SALT);
		accept_all(id);
		assert_ok!(Market::open_sale(signed(BUYER), id, request(), key(1)));
		assert_ok!(Market::settle(signed(BUYER), id));
		assert_eq!(Market::claimable(TREASURY, NATIVE), 120);
		assert_eq!(Market::claimable(SELLER, NATIVE), 888);
	});
}

#[test]
fn without_a_fee_the_seller_gets_everything() {
	build_and_execute(|| {
		Fee::set(&Permill::zero());
		settled();
		assert_eq!(Market::claimable(SELLER, NATIVE), PRICE);
		assert_eq!(Claimable::<Test>::iter().count(), 1);
	});
}

#[test]
fn only_a_signed_origin_settles_what_there_is() {
	build_and_execute(|| {
		let id = delivered();
		at(NOW + WINDOW);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::settle(origin, id), DispatchError::BadOrigin);
		}
		assert_noop!(Market::settle(signed(BUYER), OfferId([9; 32])), Error::<Test>::NotFound);
	});
}
