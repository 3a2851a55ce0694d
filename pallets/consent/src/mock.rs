// SPDX-License-Identifier: Apache-2.0
//! The smallest runtime with this pallet.

use crate as pallet_consent;
use frame_support::{
	derive_impl,
	pallet_prelude::ValueQuery,
	parameter_types, storage_alias,
	traits::{
		fungible::HoldConsideration, ConstU32, ConstU64, ConstU8, EnsureOrigin, Footprint,
		LinearStoragePrice,
	},
	Twox64Concat,
};
use salus_primitives::{
	audit::AuditAction,
	traits::{self, Acting},
	Moment, RecordId, Role,
};
use sp_runtime::BuildStorage;

pub(crate) const PATIENT: u64 = 1;
pub(crate) const CLINICIAN: u64 = 2;
pub(crate) const RESEARCHER: u64 = 3;
pub(crate) const STRANGER: u64 = 9;
/// Clinicians to whom the first passes on parts of her consents.
pub(crate) const NURSE: u64 = 10;
pub(crate) const SPECIALIST: u64 = 11;
pub(crate) const LABORATORY: u64 = 12;
/// Acts for the patient whenever she signs.
pub(crate) const GUARDIAN: u64 = 7;
/// A patient without tokens.
pub(crate) const POOR_PATIENT: u64 = 4;
/// A clinician without tokens.
pub(crate) const POOR_CLINICIAN: u64 = 5;
/// Pays for the poor.
pub(crate) const SPONSOR: u64 = 8;
/// What everybody else has.
pub(crate) const BALANCE: u64 = 1_000_000;

pub(crate) const NOW: Moment = 1_000_000;
pub(crate) const MAX_DURATION: Moment = 10_000;
pub(crate) const MAX_USES: u32 = 8;
pub(crate) const RETENTION: Moment = 500;
pub(crate) const MAX_DEPTH: u8 = 3;
pub(crate) const MAX_PUBLIC_DEPTH: u8 = 1;
pub(crate) const MAX_CHILDREN: u8 = 3;
pub(crate) const REQUEST_LIFETIME: Moment = 300;
pub(crate) const MAX_STANDING_DURATION: Moment = 100;
pub(crate) const MAX_STANDING_USES: u32 = 2;
pub(crate) const MAX_SALE_DURATION: Moment = 2_000;

/// A record of the patient.
pub(crate) const RECORD: RecordId = RecordId([1; 32]);

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
	type Records = Shelf;
	type Consideration =
		HoldConsideration<u64, Balances, Reason, LinearStoragePrice<Base, PerByte, u64>, Footprint>;
	type Audit = Trail;
	type MaxDuration = ConstU64<MAX_DURATION>;
	type MaxUses = ConstU32<MAX_USES>;
	type Retention = ConstU64<RETENTION>;
	type MaxDepth = ConstU8<MAX_DEPTH>;
	type MaxPublicDepth = ConstU8<MAX_PUBLIC_DEPTH>;
	type MaxChildren = ConstU8<MAX_CHILDREN>;
	type RequestLifetime = ConstU64<REQUEST_LIFETIME>;
	type MaxStandingDuration = ConstU64<MAX_STANDING_DURATION>;
	type MaxStandingUses = ConstU32<MAX_STANDING_USES>;
	type MaxSaleDuration = ConstU64<MAX_SALE_DURATION>;
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

/// Pays for the poor.
#[derive(Debug)]
pub struct Sponsors;

impl traits::Sponsorship<u64> for Sponsors {
	fn covers(who: &u64) -> bool {
		matches!(*who, POOR_PATIENT | POOR_CLINICIAN)
	}

	fn payer(who: &u64) -> u64 {
		if Self::covers(who) {
			SPONSOR
		} else {
			*who
		}
	}
}

#[storage_alias]
pub(crate) type Roles = StorageMap<Mock, Twox64Concat, u64, Role>;

/// Who lost her credential.
#[storage_alias]
pub(crate) type Distrusted = StorageMap<Mock, Twox64Concat, u64, ()>;

/// Owner, and whether it is live.
#[storage_alias]
pub(crate) type Records = StorageMap<Mock, Twox64Concat, RecordId, (u64, bool)>;

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
		Roles::contains_key(who) && !Distrusted::contains_key(who)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn admit_for_benchmark(who: &u64, role: Role) {
		Roles::insert(who, role);
	}
}

/// Which records there are.
#[derive(Debug)]
pub struct Shelf;

impl traits::RecordBook<u64> for Shelf {
	fn owner(record: &RecordId) -> Option<u64> {
		Records::get(record).map(|(owner, _)| owner)
	}

	fn is_live(record: &RecordId) -> bool {
		Records::get(record).is_some_and(|(_, live)| live)
	}

	fn version(record: &RecordId) -> Option<u32> {
		Records::get(record).map(|_| 1)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn anchor_for_benchmark(owner: &u64) -> RecordId {
		Records::insert(RECORD, (*owner, true));
		RECORD
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

/// What is held of an account.
pub(crate) fn held(who: u64) -> u64 {
	BALANCE - Balances::free_balance(who)
}

/// Patients, clinicians and a researcher, at [`NOW`].
pub(crate) fn build() -> sp_io::TestExternalities {
	let rich = [
		PATIENT, CLINICIAN, RESEARCHER, GUARDIAN, SPONSOR, STRANGER, NURSE, SPECIALIST, LABORATORY,
	];
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: rich.map(|who| (who, BALANCE)).into(),
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
		for clinician in [CLINICIAN, POOR_CLINICIAN, NURSE, SPECIALIST] {
			Roles::insert(clinician, Role::Clinician);
		}
		Roles::insert(LABORATORY, Role::Organisation);
		Records::insert(RECORD, (PATIENT, true));
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
