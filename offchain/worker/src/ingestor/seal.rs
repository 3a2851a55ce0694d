// SPDX-License-Identifier: Apache-2.0
//! From a file to sealed segments: one pass, constant memory, no plain text on disk.

use crate::{
	custodian::Roster,
	manifest::owner_context,
	publishing::{SealedDealing, SealedSegment, FIRST_VERSION},
	Error, Result,
};
use salus_crypto::{
	custody::{Dealer, DealingContext},
	Capsule, EnvelopeWriter, SegmentKey,
};
use salus_ingest::{Diagnostic, Options, Report, Sink, SinkError, Source};
use salus_mdf::{Header, Item, SegmentWriter};
use salus_primitives::{Category, DateWindow, EncryptionKey, RecordId};
use std::{
	collections::BTreeMap,
	fs::{self, File},
	io::{self, BufWriter, Write},
	path::{Path, PathBuf},
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// What sealing makes of a file.
pub(crate) struct Sealed {
	pub(crate) segments: Vec<SealedSegment>,
	pub(crate) dealing: SealedDealing,
	pub(crate) report: Report,
}

/// Everything that sealing needs; runs on a thread that may block.
pub(crate) struct SealJob {
	pub(crate) file: PathBuf,
	pub(crate) name: String,
	pub(crate) work: PathBuf,
	pub(crate) diagnostics: PathBuf,
	pub(crate) record: RecordId,
	pub(crate) genesis: [u8; 32],
	pub(crate) owner: EncryptionKey,
	pub(crate) committee: Roster,
	pub(crate) cancellation: CancellationToken,
}

type Envelope = EnvelopeWriter<BufWriter<File>>;

struct Segment {
	index: u16,
	writer: SegmentWriter<Envelope>,
	key: SegmentKey,
	file: String,
	dates: DateWindow,
}

struct SealingSink<'a> {
	job: &'a SealJob,
	dealer: Dealer,
	segments: BTreeMap<Category, Segment>,
	diagnostics: BufWriter<File>,
	progress: &'a watch::Sender<u64>,
}

impl SealJob {
	pub(crate) fn run(self, progress: &watch::Sender<u64>) -> Result<Sealed> {
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
			dealer: Dealer::new(self.context())?,
			segments: BTreeMap::new(),
			diagnostics: BufWriter::new(create(&self.diagnostics)?),
			progress,
		};
		let source = Source { name: self.name.clone(), reader };
		let report = salus_ingest::ingest(source, &Options::default(), &mut sink)?;
		sink.diagnostics.flush().map_err(|source| Error::file(&self.diagnostics, source))?;

		let SealingSink { mut dealer, segments, .. } = sink;
		let mut sealed = Vec::new();
		for (category, segment) in segments {
			let Segment { index, writer, key, file, dates } = segment;
			let items = writer.items();
			let length = self.finish(&file, writer.finish()?)?;
			let owner = self.seal_to_owner(index, &key)?;
			sealed.push(SealedSegment { index, category, dates, file, items, length, owner });
		}
		// The original has a key of its own, so that sharing what was understood never shares more.
		let (index, key) = dealer.next_key()?;
		let file = file_name(Category::Original);
		let mut envelope = self.envelope(&file, &key)?;
		let mut reader = File::open(&self.file).map_err(input)?;
		io::copy(&mut reader, &mut envelope).map_err(|source| Error::file(&self.work, source))?;
		let length = self.finish(&file, envelope)?;
		sealed.push(SealedSegment {
			index,
			category: Category::Original,
			dates: DateWindow::ALL,
			file,
			items: 1,
			length,
			owner: self.seal_to_owner(index, &key)?,
		});
		sealed.sort_by_key(|segment| segment.index);
		Ok(Sealed {
			segments: sealed,
			dealing: SealedDealing::new(dealer, &self.committee)?,
			report,
		})
	}

	/// What the keys are bound to. They are counted as they are taken.
	const fn context(&self) -> DealingContext {
		DealingContext {
			genesis: self.genesis,
			epoch: self.committee.epoch,
			scheme: self.committee.scheme,
			record: self.record,
			version: FIRST_VERSION,
			segments: 0,
		}
	}

	fn seal_to_owner(&self, index: u16, key: &SegmentKey) -> Result<Capsule> {
		let context = owner_context(self.genesis, self.record, index);
		Ok(Capsule::seal_key(&self.owner, &context, key)?)
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
				// Numbers are given as categories are met, so that keys can be used at once.
				let (index, key) = self.dealer.next_key().map_err(failed)?;
				let file = file_name(category);
				let envelope = self.job.envelope(&file, &key).map_err(failed)?;
				let writer =
					SegmentWriter::new(envelope, &Header::new(category)).map_err(failed)?;
				entry.insert(Segment { index, writer, key, file, dates: item.days() })
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
