// SPDX-License-Identifier: Apache-2.0
//! What travels sealed between a patient, a grantee and the custodians: terms and requests.
//!
//! The chain holds commitments. Their openings are documents in the content store, each sealed to
//! those who have to read it.

use crate::{custodian::Roster, Error, Result};
use codec::{Decode, DecodeAll, Encode};
use salus_chain::AccountId;
use salus_crypto::{DocumentContext, DocumentKind, SealedDocument, SecretKey};
use salus_policy::{Exception, Request, Terms};
use salus_primitives::{
	custody::{EpochId, Seat},
	Commitment, CommitmentDomain, ConsentId, EncryptionKey, Salt,
};

/// What a document for a committee begins with.
const COMMITTEE: &[u8; 26] = b"salus/committee-document/1";

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

/// A request, or what a subject denies, as it lies in the store: sealed to each member of one
/// committee.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CommitteeDocument {
	epoch: EpochId,
	documents: Vec<(Seat, Vec<u8>)>,
}

impl CommitteeDocument {
	/// The bytes.
	pub fn to_bytes(&self) -> Vec<u8> {
		(COMMITTEE, self).encode()
	}

	/// Reads one.
	///
	/// # Errors
	/// When it does not follow the format.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
		match <([u8; COMMITTEE.len()], Self)>::decode_all(&mut &*bytes) {
			Ok((label, document)) if label == *COMMITTEE => Ok(document),
			_ => Err(Error::DocumentMalformed),
		}
	}

	/// Seals `payload` to every member of a committee.
	fn seal<T: Encode>(
		kind: DocumentKind,
		payload: &T,
		committee: &Roster,
		genesis: [u8; 32],
		consent: ConsentId,
	) -> Result<Self> {
		// Who has no key, or one that nothing can be sealed to, hurts itself only.
		let sealed = committee.members.iter().filter_map(|member| {
			let document = seal(kind, payload, member.key.as_ref()?, genesis, consent);
			document.ok().map(|document| (member.seat, document.to_bytes()))
		});
		let documents: Vec<_> = sealed.collect();
		let needed = usize::from(committee.scheme.threshold());
		if documents.len() < needed {
			return Err(Error::CommitteeInvalid { epoch: committee.epoch });
		}
		Ok(Self { epoch: committee.epoch, documents })
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
	) -> Result<CommitteeDocument> {
		CommitteeDocument::seal(DocumentKind::Request, self, committee, genesis, consent)
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

/// What a subject denies, whoever was granted what, with the salt of its commitment. She seals it to
/// every custodian: only they see it, and they release nothing without it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OpenedDenials {
	/// Each stands by itself.
	pub denials: Vec<Exception>,
	/// The salt.
	pub salt: Salt,
}

impl OpenedDenials {
	/// What the chain holds of them.
	pub fn commitment(&self) -> Commitment {
		Commitment::new(CommitmentDomain::Denials, &self.salt, &self.denials.encode())
	}

	/// Seals them to every member of a committee.
	///
	/// # Errors
	/// When sealing fails.
	pub fn seal(
		&self,
		committee: &Roster,
		genesis: [u8; 32],
		subject: &AccountId,
	) -> Result<CommitteeDocument> {
		let kind = DocumentKind::StandingRules;
		CommitteeDocument::seal(kind, self, committee, genesis, standing(subject))
	}

	/// Opens those of `subject` that were sealed to the custodian.
	///
	/// # Errors
	/// When they were sealed to another key or by another subject, or do not decode.
	pub fn open(
		bytes: &[u8],
		custodian: &SecretKey,
		genesis: [u8; 32],
		subject: &AccountId,
	) -> Result<Self> {
		open(DocumentKind::StandingRules, bytes, custodian, genesis, standing(subject))
	}

	/// Whether any of the request is denied.
	pub fn deny(&self, request: &Request) -> bool {
		let mut asked = request.categories.iter();
		asked.any(|category| {
			let touches = |one: &Exception| one.touches(request.purpose, *category, &request.data);
			self.denials.iter().any(touches)
		})
	}
}

/// What stands for the consent in what belongs to none but to all of a subject's.
fn standing(subject: &AccountId) -> ConsentId {
	ConsentId::derive(subject, &[0; 32])
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
	T::decode_all(&mut payload.as_slice()).map_err(|_| Error::DocumentMalformed)
}
