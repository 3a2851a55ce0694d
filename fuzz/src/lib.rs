// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod chain;
mod crypto;
mod custody;
mod deid;
mod ingest;
mod mdf;
mod messages;
mod recovery;
mod runtime;
mod store;

/// One thing that reads bytes from outside.
#[derive(Clone, Copy, Debug)]
pub struct Target {
	/// Its name: that of its corpus and of its fuzzer.
	pub name: &'static str,
	/// Takes any bytes; panics when a promise is broken.
	pub run: fn(&[u8]),
}

/// Every target.
pub const TARGETS: &[Target] = &[
	Target { name: "capsule", run: crypto::capsule },
	Target { name: "content_id", run: store::content_id },
	Target { name: "custody", run: custody::custody },
	Target { name: "deid", run: deid::deid },
	Target { name: "disclosure", run: deid::disclosure },
	Target { name: "document", run: crypto::document },
	Target { name: "envelope", run: crypto::envelope },
	Target { name: "extrinsic", run: runtime::extrinsic },
	Target { name: "ingest", run: ingest::ingest },
	Target { name: "keystore", run: crypto::keystore },
	Target { name: "messages", run: messages::messages },
	Target { name: "policy", run: chain::policy },
	Target { name: "recovery", run: recovery::recovery },
	Target { name: "segment", run: mdf::segment },
	Target { name: "trail", run: chain::trail },
];

/// Runs the target with this name.
///
/// # Panics
/// When there is none, or when a promise is broken.
pub fn run(name: &str, bytes: &[u8]) {
	let target = TARGETS.iter().find(|target| target.name == name);
	(target.unwrap_or_else(|| panic!("no target {name}")).run)(bytes);
}
