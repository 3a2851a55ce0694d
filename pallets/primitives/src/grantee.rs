// SPDX-License-Identifier: Apache-2.0
//! Whom a consent names.

use crate::Role;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Whom a consent names.
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
#[serde(rename_all = "snake_case")]
pub enum Grantee<AccountId> {
	/// One account.
	#[codec(index = 0)]
	Account(AccountId),
	/// Everyone who holds a role and the credential that it needs. For public terms only.
	#[codec(index = 1)]
	Role(Role),
}

impl<AccountId: PartialEq> Grantee<AccountId> {
	/// The account, when it is one.
	pub const fn account(&self) -> Option<&AccountId> {
		match self {
			Self::Account(account) => Some(account),
			Self::Role(_) => None,
		}
	}

	/// Whether it names `who`, whose role is `role`. Whether she is in good standing is not looked
	/// at.
	pub fn names(&self, who: &AccountId, role: Option<Role>) -> bool {
		match self {
			Self::Account(account) => account == who,
			Self::Role(named) => role == Some(*named),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_grantee_is_named_by_account_or_by_role() {
		let account = Grantee::Account(7u64);
		assert!(account.names(&7, None) && !account.names(&8, Some(Role::Researcher)));
		assert_eq!(account.account(), Some(&7));
		let role = Grantee::Role(Role::Researcher);
		assert!(role.names(&8, Some(Role::Researcher)));
		assert!(!role.names(&8, Some(Role::Clinician)) && !role.names(&8, None));
		assert_eq!(role.account(), None);
	}
}
