// SPDX-License-Identifier: Apache-2.0
//! What travels sealed between a patient, a grantee and the custodian: terms and requests.
//!
//! The chain holds commitments. Their openings are documents in the content store, each sealed to
//! the one who has to read it.

use crate::{Error, Result};
use codec::{Decode, DecodeAll, Encode};
use salus_crypto::{DocumentContext, DocumentKind, SealedDocument, SecretKey};
use salus_policy::{Request, Terms};
use salus_primitives::{Commitment, ConsentId, EncryptionKey, Salt};

/// The terms of a consent with the salt of their commitment. The patient seals it to the grantee.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OpenedTerms {
	/// The terms.
	pub terms: Terms,
	/// The salt.
	pub salt: Salt,
}

/// A request with the salt of its commitment, and the terms under which it is made. The grantee
/// seals it to the custodian, who checks both against the chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OpenedRequest {
	/// The request.
	pub request: Request,
	/// The salt.
	pub salt: Salt,
	/// The terms.
	pub terms: OpenedTerms,
}

impl OpenedTerms {
	/// What the chain holds of the terms.
	pub fn commitment(&self) -> Commitment {
		self.terms.commitment(&self.salt)
	}

	/// Seals the terms to the grantee.
	///
	/// # Errors
	/// When sealing fails.
	pub fn seal(
		&self,
		grantee: &EncryptionKey,
		genesis: [u8; 32],
		consent: ConsentId,
	) -> Result<SealedDocument> {
		seal(DocumentKind::Terms, self, grantee, genesis, consent)
	}

	/// Opens the terms that were sealed to the grantee.
	///
	/// # Errors
	/// When they were sealed to another key or for another consent, or do not decode.
	pub fn open(
		bytes: &[u8],
		grantee: &SecretKey,
		genesis: [u8; 32],
		consent: ConsentId,
	) -> Result<Self> {
		open(DocumentKind::Terms, bytes, grantee, genesis, consent)
	}
}

impl OpenedRequest {
	/// What the chain holds of the request.
	pub fn commitment(&self) -> Commitment {
		self.request.commitment(&self.salt)
	}

	/// Seals the request to the custodian.
	///
	/// # Errors
	/// When sealing fails.
	pub fn seal(
		&self,
		custodian: &EncryptionKey,
		genesis: [u8; 32],
		consent: ConsentId,
	) -> Result<SealedDocument> {
		seal(DocumentKind::Request, self, custodian, genesis, consent)
	}

	/// Opens a request that was sealed to the custodian.
	///
	/// # Errors
	/// When it was sealed to another key or for another consent, or does not decode.
	pub fn open(
		bytes: &[u8],
		custodian: &SecretKey,
		genesis: [u8; 32],
		consent: ConsentId,
	) -> Result<Self> {
		open(DocumentKind::Request, bytes, custodian, genesis, consent)
	}
}

fn seal<T: Encode>(
	kind: DocumentKind,
	payload: &T,
	recipient: &EncryptionKey,
	genesis: [u8; 32],
	consent: ConsentId,
) -> Result<SealedDocument> {
	let context = DocumentContext { genesis, kind, consent };
	Ok(SealedDocument::seal(recipient, &context, &payload.encode())?)
}

fn open<T: Decode>(
	kind: DocumentKind,
	bytes: &[u8],
	secret: &SecretKey,
	genesis: [u8; 32],
	consent: ConsentId,
) -> Result<T> {
	let context = DocumentContext { genesis, kind, consent };
	let payload = SealedDocument::from_bytes(bytes)?.open(secret, &context)?;
	T::decode_all(&mut payload.as_slice()).map_err(|_| Error::DocumentMalformed { consent })
}
