// SPDX-License-Identifier: Apache-2.0
//! The benchmarks that `scripts/weights` runs.

use crate::{AllPalletsWithSystem, Runtime};
use alloc::{string::String, vec::Vec};
use frame_benchmarking::{BenchmarkBatch, BenchmarkConfig, BenchmarkList};
use frame_support::traits::{StorageInfo, StorageInfoTrait, WhitelistedStorageKeys};

frame_benchmarking::define_benchmarks!(
	[pallet_access, crate::Access]
	[pallet_audit, crate::Audit]
	[pallet_balances, crate::Balances]
	[pallet_consent, crate::Consent]
	[pallet_custody, crate::Custody]
	[pallet_market, crate::Market]
	[pallet_nfts, crate::Nfts]
	[pallet_records, crate::Records]
	[pallet_registry, crate::Registry]
);

pub(crate) fn metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
	let mut list = Vec::<BenchmarkList>::new();
	list_benchmarks!(list, extra);
	(list, AllPalletsWithSystem::storage_info())
}

pub(crate) fn dispatch(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
	let whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
	let mut batches = Vec::<BenchmarkBatch>::new();
	let params = (&config, &whitelist);
	add_benchmarks!(params, batches);
	Ok(batches)
}
