// SPDX-License-Identifier: Apache-2.0
//! Shares on their way into custody.

use crate::{Error, Result};
use codec::{Decode, Encode};
use salus_chain::{AccountId, Signature, Signer};
use salus_crypto::custody::{DealingContext, SealedSeatShares, ThresholdScheme};
use salus_primitives::{
	blake2_256,
	custody::{DealingDigest, EpochId, Seat},
	Category, ContentId, DateWindow, RecordId, Salt,
};
use serde::{Deserialize, Serialize};

/// What a custodian knows of a segment, to decide who may have its key. The owner signs it for each
/// segment alone, so that a grantee who opens one can verify it and learns of no other.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentFacts {
	/// Its number in the record version.
	pub index: u16,
	/// What it holds.
	pub category: Category,
	/// The dates that its data bear; open where they are unknown.
	pub dates: DateWindow,
	/// Which range of its document it is. A document begins with range 0; the others follow it, in the
	/// order of the segments.
	pub range: u16,
	/// Where its ciphertext is.
	pub content: ContentId,
	/// Bytes of its ciphertext.
	pub size: u64,
	/// The owner's signature over all of it, the record and its version.
	pub signature: Signature,
}

/// Everything that an owner says of a segment, and does not sign yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode)]
pub struct UnsignedFacts {
	/// Its number in the record version.
	pub index: u16,
	/// What it holds.
	pub category: Category,
	/// The dates that its data bear; open where they are unknown.
	pub dates: DateWindow,
	/// Which range of its document it is.
	pub range: u16,
	/// Where its ciphertext is.
	pub content: ContentId,
	/// Bytes of its ciphertext.
	pub size: u64,
}

impl UnsignedFacts {
	/// Signs them for a segment of `version` of `record`.
	pub fn sign(
		self,
		owner: &Signer,
		genesis: [u8; 32],
		record: RecordId,
		version: u32,
	) -> SegmentFacts {
		let signature = owner.sign(&self.message(genesis, record, version));
		let Self { index, category, dates, range, content, size } = self;
		SegmentFacts { index, category, dates, range, content, size, signature }
	}

	fn message(&self, genesis: [u8; 32], record: RecordId, version: u32) -> Vec<u8> {
		(b"salus/segment/2", genesis, record, version, self).encode()
	}
}

impl SegmentFacts {
	/// What is signed.
	pub const fn unsigned(&self) -> UnsignedFacts {
		let Self { index, category, dates, range, content, size, .. } = *self;
		UnsignedFacts { index, category, dates, range, content, size }
	}

	/// Whether both say the same. Who signs twice makes two signatures.
	pub fn is_same_as(&self, other: &Self) -> bool {
		self.unsigned() == other.unsigned()
	}

	/// Whether `owner` signed these facts for a segment of `version` of `record`.
	pub fn is_signed_by(
		&self,
		owner: &AccountId,
		genesis: [u8; 32],
		record: RecordId,
		version: u32,
	) -> bool {
		owner.verify(&self.unsigned().message(genesis, record, version), &self.signature)
	}
}

/// What the owner of a record hands to one custodian: its shares of the keys of all segments of one
/// version, and what it has to know of them.
///
/// Only the owner can make one: the record's identifier derives from her account, and she signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deposit {
	/// The owner of the record.
	pub owner: AccountId,
	/// The salt of the record's identifier.
	pub record_salt: Salt,
	/// The record.
	pub record: RecordId,
	/// The record's version.
	pub version: u32,
	/// The epoch of the committee.
	pub epoch: EpochId,
	/// What was dealt, as it goes on chain.
	pub digest: DealingDigest,
	/// The segments, by index.
	pub segments: Vec<SegmentFacts>,
	/// Whose shares they are.
	pub seat: Seat,
	/// The shares.
	pub shares: SealedSeatShares,
	/// The owner's signature over all of it.
	pub signature: Signature,
}

/// Everything of a deposit but who signs it.
#[derive(Clone, Debug)]
pub struct UnsignedDeposit {
	/// The salt of the record's identifier.
	pub record_salt: Salt,
	/// The record's version.
	pub version: u32,
	/// The epoch of the committee.
	pub epoch: EpochId,
	/// What was dealt.
	pub digest: DealingDigest,
	/// The segments, by index.
	pub segments: Vec<SegmentFacts>,
	/// Whose shares they are.
	pub seat: Seat,
	/// The shares.
	pub shares: SealedSeatShares,
}

impl UnsignedDeposit {
	/// Signs it as the owner of the record.
	pub fn sign(self, owner: &Signer, genesis: [u8; 32]) -> Deposit {
		let Self { record_salt, version, epoch, digest, segments, seat, shares } = self;
		let account = owner.account();
		let mut deposit = Deposit {
			record: RecordId::derive(&account, &record_salt.0),
			owner: account,
			record_salt,
			version,
			epoch,
			digest,
			segments,
			seat,
			shares,
			signature: owner.sign(&[]),
		};
		deposit.signature = owner.sign(&deposit.message(genesis));
		deposit
	}
}

impl Deposit {
	/// What the shares are bound to, in a committee with this scheme.
	///
	/// # Errors
	/// When there are more segments than a record version has.
	pub fn context(&self, genesis: [u8; 32], scheme: ThresholdScheme) -> Result<DealingContext> {
		let segments = u16::try_from(self.segments.len()).map_err(|_| self.invalid())?;
		Ok(DealingContext {
			genesis,
			epoch: self.epoch,
			scheme,
			record: self.record,
			version: self.version,
			segments,
		})
	}

	/// Verifies that the owner of the record made this deposit, and each of its parts.
	///
	/// # Errors
	/// [`Error::DepositInvalid`] otherwise.
	pub fn verify(&self, genesis: [u8; 32]) -> Result<()> {
		let is_owners = RecordId::derive(&self.owner, &self.record_salt.0) == self.record;
		let is_signed = || self.owner.verify(&self.message(genesis), &self.signature);
		let are_signed = || {
			(0u16..).zip(&self.segments).all(|(index, facts)| {
				facts.index == index
					&& facts.is_signed_by(&self.owner, genesis, self.record, self.version)
			})
		};
		if is_owners && !self.segments.is_empty() && is_signed() && are_signed() {
			Ok(())
		} else {
			Err(self.invalid())
		}
	}

	fn invalid(&self) -> Error {
		Error::DepositInvalid { record: self.record }
	}

	fn message(&self, genesis: [u8; 32]) -> Vec<u8> {
		let Self { record_salt, record, version, epoch, digest, segments, seat, shares, .. } = self;
		let segments: Vec<_> = segments.iter().map(SegmentFacts::unsigned).collect();
		(
			b"salus/deposit/3",
			(genesis, record, record_salt, version),
			(epoch, digest, seat),
			(segments, blake2_256(&shares.to_bytes())),
		)
			.encode()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_crypto::{custody::deal, EncryptionKeyPair};
	use salus_primitives::MultiCodec;

	const GENESIS: [u8; 32] = [7; 32];

	fn deposit(owner: &Signer) -> Deposit {
		let record_salt = Salt([1; 32]);
		let record = RecordId::derive(&owner.account(), &record_salt.0);
		let context = DealingContext {
			genesis: GENESIS,
			epoch: EpochId(1),
			scheme: ThresholdScheme::new(2, 3).unwrap(),
			record,
			version: 1,
			segments: 2,
		};
		let dealing = deal(context).unwrap();
		let custodian = EncryptionKeyPair::generate().unwrap();
		let facts = |index| {
			let content = ContentId { codec: MultiCodec::Raw, digest: [2; 32] };
			let (category, dates) = (Category::Labs, DateWindow::ALL);
			let facts = UnsignedFacts { index, category, dates, range: 0, content, size: 4096 };
			facts.sign(owner, GENESIS, record, 1)
		};
		UnsignedDeposit {
			record_salt,
			version: 1,
			epoch: EpochId(1),
			digest: dealing.digest(),
			segments: vec![facts(0), facts(1)],
			seat: Seat(0),
			shares: dealing.shares()[0].seal(custodian.public()).unwrap(),
		}
		.sign(owner, GENESIS)
	}

	#[test]
	fn only_the_owner_deposits_for_a_record() {
		let owner = Signer::from_uri("//Patient").unwrap();
		let stranger = Signer::from_uri("//Stranger").unwrap();
		let made = deposit(&owner);
		made.verify(GENESIS).unwrap();
		assert!(made.verify([8; 32]).is_err());

		let mut claimed = deposit(&stranger);
		claimed.record = made.record;
		claimed.signature = stranger.sign(&claimed.message(GENESIS));
		let error = claimed.verify(GENESIS).unwrap_err();
		assert_eq!(error.code(), "DEPOSIT_INVALID");
	}

	#[test]
	fn nothing_of_a_deposit_can_be_changed() {
		let owner = Signer::from_uri("//Patient").unwrap();
		let made = deposit(&owner);
		let other = deposit(&owner).shares;
		let changes: [&dyn Fn(&mut Deposit); 11] = [
			&|deposit| deposit.version = 2,
			&|deposit| deposit.epoch = EpochId(2),
			&|deposit| deposit.digest = DealingDigest([0; 32]),
			&|deposit| deposit.seat = Seat(1),
			&|deposit| deposit.shares = other.clone(),
			&|deposit| deposit.segments[1].category = Category::Vitals,
			&|deposit| deposit.segments[1].content.digest[0] ^= 1,
			&|deposit| deposit.segments[1].range = 1,
			&|deposit| deposit.segments[1].size += 1,
			&|deposit| deposit.segments.swap(0, 1),
			&|deposit| deposit.segments.clear(),
		];
		for change in changes {
			let mut forged = made.clone();
			change(&mut forged);
			assert!(forged.verify(GENESIS).is_err());
		}
	}

	#[test]
	fn facts_are_of_one_version_of_one_record() {
		let owner = Signer::from_uri("//Patient").unwrap();
		let made = deposit(&owner);
		let facts = &made.segments[0];
		let account = owner.account();
		assert!(facts.is_signed_by(&account, GENESIS, made.record, 1));
		assert!(!facts.is_signed_by(&account, GENESIS, made.record, 2));
		assert!(!facts.is_signed_by(&account, GENESIS, RecordId([0; 32]), 1));
		let stranger = Signer::from_uri("//Stranger").unwrap().account();
		assert!(!facts.is_signed_by(&stranger, GENESIS, made.record, 1));
	}
}
