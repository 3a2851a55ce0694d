// SPDX-License-Identifier: Apache-2.0
//! What travels sealed between a patient, a grantee and the custodians: terms and requests.
//!
//! The chain holds commitments. Their openings are documents in the content store, each sealed to
//! those who have to read it.

use crate::{custodian::Roster, Error, Result};
use codec::{Decode, DecodeAll, Encode};
use salus_chain::AccountId;
use salus_crypto::{DocumentContext, DocumentKind, SealedDocument, SecretKey};
use salus_policy::{decide, Exception, Outcome, Request, Terms};
use salus_primitives::{
	custody::{EpochId, Seat},
	Commitment, CommitmentDomain, ConsentId, EmergencyId, EncryptionKey, Grantee, Moment, Role,
	Salt,
};

/// What a document for a committee begins with.
const COMMITTEE: &[u8; 26] = b"salus/committee-document/2";

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

/// A request, or what a subject denies, as it lies in the store: sealed to each member of the
/// committees that may have to read it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CommitteeDocument(Vec<(EpochId, Seat, Vec<u8>)>);

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

	/// Seals `payload` to every member of the committees.
	fn seal<T: Encode>(
		kind: DocumentKind,
		payload: &T,
		committees: &[Roster],
		genesis: [u8; 32],
		consent: ConsentId,
	) -> Result<Self> {
		let mut documents = Vec::new();
		for Roster { epoch, members, scheme, .. } in committees {
			let before = documents.len();
			// Who has no key, or one that nothing can be sealed to, hurts itself only.
			documents.extend(members.iter().filter_map(|member| {
				let document = seal(kind, payload, member.key.as_ref()?, genesis, consent).ok()?;
				Some((*epoch, member.seat, document.to_bytes()))
			}));
			if documents.len() - before < usize::from(scheme.threshold()) {
				return Err(Error::CommitteeInvalid { epoch: *epoch });
			}
		}
		Ok(Self(documents))
	}

	/// The document of a seat in the committee of `epoch`.
	pub fn for_seat(&self, epoch: EpochId, seat: Seat) -> Option<&[u8]> {
		let mut documents = self.0.iter();
		let found = documents.find(|(of, at, _)| (*of, *at) == (epoch, seat));
		found.map(|(.., document)| document.as_slice())
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

	/// Seals the request to every member of the committees that may be asked: the one that holds the
	/// record's keys, and the one that they may move to meanwhile.
	///
	/// # Errors
	/// When too few members have a key.
	pub fn seal(
		&self,
		committees: &[Roster],
		genesis: [u8; 32],
		consent: ConsentId,
	) -> Result<CommitteeDocument> {
		CommitteeDocument::seal(DocumentKind::Request, self, committees, genesis, consent)
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

/// A standing rule: a consent that its grantee may claim without waiting for the subject.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct StandingRule {
	/// Who may claim it.
	pub grantee: Grantee<AccountId>,
	/// What is approved at most. It says when, too.
	pub terms: Terms,
}

/// What a subject denies, whoever was granted what, and what she approves as a rule, with the salt of
/// its commitment. She seals it to every custodian: only they see it, and they release nothing
/// without it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OpenedDenials {
	/// Each stands by itself.
	pub denials: Vec<Exception>,
	/// Each stands by itself.
	pub rules: Vec<StandingRule>,
	/// The salt.
	pub salt: Salt,
}

impl OpenedDenials {
	/// What the chain holds of them.
	pub fn commitment(&self) -> Commitment {
		let payload = (&self.denials, &self.rules).encode();
		Commitment::new(CommitmentDomain::Denials, &self.salt, &payload)
	}

	/// Seals them to every member of the committees that hold keys of hers.
	///
	/// # Errors
	/// When too few members have a key.
	pub fn seal(
		&self,
		committees: &[Roster],
		genesis: [u8; 32],
		subject: &AccountId,
	) -> Result<CommitteeDocument> {
		let kind = DocumentKind::StandingRules;
		CommitteeDocument::seal(kind, self, committees, genesis, standing(subject))
	}

	/// Seals them to one custodian: by another, when keys move to a committee that the subject did
	/// not know of.
	///
	/// # Errors
	/// When sealing fails.
	pub fn seal_to(
		&self,
		custodian: &EncryptionKey,
		genesis: [u8; 32],
		subject: &AccountId,
	) -> Result<SealedDocument> {
		seal(DocumentKind::StandingRules, self, custodian, genesis, standing(subject))
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

	/// The terms of a rule that approves the request of a grantee in a role.
	pub fn approval(
		&self,
		grantee: &AccountId,
		role: Option<Role>,
		request: &Request,
		now: Moment,
	) -> Option<&Terms> {
		let is_for_her = |rule: &&StandingRule| match rule.grantee {
			Grantee::Account(account) => account == *grantee,
			Grantee::Role(for_all) => Some(for_all) == role,
		};
		let mut rules = self.rules.iter().filter(is_for_her).map(|rule| &rule.terms);
		rules.find(|terms| decide(terms, request, now).outcome == Outcome::Permit)
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

/// Why nobody can be asked for a consent.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EmergencyReason {
	/// The patient is unconscious.
	#[codec(index = 0)]
	Unconscious,
	/// The patient is conscious and cannot decide.
	#[codec(index = 1)]
	Incapacitated,
	/// To wait for an answer would endanger her life or health.
	#[codec(index = 2)]
	LifeThreatening,
	/// A disaster: nobody can be reached.
	#[codec(index = 3)]
	Disaster,
}

/// Why a clinician reads without a consent, and what, with the salt of its commitment. She seals it
/// to every custodian.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OpenedReason {
	/// Why.
	pub reason: EmergencyReason,
	/// What.
	pub request: Request,
	/// The salt.
	pub salt: Salt,
}

impl OpenedReason {
	/// What the chain holds of it.
	pub fn commitment(&self) -> Commitment {
		let payload = (self.reason, &self.request).encode();
		Commitment::new(CommitmentDomain::Reason, &self.salt, &payload)
	}

	/// Seals it to every member of the committees that may be asked.
	///
	/// # Errors
	/// When too few members have a key.
	pub fn seal(
		&self,
		committees: &[Roster],
		genesis: [u8; 32],
		emergency: EmergencyId,
	) -> Result<CommitteeDocument> {
		let place = ConsentId(emergency.0);
		CommitteeDocument::seal(DocumentKind::Reason, self, committees, genesis, place)
	}

	/// Opens one that was sealed to the custodian.
	///
	/// # Errors
	/// When it was sealed to another key or for another emergency, or does not decode.
	pub fn open(
		bytes: &[u8],
		custodian: &SecretKey,
		genesis: [u8; 32],
		emergency: EmergencyId,
	) -> Result<Self> {
		open(DocumentKind::Reason, bytes, custodian, genesis, ConsentId(emergency.0))
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
