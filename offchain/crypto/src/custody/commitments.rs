// SPDX-License-Identifier: Apache-2.0
//! Feldman commitments: what shares are verified against.

use super::{
	context::DealingContext,
	opening::SegmentOpening,
	wire::{Object, Reader, Writer},
};
use crate::{Error, Result};
use curve25519_dalek::{ristretto::CompressedRistretto, traits::Identity, RistrettoPoint};
use salus_primitives::{
	custody::{DealingDigest, Seat},
	merkle::Tree,
	Commitment, CommitmentDomain, Salt,
};
use std::fmt;

/// Reads a point other than the identity; only its one encoding. The group has prime order: there is
/// no point of small order besides the identity.
pub(super) fn decode_point(bytes: &[u8; 32]) -> Option<RistrettoPoint> {
	CompressedRistretto(*bytes).decompress().filter(|point| *point != RistrettoPoint::identity())
}

/// Encodes twice each point: much cheaper for many than one by one.
pub(super) fn encode_doubled(halves: &[RistrettoPoint]) -> Vec<[u8; 32]> {
	RistrettoPoint::double_and_compress_batch(halves).iter().map(|point| point.to_bytes()).collect()
}

/// The commitment to a polynomial's value for a seat, from those to its coefficients. Takes time
/// that depends on the seat, never on the points.
pub(super) fn evaluate<'a>(
	coefficients: impl DoubleEndedIterator<Item = &'a RistrettoPoint>,
	seat: Seat,
) -> RistrettoPoint {
	coefficients.rev().fold(RistrettoPoint::identity(), |value, coefficient| {
		times(&value, u16::from(seat.0) + 1) + coefficient
	})
}

/// `factor * point` for a small public factor.
fn times(point: &RistrettoPoint, factor: u16) -> RistrettoPoint {
	let bits = u16::BITS - factor.leading_zeros();
	(0..bits).rev().fold(RistrettoPoint::identity(), |sum, bit| {
		let doubled = sum + sum;
		if factor >> bit & 1 == 1 {
			doubled + point
		} else {
			doubled
		}
	})
}

/// The commitments to the coefficients of the polynomial that shares one secret.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct CommitmentVector {
	encoded: Vec<[u8; 32]>,
	points: Vec<RistrettoPoint>,
}

impl CommitmentVector {
	/// The vectors of `threshold` coefficients each, from half of every commitment.
	pub(super) fn from_halves(halves: &[RistrettoPoint], threshold: u8) -> Vec<Self> {
		let len = usize::from(threshold).max(1);
		let encoded = encode_doubled(halves);
		halves
			.chunks_exact(len)
			.zip(encoded.chunks_exact(len))
			.map(|(halves, encoded)| Self {
				encoded: encoded.to_vec(),
				points: halves.iter().map(|half| half + half).collect(),
			})
			.collect()
	}

	/// The vector of a polynomial whose constant coefficient is committed to as in `constant`, from
	/// half of the commitment to each other one.
	pub(super) fn with_constant_of(
		constant: &Self,
		halves: &[RistrettoPoint],
		encoded: &[[u8; 32]],
	) -> Self {
		let first = constant.encoded.iter().take(1).chain(encoded);
		let points = halves.iter().map(|half| half + half);
		Self {
			encoded: first.copied().collect(),
			points: std::iter::once(constant.to_secret()).chain(points).collect(),
		}
	}

	/// Reads a vector; none when a point is not canonical or the identity.
	pub(super) fn decode(encoded: Vec<[u8; 32]>) -> Option<Self> {
		let points = encoded.iter().map(decode_point).collect::<Option<_>>()?;
		Some(Self { encoded, points })
	}

	pub(super) fn encoded(&self) -> &[[u8; 32]] {
		&self.encoded
	}

	pub(super) fn points(&self) -> &[RistrettoPoint] {
		&self.points
	}

	/// The commitment to the shared secret.
	pub(super) fn to_secret(&self) -> RistrettoPoint {
		self.points.first().copied().unwrap_or_else(RistrettoPoint::identity)
	}

	/// The commitment to the share of a seat.
	pub(super) fn to_share(&self, seat: Seat) -> RistrettoPoint {
		evaluate(self.points.iter(), seat)
	}

	/// What stands for the vector of a segment in the digest on chain.
	pub(super) fn leaf(
		encoded: &[[u8; 32]],
		context: &DealingContext,
		segment: u16,
		salt: &Salt,
	) -> Commitment {
		let mut payload = Vec::with_capacity(DealingContext::LEN + 2 + 32 * encoded.len());
		payload.extend_from_slice(&context.encode());
		payload.extend_from_slice(&segment.to_be_bytes());
		payload.extend_from_slice(encoded.as_flattened());
		Commitment::new(CommitmentDomain::Dealing, salt, &payload)
	}
}

/// The commitments of a dealing: for each segment those to the coefficients of its polynomial. They
/// stay among the committee's members; the chain has their digest.
///
/// # Security
/// A quantum computer finds the secrets from them. They travel in the same channels as shares, and
/// are deleted with them.
#[derive(Clone, PartialEq, Eq)]
pub struct DealingCommitments {
	context: DealingContext,
	salt: Salt,
	vectors: Vec<CommitmentVector>,
}

impl DealingCommitments {
	pub(super) const fn new(
		context: DealingContext,
		salt: Salt,
		vectors: Vec<CommitmentVector>,
	) -> Self {
		Self { context, salt, vectors }
	}

	/// What the dealing is bound to.
	pub const fn context(&self) -> &DealingContext {
		&self.context
	}

	/// What the chain keeps of them.
	pub fn digest(&self) -> DealingDigest {
		DealingDigest::from(&self.tree())
	}

	/// Verifies that these are the commitments of the dealing that the chain knows.
	///
	/// # Errors
	/// When the context or the digest is another.
	pub fn ensure(&self, context: &DealingContext, digest: &DealingDigest) -> Result<()> {
		if self.context != *context {
			return Err(Object::Commitments.elsewhere());
		}
		if self.digest() != *digest {
			return Err(Error::DigestMismatch);
		}
		Ok(())
	}

	pub(super) fn vectors(&self) -> &[CommitmentVector] {
		&self.vectors
	}

	pub(super) const fn salt(&self) -> &Salt {
		&self.salt
	}

	/// The tree of which the digest is the root.
	pub(super) fn tree(&self) -> Tree {
		let vectors = self.vectors.iter().map(CommitmentVector::encoded);
		tree(&self.context, &self.salt, vectors)
	}

	/// Shows the commitments of one segment to who has the digest. `tree` is that of
	/// [`tree`](Self::tree), which takes time to make.
	pub(super) fn open(&self, tree: &Tree, segment: u16) -> Result<SegmentOpening> {
		self.context.ensure_segment(segment)?;
		let vector = self.vectors.get(usize::from(segment));
		let fault = Error::Internal { operation: "opening a commitment" };
		let (Some(vector), Some(siblings)) = (vector, tree.siblings(segment)) else {
			return Err(fault);
		};
		let salt = self.salt.for_segment(segment);
		Ok(SegmentOpening { salt, siblings, encoded: vector.encoded().to_vec() })
	}

	/// The bytes: context, salt, then the points of each segment.
	pub fn to_bytes(&self) -> Vec<u8> {
		let points = self.vectors.iter().flat_map(CommitmentVector::encoded);
		let mut writer = Writer::new(
			Object::Commitments,
			DealingContext::LEN + 32 + 32 * points.clone().count(),
		);
		writer.put(&self.context.encode()).put(&self.salt.0).put_all(points);
		writer.finish().to_vec()
	}

	/// Reads commitments. They are not verified: see [`ensure`](Self::ensure).
	///
	/// # Errors
	/// When they do not follow the format.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
		let mut reader = Reader::new(Object::Commitments, bytes)?;
		let context = DealingContext::decode(&mut reader)?;
		let salt = Salt(reader.array()?);
		let threshold = usize::from(context.scheme.threshold());
		reader.expect_items(usize::from(context.segments), 32 * threshold)?;
		let vectors = (0..context.segments)
			.map(|_| decode_vector(&mut reader, threshold))
			.collect::<Result<_>>()?;
		reader.finish()?;
		Ok(Self { context, salt, vectors })
	}
}

/// The tree over the salted hashes of the commitments, segment by segment.
pub(super) fn tree<'a>(
	context: &DealingContext,
	salt: &Salt,
	vectors: impl Iterator<Item = &'a [[u8; 32]]>,
) -> Tree {
	let leaf = |(segment, vector): (u16, &[[u8; 32]])| {
		CommitmentVector::leaf(vector, context, segment, &salt.for_segment(segment)).0
	};
	Tree::new((0u16..).zip(vectors).map(leaf).collect())
}

/// Reads one vector.
pub(super) fn decode_vector(reader: &mut Reader<'_>, threshold: usize) -> Result<CommitmentVector> {
	CommitmentVector::decode(reader.arrays(threshold)?)
		.ok_or_else(|| reader.malformed("a point is not canonical or the identity"))
}

impl fmt::Debug for DealingCommitments {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("DealingCommitments").field("context", &self.context).finish_non_exhaustive()
	}
}

impl fmt::Debug for CommitmentVector {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("CommitmentVector(redacted)")
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use curve25519_dalek::{constants::RISTRETTO_BASEPOINT_POINT, Scalar};

	#[test]
	fn small_multiples_are_multiples() {
		for factor in 0u16..=256 {
			let expected = RISTRETTO_BASEPOINT_POINT * Scalar::from(factor);
			assert_eq!(times(&RISTRETTO_BASEPOINT_POINT, factor), expected);
		}
	}

	#[test]
	fn debug_shows_no_commitment() {
		let halves = [RISTRETTO_BASEPOINT_POINT; 2];
		let vectors = CommitmentVector::from_halves(&halves, 2);
		assert_eq!(format!("{vectors:?}"), "[CommitmentVector(redacted)]");
	}
}
