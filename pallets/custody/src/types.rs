// SPDX-License-Identifier: Apache-2.0
//! What is stored.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use salus_primitives::{
	custody::{Acknowledgements, DealingDigest, EpochId, Seat, Seats, MAX_COMMITTEE},
	Commitment, Moment, RecordId,
};
use scale_info::TypeInfo;

/// The most epochs that drain at the same time, whatever the runtime says.
pub const MAX_DRAINING: u32 = 7;

/// The most epochs that an erasure waits for: the active one and those that drain.
pub const MAX_HOLDERS: u32 = 8;

/// An epoch of this runtime.
pub type EpochOf<T> = Epoch<<T as frame_system::Config>::AccountId>;

/// A move of this runtime.
pub type ResharingOf<T> = Resharing<<T as crate::Config>::Signature>;

/// The members of a committee of this runtime.
pub type MembersOf<T> = BoundedVec<<T as frame_system::Config>::AccountId, ConstU32<MAX_COMMITTEE>>;

/// Where an epoch is in its life.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Phase {
	/// Proposed; not everyone has joined.
	#[codec(index = 0)]
	Forming,
	/// It takes new dealings.
	#[codec(index = 1)]
	Active,
	/// It serves what was dealt to it, until the last dealing has moved on.
	#[codec(index = 2)]
	Draining,
	/// No dealing points to it any more, and its members may delete what they hold.
	#[codec(index = 3)]
	Retired,
}

/// A committee and its term.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Epoch<AccountId> {
	/// Who sits where.
	pub members: BoundedVec<AccountId, ConstU32<MAX_COMMITTEE>>,
	/// How many shares open a key.
	pub threshold: u8,
	/// How many members may be lost after a dealing before less than the threshold is left.
	pub tolerance: u8,
	/// Where it is in its life.
	pub phase: Phase,
	/// Since when it is there.
	pub since: Moment,
	/// Who has joined.
	pub joined: Seats,
	/// Whose word does not count for the time being.
	pub suspended: Seats,
}

impl<AccountId: PartialEq> Epoch<AccountId> {
	/// The seat of `who`.
	pub fn seat_of(&self, who: &AccountId) -> Option<Seat> {
		let at = self.members.iter().position(|member| member == who)?;
		u8::try_from(at).ok().map(Seat)
	}
}

impl<AccountId> Epoch<AccountId> {
	/// Who has the seat.
	pub fn member(&self, seat: Seat) -> Option<&AccountId> {
		self.members.get(usize::from(seat.0))
	}

	/// Every seat.
	pub fn seats(&self) -> Seats {
		Seats::all(self.members.len())
	}

	/// The seats whose word counts.
	pub fn counted(&self) -> Seats {
		self.seats().without(self.suspended)
	}

	/// How many acknowledgements a dealing needs.
	pub fn dealing_quorum(&self) -> u32 {
		u32::from(self.threshold).saturating_add(u32::from(self.tolerance))
	}

	/// How many releases open a ticket.
	pub fn release_quorum(&self) -> u32 {
		u32::from(self.threshold)
	}

	/// How many refusals leave too few members for a release: n − t + 1.
	pub fn refusal_quorum(&self) -> u32 {
		self.seats().len().saturating_sub(u32::from(self.threshold)).saturating_add(1)
	}

	/// Whether enough members are left to release and, because the threshold is a majority, to
	/// refuse.
	pub fn is_above_floor(&self) -> bool {
		self.counted().len() >= self.release_quorum()
	}
}

/// The epochs that are not retired.
#[derive(
	Clone,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct LiveEpochs {
	/// The last number that was given to an epoch.
	pub last: EpochId,
	/// The one that is forming.
	pub forming: Option<EpochId>,
	/// The one that takes new dealings.
	pub active: Option<EpochId>,
	/// Those that drain, the oldest first.
	pub draining: BoundedVec<EpochId, ConstU32<MAX_DRAINING>>,
}

/// What is held against a member.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Conduct {
	/// How many tickets and erasures it left without an answer, since it was last forgiven.
	pub missed: u32,
	/// How many complaints ended against it.
	pub faults: u32,
}

/// A record version whose keys a committee holds.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct DealingRecord {
	/// The epoch of the committee.
	pub epoch: EpochId,
	/// What was dealt.
	pub digest: DealingDigest,
	/// How many segments the version has.
	pub segments: u16,
	/// Who acknowledged it.
	pub acknowledged: Seats,
	/// Whether a complaint keeps it where it is.
	pub contested: bool,
	/// Since when the committee holds it.
	pub since: Moment,
}

/// A dealing on its way to the active committee.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Resharing<Signature> {
	/// The record.
	pub record: RecordId,
	/// The version.
	pub version: u32,
	/// What the new committee holds.
	pub digest: DealingDigest,
	/// The signatures of its members over `acknowledgement_payload`.
	pub acknowledgements: Acknowledgements<Signature>,
}

/// Why a dealing was not moved.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum ResharingFault {
	/// There is no such dealing.
	#[codec(index = 0)]
	NotFound,
	/// Its epoch does not drain; perhaps it was moved before.
	#[codec(index = 1)]
	NotDraining,
	/// A complaint about it is open.
	#[codec(index = 2)]
	Contested,
	/// The record is being erased.
	#[codec(index = 3)]
	Erased,
	/// Too few valid acknowledgements, or one that is not valid.
	#[codec(index = 4)]
	NotAcknowledged,
}

/// A member of the active committee says that a member of the draining one dealt it a wrong share.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Complaint {
	/// The epoch of the complainer.
	pub epoch: EpochId,
	/// Who complains.
	pub complainer: Seat,
	/// About whom, in the epoch of the dealing.
	pub dealer: Seat,
	/// The commitment to what shows it.
	pub evidence: Commitment,
	/// The commitment to what the dealer says to it, once it has.
	pub response: Option<Commitment>,
	/// When it was made.
	pub at: Moment,
}

/// What the committee did about a ticket.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct TicketAnswers {
	/// The epoch that answers: the one that held the dealing at the first answer.
	pub epoch: EpochId,
	/// The first moment in which custodians refuse the ticket.
	pub expires_at: Moment,
	/// Who released.
	pub released: Seats,
	/// Who refused.
	pub refused: Seats,
	/// When enough had released.
	pub first_delivered_at: Option<Moment>,
	/// When too few were left to release.
	pub refused_at: Option<Moment>,
	/// Whether the silent members were counted; no answer is taken afterwards.
	pub marked: bool,
}

/// How a ticket ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
	/// Enough members released.
	Delivered,
	/// So many members refused that the others are too few.
	Refused,
}

impl TicketAnswers {
	/// No answers yet.
	pub const fn new(epoch: EpochId, expires_at: Moment) -> Self {
		Self {
			epoch,
			expires_at,
			released: Seats::EMPTY,
			refused: Seats::EMPTY,
			first_delivered_at: None,
			refused_at: None,
			marked: false,
		}
	}

	/// Takes the release of a member. Returns whether it is new.
	///
	/// # Errors
	/// The member refused before: an answer is final.
	pub fn release(&mut self, seat: Seat) -> Result<bool, AnswerFault> {
		match self.refused.contains(seat) {
			true => Err(AnswerFault::Contradiction),
			false => Ok(self.released.insert(seat)),
		}
	}

	/// Takes the refusal of a member. Returns whether it is new.
	///
	/// # Errors
	/// The member released before: an answer is final.
	pub fn refuse(&mut self, seat: Seat) -> Result<bool, AnswerFault> {
		match self.released.contains(seat) {
			true => Err(AnswerFault::Contradiction),
			false => Ok(self.refused.insert(seat)),
		}
	}

	/// How the ticket ends with the answers so far; nothing when that is open or known already.
	///
	/// It never ends both ways: a seat answers once, and a release takes t seats where a refusal
	/// takes n − t + 1, one more than there are together.
	pub fn conclude<AccountId>(
		&mut self,
		committee: &Epoch<AccountId>,
		now: Moment,
	) -> Option<Outcome> {
		if self.first_delivered_at.is_some() || self.refused_at.is_some() {
			return None;
		}
		if self.released.len() >= committee.release_quorum() {
			self.first_delivered_at = Some(now);
			return Some(Outcome::Delivered);
		}
		if self.refused.len() >= committee.refusal_quorum() {
			self.refused_at = Some(now);
			return Some(Outcome::Refused);
		}
		None
	}

	/// Who answered.
	pub const fn answered(&self) -> Seats {
		self.released.union(self.refused)
	}
}

/// Why an answer does not count.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum AnswerFault {
	/// There is no such ticket.
	#[codec(index = 0)]
	NotFound,
	/// The version of the record that the ticket opens was not dealt to any committee.
	#[codec(index = 1)]
	NotDealt,
	/// Another epoch answers the ticket.
	#[codec(index = 2)]
	EpochMismatch,
	/// The member gave the other answer before.
	#[codec(index = 3)]
	Contradiction,
	/// The answers were closed.
	#[codec(index = 4)]
	Closed,
	/// The member stops what it never released.
	#[codec(index = 5)]
	NotReleased,
}

/// The members of an epoch who have not acknowledged an erasure.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Pending {
	/// The epoch.
	pub epoch: EpochId,
	/// Who; never nobody.
	pub seats: Seats,
}

/// The erasure of a record.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Erasure {
	/// When it was started.
	pub started_at: Moment,
	/// How many versions the record has.
	pub versions: u32,
	/// Up to which version the dealings are removed.
	pub cleared: u32,
	/// Who still has to acknowledge.
	pub pending: BoundedVec<Pending, ConstU32<MAX_HOLDERS>>,
	/// Whether those who were late have been counted.
	pub overdue: bool,
	/// When everyone had acknowledged.
	pub completed_at: Option<Moment>,
}
