// SPDX-License-Identifier: Apache-2.0
//! The accounts of this home: a keystore and a public card each.

use crate::{
	error::{Failure, IoContext, Result},
	home::Home,
};
use salus_chain::{AccountId, Signer};
use salus_crypto::{KdfParams, Keystore, Passphrase, SecretKey, SigningSecret};
use salus_primitives::Suite;
use serde::{Deserialize, Serialize};
use std::{
	fs,
	io::{IsTerminal, Write},
	path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// The people of a development network: their names here and their wallets' derivation paths.
pub(crate) const DEVELOPMENT: [(&str, &str); 11] = [
	("patient", "//Patient"),
	("guardian", "//Guardian"),
	("clinician-one", "//ClinicianOne"),
	("clinician-two", "//ClinicianTwo"),
	("hospital", "//Hospital"),
	("registrar", "//Registrar"),
	("researcher", "//Researcher"),
	// The patient's, to sell with. Nobody knows it when the chain begins.
	("pseudonym", "//Pseudonym"),
	(CUSTODIANS[0], "//CustodianOne"),
	(CUSTODIANS[1], "//CustodianTwo"),
	(CUSTODIANS[2], "//CustodianThree"),
];

/// The custodians of a development network.
pub(crate) const CUSTODIANS: [&str; 3] = ["custodian-one", "custodian-two", "custodian-three"];

/// The passphrase of the development accounts. Their keys are public anyway.
const DEVELOPMENT_PASSPHRASE: &str = "salus development";

/// What may be known of an account without its passphrase.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Card {
	pub(crate) name: String,
	pub(crate) account: AccountId,
	/// Whether its keys are the public ones of the development preset.
	pub(crate) development: bool,
}

/// An account with its secrets open.
#[derive(Clone, Debug)]
pub(crate) struct Unlocked {
	pub(crate) card: Card,
	pub(crate) signer: Signer,
	pub(crate) keys: Keystore,
}

/// All accounts of a home.
#[derive(Clone, Debug)]
pub(crate) struct Accounts(PathBuf);

impl Accounts {
	pub(crate) fn of(home: &Home) -> Result<Self> {
		let directory = home.accounts();
		fs::create_dir_all(&directory).about(directory.display())?;
		Ok(Self(directory))
	}

	/// Writes the development accounts that are not there yet.
	pub(crate) fn ensure_development(&self) -> Result<()> {
		for (name, uri) in DEVELOPMENT {
			if self.card_path(name).exists() {
				continue;
			}
			let mut keys = Keystore::new();
			let label = format!("salus/development-encryption-key/1/{uri}");
			let secret = SecretKey::from_bytes(
				Suite::X25519,
				&salus_primitives::blake2_256(label.as_bytes()),
			)
			.map_err(|error| crypto(&error))?;
			keys.add_encryption_key(secret).map_err(|error| crypto(&error))?;
			keys.set_signing(SigningSecret::Uri(Zeroizing::new(uri.to_owned())));
			let passphrase = development_passphrase()?;
			self.save(name, &keys, &passphrase, KdfParams::MINIMUM, true)?;
		}
		Ok(())
	}

	pub(crate) fn list(&self) -> Result<Vec<Card>> {
		let mut cards = Vec::new();
		for file in fs::read_dir(&self.0).about(self.0.display())? {
			let path = file.about(self.0.display())?.path();
			if path.to_string_lossy().ends_with(".card.json") {
				cards.push(read_card(&path)?);
			}
		}
		cards.sort_by(|a, b| a.name.cmp(&b.name));
		Ok(cards)
	}

	pub(crate) fn card(&self, name: &str) -> Result<Card> {
		let path = self.card_path(name);
		if !path.exists() {
			let known = self.list()?.into_iter().map(|card| card.name).collect::<Vec<_>>();
			return Err(Failure::new(
				"ACCOUNT_UNKNOWN",
				format!("no account is called {name} here"),
			)
			.fix(format!(
				"known are: {}. Make one with `salus account create`",
				if known.is_empty() { "none".to_owned() } else { known.join(", ") }
			)));
		}
		read_card(&path)
	}

	/// A name here, or an address.
	pub(crate) fn resolve(&self, text: &str) -> Result<AccountId> {
		match crate::arguments::parse_address(text) {
			Some(account) => Ok(account),
			None => Ok(self.card(text)?.account),
		}
	}

	/// Creates an account; its encryption key is new.
	pub(crate) fn create(
		&self,
		name: &str,
		signing: SigningSecret,
		passphrase: &Passphrase,
	) -> Result<Unlocked> {
		let mut keys = Keystore::new();
		let secret = SecretKey::generate().map_err(|error| crypto(&error))?;
		keys.add_encryption_key(secret).map_err(|error| crypto(&error))?;
		keys.set_signing(signing);
		self.create_with(name, keys, passphrase)
	}

	/// Gives recovered encryption keys to an account, as older ones than those that it has. Without
	/// one of this name, a new account is made, which signs with a new key. Says whether one was.
	pub(crate) fn restore(
		&self,
		name: &str,
		recovered: &Keystore,
		given: Option<&Path>,
	) -> Result<(Card, bool)> {
		if self.card_path(name).exists() {
			let unlocked = self.unlock(name, given)?;
			let mut keys = unlocked.keys.clone();
			keys.add_older_keys(recovered);
			self.replace(&unlocked, &keys, given)?;
			return Ok((unlocked.card, false));
		}
		let mut keys = recovered.encryption_only();
		keys.set_signing(match recovered.signing() {
			Some(signing) => signing.clone(),
			None => SigningSecret::Seed(Zeroizing::new(rand::random())),
		});
		let passphrase = passphrase_for(name, given, true)?;
		Ok((self.create_with(name, keys, &passphrase)?.card, true))
	}

	fn create_with(&self, name: &str, keys: Keystore, passphrase: &Passphrase) -> Result<Unlocked> {
		let valid = !name.is_empty()
			&& name.len() <= 64
			&& name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
		if !valid {
			return Err(Failure::new(
				"ACCOUNT_NAME",
				format!("{name:?} is no name for an account"),
			)
			.fix("use at most 64 letters, digits, - and _"));
		}
		if self.card_path(name).exists() {
			return Err(Failure::new(
				"ACCOUNT_EXISTS",
				format!("there is an account {name} already"),
			)
			.fix("choose another name"));
		}
		let card = self.save(name, &keys, passphrase, KdfParams::RECOMMENDED, false)?;
		Ok(Unlocked { signer: signer(&keys)?, card, keys })
	}

	/// Opens the secrets of an account.
	pub(crate) fn unlock(&self, name: &str, given: Option<&Path>) -> Result<Unlocked> {
		let card = self.card(name)?;
		let passphrase = passphrase(&card, given, false)?;
		let keys = Keystore::load(&self.keystore_path(name), &passphrase)
			.map_err(|error| crypto(&error))?;
		Ok(Unlocked { signer: signer(&keys)?, card, keys })
	}

	/// Replaces the stored secrets of an account, under the passphrase that it has.
	pub(crate) fn replace(
		&self,
		unlocked: &Unlocked,
		keys: &Keystore,
		given: Option<&Path>,
	) -> Result<()> {
		let card = &unlocked.card;
		let passphrase = passphrase(card, given, false)?;
		// Typed again, it must be the same one.
		Keystore::load(&self.keystore_path(&card.name), &passphrase)
			.map_err(|error| crypto(&error))?;
		let params = if card.development { KdfParams::MINIMUM } else { KdfParams::RECOMMENDED };
		self.save(&card.name, keys, &passphrase, params, card.development).map(drop)
	}

	fn save(
		&self,
		name: &str,
		keys: &Keystore,
		passphrase: &Passphrase,
		params: KdfParams,
		development: bool,
	) -> Result<Card> {
		let card = Card { name: name.to_owned(), account: signer(keys)?.account(), development };
		keys.save(&self.keystore_path(name), passphrase, params).map_err(|error| crypto(&error))?;
		// The card goes last: an account exists when it can be listed and opened.
		let path = self.card_path(name);
		let mut file = tempfile::NamedTempFile::new_in(&self.0).about(path.display())?;
		let bytes = serde_json::to_vec_pretty(&card)
			.map_err(|error| Failure::of("STATE_CORRUPT", &error))?;
		file.write_all(&bytes).about(path.display())?;
		file.persist(&path).map_err(|error| error.error).about(path.display())?;
		Ok(card)
	}

	fn card_path(&self, name: &str) -> PathBuf {
		self.0.join(format!("{name}.card.json"))
	}

	fn keystore_path(&self, name: &str) -> PathBuf {
		self.0.join(format!("{name}.keystore.json"))
	}
}

fn read_card(path: &Path) -> Result<Card> {
	let bytes = fs::read(path).about(path.display())?;
	serde_json::from_slice(&bytes).map_err(|error| {
		Failure::of("STATE_CORRUPT", &error).fix(format!("restore or remove {}", path.display()))
	})
}

fn signer(keys: &Keystore) -> Result<Signer> {
	let signer = match keys.signing() {
		Some(SigningSecret::Uri(uri)) => Signer::from_uri(uri),
		Some(SigningSecret::Seed(seed)) => Signer::from_seed(seed),
		None => {
			return Err(Failure::new(
				"KEYSTORE_NO_SIGNING_KEY",
				"the keystore holds no signing key",
			)
			.fix("sign with the wallet that holds it"));
		},
	};
	signer.map_err(|error| Failure::of(error.code().to_owned(), &error))
}

/// A failure of the cryptography, as users see it.
pub(crate) fn crypto(error: &salus_crypto::Error) -> Failure {
	let failure = Failure::of(error.code(), error);
	match error.code() {
		"KEYSTORE_WRONG_PASSPHRASE" => failure.fix(
			"try again; nobody can reset a passphrase, but a guardian or a backup can recover",
		),
		"RECOVERY_TEXT_BLOCK" => failure.fix("compare that block with the page, and type it again"),
		"RECOVERY_TOO_FEW_SHARES" => failure.fix("ask another guardian for her share"),
		"RECOVERY_WRONG_SHARE" | "RECOVERY_SHARE_NOT_OPENED" => {
			failure.fix("leave that share out, and ask that guardian again or another one")
		},
		_ => failure,
	}
}

fn development_passphrase() -> Result<Passphrase> {
	Passphrase::new(DEVELOPMENT_PASSPHRASE.to_owned()).map_err(|error| crypto(&error))
}

/// The passphrase from a file, the environment, or the terminal; in this order.
pub(crate) fn passphrase(card: &Card, given: Option<&Path>, new: bool) -> Result<Passphrase> {
	let is_known = card.development && given.is_none();
	if is_known && std::env::var_os("SALUS_PASSPHRASE").is_none() {
		return development_passphrase();
	}
	passphrase_for(&card.name, given, new)
}

/// The same for what is no account here.
pub(crate) fn passphrase_for(name: &str, given: Option<&Path>, new: bool) -> Result<Passphrase> {
	let text = if let Some(path) = given {
		let text = Zeroizing::new(fs::read_to_string(path).about(path.display())?);
		text.lines().next().unwrap_or_default().to_owned()
	} else if let Ok(text) = std::env::var("SALUS_PASSPHRASE") {
		text
	} else if std::io::stdin().is_terminal() {
		let ask = |prompt: String| {
			rpassword::prompt_password(prompt).about("the terminal").map(Zeroizing::new)
		};
		let text = ask(format!("Passphrase of {name}: "))?;
		if new && ask("The same again: ".to_owned())? != text {
			return Err(
				Failure::new("PASSPHRASE_MISMATCH", "the two are not the same").fix("try again")
			);
		}
		text.to_string()
	} else {
		return Err(Failure::new("PASSPHRASE_MISSING", format!("{name} is locked"))
			.fix("give --passphrase-file, set SALUS_PASSPHRASE, or use a terminal"));
	};
	Passphrase::new(text).map_err(|error| crypto(&error))
}
