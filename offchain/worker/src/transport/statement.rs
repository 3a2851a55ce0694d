// SPDX-License-Identifier: Apache-2.0
//! What an account says of the key that a server shows.

use codec::{Decode, DecodeAll, Encode};
use rustls::CertificateError;
use salus_chain::{AccountId, Signature, Signer};
use salus_primitives::Moment;
use std::time::Duration;

/// The longest that a statement may hold from now on. What an account was once made to sign does not
/// help anybody for longer.
pub(super) const MAX_VALIDITY: Duration = Duration::from_secs(7 * 24 * 3_600);

/// That a key speaks for an account on a chain, until a moment. The key itself is not repeated: the
/// handshake shows it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Statement {
	genesis: [u8; 32],
	account: AccountId,
	until: Moment,
	signature: Signature,
}

/// Who a server has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
	/// The account.
	pub account: AccountId,
	/// The hash of the genesis block of the chain that it serves.
	pub genesis: [u8; 32],
}

/// Why a server is not who it has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementFault {
	/// It shows no statement, or one that does not decode.
	#[error("it does not say who it is")]
	Missing,
	/// It states that it serves another chain.
	#[error("it serves another chain")]
	OtherChain,
	/// It states that it is another account.
	#[error("it says that it is {account}")]
	OtherAccount {
		/// Which.
		account: AccountId,
	},
	/// The account did not sign the statement, or signed it for another key.
	#[error("its statement is not signed by that account for the key that it shows")]
	NotSigned,
	/// The statement is over.
	#[error("its statement is over, or a clock is wrong")]
	Expired,
	/// The statement would hold for too long.
	#[error("its statement would hold for too long, or a clock is wrong")]
	TooLong,
	/// It does not have the key that it shows.
	#[error("it does not have the key that it shows")]
	KeyUnproven,
}

impl StatementFault {
	/// The stable code.
	pub const fn code(&self) -> &'static str {
		match self {
			Self::Missing | Self::OtherAccount { .. } | Self::NotSigned | Self::KeyUnproven => {
				"CUSTODIAN_IMPOSTOR"
			},
			Self::OtherChain => "CUSTODIAN_OF_OTHER_CHAIN",
			Self::Expired | Self::TooLong => "CUSTODIAN_STATEMENT_EXPIRED",
		}
	}

	/// What a failed handshake says about the server. Nothing, when it failed for another reason.
	pub(super) fn of(error: &rustls::Error) -> Option<Self> {
		match error {
			rustls::Error::InvalidCertificate(CertificateError::Other(other)) => {
				Some(other.0.downcast_ref().copied().unwrap_or(Self::KeyUnproven))
			},
			rustls::Error::InvalidCertificate(_) => Some(Self::KeyUnproven),
			_ => None,
		}
	}
}

impl From<StatementFault> for rustls::Error {
	fn from(fault: StatementFault) -> Self {
		let other = rustls::OtherError(std::sync::Arc::new(fault));
		Self::InvalidCertificate(CertificateError::Other(other))
	}
}

impl Statement {
	/// States that `key`, as a SubjectPublicKeyInfo, speaks for the signer.
	pub fn sign(signer: &Signer, genesis: [u8; 32], until: Moment, key: &[u8]) -> Self {
		let account = signer.account();
		let signature = signer.sign(&message(&genesis, &account, until, key));
		Self { genesis, account, until, signature }
	}

	/// Reads a statement.
	///
	/// # Errors
	/// [`StatementFault::Missing`] when it is none.
	pub fn from_bytes(mut bytes: &[u8]) -> Result<Self, StatementFault> {
		Self::decode_all(&mut bytes).map_err(|_| StatementFault::Missing)
	}

	/// Its one encoding.
	pub fn to_bytes(&self) -> Vec<u8> {
		self.encode()
	}

	/// Checks that `peer` states that `key` speaks for it `now`.
	///
	/// # Errors
	/// Why it does not.
	pub fn verify(&self, peer: &Peer, key: &[u8], now: Moment) -> Result<(), StatementFault> {
		if self.genesis != peer.genesis {
			return Err(StatementFault::OtherChain);
		}
		if self.account != peer.account {
			return Err(StatementFault::OtherAccount { account: self.account });
		}
		let message = message(&peer.genesis, &peer.account, self.until, key);
		if !peer.account.verify(&message, &self.signature) {
			return Err(StatementFault::NotSigned);
		}
		if self.until <= now {
			return Err(StatementFault::Expired);
		}
		if u128::from(self.until - now) > MAX_VALIDITY.as_millis() {
			return Err(StatementFault::TooLong);
		}
		Ok(())
	}
}

/// What is signed.
fn message(genesis: &[u8; 32], account: &AccountId, until: Moment, key: &[u8]) -> Vec<u8> {
	(b"salus/transport/1", (genesis, account), until, key).encode()
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::{collection::vec, prelude::*};
	use serde_json::Value;

	const GENESIS: [u8; 32] = [9; 32];
	const KEY: &[u8] = &[7; 44];
	const UNTIL: Moment = 1_800_000_000_000;
	const DAY: Moment = 24 * 3_600_000;

	fn signer(name: &str) -> Signer {
		Signer::from_uri(&format!("//{name}")).unwrap()
	}

	fn peer() -> Peer {
		Peer { account: signer("CustodianOne").account(), genesis: GENESIS }
	}

	fn statement() -> Statement {
		Statement::sign(&signer("CustodianOne"), GENESIS, UNTIL, KEY)
	}

	#[test]
	fn what_is_signed_is_read_and_holds() {
		let read = Statement::from_bytes(&statement().to_bytes()).unwrap();
		assert_eq!(read.verify(&peer(), KEY, UNTIL - DAY), Ok(()));
	}

	#[test]
	fn it_holds_until_its_end_and_never_for_long() {
		let longest = MAX_VALIDITY.as_millis() as Moment;
		for (now, expected) in [
			(UNTIL, Err(StatementFault::Expired)),
			(UNTIL + DAY, Err(StatementFault::Expired)),
			(UNTIL - 1, Ok(())),
			(UNTIL - longest, Ok(())),
			(UNTIL - longest - 1, Err(StatementFault::TooLong)),
			(0, Err(StatementFault::TooLong)),
		] {
			assert_eq!(statement().verify(&peer(), KEY, now), expected, "{now}");
		}
	}

	#[test]
	fn it_holds_for_its_account_chain_and_key_only() {
		let other = signer("CustodianTwo").account();
		let (now, statement) = (UNTIL - DAY, statement());
		let of_other = Peer { account: other, ..peer() };
		assert_eq!(
			statement.verify(&of_other, KEY, now),
			Err(StatementFault::OtherAccount { account: peer().account })
		);
		let elsewhere = Peer { genesis: [8; 32], ..peer() };
		assert_eq!(statement.verify(&elsewhere, KEY, now), Err(StatementFault::OtherChain));
		assert_eq!(statement.verify(&peer(), &[6; 44], now), Err(StatementFault::NotSigned));
		// Whoever writes another name, chain or end over it has no signature for that.
		let changed = [
			(of_other, Statement { account: other, ..statement.clone() }),
			(elsewhere, Statement { genesis: [8; 32], ..statement.clone() }),
			(peer(), Statement { until: UNTIL + 1, ..statement }),
		];
		for (peer, changed) in changed {
			assert_eq!(changed.verify(&peer, KEY, now), Err(StatementFault::NotSigned));
		}
	}

	#[test]
	fn the_published_statement_is_read_and_holds() {
		let text = include_str!("../../../../docs/formats/vectors/transport-v1.json");
		let vector: Value = serde_json::from_str(text).unwrap();
		let bytes = |name: &str| hex::decode(vector[name].as_str().unwrap()).unwrap();
		let genesis = bytes("genesis").try_into().unwrap();
		let account = vector["account"].as_str().unwrap().parse().unwrap();
		let (until, key) = (vector["until"].as_u64().unwrap(), bytes("key"));
		assert_eq!(message(&genesis, &account, until, &key), bytes("signed"));
		let statement = Statement::from_bytes(&bytes("statement")).unwrap();
		assert_eq!(statement.to_bytes(), bytes("statement"));
		assert_eq!(statement.verify(&Peer { account, genesis }, &key, until - DAY), Ok(()));
	}

	proptest! {
		#[test]
		fn one_statement_has_one_encoding(bytes in vec(any::<u8>(), 0..300)) {
			if let Ok(statement) = Statement::from_bytes(&bytes) {
				prop_assert_eq!(statement.to_bytes(), bytes);
			}
		}

		#[test]
		fn any_bytes_of_its_length_hold_for_nobody(bytes in vec(any::<u8>(), 136)) {
			let statement = Statement::from_bytes(&bytes).unwrap();
			let peer = Peer { account: statement.account, genesis: statement.genesis };
			let now = statement.until.saturating_sub(DAY);
			prop_assert_eq!(statement.verify(&peer, KEY, now), Err(StatementFault::NotSigned));
		}

		#[test]
		fn a_statement_that_was_changed_does_not_hold(at in 0usize..136, mask in 1..=u8::MAX) {
			let mut bytes = statement().to_bytes();
			bytes[at] ^= mask;
			let changed = Statement::from_bytes(&bytes).unwrap();
			prop_assert!(changed.verify(&peer(), KEY, UNTIL - DAY).is_err());
		}
	}
}
