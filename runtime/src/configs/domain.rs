// SPDX-License-Identifier: Apache-2.0
//! Health data: participants, records, consents, access, audit.

use super::{
	governance::{MostOfCouncil, StorageDeposit},
	market::TreasuryAccount,
	parameters::dynamic_params::sponsorship::CallPrice,
};
use crate::{
	constants::time::{DAY_MILLIS, MINUTE_MILLIS},
	weights, AccountId, Audit, Balances, Consent, Custody, Records, Registry, Runtime, RuntimeCall,
	RuntimeHoldReason, RuntimeOrigin, Signature, Timestamp,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	parameter_types,
	traits::{EnsureOrigin, InstanceFilter, OriginTrait, TypedGet},
};
use pallet_collator_selection::StakingPotAccountId;
use salus_primitives::{traits::Participants as _, Moment, Role};
use scale_info::TypeInfo;
use sp_runtime::Perbill;

parameter_types! {
	/// How often somebody may rotate her encryption key: monthly for decades.
	pub const MaxKeys: u32 = 500;
	/// How long a credential holds before a registrar must look again.
	pub const MaxCredentialDuration: Moment = 3 * 365 * DAY_MILLIS;
	/// How many guardians a ward may have.
	pub const MaxGuardians: u32 = 8;
	/// How long a guardian may be appointed: from birth to majority, everywhere.
	pub const MaxGuardianship: Moment = 21 * 366 * DAY_MILLIS;
	/// The fewest calls that a sponsor pays for in advance: enough to be worth an entry.
	pub const MinPool: u32 = 1_000;
	/// How many accounts one sponsor may admit: the patients of a large hospital.
	pub const MaxAdmitted: u32 = 1_000_000;
	/// How many calls a day a sponsor pays of one account: a busy day of a patient.
	pub const AccountDailyCalls: u16 = 50;
	/// How many calls a day all accounts of one sponsor may make.
	pub const SponsorDailyCalls: u32 = 100_000;
	/// What calls of one sponsor may fill of a block.
	pub const SponsorBlockShare: Perbill = Perbill::from_percent(5);
	/// What all sponsored calls may fill of a block.
	pub const BlockShare: Perbill = Perbill::from_percent(25);
	/// Where used sponsored calls are paid to: collators share them like fees.
	pub CollatorsPot: AccountId = StakingPotAccountId::<Runtime>::get();
	/// Why a participant is paid for.
	pub const ParticipantReason: RuntimeHoldReason =
		RuntimeHoldReason::Registry(pallet_registry::HoldReason::Participant);
	/// Why a record is paid for.
	pub const RecordReason: RuntimeHoldReason =
		RuntimeHoldReason::Records(pallet_records::HoldReason::Record);
	/// Why a consent is paid for.
	pub const ConsentReason: RuntimeHoldReason =
		RuntimeHoldReason::Consent(pallet_consent::HoldReason::Consent);
	/// How often a record may be revised.
	pub const MaxVersions: u32 = 10_000;
	/// How many segments a record version may have.
	pub const MaxSegments: u16 = 4_096;
	/// How long a consent may hold.
	pub const MaxDuration: Moment = 10 * 365 * DAY_MILLIS;
	/// How often a consent may be used.
	pub const MaxUses: u32 = 1_000_000;
	/// How often a consent may be passed on, one after the other.
	pub const MaxDepth: u8 = 3;
	pub const MaxPublicDepth: u8 = 1;
	/// To how many one grantee may pass on a consent.
	pub const MaxChildren: u8 = 16;
	/// How long a request for a consent waits for its answer.
	pub const RequestLifetime: Moment = 30 * DAY_MILLIS;
	/// How long a consent under a standing rule may hold: a shift, and the night after it.
	pub const MaxStandingDuration: Moment = DAY_MILLIS;
	/// How often a consent under a standing rule may be used.
	pub const MaxStandingUses: u32 = 8;
	/// How long the authorisation of a sale may hold.
	pub const MaxSaleDuration: Moment = 365 * DAY_MILLIS;
	/// How long an ended consent still answers why it does not hold.
	pub const ConsentRetention: Moment = 365 * DAY_MILLIS;
	/// How many versions of an erased record one call removes.
	pub const MaxClearedVersions: u32 = 64;
	/// How long a patient has to take what a provider put before her.
	pub const ProposalLifetime: Moment = 90 * DAY_MILLIS;
	/// How long after its retention a record may still be prolonged.
	pub const RetentionGrace: Moment = 30 * DAY_MILLIS;
	/// How long a ticket opens anything: time for custodians to answer, not to hoard.
	pub const TicketLifetime: Moment = 30 * MINUTE_MILLIS;
	/// How long a ticket for what was sold opens anything: time for a large download.
	pub const SaleTicketLifetime: Moment = DAY_MILLIS;
	/// How long an expired ticket stays, so that its key is not used again: as long as custodians'
	/// answers do.
	pub const TicketRetention: Moment = super::custody::AnswerRetention::get();
	/// How long a clinician waits whose emergency nobody confirms.
	pub const EmergencyDelay: Moment = 15 * MINUTE_MILLIS;
	/// How long after its declaration an emergency can be opened.
	pub const EmergencyLifetime: Moment = DAY_MILLIS;
	/// How long an emergency opens anything.
	pub const MaxEmergencyDuration: Moment = 4 * 60 * MINUTE_MILLIS;
	/// How many emergencies of one clinician may wait for their review.
	pub const MaxUnreviewed: u32 = 8;
	/// How long an emergency may wait for its review.
	pub const ReviewDeadline: Moment = 7 * DAY_MILLIS;
	/// How long reviewers have once they were told that they are late.
	pub const EscalationDeadline: Moment = 3 * DAY_MILLIS;
	/// Why an emergency is paid for.
	pub const EmergencyReason: RuntimeHoldReason =
		RuntimeHoldReason::Access(pallet_access::HoldReason::Emergency);
}

/// What a guardian may do for her ward. No scope moves money, and none reaches what appoints
/// guardians or sponsors.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum GuardianScope {
	/// Whatever the ward herself could do with her data.
	#[default]
	#[codec(index = 0)]
	Everything,
	/// Anchor, revise and retire her records.
	#[codec(index = 1)]
	Records,
	/// Grant and revoke her consents, and watch over what is opened.
	#[codec(index = 2)]
	Consents,
}

impl InstanceFilter<RuntimeCall> for GuardianScope {
	fn filter(&self, call: &RuntimeCall) -> bool {
		use pallet_access::Call::{dispute_access, object_emergency, review_trail};
		use pallet_consent::Call::authorise_sale;
		use pallet_registry::Call::{leave, register, rotate_key, set_contacts};

		let records = matches!(call, RuntimeCall::Records(_));
		// Nobody sells what is another's.
		let consents = match call {
			RuntimeCall::Consent(call) => !matches!(call, authorise_sale { .. }),
			RuntimeCall::Access(call) => matches!(
				call,
				dispute_access { .. } | object_emergency { .. } | review_trail { .. }
			),
			_ => false,
		};
		match self {
			Self::Everything => {
				records
					|| consents || matches!(
					call,
					RuntimeCall::Registry(
						register { .. } | rotate_key { .. } | set_contacts { .. } | leave { .. }
					)
				)
			},
			Self::Records => records,
			Self::Consents => consents,
		}
	}

	fn is_superset(&self, other: &Self) -> bool {
		self == other || *self == Self::Everything
	}
}

impl pallet_registry::Config for Runtime {
	type AccountDailyCalls = AccountDailyCalls;
	type BlockShare = BlockShare;
	type CallPrice = CallPrice;
	type Consideration = StorageDeposit<ParticipantReason>;
	type Currency = Balances;
	type FeeDestination = CollatorsPot;
	type GuardianScope = GuardianScope;
	type MaxAdmitted = MaxAdmitted;
	type MaxCredentialDuration = MaxCredentialDuration;
	type MaxGuardians = MaxGuardians;
	type MaxGuardianship = MaxGuardianship;
	type MaxKeys = MaxKeys;
	type MinPool = MinPool;
	type RegistrarOrigin = MostOfCouncil;
	type RuntimeCall = RuntimeCall;
	type RuntimeHoldReason = RuntimeHoldReason;
	type RuntimeOrigin = RuntimeOrigin;
	type SponsorBlockShare = SponsorBlockShare;
	type SponsorDailyCalls = SponsorDailyCalls;
	type SubjectOrigin = pallet_registry::EnsureSubject<Runtime>;
	type Time = Timestamp;
	type WeightInfo = weights::pallet_registry::WeightInfo<Runtime>;
}

impl pallet_records::Config for Runtime {
	type Audit = Audit;
	type Consideration = StorageDeposit<RecordReason>;
	type Custody = Custody;
	type MaxBatch = MaxClearedVersions;
	type MaxSegments = MaxSegments;
	type MaxVersions = MaxVersions;
	type Participants = Registry;
	type ProposalLifetime = ProposalLifetime;
	type RetentionGrace = RetentionGrace;
	type Signature = Signature;
	type Sponsorship = Registry;
	type SubjectOrigin = pallet_registry::EnsureSubject<Runtime>;
	type Time = Timestamp;
	type WeightInfo = weights::pallet_records::WeightInfo<Runtime>;
}

impl pallet_consent::Config for Runtime {
	type Audit = Audit;
	type Consideration = StorageDeposit<ConsentReason>;
	type MaxChildren = MaxChildren;
	type MaxDepth = MaxDepth;
	type MaxPublicDepth = MaxPublicDepth;
	type MaxDuration = MaxDuration;
	type MaxSaleDuration = MaxSaleDuration;
	type MaxStandingDuration = MaxStandingDuration;
	type MaxStandingUses = MaxStandingUses;
	type MaxUses = MaxUses;
	type Participants = Registry;
	type Records = Records;
	type RequestLifetime = RequestLifetime;
	type Retention = ConsentRetention;
	type Sponsorship = Registry;
	type SubjectOrigin = pallet_registry::EnsureSubject<Runtime>;
	type Time = Timestamp;
	type WeightInfo = weights::pallet_consent::WeightInfo<Runtime>;
}

/// A registrar who signed, or most of the council.
#[derive(Debug)]
pub struct EnsureReviewer;

impl EnsureOrigin<RuntimeOrigin> for EnsureReviewer {
	type Success = Option<AccountId>;

	fn try_origin(origin: RuntimeOrigin) -> Result<Option<AccountId>, RuntimeOrigin> {
		match MostOfCouncil::try_origin(origin) {
			Ok(_) => Ok(None),
			Err(origin) => match origin.as_signer() {
				Some(who) if Registry::role(who) == Some(Role::Registrar) => Ok(Some(who.clone())),
				_ => Err(origin),
			},
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn try_successful_origin() -> Result<RuntimeOrigin, ()> {
		let registrar = AccountId::new([7; 32]);
		Registry::admit_for_benchmark(&registrar, Role::Registrar);
		Ok(RuntimeOrigin::signed(registrar))
	}
}

impl pallet_access::Config for Runtime {
	type Audit = Audit;
	type Consents = Consent;
	type Consideration = StorageDeposit<EmergencyReason>;
	type Deliveries = Custody;
	type Denials = Consent;
	type EmergencyDelay = EmergencyDelay;
	type EmergencyLifetime = EmergencyLifetime;
	type EscalationDeadline = EscalationDeadline;
	type MaxEmergencyDuration = MaxEmergencyDuration;
	type MaxUnreviewed = MaxUnreviewed;
	type Participants = Registry;
	type Records = Records;
	type ReviewBody = TreasuryAccount;
	type ReviewDeadline = ReviewDeadline;
	type ReviewOrigin = EnsureReviewer;
	type SaleTicketLifetime = SaleTicketLifetime;
	type Sponsorship = Registry;
	type SubjectOrigin = pallet_registry::EnsureSubject<Runtime>;
	type TicketLifetime = TicketLifetime;
	type TicketRetention = TicketRetention;
	type Time = Timestamp;
	type WeightInfo = weights::pallet_access::WeightInfo<Runtime>;
}

impl pallet_audit::Config for Runtime {
	type Participants = Registry;
	type Time = Timestamp;
	type WeightInfo = weights::pallet_audit::WeightInfo<Runtime>;
}
