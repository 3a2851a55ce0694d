// SPDX-License-Identifier: Apache-2.0
//! Whatever clinicians, the patient and reviewers do about emergencies, and whenever.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// One step of somebody. Emergencies are counted from the first.
#[derive(Clone, Debug)]
enum Step {
	Declare { by: u64, second_record: bool },
	Confirm { by: u64, emergency: usize },
	Open { emergency: usize },
	Object { emergency: usize },
	Renounce { emergency: usize },
	Dispute { emergency: usize },
	Review { emergency: usize, justified: bool },
	Escalate { emergency: usize },
	Lift { who: u64 },
	Close { emergency: usize },
	Prune { emergency: usize },
	OptOut(bool),
	Deliver { emergency: usize },
	Refuse { emergency: usize },
	Wait(Moment),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
	let clinician = prop_oneof![Just(CLINICIAN), Just(COLLEAGUE)];
	let emergency = 0usize..8;
	let of = |make: fn(usize) -> Step| emergency.clone().prop_map(make);
	let time = prop_oneof![
		0..DELAY,
		Just(DELAY),
		Just(MAX_DURATION),
		Just(EMERGENCY_LIFETIME),
		Just(ESCALATION),
		Just(REVIEW),
		0..REVIEW,
	];
	let step = prop_oneof![
		8 => (clinician.clone(), any::<bool>())
			.prop_map(|(by, second_record)| Step::Declare { by, second_record }),
		6 => (clinician.clone(), emergency.clone())
			.prop_map(|(by, emergency)| Step::Confirm { by, emergency }),
		4 => of(|emergency| Step::Open { emergency }),
		1 => of(|emergency| Step::Object { emergency }),
		1 => of(|emergency| Step::Renounce { emergency }),
		1 => of(|emergency| Step::Dispute { emergency }),
		2 => (emergency.clone(), any::<bool>())
			.prop_map(|(emergency, justified)| Step::Review { emergency, justified }),
		6 => of(|emergency| Step::Escalate { emergency }),
		1 => clinician.prop_map(|who| Step::Lift { who }),
		2 => of(|emergency| Step::Close { emergency }),
		2 => of(|emergency| Step::Prune { emergency }),
		1 => any::<bool>().prop_map(Step::OptOut),
		1 => of(|emergency| Step::Deliver { emergency }),
		1 => of(|emergency| Step::Refuse { emergency }),
		8 => time.prop_map(Step::Wait),
	];
	prop::collection::vec(step, 0..80)
}

/// What the test remembers beside the state.
#[derive(Default)]
struct Memory {
	/// Every emergency that was declared, with its clinician and its ticket.
	emergencies: Vec<(EmergencyId, u64, TicketId)>,
	salt: u8,
	/// The tickets of which the trail says that they were opened.
	audited: BTreeSet<TicketId>,
}

impl Memory {
	fn of(&self, emergency: usize) -> (EmergencyId, u64, TicketId) {
		let nothing = (EmergencyId([0; 32]), CLINICIAN, TicketId([0; 32]));
		self.emergencies.get(emergency).copied().unwrap_or(nothing)
	}

	/// Takes a step, whether or not it is refused.
	fn take(&mut self, step: Step) {
		let _ = match step {
			Step::Declare { by, second_record } => {
				self.salt = self.salt.wrapping_add(1);
				let (salt, record) =
					(self.salt, if second_record { SECOND_RECORD } else { RECORD });
				let key = key(salt);
				let id = emergency_id(by, salt);
				let ticket = TicketId::derive_for_emergency(&id, &record, key.public());
				let suspended = Access::suspended(by).is_some();
				let declared =
					Access::declare_emergency(signed(by), PATIENT, record, [salt; 32], REASON, key);
				if Access::emergency(id).is_some() {
					assert!(!suspended && !OptedOut::contains_key(PATIENT));
					self.emergencies.push((id, by, ticket));
				}
				declared
			},
			Step::Confirm { by, emergency } => {
				Access::confirm_emergency(signed(by), self.of(emergency).0)
			},
			Step::Open { emergency } => {
				let (id, clinician, _) = self.of(emergency);
				Access::open_emergency(signed(clinician), id)
			},
			Step::Object { emergency } => {
				let (id, _, ticket) = self.of(emergency);
				let objected = Access::object_emergency(signed(PATIENT), id);
				if objected.is_ok() {
					let is_over = Access::ticket(ticket).is_none_or(|it| it.expires_at <= now());
					assert!(is_over);
				}
				objected
			},
			Step::Renounce { emergency } => {
				let (_, clinician, ticket) = self.of(emergency);
				Access::renounce(signed(clinician), ticket)
			},
			Step::Dispute { emergency } => {
				Access::dispute_access(signed(PATIENT), self.of(emergency).2)
			},
			Step::Review { emergency, justified } => {
				Access::review_emergency(signed(REGISTRAR), self.of(emergency).0, justified)
			},
			Step::Escalate { emergency } => self.escalate(emergency),
			Step::Lift { who } => Access::lift_suspension(signed(REGISTRAR), who),
			Step::Close { emergency } => Access::close(signed(STRANGER), self.of(emergency).2),
			Step::Prune { emergency } => {
				Access::prune_emergency(signed(STRANGER), self.of(emergency).0)
			},
			Step::OptOut(out) => {
				if out {
					OptedOut::insert(PATIENT, ());
				} else {
					OptedOut::remove(PATIENT);
				}
				Ok(())
			},
			Step::Deliver { emergency } => {
				Access::delivered(&self.of(emergency).2, now());
				Ok(())
			},
			Step::Refuse { emergency } => {
				Access::refused(&self.of(emergency).2);
				Ok(())
			},
			Step::Wait(time) => {
				set_time(now() + time);
				Ok(())
			},
		};
	}

	/// Who is overdue is told once, then suspended.
	fn escalate(&self, emergency: usize) -> DispatchResult {
		let (id, clinician, _) = self.of(emergency);
		let before = Access::emergency(id).map(|emergency| emergency.state);
		let escalated = Access::escalate_review(signed(STRANGER), id);
		if let Some(EmergencyState::Opened(opening)) = before {
			let is_due = now() >= opening.review_due;
			assert_eq!(escalated.is_ok(), is_due && opening.escalation != Escalation::Suspending);
			if is_due && opening.escalation != Escalation::NotYet {
				assert!(Access::suspended(clinician).is_some());
			}
		} else {
			assert!(escalated.is_err());
		}
		escalated
	}

	/// What holds after each step.
	fn check(&mut self) {
		self.audited.extend(entries().into_iter().filter_map(|(subject, _, action)| {
			assert_eq!(subject, PATIENT);
			match action {
				AuditAction::EmergencyOpened { ticket, .. } => Some(ticket),
				_ => None,
			}
		}));
		let mut valid = BTreeSet::new();
		for (id, ticket) in Tickets::<Test>::iter() {
			assert!(self.audited.contains(&id), "a ticket is not in the trail");
			assert!(ticket.expires_at <= ticket.opened_at + MAX_DURATION);
			assert_eq!(ticket.kept_until, ticket.opened_at + MAX_DURATION + RETENTION);
			if now() < ticket.expires_at {
				assert!(valid.insert(ticket.grantee), "two are open for the same subject");
			}
		}
		for who in [CLINICIAN, COLLEAGUE] {
			assert!(Access::conduct(who).unreviewed <= MAX_UNREVIEWED);
		}
		Access::do_try_state().unwrap();
	}
}

fn now() -> Moment {
	Access::now()
}

proptest! {
	#[test]
	fn whatever_they_do_the_state_holds(steps in steps()) {
		build_and_execute(|| {
			let mut memory = Memory::default();
			for step in steps {
				memory.take(step);
				memory.check();
			}
		});
	}

	#[test]
	fn a_ticket_is_valid_no_longer_than_it_may_be(wait in DELAY..EMERGENCY_LIFETIME) {
		build_and_execute(|| {
			let id = declared();
			set_time(NOW + wait);
			assert_ok!(Access::open_emergency(signed(CLINICIAN), id));
			let ticket = stored(emergency_ticket(id, 1));
			assert_eq!(ticket.expires_at - ticket.opened_at, MAX_DURATION);
		});
	}
}
