// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn an_authorised_sale_is_accepted() {
	build_and_execute(|| {
		let id = offered();
		let sale = authorise(id);
		assert_ok!(Market::accept(signed(SELLER), id, sale));
		assert_eq!(state(id), Some(OfferState::Accepted { sale }));
		assert_eq!(events(), [Event::Accepted { offer: id, sale }]);
		assert_eq!(escrowed(NATIVE, BUYER), PRICE);
	});
}

#[test]
fn the_authorisation_names_this_seller_buyer_and_record() {
	build_and_execute(|| {
		let id = offered();
		let sale = SaleId(id.0);
		let call = || Market::accept(signed(SELLER), id, sale);
		assert_noop!(call(), Error::<Test>::SaleMismatch);
		let changes: [fn(&mut MockSale); 3] = [
			|sale| sale.seller = OTHER_SELLER,
			|sale| sale.buyer = OTHER_BUYER,
			|sale| sale.record = record(2),
		];
		for change in changes {
			authorise(id);
			Sales::mutate(sale, |sale| change(sale.as_mut().unwrap()));
			assert_noop!(call(), Error::<Test>::SaleMismatch);
		}
	});
}

#[test]
fn the_authorisation_holds_until_the_last_ticket_is_over() {
	build_and_execute(|| {
		let id = offered();
		let sale = authorise(id);
		let set = |until, revoked| {
			Sales::mutate(sale, |sale| {
				let sale = sale.as_mut().unwrap();
				sale.until = until;
				sale.revoked = revoked;
			});
		};
		let needed = NOW + MAX_OFFER + LIFETIME;
		set(needed, true);
		assert_noop!(Market::accept(signed(SELLER), id, sale), Error::<Test>::SaleRevoked);
		set(needed - 1, false);
		assert_noop!(Market::accept(signed(SELLER), id, sale), Error::<Test>::SaleTooShort);
		set(needed, false);
		assert_ok!(Market::accept(signed(SELLER), id, sale));
	});
}

#[test]
fn only_the_seller_accepts() {
	build_and_execute(|| {
		let id = offered();
		let sale = authorise(id);
		for who in [BUYER, OTHER_SELLER, STRANGER] {
			assert_noop!(Market::accept(signed(who), id, sale), Error::<Test>::NotAuthorized);
		}
		assert_noop!(
			Market::accept(signed(SELLER), OfferId([9; 32]), sale),
			Error::<Test>::NotFound
		);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::accept(origin, id, sale), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn an_offer_is_accepted_once() {
	for make in [accepted, locked, disputed, settled] {
		build_and_execute(|| {
			let id = make();
			assert_noop!(
				Market::accept(signed(SELLER), id, SaleId(id.0)),
				Error::<Test>::InvalidState
			);
		});
	}
}

#[test]
fn what_cannot_be_delivered_is_not_accepted() {
	build_and_execute(|| {
		let id = offered();
		let sale = authorise(id);
		let listing = ListingId::derive(&SELLER, &[1; 32]);
		let call = || Market::accept(signed(SELLER), id, sale);
		Records::insert(record(1), (SELLER, false));
		assert_noop!(call(), Error::<Test>::RecordRetired);
		assert_ok!(Market::take_down(signed(MODERATOR), listing, TakedownReason::Unlawful));
		assert_noop!(call(), Error::<Test>::NotOnSale);
		at(NOW + MAX_OFFER);
		assert_noop!(call(), Error::<Test>::Expired);
	});
}
