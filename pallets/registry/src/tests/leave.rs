// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Contacts, Credentials, Deposits, Error, Event, Keys};
use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect};
use salus_primitives::{ContentId, MultiCodec, Role};
use sp_runtime::DispatchError;

const CONTACTS: ContentId = ContentId { codec: MultiCodec::Raw, digest: [3; 32] };

#[test]
fn a_participant_leaves_and_her_keys_stay() {
	ExtBuilder::with_everybody().with_credential(CLINICIAN, REGISTRAR, NOW + 10).build_and_execute(
		|| {
			assert_ok!(Registry::set_contacts(RuntimeOrigin::signed(CLINICIAN), Some(CONTACTS)));
			events();
			assert_ok!(Registry::leave(RuntimeOrigin::signed(CLINICIAN)));
			assert_eq!(events(), [Event::Left { who: CLINICIAN }]);
			assert_eq!(Registry::participant(CLINICIAN), None);
			assert!(!Credentials::<Test>::contains_key(CLINICIAN));
			assert!(!Contacts::<Test>::contains_key(CLINICIAN));
			assert_eq!(Keys::<Test>::get(CLINICIAN, 1), Some(key(CLINICIAN as u8)));
			// She may come back, as somebody else.
			assert_ok!(Registry::register(
				RuntimeOrigin::signed(CLINICIAN),
				Role::Patient,
				key(70)
			));
			assert_eq!(Keys::<Test>::get(CLINICIAN, 2), Some(key(70)));
		},
	);
}

#[test]
fn the_deposit_goes_back() {
	ExtBuilder::default().build_and_execute(|| {
		let before = Balances::balance(&SPONSOR);
		let register =
			|| Registry::register(RuntimeOrigin::signed(SPONSOR), Role::Organisation, key(1));
		assert_ok!(register());
		assert!(Balances::balance(&SPONSOR) < before);
		assert_ok!(Registry::leave(RuntimeOrigin::signed(SPONSOR)));
		assert_eq!(Balances::balance(&SPONSOR), before);
	});
}

#[test]
fn a_deposit_is_taken_over() {
	ExtBuilder::default().build_and_execute(|| {
		let (sponsor, other) = (Balances::balance(&SPONSOR), Balances::balance(&OTHER_SPONSOR));
		assert_ok!(Registry::register(RuntimeOrigin::signed(SPONSOR), Role::Organisation, key(1)));
		let take = |who| Registry::take_over_deposit(RuntimeOrigin::signed(who), SPONSOR);
		assert_noop!(take(SPONSOR), Error::<Test>::AlreadyExists);
		assert_ok!(take(OTHER_SPONSOR));
		assert_eq!(Deposits::<Test>::get(SPONSOR).map(|d| d.payer), Some(OTHER_SPONSOR));
		assert_eq!(Balances::balance(&SPONSOR), sponsor);
		assert!(Balances::balance(&OTHER_SPONSOR) < other);
		assert_noop!(
			Registry::take_over_deposit(RuntimeOrigin::signed(SPONSOR), STRANGER),
			Error::<Test>::NotFound
		);
		assert_ok!(Registry::leave(RuntimeOrigin::signed(SPONSOR)));
		assert_eq!(Balances::balance(&OTHER_SPONSOR), other);
	});
}

#[test]
fn who_cannot_pay_the_deposit_does_not_register() {
	ExtBuilder::default().build_and_execute(|| {
		assert!(Registry::register(RuntimeOrigin::signed(STRANGER), Role::Patient, key(1)).is_err());
	});
}

#[test]
fn a_registrar_is_dismissed_instead() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		assert_noop!(
			Registry::leave(RuntimeOrigin::signed(REGISTRAR)),
			Error::<Test>::DismissalRequired
		);
		assert_noop!(
			Registry::leave(RuntimeOrigin::signed(STRANGER)),
			Error::<Test>::NotRegistered
		);
		assert_noop!(Registry::leave(RuntimeOrigin::root()), DispatchError::BadOrigin);
	});
}

#[test]
fn contacts_are_set_and_cleared() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		let set = |contacts| Registry::set_contacts(RuntimeOrigin::signed(PATIENT), contacts);
		assert_ok!(set(Some(CONTACTS)));
		assert_eq!(Registry::contacts(PATIENT), Some(CONTACTS));
		assert_eq!(events(), [Event::ContactsChanged { who: PATIENT }]);
		assert_ok!(set(None));
		assert_eq!(Registry::contacts(PATIENT), None);
		assert_noop!(
			Registry::set_contacts(RuntimeOrigin::signed(STRANGER), Some(CONTACTS)),
			Error::<Test>::NotRegistered
		);
		assert_noop!(Registry::set_contacts(RuntimeOrigin::none(), None), DispatchError::BadOrigin);
	});
}
