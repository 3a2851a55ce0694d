// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn the_buyer_gets_everything_back_until_a_ticket_is_opened() {
	for make in [offered, accepted] {
		build_and_execute(|| {
			let id = make();
			assert_ok!(Market::withdraw_offer(signed(BUYER), id));
			assert_refunded(id, RefundReason::Withdrawn);
		});
	}
}

#[test]
fn a_ticket_locks_the_escrow() {
	for make in [locked, delivered, disputed, settled] {
		build_and_execute(|| {
			let id = make();
			assert_noop!(Market::withdraw_offer(signed(BUYER), id), Error::<Test>::InvalidState);
		});
	}
}

#[test]
fn only_the_buyer_withdraws() {
	build_and_execute(|| {
		let id = offered();
		for who in [SELLER, OTHER_BUYER, STRANGER] {
			assert_noop!(Market::withdraw_offer(signed(who), id), Error::<Test>::NotAuthorized);
		}
		assert_noop!(
			Market::withdraw_offer(signed(BUYER), OfferId([9; 32])),
			Error::<Test>::NotFound
		);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::withdraw_offer(origin, id), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn an_asset_comes_back_as_it_went() {
	build_and_execute(|| {
		let id = offered_in(STABLE);
		assert_ok!(Market::withdraw_offer(signed(BUYER), id));
		assert_eq!((free(STABLE, BUYER), escrowed(STABLE, BUYER)), (ENDOWMENT, 0));
	});
}
