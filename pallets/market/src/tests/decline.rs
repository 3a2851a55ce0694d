// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn the_seller_gives_everything_back_at_any_time_before_the_settlement() {
	for make in [offered, accepted, locked, delivered, disputed] {
		build_and_execute(|| {
			let id = make();
			assert_ok!(Market::decline(signed(SELLER), id));
			assert_refunded(id, RefundReason::Declined);
		});
	}
}

#[test]
fn what_is_settled_is_not_declined() {
	build_and_execute(|| {
		let id = settled();
		assert_noop!(Market::decline(signed(SELLER), id), Error::<Test>::InvalidState);
	});
}

#[test]
fn only_the_seller_declines() {
	build_and_execute(|| {
		let id = offered();
		for who in [BUYER, OTHER_SELLER, STRANGER] {
			assert_noop!(Market::decline(signed(who), id), Error::<Test>::NotAuthorized);
		}
		assert_noop!(Market::decline(signed(SELLER), OfferId([9; 32])), Error::<Test>::NotFound);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::decline(origin, id), DispatchError::BadOrigin);
		}
	});
}
