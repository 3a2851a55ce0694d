// SPDX-License-Identifier: Apache-2.0

use super::*;

/// The first committee with a ticket for what it holds.
fn ticket() -> TicketId {
	form(FIRST);
	dealt(RECORD, 1);
	open(1, RECORD, 1)
}

fn skipped(ticket: TicketId, epoch: EpochId, fault: AnswerFault) -> Event<Test> {
	Event::AnswerSkipped { ticket, epoch, seat: Seat(0), fault }
}

fn reported(seat: u8) -> Event<Test> {
	Event::Reported { epoch: E1, seat: Seat(seat), receipts: RECEIPTS }
}

#[test]
fn a_ticket_is_delivered_once_when_enough_have_released() {
	build_and_execute(|| {
		let ticket = ticket();
		assert!(!Custody::release_started(&ticket));
		answered(ticket, &[4, 0], RELEASE);
		assert!(Custody::release_started(&ticket));
		assert_eq!(Custody::first_delivered_at(&ticket), None);
		events();
		Timestamp::set_timestamp(NOW + 7);
		answered(ticket, &[2], RELEASE);
		let receipt = Commitment([6; 32]);
		assert_eq!(
			events(),
			[
				Event::Released { ticket, epoch: E1, seat: Seat(2), receipt },
				Event::Delivered { ticket },
				reported(2),
			]
		);
		assert_eq!(delivered(), [(ticket, NOW + 7)]);
		assert_eq!(Custody::first_delivered_at(&ticket), Some(NOW + 7));
		Timestamp::set_timestamp(NOW + 8);
		answered(ticket, &[1, 3], RELEASE);
		assert_eq!(delivered(), []);
		assert_eq!(Custody::first_delivered_at(&ticket), Some(NOW + 7));
		assert_eq!(Custody::answers(ticket).unwrap().released, Seats::all(5));
	});
}

#[test]
fn a_ticket_is_refused_once_when_too_few_are_left() {
	build_and_execute(|| {
		let ticket = ticket();
		answered(ticket, &[0, 1], REFUSE);
		assert!(!Custody::non_release_attested(&ticket));
		events();
		answered(ticket, &[2], REFUSE);
		let refusal = CustodianRefusal::ConsentRevoked;
		assert_eq!(
			events(),
			[
				Event::Refused { ticket, epoch: E1, seat: Seat(2), refusal },
				Event::NonReleaseAttested { ticket },
				reported(2),
			]
		);
		assert_eq!(refused(), [ticket]);
		assert!(Custody::non_release_attested(&ticket));
		assert!(!Custody::release_started(&ticket));
		// The ticket is gone; who is late says so all the same.
		assert!(!Tickets::contains_key(ticket));
		answered(ticket, &[3, 4], REFUSE);
		assert_eq!(refused(), []);
		assert_eq!(Custody::answers(ticket).unwrap().refused, Seats::all(5));
	});
}

#[test]
fn the_same_answer_again_changes_nothing() {
	build_and_execute(|| {
		let ticket = ticket();
		answered(ticket, &[0], RELEASE);
		events();
		let before = Custody::answers(ticket);
		let again = Answer::Released { receipt: Commitment([9; 32]) };
		assert_ok!(report(FIRST, E1, &[(ticket, RELEASE), (ticket, again)]));
		assert_eq!(events(), [reported(0)]);
		assert_eq!(Custody::answers(ticket), before);
	});
}

#[test]
fn an_answer_is_final() {
	build_and_execute(|| {
		let (first, second) = (ticket(), open(2, RECORD, 1));
		assert_ok!(report(FIRST, E1, &[(first, RELEASE), (second, REFUSE)]));
		events();
		assert_ok!(report(FIRST, E1, &[(first, REFUSE), (second, RELEASE)]));
		assert_eq!(
			events(),
			[
				skipped(first, E1, AnswerFault::Contradiction),
				skipped(second, E1, AnswerFault::Contradiction),
				reported(0),
			]
		);
		assert_eq!(Custody::answers(first).unwrap().refused, Seats::EMPTY);
		assert_eq!(Custody::answers(second).unwrap().released, Seats::EMPTY);
	});
}

#[test]
fn who_released_may_stop_and_enough_of_them_end_the_reading() {
	build_and_execute(|| {
		let ticket = ticket();
		answered(ticket, &[0, 1, 2, 3], RELEASE);
		answered(ticket, &[0, 1], STOP);
		assert_eq!(stopped(), []);
		let before = Custody::answers(ticket);
		events();
		let refusal = CustodianRefusal::ConsentRevoked;
		answered(ticket, &[2], STOP);
		assert_eq!(
			events(),
			[
				Event::Stopped { ticket, epoch: E1, seat: Seat(2), refusal },
				Event::StopAttested { ticket },
				reported(2),
			]
		);
		assert_eq!(stopped(), [ticket]);
		// It is said once, and what was delivered stays delivered.
		answered(ticket, &[2, 3], STOP);
		assert_eq!(stopped(), []);
		assert_eq!(Custody::stopped(ticket), seats(&[0, 1, 2, 3]));
		assert_eq!(Custody::answers(ticket), before);
		assert_eq!(refused(), []);
	});
}

#[test]
fn nobody_stops_what_it_did_not_release() {
	build_and_execute(|| {
		let (ticket, other) = (ticket(), open(2, RECORD, 1));
		answered(ticket, &[1], RELEASE);
		answered(ticket, &[0], REFUSE);
		events();
		assert_ok!(report(FIRST, E1, &[(ticket, STOP), (other, STOP)]));
		let fault = AnswerFault::NotReleased;
		assert_eq!(events(), [skipped(ticket, E1, fault), skipped(other, E1, fault), reported(0)]);
		assert_eq!(Custody::stopped(ticket), Seats::EMPTY);
		assert_eq!(Custody::answers(other), None);
		// In one batch with the release it counts.
		assert_ok!(report(FIRST, E1, &[(other, RELEASE), (other, STOP)]));
		assert_eq!(Custody::stopped(other), seats(&[0]));
	});
}

#[test]
fn one_fault_does_not_fail_the_batch() {
	build_and_execute(|| {
		let ticket = ticket();
		let (unknown, undealt) = (TicketId([8; 32]), open(2, RECORD, 5));
		let items = [(unknown, RELEASE), (undealt, RELEASE), (ticket, RELEASE)];
		assert_ok!(report(FIRST, E1, &items));
		let receipt = Commitment([6; 32]);
		assert_eq!(
			events(),
			[
				skipped(unknown, E1, AnswerFault::NotFound),
				skipped(undealt, E1, AnswerFault::NotDealt),
				Event::Released { ticket, epoch: E1, seat: Seat(0), receipt },
				reported(0),
			]
		);
		assert_eq!(Answers::<Test>::iter().count(), 1);
	});
}

#[test]
fn one_epoch_answers_a_ticket() {
	build_and_execute(|| {
		let (begun, fresh) = (ticket(), open(2, RECORD, 1));
		answered(begun, &[0], RELEASE);
		form(SECOND);
		assert_ok!(reshare(SECOND, vec![resharing(RECORD, 1)]));
		events();
		// What the first committee began it ends, as long as it is not retired.
		assert_ok!(report(SECOND, E2, &[(begun, RELEASE), (fresh, RELEASE)]));
		assert_eq!(events()[0], skipped(begun, E2, AnswerFault::EpochMismatch));
		answered(begun, &[1, 2], RELEASE);
		assert!(Custody::first_delivered_at(&begun).is_some());
		// What nobody began goes to who holds the dealing.
		assert_eq!(Custody::answers(fresh).unwrap().epoch, E2);
		events();
		assert_ok!(report(FIRST, E1, &[(fresh, RELEASE)]));
		assert_eq!(events()[0], skipped(fresh, E1, AnswerFault::EpochMismatch));
	});
}

#[test]
fn answers_close_when_marked_or_with_the_retention() {
	build_and_execute(|| {
		let (marked, late, last) = (ticket(), open(2, RECORD, 1), open(3, RECORD, 1));
		answered(last, &[0], RELEASE);
		Timestamp::set_timestamp(NOW + OVER);
		assert_ok!(Custody::mark_missed(signed(STRANGER), marked));
		// An expired ticket is still answered: reports come in batches.
		answered(late, &[0], RELEASE);
		events();
		assert_ok!(report(FIRST, E1, &[(marked, RELEASE)]));
		assert_eq!(events()[0], skipped(marked, E1, AnswerFault::Closed));
		Timestamp::set_timestamp(NOW + LIFETIME + RETENTION);
		let never = TicketId([4; 32]);
		Tickets::insert(never, (RECORD, 1, NOW, NOW + LIFETIME));
		assert_ok!(report(FIRST + 1, E1, &[(last, RELEASE), (never, RELEASE)]));
		let seat = Seat(1);
		assert_eq!(
			events()[..2],
			[last, never].map(|ticket| Event::AnswerSkipped {
				ticket,
				epoch: E1,
				seat,
				fault: AnswerFault::Closed
			})
		);
	});
}

#[test]
fn only_members_report() {
	build_and_execute(|| {
		let ticket = ticket();
		for who in [SECOND, PATIENT, GRANTEE, STRANGER] {
			assert_noop!(report(who, E1, &[(ticket, RELEASE)]), Error::<Test>::NotAuthorized);
		}
		assert_noop!(report(FIRST, E2, &[(ticket, RELEASE)]), Error::<Test>::NotFound);
		for origin in [root(), RuntimeOrigin::none()] {
			assert_noop!(
				Custody::report(origin, E1, BoundedVec::new(), RECEIPTS),
				DispatchError::BadOrigin
			);
		}
		assert_ok!(Custody::suspend(root(), E1, Seat(0)));
		assert_noop!(report(FIRST, E1, &[(ticket, RELEASE)]), Error::<Test>::Suspended);
		assert_ok!(Custody::propose(root(), members(SECOND), THRESHOLD, TOLERANCE));
		assert_noop!(report(SECOND, E2, &[(ticket, RELEASE)]), Error::<Test>::NotYetActive);
	});
}

#[test]
fn a_single_custodian_ends_a_ticket_alone() {
	build_and_execute(|| {
		let alone = BoundedVec::try_from(vec![FIRST]).unwrap();
		assert_ok!(Custody::propose(root(), alone, 1, 0));
		assert_ok!(Custody::join(signed(FIRST), E1));
		let dealing = dealing(E1, &[0], RECORD, 1);
		assert_ok!(Custody::deal(&PATIENT, RECORD, 1, SEGMENTS, &dealing));
		let (released, refused) = (open(1, RECORD, 1), open(2, RECORD, 1));
		assert_ok!(report(FIRST, E1, &[(released, RELEASE), (refused, REFUSE)]));
		assert!(Custody::first_delivered_at(&released).is_some());
		assert!(Custody::non_release_attested(&refused));
	});
}
