// SPDX-License-Identifier: Apache-2.0
//! The smallest runtime with this pallet.

use crate as pallet_records;
use frame_support::{
	derive_impl, parameter_types,
	traits::{
		fungible::HoldConsideration, ConstU16, ConstU32, ConstU64, EnsureOrigin, Footprint,
		LinearStoragePrice,
	},
};
use salus_primitives::{
	audit::AuditAction,
	custody::{Custody, Dealing, DealingDigest, EpochId, Seat},
	traits::{Acting, AuditTrail, Participants, Sponsorship},
	Commitment, Moment, RecordId, Role,
};
use sp_runtime::{BuildStorage, DispatchError};

pub(crate) const PATIENT: u64 = 1;
pub(crate) const OTHER_PATIENT: u64 = 2;
pub(crate) const ORGANISATION: u64 = 3;
pub(crate) const STRANGER: u64 = 9;
/// Acts for the patient whenever she signs.
pub(crate) const GUARDIAN: u64 = 7;
/// Pays for the other patient.
pub(crate) const SPONSOR: u64 = 8;
/// What everybody but the other patient has.
pub(crate) const BALANCE: u64 = 1_000_000;

pub(crate) const MAX_VERSIONS: u32 = 3;
pub(crate) const MAX_SEGMENTS: u16 = 8;
pub(crate) const NOW: Moment = 1_000_000;

pub(crate) const SALT: [u8; 32] = [1; 32];
pub(crate) const MANIFEST: Commitment = Commitment([2; 32]);
pub(crate) const CATEGORIES: Commitment = Commitment([4; 32]);
/// Puts records before others, and holds a credential.
pub(crate) const CLINICIAN: u64 = 5;
/// A clinician whose credential is over.
pub(crate) const LAPSED_CLINICIAN: u64 = 6;
pub(crate) const MAX_BATCH: u32 = 2;
pub(crate) const PROPOSAL_LIFETIME: Moment = 1_000;
pub(crate) const RETENTION_GRACE: Moment = 500;

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Timestamp: pallet_timestamp,
		Balances: pallet_balances,
		Records: pallet_records,
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

/// A fixed set of participants, and those whom benchmarks admit.
#[allow(unreachable_pub)] // It answers for a public item of `Config`.
#[derive(Debug)]
pub struct TestParticipants;

impl Participants<u64> for TestParticipants {
	fn role(who: &u64) -> Option<Role> {
		match *who {
			PATIENT | OTHER_PATIENT => Some(Role::Patient),
			ORGANISATION => Some(Role::Organisation),
			CLINICIAN | LAPSED_CLINICIAN => Some(Role::Clinician),
			STRANGER => None,
			_ => Admitted::get()
				.into_iter()
				.find(|(admitted, _)| admitted == who)
				.map(|(_, role)| role),
		}
	}

	fn is_in_good_standing(who: &u64, _: Moment) -> bool {
		Self::role(who).is_some() && *who != LAPSED_CLINICIAN
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn admit_for_benchmark(who: &u64, role: Role) {
		let mut admitted = Admitted::get();
		admitted.push((*who, role));
		Admitted::set(&admitted);
	}
}

/// Signed for oneself, or by the patient's guardian.
#[allow(unreachable_pub)] // It answers for a public item of `Config`.
#[derive(Debug)]
pub struct TestSubject;

impl EnsureOrigin<RuntimeOrigin> for TestSubject {
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

/// Pays for the other patient.
#[allow(unreachable_pub)] // It answers for a public item of `Config`.
#[derive(Debug)]
pub struct TestSponsorship;

impl Sponsorship<u64> for TestSponsorship {
	fn covers(who: &u64) -> bool {
		*who == OTHER_PATIENT
	}

	fn payer(who: &u64) -> u64 {
		if *who == OTHER_PATIENT {
			SPONSOR
		} else {
			*who
		}
	}
}

parameter_types! {
	pub const Base: u64 = 10;
	pub const PerByte: u64 = 1;
	pub const Reason: RuntimeHoldReason =
		RuntimeHoldReason::Records(pallet_records::HoldReason::Record);
	/// Whom benchmarks admitted.
	pub storage Admitted: Vec<(u64, Role)> = Vec::new();
	/// Whether there is a committee.
	pub storage Committee: bool = false;
	/// What was dealt: owner, record, version, segments.
	pub storage Dealt: Vec<(u64, RecordId, u32, u16)> = Vec::new();
	/// What is being erased: record, versions, whether all shares are destroyed.
	pub storage Erasures: Vec<(RecordId, u32, bool)> = Vec::new();
	/// What was appended: subject, actor, action. In storage, so that it is rolled back.
	pub storage Trail: Vec<(u64, u64, AuditAction)> = Vec::new();
}

/// Writes to [`Trail`].
#[allow(unreachable_pub)] // It answers for a public item of `Config`.
#[derive(Debug)]
pub struct TestAudit;

impl AuditTrail<u64> for TestAudit {
	fn append(subject: &u64, actor: &u64, action: AuditAction) {
		let mut trail = Trail::get();
		trail.push((*subject, *actor, action));
		Trail::set(&trail);
	}
}

/// A committee that takes what bears one signature, 7.
#[allow(unreachable_pub)] // It answers for a public item of `Config`.
#[derive(Debug)]
pub struct TestCustody;

impl Custody<u64, u64> for TestCustody {
	type Error = DispatchError;

	fn is_active() -> bool {
		Committee::get()
	}

	fn deal(
		owner: &u64,
		record: RecordId,
		version: u32,
		segments: u16,
		dealing: &Dealing<u64>,
	) -> Result<(), DispatchError> {
		if dealing.acknowledgements.first() != Some(&(Seat(0), 7)) {
			return Err(DispatchError::Other("not acknowledged"));
		}
		let mut dealt = Dealt::get();
		dealt.push((*owner, record, version, segments));
		Dealt::set(&dealt);
		Ok(())
	}

	fn start_erasure(record: RecordId, versions: u32, _: Moment) {
		let mut erasures = Erasures::get();
		// Where there is no committee, nobody is waited for.
		erasures.push((record, versions, !Committee::get()));
		Erasures::set(&erasures);
	}

	fn erasure_complete(record: &RecordId) -> Option<bool> {
		Erasures::get().iter().find(|erasure| erasure.0 == *record).map(|erasure| erasure.2)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn form_committee_for_benchmark(_: u32) {
		Committee::set(&true);
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn dealing_for_benchmark(_: &u64, _: RecordId, _: u32, _: u16) -> Dealing<u64> {
		dealing(7)
	}
}

/// A dealing with one signature.
pub(crate) fn dealing(signature: u64) -> Dealing<u64> {
	Dealing {
		epoch: EpochId(1),
		digest: DealingDigest([6; 32]),
		acknowledgements: vec![(Seat(0), signature)].try_into().unwrap(),
	}
}

/// Lets every custodian destroy its shares.
pub(crate) fn destroy_shares() {
	let mut erasures = Erasures::get();
	erasures.iter_mut().for_each(|erasure| erasure.2 = true);
	Erasures::set(&erasures);
}

impl pallet_records::Config for Test {
	type Time = Timestamp;
	type Participants = TestParticipants;
	type SubjectOrigin = TestSubject;
	type Sponsorship = TestSponsorship;
	type Consideration =
		HoldConsideration<u64, Balances, Reason, LinearStoragePrice<Base, PerByte, u64>, Footprint>;
	type Audit = TestAudit;
	type MaxVersions = ConstU32<MAX_VERSIONS>;
	type MaxSegments = ConstU16<MAX_SEGMENTS>;
	type Custody = TestCustody;
	type Signature = u64;
	type MaxBatch = ConstU32<MAX_BATCH>;
	type ProposalLifetime = ConstU64<PROPOSAL_LIFETIME>;
	type RetentionGrace = ConstU64<RETENTION_GRACE>;
	type WeightInfo = ();
}

/// The events of this pallet since the last call.
pub(crate) fn events() -> Vec<pallet_records::Event<Test>> {
	let events = System::read_events_for_pallet();
	System::reset_events();
	events
}

/// Anchors a record of the patient and forgets about it.
pub(crate) fn anchored() -> RecordId {
	Records::anchor(RuntimeOrigin::signed(PATIENT), SALT, MANIFEST, CATEGORIES, 2, None).unwrap();
	events();
	Trail::set(&Vec::new());
	RecordId::derive(&PATIENT, &SALT)
}

/// Lets the clinician put a record before the patient, and forgets about it.
pub(crate) fn proposed() -> RecordId {
	let clinician = RuntimeOrigin::signed(CLINICIAN);
	Records::propose(clinician, PATIENT, SALT, MANIFEST, CATEGORIES, 2, None).unwrap();
	events();
	Trail::set(&Vec::new());
	RecordId::derive(&CLINICIAN, &SALT)
}

pub(crate) fn new_test_ext() -> sp_io::TestExternalities {
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: [
				PATIENT,
				ORGANISATION,
				CLINICIAN,
				LAPSED_CLINICIAN,
				GUARDIAN,
				SPONSOR,
				STRANGER,
			]
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
	});
	ext
}

pub(crate) fn build_and_execute(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		Records::do_try_state().unwrap();
	});
}
