// SPDX-License-Identifier: Apache-2.0
//! Batches, shared accounts and delegates.

use crate::{
	constants::currency::deposit, Balance, Balances, OriginCaller, Runtime, RuntimeCall,
	RuntimeEvent, System,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	parameter_types,
	traits::{ConstU32, InstanceFilter},
};
use scale_info::TypeInfo;
use sp_runtime::traits::BlakeTwo256;

parameter_types! {
	/// One entry: key of 32 bytes, value of 4 + 4 + 16 + 32 bytes.
	pub const MultisigDepositBase: Balance = deposit(1, 88);
	/// One signatory more.
	pub const MultisigDepositFactor: Balance = deposit(0, 32);
	/// One entry for an account that has proxies.
	pub const ProxyDepositBase: Balance = deposit(1, 40);
	/// One proxy more.
	pub const ProxyDepositFactor: Balance = deposit(0, 33);
	/// One entry for an account that has announcements.
	pub const AnnouncementDepositBase: Balance = deposit(1, 48);
	/// One announcement more.
	pub const AnnouncementDepositFactor: Balance = deposit(0, 66);
}

/// What a delegate may do.
///
/// No type moves funds, and no type stands for a guardian: guardians act through an origin of their
/// own that records whom they act for and ends by itself.
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
pub enum ProxyType {
	/// Turn down announcements of other delegates.
	#[default]
	#[codec(index = 0)]
	CancelProxy,
	/// Anchor, revise and retire records.
	#[codec(index = 1)]
	Records,
	/// Grant and revoke consents.
	#[codec(index = 2)]
	Consents,
	/// Open records under a consent.
	#[codec(index = 3)]
	Access,
}

impl InstanceFilter<RuntimeCall> for ProxyType {
	fn filter(&self, call: &RuntimeCall) -> bool {
		use pallet_access::Call::{open, open_delegated, renounce};
		use pallet_consent::Call::authorise_sale;

		match self {
			Self::CancelProxy => {
				matches!(call, RuntimeCall::Proxy(pallet_proxy::Call::reject_announcement { .. }))
			},
			Self::Records => matches!(call, RuntimeCall::Records(_)),
			Self::Consents => match call {
				// It would sell.
				RuntimeCall::Consent(call) => !matches!(call, authorise_sale { .. }),
				_ => false,
			},
			Self::Access => matches!(
				call,
				RuntimeCall::Access(open { .. } | open_delegated { .. } | renounce { .. })
			),
		}
	}

	fn is_superset(&self, other: &Self) -> bool {
		self == other
	}
}

impl pallet_utility::Config for Runtime {
	type PalletsOrigin = OriginCaller;
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_utility::weights::SubstrateWeight<Runtime>;
}

impl pallet_multisig::Config for Runtime {
	type BlockNumberProvider = System;
	type Currency = Balances;
	type DepositBase = MultisigDepositBase;
	type DepositFactor = MultisigDepositFactor;
	type MaxSignatories = ConstU32<100>;
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_multisig::weights::SubstrateWeight<Runtime>;
}

impl pallet_proxy::Config for Runtime {
	type AnnouncementDepositBase = AnnouncementDepositBase;
	type AnnouncementDepositFactor = AnnouncementDepositFactor;
	type BlockNumberProvider = System;
	type CallHasher = BlakeTwo256;
	type Currency = Balances;
	type MaxPending = ConstU32<32>;
	type MaxProxies = ConstU32<32>;
	type ProxyDepositBase = ProxyDepositBase;
	type ProxyDepositFactor = ProxyDepositFactor;
	type ProxyType = ProxyType;
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_proxy::weights::SubstrateWeight<Runtime>;
}
