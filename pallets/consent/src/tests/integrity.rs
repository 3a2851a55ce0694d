// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::traits::Hooks;

#[test]
fn the_constants_fit_each_other() {
	build_and_execute(<Consent as Hooks<u64>>::integrity_test);
}

#[test]
fn public_terms_are_not_part_of_a_consent() {
	use codec::MaxEncodedLen;
	let consent = crate::ConsentOf::<Test>::max_encoded_len();
	let terms = salus_policy::Terms::max_encoded_len();
	assert!(consent < 256 && terms > 1_000, "{consent}");
	// A use of a part reads those of every level.
	assert!(terms < 3 * 1024, "{terms}");
}
