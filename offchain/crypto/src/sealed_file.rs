// SPDX-License-Identifier: Apache-2.0
//! Files of any length sealed to one public key, for who has it to open without anybody: no chain, no
//! custodian. The bytes are specified in `docs/formats/sealed-file-v1.md`.

use crate::{
	random,
	sealing::{self, Sealed},
	EnvelopeReader, EnvelopeWriter, Error, Result, SecretKey, SegmentKey,
};
use rand::CryptoRng;
use salus_primitives::EncryptionKey;
use std::{
	fmt,
	io::{Read, Write},
};

const MAGIC: &[u8; 10] = b"SALUS-FILE";
const VERSION: u8 = 1;
const LABEL: &str = "salus/file/1";
/// Magic, version, kind, length of the sealed key.
const HEAD: usize = 14;
/// No chain has this genesis: what is sealed like this belongs to none.
const NO_CHAIN: [u8; 32] = [0; 32];

/// What a file is. Kinds keep one from standing in for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileKind {
	/// Which surrogate stands for what in a data set that was de-identified.
	SurrogateMap,
}

impl FileKind {
	const fn tag(self) -> u8 {
		match self {
			Self::SurrogateMap => 0,
		}
	}

	const fn from_tag(tag: u8) -> Option<Self> {
		match tag {
			0 => Some(Self::SurrogateMap),
			_ => None,
		}
	}
}

/// Begins a file for one recipient: what is written is sealed under a new key, and that to her. The
/// writer has to be finished.
///
/// # Errors
/// When her key is unusable, there is no randomness, or `out` cannot be written to.
pub fn seal_file<W: Write>(
	recipient: &EncryptionKey,
	kind: FileKind,
	mut out: W,
) -> Result<EnvelopeWriter<W>> {
	let key = SegmentKey::generate()?;
	out.write_all(&head(recipient, kind, &key, &mut random::generator()?)?)?;
	EnvelopeWriter::new(out, &key)
}

/// All that precedes the envelope.
fn head(
	recipient: &EncryptionKey,
	kind: FileKind,
	key: &SegmentKey,
	rng: &mut impl CryptoRng,
) -> Result<Vec<u8>> {
	let info = sealing::info(LABEL, recipient.suite(), &NO_CHAIN, &[&[kind.tag()]]);
	let sealed = sealing::seal(recipient, &info, &[], key.expose(), rng)?.to_bytes();
	let len = u16::try_from(sealed.len())
		.map_err(|_| Error::Internal { operation: "sealing the key of a file" })?;
	Ok([MAGIC.as_slice(), &[VERSION, kind.tag()], &len.to_be_bytes(), &sealed].concat())
}

/// A sealed file whose beginning was read.
pub struct SealedFile<R: Read> {
	kind: FileKind,
	key: Sealed,
	content: R,
}

impl<R: Read> fmt::Debug for SealedFile<R> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("SealedFile").field("kind", &self.kind).finish_non_exhaustive()
	}
}

impl<R: Read> SealedFile<R> {
	/// Reads what precedes the content.
	///
	/// # Errors
	/// When it is no sealed file, or reading fails.
	pub fn read(mut content: R) -> Result<Self> {
		let malformed = |reason| Error::MalformedFile { reason };
		let mut head = [0; HEAD];
		content.read_exact(&mut head)?;
		let [magic @ .., version, kind, high, low] = head;
		if &magic != MAGIC {
			return Err(malformed("it does not begin as one"));
		}
		if version != VERSION {
			return Err(malformed("its version is not supported"));
		}
		let kind = FileKind::from_tag(kind).ok_or_else(|| malformed("its kind is not known"))?;
		let mut key = vec![0; usize::from(u16::from_be_bytes([high, low]))];
		content.read_exact(&mut key)?;
		let key = Sealed::from_bytes(&key)?.ok_or_else(|| malformed("its key is too short"))?;
		Ok(Self { kind, key, content })
	}

	/// What it is.
	pub const fn kind(&self) -> FileKind {
		self.kind
	}

	/// Opens it with whichever of these keys fits. The reader verifies each chunk before it gives it.
	///
	/// # Errors
	/// When none fits, or the content does not belong to the key.
	pub fn open<'a>(
		self,
		keys: impl IntoIterator<Item = &'a SecretKey>,
	) -> Result<EnvelopeReader<R>> {
		let info = sealing::info(LABEL, self.key.suite, &NO_CHAIN, &[&[self.kind.tag()]]);
		let mut keys = keys.into_iter();
		let opened = keys.find_map(|secret| sealing::open(secret, &info, &[], &self.key));
		let opened = opened.ok_or(Error::FileNotOpened)?;
		let key = opened.as_slice().try_into().map_err(|_| Error::FileNotOpened)?;
		EnvelopeReader::new(self.content, &SegmentKey::from_bytes(key))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::Suite;

	const CONTENT: &[u8] = b"[{\"class\":\"NAME\",\"value\":\"roe\",\"surrogate\":\"Ashgrove\"}]";

	fn sealed(secret: &SecretKey) -> Vec<u8> {
		let mut writer =
			seal_file(&secret.public().unwrap(), FileKind::SurrogateMap, Vec::new()).unwrap();
		writer.write_all(CONTENT).unwrap();
		writer.finish().unwrap().0
	}

	fn opened(bytes: &[u8], keys: &[&SecretKey]) -> Result<Vec<u8>> {
		let file = SealedFile::read(bytes)?;
		assert_eq!(file.kind(), FileKind::SurrogateMap);
		let mut content = Vec::new();
		file.open(keys.iter().copied())?.read_to_end(&mut content)?;
		Ok(content)
	}

	#[test]
	fn it_opens_for_its_recipient_alone() {
		for suite in [Suite::X25519, Suite::XWing] {
			let [hers, others] = [SecretKey::generate_for(suite), SecretKey::generate_for(suite)]
				.map(|key| key.unwrap());
			let bytes = sealed(&hers);
			assert!(!bytes.windows(3).any(|part| part == b"roe"));
			assert_eq!(opened(&bytes, &[&others, &hers]).unwrap(), CONTENT);
			assert!(matches!(opened(&bytes, &[&others]), Err(Error::FileNotOpened)));
			assert!(matches!(opened(&bytes, &[]), Err(Error::FileNotOpened)));
		}
	}

	#[test]
	fn no_changed_byte_and_no_cut_goes_unnoticed() {
		let hers = SecretKey::generate().unwrap();
		let bytes = sealed(&hers);
		for at in (0..200).chain((200..bytes.len()).step_by(61)).chain([bytes.len() - 1]) {
			let mut changed = bytes.clone();
			changed[at] ^= 1;
			assert!(opened(&changed, &[&hers]).is_err(), "{at}");
			assert!(opened(&bytes[..at], &[&hers]).is_err(), "{at}");
		}
	}

	#[test]
	fn what_is_none_is_told() {
		let hers = SecretKey::generate().unwrap();
		let bytes = sealed(&hers);
		for (at, reason) in [
			(0, "it does not begin as one"),
			(10, "its version is not supported"),
			(11, "its kind is not known"),
		] {
			let mut changed = bytes.clone();
			changed[at] = 0xff;
			let error = SealedFile::read(changed.as_slice()).unwrap_err();
			assert!(matches!(error, Error::MalformedFile { reason: found } if found == reason));
			assert_eq!(error.code(), "FILE_MALFORMED");
		}
	}
}
