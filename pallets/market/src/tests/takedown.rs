// SPDX-License-Identifier: Apache-2.0
//! Taking down, appealing and deciding.

use super::*;

const REASON: TakedownReason = TakedownReason::Identifiable;

fn taken_down() -> ListingId {
	let listing = listed();
	assert_ok!(Market::take_down(signed(MODERATOR), listing, REASON));
	listing
}

fn down(appeal: Appeal) -> ListingState {
	ListingState::TakenDown { reason: REASON, appeal }
}

fn state_of(listing: ListingId) -> ListingState {
	Market::listing(listing).unwrap().state
}

#[test]
fn the_council_takes_down_what_is_on_sale() {
	build_and_execute(|| {
		let listing = taken_down();
		assert_eq!(state_of(listing), down(Appeal::NotMade));
		assert_eq!(events(), [Event::TakenDown { listing, reason: REASON }]);
		let again = |listing| Market::take_down(signed(MODERATOR), listing, REASON);
		assert_noop!(again(listing), Error::<Test>::NotOnSale);
		assert_noop!(again(ListingId([9; 32])), Error::<Test>::NotFound);
	});
}

#[test]
fn the_seller_appeals_once() {
	build_and_execute(|| {
		let listing = taken_down();
		events();
		let appeal = |who| Market::appeal(signed(who), listing, PROOF);
		assert_noop!(appeal(STRANGER), Error::<Test>::NotAuthorized);
		assert_ok!(appeal(SELLER));
		assert_eq!(state_of(listing), down(Appeal::Pending { grounds: PROOF }));
		assert_eq!(events(), [Event::Appealed { listing }]);
		assert_noop!(appeal(SELLER), Error::<Test>::AlreadyAppealed);
		assert_ok!(Market::decide_appeal(signed(MODERATOR), listing, false));
		assert_noop!(appeal(SELLER), Error::<Test>::AlreadyAppealed);
		assert_noop!(
			Market::appeal(signed(SELLER), ListingId([9; 32]), PROOF),
			Error::<Test>::NotFound
		);
	});
}

#[test]
fn there_is_no_appeal_without_a_takedown_and_no_decision_without_an_appeal() {
	build_and_execute(|| {
		let listing = listed();
		assert_noop!(Market::appeal(signed(SELLER), listing, PROOF), Error::<Test>::InvalidState);
		let decide = |listing| Market::decide_appeal(signed(MODERATOR), listing, true);
		assert_noop!(decide(listing), Error::<Test>::InvalidState);
		assert_ok!(Market::take_down(signed(MODERATOR), listing, REASON));
		assert_noop!(decide(listing), Error::<Test>::InvalidState);
		assert_noop!(decide(ListingId([9; 32])), Error::<Test>::NotFound);
	});
}

#[test]
fn an_appeal_restores_or_is_dismissed() {
	for restored in [true, false] {
		build_and_execute(|| {
			let listing = taken_down();
			assert_ok!(Market::appeal(signed(SELLER), listing, PROOF));
			events();
			assert_ok!(Market::decide_appeal(signed(MODERATOR), listing, restored));
			assert_eq!(events(), [Event::AppealDecided { listing, restored }]);
			if restored {
				assert_ok!(offer_for(listing, 1));
				// Another takedown has an appeal of its own.
				assert_ok!(Market::take_down(signed(MODERATOR), listing, REASON));
				assert_ok!(Market::appeal(signed(SELLER), listing, PROOF));
			} else {
				assert_eq!(state_of(listing), down(Appeal::Dismissed));
				assert_noop!(offer_for(listing, 1), Error::<Test>::NotOnSale);
			}
		});
	}
}

#[test]
fn what_was_taken_down_is_removed_but_not_listed_anew() {
	build_and_execute(|| {
		let listing = taken_down();
		assert_ok!(Market::unlist(signed(SELLER), listing));
		assert_eq!(free(NATIVE, SELLER), ENDOWMENT);
		assert_noop!(
			Market::list(signed(SELLER), [2; 32], goods(record(1)), NATIVE, PRICE),
			Error::<Test>::RecordListed
		);
	});
}

#[test]
fn only_the_council_decides() {
	build_and_execute(|| {
		let listing = taken_down();
		assert_ok!(Market::appeal(signed(SELLER), listing, PROOF));
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none(), signed(SELLER)] {
			assert_noop!(
				Market::take_down(origin.clone(), listing, REASON),
				DispatchError::BadOrigin
			);
			assert_noop!(Market::decide_appeal(origin, listing, true), DispatchError::BadOrigin);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::appeal(origin, listing, PROOF), DispatchError::BadOrigin);
		}
	});
}
