// SPDX-License-Identifier: Apache-2.0
//! Who signs transactions.

use crate::{AccountId, Error};
use std::{fmt, str::FromStr};
use subxt_signer::{sr25519::Keypair, SecretUri};

/// The sr25519 key of an account. It never leaves this value, and `Debug` shows only the account.
#[derive(Clone)]
pub struct Signer {
	keypair: Keypair,
	account: AccountId,
}

impl Signer {
	/// The key behind a secret URI: a phrase or a seed in hexadecimal, then derivations, as in
	/// `//Alice`.
	///
	/// # Errors
	/// [`Error::InvalidSecret`]; it repeats nothing of the URI.
	pub fn from_uri(uri: &str) -> Result<Self, Error> {
		let uri = SecretUri::from_str(uri)
			.map_err(|_| Error::InvalidSecret { reason: "it is not a secret URI" })?;
		let keypair = Keypair::from_uri(&uri).map_err(|_| Error::InvalidSecret {
			reason: "its phrase is not BIP-39 English, or its seed is not 64 hexadecimal digits",
		})?;
		Ok(Self::new(keypair))
	}

	/// The key that grows from a seed.
	///
	/// # Errors
	/// [`Error::InvalidSecret`].
	pub fn from_seed(seed: &[u8; 32]) -> Result<Self, Error> {
		let keypair = Keypair::from_secret_key(*seed)
			.map_err(|_| Error::InvalidSecret { reason: "it is not a seed" })?;
		Ok(Self::new(keypair))
	}

	fn new(keypair: Keypair) -> Self {
		let account = AccountId::new(keypair.public_key().0);
		Self { keypair, account }
	}

	/// The account.
	pub const fn account(&self) -> AccountId {
		self.account
	}

	pub(crate) const fn keypair(&self) -> &Keypair {
		&self.keypair
	}
}

impl fmt::Debug for Signer {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Signer").field("account", &self.account).finish_non_exhaustive()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_development_uri_gives_its_well_known_account() {
		let alice = Signer::from_uri("//Alice").unwrap();
		assert_eq!(alice.account().to_string(), "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
	}

	#[test]
	fn uri_and_seed_agree() {
		let seed = [7; 32];
		let uri = format!("0x{}", hex::encode(seed));
		let (a, b) = (Signer::from_uri(&uri).unwrap(), Signer::from_seed(&seed).unwrap());
		assert_eq!(a.account(), b.account());
	}

	#[test]
	fn neither_debug_nor_errors_show_the_secret() {
		let seed = [7; 32];
		let shown = format!("{:?}", Signer::from_seed(&seed).unwrap());
		assert_eq!(shown, format!("Signer {{ account: {:?}, .. }}", account(&seed)));

		let phrase = "bottom drive obey lake curtain smoke basket hold race lonely fit wallk";
		for secret in [phrase, "0xzz07", "not//a///uri\n"] {
			let error = Signer::from_uri(secret).unwrap_err();
			assert_eq!(error.code(), "SECRET_INVALID");
			for word in secret.split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() > 3) {
				assert!(!format!("{error} {error:?}").contains(word), "{word}");
			}
		}
	}

	fn account(seed: &[u8; 32]) -> AccountId {
		Signer::from_seed(seed).unwrap().account()
	}
}
