// SPDX-License-Identifier: Apache-2.0

use super::*;

fn list(who: u64, salt: u8, goods: Goods, asset: AssetId, price: u64) -> DispatchResult {
	Market::list(signed(who), [salt; 32], goods, asset, price)
}

#[test]
fn a_record_is_put_on_sale_and_the_deposit_is_held() {
	build_and_execute(|| {
		Records::insert(record(1), (SELLER, true));
		assert_ok!(list(SELLER, 1, goods(record(1)), STABLE, PRICE));
		let id = ListingId::derive(&SELLER, &[1; 32]);
		let listing = Market::listing(id).unwrap();
		assert_eq!((listing.seller, listing.asset, listing.price), (SELLER, STABLE, PRICE));
		assert_eq!((listing.goods, listing.state), (goods(record(1)), ListingState::OnSale));
		assert_eq!((listing.usage, listing.listed_at), (Usage::default(), NOW));
		assert_eq!(Market::listings_of(SELLER), [id]);
		assert_eq!(ListedRecords::<Test>::get(record(1)), Some(id));
		// The deposit is native, and no escrow.
		assert_eq!(free(NATIVE, SELLER), ENDOWMENT - DEPOSIT);
		assert_eq!(escrowed(NATIVE, SELLER), 0);
		assert_eq!(events(), [Event::Listed { listing: id, seller: SELLER }]);
	});
}

#[test]
fn only_a_signed_origin_lists() {
	build_and_execute(|| {
		Records::insert(record(1), (SELLER, true));
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Market::list(origin, SALT, goods(record(1)), NATIVE, PRICE),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn the_record_is_a_live_one_of_the_seller() {
	build_and_execute(|| {
		let call = || list(SELLER, 1, goods(record(1)), NATIVE, PRICE);
		assert_noop!(call(), Error::<Test>::NotFound);
		Records::insert(record(1), (OTHER_SELLER, true));
		assert_noop!(call(), Error::<Test>::NotAuthorized);
		Records::insert(record(1), (SELLER, false));
		assert_noop!(call(), Error::<Test>::RecordRetired);
	});
}

#[test]
fn sensitive_categories_are_never_named() {
	build_and_execute(|| {
		Records::insert(record(1), (SELLER, true));
		let with = |all: &[Category]| Goods { categories: categories(all), ..goods(record(1)) };
		assert_noop!(list(SELLER, 1, with(&[]), NATIVE, PRICE), Error::<Test>::InvalidCategory);
		for category in Category::ALL {
			let call = list(SELLER, 1, with(&[Category::Labs, *category]), NATIVE, PRICE);
			match category.sensitivity() {
				Sensitivity::Normal => {
					assert_ok!(call);
					let id = ListingId::derive(&SELLER, &[1; 32]);
					assert_ok!(Market::unlist(signed(SELLER), id));
				},
				Sensitivity::Sensitive => {
					assert_eq!(call, Err(Error::<Test>::InvalidCategory.into()))
				},
			}
		}
	});
}

#[test]
fn quality_is_of_a_hundred() {
	build_and_execute(|| {
		Records::insert(record(1), (SELLER, true));
		let with = |quality| Goods { quality, ..goods(record(1)) };
		for quality in [101, u8::MAX] {
			assert_noop!(
				list(SELLER, 1, with(quality), NATIVE, PRICE),
				Error::<Test>::InvalidQuality
			);
		}
		assert_ok!(list(SELLER, 1, with(100), NATIVE, PRICE));
	});
}

#[test]
fn the_market_takes_the_currency_and_can_keep_it() {
	build_and_execute(|| {
		Records::insert(record(1), (SELLER, true));
		let call = |asset| list(SELLER, 1, goods(record(1)), asset, PRICE);
		assert_noop!(call(REFUSED), Error::<Test>::InvalidAsset);
		assert_noop!(call(UNFUNDED), Error::<Test>::NotFunded);
		assert_ok!(Assets::mint(signed(SELLER), 2, Market::account(), EXISTENTIAL));
		events();
		assert_ok!(call(UNFUNDED));
	});
}

#[test]
fn a_price_is_above_dust() {
	build_and_execute(|| {
		Records::insert(record(1), (SELLER, true));
		let call = |price| list(SELLER, 1, goods(record(1)), NATIVE, price);
		for price in [0, 1, MIN_PRICE - 1] {
			assert_noop!(call(price), Error::<Test>::PriceTooLow);
		}
		// A fee that would round to nothing, and one that leaves the seller less than an account
		// needs.
		Fee::set(&Permill::from_parts(9_999));
		assert_noop!(call(MIN_PRICE), Error::<Test>::PriceTooLow);
		Fee::set(&Permill::from_percent(91));
		assert_noop!(call(MIN_PRICE), Error::<Test>::PriceTooLow);
		for fee in [0, 1, 90] {
			Fee::set(&Permill::from_percent(fee));
			assert_ok!(call(MIN_PRICE));
			let id = ListingId::derive(&SELLER, &[1; 32]);
			assert_ok!(Market::unlist(signed(SELLER), id));
		}
	});
}

#[test]
fn a_salt_and_a_record_are_listed_once() {
	build_and_execute(|| {
		listed();
		Records::insert(record(2), (SELLER, true));
		assert_noop!(
			list(SELLER, 1, goods(record(2)), NATIVE, PRICE),
			Error::<Test>::AlreadyExists
		);
		assert_noop!(list(SELLER, 2, goods(record(1)), NATIVE, PRICE), Error::<Test>::RecordListed);
	});
}

#[test]
fn listings_of_an_account_are_bounded() {
	build_and_execute(|| {
		for byte in 0..MAX_LISTINGS as u8 {
			listed_by(SELLER, byte, NATIVE);
		}
		Records::insert(record(99), (SELLER, true));
		assert_noop!(
			list(SELLER, 99, goods(record(99)), NATIVE, PRICE),
			Error::<Test>::MaxListingsExceeded
		);
		// Another account has places of its own.
		listed_by(OTHER_SELLER, 98, NATIVE);
	});
}

#[test]
fn without_the_deposit_nothing_is_listed() {
	build_and_execute(|| {
		Records::insert(record(1), (STRANGER, true));
		assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), STRANGER, DEPOSIT));
		events();
		assert_noop!(
			list(STRANGER, 1, goods(record(1)), NATIVE, PRICE),
			sp_runtime::TokenError::FundsUnavailable
		);
	});
}
