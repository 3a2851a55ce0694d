// SPDX-License-Identifier: Apache-2.0
//! What peers say to each other, read from bytes that anybody may have sent.

use super::wire::{self, PresenceType, WantType};
use crate::MAX_BLOCK;
use bytes::Bytes;
use cid::{Cid, Version};
use prost::Message as _;
use salus_primitives::{ContentId, MultiCodec};

/// The most wants of one message that are read; a longer list is cut.
pub(super) const MAX_WANTS: usize = 4_096;

/// SHA2-256 in the table of multihash.
const SHA2_256: u64 = 0x12;
const RAW: u64 = 0x55;
const DAG_PB: u64 = 0x70;

/// Something that a peer wants, or does not want any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Want {
	/// As the peer wrote it: answers name it the same way.
	pub(super) cid: Cid,
	pub(super) kind: WantKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WantKind {
	/// The block; or to be told that it is not here, if so asked.
	Block { tell: bool },
	/// Whether it is here.
	Have { tell: bool },
	/// Nothing any more.
	Cancel,
}

/// What a peer sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Incoming {
	/// Whether it forgets what it wanted before.
	pub(super) is_full: bool,
	pub(super) wants: Vec<Want>,
	/// Blocks whose digests were verified.
	pub(super) blocks: Vec<(ContentId, Bytes)>,
	/// Who has what, by its own word.
	pub(super) presences: Vec<(ContentId, bool)>,
	/// What was not understood or not true.
	pub(super) ignored: usize,
}

/// Why a message was not read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message is no Bitswap message")]
pub(super) struct Malformed;

impl Incoming {
	/// Reads a message. What of it makes no sense is counted and left out; a block counts only with
	/// the bytes that its identifier names.
	pub(super) fn read(bytes: &[u8]) -> Result<Self, Malformed> {
		let message = wire::Message::decode(bytes).map_err(|_| Malformed)?;
		let mut incoming = Self::default();
		if let Some(wantlist) = message.wantlist {
			incoming.is_full = wantlist.full;
			incoming.ignored += wantlist.entries.len().saturating_sub(MAX_WANTS);
			for entry in wantlist.entries.into_iter().take(MAX_WANTS) {
				match want(&entry) {
					Some(want) => incoming.wants.push(want),
					None => incoming.ignored += 1,
				}
			}
		}
		for block in message.payload {
			match verified(&block) {
				Some(block) => incoming.blocks.push(block),
				None => incoming.ignored += 1,
			}
		}
		for presence in message.presences {
			match here(&presence) {
				Some(presence) => incoming.presences.push(presence),
				None => incoming.ignored += 1,
			}
		}
		incoming.ignored += message.blocks.len();
		Ok(incoming)
	}
}

fn want(entry: &wire::Entry) -> Option<Want> {
	let cid = cid(&entry.cid)?;
	if entry.cancel {
		return Some(Want { cid, kind: WantKind::Cancel });
	}
	let tell = entry.send_dont_have;
	let kind = match WantType::try_from(entry.want).ok()? {
		WantType::Block => WantKind::Block { tell },
		WantType::Have => WantKind::Have { tell },
	};
	Some(Want { cid, kind })
}

fn here(presence: &wire::Presence) -> Option<(ContentId, bool)> {
	let id = content_id(&cid(&presence.cid)?)?;
	let kind = PresenceType::try_from(presence.kind).ok()?;
	Some((id, kind == PresenceType::Have))
}

/// The block under the identifier that its prefix makes of it, if that is one of ours.
fn verified(block: &wire::Block) -> Option<(ContentId, Bytes)> {
	if block.data.len() > MAX_BLOCK {
		return None;
	}
	let mut rest = block.prefix.as_slice();
	let mut numbers = [0; 4];
	for number in &mut numbers {
		(*number, rest) = unsigned_varint::decode::u64(rest).ok()?;
	}
	let [version, codec, hash, len] = numbers;
	let codec = match codec {
		RAW if version == 1 => MultiCodec::Raw,
		DAG_PB if version < 2 => MultiCodec::DagPb,
		_ => return None,
	};
	if hash != SHA2_256 || len != 32 || !rest.is_empty() {
		return None;
	}
	let id = ContentId { codec, digest: crate::content_id::digest(&block.data) };
	Some((id, block.data.clone()))
}

/// A CID in its binary form, alone.
fn cid(bytes: &[u8]) -> Option<Cid> {
	// The longest digest of the table has 64 bytes.
	if bytes.len() > 128 {
		return None;
	}
	let mut rest = bytes;
	let cid = Cid::read_bytes(&mut rest).ok()?;
	rest.is_empty().then_some(cid)
}

/// The identifier of the same block with us; none for what we never have. Old identifiers of trees name
/// the same blocks as new ones.
pub(super) fn content_id(cid: &Cid) -> Option<ContentId> {
	let codec = match cid.codec() {
		RAW => MultiCodec::Raw,
		DAG_PB => MultiCodec::DagPb,
		_ => return None,
	};
	if cid.hash().code() != SHA2_256 {
		return None;
	}
	let digest = cid.hash().digest().try_into().ok()?;
	Some(ContentId { codec, digest })
}

/// An answer with a block.
pub(super) fn block(cid: &Cid, data: Bytes) -> wire::Message {
	let version = if cid.version() == Version::V0 { 0 } else { 1 };
	let mut prefix = Vec::new();
	for number in [version, cid.codec(), cid.hash().code(), u64::from(cid.hash().size())] {
		let mut buffer = unsigned_varint::encode::u64_buffer();
		prefix.extend_from_slice(unsigned_varint::encode::u64(number, &mut buffer));
	}
	message(|message| message.payload.push(wire::Block { prefix, data }))
}

/// An answer that says whether blocks are here.
pub(super) fn presences(all: impl IntoIterator<Item = (Cid, bool)>) -> wire::Message {
	let presence = |(cid, here): (Cid, bool)| {
		let kind = if here { PresenceType::Have } else { PresenceType::DontHave };
		wire::Presence { cid: cid.to_bytes(), kind: kind.into() }
	};
	message(|message| message.presences.extend(all.into_iter().map(presence)))
}

/// Asks for a block, or whether it is there; either way to be told when it is not.
pub(super) fn ask(id: &ContentId, kind: WantType) -> wire::Message {
	entry(wire::Entry {
		cid: id.to_bytes().to_vec(),
		priority: 1,
		cancel: false,
		want: kind.into(),
		send_dont_have: true,
	})
}

/// Takes a want back.
pub(super) fn cancel(id: &ContentId) -> wire::Message {
	entry(wire::Entry { cid: id.to_bytes().to_vec(), cancel: true, ..wire::Entry::default() })
}

fn entry(entry: wire::Entry) -> wire::Message {
	message(|message| {
		if let Some(wantlist) = &mut message.wantlist {
			wantlist.entries.push(entry);
		}
	})
}

fn message(fill: impl FnOnce(&mut wire::Message)) -> wire::Message {
	let mut message =
		wire::Message { wantlist: Some(wire::Wantlist::default()), ..wire::Message::default() };
	fill(&mut message);
	message
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::content_id::{content_id_to_cid, identify};
	use multihash_codetable::{Code, MultihashDigest};
	use proptest::prelude::*;

	const DATA: &[u8] = b"ciphertext";

	fn id() -> ContentId {
		identify(MultiCodec::Raw, DATA).unwrap()
	}

	fn cid_of(id: &ContentId) -> Cid {
		content_id_to_cid(id).unwrap()
	}

	fn read(message: &wire::Message) -> Incoming {
		Incoming::read(&message.to_bytes()).unwrap()
	}

	fn wants(entries: Vec<wire::Entry>) -> wire::Message {
		let wantlist = wire::Wantlist { entries, full: false };
		wire::Message { wantlist: Some(wantlist), ..wire::Message::default() }
	}

	#[test]
	fn questions_are_understood() {
		let cid = cid_of(&id());
		for (kind, expected) in [
			(WantType::Block, WantKind::Block { tell: true }),
			(WantType::Have, WantKind::Have { tell: true }),
		] {
			let read = read(&ask(&id(), kind));
			assert_eq!(read.wants, [Want { cid, kind: expected }]);
			assert!(!read.is_full && read.ignored == 0);
		}
		assert_eq!(read(&cancel(&id())).wants, [Want { cid, kind: WantKind::Cancel }]);
	}

	#[test]
	fn answers_are_understood_and_every_message_has_a_wantlist() {
		let message = block(&cid_of(&id()), Bytes::from_static(DATA));
		assert!(message.wantlist.is_some());
		assert_eq!(read(&message).blocks, [(id(), Bytes::from_static(DATA))]);
		let message = presences([(cid_of(&id()), true), (cid_of(&id()), false)]);
		assert!(message.wantlist.is_some());
		assert_eq!(read(&message).presences, [(id(), true), (id(), false)]);
	}

	#[test]
	fn old_identifiers_name_the_same_blocks() {
		let old = Cid::new_v0(Code::Sha2_256.digest(DATA)).unwrap();
		let tree = ContentId { codec: MultiCodec::DagPb, ..id() };
		assert_eq!(content_id(&old), Some(tree));
		let message = block(&old, Bytes::from_static(DATA));
		assert_eq!(message.payload[0].prefix, [0, 0x70, 0x12, 32]);
		assert_eq!(read(&message).blocks, [(tree, Bytes::from_static(DATA))]);
	}

	#[test]
	fn a_block_is_named_by_its_bytes_alone() {
		let mut message = block(&cid_of(&id()), Bytes::from_static(b"something else"));
		let [(found, _)] = read(&message).blocks[..] else { panic!("one block") };
		assert_ne!(found, id());
		for prefix in [
			&[][..],
			&[1],
			&[1, 0x55, 0x12],
			// A digest cut short, another function, another codec, another version, more bytes.
			&[1, 0x55, 0x12, 20],
			&[1, 0x55, 0x13, 64],
			&[1, 0x71, 0x12, 32],
			&[2, 0x55, 0x12, 32],
			&[0, 0x55, 0x12, 32],
			&[1, 0x55, 0x12, 32, 0],
			&[0xff; 12],
		] {
			message.payload[0].prefix = prefix.to_vec();
			let read = read(&message);
			assert_eq!((read.blocks.len(), read.ignored), (0, 1), "{prefix:?}");
		}
	}

	#[test]
	fn a_block_that_is_too_large_is_left_out() {
		for (len, expected) in [(MAX_BLOCK, 1), (MAX_BLOCK + 1, 0)] {
			let data = Bytes::from(vec![7; len]);
			let cid = cid_of(&identify(MultiCodec::Raw, &data).unwrap());
			assert_eq!(read(&block(&cid, data)).blocks.len(), expected);
		}
	}

	#[test]
	fn strange_wants_are_left_out_and_the_others_stand() {
		let good = wire::Entry { cid: id().to_bytes().to_vec(), ..wire::Entry::default() };
		let entry = |cid: Vec<u8>| wire::Entry { cid, ..wire::Entry::default() };
		let identity = Cid::new_v1(RAW, cid::multihash::Multihash::wrap(0, b"inline").unwrap());
		let strange = vec![
			entry(Vec::new()),
			entry(vec![0xff; 200]),
			entry([&id().to_bytes()[..], &[0]].concat()),
			wire::Entry { want: 7, ..good.clone() },
			good,
			// Well formed, and never here.
			entry(identity.to_bytes()),
		];
		let read = read(&wants(strange));
		assert_eq!((read.wants.len(), read.ignored), (2, 4));
		assert_eq!(content_id(&read.wants[1].cid), None);
	}

	#[test]
	fn a_list_of_ten_thousand_wants_is_cut() {
		let entry = |number: u32| {
			let id = identify(MultiCodec::Raw, &number.to_be_bytes()).unwrap();
			wire::Entry { cid: id.to_bytes().to_vec(), ..wire::Entry::default() }
		};
		let read = read(&wants((0..10_000).map(entry).collect()));
		assert_eq!((read.wants.len(), read.ignored), (MAX_WANTS, 10_000 - MAX_WANTS));
	}

	#[test]
	fn blocks_without_prefixes_are_not_taken() {
		let message =
			wire::Message { blocks: vec![Bytes::from_static(DATA)], ..wire::Message::default() };
		let read = read(&message);
		assert_eq!((read.blocks.len(), read.ignored), (0, 1));
	}

	proptest! {
		#[test]
		fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>) {
			let _ = Incoming::read(&bytes);
		}

		#[test]
		fn whatever_is_read_as_a_block_has_its_digest(prefix: Vec<u8>, data: Vec<u8>) {
			let message = message(|message| {
				message.payload.push(wire::Block { prefix, data: data.clone().into() });
			});
			for (id, found) in read(&message).blocks {
				prop_assert!(crate::content_id::names(&id, &data) && found == data);
			}
		}
	}
}
