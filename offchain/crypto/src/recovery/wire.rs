// SPDX-License-Identifier: Apache-2.0
//! Strict reading and writing of what a recovery consists of: CBOR with one encoding.

use crate::{sealing::Sealed, Error, Result};
use minicbor::{encode, Decoder, Encoder};
use std::convert::Infallible;

/// The version of the format, the first field of every object.
const VERSION: u8 = 1;
/// No object is longer: 32 guardians of suite 2, and room.
const MAX_LEN: usize = 1 << 17;

/// What an object is: the second field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Object {
	Kit,
	Request,
	Share,
}

impl Object {
	pub(super) const fn tag(self) -> u8 {
		match self {
			Self::Kit => 1,
			Self::Request => 2,
			Self::Share => 3,
		}
	}

	/// How errors and texts call it.
	pub(super) const fn name(self) -> &'static str {
		match self {
			Self::Kit => "recovery kit",
			Self::Request => "recovery request",
			Self::Share => "recovery share",
		}
	}

	pub(super) const fn malformed(self, reason: &'static str) -> Error {
		Error::MalformedRecovery { object: self.name(), reason }
	}
}

/// How writing to memory fails: not at all.
pub(super) type Written = Result<(), encode::Error<Infallible>>;

/// An object with one encoding.
pub(super) trait Message: Sized {
	const OBJECT: Object;
	/// How many fields follow version and kind.
	const FIELDS: u64;

	fn write(&self, encoder: &mut Encoder<Vec<u8>>) -> Written;
	fn read(fields: &mut Fields<'_>) -> Result<Self>;

	fn encode(&self) -> Vec<u8> {
		let mut encoder = Encoder::new(Vec::new());
		let written = encoder
			.array(2 + Self::FIELDS)
			.and_then(|encoder| encoder.u8(VERSION))
			.and_then(|encoder| encoder.u8(Self::OBJECT.tag()))
			.map(drop)
			.and_then(|()| self.write(&mut encoder));
		match written {
			Ok(()) => encoder.into_writer(),
			// A vector takes everything.
			Err(_) => Vec::new(),
		}
	}

	fn decode(bytes: &[u8]) -> Result<Self> {
		let malformed = |reason| Self::OBJECT.malformed(reason);
		if bytes.len() > MAX_LEN {
			return Err(malformed("it is too long"));
		}
		let mut fields = Fields { object: Self::OBJECT, decoder: Decoder::new(bytes) };
		let count = fields.list()?;
		if fields.u8()? != VERSION {
			return Err(malformed("its version is unknown"));
		}
		if fields.u8()? != Self::OBJECT.tag() {
			return Err(malformed("it is another kind of object"));
		}
		if count != 2 + Self::FIELDS {
			return Err(malformed("it has another number of fields"));
		}
		let message = Self::read(&mut fields)?;
		// Whatever a lenient decoder let pass is refused here, and so is what follows the end.
		if message.encode() != bytes {
			return Err(malformed("its encoding is not deterministic"));
		}
		Ok(message)
	}
}

/// The fields of an object, one after the other.
pub(super) struct Fields<'a> {
	object: Object,
	decoder: Decoder<'a>,
}

impl<'a> Fields<'a> {
	pub(super) fn list(&mut self) -> Result<u64> {
		let len = self.decoder.array().ok().flatten();
		len.ok_or_else(|| self.malformed("a list is missing"))
	}

	pub(super) fn u8(&mut self) -> Result<u8> {
		self.decoder.u8().map_err(|_| self.malformed("a number is missing"))
	}

	pub(super) fn bytes(&mut self) -> Result<&'a [u8]> {
		self.decoder.bytes().map_err(|_| self.malformed("bytes are missing"))
	}

	pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
		self.bytes()?.try_into().map_err(|_| self.malformed("bytes have the wrong length"))
	}

	/// What HPKE made of `len` bytes.
	pub(super) fn sealed(&mut self, len: usize) -> Result<Sealed> {
		Sealed::from_bytes(self.bytes()?)?
			.filter(|sealed| sealed.ciphertext_len() == len + crate::sealing::TAG)
			.ok_or_else(|| self.malformed("a sealed share has the wrong length"))
	}

	pub(super) const fn malformed(&self, reason: &'static str) -> Error {
		self.object.malformed(reason)
	}
}

/// Bytes and text of an object.
macro_rules! forms {
	($name:ident) => {
		impl $name {
			/// The bytes.
			pub fn to_bytes(&self) -> Vec<u8> {
				crate::recovery::wire::Message::encode(self)
			}

			/// Reads the bytes.
			///
			/// # Errors
			/// When they do not follow the format.
			pub fn from_bytes(bytes: &[u8]) -> crate::Result<Self> {
				crate::recovery::wire::Message::decode(bytes)
			}
		}

		/// The text form: numbered blocks with checksums.
		impl std::fmt::Display for $name {
			fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
				let object = <Self as crate::recovery::wire::Message>::OBJECT;
				f.write_str(&crate::recovery::text::write(object, &self.to_bytes()))
			}
		}

		/// Reads the text form, alone or within other text, however it is spaced and whatever its
		/// case. A block with a mistake is named.
		impl std::str::FromStr for $name {
			type Err = crate::Error;

			fn from_str(text: &str) -> crate::Result<Self> {
				let object = <Self as crate::recovery::wire::Message>::OBJECT;
				Self::from_bytes(&crate::recovery::text::read(object, text)?)
			}
		}
	};
}

pub(super) use forms;
