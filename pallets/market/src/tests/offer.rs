// SPDX-License-Identifier: Apache-2.0

use super::*;

fn offer(
	who: u64,
	listing: ListingId,
	price: u64,
	expires_at: Moment,
	term: Moment,
) -> DispatchResult {
	Market::offer(signed(who), listing, SALT, price, expires_at, term)
}

#[test]
fn the_price_is_held_at_once() {
	build_and_execute(|| {
		for (byte, asset) in [(1, NATIVE), (2, STABLE)] {
			let listing = listed_by(SELLER, byte, asset.clone());
			assert_ok!(offer(BUYER, listing, PRICE, NOW + MAX_OFFER, MAX_ACCESS));
			let id = OfferId::derive(&listing, &BUYER, &SALT);
			assert_eq!(
				Market::offer_by_id(id),
				Some(Offer {
					listing,
					record: record(byte),
					cohort: None,
					seller: SELLER,
					buyer: BUYER,
					asset: asset.clone(),
					price: PRICE,
					fee: Permill::from_percent(12),
					expires_at: NOW + MAX_OFFER,
					access_for: MAX_ACCESS,
					state: OfferState::Open,
				})
			);
			assert_eq!(free(asset.clone(), BUYER), ENDOWMENT - PRICE);
			assert_eq!(escrowed(asset, BUYER), PRICE);
			assert_eq!(
				events(),
				[Event::Offered { offer: id, listing, buyer: BUYER, price: PRICE }]
			);
		}
		assert_eq!(Escrows::<Test>::get(BUYER), EscrowCount { as_payee: 0, as_buyer: 2 });
		assert_eq!(Escrows::<Test>::get(SELLER), EscrowCount { as_payee: 2, as_buyer: 0 });
	});
}

#[test]
fn more_than_asked_may_be_offered() {
	build_and_execute(|| {
		let listing = listed();
		assert_ok!(offer(OTHER_BUYER, listing, PRICE + 1, NOW + 1, 0));
		assert_eq!(escrowed(NATIVE, OTHER_BUYER), PRICE + 1);
		assert_noop!(offer(BUYER, listing, PRICE - 1, NOW + 1, 0), Error::<Test>::PriceTooLow);
	});
}

#[test]
fn a_fee_that_changed_since_the_listing_is_checked_again() {
	build_and_execute(|| {
		let listing = listed();
		Fee::set(&Permill::from_parts(999));
		assert_noop!(offer(BUYER, listing, PRICE, NOW + 1, 0), Error::<Test>::PriceTooLow);
	});
}

#[test]
fn only_a_signed_origin_offers() {
	build_and_execute(|| {
		let listing = listed();
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Market::offer(origin, listing, SALT, PRICE, NOW + 1, 0),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn buyers_are_researchers_and_organisations_in_good_standing() {
	build_and_execute(|| {
		let listing = listed();
		for who in [STRANGER, PATIENT, SELLER] {
			assert_noop!(offer(who, listing, PRICE, NOW + 1, 0), Error::<Test>::NotInGoodStanding);
		}
		for role in [Role::Clinician, Role::Registrar, Role::Custodian, Role::Guardian] {
			Standing::insert(BUYER, (role, Moment::MAX));
			assert_noop!(
				offer(BUYER, listing, PRICE, NOW + 1, 0),
				Error::<Test>::NotInGoodStanding
			);
		}
		Standing::insert(BUYER, (Role::Researcher, NOW));
		assert_noop!(offer(BUYER, listing, PRICE, NOW + 1, 0), Error::<Test>::NotInGoodStanding);
	});
}

#[test]
fn nobody_buys_of_herself() {
	build_and_execute(|| {
		let listing = listed_by(BUYER, 1, NATIVE);
		assert_noop!(offer(BUYER, listing, PRICE, NOW + 1, 0), Error::<Test>::SelfOffer);
	});
}

#[test]
fn only_what_is_on_sale_and_live_takes_offers() {
	build_and_execute(|| {
		assert_noop!(offer(BUYER, ListingId([9; 32]), PRICE, NOW + 1, 0), Error::<Test>::NotFound);
		let listing = listed();
		Records::insert(record(1), (SELLER, false));
		assert_noop!(offer(BUYER, listing, PRICE, NOW + 1, 0), Error::<Test>::RecordRetired);
		Records::insert(record(1), (OTHER_SELLER, true));
		assert_noop!(offer(BUYER, listing, PRICE, NOW + 1, 0), Error::<Test>::RecordRetired);
		Records::insert(record(1), (SELLER, true));
		assert_ok!(Market::take_down(signed(MODERATOR), listing, TakedownReason::Unlawful));
		assert_noop!(offer(BUYER, listing, PRICE, NOW + 1, 0), Error::<Test>::NotOnSale);
	});
}

#[test]
fn times_lie_ahead_and_not_too_far() {
	build_and_execute(|| {
		let listing = listed();
		let call = |expires_at, term| offer(BUYER, listing, PRICE, expires_at, term);
		for expires_at in [0, NOW - 1, NOW] {
			assert_noop!(call(expires_at, 0), Error::<Test>::Expired);
		}
		for expires_at in [NOW + MAX_OFFER + 1, u64::MAX] {
			assert_noop!(call(expires_at, 0), Error::<Test>::DurationTooLong);
		}
		for term in [MAX_ACCESS + 1, u64::MAX] {
			assert_noop!(call(NOW + 1, term), Error::<Test>::DurationTooLong);
		}
		assert_ok!(call(NOW + 1, 0));
	});
}

#[test]
fn a_salt_is_one_offer() {
	build_and_execute(|| {
		let id = offered();
		let listing = ListingId::derive(&SELLER, &[1; 32]);
		assert_noop!(offer_for(listing, 1), Error::<Test>::AlreadyExists);
		assert_ok!(offer_for(listing, 2));
		assert_ok!(Market::withdraw_offer(signed(BUYER), id));
		assert_ok!(offer_for(listing, 1));
	});
}

#[test]
fn escrows_of_a_seller_and_of_a_buyer_are_bounded() {
	build_and_execute(|| {
		let listing = listed();
		let other = listed_by(OTHER_SELLER, 2, NATIVE);
		for salt in 0..MAX_PER_PAYEE as u8 {
			assert_ok!(offer_for(listing, salt));
		}
		assert_noop!(offer_for(listing, 9), Error::<Test>::MaxEscrowsExceeded);
		// The other seller is free, the buyer for a while.
		for salt in MAX_PER_PAYEE as u8..MAX_PER_BUYER as u8 {
			assert_ok!(offer_for(other, salt));
		}
		let third = listed_by(PATIENT, 3, NATIVE);
		assert_noop!(offer_for(third, 9), Error::<Test>::MaxEscrowsExceeded);
		// What is given back makes room for both.
		let first = OfferId::derive(&listing, &BUYER, &[0; 32]);
		assert_ok!(Market::withdraw_offer(signed(BUYER), first));
		assert_ok!(offer_for(listing, 9));
	});
}

#[test]
fn what_a_buyer_does_not_have_is_not_offered() {
	build_and_execute(|| {
		let listing = listed();
		assert_noop!(
			offer(BUYER, listing, ENDOWMENT + 1, NOW + 1, 0),
			sp_runtime::TokenError::FundsUnavailable
		);
		// Her account stays alive.
		assert!(offer(BUYER, listing, ENDOWMENT, NOW + 1, 0).is_err());
		assert_ok!(offer(BUYER, listing, ENDOWMENT - EXISTENTIAL, NOW + 1, 0));
	});
}
