// SPDX-License-Identifier: Apache-2.0

use crate::{
	mock::*, Appointer, Call, Error, Event, GuardianCount, Guardianship, Guardianships, Keys,
};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::Role;
use sp_runtime::DispatchError;

const UNTIL: u64 = NOW + 1_000;

fn everybody() -> ExtBuilder {
	ExtBuilder::with_everybody().with(GUARDIAN, Role::Guardian)
}

fn appoint(by: u64, scope: Scope) -> sp_runtime::DispatchResult {
	Registry::appoint_guardian(RuntimeOrigin::signed(by), PATIENT, GUARDIAN, scope, UNTIL)
}

fn act(call: Call<Test>) -> sp_runtime::DispatchResult {
	Registry::act_for(RuntimeOrigin::signed(GUARDIAN), PATIENT, Box::new(call.into()))
}

fn rotate() -> Call<Test> {
	Call::rotate_key { encryption_key: key(77) }
}

/// What the last guarded call ended with.
fn outcome() -> sp_runtime::DispatchResult {
	let acted = events().into_iter().rev().find_map(|event| match event {
		Event::Acted { ward: PATIENT, guardian: GUARDIAN, result } => Some(result),
		_ => None,
	});
	acted.expect("the guardian acted")
}

#[test]
fn a_ward_appoints_a_guardian_who_acts_for_her() {
	everybody().build_and_execute(|| {
		assert_ok!(appoint(PATIENT, Scope::Keys));
		assert_eq!(
			Registry::guardianship(PATIENT, GUARDIAN),
			Some(Guardianship {
				scope: Scope::Keys,
				appointed_by: Appointer::Ward,
				appointed_at: NOW,
				until: UNTIL,
			})
		);
		assert_eq!(
			events(),
			[Event::GuardianAppointed { ward: PATIENT, guardian: GUARDIAN, until: UNTIL }]
		);
		assert_ok!(act(rotate()));
		assert_ok!(outcome());
		assert_eq!(Keys::<Test>::get(PATIENT, 2), Some(key(77)));
		assert_eq!(Keys::<Test>::get(GUARDIAN, 2), None);
	});
}

#[test]
fn a_guardian_registers_a_newborn_and_pays_for_her() {
	everybody().build_and_execute(|| {
		let child = 50;
		assert_ok!(Registry::appoint_guardian(
			RuntimeOrigin::signed(REGISTRAR),
			child,
			GUARDIAN,
			Scope::All,
			UNTIL
		));
		let register = Call::register { role: Role::Patient, encryption_key: key(50) };
		assert_ok!(Registry::act_for(
			RuntimeOrigin::signed(GUARDIAN),
			child,
			Box::new(register.into())
		));
		assert_eq!(Registry::participant(child).map(|p| p.role), Some(Role::Patient));
		assert_eq!(crate::Deposits::<Test>::get(child).map(|d| d.payer), Some(GUARDIAN));
	});
}

#[test]
fn the_power_ends_by_itself() {
	everybody().build_and_execute(|| {
		assert_ok!(appoint(REGISTRAR, Scope::All));
		pass(UNTIL - NOW - 1);
		assert_ok!(act(rotate()));
		pass(1);
		assert_noop!(act(rotate()), Error::<Test>::Expired);
	});
}

#[test]
fn the_power_reaches_no_further_than_its_scope() {
	everybody().build_and_execute(|| {
		assert_ok!(appoint(PATIENT, Scope::Keys));
		for call in [
			RuntimeCall::Registry(Call::leave {}),
			RuntimeCall::Balances(pallet_balances::Call::transfer_all {
				dest: GUARDIAN,
				keep_alive: false,
			}),
		] {
			assert_noop!(
				Registry::act_for(RuntimeOrigin::signed(GUARDIAN), PATIENT, Box::new(call)),
				Error::<Test>::OutOfScope
			);
		}
	});
}

#[test]
fn a_guardian_hands_her_power_to_nobody() {
	everybody().build_and_execute(|| {
		assert_ok!(appoint(PATIENT, Scope::All));
		// Both ask for a signature, and a ward does not sign through her guardian.
		let calls = [
			Call::act_for { ward: PATIENT, call: Box::new(rotate().into()) },
			Call::appoint_guardian {
				ward: PATIENT,
				guardian: CLINICIAN,
				scope: Scope::All,
				until: UNTIL,
			},
			Call::admit { who: STRANGER },
		];
		for call in calls {
			assert_ok!(act(call));
			assert_eq!(outcome(), Err(DispatchError::BadOrigin));
		}
		assert_eq!(Keys::<Test>::get(PATIENT, 2), None);
	});
}

#[test]
fn what_fails_leaves_only_its_outcome() {
	everybody().build_and_execute(|| {
		assert_ok!(appoint(PATIENT, Scope::All));
		events();
		assert_ok!(act(Call::rotate_key { encryption_key: key(PATIENT as u8) }));
		assert_eq!(outcome(), Err(Error::<Test>::KeyUnchanged.into()));
	});
}

#[test]
fn a_stranger_guards_nobody() {
	everybody().build_and_execute(|| {
		assert_noop!(act(rotate()), Error::<Test>::NotAuthorized);
		assert_ok!(appoint(PATIENT, Scope::All));
		assert_noop!(
			Registry::act_for(RuntimeOrigin::signed(CLINICIAN), PATIENT, Box::new(rotate().into())),
			Error::<Test>::NotAuthorized
		);
		// Nor does the ward guard her guardian.
		assert_noop!(
			Registry::act_for(RuntimeOrigin::signed(PATIENT), GUARDIAN, Box::new(rotate().into())),
			Error::<Test>::NotAuthorized
		);
	});
}

#[test]
fn nobody_else_appoints() {
	everybody().build_and_execute(|| {
		for who in [GUARDIAN, CLINICIAN, STRANGER] {
			assert_noop!(appoint(who, Scope::All), Error::<Test>::NotAuthorized);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Registry::appoint_guardian(origin, PATIENT, GUARDIAN, Scope::All, UNTIL),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn an_appointment_makes_sense() {
	everybody().build_and_execute(|| {
		let appoint = |guardian, until| {
			Registry::appoint_guardian(
				RuntimeOrigin::signed(PATIENT),
				PATIENT,
				guardian,
				Scope::All,
				until,
			)
		};
		assert_noop!(appoint(PATIENT, UNTIL), Error::<Test>::SelfGuardian);
		assert_noop!(appoint(STRANGER, UNTIL), Error::<Test>::NotFound);
		assert_noop!(appoint(GUARDIAN, NOW), Error::<Test>::Expired);
		assert_noop!(appoint(GUARDIAN, NOW + MAX_GUARDIANSHIP + 1), Error::<Test>::ExpiryTooFar);
		assert_ok!(appoint(GUARDIAN, NOW + MAX_GUARDIANSHIP));
	});
}

#[test]
fn a_ward_has_so_many_guardians_and_no_more() {
	everybody().build_and_execute(|| {
		for guardian in [GUARDIAN, CLINICIAN] {
			assert_ok!(Registry::appoint_guardian(
				RuntimeOrigin::signed(PATIENT),
				PATIENT,
				guardian,
				Scope::All,
				UNTIL
			));
		}
		assert_noop!(
			Registry::appoint_guardian(
				RuntimeOrigin::signed(PATIENT),
				PATIENT,
				REGISTRAR,
				Scope::All,
				UNTIL
			),
			Error::<Test>::MaxGuardiansExceeded
		);
		// Changing one's power is no further guardian.
		assert_ok!(appoint(PATIENT, Scope::Keys));
		assert_ok!(Registry::dismiss_guardian(RuntimeOrigin::signed(PATIENT), PATIENT, CLINICIAN));
		assert_eq!(GuardianCount::<Test>::get(PATIENT), 1);
	});
}

#[test]
fn who_appointed_dismisses() {
	// By whom appointed, who tries, and whether she may.
	let cases = [
		(PATIENT, PATIENT, true),
		(PATIENT, GUARDIAN, true),
		(PATIENT, REGISTRAR, false),
		(PATIENT, STRANGER, false),
		(REGISTRAR, PATIENT, false),
		(REGISTRAR, GUARDIAN, true),
		(REGISTRAR, REGISTRAR, true),
		(REGISTRAR, OTHER_REGISTRAR, true),
		(REGISTRAR, STRANGER, false),
	];
	for (by, who, allowed) in cases {
		everybody().build_and_execute(|| {
			assert_ok!(appoint(by, Scope::All));
			events();
			let dismiss =
				|| Registry::dismiss_guardian(RuntimeOrigin::signed(who), PATIENT, GUARDIAN);
			if allowed {
				assert_ok!(dismiss());
				assert_eq!(
					events(),
					[Event::GuardianDismissed { ward: PATIENT, guardian: GUARDIAN }]
				);
				assert!(!Guardianships::<Test>::contains_key(PATIENT, GUARDIAN));
				assert!(!GuardianCount::<Test>::contains_key(PATIENT));
				assert_noop!(dismiss(), Error::<Test>::NotFound);
			} else {
				assert_noop!(dismiss(), Error::<Test>::NotAuthorized);
				pass(UNTIL - NOW);
				assert_ok!(dismiss());
			}
		});
	}
}

#[test]
fn what_a_registrar_decided_the_ward_does_not_change() {
	everybody().build_and_execute(|| {
		assert_ok!(appoint(REGISTRAR, Scope::All));
		assert_noop!(appoint(PATIENT, Scope::Keys), Error::<Test>::NotAuthorized);
		assert_ok!(appoint(OTHER_REGISTRAR, Scope::Keys));
		assert_eq!(
			Registry::guardianship(PATIENT, GUARDIAN).map(|g| g.appointed_by),
			Some(Appointer::Registrar(OTHER_REGISTRAR))
		);
	});
}
