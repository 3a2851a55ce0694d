// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Event, Trails};
use frame_support::{assert_noop, storage::with_storage_layer};
use salus_primitives::{
	audit::{AuditEntry, ChainHash, TrailHead},
	traits::{AuditTrail as _, TrailLength as _},
};
use sp_runtime::DispatchError;

#[test]
fn an_entry_says_who_what_and_when() {
	build_and_execute(|| {
		Audit::append(&SUBJECT, &ACTOR, action(5));
		let entry = AuditEntry { index: 0, at: NOW, previous: 0, actor: ACTOR, action: action(5) };
		let hash = ChainHash::start(&SUBJECT).then(&entry);
		assert_eq!(Trails::<Test>::get(SUBJECT), Some(TrailHead { count: 1, hash, block: 1 }));
		assert_eq!(Audit::trail_head(SUBJECT), Trails::<Test>::get(SUBJECT));
		assert_eq!(events(), [Event::Appended { subject: SUBJECT, entry, head: hash }]);
	});
}

#[test]
fn each_entry_names_the_block_of_the_one_before() {
	build_and_execute(|| {
		for block in [3, 3, 8, 20] {
			System::set_block_number(block);
			append(SUBJECT, 1);
		}
		let previous: Vec<_> = events()
			.into_iter()
			.map(|event| match event {
				Event::Appended { entry, .. } => entry.previous,
				other => panic!("{other:?}"),
			})
			.collect();
		assert_eq!(previous, [0, 3, 3, 8]);
		assert_eq!(Audit::trail_head(SUBJECT).unwrap().block, 20);
		assert_eq!(Audit::entries(&SUBJECT), 4);
		assert_eq!(Audit::entries(&ACTOR), 0);
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
