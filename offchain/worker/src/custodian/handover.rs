// SPDX-License-Identifier: Apache-2.0
//! What custodians say to each other when dealings move from a draining committee to the active one.

use super::deposit::SegmentFacts;
use codec::Encode;
use salus_chain::{AccountId, Signature, Signer};
use salus_crypto::{custody::SealedSubdealing, SealedDocument};
use salus_primitives::{
	custody::{DealingDigest, EpochId, Seat},
	RecordId,
};
use serde::{Deserialize, Serialize};

/// What a member of the active committee asks of a member of a draining one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubdealRequest {
	/// The draining epoch.
	pub from: EpochId,
	/// The active one.
	pub to: EpochId,
	/// Who asks, in the active one.
	pub receiver: Seat,
	/// The record versions.
	pub dealings: Vec<(RecordId, u32)>,
	/// Its signature over all of it.
	pub signature: Signature,
}

impl SubdealRequest {
	/// Signs a request.
	pub fn new(
		receiver: &Signer,
		genesis: [u8; 32],
		(from, to): (EpochId, EpochId),
		seat: Seat,
		dealings: Vec<(RecordId, u32)>,
	) -> Self {
		let message = (b"salus/subdeal-request/1", genesis, from, to, seat, &dealings).encode();
		Self { from, to, receiver: seat, signature: receiver.sign(&message), dealings }
	}

	/// Whether `receiver` signed it.
	pub fn is_signed_by(&self, receiver: &AccountId, genesis: [u8; 32]) -> bool {
		let Self { from, to, receiver: seat, dealings, signature } = self;
		let message = (b"salus/subdeal-request/1", genesis, from, to, seat, dealings).encode();
		receiver.verify(&message, signature)
	}
}

/// What one dealer deals anew of one record version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subdealt {
	/// The record.
	pub record: RecordId,
	/// The version.
	pub version: u32,
	/// What the owner said of the segments, by index.
	pub segments: Vec<SegmentFacts>,
	/// The subdealing, sealed to the receiver.
	pub subdealing: SealedSubdealing,
	/// The dealer's signature over [`salus_primitives::custody::SubdealingStatement::payload`].
	pub signature: Signature,
	/// What the owner denies, sealed to the receiver, if she denies anything.
	pub denials: Option<SealedDocument>,
}

/// What a member of the active committee, who sees to the move of some dealings, asks of the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TakeOverRequest {
	/// The draining epoch.
	pub from: EpochId,
	/// The active one.
	pub to: EpochId,
	/// Who asks, in the active one.
	pub coordinator: Seat,
	/// Whose subdealings make the new shares: as many as the draining committee's threshold, the same
	/// for everyone.
	pub dealers: Vec<Seat>,
	/// The record versions.
	pub dealings: Vec<(RecordId, u32)>,
	/// Its signature over all of it.
	pub signature: Signature,
}

impl TakeOverRequest {
	/// Signs a request.
	pub fn new(
		coordinator: &Signer,
		genesis: [u8; 32],
		(from, to): (EpochId, EpochId),
		seat: Seat,
		dealers: Vec<Seat>,
		dealings: Vec<(RecordId, u32)>,
	) -> Self {
		let signature = coordinator.sign(&take_over(genesis, from, to, seat, &dealers, &dealings));
		Self { from, to, coordinator: seat, dealers, dealings, signature }
	}

	/// Whether `coordinator` signed it.
	pub fn is_signed_by(&self, coordinator: &AccountId, genesis: [u8; 32]) -> bool {
		let Self { from, to, coordinator: seat, dealers, dealings, signature } = self;
		let message = take_over(genesis, *from, *to, *seat, dealers, dealings);
		coordinator.verify(&message, signature)
	}
}

fn take_over(
	genesis: [u8; 32],
	from: EpochId,
	to: EpochId,
	coordinator: Seat,
	dealers: &[Seat],
	dealings: &[(RecordId, u32)],
) -> Vec<u8> {
	(b"salus/take-over-request/1", genesis, from, to, coordinator, dealers, dealings).encode()
}

/// What a member of the active committee took over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TakenOver {
	/// What it holds now, and acknowledges.
	pub taken: Vec<Acknowledged>,
	/// The dealers that did not deal, or not rightly, and why: the code of the error.
	pub faults: Vec<DealerFault>,
}

/// An acknowledgement of one record version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledged {
	/// The record.
	pub record: RecordId,
	/// The version.
	pub version: u32,
	/// What it holds of it.
	pub digest: DealingDigest,
	/// Its signature over [`salus_primitives::custody::acknowledgement_payload`].
	pub signature: Signature,
}

/// A dealer that is of no use for a record version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DealerFault {
	/// The record.
	pub record: RecordId,
	/// The version.
	pub version: u32,
	/// The dealer, in the draining epoch.
	pub dealer: Seat,
	/// The code of the error.
	pub code: String,
}
