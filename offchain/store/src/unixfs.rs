// SPDX-License-Identifier: Apache-2.0
//! The layout of content in blocks: UnixFS as in IPIP-499, profile `unixfs-v1-2025`.
//!
//! Chunks of 1 MiB as raw leaves under CIDv1 with sha2-256; a balanced tree of width 1024 above
//! them, unless one leaf holds everything.

use crate::{content_id::names, Error, Result, Stored};
use bytes::Bytes;
use rust_unixfs::file::adder::{BalancedCollector, Chunker, FileAdder};
use salus_primitives::{ContentId, MultiCodec};

/// The bytes of a full leaf.
pub const CHUNK: usize = 1 << 20;
/// The children of a full branch.
pub const WIDTH: usize = 1024;
/// The longest block that is accepted: a full leaf, and room for what others may write.
pub const MAX_BLOCK: usize = CHUNK + (64 << 10);
/// The longest content that is accepted: 4 TiB.
pub const MAX_CONTENT: u64 = 1 << 42;
/// How many branches lie above a leaf at most: three of width 1024 cover 1 PiB.
pub(crate) const MAX_DEPTH: usize = 3;

/// A block with its identifier.
#[derive(Clone, Debug)]
pub(crate) struct Block {
	pub(crate) id: ContentId,
	pub(crate) bytes: Bytes,
}

/// Cuts content into blocks, in constant memory.
pub(crate) struct Importer {
	adder: FileAdder,
	last: Option<ContentId>,
	size: u64,
	blocks: u64,
}

impl Importer {
	pub(crate) fn new() -> Self {
		Self::with_shape(CHUNK, WIDTH)
	}

	fn with_shape(chunk: usize, width: usize) -> Self {
		let adder = FileAdder::builder()
			.with_chunker(Chunker::Size(chunk))
			.with_collector(BalancedCollector::with_branching_factor(width))
			.with_raw_leaves(true)
			.build();
		Self { adder, last: None, size: 0, blocks: 0 }
	}

	/// Takes more content and appends the blocks that are complete.
	pub(crate) fn push(&mut self, content: &[u8], out: &mut Vec<Block>) -> Result<()> {
		self.size = self.size.saturating_add(content.len() as u64);
		if self.size > MAX_CONTENT {
			return Err(Error::MaxContentExceeded { limit: MAX_CONTENT });
		}
		let mut rest = content;
		while !rest.is_empty() {
			let (blocks, taken) = self.adder.push(rest);
			let blocks: Vec<_> = blocks.collect();
			rest = rest.get(taken..).unwrap_or_default();
			self.append(blocks, out)?;
		}
		Ok(())
	}

	/// Appends the remaining blocks. The root is the last of all.
	pub(crate) fn finish(mut self, out: &mut Vec<Block>) -> Result<Stored> {
		let adder = std::mem::take(&mut self.adder);
		self.append(adder.finish().collect(), out)?;
		let id = self.last.ok_or(Error::Internal { operation: "building a tree" })?;
		Ok(Stored { id, size: self.size, blocks: self.blocks })
	}

	fn append(&mut self, blocks: Vec<(cid::Cid, Vec<u8>)>, out: &mut Vec<Block>) -> Result<()> {
		for (cid, bytes) in blocks {
			let id = crate::content_id_from_cid(&cid)?;
			self.last = Some(id);
			self.blocks = self.blocks.saturating_add(1);
			out.push(Block { id, bytes: bytes.into() });
		}
		Ok(())
	}
}

/// A child of a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Child {
	pub(crate) id: ContentId,
	/// The bytes of content under it.
	pub(crate) size: u64,
}

/// A verified block, as the layout reads it.
#[derive(Clone, Debug)]
pub(crate) enum Node {
	Leaf(Bytes),
	Branch { size: u64, children: Vec<Child> },
}

impl Node {
	/// Reads a block, after verifying that `id` names it.
	pub(crate) fn read(id: &ContentId, bytes: Bytes) -> Result<Self> {
		if !names(id, &bytes) {
			let reason = "its bytes do not have its digest";
			return Err(Error::Corrupt { id: (*id).into(), reason });
		}
		Self::decode(id, bytes)
	}

	/// Reads a block that is known to be the one named.
	pub(crate) fn decode(id: &ContentId, bytes: Bytes) -> Result<Self> {
		match id.codec {
			MultiCodec::Raw => Ok(Self::Leaf(bytes)),
			MultiCodec::DagPb => {
				let (size, children) = decode_branch(&bytes)
					.map_err(|reason| Error::Corrupt { id: (*id).into(), reason })?;
				Ok(Self::Branch { size, children })
			},
		}
	}

	pub(crate) fn size(&self) -> u64 {
		match self {
			Self::Leaf(bytes) => bytes.len() as u64,
			Self::Branch { size, .. } => *size,
		}
	}
}

/// Reads a branch. The profile leaves one way to write one, so this reads exactly that:
///
/// ```text
/// branch   = 1*1024 link  data
/// link     = 12 len  0A 24 cid(36)  12 00  18 varint(tree size)
/// data     = 0A len  08 02  18 varint(file size)  1*1024( 20 varint(size of child) )
/// ```
///
/// Nothing is allocated from a declared size: every child takes at least 42 bytes of the block.
fn decode_branch(block: &[u8]) -> Result<(u64, Vec<Child>), &'static str> {
	let mut input = Input(block);
	let mut ids = Vec::new();
	while input.take_tag(0x12) {
		let mut link = Input(input.field().ok_or("a link is cut off")?);
		let cid = link.take_tag(0x0a).then(|| link.field()).flatten();
		let id = cid.and_then(ContentId::from_bytes).ok_or("a link is no CIDv1 with sha2-256")?;
		if !link.take_tag(0x12) || link.varint() != Some(0) {
			return Err("a link has a name");
		}
		if !link.take_tag(0x18) || link.varint().is_none() || !link.0.is_empty() {
			return Err("a link has no size");
		}
		if ids.len() == WIDTH {
			return Err("it has more than 1024 links");
		}
		ids.push(id);
	}
	let mut data = Input(
		input.take_tag(0x0a).then(|| input.field()).flatten().ok_or("it has no UnixFS data")?,
	);
	if !input.0.is_empty() {
		return Err("bytes follow its UnixFS data");
	}
	if !data.take_tag(0x08) || data.varint() != Some(2) {
		return Err("it is no UnixFS file");
	}
	let size = data.take_tag(0x18).then(|| data.varint()).flatten().ok_or("it has no file size")?;
	let mut total = 0u64;
	let mut children = Vec::with_capacity(ids.len());
	for id in ids {
		let size = data.take_tag(0x20).then(|| data.varint()).flatten();
		let size = size.filter(|size| *size > 0).ok_or("a link has no content")?;
		total = total.checked_add(size).ok_or("its sizes overflow")?;
		children.push(Child { id, size });
	}
	if children.is_empty() {
		return Err("it has no links");
	}
	if !data.0.is_empty() {
		return Err("its UnixFS data has more fields than links");
	}
	if total != size {
		return Err("its sizes do not add up");
	}
	Ok((size, children))
}

struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
	fn take_tag(&mut self, tag: u8) -> bool {
		match self.0.split_first() {
			Some((found, rest)) if *found == tag => {
				self.0 = rest;
				true
			},
			_ => false,
		}
	}

	/// A varint in its shortest form.
	fn varint(&mut self) -> Option<u64> {
		let mut value = 0u64;
		for shift in (0..64).step_by(7) {
			let (byte, rest) = self.0.split_first()?;
			self.0 = rest;
			let bits = u64::from(byte & 0x7f);
			if bits.checked_shl(shift)? >> shift != bits {
				return None;
			}
			value |= bits << shift;
			if byte & 0x80 == 0 {
				return (*byte != 0 || shift == 0).then_some(value);
			}
		}
		None
	}

	fn field(&mut self) -> Option<&'a [u8]> {
		let len = usize::try_from(self.varint()?).ok()?;
		let (field, rest) = self.0.split_at_checked(len)?;
		self.0 = rest;
		Some(field)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::content_id::identify;
	use ipld_dagpb::{PbLink, PbNode};
	use proptest::prelude::*;

	fn content(len: usize) -> Vec<u8> {
		(0..len).map(|at| (at % 251) as u8).collect()
	}

	fn import(content: &[u8], chunk: usize, width: usize, step: usize) -> (Stored, Vec<Block>) {
		let mut importer = Importer::with_shape(chunk, width);
		let mut blocks = Vec::new();
		for part in content.chunks(step) {
			importer.push(part, &mut blocks).unwrap();
		}
		let stored = importer.finish(&mut blocks).unwrap();
		(stored, blocks)
	}

	/// Kubo's balanced layout, computed level by level with another protobuf implementation.
	fn expected_root(content: &[u8], chunk: usize, width: usize) -> (ContentId, Vec<Vec<u8>>) {
		struct Built {
			id: ContentId,
			size: u64,
			tree: u64,
		}
		let mut all = Vec::new();
		let mut leaves: Vec<&[u8]> = content.chunks(chunk).collect();
		if leaves.is_empty() {
			leaves.push(&[]);
		}
		let mut level: Vec<Built> = leaves
			.iter()
			.map(|leaf| {
				all.push(leaf.to_vec());
				let id = identify(MultiCodec::Raw, leaf).unwrap();
				Built { id, size: leaf.len() as u64, tree: leaf.len() as u64 }
			})
			.collect();
		while level.len() > 1 {
			level = level
				.chunks(width)
				.map(|children| {
					let size: u64 = children.iter().map(|child| child.size).sum();
					let mut data = vec![0x08, 0x02, 0x18];
					varint(size, &mut data);
					for child in children {
						data.push(0x20);
						varint(child.size, &mut data);
					}
					let links = children
						.iter()
						.map(|child| PbLink {
							cid: crate::content_id_to_cid(&child.id).unwrap(),
							name: Some(String::new()),
							size: Some(child.tree),
						})
						.collect();
					let bytes = PbNode { links, data: Some(data.into()) }.into_bytes();
					let tree = bytes.len() as u64 + children.iter().map(|c| c.tree).sum::<u64>();
					let id = identify(MultiCodec::DagPb, &bytes).unwrap();
					all.push(bytes);
					Built { id, size, tree }
				})
				.collect();
		}
		(level[0].id, all)
	}

	fn varint(mut value: u64, out: &mut Vec<u8>) {
		while value >= 0x80 {
			out.push(value as u8 | 0x80);
			value >>= 7;
		}
		out.push(value as u8);
	}

	#[test]
	fn one_block_is_raw_and_more_are_a_tree() {
		for (len, codec, blocks) in [
			(0, MultiCodec::Raw, 1),
			(1, MultiCodec::Raw, 1),
			(CHUNK, MultiCodec::Raw, 1),
			(CHUNK + 1, MultiCodec::DagPb, 3),
			(3 * CHUNK, MultiCodec::DagPb, 4),
		] {
			let content = content(len);
			let (stored, made) = import(&content, CHUNK, WIDTH, 1 << 19);
			assert_eq!(stored.id.codec, codec, "{len}");
			assert_eq!((stored.size, stored.blocks), (len as u64, blocks));
			assert_eq!(made.len() as u64, blocks);
			assert_eq!(stored.id, expected_root(&content, CHUNK, WIDTH).0);
			assert!(made.iter().all(|block| block.bytes.len() <= CHUNK));
		}
	}

	#[test]
	fn a_full_branch_fits_in_a_block() {
		let mut importer = Importer::with_shape(1, WIDTH);
		let mut blocks = Vec::new();
		importer.push(&content(WIDTH), &mut blocks).unwrap();
		importer.finish(&mut blocks).unwrap();
		assert!(blocks.last().unwrap().bytes.len() < 64 << 10);
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(64))]

		#[test]
		fn the_layout_is_the_balanced_one(
			len in 0usize..700,
			width in 2usize..5,
			step in 1usize..50,
		) {
			let content = content(len);
			let (stored, blocks) = import(&content, 4, width, step);
			let (root, mut expected) = expected_root(&content, 4, width);
			prop_assert_eq!(stored.id, root);
			let mut made: Vec<Vec<u8>> = blocks.iter().map(|block| block.bytes.to_vec()).collect();
			made.sort();
			expected.sort();
			prop_assert_eq!(made, expected);
			for block in blocks {
				let node = Node::read(&block.id, block.bytes.clone()).unwrap();
				prop_assert!(node.size() <= len as u64);
			}
		}

		#[test]
		fn a_changed_branch_reads_as_itself_or_not_at_all(
			at in any::<prop::sample::Index>(),
			mask in 1u8..,
		) {
			let (_, blocks) = import(&content(40), 4, 3, 40);
			let branch = blocks.last().unwrap();
			let mut bytes = branch.bytes.to_vec();
			let at = at.index(bytes.len());
			bytes[at] ^= mask;
			prop_assert!(Node::read(&branch.id, bytes.clone().into()).is_err());
			// Even when the identifier fits, reading must not panic.
			let _ = decode_branch(&bytes);
		}

		#[test]
		fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
			let _ = decode_branch(&bytes);
		}
	}

	fn branch(sizes: &[u64], total: u64) -> Vec<u8> {
		let mut data = vec![0x08, 0x02, 0x18];
		varint(total, &mut data);
		for size in sizes {
			data.push(0x20);
			varint(*size, &mut data);
		}
		let cid = crate::content_id_to_cid(&identify(MultiCodec::Raw, b"x").unwrap()).unwrap();
		let link = PbLink { cid, name: Some(String::new()), size: Some(1) };
		let links = vec![link; sizes.len()];
		PbNode { links, data: Some(data.into()) }.into_bytes()
	}

	#[test]
	fn lying_branches_are_refused() {
		assert!(decode_branch(&branch(&[1, 1], 2)).is_ok());
		assert_eq!(decode_branch(&branch(&[1, 1], 3)), Err("its sizes do not add up"));
		assert_eq!(decode_branch(&branch(&[0, 2], 2)), Err("a link has no content"));
		assert_eq!(decode_branch(&branch(&[u64::MAX, 2], 1)), Err("its sizes overflow"));
		assert_eq!(decode_branch(&branch(&[], 0)), Err("it has no links"));
		let many = vec![1; WIDTH + 1];
		assert_eq!(decode_branch(&branch(&many, 1025)), Err("it has more than 1024 links"));
		assert_eq!(decode_branch(b""), Err("it has no UnixFS data"));
		// A length of 2^64 - 1.
		let bomb = [&[0x12][..], &[0xff; 9], &[0x01]].concat();
		assert_eq!(decode_branch(&bomb), Err("a link is cut off"));
		let mut named = PbNode::from_bytes(branch(&[1], 1).into()).unwrap();
		named.links[0].name = Some("../etc".into());
		assert_eq!(decode_branch(&named.into_bytes()), Err("a link has a name"));
		// A directory.
		let directory = PbNode { links: Vec::new(), data: Some(vec![0x08, 0x01].into()) };
		assert_eq!(decode_branch(&directory.into_bytes()), Err("it is no UnixFS file"));
	}

	#[test]
	fn varints_have_one_form() {
		let read = |bytes: &[u8]| Input(bytes).varint();
		assert_eq!(read(&[0x00]), Some(0));
		assert_eq!(read(&[0x80, 0x01]), Some(128));
		assert_eq!(read(&[0x80, 0x00]), None);
		assert_eq!(read(&[0xff; 10]), None);
		let most = [&[0xff; 9][..], &[0x01]].concat();
		assert_eq!(read(&most), Some(u64::MAX));
		assert_eq!(read(&[&[0xff; 9][..], &[0x02]].concat()), None);
		assert_eq!(read(&[]), None);
	}
}
