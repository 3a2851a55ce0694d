// SPDX-License-Identifier: Apache-2.0
//! From a file, or a data set made of one, to sealed segments: one pass, constant memory, no plain text
//! on disk.

use crate::{
	custodian::{is_sold, Roster},
	manifest::owner_context,
	publishing::{SealedDealing, SealedSegment, FIRST_VERSION},
	Error, Result,
};
use salus_crypto::{
	custody::{Dealer, DealingContext},
	Capsule, EnvelopeWriter, SegmentKey,
};
use salus_ingest::{Diagnostic, Options, Report, Sink, SinkError, Source};
use salus_mdf::{Header, Item, Profile, SegmentWriter};
use salus_primitives::{Category, DateWindow, EncryptionKey, RecordId};
use std::{
	cell::RefCell,
	collections::BTreeMap,
	fs::{self, File},
	io::{self, BufWriter, Cursor, Write},
	path::{Path, PathBuf},
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Bytes of plain text under one key. Who reads a longer document asks for the keys of its ranges one
/// after the other, and gets no further than her consent lasts.
pub(crate) const RANGE: u64 = 64 * 1024 * 1024;

/// What sealing makes of a file.
pub(crate) struct Sealed {
	pub(crate) segments: Vec<SealedSegment>,
	pub(crate) dealing: SealedDealing,
	pub(crate) report: Report,
}

/// What is sealed.
pub(crate) enum Matter {
	/// A file, its bytes as they are beside what was understood of them.
	File(PathBuf),
	/// De-identified FHIR resources, one a line: what may be sold of what was understood of them.
	DataSet(Vec<u8>),
}

/// Everything that sealing needs; runs on a thread that may block.
pub(crate) struct SealJob {
	pub(crate) matter: Matter,
	pub(crate) name: String,
	pub(crate) work: PathBuf,
	pub(crate) diagnostics: PathBuf,
	pub(crate) record: RecordId,
	pub(crate) genesis: [u8; 32],
	pub(crate) owner: EncryptionKey,
	pub(crate) committee: Roster,
	/// Bytes of plain text under one key.
	pub(crate) range: u64,
	pub(crate) cancellation: CancellationToken,
}

type Envelope = EnvelopeWriter<BufWriter<File>>;

/// One category of the record, as its items come in.
struct Segment<'a> {
	writer: SegmentWriter<DocumentWriter<'a>>,
	dates: DateWindow,
}

struct SealingSink<'a> {
	job: &'a SealJob,
	dealer: &'a RefCell<Dealer>,
	segments: BTreeMap<Category, Segment<'a>>,
	diagnostics: BufWriter<File>,
	progress: &'a watch::Sender<u64>,
}

/// A document on its way to disk, cut into ranges: each is an envelope under a key of its own.
struct DocumentWriter<'a> {
	job: &'a SealJob,
	dealer: &'a RefCell<Dealer>,
	ranges: Vec<SealedRange>,
	open: Option<OpenRange>,
}

struct OpenRange {
	index: u16,
	key: SegmentKey,
	envelope: Envelope,
	file: String,
	/// Bytes of plain text that it still takes.
	room: u64,
}

struct SealedRange {
	index: u16,
	file: String,
	length: u64,
	owner: Capsule,
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
		let dealer = RefCell::new(Dealer::new(self.context())?);
		let mut sink = SealingSink {
			job: &self,
			dealer: &dealer,
			segments: BTreeMap::new(),
			diagnostics: BufWriter::new(create(&self.diagnostics)?),
			progress,
		};
		let (name, options) = (self.name.clone(), Options::default());
		let report = match &self.matter {
			Matter::File(path) => {
				let reader = File::open(path).map_err(|source| Error::file(path, source))?;
				salus_ingest::ingest(Source { name, reader }, &options, &mut sink)?
			},
			Matter::DataSet(lines) => {
				let reader = Cursor::new(lines.as_slice());
				salus_ingest::ingest(Source { name, reader }, &options, &mut sink)?
			},
		};
		sink.diagnostics.flush().map_err(|source| Error::file(&self.diagnostics, source))?;

		let mut sealed = Vec::new();
		for (category, Segment { writer, dates }) in sink.segments {
			let items = writer.items();
			let ranges = writer.finish()?.finish()?;
			sealed.extend(describe(category, dates, items, ranges));
		}
		if let Matter::File(path) = &self.matter {
			// The original has keys of its own, so that sharing what was understood never shares more.
			let mut document = DocumentWriter::new(&self, &dealer);
			let mut reader = File::open(path).map_err(|source| Error::file(path, source))?;
			io::copy(&mut reader, &mut document).map_err(|error| document.wrong(error))?;
			sealed.extend(describe(Category::Original, DateWindow::ALL, 1, document.finish()?));
		}
		sealed.sort_by_key(|segment| segment.index);
		Ok(Sealed {
			segments: sealed,
			dealing: SealedDealing::new(dealer.into_inner(), &self.committee)?,
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
}

impl<'a> DocumentWriter<'a> {
	const fn new(job: &'a SealJob, dealer: &'a RefCell<Dealer>) -> Self {
		Self { job, dealer, ranges: Vec::new(), open: None }
	}

	/// The range that takes the next bytes.
	fn range(&mut self) -> Result<&mut OpenRange> {
		if self.open.as_ref().is_some_and(|range| range.room == 0) {
			self.close()?;
		}
		let open = match self.open.take() {
			Some(open) => open,
			None => {
				// Numbers are given as ranges begin, so that keys can be used at once.
				let (index, key) = self.dealer.borrow_mut().next_key()?;
				// The name of a file does not say what is in it: categories tell a diagnosis.
				let file = format!("{index:05}.sealed");
				let path = self.job.work.join(&file);
				let envelope = EnvelopeWriter::new(BufWriter::new(create(&path)?), &key)?;
				OpenRange { index, key, envelope, file, room: self.job.range }
			},
		};
		Ok(self.open.insert(open))
	}

	/// Ends the range and makes it durable.
	fn close(&mut self) -> Result<()> {
		let Some(OpenRange { index, key, envelope, file, .. }) = self.open.take() else {
			return Ok(());
		};
		let path = self.job.work.join(&file);
		let wrong = |source| Error::file(&path, source);
		let (writer, summary) = envelope.finish()?;
		let written = writer.into_inner().map_err(|error| wrong(error.into_error()))?;
		written.sync_all().map_err(wrong)?;
		let owner = self.job.seal_to_owner(index, &key)?;
		self.ranges.push(SealedRange { index, file, length: summary.plaintext_len, owner });
		Ok(())
	}

	/// Ends the document. An empty one has a range, too.
	fn finish(mut self) -> Result<Vec<SealedRange>> {
		if self.ranges.is_empty() {
			self.range()?;
		}
		self.close()?;
		Ok(self.ranges)
	}

	/// What went wrong while it was written.
	fn wrong(&self, error: io::Error) -> Error {
		error.downcast().unwrap_or_else(|source| Error::file(&self.job.work, source))
	}
}

impl Write for DocumentWriter<'_> {
	fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
		if bytes.is_empty() {
			return Ok(0);
		}
		let range = self.range().map_err(io::Error::other)?;
		let fitting = usize::try_from(range.room).unwrap_or(usize::MAX).min(bytes.len());
		let written = range.envelope.write(bytes.get(..fitting).unwrap_or(bytes))?;
		range.room = range.room.saturating_sub(written as u64);
		Ok(written)
	}

	fn flush(&mut self) -> io::Result<()> {
		self.open.as_mut().map_or(Ok(()), |range| range.envelope.flush())
	}
}

/// The ranges of a document as segments.
fn describe(
	category: Category,
	dates: DateWindow,
	items: u64,
	ranges: Vec<SealedRange>,
) -> impl Iterator<Item = SealedSegment> {
	(0..).zip(ranges).map(move |(range, SealedRange { index, file, length, owner })| {
		let items = if range == 0 { items } else { 0 };
		SealedSegment { index, category, dates, range, file, items, length, owner }
	})
}

/// The smallest window that covers both; open where either is.
fn hull(a: DateWindow, b: DateWindow) -> DateWindow {
	DateWindow {
		from: a.from.zip(b.from).map(|(a, b)| a.min(b)),
		until: a.until.zip(b.until).map(|(a, b)| a.max(b)),
	}
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
		let profile = match self.job.matter {
			Matter::File(_) => Profile::Identified,
			// What the codes tell of it after all: it is left out.
			Matter::DataSet(_) if !is_sold(category) => return Ok(()),
			Matter::DataSet(_) => Profile::DeIdentified,
		};
		let segment = match self.segments.entry(category) {
			std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
			std::collections::btree_map::Entry::Vacant(entry) => {
				let document = DocumentWriter::new(self.job, self.dealer);
				let header = Header { profile, ..Header::new(category) };
				let writer = SegmentWriter::new(document, &header).map_err(failed)?;
				entry.insert(Segment { writer, dates: item.days() })
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
