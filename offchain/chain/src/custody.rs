// SPDX-License-Identifier: Apache-2.0
//! What the chain knows of the custodians, in our types.

use crate::{
	runtime::{
		api,
		api::runtime_types::{
			bounded_collections::bounded_vec::BoundedVec, pallet_custody::types as stored,
			salus_primitives::custody as submitted, sp_runtime::MultiSignature,
		},
	},
	AccountId, Error, Signature,
};
use salus_primitives::{
	custody::{DealingDigest, EpochId, Seat, Seats, MAX_ACKNOWLEDGEMENTS},
	Moment, RecordId,
};
use subxt::{
	client::{ClientAtBlock, OfflineClientAtBlockT},
	config::substrate::SubstrateConfig,
	utils::Static,
};

/// Where a committee is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitteePhase {
	/// Proposed; not everyone has joined.
	Forming,
	/// It takes new dealings.
	Active,
	/// It serves what was dealt to it, until the last dealing has moved on.
	Draining,
	/// No dealing points to it any more, and its members may delete what they hold.
	Retired,
}

/// Who holds the shares of what was dealt in an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committee {
	/// The epoch.
	pub epoch: EpochId,
	/// Who sits where: the first has seat 0.
	pub members: Vec<AccountId>,
	/// How many shares open a key.
	pub threshold: u8,
	/// How many members may be lost after a dealing before less than the threshold is left.
	pub tolerance: u8,
	/// Where it is in its life.
	pub phase: CommitteePhase,
	/// Who has joined.
	pub joined: Seats,
	/// Whose word does not count for the time being.
	pub suspended: Seats,
}

impl Committee {
	/// The seat of `who`.
	pub fn seat_of(&self, who: &AccountId) -> Option<Seat> {
		let at = self.members.iter().position(|member| member == who)?;
		u8::try_from(at).ok().map(Seat)
	}

	/// Who has the seat.
	pub fn member(&self, seat: Seat) -> Option<&AccountId> {
		self.members.get(usize::from(seat.0))
	}

	/// A stored epoch with its number, under which it is stored.
	pub(crate) fn new(epoch: EpochId, stored: stored::Epoch<AccountId>) -> Self {
		let phase = match stored.phase {
			stored::Phase::Forming => CommitteePhase::Forming,
			stored::Phase::Active => CommitteePhase::Active,
			stored::Phase::Draining => CommitteePhase::Draining,
			stored::Phase::Retired => CommitteePhase::Retired,
		};
		Self {
			epoch,
			members: stored.members.0,
			threshold: stored.threshold,
			tolerance: stored.tolerance,
			phase,
			joined: stored.joined.0,
			suspended: stored.suspended.0,
		}
	}
}

/// A dealing on its way to the active committee, as one of its members submits it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
	/// The record.
	pub record: RecordId,
	/// The version.
	pub version: u32,
	/// What the active committee holds of it.
	pub digest: DealingDigest,
	/// Signatures of its members over [`salus_primitives::custody::acknowledgement_payload`].
	pub acknowledgements: Vec<(Seat, Signature)>,
}

impl Move {
	/// As the chain takes it.
	pub(crate) fn to_submitted(&self) -> Result<stored::Resharing<MultiSignature>, Error> {
		Ok(stored::Resharing {
			record: Static(self.record),
			version: self.version,
			digest: Static(self.digest),
			acknowledgements: acknowledgements(&self.acknowledgements)?,
		})
	}
}

/// Where the keys of a record version are dealt to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DealtVersion {
	/// The epoch of the committee that holds them.
	pub epoch: EpochId,
	/// What was dealt.
	pub digest: DealingDigest,
	/// How many segments the version has.
	pub segments: u16,
	/// Who acknowledged it.
	pub acknowledged: Seats,
	/// Whether a complaint keeps it where it is.
	pub contested: bool,
}

impl From<stored::DealingRecord> for DealtVersion {
	fn from(stored: stored::DealingRecord) -> Self {
		Self {
			epoch: stored.epoch.0,
			digest: stored.digest.0,
			segments: stored.segments,
			acknowledged: stored.acknowledged.0,
			contested: stored.contested,
		}
	}
}

/// The erasure of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
	/// How many versions the record has.
	pub versions: u32,
	/// Who still has to acknowledge, by epoch.
	pub pending: Vec<(EpochId, Seats)>,
	/// When everyone had acknowledged.
	pub completed_at: Option<Moment>,
}

impl From<stored::Erasure> for Erasure {
	fn from(stored: stored::Erasure) -> Self {
		let pending = stored.pending.0.into_iter();
		Self {
			versions: stored.versions,
			pending: pending.map(|pending| (pending.epoch.0, pending.seats.0)).collect(),
			completed_at: stored.completed_at,
		}
	}
}

/// What a committee did about a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketAnswers {
	/// The epoch that answers: the one that held the dealing at the first answer.
	pub epoch: EpochId,
	/// Who released.
	pub released: Seats,
	/// Who refused.
	pub refused: Seats,
	/// When enough had released.
	pub first_delivered_at: Option<Moment>,
	/// When too few were left to release.
	pub refused_at: Option<Moment>,
}

impl From<stored::TicketAnswers> for TicketAnswers {
	fn from(stored: stored::TicketAnswers) -> Self {
		Self {
			epoch: stored.epoch.0,
			released: stored.released.0,
			refused: stored.refused.0,
			first_delivered_at: stored.first_delivered_at,
			refused_at: stored.refused_at,
		}
	}
}

/// The dealing of every segment key of one record version, as its owner submits it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dealing {
	/// The epoch of the committee.
	pub epoch: EpochId,
	/// What was dealt.
	pub digest: DealingDigest,
	/// Signatures of members over [`salus_primitives::custody::acknowledgement_payload`].
	pub acknowledgements: Vec<(Seat, Signature)>,
}

impl Dealing {
	/// As the chain takes it.
	pub(crate) fn to_submitted(&self) -> Result<submitted::Dealing<MultiSignature>, Error> {
		Ok(submitted::Dealing {
			epoch: Static(self.epoch),
			digest: Static(self.digest),
			acknowledgements: acknowledgements(&self.acknowledgements)?,
		})
	}
}

/// Signatures of members as the chain takes them.
fn acknowledgements(
	signed: &[(Seat, Signature)],
) -> Result<BoundedVec<(Static<Seat>, MultiSignature)>, Error> {
	let signed = signed.iter().map(|(seat, signature)| (Static(*seat), (*signature).into()));
	bounded("acknowledgements", signed, MAX_ACKNOWLEDGEMENTS)
}

/// The most items of one call of a custodian.
pub(crate) fn max_batch<C: OfflineClientAtBlockT<SubstrateConfig>>(
	at: &ClientAtBlock<SubstrateConfig, C>,
) -> Result<u32, Error> {
	Ok(at.constants().entry(api::constants().custody().max_batch())?)
}

/// The items in a vector that the chain bounds: with more it would not decode the call, and the pool
/// would not say why.
pub(crate) fn bounded<T>(
	what: &'static str,
	items: impl ExactSizeIterator<Item = T>,
	most: u32,
) -> Result<BoundedVec<T>, Error> {
	let found = items.len();
	if u32::try_from(found).map_or(true, |found| found > most) {
		return Err(Error::TooManyItems { what, found, most });
	}
	Ok(BoundedVec(items.collect()))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn members_have_the_seats_from_the_first_on() {
		let members: Vec<_> = (1..4).map(|byte| AccountId::new([byte; 32])).collect();
		let committee = Committee {
			epoch: EpochId(1),
			members: members.clone(),
			threshold: 2,
			tolerance: 1,
			phase: CommitteePhase::Active,
			joined: Seats::all(3),
			suspended: Seats::EMPTY,
		};
		for (member, seat) in members.iter().zip((0..).map(Seat)) {
			assert_eq!(committee.seat_of(member), Some(seat));
			assert_eq!(committee.member(seat), Some(member));
		}
		assert_eq!(committee.seat_of(&AccountId::new([9; 32])), None);
		assert_eq!(committee.member(Seat(3)), None);
	}

	#[test]
	fn what_is_stored_of_an_epoch_is_read() {
		use codec::Encode;
		use subxt::ext::scale_decode::DecodeAsType;

		let members = vec![AccountId::new([1; 32]), AccountId::new([2; 32])];
		let (joined, suspended) = (Seats::all(2), Seats::from_iter([Seat(1)]));
		// Members, threshold, tolerance, draining, since when, who joined, who is suspended.
		let bytes = (&members, 2u8, 0u8, 2u8, 77u64, joined, suspended).encode();
		let at = crate::runtime::offline();
		let metadata = at.metadata_ref();
		let pallet = metadata.pallet_by_name("Custody").unwrap();
		let storage = pallet.storage().unwrap().entry_by_name("Epochs").unwrap();
		let stored = stored::Epoch::<AccountId>::decode_as_type(
			&mut &bytes[..],
			storage.value_ty(),
			metadata.types(),
		);
		let expected = Committee {
			epoch: EpochId(5),
			members,
			threshold: 2,
			tolerance: 0,
			phase: CommitteePhase::Draining,
			joined,
			suspended,
		};
		assert_eq!(Committee::new(EpochId(5), stored.unwrap()), expected);
	}

	#[test]
	fn more_than_the_chain_takes_is_an_error() {
		let items = |count: u8| bounded("answers", (0..count).collect::<Vec<_>>().into_iter(), 32);
		assert_eq!(items(32).unwrap().0.len(), 32);
		let error = items(33).map(drop).unwrap_err();
		assert_eq!((error.code(), error.is_retryable()), ("TOO_MANY_ITEMS", false));
		assert!(error.to_string().contains("33 answers"), "{error}");
	}
}
