// SPDX-License-Identifier: Apache-2.0
//! How the pallets are configured, one file per topic.

mod collators;
mod consensus;
mod domain;
mod fees;
mod governance;
mod messaging;
mod parameters;
mod recovery;
mod system;
mod utilities;

pub use consensus::ConsensusHook;
pub use domain::GuardianScope;
pub use governance::{CouncilCollective, MostOfCouncil, TwoThirdsOfCouncil};
pub use messaging::{LocationToAccountId, XcmConfig, XcmRouter};
pub use parameters::{
	dynamic_params, RuntimeParameters, RuntimeParametersKey, RuntimeParametersValue,
};
pub use system::{RuntimeBlockLength, RuntimeBlockWeights};
pub use utilities::ProxyType;
