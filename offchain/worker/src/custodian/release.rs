// SPDX-License-Identifier: Apache-2.0
//! What a custodian gives out, and signs for.

use super::deposit::SegmentFacts;
use codec::Encode;
use salus_chain::{AccountId, Signature, Signer};
use salus_crypto::custody::SealedShare;
use salus_primitives::{
	blake2_256,
	custody::{Answer, EpochId, Seat},
	Commitment, CommitmentDomain, Moment, RecordId, Salt, TicketId,
};
use serde::{Deserialize, Serialize};

/// What one custodian releases for a ticket, sealed to the ticket's ephemeral key, with its signed
/// receipt. The chain keeps the commitment to the receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Released {
	/// The ticket.
	pub ticket: TicketId,
	/// The record.
	pub record: RecordId,
	/// Its version.
	pub version: u32,
	/// The epoch of the committee.
	pub epoch: EpochId,
	/// Whose shares they are.
	pub seat: Seat,
	/// The segments that the ticket opens, by index.
	pub segments: Vec<ReleasedSegment>,
	/// Consensus time at the release.
	pub at: Moment,
	/// The salt of the commitment to the receipt.
	pub salt: Salt,
	/// The custodian's signature over all of it: the receipt.
	pub signature: Signature,
}

/// A segment whose key is shared out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleasedSegment {
	/// What the owner said of it.
	pub facts: SegmentFacts,
	/// The custodian's share of its key.
	pub share: SealedShare,
}

impl Released {
	/// Signs it in place of whatever signature it has.
	pub(super) fn signed(mut self, custodian: &Signer, genesis: [u8; 32]) -> Self {
		self.signature = custodian.sign(&self.message(genesis));
		self
	}

	/// Whether `custodian` signed it.
	pub fn is_signed_by(&self, custodian: &AccountId, genesis: [u8; 32]) -> bool {
		custodian.verify(&self.message(genesis), &self.signature)
	}

	/// What the chain keeps of the receipt.
	pub fn receipt(&self, genesis: [u8; 32]) -> Commitment {
		Commitment::new(CommitmentDomain::Receipt, &self.salt, &self.message(genesis))
	}

	/// What the custodian signs.
	pub fn message(&self, genesis: [u8; 32]) -> Vec<u8> {
		let Self { ticket, record, version, epoch, seat, segments, at, salt, .. } = self;
		let segments: Vec<_> = segments
			.iter()
			.map(|segment| (segment.facts.index, blake2_256(&segment.share.to_bytes())))
			.collect();
		(
			b"salus/receipt/1",
			(genesis, ticket, record, version),
			(epoch, seat),
			(segments, at, salt),
		)
			.encode()
	}
}

/// What the chain keeps of the receipts of one report. They are committed to one by one already, so
/// this needs no salt of its own.
pub(super) fn batch_commitment(
	genesis: [u8; 32],
	epoch: EpochId,
	answers: &[(TicketId, Answer)],
) -> Commitment {
	let payload = (b"salus/report/1", genesis, epoch, answers).encode();
	Commitment::new(CommitmentDomain::Receipt, &Salt([0; 32]), &payload)
}
