// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event, Keys, Participant, Participants};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::Role;
use sp_runtime::DispatchError;

#[test]
fn every_self_assigned_role_is_taken() {
	let roles = [
		Role::Patient,
		Role::Guardian,
		Role::Clinician,
		Role::Organisation,
		Role::Researcher,
		Role::Custodian,
	];
	ExtBuilder::default().build_and_execute(|| {
		for (who, role) in (100..).zip(roles) {
			assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), who, BALANCE));
			System::reset_events();
			assert_ok!(Registry::register(RuntimeOrigin::signed(who), role, key(1)));
			assert_eq!(
				Participants::<Test>::get(who),
				Some(Participant { role, key_version: 1, registered_at: NOW })
			);
			assert_eq!(Keys::<Test>::get(who, 1), Some(key(1)));
			assert_eq!(events(), [Event::Registered { who, role }]);
		}
	});
}

#[test]
fn a_registrar_does_not_appoint_herself() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(
			Registry::register(RuntimeOrigin::signed(STRANGER), Role::Registrar, key(1)),
			Error::<Test>::AppointmentRequired
		);
	});
}

#[test]
fn nobody_registers_twice() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		for (who, role) in
			[(PATIENT, Role::Patient), (PATIENT, Role::Researcher), (REGISTRAR, Role::Patient)]
		{
			assert_noop!(
				Registry::register(RuntimeOrigin::signed(who), role, key(77)),
				Error::<Test>::AlreadyExists
			);
		}
	});
}

#[test]
fn only_a_signed_origin_registers() {
	ExtBuilder::default().build_and_execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Registry::register(origin, Role::Patient, key(1)),
				DispatchError::BadOrigin
			);
		}
	});
}
