// SPDX-License-Identifier: Apache-2.0
//! The keys of tickets that are not opened yet. A ticket is bound to its key: who loses the key while
//! custodians cannot be reached has spent a use for nothing, and an emergency is opened long after it
//! was declared.

use crate::{file::write_whole, Error, Result};
use salus_chain::AccountId;
use salus_crypto::{DocumentContext, DocumentKind, EphemeralKey, Keystore, SealedDocument};
use salus_primitives::{ConsentId, Suite};
use std::{
	fs,
	io::ErrorKind,
	path::{Path, PathBuf},
};

/// A directory of keys, each sealed to whoever it belongs to.
#[derive(Clone, Debug)]
pub struct PendingKeys {
	directory: PathBuf,
	account: AccountId,
	genesis: [u8; 32],
}

impl PendingKeys {
	/// The keys of `account` in `directory`, which is made when it is not there.
	///
	/// # Errors
	/// When it cannot be made.
	pub fn open(directory: &Path, account: AccountId, genesis: [u8; 32]) -> Result<Self> {
		fs::create_dir_all(directory).map_err(|source| Error::file(directory, source))?;
		Ok(Self { directory: directory.to_owned(), account, genesis })
	}

	/// Keeps the key of a ticket or an emergency.
	///
	/// # Errors
	/// When the account has no encryption key, or the file cannot be written.
	pub fn keep(&self, id: &[u8; 32], key: &EphemeralKey, own: &Keystore) -> Result<()> {
		let account = self.account;
		let pair = own.encryption_keys().next().ok_or(Error::KeyMissing { account })?;
		let mut payload = zeroize::Zeroizing::new(Vec::with_capacity(1 + 64));
		payload.push(key.public().suite().id());
		payload.extend_from_slice(key.secret().expose().as_ref());
		let sealed = SealedDocument::seal(pair.public(), &self.context(id), &payload)?;
		let path = self.path(id);
		write_whole(&path, &sealed.to_bytes()).map_err(|source| Error::file(&path, source))
	}

	/// The key of a ticket or an emergency; nothing when none is kept.
	///
	/// # Errors
	/// When the file cannot be read, or none of the account's keys opens it.
	pub fn find(&self, id: &[u8; 32], own: &Keystore) -> Result<Option<EphemeralKey>> {
		let path = self.path(id);
		let bytes = match fs::read(&path) {
			Ok(bytes) => bytes,
			Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
			Err(source) => return Err(Error::file(&path, source)),
		};
		let (sealed, context) = (SealedDocument::from_bytes(&bytes)?, self.context(id));
		let mut keys = own.encryption_keys();
		let payload = keys.find_map(|pair| sealed.open(pair.secret(), &context).ok());
		let payload = payload.ok_or(Error::KeyMissing { account: self.account })?;
		let (suite, secret) = payload.split_first().ok_or(Error::DocumentMalformed)?;
		let suite = Suite::from_id(*suite).ok_or(Error::DocumentMalformed)?;
		Ok(Some(EphemeralKey::from_bytes(suite, secret)?))
	}

	/// Deletes a key that has served.
	///
	/// # Errors
	/// When the file cannot be deleted.
	pub fn forget(&self, id: &[u8; 32]) -> Result<()> {
		let path = self.path(id);
		match fs::remove_file(&path) {
			Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::file(&path, error)),
			_ => Ok(()),
		}
	}

	fn path(&self, id: &[u8; 32]) -> PathBuf {
		self.directory.join(format!("{}.key", ConsentId(*id)))
	}

	/// A key is bound to its ticket.
	const fn context(&self, id: &[u8; 32]) -> DocumentContext {
		let kind = DocumentKind::TicketKey;
		DocumentContext { genesis: self.genesis, kind, consent: ConsentId(*id) }
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_crypto::SecretKey;

	fn keystore(byte: u8) -> Keystore {
		let mut keys = Keystore::new();
		keys.add_encryption_key(SecretKey::from_bytes(Suite::X25519, &[byte; 32]).unwrap())
			.unwrap();
		keys
	}

	#[test]
	fn a_key_comes_back_to_its_owner_for_its_ticket_only() {
		let directory = tempfile::tempdir().unwrap();
		let account = AccountId::new([1; 32]);
		let pending = PendingKeys::open(directory.path(), account, [9; 32]).unwrap();
		let mut own = keystore(1);
		for suite in [Suite::X25519, Suite::XWing] {
			let key = EphemeralKey::generate_for(suite).unwrap();
			pending.keep(&[7; 32], &key, &own).unwrap();
			// Also after she has taken a new key.
			own.add_encryption_key(SecretKey::generate_for(suite).unwrap()).unwrap();
			let found = pending.find(&[7; 32], &own).unwrap().unwrap();
			assert_eq!(found.public(), key.public());
		}
		assert!(pending.find(&[8; 32], &own).unwrap().is_none());
		let error = pending.find(&[7; 32], &keystore(2)).map(drop).unwrap_err();
		assert_eq!(error.code(), "KEY_MISSING");
		let (from, to) = (pending.path(&[7; 32]), pending.path(&[8; 32]));
		fs::copy(&from, &to).unwrap();
		assert!(pending.find(&[8; 32], &own).is_err(), "it is another ticket's");

		let stored = fs::read(&from).unwrap();
		let key = pending.find(&[7; 32], &own).unwrap().unwrap();
		let secret = key.secret().expose();
		assert!(!stored.windows(secret.len()).any(|window| window == &secret[..]));
		pending.forget(&[7; 32]).unwrap();
		pending.forget(&[7; 32]).unwrap();
		assert!(pending.find(&[7; 32], &own).unwrap().is_none());
	}
}
