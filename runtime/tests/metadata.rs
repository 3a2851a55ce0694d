// SPDX-License-Identifier: Apache-2.0
//! What clients see of the runtime: metadata, extensions, and the file clients are compiled from.

use codec::{Decode, Encode};
use salus_runtime::{Runtime, TxExtension};
use sp_runtime::traits::TransactionExtension;
use std::{fs, path::PathBuf};

/// The version that the chain client is compiled from: the newest, with view functions.
const CLIENT_VERSION: u32 = 16;

fn client_file() -> PathBuf {
	PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../offchain/chain/metadata.scale")
}

fn metadata(version: u32) -> Vec<u8> {
	// Some constants are read from storage.
	let opaque = sp_io::TestExternalities::default()
		.execute_with(|| Runtime::metadata_at_version(version))
		.expect("the version is served");
	// The client wants what an RPC answer holds, without the wrapping of the runtime API.
	Vec::<u8>::decode(&mut &opaque.encode()[..]).expect("opaque metadata is bytes")
}

#[test]
fn the_versions_that_wallets_read_are_served() {
	let versions = Runtime::metadata_versions();
	for version in 14..=16 {
		assert!(versions.contains(&version), "V{version} is missing from {versions:?}");
	}
}

#[test]
fn the_client_is_compiled_from_this_runtime() {
	let current = metadata(CLIENT_VERSION);
	if std::env::var_os("SALUS_UPDATE_METADATA").is_some() {
		fs::write(client_file(), &current).unwrap();
	}
	let committed = fs::read(client_file()).unwrap_or_default();
	assert!(
		committed == current,
		"offchain/chain/metadata.scale is not this runtime's: run scripts/metadata and commit it"
	);
}

#[test]
fn stock_wallets_can_sign() {
	// Wallets know these extensions' bytes; whatever they do not know must have none.
	let known = [
		"CheckMortality",
		"CheckNonce",
		"ChargeAssetTxPayment",
		"CheckMetadataHash",
		"CheckSpecVersion",
		"CheckTxVersion",
		"CheckGenesis",
		"CheckNonZeroSender",
		"CheckWeight",
	];
	for extension in TxExtension::metadata() {
		if known.contains(&extension.identifier) {
			continue;
		}
		let registry = {
			let mut registry = scale_info::Registry::new();
			let ty = registry.register_type(&extension.ty);
			let implicit = registry.register_type(&extension.implicit);
			(scale_info::PortableRegistry::from(registry), ty.id, implicit.id)
		};
		for id in [registry.1, registry.2] {
			assert!(is_empty(&registry.0, id), "{} carries bytes", extension.identifier);
		}
	}
}

fn is_empty(types: &scale_info::PortableRegistry, id: u32) -> bool {
	use scale_info::TypeDef;
	match &types.resolve(id).expect("registered").type_def {
		TypeDef::Composite(composite) => {
			composite.fields.iter().all(|field| is_empty(types, field.ty.id))
		},
		TypeDef::Tuple(tuple) => tuple.fields.iter().all(|field| is_empty(types, field.id)),
		_ => false,
	}
}
