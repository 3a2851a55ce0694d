// SPDX-License-Identifier: Apache-2.0
//! The smallest runtime with this pallet.

use crate as pallet_consent;
use frame_support::{
	derive_impl,
	pallet_prelude::ValueQuery,
	storage_alias,
	traits::{ConstU32, ConstU64},
	Twox64Concat,
};
use salus_primitives::{audit::AuditAction, traits, Moment, Role};
use sp_runtime::BuildStorage;

pub(crate) const PATIENT: u64 = 1;
pub(crate) const CLINICIAN: u64 = 2;
pub(crate) const RESEARCHER: u64 = 3;
pub(crate) const STRANGER: u64 = 9;

pub(crate) const NOW: Moment = 1_000_000;
pub(crate) const MAX_DURATION: Moment = 10_000;
pub(crate) const MAX_USES: u32 = 8;

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Timestamp: pallet_timestamp,
		Consent: pallet_consent,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

impl pallet_consent::Config for Test {
	type Time = Timestamp;
	type Participants = Register;
	type Audit = Trail;
	type MaxDuration = ConstU64<MAX_DURATION>;
	type MaxUses = ConstU32<MAX_USES>;
	type WeightInfo = ();
}

#[storage_alias]
type Roles = StorageMap<Mock, Twox64Concat, u64, Role>;

#[storage_alias]
type Entries = StorageValue<Mock, Vec<(u64, u64, AuditAction)>, ValueQuery>;

/// Who takes part.
#[derive(Debug)]
pub struct Register;

impl traits::Participants<u64> for Register {
	fn role(who: &u64) -> Option<Role> {
		Roles::get(who)
	}

	fn is_in_good_standing(who: &u64, _: Moment) -> bool {
		Roles::contains_key(who)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn admit_for_benchmark(who: &u64, role: Role) {
		Roles::insert(who, role);
	}
}

/// Subject, actor and action of each entry.
#[derive(Debug)]
pub struct Trail;

impl traits::AuditTrail<u64> for Trail {
	fn append(subject: &u64, actor: &u64, action: AuditAction) {
		Entries::append((*subject, *actor, action));
	}
}

/// The audit entries since the last call.
pub(crate) fn entries() -> Vec<(u64, u64, AuditAction)> {
	Entries::take()
}

/// The events of this pallet since the last call.
pub(crate) fn events() -> Vec<pallet_consent::Event<Test>> {
	let events = System::read_events_for_pallet();
	System::reset_events();
	events
}

/// A patient, a clinician and a researcher, at [`NOW`].
pub(crate) fn build() -> sp_io::TestExternalities {
	let storage = RuntimeGenesisConfig::default().build_storage().unwrap();
	let mut ext = sp_io::TestExternalities::from(storage);
	ext.execute_with(|| {
		// Events of the genesis block are not kept.
		System::set_block_number(1);
		Timestamp::set_timestamp(NOW);
		Roles::insert(PATIENT, Role::Patient);
		Roles::insert(CLINICIAN, Role::Clinician);
		Roles::insert(RESEARCHER, Role::Researcher);
	});
	ext
}

pub(crate) fn build_and_execute(test: impl FnOnce()) {
	build().execute_with(|| {
		test();
		Consent::do_try_state().unwrap();
	});
}
