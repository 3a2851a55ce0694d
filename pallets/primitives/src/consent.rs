// SPDX-License-Identifier: Apache-2.0
//! How a consent came to be, and the receipt that says what it says.

use crate::{Commitment, ConsentId, Grantee, Moment, Window};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_crypto_hashing::blake2_256;

/// How a consent came to be.
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
pub enum Basis {
	/// The subject granted it.
	#[codec(index = 0)]
	Granted,
	/// The grantee asked for it and the subject approved.
	#[codec(index = 1)]
	Requested,
	/// The grantee claimed it under a standing rule of the subject. It holds while she has one.
	#[codec(index = 2)]
	StandingRule {
		/// The version of her deny root when it was claimed.
		version: u32,
	},
	/// The grantee of another consent passed on a part of it.
	#[codec(index = 3)]
	Delegated,
}

/// What stands for terms without showing them.
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
pub enum TermsDigest {
	/// The salted commitment to sealed terms.
	#[codec(index = 0)]
	Sealed(Commitment),
	/// The blake2-256 hash of the SCALE encoding of public terms.
	#[codec(index = 1)]
	Public([u8; 32]),
}

/// What a consent says at a moment, to be kept by either side, without any content. In the spirit
/// of the Kantara consent receipt and of ISO/IEC TS 27560.
///
/// Its SCALE form is fixed: whoever keeps a receipt keeps its digest.
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
pub struct ConsentReceipt<AccountId> {
	/// The consent.
	pub consent: ConsentId,
	/// Its version.
	pub version: u32,
	/// Whose data.
	pub subject: AccountId,
	/// Who may act.
	pub grantee: Grantee<AccountId>,
	/// What she may do.
	pub terms: TermsDigest,
	/// When she may act.
	pub window: Window,
	/// How often she still may.
	pub uses_left: u32,
	/// How it came to be.
	pub basis: Basis,
	/// The consent that it is a part of.
	pub parent: Option<ConsentId>,
	/// Whether public terms reach what was recorded before the grant.
	pub retrospective: bool,
	/// Whether it was revoked.
	pub revoked: bool,
	/// When it came to be.
	pub granted_at: Moment,
	/// The version of the subject's deny root; 0 when she has none.
	pub deny_root: u32,
	/// When the receipt was made.
	pub at: Moment,
}

impl<AccountId: Encode> ConsentReceipt<AccountId> {
	/// The hash that stands for the receipt.
	pub fn digest(&self) -> [u8; 32] {
		(b"salus/consent-receipt/1", self).using_encoded(blake2_256)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn receipt() -> ConsentReceipt<u64> {
		ConsentReceipt {
			consent: ConsentId([1; 32]),
			version: 2,
			subject: 3,
			grantee: Grantee::Account(4),
			terms: TermsDigest::Sealed(Commitment([5; 32])),
			window: Window { from: 6, until: 7 },
			uses_left: 8,
			basis: Basis::StandingRule { version: 9 },
			parent: None,
			retrospective: false,
			revoked: true,
			granted_at: 10,
			deny_root: 11,
			at: 12,
		}
	}

	#[test]
	fn the_form_is_fixed() {
		let mut expected = [1u8; 32].to_vec();
		expected.extend([2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]);
		expected.extend([0, 4, 0, 0, 0, 0, 0, 0, 0, 0]);
		expected.extend([5; 32]);
		expected.extend([6, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0]);
		expected.extend([8, 0, 0, 0, 2, 9, 0, 0, 0, 0, 0, 1]);
		expected.extend([10, 0, 0, 0, 0, 0, 0, 0, 11, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0]);
		assert_eq!(receipt().encode(), expected);
		let text = serde_json::to_string(&receipt()).unwrap();
		assert_eq!(serde_json::from_str::<ConsentReceipt<u64>>(&text).unwrap(), receipt());
	}

	#[test]
	fn the_digest_binds_every_field() {
		type Change = fn(&mut ConsentReceipt<u64>);
		let changes: [Change; 14] = [
			|r| r.consent.0[0] = 0,
			|r| r.version = 0,
			|r| r.subject = 0,
			|r| r.grantee = Grantee::Account(0),
			|r| r.terms = TermsDigest::Public([5; 32]),
			|r| r.window.until = 8,
			|r| r.uses_left = 0,
			|r| r.basis = Basis::Granted,
			|r| r.parent = Some(ConsentId([1; 32])),
			|r| r.retrospective = true,
			|r| r.revoked = false,
			|r| r.granted_at = 0,
			|r| r.deny_root = 0,
			|r| r.at = 0,
		];
		for change in changes {
			let mut other = receipt();
			change(&mut other);
			assert_ne!(other.digest(), receipt().digest());
		}
		assert_eq!(receipt().digest(), receipt().digest());
	}
}
