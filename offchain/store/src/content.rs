// SPDX-License-Identifier: Apache-2.0
//! Reading content out of blocks, without trusting where they come from.

use crate::{
	unixfs::{Child, Node, MAX_CONTENT, MAX_DEPTH},
	BlockStore, Error, Result,
};
use bytes::Bytes;
use futures::{
	stream::{self, BoxStream},
	Stream, StreamExt, TryStreamExt,
};
use salus_primitives::ContentId;
use std::{
	fmt,
	ops::Range,
	pin::Pin,
	sync::Arc,
	task::{Context, Poll},
};
use tokio::io::AsyncRead;
use tokio_util::io::StreamReader;

/// Content, or a part of it, as a stream of verified bytes.
pub struct Content {
	size: u64,
	range: Range<u64>,
	stream: BoxStream<'static, Result<Bytes>>,
}

impl Content {
	/// The length of the whole content in bytes, as the root of its tree says. Every block that is
	/// read is checked against it.
	pub const fn size(&self) -> u64 {
		self.size
	}

	/// The part that is read.
	pub fn range(&self) -> Range<u64> {
		self.range.clone()
	}

	/// The bytes as a reader. `Error::from` restores the error of this crate from what it reports.
	pub fn into_reader(self) -> impl AsyncRead + Send + Unpin {
		StreamReader::new(self.stream.map_err(std::io::Error::from))
	}

	/// The bytes in memory, if there are at most `limit`.
	///
	/// # Errors
	/// When there are more, or a block is missing or damaged.
	pub async fn into_bytes(mut self, limit: usize) -> Result<Vec<u8>> {
		let mut bytes = Vec::new();
		while let Some(part) = self.stream.try_next().await? {
			if bytes.len().saturating_add(part.len()) > limit {
				return Err(Error::MaxContentExceeded { limit: limit as u64 });
			}
			bytes.extend_from_slice(&part);
		}
		Ok(bytes)
	}

	/// Opens content whose blocks are in `blocks`.
	pub(crate) async fn open(
		blocks: Arc<dyn BlockStore>,
		id: ContentId,
		range: Option<Range<u64>>,
	) -> Result<Self> {
		let root = Node::decode(&id, blocks.get_block(&id).await?)?;
		let size = root.size();
		if size > MAX_CONTENT {
			return Err(Error::MaxContentExceeded { limit: MAX_CONTENT });
		}
		let range = range.unwrap_or(0..size);
		if range.start > range.end || range.end > size {
			return Err(Error::InvalidRange { start: range.start, end: range.end, size });
		}
		let walk = Walk {
			blocks,
			range: range.clone(),
			root: Some(root),
			pending: vec![Pending { child: Child { id, size }, at: 0, depth: 0 }],
		};
		let stream = stream::try_unfold(walk, |mut walk| async move {
			Ok(walk.next().await?.map(|bytes| (bytes, walk)))
		});
		Ok(Self { size, range, stream: stream.boxed() })
	}
}

impl Stream for Content {
	type Item = Result<Bytes>;

	fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
		self.stream.poll_next_unpin(cx)
	}
}

impl fmt::Debug for Content {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Content")
			.field("size", &self.size)
			.field("range", &self.range)
			.finish_non_exhaustive()
	}
}

/// Goes through a tree from left to right. Holds one block and at most `MAX_DEPTH` branches.
struct Walk {
	blocks: Arc<dyn BlockStore>,
	range: Range<u64>,
	root: Option<Node>,
	pending: Vec<Pending>,
}

struct Pending {
	child: Child,
	at: u64,
	depth: usize,
}

impl Walk {
	async fn next(&mut self) -> Result<Option<Bytes>> {
		while let Some(Pending { child, at, depth }) = self.pending.pop() {
			let end = at.saturating_add(child.size);
			if end <= self.range.start || at >= self.range.end {
				continue;
			}
			let corrupt = |reason| Error::Corrupt { id: child.id.into(), reason };
			let node = match self.root.take() {
				Some(root) => root,
				None => Node::decode(&child.id, self.blocks.get_block(&child.id).await?)?,
			};
			if node.size() != child.size {
				return Err(corrupt("it has another size than the branch above it says"));
			}
			match node {
				Node::Leaf(bytes) => {
					let within = |position: u64| {
						let offset = position.clamp(at, end).saturating_sub(at);
						usize::try_from(offset).unwrap_or(usize::MAX)
					};
					let (from, to) = (within(self.range.start), within(self.range.end));
					if from < to && to <= bytes.len() {
						return Ok(Some(bytes.slice(from..to)));
					}
				},
				Node::Branch { children, .. } => {
					if depth >= MAX_DEPTH {
						return Err(corrupt("its tree is too deep"));
					}
					let mut at = end;
					for child in children.into_iter().rev() {
						at = at.saturating_sub(child.size);
						self.pending.push(Pending { child, at, depth: depth.saturating_add(1) });
					}
				},
			}
		}
		Ok(None)
	}
}
