// SPDX-License-Identifier: Apache-2.0
//! The smallest runtime with this pallet.

use crate as pallet_custody;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	derive_impl,
	pallet_prelude::ValueQuery,
	storage_alias,
	traits::{ConstU32, ConstU64},
	Twox64Concat,
};
use frame_system::{
	offchain::{CreateAuthorizedTransaction, CreateTransaction, CreateTransactionBase},
	EnsureRoot,
};
use salus_primitives::{
	custody::{self, TicketFacts},
	traits, ConsentId, Moment, RecordId, Role, TicketId,
};
use scale_info::TypeInfo;
use sp_runtime::{
	testing::UintAuthorityId,
	traits::{Lazy, Verify},
	BuildStorage,
};

pub(crate) const PATIENT: u64 = 1;
pub(crate) const GRANTEE: u64 = 2;
pub(crate) const STRANGER: u64 = 9;

/// The custodian at the first seat of the first committee; the others follow.
pub(crate) const FIRST: u64 = 11;
/// The custodian at the first seat of the second committee; the others follow.
pub(crate) const SECOND: u64 = 21;

pub(crate) const MEMBERS: u8 = 5;
pub(crate) const THRESHOLD: u8 = 3;
pub(crate) const TOLERANCE: u8 = 1;

pub(crate) const NOW: Moment = 1_000_000;
pub(crate) const LIFETIME: Moment = 1_000;
pub(crate) const GRACE: Moment = 500;
pub(crate) const RETENTION: Moment = 100_000;
pub(crate) const DEADLINE: Moment = 5_000;
pub(crate) const MAX_DRAINING: u32 = 2;
pub(crate) const MAX_BATCH: u32 = 8;
pub(crate) const MAX_MISSED: u32 = 2;

pub(crate) const RECORD: RecordId = RecordId([1; 32]);
pub(crate) const OTHER_RECORD: RecordId = RecordId([2; 32]);

type Block = frame_system::mocking::MockBlock<Test>;

/// What a worker submits.
pub(crate) type Extrinsic = frame_system::mocking::MockUncheckedExtrinsic<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Timestamp: pallet_timestamp,
		Custody: pallet_custody,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

impl<LocalCall> CreateTransactionBase<LocalCall> for Test
where
	RuntimeCall: From<LocalCall>,
{
	type Extrinsic = Extrinsic;
	type RuntimeCall = RuntimeCall;
}

impl<LocalCall> CreateTransaction<LocalCall> for Test
where
	RuntimeCall: From<LocalCall>,
{
	type Extension = ();

	fn create_transaction(call: RuntimeCall, extension: ()) -> Extrinsic {
		Extrinsic::new_transaction(call, extension)
	}
}

impl<LocalCall> CreateAuthorizedTransaction<LocalCall> for Test
where
	RuntimeCall: From<LocalCall>,
{
	fn create_extension() {}
}

impl pallet_custody::Config for Test {
	type Time = Timestamp;
	type CommitteeOrigin = EnsureRoot<u64>;
	type Participants = Register;
	type Records = Shelf;
	type Tickets = Counter;
	type Revocations = Book;
	type Signature = Seal;
	type Signer = UintAuthorityId;
	type MaxDraining = ConstU32<MAX_DRAINING>;
	type MaxBatch = ConstU32<MAX_BATCH>;
	type MaxMissed = ConstU32<MAX_MISSED>;
	type ReportGrace = ConstU64<GRACE>;
	type AnswerRetention = ConstU64<RETENTION>;
	type ErasureDeadline = ConstU64<DEADLINE>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Helper;
	type WeightInfo = ();
}

/// A signature that is as good as its word.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Seal {
	pub(crate) signer: u64,
	pub(crate) payload: [u8; 32],
}

impl Verify for Seal {
	type Signer = UintAuthorityId;

	fn verify<L: Lazy<[u8]>>(&self, mut message: L, signer: &u64) -> bool {
		message.get() == self.payload && self.signer == *signer
	}
}

/// Role and until when in good standing.
#[storage_alias]
pub(crate) type Standing = StorageMap<Mock, Twox64Concat, u64, (Role, Moment)>;

#[storage_alias]
pub(crate) type Owners = StorageMap<Mock, Twox64Concat, RecordId, u64>;

/// Record, version, opened, expires.
#[storage_alias]
pub(crate) type Tickets = StorageMap<Mock, Twox64Concat, TicketId, (RecordId, u32, Moment, Moment)>;

#[storage_alias]
type Delivered = StorageValue<Mock, Vec<(TicketId, Moment)>, ValueQuery>;

#[storage_alias]
type Refused = StorageValue<Mock, Vec<TicketId>, ValueQuery>;

#[storage_alias]
type Halted = StorageValue<Mock, Vec<TicketId>, ValueQuery>;

#[storage_alias]
pub(crate) type Revoked = StorageMap<Mock, Twox64Concat, ConsentId, u32>;

/// Who takes part.
#[derive(Debug)]
pub struct Register;

impl traits::Participants<u64> for Register {
	fn role(who: &u64) -> Option<Role> {
		Standing::get(who).map(|(role, _)| role)
	}

	fn is_in_good_standing(who: &u64, now: Moment) -> bool {
		Standing::get(who).is_some_and(|(_, until)| now < until)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn admit_for_benchmark(who: &u64, role: Role) {
		Standing::insert(who, (role, Moment::MAX));
	}
}

/// Whose record it is.
#[derive(Debug)]
pub struct Shelf;

impl traits::RecordBook<u64> for Shelf {
	fn owner(record: &RecordId) -> Option<u64> {
		Owners::get(record)
	}

	fn is_live(record: &RecordId) -> bool {
		Owners::contains_key(record)
	}

	fn version(record: &RecordId) -> Option<u32> {
		Owners::contains_key(record).then_some(1)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn anchor_for_benchmark(owner: &u64) -> RecordId {
		let record = RecordId::derive(owner, &[Owners::iter().count() as u8; 32]);
		Owners::insert(record, owner);
		record
	}
}

/// Which tickets there are.
#[derive(Debug)]
pub struct Counter;

impl custody::TicketBook<u64> for Counter {
	fn ticket(id: &TicketId) -> Option<TicketFacts<u64>> {
		let (record, record_version, opened_at, expires_at) = Tickets::get(id)?;
		Some(TicketFacts {
			grantee: GRANTEE,
			subject: PATIENT,
			consent: Some(ConsentId([1; 32])),
			record,
			record_version,
			opened_at,
			expires_at,
		})
	}

	fn refused(id: &TicketId) {
		Tickets::remove(id);
		Refused::append(id);
	}

	fn delivered(id: &TicketId, at: Moment) {
		Delivered::append((id, at));
	}

	fn stopped(id: &TicketId) {
		Halted::append(id);
	}

	fn expired(now: Moment) -> impl Iterator<Item = TicketId> {
		Tickets::iter().filter(move |(_, ticket)| now >= ticket.3).map(|(id, _)| id)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn open_for_benchmark(record: &RecordId, version: u32) -> TicketId {
		let now = Custody::now();
		let id = TicketId([Tickets::iter().count() as u8; 32]);
		Tickets::insert(id, (*record, version, now, now + LIFETIME));
		id
	}
}

/// Which consents were revoked.
#[derive(Debug)]
pub struct Book;

impl custody::Revocations for Book {
	fn revoked_version(consent: &ConsentId) -> Option<u32> {
		Revoked::get(consent)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn revoke_for_benchmark() -> (ConsentId, u32) {
		let consent = ConsentId([Revoked::iter().count() as u8; 32]);
		Revoked::insert(consent, 2);
		(consent, 2)
	}
}

#[cfg(feature = "runtime-benchmarks")]
#[derive(Debug)]
pub struct Helper;

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper<u64, Seal> for Helper {
	fn custodian(seat: u8) -> u64 {
		100 + u64::from(seat)
	}

	fn sign(seat: u8, payload: &[u8; 32]) -> Seal {
		Seal { signer: Self::custodian(seat), payload: *payload }
	}

	fn set_time(now: Moment) {
		Timestamp::set_timestamp(now);
	}
}

/// The tickets that were delivered since the last call, and when.
pub(crate) fn delivered() -> Vec<(TicketId, Moment)> {
	Delivered::take()
}

/// The tickets that were refused since the last call.
pub(crate) fn refused() -> Vec<TicketId> {
	Refused::take()
}

/// The tickets that were stopped since the last call.
pub(crate) fn stopped() -> Vec<TicketId> {
	Halted::take()
}

/// The events of this pallet since the last call.
pub(crate) fn events() -> Vec<pallet_custody::Event<Test>> {
	let events = System::read_events_for_pallet();
	System::reset_events();
	events
}

/// Custodians for two committees, a patient with two records, at [`NOW`].
pub(crate) fn build() -> sp_io::TestExternalities {
	let storage = RuntimeGenesisConfig::default().build_storage().unwrap();
	let mut ext = sp_io::TestExternalities::from(storage);
	ext.execute_with(|| {
		// Events of the genesis block are not kept.
		System::set_block_number(1);
		Timestamp::set_timestamp(NOW);
		for seat in 0..u64::from(MEMBERS) {
			Standing::insert(FIRST + seat, (Role::Custodian, Moment::MAX));
			Standing::insert(SECOND + seat, (Role::Custodian, Moment::MAX));
		}
		Standing::insert(PATIENT, (Role::Patient, Moment::MAX));
		Owners::insert(RECORD, PATIENT);
		Owners::insert(OTHER_RECORD, PATIENT);
	});
	ext
}

pub(crate) fn build_and_execute(test: impl FnOnce()) {
	build().execute_with(|| {
		test();
		Custody::do_try_state().unwrap();
	});
}
