// SPDX-License-Identifier: Apache-2.0
//! Sealing a record anew: under fresh keys when somebody may have the old ones, or only what opens it
//! when the owner has another key of her own.

use crate::{
	catalogue::CatalogueEntry,
	custodian::Roster,
	jobs::{JobContext, JobKind, Progress},
	manifest::{open_owner_capsule, owner_context, Manifest, MANIFEST_SEGMENT},
	patient::Patient,
	publishing::{Draft, Publisher, Seal, SealedDealing, SealedSegment, SealedVersion},
	reading::open_segment,
	Error, Result,
};
use salus_crypto::{
	custody::{Dealer, DealingContext},
	Capsule, EnvelopeWriter, Keystore,
};
use salus_primitives::{ContentId, RecordId};
use serde::{Deserialize, Serialize};
use std::{fmt, fs::File, io::BufWriter, path::Path, sync::Arc};

/// What is to be sealed anew.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ResealRecord {
	/// The record.
	pub record: RecordId,
	/// The version whose keys somebody may have.
	pub version: u32,
}

/// What came of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Resealed {
	/// The record.
	pub record: RecordId,
	/// The version under fresh keys.
	pub version: u32,
	/// Where its ciphertext is.
	pub contents: Vec<ContentId>,
}

/// What a version under fresh keys replaces. Anybody may read it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Replaced {
	contents: Vec<ContentId>,
}

/// Seals records of one account under fresh keys: as a version of their own, dealt to the committee and
/// anchored. The store lets go of the ciphertext before.
pub struct Resealer {
	/// Anchors what was sealed.
	pub publisher: Publisher,
	/// The owner's secrets, which open what is there.
	pub keys: Keystore,
}

impl fmt::Debug for Resealer {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Resealer").field("publisher", &self.publisher).finish_non_exhaustive()
	}
}

impl JobKind for Resealer {
	type Error = Error;
	type Output = Resealed;
	type Payload = ResealRecord;

	const NAME: &'static str = "reseal";

	async fn run(&self, context: &JobContext, input: ResealRecord) -> Result<Resealed> {
		let ResealRecord { record, version: before } = input;
		let (entry, manifest) = self.patient().manifest(&record).await?;
		let version = before.saturating_add(1);
		let draft = Draft {
			record_salt: entry.record_salt,
			record,
			version,
			source: manifest.source.clone(),
		};
		// What was published before this was interrupted is not sealed again: its state says so.
		if entry.version != before && entry.version != version {
			return Err(Error::VersionReplaced { record, version: before });
		}
		let sealing = SealAgain { resealer: self, entry: &entry, manifest: &manifest };
		let published = self.publisher.publish(context, &draft, &sealing).await?;
		let replaced: Replaced = serde_json::from_value(published.report)?;
		for content in replaced.contents {
			match self.publisher.store.unpin(&content).await {
				Ok(_)
				| Err(salus_store::Error::NotFound { .. } | salus_store::Error::NotPinned { .. }) => {},
				Err(error) => return Err(error.into()),
			}
		}
		Ok(Resealed { record, version, contents: published.contents })
	}
}

impl Resealer {
	fn patient(&self) -> Patient {
		Patient {
			chain: self.publisher.chain.clone(),
			store: Arc::clone(&self.publisher.store),
			signer: self.publisher.signer.clone(),
			keys: self.keys.clone(),
			catalogue: self.publisher.catalogue.clone(),
		}
	}
}

/// Opens the segments of a version one after the other and seals each with a fresh key. Plain text exists
/// in memory only, a chunk at a time.
struct SealAgain<'a> {
	resealer: &'a Resealer,
	entry: &'a CatalogueEntry,
	manifest: &'a Manifest,
}

impl Seal for SealAgain<'_> {
	async fn seal(
		&self,
		context: &JobContext,
		work: &Path,
		committee: &Roster,
	) -> Result<SealedVersion> {
		let Publisher { chain, store, owner_key, .. } = &self.resealer.publisher;
		let (genesis, record) = (chain.genesis(), self.manifest.record);
		let wrong = |source| Error::file(work, source);
		// What an earlier attempt left was sealed with keys that are gone.
		if work.exists() {
			tokio::fs::remove_dir_all(work).await.map_err(wrong)?;
		}
		tokio::fs::create_dir_all(work).await.map_err(wrong)?;
		let mut dealer = Dealer::new(DealingContext {
			genesis,
			epoch: committee.epoch,
			scheme: committee.scheme,
			record,
			version: self.entry.version.saturating_add(1),
			segments: 0,
		})?;
		let mut segments = Vec::new();
		let all = self.manifest.segments.len() as u64;
		for (done, old) in (0..).zip(&self.manifest.segments) {
			context.ensure_active()?;
			context.progress(Progress::new("seal", done, Some(all), "segments")).await?;
			let (index, key) = dealer.next_key()?;
			if index != old.index {
				return Err(Error::ManifestMismatch { record });
			}
			let place = owner_context(genesis, record, index);
			let opening = open_owner_capsule(&old.capsule, &self.resealer.keys, &place)?;
			let file = format!("{index:05}.sealed");
			let path = work.join(&file);
			let created = File::create(&path).map_err(|source| Error::file(&path, source))?;
			let envelope = EnvelopeWriter::new(BufWriter::new(created), &key)?;
			let (envelope, length) =
				open_segment(&**store, &old.content, opening, envelope).await?;
			finish(envelope, &path).await?;
			segments.push(SealedSegment {
				index,
				category: old.category,
				dates: old.dates,
				range: old.range,
				file,
				items: old.items,
				length,
				owner: Capsule::seal_key(owner_key, &place, &key)?,
			});
		}
		let mut contents: Vec<_> = self.manifest.segments.iter().map(|old| old.content).collect();
		contents.push(self.entry.manifest);
		let report = serde_json::to_value(Replaced { contents })?;
		Ok(SealedVersion { segments, dealing: SealedDealing::new(dealer, committee)?, report })
	}
}

/// Ends an envelope and makes it durable.
async fn finish(envelope: EnvelopeWriter<BufWriter<File>>, path: &Path) -> Result<()> {
	let path = path.to_owned();
	let finishing = tokio::task::spawn_blocking(move || {
		let wrong = |source| Error::file(&path, source);
		let (writer, _) = envelope.finish()?;
		let file = writer.into_inner().map_err(|error| wrong(error.into_error()))?;
		file.sync_all().map_err(wrong)
	});
	finishing.await.map_err(|_| Error::Interrupted)?
}

impl Patient {
	/// Seals what opens a record to her newest key, when another one opens it now; whether there was
	/// anything to do. Nothing changes on chain or in the store, and the keys of the segments stay: they
	/// are sealed within the manifest, to the key that she had.
	///
	/// # Errors
	/// When the record is not in the catalogue, or none of her keys opens it.
	pub fn rewrap(&self, record: &RecordId) -> Result<bool> {
		let entry = self.catalogue.get(record)?;
		let place = owner_context(self.chain.genesis(), *record, MANIFEST_SEGMENT);
		let account = self.signer.account();
		let newest = self.keys.current_encryption_key().ok_or(Error::KeyMissing { account })?;
		if entry.capsule.open_key(newest.secret(), &place).is_ok() {
			return Ok(false);
		}
		let key = open_owner_capsule(&entry.capsule, &self.keys, &place)?;
		let capsule = Capsule::seal_key(newest.public(), &place, &key)?;
		self.catalogue.put(&CatalogueEntry { capsule, ..entry })?;
		Ok(true)
	}
}
