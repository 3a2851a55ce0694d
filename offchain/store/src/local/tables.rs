// SPDX-License-Identifier: Apache-2.0
//! The tables of a store.
//!
//! redb keeps a value in a run of pages whose number is a power of two. A full leaf with its key is
//! a little longer than 1 MiB and would take 2 MiB, so blocks are cut: the head fits in its run, the
//! tail shares pages with others.

use super::database::Fault;
use crate::{
	unixfs::{Child, Node, MAX_DEPTH},
	ContentStat, Error, Result, Usage,
};
use redb::{
	ReadOnlyTable, ReadTransaction, ReadableTable, ReadableTableMetadata, Table, TableDefinition,
	WriteTransaction,
};
use salus_primitives::{ContentId, MultiCodec};
use std::collections::HashSet;

type Digest = &'static [u8; 32];
type Cid = &'static [u8; 36];

const HEADS: TableDefinition<'static, Digest, &[u8]> = TableDefinition::new("blocks");
const TAILS: TableDefinition<'static, Digest, &[u8]> = TableDefinition::new("block_tails");
const PINS: TableDefinition<'static, Cid, u64> = TableDefinition::new("pins");
const META: TableDefinition<'static, &str, u64> = TableDefinition::new("meta");
const FORMAT: &str = "format";
const BYTES: &str = "bytes";
/// What a head holds at most: a MiB less what redb adds to a value.
const HEAD: usize = (1 << 20) - 1024;

/// What was deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collected {
	/// The number of blocks.
	pub blocks: u64,
	/// Their bytes.
	pub bytes: u64,
}

/// Makes the tables of a new store; refuses a store of another format.
pub(super) fn create(redb: &redb::Database) -> Result<(), Fault> {
	let transaction = redb.begin_write()?;
	{
		transaction.open_table(HEADS)?;
		transaction.open_table(TAILS)?;
		transaction.open_table(PINS)?;
		let mut meta = transaction.open_table(META)?;
		let format = meta.get(FORMAT)?.map(|format| format.value());
		match format {
			None => {
				meta.insert(FORMAT, 1)?;
			},
			Some(1) => {},
			Some(_) => {
				return Err(Error::Internal { operation: "the store's format is newer" }.into())
			},
		}
	}
	transaction.commit()?;
	Ok(())
}

/// Reading, in a read or a write transaction.
pub(super) struct Tables<Blocks, Pins, Meta> {
	heads: Blocks,
	tails: Blocks,
	pins: Pins,
	meta: Meta,
}

pub(super) type Read = Tables<
	ReadOnlyTable<Digest, &'static [u8]>,
	ReadOnlyTable<Cid, u64>,
	ReadOnlyTable<&'static str, u64>,
>;

pub(super) type Write<'t> =
	Tables<Table<'t, Digest, &'static [u8]>, Table<'t, Cid, u64>, Table<'t, &'static str, u64>>;

impl Read {
	pub(super) fn open(transaction: &ReadTransaction) -> Result<Self, Fault> {
		Ok(Self {
			heads: transaction.open_table(HEADS)?,
			tails: transaction.open_table(TAILS)?,
			pins: transaction.open_table(PINS)?,
			meta: transaction.open_table(META)?,
		})
	}

	pub(super) fn pinned(&self) -> Result<Vec<ContentId>, Fault> {
		let mut pinned = Vec::new();
		for pin in self.pins.iter()? {
			pinned.extend(ContentId::from_bytes(pin?.0.value()));
		}
		Ok(pinned)
	}

	pub(super) fn usage(&self) -> Result<Usage, Fault> {
		let bytes = self.meta.get(BYTES)?.map_or(0, |bytes| bytes.value());
		Ok(Usage { blocks: self.heads.len()?, bytes, pins: self.pins.len()? })
	}
}

impl<Blocks, Pins, Meta> Tables<Blocks, Pins, Meta>
where
	Blocks: ReadableTable<Digest, &'static [u8]>,
	Pins: ReadableTable<Cid, u64>,
{
	pub(super) fn block_len(&self, id: &ContentId) -> Result<Option<u64>, Fault> {
		let Some(head) = self.heads.get(&id.digest)? else { return Ok(None) };
		let tail = self.tails.get(&id.digest)?.map_or(0, |tail| tail.value().len());
		Ok(Some((head.value().len() as u64).saturating_add(tail as u64)))
	}

	pub(super) fn block(&self, id: &ContentId) -> Result<Option<Vec<u8>>, Fault> {
		let Some(head) = self.heads.get(&id.digest)? else { return Ok(None) };
		let tail = self.tails.get(&id.digest)?;
		let tail = tail.as_ref().map_or(&[][..], |tail| tail.value());
		Ok(Some([head.value(), tail].concat()))
	}

	pub(super) fn stat(&self, id: &ContentId) -> Result<ContentStat, Fault> {
		let pins = self.pins.get(&id.to_bytes())?.map_or(0, |pins| pins.value());
		let (size, seen) = self.walk(id)?;
		Ok(ContentStat { size, blocks: seen.len() as u64, pins })
	}

	/// Goes through a tree and returns its size and its digests. Fails when a block is missing.
	pub(super) fn walk(&self, root: &ContentId) -> Result<(u64, HashSet<[u8; 32]>), Fault> {
		let mut seen = HashSet::new();
		let size = self.reach(root, &mut seen, true)?;
		Ok((size, seen))
	}

	/// Adds to `seen` what `root` reaches. A child that occurs many times is read once, so that the
	/// work is bounded by the blocks that are there.
	fn reach(
		&self,
		root: &ContentId,
		seen: &mut HashSet<[u8; 32]>,
		complete: bool,
	) -> Result<u64, Fault> {
		let mut size = None;
		let mut pending = vec![(*root, None, 0usize)];
		while let Some((id, expected, depth)) = pending.pop() {
			let missing = || Fault::from(Error::NotFound { id: id.into() });
			let corrupt = |reason| Fault::from(Error::Corrupt { id: id.into(), reason });
			if depth > MAX_DEPTH {
				return Err(corrupt("its tree is too deep"));
			}
			let first = !seen.contains(&id.digest);
			let found = match id.codec {
				MultiCodec::Raw => self.block_len(&id)?,
				MultiCodec::DagPb if !first => continue,
				MultiCodec::DagPb => match self.block(&id)? {
					None => None,
					Some(bytes) => {
						let node = Node::read(&id, bytes.into())?;
						let found = node.size();
						if let Node::Branch { children, .. } = node {
							pending.extend(children.into_iter().map(|Child { id, size }| {
								(id, Some(size), depth.saturating_add(1))
							}));
						}
						Some(found)
					},
				},
			};
			match found {
				None if complete => return Err(missing()),
				None => continue,
				Some(found) if expected.is_some_and(|expected| expected != found) => {
					return Err(corrupt("it has another size than the branch above it says"));
				},
				Some(found) => {
					seen.insert(id.digest);
					size.get_or_insert(found);
				},
			}
		}
		Ok(size.unwrap_or_default())
	}
}

impl<'t> Write<'t> {
	pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Self, Fault> {
		Ok(Self {
			heads: transaction.open_table(HEADS)?,
			tails: transaction.open_table(TAILS)?,
			pins: transaction.open_table(PINS)?,
			meta: transaction.open_table(META)?,
		})
	}

	/// Stores a block that `id` is known to name.
	pub(super) fn insert(&mut self, id: &ContentId, block: &[u8]) -> Result<(), Fault> {
		if self.heads.get(&id.digest)?.is_some() {
			return Ok(());
		}
		let (head, tail) = block.split_at_checked(HEAD).unwrap_or((block, &[]));
		self.heads.insert(&id.digest, head)?;
		if !tail.is_empty() {
			self.tails.insert(&id.digest, tail)?;
		}
		self.count_bytes(|bytes| bytes.saturating_add(block.len() as u64))
	}

	pub(super) fn delete(&mut self, id: &ContentId) -> Result<(), Fault> {
		let Some(len) = self.block_len(id)? else { return Ok(()) };
		self.heads.remove(&id.digest)?;
		self.tails.remove(&id.digest)?;
		self.count_bytes(|bytes| bytes.saturating_sub(len))
	}

	fn count_bytes(&mut self, change: impl FnOnce(u64) -> u64) -> Result<(), Fault> {
		let bytes = self.meta.get(BYTES)?.map_or(0, |bytes| bytes.value());
		self.meta.insert(BYTES, change(bytes))?;
		Ok(())
	}

	pub(super) fn pin(&mut self, id: &ContentId) -> Result<u64, Fault> {
		let key = id.to_bytes();
		let pins = self.pins.get(&key)?.map_or(0, |pins| pins.value()).saturating_add(1);
		self.pins.insert(&key, pins)?;
		Ok(pins)
	}

	pub(super) fn unpin(&mut self, id: &ContentId) -> Result<u64, Fault> {
		let key = id.to_bytes();
		let pins = self.pins.get(&key)?.map_or(0, |pins| pins.value());
		match pins.checked_sub(1) {
			None => Err(Error::NotPinned { id: (*id).into() }.into()),
			Some(0) => {
				self.pins.remove(&key)?;
				Ok(0)
			},
			Some(left) => {
				self.pins.insert(&key, left)?;
				Ok(left)
			},
		}
	}

	pub(super) fn collect(&mut self) -> Result<Collected, Fault> {
		let mut kept = HashSet::new();
		for pin in self.pins.iter()? {
			if let Some(root) = ContentId::from_bytes(pin?.0.value()) {
				self.reach(&root, &mut kept, false)?;
			}
		}
		let mut collected = Collected::default();
		self.heads.retain(|digest, head| {
			let keep = kept.contains(digest);
			if !keep {
				collected.blocks = collected.blocks.saturating_add(1);
				collected.bytes = collected.bytes.saturating_add(head.len() as u64);
			}
			keep
		})?;
		self.tails.retain(|digest, tail| {
			let keep = kept.contains(digest);
			if !keep {
				collected.bytes = collected.bytes.saturating_add(tail.len() as u64);
			}
			keep
		})?;
		self.count_bytes(|bytes| bytes.saturating_sub(collected.bytes))?;
		Ok(collected)
	}
}
