// SPDX-License-Identifier: Apache-2.0
//! Strict reading and writing of messages. Numbers are big-endian.

use super::scalar::SecretScalar;
use crate::{Error, Result};
use zeroize::Zeroizing;

/// The version of the format, the first byte of every message.
const VERSION: u8 = 1;

/// What a message is: the second byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Object {
	Commitments,
	Shares,
	Released,
	MaskCommitments,
	Mask,
	RepairShare,
	Subdealing,
	Complaint,
}

impl Object {
	const fn tag(self) -> u8 {
		match self {
			Self::Commitments => 1,
			Self::Shares => 2,
			Self::Released => 3,
			Self::MaskCommitments => 4,
			Self::Mask => 5,
			Self::RepairShare => 6,
			Self::Subdealing => 7,
			Self::Complaint => 8,
		}
	}

	/// How errors call it.
	pub(super) const fn name(self) -> &'static str {
		match self {
			Self::Commitments => "dealing commitments",
			Self::Shares => "shares",
			Self::Released => "released share",
			Self::MaskCommitments => "mask commitments",
			Self::Mask => "repair mask",
			Self::RepairShare => "repair share",
			Self::Subdealing => "subdealing",
			Self::Complaint => "complaint",
		}
	}

	pub(super) const fn malformed(self, reason: &'static str) -> Error {
		Error::MalformedCustody { object: self.name(), reason }
	}

	pub(super) const fn elsewhere(self) -> Error {
		Error::CustodyContextMismatch { object: self.name() }
	}
}

/// Writes a message into memory that is wiped. It never grows: a growing vector would leave copies
/// of secrets behind.
pub(super) struct Writer(Zeroizing<Vec<u8>>);

impl Writer {
	/// A message of at most `len` bytes after its header.
	pub(super) fn new(object: Object, len: usize) -> Self {
		let mut bytes = Zeroizing::new(Vec::with_capacity(len.saturating_add(2)));
		bytes.extend_from_slice(&[VERSION, object.tag()]);
		Self(bytes)
	}

	pub(super) fn put(&mut self, bytes: &[u8]) -> &mut Self {
		debug_assert!(self.0.capacity() - self.0.len() >= bytes.len(), "the message grows");
		self.0.extend_from_slice(bytes);
		self
	}

	pub(super) fn put_all<'a>(
		&mut self,
		parts: impl IntoIterator<Item = &'a [u8; 32]>,
	) -> &mut Self {
		for part in parts {
			self.put(part);
		}
		self
	}

	pub(super) fn finish(self) -> Zeroizing<Vec<u8>> {
		self.0
	}
}

/// Reads a message to its end.
pub(super) struct Reader<'a> {
	object: Object,
	rest: &'a [u8],
}

impl<'a> Reader<'a> {
	pub(super) fn new(object: Object, bytes: &'a [u8]) -> Result<Self> {
		match bytes {
			[VERSION, tag, rest @ ..] if *tag == object.tag() => Ok(Self { object, rest }),
			[VERSION, _, ..] => Err(object.malformed("it is another kind of message")),
			[_, _, ..] => Err(object.malformed("its version is unknown")),
			_ => Err(object.malformed("it is too short")),
		}
	}

	pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
		let (array, rest) = self.rest.split_first_chunk::<N>().ok_or_else(|| self.too_short())?;
		self.rest = rest;
		Ok(*array)
	}

	pub(super) fn u8(&mut self) -> Result<u8> {
		self.array::<1>().map(|[byte]| byte)
	}

	pub(super) fn u16(&mut self) -> Result<u16> {
		self.array().map(u16::from_be_bytes)
	}

	pub(super) fn u32(&mut self) -> Result<u32> {
		self.array().map(u32::from_be_bytes)
	}

	pub(super) fn bytes(&mut self, len: usize) -> Result<&'a [u8]> {
		let (bytes, rest) = self.rest.split_at_checked(len).ok_or_else(|| self.too_short())?;
		self.rest = rest;
		Ok(bytes)
	}

	/// So many arrays of 32 bytes.
	pub(super) fn arrays(&mut self, count: usize) -> Result<Vec<[u8; 32]>> {
		let len = count.checked_mul(32).ok_or_else(|| self.too_short())?;
		// The bytes are there before anything is allocated for them.
		let (arrays, _) = self.bytes(len)?.as_chunks::<32>();
		Ok(arrays.to_vec())
	}

	pub(super) fn scalar(&mut self) -> Result<SecretScalar> {
		let bytes = Zeroizing::new(self.array()?);
		SecretScalar::from_bytes(&bytes)
			.ok_or_else(|| self.object.malformed("a scalar is not canonical"))
	}

	/// So many scalars. Their memory is reserved at once: a vector that grows leaves copies behind.
	pub(super) fn scalars(&mut self, count: usize) -> Result<Vec<SecretScalar>> {
		let mut scalars = Vec::with_capacity(count);
		for _ in 0..count {
			scalars.push(self.scalar()?);
		}
		Ok(scalars)
	}

	/// Refuses unless exactly `count` items of `len` bytes follow, so that nothing is allocated for
	/// a count that the bytes do not bear out.
	pub(super) fn expect_items(&self, count: usize, len: usize) -> Result<()> {
		if count.checked_mul(len) == Some(self.rest.len()) {
			Ok(())
		} else {
			Err(self.object.malformed("it has the wrong length"))
		}
	}

	pub(super) fn finish(self) -> Result<()> {
		if self.rest.is_empty() {
			Ok(())
		} else {
			Err(self.object.malformed("bytes follow after its end"))
		}
	}

	pub(super) const fn malformed(&self, reason: &'static str) -> Error {
		self.object.malformed(reason)
	}

	const fn too_short(&self) -> Error {
		self.object.malformed("it is too short")
	}
}
