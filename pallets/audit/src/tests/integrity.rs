// SPDX-License-Identifier: Apache-2.0
//! Whether `try_state` finds what must not be.

use crate::{mock::*, BatchEntries, Trails};
use salus_primitives::audit::TrailHead;

fn broken(change: impl FnOnce(&mut TrailHead)) {
	new_test_ext().execute_with(|| {
		append(SUBJECT, 10);
		Audit::do_try_state().unwrap();
		Trails::<Test>::mutate(SUBJECT, |trail| change(trail.as_mut().unwrap()));
		assert!(Audit::do_try_state().is_err());
	});
}

#[test]
fn faults_in_trails_are_found() {
	broken(|trail| trail.count = 0);
	broken(|trail| trail.hash = TrailHead::start(&SUBJECT).hash);
	broken(|trail| trail.block = 1_000);
}

#[test]
fn an_author_of_nothing_is_found() {
	new_test_ext().execute_with(|| {
		BatchEntries::<Test>::insert(HOSPITAL, 0);
		assert!(Audit::do_try_state().is_err());
	});
}
