// SPDX-License-Identifier: Apache-2.0
//! Keys of an envelope and the sealing of its chunks.

use super::header::Header;
use crate::{Error, Result, SegmentKey};
use aead_stream::{NewStream, StreamBE32, StreamPrimitive};
use aes_gcm::Aes256Gcm;
use hkdf::Hkdf;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

const STREAM_LABEL: &[u8] = b"salus/envelope/1/stream";
const COMMITMENT_LABEL: &[u8] = b"salus/envelope/1/commitment";

/// Seals and opens chunks at any position.
pub(super) struct ChunkCipher {
	stream: StreamBE32<Aes256Gcm>,
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
		let mut okm = Zeroizing::new([0u8; 39]);
		kdf.expand(STREAM_LABEL, okm.as_mut())
			.map_err(|_| Error::Internal { operation: "deriving a stream key" })?;
		let (key, nonce) = okm.split_at(32);
		let wrong = |_| Error::Internal { operation: "splitting a stream key" };
		let key: Zeroizing<[u8; 32]> = Zeroizing::new(key.try_into().map_err(wrong)?);
		let nonce: [u8; 7] = nonce.try_into().map_err(wrong)?;
		Ok(Self { stream: StreamBE32::new(&(*key).into(), &nonce.into()), prefix })
	}

	/// What precedes the first chunk.
	pub(super) fn prefix(&self) -> &[u8] {
		&self.prefix
	}

	/// Seals a chunk in place; its tag is appended.
	pub(super) fn seal(&self, position: u32, last: bool, chunk: &mut Vec<u8>) -> Result<()> {
		self.stream
			.encrypt_in_place(position, last, &self.prefix, chunk)
			.map_err(|_| Error::Internal { operation: "sealing a chunk" })
	}

	/// Opens a chunk in place and reports whether it is authentic; if not, it stays sealed.
	pub(super) fn authenticate(&self, position: u32, last: bool, chunk: &mut Vec<u8>) -> bool {
		self.stream.decrypt_in_place(position, last, &self.prefix, chunk).is_ok()
	}
}

fn commitment(kdf: &Hkdf<Sha256>) -> Result<[u8; 32]> {
	let mut commitment = [0u8; 32];
	kdf.expand(COMMITMENT_LABEL, &mut commitment)
		.map_err(|_| Error::Internal { operation: "deriving a key commitment" })?;
	Ok(commitment)
}
