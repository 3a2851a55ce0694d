// SPDX-License-Identifier: Apache-2.0
//! What travels sealed between a patient, a grantee and the custodians: terms and requests.
//!
//! The chain holds commitments. Their openings are documents in the content store, each sealed to
//! those who have to read it.

use crate::{custodian::Roster, Error, Result};
use codec::{Decode, DecodeAll, Encode};
use salus_crypto::{DocumentContext, DocumentKind, SealedDocument, SecretKey};
use salus_policy::{Request, Terms};
use salus_primitives::{
	custody::{EpochId, Seat},
	Commitment, ConsentId, EncryptionKey, Salt,
};

/// What a sealed request begins with.
const REQUEST: &[u8; 25] = b"salus/committee-request/1";

/// The terms of a consent with the salt of their commitment. The patient seals it to the grantee.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OpenedTerms {
	/// The terms.
	pub terms: Terms,
	/// The salt.
	pub salt: Salt,
}

/// A request with the salt of its commitment, and the terms under which it is made. The grantee
/// seals it to every custodian, who check both against the chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OpenedRequest {
	/// The request.
	pub request: Request,
	/// The salt.
	pub salt: Salt,
	/// The sealed terms of the consent, of the one that it is a part of, and so on.
	pub terms: Vec<OpenedTerms>,
}

/// A request as it lies in the store: sealed to each member of one committee.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SealedRequest {
	epoch: EpochId,
	documents: Vec<(Seat, Vec<u8>)>,
}

impl SealedRequest {
	/// The bytes.
	pub fn to_bytes(&self) -> Vec<u8> {
		(REQUEST, self).encode()
	}

	/// Reads a sealed request under `consent`.
	///
	/// # Errors
	/// When it does not follow the format.
	pub fn from_bytes(bytes: &[u8], consent: ConsentId) -> Result<Self> {
		match <([u8; REQUEST.len()], Self)>::decode_all(&mut &*bytes) {
			Ok((label, request)) if label == *REQUEST => Ok(request),
			_ => Err(Error::DocumentMalformed { consent }),
		}
	}

	/// The document of a seat in the committee of `epoch`.
	pub fn for_seat(&self, epoch: EpochId, seat: Seat) -> Option<&[u8]> {
		let mut documents = self.documents.iter().filter(|_| self.epoch == epoch);
		documents.find(|(of, _)| *of == seat).map(|(_, document)| document.as_slice())
	}
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

	/// Seals the request to every member of a committee.
	///
	/// # Errors
	/// When sealing fails.
	pub fn seal(
		&self,
		committee: &Roster,
		genesis: [u8; 32],
		consent: ConsentId,
	) -> Result<SealedRequest> {
		let documents = committee.members.iter().map(|member| {
			let document = seal(DocumentKind::Request, self, &member.key, genesis, consent)?;
			Ok((member.seat, document.to_bytes()))
		});
		Ok(SealedRequest { epoch: committee.epoch, documents: documents.collect::<Result<_>>()? })
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
