// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn a_seller_claims_what_she_earned() {
	for asset in [NATIVE, STABLE] {
		build_and_execute(|| {
			settled_in(asset.clone());
			let before = free(asset.clone(), SELLER);
			assert_ok!(Market::claim(signed(SELLER), asset.clone()));
			assert_eq!(free(asset.clone(), SELLER), before + 880);
			let (who, amount) = (SELLER, 880);
			assert_eq!(events(), [Event::Claimed { who, asset: asset.clone(), amount }]);
			assert_eq!(Market::claimable(SELLER, asset.clone()), 0);
			assert_eq!(Market::earnings(SELLER, asset.clone()), 880);
			// The platform's part stays, and what keeps the account alive.
			assert_eq!(escrowed(asset.clone(), Market::account()), 120);
			assert_eq!(free(asset.clone(), Market::account()), EXISTENTIAL);
			assert_noop!(
				Market::claim(signed(SELLER), asset.clone()),
				Error::<Test>::NothingToClaim
			);
		});
	}
}

#[test]
fn anybody_sends_the_platform_its_part() {
	for asset in [NATIVE, STABLE] {
		build_and_execute(|| {
			settled_in(asset.clone());
			// The account did not exist before.
			assert_eq!(free(asset.clone(), TREASURY), 0);
			assert_ok!(Market::claim_platform(signed(STRANGER), asset.clone()));
			assert_eq!(free(asset.clone(), TREASURY), 120);
			assert_noop!(
				Market::claim_platform(signed(STRANGER), asset.clone()),
				Error::<Test>::NothingToClaim
			);
		});
	}
}

#[test]
fn one_currency_is_not_another() {
	build_and_execute(|| {
		settled_in(STABLE);
		assert_noop!(Market::claim(signed(SELLER), NATIVE), Error::<Test>::NothingToClaim);
	});
}

#[test]
fn a_claim_too_small_for_a_new_account_waits_for_more() {
	build_and_execute(|| {
		// A hundredth of a resolved dispute is less than a new account needs.
		let id = disputed();
		assert_ok!(Market::resolve(signed(ARBITER), id, Permill::from_percent(99)));
		assert_eq!(Market::claimable(TREASURY, NATIVE), 1);
		assert_noop!(
			Market::claim_platform(signed(STRANGER), NATIVE),
			sp_runtime::TokenError::CannotCreate
		);
		assert_eq!(Market::claimable(TREASURY, NATIVE), 1);
		let listing = ListingId::derive(&SELLER, &[1; 32]);
		assert_ok!(offer_for(listing, 2));
		let id = OfferId::derive(&listing, &BUYER, &[2; 32]);
		accept_all(id);
		assert_ok!(Market::open_sale(signed(BUYER), id, request(), key(2)));
		assert_ok!(Market::settle(signed(BUYER), id));
		assert_ok!(Market::claim_platform(signed(STRANGER), NATIVE));
		assert_eq!(free(NATIVE, TREASURY), 121);
	});
}

#[test]
fn only_a_signed_origin_claims() {
	build_and_execute(|| {
		settled();
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::claim(origin.clone(), NATIVE), DispatchError::BadOrigin);
			assert_noop!(Market::claim_platform(origin, NATIVE), DispatchError::BadOrigin);
		}
	});
}
