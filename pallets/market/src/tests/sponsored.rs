// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::Call;
use frame_support::dispatch::CheckIfFeeless;

#[test]
fn a_sponsor_leaves_the_deposit_and_gets_it_back() {
	build_and_execute(|| {
		assert_eq!(free(NATIVE, POOR_SELLER), 0);
		let listing = listed_by(POOR_SELLER, 1, NATIVE);
		assert_eq!(Market::listing(listing).unwrap().deposit.payer, SPONSOR);
		assert_eq!(free(NATIVE, SPONSOR), ENDOWMENT - DEPOSIT);
		assert_ok!(Market::unlist(signed(POOR_SELLER), listing));
		assert_eq!(free(NATIVE, SPONSOR), ENDOWMENT);
	});
}

#[test]
fn what_a_seller_does_is_free_when_she_is_sponsored() {
	build_and_execute(|| {
		let (listing, cohort) = (ListingId([1; 32]), CohortId([2; 32]));
		let (offer, study) = (OfferId([3; 32]), StudyId([4; 32]));
		let price = PRICE;
		let free = [
			Call::list { salt: SALT, goods: goods(record(1)), asset: NATIVE, price },
			Call::update_price { listing, price },
			Call::unlist { listing },
			Call::accept { offer, sale: SaleId([5; 32]) },
			Call::decline { offer },
			Call::claim { asset: NATIVE },
			Call::join_cohort { cohort, listing },
			Call::leave_cohort { cohort, listing },
			Call::enrol { study, consent: ConsentId([6; 32]) },
			Call::leave_study { study, patient: POOR_SELLER },
			Call::appeal { listing, grounds: PROOF },
		];
		for call in free {
			let call: Call<Test> = call;
			assert!(call.is_feeless(&signed(POOR_SELLER)), "{call:?}");
			assert!(!call.is_feeless(&signed(SELLER)), "{call:?}");
			assert!(!call.is_feeless(&RuntimeOrigin::root()), "{call:?}");
		}
		// Her own money waits for nobody who has tokens; that of others is not hers to hurry.
		let own = listed_by(POOR_SELLER, 2, NATIVE);
		assert_ok!(offer_for(own, 2));
		let call = Call::<Test>::settle { offer: OfferId::derive(&own, &BUYER, &[2; 32]) };
		assert!(call.is_feeless(&signed(POOR_SELLER)));
		assert!(!call.is_feeless(&signed(SELLER)) && !call.is_feeless(&signed(BUYER)));
		// Who buys pays, and so does who wants to have done what anybody may do.
		for call in [
			Call::withdraw_offer { offer },
			Call::refund { offer },
			Call::settle { offer },
			Call::claim_platform { asset: NATIVE },
			Call::unlist_cohort { cohort },
		] {
			let call: Call<Test> = call;
			assert!(!call.is_feeless(&signed(POOR_SELLER)), "{call:?}");
		}
	});
}
