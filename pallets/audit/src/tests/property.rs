// SPDX-License-Identifier: Apache-2.0
//! Whatever is appended verifies, and nothing else does.

use crate::mock::*;
use proptest::prelude::*;
use salus_primitives::{
	audit::{AuditAction, AuditEntry, ChainHash, Refusal, TrailHead},
	traits::AuditTrail as _,
	ConsentId, RecordId, TicketId,
};

fn actions() -> impl Strategy<Value = AuditAction> {
	let record = any::<[u8; 32]>().prop_map(RecordId);
	let consent = any::<[u8; 32]>().prop_map(ConsentId);
	let version = any::<u32>();
	prop_oneof![
		record.clone().prop_map(|record| AuditAction::RecordAnchored { record }),
		(record.clone(), version)
			.prop_map(|(record, version)| AuditAction::RecordRevised { record, version }),
		record.clone().prop_map(|record| AuditAction::RecordRetired { record }),
		consent.clone().prop_map(|consent| AuditAction::ConsentGranted { consent }),
		(consent.clone(), version)
			.prop_map(|(consent, version)| AuditAction::ConsentRevoked { consent, version }),
		(consent.clone(), record.clone()).prop_map(|(consent, record)| {
			let refusal = Refusal::ConsentSpent;
			AuditAction::AccessRefused { consent, record, refusal }
		}),
		(consent, version, record, any::<[u8; 32]>()).prop_map(
			|(consent, version, record, ticket)| AuditAction::AccessOpened {
				consent,
				version,
				record,
				ticket: TicketId(ticket),
			}
		),
	]
}

/// Subject, actor, milliseconds since the one before, action.
fn sequences() -> impl Strategy<Value = Vec<(u64, u64, u64, AuditAction)>> {
	prop::collection::vec((0u64..3, any::<u64>(), 0u64..5, actions()), 0..40)
}

fn append_all(sequence: &[(u64, u64, u64, AuditAction)]) {
	for (subject, actor, wait, action) in sequence {
		Timestamp::set_timestamp(pallet_timestamp::Now::<Test>::get() + wait);
		Audit::append(subject, actor, *action);
	}
}

/// The entries of `subject`'s trail as events tell them.
fn told(subject: u64) -> Vec<AuditEntry<u64>> {
	System::read_events_for_pallet::<crate::Event<Test>>()
		.into_iter()
		.filter_map(|event| match event {
			crate::Event::Appended { subject: of, entry, .. } if of == subject => Some(entry),
			_ => None,
		})
		.collect()
}

proptest! {
	#[test]
	fn what_events_tell_verifies_and_nothing_else(
		sequence in sequences(),
		at in any::<prop::sample::Index>(),
	) {
		build_and_execute(|| {
			append_all(&sequence);
			for subject in 0..3 {
				let mine: Vec<_> = sequence.iter().filter(|step| step.0 == subject).collect();
				let mut entries = told(subject);
				assert_eq!(entries.len(), mine.len());
				for (entry, (_, actor, _, action)) in entries.iter().zip(mine) {
					assert_eq!((&entry.actor, &entry.action), (actor, action));
				}
				let start = ChainHash::start(&subject);
				let head = Audit::trail_head(subject).unwrap_or_else(|| TrailHead::start(&subject));
				assert_eq!(head.verify(&subject, start, &entries), Ok(()));
				if entries.is_empty() {
					continue;
				}
				let at = at.index(entries.len());
				// From any entry on, given the hash before it.
				let before = entries[..at].iter().fold(start, |hash, entry| hash.then(entry));
				assert_eq!(head.verify(&subject, before, &entries[at..]), Ok(()));
				entries[at].at ^= 1;
				assert!(head.verify(&subject, start, &entries).is_err());
			}
		});
	}
}
