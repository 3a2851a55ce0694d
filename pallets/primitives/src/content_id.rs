// SPDX-License-Identifier: Apache-2.0
//! Content identifiers of ciphertext.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// How the block behind a content identifier is read (multicodec).
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum MultiCodec {
	/// `raw`, 0x55: the bytes of a file that fits in one block.
	#[codec(index = 0)]
	Raw,
	/// `dag-pb`, 0x70: the root of a UnixFS file.
	#[codec(index = 1)]
	DagPb,
}

/// A CIDv1 with sha2-256, the one kind that Salus writes.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct ContentId {
	/// How the block is read.
	pub codec: MultiCodec,
	/// The sha2-256 digest of the block.
	pub digest: [u8; 32],
}

impl ContentId {
	/// The binary CIDv1: version, codec, hash function, digest length, digest.
	pub fn to_bytes(&self) -> [u8; 36] {
		let codec = match self.codec {
			MultiCodec::Raw => 0x55,
			MultiCodec::DagPb => 0x70,
		};
		let mut bytes = [0u8; 36];
		let (head, digest) = bytes.split_at_mut(4);
		head.copy_from_slice(&[0x01, codec, 0x12, 0x20]);
		digest.copy_from_slice(&self.digest);
		bytes
	}

	/// Reads a binary CIDv1; `None` for any other version, codec or hash function.
	pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
		let (head, digest) = bytes.split_first_chunk::<4>()?;
		let codec = match head {
			[0x01, 0x55, 0x12, 0x20] => MultiCodec::Raw,
			[0x01, 0x70, 0x12, 0x20] => MultiCodec::DagPb,
			_ => return None,
		};
		Some(Self { codec, digest: digest.try_into().ok()? })
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn binary_form_round_trips() {
		for codec in [MultiCodec::Raw, MultiCodec::DagPb] {
			let id = ContentId { codec, digest: [9; 32] };
			assert_eq!(ContentId::from_bytes(&id.to_bytes()), Some(id));
		}
	}

	#[test]
	fn other_kinds_are_refused() {
		let mut bytes = ContentId { codec: MultiCodec::Raw, digest: [9; 32] }.to_bytes();
		assert_eq!(ContentId::from_bytes(&bytes[..35]), None);
		bytes[1] = 0x71;
		assert_eq!(ContentId::from_bytes(&bytes), None);
	}
}
