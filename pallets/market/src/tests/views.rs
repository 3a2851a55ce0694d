// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn offers_are_read_in_pages() {
	build_and_execute(|| {
		let listings = [listed_by(SELLER, 1, NATIVE), listed_by(OTHER_SELLER, 2, NATIVE)];
		for salt in 0..MAX_PER_PAYEE as u8 {
			for listing in listings {
				assert_ok!(offer_for(listing, salt));
			}
		}
		let whole = Market::offers_of(BUYER, None, u32::MAX);
		assert_eq!(whole.len(), 6);
		for limit in 1..=6 {
			let mut read = Vec::new();
			loop {
				let page = Market::offers_of(BUYER, read.last().copied(), limit);
				assert!(page.len() <= limit as usize);
				if page.is_empty() {
					break;
				}
				read.extend(page);
			}
			assert_eq!(read, whole);
		}
		let first = Market::offers_for(listings[0], None, 2);
		let rest = Market::offers_for(listings[0], first.last().copied(), 2);
		assert_eq!((first.len(), rest.len()), (2, 1));
		assert!(first.iter().chain(&rest).all(|id| whole.contains(id)));
		assert_eq!(Market::offers_of(BUYER, None, 0), []);
		assert_eq!(Market::offers_of(OTHER_BUYER, None, 9), []);
	});
}

#[test]
fn what_does_not_exist_is_not_read() {
	build_and_execute(|| {
		assert_eq!(Market::listing(ListingId([9; 32])), None);
		assert_eq!(Market::listings_of(SELLER), []);
		assert_eq!(Market::offer_by_id(OfferId([9; 32])), None);
		assert_eq!(Market::refundable(OfferId([9; 32])), None);
		assert_eq!(Market::cohort(CohortId([9; 32])), None);
		assert_eq!(Market::study(StudyId([9; 32])), None);
		assert_eq!(Market::enrolment(StudyId([9; 32]), PATIENT), None);
		assert_eq!(Market::claimable(SELLER, NATIVE), 0);
		assert_eq!(Market::earnings(SELLER, NATIVE), 0);
		assert_eq!(Market::market_account(), Market::account());
	});
}
