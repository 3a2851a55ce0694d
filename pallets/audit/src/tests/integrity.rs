// SPDX-License-Identifier: Apache-2.0
//! Whether `try_state` finds what must not be.

use crate::{mock::*, Entries, Trail, Trails};
use salus_primitives::audit::{AuditEntry, ChainHash};

fn broken(change: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		append(SUBJECT, 10);
		Audit::do_try_state().unwrap();
		change();
		assert!(Audit::do_try_state().is_err());
	});
}

fn change_entry(change: impl FnOnce(&mut AuditEntry<u64>)) {
	Entries::<Test>::mutate(SUBJECT, 7, |entry| change(entry.as_mut().unwrap()));
}

fn change_trail(change: impl FnOnce(&mut Trail)) {
	Trails::<Test>::mutate(SUBJECT, |trail| change(trail.as_mut().unwrap()));
}

#[test]
fn faults_in_entries_are_found() {
	broken(|| change_entry(|entry| entry.index += 1));
	broken(|| change_entry(|entry| entry.at += 1));
	broken(|| change_entry(|entry| entry.actor += 1));
	broken(|| change_entry(|entry| entry.action = action(99)));
	broken(|| Entries::<Test>::remove(SUBJECT, 7));
	broken(|| {
		let entry = Entries::<Test>::get(SUBJECT, 7).unwrap();
		Entries::<Test>::insert(SUBJECT, 2, &entry);
	});
	broken(|| {
		let entry = Entries::<Test>::get(SUBJECT, 7).unwrap();
		Entries::<Test>::insert(OTHER, 0, &entry);
	});
}

#[test]
fn faults_in_trails_are_found() {
	broken(|| Trails::<Test>::remove(SUBJECT));
	broken(|| Trails::<Test>::insert(OTHER, Trail::start(&OTHER)));
	broken(|| change_trail(|trail| trail.count += 1));
	broken(|| change_trail(|trail| trail.oldest_kept -= 1));
	broken(|| change_trail(|trail| trail.oldest_kept += 1));
	broken(|| change_trail(|trail| trail.head = ChainHash([0; 32])));
	broken(|| change_trail(|trail| trail.before_oldest = ChainHash([0; 32])));
}
