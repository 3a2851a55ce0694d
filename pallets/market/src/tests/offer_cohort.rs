// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::cohort::share;
use proptest::prelude::*;

/// A cohort with members of three sellers, of which two have one currency and one another.
fn cohort() -> (CohortId, [ListingId; 3]) {
	let members =
		[(SELLER, 1, NATIVE), (OTHER_SELLER, 2, STABLE), (PATIENT, 3, NATIVE)].map(|member| {
			let (seller, byte, asset) = member;
			(seller, listed_by(seller, byte, asset))
		});
	let kind = ListingKind::Download;
	assert_ok!(Market::list_cohort(signed(CURATOR), SALT, kind, STABLE, PRICE));
	let cohort = CohortId::derive(&CURATOR, &SALT);
	for (seller, listing) in members {
		assert_ok!(Market::join_cohort(signed(seller), cohort, listing));
	}
	events();
	(cohort, members.map(|(_, listing)| listing))
}

fn offer(cohort: CohortId, members: u32, price: u64) -> DispatchResult {
	Market::offer_cohort(signed(BUYER), cohort, SALT, members, price, NOW + 100, TERM)
		.map(|_| ())
		.map_err(|error| error.error)
}

fn id_of(listing: ListingId) -> OfferId {
	OfferId::derive(&listing, &BUYER, &SALT)
}

#[test]
fn the_price_is_split_evenly_and_the_rest_goes_to_patients() {
	build_and_execute(|| {
		let (cohort, members) = cohort();
		assert_ok!(offer(cohort, 3, 1_001));
		for (listing, share) in members.into_iter().zip([334, 334, 333]) {
			let offer = Market::offer_by_id(id_of(listing)).unwrap();
			assert_eq!((offer.price, offer.asset, offer.cohort), (share, STABLE, Some(cohort)));
			assert_eq!((offer.buyer, offer.state), (BUYER, OfferState::Open));
		}
		assert_eq!(escrowed(STABLE, BUYER), 1_001);
		assert_eq!(Escrows::<Test>::get(BUYER).as_buyer, 3);
		let told = events();
		assert_eq!(told.len(), 4);
		let last = Event::CohortOffered { cohort, buyer: BUYER, members: 3, price: 1_001 };
		assert_eq!(told[3], last);
	});
}

#[test]
fn each_member_is_paid_for_her_own_delivery() {
	build_and_execute(|| {
		let (cohort, members) = cohort();
		assert_ok!(offer(cohort, 3, 1_200));
		let [first, second, third] = members.map(id_of);
		for id in [first, second] {
			accept_all(id);
			assert_ok!(Market::open_sale(signed(BUYER), id, request(), key(1)));
		}
		// The first delivers, the custodians of the second release nothing, the third never
		// answers.
		deliver(first);
		Refused::insert(purchase(second).ticket, ());
		at(NOW + WINDOW);
		assert_ok!(Market::settle(signed(STRANGER), first));
		assert_ok!(Market::refund(signed(STRANGER), second));
		assert_ok!(Market::refund(signed(STRANGER), third));
		assert_eq!(Market::claimable(SELLER, STABLE), 352);
		assert_eq!(Market::claimable(TREASURY, STABLE), 48);
		assert_eq!(Market::claimable(OTHER_SELLER, STABLE), 0);
		assert_eq!((free(STABLE, BUYER), escrowed(STABLE, BUYER)), (ENDOWMENT - 400, 0));
	});
}

#[test]
fn members_that_cannot_be_bought_are_left_out() {
	build_and_execute(|| {
		let (cohort, [first, second, third]) = cohort();
		assert_ok!(Market::unlist(signed(SELLER), first));
		assert_noop!(offer(cohort, 3, PRICE), Error::<Test>::MembersMismatch);
		Records::insert(record(2), (OTHER_SELLER, false));
		assert_ok!(offer(cohort, 1, PRICE));
		assert_eq!(Market::offer_by_id(id_of(second)), None);
		assert_eq!(Market::offer_by_id(id_of(third)).unwrap().price, PRICE);
		assert_ok!(Market::take_down(signed(MODERATOR), third, TakedownReason::Unlawful));
		for members in [0, 1] {
			assert_noop!(offer(cohort, members, PRICE), Error::<Test>::MembersMismatch);
		}
	});
}

#[test]
fn price_shares_and_times_are_checked() {
	build_and_execute(|| {
		let (cohort, _) = cohort();
		assert_noop!(offer(cohort, 3, PRICE - 1), Error::<Test>::PriceTooLow);
		assert_noop!(offer(CohortId([9; 32]), 3, PRICE), Error::<Test>::NotFound);
		let at = |expires_at, term| {
			Market::offer_cohort(signed(BUYER), cohort, SALT, 3, PRICE, expires_at, term)
				.map_err(|error| error.error)
		};
		assert_noop!(at(NOW, 0), Error::<Test>::Expired);
		assert_noop!(at(NOW + MAX_OFFER + 1, 0), Error::<Test>::DurationTooLong);
		assert_ok!(offer(cohort, 3, PRICE));
		assert_noop!(offer(cohort, 3, PRICE), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn every_share_is_above_dust() {
	build_and_execute(|| {
		let (_, members) = cohort();
		let (salt, kind) = ([9; 32], ListingKind::Download);
		assert_ok!(Market::list_cohort(signed(CURATOR), salt, kind, NATIVE, 2 * MIN_PRICE));
		let cheap = CohortId::derive(&CURATOR, &salt);
		for (seller, listing) in [SELLER, OTHER_SELLER, PATIENT].into_iter().zip(members) {
			assert_ok!(Market::join_cohort(signed(seller), cheap, listing));
		}
		assert_noop!(offer(cheap, 3, 3 * MIN_PRICE - 1), Error::<Test>::PriceTooLow);
		assert_ok!(offer(cheap, 3, 3 * MIN_PRICE));
	});
}

#[test]
fn buyers_and_bounds_are_those_of_single_offers() {
	build_and_execute(|| {
		let (cohort, [first, ..]) = cohort();
		let by = |who| {
			Market::offer_cohort(signed(who), cohort, SALT, 3, PRICE, NOW + 1, 0)
				.map_err(|error| error.error)
		};
		assert_noop!(by(PATIENT), Error::<Test>::NotInGoodStanding);
		Standing::insert(SELLER, (Role::Researcher, Moment::MAX));
		assert_noop!(by(SELLER), Error::<Test>::SelfOffer);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			let call = Market::offer_cohort(origin, cohort, SALT, 3, PRICE, NOW + 1, 0);
			assert_eq!(call.unwrap_err().error, DispatchError::BadOrigin);
		}
		for salt in 0..MAX_PER_PAYEE as u8 {
			assert_ok!(offer_for(first, salt));
		}
		assert_noop!(by(BUYER), Error::<Test>::MaxEscrowsExceeded);
		assert_noop!(
			Market::offer_cohort(signed(OTHER_BUYER), cohort, SALT, 3, ENDOWMENT * 2, NOW + 1, 0)
				.map_err(|error| error.error),
			Error::<Test>::MaxEscrowsExceeded
		);
	});
}

#[test]
fn what_was_looked_at_is_weighed() {
	build_and_execute(|| {
		let (cohort, _) = cohort();
		let call = Market::offer_cohort(signed(BUYER), cohort, SALT, 3, PRICE, NOW + 1, 0);
		assert_eq!(call.unwrap().actual_weight, Some(<() as WeightInfo>::offer_cohort(3)));
	});
}

proptest! {
	#[test]
	fn shares_add_up_and_differ_by_a_unit_at_most(price in any::<u64>(), members in 1u32..200) {
		let shares: Vec<u64> = (0..members).map(|at| share(price, members, at)).collect();
		prop_assert_eq!(shares.iter().map(|share| u128::from(*share)).sum::<u128>(), price.into());
		let (first, last) = (shares[0], shares[members as usize - 1]);
		prop_assert!(shares.iter().all(|share| last <= *share && *share <= first));
		prop_assert!(first - last <= 1);
	}
}

#[test]
fn nothing_is_split_among_nobody() {
	assert_eq!(share(PRICE, 0, 0), 0);
}
