// SPDX-License-Identifier: Apache-2.0
//! Merkle trees over hashes, with BLAKE2b-256.
//!
//! The leaves are hashes already. Whoever verifies a leaf makes it from what it stands for, with a
//! label and more than 64 bytes, so that no inner node is shown as a leaf.

use alloc::vec::Vec;
use binary_merkle_tree::{merkle_proof_raw, merkle_root_raw, verify_proof, Leaf};
use sp_crypto_hashing::blake2_256;

/// The longest way from a leaf to the root of a tree with as many leaves as a `u16` counts.
pub const MAX_SIBLINGS: usize = 16;

/// BLAKE2b-256 as the tree wants it.
pub(crate) struct Blake2;

impl hash_db::Hasher for Blake2 {
	type Out = [u8; 32];
	type StdHasher = NoHasher;
	const LENGTH: usize = 32;

	fn hash(bytes: &[u8]) -> [u8; 32] {
		blake2_256(bytes)
	}
}

/// Hashes nothing: the tree never asks for a hash table.
#[derive(Default)]
pub(crate) struct NoHasher;

impl core::hash::Hasher for NoHasher {
	fn finish(&self) -> u64 {
		0
	}

	fn write(&mut self, _: &[u8]) {}
}

/// The root over these leaves. No leaf at all gives zeros.
pub fn root(leaves: &[[u8; 32]]) -> [u8; 32] {
	merkle_root_raw::<Blake2, _>(leaves.iter().copied())
}

/// The hashes beside the way from the leaf at `index` to the root; none when there is no such leaf.
pub fn siblings(leaves: &[[u8; 32]], index: u16) -> Option<Vec<[u8; 32]>> {
	leaves.get(usize::from(index))?;
	Some(merkle_proof_raw::<Blake2, _>(leaves.iter().copied(), u32::from(index)).proof)
}

/// Whether `leaf` is the one at `index` of the `count` leaves under `root`.
pub fn verify(
	root: &[u8; 32],
	count: u16,
	index: u16,
	leaf: [u8; 32],
	siblings: &[[u8; 32]],
) -> bool {
	siblings.len() <= MAX_SIBLINGS
		&& verify_proof::<Blake2, _, _>(
			root,
			siblings.iter().copied(),
			u32::from(count),
			u32::from(index),
			Leaf::Hash(leaf),
		)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn leaves(count: u16) -> Vec<[u8; 32]> {
		(0..count).map(|at| blake2_256(&at.to_le_bytes())).collect()
	}

	proptest! {
		#[test]
		fn every_leaf_is_shown_at_its_place_only(count in 1u16..70, at in 0u16..70, other in 0u16..70) {
			let leaves = leaves(count);
			let root = root(&leaves);
			prop_assert_eq!(siblings(&leaves, at).is_some(), at < count);
			if let Some(beside) = siblings(&leaves, at) {
				let leaf = leaves[usize::from(at)];
				prop_assert!(verify(&root, count, at, leaf, &beside));
				prop_assert_eq!(verify(&root, count, other, leaf, &beside), other == at);
				prop_assert!(!verify(&root, count, at, [0; 32], &beside));
				prop_assert!(!verify(&[0; 32], count, at, leaf, &beside));
			}
		}
	}

	#[test]
	fn the_longest_way_has_sixteen_steps() {
		let leaves = leaves(u16::MAX);
		let beside = siblings(&leaves, 0).unwrap();
		assert_eq!(beside.len(), MAX_SIBLINGS);
		assert!(verify(&root(&leaves), u16::MAX, 0, leaves[0], &beside));
	}
}
