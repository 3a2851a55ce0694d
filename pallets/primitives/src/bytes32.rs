// SPDX-License-Identifier: Apache-2.0
//! The shape that identifiers, commitments and salts share: 32 opaque bytes, hexadecimal as text.

use core::fmt;

/// Why a text is not 32 bytes in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseBytes32Error {
	/// The text has another length than 64 digits, a leading `0x` not counted.
	Length(usize),
	/// The character at this position is not a hexadecimal digit.
	Digit(usize),
}

impl fmt::Display for ParseBytes32Error {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Length(found) => write!(f, "expected 64 hexadecimal digits, found {found}"),
			Self::Digit(at) => write!(f, "character {at} is not a hexadecimal digit"),
		}
	}
}

impl core::error::Error for ParseBytes32Error {}

pub(crate) fn parse(text: &str) -> Result<[u8; 32], ParseBytes32Error> {
	let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
	if digits.len() != 64 {
		return Err(ParseBytes32Error::Length(digits.len()));
	}
	let mut bytes = [0u8; 32];
	for (at, (pair, byte)) in digits.chunks_exact(2).zip(bytes.iter_mut()).enumerate() {
		for (half, digit) in pair.iter().enumerate() {
			let position = at.saturating_mul(2).saturating_add(half);
			let value =
				char::from(*digit).to_digit(16).ok_or(ParseBytes32Error::Digit(position))?;
			*byte = (*byte << 4) | u8::try_from(value).unwrap_or_default();
		}
	}
	Ok(bytes)
}

/// Defines a type of 32 opaque bytes.
macro_rules! bytes32 {
	($(#[$meta:meta])* $name:ident) => {
		$(#[$meta])*
		#[derive(
			Clone,
			Copy,
			PartialEq,
			Eq,
			PartialOrd,
			Ord,
			Hash,
			codec::Encode,
			codec::Decode,
			codec::DecodeWithMemTracking,
			codec::MaxEncodedLen,
			scale_info::TypeInfo,
		)]
		pub struct $name(pub [u8; 32]);

		impl $name {
			/// The bytes.
			pub const fn as_bytes(&self) -> &[u8; 32] {
				&self.0
			}
		}

		impl AsRef<[u8]> for $name {
			fn as_ref(&self) -> &[u8] {
				&self.0
			}
		}

		impl From<[u8; 32]> for $name {
			fn from(bytes: [u8; 32]) -> Self {
				Self(bytes)
			}
		}

		impl core::fmt::Display for $name {
			fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
				f.write_str("0x")?;
				self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
			}
		}

		impl core::fmt::Debug for $name {
			fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
				write!(f, concat!(stringify!($name), "({})"), self)
			}
		}

		impl core::str::FromStr for $name {
			type Err = $crate::ParseBytes32Error;

			fn from_str(text: &str) -> Result<Self, Self::Err> {
				$crate::bytes32::parse(text).map(Self)
			}
		}

		impl serde::Serialize for $name {
			fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
				serializer.collect_str(self)
			}
		}

		impl<'de> serde::Deserialize<'de> for $name {
			fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
				let text = alloc::string::String::deserialize(d)?;
				text.parse().map_err(serde::de::Error::custom)
			}
		}
	};
}

pub(crate) use bytes32;

#[cfg(test)]
mod tests {
	use crate::{ParseBytes32Error, RecordId};

	#[test]
	fn text_round_trips() {
		let id = RecordId([0xab; 32]);
		assert_eq!(id.to_string().parse(), Ok(id));
		assert_eq!(id.to_string().trim_start_matches("0x").parse(), Ok(id));
		assert_eq!(
			serde_json::from_str::<RecordId>(&serde_json::to_string(&id).unwrap()).unwrap(),
			id
		);
	}

	#[test]
	fn wrong_text_is_refused_with_its_place() {
		assert_eq!("0xabcd".parse::<RecordId>(), Err(ParseBytes32Error::Length(4)));
		let mut text = "0".repeat(64);
		text.replace_range(7..8, "g");
		assert_eq!(text.parse::<RecordId>(), Err(ParseBytes32Error::Digit(7)));
		assert_eq!("é".repeat(32).parse::<RecordId>(), Err(ParseBytes32Error::Digit(0)));
	}
}
