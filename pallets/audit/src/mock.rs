// SPDX-License-Identifier: Apache-2.0
//! The smallest runtime with this pallet.

use crate as pallet_audit;
use frame_support::derive_impl;
use salus_primitives::{
	audit::AuditAction,
	traits::{AuditTrail as _, Participants},
	Moment, RecordId, Role,
};
use sp_runtime::BuildStorage;

pub(crate) const SUBJECT: u64 = 1;
pub(crate) const OTHER: u64 = 2;
pub(crate) const ACTOR: u64 = 3;

pub(crate) const HOSPITAL: u64 = 4;
pub(crate) const CUSTODIAN: u64 = 5;
/// An organisation whose credential is over.
pub(crate) const LAPSED: u64 = 6;
pub(crate) const CLINICIAN: u64 = 7;

pub(crate) const NOW: Moment = 1_000_000;

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Timestamp: pallet_timestamp,
		Audit: pallet_audit,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

impl pallet_audit::Config for Test {
	type Time = Timestamp;
	type Participants = TestParticipants;
	type WeightInfo = ();
}

/// A fixed set of participants; in benchmarks everybody is an organisation.
#[allow(unreachable_pub)] // It answers for a public item of `Config`.
#[derive(Debug)]
pub struct TestParticipants;

impl Participants<u64> for TestParticipants {
	fn role(who: &u64) -> Option<Role> {
		match *who {
			SUBJECT | OTHER => Some(Role::Patient),
			HOSPITAL | LAPSED => Some(Role::Organisation),
			CUSTODIAN => Some(Role::Custodian),
			CLINICIAN => Some(Role::Clinician),
			_ => cfg!(feature = "runtime-benchmarks").then_some(Role::Organisation),
		}
	}

	fn is_in_good_standing(who: &u64, _: Moment) -> bool {
		*who != LAPSED && Self::role(who).is_some()
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn admit_for_benchmark(_: &u64, _: Role) {}
}

pub(crate) fn action(version: u32) -> AuditAction {
	AuditAction::RecordRevised { record: RecordId([7; 32]), version }
}

/// Appends `count` entries to the trail of `subject`, each a millisecond after the one before.
pub(crate) fn append(subject: u64, count: u64) {
	for version in 0..count {
		Timestamp::set_timestamp(pallet_timestamp::Now::<Test>::get() + 1);
		Audit::append(&subject, &ACTOR, action(version as u32));
	}
}

/// The events of this pallet since the last call.
pub(crate) fn events() -> Vec<pallet_audit::Event<Test>> {
	let events = System::read_events_for_pallet();
	System::reset_events();
	events
}

pub(crate) fn new_test_ext() -> sp_io::TestExternalities {
	let storage = RuntimeGenesisConfig::default().build_storage().unwrap();
	let mut ext = sp_io::TestExternalities::from(storage);
	ext.execute_with(|| {
		// Events of the genesis block are not kept.
		System::set_block_number(1);
		Timestamp::set_timestamp(NOW);
	});
	ext
}

pub(crate) fn build_and_execute<R>(test: impl FnOnce() -> R) -> R {
	new_test_ext().execute_with(|| {
		let result = test();
		Audit::do_try_state().unwrap();
		result
	})
}
