// SPDX-License-Identifier: Apache-2.0
//! Bitswap's messages as they travel: Protocol Buffers, as the specification of Bitswap 1.2.0 has them.

use prost::Message as _;

/// The longest message that is taken, in bytes: as the specification says.
pub(super) const MAX_MESSAGE: usize = 4 << 20;

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Message {
	/// Always sent: peers exist that cannot read a message without one.
	#[prost(message, optional, tag = "1")]
	pub(super) wantlist: Option<Wantlist>,
	/// Blocks without their prefixes: what peers sent before version 1.1.0.
	#[prost(bytes = "bytes", repeated, tag = "2")]
	pub(super) blocks: Vec<bytes::Bytes>,
	#[prost(message, repeated, tag = "3")]
	pub(super) payload: Vec<Block>,
	#[prost(message, repeated, tag = "4")]
	pub(super) presences: Vec<Presence>,
	#[prost(int32, tag = "5")]
	pub(super) pending_bytes: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Wantlist {
	#[prost(message, repeated, tag = "1")]
	pub(super) entries: Vec<Entry>,
	/// Whether it replaces what was wanted before.
	#[prost(bool, tag = "2")]
	pub(super) full: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Entry {
	/// The CID in its binary form.
	#[prost(bytes = "vec", tag = "1")]
	pub(super) cid: Vec<u8>,
	#[prost(int32, tag = "2")]
	pub(super) priority: i32,
	#[prost(bool, tag = "3")]
	pub(super) cancel: bool,
	#[prost(enumeration = "WantType", tag = "4")]
	pub(super) want: i32,
	#[prost(bool, tag = "5")]
	pub(super) send_dont_have: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub(super) enum WantType {
	Block = 0,
	Have = 1,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Block {
	/// Version, codec, hash function and length of the digest: the CID without its digest.
	#[prost(bytes = "vec", tag = "1")]
	pub(super) prefix: Vec<u8>,
	#[prost(bytes = "bytes", tag = "2")]
	pub(super) data: bytes::Bytes,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Presence {
	/// The CID in its binary form.
	#[prost(bytes = "vec", tag = "1")]
	pub(super) cid: Vec<u8>,
	#[prost(enumeration = "PresenceType", tag = "2")]
	pub(super) kind: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub(super) enum PresenceType {
	Have = 0,
	DontHave = 1,
}

impl Message {
	/// The bytes, which always contain a list of wants.
	pub(super) fn to_bytes(&self) -> bytes::Bytes {
		self.encode_to_vec().into()
	}
}
