// SPDX-License-Identifier: Apache-2.0
//! How the pallets are configured, one file per topic.

mod collators;
mod consensus;
mod domain;
mod fees;
mod messaging;
mod system;
mod utilities;

pub use consensus::ConsensusHook;
pub use messaging::{LocationToAccountId, XcmConfig, XcmRouter};
pub use system::{RuntimeBlockLength, RuntimeBlockWeights};
pub use utilities::ProxyType;
