// SPDX-License-Identifier: Apache-2.0
//! The ingestor: takes a health file to an anchored record.
//!
//! Five stages: seal, store and index, each finished by a checkpoint, then deal and anchor. Plain
//! text exists in memory only; what a stage leaves on disk is ciphertext, and keys only sealed to the
//! owner and, in shares, to the custodians. Killed at any point, the job goes on from its last
//! checkpoint: a stage done twice stores the same blocks, deals the same shares and anchors the same
//! record. Only when the committee has changed meanwhile does it begin again, with other keys.

pub(crate) mod seal;

pub use seal::SealedSegment;
use seal::{Sealed, SealedDealing};

use crate::{
	catalogue::{Catalogue, CatalogueEntry},
	committee::Committee,
	custodian::{Deposit, Roster, SegmentFacts, UnsignedDeposit},
	jobs::{JobContext, JobKind, Progress, RetryPolicy},
	manifest::{manifest_commitment, Manifest, ManifestSegment},
	Error, Result,
};
use salus_chain::{Client, Signer, VersionFacts};
use salus_crypto::Capsule;
use salus_primitives::{Commitment, ContentId, EncryptionKey, RecordId, Salt};
use salus_store::Store;
use serde::{Deserialize, Serialize};
use std::{fmt, path::PathBuf, sync::Arc};

/// What is to be ingested.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IngestFile {
	/// The file.
	pub file: PathBuf,
	/// What diagnostics call it.
	pub name: String,
	/// SHA-256 of the file in hexadecimal. The same bytes are ingested once.
	pub digest: String,
	/// The salt of the record's identifier.
	pub record_salt: Salt,
}

/// What came of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ingested {
	/// The record.
	pub record: RecordId,
	/// Its segments.
	pub segments: Vec<IngestedSegment>,
	/// What was found in the file.
	pub report: serde_json::Value,
	/// Where the diagnostics are, one JSON document a line.
	pub diagnostics: PathBuf,
}

/// A segment of the new record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IngestedSegment {
	/// What it holds.
	pub category: salus_primitives::Category,
	/// How many items.
	pub items: u64,
	/// Where its ciphertext is.
	pub content: ContentId,
}

/// What the chain says of a dealing to a committee that is not the active one any more.
const EPOCH_MISMATCH: &str = "CUSTODY_EPOCH_MISMATCH";

/// Ingests files for one account.
pub struct Ingestor {
	/// The chain.
	pub chain: Client,
	/// Where ciphertext goes.
	pub store: Arc<dyn Store>,
	/// Who holds the keys.
	pub committee: Committee,
	/// Signs the anchor: the owner of the record.
	pub signer: Signer,
	/// The owner's encryption key.
	pub owner_key: EncryptionKey,
	/// The owner's records.
	pub catalogue: Catalogue,
	/// Where ciphertext waits to be stored.
	pub work: PathBuf,
	/// Where diagnostics are written.
	pub reports: PathBuf,
}

impl fmt::Debug for Ingestor {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Ingestor").field("account", &self.signer.account()).finish_non_exhaustive()
	}
}

/// How far a job is. Everything in it may be read by anybody: keys are sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct State {
	segments: Vec<SealedSegment>,
	dealing: SealedDealing,
	report: serde_json::Value,
	contents: Vec<ContentId>,
	manifest: Option<Indexed>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Indexed {
	content: ContentId,
	salt: Salt,
	capsule: Capsule,
}

impl JobKind for Ingestor {
	type Error = Error;
	type Output = Ingested;
	type Payload = IngestFile;

	const NAME: &'static str = "ingest";

	fn retry_policy(&self) -> RetryPolicy {
		RetryPolicy::default()
	}

	async fn run(&self, context: &JobContext, input: IngestFile) -> Result<Ingested> {
		let record = RecordId::derive(&self.signer.account(), &input.record_salt.0);
		let work = self.work.join(record.to_string());
		let checkpoint = context.checkpoint::<State>();

		let saved = checkpoint.load().await?.map(|saved| saved.data);
		let anchored = match &saved {
			Some(state) => self.is_anchored(state, record).await?,
			None => false,
		};
		let committee = self.committee.active().await?;
		let mut state = match saved {
			Some(state) if anchored => state,
			Some(state) if state.is_complete(&work) && state.dealing.epoch == committee.epoch => {
				state
			},
			_ => {
				let state = self.seal(context, &input, record, &work, &committee).await?;
				checkpoint.save("sealed", &state).await?;
				state
			},
		};
		while let Some(segment) = state.segments.get(state.contents.len()) {
			context.ensure_active()?;
			context
				.progress(Progress::new(
					"store",
					state.contents.len() as u64,
					Some(state.segments.len() as u64),
					"segments",
				))
				.await?;
			let path = work.join(&segment.file);
			let mut file =
				tokio::fs::File::open(&path).await.map_err(|source| Error::file(&path, source))?;
			let stored = self.store.put(&mut file).await?;
			state.contents.push(stored.id);
			checkpoint.save("stored", &state).await?;
		}

		let indexed = match &state.manifest {
			Some(indexed) => indexed.clone(),
			None => {
				let indexed = self.index(&state, record, &input.digest).await?;
				state.manifest = Some(indexed.clone());
				checkpoint.save("indexed", &state).await?;
				indexed
			},
		};

		let segments = u16::try_from(state.segments.len()).map_err(|_| Error::TooManySegments)?;
		if !anchored {
			context.progress(Progress::new("deal", 0, None, "keys")).await?;
			let deposits = self.deposits(&state, &input.record_salt, record);
			let dealing = self.committee.deal(&committee, &deposits).await?;

			context.progress(Progress::new("anchor", 0, None, "records")).await?;
			let categories: Vec<_> =
				state.segments.iter().map(|segment| segment.category).collect();
			let version = VersionFacts {
				manifest: manifest_commitment(&indexed.content, &indexed.salt),
				categories: Commitment::to_categories(&categories, &indexed.salt.for_categories()),
				segments,
			};
			let salt = input.record_salt.0;
			let anchored = self.chain.anchor_once(&self.signer, salt, version, Some(dealing)).await;
			anchored.map_err(|error| match error.code() {
				EPOCH_MISMATCH => Error::CommitteeChanged,
				_ => error.into(),
			})?;
		}

		self.catalogue.put(&CatalogueEntry {
			record,
			record_salt: input.record_salt,
			version: 1,
			manifest: indexed.content,
			manifest_salt: indexed.salt,
			capsule: indexed.capsule,
			segments,
		})?;
		// The record is whole; what is left here is ciphertext that nobody needs.
		let _ = tokio::fs::remove_dir_all(&work).await;
		Ok(Ingested {
			record,
			segments: state
				.segments
				.iter()
				.zip(&state.contents)
				.map(|(segment, content)| IngestedSegment {
					category: segment.category,
					items: segment.items,
					content: *content,
				})
				.collect(),
			report: state.report,
			diagnostics: self.diagnostics(record),
		})
	}
}

impl Ingestor {
	async fn seal(
		&self,
		context: &JobContext,
		input: &IngestFile,
		record: RecordId,
		work: &std::path::Path,
		committee: &Roster,
	) -> Result<State> {
		let job = seal::SealJob {
			file: input.file.clone(),
			name: input.name.clone(),
			work: work.to_owned(),
			diagnostics: self.diagnostics(record),
			record,
			genesis: self.chain.genesis(),
			owner: self.owner_key.clone(),
			committee: committee.clone(),
			cancellation: context.cancellation().clone(),
		};
		let (progress, mut updates) = tokio::sync::watch::channel(0_u64);
		let total = tokio::fs::metadata(&input.file)
			.await
			.map_err(|source| Error::file(&input.file, source))?
			.len();
		let mut sealing = tokio::task::spawn_blocking(move || job.run(&progress));
		let Sealed { segments, dealing, report } = loop {
			tokio::select! {
				done = &mut sealing => break done.map_err(|_| Error::Interrupted)??,
				changed = updates.changed() => {
					if changed.is_ok() {
						let read = *updates.borrow_and_update();
						context.progress(Progress::new("seal", read.min(total), Some(total), "bytes")).await?;
					}
				},
			}
		};
		if report.source_digest != input.digest {
			return Err(Error::InputChanged { file: input.name.clone() });
		}
		if report.total_items() == 0 {
			return Err(Error::NothingFound { file: input.name.clone() });
		}
		Ok(State {
			segments,
			dealing,
			report: serde_json::to_value(report)?,
			contents: Vec::new(),
			manifest: None,
		})
	}

	/// Whether the chain has the record as it was made: then there is nothing left to deal.
	async fn is_anchored(&self, state: &State, record: RecordId) -> Result<bool> {
		let Some(indexed) = &state.manifest else { return Ok(false) };
		let found = self.chain.state().await?.record_version(&record, 1).await?;
		let manifest = manifest_commitment(&indexed.content, &indexed.salt);
		Ok(found.is_some_and(|version| version.manifest == manifest))
	}

	/// What each custodian gets.
	fn deposits(&self, state: &State, record_salt: &Salt, record: RecordId) -> Vec<Deposit> {
		let genesis = self.chain.genesis();
		let facts = state.segments.iter().zip(&state.contents).map(|(segment, content)| {
			let facts = (segment.index, segment.category, segment.dates, *content);
			SegmentFacts::sign(&self.signer, genesis, record, 1, facts)
		});
		let segments: Vec<_> = facts.collect();
		let SealedDealing { epoch, digest, shares } = &state.dealing;
		let unsigned = shares.iter().map(|(seat, shares)| UnsignedDeposit {
			record_salt: *record_salt,
			version: 1,
			epoch: *epoch,
			digest: *digest,
			segments: segments.clone(),
			seat: *seat,
			shares: shares.clone(),
		});
		unsigned.map(|deposit| deposit.sign(&self.signer, genesis)).collect()
	}

	async fn index(&self, state: &State, record: RecordId, digest: &str) -> Result<Indexed> {
		let segments = state
			.segments
			.iter()
			.zip(&state.contents)
			.map(|(segment, content)| ManifestSegment {
				index: segment.index,
				category: segment.category,
				dates: segment.dates,
				items: segment.items,
				length: segment.length,
				content: *content,
				capsule: segment.owner.clone(),
			})
			.collect();
		let manifest = Manifest::new(record, 1, digest.to_owned(), segments);
		let sealed = manifest.seal(&self.owner_key, self.chain.genesis())?;
		let stored = self.store.put(&mut sealed.envelope.as_slice()).await?;
		Ok(Indexed { content: stored.id, salt: Salt(rand::random()), capsule: sealed.capsule })
	}

	fn diagnostics(&self, record: RecordId) -> PathBuf {
		self.reports.join(format!("{record}.jsonl"))
	}
}

impl State {
	/// Whether everything is there that is not stored yet.
	fn is_complete(&self, work: &std::path::Path) -> bool {
		self.segments
			.iter()
			.skip(self.contents.len())
			.all(|segment| work.join(&segment.file).is_file())
	}
}
