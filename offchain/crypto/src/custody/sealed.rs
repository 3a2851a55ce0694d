// SPDX-License-Identifier: Apache-2.0
//! Shares on their way to a custodian, and at rest with it.

use super::{context::DealingContext, dealing::SeatShares};
use crate::{
	random,
	sealing::{self, Sealed},
	Error, Result, SecretKey,
};
use salus_primitives::{custody::Seat, EncryptionKey, Suite};
use zeroize::Zeroizing;

const LABEL: &str = "salus/seat-shares/1";

/// The shares of one seat, sealed to the encryption key of the custodian who has it. The custodian
/// keeps them like this and opens them when it releases, so that its disk never holds a share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SealedSeatShares(Sealed);

impl SealedSeatShares {
	/// The suite.
	pub const fn suite(&self) -> Suite {
		self.0.suite
	}

	/// The bytes: suite, encapsulated key, ciphertext.
	pub fn to_bytes(&self) -> Vec<u8> {
		self.0.to_bytes()
	}

	/// Reads sealed shares.
	///
	/// # Errors
	/// When the suite is not supported, or they are too short for any.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
		let malformed = Error::MalformedCustody {
			object: "sealed shares",
			reason: "they are too short to be any",
		};
		Sealed::from_bytes(bytes)?.map(Self).ok_or(malformed)
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

sealing::hex_text!(SealedSeatShares);

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

/// HPKE's info and associated data: the shares open in their place only.
fn binding(suite: Suite, context: &DealingContext, seat: Seat) -> (Vec<u8>, Vec<u8>) {
	let info = sealing::info(LABEL, suite, &context.genesis, &[]);
	let mut aad = context.encode().to_vec();
	aad.push(seat.0);
	(info, aad)
}
