// SPDX-License-Identifier: GPL-3.0-only
//! `salus-node weights`: runs the benchmarks in a runtime's WASM file.
//!
//! The node's own `benchmark pallet` wants a node that was itself compiled for benchmarking. This
//! takes the runtime as a file, and the node as it is.

use cumulus_primitives_proof_size_hostfunction::storage_proof_size::HostFunctions;
use frame_benchmarking_cli::PalletCmd;
use sp_runtime::traits::BlakeTwo256;

/// The options of `benchmark pallet`.
#[derive(Debug, clap::Parser)]
pub(crate) struct WeightsCmd {
	#[command(flatten)]
	pallet: PalletCmd,
}

impl WeightsCmd {
	pub(crate) fn run(&self) -> sc_cli::Result<()> {
		self.pallet.run_with_spec::<BlakeTwo256, HostFunctions>(None)
	}
}
