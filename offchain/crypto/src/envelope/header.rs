// SPDX-License-Identifier: Apache-2.0
//! The public start of an envelope.

use super::CHUNK;
use crate::{Error, Result};
use minicbor::{Decoder, Encoder};
use std::io::{self, Read};

pub(crate) const MAGIC: &[u8; 8] = b"SALUSENV";
pub(crate) const VERSION: u8 = 1;
/// AES-256-GCM in STREAM mode with a 32-bit big-endian counter.
pub(crate) const SUITE: u64 = 1;
/// Version 1 writes 79 bytes; the bound keeps a hostile length from costing anything.
const MAX_HEADER: usize = 256;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
	pub(crate) salt: [u8; 32],
	pub(crate) commitment: [u8; 32],
}

impl Header {
	/// Everything before the first chunk, which every chunk authenticates.
	pub(crate) fn prefix(&self) -> Result<Vec<u8>> {
		let cbor = self.cbor().map_err(|_| Error::Internal { operation: "encoding a header" })?;
		let len = u16::try_from(cbor.len())
			.map_err(|_| Error::Internal { operation: "encoding a header" })?;
		let mut prefix = Vec::with_capacity(MAGIC.len() + 3 + cbor.len());
		prefix.extend_from_slice(MAGIC);
		prefix.push(VERSION);
		prefix.extend_from_slice(&len.to_be_bytes());
		prefix.extend_from_slice(&cbor);
		Ok(prefix)
	}

	fn cbor(&self) -> Result<Vec<u8>, minicbor::encode::Error<std::convert::Infallible>> {
		let mut encoder = Encoder::new(Vec::new());
		encoder.map(4)?;
		encoder.u8(0)?.u64(SUITE)?;
		encoder.u8(1)?.u64(CHUNK as u64)?;
		encoder.u8(2)?.bytes(&self.salt)?;
		encoder.u8(3)?.bytes(&self.commitment)?;
		Ok(encoder.into_writer())
	}

	/// Reads a header and returns it with its exact bytes.
	pub(crate) fn read(reader: &mut impl Read) -> Result<(Self, Vec<u8>)> {
		let mut start = [0u8; 11];
		exact(reader, &mut start)?;
		let [m0, m1, m2, m3, m4, m5, m6, m7, version, high, low] = start;
		if [m0, m1, m2, m3, m4, m5, m6, m7] != *MAGIC {
			return Err(Error::NotAnEnvelope);
		}
		if version != VERSION {
			return Err(Error::UnsupportedVersion { found: version });
		}
		let len = usize::from(u16::from_be_bytes([high, low]));
		if len > MAX_HEADER {
			return Err(Error::MalformedHeader { reason: "it is too long" });
		}
		let mut cbor = vec![0u8; len];
		exact(reader, &mut cbor)?;
		let header = Self::decode(&cbor)?;
		// One header has one encoding: whatever a lenient decoder let pass is refused here.
		let prefix = header.prefix()?;
		if prefix.get(start.len()..) != Some(cbor.as_slice()) {
			return Err(Error::MalformedHeader { reason: "its encoding is not deterministic" });
		}
		Ok((header, prefix))
	}

	fn decode(cbor: &[u8]) -> Result<Self> {
		let mut decoder = Decoder::new(cbor);
		if !matches!(decoder.map(), Ok(Some(4))) {
			return Err(Error::MalformedHeader { reason: "it is no map of four fields" });
		}
		let suite = number(&mut decoder, 0)?;
		if suite != SUITE {
			return Err(Error::UnsupportedSuite { found: suite });
		}
		if number(&mut decoder, 1)? != CHUNK as u64 {
			return Err(Error::MalformedHeader { reason: "its chunk size is not 1 MiB" });
		}
		let salt = bytes32(&mut decoder, 2)?;
		let commitment = bytes32(&mut decoder, 3)?;
		Ok(Self { salt, commitment })
	}
}

fn number(decoder: &mut Decoder<'_>, key: u64) -> Result<u64> {
	match (decoder.u64(), decoder.u64()) {
		(Ok(found), Ok(value)) if found == key => Ok(value),
		_ => Err(Error::MalformedHeader { reason: "its suite or chunk size is no number" }),
	}
}

fn bytes32(decoder: &mut Decoder<'_>, key: u64) -> Result<[u8; 32]> {
	let wrong = Error::MalformedHeader { reason: "its salt or commitment is not 32 bytes" };
	match (decoder.u64(), decoder.bytes()) {
		(Ok(found), Ok(bytes)) if found == key => bytes.try_into().map_err(|_| wrong),
		_ => Err(wrong),
	}
}

fn exact(reader: &mut impl Read, out: &mut [u8]) -> Result<()> {
	reader.read_exact(out).map_err(|error| match error.kind() {
		io::ErrorKind::UnexpectedEof => Error::Truncated { chunk: 0 },
		_ => error.into(),
	})
}
