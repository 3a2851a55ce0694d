// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
	not(test),
	deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)
)]

mod content;
mod content_id;
mod error;
mod hasher;
mod local;
mod remote;
pub mod server;
mod traits;
mod unixfs;

pub use content::Content;
pub use content_id::{content_id_from_cid, content_id_to_cid, ContentIdText};
pub use error::{Error, Result};
pub use hasher::ContentHasher;
pub use local::{Collected, LocalStore};
pub use remote::RemoteStore;
pub use traits::{BlockStore, ContentStat, ContentStore, Store, Stored, Usage};
pub use unixfs::{CHUNK, MAX_BLOCK, MAX_CONTENT, WIDTH};
