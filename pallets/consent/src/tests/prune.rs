// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Error, Event};
use frame_support::assert_noop;
use sp_runtime::DispatchError;

#[test]
fn a_consent_goes_when_its_time_is_long_over() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		assert!(Balances::free_balance(PATIENT) < BALANCE);
		let prune = || Consent::prune(RuntimeOrigin::signed(STRANGER), id);
		// A revoked one is kept as long: it still answers why it does not hold.
		assert_ok!(Consent::revoke(RuntimeOrigin::signed(PATIENT), id));
		assert_noop!(prune(), Error::<Test>::NotYetPrunable);
		Timestamp::set_timestamp(window().until + RETENTION - 1);
		assert_noop!(prune(), Error::<Test>::NotYetPrunable);
		Timestamp::set_timestamp(window().until + RETENTION);
		events();
		assert_ok!(prune());
		assert_eq!(events(), [Event::Pruned { consent: id }]);
		assert_eq!(Balances::free_balance(PATIENT), BALANCE);
		assert_eq!(Consent::consent(id), None);
		assert_noop!(prune(), Error::<Test>::NotFound);
	});
}

#[test]
fn only_a_signed_origin_prunes() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Consent::prune(origin, id), DispatchError::BadOrigin);
		}
	});
}
