// SPDX-License-Identifier: Apache-2.0
//! The smallest runtime with this pallet.

use crate as pallet_registry;
use crate::ChargeSponsor;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	derive_impl,
	dispatch::GetDispatchInfo,
	pallet_prelude::{TransactionSource, Weight},
	parameter_types,
	traits::{
		fungible::HoldConsideration, ConstU16, ConstU32, ConstU64, Footprint, Hooks,
		InstanceFilter, LinearStoragePrice,
	},
};
use frame_system::EnsureRoot;
use salus_primitives::{EncryptionKey, Moment, Role, Suite};
use scale_info::TypeInfo;
use sp_runtime::{
	generic, impl_tx_ext_default, testing,
	traits::{
		BlakeTwo256, DispatchInfoOf, DispatchTransaction, IdentityLookup, Implication,
		TransactionExtension, ValidateResult,
	},
	transaction_validity::InvalidTransaction,
	ApplyExtrinsicResult, BuildStorage, Perbill,
};

pub(crate) const PATIENT: u64 = 1;
pub(crate) const CLINICIAN: u64 = 2;
pub(crate) const REGISTRAR: u64 = 3;
pub(crate) const OTHER_REGISTRAR: u64 = 4;
pub(crate) const SPONSOR: u64 = 5;
pub(crate) const OTHER_SPONSOR: u64 = 6;
pub(crate) const GUARDIAN: u64 = 7;
pub(crate) const STRANGER: u64 = 9;
/// Where fees go.
pub(crate) const POT: u64 = 90;

pub(crate) const MAX_KEYS: u32 = 4;
pub(crate) const NOW: Moment = 1_000_000;
pub(crate) const MAX_DURATION: Moment = 10_000;
pub(crate) const MAX_GUARDIANSHIP: Moment = 50_000;
pub(crate) const MAX_GUARDIANS: u32 = 2;
pub(crate) const MAX_ADMITTED: u32 = 200_000;
pub(crate) const ACCOUNT_DAILY_CALLS: u16 = 3;
pub(crate) const SPONSOR_DAILY_CALLS: u32 = 1_000;
pub(crate) const CALL_PRICE: u64 = 10;
pub(crate) const DAY: Moment = 86_400_000;
/// What a funded account has.
pub(crate) const BALANCE: u64 = 1_000_000_000;

/// What a transaction passes here: the nonce, and a fee that a sponsor may pay.
pub(crate) type Extensions = (
	frame_system::CheckNonce<Test>,
	pallet_registry::ChargeSponsor<Test>,
	pallet_skip_feeless_payment::SkipCheckIfFeeless<Test, Fee>,
);
type Extrinsic = testing::TestXt<RuntimeCall, Extensions>;
type Block = generic::Block<generic::Header<u64, BlakeTwo256>, Extrinsic>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Timestamp: pallet_timestamp,
		Balances: pallet_balances,
		SkipFeeless: pallet_skip_feeless_payment,
		Registry: pallet_registry,
	}
);

parameter_types! {
	pub BlockWeights: frame_system::limits::BlockWeights =
		frame_system::limits::BlockWeights::simple_max(Weight::from_parts(30_000_000_000, 5_000_000));
	pub const Base: u64 = 100;
	pub const PerByte: u64 = 1;
	pub const ParticipantReason: RuntimeHoldReason =
		RuntimeHoldReason::Registry(pallet_registry::HoldReason::Participant);
	pub const FeeDestination: u64 = POT;
	pub const SponsorBlockShare: Perbill = Perbill::from_percent(5);
	pub const BlockShare: Perbill = Perbill::from_percent(25);
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type AccountData = pallet_balances::AccountData<u64>;
	type Block = Block;
	type BlockWeights = BlockWeights;
	type Lookup = IdentityLookup<u64>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
}

impl pallet_skip_feeless_payment::Config for Test {
	type RuntimeEvent = RuntimeEvent;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

impl pallet_registry::Config for Test {
	type Time = Timestamp;
	type RegistrarOrigin = EnsureRoot<u64>;
	type MaxKeys = ConstU32<MAX_KEYS>;
	type MaxCredentialDuration = ConstU64<MAX_DURATION>;
	type RuntimeCall = RuntimeCall;
	type RuntimeOrigin = RuntimeOrigin;
	type SubjectOrigin = pallet_registry::EnsureSubject<Self>;
	type GuardianScope = Scope;
	type MaxGuardians = ConstU32<MAX_GUARDIANS>;
	type MaxGuardianship = ConstU64<MAX_GUARDIANSHIP>;
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Consideration = HoldConsideration<
		u64,
		Balances,
		ParticipantReason,
		LinearStoragePrice<Base, PerByte, u64>,
		Footprint,
	>;
	type CallPrice = ConstU64<CALL_PRICE>;
	type FeeDestination = FeeDestination;
	type MinPool = ConstU32<10>;
	type MaxAdmitted = ConstU32<MAX_ADMITTED>;
	type AccountDailyCalls = ConstU16<ACCOUNT_DAILY_CALLS>;
	type SponsorDailyCalls = ConstU32<SPONSOR_DAILY_CALLS>;
	type SponsorBlockShare = SponsorBlockShare;
	type BlockShare = BlockShare;
	type WeightInfo = ();
}

/// What a guardian may do here.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Scope {
	/// Everything for which there is a domain origin.
	#[default]
	All,
	/// Keys only.
	Keys,
}

impl InstanceFilter<RuntimeCall> for Scope {
	fn filter(&self, call: &RuntimeCall) -> bool {
		match self {
			Self::All => matches!(call, RuntimeCall::Registry(_)),
			Self::Keys => {
				matches!(call, RuntimeCall::Registry(pallet_registry::Call::rotate_key { .. }))
			},
		}
	}
}

/// A payment that nobody here can afford, as for an account without tokens.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Fee;

impl TransactionExtension<RuntimeCall> for Fee {
	const IDENTIFIER: &'static str = "Fee";
	type Implicit = ();
	type Val = ();
	type Pre = ();

	fn weight(&self, _: &RuntimeCall) -> Weight {
		Weight::zero()
	}

	fn validate(
		&self,
		_: RuntimeOrigin,
		_: &RuntimeCall,
		_: &DispatchInfoOf<RuntimeCall>,
		_: usize,
		(): (),
		_: &impl Implication,
		_: TransactionSource,
	) -> ValidateResult<(), RuntimeCall> {
		Err(InvalidTransaction::Payment.into())
	}

	impl_tx_ext_default!(RuntimeCall; prepare);
}

/// Applies a signed transaction as a block does.
pub(crate) fn apply(who: u64, call: impl Into<RuntimeCall>) -> ApplyExtrinsicResult {
	let call = call.into();
	let nonce = System::account_nonce(who);
	let extensions: Extensions =
		(frame_system::CheckNonce::from(nonce), ChargeSponsor::new(), Fee.into());
	let info = RuntimeCall::get_dispatch_info(&call);
	let result = extensions.dispatch_transaction(RuntimeOrigin::signed(who), call, &info, 0, 0)?;
	Ok(result.map(|_| ()).map_err(|error| error.error))
}

/// Ends the block and begins the next.
pub(crate) fn next_block() {
	let block = System::block_number();
	Registry::on_finalize(block);
	System::set_block_number(block + 1);
	Registry::on_initialize(block + 1);
}

/// Takes time on.
pub(crate) fn pass(time: Moment) {
	Timestamp::set_timestamp(pallet_timestamp::Now::<Test>::get() + time);
}

/// A key that differs from those of other bytes.
pub(crate) fn key(byte: u8) -> EncryptionKey {
	EncryptionKey::new(Suite::X25519, &[byte; 32]).unwrap()
}

/// The events of this pallet since the last call.
pub(crate) fn events() -> Vec<pallet_registry::Event<Test>> {
	let events = System::read_events_for_pallet();
	System::reset_events();
	events
}

#[derive(Default)]
pub(crate) struct ExtBuilder {
	participants: Vec<(u64, Role, EncryptionKey)>,
	credentials: Vec<(u64, u64, Moment)>,
}

impl ExtBuilder {
	/// A patient, a clinician and two registrars.
	pub(crate) fn with_everybody() -> Self {
		Self::default()
			.with(PATIENT, Role::Patient)
			.with(CLINICIAN, Role::Clinician)
			.with(REGISTRAR, Role::Registrar)
			.with(OTHER_REGISTRAR, Role::Registrar)
	}

	pub(crate) fn with(mut self, who: u64, role: Role) -> Self {
		self.participants.push((who, role, key(who as u8)));
		self
	}

	pub(crate) fn with_credential(mut self, who: u64, registrar: u64, expires_at: Moment) -> Self {
		self.credentials.push((who, registrar, expires_at));
		self
	}

	pub(crate) fn build(self) -> sp_io::TestExternalities {
		let storage = RuntimeGenesisConfig {
			balances: pallet_balances::GenesisConfig {
				balances: [CLINICIAN, REGISTRAR, SPONSOR, OTHER_SPONSOR, GUARDIAN, POT]
					.map(|who| (who, BALANCE))
					.into(),
				..Default::default()
			},
			registry: pallet_registry::GenesisConfig {
				participants: self.participants,
				credentials: self.credentials,
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

	pub(crate) fn build_and_execute(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			test();
			Registry::do_try_state().unwrap();
		});
	}
}
