// SPDX-License-Identifier: Apache-2.0
//! A store in one file of this machine.

mod database;
mod tables;

#[cfg(test)]
mod tests;

pub use tables::Collected;

use crate::{
	content_id::names, unixfs::Block, unixfs::Importer, BlockStore, Content, ContentStat,
	ContentStore, Error, Result, Stored, Usage, CHUNK, MAX_BLOCK,
};
use async_trait::async_trait;
use bytes::Bytes;
use database::{Database, Fault};
use redb::ReadableDatabase;
use salus_primitives::ContentId;
use std::{fmt, ops::Range, path::Path, sync::Arc};
use tables::{Read, Write};
use tokio::io::{AsyncRead, AsyncReadExt};

/// Content that is committed at once. A multiple of a chunk, and large enough that syncing the
/// disk is not what takes the time.
const BATCH: u64 = 8 * CHUNK as u64;

/// A store in one redb file. Cloning gives another handle of the same store.
///
/// One writer at a time: others wait in line before they take a thread. Reading never waits for
/// writing.
#[derive(Clone)]
pub struct LocalStore(Arc<Inner>);

struct Inner {
	database: Arc<Database>,
	writer: Arc<tokio::sync::Mutex<()>>,
	/// Shared while content is put, exclusive while garbage is collected: blocks of unfinished
	/// content have no pin yet.
	collecting: tokio::sync::RwLock<()>,
}

impl LocalStore {
	/// Opens the store in the file at `path`, or makes a new one.
	///
	/// # Errors
	/// When another process has it open, the file is damaged, or cannot be written.
	pub async fn open(path: impl AsRef<Path>) -> Result<Self> {
		let path = path.as_ref().to_owned();
		Self::with_database(move || Database::open_file(path)).await
	}

	async fn with_database(
		open: impl FnOnce() -> Result<Database> + Send + 'static,
	) -> Result<Self> {
		let database = blocking(move || {
			let database = open()?;
			database.with(tables::create)?;
			Ok(database)
		})
		.await?;
		Ok(Self(Arc::new(Inner {
			database: Arc::new(database),
			writer: Arc::default(),
			collecting: tokio::sync::RwLock::default(),
		})))
	}

	/// Deletes every block that no pin reaches, and reports what was deleted.
	///
	/// It waits for content that is being put, and content that comes later waits for it: put a time
	/// limit on sources that may be slow.
	///
	/// # Errors
	/// When a pinned tree is damaged: what it reached cannot be told from garbage.
	pub async fn collect_garbage(&self) -> Result<Collected> {
		let _alone = self.0.collecting.write().await;
		let collected = self.write(|tables| tables.collect()).await?;
		tracing::debug!(blocks = collected.blocks, bytes = collected.bytes, "garbage collected");
		Ok(collected)
	}

	/// The roots of all content that is pinned.
	///
	/// # Errors
	/// When the file cannot be read.
	pub async fn pinned(&self) -> Result<Vec<ContentId>> {
		self.read(Read::pinned).await
	}

	async fn read<T: Send + 'static>(
		&self,
		f: impl FnOnce(&Read) -> Result<T, Fault> + Send + 'static,
	) -> Result<T> {
		let database = Arc::clone(&self.0.database);
		blocking(move || database.with(|redb| f(&Read::open(&redb.begin_read()?)?))).await
	}

	/// Runs one write transaction. It is committed when `f` succeeds and leaves no trace when not,
	/// nor when this process dies in between.
	async fn write<T: Send + 'static>(
		&self,
		f: impl FnOnce(&mut Write<'_>) -> Result<T, Fault> + Send + 'static,
	) -> Result<T> {
		let turn = Arc::clone(&self.0.writer).lock_owned().await;
		let database = Arc::clone(&self.0.database);
		blocking(move || {
			// Held by the thread, not by the caller: a caller that gives up does not let the next
			// one in before the transaction is over.
			let _turn = turn;
			database.with(|redb| {
				let transaction = redb.begin_write()?;
				let value = f(&mut Write::open(&transaction)?)?;
				transaction.commit()?;
				Ok(value)
			})
		})
		.await
	}

	async fn put_from(&self, content: &mut (dyn AsyncRead + Send + Unpin)) -> Result<Stored> {
		let mut importer = Importer::new();
		loop {
			let mut batch = Vec::new();
			(&mut *content)
				.take(BATCH)
				.read_to_end(&mut batch)
				.await
				.map_err(|source| Error::Source { source })?;
			let last = (batch.len() as u64) < BATCH;
			let step = self.write(move |tables| {
				let mut blocks: Vec<Block> = Vec::new();
				importer.push(&batch, &mut blocks)?;
				let step = if last { Err(importer.finish(&mut blocks)?) } else { Ok(importer) };
				for block in &blocks {
					tables.insert(&block.id, &block.bytes)?;
				}
				// The pin is committed together with the last blocks, so it never points at
				// content that is not complete.
				if let Err(stored) = &step {
					tables.pin(&stored.id)?;
				}
				Ok(step)
			});
			match step.await? {
				Ok(unfinished) => importer = unfinished,
				Err(stored) => return Ok(stored),
			}
		}
	}
}

impl fmt::Debug for LocalStore {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("LocalStore").field("path", &self.0.database.path()).finish()
	}
}

async fn blocking<T: Send + 'static>(f: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
	tokio::task::spawn_blocking(f)
		.await
		.map_err(|_| Error::Internal { operation: "a storage thread was stopped" })?
}

#[async_trait]
impl BlockStore for LocalStore {
	async fn get_block(&self, id: &ContentId) -> Result<Bytes> {
		let id = *id;
		let block = self
			.read(move |tables| tables.block(&id))
			.await?
			.ok_or_else(|| Error::NotFound { id: id.into() })?;
		// Disks lie, too.
		if !names(&id, &block) {
			let reason = "its bytes do not have its digest";
			return Err(Error::Corrupt { id: id.into(), reason });
		}
		Ok(block.into())
	}

	async fn put_block(&self, id: &ContentId, block: Bytes) -> Result<()> {
		if block.len() > MAX_BLOCK {
			return Err(Error::MaxBlockExceeded {
				found: block.len() as u64,
				limit: MAX_BLOCK as u64,
			});
		}
		if !names(id, &block) {
			return Err(Error::DigestMismatch { id: (*id).into() });
		}
		let id = *id;
		self.write(move |tables| tables.insert(&id, &block)).await
	}

	async fn has_block(&self, id: &ContentId) -> Result<bool> {
		let id = *id;
		self.read(move |tables| Ok(tables.block_len(&id)?.is_some())).await
	}

	async fn delete_block(&self, id: &ContentId) -> Result<()> {
		let id = *id;
		self.write(move |tables| tables.delete(&id)).await
	}
}

#[async_trait]
impl ContentStore for LocalStore {
	async fn put(&self, content: &mut (dyn AsyncRead + Send + Unpin)) -> Result<Stored> {
		let _shared = self.0.collecting.read().await;
		self.put_from(content).await
	}

	async fn get(&self, id: &ContentId, range: Option<Range<u64>>) -> Result<Content> {
		Content::open(Arc::new(self.clone()), *id, range).await
	}

	async fn has(&self, id: &ContentId) -> Result<bool> {
		match self.stat(id).await {
			Ok(_) => Ok(true),
			Err(Error::NotFound { .. }) => Ok(false),
			Err(error) => Err(error),
		}
	}

	async fn pin(&self, id: &ContentId) -> Result<u64> {
		let id = *id;
		self.write(move |tables| {
			tables.walk(&id)?;
			tables.pin(&id)
		})
		.await
	}

	async fn unpin(&self, id: &ContentId) -> Result<u64> {
		let id = *id;
		self.write(move |tables| tables.unpin(&id)).await
	}

	async fn stat(&self, id: &ContentId) -> Result<ContentStat> {
		let id = *id;
		self.read(move |tables| tables.stat(&id)).await
	}

	async fn usage(&self) -> Result<Usage> {
		self.read(Read::usage).await
	}
}
