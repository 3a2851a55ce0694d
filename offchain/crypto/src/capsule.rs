// SPDX-License-Identifier: Apache-2.0
//! Segment keys sealed to one public key.

use crate::{
	random,
	sealing::{self, Sealed},
	Error, Result, SecretKey, SegmentKey,
};
use rand::CryptoRng;
use salus_primitives::{ConsentId, EncryptionKey, RecordId, Suite, TicketId};

const LABEL: &str = "salus/capsule/1";

/// Why a segment key is sealed to its recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CapsulePurpose {
	/// The recipient owns the record.
	Owner,
	/// The recipient may read under this consent.
	Grant(ConsentId),
	/// A release under this ticket.
	Release(TicketId),
	/// The recipient keeps the key and releases it as the chain decides.
	Custody,
}

impl CapsulePurpose {
	const fn encode(&self) -> (u8, [u8; 32]) {
		match self {
			Self::Owner => (0, [0; 32]),
			Self::Grant(consent) => (1, consent.0),
			Self::Release(ticket) => (2, ticket.0),
			Self::Custody => (3, [0; 32]),
		}
	}
}

/// What a capsule is bound to. It opens only where all of it is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CapsuleContext {
	/// The hash of the chain's genesis block.
	pub genesis: [u8; 32],
	/// Why the key is sealed.
	pub purpose: CapsulePurpose,
	/// The record.
	pub record: RecordId,
	/// The number of the segment within its record version.
	pub segment: u16,
}

impl CapsuleContext {
	fn info(&self, suite: Suite) -> Vec<u8> {
		let (tag, id) = self.purpose.encode();
		sealing::info(LABEL, suite, &self.genesis, &[&[tag], &id])
	}

	fn aad(&self) -> Vec<u8> {
		let mut aad = self.record.0.to_vec();
		aad.extend_from_slice(&self.segment.to_be_bytes());
		aad
	}
}

/// A segment key sealed to one public key: a detached object, so that granting or rotating never
/// changes the content identifier of the record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Capsule(Sealed);

impl Capsule {
	/// The length of a suite's capsule: suite, encapsulated key, sealed key, tag.
	pub const fn len_of(suite: Suite) -> usize {
		1 + sealing::encapsulated_len(suite) + SegmentKey::LEN + sealing::TAG
	}

	/// Seals a segment key to `recipient`.
	///
	/// # Errors
	/// When the recipient's key is unusable, or there is no randomness.
	pub fn seal_key(
		recipient: &EncryptionKey,
		context: &CapsuleContext,
		key: &SegmentKey,
	) -> Result<Self> {
		Self::seal_with(recipient, context, key, &mut random::generator()?)
	}

	pub(crate) fn seal_with(
		recipient: &EncryptionKey,
		context: &CapsuleContext,
		key: &SegmentKey,
		rng: &mut impl CryptoRng,
	) -> Result<Self> {
		let info = context.info(recipient.suite());
		sealing::seal(recipient, &info, &context.aad(), key.expose(), rng).map(Self)
	}

	/// Opens the capsule.
	///
	/// # Errors
	/// When the key or any part of the context is not the one it was sealed with, or it was changed.
	pub fn open_key(&self, secret: &SecretKey, context: &CapsuleContext) -> Result<SegmentKey> {
		let opened = sealing::open(secret, &context.info(self.suite()), &context.aad(), &self.0)
			.ok_or(Error::CapsuleNotOpened)?;
		let bytes = opened.as_slice().try_into().map_err(|_| Error::CapsuleNotOpened)?;
		Ok(SegmentKey::from_bytes(bytes))
	}

	/// The suite.
	pub const fn suite(&self) -> Suite {
		self.0.suite
	}

	/// The bytes: suite, encapsulated key, ciphertext.
	pub fn to_bytes(&self) -> Vec<u8> {
		self.0.to_bytes()
	}

	/// Reads a capsule.
	///
	/// # Errors
	/// When the suite is not supported or the length is not the suite's.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
		let sealed = Sealed::from_bytes(bytes)?;
		let suite = bytes.first().and_then(|suite| Suite::from_id(*suite));
		let expected = Self::len_of(suite.unwrap_or(Suite::X25519));
		sealed
			.filter(|_| bytes.len() == expected)
			.map(Self)
			.ok_or(Error::MalformedCapsule { found: bytes.len(), expected })
	}
}

sealing::hex_text!(Capsule);

#[cfg(test)]
mod tests {
	use super::*;
	use crate::EncryptionKeyPair;

	fn context() -> CapsuleContext {
		CapsuleContext {
			genesis: [1; 32],
			purpose: CapsulePurpose::Grant(ConsentId([2; 32])),
			record: RecordId([3; 32]),
			segment: 4,
		}
	}

	fn sealed() -> (EncryptionKeyPair, SegmentKey, Capsule) {
		let recipient = EncryptionKeyPair::generate().unwrap();
		let key = SegmentKey::generate().unwrap();
		let capsule = Capsule::seal_key(recipient.public(), &context(), &key).unwrap();
		(recipient, key, capsule)
	}

	#[test]
	fn opens_in_its_context() {
		let (recipient, key, capsule) = sealed();
		assert_eq!(capsule.open_key(recipient.secret(), &context()).unwrap(), key);
		let read = Capsule::from_bytes(&capsule.to_bytes()).unwrap();
		assert_eq!(read, capsule);
		let json = serde_json::to_string(&capsule).unwrap();
		assert_eq!(serde_json::from_str::<Capsule>(&json).unwrap(), capsule);
	}

	#[test]
	fn every_part_of_the_context_is_bound() {
		let (recipient, _, capsule) = sealed();
		let ticket = TicketId([2; 32]);
		for wrong in [
			CapsuleContext { genesis: [9; 32], ..context() },
			CapsuleContext { purpose: CapsulePurpose::Owner, ..context() },
			CapsuleContext { purpose: CapsulePurpose::Grant(ConsentId([9; 32])), ..context() },
			// The same bytes in another role.
			CapsuleContext { purpose: CapsulePurpose::Release(ticket), ..context() },
			CapsuleContext { record: RecordId([9; 32]), ..context() },
			CapsuleContext { segment: 5, ..context() },
		] {
			let error = capsule.open_key(recipient.secret(), &wrong).unwrap_err();
			assert_eq!(error.code(), "CAPSULE_NOT_OPENED", "{wrong:?}");
		}
	}

	#[test]
	fn another_key_does_not_open() {
		let (_, _, capsule) = sealed();
		let other = SecretKey::generate().unwrap();
		assert_eq!(capsule.open_key(&other, &context()).unwrap_err().code(), "CAPSULE_NOT_OPENED");
	}

	#[test]
	fn no_byte_may_change() {
		let (recipient, _, capsule) = sealed();
		let bytes = capsule.to_bytes();
		for at in 0..bytes.len() {
			let mut wrong = bytes.clone();
			wrong[at] ^= 0x80;
			let opened = Capsule::from_bytes(&wrong)
				.and_then(|capsule| capsule.open_key(recipient.secret(), &context()));
			// X25519 ignores the top bit of a public key (RFC 7748), but the key schedule binds
			// the encapsulated bytes, so that even this one is noticed.
			assert!(opened.is_err(), "byte {at}");
		}
	}

	#[test]
	fn other_lengths_and_suites_are_refused() {
		let (_, _, capsule) = sealed();
		let mut bytes = capsule.to_bytes();
		assert_eq!(Capsule::from_bytes(&bytes[..80]).unwrap_err().code(), "CAPSULE_MALFORMED");
		assert_eq!(Capsule::from_bytes(&[]).unwrap_err().code(), "CAPSULE_MALFORMED");
		bytes.push(0);
		assert_eq!(Capsule::from_bytes(&bytes).unwrap_err().code(), "CAPSULE_MALFORMED");
		bytes[0] = 2;
		assert_eq!(Capsule::from_bytes(&bytes).unwrap_err().code(), "CAPSULE_MALFORMED");
		for suite in [0, 3, 255] {
			bytes[0] = suite;
			assert_eq!(Capsule::from_bytes(&bytes).unwrap_err().code(), "UNSUPPORTED_SUITE");
		}
	}

	#[test]
	fn suite_2_seals_and_opens() {
		let recipient = EncryptionKeyPair::generate_for(Suite::XWing).unwrap();
		let key = SegmentKey::generate().unwrap();
		let capsule = Capsule::seal_key(recipient.public(), &context(), &key).unwrap();
		let bytes = capsule.to_bytes();
		assert_eq!(bytes.len(), Capsule::len_of(Suite::XWing));
		let read = Capsule::from_bytes(&bytes).unwrap();
		assert_eq!(read.open_key(recipient.secret(), &context()).unwrap(), key);
		let wrong = CapsuleContext { segment: 5, ..context() };
		assert!(read.open_key(recipient.secret(), &wrong).is_err());
		for at in (0..bytes.len()).step_by(37) {
			let mut wrong = bytes.clone();
			wrong[at] ^= 1;
			let opened = Capsule::from_bytes(&wrong)
				.and_then(|capsule| capsule.open_key(recipient.secret(), &context()));
			assert!(opened.is_err(), "byte {at}");
		}
	}
}
