// SPDX-License-Identifier: Apache-2.0
//! Accounts, and their text form.

use codec::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use subxt::{
	ext::{scale_decode::DecodeAsType, scale_encode::EncodeAsType},
	utils::AccountId32,
};

/// An account: 32 bytes, written in SS58.
///
/// It is written with the prefix of the chain (42) and read with the prefix of any chain, because
/// the prefix says nothing about who holds the key.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	EncodeAsType,
	DecodeAsType,
	Serialize,
	Deserialize,
)]
#[encode_as_type(crate_path = "::subxt::ext::scale_encode")]
#[decode_as_type(crate_path = "::subxt::ext::scale_decode")]
#[serde(into = "AccountId32", from = "AccountId32")]
pub struct AccountId([u8; 32]);

/// A text that is no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an SS58 account of 32 bytes: {reason}")]
pub struct InvalidAccount {
	/// What is wrong with the text.
	reason: <AccountId32 as FromStr>::Err,
}

impl AccountId {
	/// The account with these bytes.
	pub const fn new(bytes: [u8; 32]) -> Self {
		Self(bytes)
	}

	/// The bytes.
	pub const fn as_bytes(&self) -> &[u8; 32] {
		&self.0
	}
}

impl AsRef<[u8]> for AccountId {
	fn as_ref(&self) -> &[u8] {
		&self.0
	}
}

impl From<[u8; 32]> for AccountId {
	fn from(bytes: [u8; 32]) -> Self {
		Self(bytes)
	}
}

impl From<AccountId32> for AccountId {
	fn from(account: AccountId32) -> Self {
		Self(account.0)
	}
}

impl From<AccountId> for AccountId32 {
	fn from(account: AccountId) -> Self {
		Self(account.0)
	}
}

impl fmt::Display for AccountId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(&AccountId32(self.0).to_string())
	}
}

impl fmt::Debug for AccountId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "AccountId({self})")
	}
}

impl FromStr for AccountId {
	type Err = InvalidAccount;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		text.parse::<AccountId32>().map(Self::from).map_err(|reason| InvalidAccount { reason })
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

	#[test]
	fn text_round_trips() {
		let alice: AccountId = ALICE.parse().unwrap();
		assert_eq!(alice.to_string(), ALICE);
		assert_eq!(hex::encode(&alice.as_bytes()[..4]), "d43593c7");
		assert_eq!(serde_json::to_string(&alice).unwrap(), format!("\"{ALICE}\""));
		assert_eq!(serde_json::from_str::<AccountId>(&format!("\"{ALICE}\"")).unwrap(), alice);
		assert_eq!(format!("{alice:?}"), format!("AccountId({ALICE})"));
	}

	#[test]
	fn the_prefix_of_another_chain_is_read() {
		let polkadot = "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5";
		assert_eq!(polkadot.parse::<AccountId>(), ALICE.parse());
	}

	#[test]
	fn a_mistyped_account_is_refused() {
		for text in ["", "0", &ALICE[1..], &ALICE.replace('w', "x"), "0x00"] {
			assert!(text.parse::<AccountId>().is_err(), "{text}");
		}
	}
}
