// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::traits::fungible::InspectHold;

fn declare_record(clinician: u64, subject: u64, record: RecordId, salt: u8) -> DispatchResult {
	let key = key(salt);
	Access::declare_emergency(signed(clinician), subject, record, [salt; 32], REASON, key)
}

#[test]
fn an_emergency_is_announced_and_opens_nothing() {
	build_and_execute(|| {
		let id = emergency_id(CLINICIAN, 1);
		assert_ok!(declare(CLINICIAN, 1));
		let emergency = Access::emergency(id).unwrap();
		assert_eq!((emergency.clinician, emergency.subject), (CLINICIAN, PATIENT));
		assert_eq!((emergency.record, emergency.reason), (RECORD, REASON));
		assert_eq!((emergency.declared_at, emergency.second), (NOW, None));
		assert_eq!(emergency.state, EmergencyState::Declared);
		let action = AuditAction::EmergencyDeclared { emergency: id, record: RECORD };
		assert_eq!(entries(), [(PATIENT, CLINICIAN, action)]);
		assert_eq!(
			events(),
			[Event::EmergencyDeclared { emergency: id, subject: PATIENT, record: RECORD }]
		);
		assert_eq!(Tickets::<Test>::iter().count(), 0);
		assert_eq!(Access::conduct(CLINICIAN), Conduct::default());
		assert_eq!(Access::latest_emergency(CLINICIAN, PATIENT), Some(id));
		assert_noop!(declare(CLINICIAN, 1), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn she_or_her_sponsor_pays_a_deposit() {
	build_and_execute(|| {
		let deposit = 10 + Access::footprint().size;
		for (clinician, payer) in [(CLINICIAN, CLINICIAN), (COLLEAGUE, SPONSOR)] {
			assert_ok!(declare(clinician, 1));
			let id = emergency_id(clinician, 1);
			assert_eq!(Access::emergency(id).unwrap().deposit.payer, payer);
			assert_eq!(Balances::total_balance_on_hold(&payer), deposit);
		}
	});
}

#[test]
fn who_cannot_pay_declares_nothing() {
	build_and_execute(|| {
		Balances::force_set_balance(RuntimeOrigin::root(), CLINICIAN, 1).unwrap();
		assert!(declare(CLINICIAN, 1).is_err());
		assert_eq!(Access::emergency(emergency_id(CLINICIAN, 1)), None);
	});
}

#[test]
fn only_a_clinician_in_good_standing_declares() {
	build_and_execute(|| {
		for who in [PATIENT, BUYER, REGISTRAR, STRANGER] {
			assert_noop!(declare(who, 1), Error::<Test>::NotAuthorized);
		}
		Standing::insert(CLINICIAN, (Role::Clinician, NOW));
		assert_noop!(declare(CLINICIAN, 1), Error::<Test>::NotAuthorized);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Access::declare_emergency(origin, PATIENT, RECORD, [1; 32], REASON, key(1)),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn nobody_declares_an_emergency_of_her_own() {
	build_and_execute(|| {
		Records::insert(RECORD, (CLINICIAN, true));
		assert_noop!(declare_record(CLINICIAN, CLINICIAN, RECORD, 1), Error::<Test>::NotAuthorized);
	});
}

#[test]
fn the_record_is_the_subject_s() {
	build_and_execute(|| {
		for record in [OTHER_RECORD, RecordId([9; 32])] {
			assert_noop!(
				declare_record(CLINICIAN, PATIENT, record, 1),
				Error::<Test>::RecordMismatch
			);
		}
	});
}

#[test]
fn refusals_are_audited_in_a_fixed_order() {
	build_and_execute(|| {
		let (id, ticket) = confirmed();
		overdue(id);
		set_time(stored(ticket).kept_until);
		assert_ok!(Access::close(signed(STRANGER), ticket));
		OptedOut::insert(PATIENT, ());
		Records::insert(RECORD, (PATIENT, false));
		forget();
		let refused = |refusal| {
			assert_ok!(declare(CLINICIAN, 2));
			assert_emergency_refused(emergency_id(CLINICIAN, 2), CLINICIAN, RECORD, refusal);
			assert_eq!(Access::emergency(emergency_id(CLINICIAN, 2)), None);
		};
		refused(Refusal::RecordRetired);
		Records::insert(RECORD, (PATIENT, true));
		refused(Refusal::EmergencySuspended);
		assert_ok!(Access::review_emergency(signed(REGISTRAR), id, true));
		forget();
		refused(Refusal::EmergencyOptedOut);
		OptedOut::remove(PATIENT);
		assert_ok!(declare(CLINICIAN, 2));
		assert!(Access::emergency(emergency_id(CLINICIAN, 2)).is_some());
	});
}

#[test]
fn one_at_a_time_for_a_subject() {
	build_and_execute(|| {
		declared();
		assert_noop!(declare(CLINICIAN, 2), Error::<Test>::AlreadyDeclared);
		// Another clinician, and another subject.
		assert_ok!(declare(COLLEAGUE, 1));
		assert_ok!(declare_record(CLINICIAN, OTHER_PATIENT, OTHER_RECORD, 3));
		// It lapses by itself.
		set_time(NOW + EMERGENCY_LIFETIME - 1);
		assert_noop!(declare(CLINICIAN, 2), Error::<Test>::AlreadyDeclared);
		set_time(NOW + EMERGENCY_LIFETIME);
		assert_ok!(declare(CLINICIAN, 2));
	});
}

#[test]
fn another_follows_when_the_ticket_is_over() {
	build_and_execute(|| {
		let (_, ticket) = confirmed();
		assert_noop!(declare(CLINICIAN, 2), Error::<Test>::AlreadyDeclared);
		assert_ok!(Access::renounce(signed(CLINICIAN), ticket));
		assert_ok!(declare(CLINICIAN, 2));
		assert_eq!(Access::latest_emergency(CLINICIAN, PATIENT), Some(emergency_id(CLINICIAN, 2)));
		let second = emergency_id(CLINICIAN, 2);
		assert_ok!(Access::confirm_emergency(signed(COLLEAGUE), second));
		set_time(NOW + MAX_DURATION - 1);
		assert_noop!(declare(CLINICIAN, 3), Error::<Test>::AlreadyDeclared);
		set_time(NOW + MAX_DURATION);
		assert_ok!(declare(CLINICIAN, 3));
		assert_ok!(Access::object_emergency(signed(PATIENT), emergency_id(CLINICIAN, 3)));
		assert_ok!(declare(CLINICIAN, 4));
	});
}

#[test]
fn who_leaves_reviews_behind_declares_no_more() {
	build_and_execute(|| {
		for salt in 1..=MAX_UNREVIEWED as u8 {
			assert_ok!(declare(CLINICIAN, salt));
			let id = emergency_id(CLINICIAN, salt);
			assert_ok!(Access::confirm_emergency(signed(COLLEAGUE), id));
			assert_ok!(Access::renounce(signed(CLINICIAN), emergency_ticket(id, salt)));
		}
		assert_eq!(Access::conduct(CLINICIAN).unreviewed, MAX_UNREVIEWED);
		assert_noop!(declare(CLINICIAN, 9), Error::<Test>::MaxUnreviewedExceeded);
		let first = emergency_id(CLINICIAN, 1);
		assert_ok!(Access::review_emergency(signed(REGISTRAR), first, true));
		assert_ok!(declare(CLINICIAN, 9));
	});
}
