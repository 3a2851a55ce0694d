// SPDX-License-Identifier: Apache-2.0
//! A development network on this machine: one node, the content store, three custodians.

mod committee;
mod lock;
mod ports;
mod process;
mod start;
mod state;

pub(crate) use lock::NetworkLock;
pub(crate) use process::stop_process;
pub(crate) use start::{locate_chain_spec, locate_node, start, Options, Phase};
pub(crate) use state::{Health, Network, Service, ServiceName};
