// SPDX-License-Identifier: Apache-2.0
//! The parameters of research terms.

use alloc::string::String;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{fmt, str::FromStr};
use salus_primitives::{Commitment, ParseBytes32Error};
use scale_info::TypeInfo;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A disease: the number of a MONDO term, `MONDO:nnnnnnn`.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(transparent)]
pub struct Mondo(pub u32);

impl fmt::Display for Mondo {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "MONDO:{:07}", self.0)
	}
}

/// 32 bytes that name a user, project, institution, collaborator or type of research: an account,
/// or the hash of an identifier of another system. Compared for equality only.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Reference(pub [u8; 32]);

impl fmt::Display for Reference {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("0x")?;
		self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
	}
}

impl fmt::Debug for Reference {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "Reference({self})")
	}
}

impl FromStr for Reference {
	type Err = ParseBytes32Error;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		// Every type of 32 opaque bytes has the same text form.
		text.parse::<Commitment>().map(|bytes| Self(bytes.0))
	}
}

impl Serialize for Reference {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

impl<'de> Deserialize<'de> for Reference {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
	}
}

/// A country (ISO 3166-1 alpha-2) or a part of one (ISO 3166-2): `FR`, `US-CA`.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Region {
	country: [u8; 2],
	/// Filled with zeros at the end; all zeros for the whole country.
	part: [u8; 3],
}

impl Region {
	/// The whole of a country, or a part of it.
	///
	/// # Errors
	/// When the country is not two upper-case letters, or the part not one to three upper-case
	/// letters and digits. Whether a country has that code is not checked.
	pub fn new(country: &str, part: Option<&str>) -> Result<Self, InvalidRegion> {
		let country: [u8; 2] = country.as_bytes().try_into().map_err(|_| InvalidRegion)?;
		let mut filled = [0u8; 3];
		if let Some(part) = part {
			if part.is_empty() || part.contains('\0') {
				return Err(InvalidRegion);
			}
			let target = filled.get_mut(..part.len()).ok_or(InvalidRegion)?;
			target.copy_from_slice(part.as_bytes());
		}
		let region = Self { country, part: filled };
		region.is_well_formed().then_some(region).ok_or(InvalidRegion)
	}

	fn is_well_formed(&self) -> bool {
		let mut rest = self.part.iter().skip_while(|byte| **byte != 0);
		self.country.iter().all(u8::is_ascii_uppercase)
			&& rest.all(|byte| *byte == 0)
			&& self
				.part
				.iter()
				.take_while(|byte| **byte != 0)
				.all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
	}

	/// Whether `other` is this region or a part of this country.
	pub fn covers(&self, other: &Self) -> bool {
		self.country == other.country && (self.part == [0; 3] || self.part == other.part)
	}
}

impl Decode for Region {
	fn decode<I: codec::Input>(input: &mut I) -> Result<Self, codec::Error> {
		let region = Self { country: Decode::decode(input)?, part: Decode::decode(input)? };
		region.is_well_formed().then_some(region).ok_or_else(|| "not a region's code".into())
	}
}

impl fmt::Display for Region {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		self.country.iter().try_for_each(|byte| write!(f, "{}", char::from(*byte)))?;
		for (at, byte) in self.part.iter().take_while(|byte| **byte != 0).enumerate() {
			if at == 0 {
				f.write_str("-")?;
			}
			write!(f, "{}", char::from(*byte))?;
		}
		Ok(())
	}
}

impl fmt::Debug for Region {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "Region({self})")
	}
}

impl FromStr for Region {
	type Err = InvalidRegion;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		match text.split_once('-') {
			Some((country, part)) => Self::new(country, Some(part)),
			None => Self::new(text, None),
		}
	}
}

impl Serialize for Region {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

impl<'de> Deserialize<'de> for Region {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
	}
}

/// A text that is not a region's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidRegion;

impl fmt::Display for InvalidRegion {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("not an ISO 3166-1 or ISO 3166-2 code, such as FR or US-CA")
	}
}

impl core::error::Error for InvalidRegion {}
