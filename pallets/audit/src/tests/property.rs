// SPDX-License-Identifier: Apache-2.0
//! Whatever is appended verifies, and nothing else does.

use crate::mock::*;
use proptest::prelude::*;
use salus_primitives::{
	audit::{AuditAction, AuditEntry, ChainHash, Refusal, TrailCursor, TrailPage},
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

/// Reads the window of `subject` in pages of `limit` entries and verifies them.
fn read(subject: u64, limit: u32) -> (TrailCursor, Vec<TrailPage<u64>>) {
	let asked = Audit::trail(&subject, 0, 0);
	let mut cursor = TrailCursor { next: asked.oldest_kept, hash: asked.before };
	let mut pages = Vec::new();
	loop {
		let page = Audit::trail(&subject, cursor.next, limit);
		cursor = page.verify(cursor).unwrap();
		let end = cursor.next == page.count;
		pages.push(page);
		if end {
			return (cursor, pages);
		}
	}
}

proptest! {
	#[test]
	fn pages_verify(sequence in sequences(), limit in 1u32..6) {
		build_and_execute(|| {
			append_all(&sequence);
			for subject in 0..3 {
				let mine: Vec<_> = sequence.iter().filter(|step| step.0 == subject).collect();
				let (cursor, pages) = read(subject, limit);
				let entries: Vec<_> = pages.iter().flat_map(|page| &page.entries).collect();
				assert_eq!(cursor.next, mine.len() as u64);
				assert_eq!(entries.len(), mine.len().min(MAX_KEPT as usize));
				for (entry, (_, actor, _, action)) in entries.iter().rev().zip(mine.iter().rev()) {
					assert_eq!((&entry.actor, &entry.action), (actor, action));
				}
			}
			Audit::do_try_state().unwrap();
		});
	}

	#[test]
	fn the_window_continues_what_events_tell(sequence in sequences()) {
		build_and_execute(|| {
			append_all(&sequence);
			let told: Vec<AuditEntry<u64>> = events()
				.into_iter()
				.filter_map(|event| match event {
					crate::Event::Appended { subject: 0, entry, .. } => Some(entry),
					_ => None,
				})
				.collect();
			let page = Audit::trail(&0, 0, 0);
			let before = told[..page.oldest_kept as usize]
				.iter()
				.fold(ChainHash::start(&0u64), |hash, entry| hash.then(entry));
			assert_eq!(before, page.before);
			assert_eq!(&told[page.oldest_kept as usize..], &read(0, MAX_KEPT).1[0].entries[..]);
		});
	}

	#[test]
	fn any_tampering_is_found(
		sequence in prop::collection::vec((any::<u64>(), 1u64..5, actions()), 1..12),
		at in any::<prop::sample::Index>(),
		kind in 0u8..7,
		value in any::<u64>(),
		other in actions(),
	) {
		let (cursor, page) = build_and_execute(|| {
			for (actor, wait, action) in &sequence {
				append_all(&[(SUBJECT, *actor, *wait, *action)]);
			}
			let asked = Audit::trail(&SUBJECT, 0, 0);
			let cursor = TrailCursor { next: asked.oldest_kept, hash: asked.before };
			(cursor, Audit::trail(&SUBJECT, cursor.next, u32::MAX))
		});
		prop_assert_eq!(page.verify(cursor).unwrap().next, page.count);

		let at = at.index(page.entries.len());
		let mut forged = page.clone();
		match kind {
			0 => { forged.entries.remove(at); },
			1 => forged.entries.insert(at, page.entries[at].clone()),
			2 => forged.entries[at].index = value,
			3 => forged.entries[at].at = value,
			4 => forged.entries[at].actor = value,
			5 => forged.entries[at].action = other,
			_ => forged.entries.reverse(),
		}
		prop_assume!(forged != page);
		// The count on chain is known to whoever verifies: an end that is missing is found by it.
		let whole = forged.verify(cursor).is_ok_and(|end| end.next == page.count);
		prop_assert!(!whole);
	}
}
