// SPDX-License-Identifier: Apache-2.0

use super::*;

fn resolve(id: OfferId, percent: u32) -> DispatchResult {
	Market::resolve(signed(ARBITER), id, Permill::from_percent(percent))
}

#[test]
fn a_dispute_is_shared_as_the_arbiter_says() {
	// To the buyer, in percent; then what seller, platform and buyer get.
	for (percent, seller, platform, refunded) in
		[(0, 880, 120, 0), (25, 660, 90, 250), (99, 9, 1, 990)]
	{
		build_and_execute(|| {
			let id = disputed();
			assert_ok!(resolve(id, percent));
			assert_eq!(events(), [Event::Settled { offer: id, seller, platform, refunded }]);
			assert_eq!(Market::claimable(SELLER, NATIVE), seller);
			assert_eq!(Market::claimable(TREASURY, NATIVE), platform);
			assert_eq!(free(NATIVE, BUYER), ENDOWMENT - PRICE + refunded);
			assert_eq!(escrowed(NATIVE, BUYER), 0);
			assert_eq!(escrowed(NATIVE, Market::account()), seller + platform);
		});
	}
}

#[test]
fn everything_may_go_back() {
	build_and_execute(|| {
		let id = disputed();
		assert_ok!(resolve(id, 100));
		assert_refunded(id, RefundReason::Resolved);
	});
}

#[test]
fn silence_is_resolved_when_the_grace_is_over() {
	build_and_execute(|| {
		let id = locked();
		at(NOW + LIFETIME + GRACE - 1);
		assert_noop!(resolve(id, 100), Error::<Test>::NotYetResolvable);
		at(NOW + LIFETIME + GRACE);
		assert_ok!(resolve(id, 100));
		assert_refunded(id, RefundReason::Resolved);
	});
}

#[test]
fn a_proven_delivery_is_not_the_arbiter_s_without_a_dispute() {
	build_and_execute(|| {
		let id = delivered();
		at(NOW + LIFETIME + GRACE);
		assert_noop!(resolve(id, 100), Error::<Test>::NotYetResolvable);
		assert_ok!(Market::settle(signed(SELLER), id));
	});
}

#[test]
fn only_the_arbiter_resolves() {
	build_and_execute(|| {
		let id = disputed();
		let origins = [RuntimeOrigin::root(), RuntimeOrigin::none(), signed(BUYER), signed(SELLER)];
		for origin in origins {
			assert_noop!(Market::resolve(origin, id, Permill::one()), DispatchError::BadOrigin);
		}
		assert_noop!(resolve(OfferId([9; 32]), 100), Error::<Test>::NotFound);
	});
}

#[test]
fn only_what_is_open_between_the_two_is_resolved() {
	for make in [offered, accepted, settled] {
		build_and_execute(|| {
			let id = make();
			assert_noop!(resolve(id, 100), Error::<Test>::InvalidState);
		});
	}
}
