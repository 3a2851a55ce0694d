// SPDX-License-Identifier: Apache-2.0
//! The secrets of one account in a file that a passphrase opens. The file is specified in
//! `docs/formats/keystore-v1.md`.

use crate::{random, EncryptionKeyPair, Error, Passphrase, Result, SecretKey};
use aes_gcm::{
	aead::{Aead, KeyInit, Payload},
	Aes256Gcm,
};
use argon2::{Algorithm, Argon2, Params, Version};
use minicbor::{Decoder, Encoder};
use salus_primitives::{EncryptionKey, Suite};
use serde::{Deserialize, Serialize};
use std::{
	fmt,
	fs::{File, OpenOptions},
	io::{self, Read, Write},
	path::{Path, PathBuf},
};
use zeroize::Zeroizing;

const FORMAT: &str = "salus-keystore";
const VERSION: u32 = 1;
const KDF: &str = "argon2id";
const CIPHER: &str = "aes-256-gcm";
const AAD_LABEL: &[u8] = b"salus/keystore/1";
/// Thousands of keys fit; a larger file is not read.
const MAX_FILE: u64 = 1 << 20;
const MAX_SECRETS: u64 = 8192;

/// What opening the keystore costs an attacker, and its owner: argon2id, version 0x13.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KdfParams {
	/// Memory in KiB.
	pub memory_kib: u32,
	/// Passes over the memory.
	pub iterations: u32,
	/// Lanes.
	pub parallelism: u32,
}

impl KdfParams {
	/// What new files are written with: the second recommendation of RFC 9106 with one lane.
	pub const RECOMMENDED: Self = Self { memory_kib: 64 * 1024, iterations: 3, parallelism: 1 };
	/// The least that is accepted, OWASP's minimum.
	pub const MINIMUM: Self = Self { memory_kib: 19 * 1024, iterations: 1, parallelism: 1 };
	/// The most that is accepted, so that a hostile file cannot exhaust memory or time.
	pub const MAXIMUM: Self = Self { memory_kib: 512 * 1024, iterations: 16, parallelism: 4 };

	fn check(&self) -> Result<()> {
		let (min, max) = (Self::MINIMUM, Self::MAXIMUM);
		for (field, found, min, max) in [
			("memory_kib", self.memory_kib, min.memory_kib, max.memory_kib),
			("iterations", self.iterations, min.iterations, max.iterations),
			("parallelism", self.parallelism, min.parallelism, max.parallelism),
		] {
			if !(min..=max).contains(&found) {
				return Err(Error::KeystoreCostRefused { field, found, min, max });
			}
		}
		Ok(())
	}
}

/// What signs for the account: sr25519.
#[derive(Clone)]
pub enum SigningSecret {
	/// A secret URI: a mnemonic phrase with optional derivation junctions.
	Uri(Zeroizing<String>),
	/// A raw seed.
	Seed(Zeroizing<[u8; 32]>),
}

impl fmt::Debug for SigningSecret {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Uri(_) => "SigningSecret::Uri(redacted)",
			Self::Seed(_) => "SigningSecret::Seed(redacted)",
		})
	}
}

/// The secrets of one account, open.
///
/// Encryption keys are only ever added: what was sealed to an old one stays readable.
#[derive(Clone, Debug, Default)]
pub struct Keystore {
	/// Oldest first.
	encryption: Vec<EncryptionKeyPair>,
	signing: Option<SigningSecret>,
}

impl Keystore {
	/// A keystore without secrets.
	pub fn new() -> Self {
		Self::default()
	}

	/// Adds an encryption key, which becomes the current one.
	///
	/// # Errors
	/// When the key has no public key; never for suite 1.
	pub fn add_encryption_key(&mut self, secret: SecretKey) -> Result<&EncryptionKeyPair> {
		self.encryption.push(EncryptionKeyPair::from_secret(secret)?);
		self.current_encryption_key().ok_or(Error::Internal { operation: "adding a key" })
	}

	/// The newest encryption key.
	pub fn current_encryption_key(&self) -> Option<&EncryptionKeyPair> {
		self.encryption.last()
	}

	/// Every encryption key, newest first.
	pub fn encryption_keys(&self) -> impl Iterator<Item = &EncryptionKeyPair> {
		self.encryption.iter().rev()
	}

	/// The secret key that belongs to a public one.
	pub fn secret_for(&self, public: &EncryptionKey) -> Option<&SecretKey> {
		self.encryption_keys().find(|pair| pair.public() == public).map(EncryptionKeyPair::secret)
	}

	/// The encryption keys alone: what opens, and nothing that signs.
	#[must_use]
	pub fn encryption_only(&self) -> Self {
		Self { encryption: self.encryption.clone(), signing: None }
	}

	/// Adds the keys of `other` that are not here as older than all that are: what was sealed to them
	/// opens again, and the current key stays the current one.
	pub fn add_older_keys(&mut self, other: &Self) {
		let is_new = |pair: &&EncryptionKeyPair| self.secret_for(pair.public()).is_none();
		let mut keys: Vec<_> = other.encryption.iter().filter(is_new).cloned().collect();
		keys.append(&mut self.encryption);
		self.encryption = keys;
	}

	/// What signs for the account, if it is kept here.
	pub const fn signing(&self) -> Option<&SigningSecret> {
		self.signing.as_ref()
	}

	/// Keeps what signs for the account, in place of what was kept before.
	pub fn set_signing(&mut self, secret: SigningSecret) {
		self.signing = Some(secret);
	}

	/// Seals the secrets into the text of a file.
	///
	/// # Errors
	/// When the parameters are out of bounds or there is no randomness.
	pub fn to_json(&self, passphrase: &Passphrase, params: KdfParams) -> Result<String> {
		self.seal(passphrase, params, *random::bytes()?, *random::bytes()?)
	}

	pub(crate) fn seal(
		&self,
		passphrase: &Passphrase,
		params: KdfParams,
		salt: [u8; 32],
		nonce: [u8; 12],
	) -> Result<String> {
		let key = derive(passphrase, params, &salt)?;
		let payload = self.encode()?;
		let aad = associated_data(params, &salt, &nonce);
		let ciphertext = Aes256Gcm::new(&(*key).into())
			.encrypt(&nonce.into(), Payload { msg: &payload, aad: &aad })
			.map_err(|_| Error::Internal { operation: "sealing a keystore" })?;
		let file = KeystoreFile {
			format: FORMAT.into(),
			version: VERSION,
			kdf: Kdf {
				name: KDF.into(),
				memory_kib: params.memory_kib,
				iterations: params.iterations,
				parallelism: params.parallelism,
				salt: hex::encode(salt),
			},
			cipher: Cipher { name: CIPHER.into(), nonce: hex::encode(nonce) },
			ciphertext: hex::encode(ciphertext),
		};
		let mut json = serde_json::to_string_pretty(&file)
			.map_err(|_| Error::Internal { operation: "writing a keystore" })?;
		json.push('\n');
		Ok(json)
	}

	/// Opens the text of a file.
	///
	/// # Errors
	/// When the text does not follow the format, asks for too much, or the passphrase is wrong.
	pub fn from_json(json: &str, passphrase: &Passphrase) -> Result<Self> {
		let file: KeystoreFile = serde_json::from_str(json)
			.map_err(|_| Error::KeystoreCorrupt { reason: "it is not the expected JSON" })?;
		for (field, known) in [
			("format", file.format == FORMAT),
			("version", file.version == VERSION),
			("key derivation", file.kdf.name == KDF),
			("cipher", file.cipher.name == CIPHER),
		] {
			if !known {
				return Err(Error::KeystoreUnsupported { field });
			}
		}
		let params = KdfParams {
			memory_kib: file.kdf.memory_kib,
			iterations: file.kdf.iterations,
			parallelism: file.kdf.parallelism,
		};
		let salt = array(&file.kdf.salt)?;
		let nonce = array(&file.cipher.nonce)?;
		let ciphertext = hex::decode(&file.ciphertext)
			.map_err(|_| Error::KeystoreCorrupt { reason: "its ciphertext is no hexadecimal" })?;
		let key = derive(passphrase, params, &salt)?;
		let aad = associated_data(params, &salt, &nonce);
		let payload = Aes256Gcm::new(&(*key).into())
			.decrypt(&nonce.into(), Payload { msg: &ciphertext, aad: &aad })
			.map(Zeroizing::new)
			.map_err(|_| Error::KeystoreWrongPassphrase)?;
		Self::decode(&payload)
	}

	/// Writes the file whole or not at all, readable by its owner only.
	///
	/// # Errors
	/// When sealing fails or the file cannot be written; a file that was there before stays.
	pub fn save(&self, path: &Path, passphrase: &Passphrase, params: KdfParams) -> Result<()> {
		let json = self.to_json(passphrase, params)?;
		let wrong = |source| Error::KeystoreFile { path: path.to_owned(), source };
		let suffix = hex::encode(*random::bytes::<8>()?);
		let temporary = beside(path, &suffix).map_err(wrong)?;
		let written = write_new(&temporary, json.as_bytes())
			.and_then(|()| std::fs::rename(&temporary, path))
			.and_then(|()| sync_directory(path));
		written.map_err(|source| {
			// What is left of the attempt would be in the way of nothing; failing to remove it
			// must not hide the cause.
			let _ = std::fs::remove_file(&temporary);
			wrong(source)
		})
	}

	/// Reads a file.
	///
	/// # Errors
	/// When the file cannot be read, or as for [`from_json`](Self::from_json).
	pub fn load(path: &Path, passphrase: &Passphrase) -> Result<Self> {
		let wrong = |source| Error::KeystoreFile { path: path.to_owned(), source };
		let mut json = String::new();
		let read = File::open(path)
			.and_then(|file| file.take(MAX_FILE.saturating_add(1)).read_to_string(&mut json))
			.map_err(wrong)?;
		if read as u64 > MAX_FILE {
			return Err(Error::KeystoreCorrupt { reason: "it is larger than 1 MiB" });
		}
		Self::from_json(&json, passphrase)
	}

	pub(crate) fn encode(&self) -> Result<Zeroizing<Vec<u8>>> {
		let signing = usize::from(self.signing.is_some());
		// Room enough that the buffer never moves and leaves copies of secrets.
		let uri = match &self.signing {
			Some(SigningSecret::Uri(uri)) => uri.len(),
			_ => 0,
		};
		let capacity =
			self.encryption.len().saturating_mul(64).saturating_add(uri).saturating_add(128);
		let mut out = Zeroizing::new(Vec::with_capacity(capacity));
		let mut encoder = Encoder::new(&mut *out);
		let internal = |_| Error::Internal { operation: "encoding a keystore" };
		encoder.array(self.encryption.len().saturating_add(signing) as u64).map_err(internal)?;
		for (order, pair) in self.encryption.iter().enumerate() {
			encoder
				.array(4)
				.and_then(|e| e.u8(0))
				.and_then(|e| e.u64(order as u64))
				.and_then(|e| e.u8(pair.secret().suite().id()))
				.and_then(|e| e.bytes(pair.secret().expose().as_ref()))
				.map_err(internal)?;
		}
		match &self.signing {
			Some(SigningSecret::Uri(uri)) => {
				encoder
					.array(2)
					.and_then(|e| e.u8(1))
					.and_then(|e| e.str(uri))
					.map_err(internal)?;
			},
			Some(SigningSecret::Seed(seed)) => {
				encoder
					.array(2)
					.and_then(|e| e.u8(2))
					.and_then(|e| e.bytes(seed.as_ref()))
					.map_err(internal)?;
			},
			None => {},
		}
		Ok(out)
	}

	pub(crate) fn decode(payload: &[u8]) -> Result<Self> {
		let keystore = Self::decode_leniently(payload)
			.map_err(|_| Error::KeystoreCorrupt { reason: "its secrets are malformed" })??;
		if keystore.encode()?.as_slice() != payload {
			return Err(Error::KeystoreCorrupt { reason: "its encoding is not deterministic" });
		}
		Ok(keystore)
	}

	fn decode_leniently(payload: &[u8]) -> Result<Result<Self>, minicbor::decode::Error> {
		let wrong = minicbor::decode::Error::message;
		let mut decoder = Decoder::new(payload);
		let entries = decoder.array()?.filter(|entries| *entries <= MAX_SECRETS);
		let mut keystore = Self::new();
		for _ in 0..entries.ok_or_else(|| wrong("too many secrets"))? {
			decoder.array()?;
			match decoder.u8()? {
				0 => {
					if decoder.u64()? != keystore.encryption.len() as u64 {
						return Err(wrong("keys out of order"));
					}
					let suite = decoder.u8()?;
					let bytes = decoder.bytes()?;
					let added = Suite::from_id(suite)
						.ok_or_else(|| Error::UnsupportedSuite { found: u64::from(suite) })
						.and_then(|suite| SecretKey::from_bytes(suite, bytes))
						.and_then(|secret| keystore.add_encryption_key(secret).map(drop));
					if let Err(error) = added {
						return Ok(Err(error));
					}
				},
				1 => {
					let uri = Zeroizing::new(decoder.str()?.to_owned());
					keystore.signing = Some(SigningSecret::Uri(uri));
				},
				2 => {
					let seed = decoder.bytes()?.try_into().map_err(|_| wrong("seed length"))?;
					keystore.signing = Some(SigningSecret::Seed(Zeroizing::new(seed)));
				},
				_ => return Err(wrong("unknown secret")),
			}
		}
		Ok(Ok(keystore))
	}
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeystoreFile {
	format: String,
	version: u32,
	kdf: Kdf,
	cipher: Cipher,
	ciphertext: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kdf {
	name: String,
	memory_kib: u32,
	iterations: u32,
	parallelism: u32,
	salt: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cipher {
	name: String,
	nonce: String,
}

fn array<const N: usize>(text: &str) -> Result<[u8; N]> {
	let mut bytes = [0u8; N];
	hex::decode_to_slice(text, &mut bytes)
		.map_err(|_| Error::KeystoreCorrupt { reason: "its salt or nonce is malformed" })?;
	Ok(bytes)
}

fn derive(
	passphrase: &Passphrase,
	params: KdfParams,
	salt: &[u8; 32],
) -> Result<Zeroizing<[u8; 32]>> {
	params.check()?;
	let refused = |_| Error::Internal { operation: "deriving a keystore key" };
	let costs = Params::new(params.memory_kib, params.iterations, params.parallelism, Some(32))
		.map_err(refused)?;
	let mut key = Zeroizing::new([0u8; 32]);
	Argon2::new(Algorithm::Argon2id, Version::V0x13, costs)
		.hash_password_into(passphrase.as_bytes(), salt, key.as_mut())
		.map_err(refused)?;
	Ok(key)
}

/// Every field of the header, so that none can be changed.
fn associated_data(params: KdfParams, salt: &[u8; 32], nonce: &[u8; 12]) -> Vec<u8> {
	let mut aad = AAD_LABEL.to_vec();
	aad.extend_from_slice(&params.memory_kib.to_be_bytes());
	aad.extend_from_slice(&params.iterations.to_be_bytes());
	aad.extend_from_slice(&params.parallelism.to_be_bytes());
	aad.extend_from_slice(salt);
	aad.extend_from_slice(nonce);
	aad
}

/// A hidden name in the same directory, so that the rename stays on one file system.
fn beside(path: &Path, suffix: &str) -> io::Result<PathBuf> {
	let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
	let mut hidden = std::ffi::OsString::from(".");
	hidden.push(name);
	hidden.push(".");
	hidden.push(suffix);
	Ok(path.with_file_name(hidden))
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
	let mut options = OpenOptions::new();
	options.write(true).create_new(true);
	#[cfg(unix)]
	std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
	let mut file = options.open(path)?;
	file.write_all(bytes)?;
	file.sync_all()
}

/// Makes the rename itself survive a power cut.
fn sync_directory(path: &Path) -> io::Result<()> {
	if cfg!(unix) {
		let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
		File::open(directory.unwrap_or_else(|| Path::new(".")))?.sync_all()?;
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	fn passphrase(text: &str) -> Passphrase {
		Passphrase::new(text.into()).unwrap()
	}

	fn filled() -> Keystore {
		let mut keystore = Keystore::new();
		keystore.add_encryption_key(SecretKey::from_seed(&[1; 32])).unwrap();
		keystore.add_encryption_key(SecretKey::from_seed(&[2; 32])).unwrap();
		keystore.set_signing(SigningSecret::Uri(Zeroizing::new("//Alice".into())));
		keystore
	}

	#[test]
	fn secrets_survive_and_rotation_keeps_old_keys() {
		let directory = tempfile::tempdir().unwrap();
		let path = directory.path().join("alice.json");
		let pass = passphrase("correct horse");
		let mut keystore = filled();
		keystore.save(&path, &pass, KdfParams::MINIMUM).unwrap();
		keystore.add_encryption_key(SecretKey::from_seed(&[3; 32])).unwrap();
		keystore.save(&path, &pass, KdfParams::MINIMUM).unwrap();

		let read = Keystore::load(&path, &pass).unwrap();
		let seeds: Vec<_> = read.encryption_keys().map(|pair| pair.secret().expose()).collect();
		let expected: Vec<_> =
			[3, 2, 1].iter().map(|n| SecretKey::from_seed(&[*n; 32]).expose()).collect();
		assert_eq!(seeds, expected);
		let old = SecretKey::from_seed(&[1; 32]);
		assert!(read.secret_for(&old.public().unwrap()).is_some());
		assert!(matches!(read.signing(), Some(SigningSecret::Uri(uri)) if **uri == "//Alice"));

		// Nothing but the file is left behind, and only its owner reads it.
		let names: Vec<_> = std::fs::read_dir(directory.path()).unwrap().collect();
		assert_eq!(names.len(), 1);
		#[cfg(unix)]
		{
			use std::os::unix::fs::PermissionsExt;
			let mode = std::fs::metadata(&path).unwrap().permissions().mode();
			assert_eq!(mode & 0o777, 0o600);
		}
	}

	#[test]
	fn keys_that_come_back_are_older_than_those_that_are_here() {
		let key = |n: u8| SecretKey::from_seed(&[n; 32]);
		let mut lost = Keystore::new();
		for n in [1, 2, 3] {
			lost.add_encryption_key(key(n)).unwrap();
		}
		let mut own = Keystore::new();
		own.set_signing(SigningSecret::Seed(Zeroizing::new([9; 32])));
		for n in [2, 4] {
			own.add_encryption_key(key(n)).unwrap();
		}
		own.add_older_keys(&lost);
		let found: Vec<_> = own.encryption_keys().map(|pair| pair.secret().expose()).collect();
		let expected: Vec<_> = [4, 2, 3, 1].iter().map(|n| key(*n).expose()).collect();
		assert_eq!(found, expected, "newest first, and none twice");
		assert!(own.signing().is_some());
		assert!(own.encryption_only().signing().is_none());
		assert_eq!(own.encryption_only().encryption_keys().count(), 4);
		// As a file it is one like any other.
		assert!(Keystore::decode(&own.encode().unwrap()).is_ok());
	}

	#[test]
	fn a_wrong_passphrase_is_said_so() {
		let json = filled().to_json(&passphrase("right"), KdfParams::MINIMUM).unwrap();
		let error = Keystore::from_json(&json, &passphrase("wrong")).unwrap_err();
		assert_eq!(error.code(), "KEYSTORE_WRONG_PASSPHRASE");
	}

	#[test]
	fn a_changed_header_does_not_open() {
		let pass = passphrase("right");
		let json = filled().to_json(&pass, KdfParams::MINIMUM).unwrap();
		let value: serde_json::Value = serde_json::from_str(&json).unwrap();
		let change = |pointer: &str, to: serde_json::Value| {
			let mut changed = value.clone();
			*changed.pointer_mut(pointer).unwrap() = to;
			Keystore::from_json(&changed.to_string(), &pass).unwrap_err().code()
		};
		let flipped = |pointer: &str| {
			let text = value.pointer(pointer).unwrap().as_str().unwrap();
			let first = if text.starts_with('0') { "1" } else { "0" };
			serde_json::Value::from(format!("{first}{}", &text[1..]))
		};
		for pointer in ["/kdf/salt", "/cipher/nonce", "/ciphertext"] {
			assert_eq!(change(pointer, flipped(pointer)), "KEYSTORE_WRONG_PASSPHRASE");
			assert_eq!(change(pointer, "xy".into()), "KEYSTORE_CORRUPT");
		}
		assert_eq!(change("/kdf/iterations", 2.into()), "KEYSTORE_WRONG_PASSPHRASE");
		assert_eq!(change("/format", "other".into()), "KEYSTORE_UNSUPPORTED");
		assert_eq!(change("/version", 2.into()), "KEYSTORE_UNSUPPORTED");
		assert_eq!(change("/kdf/name", "scrypt".into()), "KEYSTORE_UNSUPPORTED");
		assert_eq!(change("/cipher/name", "none".into()), "KEYSTORE_UNSUPPORTED");
		assert_eq!(Keystore::from_json("{}", &pass).unwrap_err().code(), "KEYSTORE_CORRUPT");
	}

	#[test]
	fn a_hostile_file_cannot_exhaust_memory() {
		let pass = passphrase("right");
		let json = filled().to_json(&pass, KdfParams::MINIMUM).unwrap();
		let value: serde_json::Value = serde_json::from_str(&json).unwrap();
		for (field, hostile) in [
			("memory_kib", u32::MAX),
			("memory_kib", 8),
			("iterations", u32::MAX),
			("parallelism", 1 << 20),
		] {
			let mut changed = value.clone();
			changed["kdf"][field] = hostile.into();
			let error = Keystore::from_json(&changed.to_string(), &pass).unwrap_err();
			assert_eq!(error.code(), "KEYSTORE_COST_REFUSED", "{field}");
		}
		let directory = tempfile::tempdir().unwrap();
		let path = directory.path().join("large.json");
		std::fs::write(&path, vec![b' '; (1 << 20) + 1]).unwrap();
		assert_eq!(Keystore::load(&path, &pass).unwrap_err().code(), "KEYSTORE_CORRUPT");
	}

	#[test]
	fn a_failed_write_keeps_the_old_file() {
		let directory = tempfile::tempdir().unwrap();
		// The target is a directory, so that only the rename fails.
		let path = directory.path().join("alice.json");
		std::fs::create_dir(&path).unwrap();
		std::fs::write(path.join("kept"), b"").unwrap();
		let error = filled().save(&path, &passphrase("p"), KdfParams::MINIMUM).unwrap_err();
		assert_eq!(error.code(), "KEYSTORE_FILE");
		assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
		let missing = Keystore::load(&directory.path().join("none"), &passphrase("p"));
		assert_eq!(missing.unwrap_err().code(), "KEYSTORE_FILE");
	}

	#[test]
	fn malformed_secrets_are_refused() {
		let good = filled().encode().unwrap();
		assert!(Keystore::decode(&good).is_ok());
		let mut longer = good.to_vec();
		longer.push(0);
		for bad in [&good[1..], &good[..good.len() - 1], &longer, &[0x9f, 0xff], &[]] {
			assert_eq!(Keystore::decode(bad).unwrap_err().code(), "KEYSTORE_CORRUPT");
		}
	}

	#[test]
	fn debug_shows_no_secret() {
		let shown = format!("{:?}", filled());
		assert!(!shown.contains("Alice"));
		assert!(!shown.contains(&hex::encode(*SecretKey::from_seed(&[1; 32]).expose())));
		assert!(shown.contains("redacted"));
	}
}
