// SPDX-License-Identifier: Apache-2.0
//! Salted commitments: what the chain holds in place of what it must not read.

use crate::{bytes32::bytes32, Category};
use codec::Encode;
use sp_crypto_hashing::blake2_256;

bytes32! {
	/// A hiding and binding commitment to bytes that live off chain.
	///
	/// `blake2_256(domain ‖ salt ‖ payload)`. The salt is uniformly random and never used twice, so
	/// that a payload with few possible values (a purpose, a category) cannot be guessed.
	Commitment
}

bytes32! {
	/// 256 random bits that hide a committed payload.
	Salt
}

/// What a commitment is to. Domains keep a commitment of one kind from standing in for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitmentDomain {
	/// The content identifier of a record version's manifest.
	Manifest,
	/// The SCALE-encoded terms of a consent.
	Terms,
	/// The SCALE-encoded request of one access.
	Request,
	/// Why somebody reads without a consent, and what.
	Reason,
	/// The SCALE-encoded list of the categories of a record version's segments, in their order.
	Categories,
	/// The commitment vector of one segment key, with all that its dealing is bound to.
	Dealing,
	/// The commitment vector by which a draining committee's member deals its share of one segment
	/// key anew.
	Subdealing,
	/// What that member deals to one seat of the next committee.
	Subshare,
	/// The evidence of a complaint.
	Evidence,
	/// What a subject denies, whoever was granted what.
	Denials,
	/// What a custodian signed about a release, and about the releases of one report.
	Receipt,
}

impl CommitmentDomain {
	const fn label(self) -> &'static [u8] {
		match self {
			Self::Manifest => b"salus/commitment/manifest/1",
			Self::Terms => b"salus/commitment/terms/1",
			Self::Request => b"salus/commitment/request/1",
			Self::Reason => b"salus/commitment/reason/1",
			Self::Categories => b"salus/commitment/categories/1",
			Self::Dealing => b"salus/commitment/dealing/1",
			Self::Subdealing => b"salus/commitment/subdealing/1",
			Self::Subshare => b"salus/commitment/subshare/1",
			Self::Evidence => b"salus/commitment/evidence/1",
			Self::Denials => b"salus/commitment/denials/1",
			Self::Receipt => b"salus/commitment/receipt/1",
		}
	}
}

impl Commitment {
	/// Commits to `payload`.
	pub fn new(domain: CommitmentDomain, salt: &Salt, payload: &[u8]) -> Self {
		// The label is length-prefixed by SCALE and the salt has a fixed length, so the input
		// parses in one way only.
		let mut input = domain.label().encode();
		input.extend_from_slice(&salt.0);
		input.extend_from_slice(payload);
		Self(blake2_256(&input))
	}

	/// Whether this is the commitment to `payload` under `salt`.
	pub fn opens_to(&self, domain: CommitmentDomain, salt: &Salt, payload: &[u8]) -> bool {
		*self == Self::new(domain, salt, payload)
	}
}

impl Commitment {
	/// Commits to the categories of a version's segments, in the order of the segments.
	pub fn to_categories(categories: &[Category], salt: &Salt) -> Self {
		Self::new(CommitmentDomain::Categories, salt, &categories.encode())
	}
}

impl Salt {
	/// The salt for the categories of the version whose manifest was committed to with this one.
	/// Whoever is shown it learns nothing of the manifest's.
	pub fn for_categories(&self) -> Self {
		Self((b"salus/categories-salt/1", self).using_encoded(blake2_256))
	}

	/// The salt for one segment of what was dealt with this one. Whoever is shown it learns nothing
	/// of the other segments' salts.
	pub fn for_segment(&self, segment: u16) -> Self {
		Self((b"salus/segment-salt/1", self, segment).using_encoded(blake2_256))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn binds_domain_salt_and_payload() {
		let salt = Salt([7; 32]);
		let commitment = Commitment::new(CommitmentDomain::Terms, &salt, b"terms");
		assert!(commitment.opens_to(CommitmentDomain::Terms, &salt, b"terms"));
		assert!(!commitment.opens_to(CommitmentDomain::Request, &salt, b"terms"));
		assert!(!commitment.opens_to(CommitmentDomain::Terms, &Salt([8; 32]), b"terms"));
		assert!(!commitment.opens_to(CommitmentDomain::Terms, &salt, b"term"));
	}

	#[test]
	fn categories_are_committed_to_in_order_under_a_salt_of_their_own() {
		let salt = Salt([7; 32]);
		let own = salt.for_categories();
		let list = [Category::ALL[0], Category::ALL[1]];
		let swapped = [list[1], list[0]];
		let commitment = Commitment::to_categories(&list, &own);
		assert_ne!(commitment, Commitment::to_categories(&swapped, &own));
		assert_ne!(commitment, Commitment::to_categories(&list[..1], &own));
		assert_ne!(commitment, Commitment::to_categories(&list, &salt));
		assert!(commitment.opens_to(CommitmentDomain::Categories, &own, &list.to_vec().encode()));
		assert_ne!(own, salt);
	}

	#[test]
	fn segments_have_salts_of_their_own() {
		let salt = Salt([7; 32]);
		assert_ne!(salt.for_segment(0), salt.for_segment(1));
		assert_ne!(salt.for_segment(0), Salt([8; 32]).for_segment(0));
		assert_ne!(salt.for_segment(0), salt);
	}
}
