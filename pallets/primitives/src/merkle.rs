// SPDX-License-Identifier: Apache-2.0
//! Merkle trees over hashes, with BLAKE2b-256.
//!
//! The leaves are hashes already. Whoever verifies a leaf makes it from what it stands for, with a
//! label and more than 64 bytes, so that no inner node is shown as a leaf.

use alloc::vec::Vec;
use sp_crypto_hashing::blake2_256;

/// The longest way from a leaf to the root of a tree with as many leaves as a `u16` counts.
pub const MAX_SIBLINGS: usize = 16;

/// BLAKE2b-256 as `binary_merkle_tree` wants it.
pub(crate) struct Blake2;

impl hash_db::Hasher for Blake2 {
	type Out = [u8; 32];
	type StdHasher = NoHasher;
	const LENGTH: usize = 32;

	fn hash(bytes: &[u8]) -> [u8; 32] {
		blake2_256(bytes)
	}
}

/// Hashes nothing: that crate never asks for a hash table.
#[derive(Default)]
pub(crate) struct NoHasher;

impl core::hash::Hasher for NoHasher {
	fn finish(&self) -> u64 {
		0
	}

	fn write(&mut self, _: &[u8]) {}
}

/// A tree that is kept, so that showing one leaf does not hash the others again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
	/// From the leaves up; the last one has the root alone.
	levels: Vec<Vec<[u8; 32]>>,
}

impl Tree {
	/// The tree over these leaves.
	pub fn new(leaves: Vec<[u8; 32]>) -> Self {
		let mut levels = Vec::new();
		let mut level = leaves;
		while level.len() > 1 {
			let next = level.chunks(2).map(join).collect();
			levels.push(core::mem::replace(&mut level, next));
		}
		levels.push(level);
		Self { levels }
	}

	/// The root. No leaf at all gives zeros.
	pub fn root(&self) -> [u8; 32] {
		self.levels.last().and_then(|level| level.first()).copied().unwrap_or_default()
	}

	/// The hashes beside the way from the leaf at `index` to the root; none when there is no such
	/// leaf.
	pub fn siblings(&self, index: u16) -> Option<Vec<[u8; 32]>> {
		let mut at = usize::from(index);
		self.levels.first()?.get(at)?;
		let mut siblings = Vec::with_capacity(MAX_SIBLINGS);
		for level in &self.levels {
			// A last node without a partner goes up as it is.
			siblings.extend(level.get(at ^ 1).copied());
			at >>= 1;
		}
		Some(siblings)
	}
}

/// What stands for one or two nodes on the level above.
fn join(nodes: &[[u8; 32]]) -> [u8; 32] {
	match nodes {
		[alone] => *alone,
		pair => blake2_256(pair.as_flattened()),
	}
}

/// The root over these leaves. No leaf at all gives zeros.
pub fn root(leaves: &[[u8; 32]]) -> [u8; 32] {
	Tree::new(leaves.to_vec()).root()
}

/// Whether `leaf` is the one at `index` of the `count` leaves under `root`. There is one way that
/// shows it, at no other place.
pub fn verify(
	root: &[u8; 32],
	count: u16,
	index: u16,
	leaf: [u8; 32],
	siblings: &[[u8; 32]],
) -> bool {
	if index >= count {
		return false;
	}
	let mut siblings = siblings.iter();
	let (mut node, mut at, mut width) = (leaf, index, count);
	while width > 1 {
		if at ^ 1 < width {
			let Some(sibling) = siblings.next() else { return false };
			node = if at & 1 == 0 { join(&[node, *sibling]) } else { join(&[*sibling, node]) };
		}
		at >>= 1;
		width = width.div_ceil(2);
	}
	siblings.next().is_none() && node == *root
}

#[cfg(test)]
mod tests {
	use super::*;
	use binary_merkle_tree::{merkle_proof_raw, merkle_root_raw};
	use proptest::prelude::*;

	fn leaves(count: u16) -> Vec<[u8; 32]> {
		(0..count).map(|at| blake2_256(&at.to_le_bytes())).collect()
	}

	proptest! {
		#[test]
		fn every_leaf_is_shown_at_its_place_only(count in 1u16..70, at in 0u16..70, other in 0u16..70) {
			let leaves = leaves(count);
			let tree = Tree::new(leaves.clone());
			let root = tree.root();
			prop_assert_eq!(tree.siblings(at).is_some(), at < count);
			if let Some(beside) = tree.siblings(at) {
				let leaf = leaves[usize::from(at)];
				prop_assert!(verify(&root, count, at, leaf, &beside));
				prop_assert_eq!(verify(&root, count, other, leaf, &beside), other == at);
				prop_assert!(!verify(&root, count, at, [0; 32], &beside));
				prop_assert!(!verify(&[0; 32], count, at, leaf, &beside));
				let longer = [&beside[..], &[[0; 32]]].concat();
				prop_assert!(!verify(&root, count, at, leaf, &longer));
				if let Some((_, shorter)) = beside.split_last() {
					prop_assert!(!verify(&root, count, at, leaf, shorter));
				}
			}
		}

		/// The tree is the one that batches have, only its verification is stricter.
		#[test]
		fn the_tree_is_the_common_one(count in 0u16..70, at in 0u16..70) {
			let (leaves, tree) = (leaves(count), Tree::new(leaves(count)));
			prop_assert_eq!(tree.root(), merkle_root_raw::<Blake2, _>(leaves.iter().copied()));
			if at < count {
				let proof = merkle_proof_raw::<Blake2, _>(leaves.iter().copied(), u32::from(at));
				prop_assert_eq!(tree.siblings(at), Some(proof.proof));
			}
		}
	}

	#[test]
	fn the_longest_way_has_sixteen_steps() {
		let leaves = leaves(u16::MAX);
		let tree = Tree::new(leaves.clone());
		let beside = tree.siblings(0).unwrap();
		assert_eq!(beside.len(), MAX_SIBLINGS);
		assert!(verify(&root(&leaves), u16::MAX, 0, leaves[0], &beside));
	}
}
