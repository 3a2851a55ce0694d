// SPDX-License-Identifier: Apache-2.0
//! The smallest runtime with this pallet.

use crate as pallet_consent;
use frame_support::{
	derive_impl,
	pallet_prelude::ValueQuery,
	parameter_types, storage_alias,
	traits::{
		fungible::HoldConsideration, ConstU32, ConstU64, EnsureOrigin, Footprint,
		LinearStoragePrice,
	},
	Twox64Concat,
};
use salus_primitives::{
	audit::AuditAction,
	traits::{self, Acting},
	Moment, Role,
};
use sp_runtime::BuildStorage;

pub(crate) const PATIENT: u64 = 1;
pub(crate) const CLINICIAN: u64 = 2;
pub(crate) const RESEARCHER: u64 = 3;
pub(crate) const STRANGER: u64 = 9;
/// Acts for the patient whenever she signs.
pub(crate) const GUARDIAN: u64 = 7;
/// A patient without tokens.
pub(crate) const POOR_PATIENT: u64 = 4;
/// Pays for the poor patient.
pub(crate) const SPONSOR: u64 = 8;
/// What everybody else has.
pub(crate) const BALANCE: u64 = 1_000_000;

pub(crate) const NOW: Moment = 1_000_000;
pub(crate) const MAX_DURATION: Moment = 10_000;
pub(crate) const MAX_USES: u32 = 8;
pub(crate) const RETENTION: Moment = 500;

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Timestamp: pallet_timestamp,
		Balances: pallet_balances,
		Consent: pallet_consent,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type AccountData = pallet_balances::AccountData<u64>;
	type Block = Block;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

impl pallet_consent::Config for Test {
	type Time = Timestamp;
	type Participants = Register;
	type SubjectOrigin = Subject;
	type Sponsorship = Sponsors;
	type Consideration =
		HoldConsideration<u64, Balances, Reason, LinearStoragePrice<Base, PerByte, u64>, Footprint>;
	type Audit = Trail;
	type MaxDuration = ConstU64<MAX_DURATION>;
	type MaxUses = ConstU32<MAX_USES>;
	type Retention = ConstU64<RETENTION>;
	type WeightInfo = ();
}

parameter_types! {
	pub const Base: u64 = 10;
	pub const PerByte: u64 = 1;
	pub const Reason: RuntimeHoldReason =
		RuntimeHoldReason::Consent(pallet_consent::HoldReason::Consent);
}

/// Signed for oneself, or by the patient's guardian.
#[derive(Debug)]
pub struct Subject;

impl EnsureOrigin<RuntimeOrigin> for Subject {
	type Success = Acting<u64>;

	fn try_origin(origin: RuntimeOrigin) -> Result<Acting<u64>, RuntimeOrigin> {
		match frame_system::ensure_signed(origin.clone()) {
			Ok(GUARDIAN) => Ok(Acting { subject: PATIENT, actor: GUARDIAN }),
			Ok(who) => Ok(Acting::oneself(who)),
			Err(_) => Err(origin),
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn try_successful_origin() -> Result<RuntimeOrigin, ()> {
		Ok(RuntimeOrigin::signed(PATIENT))
	}
}

/// Pays for the poor patient.
#[derive(Debug)]
pub struct Sponsors;

impl traits::Sponsorship<u64> for Sponsors {
	fn covers(who: &u64) -> bool {
		*who == POOR_PATIENT
	}

	fn payer(who: &u64) -> u64 {
		if *who == POOR_PATIENT {
			SPONSOR
		} else {
			*who
		}
	}
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
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: [PATIENT, CLINICIAN, RESEARCHER, GUARDIAN, SPONSOR, STRANGER]
				.map(|who| (who, BALANCE))
				.into(),
			..Default::default()
		},
		..Default::default()
	}
	.build_storage()
	.unwrap();
	let mut ext = sp_io::TestExternalities::from(storage);
	ext.execute_with(|| {
		// Events of the genesis block are not kept.
		System::set_block_number(1);
		Timestamp::set_timestamp(NOW);
		Roles::insert(PATIENT, Role::Patient);
		Roles::insert(POOR_PATIENT, Role::Patient);
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
