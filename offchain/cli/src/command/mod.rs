// SPDX-License-Identifier: Apache-2.0
//! The commands, one file each.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod consents;
pub(crate) mod demo;
pub(crate) mod deny;
pub(crate) mod doctor;
pub(crate) mod emergency;
pub(crate) mod ingest;
pub(crate) mod measure;
pub(crate) mod open;
pub(crate) mod records;
pub(crate) mod reset;
pub(crate) mod revoke;
pub(crate) mod sample;
pub(crate) mod service;
pub(crate) mod share;
pub(crate) mod status;
pub(crate) mod stop;
pub(crate) mod up;

use crate::{home::Home, output::Output};
use std::path::PathBuf;

/// What every command needs to know.
#[derive(Debug)]
pub(crate) struct Context {
	pub(crate) home: Home,
	pub(crate) output: Output,
	pub(crate) passphrase_file: Option<PathBuf>,
}
