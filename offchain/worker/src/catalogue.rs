// SPDX-License-Identifier: Apache-2.0
//! Where an account's records are: what the chain cannot tell because it must not know.
//!
//! One small file per record. It holds content identifiers, salts and a capsule that only the owner
//! opens; whoever loses it loses the way to the ciphertext, so an export contains it.

use crate::{file::write_whole, Error, Result};
use salus_crypto::Capsule;
use salus_primitives::{ContentId, RecordId, Salt};
use serde::{Deserialize, Serialize};
use std::{fs, io::ErrorKind, path::PathBuf};

/// Where one record version is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueEntry {
	/// The record.
	pub record: RecordId,
	/// The salt that its identifier was derived with.
	pub record_salt: Salt,
	/// The version.
	pub version: u32,
	/// The manifest's ciphertext.
	pub manifest: ContentId,
	/// The salt of the commitment on chain.
	pub manifest_salt: Salt,
	/// The manifest's key, sealed to the owner.
	pub capsule: Capsule,
	/// How many segments the version has.
	pub segments: u16,
}

/// The records of one account.
#[derive(Clone, Debug)]
pub struct Catalogue(PathBuf);

impl Catalogue {
	/// The catalogue in `directory`, which is created when it does not exist.
	///
	/// # Errors
	/// When the directory cannot be created.
	pub fn open(directory: impl Into<PathBuf>) -> Result<Self> {
		let directory = directory.into();
		fs::create_dir_all(&directory).map_err(|source| Error::file(&directory, source))?;
		Ok(Self(directory))
	}

	/// Writes an entry, whole or not at all. The newest version of a record replaces older ones.
	///
	/// # Errors
	/// When the file cannot be written.
	pub fn put(&self, entry: &CatalogueEntry) -> Result<()> {
		let path = self.path(&entry.record);
		let bytes = serde_json::to_vec_pretty(entry)?;
		write_whole(&path, &bytes).map_err(|source| Error::file(&path, source))
	}

	/// The entry of a record.
	///
	/// # Errors
	/// [`Error::RecordUnknown`] when there is none; when the file cannot be read.
	pub fn get(&self, record: &RecordId) -> Result<CatalogueEntry> {
		let path = self.path(record);
		match fs::read(&path) {
			Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
			Err(error) if error.kind() == ErrorKind::NotFound => {
				Err(Error::RecordUnknown { record: *record })
			},
			Err(source) => Err(Error::file(&path, source)),
		}
	}

	/// Forgets a record. Forgetting it again is no error.
	///
	/// # Errors
	/// When the file cannot be removed.
	pub fn remove(&self, record: &RecordId) -> Result<()> {
		let path = self.path(record);
		match fs::remove_file(&path) {
			Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::file(&path, error)),
			_ => Ok(()),
		}
	}

	/// All entries, by record.
	///
	/// # Errors
	/// When the directory or a file cannot be read.
	pub fn list(&self) -> Result<Vec<CatalogueEntry>> {
		let wrong = |source| Error::file(&self.0, source);
		let mut entries = Vec::new();
		for file in fs::read_dir(&self.0).map_err(wrong)? {
			let path = file.map_err(wrong)?.path();
			if path.extension().is_some_and(|extension| extension == "json") {
				let bytes = fs::read(&path).map_err(|source| Error::file(&path, source))?;
				entries.push(serde_json::from_slice::<CatalogueEntry>(&bytes)?);
			}
		}
		entries.sort_by_key(|entry| entry.record);
		Ok(entries)
	}

	fn path(&self, record: &RecordId) -> PathBuf {
		self.0.join(format!("{record}.json"))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::manifest::owner_context;
	use salus_crypto::{EncryptionKeyPair, SegmentKey};
	use salus_primitives::MultiCodec;

	fn entry(byte: u8, version: u32) -> CatalogueEntry {
		let record = RecordId([byte; 32]);
		let owner = EncryptionKeyPair::generate().unwrap();
		let key = SegmentKey::generate().unwrap();
		CatalogueEntry {
			record,
			record_salt: Salt([1; 32]),
			version,
			manifest: ContentId { codec: MultiCodec::DagPb, digest: [3; 32] },
			manifest_salt: Salt([4; 32]),
			capsule: Capsule::seal_key(owner.public(), &owner_context([5; 32], record, 0), &key)
				.unwrap(),
			segments: 2,
		}
	}

	#[test]
	fn entries_round_trip_and_the_newest_stays() {
		let directory = tempfile::tempdir().unwrap();
		let catalogue = Catalogue::open(directory.path().join("patient")).unwrap();
		assert_eq!(catalogue.list().unwrap(), []);
		assert!(matches!(
			catalogue.get(&RecordId([1; 32])),
			Err(Error::RecordUnknown { record }) if record == RecordId([1; 32])
		));
		catalogue.put(&entry(2, 1)).unwrap();
		let (one, newer) = (entry(1, 1), entry(2, 2));
		catalogue.put(&one).unwrap();
		catalogue.put(&newer).unwrap();
		assert_eq!(catalogue.get(&one.record).unwrap(), one);
		assert_eq!(catalogue.list().unwrap(), [one.clone(), newer]);
		for _ in 0..2 {
			catalogue.remove(&RecordId([2; 32])).unwrap();
			assert_eq!(catalogue.list().unwrap(), std::slice::from_ref(&one));
		}
	}
}
