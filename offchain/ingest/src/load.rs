// SPDX-License-Identifier: Apache-2.0
//! The way of a file from bytes to items.

use crate::{
	apple, ccda, csv,
	detect::{detect, Found},
	fhir, hl7v2,
	source::{survey, Survey, TextEncoding},
	Code, Diagnostic, Error, Format, Place, Report, Severity, Sink, Source,
};
use salus_mdf::Item;
use std::{
	collections::{BTreeMap, HashSet},
	io::{Read, Seek},
};

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
/// Memory does not grow with the file. The same bytes give the same items with the same ids.
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
	let found = detect(&survey.head)?;
	let mut context = Context::new(&name, &survey, options, sink);
	// Each HL7 v2 message names its own character set.
	context.describe_encoding(&survey, !matches!(found, Found::Hl7v2))?;
	match found {
		Found::AppleHealth => apple::load(&mut reader, &survey, &mut context)?,
		Found::Ccda => ccda::load(&mut reader, &survey, &mut context)?,
		Found::Json => fhir::load(&mut reader, &survey, &mut context)?,
		Found::FhirXml => fhir::load_xml(&mut reader, &survey, &mut context)?,
		Found::Csv => csv::load(&mut reader, &survey, &mut context)?,
		Found::Hl7v2 => hl7v2::load(&mut reader, &survey, &mut context)?,
	}
	context.sink.progress(survey.bytes);
	let report = context.finish();
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

/// What loaders share: the sink, and the counts of the report.
pub(crate) struct Context<'a> {
	pub(crate) name: &'a str,
	pub(crate) options: &'a Options,
	pub(crate) report: Report,
	sink: &'a mut dyn Sink,
	subjects: HashSet<u64>,
	next_progress: u64,
}

impl<'a> Context<'a> {
	fn new(name: &'a str, survey: &Survey, options: &'a Options, sink: &'a mut dyn Sink) -> Self {
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
		};
		Self { name, options, report, sink, subjects: HashSet::new(), next_progress: 0 }
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

	pub(crate) fn emit(&mut self, item: Item) -> Result<(), Error> {
		*self.report.items.entry(item.category).or_default() += 1;
		self.report.kept_raw += item.extra.len() as u64;
		if let Some(subject) = &item.subject {
			self.subjects.insert(subject_key(subject));
		}
		Ok(self.sink.item(item)?)
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
		self.diagnose(Place::ByteOffset(offset), Code::Truncated)?;
		match self.options.truncation {
			Truncation::Fatal => Err(Error::Truncated { offset, pieces: self.report.pieces }),
			Truncation::Partial => {
				self.report.truncated_at = Some(offset);
				Ok(())
			},
		}
	}

	fn finish(mut self) -> Report {
		self.report.subjects = self.subjects.len() as u64;
		self.report
	}
}

/// Counts `Patient/x`, `urn:uuid:x` and `http://host/Patient/x` as one. Only the hash is kept, so
/// that the memory for a patient is small and fixed.
fn subject_key(reference: &str) -> u64 {
	use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
	let id = reference.rsplit(['/', ':']).next().unwrap_or(reference);
	BuildHasherDefault::<DefaultHasher>::default().hash_one(id)
}
