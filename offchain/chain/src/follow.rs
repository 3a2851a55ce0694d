// SPDX-License-Identifier: Apache-2.0
//! Every finalised block, once and in order.

use crate::{
	pace::Pace, source::FinalizedSource, BlockHash, BlockId, BlockNumber, Client, CursorStore,
	DomainEvent, Error,
};
use futures::{stream, Stream, StreamExt, TryStreamExt};
use salus_primitives::Moment;
use std::{
	fmt,
	pin::Pin,
	task::{Context, Poll},
};
use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

/// How many blocks wait for a slow reader before the follower stops fetching.
const QUEUE: usize = 64;
/// How many blocks are fetched at once while catching up.
const AT_ONCE: usize = 8;
/// A block that will never be undone, and what happened in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinalizedBlock {
	/// Its number.
	pub number: BlockNumber,
	/// Its hash.
	pub hash: BlockHash,
	/// The hash of the block before it.
	pub parent: BlockHash,
	/// Consensus time in it.
	pub time: Moment,
	/// The events of the health data pallets, in order.
	pub events: Vec<DomainEvent>,
}

impl FinalizedBlock {
	/// Its number and hash.
	pub const fn id(&self) -> BlockId {
		BlockId { number: self.number, hash: self.hash }
	}
}

/// Where a follower begins that has no cursor yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
	/// With the first block after genesis.
	Genesis,
	/// With the block of this number.
	Block(BlockNumber),
	/// With the block that is the newest finalised one when the follower begins.
	Newest,
}

/// The finalised blocks after the cursor in `store`, or from `start` on when it has none.
///
/// Blocks come without a gap and in order, each the child of the one before. A block counts as
/// processed, and the cursor moves to it, when the next one is asked for: a process that dies
/// meanwhile gets the block again, so processing has to be idempotent, or to keep the cursor in its
/// own transaction. The follower outlives disconnections and restarts of the node. It ends with an
/// error that no waiting mends, or without one when `stop` is cancelled.
pub fn follow(
	client: Client,
	store: impl CursorStore,
	start: Start,
	stop: CancellationToken,
) -> Follower {
	follow_source(client, store, start, stop, Pace::default())
}

/// The stream of [`follow`].
pub struct Follower {
	blocks: Pin<Box<dyn Stream<Item = Result<FinalizedBlock, Error>> + Send>>,
}

impl Stream for Follower {
	type Item = Result<FinalizedBlock, Error>;

	fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
		self.blocks.as_mut().poll_next(cx)
	}
}

impl fmt::Debug for Follower {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Follower").finish_non_exhaustive()
	}
}

/// The reader's half: moves the cursor, takes blocks from the queue.
struct Reader<C> {
	store: C,
	queue: mpsc::Receiver<Result<FinalizedBlock, Error>>,
	given: Option<BlockId>,
	stop: CancellationToken,
	// Fetches; ends when the reader does.
	_fetcher: AbortOnDropHandle<()>,
}

pub(crate) fn follow_source<S: FinalizedSource, C: CursorStore>(
	source: S,
	store: C,
	start: Start,
	stop: CancellationToken,
	pace: Pace,
) -> Follower {
	let blocks = stream::once(async move {
		let processed = store.load().await?;
		let (sender, queue) = mpsc::channel(QUEUE);
		let fetcher = Fetcher { source, start, last: processed, sender, stop: stop.clone(), pace };
		let fetcher = AbortOnDropHandle::new(tokio::spawn(fetcher.run()));
		let reader = Reader { store, queue, given: None, stop, _fetcher: fetcher };
		Ok::<_, Error>(stream::unfold(Some(reader), |reader| async {
			let mut reader = reader?;
			match reader.next().await? {
				Ok(block) => Some((Ok(block), Some(reader))),
				Err(error) => Some((Err(error), None)),
			}
		}))
	});
	Follower { blocks: Box::pin(blocks.try_flatten()) }
}

impl<C: CursorStore> Reader<C> {
	async fn next(&mut self) -> Option<Result<FinalizedBlock, Error>> {
		if let Some(processed) = self.given.take() {
			if let Err(error) = self.store.save(processed).await {
				return Some(Err(error));
			}
		}
		let block = tokio::select! {
			biased;
			() = self.stop.cancelled() => return None,
			block = self.queue.recv() => block?,
		};
		self.given = block.as_ref().ok().map(FinalizedBlock::id);
		Some(block)
	}
}

/// The node's half: finds out what is finalised and fetches it.
struct Fetcher<S> {
	source: S,
	start: Start,
	last: Option<BlockId>,
	sender: mpsc::Sender<Result<FinalizedBlock, Error>>,
	stop: CancellationToken,
	pace: Pace,
}

/// Nobody reads any more.
struct Unread;

impl<S: FinalizedSource> Fetcher<S> {
	async fn run(mut self) {
		let stop = self.stop.clone();
		tokio::select! {
			() = stop.cancelled() => {},
			() = self.run_to_the_end() => {},
		}
	}

	async fn run_to_the_end(&mut self) {
		let mut pauses = self.pace.pauses();
		loop {
			let before = self.last;
			let error = match self.session().await {
				Ok(Unread) => return,
				Err(error) => error,
			};
			if !error.is_retryable() {
				// Only a reader that has gone does not take it.
				let _ = self.sender.send(Err(error)).await;
				return;
			}
			if self.last != before {
				pauses = self.pace.pauses();
			}
			let pause = pauses.next().unwrap_or(self.pace.longest);
			tracing::warn!(
				code = error.code(),
				error = %error,
				last = self.last.map(|block| block.number),
				pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
				"following the chain is interrupted"
			);
			tokio::time::sleep(pause).await;
		}
	}

	/// Follows until something breaks.
	async fn session(&mut self) -> Result<Unread, Error> {
		// Before the head is read, so that nothing is finalised in between unseen.
		let mut heads = self.source.heads().await?;
		let head = self.source.head().await?;
		self.ensure_continues(head).await?;
		if let Some(Unread) = self.catch_up(head.number).await? {
			return Ok(Unread);
		}
		while let Some(head) = heads.next().await {
			if let Some(Unread) = self.catch_up(head?).await? {
				return Ok(Unread);
			}
		}
		Err(Error::ConnectionLost { cause: "the subscription to finalised blocks ended".into() })
	}

	/// Whether the node's chain goes on where we stopped.
	async fn ensure_continues(&self, head: BlockId) -> Result<(), Error> {
		let Some(last) = self.last else { return Ok(()) };
		if head.number < last.number {
			return Err(Error::NodeBehind { head: head.number, cursor: last.number });
		}
		match self.source.hash_at(last.number).await? {
			hash if hash == last.hash => Ok(()),
			_ => Err(Error::CursorDiverged { cursor: last }),
		}
	}

	/// Sends every block up to the finalised block `head`.
	async fn catch_up(&mut self, head: BlockNumber) -> Result<Option<Unread>, Error> {
		let first = match (self.last, self.start) {
			(Some(last), _) => last.number.saturating_add(1),
			(None, Start::Genesis) => 1,
			(None, Start::Block(number)) => number,
			(None, Start::Newest) => head,
		};
		let source = &self.source;
		let mut blocks = stream::iter(first..=head)
			.map(|number| async move {
				let hash = source.hash_at(number).await?;
				source.block(BlockId { number, hash }).await
			})
			.buffered(AT_ONCE);
		while let Some(block) = blocks.try_next().await? {
			if let Some(cursor) = self.last.filter(|last| last.hash != block.parent) {
				return Err(Error::CursorDiverged { cursor });
			}
			let id = block.id();
			if self.sender.send(Ok(block)).await.is_err() {
				return Ok(Some(Unread));
			}
			self.last = Some(id);
		}
		Ok(None)
	}
}

#[cfg(test)]
mod tests;
