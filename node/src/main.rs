// SPDX-License-Identifier: GPL-3.0-only
//! `salus-node`: a collator, full node or development node of the Salus parachain.
//!
//! The node knows no crate of ours: the runtime reaches it as a chain specification, so that a new
//! runtime needs no new node, and the stock omni node can run this chain too.

mod weights;

use clap::Subcommand;
use polkadot_omni_node_lib::{
	chain_spec::{ChainSpec, DiskChainSpecLoader},
	extra_subcommand::{DefaultExtraSubcommands, ExtraSubcommand},
	run_with_custom_cli,
	runtime::{AuraConsensusId, BlockNumber, Consensus, Runtime, RuntimeResolver},
	CliConfig, RunConfig,
};

struct Salus;

impl CliConfig for Salus {
	fn impl_version() -> String {
		format!("{}-{}", env!("CARGO_PKG_VERSION"), env!("SUBSTRATE_CLI_COMMIT_HASH"))
	}

	fn author() -> String {
		env!("CARGO_PKG_AUTHORS").into()
	}

	fn support_url() -> String {
		concat!(env!("CARGO_PKG_REPOSITORY"), "/issues").into()
	}

	fn copyright_start_year() -> u16 {
		2026
	}
}

/// Every Salus chain counts blocks in 32 bits and signs them with sr25519 keys.
///
/// Reading the same two facts from the metadata, as a node for any chain has to, compiles the
/// runtime once more and so doubles the time of a start.
struct SalusRuntime;

impl RuntimeResolver for SalusRuntime {
	fn runtime(&self, _: &dyn ChainSpec) -> sc_cli::Result<Runtime> {
		Ok(Runtime::Omni(BlockNumber::U32, Consensus::Aura(AuraConsensusId::Sr25519)))
	}
}

/// The sub-commands beside those of every node.
#[derive(Debug, Subcommand)]
enum Extra {
	#[command(flatten)]
	Default(DefaultExtraSubcommands),
	/// Measure the weights of a runtime that was built with `runtime-benchmarks`.
	Weights(Box<weights::WeightsCmd>),
}

impl ExtraSubcommand for Extra {
	fn handle(self, config: &RunConfig) -> sc_cli::Result<()> {
		match self {
			Self::Default(command) => command.handle(config),
			Self::Weights(command) => command.run(),
		}
	}
}

fn main() -> sc_cli::Result<()> {
	run_with_custom_cli::<Salus, Extra>(RunConfig::new(
		Box::new(SalusRuntime),
		Box::new(DiskChainSpecLoader),
	))
}
