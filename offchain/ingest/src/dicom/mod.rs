// SPDX-License-Identifier: Apache-2.0
//! DICOM files (PS3.10) and bare data sets.
//!
//! One file is one instance of one series of one study. What its header says of patient, study and
//! series goes into the model, the rest stays raw; its pictures stay in the file and are not looked
//! at. A structured report gives its text and its measurements as well.

mod charset;
mod element;
mod inflate;
mod input;
mod raw;
mod reader;
mod report;
mod study;
mod value;

use crate::{
	base64::base64,
	id::hashed,
	load::Context,
	source::{Rewind, Survey},
	Code, Error, Format, Place,
};
use dicom_core::{Tag, VR};
use element::{name, DataSet};
use reader::{Reader, Stop, Syntax, BIG_ENDIAN, EXPLICIT, IMPLICIT};
use salus_mdf::{
	sensitivity::classify, Body, Category, Item, Location, Other, Provenance, RawJson, Reference,
	Report,
};
use std::io::{self, Read};
use study::{Mapping, CONTENT_DATE, CONTENT_TIME, SOP_CLASS, SOP_INSTANCE, STUDY_DATE, STUDY_TIME};
use value::{CODE_VALUE, CODING_SCHEME};

const META_CLASS: Tag = Tag(0x0002, 0x0002);
const META_INSTANCE: Tag = Tag(0x0002, 0x0003);
const TRANSFER_SYNTAX: Tag = Tag(0x0002, 0x0010);
const DIRECTORY_RECORDS: Tag = Tag(0x0004, 0x1220);
/// The first bytes of a file mean what its writer wants.
const PREAMBLE: usize = 128;
/// The most bytes that a deflated data set may have.
const MAX_INFLATED: u64 = 1 << 30;
/// How many times as large as its file a deflated data set may be; the rest is taken for a bomb.
/// Deflate itself ends at 1032.
const MAX_RATIO: u64 = 200;

/// Whether bytes begin a DICOM file, or a data set without the head of one.
pub(crate) fn looks_like(head: &[u8]) -> bool {
	if head.get(PREAMBLE..PREAMBLE + 4) == Some(b"DICM") {
		return true;
	}
	let Some([a, b, c, d, e, f, g, h]) = head.first_chunk::<8>().copied() else { return false };
	let little = u16::from_le_bytes([a, b]);
	let is_first = |group: u16| matches!(group, 0x0002 | 0x0008);
	let explicit = VR::from_binary([e, f]).is_some();
	// Elements of these groups that come first: the length of the group, versions, the character
	// set, the type of image, dates, UIDs.
	let low = |element: u16| element <= 0x0020;
	if explicit {
		return is_first(little) && low(u16::from_le_bytes([c, d]))
			|| u16::from_be_bytes([a, b]) == 0x0008 && low(u16::from_be_bytes([c, d]));
	}
	little == 0x0008 && low(u16::from_le_bytes([c, d])) && u32::from_le_bytes([e, f, g, h]) <= 256
}

/// Maps a file.
pub(crate) fn load<R: Rewind>(
	file: &mut R,
	survey: &Survey,
	context: &mut Context<'_>,
) -> Result<(), Error> {
	context.report.format = Format::Dicom;
	context.report.pieces = 1;
	let stream = survey.raw(file)?;
	let budget = context.options.max_piece;
	let mut reader = Reader::new(stream, Some(survey.bytes), u64::MAX, budget);
	let mut preamble = None;
	if reader.input.peek(PREAMBLE + 4)?.get(PREAMBLE..) == Some(b"DICM") {
		preamble = reader.input.array::<PREAMBLE>()?;
		reader.input.array::<4>()?;
	}
	let mut meta = DataSet::default();
	let mut set = DataSet::default();
	let mut end = End::new(&mut reader, |reader| reader.meta(&mut meta));
	if end.stop.is_none() {
		let syntax = meta.text(TRANSFER_SYNTAX).map(str::to_owned);
		let deflated = matches!(
			syntax.as_deref(),
			Some("1.2.840.10008.1.2.1.99" | "1.2.840.10008.1.2.4.95" | "1.2.840.10008.1.2.4.205")
		);
		if deflated {
			let max = survey.bytes.saturating_mul(MAX_RATIO).min(MAX_INFLATED);
			let faults = std::mem::take(&mut end.faults);
			let budget = reader.budget();
			let mut compressed = inflate::framed(reader.input);
			let mut inflated = Reader::new(inflate::inflate(&mut compressed)?, None, max, budget);
			inflated.faults = faults;
			let expected = Some(EXPLICIT);
			end = End::new(&mut inflated, |reader| data_set(reader, expected, &mut set));
		} else {
			let expected = syntax.as_deref().map(written_as);
			end = End::new(&mut reader, |reader| data_set(reader, expected, &mut set));
		}
	}
	let End { stop, mut faults, at, path } = end;
	match stop.map(of_damaged) {
		None => {},
		Some(Stop::Io(error)) => return Err(error.into()),
		Some(Stop::Limit { what, limit }) => {
			return Err(Error::LimitExceeded { what, limit, offset: at });
		},
		Some(Stop::Malformed) => {
			context.diagnose(Place::Element(path), Code::ElementMalformed)?;
			return Err(Error::Malformed { offset: at });
		},
		Some(Stop::Truncated) => {
			let place = Place::Element(path);
			// Nothing of it counts when the options say so, which is told before it is mapped.
			context.truncated_in(place, at)?;
		},
	}
	if meta.0.is_empty() && set.0.is_empty() {
		return Err(Error::Malformed { offset: at });
	}
	let preamble = preamble.filter(|bytes| bytes.iter().any(|byte| *byte != 0));
	let emitter = Emitter { context, preamble: preamble.map(|bytes| base64(&bytes)), meta };
	emitter.map(set, &mut faults)?;
	for (path, code) in faults {
		let place = match path.strip_prefix('@').map(str::parse) {
			Some(Ok(offset)) => Place::ByteOffset(offset),
			_ => Place::Element(path),
		};
		context.diagnose(place, code)?;
	}
	Ok(())
}

/// How reading ended.
struct End {
	stop: Option<Stop>,
	faults: Vec<(String, Code)>,
	at: u64,
	path: String,
}

impl End {
	fn new<R: Read>(
		reader: &mut Reader<R>,
		read: impl FnOnce(&mut Reader<R>) -> Result<(), Stop>,
	) -> Self {
		let stop = read(reader).err();
		let faults = std::mem::take(&mut reader.faults);
		if stop.is_none() {
			reader.faults.clone_from(&faults);
		}
		Self { stop, faults, at: reader.input.at(), path: reader.path() }
	}
}

/// What cannot be inflated is a fault of the file, not of reading it.
fn of_damaged(stop: Stop) -> Stop {
	match stop {
		Stop::Io(error) => match error.kind() {
			io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Stop::Malformed,
			io::ErrorKind::UnexpectedEof => Stop::Truncated,
			_ => Stop::Io(error),
		},
		stop => stop,
	}
}

/// How a transfer syntax writes elements (PS3.5, section 10 and annex A).
fn written_as(uid: &str) -> Syntax {
	match uid {
		"1.2.840.10008.1.2" => IMPLICIT,
		"1.2.840.10008.1.2.2" => BIG_ENDIAN,
		_ => EXPLICIT,
	}
}

/// Reads the elements as they are written, whatever the transfer syntax says.
fn data_set<R: Read>(
	reader: &mut Reader<R>,
	expected: Option<Syntax>,
	out: &mut DataSet,
) -> Result<(), Stop> {
	let syntax = reader.look()?;
	let is_empty = reader.input.peek(1)?.is_empty();
	if !is_empty && expected.is_some_and(|expected| expected != syntax) {
		reader.faults.push((name(TRANSFER_SYNTAX), Code::TransferSyntaxMismatch));
	}
	reader.data_set(syntax, out)
}

struct Emitter<'c, 'a> {
	context: &'c mut Context<'a>,
	preamble: Option<String>,
	meta: DataSet,
}

impl Emitter<'_, '_> {
	fn origin(&self, rule: &str, set: &DataSet) -> Provenance {
		let class = set.text(SOP_CLASS).or_else(|| self.meta.text(META_CLASS));
		let instance = set.text(SOP_INSTANCE).or_else(|| self.meta.text(META_INSTANCE));
		Provenance {
			source: self.context.report.source_digest.clone(),
			location: self.context.location(),
			rule: rule.to_owned(),
			resource: class.map(str::to_owned),
			resource_id: instance.map(str::to_owned),
			full_url: instance.map(|uid| format!("urn:oid:{uid}")),
			..Provenance::default()
		}
	}

	fn map(mut self, set: DataSet, faults: &mut Vec<(String, Code)>) -> Result<(), Error> {
		let codes = codes(&set);
		let instance = set.text(SOP_INSTANCE).or_else(|| self.meta.text(META_INSTANCE));
		let instance = instance.map(|uid| format!("dicom^{uid}"));
		let id = match &instance {
			Some(instance) => hashed("id", instance),
			None => hashed("at", &format!("{}#dicom", self.context.report.source_digest)),
		};
		if set.get(DIRECTORY_RECORDS).is_some() {
			let body = Other { resource: Some("DICOMDIR".into()), ..Other::default() };
			let origin = self.origin("dicom/directory", &set);
			let item = Item::new(id, Category::Imaging, body, origin);
			return self.finish(item, set, &codes);
		}
		let patient = self.origin("dicom/patient", &set);
		let main = self.origin("dicom/instance", &set);
		let mut mapping = Mapping { set, faults };
		let subject = self.patient(&mut mapping, patient)?;
		let at = mapping.moment(STUDY_DATE, STUDY_TIME);
		let mut item = if report::is_report(&mapping.set) {
			let recorded = mapping.moment(CONTENT_DATE, CONTENT_TIME);
			let (body, mut item) = self.report(&mut mapping, &subject, &id, &main, &codes)?;
			item.body = Body::from(body);
			item.times.recorded = recorded;
			item
		} else if let Some(document) = mapping.document() {
			let mut item = Item::new(id, Category::Documents, document, main);
			item.provenance.rule = "dicom/document".into();
			item.times.recorded = mapping.moment(CONTENT_DATE, CONTENT_TIME);
			item.concept = value::concept(mapping.set.items(report::CONCEPT_NAME));
			item
		} else {
			Item::new(id, Category::Imaging, mapping.study(), main)
		};
		item.times.at = at;
		item.subject = Some(subject);
		self.finish(item, mapping.set, &codes)
	}

	/// The patient, whose reference the other items have.
	fn patient(&mut self, mapping: &mut Mapping<'_>, origin: Provenance) -> Result<String, Error> {
		let (body, rest, key) = mapping.patient();
		let digest = &self.context.report.source_digest;
		let id = format!("Patient/{}", key.clone().unwrap_or_else(|| hashed("at", digest)));
		if key.is_none() {
			let place = Place::Element(name(Tag(0x0010, 0x0020)));
			self.context.diagnose(place, Code::MissingSubject)?;
		}
		let mut item = Item::new(id.clone(), Category::Demographics, body, origin);
		item.provenance.resource_id = None;
		item.provenance.full_url = None;
		item.subject = Some(id.clone());
		keep(&mut item, &rest);
		self.context.emit(item)?;
		Ok(id)
	}

	/// A report, its measurements as items before it.
	fn report(
		&mut self,
		mapping: &mut Mapping<'_>,
		subject: &str,
		id: &str,
		origin: &Provenance,
		codes: &[(Option<String>, String)],
	) -> Result<(Report, Item), Error> {
		let content = report::read(&mapping.set);
		let at = report::observed(&mapping.set);
		let mut results = Vec::new();
		for measurement in content.measurements {
			let own = hashed("id", &format!("{id}#{}", measurement.path));
			let mut origin = Provenance { rule: "dicom/measurement".into(), ..origin.clone() };
			origin.location = Location { pointer: Some(measurement.path), ..origin.location };
			// No more than the report is: one reader of it has its name.
			origin.full_url = None;
			let mut item = Item::new(own.clone(), Category::Imaging, measurement.body, origin);
			item.subject = Some(subject.to_owned());
			item.concept = measurement.concept;
			item.times.at = measurement.at.or_else(|| at.clone());
			item.category = sensitivity(item.category, codes);
			results.push(Reference { reference: Some(own), display: None });
			self.context.emit(item)?;
		}
		for path in content.not_numbers {
			mapping.faults.push((path, Code::InvalidNumber));
		}
		let conclusion = content.conclusions.join("\n");
		let body = Report {
			results,
			conclusion: (!conclusion.is_empty()).then_some(conclusion),
			..Report::default()
		};
		let mut item =
			Item::new(id.to_owned(), Category::Imaging, Report::default(), origin.clone());
		item.provenance.rule = "dicom/report".into();
		item.concept = value::concept(mapping.set.items(report::CONCEPT_NAME));
		if !content.lines.is_empty() {
			item.notes.push(content.lines.join("\n"));
		}
		let done = mapping.set.text(report::COMPLETION);
		let verified = mapping.set.text(report::VERIFICATION);
		item.status = match (done, verified) {
			(Some("PARTIAL"), _) => Some("partial"),
			(Some("COMPLETE"), Some("VERIFIED")) => Some("final"),
			(Some("COMPLETE"), _) => Some("preliminary"),
			_ => None,
		}
		.map(str::to_owned);
		Ok((body, item))
	}

	/// Gives an item out with everything that was not taken.
	fn finish(
		self,
		mut item: Item,
		rest: DataSet,
		codes: &[(Option<String>, String)],
	) -> Result<(), Error> {
		keep(&mut item, &self.meta);
		keep(&mut item, &rest);
		if let Some(preamble) = &self.preamble {
			item.extra.insert("preamble".into(), RawJson::string(preamble));
		}
		item.category = sensitivity(item.category, codes);
		self.context.emit(item)
	}
}

/// Keeps elements raw, under their tags.
fn keep(item: &mut Item, rest: &DataSet) {
	for element in &rest.0 {
		let mut key = name(element.tag);
		// An element that is there twice breaks the rules, and is kept twice.
		while item.extra.contains_key(&key) {
			key.push('+');
		}
		item.extra.extend(raw::raw(element).map(|raw| (key, raw)));
	}
}

/// Every code in a data set, with its system.
fn codes(set: &DataSet) -> Vec<(Option<String>, String)> {
	let mut codes = Vec::new();
	set.visit(&mut |set| {
		if let Some(code) = set.text(CODE_VALUE) {
			codes.push((set.text(CODING_SCHEME).and_then(value::system), code.to_owned()));
		}
	});
	codes
}

fn sensitivity(category: Category, codes: &[(Option<String>, String)]) -> Category {
	classify(category, codes.iter().map(|(system, code)| (system.as_deref(), code.as_str())))
}
