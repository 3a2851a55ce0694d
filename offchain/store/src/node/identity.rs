// SPDX-License-Identifier: Apache-2.0
//! The key by which peers know a node.

use crate::{Error, Result};
use litep2p::crypto::ed25519::{Keypair, SecretKey};
use std::{
	fs::{File, OpenOptions},
	io::{self, Read, Write},
	os::unix::fs::OpenOptionsExt,
	path::Path,
};
use zeroize::Zeroizing;

/// The key in the file at `path`, which is made when there is none: 32 bytes that only its owner reads.
pub(super) fn load_or_make(path: &Path) -> Result<Keypair> {
	let failed = |source| Error::File { path: path.to_owned(), source };
	match File::open(path) {
		Ok(file) => read(file).map_err(failed),
		Err(error) if error.kind() == io::ErrorKind::NotFound => make(path).map_err(failed),
		Err(error) => Err(failed(error)),
	}
}

fn read(file: File) -> io::Result<Keypair> {
	let mut bytes = Zeroizing::new(Vec::new());
	file.take(33).read_to_end(&mut bytes)?;
	keypair(&bytes)
}

fn keypair(bytes: &[u8]) -> io::Result<Keypair> {
	let wrong = || io::Error::new(io::ErrorKind::InvalidData, "this is no key of a node: 32 bytes");
	let mut bytes: Zeroizing<[u8; 32]> = Zeroizing::new(bytes.try_into().map_err(|_| wrong())?);
	let secret = SecretKey::try_from_bytes(bytes.as_mut_slice()).map_err(|_| wrong())?;
	Ok(Keypair::from(secret))
}

fn make(path: &Path) -> io::Result<Keypair> {
	let secret = SecretKey::generate();
	let bytes = Zeroizing::new(secret.to_bytes());
	// Beside it first: a key that is cut off by a power failure would be another identity.
	let mut name = path.file_name().unwrap_or_default().to_owned();
	name.push(".new");
	let beside = path.with_file_name(name);
	let mut file =
		OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
	file.write_all(bytes.as_slice())?;
	file.sync_all()?;
	std::fs::rename(&beside, path)?;
	keypair(bytes.as_slice())
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::os::unix::fs::PermissionsExt;

	#[test]
	fn a_key_is_made_once_and_is_its_owners_alone() {
		let directory = tempfile::tempdir().unwrap();
		let path = directory.path().join("node.key");
		let made = load_or_make(&path).unwrap();
		let read = load_or_make(&path).unwrap();
		assert_eq!(made.public().to_bytes(), read.public().to_bytes());
		assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
	}

	#[test]
	fn what_is_no_key_is_not_replaced() {
		let directory = tempfile::tempdir().unwrap();
		let path = directory.path().join("node.key");
		for bytes in [&[][..], &[1; 31], &[1; 33]] {
			std::fs::write(&path, bytes).unwrap();
			assert!(matches!(load_or_make(&path), Err(Error::File { .. })));
			assert_eq!(std::fs::read(&path).unwrap(), bytes);
		}
	}
}
