// SPDX-License-Identifier: Apache-2.0
//! Whether `try_state` finds what must not be.

use super::*;

const TICKET: TicketId = TicketId([1; 32]);

/// Two epochs with a contested dealing in the first, an answered ticket, a miss, an erasure and an
/// acknowledged revocation.
fn broken(change: impl FnOnce()) {
	build().execute_with(|| {
		form(FIRST);
		dealt(RECORD, 1);
		dealt(OTHER_RECORD, 1);
		open(1, RECORD, 1);
		answered(TICKET, &[0, 1, 2], RELEASE);
		answered(TICKET, &[0], STOP);
		form(SECOND);
		assert_ok!(Custody::complain(signed(SECOND), RECORD, 1, Seat(3), EVIDENCE));
		Timestamp::set_timestamp(NOW + OVER);
		assert_ok!(Custody::mark_missed(signed(STRANGER), TICKET));
		Custody::start_erasure(OTHER_RECORD, 1, NOW);
		RevocationAcks::<Test>::insert(E1, ConsentId([1; 32]), seats(&[0]));
		Custody::do_try_state().unwrap();
		change();
		assert!(Custody::do_try_state().is_err());
	});
}

fn change_epoch(id: EpochId, change: impl FnOnce(&mut EpochOf<Test>)) {
	Epochs::<Test>::mutate(id, |epoch| change(epoch.as_mut().unwrap()));
}

#[test]
fn faults_in_epochs_are_found() {
	broken(|| change_epoch(E1, |epoch| epoch.threshold = 2));
	broken(|| change_epoch(E1, |epoch| epoch.threshold = 6));
	broken(|| change_epoch(E1, |epoch| epoch.tolerance = 3));
	broken(|| change_epoch(E1, |epoch| epoch.phase = Phase::Active));
	broken(|| change_epoch(E1, |epoch| epoch.joined = seats(&[0])));
	broken(|| change_epoch(E1, |epoch| epoch.suspended = seats(&[0, 1, 2])));
	broken(|| change_epoch(E1, |epoch| epoch.suspended = seats(&[7])));
	broken(|| change_epoch(E2, |epoch| epoch.members[0] = SECOND + 1));
	broken(|| Epochs::<Test>::remove(E2));
	broken(|| Live::<Test>::mutate(|live| live.last = E1));
	broken(|| Live::<Test>::mutate(|live| live.active = None));
	broken(|| Live::<Test>::mutate(|live| live.forming = Some(E3)));
	broken(|| Live::<Test>::mutate(|live| live.draining.try_push(E1).unwrap()));
	broken(|| Live::<Test>::mutate(|live| live.draining.clear()));
}

#[test]
fn faults_in_conduct_are_found() {
	let insert = |epoch, seat, conduct| {
		Conducts::<Test>::mutate(epoch, |conducts| {
			conducts.try_insert(Seat(seat), conduct).unwrap();
		});
	};
	let blamed = Conduct { missed: 1, faults: 0 };
	broken(|| insert(E3, 0, blamed));
	broken(|| insert(E1, MEMBERS, blamed));
	broken(|| insert(E1, 0, Conduct::default()));
	broken(|| Conducts::<Test>::insert(E2, frame_support::BoundedBTreeMap::default()));
}

fn change_dealing(change: impl FnOnce(&mut DealingRecord)) {
	Dealings::<Test>::mutate(RECORD, 1, |dealing| change(dealing.as_mut().unwrap()));
}

#[test]
fn faults_in_dealings_are_found() {
	broken(|| change_dealing(|dealing| dealing.epoch = E2));
	broken(|| change_dealing(|dealing| dealing.epoch = E3));
	broken(|| change_dealing(|dealing| dealing.acknowledged = seats(&[0, 1, 2])));
	broken(|| change_dealing(|dealing| dealing.acknowledged = seats(&[0, 1, 2, 9])));
	broken(|| change_dealing(|dealing| dealing.contested = false));
	broken(|| Dealings::<Test>::remove(RECORD, 1));
	broken(|| Dealings::<Test>::remove(OTHER_RECORD, 1));
	broken(|| DealingCount::<Test>::insert(E1, 1));
	broken(|| DealingCount::<Test>::insert(E2, 1));
	broken(|| DealingCount::<Test>::remove(E1));
	broken(|| Complaints::<Test>::remove(RECORD, 1));
}

#[test]
fn faults_in_complaints_are_found() {
	let change = |change: fn(&mut Complaint)| {
		Complaints::<Test>::mutate(RECORD, 1, |complaint| change(complaint.as_mut().unwrap()));
	};
	broken(|| change(|complaint| complaint.dealer = Seat(MEMBERS)));
	broken(|| change(|complaint| complaint.complainer = Seat(MEMBERS)));
	broken(|| change(|complaint| complaint.epoch = E3));
	broken(|| {
		let complaint = Complaints::<Test>::get(RECORD, 1).unwrap();
		Complaints::<Test>::insert(RECORD, 2, complaint);
	});
}

#[test]
fn faults_in_answers_are_found() {
	let change = |change: fn(&mut TicketAnswers)| {
		Answers::<Test>::mutate(TICKET, |answers| change(answers.as_mut().unwrap()));
	};
	broken(|| change(|answers| answers.refused = seats(&[0])));
	broken(|| change(|answers| answers.refused = seats(&[9])));
	broken(|| change(|answers| answers.released = seats(&[0])));
	broken(|| change(|answers| answers.first_delivered_at = None));
	broken(|| change(|answers| answers.refused_at = Some(NOW)));
	broken(|| change(|answers| answers.epoch = E3));
	broken(|| Answers::<Test>::insert(TicketId([2; 32]), TicketAnswers::new(E1, NOW)));
	broken(|| Stopped::<Test>::insert(TICKET, Seats::EMPTY));
	broken(|| Stopped::<Test>::insert(TICKET, seats(&[3])));
	broken(|| Stopped::<Test>::insert(TicketId([2; 32]), seats(&[0])));
}

#[test]
fn faults_in_erasures_are_found() {
	let change = |change: fn(&mut Erasure)| {
		Erasures::<Test>::mutate(OTHER_RECORD, |erasure| change(erasure.as_mut().unwrap()));
	};
	broken(|| change(|erasure| erasure.completed_at = Some(NOW)));
	broken(|| change(|erasure| erasure.pending.clear()));
	broken(|| change(|erasure| erasure.pending[0].seats = Seats::EMPTY));
	broken(|| change(|erasure| erasure.pending[0].seats = seats(&[9])));
	broken(|| change(|erasure| erasure.pending[0].epoch = E3));
	broken(|| change(|erasure| erasure.cleared = 1));
	broken(|| {
		change(|erasure| {
			erasure.pending.clear();
			erasure.completed_at = Some(NOW);
			erasure.cleared = 1;
		})
	});
	broken(|| {
		change(|erasure| {
			erasure.pending.clear();
			erasure.completed_at = Some(NOW);
			erasure.cleared = 2;
		})
	});
}

#[test]
fn faults_in_revocations_are_found() {
	let insert = |epoch, seats| RevocationAcks::<Test>::insert(epoch, ConsentId([2; 32]), seats);
	broken(|| insert(E1, Seats::EMPTY));
	broken(|| insert(E1, seats(&[9])));
	broken(|| insert(E3, seats(&[0])));
}

#[test]
fn the_configuration_is_sound() {
	use frame_support::traits::Hooks;
	<Custody as Hooks<u64>>::integrity_test();
}
