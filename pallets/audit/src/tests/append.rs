// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Entries, Event, Trail, Trails};
use frame_support::{assert_noop, storage::with_storage_layer};
use salus_primitives::{
	audit::{AuditEntry, ChainHash},
	traits::AuditTrail as _,
};
use sp_runtime::DispatchError;

#[test]
fn an_entry_says_who_what_and_when() {
	build_and_execute(|| {
		Audit::append(&SUBJECT, &ACTOR, action(5));
		let entry = AuditEntry { index: 0, at: NOW, actor: ACTOR, action: action(5) };
		let start = ChainHash::start(&SUBJECT);
		let head = start.then(&entry);
		assert_eq!(Entries::<Test>::get(SUBJECT, 0), Some(entry.clone()));
		assert_eq!(
			Trails::<Test>::get(SUBJECT),
			Some(Trail { count: 1, head, oldest_kept: 0, before_oldest: start })
		);
		assert_eq!(Audit::trail_head(&SUBJECT), Some((1, head)));
		assert_eq!(events(), [Event::Appended { subject: SUBJECT, entry, head }]);
	});
}

#[test]
fn the_window_keeps_the_newest() {
	build_and_execute(|| {
		let max = u64::from(MAX_KEPT);
		for count in 1..3 * max {
			append(SUBJECT, 1);
			Audit::do_try_state().unwrap();
			let trail = Trails::<Test>::get(SUBJECT).unwrap();
			assert_eq!((trail.count, trail.kept()), (count, count.min(max)));
			assert_eq!(Entries::<Test>::iter_key_prefix(SUBJECT).count() as u64, trail.kept());
		}
	});
}

#[test]
fn trails_do_not_touch_each_other() {
	build_and_execute(|| {
		append(SUBJECT, 3);
		let before = Trails::<Test>::get(SUBJECT);
		append(OTHER, 6);
		assert_eq!(Trails::<Test>::get(SUBJECT), before);
		assert_eq!(Trails::<Test>::get(OTHER).unwrap().count, 6);
	});
}

#[test]
fn events_rebuild_the_trail() {
	build_and_execute(|| {
		append(SUBJECT, 10);
		let mut hash = ChainHash::start(&SUBJECT);
		for (due, event) in (0..).zip(events()) {
			let Event::Appended { subject, entry, head } = event;
			assert_eq!((subject, entry.index), (SUBJECT, due));
			hash = hash.then(&entry);
			assert_eq!(hash, head);
		}
		assert_eq!(Audit::trail_head(&SUBJECT), Some((10, hash)));
	});
}

#[test]
fn a_refused_call_leaves_no_entry() {
	build_and_execute(|| {
		append(SUBJECT, 1);
		assert_noop!(
			with_storage_layer::<(), _, _>(|| {
				Audit::append(&SUBJECT, &ACTOR, action(1));
				Err(DispatchError::Other("refused"))
			}),
			DispatchError::Other("refused")
		);
	});
}
