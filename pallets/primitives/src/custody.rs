// SPDX-License-Identifier: Apache-2.0
//! Threshold custody: committees of custodians that hold the shares of segment keys, what a
//! custodian signs and answers, and what the pallets ask of each other about it.
//!
//! No share and no key is ever among these types.

use crate::{bytes32::bytes32, merkle, Commitment, ConsentId, Moment, RecordId, TicketId};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_crypto_hashing::blake2_256;

/// The most acknowledgements that a dealing bears, and so the most that a committee may ask for. Each is
/// a signature that the chain verifies: the bound keeps anchoring a record as cheap as a few transfers.
pub const MAX_ACKNOWLEDGEMENTS: u32 = 4;

/// The most members of a committee: the threshold is a majority of them, and no threshold is above
/// [`MAX_ACKNOWLEDGEMENTS`].
pub const MAX_COMMITTEE: u32 = 2 * MAX_ACKNOWLEDGEMENTS - 1;

/// One committee's term. The first is 1; a number is never used again.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(transparent)]
pub struct EpochId(pub u32);

impl EpochId {
	/// The one that follows.
	pub fn next(self) -> Option<Self> {
		self.0.checked_add(1).map(Self)
	}
}

impl fmt::Display for EpochId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		self.0.fmt(f)
	}
}

/// The place of a member in its committee, counted from 0.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(transparent)]
pub struct Seat(pub u8);

impl Seat {
	/// The bit that stands for the seat in a set; none for a seat that no committee has.
	fn bit(self) -> u32 {
		1u32.checked_shl(u32::from(self.0)).unwrap_or(0)
	}
}

impl fmt::Display for Seat {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		self.0.fmt(f)
	}
}

/// A set of seats of one committee.
#[derive(
	Clone,
	Copy,
	Default,
	PartialEq,
	Eq,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(transparent)]
pub struct Seats(u32);

impl Seats {
	/// No seat.
	pub const EMPTY: Self = Self(0);
	/// How many seats there may be: a bit each.
	pub const CAPACITY: u32 = u32::BITS;

	/// Every seat of a committee with `size` members.
	pub fn all(size: usize) -> Self {
		let spare = usize::try_from(Self::CAPACITY).unwrap_or(usize::MAX).saturating_sub(size);
		Self(u32::try_from(spare).ok().and_then(|spare| u32::MAX.checked_shr(spare)).unwrap_or(0))
	}

	/// Whether the seat is in it.
	pub fn contains(self, seat: Seat) -> bool {
		self.0 & seat.bit() != 0
	}

	/// Adds a seat. Returns whether it is new; a seat that no committee has is not added.
	pub fn insert(&mut self, seat: Seat) -> bool {
		let before = self.0;
		self.0 |= seat.bit();
		self.0 != before
	}

	/// Takes a seat out. Returns whether it was in.
	pub fn remove(&mut self, seat: Seat) -> bool {
		let before = self.0;
		self.0 &= !seat.bit();
		self.0 != before
	}

	/// How many there are.
	pub const fn len(self) -> u32 {
		self.0.count_ones()
	}

	/// Whether there is none.
	pub const fn is_empty(self) -> bool {
		self.0 == 0
	}

	/// Whether a seat is in both.
	pub const fn intersects(self, other: Self) -> bool {
		self.0 & other.0 != 0
	}

	/// Whether every seat of `other` is in it.
	pub const fn covers(self, other: Self) -> bool {
		other.0 & !self.0 == 0
	}

	/// The seats that are in one or the other.
	pub const fn union(self, other: Self) -> Self {
		Self(self.0 | other.0)
	}

	/// The seats that are in both.
	pub const fn intersection(self, other: Self) -> Self {
		Self(self.0 & other.0)
	}

	/// The seats that are not in `other`.
	pub const fn without(self, other: Self) -> Self {
		Self(self.0 & !other.0)
	}

	/// Each seat, the lowest first.
	pub fn iter(self) -> impl Iterator<Item = Seat> {
		(0u8..=31).map(Seat).filter(move |seat| self.contains(*seat))
	}
}

impl FromIterator<Seat> for Seats {
	fn from_iter<I: IntoIterator<Item = Seat>>(seats: I) -> Self {
		let mut set = Self::EMPTY;
		for seat in seats {
			set.insert(seat);
		}
		set
	}
}

impl fmt::Debug for Seats {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_set().entries(self.iter().map(|seat| seat.0)).finish()
	}
}

bytes32! {
	/// What binds the chain to the dealing of a record version: the root of a Merkle tree whose
	/// leaves are, segment by segment, the salted hashes of the commitment vectors.
	DealingDigest
}

impl From<&merkle::Tree> for DealingDigest {
	fn from(tree: &merkle::Tree) -> Self {
		Self(tree.root())
	}
}

impl DealingDigest {
	/// Whether the salted hash `leaf` is that of the segment in a dealing of so many segments.
	pub fn binds(
		&self,
		segments: u16,
		segment: u16,
		leaf: &Commitment,
		siblings: &[[u8; 32]],
	) -> bool {
		merkle::verify(&self.0, segments, segment, leaf.0, siblings)
	}
}

/// Who holds a share, each with the signature that says so.
pub type Acknowledgements<Signature> =
	BoundedVec<(Seat, Signature), ConstU32<MAX_ACKNOWLEDGEMENTS>>;

/// The dealing of every segment key of one record version to a committee, as its owner submits it.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Dealing<Signature> {
	/// The epoch of the committee.
	pub epoch: EpochId,
	/// What was dealt.
	pub digest: DealingDigest,
	/// Signatures of members over [`acknowledgement_payload`].
	pub acknowledgements: Acknowledgements<Signature>,
}

/// What a custodian signs to acknowledge that it holds its shares of a record version and has
/// verified them against their commitments. `genesis` is the hash of the chain's first block.
pub fn acknowledgement_payload<AccountId: Encode>(
	genesis: [u8; 32],
	epoch: EpochId,
	owner: &AccountId,
	record: RecordId,
	version: u32,
	segments: u16,
	digest: DealingDigest,
) -> [u8; 32] {
	(b"salus/acknowledgement/1", genesis, epoch, owner, record, version, segments, digest)
		.using_encoded(blake2_256)
}

/// What a member of a draining committee says that it deals to one seat of the next: the roots over
/// what it commits to, the same for every seat, and over what it gives to this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SubdealingStatement {
	/// The hash of the chain's first block.
	pub genesis: [u8; 32],
	/// The epoch that holds the dealing.
	pub from: EpochId,
	/// The epoch that takes it over.
	pub to: EpochId,
	/// The record.
	pub record: RecordId,
	/// The version of the record.
	pub version: u32,
	/// How many segments it has.
	pub segments: u16,
	/// Who deals, in the draining epoch.
	pub dealer: Seat,
	/// The root over its commitment vectors, segment by segment.
	pub commitments: [u8; 32],
	/// To whom, in the next epoch.
	pub receiver: Seat,
	/// The root over what the receiver gets, segment by segment.
	pub shares: [u8; 32],
}

impl SubdealingStatement {
	/// What the dealer signs. A complaint shows it.
	pub fn payload(&self) -> [u8; 32] {
		(b"salus/subdealing/1", self).using_encoded(blake2_256)
	}
}

/// Why a custodian does not release a key.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CustodianRefusal {
	/// The subject revoked the consent.
	#[codec(index = 0)]
	ConsentRevoked,
	/// The grantee's window is over.
	#[codec(index = 1)]
	ConsentExpired,
	/// The opened request lies outside the opened terms.
	#[codec(index = 2)]
	ScopeMismatch,
	/// The request, the terms or their salts do not open the commitments on chain.
	#[codec(index = 3)]
	RequestMismatch,
	/// The current opening of the subject's deny root did not come with the request.
	#[codec(index = 4)]
	DenyRootMissing,
	/// The subject denies it elsewhere.
	#[codec(index = 5)]
	Denied,
	/// The custodian's view of the chain was too old for as long as the ticket was valid.
	#[codec(index = 6)]
	StaleHead,
	/// The grantee's credential is over or was taken back.
	#[codec(index = 7)]
	CredentialMissing,
	/// The record is erased, or about to be.
	#[codec(index = 8)]
	RecordErased,
	/// The custodian holds no share of it.
	#[codec(index = 9)]
	NotHeld,
	/// The grantee asked more often than the custodian answers.
	#[codec(index = 10)]
	RateLimited,
	/// The ticket is over.
	#[codec(index = 11)]
	TicketExpired,
	/// The chain runs code that the custodian has not approved.
	#[codec(index = 12)]
	RuntimeNotApproved,
	/// The record was retired, or is another's.
	#[codec(index = 13)]
	RecordRetired,
}

impl CustodianRefusal {
	/// Every refusal.
	pub const ALL: &'static [Self] = &[
		Self::ConsentRevoked,
		Self::ConsentExpired,
		Self::ScopeMismatch,
		Self::RequestMismatch,
		Self::DenyRootMissing,
		Self::Denied,
		Self::StaleHead,
		Self::CredentialMissing,
		Self::RecordErased,
		Self::NotHeld,
		Self::RateLimited,
		Self::TicketExpired,
		Self::RuntimeNotApproved,
		Self::RecordRetired,
	];

	/// The refusal with this code.
	pub fn from_code(code: &str) -> Option<Self> {
		Self::ALL.iter().copied().find(|refusal| refusal.code() == code)
	}

	/// The stable code that reaches every interface unchanged.
	pub const fn code(self) -> &'static str {
		match self {
			Self::ConsentRevoked => "CONSENT_REVOKED",
			Self::ConsentExpired => "CONSENT_EXPIRED",
			Self::ScopeMismatch => "SCOPE_MISMATCH",
			Self::RequestMismatch => "REQUEST_MISMATCH",
			Self::DenyRootMissing => "DENY_ROOT_MISSING",
			Self::Denied => "DENIED",
			Self::StaleHead => "STALE_HEAD",
			Self::CredentialMissing => "CREDENTIAL_MISSING",
			Self::RecordErased => "RECORD_ERASED",
			Self::NotHeld => "NOT_HELD",
			Self::RateLimited => "RATE_LIMITED",
			Self::TicketExpired => "TICKET_EXPIRED",
			Self::RuntimeNotApproved => "RUNTIME_NOT_APPROVED",
			Self::RecordRetired => "RECORD_RETIRED",
		}
	}
}

impl fmt::Display for CustodianRefusal {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(self.code())
	}
}

/// What a custodian did about a ticket.
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
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
	/// It sealed its shares to the ticket's ephemeral key.
	#[codec(index = 0)]
	Released {
		/// The commitment to the receipt that it signed for the subject.
		receipt: Commitment,
	},
	/// It released nothing.
	#[codec(index = 1)]
	Refused(CustodianRefusal),
	/// It released before, and refused when the grantee wanted to read on.
	#[codec(index = 2)]
	Stopped(CustodianRefusal),
}

/// What custody has to know of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketFacts<AccountId> {
	/// Who may have the keys.
	pub grantee: AccountId,
	/// Whose data.
	pub subject: AccountId,
	/// The consent that allowed it; none for what was sold or opened in an emergency.
	pub consent: Option<ConsentId>,
	/// The record.
	pub record: RecordId,
	/// The version of the record.
	pub record_version: u32,
	/// When it was issued.
	pub opened_at: Moment,
	/// The first moment in which custodians refuse it.
	pub expires_at: Moment,
}

impl<AccountId: Encode> TicketFacts<AccountId> {
	/// What is handed on as the proof of a delivery: binds the ticket, its parties, what it opened
	/// and when enough custodians had released.
	pub fn delivery_digest(&self, ticket: &TicketId, delivered_at: Moment) -> [u8; 32] {
		(
			b"salus/delivery/1",
			ticket,
			&self.grantee,
			&self.subject,
			self.consent,
			self.record,
			self.record_version,
			self.opened_at,
			delivered_at,
		)
			.using_encoded(blake2_256)
	}
}

/// Which tickets custodians answer.
pub trait TicketBook<AccountId> {
	/// What is known of a ticket that was issued and not closed; it may have expired.
	fn ticket(id: &TicketId) -> Option<TicketFacts<AccountId>>;

	/// So many custodians refused that the ticket is never served: gives the use back and ends the
	/// ticket. Called once; the ticket may have been closed before.
	fn refused(id: &TicketId);

	/// Enough custodians released at `at`. Called once; the ticket may have been closed before.
	fn delivered(id: &TicketId, at: Moment);

	/// So many custodians who had released refused to go on that the grantee reads no further. Called
	/// once; the ticket may have been closed before.
	fn stopped(id: &TicketId);

	/// Tickets that were not closed and have expired at `now`. For workers off the chain: never
	/// called within a block.
	fn expired(now: Moment) -> impl Iterator<Item = TicketId>;

	/// Issues another ticket for that version of a record, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn open_for_benchmark(record: &RecordId, version: u32) -> TicketId;
}

/// Which consents were revoked.
pub trait Revocations {
	/// The version by which the consent was revoked; nothing while it is not.
	fn revoked_version(consent: &ConsentId) -> Option<u32>;

	/// Makes another revoked consent, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn revoke_for_benchmark() -> (ConsentId, u32);
}

/// Where the keys of record versions are dealt to, and erased.
pub trait Custody<AccountId, Signature> {
	/// Why a dealing was not taken.
	type Error;

	/// Whether there is a committee at all.
	fn is_active() -> bool;

	/// Verifies the dealing of a version of a record and keeps it. The caller sees to it that a
	/// version is dealt once, and weighs the signatures.
	///
	/// # Errors
	/// Why not; then nothing is kept.
	fn deal(
		owner: &AccountId,
		record: RecordId,
		version: u32,
		segments: u16,
		dealing: &Dealing<Signature>,
	) -> Result<(), Self::Error>;

	/// From now on every custodian has to acknowledge that it holds nothing of the record's
	/// versions, numbered from 1 to `versions`. Again for the same record: nothing happens.
	fn start_erasure(record: RecordId, versions: u32, now: Moment);

	/// Whether every custodian acknowledged; nothing when no erasure was started.
	fn erasure_complete(record: &RecordId) -> Option<bool>;

	/// Makes a committee of `members` the active one, for benchmarks. A dealing to it needs the
	/// acknowledgement of everyone.
	#[cfg(feature = "runtime-benchmarks")]
	fn form_committee_for_benchmark(members: u32);

	/// A dealing to the active committee that everyone acknowledges, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn dealing_for_benchmark(
		owner: &AccountId,
		record: RecordId,
		version: u32,
		segments: u16,
	) -> Dealing<Signature>;
}

/// What custodians attested about a ticket. Nothing, once the time for which answers are kept is
/// over.
pub trait Deliveries {
	/// When enough custodians had released.
	fn first_delivered_at(ticket: &TicketId) -> Option<Moment>;

	/// Whether so many custodians refused that nothing can be opened with what the others release.
	fn non_release_attested(ticket: &TicketId) -> bool;

	/// Whether any custodian released.
	fn release_started(ticket: &TicketId) -> bool;

	/// Lets enough custodians release, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn deliver_for_benchmark(ticket: &TicketId, at: Moment);

	/// Lets enough custodians refuse, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn refuse_for_benchmark(ticket: &TicketId, at: Moment);
}

#[cfg(test)]
mod tests {
	use super::*;
	use hex_literal::hex;
	use proptest::prelude::*;
	use std::collections::BTreeSet;

	fn sets() -> impl Strategy<Value = BTreeSet<u8>> {
		prop::collection::btree_set(0u8..32, 0..=32)
	}

	fn seats(set: &BTreeSet<u8>) -> Seats {
		set.iter().copied().map(Seat).collect()
	}

	proptest! {
		#[test]
		fn seats_are_a_set(a in sets(), b in sets(), seat in 0u8..32) {
			let (x, y) = (seats(&a), seats(&b));
			prop_assert_eq!(x.len() as usize, a.len());
			prop_assert_eq!(x.is_empty(), a.is_empty());
			prop_assert_eq!(x.contains(Seat(seat)), a.contains(&seat));
			prop_assert_eq!(x.intersects(y), !a.is_disjoint(&b));
			prop_assert_eq!(x.covers(y), a.is_superset(&b));
			prop_assert_eq!(x.union(y), seats(&a.union(&b).copied().collect()));
			prop_assert_eq!(x.intersection(y), seats(&a.intersection(&b).copied().collect()));
			prop_assert_eq!(x.without(y), seats(&a.difference(&b).copied().collect()));
			prop_assert!(x.iter().map(|seat| seat.0).eq(a.iter().copied()));
		}

		#[test]
		fn a_seat_is_inserted_and_removed_once(a in sets(), seat in any::<u8>()) {
			let mut changed = seats(&a);
			let is_new = seat < 32 && !a.contains(&seat);
			prop_assert_eq!(changed.insert(Seat(seat)), is_new);
			prop_assert!(!changed.insert(Seat(seat)));
			prop_assert_eq!(changed.contains(Seat(seat)), seat < 32);
			prop_assert_eq!(changed.remove(Seat(seat)), seat < 32);
			prop_assert!(!changed.remove(Seat(seat)));
		}

		#[test]
		fn a_committee_has_the_seats_from_the_first_on(size in 0usize..40) {
			let all = Seats::all(size);
			prop_assert!(all.iter().map(|seat| usize::from(seat.0)).eq(0..size.min(32)));
		}
	}

	#[test]
	fn no_committee_has_a_seat_beyond_the_last() {
		for seat in [32, 33, 64, 255] {
			let mut all = Seats::all(32);
			assert!(!all.contains(Seat(seat)) && !all.insert(Seat(seat)));
			assert_eq!(all.len(), Seats::CAPACITY);
		}
	}

	#[test]
	fn epochs_are_counted() {
		assert_eq!(EpochId::default().next(), Some(EpochId(1)));
		assert_eq!(EpochId(u32::MAX).next(), None);
	}

	/// The parts of an acknowledgement that differ from one another.
	type Parts = ([u8; 32], EpochId, [u8; 32], RecordId, u32, u16, DealingDigest);

	fn payload(parts: Parts) -> [u8; 32] {
		let (genesis, epoch, owner, record, version, segments, digest) = parts;
		acknowledgement_payload(genesis, epoch, &owner, record, version, segments, digest)
	}

	#[test]
	fn an_acknowledgement_binds_every_part() {
		let parts: Parts =
			([1; 32], EpochId(2), [3; 32], RecordId([4; 32]), 5, 6, DealingDigest([7; 32]));
		let signed = payload(parts);
		assert_eq!(
			signed,
			hex!("cf53684377f8baf129896a5d913729b7140e9b65c587952ad46c1635be9f4a6c")
		);
		let changes: [fn(&mut Parts); 7] = [
			|parts| parts.0 = [9; 32],
			|parts| parts.1 = EpochId(9),
			|parts| parts.2 = [9; 32],
			|parts| parts.3 = RecordId([9; 32]),
			|parts| parts.4 = 9,
			|parts| parts.5 = 9,
			|parts| parts.6 = DealingDigest([9; 32]),
		];
		for change in changes {
			let mut changed = parts;
			change(&mut changed);
			assert_ne!(payload(changed), signed);
		}
	}

	#[test]
	fn the_digest_of_a_delivery_binds_every_part() {
		let facts = TicketFacts {
			grantee: [1u8; 32],
			subject: [2u8; 32],
			consent: Some(ConsentId([3; 32])),
			record: RecordId([4; 32]),
			record_version: 5,
			opened_at: 6,
			expires_at: 7,
		};
		let ticket = TicketId([8; 32]);
		let digest = facts.delivery_digest(&ticket, 9);
		assert_ne!(facts.delivery_digest(&TicketId([0; 32]), 9), digest);
		assert_ne!(facts.delivery_digest(&ticket, 0), digest);
		let changes: [fn(&mut TicketFacts<[u8; 32]>); 6] = [
			|facts| facts.grantee = [0; 32],
			|facts| facts.subject = [0; 32],
			|facts| facts.consent = None,
			|facts| facts.record = RecordId([0; 32]),
			|facts| facts.record_version = 0,
			|facts| facts.opened_at = 0,
		];
		for change in changes {
			let mut changed = facts.clone();
			change(&mut changed);
			assert_ne!(changed.delivery_digest(&ticket, 9), digest);
		}
		// A ticket that ends before its time was delivered all the same.
		let ended = TicketFacts { expires_at: 0, ..facts };
		assert_eq!(ended.delivery_digest(&ticket, 9), digest);
	}

	#[test]
	fn a_refusal_has_one_code_in_text_and_in_json() {
		for (index, refusal) in (0u8..).zip(CustodianRefusal::ALL) {
			assert_eq!(refusal.encode(), [index]);
			assert_eq!(CustodianRefusal::from_code(refusal.code()), Some(*refusal));
			assert_eq!(serde_json::to_string(refusal).unwrap(), alloc::format!("\"{refusal}\""));
		}
		assert_eq!(CustodianRefusal::from_code("UNKNOWN"), None);
	}

	#[test]
	fn codes_are_stable() {
		let answer = Answer::Refused(CustodianRefusal::RuntimeNotApproved);
		assert_eq!(answer.encode(), [1, 12]);
		assert_eq!(
			serde_json::to_string(&answer).unwrap(),
			r#"{"refused":"RUNTIME_NOT_APPROVED"}"#
		);
		assert_eq!(Seats::all(3).encode(), [7, 0, 0, 0]);
	}
}
