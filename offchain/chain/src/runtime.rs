// SPDX-License-Identifier: Apache-2.0
//! What the runtime offers, generated from its metadata.

// Generated code follows its own rules.
#![allow(elided_lifetimes_in_paths, missing_debug_implementations, unreachable_pub)]

#[subxt::subxt(
	runtime_metadata_path = "metadata.scale",
	substitute_type(path = "sp_core::crypto::AccountId32", with = "crate::AccountId"),
	substitute_type(
		path = "salus_primitives::ids::RecordId",
		with = "::subxt::utils::Static<::salus_primitives::RecordId>"
	),
	substitute_type(
		path = "salus_primitives::ids::ConsentId",
		with = "::subxt::utils::Static<::salus_primitives::ConsentId>"
	),
	substitute_type(
		path = "salus_primitives::ids::TicketId",
		with = "::subxt::utils::Static<::salus_primitives::TicketId>"
	),
	substitute_type(
		path = "salus_primitives::ids::EmergencyId",
		with = "::subxt::utils::Static<::salus_primitives::EmergencyId>"
	),
	substitute_type(
		path = "salus_primitives::market::SaleId",
		with = "::subxt::utils::Static<::salus_primitives::SaleId>"
	),
	substitute_type(
		path = "salus_primitives::market::ListingId",
		with = "::subxt::utils::Static<::salus_primitives::ListingId>"
	),
	substitute_type(
		path = "salus_primitives::market::OfferId",
		with = "::subxt::utils::Static<::salus_primitives::OfferId>"
	),
	substitute_type(
		path = "salus_primitives::category::Category",
		with = "::subxt::utils::Static<::salus_primitives::Category>"
	),
	substitute_type(
		path = "salus_primitives::purpose::PurposeOfUse",
		with = "::subxt::utils::Static<::salus_primitives::PurposeOfUse>"
	),
	substitute_type(
		path = "salus_primitives::consent::Basis",
		with = "::subxt::utils::Static<::salus_primitives::Basis>"
	),
	substitute_type(
		path = "salus_primitives::commitment::Commitment",
		with = "::subxt::utils::Static<::salus_primitives::Commitment>"
	),
	substitute_type(
		path = "salus_primitives::content_id::ContentId",
		with = "::subxt::utils::Static<::salus_primitives::ContentId>"
	),
	substitute_type(
		path = "salus_primitives::encryption::EncryptionKey",
		with = "::subxt::utils::Static<::salus_primitives::EncryptionKey>"
	),
	substitute_type(
		path = "salus_primitives::role::Role",
		with = "::subxt::utils::Static<::salus_primitives::Role>"
	),
	substitute_type(
		path = "salus_primitives::time::Window",
		with = "::subxt::utils::Static<::salus_primitives::Window>"
	),
	substitute_type(
		path = "salus_primitives::audit::Refusal",
		with = "::subxt::utils::Static<::salus_primitives::audit::Refusal>"
	),
	substitute_type(
		path = "salus_primitives::audit::ChainHash",
		with = "::subxt::utils::Static<::salus_primitives::audit::ChainHash>"
	),
	substitute_type(
		path = "salus_primitives::audit::AuditEntry<A>",
		with = "::subxt::utils::Static<::salus_primitives::audit::AuditEntry<A>>"
	),
	substitute_type(
		path = "salus_primitives::audit::TrailHead",
		with = "::subxt::utils::Static<::salus_primitives::audit::TrailHead>"
	),
	substitute_type(
		path = "salus_primitives::batch::Batch",
		with = "::subxt::utils::Static<::salus_primitives::batch::Batch>"
	),
	substitute_type(
		path = "salus_primitives::custody::EpochId",
		with = "::subxt::utils::Static<::salus_primitives::custody::EpochId>"
	),
	substitute_type(
		path = "salus_primitives::custody::Seat",
		with = "::subxt::utils::Static<::salus_primitives::custody::Seat>"
	),
	substitute_type(
		path = "salus_primitives::custody::Seats",
		with = "::subxt::utils::Static<::salus_primitives::custody::Seats>"
	),
	substitute_type(
		path = "salus_primitives::custody::DealingDigest",
		with = "::subxt::utils::Static<::salus_primitives::custody::DealingDigest>"
	),
	substitute_type(
		path = "salus_primitives::custody::Answer",
		with = "::subxt::utils::Static<::salus_primitives::custody::Answer>"
	),
	substitute_type(
		path = "salus_primitives::custody::CustodianRefusal",
		with = "::subxt::utils::Static<::salus_primitives::custody::CustodianRefusal>"
	),
	substitute_type(
		path = "salus_policy::terms::Terms",
		with = "::subxt::utils::Static<::salus_policy::Terms>"
	),
	substitute_type(
		path = "salus_policy::request::Request",
		with = "::subxt::utils::Static<::salus_policy::Request>"
	)
)]
pub mod api {}

// The macro reads the file without telling the compiler: this makes a change of it count.
const _: &[u8] = include_bytes!("../metadata.scale");

/// The runtime without a node, for tests.
#[cfg(test)]
pub(crate) fn offline() -> subxt::client::OfflineClientAtBlock<subxt::SubstrateConfig> {
	use codec::Decode;
	use std::sync::Arc;
	use subxt::{config::substrate::SpecVersionForRange, Metadata, OfflineClient, SubstrateConfig};

	let metadata = Metadata::decode(&mut &include_bytes!("../metadata.scale")[..]).unwrap();
	let versions =
		SpecVersionForRange { block_range: 0..u64::MAX, spec_version: 1, transaction_version: 1 };
	let config = SubstrateConfig::builder()
		.set_metadata_for_spec_versions([(1, Arc::new(metadata))])
		.set_spec_version_for_block_ranges([versions])
		.set_genesis_hash([7; 32].into())
		.build();
	OfflineClient::new_with_config(config).at_block(0u64).unwrap()
}
