// SPDX-License-Identifier: Apache-2.0
//! A segment key on its way into custody.

use crate::{Error, Result};
use codec::Encode;
use salus_chain::{AccountId, Signature, Signer};
use salus_crypto::Capsule;
use salus_primitives::{Category, ContentId, DateWindow, RecordId, Salt};
use serde::{Deserialize, Serialize};

/// A segment key sealed to the custodian, with what it must know to decide who may have the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dealing {
	/// The record.
	pub record: RecordId,
	/// The salt of the record's identifier.
	pub record_salt: Salt,
	/// The record's version.
	pub version: u32,
	/// The segment.
	pub segment: u16,
	/// What the segment holds.
	pub category: Category,
	/// The dates that its data bear; open where they are unknown.
	pub dates: DateWindow,
	/// Where its ciphertext is.
	pub content: ContentId,
	/// Its key.
	pub capsule: Capsule,
}

/// A dealing, signed. Only the owner of a record can deposit for it: the record's identifier derives
/// from her account, and she signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deposit {
	/// The owner of the record.
	pub owner: AccountId,
	/// What she deposits.
	pub dealing: Dealing,
	/// Her signature over it.
	pub signature: Signature,
}

impl Deposit {
	/// Signs a dealing as the owner of its record.
	///
	/// # Errors
	/// When the record is not the signer's.
	pub fn sign(signer: &Signer, dealing: Dealing) -> Result<Self> {
		let signature = signer.sign(&dealing.message());
		let deposit = Self { owner: signer.account(), dealing, signature };
		deposit.verify()?;
		Ok(deposit)
	}

	/// Verifies that the owner of the record made this deposit.
	///
	/// # Errors
	/// [`Error::DepositInvalid`] otherwise.
	pub fn verify(&self) -> Result<()> {
		let Dealing { record, record_salt, segment, .. } = &self.dealing;
		let is_owners = RecordId::derive(&self.owner, &record_salt.0) == *record;
		if is_owners && self.owner.verify(&self.dealing.message(), &self.signature) {
			Ok(())
		} else {
			Err(Error::DepositInvalid { record: *record, segment: *segment })
		}
	}
}

impl Dealing {
	fn message(&self) -> Vec<u8> {
		let Self { record, record_salt, version, segment, category, dates, content, capsule } =
			self;
		(
			b"salus/deposit/1",
			(record, record_salt, version, segment),
			(category, dates, content, capsule.to_bytes()),
		)
			.encode()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_crypto::{CapsuleContext, CapsulePurpose, EncryptionKeyPair, SegmentKey};
	use salus_primitives::MultiCodec;

	fn dealing(owner: &Signer) -> Dealing {
		let record_salt = Salt([1; 32]);
		let record = RecordId::derive(&owner.account(), &record_salt.0);
		let custodian = EncryptionKeyPair::generate().unwrap();
		let context = CapsuleContext {
			genesis: [0; 32],
			purpose: CapsulePurpose::Custody,
			record,
			segment: 0,
		};
		Dealing {
			record,
			record_salt,
			version: 1,
			segment: 0,
			category: Category::Labs,
			dates: DateWindow::ALL,
			content: ContentId { codec: MultiCodec::Raw, digest: [2; 32] },
			capsule: Capsule::seal_key(
				custodian.public(),
				&context,
				&SegmentKey::generate().unwrap(),
			)
			.unwrap(),
		}
	}

	#[test]
	fn only_the_owner_deposits_for_a_record() {
		let owner = Signer::from_uri("//Patient").unwrap();
		let stranger = Signer::from_uri("//Stranger").unwrap();
		assert!(Deposit::sign(&owner, dealing(&owner)).is_ok());
		assert!(matches!(
			Deposit::sign(&stranger, dealing(&owner)),
			Err(Error::DepositInvalid { segment: 0, .. })
		));
	}

	#[test]
	fn nothing_of_a_deposit_can_be_changed() {
		let owner = Signer::from_uri("//Patient").unwrap();
		let deposit = Deposit::sign(&owner, dealing(&owner)).unwrap();
		let changes: [fn(&mut Dealing); 4] = [
			|dealing| dealing.category = Category::Vitals,
			|dealing| dealing.segment = 1,
			|dealing| dealing.version = 2,
			|dealing| dealing.content.digest[0] ^= 1,
		];
		for change in changes {
			let mut forged = deposit.clone();
			change(&mut forged.dealing);
			assert!(forged.verify().is_err());
		}
	}
}
