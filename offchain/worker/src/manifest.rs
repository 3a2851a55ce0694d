// SPDX-License-Identifier: Apache-2.0
//! The encrypted index of a record version.

use salus_crypto::{
	open_bytes, seal_bytes, Capsule, CapsuleContext, CapsulePurpose, Keystore, SecretKey,
	SegmentKey,
};
use salus_primitives::{
	Category, Commitment, CommitmentDomain, ContentId, DateWindow, RecordId, Salt,
};
use serde::{Deserialize, Serialize};

use crate::Result;

/// The format that this release writes and reads.
const FORMAT: &str = "salus-manifest/1";

/// The number under which a manifest's own key is sealed; no segment has it.
pub const MANIFEST_SEGMENT: u16 = u16::MAX;

/// The most that a manifest may be long: some hundred bytes a segment.
pub(crate) const MAX_MANIFEST: usize = 64 * 1024 * 1024;

/// What a record version consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
	/// The format.
	pub format: String,
	/// The record.
	pub record: RecordId,
	/// The version; the first is 1.
	pub version: u32,
	/// SHA-256 of the file that it was made from, in hexadecimal.
	pub source: String,
	/// The segments, by index.
	pub segments: Vec<ManifestSegment>,
}

/// One segment of a record version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestSegment {
	/// Its number.
	pub index: u16,
	/// What it holds.
	pub category: Category,
	/// The dates that its data bear; open where they are unknown.
	pub dates: DateWindow,
	/// Which range of its document it is. A document begins with range 0; the others follow it, in the
	/// order of the segments.
	pub range: u16,
	/// How many items its document holds; the original file counts as one. None are counted for ranges
	/// after the first.
	pub items: u64,
	/// Bytes of plaintext.
	pub length: u64,
	/// Its ciphertext.
	pub content: ContentId,
	/// Its key, sealed to the owner.
	pub capsule: Capsule,
}

/// A manifest as it is stored, and what opens it.
#[derive(Clone, Debug)]
pub struct SealedManifest {
	/// The envelope.
	pub envelope: Vec<u8>,
	/// The envelope's key, sealed to the owner.
	pub capsule: Capsule,
}

impl Manifest {
	/// A manifest in the current format.
	pub fn new(
		record: RecordId,
		version: u32,
		source: String,
		segments: Vec<ManifestSegment>,
	) -> Self {
		Self { format: FORMAT.to_owned(), record, version, source, segments }
	}

	/// Seals the manifest to its owner.
	///
	/// # Errors
	/// When sealing fails.
	pub fn seal(
		&self,
		owner: &salus_primitives::EncryptionKey,
		genesis: [u8; 32],
	) -> Result<SealedManifest> {
		let key = SegmentKey::generate()?;
		let capsule =
			Capsule::seal_key(owner, &owner_context(genesis, self.record, MANIFEST_SEGMENT), &key)?;
		let envelope = seal_bytes(&key, &serde_json::to_vec(self)?)?;
		Ok(SealedManifest { envelope, capsule })
	}

	/// Opens a stored manifest with the owner's secret key.
	///
	/// # Errors
	/// When it is not the owner's, was changed, or is of another format.
	pub fn open(
		sealed: &SealedManifest,
		record: RecordId,
		secret: &SecretKey,
		genesis: [u8; 32],
	) -> Result<Self> {
		let key =
			sealed.capsule.open_key(secret, &owner_context(genesis, record, MANIFEST_SEGMENT))?;
		Self::open_with(&key, &sealed.envelope, record)
	}

	/// Opens a stored manifest with its own key.
	///
	/// # Errors
	/// When the key is another's, or it was changed or is of another format.
	pub fn open_with(key: &SegmentKey, envelope: &[u8], record: RecordId) -> Result<Self> {
		let manifest: Self = serde_json::from_slice(&open_bytes(key, envelope)?)?;
		if manifest.format != FORMAT || manifest.record != record {
			return Err(crate::Error::ManifestMismatch { record });
		}
		Ok(manifest)
	}
}

/// The context of a key that is sealed to the record's owner.
pub const fn owner_context(genesis: [u8; 32], record: RecordId, segment: u16) -> CapsuleContext {
	CapsuleContext { genesis, purpose: CapsulePurpose::Owner, record, segment }
}

/// The key in a capsule that was sealed to whichever key of an owner: what was sealed before a
/// rotation stays readable.
///
/// # Errors
/// When none of the keys opens it.
pub fn open_owner_capsule(
	capsule: &Capsule,
	keys: &Keystore,
	context: &CapsuleContext,
) -> Result<SegmentKey> {
	let mut last = salus_crypto::Error::CapsuleNotOpened;
	for pair in keys.encryption_keys() {
		match capsule.open_key(pair.secret(), context) {
			Ok(key) => return Ok(key),
			Err(error) => last = error,
		}
	}
	Err(last.into())
}

/// What the chain holds of a manifest.
pub fn manifest_commitment(content: &ContentId, salt: &Salt) -> Commitment {
	Commitment::new(CommitmentDomain::Manifest, salt, &content.to_bytes())
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_crypto::EncryptionKeyPair;
	use salus_primitives::MultiCodec;

	fn manifest(owner: &EncryptionKeyPair) -> Manifest {
		let record = RecordId([1; 32]);
		let capsule = Capsule::seal_key(
			owner.public(),
			&owner_context([9; 32], record, 0),
			&SegmentKey::generate().unwrap(),
		)
		.unwrap();
		let content = ContentId { codec: MultiCodec::Raw, digest: [2; 32] };
		let segment = ManifestSegment {
			index: 0,
			category: Category::Labs,
			dates: DateWindow::ALL,
			range: 0,
			items: 3,
			length: 9,
			content,
			capsule,
		};
		Manifest::new(record, 1, "00".repeat(32), vec![segment])
	}

	#[test]
	fn only_the_owner_opens_it() {
		let owner = EncryptionKeyPair::generate().unwrap();
		let manifest = manifest(&owner);
		let sealed = manifest.seal(owner.public(), [9; 32]).unwrap();
		let opened = Manifest::open(&sealed, manifest.record, owner.secret(), [9; 32]).unwrap();
		assert_eq!(opened, manifest);

		let stranger = EncryptionKeyPair::generate().unwrap();
		for (record, secret, genesis) in [
			(manifest.record, stranger.secret(), [9; 32]),
			(RecordId([3; 32]), owner.secret(), [9; 32]),
			(manifest.record, owner.secret(), [8; 32]),
		] {
			assert!(Manifest::open(&sealed, record, secret, genesis).is_err());
		}
	}

	#[test]
	fn nothing_of_it_is_readable() {
		let owner = EncryptionKeyPair::generate().unwrap();
		let sealed = manifest(&owner).seal(owner.public(), [9; 32]).unwrap();
		assert!(!sealed.envelope.windows(4).any(|window| window == b"labs"));
	}
}
