// SPDX-License-Identifier: Apache-2.0
//! Content identifiers as text and as the `cid` crate's type.

use crate::{Error, Result};
use cid::Cid;
use multihash_codetable::{Code, MultihashDigest};
use salus_primitives::ContentId;
use std::{fmt, str::FromStr};

/// A content identifier in its text form, base32: `bafk...` for one block, `bafy...` for a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentIdText(pub ContentId);

impl From<ContentId> for ContentIdText {
	fn from(id: ContentId) -> Self {
		Self(id)
	}
}

impl From<ContentIdText> for ContentId {
	fn from(text: ContentIdText) -> Self {
		text.0
	}
}

impl fmt::Display for ContentIdText {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let cid = content_id_to_cid(&self.0).map_err(|_| fmt::Error)?;
		f.pad(&cid.to_string())
	}
}

impl FromStr for ContentIdText {
	type Err = Error;

	/// Reads base32 only: one identifier has one text, so that texts can be compared and cached.
	fn from_str(text: &str) -> Result<Self> {
		let wrong = || Error::InvalidContentId { text: text.chars().take(128).collect() };
		// The longest text of this kind has 59 characters.
		if text.len() > 64 {
			return Err(wrong());
		}
		let id = Cid::try_from(text)
			.ok()
			.and_then(|cid| ContentId::from_bytes(&cid.to_bytes()))
			.map(Self)
			.ok_or_else(wrong)?;
		if id.to_string() != text {
			return Err(wrong());
		}
		Ok(id)
	}
}

impl serde::Serialize for ContentIdText {
	fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

impl<'de> serde::Deserialize<'de> for ContentIdText {
	fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
		String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
	}
}

/// The `cid` crate's form of an identifier.
///
/// # Errors
/// Never: the binary form is a CID.
pub fn content_id_to_cid(id: &ContentId) -> Result<Cid> {
	Cid::try_from(id.to_bytes().as_slice())
		.map_err(|_| Error::Internal { operation: "encoding a content identifier" })
}

/// The identifier in the `cid` crate's form.
///
/// # Errors
/// When the CID has another version, codec or hash function than Salus writes.
pub fn content_id_from_cid(cid: &Cid) -> Result<ContentId> {
	ContentId::from_bytes(&cid.to_bytes()).ok_or_else(|| Error::InvalidContentId {
		text: cid.to_string().chars().take(128).collect(),
	})
}

/// The identifier of a block, computed without the importer.
#[cfg(test)]
pub(crate) fn identify(codec: salus_primitives::MultiCodec, block: &[u8]) -> Result<ContentId> {
	let digest = Code::Sha2_256
		.digest(block)
		.digest()
		.try_into()
		.map_err(|_| Error::Internal { operation: "hashing a block" })?;
	Ok(ContentId { codec, digest })
}

/// The digest by which identifiers name these bytes.
pub(crate) fn digest(block: &[u8]) -> [u8; 32] {
	// The function gives as many bytes.
	Code::Sha2_256.digest(block).digest().try_into().unwrap_or_default()
}

/// Whether the identifier names these bytes.
pub(crate) fn names(id: &ContentId, block: &[u8]) -> bool {
	digest(block) == id.digest
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::MultiCodec;

	fn raw(bytes: &[u8]) -> String {
		ContentIdText(identify(MultiCodec::Raw, bytes).unwrap()).to_string()
	}

	#[test]
	fn known_identifiers() {
		// What `ipfs add --cid-version 1 --raw-leaves` prints.
		assert_eq!(raw(b""), "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");
		assert_eq!(
			raw(b"hello world"),
			"bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"
		);
		let tree = ContentIdText(ContentId { codec: MultiCodec::DagPb, digest: [7; 32] });
		assert!(tree.to_string().starts_with("bafybei"));
	}

	#[test]
	fn text_and_cid_round_trip() {
		for codec in [MultiCodec::Raw, MultiCodec::DagPb] {
			let id = ContentId { codec, digest: [0xa5; 32] };
			let text = ContentIdText(id).to_string();
			assert_eq!(text.len(), 59);
			assert_eq!(text.parse::<ContentIdText>().unwrap().0, id);
			assert_eq!(content_id_from_cid(&content_id_to_cid(&id).unwrap()).unwrap(), id);
			let json = serde_json::to_string(&ContentIdText(id)).unwrap();
			assert_eq!(serde_json::from_str::<ContentIdText>(&json).unwrap().0, id);
		}
	}

	#[test]
	fn other_texts_are_refused() {
		let good = raw(b"hello world");
		for bad in [
			"",
			"b",
			"QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n",
			&format!("/ipfs/{good}"),
			&good.to_uppercase(),
			&good[..58],
			&format!("{good}a"),
			// dag-cbor
			"bafyreigdmqpykrgxyaxtlafqpqhzrb7qy2rh75nldvfd4tucqmqqme5yje",
			&"b".repeat(10_000),
		] {
			let error = bad.parse::<ContentIdText>().unwrap_err();
			assert_eq!(error.code(), "STORE_INVALID_CONTENT_ID", "{bad}");
			assert!(error.to_string().len() < 300);
		}
	}
}
