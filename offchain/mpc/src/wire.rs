// SPDX-License-Identifier: Apache-2.0
//! Strict reading and writing of messages. Numbers are big-endian, field elements as VDAF has them.

use crate::{
	field::{Field, SecretVec},
	job::ReportId,
	Error, Result,
};
use salus_primitives::custody::Seat;
use zeroize::Zeroizing;

/// The version of the format, the first byte of every message.
const VERSION: u8 = 1;

/// What a message is: the second byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Object {
	ReportShare = 1,
	VerifierMessage = 2,
	AggregateShare = 3,
}

impl Object {
	/// How errors call it.
	pub(crate) const fn name(self) -> &'static str {
		match self {
			Self::ReportShare => "report share",
			Self::VerifierMessage => "verifier message",
			Self::AggregateShare => "aggregate share",
		}
	}

	pub(crate) const fn malformed(self, reason: &'static str) -> Error {
		Error::Malformed { object: self.name(), reason }
	}

	pub(crate) const fn elsewhere(self) -> Error {
		Error::ContextMismatch { object: self.name() }
	}
}

/// Field elements as bytes that are wiped.
pub(crate) fn element_bytes<F: Field>(elements: &[F]) -> Zeroizing<Vec<u8>> {
	let mut bytes = Zeroizing::new(Vec::with_capacity(elements.len() * F::ENCODED_SIZE));
	put_elements(&mut bytes, elements);
	bytes
}

fn put_elements<F: Field>(bytes: &mut Vec<u8>, elements: &[F]) {
	for element in elements {
		element.encode(bytes).expect("an element of a field has an encoding");
	}
}

/// Writes a message into memory that is wiped. It never grows: a growing vector would leave copies
/// of secrets behind.
pub(crate) struct Writer(Zeroizing<Vec<u8>>);

impl Writer {
	/// A message of at most `len` bytes after its header.
	pub(crate) fn new(object: Object, len: usize) -> Self {
		let mut bytes = Zeroizing::new(Vec::with_capacity(len.saturating_add(2)));
		bytes.extend_from_slice(&[VERSION, object as u8]);
		Self(bytes)
	}

	pub(crate) fn put(&mut self, bytes: &[u8]) -> &mut Self {
		debug_assert!(self.0.capacity() - self.0.len() >= bytes.len(), "the message grows");
		self.0.extend_from_slice(bytes);
		self
	}

	pub(crate) fn elements<F: Field>(&mut self, elements: &[F]) -> &mut Self {
		let len = elements.len() * F::ENCODED_SIZE;
		debug_assert!(self.0.capacity() - self.0.len() >= len, "the message grows");
		put_elements(&mut self.0, elements);
		self
	}

	pub(crate) fn finish(self) -> Zeroizing<Vec<u8>> {
		self.0
	}
}

/// Reads a message to its end.
pub(crate) struct Reader<'a> {
	object: Object,
	rest: &'a [u8],
}

impl<'a> Reader<'a> {
	pub(crate) fn new(object: Object, bytes: &'a [u8]) -> Result<Self> {
		match bytes {
			[VERSION, tag, rest @ ..] if *tag == object as u8 => Ok(Self { object, rest }),
			[VERSION, _, ..] => Err(object.malformed("it is another kind of message")),
			[_, _, ..] => Err(object.malformed("its version is unknown")),
			_ => Err(object.malformed("it is too short")),
		}
	}

	/// Reads a part of a message that has no header of its own.
	pub(crate) const fn part(object: Object, rest: &'a [u8]) -> Self {
		Self { object, rest }
	}

	pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
		let (array, rest) = self.rest.split_first_chunk::<N>().ok_or_else(|| self.too_short())?;
		self.rest = rest;
		Ok(*array)
	}

	pub(crate) fn seat(&mut self) -> Result<Seat> {
		self.array().map(|[seat]| Seat(seat))
	}

	pub(crate) fn report(&mut self) -> Result<ReportId> {
		self.array().map(ReportId)
	}

	pub(crate) fn bytes(&mut self, len: usize) -> Result<&'a [u8]> {
		let (bytes, rest) = self.rest.split_at_checked(len).ok_or_else(|| self.too_short())?;
		self.rest = rest;
		Ok(bytes)
	}

	/// So many arrays of 32 bytes.
	pub(crate) fn arrays(&mut self, count: usize) -> Result<Vec<[u8; 32]>> {
		let len = count.checked_mul(32).ok_or_else(|| self.too_short())?;
		// The bytes are there before anything is allocated for them.
		let (arrays, _) = self.bytes(len)?.as_chunks::<32>();
		Ok(arrays.to_vec())
	}

	/// So many field elements, each in its one encoding.
	pub(crate) fn elements<F: Field>(&mut self, count: usize) -> Result<SecretVec<F>> {
		let len = count.checked_mul(F::ENCODED_SIZE).ok_or_else(|| self.too_short())?;
		let bytes = self.bytes(len)?;
		let mut elements = Vec::with_capacity(count);
		for chunk in bytes.chunks_exact(F::ENCODED_SIZE) {
			let element = F::try_from(chunk);
			elements.push(element.map_err(|_| self.malformed("an element is not canonical"))?);
		}
		Ok(elements.into())
	}

	/// What is left, for a reader that checks its length.
	pub(crate) const fn remaining(self) -> &'a [u8] {
		self.rest
	}

	pub(crate) fn finish(self) -> Result<()> {
		if self.rest.is_empty() {
			Ok(())
		} else {
			Err(self.malformed("bytes follow after its end"))
		}
	}

	pub(crate) const fn malformed(&self, reason: &'static str) -> Error {
		self.object.malformed(reason)
	}

	const fn too_short(&self) -> Error {
		self.object.malformed("it is too short")
	}
}
