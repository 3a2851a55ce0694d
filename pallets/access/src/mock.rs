// SPDX-License-Identifier: Apache-2.0
//! The smallest runtime with this pallet.

use crate as pallet_access;
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{
	derive_impl, pallet_prelude::ValueQuery, storage_alias, traits::ConstU64, Twox64Concat,
};
use salus_policy::Request;
use salus_primitives::{
	audit::{AuditAction, Refusal},
	traits::{self, ConsentParties},
	ConsentId, Moment, RecordId, Role,
};
use sp_runtime::BuildStorage;

pub(crate) const PATIENT: u64 = 1;
pub(crate) const CLINICIAN: u64 = 2;
pub(crate) const OTHER_PATIENT: u64 = 3;
pub(crate) const STRANGER: u64 = 9;

pub(crate) const NOW: Moment = 1_000_000;
pub(crate) const LIFETIME: Moment = 1_000;
pub(crate) const RETENTION: Moment = 5_000;

/// Consents of the patient to the clinician, with two uses each.
pub(crate) const SEALED: ConsentId = ConsentId([1; 32]);
pub(crate) const PUBLIC: ConsentId = ConsentId([2; 32]);

pub(crate) const RECORD: RecordId = RecordId([1; 32]);
pub(crate) const SECOND_RECORD: RecordId = RecordId([2; 32]);
pub(crate) const OTHER_RECORD: RecordId = RecordId([3; 32]);

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Timestamp: pallet_timestamp,
		Access: pallet_access,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

impl pallet_access::Config for Test {
	type Time = Timestamp;
	type Consents = Book;
	type Records = Shelf;
	type Participants = Register;
	type Audit = Trail;
	type TicketLifetime = ConstU64<LIFETIME>;
	type TicketRetention = ConstU64<RETENTION>;
	type WeightInfo = ();
}

/// A consent as this pallet sees it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub(crate) struct MockConsent {
	pub(crate) subject: u64,
	pub(crate) grantee: u64,
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

/// Until when a participant is in good standing.
#[storage_alias]
pub(crate) type Standing = StorageMap<Mock, Twox64Concat, u64, Moment>;

#[storage_alias]
type Entries = StorageValue<Mock, Vec<(u64, u64, AuditAction)>, ValueQuery>;

#[derive(Debug)]
pub struct Book;

impl traits::ConsentBook<u64, Request> for Book {
	fn parties(consent: &ConsentId) -> Option<ConsentParties<u64>> {
		Consents::get(consent)
			.map(|consent| ConsentParties { subject: consent.subject, grantee: consent.grantee })
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
		Standing::get(who).map(|_| Role::Clinician)
	}

	fn is_in_good_standing(who: &u64, now: Moment) -> bool {
		Standing::get(who).is_some_and(|until| now < until)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn admit_for_benchmark(who: &u64, _: Role) {
		Standing::insert(who, Moment::MAX);
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
pub(crate) fn events() -> Vec<pallet_access::Event<Test>> {
	let events = System::read_events_for_pallet();
	System::reset_events();
	events
}

fn consent(subject: u64, grantee: u64, is_public: bool) -> MockConsent {
	MockConsent { subject, grantee, is_public, version: 3, uses_left: 2, refusal: None }
}

/// Two consents, two records of the patient and one of another, at [`NOW`].
pub(crate) fn build() -> sp_io::TestExternalities {
	let storage = RuntimeGenesisConfig::default().build_storage().unwrap();
	let mut ext = sp_io::TestExternalities::from(storage);
	ext.execute_with(|| {
		// Events of the genesis block are not kept.
		System::set_block_number(1);
		Timestamp::set_timestamp(NOW);
		Consents::insert(SEALED, consent(PATIENT, CLINICIAN, false));
		Consents::insert(PUBLIC, consent(PATIENT, CLINICIAN, true));
		Records::insert(RECORD, (PATIENT, true));
		Records::insert(SECOND_RECORD, (PATIENT, true));
		Records::insert(OTHER_RECORD, (OTHER_PATIENT, true));
		Standing::insert(CLINICIAN, NOW + 100_000);
	});
	ext
}

pub(crate) fn build_and_execute(test: impl FnOnce()) {
	build().execute_with(|| {
		test();
		Access::do_try_state().unwrap();
	});
}
