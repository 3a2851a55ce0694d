// SPDX-License-Identifier: Apache-2.0
//! Committees of any size, and whatever their members do.

use super::*;
use proptest::prelude::*;

/// Size, threshold and tolerance of a committee that may be proposed.
fn committees() -> impl Strategy<Value = (u8, u8, u8)> {
	let most = MAX_ACKNOWLEDGEMENTS as u8;
	(1u8..=MAX_COMMITTEE as u8)
		.prop_flat_map(move |size| (Just(size), size / 2 + 1..=size.min(most)))
		.prop_flat_map(move |(size, threshold)| {
			(Just(size), Just(threshold), 0..=size.min(most) - threshold)
		})
}

fn epoch((size, threshold, tolerance): (u8, u8, u8)) -> Epoch<u64> {
	let members = BoundedVec::try_from((0..u64::from(size)).collect::<Vec<_>>()).unwrap();
	Epoch {
		members,
		threshold,
		tolerance,
		phase: Phase::Active,
		since: 0,
		joined: Seats::all(usize::from(size)),
		suspended: Seats::EMPTY,
	}
}

fn answer(state: &mut TicketAnswers, seat: Seat, releases: bool) -> Result<bool, AnswerFault> {
	match releases {
		true => state.release(seat),
		false => state.refuse(seat),
	}
}

proptest! {
	#[test]
	fn a_ticket_ends_at_most_once_and_one_way(
		committee in committees(),
		answers in prop::collection::vec((any::<u8>(), any::<bool>()), 0..100),
	) {
		let epoch = epoch(committee);
		let (size, threshold, _) = committee;
		let mut state = TicketAnswers::new(E1, 0);
		let mut given = std::collections::BTreeMap::new();
		let mut outcomes = Vec::new();
		for (seat, releases) in answers {
			let seat = seat % size;
			let first = *given.entry(seat).or_insert(releases);
			let before = state;
			match answer(&mut state, Seat(seat), releases) {
				Ok(is_new) => prop_assert!(first == releases && is_new == (state != before)),
				Err(fault) => {
					prop_assert_eq!(fault, AnswerFault::Contradiction);
					prop_assert!(first != releases && state == before);
				},
			}
			outcomes.extend(state.conclude(&epoch, 1));
			prop_assert!(!state.released.intersects(state.refused));
			prop_assert!(epoch.seats().covers(state.answered()));
		}
		let released = given.values().filter(|releases| **releases).count();
		let refused = given.len() - released;
		let delivered = released >= usize::from(threshold);
		let attested = refused > usize::from(size - threshold);
		prop_assert!(!(delivered && attested));
		prop_assert_eq!(state.first_delivered_at.is_some(), delivered);
		prop_assert_eq!(state.refused_at.is_some(), attested);
		prop_assert_eq!(outcomes.len(), usize::from(delivered) + usize::from(attested));
	}

	#[test]
	fn when_everyone_answers_the_ticket_ends(
		committee in committees(),
		releases in prop::collection::vec(any::<bool>(), 32),
	) {
		let epoch = epoch(committee);
		let mut state = TicketAnswers::new(E1, 0);
		for seat in epoch.seats().iter() {
			answer(&mut state, seat, releases[usize::from(seat.0)]).unwrap();
			state.conclude(&epoch, 1);
		}
		prop_assert!(state.first_delivered_at.is_some() != state.refused_at.is_some());
	}

	#[test]
	fn whoever_is_suspended_the_others_can_release_and_refuse(
		committee in committees(),
		suspended in prop::collection::vec(0u8..32, 0..32),
	) {
		let mut epoch = epoch(committee);
		for seat in suspended {
			let mut after = epoch.clone();
			let is_new = after.member(Seat(seat)).is_some() && after.suspended.insert(Seat(seat));
			if is_new && after.is_above_floor() {
				epoch = after;
			}
		}
		prop_assert!(epoch.counted().len() >= epoch.release_quorum());
		prop_assert!(epoch.counted().len() >= epoch.refusal_quorum());
		// Those who are suspended open nothing among themselves.
		prop_assert!(epoch.suspended.len() < epoch.release_quorum());
	}

	#[test]
	fn two_quorums_share_a_member(
		committee in committees(),
		a in prop::collection::btree_set(0u8..32, 0..=32),
		b in prop::collection::btree_set(0u8..32, 0..=32),
	) {
		let epoch = epoch(committee);
		let of = |set: std::collections::BTreeSet<u8>| {
			set.into_iter().map(Seat).collect::<Seats>().intersection(epoch.seats())
		};
		let (a, b) = (of(a), of(b));
		if a.len() >= epoch.release_quorum() && b.len() >= epoch.release_quorum() {
			prop_assert!(a.intersects(b));
		}
	}

	#[test]
	fn what_was_dealt_survives_the_tolerated_losses(committee in committees()) {
		let epoch = epoch(committee);
		let left = epoch.dealing_quorum() - u32::from(epoch.tolerance);
		prop_assert_eq!(left, epoch.release_quorum());
		prop_assert!(epoch.dealing_quorum() <= epoch.seats().len());
	}
}

/// One step of somebody.
#[derive(Clone, Debug)]
enum Step {
	Deal(u32),
	Form,
	Reshare(u32),
	Retire(u32),
	Suspend(u32, u8),
	Reinstate(u32, u8),
	Complain(u32, u8),
	Settle(u32),
	Adjudicate(u32, bool),
	Open(u8, u32),
	Report(u32, u8, u8, Answer),
	Wait(Moment),
	Mark(u8),
	Prune(u8),
	Erase,
	Acknowledge(u32, u8),
	Clear(u32),
	Overdue,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
	let (version, epoch, seat, id) = (1u32..4, 1u32..5, 0u8..6, 0u8..4);
	let step = prop_oneof![
		2 => version.clone().prop_map(Step::Deal),
		1 => Just(Step::Form),
		2 => version.clone().prop_map(Step::Reshare),
		2 => epoch.clone().prop_map(Step::Retire),
		1 => (epoch.clone(), seat.clone()).prop_map(|(e, s)| Step::Suspend(e, s)),
		1 => (epoch.clone(), seat.clone()).prop_map(|(e, s)| Step::Reinstate(e, s)),
		1 => (version.clone(), seat.clone()).prop_map(|(v, s)| Step::Complain(v, s)),
		1 => version.clone().prop_map(Step::Settle),
		1 => (version.clone(), any::<bool>()).prop_map(|(v, upheld)| Step::Adjudicate(v, upheld)),
		2 => (id.clone(), version.clone()).prop_map(|(i, v)| Step::Open(i, v)),
		8 => (epoch.clone(), seat.clone(), id.clone(), prop::sample::select(vec![RELEASE, REFUSE, STOP]))
			.prop_map(|(e, s, i, answer)| Step::Report(e, s, i, answer)),
		2 => (0..RETENTION / 4).prop_map(Step::Wait),
		1 => id.clone().prop_map(Step::Mark),
		1 => id.prop_map(Step::Prune),
		1 => Just(Step::Erase),
		4 => (epoch, seat).prop_map(|(e, s)| Step::Acknowledge(e, s)),
		1 => version.prop_map(Step::Clear),
		1 => Just(Step::Overdue),
	];
	prop::collection::vec(step, 0..60)
}

/// Epochs with an odd number are of the first committee.
fn first_of(epoch: EpochId) -> u64 {
	if epoch.0 % 2 == 1 {
		FIRST
	} else {
		SECOND
	}
}

/// Takes a step, whether or not it is refused.
fn take(step: Step) {
	let live = Custody::live_epochs();
	let seals = |epoch, version, digest| {
		let committee = Custody::epoch(epoch).unwrap();
		let counted = committee.counted().iter().take(committee.dealing_quorum() as usize);
		let counted: Vec<_> = counted.map(|seat| seat.0).collect();
		acknowledge(first_of(epoch), &counted, epoch, RECORD, version, digest)
	};
	let speaker = |epoch: u32, seat: u8| signed(first_of(EpochId(epoch)) + u64::from(seat));
	let ticket = |id: u8| TicketId([id; 32]);
	let _ = match step {
		Step::Deal(version) => {
			// As `pallet_records` would: a version is dealt once, and not when it is erased.
			let is_new = !Dealings::<Test>::contains_key(RECORD, version)
				&& !Erasures::<Test>::contains_key(RECORD);
			if let (true, Some(epoch)) = (is_new, live.active) {
				let acknowledgements = seals(epoch, version, DIGEST);
				let dealing = Dealing { epoch, digest: DIGEST, acknowledgements };
				let _ = Custody::deal(&PATIENT, RECORD, version, SEGMENTS, &dealing);
			}
			Ok(())
		},
		Step::Form => {
			let next = live.last.next().unwrap();
			let committee = members(first_of(next));
			let proposed = Custody::propose(root(), committee.clone(), THRESHOLD, TOLERANCE);
			if proposed.is_ok() {
				for member in committee {
					assert_ok!(Custody::join(signed(member), next));
				}
			}
			proposed
		},
		Step::Reshare(version) => live.active.map_or(Ok(()), |epoch| {
			let acknowledgements = seals(epoch, version, NEW_DIGEST);
			let item = Resharing { record: RECORD, version, digest: NEW_DIGEST, acknowledgements };
			reshare(first_of(epoch), vec![item])
		}),
		Step::Retire(epoch) => Custody::retire(signed(STRANGER), EpochId(epoch)),
		Step::Suspend(epoch, seat) => Custody::suspend(root(), EpochId(epoch), Seat(seat)),
		Step::Reinstate(epoch, seat) => Custody::reinstate(root(), EpochId(epoch), Seat(seat)),
		Step::Complain(version, dealer) => live.active.map_or(Ok(()), |epoch| {
			let who = signed(first_of(epoch));
			Custody::complain(who, RECORD, version, Seat(dealer), EVIDENCE)
		}),
		Step::Settle(version) => Custody::complaint(RECORD, version).map_or(Ok(()), |complaint| {
			Custody::settle(signed(first_of(complaint.epoch)), RECORD, version)
		}),
		Step::Adjudicate(version, upheld) => Custody::adjudicate(root(), RECORD, version, upheld),
		Step::Open(id, version) => {
			if Answers::<Test>::get(ticket(id)).is_none() {
				open(id, RECORD, version);
			}
			Ok(())
		},
		Step::Report(epoch, seat, id, answer) => {
			let items = BoundedVec::try_from(vec![(ticket(id), answer)]).unwrap();
			Custody::report(speaker(epoch, seat), EpochId(epoch), items, RECEIPTS)
		},
		Step::Wait(time) => {
			Timestamp::set_timestamp(Custody::now() + time);
			Ok(())
		},
		Step::Mark(id) => Custody::mark_missed(signed(STRANGER), ticket(id)),
		Step::Prune(id) => Custody::prune(signed(STRANGER), ticket(id)),
		Step::Erase => {
			Custody::start_erasure(RECORD, 3, Custody::now());
			Ok(())
		},
		Step::Acknowledge(epoch, seat) => {
			let records = BoundedVec::try_from(vec![RECORD]).unwrap();
			Custody::acknowledge_erasure(speaker(epoch, seat), EpochId(epoch), records)
		},
		Step::Clear(limit) => Custody::clear_erased(signed(STRANGER), RECORD, limit),
		Step::Overdue => Custody::mark_erasure_overdue(signed(STRANGER), RECORD),
	};
}

proptest! {
	#[test]
	fn whatever_they_do_the_state_holds(steps in steps()) {
		build_and_execute(|| {
			form(FIRST);
			for step in steps {
				take(step);
				Custody::do_try_state().unwrap();
			}
		});
	}
}
