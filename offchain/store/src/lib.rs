// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
	not(test),
	deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)
)]

mod bitswap;
mod content;
mod content_id;
mod error;
mod hasher;
mod local;
mod node;
mod remote;
pub mod server;
mod traits;
mod unixfs;

pub use bitswap::Traffic;
pub use content::Content;
pub use content_id::{content_id_from_cid, content_id_to_cid, ContentIdText};
pub use error::{Error, Result};
pub use hasher::ContentHasher;
/// The addresses of peers.
pub use litep2p::{types::multiaddr::Multiaddr, PeerId};
pub use local::{Collected, LocalStore};
pub use node::{EmbeddedStore, NodeSettings};
pub use remote::RemoteStore;
pub use traits::{BlockStore, ContentStat, ContentStore, Store, Stored, Usage};
pub use unixfs::{CHUNK, MAX_BLOCK, MAX_CONTENT, WIDTH};
