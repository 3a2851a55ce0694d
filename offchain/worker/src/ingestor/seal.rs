// SPDX-License-Identifier: Apache-2.0
//! From a file to sealed segments: one pass, constant memory, no plain text on disk.

use crate::{manifest::owner_context, Error, Result};
use salus_crypto::{Capsule, CapsuleContext, CapsulePurpose, EnvelopeWriter, SegmentKey};
use salus_ingest::{Diagnostic, Options, Report, Sink, SinkError, Source};
use salus_mdf::{Header, Item, SegmentWriter};
use salus_primitives::{Category, DateWindow, EncryptionKey, RecordId};
use serde::{Deserialize, Serialize};
use std::{
	collections::BTreeMap,
	fs::{self, File},
	io::{self, BufWriter, Write},
	path::{Path, PathBuf},
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// One sealed segment on its way to the store.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SealedSegment {
	/// Its number.
	pub index: u16,
	/// What it holds.
	pub category: Category,
	/// The dates that its data bear; open where they are unknown.
	pub dates: DateWindow,
	/// The ciphertext, in the job's directory.
	pub file: String,
	/// How many items it holds.
	pub items: u64,
	/// Bytes of plain text.
	pub length: u64,
	/// Its key, sealed to the owner.
	pub owner: Capsule,
	/// Its key, sealed to the custodian.
	pub custody: Capsule,
}

/// Everything that sealing needs; runs on a thread that may block.
pub(super) struct SealJob {
	pub(super) file: PathBuf,
	pub(super) name: String,
	pub(super) work: PathBuf,
	pub(super) diagnostics: PathBuf,
	pub(super) record: RecordId,
	pub(super) genesis: [u8; 32],
	pub(super) owner: EncryptionKey,
	pub(super) custodian: EncryptionKey,
	pub(super) cancellation: CancellationToken,
}

type Envelope = EnvelopeWriter<BufWriter<File>>;

struct Segment {
	writer: SegmentWriter<Envelope>,
	key: SegmentKey,
	file: String,
	dates: DateWindow,
}

struct SealingSink<'a> {
	job: &'a SealJob,
	segments: BTreeMap<Category, Segment>,
	diagnostics: BufWriter<File>,
	progress: &'a watch::Sender<u64>,
}

impl SealJob {
	pub(super) fn run(self, progress: &watch::Sender<u64>) -> Result<(Vec<SealedSegment>, Report)> {
		// What an earlier attempt left was sealed with keys that are gone.
		if self.work.exists() {
			fs::remove_dir_all(&self.work).map_err(|source| Error::file(&self.work, source))?;
		}
		for directory in
			[Some(self.work.as_path()), self.diagnostics.parent()].into_iter().flatten()
		{
			fs::create_dir_all(directory).map_err(|source| Error::file(directory, source))?;
		}
		let input = |source| Error::file(&self.file, source);
		let reader = File::open(&self.file).map_err(input)?;
		let mut sink = SealingSink {
			job: &self,
			segments: BTreeMap::new(),
			diagnostics: BufWriter::new(create(&self.diagnostics)?),
			progress,
		};
		let source = Source { name: self.name.clone(), reader };
		let report = salus_ingest::ingest(source, &Options::default(), &mut sink)?;
		sink.diagnostics.flush().map_err(|source| Error::file(&self.diagnostics, source))?;

		let mut sealed = Vec::new();
		for (category, segment) in sink.segments {
			let items = segment.writer.items();
			let envelope = segment.writer.finish()?;
			let length = self.finish(&segment.file, envelope)?;
			sealed.push(self.sealed(
				&sealed,
				category,
				segment.dates,
				segment.file,
				items,
				length,
				&segment.key,
			)?);
		}
		// The original has a key of its own, so that sharing what was understood never shares more.
		let key = SegmentKey::generate()?;
		let file = file_name(Category::Original);
		let mut envelope = self.envelope(&file, &key)?;
		let mut reader = File::open(&self.file).map_err(input)?;
		io::copy(&mut reader, &mut envelope).map_err(|source| Error::file(&self.work, source))?;
		let length = self.finish(&file, envelope)?;
		sealed.push(self.sealed(
			&sealed,
			Category::Original,
			DateWindow::ALL,
			file,
			1,
			length,
			&key,
		)?);
		Ok((sealed, report))
	}

	fn envelope(&self, file: &str, key: &SegmentKey) -> Result<Envelope> {
		Ok(EnvelopeWriter::new(BufWriter::new(create(&self.work.join(file))?), key)?)
	}

	/// Ends an envelope and makes it durable; how long its plain text is.
	fn finish(&self, file: &str, envelope: Envelope) -> Result<u64> {
		let path = self.work.join(file);
		let wrong = |source| Error::file(&path, source);
		let (writer, summary) = envelope.finish()?;
		let file = writer.into_inner().map_err(|error| wrong(error.into_error()))?;
		file.sync_all().map_err(wrong)?;
		Ok(summary.plaintext_len)
	}

	fn sealed(
		&self,
		before: &[SealedSegment],
		category: Category,
		dates: DateWindow,
		file: String,
		items: u64,
		length: u64,
		key: &SegmentKey,
	) -> Result<SealedSegment> {
		let index = u16::try_from(before.len()).map_err(|_| Error::TooManySegments)?;
		let custody = CapsuleContext {
			genesis: self.genesis,
			purpose: CapsulePurpose::Custody,
			record: self.record,
			segment: index,
		};
		Ok(SealedSegment {
			index,
			category,
			dates,
			file,
			items,
			length,
			owner: Capsule::seal_key(
				&self.owner,
				&owner_context(self.genesis, self.record, index),
				key,
			)?,
			custody: Capsule::seal_key(&self.custodian, &custody, key)?,
		})
	}
}

/// The smallest window that covers both; open where either is.
fn hull(a: DateWindow, b: DateWindow) -> DateWindow {
	DateWindow {
		from: a.from.zip(b.from).map(|(a, b)| a.min(b)),
		until: a.until.zip(b.until).map(|(a, b)| a.max(b)),
	}
}

fn file_name(category: Category) -> String {
	// The name of a file must not say what is in it: two categories would tell a diagnosis.
	let index = Category::ALL.iter().position(|one| *one == category).unwrap_or_default();
	format!("{index:02}.sealed")
}

fn create(path: &Path) -> Result<File> {
	File::create(path).map_err(|source| Error::file(path, source))
}

impl Sink for SealingSink<'_> {
	fn item(&mut self, item: Item) -> Result<(), SinkError> {
		if self.job.cancellation.is_cancelled() {
			return Err(SinkError::Cancelled);
		}
		let category = item.category;
		let segment = match self.segments.entry(category) {
			std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
			std::collections::btree_map::Entry::Vacant(entry) => {
				let key = SegmentKey::generate().map_err(failed)?;
				let file = file_name(category);
				let envelope = self.job.envelope(&file, &key).map_err(failed)?;
				let writer =
					SegmentWriter::new(envelope, &Header::new(category)).map_err(failed)?;
				entry.insert(Segment { writer, key, file, dates: item.days() })
			},
		};
		segment.dates = hull(segment.dates, item.days());
		segment.writer.write(&item).map_err(failed)
	}

	fn diagnostic(&mut self, diagnostic: Diagnostic) -> Result<(), SinkError> {
		serde_json::to_writer(&mut self.diagnostics, &diagnostic).map_err(failed)?;
		self.diagnostics.write_all(b"\n").map_err(failed)
	}

	fn progress(&mut self, bytes_read: u64) {
		self.progress.send_replace(bytes_read);
	}
}

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> SinkError {
	SinkError::Failed { source: error.into() }
}
