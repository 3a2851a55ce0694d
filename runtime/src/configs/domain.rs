// SPDX-License-Identifier: Apache-2.0
//! Health data: participants, records, consents, access, audit.

use crate::{
	constants::time::{DAY_MILLIS, MINUTE_MILLIS},
	weights, AccountId, Audit, Consent, Records, Registry, Runtime, Timestamp,
};
use frame_support::parameter_types;
use frame_system::EnsureRoot;
use salus_primitives::Moment;

parameter_types! {
	/// How often somebody may rotate her encryption key: monthly for decades.
	pub const MaxKeys: u32 = 500;
	/// How long a credential holds before a registrar must look again.
	pub const MaxCredentialDuration: Moment = 3 * 365 * DAY_MILLIS;
	/// How often a record may be revised.
	pub const MaxVersions: u32 = 10_000;
	/// How many segments a record version may have.
	pub const MaxSegments: u16 = 4_096;
	/// How long a consent may hold.
	pub const MaxDuration: Moment = 10 * 365 * DAY_MILLIS;
	/// How often a consent may be used.
	pub const MaxUses: u32 = 1_000_000;
	/// How long a ticket opens anything: time for custodians to answer, not to hoard.
	pub const TicketLifetime: Moment = 30 * MINUTE_MILLIS;
	/// How long an expired ticket stays for custodians' receipts before anybody may remove it.
	pub const TicketRetention: Moment = 7 * DAY_MILLIS;
	/// How many entries of a trail stay in state; older ones are in past blocks' events.
	pub const MaxKept: u32 = 1_024;
}

impl pallet_registry::Config for Runtime {
	type MaxCredentialDuration = MaxCredentialDuration;
	type MaxKeys = MaxKeys;
	type RegistrarOrigin = EnsureRoot<AccountId>;
	type Time = Timestamp;
	type WeightInfo = weights::pallet_registry::WeightInfo<Runtime>;
}

impl pallet_records::Config for Runtime {
	type Audit = Audit;
	type MaxSegments = MaxSegments;
	type MaxVersions = MaxVersions;
	type Participants = Registry;
	type Time = Timestamp;
	type WeightInfo = weights::pallet_records::WeightInfo<Runtime>;
}

impl pallet_consent::Config for Runtime {
	type Audit = Audit;
	type MaxDuration = MaxDuration;
	type MaxUses = MaxUses;
	type Participants = Registry;
	type Time = Timestamp;
	type WeightInfo = weights::pallet_consent::WeightInfo<Runtime>;
}

impl pallet_access::Config for Runtime {
	type Audit = Audit;
	type Consents = Consent;
	type Participants = Registry;
	type Records = Records;
	type TicketLifetime = TicketLifetime;
	type TicketRetention = TicketRetention;
	type Time = Timestamp;
	type WeightInfo = weights::pallet_access::WeightInfo<Runtime>;
}

impl pallet_audit::Config for Runtime {
	type MaxKept = MaxKept;
	type Time = Timestamp;
	type WeightInfo = weights::pallet_audit::WeightInfo<Runtime>;
}
