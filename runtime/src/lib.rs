// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "256"]
// The macros that make the runtime, its APIs and its binary document none of their public items.
#![allow(missing_docs)]
// Configuration reads as a table: every line names the runtime in the same way.
#![allow(clippy::use_self)]
#![cfg_attr(
	not(any(test, feature = "runtime-benchmarks")),
	deny(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)
)]

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

extern crate alloc;

pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
pub mod configs;
pub mod constants;
mod genesis_config_presets;
mod weights;

pub use genesis_config_presets::{NamedAccount, NAMED_ACCOUNTS};

use alloc::vec::Vec;
use sp_runtime::{
	generic, impl_opaque_keys,
	traits::{BlakeTwo256, IdentifyAccount, Verify},
	MultiAddress, MultiSignature,
};
use sp_version::RuntimeVersion;

/// How transactions are signed: by any key a wallet has.
pub type Signature = MultiSignature;
/// Accounts: 32 bytes, what wallets show in SS58.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// How transactions name accounts.
pub type Address = MultiAddress<AccountId, ()>;
/// An amount of the native token, in its smallest unit (10⁻¹² SAL).
pub type Balance = u128;
/// How many transactions an account has sent.
pub type Nonce = u32;
/// A block's number.
pub type BlockNumber = u32;
/// A block's or transaction's hash.
pub type Hash = sp_core::H256;
/// A block's header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;

/// What is checked of a transaction before it is applied. All extensions of our own encode to no
/// bytes, so that stock wallets can sign; fees are paid in the native token or in an asset.
pub type TxExtension = cumulus_pallet_weight_reclaim::StorageWeightReclaim<
	Runtime,
	(
		frame_system::AuthorizeCall<Runtime>,
		frame_system::CheckNonZeroSender<Runtime>,
		frame_system::CheckSpecVersion<Runtime>,
		frame_system::CheckTxVersion<Runtime>,
		frame_system::CheckGenesis<Runtime>,
		frame_system::CheckEra<Runtime>,
		frame_system::CheckNonce<Runtime>,
		frame_system::CheckWeight<Runtime>,
		pallet_registry::ChargeSponsor<Runtime>,
		pallet_skip_feeless_payment::SkipCheckIfFeeless<
			Runtime,
			pallet_asset_tx_payment::ChargeAssetTxPayment<Runtime>,
		>,
		frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
	),
>;

/// A transaction as it travels.
pub type UncheckedExtrinsic =
	generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;

/// Runs blocks through the pallets.
pub type Executive = frame_executive::Executive<
	Runtime,
	Block,
	frame_system::ChainContext<Runtime>,
	Runtime,
	AllPalletsWithSystem,
>;

/// Storage migrations, in the order in which they run.
pub mod migrations {
	/// For the next release.
	pub type Unreleased = ();
	/// In every release.
	pub type Permanent = (pallet_xcm::migration::MigrateToLatestXcmVersion<crate::Runtime>,);
	/// Those that take several blocks.
	pub type MultiBlockMigrations =
		(pallet_consent::migration::ExceptDeniedPurposes<crate::Runtime>,);
	/// All that run in one block.
	pub type SingleBlockMigrations = (Unreleased, Permanent);
}

impl_opaque_keys! {
	/// The keys of a collator.
	pub struct SessionKeys {
		/// Authors blocks.
		pub aura: Aura,
	}
}

/// Which runtime this is. `spec_version` reads `a_bcd_efg`: major, minor, patch.
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: alloc::borrow::Cow::Borrowed("salus"),
	impl_name: alloc::borrow::Cow::Borrowed("salus"),
	authoring_version: 1,
	spec_version: 3_001,
	impl_version: 0,
	apis: apis::RUNTIME_API_VERSIONS,
	transaction_version: 4,
	system_version: 1,
};

#[frame_support::runtime]
mod runtime {
	/// The runtime: every pallet at its index. Indices have gaps and are never renumbered.
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Runtime;

	// System.
	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type ParachainSystem = cumulus_pallet_parachain_system;
	#[runtime::pallet_index(2)]
	pub type Timestamp = pallet_timestamp;
	#[runtime::pallet_index(3)]
	pub type ParachainInfo = parachain_info;
	#[runtime::pallet_index(4)]
	pub type WeightReclaim = cumulus_pallet_weight_reclaim;
	#[runtime::pallet_index(5)]
	pub type MultiBlockMigrations = pallet_migrations;

	// Money.
	#[runtime::pallet_index(10)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(11)]
	pub type TransactionPayment = pallet_transaction_payment;
	#[runtime::pallet_index(12)]
	pub type SkipFeelessPayment = pallet_skip_feeless_payment;
	#[runtime::pallet_index(13)]
	pub type Assets = pallet_assets;
	#[runtime::pallet_index(14)]
	pub type AssetsHolder = pallet_assets_holder;
	#[runtime::pallet_index(16)]
	pub type AssetRate = pallet_asset_rate;
	#[runtime::pallet_index(17)]
	pub type AssetTxPayment = pallet_asset_tx_payment;

	// Development and local networks only: the key is unset elsewhere, and then no call passes.
	#[runtime::pallet_index(15)]
	pub type Sudo = pallet_sudo;

	// Collators. The order of these five matters.
	#[runtime::pallet_index(20)]
	pub type Authorship = pallet_authorship;
	#[runtime::pallet_index(21)]
	pub type CollatorSelection = pallet_collator_selection;
	#[runtime::pallet_index(22)]
	pub type Session = pallet_session;
	#[runtime::pallet_index(23)]
	pub type Aura = pallet_aura;
	#[runtime::pallet_index(24)]
	pub type AuraExt = cumulus_pallet_aura_ext;

	// Messages from and to the relay chain and other parachains.
	#[runtime::pallet_index(30)]
	pub type XcmpQueue = cumulus_pallet_xcmp_queue;
	#[runtime::pallet_index(31)]
	pub type PolkadotXcm = pallet_xcm;
	#[runtime::pallet_index(32)]
	pub type CumulusXcm = cumulus_pallet_xcm;
	#[runtime::pallet_index(33)]
	pub type MessageQueue = pallet_message_queue;

	// Utilities.
	#[runtime::pallet_index(40)]
	pub type Utility = pallet_utility;
	#[runtime::pallet_index(41)]
	pub type Multisig = pallet_multisig;
	#[runtime::pallet_index(42)]
	pub type Proxy = pallet_proxy;
	#[runtime::pallet_index(43)]
	pub type Preimage = pallet_preimage;
	#[runtime::pallet_index(44)]
	pub type Scheduler = pallet_scheduler;
	#[runtime::pallet_index(45)]
	pub type Recovery = pallet_recovery;

	// Governance.
	#[runtime::pallet_index(50)]
	pub type Council = pallet_collective<Instance1>;
	#[runtime::pallet_index(51)]
	pub type CouncilMembers = pallet_membership<Instance1>;
	#[runtime::pallet_index(52)]
	pub type Parameters = pallet_parameters;

	// Health data.
	#[runtime::pallet_index(60)]
	pub type Registry = pallet_registry;
	#[runtime::pallet_index(61)]
	pub type Records = pallet_records;
	#[runtime::pallet_index(62)]
	pub type Consent = pallet_consent;
	#[runtime::pallet_index(63)]
	pub type Access = pallet_access;
	#[runtime::pallet_index(64)]
	pub type Audit = pallet_audit;
	#[runtime::pallet_index(65)]
	pub type Custody = pallet_custody;
	#[runtime::pallet_index(66)]
	pub type Market = pallet_market;

	// Only to be measured beside ours. The macro wants the crate even where the pallet is left out.
	#[cfg(feature = "runtime-benchmarks")]
	#[runtime::pallet_index(250)]
	pub type Nfts = pallet_nfts;
}

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarks::*;

cumulus_pallet_parachain_system::register_validate_block! {
	Runtime = Runtime,
	BlockExecutor = cumulus_pallet_aura_ext::BlockExecutor::<Runtime, Executive>,
}
