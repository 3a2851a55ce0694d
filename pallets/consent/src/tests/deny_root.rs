// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{DenyRoot, Error, Event};
use frame_support::assert_noop;
use salus_primitives::{audit::AuditAction, traits::Denials};
use sp_runtime::DispatchError;

#[test]
fn each_change_has_a_version_and_one_deposit_is_enough() {
	build_and_execute(|| {
		assert_ok!(deny_root(PATIENT, 0, true, false));
		let first = Consent::deny_root(PATIENT).unwrap();
		let expected = DenyRoot {
			version: 1,
			root: Commitment([0; 32]),
			opening: envelope(),
			standing_rules: true,
			rules_since: 1,
			no_emergency: false,
			changed_at: NOW,
			deposit: first.deposit.clone(),
		};
		assert_eq!(first, expected);
		let action = AuditAction::DenyRootChanged { version: 1 };
		assert_eq!(entries(), [(PATIENT, PATIENT, action)]);
		assert_eq!(events(), [Event::DenyRootChanged { subject: PATIENT, version: 1 }]);
		let before = held(PATIENT);
		wait_until(NOW + 1);
		assert_ok!(deny_root(PATIENT, 1, true, true));
		let second = Consent::deny_root(PATIENT).unwrap();
		assert_eq!((second.version, second.root), (2, Commitment([1; 32])));
		assert_eq!((second.no_emergency, second.changed_at), (true, NOW + 1));
		assert_eq!(held(PATIENT), before);
	});
}

#[test]
fn a_guardian_changes_it_for_her_ward() {
	build_and_execute(|| {
		assert_ok!(deny_root(GUARDIAN, 0, false, true));
		let root = Consent::deny_root(PATIENT).unwrap();
		assert_eq!((root.version, root.deposit.payer), (1, GUARDIAN));
		let action = AuditAction::DenyRootChanged { version: 1 };
		assert_eq!(entries(), [(PATIENT, GUARDIAN, action)]);
	});
}

#[test]
fn only_the_version_that_she_saw_is_replaced() {
	build_and_execute(|| {
		assert_noop!(deny_root(PATIENT, 1, true, true), Error::<Test>::VersionMismatch);
		assert_ok!(deny_root(PATIENT, 0, true, true));
		for version in [0, 2, u32::MAX] {
			assert_noop!(deny_root(PATIENT, version, true, true), Error::<Test>::VersionMismatch);
		}
	});
}

#[test]
fn only_participants_have_one() {
	build_and_execute(|| {
		assert_noop!(deny_root(STRANGER, 0, true, true), Error::<Test>::NotRegistered);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			let root = Commitment([1; 32]);
			assert_noop!(
				Consent::set_deny_root(origin, 0, root, envelope(), true, true),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn emergencies_are_refused_by_who_says_so() {
	build_and_execute(|| {
		assert!(!Consent::refuses_emergencies(&PATIENT));
		assert_ok!(deny_root(PATIENT, 0, false, true));
		assert!(Consent::refuses_emergencies(&PATIENT));
		assert!(!Consent::refuses_emergencies(&POOR_PATIENT));
		assert_ok!(deny_root(PATIENT, 1, false, false));
		assert!(!Consent::refuses_emergencies(&PATIENT));
	});
}

#[test]
fn the_beginning_of_the_rules_is_kept() {
	build_and_execute(|| {
		let since = || Consent::deny_root(PATIENT).unwrap().rules_since;
		let steps = [(false, 0), (true, 2), (true, 2), (false, 2), (true, 5)];
		for (version, (rules, expected)) in steps.into_iter().enumerate() {
			assert_ok!(deny_root(PATIENT, version as u32, rules, false));
			assert_eq!(since(), expected);
		}
	});
}
