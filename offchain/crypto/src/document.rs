// SPDX-License-Identifier: Apache-2.0
//! Small private payloads sealed to one public key: terms, requests, reasons, answers.

use crate::{
	padding, random,
	sealing::{self, Sealed},
	Error, Result, SecretKey,
};
use rand::CryptoRng;
use salus_primitives::{ConsentId, EncryptionKey, Suite};
use zeroize::Zeroizing;

const LABEL: &str = "salus/document/1";
/// Everything shorter looks alike.
const MIN_PADDED: u64 = 256;
/// The longest payload. What is longer belongs into an envelope.
pub const MAX_DOCUMENT: usize = 1 << 18;

/// What a document is. Kinds keep one document from standing in for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DocumentKind {
	/// The terms of a consent with the salt of their commitment.
	Terms,
	/// The request of one access with the salt of its commitment.
	Request,
	/// The key of a ticket, which its holder seals to herself until she has used it.
	TicketKey,
	/// Why a break-glass access happened.
	Reason,
	/// A patient's denies and standing rules with the opening of their root.
	StandingRules,
}

impl DocumentKind {
	const fn tag(self) -> u8 {
		match self {
			Self::Terms => 0,
			Self::Request => 1,
			Self::TicketKey => 2,
			Self::Reason => 3,
			Self::StandingRules => 4,
		}
	}
}

/// What a document is bound to. It opens only where all of it is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DocumentContext {
	/// The hash of the chain's genesis block.
	pub genesis: [u8; 32],
	/// What the document is.
	pub kind: DocumentKind,
	/// The consent it belongs to.
	pub consent: ConsentId,
}

impl DocumentContext {
	fn info(&self, suite: Suite) -> Vec<u8> {
		sealing::info(LABEL, suite, &self.genesis, &[&[self.kind.tag()], &self.consent.0])
	}
}

/// A payload sealed to one public key, padded so that its length says little.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SealedDocument(Sealed);

impl SealedDocument {
	/// Seals a payload to `recipient`.
	///
	/// # Errors
	/// When the payload is longer than [`MAX_DOCUMENT`], the recipient's key is unusable, or there is
	/// no randomness.
	pub fn seal(
		recipient: &EncryptionKey,
		context: &DocumentContext,
		payload: &[u8],
	) -> Result<Self> {
		Self::seal_with(recipient, context, payload, &mut random::generator()?)
	}

	pub(crate) fn seal_with(
		recipient: &EncryptionKey,
		context: &DocumentContext,
		payload: &[u8],
		rng: &mut impl CryptoRng,
	) -> Result<Self> {
		let too_long = Error::MaxDocumentExceeded { found: payload.len(), limit: MAX_DOCUMENT };
		if payload.len() > MAX_DOCUMENT {
			return Err(too_long);
		}
		let padded = padding::pad(payload, MIN_PADDED).ok_or(too_long)?;
		let info = context.info(recipient.suite());
		sealing::seal(recipient, &info, &[], &padded, rng).map(Self)
	}

	/// Opens the document.
	///
	/// # Errors
	/// When the key or any part of the context is not the one it was sealed with, or it was changed.
	pub fn open(
		&self,
		secret: &SecretKey,
		context: &DocumentContext,
	) -> Result<Zeroizing<Vec<u8>>> {
		let padded = sealing::open(secret, &context.info(self.suite()), &[], &self.0)
			.ok_or(Error::DocumentNotOpened)?;
		let payload = padding::unpad(&padded, MIN_PADDED).ok_or(Error::DocumentNotOpened)?;
		Ok(Zeroizing::new(payload.to_vec()))
	}

	/// The suite.
	pub const fn suite(&self) -> Suite {
		self.0.suite
	}

	/// The bytes: suite, encapsulated key, ciphertext.
	pub fn to_bytes(&self) -> Vec<u8> {
		self.0.to_bytes()
	}

	/// Reads a sealed document.
	///
	/// # Errors
	/// When the suite is not supported or the length is impossible.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
		// The greatest payload, padded by at most an eighth, its tag, suite and encapsulated key.
		let most = MAX_DOCUMENT + MAX_DOCUMENT / 8 + 32 + sealing::encapsulated_len(Suite::XWing);
		let malformed = Error::MalformedDocument { found: bytes.len() };
		if bytes.len() > most {
			return Err(malformed);
		}
		Sealed::from_bytes(bytes)?
			.filter(|sealed| sealed.ciphertext_len() >= 256 + sealing::TAG)
			.map(Self)
			.ok_or(malformed)
	}
}

sealing::hex_text!(SealedDocument);

#[cfg(test)]
mod tests {
	use super::*;
	use crate::EncryptionKeyPair;

	fn context() -> DocumentContext {
		DocumentContext { genesis: [1; 32], kind: DocumentKind::Terms, consent: ConsentId([2; 32]) }
	}

	#[test]
	fn opens_in_its_context_only() {
		let recipient = EncryptionKeyPair::generate().unwrap();
		let sealed = SealedDocument::seal(recipient.public(), &context(), b"labs").unwrap();
		let read = SealedDocument::from_bytes(&sealed.to_bytes()).unwrap();
		assert_eq!(*read.open(recipient.secret(), &context()).unwrap(), b"labs");
		for wrong in [
			DocumentContext { genesis: [9; 32], ..context() },
			DocumentContext { kind: DocumentKind::Request, ..context() },
			DocumentContext { consent: ConsentId([9; 32]), ..context() },
		] {
			let error = sealed.open(recipient.secret(), &wrong).unwrap_err();
			assert_eq!(error.code(), "DOCUMENT_NOT_OPENED");
		}
		let other = SecretKey::generate().unwrap();
		assert_eq!(sealed.open(&other, &context()).unwrap_err().code(), "DOCUMENT_NOT_OPENED");
	}

	#[test]
	fn lengths_are_hidden_and_bounded() {
		let recipient = EncryptionKeyPair::generate().unwrap();
		let len = |payload: &[u8]| {
			SealedDocument::seal(recipient.public(), &context(), payload).unwrap().to_bytes().len()
		};
		assert_eq!(len(b""), len(&[7; 248]));
		let most = vec![7; MAX_DOCUMENT];
		let sealed = SealedDocument::seal(recipient.public(), &context(), &most).unwrap();
		let read = SealedDocument::from_bytes(&sealed.to_bytes()).unwrap();
		assert_eq!(*read.open(recipient.secret(), &context()).unwrap(), most);
		let more = vec![7; MAX_DOCUMENT + 1];
		let error = SealedDocument::seal(recipient.public(), &context(), &more).unwrap_err();
		assert_eq!(error.code(), "DOCUMENT_TOO_LARGE");
	}

	#[test]
	fn no_byte_may_change() {
		let recipient = EncryptionKeyPair::generate().unwrap();
		let sealed = SealedDocument::seal(recipient.public(), &context(), b"labs").unwrap();
		let bytes = sealed.to_bytes();
		for at in 0..bytes.len() {
			let mut wrong = bytes.clone();
			wrong[at] ^= 1;
			let opened = SealedDocument::from_bytes(&wrong)
				.and_then(|document| document.open(recipient.secret(), &context()));
			assert!(opened.is_err(), "byte {at}");
		}
	}

	#[test]
	fn a_capsule_is_no_document() {
		assert_eq!(
			SealedDocument::from_bytes(&[1; crate::Capsule::len_of(Suite::X25519)])
				.unwrap_err()
				.code(),
			"DOCUMENT_MALFORMED"
		);
	}
}
