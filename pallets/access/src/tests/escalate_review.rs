// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::traits::Authorize;
use frame_system::RawOrigin;
use sp_runtime::transaction_validity::{
	InvalidTransaction, TransactionSource, TransactionValidityError, ValidTransaction,
};

fn escalate(id: EmergencyId) -> DispatchResult {
	Access::escalate_review(signed(STRANGER), id)
}

fn validity(emergency: EmergencyId) -> Result<ValidTransaction, TransactionValidityError> {
	let call = Call::<Test>::escalate_review { emergency };
	call.authorize(TransactionSource::External).unwrap().map(|(validity, _)| validity)
}

#[test]
fn an_overdue_review_escalates_and_then_suspends() {
	build_and_execute(|| {
		let (id, _) = confirmed();
		set_time(NOW + REVIEW - 1);
		assert_noop!(escalate(id), Error::<Test>::NotYetOverdue);
		let now = NOW + REVIEW + 10;
		set_time(now);
		assert_ok!(escalate(id));
		let review_due = now + ESCALATION;
		assert_eq!(events(), [Event::ReviewOverdue { emergency: id, review_due }]);
		assert_eq!(Access::suspended(CLINICIAN), None);
		assert_noop!(escalate(id), Error::<Test>::NotYetOverdue);
		set_time(review_due - 1);
		assert_noop!(escalate(id), Error::<Test>::NotYetOverdue);
		set_time(review_due);
		assert_ok!(escalate(id));
		assert_eq!(events(), [Event::Suspended { who: CLINICIAN, emergency: id }]);
		assert_eq!(
			Access::conduct(CLINICIAN),
			Conduct {
				unreviewed: 1,
				overdue: 1,
				unjustified: false,
				suspended_since: Some(review_due),
			}
		);
		assert_noop!(escalate(id), Error::<Test>::AlreadyEscalated);
	});
}

#[test]
fn what_was_reviewed_in_time_does_not_escalate() {
	build_and_execute(|| {
		let (id, _) = confirmed();
		assert_ok!(Access::review_emergency(signed(REGISTRAR), id, true));
		set_time(NOW + REVIEW);
		assert_noop!(escalate(id), Error::<Test>::InvalidState);
	});
}

#[test]
fn a_review_after_the_first_escalation_suspends_nobody() {
	build_and_execute(|| {
		let (id, _) = confirmed();
		set_time(NOW + REVIEW);
		assert_ok!(escalate(id));
		assert_ok!(Access::review_emergency(signed(REGISTRAR), id, true));
		set_time(NOW + REVIEW + ESCALATION);
		assert_noop!(escalate(id), Error::<Test>::InvalidState);
		assert_eq!(Access::conduct(CLINICIAN), Conduct::default());
	});
}

#[test]
fn what_was_never_opened_needs_no_review() {
	build_and_execute(|| {
		assert_noop!(escalate(EmergencyId([9; 32])), Error::<Test>::NotFound);
		let id = declared();
		set_time(NOW + REVIEW);
		assert_noop!(escalate(id), Error::<Test>::InvalidState);
	});
}

#[test]
fn anybody_and_workers_escalate() {
	build_and_execute(|| {
		let (id, _) = confirmed();
		set_time(NOW + REVIEW);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Access::escalate_review(origin, id), DispatchError::BadOrigin);
		}
		assert_ok!(Access::escalate_review(RawOrigin::Authorized.into(), id));
		set_time(NOW + REVIEW + ESCALATION);
		assert_ok!(Access::escalate_review(signed(PATIENT), id));
	});
}

#[test]
fn a_worker_is_let_in_once_for_each_time() {
	build_and_execute(|| {
		let (id, _) = confirmed();
		assert_eq!(validity(id), Err(InvalidTransaction::Future.into()));
		assert_eq!(validity(EmergencyId([9; 32])), Err(NOTHING_TO_ESCALATE.into()));
		set_time(NOW + REVIEW);
		let first = validity(id).unwrap();
		assert_eq!(first.provides.len(), 1);
		assert!(first.propagate && first.requires.is_empty());
		assert_eq!(validity(id).unwrap().provides, first.provides);
		assert_ok!(escalate(id));
		assert_eq!(validity(id), Err(InvalidTransaction::Future.into()));
		set_time(NOW + REVIEW + ESCALATION);
		assert_ne!(validity(id).unwrap().provides, first.provides);
		assert_ok!(escalate(id));
		assert_eq!(validity(id), Err(InvalidTransaction::Stale.into()));
		assert_ok!(Access::review_emergency(signed(REGISTRAR), id, true));
		assert_eq!(validity(id), Err(NOTHING_TO_ESCALATE.into()));
	});
}

#[test]
fn no_other_call_is_let_in_without_a_signature() {
	let call = Call::<Test>::close { ticket: TicketId([1; 32]) };
	assert!(call.authorize(TransactionSource::External).is_none());
}
