// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::assert_storage_noop;
use salus_primitives::traits::ConsentBook;

#[test]
fn a_use_that_was_spent_for_nothing_comes_back() {
	build_and_execute(|| {
		let id = granted(sealed(), 2);
		let before = Consents::<Test>::get(id);
		assert_eq!(Consent::redeem(&id, None, NOW), Ok(1));
		Consent::give_back(&id);
		assert_eq!(Consents::<Test>::get(id), before);
		assert!(entries().is_empty() && events().is_empty());
	});
}

#[test]
fn a_use_of_a_part_comes_back_to_the_part() {
	build_and_execute(|| {
		let ids = chain();
		assert_eq!(Consent::redeem(&ids[3], None, NOW), Ok(1));
		Consent::give_back(&ids[3]);
		assert_eq!(ids.map(|id| uses_left(&id)), [1, 1, 1, 1]);
	});
}

#[test]
fn there_are_never_more_uses_than_there_may_be() {
	build_and_execute(|| {
		let id = granted(sealed(), MAX_USES);
		assert_storage_noop!(Consent::give_back(&id));
	});
}

#[test]
fn nothing_comes_back_to_what_was_revoked_or_is_gone() {
	build_and_execute(|| {
		let id = granted(sealed(), 2);
		assert_eq!(Consent::redeem(&id, None, NOW), Ok(1));
		assert_ok!(Consent::revoke(by(PATIENT), id));
		assert_storage_noop!(Consent::give_back(&id));
		assert_storage_noop!(Consent::give_back(&ConsentId([9; 32])));
	});
}
