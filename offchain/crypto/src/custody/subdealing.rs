// SPDX-License-Identifier: Apache-2.0
//! What a member of a draining committee deals to the next: its own share, shared anew.

use super::{
	commitments::encode_doubled,
	context::{DealingContext, ReshareContext},
	held::HeldShares,
	polynomial::Polynomial,
	scalar::SecretScalar,
	scheme::ThresholdScheme,
	wire::{Object, Reader, Writer},
};
use crate::{Error, Result};
use hkdf::Hkdf;
use salus_primitives::{
	custody::{EpochId, Seat, SubdealingStatement},
	merkle::Tree,
	Commitment, CommitmentDomain, Salt,
};
use sha2::Sha256;
use std::{fmt, sync::Arc};
use zeroize::Zeroizing;

const COEFFICIENTS: &[u8] = b"salus/custody/1/subdealing-coefficients";
const SALT: &[u8] = b"salus/custody/1/subdealing-salt";

/// What one dealer tells every seat of the next committee.
#[derive(Debug)]
struct Common {
	context: ReshareContext,
	dealer: Seat,
	salt: Salt,
	/// The commitments to all coefficients but the constant one, segment by segment. The one to the
	/// constant follows from the dealing's own commitments, so that no dealer can share anything but
	/// its share.
	commitments: Vec<[u8; 32]>,
}

/// One dealer's subdealings, seat by seat.
#[derive(Debug)]
pub struct Subdealings(Vec<Subdealing>);

impl Subdealings {
	/// Each goes to its seat of the next committee and to nobody else.
	pub fn as_slice(&self) -> &[Subdealing] {
		&self.0
	}
}

impl HeldShares {
	/// Shares every share anew for the next committee.
	///
	/// The same shares give the same subdealings: who is interrupted starts again without having
	/// said two different things. The new coefficients derive from the share and so stay as secret.
	///
	/// # Errors
	/// When the epoch is not a later one.
	pub fn reshare(&self, epoch: EpochId, scheme: ThresholdScheme) -> Result<Subdealings> {
		let context = ReshareContext { from: *self.context(), epoch, scheme };
		if epoch <= context.from.epoch {
			return Err(Object::Subdealing.elsewhere());
		}
		let dealer = self.seat();
		let mut halves = Vec::new();
		// Reserved at once: a vector that grows leaves copies of its secrets behind.
		let segments = self.values().len();
		let mut values: Vec<_> =
			scheme.seats().iter().map(|seat| (seat, Vec::with_capacity(segments))).collect();
		for (segment, share) in (0u16..).zip(self.values()) {
			let coefficients = derive_coefficients(share, &context, dealer, segment)?;
			let polynomial = Polynomial::with_coefficients(share.clone(), coefficients);
			halves.extend(polynomial.other_half_commitments());
			for (seat, values) in &mut values {
				values.push(polynomial.evaluate(*seat));
			}
		}
		let salt = derive_salt(self.value(0)?, &context, dealer)?;
		let commitments = encode_doubled(&halves);
		let common = Arc::new(Common { context, dealer, salt, commitments });
		let subdealings = values.into_iter().map(|(receiver, values)| {
			let values = values.iter().map(|value: &SecretScalar| *value.to_bytes()).collect();
			Subdealing { common: Arc::clone(&common), receiver, values: Zeroizing::new(values) }
		});
		Ok(Subdealings(subdealings.collect()))
	}
}

fn derive_coefficients(
	share: &SecretScalar,
	context: &ReshareContext,
	dealer: Seat,
	segment: u16,
) -> Result<Vec<SecretScalar>> {
	let kdf = Hkdf::<Sha256>::new(None, share.to_bytes().as_ref());
	let mut wide = Zeroizing::new(vec![0u8; 64 * (usize::from(context.scheme.threshold()) - 1)]);
	let info: [&[u8]; 4] = [COEFFICIENTS, &context.encode(), &[dealer.0], &segment.to_be_bytes()];
	kdf.expand_multi_info(&info, &mut wide)
		.map_err(|_| Error::Internal { operation: "deriving coefficients" })?;
	Ok(wide.as_chunks::<64>().0.iter().map(SecretScalar::from_wide).collect())
}

fn derive_salt(first: &SecretScalar, context: &ReshareContext, dealer: Seat) -> Result<Salt> {
	let kdf = Hkdf::<Sha256>::new(None, first.to_bytes().as_ref());
	let mut salt = [0; 32];
	kdf.expand_multi_info(&[SALT, &context.encode(), &[dealer.0]], &mut salt)
		.map_err(|_| Error::Internal { operation: "deriving a salt" })?;
	Ok(Salt(salt))
}

/// What one member of the draining committee deals to one seat of the next. As received it is not
/// verified: see [`Resharing`](super::Resharing).
#[derive(Clone)]
pub struct Subdealing {
	common: Arc<Common>,
	receiver: Seat,
	values: Zeroizing<Vec<[u8; 32]>>,
}

impl Subdealing {
	/// What it is bound to.
	pub fn context(&self) -> &ReshareContext {
		&self.common.context
	}

	/// Who deals, in the draining epoch.
	pub fn dealer(&self) -> Seat {
		self.common.dealer
	}

	/// To whom, in the next epoch.
	pub const fn receiver(&self) -> Seat {
		self.receiver
	}

	pub(super) fn salt(&self) -> &Salt {
		&self.common.salt
	}

	/// The commitments of a segment, without the constant one.
	pub(super) fn commitments(&self, segment: u16) -> &[[u8; 32]] {
		let len = usize::from(self.context().scheme.threshold()) - 1;
		let start = usize::from(segment) * len;
		self.common.commitments.get(start..start + len).unwrap_or_default()
	}

	pub(super) fn values(&self) -> &[[u8; 32]] {
		&self.values
	}

	/// What the dealer signs, and without whose signature nobody takes a subdealing.
	pub fn statement(&self) -> SubdealingStatement {
		let (commitments, shares) = (self.commitment_tree().root(), self.share_tree().root());
		let from = &self.context().from;
		SubdealingStatement {
			genesis: from.genesis,
			from: from.epoch,
			to: self.context().epoch,
			record: from.record,
			version: from.version,
			segments: from.segments,
			dealer: self.dealer(),
			commitments,
			receiver: self.receiver,
			shares,
		}
	}

	pub(super) fn commitment_tree(&self) -> Tree {
		let leaf = |segment| {
			let salt = self.salt().for_segment(segment);
			let commitments = self.commitments(segment);
			commitment_leaf(self.context(), self.dealer(), segment, &salt, commitments).0
		};
		Tree::new((0..self.context().from.segments).map(leaf).collect())
	}

	pub(super) fn share_tree(&self) -> Tree {
		let leaf = |(segment, value): (u16, &[u8; 32])| {
			let salt = self.salt().for_segment(segment);
			share_leaf(self.context(), self.dealer(), self.receiver, segment, &salt, value).0
		};
		Tree::new((0u16..).zip(self.values.iter()).map(leaf).collect())
	}

	/// The bytes: context, dealer, receiver, salt, then the points and the share of each segment.
	pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
		let len =
			ReshareContext::LEN + 34 + 32 * (self.common.commitments.len() + self.values.len());
		let mut writer = Writer::new(Object::Subdealing, len);
		writer.put(&self.context().encode()).put(&[self.dealer().0, self.receiver.0]);
		writer.put(&self.salt().0);
		for (segment, value) in (0u16..).zip(self.values.iter()) {
			writer.put_all(self.commitments(segment)).put(value);
		}
		writer.finish()
	}

	/// Reads a subdealing. Points and shares are taken as they are: a dealer who signs what is no
	/// point can be complained about only by who has kept it.
	///
	/// # Errors
	/// When the bytes do not follow the format.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
		let mut reader = Reader::new(Object::Subdealing, bytes)?;
		let context = ReshareContext::decode(&mut reader)?;
		let [dealer, receiver] = reader.array()?.map(Seat);
		context.from.scheme.ensure_seat(dealer)?;
		context.scheme.ensure_seat(receiver)?;
		let salt = Salt(reader.array()?);
		let segments = usize::from(context.from.segments);
		let coefficients = usize::from(context.scheme.threshold()) - 1;
		reader.expect_items(segments, 32 * (coefficients + 1))?;
		let mut commitments = Vec::with_capacity(segments * coefficients);
		let mut values = Zeroizing::new(Vec::with_capacity(segments));
		for _ in 0..segments {
			commitments.extend(reader.arrays(coefficients)?);
			values.push(reader.array()?);
		}
		reader.finish()?;
		let common = Arc::new(Common { context, dealer, salt, commitments });
		Ok(Self { common, receiver, values })
	}
}

/// What stands for the commitments of a segment in a dealer's statement.
pub(super) fn commitment_leaf(
	context: &ReshareContext,
	dealer: Seat,
	segment: u16,
	salt: &Salt,
	commitments: &[[u8; 32]],
) -> Commitment {
	let mut payload = Vec::with_capacity(ReshareContext::LEN + 3 + 32 * commitments.len());
	payload.extend_from_slice(&context.encode());
	payload.push(dealer.0);
	payload.extend_from_slice(&segment.to_be_bytes());
	payload.extend_from_slice(commitments.as_flattened());
	Commitment::new(CommitmentDomain::Subdealing, salt, &payload)
}

/// What stands for the share of a segment in a dealer's statement.
pub(super) fn share_leaf(
	context: &ReshareContext,
	dealer: Seat,
	receiver: Seat,
	segment: u16,
	salt: &Salt,
	value: &[u8; 32],
) -> Commitment {
	let mut payload = Zeroizing::new(Vec::with_capacity(ReshareContext::LEN + 36));
	payload.extend_from_slice(&context.encode());
	payload.extend_from_slice(&[dealer.0, receiver.0]);
	payload.extend_from_slice(&segment.to_be_bytes());
	payload.extend_from_slice(value);
	Commitment::new(CommitmentDomain::Subshare, salt, &payload)
}

/// The salt of the new dealing: unknown to outsiders as long as one dealer keeps its own.
pub(super) fn next_salt<'a>(
	context: &ReshareContext,
	salts: impl Iterator<Item = (Seat, &'a Salt)>,
) -> Salt {
	let mut input = b"salus/reshared-salt/1".to_vec();
	input.extend_from_slice(&context.encode());
	for (dealer, salt) in salts {
		input.push(dealer.0);
		input.extend_from_slice(&salt.0);
	}
	Salt(salus_primitives::blake2_256(&input))
}

impl DealingContext {
	/// Whether a statement is about this dealing going to that epoch.
	pub(super) fn is_of(&self, statement: &SubdealingStatement) -> bool {
		statement.genesis == self.genesis
			&& statement.from == self.epoch
			&& statement.record == self.record
			&& statement.version == self.version
			&& statement.segments == self.segments
	}
}

impl fmt::Debug for Subdealing {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Subdealing")
			.field("context", self.context())
			.field("dealer", &self.dealer())
			.field("receiver", &self.receiver)
			.finish_non_exhaustive()
	}
}
