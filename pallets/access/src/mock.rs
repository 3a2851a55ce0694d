// SPDX-License-Identifier: Apache-2.0
//! The smallest runtime with this pallet.

use crate as pallet_access;
use codec::{Decode, Encode, MaxEncodedLen};
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
use frame_system::offchain::{
	CreateAuthorizedTransaction, CreateTransaction, CreateTransactionBase,
};
use salus_policy::Request;
use salus_primitives::{
	audit::{AuditAction, Refusal},
	custody,
	traits::{self, Acting, ConsentParties},
	ConsentId, Grantee, Moment, RecordId, Role, TicketId,
};
use sp_runtime::BuildStorage;

pub(crate) const PATIENT: u64 = 1;
pub(crate) const CLINICIAN: u64 = 2;
pub(crate) const OTHER_PATIENT: u64 = 3;
/// A clinician too.
pub(crate) const COLLEAGUE: u64 = 4;
/// A researcher who buys.
pub(crate) const BUYER: u64 = 5;
/// Reviews emergencies.
pub(crate) const REGISTRAR: u64 = 6;
/// Acts for the patient whenever she signs.
pub(crate) const GUARDIAN: u64 = 7;
/// Pays for the other patient and the colleague.
pub(crate) const SPONSOR: u64 = 8;
pub(crate) const STRANGER: u64 = 9;
/// Stands in the trail for the council.
pub(crate) const COUNCIL: u64 = 10;
/// What everybody has who pays.
pub(crate) const BALANCE: u64 = 1_000_000;

pub(crate) const NOW: Moment = 1_000_000;
pub(crate) const LIFETIME: Moment = 1_000;
pub(crate) const SALE_LIFETIME: Moment = 3_000;
pub(crate) const RETENTION: Moment = 5_000;
pub(crate) const DELAY: Moment = 100;
pub(crate) const EMERGENCY_LIFETIME: Moment = 2_000;
pub(crate) const MAX_DURATION: Moment = 400;
pub(crate) const MAX_UNREVIEWED: u32 = 3;
pub(crate) const REVIEW: Moment = 7_000;
pub(crate) const ESCALATION: Moment = 3_000;

/// Consents of the patient with two uses each, the first two to the clinician.
pub(crate) const SEALED: ConsentId = ConsentId([1; 32]);
pub(crate) const PUBLIC: ConsentId = ConsentId([2; 32]);
/// Delegated to the clinician.
pub(crate) const DELEGATED: ConsentId = ConsentId([3; 32]);
/// To all clinicians.
pub(crate) const FOR_ROLE: ConsentId = ConsentId([4; 32]);

pub(crate) const RECORD: RecordId = RecordId([1; 32]);
pub(crate) const SECOND_RECORD: RecordId = RecordId([2; 32]);
pub(crate) const OTHER_RECORD: RecordId = RecordId([3; 32]);
/// The version of every record.
pub(crate) const VERSION: u32 = 5;

type Block = frame_system::mocking::MockBlock<Test>;

/// What a worker submits.
pub(crate) type Extrinsic = frame_system::mocking::MockUncheckedExtrinsic<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Timestamp: pallet_timestamp,
		Balances: pallet_balances,
		Access: pallet_access,
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

impl pallet_access::Config for Test {
	type Time = Timestamp;
	type Consents = Book;
	type Denials = Book;
	type Records = Shelf;
	type Participants = Register;
	type Deliveries = Committee;
	type Audit = Trail;
	type SubjectOrigin = Subject;
	type ReviewOrigin = Reviewer;
	type ReviewBody = ConstU64<COUNCIL>;
	type Sponsorship = Sponsors;
	type Consideration =
		HoldConsideration<u64, Balances, Reason, LinearStoragePrice<Base, PerByte, u64>, Footprint>;
	type TicketLifetime = ConstU64<LIFETIME>;
	type SaleTicketLifetime = ConstU64<SALE_LIFETIME>;
	type TicketRetention = ConstU64<RETENTION>;
	type EmergencyDelay = ConstU64<DELAY>;
	type EmergencyLifetime = ConstU64<EMERGENCY_LIFETIME>;
	type MaxEmergencyDuration = ConstU64<MAX_DURATION>;
	type MaxUnreviewed = ConstU32<MAX_UNREVIEWED>;
	type ReviewDeadline = ConstU64<REVIEW>;
	type EscalationDeadline = ConstU64<ESCALATION>;
	type WeightInfo = ();
}

parameter_types! {
	pub const Base: u64 = 10;
	pub const PerByte: u64 = 1;
	pub const Reason: RuntimeHoldReason =
		RuntimeHoldReason::Access(pallet_access::HoldReason::Emergency);
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

/// The registrar, whoever else is made a reviewer, or the council.
#[derive(Debug)]
pub struct Reviewer;

impl EnsureOrigin<RuntimeOrigin> for Reviewer {
	type Success = Option<u64>;

	fn try_origin(origin: RuntimeOrigin) -> Result<Option<u64>, RuntimeOrigin> {
		if frame_system::ensure_root(origin.clone()).is_ok() {
			return Ok(None);
		}
		match frame_system::ensure_signed(origin.clone()) {
			Ok(who) if who == REGISTRAR || Reviewers::contains_key(who) => Ok(Some(who)),
			_ => Err(origin),
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn try_successful_origin() -> Result<RuntimeOrigin, ()> {
		Ok(RuntimeOrigin::signed(REGISTRAR))
	}
}

/// Pays for the other patient and the colleague.
#[derive(Debug)]
pub struct Sponsors;

impl traits::Sponsorship<u64> for Sponsors {
	fn covers(who: &u64) -> bool {
		[OTHER_PATIENT, COLLEAGUE].contains(who)
	}

	fn payer(who: &u64) -> u64 {
		if Self::covers(who) {
			SPONSOR
		} else {
			*who
		}
	}
}

/// A consent as this pallet sees it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub(crate) struct MockConsent {
	pub(crate) subject: u64,
	pub(crate) grantee: Grantee<u64>,
	pub(crate) depth: u8,
	pub(crate) is_public: bool,
	pub(crate) version: u32,
	pub(crate) uses_left: u32,
	pub(crate) refusal: Option<Refusal>,
}

#[storage_alias]
pub(crate) type Consents = StorageMap<Mock, Twox64Concat, ConsentId, MockConsent>;

/// Owner, and whether it is live.
#[storage_alias]
pub(crate) type Records = StorageMap<Mock, Twox64Concat, RecordId, (u64, bool)>;

/// Role, and until when in good standing.
#[storage_alias]
pub(crate) type Standing = StorageMap<Mock, Twox64Concat, u64, (Role, Moment)>;

/// Who refuses emergencies.
#[storage_alias]
pub(crate) type OptedOut = StorageMap<Mock, Twox64Concat, u64, ()>;

/// Who reviews beside the registrar.
#[storage_alias]
pub(crate) type Reviewers = StorageMap<Mock, Twox64Concat, u64, ()>;

/// The tickets of which something was attested, and whether it was released.
#[storage_alias]
pub(crate) type Attested = StorageMap<Mock, Twox64Concat, TicketId, bool>;

/// How long each trail is.
#[storage_alias]
type Lengths = StorageMap<Mock, Twox64Concat, u64, u64, ValueQuery>;

#[storage_alias]
type Entries = StorageValue<Mock, Vec<(u64, u64, AuditAction)>, ValueQuery>;

#[derive(Debug)]
pub struct Book;

impl traits::ConsentBook<u64, Request> for Book {
	fn parties(consent: &ConsentId) -> Option<ConsentParties<u64>> {
		Consents::get(consent)
			.map(|consent| ConsentParties { subject: consent.subject, grantee: consent.grantee })
	}

	fn depth(consent: &ConsentId) -> Option<u8> {
		Consents::get(consent).map(|consent| consent.depth)
	}

	fn redeem(id: &ConsentId, request: Option<&Request>, _: Moment) -> Result<u32, Refusal> {
		let mut consent = Consents::get(id).unwrap();
		assert_eq!(request.is_some(), consent.is_public);
		if let Some(refusal) = consent.refusal {
			return Err(refusal);
		}
		consent.uses_left = consent.uses_left.checked_sub(1).ok_or(Refusal::ConsentSpent)?;
		let version = consent.version;
		Consents::insert(id, consent);
		Ok(version)
	}

	fn give_back(id: &ConsentId) {
		Consents::mutate_extant(id, |consent| consent.uses_left += 1);
	}

	fn has_public_terms(consent: &ConsentId) -> Option<bool> {
		Consents::get(consent).map(|consent| consent.is_public)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn grant_for_benchmark(subject: &u64, grantee: &u64, _: Moment) -> ConsentId {
		Consents::insert(SEALED, consent(*subject, *grantee, false));
		SEALED
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn grant_public_for_benchmark(subject: &u64, grantee: &u64, _: Moment) -> (ConsentId, Request) {
		Consents::insert(PUBLIC, consent(*subject, *grantee, true));
		(PUBLIC, crate::tests::request())
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn delegate_for_benchmark(
		subject: &u64,
		grantee: &u64,
		public: bool,
		_: Moment,
	) -> (ConsentId, Option<Request>) {
		Consents::insert(
			DELEGATED,
			MockConsent { depth: 3, ..consent(*subject, *grantee, public) },
		);
		(DELEGATED, public.then(crate::tests::request))
	}
}

impl traits::Denials<u64> for Book {
	fn refuses_emergencies(subject: &u64) -> bool {
		OptedOut::contains_key(subject)
	}
}

/// Custodians.
#[derive(Debug)]
pub struct Committee;

impl custody::Deliveries for Committee {
	fn first_delivered_at(_: &TicketId) -> Option<Moment> {
		panic!("a ticket is told when it was delivered")
	}

	fn non_release_attested(ticket: &TicketId) -> bool {
		Attested::get(ticket) == Some(false)
	}

	fn release_started(ticket: &TicketId) -> bool {
		Attested::get(ticket) == Some(true)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn deliver_for_benchmark(ticket: &TicketId, _: Moment) {
		Attested::insert(ticket, true);
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn refuse_for_benchmark(ticket: &TicketId, _: Moment) {
		Attested::insert(ticket, false);
	}
}

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
		Records::contains_key(record).then_some(VERSION)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn anchor_for_benchmark(owner: &u64) -> RecordId {
		Records::insert(RECORD, (*owner, true));
		RECORD
	}
}

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

/// Subject, actor and action of each entry.
#[derive(Debug)]
pub struct Trail;

impl traits::AuditTrail<u64> for Trail {
	fn append(subject: &u64, actor: &u64, action: AuditAction) {
		Entries::append((*subject, *actor, action));
		Lengths::mutate(subject, |length| *length += 1);
	}
}

impl traits::TrailLength<u64> for Trail {
	fn entries(subject: &u64) -> u64 {
		Lengths::get(subject)
	}
}

/// The audit entries since the last call.
pub(crate) fn entries() -> Vec<(u64, u64, AuditAction)> {
	Entries::take()
}

/// The events of this pallet since the last call.
pub(crate) fn events() -> Vec<pallet_access::Event<Test>> {
	let events = System::read_events_for_pallet();
	System::reset_events();
	events
}

fn consent(subject: u64, grantee: u64, is_public: bool) -> MockConsent {
	let grantee = Grantee::Account(grantee);
	MockConsent { subject, grantee, depth: 0, is_public, version: 3, uses_left: 2, refusal: None }
}

/// Four consents, two records of the patient and one of another, two clinicians and a buyer, at
/// [`NOW`].
pub(crate) fn build() -> sp_io::TestExternalities {
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: [CLINICIAN, SPONSOR].map(|who| (who, BALANCE)).into(),
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
		let sealed = consent(PATIENT, CLINICIAN, false);
		Consents::insert(PUBLIC, consent(PATIENT, CLINICIAN, true));
		Consents::insert(DELEGATED, MockConsent { depth: 2, ..sealed });
		let grantee = Grantee::Role(Role::Clinician);
		Consents::insert(FOR_ROLE, MockConsent { grantee, is_public: true, ..sealed });
		Consents::insert(SEALED, sealed);
		Records::insert(RECORD, (PATIENT, true));
		Records::insert(SECOND_RECORD, (PATIENT, true));
		Records::insert(OTHER_RECORD, (OTHER_PATIENT, true));
		let until = NOW + 10_000_000;
		Standing::insert(CLINICIAN, (Role::Clinician, until));
		Standing::insert(COLLEAGUE, (Role::Clinician, until));
		Standing::insert(BUYER, (Role::Researcher, until));
		Standing::insert(REGISTRAR, (Role::Registrar, until));
	});
	ext
}

pub(crate) fn build_and_execute(test: impl FnOnce()) {
	build().execute_with(|| {
		test();
		Access::do_try_state().unwrap();
	});
}
