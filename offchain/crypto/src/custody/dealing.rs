// SPDX-License-Identifier: Apache-2.0
//! Dealing the keys of a record version to a committee.

use super::{
	batch::Batch,
	commitments::{decode_vector, CommitmentVector, DealingCommitments},
	context::DealingContext,
	held::HeldShares,
	key,
	polynomial::Polynomial,
	scalar::SecretScalar,
	scheme::abscissa,
	wire::{Object, Reader, Writer},
};
use crate::{random, Error, Result, SegmentKey};
use rand::CryptoRng;
use salus_primitives::{
	custody::{DealingDigest, Seat},
	Salt,
};
use std::sync::Arc;
use zeroize::Zeroizing;

/// From how many segments on they are verified together.
const BATCH: usize = 4;

/// The keys of all segments of a record version, and the shares of each seat.
#[derive(Debug)]
pub struct Dealing {
	commitments: Arc<DealingCommitments>,
	shares: Vec<SeatShares>,
	keys: Vec<SegmentKey>,
}

impl Dealing {
	/// What the chain keeps.
	pub fn digest(&self) -> DealingDigest {
		self.commitments.digest()
	}

	/// The keys, segment by segment: what the segments are sealed with.
	pub fn keys(&self) -> &[SegmentKey] {
		&self.keys
	}

	/// The shares, seat by seat: each goes to its custodian and to nobody else.
	pub fn shares(&self) -> &[SeatShares] {
		&self.shares
	}
}

/// Makes fresh keys for all segments of a record version and deals them to a committee.
///
/// # Errors
/// When there is no segment, or no randomness.
pub fn deal(context: DealingContext) -> Result<Dealing> {
	deal_with(context, &mut random::generator()?)
}

pub(super) fn deal_with(context: DealingContext, rng: &mut impl CryptoRng) -> Result<Dealing> {
	context.ensure_segment(0)?;
	let mut dealer = Dealer::with(context, rng);
	for _ in 0..context.segments {
		dealer.draw(rng)?;
	}
	dealer.finish()
}

/// Deals a record version whose segments are found one after the other: gives out a key for each,
/// and its shares when all are known.
#[derive(Debug)]
pub struct Dealer {
	context: DealingContext,
	salt: Salt,
	polynomials: Vec<Polynomial>,
	keys: Vec<SegmentKey>,
}

impl Dealer {
	/// For the dealing that `context` describes. How many segments it has is not looked at: it will
	/// be as many as keys were taken.
	///
	/// # Errors
	/// When there is no randomness.
	pub fn new(context: DealingContext) -> Result<Self> {
		Ok(Self::with(context, &mut random::generator()?))
	}

	fn with(context: DealingContext, rng: &mut impl CryptoRng) -> Self {
		let mut salt = Salt([0; 32]);
		rng.fill_bytes(&mut salt.0);
		let context = DealingContext { segments: 0, ..context };
		Self { context, salt, polynomials: Vec::new(), keys: Vec::new() }
	}

	/// The next segment and its key.
	///
	/// # Errors
	/// When a record version has no more segments, or there is no randomness.
	pub fn next_key(&mut self) -> Result<(u16, SegmentKey)> {
		self.draw(&mut random::generator()?)
	}

	fn draw(&mut self, rng: &mut impl CryptoRng) -> Result<(u16, SegmentKey)> {
		let segment = self.context.segments;
		let full = Error::InvalidSegment { segment, segments: segment };
		self.context.segments = segment.checked_add(1).ok_or(full)?;
		let secret = SecretScalar::random(rng);
		let key = key::derive(&secret, &self.context, segment)?;
		self.polynomials.push(Polynomial::random(secret, self.context.scheme.threshold(), rng));
		self.keys.push(key.clone());
		Ok((segment, key))
	}

	/// Deals every key that was taken.
	///
	/// # Errors
	/// When none was.
	pub fn finish(self) -> Result<Dealing> {
		let Self { context, salt, polynomials, keys } = self;
		context.ensure_segment(0)?;
		let halves: Vec<_> = polynomials.iter().flat_map(Polynomial::half_commitments).collect();
		let vectors = CommitmentVector::from_halves(&halves, context.scheme.threshold());
		let commitments = Arc::new(DealingCommitments::new(context, salt, vectors));
		let shares = context.scheme.seats().iter().map(|seat| {
			// Reserved at once: a vector that grows leaves copies of its secrets behind.
			let mut values = Vec::with_capacity(polynomials.len());
			values.extend(polynomials.iter().map(|polynomial| polynomial.evaluate(seat)));
			SeatShares::new(Arc::clone(&commitments), seat, values)
		});
		let shares = shares.collect();
		Ok(Dealing { commitments, shares, keys })
	}
}

/// What one seat gets of a dealing: its share of each segment's secret, and the commitments to
/// verify it against. As received it is not verified.
#[derive(Clone, Debug)]
pub struct SeatShares {
	pub(super) commitments: Arc<DealingCommitments>,
	pub(super) seat: Seat,
	pub(super) values: Vec<SecretScalar>,
}

impl SeatShares {
	pub(super) const fn new(
		commitments: Arc<DealingCommitments>,
		seat: Seat,
		values: Vec<SecretScalar>,
	) -> Self {
		Self { commitments, seat, values }
	}

	/// Whose they are.
	pub const fn seat(&self) -> Seat {
		self.seat
	}

	/// What they are bound to.
	pub fn context(&self) -> &DealingContext {
		self.commitments.context()
	}

	/// Verifies that these are the shares of `seat` in the dealing that `context` describes, each on
	/// the polynomial that the commitments fix. Whoever acknowledges a dealing has done this.
	///
	/// # Errors
	/// When they belong elsewhere, or a share is wrong: then the error names its segment.
	pub fn verify(self, context: &DealingContext, seat: Seat) -> Result<HeldShares> {
		if self.context() != context || self.seat != seat {
			return Err(Object::Shares.elsewhere());
		}
		self.verify_values()?;
		Ok(HeldShares::new(self))
	}

	fn verify_values(&self) -> Result<()> {
		if self.values.len() >= BATCH && self.verify_batch()? {
			return Ok(());
		}
		let shares = (0u16..).zip(self.values.iter().zip(self.commitments.vectors()));
		for (segment, (value, vector)) in shares {
			if value.commit() != vector.to_share(self.seat) {
				return Err(Error::WrongShare { seat: self.seat, segment });
			}
		}
		Ok(())
	}

	fn verify_batch(&self) -> Result<bool> {
		let terms = self.values.len() * usize::from(self.context().scheme.threshold());
		let mut batch = Batch::new(random::generator()?, terms);
		let x = abscissa(self.seat);
		for (value, vector) in self.values.iter().zip(self.commitments.vectors()) {
			let factor = batch.equation(value);
			batch.polynomial(factor, &x, vector.points());
		}
		Ok(batch.holds())
	}

	/// The bytes: context, salt, seat, then the points and the share of each segment. They are as
	/// secret as the shares.
	pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
		let threshold = usize::from(self.context().scheme.threshold());
		let len = DealingContext::LEN + 33 + self.values.len() * 32 * (threshold + 1);
		let mut writer = Writer::new(Object::Shares, len);
		writer.put(&self.context().encode()).put(&self.commitments.salt().0).put(&[self.seat.0]);
		for (value, vector) in self.values.iter().zip(self.commitments.vectors()) {
			writer.put_all(vector.encoded()).put(value.to_bytes().as_ref());
		}
		writer.finish()
	}

	/// Reads shares. They are not verified: see [`verify`](Self::verify).
	///
	/// # Errors
	/// When they do not follow the format.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
		let mut reader = Reader::new(Object::Shares, bytes)?;
		let context = DealingContext::decode(&mut reader)?;
		let salt = Salt(reader.array()?);
		let seat = Seat(reader.u8()?);
		context.scheme.ensure_seat(seat)?;
		let (segments, threshold) =
			(usize::from(context.segments), usize::from(context.scheme.threshold()));
		reader.expect_items(segments, 32 * (threshold + 1))?;
		let mut vectors = Vec::with_capacity(segments);
		let mut values = Vec::with_capacity(segments);
		for _ in 0..segments {
			vectors.push(decode_vector(&mut reader, threshold)?);
			values.push(reader.scalar()?);
		}
		reader.finish()?;
		let commitments = Arc::new(DealingCommitments::new(context, salt, vectors));
		Ok(Self::new(commitments, seat, values))
	}
}
