// SPDX-License-Identifier: Apache-2.0

use super::*;

fn forget(who: u64, id: OfferId) -> DispatchResult {
	Market::forget(signed(who), id)
}

#[test]
fn the_buyer_forgets_at_any_time() {
	build_and_execute(|| {
		let id = settled();
		assert_ok!(forget(BUYER, id));
		assert_eq!(events(), [Event::Forgotten { offer: id }]);
		assert_eq!(Offers::<Test>::iter().count(), 0);
		assert_eq!(OffersByBuyer::<Test>::iter().count(), 0);
		assert_eq!(OffersByListing::<Test>::iter().count(), 0);
		// What was earned stays.
		assert_eq!(Market::claimable(SELLER, NATIVE), 880);
	});
}

#[test]
fn anybody_forgets_when_the_term_is_over() {
	build_and_execute(|| {
		let id = settled();
		at(NOW + TERM - 1);
		for who in [SELLER, STRANGER] {
			assert_noop!(forget(who, id), Error::<Test>::NotAuthorized);
		}
		at(NOW + TERM);
		assert_ok!(forget(STRANGER, id));
	});
}

#[test]
fn without_a_delivery_the_term_runs_from_the_deadline() {
	build_and_execute(|| {
		let id = locked();
		assert_ok!(Market::settle(signed(BUYER), id));
		at(NOW + LIFETIME + TERM - 1);
		assert_noop!(forget(STRANGER, id), Error::<Test>::NotAuthorized);
		at(NOW + LIFETIME + TERM);
		assert_ok!(forget(STRANGER, id));
	});
}

#[test]
fn what_holds_money_is_not_forgotten() {
	for make in [offered, accepted, locked, disputed] {
		build_and_execute(|| {
			let id = make();
			assert_noop!(forget(BUYER, id), Error::<Test>::InvalidState);
		});
	}
}

#[test]
fn only_a_signed_origin_forgets_what_there_is() {
	build_and_execute(|| {
		let id = settled();
		assert_noop!(forget(BUYER, OfferId([9; 32])), Error::<Test>::NotFound);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::forget(origin, id), DispatchError::BadOrigin);
		}
	});
}
