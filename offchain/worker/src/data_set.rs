// SPDX-License-Identifier: Apache-2.0
//! From a record of a patient to a de-identified data set that a listing pseudonym of hers owns.
//!
//! The record is opened with her own keys and written again without what tells who she is; what cannot
//! be decided is left out. The result is sealed with new keys under the pseudonym's account: nothing on
//! chain leads from it to the record. Plain text exists in memory only.

use crate::{
	custodian::{is_sold, Roster},
	ingestor::seal::{self, Matter, Sealed},
	jobs::{JobContext, JobKind, Progress},
	manifest::Manifest,
	patient::Patient,
	publishing::{Draft, Publisher, Seal, SealedVersion, FIRST_VERSION},
	Error, Result,
};
use salus_deid::{Deidentifier, Format, Policy};
use salus_ingest::to_fhir;
use salus_mdf::SegmentReader;
use salus_primitives::{Category, RecordId, Salt};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{
	collections::BTreeSet,
	path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Bytes of plain text that become one data set at most.
const MAX_PLAIN: u64 = 256 * 1024 * 1024;

/// What is to become a data set.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PrepareDataSet {
	/// The patient's record.
	pub source: RecordId,
	/// Which of its categories; all that may be sold when it is empty.
	#[serde(default)]
	pub categories: BTreeSet<Category>,
	/// The salt of the data set's identifier.
	pub record_salt: Salt,
}

/// What came of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PreparedDataSet {
	/// The data set: a record of the pseudonym.
	pub record: RecordId,
	/// What it holds.
	pub categories: BTreeSet<Category>,
	/// How many items of each kind it holds, and what was removed by which rule: counts, no values.
	pub report: serde_json::Value,
}

/// Makes data sets of a patient's records.
#[derive(Debug)]
pub struct DataSetMaker {
	/// The patient, who opens her record.
	pub patient: Patient,
	/// Anchors the data set: for the listing pseudonym.
	pub publisher: Publisher,
	/// Where diagnostics are written.
	pub reports: PathBuf,
}

impl JobKind for DataSetMaker {
	type Error = Error;
	type Output = PreparedDataSet;
	type Payload = PrepareDataSet;

	const NAME: &'static str = "data-set";

	async fn run(&self, context: &JobContext, input: PrepareDataSet) -> Result<PreparedDataSet> {
		let record = RecordId::derive(&self.publisher.signer.account(), &input.record_salt.0);
		let draft = Draft {
			record_salt: input.record_salt,
			record,
			version: FIRST_VERSION,
			// A digest of the source would lead back to it.
			source: String::new(),
		};
		let sealing = SealDataSet { maker: self, input: &input, record };
		let published = self.publisher.publish(context, &draft, &sealing).await?;
		let categories = published.segments.iter().map(|segment| segment.category).collect();
		Ok(PreparedDataSet { record, categories, report: published.report })
	}
}

/// Seals what may be sold of a record.
struct SealDataSet<'a> {
	maker: &'a DataSetMaker,
	input: &'a PrepareDataSet,
	record: RecordId,
}

/// The documents of a record: what is in them, and whether it is a part of the data set. The others
/// are read for what they say of the person.
type Documents = Vec<(bool, Zeroizing<Vec<u8>>)>;

impl Seal for SealDataSet<'_> {
	async fn seal(
		&self,
		context: &JobContext,
		work: &Path,
		committee: &Roster,
	) -> Result<SealedVersion> {
		let Self { maker, input, record } = self;
		context.progress(Progress::new("open", 0, None, "segments")).await?;
		let (_, manifest) = maker.patient.manifest(&input.source).await?;
		let documents = self.documents(&manifest).await?;
		context.progress(Progress::new("de-identify", 0, None, "segments")).await?;
		let (source, publisher) = (input.source, &maker.publisher);
		let (work, diagnostics) = (work.to_owned(), maker.reports.join(format!("{record}.jsonl")));
		let (record, committee) = (*record, committee.clone());
		let (genesis, owner) = (publisher.chain.genesis(), publisher.owner_key.clone());
		let cancellation = context.cancellation().clone();
		let sealing = tokio::task::spawn_blocking(move || {
			let (lines, removed) = deidentify(&documents)?;
			if lines.is_empty() {
				return Err(Error::DataSetEmpty { record: source });
			}
			let job = seal::SealJob {
				matter: Matter::DataSet(lines),
				name: "data-set.ndjson".to_owned(),
				work,
				diagnostics,
				record,
				genesis,
				owner,
				committee,
				range: seal::RANGE,
				cancellation,
			};
			let Sealed { segments, dealing, report } =
				job.run(&tokio::sync::watch::Sender::new(0))?;
			if segments.is_empty() {
				return Err(Error::DataSetEmpty { record: source });
			}
			let report = json!({ "found": report, "removed": removed });
			Ok(SealedVersion { segments, dealing, report })
		});
		sealing.await.map_err(|_| Error::Interrupted)?
	}
}

impl SealDataSet<'_> {
	/// The documents of the record, but for the source file.
	async fn documents(&self, manifest: &Manifest) -> Result<Documents> {
		let record = self.input.source;
		let understood =
			|| manifest.segments.iter().filter(|one| one.category != Category::Original);
		let bytes = understood().map(|segment| segment.length).sum();
		if bytes > MAX_PLAIN {
			return Err(Error::DataSetTooLarge { record, bytes, max: MAX_PLAIN });
		}
		let wanted = &self.input.categories;
		let mut documents = Documents::new();
		for segment in understood() {
			let mut document = match documents.pop() {
				// The next range of the same document.
				Some((_, document)) if segment.range > 0 => document,
				Some(before) => {
					documents.push(before);
					Zeroizing::default()
				},
				None => Zeroizing::default(),
			};
			let read =
				self.maker.patient.read(manifest, segment.index, std::mem::take(&mut *document));
			let (document, _) = read.await?;
			let is_wanted = wanted.is_empty() || wanted.contains(&segment.category);
			documents.push((is_wanted && is_sold(segment.category), Zeroizing::new(document)));
		}
		Ok(documents)
	}
}

/// The resources of a data set, one a line, and what was removed from them: counts, no values.
fn deidentify(documents: &Documents) -> Result<(Vec<u8>, serde_json::Value)> {
	let wrong = |source| Error::Deidentify { source };
	let (mut all, mut chosen) = (Zeroizing::new(Vec::new()), Zeroizing::new(Vec::new()));
	for (is_chosen, document) in documents {
		let mut reader = SegmentReader::new(document.as_slice())?;
		while let Some(item) = reader.next_item()? {
			let Some(resource) = to_fhir(&item) else { continue };
			for lines in [Some(&mut all), is_chosen.then_some(&mut chosen)].into_iter().flatten() {
				lines.extend_from_slice(resource.json.as_bytes());
				lines.push(b'\n');
			}
		}
	}
	let mut job = Deidentifier::new(Policy::safe_harbor().map_err(wrong)?).map_err(wrong)?;
	job.learn(Format::FhirLines, all.as_slice()).map_err(wrong)?;
	let mut lines = Vec::new();
	job.transform(Format::FhirLines, chosen.as_slice(), &mut lines).map_err(wrong)?;
	// A known identifier anywhere in it: nothing leaves.
	job.verify(lines.as_slice()).map_err(wrong)?;
	let (manifest, _) = job.finish();
	Ok((lines, serde_json::to_value(manifest)?))
}
