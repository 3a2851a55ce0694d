// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::audit::AuditAction;
use sp_runtime::DispatchError;

#[test]
fn reading_a_trail_is_an_entry_of_it() {
	build_and_execute(|| {
		append(SUBJECT, 3);
		for (reader, entries) in [(HOSPITAL, 3), (CUSTODIAN, 4)] {
			events();
			assert_ok!(Audit::record_read(RuntimeOrigin::signed(reader), SUBJECT));
			let [Event::Appended { subject: SUBJECT, entry, .. }] = &events()[..] else {
				panic!("one entry")
			};
			assert_eq!((entry.actor, entry.action), (reader, AuditAction::TrailRead { entries }));
		}
	});
}

#[test]
fn strangers_write_nothing() {
	build_and_execute(|| {
		append(SUBJECT, 1);
		for who in [SUBJECT, OTHER, LAPSED, CLINICIAN] {
			assert_noop!(
				Audit::record_read(RuntimeOrigin::signed(who), SUBJECT),
				Error::<Test>::NotAuthorized
			);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Audit::record_read(origin, SUBJECT), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn there_is_no_reading_what_is_not_there() {
	build_and_execute(|| {
		assert_noop!(
			Audit::record_read(RuntimeOrigin::signed(HOSPITAL), SUBJECT),
			Error::<Test>::NotFound
		);
	});
}
