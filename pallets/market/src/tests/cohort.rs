// SPDX-License-Identifier: Apache-2.0

use super::*;

fn list_cohort() -> CohortId {
	let kind = ListingKind::Download;
	assert_ok!(Market::list_cohort(signed(CURATOR), SALT, kind, NATIVE, PRICE));
	CohortId::derive(&CURATOR, &SALT)
}

#[test]
fn a_cohort_begins_without_members() {
	build_and_execute(|| {
		let cohort = list_cohort();
		let stored = Market::cohort(cohort).unwrap();
		assert_eq!((stored.curator, stored.kind), (CURATOR, ListingKind::Download));
		assert_eq!((stored.asset, stored.price, stored.members.len()), (NATIVE, PRICE, 0));
		assert_eq!(free(NATIVE, CURATOR), ENDOWMENT - DEPOSIT);
		assert_eq!(events(), [Event::CohortListed { cohort, curator: CURATOR }]);
	});
}

#[test]
fn a_curator_is_in_good_standing_and_asks_a_price() {
	build_and_execute(|| {
		let list = |who, asset, price| {
			Market::list_cohort(signed(who), SALT, ListingKind::Download, asset, price)
		};
		assert_noop!(list(STRANGER, NATIVE, PRICE), Error::<Test>::NotInGoodStanding);
		assert_noop!(list(CURATOR, NATIVE, MIN_PRICE - 1), Error::<Test>::PriceTooLow);
		assert_noop!(list(CURATOR, REFUSED, PRICE), Error::<Test>::InvalidAsset);
		assert_noop!(list(CURATOR, UNFUNDED, PRICE), Error::<Test>::NotFunded);
		list_cohort();
		assert_noop!(list(CURATOR, NATIVE, PRICE), Error::<Test>::AlreadyExists);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Market::list_cohort(origin, SALT, ListingKind::Download, NATIVE, PRICE),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn only_the_curator_removes_a_cohort() {
	build_and_execute(|| {
		let cohort = list_cohort();
		events();
		assert_noop!(Market::unlist_cohort(signed(SELLER), cohort), Error::<Test>::NotAuthorized);
		assert_noop!(
			Market::unlist_cohort(signed(CURATOR), CohortId([9; 32])),
			Error::<Test>::NotFound
		);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::unlist_cohort(origin, cohort), DispatchError::BadOrigin);
		}
		assert_ok!(Market::unlist_cohort(signed(CURATOR), cohort));
		assert_eq!(events(), [Event::CohortUnlisted { cohort }]);
		assert_eq!(Market::cohort(cohort), None);
		assert_eq!(free(NATIVE, CURATOR), ENDOWMENT);
	});
}

#[test]
fn sellers_join_with_what_they_sell() {
	build_and_execute(|| {
		let cohort = list_cohort();
		let listing = listed();
		let join = |who| Market::join_cohort(signed(who), cohort, listing);
		assert_noop!(join(CURATOR), Error::<Test>::NotAuthorized);
		assert_ok!(join(SELLER));
		assert_eq!(events(), [Event::CohortJoined { cohort, listing }]);
		assert_eq!(Market::cohort(cohort).unwrap().members.into_inner(), [listing]);
		assert_noop!(join(SELLER), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn what_does_not_fit_does_not_join() {
	build_and_execute(|| {
		let cohort = list_cohort();
		let listing = listed();
		let join = |listing| Market::join_cohort(signed(SELLER), cohort, listing);
		assert_noop!(join(ListingId([9; 32])), Error::<Test>::NotFound);
		assert_noop!(
			Market::join_cohort(signed(SELLER), CohortId([9; 32]), listing),
			Error::<Test>::NotFound
		);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::join_cohort(origin, cohort, listing), DispatchError::BadOrigin);
		}
		Records::insert(record(2), (SELLER, true));
		let compute = Goods { kind: ListingKind::Compute, ..goods(record(2)) };
		assert_ok!(Market::list(signed(SELLER), [2; 32], compute, NATIVE, PRICE));
		assert_noop!(join(ListingId::derive(&SELLER, &[2; 32])), Error::<Test>::KindMismatch);
		assert_ok!(Market::take_down(signed(MODERATOR), listing, TakedownReason::Unlawful));
		assert_noop!(join(listing), Error::<Test>::NotOnSale);
	});
}

#[test]
fn members_are_bounded() {
	build_and_execute(|| {
		let cohort = list_cohort();
		for byte in 0..MAX_COHORT as u8 {
			let listing = listed_by(SELLER, byte, NATIVE);
			assert_ok!(Market::join_cohort(signed(SELLER), cohort, listing));
		}
		let listing = listed_by(OTHER_SELLER, 99, NATIVE);
		assert_noop!(
			Market::join_cohort(signed(OTHER_SELLER), cohort, listing),
			Error::<Test>::MaxMembersExceeded
		);
	});
}

#[test]
fn a_member_leaves_by_the_seller_or_by_the_curator() {
	build_and_execute(|| {
		let cohort = list_cohort();
		let listing = listed();
		let leave = |who| Market::leave_cohort(signed(who), cohort, listing);
		assert_noop!(leave(SELLER), Error::<Test>::NotFound);
		for who in [SELLER, CURATOR] {
			assert_ok!(Market::join_cohort(signed(SELLER), cohort, listing));
			assert_noop!(leave(STRANGER), Error::<Test>::NotAuthorized);
			events();
			assert_ok!(leave(who));
			assert_eq!(events(), [Event::CohortLeft { cohort, listing }]);
			assert_eq!(Market::cohort(cohort).unwrap().members.len(), 0);
		}
		assert_noop!(
			Market::leave_cohort(signed(SELLER), CohortId([9; 32]), listing),
			Error::<Test>::NotFound
		);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::leave_cohort(origin, cohort, listing), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn the_curator_removes_a_member_that_is_not_listed_any_more() {
	build_and_execute(|| {
		let cohort = list_cohort();
		let listing = listed();
		assert_ok!(Market::join_cohort(signed(SELLER), cohort, listing));
		assert_ok!(Market::unlist(signed(SELLER), listing));
		assert_noop!(
			Market::leave_cohort(signed(SELLER), cohort, listing),
			Error::<Test>::NotFound
		);
		assert_ok!(Market::leave_cohort(signed(CURATOR), cohort, listing));
	});
}
