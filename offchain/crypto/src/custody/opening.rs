// SPDX-License-Identifier: Apache-2.0
//! The commitments of one segment, shown to who knows the digest on chain only.

use super::{
	commitments::CommitmentVector,
	context::DealingContext,
	wire::{Reader, Writer},
};
use crate::Result;
use salus_primitives::{custody::DealingDigest, merkle, Salt};

/// Commitments of a segment, their salt, and the way to the digest. Nothing of other segments but
/// salted hashes is in it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct SegmentOpening {
	pub(super) salt: Salt,
	pub(super) siblings: Vec<[u8; 32]>,
	pub(super) encoded: Vec<[u8; 32]>,
}

impl SegmentOpening {
	/// Whether the digest binds the commitments to this segment.
	pub(super) fn is_bound(
		&self,
		context: &DealingContext,
		segment: u16,
		digest: &DealingDigest,
	) -> bool {
		let leaf = CommitmentVector::leaf(&self.encoded, context, segment, &self.salt);
		self.encoded.len() == usize::from(context.scheme.threshold())
			&& digest.binds(context.segments, segment, &leaf, &self.siblings)
	}

	/// The commitments, when the digest binds them.
	pub(super) fn verify(
		&self,
		context: &DealingContext,
		segment: u16,
		digest: &DealingDigest,
	) -> Option<CommitmentVector> {
		let is_bound = self.is_bound(context, segment, digest);
		is_bound.then(|| CommitmentVector::decode(self.encoded.clone())).flatten()
	}

	pub(super) fn len(&self) -> usize {
		33 + 32 * (self.siblings.len() + self.encoded.len())
	}

	pub(super) fn write(&self, writer: &mut Writer) {
		writer.put(&self.salt.0);
		write_siblings(writer, &self.siblings);
		writer.put_all(&self.encoded);
	}

	pub(super) fn read(reader: &mut Reader<'_>, threshold: u8) -> Result<Self> {
		let salt = Salt(reader.array()?);
		let siblings = read_siblings(reader)?;
		let encoded = reader.arrays(usize::from(threshold))?;
		Ok(Self { salt, siblings, encoded })
	}
}

pub(super) fn write_siblings(writer: &mut Writer, siblings: &[[u8; 32]]) {
	// A tree that a `u16` indexes has no longer way.
	let count = u8::try_from(siblings.len()).unwrap_or(u8::MAX);
	writer.put(&[count]).put_all(siblings);
}

pub(super) fn read_siblings(reader: &mut Reader<'_>) -> Result<Vec<[u8; 32]>> {
	let count = usize::from(reader.u8()?);
	if count > merkle::MAX_SIBLINGS {
		return Err(reader.malformed("the way to the root is too long"));
	}
	reader.arrays(count)
}
