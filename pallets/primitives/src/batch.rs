// SPDX-License-Identifier: Apache-2.0
//! Batches: many entries that were written off the chain, bound by one root on it.
//!
//! An author numbers its entries without a gap over all its batches. A root binds the number of the
//! first entry and their count, so that whoever holds a batch shows each entry (inclusion), and
//! whoever shows fewer than there are is found out (completeness).

use crate::{bytes32::bytes32, merkle::Blake2};
use alloc::vec::Vec;
use binary_merkle_tree::{merkle_proof, merkle_root, verify_proof, Leaf, MerkleProof};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_crypto_hashing::blake2_256;

/// The most entries of one batch.
pub const MAX_BATCH: u32 = 65_536;

bytes32! {
	/// The root of a batch.
	BatchRoot
}

/// What the chain keeps of a batch.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct Batch {
	/// The number of its first entry; the author's first of all is 0.
	pub first: u64,
	/// How many entries it has; at least one.
	pub count: u32,
	/// What binds them.
	pub root: BatchRoot,
}

/// Shows that one entry is in a batch.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct Inclusion {
	/// The entry's number.
	pub number: u64,
	/// The root of the tree, which the batch's root binds with first number and count.
	pub tree: [u8; 32],
	/// The hashes beside the way from the entry to the root.
	pub siblings: Vec<[u8; 32]>,
}

/// What is wrong with a batch or with what was shown of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchFault {
	/// There is no entry, or there are too many.
	CountOutOfRange,
	/// The entry's number is not one of the batch.
	OutOfBatch,
	/// Other entries, or fewer or more of them, than the root binds.
	RootMismatch,
}

impl fmt::Display for BatchFault {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::CountOutOfRange => "a batch has from 1 to 65,536 entries",
			Self::OutOfBatch => "the entry's number is not one of the batch",
			Self::RootMismatch => "the entries are not those that the root binds",
		})
	}
}

impl core::error::Error for BatchFault {}

/// What stands for an entry in the tree. Its label keeps an inner node, which is two hashes and
/// nothing else, from being shown as an entry.
fn leaf(number: u64, entry: &[u8]) -> Vec<u8> {
	(b"salus/batch-entry/1", number, blake2_256(entry)).encode()
}

/// The root over `count` entries from `first` on, of which the tree has the root `tree`.
fn bind(first: u64, count: u32, tree: [u8; 32]) -> BatchRoot {
	BatchRoot((b"salus/batch/1", first, count, tree).using_encoded(blake2_256))
}

fn leaves<E: AsRef<[u8]>>(first: u64, entries: &[E]) -> Result<Vec<Vec<u8>>, BatchFault> {
	let count = u32::try_from(entries.len()).map_err(|_| BatchFault::CountOutOfRange)?;
	let end = first.checked_add(u64::from(count)).ok_or(BatchFault::CountOutOfRange)?;
	if count == 0 || count > MAX_BATCH {
		return Err(BatchFault::CountOutOfRange);
	}
	Ok((first..end).zip(entries).map(|(number, entry)| leaf(number, entry.as_ref())).collect())
}

impl Batch {
	/// The batch of these entries, of which the first is number `first`.
	///
	/// # Errors
	/// When there are none or too many.
	pub fn new<E: AsRef<[u8]>>(first: u64, entries: &[E]) -> Result<Self, BatchFault> {
		let leaves = leaves(first, entries)?;
		let count = u32::try_from(leaves.len()).map_err(|_| BatchFault::CountOutOfRange)?;
		let root = bind(first, count, merkle_root::<Blake2, _>(leaves));
		Ok(Self { first, count, root })
	}

	/// Verifies that these are all entries of the batch, in their order.
	///
	/// # Errors
	/// When they are not.
	pub fn verify_complete<E: AsRef<[u8]>>(&self, entries: &[E]) -> Result<(), BatchFault> {
		if Self::new(self.first, entries)? == *self {
			Ok(())
		} else {
			Err(BatchFault::RootMismatch)
		}
	}

	/// Shows that the entry with this number is among all entries of the batch.
	///
	/// # Errors
	/// When the number is not one of the batch, or the entries are not the batch's.
	pub fn prove<E: AsRef<[u8]>>(
		&self,
		number: u64,
		entries: &[E],
	) -> Result<Inclusion, BatchFault> {
		self.verify_complete(entries)?;
		let index = self.index(number)?;
		let proof: MerkleProof<[u8; 32], Vec<u8>> =
			merkle_proof::<Blake2, _, _>(leaves(self.first, entries)?, index);
		Ok(Inclusion { number, tree: proof.root, siblings: proof.proof })
	}

	/// Verifies that `entry` is in the batch.
	///
	/// # Errors
	/// When it is not.
	pub fn verify_inclusion(&self, entry: &[u8], inclusion: &Inclusion) -> Result<(), BatchFault> {
		let Inclusion { number, tree, siblings } = inclusion;
		let index = self.index(*number)?;
		if bind(self.first, self.count, *tree) != self.root {
			return Err(BatchFault::RootMismatch);
		}
		let leaf = leaf(*number, entry);
		let siblings = siblings.iter().copied();
		if verify_proof::<Blake2, _, _>(tree, siblings, self.count, index, Leaf::Value(&leaf)) {
			Ok(())
		} else {
			Err(BatchFault::RootMismatch)
		}
	}

	fn index(&self, number: u64) -> Result<u32, BatchFault> {
		number
			.checked_sub(self.first)
			.and_then(|index| u32::try_from(index).ok())
			.filter(|index| *index < self.count)
			.ok_or(BatchFault::OutOfBatch)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn entries(count: usize) -> Vec<Vec<u8>> {
		(0..count).map(|at| at.to_le_bytes().to_vec()).collect()
	}

	#[test]
	fn a_batch_has_entries_and_not_too_many() {
		assert_eq!(Batch::new(0, &entries(0)), Err(BatchFault::CountOutOfRange));
		let too_many = alloc::vec![[0u8; 1]; MAX_BATCH as usize + 1];
		assert_eq!(Batch::new(0, &too_many), Err(BatchFault::CountOutOfRange));
		assert_eq!(Batch::new(u64::MAX, &entries(2)), Err(BatchFault::CountOutOfRange));
		assert!(Batch::new(u64::MAX - 2, &entries(2)).is_ok());
	}

	#[test]
	fn the_root_binds_the_first_number() {
		let (a, b) = (Batch::new(0, &entries(3)).unwrap(), Batch::new(1, &entries(3)).unwrap());
		assert_ne!(a.root, b.root);
	}

	#[test]
	fn an_inner_node_is_no_entry() {
		// Two entries, and the two hashes of their leaves shown as one entry.
		let two = entries(2);
		let batch = Batch::new(0, &two).unwrap();
		let node = [blake2_256(&leaf(0, &two[0])), blake2_256(&leaf(1, &two[1]))].concat();
		let forged = Batch { count: 1, ..batch };
		let tree = batch.prove(0, &two).unwrap().tree;
		let inclusion = Inclusion { number: 0, tree, siblings: Vec::new() };
		assert!(batch.verify_inclusion(&node, &inclusion).is_err());
		assert!(forged.verify_inclusion(&node, &inclusion).is_err());
	}

	proptest! {
		#[test]
		fn every_entry_is_shown_and_no_other(
			count in 1usize..70,
			first in 0u64..1_000,
			at in any::<prop::sample::Index>(),
			other in any::<prop::sample::Index>(),
		) {
			let entries = entries(count);
			let batch = Batch::new(first, &entries).unwrap();
			let (at, other) = (at.index(count), other.index(count));
			let inclusion = batch.prove(first + at as u64, &entries).unwrap();
			prop_assert_eq!(batch.verify_inclusion(&entries[at], &inclusion), Ok(()));
			if at != other {
				prop_assert!(batch.verify_inclusion(&entries[other], &inclusion).is_err());
				let moved = Inclusion { number: first + other as u64, ..inclusion.clone() };
				prop_assert!(batch.verify_inclusion(&entries[at], &moved).is_err());
			}
			let beyond = Inclusion { number: first + count as u64, ..inclusion };
			prop_assert_eq!(
				batch.verify_inclusion(&entries[at], &beyond),
				Err(BatchFault::OutOfBatch)
			);
		}

		#[test]
		fn what_is_left_out_is_missed(count in 2usize..70, at in any::<prop::sample::Index>()) {
			let all = entries(count);
			let batch = Batch::new(5, &all).unwrap();
			prop_assert_eq!(batch.verify_complete(&all), Ok(()));
			let mut fewer = all.clone();
			fewer.remove(at.index(count));
			prop_assert_eq!(batch.verify_complete(&fewer), Err(BatchFault::RootMismatch));
			let mut swapped = all;
			swapped.swap(0, count - 1);
			prop_assert_eq!(batch.verify_complete(&swapped), Err(BatchFault::RootMismatch));
		}
	}
}
