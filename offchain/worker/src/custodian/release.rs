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
use std::ops::Range;

/// The most ciphertext whose keys are on one page, in bytes: one range of a large document, or the
/// segments of a small record. Who reads on asks for the next page, and what her consent has come to
/// meanwhile decides anew.
pub const PAGE: u64 = 65 << 20;

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
	/// BLAKE2b-256 of the share. It is ciphertext: the hash needs no salt.
	pub digest: Commitment,
	/// The custodian's share of its key; none when it is on another page.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub share: Option<SealedShare>,
}

impl ReleasedSegment {
	/// A segment with its share.
	pub(super) fn new(facts: SegmentFacts, share: SealedShare) -> Self {
		let digest = Commitment(blake2_256(&share.to_bytes()));
		Self { facts, digest, share: Some(share) }
	}

	/// Its share, if it is the one that was signed.
	pub fn signed_share(&self) -> Option<&SealedShare> {
		let is_signed = |share: &&SealedShare| blake2_256(&share.to_bytes()) == self.digest.0;
		self.share.as_ref().filter(is_signed)
	}
}

/// Which segments are on the page that begins with the first one not before `from`.
pub(crate) fn page(segments: &[SegmentFacts], from: u16) -> Range<usize> {
	let first = segments.partition_point(|facts| facts.index < from);
	let mut size = 0_u64;
	let fits = |facts: &&SegmentFacts| {
		size = size.saturating_add(facts.size);
		size <= PAGE
	};
	let rest = segments.get(first..).unwrap_or_default();
	let fitting = rest.iter().take_while(fits).count();
	// What fits on none has one for itself.
	first..first + fitting.max(1).min(rest.len())
}

impl Released {
	/// The same with the shares of one page only.
	pub(super) fn page(mut self, from: u16) -> Self {
		let facts: Vec<_> = self.segments.iter().map(|segment| segment.facts.clone()).collect();
		let page = page(&facts, from);
		for (at, segment) in self.segments.iter_mut().enumerate() {
			if !page.contains(&at) {
				segment.share = None;
			}
		}
		self
	}

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
		let segments: Vec<_> =
			segments.iter().map(|segment| (segment.facts.index, segment.digest)).collect();
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
