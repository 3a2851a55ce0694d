// SPDX-License-Identifier: Apache-2.0
//! Where things are on the chain.

use salus_primitives::Moment;
use serde::{de, Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};
use subxt::utils::H256;

/// The number of a block; the genesis block is 0.
pub type BlockNumber = u64;

macro_rules! hash {
	($(#[$meta:meta])* $name:ident) => {
		$(#[$meta])*
		#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
		pub struct $name(pub [u8; 32]);

		impl From<H256> for $name {
			fn from(hash: H256) -> Self {
				Self(hash.0)
			}
		}

		impl From<$name> for H256 {
			fn from(hash: $name) -> Self {
				Self(hash.0)
			}
		}

		impl fmt::Display for $name {
			fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				f.pad(&format!("0x{}", hex::encode(self.0)))
			}
		}

		impl fmt::Debug for $name {
			fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				write!(f, concat!(stringify!($name), "({})"), self)
			}
		}

		impl FromStr for $name {
			type Err = InvalidHash;

			fn from_str(text: &str) -> Result<Self, Self::Err> {
				let mut bytes = [0; 32];
				hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut bytes)
					.map_err(|_| InvalidHash)?;
				Ok(Self(bytes))
			}
		}

		impl Serialize for $name {
			fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
				serializer.collect_str(self)
			}
		}

		impl<'de> Deserialize<'de> for $name {
			fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
				String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
			}
		}
	};
}

hash! {
	/// The hash of a block.
	BlockHash
}

hash! {
	/// The hash of a transaction.
	ExtrinsicHash
}

/// A text that is no hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a hash: expected 64 hexadecimal digits")]
pub struct InvalidHash;

/// A block by number and hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockId {
	/// Its number.
	pub number: BlockNumber,
	/// Its hash.
	pub hash: BlockHash,
}

impl fmt::Display for BlockId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{} ({})", self.number, self.hash)
	}
}

/// The newest block that will never be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FinalizedHead {
	/// Its number.
	pub number: BlockNumber,
	/// Its hash.
	pub hash: BlockHash,
	/// Consensus time in it.
	pub time: Moment,
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn hashes_round_trip_as_text() {
		let hash = BlockHash([0xab; 32]);
		assert_eq!(hash.to_string().parse(), Ok(hash));
		assert_eq!("ab".repeat(32).parse(), Ok(hash));
		assert_eq!("0xab".parse::<BlockHash>(), Err(InvalidHash));
		let text = serde_json::to_string(&hash).unwrap();
		assert_eq!(serde_json::from_str::<BlockHash>(&text).unwrap(), hash);
	}
}
