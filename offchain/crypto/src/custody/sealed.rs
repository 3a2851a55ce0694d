// SPDX-License-Identifier: Apache-2.0
//! Shares on their way to a custodian, and at rest with it.

use super::{
	commitments::DealingCommitments,
	context::{DealingContext, RepairContext, ReshareContext},
	dealing::SeatShares,
	held::HeldShares,
	repair::{RepairMask, RepairShare},
	subdealing::Subdealing,
	wire::Object,
};
use crate::{
	random,
	sealing::{self, Sealed},
	Error, Result, SecretKey,
};
use salus_primitives::{custody::Seat, EncryptionKey, Suite};
use zeroize::Zeroizing;

const LABEL: &str = "salus/seat-shares/1";
const SUBDEALING: &str = "salus/subdealing/1";
const MASK: &str = "salus/repair-mask/1";
const SHARE: &str = "salus/repair-share/1";

/// How what is sealed looks as bytes and as text.
macro_rules! sealed_bytes {
	($name:ident, $object:literal) => {
		impl $name {
			/// The bytes: suite, encapsulated key, ciphertext.
			pub fn to_bytes(&self) -> Vec<u8> {
				self.0.to_bytes()
			}

			/// Reads the bytes.
			///
			/// # Errors
			/// When the suite is not supported, or they are too short for any.
			pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
				let reason = "it is too short to be any";
				let malformed = Error::MalformedCustody { object: $object, reason };
				Sealed::from_bytes(bytes)?.map(Self).ok_or(malformed)
			}
		}

		sealing::hex_text!($name);
	};
}

/// The shares of one seat, sealed to the encryption key of the custodian who has it. The custodian
/// keeps them like this and opens them when it releases, so that its disk never holds a share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SealedSeatShares(Sealed);

impl SealedSeatShares {
	/// The suite.
	pub const fn suite(&self) -> Suite {
		self.0.suite
	}

	/// Opens them for the custodian: the bytes of [`SeatShares`]. Nothing of them is verified yet.
	///
	/// # Errors
	/// When the key or any part of the context is not the one they were sealed with, or they were
	/// changed.
	pub fn open(
		&self,
		secret: &SecretKey,
		context: &DealingContext,
		seat: Seat,
	) -> Result<Zeroizing<Vec<u8>>> {
		let (info, aad) = binding(self.suite(), context, seat);
		sealing::open(secret, &info, &aad, &self.0).ok_or(Error::ShareNotOpened { seat })
	}
}

sealed_bytes!(SealedSeatShares, "sealed shares");

impl SeatShares {
	/// Seals them to the encryption key of their custodian.
	///
	/// # Errors
	/// When the key is unusable, or there is no randomness.
	pub fn seal(&self, custodian: &EncryptionKey) -> Result<SealedSeatShares> {
		let (info, aad) = binding(custodian.suite(), self.context(), self.seat());
		sealing::seal(custodian, &info, &aad, &self.to_bytes(), &mut random::generator()?)
			.map(SealedSeatShares)
	}
}

impl HeldShares {
	/// Seals them to the encryption key of their custodian, to be kept.
	///
	/// # Errors
	/// When the key is unusable, or there is no randomness.
	pub fn seal(&self, custodian: &EncryptionKey) -> Result<SealedSeatShares> {
		self.shares().seal(custodian)
	}
}

/// A subdealing on its way to its receiver, with the commitments of the dealing that it is of: the
/// next committee does not have them, and outsiders never see them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SealedSubdealing(Sealed);

impl SealedSubdealing {
	/// Opens it for its receiver. Nothing of it is verified yet: see
	/// [`Resharing`](super::Resharing).
	///
	/// # Errors
	/// When the key, the context or a seat is not the one it was sealed with, it was changed, or what
	/// is in it does not follow the format.
	pub fn open(
		&self,
		secret: &SecretKey,
		context: &ReshareContext,
		dealer: Seat,
		receiver: Seat,
	) -> Result<(Subdealing, DealingCommitments)> {
		let (info, aad) = handover(self.0.suite, context, dealer, receiver);
		let opened = sealing::open(secret, &info, &aad, &self.0);
		let bytes = opened.ok_or(Error::ShareNotOpened { seat: dealer })?;
		let (subdealing, commitments) = split(&bytes, Object::Subdealing)?;
		let subdealing = Subdealing::from_bytes(subdealing)?;
		let is_here = subdealing.context() == context
			&& (subdealing.dealer(), subdealing.receiver()) == (dealer, receiver);
		if !is_here {
			return Err(Object::Subdealing.elsewhere());
		}
		Ok((subdealing, DealingCommitments::from_bytes(commitments)?))
	}
}

sealed_bytes!(SealedSubdealing, "sealed subdealing");

impl Subdealing {
	/// Seals it, with the commitments of the dealing, to the encryption key of its receiver.
	///
	/// # Errors
	/// When the key is unusable, or there is no randomness.
	pub fn seal(
		&self,
		old: &DealingCommitments,
		receiver: &EncryptionKey,
	) -> Result<SealedSubdealing> {
		let bytes = join(&self.to_bytes(), &old.to_bytes(), Object::Subdealing)?;
		let (info, aad) =
			handover(receiver.suite(), self.context(), self.dealer(), self.receiver());
		sealing::seal(receiver, &info, &aad, &bytes, &mut random::generator()?)
			.map(SealedSubdealing)
	}
}

/// One helper's masks on their way to another, or back to itself, by way of who recovers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SealedRepairMask(Sealed);

impl SealedRepairMask {
	/// Opens them for their receiver. Nothing of them is verified yet: see
	/// [`RepairHelper`](super::RepairHelper).
	///
	/// # Errors
	/// When the key, the session or a seat is not the one they were sealed with, they were changed, or
	/// they do not follow the format.
	pub fn open(
		&self,
		secret: &SecretKey,
		context: &RepairContext,
		dealer: Seat,
		receiver: Seat,
	) -> Result<RepairMask> {
		let (info, aad) = repairing(MASK, self.0.suite, context, [dealer, receiver]);
		let opened = sealing::open(secret, &info, &aad, &self.0);
		let bytes = opened.ok_or(Error::ShareNotOpened { seat: dealer })?;
		let mask = RepairMask::from_bytes(&bytes)?;
		let is_here =
			mask.context() == context && (mask.dealer(), mask.receiver()) == (dealer, receiver);
		if is_here {
			Ok(mask)
		} else {
			Err(Object::Mask.elsewhere())
		}
	}
}

sealed_bytes!(SealedRepairMask, "sealed repair mask");

impl RepairMask {
	/// Seals them to the encryption key of their receiver.
	///
	/// # Errors
	/// When the key is unusable, or there is no randomness.
	pub fn seal(&self, receiver: &EncryptionKey) -> Result<SealedRepairMask> {
		let seats = [self.dealer(), self.receiver()];
		let (info, aad) = repairing(MASK, receiver.suite(), self.context(), seats);
		sealing::seal(receiver, &info, &aad, &self.to_bytes(), &mut random::generator()?)
			.map(SealedRepairMask)
	}
}

/// A helper's masked shares on their way to who recovers, with the commitments of the dealing, which
/// it may have lost too.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SealedRepairShare(Sealed);

impl SealedRepairShare {
	/// Opens them for who recovers. Nothing of them is verified yet: see [`Repair`](super::Repair).
	///
	/// # Errors
	/// When the key, the session or the helper is not the one they were sealed with, they were
	/// changed, or what is in them does not follow the format.
	pub fn open(
		&self,
		secret: &SecretKey,
		context: &RepairContext,
		helper: Seat,
	) -> Result<(RepairShare, DealingCommitments)> {
		let (info, aad) = repairing(SHARE, self.0.suite, context, [helper, context.recovering()]);
		let opened = sealing::open(secret, &info, &aad, &self.0);
		let bytes = opened.ok_or(Error::ShareNotOpened { seat: helper })?;
		let (share, commitments) = split(&bytes, Object::RepairShare)?;
		let share = RepairShare::from_bytes(share)?;
		if share.context() != context || share.helper() != helper {
			return Err(Object::RepairShare.elsewhere());
		}
		Ok((share, DealingCommitments::from_bytes(commitments)?))
	}
}

sealed_bytes!(SealedRepairShare, "sealed repair share");

impl RepairShare {
	/// Seals them, with the commitments of the dealing, to the encryption key of who recovers.
	///
	/// # Errors
	/// When the key is unusable, or there is no randomness.
	pub fn seal(
		&self,
		commitments: &DealingCommitments,
		recovering: &EncryptionKey,
	) -> Result<SealedRepairShare> {
		let bytes = join(&self.to_bytes(), &commitments.to_bytes(), Object::RepairShare)?;
		let seats = [self.helper(), self.context().recovering()];
		let (info, aad) = repairing(SHARE, recovering.suite(), self.context(), seats);
		sealing::seal(recovering, &info, &aad, &bytes, &mut random::generator()?)
			.map(SealedRepairShare)
	}
}

/// Two messages in one, the first with its length before it.
fn join(first: &[u8], second: &[u8], object: Object) -> Result<Zeroizing<Vec<u8>>> {
	let length = u32::try_from(first.len()).map_err(|_| object.malformed("it is too long"))?;
	// Reserved at once: a vector that grows leaves copies of its secrets behind.
	let mut bytes = Zeroizing::new(Vec::with_capacity(4 + first.len() + second.len()));
	for part in [&length.to_be_bytes()[..], first, second] {
		bytes.extend_from_slice(part);
	}
	Ok(bytes)
}

fn split(bytes: &[u8], object: Object) -> Result<(&[u8], &[u8])> {
	let malformed = || object.malformed("its parts have the wrong lengths");
	let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(malformed)?;
	let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| malformed())?;
	rest.split_at_checked(length).ok_or_else(malformed)
}

/// HPKE's info and associated data: what belongs to a repair opens in its session, and between its
/// two seats, only.
fn repairing(
	label: &str,
	suite: Suite,
	context: &RepairContext,
	seats: [Seat; 2],
) -> (Vec<u8>, Vec<u8>) {
	let info = sealing::info(label, suite, &context.dealing().genesis, &[]);
	let mut aad = context.encode().to_vec();
	aad.extend(seats.map(|seat| seat.0));
	(info, aad)
}

/// HPKE's info and associated data: a subdealing opens in its place only.
fn handover(
	suite: Suite,
	context: &ReshareContext,
	dealer: Seat,
	receiver: Seat,
) -> (Vec<u8>, Vec<u8>) {
	let info = sealing::info(SUBDEALING, suite, &context.from.genesis, &[]);
	let mut aad = context.encode().to_vec();
	aad.extend_from_slice(&[dealer.0, receiver.0]);
	(info, aad)
}

/// HPKE's info and associated data: the shares open in their place only.
fn binding(suite: Suite, context: &DealingContext, seat: Seat) -> (Vec<u8>, Vec<u8>) {
	let info = sealing::info(LABEL, suite, &context.genesis, &[]);
	let mut aad = context.encode().to_vec();
	aad.push(seat.0);
	(info, aad)
}
