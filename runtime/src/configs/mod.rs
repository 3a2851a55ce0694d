// SPDX-License-Identifier: Apache-2.0
//! How the pallets are configured, one file per topic.

mod assets;
mod collators;
mod consensus;
mod custody;
mod domain;
mod fees;
mod governance;
mod market;
mod messaging;
#[cfg(feature = "runtime-benchmarks")]
mod nfts;
mod parameters;
mod recovery;
mod system;
mod utilities;
mod workers;

pub use assets::{AssetId, Currency};
pub use consensus::ConsensusHook;
pub use domain::GuardianScope;
pub use governance::{CouncilCollective, MostOfCouncil, TwoThirdsOfCouncil};
pub use market::{MarketPalletId, TreasuryAccount};
pub use messaging::{LocationToAccountId, XcmConfig, XcmRouter};
pub use parameters::{
	dynamic_params, RuntimeParameters, RuntimeParametersKey, RuntimeParametersValue,
};
pub use system::{RuntimeBlockLength, RuntimeBlockWeights};
pub use utilities::ProxyType;
