// SPDX-License-Identifier: Apache-2.0
//! Taking a dealing over from a draining committee.

use super::{
	batch::Batch,
	combine::interpolate,
	commitments::{decode_point, encode_doubled, evaluate, CommitmentVector, DealingCommitments},
	context::ReshareContext,
	dealing::SeatShares,
	held::HeldShares,
	lagrange,
	scalar::SecretScalar,
	scheme::{abscissa, ThresholdScheme},
	subdealing::{next_salt, Subdealing},
	wire::Object,
};
use crate::{random, Error, Result};
use curve25519_dalek::{traits::VartimeMultiscalarMul, RistrettoPoint, Scalar};
use rand::CryptoRng;
use salus_primitives::{
	custody::{DealingDigest, EpochId, Seat, Seats},
	RecordId, Salt,
};
use std::{collections::BTreeMap, fmt, sync::Arc};

/// A dealer whose subdealing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SubdealingFault {
	/// The record.
	pub record: RecordId,
	/// The version of the record.
	pub version: u32,
	/// The dealer's seat in the draining epoch.
	pub dealer: Seat,
	/// The first segment of which its share is wrong.
	pub segment: u16,
}

/// One member of the next committee taking over one dealing: collects what members of the draining
/// committee deal, verifies it, and makes the new shares of what any `t` of them dealt.
#[derive(Debug)]
pub struct Resharing {
	context: ReshareContext,
	receiver: Seat,
	old: Arc<DealingCommitments>,
	received: BTreeMap<Seat, Received>,
}

/// A subdealing whose points and scalars are such.
struct Received {
	salt: Salt,
	/// Without the constant one, segment by segment.
	commitments: Vec<RistrettoPoint>,
	values: Vec<SecretScalar>,
	is_verified: bool,
}

impl Received {
	fn commitments(&self, segment: usize, count: usize) -> &[RistrettoPoint] {
		self.commitments.get(segment * count..(segment + 1) * count).unwrap_or_default()
	}
}

impl fmt::Debug for Received {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Received").field("is_verified", &self.is_verified).finish_non_exhaustive()
	}
}

impl Resharing {
	/// For the seat `receiver` of the next committee. `old` are the commitments of the dealing, as
	/// any member of the draining committee shows them; `digest` is the one on chain.
	///
	/// # Errors
	/// When the commitments are not those on chain, the epoch is not a later one, or the next
	/// committee has no such seat.
	pub fn new(
		old: DealingCommitments,
		digest: &DealingDigest,
		epoch: EpochId,
		scheme: ThresholdScheme,
		receiver: Seat,
	) -> Result<Self> {
		let from = *old.context();
		old.ensure(&from, digest)?;
		if epoch <= from.epoch {
			return Err(Object::Subdealing.elsewhere());
		}
		scheme.ensure_seat(receiver)?;
		let context = ReshareContext { from, epoch, scheme };
		Ok(Self { context, receiver, old: Arc::new(old), received: BTreeMap::new() })
	}

	/// What it is bound to.
	pub const fn context(&self) -> &ReshareContext {
		&self.context
	}

	pub(super) const fn receiver(&self) -> Seat {
		self.receiver
	}

	pub(super) fn old(&self) -> &DealingCommitments {
		&self.old
	}

	/// Takes what a dealer sent. Whose signature the subdealing's statement bears is for the caller
	/// to verify. [`verify`](Self::verify) has to follow.
	///
	/// # Errors
	/// When it is for somebody else or another dealing, the dealer sent one before, or a point or a
	/// scalar of it is none: then the dealer can be complained about.
	pub fn add(&mut self, subdealing: &Subdealing) -> Result<()> {
		if *subdealing.context() != self.context || subdealing.receiver() != self.receiver {
			return Err(Object::Subdealing.elsewhere());
		}
		let seat = subdealing.dealer();
		if self.received.contains_key(&seat) {
			return Err(Error::SeatRepeated { seat });
		}
		let mut values = Vec::with_capacity(subdealing.values().len());
		let mut commitments = Vec::new();
		for (segment, value) in (0u16..).zip(subdealing.values()) {
			let wrong = || Error::WrongShare { seat, segment };
			values.push(SecretScalar::from_bytes(value).ok_or_else(wrong)?);
			for point in subdealing.commitments(segment) {
				commitments.push(decode_point(point).ok_or_else(wrong)?);
			}
		}
		let salt = *subdealing.salt();
		self.received.insert(seat, Received { salt, commitments, values, is_verified: false });
		Ok(())
	}

	/// Verifies what was added since the last time. Wrong subdealings are dropped and returned.
	///
	/// # Errors
	/// When there is no randomness.
	pub fn verify(&mut self) -> Result<Vec<SubdealingFault>> {
		verify_all(std::slice::from_mut(self))
	}

	/// Which dealers' subdealings are verified.
	pub fn dealers(&self) -> Seats {
		self.verified().map(|(seat, _)| *seat).collect()
	}

	fn verified(&self) -> impl Iterator<Item = (&Seat, &Received)> {
		self.received.iter().filter(|(_, received)| received.is_verified)
	}

	fn unverified(&self) -> impl Iterator<Item = (Seat, &Received)> {
		let unverified = self.received.iter().filter(|(_, received)| !received.is_verified);
		unverified.map(|(seat, received)| (*seat, received))
	}

	/// How many commitments a subdealing has for each segment.
	fn coefficients(&self) -> usize {
		usize::from(self.context.scheme.threshold()) - 1
	}

	fn terms(&self) -> usize {
		let dealers = self.unverified().count();
		let old = usize::from(self.context.from.scheme.threshold());
		usize::from(self.context.from.segments) * (old + dealers * self.coefficients())
	}

	/// Adds the equations of everything unverified: a share is on the polynomial of which the
	/// constant coefficient is the dealer's share.
	fn add_equations(&self, batch: &mut Batch<impl CryptoRng>) {
		let x = abscissa(self.receiver);
		for (segment, old) in self.old.vectors().iter().enumerate() {
			let mut old_factors = vec![Scalar::ZERO; old.points().len()];
			for (dealer, received) in self.unverified() {
				let Some(value) = received.values.get(segment) else { continue };
				let factor = batch.equation(value);
				let mut power = factor;
				for old_factor in &mut old_factors {
					*old_factor += power;
					power *= abscissa(dealer);
				}
				let commitments = received.commitments(segment, self.coefficients());
				batch.polynomial(factor * x, &x, commitments);
			}
			for (factor, point) in old_factors.into_iter().zip(old.points()) {
				batch.term(factor, point);
			}
		}
	}

	/// The first segment of which a dealer's share is wrong.
	fn first_fault(&self, dealer: Seat, received: &Received) -> Option<u16> {
		let count = self.coefficients();
		let segments = (0u16..).zip(self.old.vectors()).zip(&received.values);
		for ((segment, old), value) in segments {
			let constant = old.to_share(dealer);
			let others = received.commitments(usize::from(segment), count);
			let expected = evaluate(std::iter::once(&constant).chain(others), self.receiver);
			if value.commit() != expected {
				return Some(segment);
			}
		}
		None
	}

	/// Marks everything as verified, after dropping what is not.
	fn settle(&mut self, look: bool) -> Vec<SubdealingFault> {
		let (record, version) = (self.context.from.record, self.context.from.version);
		let faults: Vec<_> = self
			.unverified()
			.filter(|_| look)
			.filter_map(|(dealer, received)| {
				let segment = self.first_fault(dealer, received)?;
				Some(SubdealingFault { record, version, dealer, segment })
			})
			.collect();
		for fault in &faults {
			self.received.remove(&fault.dealer);
		}
		self.received.values_mut().for_each(|received| received.is_verified = true);
		faults
	}

	/// The new shares, made of what these dealers dealt: exactly as many as the old threshold, the
	/// same for every member of the next committee, because the digest depends on who they are.
	///
	/// # Errors
	/// When they are more or fewer, or one of them dealt nothing that is verified.
	pub fn finish(&self, dealers: Seats) -> Result<HeldShares> {
		let needed = u32::from(self.context.from.scheme.threshold());
		if dealers.len() != needed {
			return Err(Error::TooFewShares { found: dealers.len(), needed });
		}
		if let Some(seat) = dealers.without(self.dealers()).iter().next() {
			return Err(Error::InvalidSeat { seat });
		}
		let chosen: Vec<_> =
			self.received.iter().filter(|(seat, _)| dealers.contains(**seat)).collect();
		let values = (0..self.old.vectors().len())
			.map(|segment| {
				let values = chosen.iter().filter_map(|(_, received)| received.values.get(segment));
				interpolate(dealers, values, &Scalar::ZERO)
			})
			.collect();
		let vectors = self.next_vectors(dealers, &chosen)?;
		let salts = chosen.iter().map(|(seat, received)| (**seat, &received.salt));
		let salt = next_salt(&self.context, salts);
		let commitments = DealingCommitments::new(self.context.to(), salt, vectors);
		Ok(HeldShares::new(SeatShares::new(Arc::new(commitments), self.receiver, values)))
	}

	/// The commitments of the new polynomials: those of the subdealings, interpolated. The constant
	/// one is the old one, because the secret is.
	fn next_vectors(
		&self,
		dealers: Seats,
		chosen: &[(&Seat, &Received)],
	) -> Result<Vec<CommitmentVector>> {
		let count = self.coefficients();
		let halves_of_factors: Vec<_> =
			lagrange::coefficients(dealers, &Scalar::ZERO).iter().map(Scalar::div_by_2).collect();
		let halves: Vec<_> = (0..self.old.vectors().len() * count)
			.map(|at| {
				let points: Vec<_> = chosen
					.iter()
					.filter_map(|(_, received)| received.commitments.get(at))
					.collect();
				RistrettoPoint::vartime_multiscalar_mul(&halves_of_factors, points)
			})
			.collect();
		let encoded = encode_doubled(&halves);
		if encoded.contains(&[0; 32]) {
			return Err(Object::Subdealing.malformed("its commitments cancel out"));
		}
		let vectors = self.old.vectors().iter().enumerate().map(|(segment, old)| {
			let range = segment * count..(segment + 1) * count;
			let halves = halves.get(range.clone()).unwrap_or_default();
			let encoded = encoded.get(range).unwrap_or_default();
			CommitmentVector::with_constant_of(old, halves, encoded)
		});
		Ok(vectors.collect())
	}
}

/// Verifies what was added to any number of resharings, all at once: much faster than one by one.
/// Wrong subdealings are dropped and returned.
///
/// # Errors
/// When there is no randomness.
pub fn verify_all(resharings: &mut [Resharing]) -> Result<Vec<SubdealingFault>> {
	let terms = resharings.iter().map(Resharing::terms).sum();
	let mut batch = Batch::new(random::generator()?, terms);
	for resharing in &*resharings {
		resharing.add_equations(&mut batch);
	}
	let look = !batch.holds();
	Ok(resharings.iter_mut().flat_map(|resharing| resharing.settle(look)).collect())
}
