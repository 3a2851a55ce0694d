// SPDX-License-Identifier: Apache-2.0
//! The ingestor: takes a health file to an anchored record.
//!
//! Plain text exists in memory only. What the stages after sealing do is in [`crate::publishing`].

pub(crate) mod seal;

use seal::Sealed;

use crate::{
	custodian::Roster,
	jobs::{JobContext, JobKind, Progress, RetryPolicy},
	publishing::{Draft, Publisher, Seal, SealedVersion, FIRST_VERSION},
	Error, Result,
};
use salus_primitives::{ContentId, RecordId, Salt};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

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
	/// How many items its document holds; none are counted for ranges after the first.
	pub items: u64,
	/// Where its ciphertext is.
	pub content: ContentId,
}

/// Ingests files for one account.
#[derive(Debug)]
pub struct Ingestor {
	/// Anchors what was sealed: for the owner of the records.
	pub publisher: Publisher,
	/// Where diagnostics are written.
	pub reports: PathBuf,
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
		let record = RecordId::derive(&self.publisher.signer.account(), &input.record_salt.0);
		let draft = Draft {
			record_salt: input.record_salt,
			record,
			version: FIRST_VERSION,
			source: input.digest.clone(),
		};
		let sealing = SealFile { ingestor: self, input: &input, record };
		let published = self.publisher.publish(context, &draft, &sealing).await?;
		let segments = published.segments.iter().zip(&published.contents);
		Ok(Ingested {
			record,
			segments: segments
				.map(|(segment, content)| IngestedSegment {
					category: segment.category,
					items: segment.items,
					content: *content,
				})
				.collect(),
			report: published.report,
			diagnostics: self.diagnostics(record),
		})
	}
}

impl Ingestor {
	fn diagnostics(&self, record: RecordId) -> PathBuf {
		self.reports.join(format!("{record}.jsonl"))
	}
}

/// Seals what is in a file.
struct SealFile<'a> {
	ingestor: &'a Ingestor,
	input: &'a IngestFile,
	record: RecordId,
}

impl Seal for SealFile<'_> {
	async fn seal(
		&self,
		context: &JobContext,
		work: &Path,
		committee: &Roster,
	) -> Result<SealedVersion> {
		let Self { ingestor, input, record } = self;
		let job = seal::SealJob {
			matter: seal::Matter::File(input.file.clone()),
			name: input.name.clone(),
			work: work.to_owned(),
			diagnostics: ingestor.diagnostics(*record),
			record: *record,
			genesis: ingestor.publisher.chain.genesis(),
			owner: ingestor.publisher.owner_key.clone(),
			committee: committee.clone(),
			range: seal::RANGE,
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
		Ok(SealedVersion { segments, dealing, report: serde_json::to_value(report)? })
	}
}
