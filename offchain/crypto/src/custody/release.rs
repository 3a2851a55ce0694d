// SPDX-License-Identifier: Apache-2.0
//! Releasing a share to the ephemeral key of a ticket.

use super::{
	context::DealingContext,
	held::HeldShares,
	opening::SegmentOpening,
	scalar::SecretScalar,
	wire::{Object, Reader, Writer},
};
use crate::{
	random,
	sealing::{self, Sealed},
	Error, Result, SecretKey,
};
use rand::CryptoRng;
use salus_primitives::{custody::Seat, merkle, EncryptionKey, Suite, TicketId};
use zeroize::Zeroizing;

const LABEL: &str = "salus/share/1";

/// A share of one segment's secret, sealed to the ephemeral key of a ticket together with what
/// verifies it against the digest on chain.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SealedShare(Sealed);

impl SealedShare {
	/// The length of the longest.
	pub const MAX_LEN: usize = 1
		+ sealing::encapsulated_len(Suite::XWing)
		+ sealing::TAG
		+ 2 + 32
		+ 33 + 32 * merkle::MAX_SIBLINGS
		+ 32 * (salus_primitives::custody::MAX_COMMITTEE as usize);
	/// The length of the shortest plaintext: a threshold of one, no sibling.
	const MIN_PLAINTEXT: usize = 2 + 32 + 33 + 32;

	/// The suite.
	pub const fn suite(&self) -> Suite {
		self.0.suite
	}

	/// The bytes: suite, encapsulated key, ciphertext.
	pub fn to_bytes(&self) -> Vec<u8> {
		self.0.to_bytes()
	}

	/// Reads a sealed share.
	///
	/// # Errors
	/// When the suite is not supported, or no share has this length.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
		let wrong = Object::Released.malformed("it has the wrong length");
		if bytes.len() > Self::MAX_LEN {
			return Err(wrong);
		}
		Sealed::from_bytes(bytes)?
			.filter(|sealed| sealed.ciphertext_len() >= Self::MIN_PLAINTEXT + sealing::TAG)
			.map(Self)
			.ok_or(wrong)
	}

	/// Opens what `seat` sealed. Nothing of it is verified yet.
	pub(super) fn open(
		&self,
		secret: &SecretKey,
		context: &DealingContext,
		ticket: &TicketId,
		segment: u16,
		seat: Seat,
	) -> Result<ReleasedShare> {
		let (info, aad) = binding(self.suite(), context, ticket, segment, seat);
		let opened = sealing::open(secret, &info, &aad, &self.0);
		let bytes = opened.ok_or(Error::ShareNotOpened { seat })?;
		ReleasedShare::from_bytes(&bytes, context.scheme.threshold())
	}
}

sealing::hex_text!(SealedShare);

/// What a sealed share holds.
pub(super) struct ReleasedShare {
	pub(super) value: SecretScalar,
	pub(super) opening: SegmentOpening,
}

impl ReleasedShare {
	fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
		let mut writer = Writer::new(Object::Released, 32 + self.opening.len());
		writer.put(self.value.to_bytes().as_ref());
		self.opening.write(&mut writer);
		writer.finish()
	}

	pub(super) fn from_bytes(bytes: &[u8], threshold: u8) -> Result<Self> {
		let mut reader = Reader::new(Object::Released, bytes)?;
		let value = reader.scalar()?;
		let opening = SegmentOpening::read(&mut reader, threshold)?;
		reader.finish()?;
		Ok(Self { value, opening })
	}

	pub(super) fn seal(
		&self,
		context: &DealingContext,
		ticket: &TicketId,
		segment: u16,
		seat: Seat,
		ephemeral: &EncryptionKey,
		rng: &mut impl CryptoRng,
	) -> Result<SealedShare> {
		let (info, aad) = binding(ephemeral.suite(), context, ticket, segment, seat);
		sealing::seal(ephemeral, &info, &aad, &self.to_bytes(), rng).map(SealedShare)
	}
}

/// HPKE's info and associated data: the share opens for nothing else.
fn binding(
	suite: Suite,
	context: &DealingContext,
	ticket: &TicketId,
	segment: u16,
	seat: Seat,
) -> (Vec<u8>, Vec<u8>) {
	let info = sealing::info(LABEL, suite, &context.genesis, &[&ticket.0]);
	let mut aad = context.encode().to_vec();
	aad.extend_from_slice(&segment.to_be_bytes());
	aad.push(seat.0);
	(info, aad)
}

impl HeldShares {
	/// Seals the share of a segment to the ephemeral key of a ticket.
	///
	/// Sealing again gives other bytes. Releases are idempotent because the custodian stores these
	/// and gives them again.
	///
	/// # Errors
	/// When there is no such segment, the key is unusable, or there is no randomness.
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
		let value = self.value(segment)?.clone();
		let opening = self.commitments().open(self.tree(), segment)?;
		let share = ReleasedShare { value, opening };
		share.seal(self.context(), ticket, segment, self.seat(), ephemeral, rng)
	}
}
