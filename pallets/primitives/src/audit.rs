// SPDX-License-Identifier: Apache-2.0
//! The audit trail: one hash chain of entries per subject.
//!
//! The state keeps the head of each trail: count, hash, and the block of the last entry. Entries are
//! events; each names the block of the one before it, so that whoever reads a trail goes back from
//! block to block and needs no index. Wherever the entries came from, [`TrailHead::verify`] holds
//! them against the head: an entry that was changed, left out, added or moved gives another one.

use crate::{ConsentId, EmergencyId, Moment, RecordId, SaleId, TicketId};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_crypto_hashing::blake2_256;

/// Why an access was refused.
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
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Refusal {
	/// The subject revoked the consent.
	#[codec(index = 0)]
	ConsentRevoked,
	/// The grantee's window is over.
	#[codec(index = 1)]
	ConsentExpired,
	/// The grantee's window has not begun.
	#[codec(index = 2)]
	ConsentNotYetValid,
	/// No uses are left.
	#[codec(index = 3)]
	ConsentSpent,
	/// The record is not the subject's.
	#[codec(index = 4)]
	RecordMismatch,
	/// The record was retired.
	#[codec(index = 5)]
	RecordRetired,
	/// The grantee's role needs a registrar's credential that she does not hold now.
	#[codec(index = 6)]
	CredentialMissing,
	/// The request lies outside the terms.
	#[codec(index = 7)]
	ScopeMismatch,
	/// A human has to decide; nothing opens until then.
	#[codec(index = 8)]
	Undecided,
	/// The subject lets nobody read her data in an emergency without a consent.
	#[codec(index = 9)]
	EmergencyOptedOut,
	/// The clinician left a review of an emergency overdue.
	#[codec(index = 10)]
	EmergencySuspended,
}

impl Refusal {
	/// Every refusal.
	pub const ALL: &'static [Self] = &[
		Self::ConsentRevoked,
		Self::ConsentExpired,
		Self::ConsentNotYetValid,
		Self::ConsentSpent,
		Self::RecordMismatch,
		Self::RecordRetired,
		Self::CredentialMissing,
		Self::ScopeMismatch,
		Self::Undecided,
		Self::EmergencyOptedOut,
		Self::EmergencySuspended,
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
			Self::ConsentNotYetValid => "CONSENT_NOT_YET_VALID",
			Self::ConsentSpent => "CONSENT_SPENT",
			Self::RecordMismatch => "RECORD_MISMATCH",
			Self::RecordRetired => "RECORD_RETIRED",
			Self::CredentialMissing => "CREDENTIAL_MISSING",
			Self::ScopeMismatch => "SCOPE_MISMATCH",
			Self::Undecided => "UNDECIDED",
			Self::EmergencyOptedOut => "EMERGENCY_OPTED_OUT",
			Self::EmergencySuspended => "EMERGENCY_SUSPENDED",
		}
	}
}

impl fmt::Display for Refusal {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(self.code())
	}
}

/// What happened. Identifiers and counters only, never content.
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
#[serde(tag = "action", rename_all = "snake_case")]
pub enum AuditAction {
	/// The first version of a record was anchored.
	#[codec(index = 0)]
	RecordAnchored {
		/// The record.
		record: RecordId,
	},
	/// A further version of a record was anchored.
	#[codec(index = 1)]
	RecordRevised {
		/// The record.
		record: RecordId,
		/// The new version; the first is 1.
		version: u32,
	},
	/// A record was retired.
	#[codec(index = 2)]
	RecordRetired {
		/// The record.
		record: RecordId,
	},
	/// A consent was granted.
	#[codec(index = 3)]
	ConsentGranted {
		/// The consent.
		consent: ConsentId,
	},
	/// A consent was revoked.
	#[codec(index = 4)]
	ConsentRevoked {
		/// The consent.
		consent: ConsentId,
		/// The consent's version after it.
		version: u32,
	},
	/// A ticket was issued.
	#[codec(index = 5)]
	AccessOpened {
		/// The consent that allowed it.
		consent: ConsentId,
		/// The version of that consent.
		version: u32,
		/// The record.
		record: RecordId,
		/// The ticket.
		ticket: TicketId,
	},
	/// A grantee asked for an access and was refused.
	#[codec(index = 6)]
	AccessRefused {
		/// The consent that she named.
		consent: ConsentId,
		/// The record.
		record: RecordId,
		/// Why.
		refusal: Refusal,
	},
	/// Somebody read the trail for the subject or about her.
	#[codec(index = 7)]
	TrailRead {
		/// How many entries it had.
		entries: u64,
	},
	/// Enough custodians released what a ticket is for.
	#[codec(index = 8)]
	AccessDelivered {
		/// The ticket.
		ticket: TicketId,
	},
	/// So many custodians refused that nothing opens; the use was given back.
	#[codec(index = 9)]
	AccessNotReleased {
		/// The ticket.
		ticket: TicketId,
	},
	/// A consent was changed or renewed.
	#[codec(index = 10)]
	ConsentAmended {
		/// The consent.
		consent: ConsentId,
		/// Its version after it.
		version: u32,
	},
	/// A grantee passed on a part of her consent.
	#[codec(index = 11)]
	ConsentDelegated {
		/// The new consent.
		consent: ConsentId,
		/// The consent that it is part of.
		parent: ConsentId,
	},
	/// Somebody asked the subject for a consent.
	#[codec(index = 12)]
	ConsentRequested {
		/// The consent that it would be.
		consent: ConsentId,
	},
	/// The subject declined what somebody asked her for.
	#[codec(index = 13)]
	ConsentDeclined {
		/// The consent that it would have been.
		consent: ConsentId,
	},
	/// The subject changed what she denies, opts out of or approves as a rule.
	#[codec(index = 14)]
	DenyRootChanged {
		/// The version of it from now on; the first is 1.
		version: u32,
	},
	/// The subject authorised a sale.
	#[codec(index = 15)]
	SaleAuthorised {
		/// The authorisation.
		sale: SaleId,
	},
	/// The subject withdrew the authorisation of a sale.
	#[codec(index = 16)]
	SaleRevoked {
		/// The authorisation.
		sale: SaleId,
	},
	/// A ticket was issued to the buyer of a record.
	#[codec(index = 17)]
	SaleOpened {
		/// The authorisation.
		sale: SaleId,
		/// The record.
		record: RecordId,
		/// The ticket.
		ticket: TicketId,
	},
	/// A clinician declared an emergency; nothing is open yet.
	#[codec(index = 18)]
	EmergencyDeclared {
		/// The emergency.
		emergency: EmergencyId,
		/// The record.
		record: RecordId,
	},
	/// A ticket was issued in an emergency, without a consent.
	#[codec(index = 19)]
	EmergencyOpened {
		/// The emergency.
		emergency: EmergencyId,
		/// The record.
		record: RecordId,
		/// The ticket.
		ticket: TicketId,
	},
	/// A clinician declared an emergency and was refused.
	#[codec(index = 20)]
	EmergencyRefused {
		/// The record.
		record: RecordId,
		/// Why.
		refusal: Refusal,
	},
	/// What was done in an emergency was reviewed.
	#[codec(index = 21)]
	EmergencyReviewed {
		/// The emergency.
		emergency: EmergencyId,
		/// Whether it was justified.
		justified: bool,
	},
	/// A provider put a record before the subject.
	#[codec(index = 22)]
	RecordProposed {
		/// The record.
		record: RecordId,
	},
	/// The subject took a record that a provider put before her.
	#[codec(index = 23)]
	RecordAccepted {
		/// The record.
		record: RecordId,
	},
	/// The subject did not take a record that a provider put before her.
	#[codec(index = 24)]
	RecordDeclined {
		/// The record.
		record: RecordId,
	},
	/// A record is erased: custodians have to destroy their shares.
	#[codec(index = 25)]
	ErasureStarted {
		/// The record.
		record: RecordId,
	},
	/// Every custodian has destroyed its shares of a record.
	#[codec(index = 26)]
	ErasureCompleted {
		/// The record.
		record: RecordId,
	},
	/// The subject reviewed her trail.
	#[codec(index = 27)]
	TrailReviewed {
		/// How many entries she has seen.
		entries: u64,
	},
	/// A retired record lives again.
	#[codec(index = 28)]
	RecordRestored {
		/// The record.
		record: RecordId,
	},
	/// The subject objected to an emergency.
	#[codec(index = 29)]
	EmergencyObjected {
		/// The emergency.
		emergency: EmergencyId,
	},
	/// The subject disputes an access.
	#[codec(index = 30)]
	AccessDisputed {
		/// The ticket.
		ticket: TicketId,
	},
	/// The grantee wanted to read on, and so many custodians refused that she does not.
	#[codec(index = 31)]
	AccessStopped {
		/// The ticket.
		ticket: TicketId,
	},
}

/// One entry of a trail.
#[derive(
	Clone,
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
pub struct AuditEntry<AccountId> {
	/// Its place in the trail; the first is 0.
	pub index: u64,
	/// Consensus time.
	pub at: Moment,
	/// The number of the block with the entry before it, where its event is; 0 for the first.
	pub previous: u32,
	/// Who did it.
	pub actor: AccountId,
	/// What was done.
	#[serde(flatten)]
	pub action: AuditAction,
}

/// The hash over everything up to an entry.
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
#[serde(transparent)]
pub struct ChainHash(pub [u8; 32]);

impl ChainHash {
	/// The hash before the first entry of `subject`'s trail.
	pub fn start<AccountId: Encode>(subject: &AccountId) -> Self {
		Self((b"salus/audit/start/1", subject).using_encoded(blake2_256))
	}

	/// The hash after `entry`.
	pub fn then<AccountId: Encode>(self, entry: &AuditEntry<AccountId>) -> Self {
		Self((b"salus/audit/entry/1", self, entry).using_encoded(blake2_256))
	}
}

/// Where a trail stands: all that the state keeps of it.
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
pub struct TrailHead {
	/// How many entries it has.
	pub count: u64,
	/// The hash after the last of them.
	pub hash: ChainHash,
	/// The number of the block with the last of them, where its event is.
	pub block: u32,
}

/// What is wrong with the entries of a trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrailFault {
	/// An entry is not where its index says.
	OutOfPlace {
		/// The index that was due.
		expected: u64,
		/// The index that the entry bears.
		found: u64,
	},
	/// The entries do not give the head.
	HeadMismatch,
	/// There are more entries than counted.
	BeyondEnd,
	/// The hash before the first entry is not that of an empty trail.
	WrongStart,
}

impl fmt::Display for TrailFault {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::OutOfPlace { expected, found } => {
				write!(f, "entry {found} stands where entry {expected} is due")
			},
			Self::HeadMismatch => f.write_str("the entries do not give the head kept on chain"),
			Self::BeyondEnd => f.write_str("more entries than the chain counts"),
			Self::WrongStart => f.write_str("the first entry does not begin the subject's trail"),
		}
	}
}

impl core::error::Error for TrailFault {}

impl TrailHead {
	/// The trail of `subject` before its first entry.
	pub fn start<AccountId: Encode>(subject: &AccountId) -> Self {
		Self { count: 0, hash: ChainHash::start(subject), block: 0 }
	}

	/// The trail with one entry more, appended in `block`.
	pub fn then<AccountId: Encode>(self, entry: &AuditEntry<AccountId>, block: u32) -> Self {
		Self { count: self.count.saturating_add(1), hash: self.hash.then(entry), block }
	}

	/// Verifies that `entries` are the last of `subject`'s trail, all of them when the first has
	/// index 0. `before` is the hash before them: whoever invents one finds no entries that lead
	/// from it to the head.
	///
	/// # Errors
	/// The first fault found.
	pub fn verify<AccountId: Encode>(
		&self,
		subject: &AccountId,
		before: ChainHash,
		entries: &[AuditEntry<AccountId>],
	) -> Result<(), TrailFault> {
		let shown = u64::try_from(entries.len()).unwrap_or(u64::MAX);
		let first = self.count.checked_sub(shown).ok_or(TrailFault::BeyondEnd)?;
		if first == 0 && before != ChainHash::start(subject) {
			return Err(TrailFault::WrongStart);
		}
		let mut hash = before;
		for (expected, entry) in (first..self.count).zip(entries) {
			if entry.index != expected {
				return Err(TrailFault::OutOfPlace { expected, found: entry.index });
			}
			hash = hash.then(entry);
		}
		if hash != self.hash {
			return Err(TrailFault::HeadMismatch);
		}
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const SUBJECT: u64 = 7;

	fn entry(index: u64) -> AuditEntry<u64> {
		AuditEntry {
			index,
			at: 1_000 + index,
			previous: index as u32,
			actor: 7,
			action: AuditAction::RecordRevised { record: RecordId([1; 32]), version: index as u32 },
		}
	}

	fn trail(count: u64) -> (TrailHead, Vec<AuditEntry<u64>>) {
		let entries: Vec<_> = (0..count).map(entry).collect();
		let start = TrailHead::start(&SUBJECT);
		let head = entries.iter().fold(start, |head, entry| head.then(entry, 9));
		(head, entries)
	}

	#[test]
	fn a_true_trail_verifies() {
		let (head, entries) = trail(5);
		assert_eq!((head.count, head.block), (5, 9));
		assert_eq!(head.verify(&SUBJECT, ChainHash::start(&SUBJECT), &entries), Ok(()));
		let empty = TrailHead::start(&SUBJECT);
		assert_eq!(empty.verify(&SUBJECT, empty.hash, &[]), Ok(()));
	}

	#[test]
	fn the_end_of_a_trail_verifies_from_the_hash_before_it() {
		let (head, entries) = trail(5);
		let (before, _) = trail(3);
		assert_eq!(head.verify(&SUBJECT, before.hash, &entries[3..]), Ok(()));
		assert_eq!(
			head.verify(&SUBJECT, ChainHash([1; 32]), &entries[3..]),
			Err(TrailFault::HeadMismatch)
		);
	}

	#[test]
	fn another_subject_s_trail_does_not_verify() {
		let (head, entries) = trail(2);
		let start = ChainHash::start(&SUBJECT);
		assert_eq!(head.verify(&8, start, &entries), Err(TrailFault::WrongStart));
		assert_eq!(
			head.verify(&8, ChainHash::start(&8u64), &entries),
			Err(TrailFault::HeadMismatch)
		);
	}

	#[test]
	fn the_last_numbers_there_are_do_not_overflow() {
		let (mut head, mut entries) = trail(2);
		head.count = u64::MAX;
		entries[0].index = u64::MAX - 2;
		entries[1].index = u64::MAX - 1;
		let before = ChainHash([1; 32]);
		head.hash = before.then(&entries[0]).then(&entries[1]);
		assert_eq!(head.verify(&SUBJECT, before, &entries), Ok(()));
	}

	#[test]
	fn more_entries_than_counted_are_refused() {
		let (mut head, entries) = trail(3);
		head.count = 2;
		assert_eq!(
			head.verify(&SUBJECT, ChainHash::start(&SUBJECT), &entries),
			Err(TrailFault::BeyondEnd)
		);
	}

	proptest! {
		#[test]
		fn any_change_is_found(at in 0usize..8, kind in 0u8..6, value in any::<u64>()) {
			let (head, mut forged) = trail(8);
			match kind {
				0 => { forged.remove(at); },
				1 => forged.swap(at, (at + 1) % 8),
				2 => { prop_assume!(forged[at].actor != value); forged[at].actor = value },
				3 => { prop_assume!(forged[at].at != value); forged[at].at = value },
				4 => { forged[at].previous ^= 1 },
				_ => { let copy = forged[at].clone(); forged.insert(at, copy) },
			}
			prop_assert!(head.verify(&SUBJECT, ChainHash::start(&SUBJECT), &forged).is_err());
		}
	}
}
