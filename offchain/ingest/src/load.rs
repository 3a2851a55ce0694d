// SPDX-License-Identifier: Apache-2.0
//! The way of a file from bytes to items.

use crate::{
	apple, archive, ccda, csv,
	detect::{detect, Found},
	dicom, fhir, hl7v2,
	report::Part,
	source::{survey, Rewind, Survey, TextEncoding},
	xlsx, Code, Diagnostic, Error, Format, Place, Report, Severity, Sink, SinkError, Source,
};
use salus_mdf::{Item, Location};
use std::{
	collections::{BTreeMap, HashSet},
	io::{Read, Seek},
};

/// So many patients are counted; their hashes take about 40 MB.
const MAX_SUBJECTS: usize = 3_000_000;

/// How often a sink hears of progress, in bytes.
const PROGRESS_STEP: u64 = 1024 * 1024;

/// What to do with a file that ends in the middle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Truncation {
	/// The file yields nothing: ingestion fails after the complete pieces were shown.
	#[default]
	Fatal,
	/// The complete pieces count; the report says where the file ends.
	Partial,
}

/// Limits of ingestion.
#[derive(Clone, Debug)]
pub struct Options {
	/// The largest file, in bytes.
	pub max_bytes: u64,
	/// The largest piece, in bytes: a resource, a row or a message.
	pub max_piece: usize,
	/// How deeply a piece may be nested.
	pub max_depth: usize,
	/// What to do with a file that ends in the middle.
	pub truncation: Truncation,
}

impl Default for Options {
	fn default() -> Self {
		Self {
			max_bytes: 64 << 30,
			max_piece: 32 << 20,
			max_depth: 64,
			truncation: Truncation::Fatal,
		}
	}
}

/// Reads a file of any known format and gives its items and diagnostics to the sink.
///
/// Memory does not grow with the file. The same bytes give the same items with the same ids, in an
/// archive too.
///
/// # Errors
/// An error means that the file yields nothing, and that what the sink took must be dropped.
pub fn ingest<R: Read + Seek>(
	source: Source<R>,
	options: &Options,
	sink: &mut dyn Sink,
) -> Result<Report, Error> {
	let Source { name, mut reader } = source;
	let survey = survey(&mut reader, options.max_bytes, |bytes| {
		if bytes % PROGRESS_STEP == 0 {
			sink.progress(bytes);
		}
	})?;
	let found = detect(&survey)?;
	let report = if matches!(found, Found::Zip) {
		let archive = archive::open(&mut reader)?;
		let is_workbook = archive.index_for_name(xlsx::WORKBOOK).is_some();
		if is_workbook {
			drop(archive);
			let mut context = Context::new(&name, &survey, options, sink);
			read(&mut reader, found, &survey, &mut context)?;
			context.finish()
		} else {
			archive::load(&name, archive, &survey, options, sink)?
		}
	} else {
		let mut context = Context::new(&name, &survey, options, sink);
		read(&mut reader, found, &survey, &mut context)?;
		context.sink.progress(survey.bytes);
		context.finish()
	};
	tracing::debug!(
		format = ?report.format,
		bytes = report.bytes,
		pieces = report.pieces,
		rejected = report.rejected,
		items = report.total_items(),
		"file ingested"
	);
	Ok(report)
}

/// Maps a file that is no archive of files.
fn read<R: Rewind>(
	file: &mut R,
	found: Found,
	survey: &Survey,
	context: &mut Context<'_>,
) -> Result<(), Error> {
	// Each HL7 v2 message names its own character set.
	context.describe_encoding(survey, !matches!(found, Found::Hl7v2))?;
	match found {
		Found::Zip => match xlsx::bytes(survey.raw(file)?, survey)? {
			Some(bytes) => xlsx::load(&bytes, survey, context),
			None => Err(Error::Forbidden { what: "an archive in an archive", offset: 0 }),
		},
		Found::Dicom => dicom::load(file, survey, context),
		Found::FhirXml => fhir::load_xml(file, survey, context),
		Found::AppleHealth => apple::load(file, survey, context),
		Found::Ccda => ccda::load(file, survey, context),
		Found::Json => fhir::load(file, survey, context),
		Found::Csv => csv::load(file, survey, context),
		Found::Hl7v2 => hl7v2::load(file, survey, context),
	}
}

/// What one file of several came to.
pub(crate) struct Outcome {
	pub(crate) report: Report,
	subjects: HashSet<u64>,
}

/// Reads one file of several, whose items say which.
pub(crate) fn part<R: Rewind>(
	name: &str,
	path: &str,
	file: &mut R,
	options: &Options,
	sink: &mut dyn Sink,
) -> Result<Outcome, Error> {
	let survey = survey(file, options.max_bytes, |_| {})?;
	let found = detect(&survey)?;
	let mut context = Context::new(name, &survey, options, sink);
	context.part = Some(path.to_owned());
	read(file, found, &survey, &mut context)?;
	Ok(context.outcome())
}

/// What loaders share: the sink, and the counts of the report.
pub(crate) struct Context<'a> {
	pub(crate) name: &'a str,
	pub(crate) options: &'a Options,
	pub(crate) report: Report,
	/// The file inside an archive, or the sheet of a workbook.
	pub(crate) part: Option<String>,
	sink: &'a mut dyn Sink,
	subjects: HashSet<u64>,
	next_progress: u64,
}

impl<'a> Context<'a> {
	pub(crate) fn new(
		name: &'a str,
		survey: &Survey,
		options: &'a Options,
		sink: &'a mut dyn Sink,
	) -> Self {
		let report = Report {
			format: Format::FhirJson,
			source_digest: survey.digest.clone(),
			bytes: survey.bytes,
			pieces: 0,
			rejected: 0,
			items: BTreeMap::new(),
			kept_raw: 0,
			severities: BTreeMap::new(),
			codes: BTreeMap::new(),
			subjects: 0,
			columns: Vec::new(),
			truncated_at: None,
			parts: Vec::new(),
		};
		Self { name, options, report, part: None, sink, subjects: HashSet::new(), next_progress: 0 }
	}

	fn describe_encoding(&mut self, survey: &Survey, one: bool) -> Result<(), Error> {
		// The first line is where a person looks.
		let place = || Place::Line(1);
		if survey.mark > 0 {
			self.diagnose(place(), Code::ByteOrderMark)?;
		}
		match survey.encoding {
			TextEncoding::Utf8 => {},
			TextEncoding::Utf16(_) => self.diagnose(place(), Code::EncodingConverted)?,
			TextEncoding::Guessed(_) if !one => return Ok(()),
			TextEncoding::Guessed(_) => self.diagnose(place(), Code::EncodingGuessed)?,
		}
		if survey.replaced {
			self.diagnose(place(), Code::EncodingReplaced)?;
		}
		Ok(())
	}

	/// The place in the source as far as it is the same for everything.
	pub(crate) fn location(&self) -> Location {
		Location { part: self.part.clone(), ..Location::default() }
	}

	pub(crate) fn emit(&mut self, item: Item) -> Result<(), Error> {
		self.count(&item);
		Ok(self.sink.item(item)?)
	}

	/// Shows an item that is used for the next one, too.
	pub(crate) fn lend(&mut self, item: &Item) -> Result<(), Error> {
		self.count(item);
		Ok(self.sink.lent(item)?)
	}

	fn count(&mut self, item: &Item) {
		*self.report.items.entry(item.category).or_default() += 1;
		self.report.kept_raw += item.extra.len() as u64;
		if let Some(subject) = &item.subject {
			self.count_subject(subject_key(subject));
		}
	}

	fn count_subject(&mut self, key: u64) {
		if self.subjects.len() < MAX_SUBJECTS {
			self.subjects.insert(key);
		}
	}

	pub(crate) fn diagnose(&mut self, place: Place, code: Code) -> Result<(), Error> {
		self.tell(Diagnostic::new(self.name, place, code))
	}

	pub(crate) fn tell(&mut self, diagnostic: Diagnostic) -> Result<(), Error> {
		*self.report.severities.entry(diagnostic.severity).or_default() += 1;
		*self.report.codes.entry(diagnostic.code).or_default() += 1;
		if diagnostic.severity == Severity::Rejected {
			self.report.rejected += 1;
		}
		Ok(self.sink.diagnostic(diagnostic)?)
	}

	pub(crate) fn progress(&mut self, bytes: u64) {
		if bytes >= self.next_progress {
			self.next_progress = bytes + PROGRESS_STEP;
			self.sink.progress(bytes);
		}
	}

	/// Deals with a file that ends in the middle, as the options say.
	pub(crate) fn truncated(&mut self, offset: u64) -> Result<(), Error> {
		self.truncated_in(Place::ByteOffset(offset), offset)
	}

	/// The same with a better place to show.
	pub(crate) fn truncated_in(&mut self, place: Place, offset: u64) -> Result<(), Error> {
		self.diagnose(place, Code::Truncated)?;
		match self.options.truncation {
			Truncation::Fatal => Err(Error::Truncated { offset, pieces: self.report.pieces }),
			Truncation::Partial => {
				self.report.truncated_at = Some(offset);
				Ok(())
			},
		}
	}

	/// The context of one sheet of a workbook.
	pub(crate) fn for_sheet<'s>(
		name: &'s str,
		part: String,
		survey: &Survey,
		options: &'s Options,
		whole: &'s mut Context<'_>,
	) -> Context<'s> {
		let mut context = Context::new(name, survey, options, &mut *whole.sink);
		context.part = Some(part);
		context
	}

	/// What one file or sheet of several came to.
	pub(crate) fn outcome(mut self) -> Outcome {
		let subjects = std::mem::take(&mut self.subjects);
		Outcome { report: self.finish(), subjects }
	}

	/// A sink for one file of several: what it takes is counted in the report of the file.
	pub(crate) fn forward(&mut self) -> Forward<'_> {
		Forward(self.sink)
	}

	/// Counts what one file of several came to.
	pub(crate) fn add(&mut self, number: u64, outcome: Outcome) {
		let Outcome { report, subjects } = outcome;
		self.report.pieces += report.pieces;
		self.report.rejected += report.rejected;
		self.report.kept_raw += report.kept_raw;
		self.report.parts.push(Part {
			number,
			format: Some(report.format),
			source_digest: Some(report.source_digest.clone()),
			bytes: report.bytes,
			items: report.total_items(),
			rejected: report.rejected,
			error: None,
		});
		for (category, count) in report.items {
			*self.report.items.entry(category).or_default() += count;
		}
		for (severity, count) in report.severities {
			*self.report.severities.entry(severity).or_default() += count;
		}
		for (code, count) in report.codes {
			*self.report.codes.entry(code).or_default() += count;
		}
		subjects.into_iter().for_each(|subject| self.count_subject(subject));
	}

	pub(crate) fn finish(mut self) -> Report {
		self.report.subjects = self.subjects.len() as u64;
		self.report
	}
}

/// The sink of a whole, for one of its files.
pub(crate) struct Forward<'s>(&'s mut dyn Sink);

impl Sink for Forward<'_> {
	fn item(&mut self, item: Item) -> Result<(), SinkError> {
		self.0.item(item)
	}

	fn lent(&mut self, item: &Item) -> Result<(), SinkError> {
		self.0.lent(item)
	}

	fn diagnostic(&mut self, diagnostic: Diagnostic) -> Result<(), SinkError> {
		self.0.diagnostic(diagnostic)
	}
}

/// Counts `Patient/x`, `urn:uuid:x` and `http://host/Patient/x` as one. Only the hash is kept, so
/// that the memory for a patient is small and fixed.
fn subject_key(reference: &str) -> u64 {
	use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
	let id = reference.rsplit(['/', ':']).next().unwrap_or(reference);
	BuildHasherDefault::<DefaultHasher>::default().hash_one(id)
}
