// SPDX-License-Identifier: Apache-2.0
//! What a follower asks of a node.

use crate::{BlockHash, BlockId, BlockNumber, Client, Error, FinalizedBlock};
use futures::{stream::BoxStream, StreamExt};
use std::future::Future;

/// The numbers of finalised blocks as the node announces them: growing, with gaps.
pub(crate) type Heads = BoxStream<'static, Result<BlockNumber, Error>>;

/// Where finalised blocks come from.
pub(crate) trait FinalizedSource: Send + Sync + 'static {
	/// The newest finalised block.
	fn head(&self) -> impl Future<Output = Result<BlockId, Error>> + Send;

	/// Announcements of finalised blocks from now on.
	fn heads(&self) -> impl Future<Output = Result<Heads, Error>> + Send;

	/// The hash of the finalised block with this number.
	fn hash_at(&self, number: BlockNumber)
		-> impl Future<Output = Result<BlockHash, Error>> + Send;

	/// The block.
	fn block(&self, id: BlockId) -> impl Future<Output = Result<FinalizedBlock, Error>> + Send;
}

impl FinalizedSource for Client {
	async fn head(&self) -> Result<BlockId, Error> {
		Ok(self.state().await?.block())
	}

	async fn heads(&self) -> Result<Heads, Error> {
		let link = self.link().await?;
		let heads = link.rpc().chain_subscribe_finalized_heads().await?;
		Ok(heads.map(|head| Ok(head?.number)).boxed())
	}

	async fn hash_at(&self, number: BlockNumber) -> Result<BlockHash, Error> {
		let link = self.link().await?;
		let hash = link.rpc().chain_get_block_hash(Some(number.into())).await?;
		hash.map(BlockHash::from)
			.ok_or_else(|| Error::BlockUnavailable { block: number.to_string() })
	}

	async fn block(&self, id: BlockId) -> Result<FinalizedBlock, Error> {
		let state = self.state_at(id).await?;
		let (parent, time, events) =
			futures::try_join!(state.parent(), state.now(), state.events())?;
		Ok(FinalizedBlock { number: id.number, hash: id.hash, parent, time, events })
	}
}
