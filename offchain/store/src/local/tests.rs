// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{content_id::identify, ContentIdText};
use proptest::prelude::*;
use redb::{backends::InMemoryBackend, StorageBackend};
use salus_primitives::MultiCodec;
use std::{
	io,
	path::PathBuf,
	sync::atomic::{AtomicU64, Ordering},
};
use tokio::io::ReadBuf;

fn content(len: usize) -> Vec<u8> {
	// Long period, so that no two chunks are equal.
	(0..len).map(|at| (at % 251) as u8 ^ (at >> 20) as u8).collect()
}

async fn opened(directory: &tempfile::TempDir) -> LocalStore {
	LocalStore::open(directory.path().join("blocks.redb")).await.unwrap()
}

async fn all(store: &LocalStore, id: &ContentId) -> Result<Vec<u8>> {
	store.get(id, None).await?.into_bytes(usize::MAX).await
}

#[tokio::test]
async fn content_of_every_size_round_trips() {
	let directory = tempfile::tempdir().unwrap();
	let store = opened(&directory).await;
	for len in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 8 * CHUNK, 8 * CHUNK + 1, 17 * CHUNK + 5] {
		let content = content(len);
		let stored = store.put(&mut &content[..]).await.unwrap();
		assert_eq!(stored.size, len as u64);
		assert_eq!(stored.id.codec == MultiCodec::Raw, len <= CHUNK);
		assert!(all(&store, &stored.id).await.unwrap() == content, "{len}");
		let stat = store.stat(&stored.id).await.unwrap();
		assert_eq!((stat.size, stat.blocks, stat.pins), (len as u64, stored.blocks, 1));
		assert!(store.has(&stored.id).await.unwrap());
	}
}

#[tokio::test]
async fn content_survives_closing() {
	let directory = tempfile::tempdir().unwrap();
	let content = content(3 * CHUNK);
	let store = opened(&directory).await;
	let stored = store.put(&mut &content[..]).await.unwrap();
	let usage = store.usage().await.unwrap();
	drop(store);
	let store = opened(&directory).await;
	assert!(all(&store, &stored.id).await.unwrap() == content);
	assert_eq!(store.usage().await.unwrap(), usage);
	assert_eq!(usage.blocks, 4);
}

#[tokio::test]
async fn ranges_are_slices() {
	let directory = tempfile::tempdir().unwrap();
	let store = opened(&directory).await;
	let content = content(3 * CHUNK + 77);
	let id = store.put(&mut &content[..]).await.unwrap().id;
	let (border, len) = (CHUNK as u64, content.len() as u64);
	for range in [
		0..0,
		0..1,
		border - 1..border + 1,
		border..2 * border,
		5..3 * border + 1,
		len - 1..len,
		len..len,
		0..len,
	] {
		let part = store.get(&id, Some(range.clone())).await.unwrap();
		assert_eq!((part.size(), part.range()), (len, range.clone()));
		let part = part.into_bytes(usize::MAX).await.unwrap();
		assert!(part == content[range.start as usize..range.end as usize], "{range:?}");
	}
	#[allow(clippy::reversed_empty_ranges)] // What a caller may get wrong.
	for range in [0..len + 1, 2..1, u64::MAX..u64::MAX] {
		let error = store.get(&id, Some(range)).await.unwrap_err();
		assert_eq!(error.code(), "STORE_INVALID_RANGE");
	}
	let part = store.get(&id, None).await.unwrap();
	assert_eq!(part.into_bytes(1000).await.unwrap_err().code(), "STORE_CONTENT_TOO_LARGE");
}

#[tokio::test]
async fn a_reader_reports_the_stores_error() {
	let directory = tempfile::tempdir().unwrap();
	let store = opened(&directory).await;
	let content = content(2 * CHUNK);
	let id = store.put(&mut &content[..]).await.unwrap().id;
	let second = identify(MultiCodec::Raw, &content[CHUNK..]).unwrap();
	store.delete_block(&second).await.unwrap();
	let mut read = Vec::new();
	let mut reader = store.get(&id, None).await.unwrap().into_reader();
	let error = reader.read_to_end(&mut read).await.unwrap_err();
	assert_eq!(error.kind(), io::ErrorKind::NotFound);
	assert_eq!(Error::from(error).code(), "STORE_NOT_FOUND");
	assert!(read == content[..CHUNK]);
	assert!(!store.has(&id).await.unwrap());
	assert_eq!(store.pin(&id).await.unwrap_err().code(), "STORE_NOT_FOUND");
}

#[tokio::test]
async fn pins_are_counted() {
	let directory = tempfile::tempdir().unwrap();
	let store = opened(&directory).await;
	let id = store.put(&mut &b"labs"[..]).await.unwrap().id;
	assert_eq!(store.put(&mut &b"labs"[..]).await.unwrap().id, id);
	assert_eq!(store.pin(&id).await.unwrap(), 3);
	for left in [2, 1, 0] {
		assert_eq!(store.unpin(&id).await.unwrap(), left);
	}
	assert_eq!(store.unpin(&id).await.unwrap_err().code(), "STORE_NOT_PINNED");
	let other = identify(MultiCodec::Raw, b"never stored").unwrap();
	assert_eq!(store.pin(&other).await.unwrap_err().code(), "STORE_NOT_FOUND");
	assert_eq!(store.stat(&other).await.unwrap_err().code(), "STORE_NOT_FOUND");
	assert!(!store.has(&other).await.unwrap());
}

#[tokio::test]
async fn collection_keeps_what_is_pinned_and_nothing_else() {
	let directory = tempfile::tempdir().unwrap();
	let store = opened(&directory).await;
	let (kept, dropped) = (content(3 * CHUNK + 9), content(2 * CHUNK + 9));
	let kept_id = store.put(&mut &kept[..]).await.unwrap().id;
	// Shares its first two chunks with what is kept.
	let dropped_id = store.put(&mut &dropped[..]).await.unwrap().id;
	store
		.put_block(&identify(MultiCodec::Raw, b"stray").unwrap(), b"stray"[..].into())
		.await
		.unwrap();
	assert_eq!(store.collect_garbage().await.unwrap(), Collected { blocks: 1, bytes: 5 });

	store.unpin(&dropped_id).await.unwrap();
	let collected = store.collect_garbage().await.unwrap();
	assert_eq!(collected.blocks, 2); // Its last leaf and its root.
	assert!(!store.has(&dropped_id).await.unwrap());
	assert!(all(&store, &kept_id).await.unwrap() == kept);

	store.unpin(&kept_id).await.unwrap();
	store.collect_garbage().await.unwrap();
	assert_eq!(store.usage().await.unwrap(), Usage::default());
}

#[tokio::test]
async fn wrong_blocks_are_refused() {
	let directory = tempfile::tempdir().unwrap();
	let store = opened(&directory).await;
	let id = identify(MultiCodec::Raw, b"right").unwrap();
	let error = store.put_block(&id, b"wrong"[..].into()).await.unwrap_err();
	assert_eq!(error.code(), "STORE_DIGEST_MISMATCH");
	let large = vec![0; MAX_BLOCK + 1];
	let id = identify(MultiCodec::Raw, &large).unwrap();
	let error = store.put_block(&id, large.into()).await.unwrap_err();
	assert_eq!(error.code(), "STORE_BLOCK_TOO_LARGE");
	// Raw bytes under the name of a tree.
	let id = identify(MultiCodec::DagPb, b"no tree").unwrap();
	store.put_block(&id, b"no tree"[..].into()).await.unwrap();
	assert_eq!(store.get(&id, None).await.unwrap_err().code(), "STORE_CORRUPT");
	assert_eq!(store.pin(&id).await.unwrap_err().code(), "STORE_CORRUPT");
}

/// A branch of one child, written by hand.
fn branch(child: &ContentId, size: u8, times: usize) -> (ContentId, Vec<u8>) {
	let mut block = Vec::new();
	for _ in 0..times {
		block.extend_from_slice(&[0x12, 42, 0x0a, 36]);
		block.extend_from_slice(&child.to_bytes());
		block.extend_from_slice(&[0x12, 0, 0x18, 1]);
	}
	let mut data = vec![0x08, 2, 0x18, size * times as u8];
	data.extend((0..times).flat_map(|_| [0x20, size]));
	block.extend_from_slice(&[0x0a, data.len() as u8]);
	block.extend(data);
	(identify(MultiCodec::DagPb, &block).unwrap(), block)
}

#[tokio::test]
async fn trees_that_are_too_deep_or_lie_are_refused() {
	let directory = tempfile::tempdir().unwrap();
	let store = opened(&directory).await;
	let leaf = identify(MultiCodec::Raw, b"x").unwrap();
	store.put_block(&leaf, b"x"[..].into()).await.unwrap();
	let mut below = leaf;
	let mut size = 1;
	// Each level doubles: sixteen leaves, one block each.
	for depth in 1..=4 {
		let (id, block) = branch(&below, size, 2);
		store.put_block(&id, block.into()).await.unwrap();
		let read = all(&store, &id).await;
		size *= 2;
		if depth <= 3 {
			assert_eq!(read.unwrap(), vec![b'x'; size.into()]);
			assert_eq!(store.stat(&id).await.unwrap().blocks, depth + 1);
		} else {
			assert_eq!(read.unwrap_err().code(), "STORE_CORRUPT");
			assert_eq!(store.pin(&id).await.unwrap_err().code(), "STORE_CORRUPT");
		}
		below = id;
	}
	let (lying, block) = branch(&leaf, 2, 1);
	store.put_block(&lying, block.into()).await.unwrap();
	assert_eq!(all(&store, &lying).await.unwrap_err().code(), "STORE_CORRUPT");
	assert_eq!(store.pin(&lying).await.unwrap_err().code(), "STORE_CORRUPT");
}

/// Content that breaks off, as when the process that reads it dies.
struct Breaking(io::Cursor<Vec<u8>>);

impl AsyncRead for Breaking {
	fn poll_read(
		mut self: std::pin::Pin<&mut Self>,
		cx: &mut std::task::Context<'_>,
		out: &mut ReadBuf<'_>,
	) -> std::task::Poll<io::Result<()>> {
		if self.0.position() == self.0.get_ref().len() as u64 {
			return std::task::Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
		}
		std::pin::Pin::new(&mut self.0).poll_read(cx, out)
	}
}

#[tokio::test]
async fn an_interrupted_put_leaves_only_garbage() {
	let directory = tempfile::tempdir().unwrap();
	let store = opened(&directory).await;
	let content = content(20 * CHUNK);
	let mut breaking = Breaking(io::Cursor::new(content[..17 * CHUNK].to_vec()));
	assert_eq!(store.put(&mut breaking).await.unwrap_err().code(), "STORE_SOURCE");
	let usage = store.usage().await.unwrap();
	assert_eq!((usage.blocks, usage.pins), (16, 0));
	// Going on where it was costs nothing twice.
	let stored = store.put(&mut &content[..]).await.unwrap();
	assert!(all(&store, &stored.id).await.unwrap() == content);
	store.unpin(&stored.id).await.unwrap();
	store.collect_garbage().await.unwrap();
	assert_eq!(store.usage().await.unwrap(), Usage::default());
}

#[tokio::test]
async fn a_second_process_is_told_that_the_store_is_in_use() {
	let directory = tempfile::tempdir().unwrap();
	let _store = opened(&directory).await;
	let error = LocalStore::open(directory.path().join("blocks.redb")).await.unwrap_err();
	assert_eq!(error.code(), "STORE_LOCKED");
	assert!(error.is_transient());
}

#[tokio::test]
async fn a_file_of_another_kind_is_refused() {
	let directory = tempfile::tempdir().unwrap();
	let path = directory.path().join("blocks.redb");
	std::fs::write(&path, b"this is no database").unwrap();
	let code = LocalStore::open(&path).await.unwrap_err().code();
	assert!(["STORE_DATABASE", "STORE_FILE"].contains(&code), "{code}");
}

/// A disk in memory that survives closing, takes a number of bytes, and then is full.
#[derive(Clone, Debug)]
struct Disk {
	data: Arc<InMemoryBackend>,
	left: Arc<AtomicU64>,
}

impl Disk {
	fn new(left: u64) -> Self {
		Self { data: Arc::new(InMemoryBackend::new()), left: Arc::new(AtomicU64::new(left)) }
	}

	async fn store(&self) -> Result<LocalStore> {
		let disk = self.clone();
		LocalStore::with_database(move || {
			Database::with_backend(PathBuf::from("/disk/blocks.redb"), move || Ok(disk.clone()))
		})
		.await
	}
}

impl StorageBackend for Disk {
	fn len(&self) -> io::Result<u64> {
		self.data.len()
	}

	fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
		self.data.read(offset, out)
	}

	fn set_len(&self, len: u64) -> io::Result<()> {
		self.data.set_len(len)
	}

	fn sync_data(&self) -> io::Result<()> {
		self.data.sync_data()
	}

	fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
		let len = bytes.len() as u64;
		self.left
			.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(len))
			.map_err(|_| io::Error::from(io::ErrorKind::StorageFull))?;
		self.data.write(offset, bytes)
	}
}

#[tokio::test]
async fn a_full_disk_is_said_so_and_survived() {
	let disk = Disk::new(u64::MAX);
	let store = disk.store().await.unwrap();
	let before = store.put(&mut &b"stored before"[..]).await.unwrap().id;
	disk.left.store(12 << 20, Ordering::SeqCst);
	let content = content(40 * CHUNK);
	let error = store.put(&mut &content[..]).await.unwrap_err();
	assert_eq!(error.code(), "STORE_FULL");
	assert!(error.to_string().contains("/disk/blocks.redb") && error.to_string().contains("free"));
	// Still full: nothing but the same answer.
	disk.left.store(0, Ordering::SeqCst);
	let error = store.put(&mut &b"more"[..]).await.unwrap_err();
	assert_eq!(error.code(), "STORE_FULL");
	// Space was made: the same handle goes on, and nothing committed was lost.
	disk.left.store(u64::MAX, Ordering::SeqCst);
	assert_eq!(all(&store, &before).await.unwrap(), b"stored before");
	let stored = store.put(&mut &content[..]).await.unwrap();
	assert!(all(&store, &stored.id).await.unwrap() == content);
}

#[tokio::test]
async fn a_crash_at_any_write_loses_nothing_committed() {
	let disk = Disk::new(u64::MAX);
	let store = disk.store().await.unwrap();
	let first = content(CHUNK + 1);
	let id = store.put(&mut &first[..]).await.unwrap().id;
	let second = content(12 * CHUNK);
	for step in 0..24 {
		disk.left.store(step * (700 << 10), Ordering::SeqCst);
		let _ = store.put(&mut &second[..]).await;
		// Dead: all that is left is on the disk.
		disk.left.store(u64::MAX, Ordering::SeqCst);
		let after = disk.clone().store_anew().await;
		assert!(all(&after, &id).await.unwrap() == first, "step {step}");
		for pinned in pins(&after).await {
			assert!(after.has(&pinned).await.unwrap(), "step {step}");
		}
	}
}

impl Disk {
	/// Another store over a copy of what is on the disk.
	async fn store_anew(self) -> LocalStore {
		let len = self.data.len().unwrap();
		let mut bytes = vec![0; len as usize];
		self.data.read(0, &mut bytes).unwrap();
		let copy = Self::new(u64::MAX);
		copy.data.set_len(len).unwrap();
		copy.data.write(0, &bytes).unwrap();
		copy.store().await.unwrap()
	}
}

async fn pins(store: &LocalStore) -> Vec<ContentId> {
	store.read(|tables| tables.pinned()).await.unwrap()
}

#[tokio::test]
async fn a_damaged_disk_is_noticed() {
	let disk = Disk::new(u64::MAX);
	let store = disk.store().await.unwrap();
	let content = content(CHUNK);
	let id = store.put(&mut &content[..]).await.unwrap().id;
	drop(store);
	let mut bytes = vec![0; disk.data.len().unwrap() as usize];
	disk.data.read(0, &mut bytes).unwrap();
	let needle = &content[1000..1100];
	let at = bytes.windows(needle.len()).position(|window| window == needle).unwrap();
	disk.data.write(at as u64, &[bytes[at] ^ 1]).unwrap();
	let store = disk.store().await.unwrap();
	assert_eq!(store.get_block(&id).await.unwrap_err().code(), "STORE_CORRUPT");
	assert_eq!(store.get(&id, None).await.unwrap_err().code(), "STORE_CORRUPT");
}

#[tokio::test]
async fn full_leaves_do_not_waste_half_of_the_disk() {
	let directory = tempfile::tempdir().unwrap();
	let store = opened(&directory).await;
	let content = content(64 * CHUNK);
	store.put(&mut &content[..]).await.unwrap();
	let allocated = {
		let database = Arc::clone(&store.0.database);
		database
			.with(|redb| {
				let stats = redb.begin_write()?.stats()?;
				Ok(stats.allocated_pages() * stats.page_size() as u64)
			})
			.unwrap()
	};
	assert!(allocated < 72 << 20, "{allocated} bytes for 64 MiB");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers_take_turns() {
	let directory = tempfile::tempdir().unwrap();
	let store = opened(&directory).await;
	let tasks: Vec<_> = (0..32u8)
		.map(|n| {
			let store = store.clone();
			tokio::spawn(async move {
				let content = vec![n; 5000 + usize::from(n)];
				let id = store.put(&mut &content[..]).await.unwrap().id;
				assert_eq!(all(&store, &id).await.unwrap(), content);
				if n % 8 == 0 {
					store.collect_garbage().await.unwrap();
				}
				id
			})
		})
		.collect();
	for task in tasks {
		assert!(store.has(&task.await.unwrap()).await.unwrap());
	}
	assert_eq!(store.usage().await.unwrap().pins, 32);
	assert!(format!("{store:?}").contains("blocks.redb"));
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(12))]

	#[test]
	fn any_content_and_range_round_trips(
		len in 0usize..(5 << 20),
		a in any::<prop::sample::Index>(),
		b in any::<prop::sample::Index>(),
	) {
		let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
		runtime.block_on(async {
			let content = content(len);
			let store = Disk::new(u64::MAX).store().await.unwrap();
			let stored = store.put(&mut &content[..]).await.unwrap();
			let (a, b) = (a.index(len + 1), b.index(len + 1));
			let (start, end) = (a.min(b), a.max(b));
			let part = store.get(&stored.id, Some(start as u64..end as u64)).await.unwrap();
			prop_assert!(part.into_bytes(len).await.unwrap() == content[start..end]);
			prop_assert!(ContentIdText(stored.id).to_string().starts_with("baf"));
			Ok(())
		})?;
	}
}
