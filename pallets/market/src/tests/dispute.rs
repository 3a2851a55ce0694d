// SPDX-License-Identifier: Apache-2.0

use super::*;

fn dispute(who: u64, id: OfferId) -> DispatchResult {
	Market::dispute(signed(who), id, DisputeReason::Misdescribed, PROOF)
}

#[test]
fn the_buyer_disputes_within_the_window() {
	build_and_execute(|| {
		let id = delivered();
		let bought = purchase(id);
		at(NOW + WINDOW - 1);
		assert_ok!(dispute(BUYER, id));
		let reason = DisputeReason::Misdescribed;
		let disputed = OfferState::Disputed { purchase: bought, reason, evidence: PROOF };
		assert_eq!(state(id), Some(disputed));
		assert_eq!(events(), [Event::Disputed { offer: id, reason }]);
		assert_eq!(escrowed(NATIVE, BUYER), PRICE);
		assert_eq!(usage(ListingId::derive(&SELLER, &[1; 32])), (1, 1, 0));
	});
}

#[test]
fn the_window_runs_from_the_first_delivery() {
	build_and_execute(|| {
		let id = locked();
		assert_noop!(dispute(BUYER, id), Error::<Test>::NotYetDelivered);
		at(NOW + 500);
		deliver(id);
		at(NOW + 500 + WINDOW);
		assert_noop!(dispute(BUYER, id), Error::<Test>::Expired);
	});
}

#[test]
fn only_the_buyer_disputes() {
	build_and_execute(|| {
		let id = delivered();
		for who in [SELLER, OTHER_BUYER, STRANGER] {
			assert_noop!(dispute(who, id), Error::<Test>::NotAuthorized);
		}
		assert_noop!(dispute(BUYER, OfferId([9; 32])), Error::<Test>::NotFound);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Market::dispute(origin, id, DisputeReason::Incomplete, PROOF),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn only_what_is_locked_is_disputed() {
	for make in [offered, accepted, disputed, settled] {
		build_and_execute(|| {
			let id = make();
			assert_noop!(dispute(BUYER, id), Error::<Test>::InvalidState);
		});
	}
}
