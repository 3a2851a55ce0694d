// SPDX-License-Identifier: Apache-2.0
//! The audit trail: one hash chain of entries per subject.
//!
//! The chain keeps the count and the head of each trail. Whoever holds the entries, from wherever
//! they came, verifies them with [`TrailPage::verify`] against those two: an entry that was changed,
//! left out, added or moved gives another head.

use crate::{ConsentId, Moment, RecordId, TicketId};
use alloc::vec::Vec;
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

/// A run of entries with what is needed to verify them.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct TrailPage<AccountId> {
	/// The hash just before the first entry of the page.
	pub before: ChainHash,
	/// The entries, oldest first.
	pub entries: Vec<AuditEntry<AccountId>>,
	/// How many entries the whole trail has.
	pub count: u64,
	/// The hash after the last entry of the whole trail.
	pub head: ChainHash,
	/// The oldest entry still kept on chain; older ones are in past blocks' events.
	pub oldest_kept: u64,
}

/// What is wrong with a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrailFault {
	/// An entry is not where its index says.
	OutOfPlace {
		/// The index that was due.
		expected: u64,
		/// The index that the entry bears.
		found: u64,
	},
	/// The page ends at the end of the trail, but not with the trail's head.
	HeadMismatch,
	/// The page goes beyond the end of the trail.
	BeyondEnd,
	/// The page does not go on where the one before it ended.
	Gap,
}

impl fmt::Display for TrailFault {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::OutOfPlace { expected, found } => {
				write!(f, "entry {found} stands where entry {expected} is due")
			},
			Self::HeadMismatch => f.write_str("the entries do not give the head kept on chain"),
			Self::BeyondEnd => f.write_str("more entries than the chain counts"),
			Self::Gap => f.write_str("the page does not continue the one before it"),
		}
	}
}

impl core::error::Error for TrailFault {}

/// How far a trail is verified: the place and the hash that the next page must continue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrailCursor {
	/// The index of the next entry.
	pub next: u64,
	/// The hash so far.
	pub hash: ChainHash,
}

impl TrailCursor {
	/// Before the first entry of `subject`'s trail.
	pub fn start<AccountId: Encode>(subject: &AccountId) -> Self {
		Self { next: 0, hash: ChainHash::start(subject) }
	}
}

impl<AccountId: Encode> TrailPage<AccountId> {
	/// Verifies the page as the continuation of `from`.
	///
	/// A trail is whole when the cursor returned last has `next == count`: then the hash was found
	/// equal to the head.
	///
	/// # Errors
	/// The first fault found.
	pub fn verify(&self, from: TrailCursor) -> Result<TrailCursor, TrailFault> {
		if self.before != from.hash {
			return Err(TrailFault::Gap);
		}
		let mut cursor = from;
		for entry in &self.entries {
			if entry.index != cursor.next {
				return Err(TrailFault::OutOfPlace { expected: cursor.next, found: entry.index });
			}
			let next = cursor.next.saturating_add(1);
			cursor = TrailCursor { next, hash: cursor.hash.then(entry) };
		}
		if cursor.next > self.count {
			return Err(TrailFault::BeyondEnd);
		}
		if cursor.next == self.count && cursor.hash != self.head {
			return Err(TrailFault::HeadMismatch);
		}
		Ok(cursor)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn entry(index: u64) -> AuditEntry<u64> {
		AuditEntry {
			index,
			at: 1_000 + index,
			actor: 7,
			action: AuditAction::RecordRevised { record: RecordId([1; 32]), version: index as u32 },
		}
	}

	fn page(count: u64) -> TrailPage<u64> {
		let before = ChainHash::start(&7u64);
		let entries: Vec<_> = (0..count).map(entry).collect();
		let head = entries.iter().fold(before, |hash, entry| hash.then(entry));
		TrailPage { before, entries, count, head, oldest_kept: 0 }
	}

	#[test]
	fn a_true_trail_verifies() {
		let end = page(5).verify(TrailCursor::start(&7u64)).unwrap();
		assert_eq!((end.next, end.hash), (5, page(5).head));
	}

	#[test]
	fn pages_continue_each_other() {
		let whole = page(5);
		let mut first = whole.clone();
		let rest = first.entries.split_off(2);
		let cursor = first.verify(TrailCursor::start(&7u64)).unwrap();
		let second = TrailPage { before: cursor.hash, entries: rest, ..whole };
		assert_eq!(second.verify(cursor).unwrap().next, 5);
		assert_eq!(second.verify(TrailCursor::start(&7u64)), Err(TrailFault::Gap));
	}

	#[test]
	fn another_subject_s_trail_does_not_verify() {
		assert_eq!(page(2).verify(TrailCursor::start(&8u64)), Err(TrailFault::Gap));
	}

	#[test]
	fn more_entries_than_counted_are_refused() {
		let mut page = page(3);
		page.count = 2;
		assert_eq!(page.verify(TrailCursor::start(&7u64)), Err(TrailFault::BeyondEnd));
	}

	proptest! {
		#[test]
		fn any_change_is_found(at in 0usize..8, kind in 0u8..5, value in any::<u64>()) {
			let mut forged = page(8);
			match kind {
				0 => { forged.entries.remove(at); },
				1 => forged.entries.swap(at, (at + 1) % 8),
				2 => { prop_assume!(forged.entries[at].actor != value); forged.entries[at].actor = value },
				3 => { prop_assume!(forged.entries[at].at != value); forged.entries[at].at = value },
				_ => { let copy = forged.entries[at].clone(); forged.entries.insert(at, copy) },
			}
			let result = forged.verify(TrailCursor::start(&7u64));
			prop_assert!(result.is_err() || result.unwrap().next < 8);
		}
	}
}
