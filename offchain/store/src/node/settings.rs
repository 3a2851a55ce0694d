// SPDX-License-Identifier: Apache-2.0
//! What a node of the network is told before it starts.

use litep2p::types::multiaddr::Multiaddr;
use std::path::PathBuf;

/// How a store takes part in IPFS.
#[derive(Clone, Debug)]
pub struct NodeSettings {
	/// Where the node's key is kept. It is made when there is none.
	pub identity: PathBuf,
	/// Where the node listens, for example `/ip4/127.0.0.1/tcp/0`.
	pub listen: Vec<Multiaddr>,
	/// Where others reach it, when that is somewhere else.
	pub announce: Vec<Multiaddr>,
	/// Peers to connect to, each with its identifier at the end of its address.
	pub peers: Vec<Multiaddr>,
	/// Whether it takes part in the public network, where everybody sees which ciphertext it has.
	pub public: bool,
	/// The most connections that others open to it.
	pub max_incoming: usize,
	/// The most connections that it opens.
	pub max_outgoing: usize,
}

impl NodeSettings {
	/// A node of a private network that listens on `listen`.
	pub fn new(identity: impl Into<PathBuf>, listen: Multiaddr) -> Self {
		Self {
			identity: identity.into(),
			listen: vec![listen],
			announce: Vec::new(),
			peers: Vec::new(),
			public: false,
			max_incoming: 256,
			max_outgoing: 64,
		}
	}
}
