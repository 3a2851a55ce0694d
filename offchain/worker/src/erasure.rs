// SPDX-License-Identifier: Apache-2.0
//! Erasing a record: on chain for good, out of the store, and out of the catalogue.

use crate::{catalogue::CatalogueEntry, manifest::MAX_MANIFEST, patient::Patient, Error, Result};
use salus_chain::RecordState;
use salus_primitives::{ContentId, RecordId};
use serde::Serialize;

/// What an owner did to erase a record. That custodians destroy their shares is up to them: the chain
/// says when all have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Erased {
	/// The record.
	pub record: RecordId,
	/// How many objects the store was asked to let go of.
	pub unpinned: usize,
}

impl Patient {
	/// Erases one of her records: starts it on chain, lets the store let go of the ciphertext, and
	/// forgets where it was, and with that what opened it. Called again, it goes on where it was
	/// interrupted.
	///
	/// What has been exported stays readable with her keys, and what somebody has read is read.
	///
	/// # Errors
	/// When the record is not hers, or the chain or the store does not answer.
	pub async fn erase(&self, record: &RecordId) -> Result<Erased> {
		let entry = match self.catalogue.get(record) {
			Ok(entry) => Some(entry),
			Err(Error::RecordUnknown { .. }) => None,
			Err(error) => return Err(error),
		};
		let known = self.chain.state().await?.record(record).await?;
		match known.filter(|known| known.owner == self.signer.account()) {
			Some(known) if known.state == RecordState::Erasing => {},
			Some(_) => drop(self.chain.erase(&self.signer, *record).await?),
			// It is gone from the chain already.
			None if entry.is_some() => {},
			None => return Err(Error::RecordUnknown { record: *record }),
		}
		let Some(entry) = entry else { return Ok(Erased { record: *record, unpinned: 0 }) };
		let mut unpinned = 0;
		// The manifest goes last: it says what the others are.
		for content in self.contents(&entry).await?.into_iter().chain([entry.manifest]) {
			match self.store.unpin(&content).await {
				Ok(_) => unpinned += 1,
				Err(salus_store::Error::NotFound { .. } | salus_store::Error::NotPinned { .. }) => {
				},
				Err(error) => return Err(error.into()),
			}
		}
		self.catalogue.remove(record)?;
		Ok(Erased { record: *record, unpinned })
	}

	/// The segments that a manifest names; none when the store has let go of it.
	async fn contents(&self, entry: &CatalogueEntry) -> Result<Vec<ContentId>> {
		let envelope = match self.store.get(&entry.manifest, None).await {
			Ok(content) => content.into_bytes(MAX_MANIFEST).await?,
			Err(salus_store::Error::NotFound { .. }) => return Ok(Vec::new()),
			Err(error) => return Err(error.into()),
		};
		let manifest = self.open_manifest(entry, envelope)?;
		Ok(manifest.segments.iter().map(|segment| segment.content).collect())
	}
}
