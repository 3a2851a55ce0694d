// SPDX-License-Identifier: Apache-2.0
//! What every store can do.

use crate::{Content, Result};
use async_trait::async_trait;
use bytes::Bytes;
use salus_primitives::ContentId;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use tokio::io::AsyncRead;

/// What was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
	/// The identifier of the content: of its one block, or of the root of its tree.
	pub id: ContentId,
	/// The length of the content in bytes.
	pub size: u64,
	/// How many blocks the content has, the ones of its tree included.
	pub blocks: u64,
}

/// What a store knows about content that it holds completely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentStat {
	/// The length of the content in bytes.
	pub size: u64,
	/// How many different blocks the content has.
	pub blocks: u64,
	/// How often the content is pinned.
	pub pins: u64,
}

/// What a store holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
	/// The number of blocks.
	pub blocks: u64,
	/// Their bytes.
	pub bytes: u64,
	/// The number of pinned contents.
	pub pins: u64,
}

/// Storage of single blocks.
#[async_trait]
pub trait BlockStore: Send + Sync {
	/// The block that `id` names. Its digest has been verified.
	async fn get_block(&self, id: &ContentId) -> Result<Bytes>;

	/// Stores a block, after verifying that `id` names it.
	async fn put_block(&self, id: &ContentId, block: Bytes) -> Result<()>;

	/// Whether the store has the block.
	async fn has_block(&self, id: &ContentId) -> Result<bool>;

	/// Deletes a block, pinned or not: what is erased must be gone. Deleting what is not there is
	/// no error.
	async fn delete_block(&self, id: &ContentId) -> Result<()>;
}

/// Storage of content of any length.
#[async_trait]
pub trait ContentStore: Send + Sync {
	/// Stores content and pins it once. Same bytes, same identifier, in every store.
	///
	/// The pin is visible only when all of the content is stored durably. What an interrupted `put`
	/// leaves behind is unpinned and harmless.
	async fn put(&self, content: &mut (dyn AsyncRead + Send + Unpin)) -> Result<Stored>;

	/// The content, or a part of it. Every block is verified before any of its bytes is handed out.
	async fn get(&self, id: &ContentId, range: Option<Range<u64>>) -> Result<Content>;

	/// Whether the store holds the content completely.
	async fn has(&self, id: &ContentId) -> Result<bool>;

	/// Adds a pin and returns how many there are now. The store must hold the content completely.
	async fn pin(&self, id: &ContentId) -> Result<u64>;

	/// Takes a pin away and returns how many are left. Content without a pin may be collected.
	async fn unpin(&self, id: &ContentId) -> Result<u64>;

	/// What the store knows about content that it holds completely.
	async fn stat(&self, id: &ContentId) -> Result<ContentStat>;

	/// What the store holds.
	async fn usage(&self) -> Result<Usage>;
}

/// Both of it.
pub trait Store: BlockStore + ContentStore {}

impl<S: BlockStore + ContentStore + ?Sized> Store for S {}
