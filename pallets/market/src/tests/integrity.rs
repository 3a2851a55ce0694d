// SPDX-License-Identifier: Apache-2.0
//! Whether `try_state` finds what must not be.

use super::*;
use frame_support::traits::{fungible::MutateHold as _, Hooks};

fn broken(change: impl FnOnce(OfferId, StudyId)) {
	build().execute_with(|| {
		let id = locked();
		settled_elsewhere();
		let study = enrolled();
		Market::do_try_state().unwrap();
		change(id, study);
		assert!(Market::do_try_state().is_err());
	});
}

/// A settled purchase of another seller.
fn settled_elsewhere() {
	let listing = listed_by(OTHER_SELLER, 2, NATIVE);
	assert_ok!(offer_for(listing, 2));
	let id = OfferId::derive(&listing, &BUYER, &[2; 32]);
	accept_all(id);
	assert_ok!(Market::open_sale(signed(BUYER), id, request(), key(2)));
	assert_ok!(Market::settle(signed(BUYER), id));
}

fn change_offer(id: OfferId, change: impl FnOnce(&mut OfferOf<Test>)) {
	Offers::<Test>::mutate(id, |offer| change(offer.as_mut().unwrap()));
}

fn change_study(id: StudyId, change: impl FnOnce(&mut StudyOf<Test>)) {
	Studies::<Test>::mutate(id, |study| change(study.as_mut().unwrap()));
}

fn change_listing(change: impl FnOnce(&mut ListingOf<Test>)) {
	let id = ListingId::derive(&SELLER, &[1; 32]);
	Listings::<Test>::mutate(id, |listing| change(listing.as_mut().unwrap()));
}

#[test]
fn faults_in_money_are_found() {
	let reason = RuntimeHoldReason::Market(HoldReason::Escrow);
	broken(|id, _| change_offer(id, |offer| offer.price += 1));
	broken(|id, _| change_offer(id, |offer| offer.fee = Permill::one()));
	broken(|_, study| change_study(study, |study| study.left -= 1));
	broken(|_, _| Claimable::<Test>::mutate(OTHER_SELLER, NATIVE, |claim| *claim -= 1));
	broken(|_, _| Claimable::<Test>::insert(STRANGER, NATIVE, 1));
	broken(|_, _| Claimable::<Test>::insert(OTHER_SELLER, NATIVE, 0));
	broken(|_, _| {
		Earnings::<Test>::remove(OTHER_SELLER, NATIVE);
	});
	for who in [BUYER, Market::account()] {
		broken(|_, _| {
			<Balances as frame_support::traits::fungible::Mutate<u64>>::mint_into(&who, 10)
				.unwrap();
			Balances::hold(&reason, &who, 1).unwrap();
		});
	}
}

#[test]
fn faults_in_listings_are_found() {
	broken(|_, _| change_listing(|listing| listing.goods.quality = 101));
	broken(|_, _| change_listing(|listing| listing.goods.categories = Categories::new()));
	broken(|_, _| change_listing(|listing| listing.goods.record = record(9)));
	broken(|_, _| change_listing(|listing| listing.seller = STRANGER));
	broken(|_, _| ListingsOf::<Test>::try_append(SELLER, ListingId([9; 32])).unwrap());
	broken(|_, _| ListedRecords::<Test>::remove(record(1)));
	broken(|_, _| {
		let member = ListingId([1; 32]);
		let cohort = Cohort {
			curator: CURATOR,
			kind: ListingKind::Download,
			asset: NATIVE,
			price: PRICE,
			members: vec![member, member].try_into().unwrap(),
			deposit: Listings::<Test>::iter_values().next().unwrap().deposit.ticket,
		};
		Cohorts::<Test>::insert(CohortId([1; 32]), cohort);
	});
}

#[test]
fn faults_in_offers_are_found() {
	let listing = ListingId([9; 32]);
	broken(|id, _| change_offer(id, |offer| offer.seller = BUYER));
	broken(|id, _| OffersByBuyer::<Test>::remove(BUYER, id));
	broken(|id, _| OffersByListing::<Test>::remove(ListingId::derive(&SELLER, &[1; 32]), id));
	broken(|id, _| OffersByListing::<Test>::insert(listing, id, ()));
	broken(|id, _| OffersByBuyer::<Test>::insert(STRANGER, id, ()));
	broken(|_, _| Escrows::<Test>::mutate(BUYER, |held| held.as_buyer += 1));
	broken(|_, _| Escrows::<Test>::remove(SELLER));
	broken(|_, _| Escrows::<Test>::insert(STRANGER, EscrowCount::default()));
}

#[test]
fn faults_in_studies_are_found() {
	broken(|_, study| change_study(study, |study| study.promised += 1));
	broken(|_, study| change_study(study, |study| study.enrolments += 1));
	broken(|_, study| change_study(study, |study| study.state = StudyState::Closed));
	broken(|_, study| Enrolments::<Test>::remove(study, PATIENT));
	broken(|_, study| {
		let part = Enrolments::<Test>::get(study, PATIENT).unwrap();
		Enrolments::<Test>::insert(StudyId([9; 32]), PATIENT, part);
	});
	broken(|_, study| {
		Enrolments::<Test>::mutate(study, PATIENT, |part| part.as_mut().unwrap().paid = 1)
	});
}

#[test]
fn the_configuration_is_sound() {
	build_and_execute(Market::integrity_test);
}

#[test]
#[should_panic(expected = "nothing would be left for sellers")]
fn a_fee_of_everything_is_refused() {
	build_and_execute(|| {
		Fee::set(&Permill::one());
		Market::integrity_test();
	});
}
