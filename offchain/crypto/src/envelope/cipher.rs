// SPDX-License-Identifier: Apache-2.0
//! Keys of an envelope and the sealing of its chunks.

use super::{header::Header, SEALED_CHUNK};
use crate::{Error, Result, SegmentKey};
use hkdf::Hkdf;
use ring::aead::{Aad, LessSafeKey, Nonce, UnboundKey, AES_256_GCM};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

const STREAM_LABEL: &[u8] = b"salus/envelope/1/stream";
const COMMITMENT_LABEL: &[u8] = b"salus/envelope/1/commitment";

/// Bytes of a nonce that all chunks have in common.
const SHARED_NONCE: usize = 7;

/// Seals and opens chunks at any position: STREAM of Hoang, Reyhanitabar, Rogaway and Vizár (CRYPTO
/// 2015) over AES-256-GCM. The library is the one of the channel, because it uses the vector
/// instructions that make the difference between a quarter and the whole of what a core can do.
pub(super) struct ChunkCipher {
	/// Stays in its place, so that it can be overwritten there.
	key: Box<LessSafeKey>,
	nonce: Zeroizing<[u8; SHARED_NONCE]>,
	prefix: Vec<u8>,
}

impl ChunkCipher {
	/// The cipher of a new envelope.
	pub(super) fn create(key: &SegmentKey, salt: [u8; 32]) -> Result<Self> {
		let kdf = Hkdf::<Sha256>::new(Some(&salt), key.expose());
		let header = Header { salt, commitment: commitment(&kdf)? };
		Self::new(&kdf, header.prefix()?)
	}

	/// The cipher of an existing envelope; refuses another key than the one it was sealed with.
	pub(super) fn open(key: &SegmentKey, header: &Header, prefix: Vec<u8>) -> Result<Self> {
		let kdf = Hkdf::<Sha256>::new(Some(&header.salt), key.expose());
		if !bool::from(commitment(&kdf)?.ct_eq(&header.commitment)) {
			return Err(Error::WrongKey);
		}
		Self::new(&kdf, prefix)
	}

	fn new(kdf: &Hkdf<Sha256>, prefix: Vec<u8>) -> Result<Self> {
		let mut okm = Zeroizing::new([0u8; 32 + SHARED_NONCE]);
		kdf.expand(STREAM_LABEL, okm.as_mut())
			.map_err(|_| Error::Internal { operation: "deriving a stream key" })?;
		let (key, nonce) = okm.split_at(32);
		let nonce = nonce
			.try_into()
			.map_err(|_| Error::Internal { operation: "splitting a stream key" })?;
		let key = UnboundKey::new(&AES_256_GCM, key)
			.map_err(|_| Error::Internal { operation: "setting up a stream key" })?;
		Ok(Self { key: Box::new(LessSafeKey::new(key)), nonce: Zeroizing::new(nonce), prefix })
	}

	/// What precedes the first chunk.
	pub(super) fn prefix(&self) -> &[u8] {
		&self.prefix
	}

	/// Seals a chunk in place; its tag is appended.
	pub(super) fn seal(&self, position: u32, last: bool, chunk: &mut Vec<u8>) -> Result<()> {
		self.key
			.seal_in_place_append_tag(self.nonce(position, last), Aad::from(&self.prefix), chunk)
			.map_err(|_| Error::Internal { operation: "sealing a chunk" })
	}

	/// Opens a chunk in place. What is not authentic is lost.
	///
	/// # Errors
	/// [`Error::Truncated`] where a final chunk is a whole one that others came after;
	/// [`Error::Tampered`] where it is none of this envelope at this position.
	pub(super) fn unseal(&self, position: u32, last: bool, chunk: &mut Vec<u8>) -> Result<()> {
		let may_be_cut = last && chunk.len() == SEALED_CHUNK;
		let sealed = may_be_cut.then(|| Zeroizing::new(chunk.clone()));
		if self.is_authentic(position, last, chunk) {
			return Ok(());
		}
		// A complete chunk that is authentic but not final says that the rest was cut off.
		let is_cut = sealed.is_some_and(|mut chunk| self.is_authentic(position, false, &mut chunk));
		Err(match is_cut.then(|| position.checked_add(1)).flatten() {
			Some(missing) => Error::Truncated { chunk: missing },
			None => Error::Tampered { chunk: position },
		})
	}

	fn is_authentic(&self, position: u32, last: bool, chunk: &mut Vec<u8>) -> bool {
		let (nonce, aad) = (self.nonce(position, last), Aad::from(&self.prefix));
		let Ok(plain) = self.key.open_in_place(nonce, aad, chunk) else { return false };
		let len = plain.len();
		chunk.truncate(len);
		true
	}

	/// Seven bytes of the envelope's own, the position in big-endian order, and whether it is the last.
	fn nonce(&self, position: u32, last: bool) -> Nonce {
		let mut nonce = [0; ring::aead::NONCE_LEN];
		let parts = self.nonce.iter().copied().chain(position.to_be_bytes()).chain([last.into()]);
		nonce.iter_mut().zip(parts).for_each(|(byte, part)| *byte = part);
		Nonce::assume_unique_for_key(nonce)
	}
}

/// The library wipes no keys: another takes its place.
impl Drop for ChunkCipher {
	fn drop(&mut self) {
		if let Ok(blank) = UnboundKey::new(&AES_256_GCM, &[0; 32]) {
			*self.key = LessSafeKey::new(blank);
			std::hint::black_box(&self.key);
		}
	}
}

fn commitment(kdf: &Hkdf<Sha256>) -> Result<[u8; 32]> {
	let mut commitment = [0u8; 32];
	kdf.expand(COMMITMENT_LABEL, &mut commitment)
		.map_err(|_| Error::Internal { operation: "deriving a key commitment" })?;
	Ok(commitment)
}
