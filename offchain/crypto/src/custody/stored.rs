// SPDX-License-Identifier: Apache-2.0
//! Releasing straight from what is stored.

use super::{
	commitments::tree,
	context::DealingContext,
	opening::SegmentOpening,
	release::{ReleasedShare, SealedShare},
	scalar::SecretScalar,
	wire::{Object, Reader},
};
use crate::{random, Error, Result};
use rand::CryptoRng;
use salus_primitives::{custody::Seat, merkle::Tree, EncryptionKey, Salt, TicketId};
use std::fmt;
use zeroize::Zeroizing;

/// The bytes that [`HeldShares::to_bytes`](super::HeldShares::to_bytes) gave, as far as releasing
/// needs them. No point is computed with, so that reading costs little beside sealing.
///
/// They come from a store that the custodian trusts as it trusts itself: they were verified when
/// they were received.
pub struct StoredShares<'a> {
	context: DealingContext,
	salt: Salt,
	seat: Seat,
	segments: Vec<StoredSegment<'a>>,
	tree: Tree,
}

struct StoredSegment<'a> {
	encoded: &'a [[u8; 32]],
	value: &'a [u8; 32],
}

impl<'a> StoredShares<'a> {
	/// Reads what is stored.
	///
	/// # Errors
	/// When the bytes do not follow the format. Points are not looked at.
	pub fn read(bytes: &'a [u8]) -> Result<Self> {
		let mut reader = Reader::new(Object::Shares, bytes)?;
		let context = DealingContext::decode(&mut reader)?;
		let salt = Salt(reader.array()?);
		let seat = Seat(reader.u8()?);
		context.scheme.ensure_seat(seat)?;
		let (count, threshold) =
			(usize::from(context.segments), usize::from(context.scheme.threshold()));
		reader.expect_items(count, 32 * (threshold + 1))?;
		let (arrays, _) = reader.bytes(count * 32 * (threshold + 1))?.as_chunks::<32>();
		let segments: Vec<_> = arrays
			.chunks_exact(threshold + 1)
			.filter_map(<[_]>::split_last)
			.map(|(value, encoded)| StoredSegment { encoded, value })
			.collect();
		reader.finish()?;
		let tree = tree(&context, &salt, segments.iter().map(|segment| segment.encoded));
		Ok(Self { context, salt, seat, segments, tree })
	}

	/// Whose they are.
	pub const fn seat(&self) -> Seat {
		self.seat
	}

	/// What they are bound to.
	pub const fn context(&self) -> &DealingContext {
		&self.context
	}

	/// What [`HeldShares::release`](super::HeldShares::release) does.
	///
	/// # Errors
	/// As there, and when the stored share is none.
	pub fn release(
		&self,
		segment: u16,
		ticket: &TicketId,
		ephemeral: &EncryptionKey,
	) -> Result<SealedShare> {
		self.release_with(segment, ticket, ephemeral, &mut random::generator()?)
	}

	pub(super) fn release_with(
		&self,
		segment: u16,
		ticket: &TicketId,
		ephemeral: &EncryptionKey,
		rng: &mut impl CryptoRng,
	) -> Result<SealedShare> {
		let stored = self.segments.get(usize::from(segment)).zip(self.tree.siblings(segment));
		let (stored, siblings) =
			stored.ok_or(Error::InvalidSegment { segment, segments: self.context.segments })?;
		let value = SecretScalar::from_bytes(&Zeroizing::new(*stored.value))
			.ok_or(Object::Shares.malformed("a scalar is not canonical"))?;
		let salt = self.salt.for_segment(segment);
		let opening = SegmentOpening { salt, siblings, encoded: stored.encoded.to_vec() };
		let share = ReleasedShare { value, opening };
		share.seal(&self.context, ticket, segment, self.seat, ephemeral, rng)
	}
}

impl fmt::Debug for StoredShares<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("StoredShares")
			.field("context", &self.context)
			.field("seat", &self.seat)
			.finish_non_exhaustive()
	}
}
