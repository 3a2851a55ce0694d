// SPDX-License-Identifier: Apache-2.0
//! Whether `try_state` finds what must not be.

use super::*;

/// The clinician's tickets of two consents and an emergency, the colleague's of one that is overdue,
/// and a sale.
fn broken(change: impl FnOnce()) {
	build().execute_with(|| {
		opened();
		assert_ok!(Access::open(signed(CLINICIAN), PUBLIC, RECORD, public(), key(1)));
		sold();
		assert_ok!(declare(COLLEAGUE, 1));
		let id = emergency_id(COLLEAGUE, 1);
		assert_ok!(Access::confirm_emergency(signed(CLINICIAN), id));
		overdue(id);
		declared();
		set_time(Access::now() + DELAY);
		let id = emergency_id(CLINICIAN, 1);
		assert_ok!(Access::open_emergency(signed(CLINICIAN), id));
		assert_ok!(Access::review_trail(signed(PATIENT), 1));
		Access::do_try_state().unwrap();
		change();
		assert!(Access::do_try_state().is_err());
	});
}

fn change_ticket(id: TicketId, change: impl FnOnce(&mut Ticket<u64>)) {
	Tickets::<Test>::mutate(id, |ticket| change(ticket.as_mut().unwrap()));
}

fn change_emergency(id: EmergencyId, change: impl FnOnce(&mut EmergencyOf<Test>)) {
	Emergencies::<Test>::mutate(id, |emergency| change(emergency.as_mut().unwrap()));
}

fn change_conduct(who: u64, change: impl FnOnce(&mut Conduct)) {
	Conducts::<Test>::mutate(who, change);
}

#[test]
fn faults_in_tickets_are_found() {
	let id = ticket_id(SEALED, RECORD, 1);
	broken(|| change_ticket(id, |ticket| ticket.record = SECOND_RECORD));
	broken(|| change_ticket(id, |ticket| ticket.basis = Basis::Sale { sale: SALE }));
	broken(|| change_ticket(id, |ticket| ticket.expires_at = NOW - 1));
	broken(|| change_ticket(id, |ticket| ticket.kept_until = NOW));
	broken(|| change_ticket(id, |ticket| ticket.delivered_at = Some(NOW - 1)));
	broken(|| {
		change_ticket(id, |ticket| {
			ticket.disputed_at = Some(NOW);
			ticket.expires_at = Moment::MAX;
			ticket.kept_until = Moment::MAX;
		})
	});
	broken(|| change_ticket(id, |ticket| ticket.subject = OTHER_PATIENT));
	broken(|| change_ticket(id, |ticket| ticket.grantee = COLLEAGUE));
}

#[test]
fn faults_in_requests_are_found() {
	let (sealed, public) = (ticket_id(SEALED, RECORD, 1), ticket_id(PUBLIC, RECORD, 1));
	broken(|| change_ticket(sealed, |ticket| ticket.request = RequestRef::Public));
	broken(|| Requests::<Test>::remove(public));
	broken(|| Requests::<Test>::insert(sealed, request()));
	broken(|| Requests::<Test>::insert(TicketId([9; 32]), request()));
	broken(|| Tickets::<Test>::remove(public));
}

#[test]
fn faults_in_emergencies_are_found() {
	let id = emergency_id(CLINICIAN, 1);
	let ticket = emergency_ticket(id, 1);
	broken(|| Emergencies::<Test>::remove(id));
	broken(|| Tickets::<Test>::remove(ticket));
	broken(|| change_ticket(ticket, |ticket| ticket.grantee = COLLEAGUE));
	broken(|| change_ticket(ticket, |ticket| ticket.request = RequestRef::Public));
	broken(|| change_ticket(ticket, |ticket| ticket.expires_at += 1));
	broken(|| change_emergency(id, |emergency| emergency.second = Some(CLINICIAN)));
	broken(|| change_emergency(id, |emergency| emergency.second = Some(PATIENT)));
	broken(|| change_emergency(id, |emergency| emergency.subject = CLINICIAN));
	broken(|| change_emergency(id, |emergency| emergency.state = EmergencyState::Declared));
	broken(|| change_emergency(id, |emergency| emergency.record = SECOND_RECORD));
	broken(|| Latest::<Test>::insert(CLINICIAN, PATIENT, EmergencyId([9; 32])));
	broken(|| Latest::<Test>::insert(CLINICIAN, OTHER_PATIENT, id));
}

#[test]
fn faults_in_conducts_are_found() {
	broken(|| Conducts::<Test>::remove(CLINICIAN));
	broken(|| change_conduct(CLINICIAN, |conduct| conduct.unreviewed = 2));
	broken(|| change_conduct(CLINICIAN, |conduct| conduct.overdue = 1));
	broken(|| change_conduct(CLINICIAN, |conduct| conduct.unjustified = true));
	broken(|| change_conduct(CLINICIAN, |conduct| conduct.suspended_since = Some(NOW)));
	broken(|| change_conduct(COLLEAGUE, |conduct| conduct.suspended_since = None));
	broken(|| change_conduct(COLLEAGUE, |conduct| conduct.overdue = 0));
	broken(|| Conducts::<Test>::insert(STRANGER, Conduct::default()));
}

#[test]
fn faults_in_trail_reviews_are_found() {
	broken(|| Reviews::<Test>::insert(PATIENT, TrailReview { entries: 1_000, at: NOW }));
}

#[test]
fn the_configuration_is_sound() {
	use frame_support::traits::Hooks;
	<Access as Hooks<u64>>::integrity_test();
}
