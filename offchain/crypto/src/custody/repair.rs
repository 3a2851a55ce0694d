// SPDX-License-Identifier: Apache-2.0
//! Giving a custodian its shares back.
//!
//! After Herzberg, Jarecki, Krawczyk and Yung ("Proactive Secret Sharing", 1995): each helper makes
//! for every segment a random polynomial that is zero where the recovering seat is, and deals it to
//! the helpers. Each helper sends its share plus its values of all those masks. What the recovering
//! seat interpolates is the masked polynomial; at its own place the masks are zero, and everywhere
//! else they hide the shares.

use super::{
	batch::Batch,
	combine::interpolate,
	commitments::{decode_point, encode_doubled, DealingCommitments},
	context::RepairContext,
	dealing::SeatShares,
	held::HeldShares,
	polynomial::Polynomial,
	scalar::SecretScalar,
	scheme::abscissa,
	wire::{Object, Reader, Writer},
};
use crate::{random, sealing, Error, Result};
use curve25519_dalek::{traits::Identity, RistrettoPoint, Scalar};
use rand::CryptoRng;
use salus_primitives::{
	blake2_256,
	custody::{DealingDigest, Seat, Seats},
};
use std::{collections::BTreeMap, fmt, sync::Arc};
use zeroize::Zeroizing;

/// The commitments of one helper's masks. They go to the recovering seat and to every helper.
///
/// The commitment to the constant coefficient is left out: it follows, because the mask is zero where
/// the recovering seat is. So nobody can send a mask that is not.
#[derive(Clone, PartialEq, Eq)]
pub struct MaskCommitments {
	context: RepairContext,
	dealer: Seat,
	encoded: Vec<[u8; 32]>,
	points: Vec<RistrettoPoint>,
}

impl MaskCommitments {
	/// The session.
	pub const fn context(&self) -> &RepairContext {
		&self.context
	}

	/// Whose masks they are.
	pub const fn dealer(&self) -> Seat {
		self.dealer
	}

	fn decode(
		context: RepairContext,
		dealer: Seat,
		encoded: Vec<[u8; 32]>,
		reader: &Reader<'_>,
	) -> Result<Self> {
		let points = encoded
			.iter()
			.map(decode_point)
			.collect::<Option<_>>()
			.ok_or_else(|| reader.malformed("a point is not canonical or the identity"))?;
		Ok(Self { context, dealer, encoded, points })
	}

	/// The bytes: session, dealer, then the points of each segment.
	pub fn to_bytes(&self) -> Vec<u8> {
		let len = RepairContext::LEN + 1 + 32 * self.encoded.len();
		let mut writer = Writer::new(Object::MaskCommitments, len);
		writer.put(&self.context.encode()).put(&[self.dealer.0]).put_all(&self.encoded);
		writer.finish().to_vec()
	}

	/// Reads commitments.
	///
	/// # Errors
	/// When they do not follow the format.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
		let mut reader = Reader::new(Object::MaskCommitments, bytes)?;
		let context = RepairContext::decode(&mut reader)?;
		let dealer = Seat(reader.u8()?);
		context.ensure_helper(dealer)?;
		let (segments, coefficients) = shape(&context);
		reader.expect_items(segments, 32 * coefficients)?;
		let encoded = reader.arrays(segments * coefficients)?;
		let commitments = Self::decode(context, dealer, encoded, &reader)?;
		reader.finish()?;
		Ok(commitments)
	}
}

sealing::hex_text!(MaskCommitments);

/// How many segments there are, and commitments for each.
fn shape(context: &RepairContext) -> (usize, usize) {
	let dealing = context.dealing();
	(usize::from(dealing.segments), usize::from(dealing.scheme.threshold()) - 1)
}

/// One helper's masks: what goes to everybody, and what to each helper.
#[derive(Debug)]
pub struct RepairMasks {
	commitments: Arc<MaskCommitments>,
	masks: Vec<RepairMask>,
}

impl RepairMasks {
	/// What goes to the recovering seat.
	pub fn commitments(&self) -> &MaskCommitments {
		&self.commitments
	}

	/// What goes to each helper, the one who made it included.
	pub fn as_slice(&self) -> &[RepairMask] {
		&self.masks
	}
}

/// The values of one helper's masks for another helper, who alone may see them.
#[derive(Clone)]
pub struct RepairMask {
	commitments: Arc<MaskCommitments>,
	receiver: Seat,
	pub(super) values: Vec<SecretScalar>,
}

impl RepairMask {
	/// The session.
	pub fn context(&self) -> &RepairContext {
		self.commitments.context()
	}

	/// Whose masks they are.
	pub fn dealer(&self) -> Seat {
		self.commitments.dealer()
	}

	/// Whom they are for.
	pub const fn receiver(&self) -> Seat {
		self.receiver
	}

	/// The bytes: session, dealer, receiver, the points of all segments, the values of all segments.
	pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
		let encoded = &self.commitments.encoded;
		let len = RepairContext::LEN + 2 + 32 * (encoded.len() + self.values.len());
		let mut writer = Writer::new(Object::Mask, len);
		writer.put(&self.context().encode()).put(&[self.dealer().0, self.receiver.0]);
		writer.put_all(encoded);
		for value in &self.values {
			writer.put(value.to_bytes().as_ref());
		}
		writer.finish()
	}

	/// Reads masks. They are verified by [`RepairHelper::add`].
	///
	/// # Errors
	/// When they do not follow the format.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
		let mut reader = Reader::new(Object::Mask, bytes)?;
		let context = RepairContext::decode(&mut reader)?;
		let [dealer, receiver] = reader.array()?.map(Seat);
		context.ensure_helper(dealer)?;
		context.ensure_helper(receiver)?;
		let (segments, coefficients) = shape(&context);
		reader.expect_items(segments, 32 * (coefficients + 1))?;
		let encoded = reader.arrays(segments * coefficients)?;
		let commitments = MaskCommitments::decode(context, dealer, encoded, &reader)?;
		let values = reader.scalars(segments)?;
		reader.finish()?;
		Ok(Self { commitments: Arc::new(commitments), receiver, values })
	}

	/// Whether the values are on the committed polynomials, all at once.
	fn is_right(&self) -> Result<bool> {
		let mut batch = Batch::new(random::generator()?, self.commitments.points.len());
		let factors = mask_factors(self.context(), self.receiver);
		for (segment, value) in self.values.iter().enumerate() {
			let factor = batch.equation(value);
			add_mask(&mut batch, &factor, &factors, &self.commitments.points, segment);
		}
		Ok(batch.holds())
	}

	/// The first segment of which the value is wrong.
	fn first_fault(&self) -> Option<u16> {
		let factors = mask_factors(self.context(), self.receiver);
		let wrong = |(segment, value): &(u16, &SecretScalar)| {
			let points = points_of(&self.commitments.points, usize::from(*segment), factors.len());
			let expected: RistrettoPoint =
				factors.iter().zip(points).map(|(factor, point)| factor * point).sum();
			value.commit() != expected
		};
		(0u16..).zip(&self.values).find(wrong).map(|(segment, _)| segment)
	}
}

/// By what the commitments of a mask are multiplied to give the commitment to its value for a seat:
/// the constant one is replaced by what makes the mask zero for the recovering seat.
fn mask_factors(context: &RepairContext, seat: Seat) -> Vec<Scalar> {
	let (x, zero) = (abscissa(seat), abscissa(context.recovering()));
	let (mut power, mut zero_power) = (x, zero);
	(1..context.dealing().scheme.threshold())
		.map(|_| {
			let factor = power - zero_power;
			power *= x;
			zero_power *= zero;
			factor
		})
		.collect()
}

fn points_of(points: &[RistrettoPoint], segment: usize, count: usize) -> &[RistrettoPoint] {
	points.get(segment * count..(segment + 1) * count).unwrap_or_default()
}

fn add_mask(
	batch: &mut Batch<impl CryptoRng>,
	factor: &Scalar,
	factors: &[Scalar],
	points: &[RistrettoPoint],
	segment: usize,
) {
	for (own, point) in factors.iter().zip(points_of(points, segment, factors.len())) {
		batch.term(factor * own, point);
	}
}

/// What stands for all masks of a session: helper and recovering seat have to speak of the same.
fn masks_digest<'a>(
	context: &RepairContext,
	masks: impl Iterator<Item = (&'a Seat, &'a MaskCommitments)>,
) -> [u8; 32] {
	let mut input = b"salus/repair-masks/1".to_vec();
	input.extend_from_slice(&context.encode());
	for (dealer, commitments) in masks {
		input.push(dealer.0);
		input.extend_from_slice(&blake2_256(commitments.encoded.as_flattened()));
	}
	blake2_256(&input)
}

/// A custodian that helps a peer.
#[derive(Debug)]
pub struct RepairHelper {
	context: RepairContext,
	helper: Seat,
	values: Vec<SecretScalar>,
	masks: BTreeMap<Seat, Arc<MaskCommitments>>,
}

impl RepairHelper {
	/// Begins to help in a session, and makes this helper's masks for it. They are random: a session
	/// that failed is never taken up again.
	///
	/// # Errors
	/// When the session is about another dealing, this custodian is no helper in it, or there is no
	/// randomness.
	pub fn new(held: &HeldShares, context: RepairContext) -> Result<(Self, RepairMasks)> {
		Self::with_rng(held, context, &mut random::generator()?)
	}

	pub(super) fn with_rng(
		held: &HeldShares,
		context: RepairContext,
		rng: &mut impl CryptoRng,
	) -> Result<(Self, RepairMasks)> {
		let helper = Self::resume(held, context)?;
		let masks = make_masks(&context, helper.helper, rng);
		Ok((helper, masks))
	}

	/// Goes on in a session for which this helper made masks before. They have to come back with
	/// those of the others, and the caller has to know them for its own: whoever chose all masks
	/// would learn the shares.
	///
	/// # Errors
	/// When the session is about another dealing, or this custodian is no helper in it.
	pub fn resume(held: &HeldShares, context: RepairContext) -> Result<Self> {
		let helper = held.seat();
		if held.context() != context.dealing() {
			return Err(Object::Mask.elsewhere());
		}
		context.ensure_helper(helper)?;
		Ok(Self { context, helper, values: held.values().to_vec(), masks: BTreeMap::new() })
	}

	/// Verifies the masks that a helper sent and adds them; those of this helper too.
	///
	/// # Errors
	/// When they belong elsewhere, came before, or are wrong: then the error names their helper.
	pub fn add(&mut self, mask: &RepairMask) -> Result<()> {
		if *mask.context() != self.context || mask.receiver != self.helper {
			return Err(Object::Mask.elsewhere());
		}
		let seat = mask.dealer();
		if self.masks.contains_key(&seat) {
			return Err(Error::SeatRepeated { seat });
		}
		if !mask.is_right()? {
			return Err(Error::WrongShare {
				seat,
				segment: mask.first_fault().unwrap_or_default(),
			});
		}
		for (value, mask) in self.values.iter_mut().zip(&mask.values) {
			value.add_scaled(mask, &Scalar::ONE);
		}
		self.masks.insert(seat, Arc::clone(&mask.commitments));
		Ok(())
	}

	/// The masked shares for the recovering seat. Without the masks of every helper nothing is given.
	///
	/// # Errors
	/// When masks are missing.
	pub fn finish(self) -> Result<RepairShare> {
		ensure_all(&self.context, self.masks.keys().copied().collect())?;
		let masks = masks_digest(
			&self.context,
			self.masks.iter().map(|(seat, masks)| (seat, masks.as_ref())),
		);
		Ok(RepairShare { context: self.context, helper: self.helper, masks, values: self.values })
	}
}

fn ensure_all(context: &RepairContext, seats: Seats) -> Result<()> {
	let (found, needed) = (seats.len(), context.helpers().len());
	if found < needed {
		return Err(Error::TooFewShares { found, needed });
	}
	Ok(())
}

fn make_masks(context: &RepairContext, dealer: Seat, rng: &mut impl CryptoRng) -> RepairMasks {
	let threshold = context.dealing().scheme.threshold();
	let mut halves = Vec::new();
	// Reserved at once: a vector that grows leaves copies of its secrets behind.
	let segments = usize::from(context.dealing().segments);
	let mut values: Vec<_> =
		context.helpers().iter().map(|seat| (seat, Vec::with_capacity(segments))).collect();
	for _ in 0..context.dealing().segments {
		let mask = Polynomial::vanishing_at(context.recovering(), threshold, rng);
		halves.extend(mask.other_half_commitments());
		for (seat, values) in &mut values {
			values.push(mask.evaluate(*seat));
		}
	}
	let encoded = encode_doubled(&halves);
	let points = halves.iter().map(|half| half + half).collect();
	let commitments = Arc::new(MaskCommitments { context: *context, dealer, encoded, points });
	let masks = values
		.into_iter()
		.map(|(receiver, values)| RepairMask {
			commitments: Arc::clone(&commitments),
			receiver,
			values,
		})
		.collect();
	RepairMasks { commitments, masks }
}

/// What a helper gives the recovering seat: its shares, masked.
#[derive(Clone, Debug)]
pub struct RepairShare {
	context: RepairContext,
	helper: Seat,
	pub(super) masks: [u8; 32],
	pub(super) values: Vec<SecretScalar>,
}

impl RepairShare {
	/// The session.
	pub const fn context(&self) -> &RepairContext {
		&self.context
	}

	/// Who helps.
	pub const fn helper(&self) -> Seat {
		self.helper
	}

	/// The bytes: session, helper, the digest of the masks, the value of each segment.
	pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
		let len = RepairContext::LEN + 33 + 32 * self.values.len();
		let mut writer = Writer::new(Object::RepairShare, len);
		writer.put(&self.context.encode()).put(&[self.helper.0]).put(&self.masks);
		for value in &self.values {
			writer.put(value.to_bytes().as_ref());
		}
		writer.finish()
	}

	/// Reads masked shares. They are verified by [`Repair::add_share`].
	///
	/// # Errors
	/// When they do not follow the format.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
		let mut reader = Reader::new(Object::RepairShare, bytes)?;
		let context = RepairContext::decode(&mut reader)?;
		let helper = Seat(reader.u8()?);
		context.ensure_helper(helper)?;
		let masks = reader.array()?;
		let (segments, _) = shape(&context);
		reader.expect_items(segments, 32)?;
		let values = reader.scalars(segments)?;
		reader.finish()?;
		Ok(Self { context, helper, masks, values })
	}
}

/// A custodian that recovers its shares.
#[derive(Debug)]
pub struct Repair {
	context: RepairContext,
	commitments: Arc<DealingCommitments>,
	masks: BTreeMap<Seat, MaskCommitments>,
	values: BTreeMap<Seat, Vec<SecretScalar>>,
}

impl Repair {
	/// Begins a session. `commitments` are those of the dealing, as any peer shows them; `digest` is
	/// the one on chain.
	///
	/// # Errors
	/// When the commitments are not those on chain.
	pub fn new(
		context: RepairContext,
		commitments: DealingCommitments,
		digest: &DealingDigest,
	) -> Result<Self> {
		commitments.ensure(context.dealing(), digest)?;
		let commitments = Arc::new(commitments);
		Ok(Self { context, commitments, masks: BTreeMap::new(), values: BTreeMap::new() })
	}

	/// Takes the commitments of a helper's masks.
	///
	/// # Errors
	/// When they belong elsewhere or came before.
	pub fn add_masks(&mut self, masks: MaskCommitments) -> Result<()> {
		if masks.context != self.context {
			return Err(Object::MaskCommitments.elsewhere());
		}
		let seat = masks.dealer;
		if self.masks.contains_key(&seat) {
			return Err(Error::SeatRepeated { seat });
		}
		self.masks.insert(seat, masks);
		Ok(())
	}

	/// Verifies the masked shares of a helper and takes them. The masks of every helper have to be
	/// there.
	///
	/// # Errors
	/// When masks are missing, or the share belongs elsewhere, came before, was masked otherwise, or
	/// is wrong: then the error names its helper.
	pub fn add_share(&mut self, share: RepairShare) -> Result<()> {
		ensure_all(&self.context, self.masks.keys().copied().collect())?;
		if share.context != self.context {
			return Err(Object::RepairShare.elsewhere());
		}
		let seat = share.helper;
		if self.values.contains_key(&seat) {
			return Err(Error::SeatRepeated { seat });
		}
		if share.masks != masks_digest(&self.context, self.masks.iter()) {
			return Err(Error::MaskMismatch { seat });
		}
		self.verify(&share)?;
		self.values.insert(seat, share.values);
		Ok(())
	}

	fn verify(&self, share: &RepairShare) -> Result<()> {
		let seat = share.helper;
		let factors = mask_factors(&self.context, seat);
		let x = abscissa(seat);
		let terms = share.values.len() * (1 + factors.len()) * (1 + self.masks.len());
		let mut batch = Batch::new(random::generator()?, terms);
		let segments = share.values.iter().zip(self.commitments.vectors());
		for (segment, (value, vector)) in segments.enumerate() {
			let factor = batch.equation(value);
			batch.polynomial(factor, &x, vector.points());
			for masks in self.masks.values() {
				add_mask(&mut batch, &factor, &factors, &masks.points, segment);
			}
		}
		if batch.holds() {
			return Ok(());
		}
		let wrong = |(segment, value): &(u16, &SecretScalar)| {
			value.commit() != self.masked(seat, usize::from(*segment), &factors)
		};
		let segment = (0u16..).zip(&share.values).find(wrong).map(|(segment, _)| segment);
		Err(Error::WrongShare { seat, segment: segment.unwrap_or_default() })
	}

	/// The commitment to the masked share of a helper.
	fn masked(&self, seat: Seat, segment: usize, factors: &[Scalar]) -> RistrettoPoint {
		let share = self
			.commitments
			.vectors()
			.get(segment)
			.map_or_else(RistrettoPoint::identity, |vector| vector.to_share(seat));
		self.masks.values().fold(share, |sum, masks| {
			let points = points_of(&masks.points, segment, factors.len());
			factors.iter().zip(points).fold(sum, |sum, (factor, point)| sum + factor * point)
		})
	}

	/// Whose masked shares are verified.
	pub fn helpers(&self) -> Seats {
		self.values.keys().copied().collect()
	}

	/// The shares that were lost, verified against the commitments.
	///
	/// # Errors
	/// When fewer helpers than the threshold gave theirs.
	pub fn finish(&self) -> Result<HeldShares> {
		let dealing = self.context.dealing();
		let (found, needed) = (self.helpers().len(), u32::from(dealing.scheme.threshold()));
		if found < needed {
			return Err(Error::TooFewShares { found, needed });
		}
		let chosen = || self.values.iter().take(usize::from(dealing.scheme.threshold()));
		let seats: Seats = chosen().map(|(seat, _)| *seat).collect();
		let seat = self.context.recovering();
		let values = (0..usize::from(dealing.segments))
			.map(|segment| {
				let values = chosen().filter_map(|(_, values)| values.get(segment));
				interpolate(seats, values, &abscissa(seat))
			})
			.collect();
		SeatShares::new(Arc::clone(&self.commitments), seat, values).verify(dealing, seat)
	}
}

impl fmt::Debug for MaskCommitments {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("MaskCommitments")
			.field("context", &self.context)
			.field("dealer", &self.dealer)
			.finish_non_exhaustive()
	}
}

impl fmt::Debug for RepairMask {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("RepairMask")
			.field("context", self.context())
			.field("dealer", &self.dealer())
			.field("receiver", &self.receiver)
			.finish_non_exhaustive()
	}
}
